// SPDX-License-Identifier: GPL-3.0-or-later
// A button that records keys: pressed down, the next keys that are held together are taken by scan
// code, and told when the first of them is let go. Escape, or another widget getting the focus,
// ends the recording.
#pragma once

#include "engine/host/input_sink.h"

#include <QtCore/QList>
#include <QtWidgets/QPushButton>

namespace ui {

class KeyRecorder final : public QPushButton
{
    Q_OBJECT
public:
    // `most`: how many keys are taken at most.
    KeyRecorder(const QString &text, int most, QWidget *parent = nullptr);

signals:
    void recorded(const QList<engine::ScanCode> &codes);

protected:
    bool event(QEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    QSize sizeHint() const override;

private:
    void finish();

    const QString m_text;
    const int m_most;
    QList<engine::ScanCode> m_codes;
};

} // namespace ui
