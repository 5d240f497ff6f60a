// SPDX-License-Identifier: GPL-3.0-or-later
// How menus and lists speak of a USB device.
#pragma once

#include "engine/machine/usb_device.h"

namespace ui {

// "Port 1-2, 0951:1666", and the serial number where it has one, a line each.
QStringList usbFacts(const engine::UsbDevice &device);
// Who has it or what keeps it here: "In "Debian"", "Mounted on /media/stick", "No permission".
// `holder`: the machine; empty: this computer.
QString usbStateText(const engine::UsbDevice &device, const QString &holder);
// Why a device of this computer may not be opened, and which udev rule it is about.
QString usbPermissionText();
QString usbIconName(const engine::UsbDevice &device);

} // namespace ui
