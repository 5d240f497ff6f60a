// SPDX-License-Identifier: GPL-3.0-or-later
// USB devices and filters as VBoxManage prints them. Pure: values in, text out.
#pragma once

#include "engine/machine/machine_definition.h"
#include "engine/machine/usb_device.h"

#include <QtCore/QJsonObject>

namespace app {

// One block of `list usbhost`, with the blank line after it. `holder`: the machine that has it.
QString usbDeviceText(const engine::UsbDevice &device, const QString &holder);
QJsonObject usbDeviceJson(const engine::UsbDevice &device, const QString &holder);
// VirtualBox's word: "Captured", "Busy", "Available", "Unavailable".
QString usbStateWord(const engine::UsbDevice &device, const QString &holder);

// showvminfo's sections, empty without anything to say.
QString usbFiltersText(const QList<engine::UsbFilter> &filters);
QString attachedUsbText(const QList<engine::UsbDevice> &devices);
// key="value" lines.
QString usbFiltersReadable(const QList<engine::UsbFilter> &filters);
QString attachedUsbReadable(const QList<engine::UsbDevice> &devices);

} // namespace app
