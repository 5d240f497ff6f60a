// SPDX-License-Identifier: GPL-3.0-or-later
// The USB devices of this computer, as the kernel has read their descriptors: sysfs
// (Documentation/ABI/testing/sysfs-bus-usb, stable/sysfs-bus-usb). No device is opened and none is
// spoken to, so that nothing wakes up and no permission is needed. What a device claims is taken
// as text of any length and contents. Main thread only.
#pragma once

#include "engine/machine/usb_device.h"
#include "usb/host_roots.h"
#include "usb/usb_names.h"

namespace usb {

// Without hubs; by port.
QList<engine::UsbDevice> readDevices(const HostRoots &roots, UsbNames &names);

} // namespace usb
