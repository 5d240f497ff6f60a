// SPDX-License-Identifier: GPL-3.0-or-later
// Whether the host uses the disks of a device: what is mounted or swapped to, also through layers
// such as encryption and volume groups. Any thread.
#pragma once

#include "usb/host_roots.h"

namespace usb {

class DiskUse final
{
public:
    // Reads what is mounted now; proc(5), /proc/self/mountinfo and /proc/swaps.
    explicit DiskUse(HostRoots roots);

    // The mount points of all disks below a device's directory in /sys/devices, and "swap".
    QStringList usesBelow(const QString &systemPath) const;

private:
    struct Mount
    {
        QString number; // "8:17"
        QString source; // "/dev/sdb1": file systems of several disks have numbers of their own
        QString place;
    };

    QStringList blockDevicesBelow(const QString &systemPath) const;
    void addHolders(const QString &name, QStringList &names, int depth) const;

    HostRoots m_roots;
    QList<Mount> m_mounts;
    QStringList m_swaps; // "/dev/sdb2"
};

} // namespace usb
