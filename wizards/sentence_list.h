// SPDX-License-Identifier: GPL-3.0-or-later
// Sentences under one another, each with a sign of how bad it is.
#pragma once

#include "engine/machine/host_fit.h"

#include <QtWidgets/QWidget>

class QLabel;
class QVBoxLayout;

namespace wizards {

class SentenceList final : public QWidget
{
    Q_OBJECT
public:
    explicit SentenceList(QWidget *parent = nullptr);

    void setSentences(const QList<engine::FitSentence> &sentences);
    QStringList texts() const; // as shown, for tests and for screen readers alike

private:
    QVBoxLayout *m_layout;
    QList<QLabel *> m_labels;
};

} // namespace wizards
