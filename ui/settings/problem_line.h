// SPDX-License-Identifier: GPL-3.0-or-later
// What is wrong with a field, right below it: an icon and the words. Hidden while there is nothing.
#pragma once

#include "engine/machine/machine_check.h"

#include <QtWidgets/QWidget>

class QLabel;

namespace ui {

class ProblemLine final : public QWidget
{
    Q_OBJECT
public:
    explicit ProblemLine(QWidget *parent = nullptr);

    // Errors first; an empty list hides the line.
    void show(const QList<engine::DefinitionProblem> &problems);
    QString text() const;

protected:
    void changeEvent(QEvent *event) override;

private:
    void drawIcon();

    QLabel *m_icon;
    QLabel *m_text;
    bool m_isError = false;
};

bool hasError(const QList<engine::DefinitionProblem> &problems);

} // namespace ui
