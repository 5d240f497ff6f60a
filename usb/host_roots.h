// SPDX-License-Identifier: GPL-3.0-or-later
// Where the kernel tells about devices: the real places, or a tree that a test has made.
#pragma once

#include <QtCore/QString>
#include <QtCore/QStringList>

namespace usb {

struct HostRoots
{
    QString sys = QStringLiteral("/sys");
    QString proc = QStringLiteral("/proc");
    QString dev = QStringLiteral("/dev");
    // Lists of known devices, the first that is there is read: Debian's usb.ids, others' hwdata.
    QStringList names = {QStringLiteral("/var/lib/usbutils/usb.ids"),
                         QStringLiteral("/usr/share/misc/usb.ids"),
                         QStringLiteral("/usr/share/hwdata/usb.ids")};
};

} // namespace usb
