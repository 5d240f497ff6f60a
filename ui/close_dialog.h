// SPDX-License-Identifier: GPL-3.0-or-later
// What should happen to the machine when its window is closed? Asked once, without blocking.
#pragma once

#include "engine/control/control_protocol.h"
#include "ui/preferences.h"

#include <QtCore/QHash>
#include <QtWidgets/QDialog>

class QButtonGroup;
class QCheckBox;
class QVBoxLayout;

namespace ui {

class CloseDialog final : public QDialog
{
    Q_OBJECT
public:
    CloseDialog(const engine::MachineStatus &status, CloseChoice preselected, QWidget *parent);

    void setStatus(const engine::MachineStatus &status);

signals:
    void chosen(ui::CloseChoice choice, bool remember);

private:
    void addChoice(CloseChoice choice, const QString &name, const QString &text,
                   const QString &explanation);
    void follow(CloseChoice choice, const QString &whyNot);
    void accept() override;

    QVBoxLayout *m_choicesLayout;
    QButtonGroup *m_choices;
    QHash<int, QString> m_explanations; // by choice
    QCheckBox *m_remember;
};

} // namespace ui
