// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/key_recorder.h"

#include "display/keymap.h"

#include <QtGui/QKeyEvent>

#include <utility>

namespace ui {

namespace {

QString recordingText()
{
    return KeyRecorder::tr("Press the keys now…");
}

} // namespace

KeyRecorder::KeyRecorder(const QString &text, int most, QWidget *parent)
    : QPushButton(text, parent)
    , m_text(text)
    , m_most(most)
{
    setCheckable(true);
    setAutoDefault(false);
    connect(this, &QPushButton::toggled, this, [this](bool isOn) {
        m_codes.clear();
        setText(isOn ? recordingText() : m_text);
        if (isOn)
            setFocus();
    });
}

// One width, also while keys are awaited.
QSize KeyRecorder::sizeHint() const
{
    QSize size = QPushButton::sizeHint();
    const int difference = qMax(fontMetrics().horizontalAdvance(recordingText()),
                                fontMetrics().horizontalAdvance(m_text))
        - fontMetrics().horizontalAdvance(text());
    return size + QSize(qMax(0, difference), 0);
}

bool KeyRecorder::event(QEvent *event)
{
    if (!isChecked())
        return QPushButton::event(event);
    switch (event->type()) {
    case QEvent::ShortcutOverride: // no shortcut wins over the recording
        event->accept();
        return true;
    case QEvent::KeyPress: {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->isAutoRepeat())
            return true;
        if (key->key() == Qt::Key_Escape && m_codes.isEmpty() && m_most <= 2) {
            setChecked(false);
            return true;
        }
        const auto code = display::scanCodeFromEvent(*key);
        if (code && !m_codes.contains(*code) && m_codes.size() < m_most)
            m_codes.append(*code);
        return true;
    }
    case QEvent::KeyRelease:
        if (!static_cast<QKeyEvent *>(event)->isAutoRepeat() && !m_codes.isEmpty())
            finish();
        return true;
    default:
        return QPushButton::event(event);
    }
}

void KeyRecorder::finish()
{
    const QList<engine::ScanCode> codes = std::exchange(m_codes, {});
    setChecked(false);
    emit recorded(codes);
}

void KeyRecorder::focusOutEvent(QFocusEvent *event)
{
    setChecked(false);
    QPushButton::focusOutEvent(event);
}

} // namespace ui
