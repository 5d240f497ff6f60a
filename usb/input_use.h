// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a device is one that a person works this computer with: a keyboard or a pointer. Any
// thread.
#pragma once

#include "engine/machine/usb_device.h"

namespace usb {

// `systemPath`: the device's directory in /sys/devices. By the boot protocols that it offers (HID
// 1.11, section 4.3) or by what the kernel's input layer made of it; a gamepad is none.
bool isKeyboardOrPointer(const engine::UsbDevice &device, const QString &systemPath);

} // namespace usb
