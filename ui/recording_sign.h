// SPDX-License-Identifier: GPL-3.0-or-later
// The sign that the guest's screen is being recorded: a red dot and for how long. There only while
// that is so. A click stops it.
#pragma once

#include "engine/control/control_protocol.h"

#include <QtCore/QTimer>
#include <QtWidgets/QToolButton>

namespace ui {

class RecordingSign final : public QToolButton
{
    Q_OBJECT
public:
    RecordingSign(const QString &name, QWidget *parent);

    void setStatus(const engine::RecordingStatus &recording);

signals:
    void stopWanted();
    void shownChanged(); // it takes room, or none any more

private:
    void showTime();

    engine::RecordingStatus m_recording;
    QTimer m_seconds;
};

} // namespace ui
