// SPDX-License-Identifier: GPL-3.0-or-later
// Tells when something is mounted or unmounted: the kernel marks the open list of mounts as urgent
// then (proc_pid_mountinfo(5)), so that nothing is polled. Main thread only.
#pragma once

#include "engine/base/fd.h"
#include "usb/host_roots.h"

#include <QtCore/QObject>

class QSocketNotifier;

namespace usb {

class MountWatch final : public QObject
{
    Q_OBJECT
public:
    explicit MountWatch(const HostRoots &roots = {}, QObject *parent = nullptr);
    ~MountWatch() override;

signals:
    void changed();

private:
    engine::Fd m_list;
    QSocketNotifier *m_notifier = nullptr;
};

} // namespace usb
