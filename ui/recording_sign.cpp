// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/recording_sign.h"

#include "ui/icons.h"

#include <QtCore/QDateTime>
#include <QtCore/QDir>

#include <algorithm>

namespace ui {

using Phase = engine::RecordingStatus::Phase;

RecordingSign::RecordingSign(const QString &name, QWidget *parent)
    : QToolButton(parent)
{
    setObjectName(name);
    setAccessibleName(tr("Recording"));
    setIcon(ui::icon(QStringLiteral("media-record")));
    setAutoRaise(true);
    setFocusPolicy(Qt::NoFocus);
    setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    hide();
    connect(this, &QToolButton::clicked, this, &RecordingSign::stopWanted);
    m_seconds.setInterval(1000);
    connect(&m_seconds, &QTimer::timeout, this, &RecordingSign::showTime);
}

void RecordingSign::setStatus(const engine::RecordingStatus &recording)
{
    if (recording == m_recording)
        return;
    m_recording = recording;
    const bool isShown = recording.isActive();
    const bool wasShown = !isHidden();
    if (recording.phase == Phase::Running)
        m_seconds.start();
    else
        m_seconds.stop();
    showTime();
    setVisible(isShown);
    setEnabled(recording.phase == Phase::Running);
    if (isShown != wasShown)
        emit shownChanged();
}

void RecordingSign::showTime()
{
    if (!m_recording.isActive())
        return;
    QString text;
    if (m_recording.phase == Phase::Running) {
        const qint64 seconds = std::max<qint64>(
            0, (QDateTime::currentMSecsSinceEpoch() - m_recording.startedMs) / 1000);
        const QString tail = QStringLiteral("%1:%2")
                                 .arg(seconds / 60 % 60, seconds < 3600 ? 1 : 2, 10, QChar(u'0'))
                                 .arg(seconds % 60, 2, 10, QChar(u'0'));
        text = seconds < 3600 ? tail : QStringLiteral("%1:%2").arg(seconds / 3600).arg(tail);
    } else {
        text = m_recording.phase == Phase::Starting ? tr("Starting…") : tr("Finishing…");
    }
    setText(text);
    const QString file = QDir::toNativeSeparators(m_recording.file);
    setToolTip(tr("The guest's screen is being recorded to \"%1\", without sound. Click to stop.")
                   .arg(file));
    setAccessibleName(tr("Recording: %1").arg(text));
    setAccessibleDescription(toolTip());
}

} // namespace ui
