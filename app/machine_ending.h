// SPDX-License-Identifier: GPL-3.0-or-later
// A machine whose process is told to end, by a signal, a session manager or the computer's
// shutdown: saved, shut down or powered off as the preferences say (engine/machine/preferences.h).
//
// Saving is not hurried: systemd waits 90 seconds between SIGTERM and SIGKILL
// (DefaultTimeoutStopSec, systemd-system.conf(5)), and a state that is cut short leaves the machine
// as after a power cut. Main thread only.
#pragma once

#include "engine/control/machine_session.h"

#include <QtCore/QObject>
#include <QtCore/QString>

namespace app {

class MachineEnding final : public QObject
{
    Q_OBJECT
public:
    explicit MachineEnding(engine::MachineSession &session, QObject *parent = nullptr);

    // The computer or the session ends. Again: nothing more.
    void begin(const QString &reason);
    // Somebody wants this process to end. Again: at once, except that a save is finished first.
    void insist(const QString &reason);
    bool isUnderWay() const { return m_isUnderWay; }

private:
    void save();
    void shutDown();
    void powerOff();

    engine::MachineSession &m_session;
    bool m_isUnderWay = false;
    bool m_wasInsistedOn = false;
};

} // namespace app
