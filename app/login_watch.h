// SPDX-License-Identifier: GPL-3.0-or-later
// What systemd-logind tells of the computer (org.freedesktop.login1(5)): that it is about to shut
// down, for which a delay lock gives time (InhibitDelayMaxSec, 5 seconds unless configured), and
// that it woke up. By sd-bus, which is one small library: a headless machine has no use for Qt's
// D-Bus with its thread. Without a bus or logind nothing is ever emitted.
// Main thread only.
#pragma once

#include <QtCore/QObject>

#include <memory>

namespace app {

class LoginWatch final : public QObject
{
    Q_OBJECT
public:
    explicit LoginWatch(QObject *parent = nullptr);
    ~LoginWatch() override; // lets go of the lock: the computer need not wait any longer

    bool isDelayingShutdown() const;

signals:
    void shutdownBegins();
    void wokeUp();

private:
    struct Private;
    std::unique_ptr<Private> m_private;
};

} // namespace app
