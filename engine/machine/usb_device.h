// SPDX-License-Identifier: GPL-3.0-or-later
// A USB device of this computer, as everybody talks about it: `usb` finds them, the control
// protocol carries them, menus and filters name them. Plain values. Any thread.
#pragma once

#include <QtCore/QJsonObject>
#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QStringList>
#include <QtCore/QUuid>

namespace engine {

enum class UsbSpeed { Unknown, Low, Full, High, Super, SuperPlus };

// bInterfaceClass and its like, "USB Class Codes" of usb.org: 3 is HID, 8 mass storage.
struct UsbInterface
{
    int classCode = 0;
    int subclass = 0;
    int protocol = 0;
    QString driver = {}; // the host's, bound to it; empty: none

    bool operator==(const UsbInterface &) const = default;
};

struct UsbDevice
{
    static constexpr int HubClass = 9;

    QString port; // bus and the chain of ports, as the kernel writes it: "1-2.3"
    int bus = 0;
    int address = 0; // changes with every plugging in
    quint16 vendorId = 0;
    quint16 productId = 0;
    quint16 revision = 0; // bcdDevice
    quint16 usbVersion = 0; // bcdUSB
    // As the device says them, or from the list of known devices where it says nothing.
    QString manufacturer;
    QString product;
    QString serial; // only the device's own
    UsbSpeed speed = UsbSpeed::Unknown;
    int deviceClass = 0;
    QList<UsbInterface> interfaces;
    QStringList mounts; // where its disks are in use: mount points, "swap"
    bool isInput = false; // the host uses it as keyboard or pointer
    bool isAccessible = false; // its node may be opened for reading and writing
    QString node; // "/dev/bus/usb/001/004"
    QString systemPath; // "/sys/devices/pci0000:00/.../1-2.3"

    bool operator==(const UsbDevice &) const = default;

    bool isHub() const { return deviceClass == HubClass; }
    QStringList drivers() const; // of the host's, each once
};

QString usbIdText(quint16 id); // "046d"

// "Kingston DataTraveler", or "USB device 0951:1666" when nobody knows better.
QString usbDeviceName(const UsbDevice &device);
QString usbSpeedWord(UsbSpeed speed); // VirtualBox's: "Low", "High"; "?" when unknown
QString usbSpeedText(UsbSpeed speed); // "480 Mbit/s"; empty when unknown
// The same as long as the device stays in its port, and after it comes back there.
QUuid usbDeviceUuid(const UsbDevice &device);
// "sysfs:/sys/devices/...//device:/dev/bus/usb/001/004", as VirtualBox writes it.
QString usbDeviceAddress(const UsbDevice &device);
// The same device, wherever it is plugged in: ids and serial number; without a serial number only
// in the same port.
bool isSameUsbDevice(const UsbDevice &a, const UsbDevice &b);
// Whether `word` means this device: its uuid, port ("1-2.3"), bus and address ("001:004", "1:4"),
// node, or address as above.
bool isNamedBy(const UsbDevice &device, const QString &word);

QJsonObject toJson(const UsbDevice &device);
UsbDevice usbDeviceFromJson(const QJsonObject &json);

} // namespace engine
