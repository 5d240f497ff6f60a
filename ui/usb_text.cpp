// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/usb_text.h"

#include "engine/machine/usb_permission.h"

#include <QtCore/QCoreApplication>

#include <algorithm>

namespace ui {

namespace {

// bInterfaceClass: "USB Class Codes" of usb.org
constexpr int AudioClass = 1;
constexpr int HidClass = 3;
constexpr int StillImageClass = 6;
constexpr int StorageClass = 8;
constexpr int VideoClass = 14;
// HID 1.11, section 4.3
constexpr int HidKeyboard = 1;

QString usbText(const char *text)
{
    return QCoreApplication::translate("ui::UsbText", text);
}

bool hasClass(const engine::UsbDevice &device, int classCode)
{
    return device.deviceClass == classCode
        || std::any_of(device.interfaces.cbegin(), device.interfaces.cend(),
                       [classCode](const engine::UsbInterface &interface) {
                           return interface.classCode == classCode;
                       });
}

bool isKeyboard(const engine::UsbDevice &device)
{
    return std::any_of(device.interfaces.cbegin(), device.interfaces.cend(),
                       [](const engine::UsbInterface &interface) {
                           return interface.classCode == HidClass
                               && interface.protocol == HidKeyboard;
                       });
}

} // namespace

QStringList usbFacts(const engine::UsbDevice &device)
{
    QStringList lines{usbText(QT_TRANSLATE_NOOP("ui::UsbText", "Port %1, %2:%3"))
                          .arg(device.port, engine::usbIdText(device.vendorId),
                               engine::usbIdText(device.productId))};
    if (!device.serial.isEmpty())
        lines << usbText(QT_TRANSLATE_NOOP("ui::UsbText", "Serial number %1")).arg(device.serial);
    return lines;
}

QString usbStateText(const engine::UsbDevice &device, const QString &holder)
{
    if (!holder.isEmpty())
        return usbText(QT_TRANSLATE_NOOP("ui::UsbText", "In \"%1\"")).arg(holder);
    if (!device.mounts.isEmpty())
        return usbText(QT_TRANSLATE_NOOP("ui::UsbText", "Mounted on %1"))
            .arg(device.mounts.join(QStringLiteral(", ")));
    if (!device.isAccessible)
        return usbText(QT_TRANSLATE_NOOP("ui::UsbText", "No permission"));
    if (device.isInput)
        return usbText(QT_TRANSLATE_NOOP("ui::UsbText", "Keyboard or pointer"));
    const QStringList drivers = device.drivers();
    return drivers.isEmpty() ? usbText(QT_TRANSLATE_NOOP("ui::UsbText", "Not in use"))
                             : usbText(QT_TRANSLATE_NOOP("ui::UsbText", "Driver %1"))
                                   .arg(drivers.join(QStringLiteral(", ")));
}

QString usbPermissionText()
{
    const engine::UsbRule rule = engine::usbRule();
    return rule.isInstalled()
        ? usbText(QT_TRANSLATE_NOOP("ui::UsbText",
                                    "You do not have permission to use it, although the udev rule "
                                    "%1 is there:\nunplug it and plug it in again"))
              .arg(rule.installed)
        : usbText(QT_TRANSLATE_NOOP("ui::UsbText",
                                    "You do not have permission to use it: the udev rule %1 is "
                                    "missing.\nChoose the device to see how to install it"))
              .arg(rule.name);
}

QString usbIconName(const engine::UsbDevice &device)
{
    if (isKeyboard(device))
        return QStringLiteral("input-keyboard");
    if (hasClass(device, HidClass) && device.isInput)
        return QStringLiteral("input-mouse");
    if (hasClass(device, StorageClass))
        return QStringLiteral("drive-harddisk");
    if (hasClass(device, VideoClass) || hasClass(device, StillImageClass))
        return QStringLiteral("camera-photo");
    if (hasClass(device, AudioClass))
        return QStringLiteral("audio-card");
    return QStringLiteral("drive-removable-media-usb");
}

} // namespace ui
