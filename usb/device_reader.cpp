// SPDX-License-Identifier: GPL-3.0-or-later
#include "usb/device_reader.h"

#include "usb/disk_use.h"
#include "usb/input_use.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>

#include <algorithm>

#include <unistd.h>

namespace usb {

namespace {

using engine::UsbDevice;
using engine::UsbSpeed;

// A descriptor holds at most 126 characters (USB 2.0, 9.6.7).
constexpr int LongestText = 126;
constexpr int MostInterfaces = 32; // USB 2.0, 9.6.3 has room for more than anybody builds

QByteArray attribute(const QString &folder, const char *name)
{
    QFile file(folder + QLatin1Char('/') + QLatin1String(name));
    return file.open(QIODevice::ReadOnly) ? file.read(4096).trimmed() : QByteArray();
}

int hexAttribute(const QString &folder, const char *name)
{
    return int(attribute(folder, name).toUShort(nullptr, 16));
}

// What a device says of itself may be anything: no line ends, no commands to a terminal.
QString textAttribute(const QString &folder, const char *name)
{
    QString text = QString::fromUtf8(attribute(folder, name));
    for (QChar &c : text)
        if (!c.isPrint())
            c = QLatin1Char(' ');
    return text.simplified().left(LongestText);
}

// "2.00" or " 2.00": BCD with a point.
quint16 usbVersion(const QByteArray &text)
{
    return QByteArray(text).replace('.', "").trimmed().toUShort(nullptr, 16);
}

UsbSpeed speedOf(const QByteArray &megabits)
{
    if (megabits == "1.5")
        return UsbSpeed::Low;
    if (megabits == "12")
        return UsbSpeed::Full;
    if (megabits == "480")
        return UsbSpeed::High;
    if (megabits == "5000")
        return UsbSpeed::Super;
    return megabits.toInt() > 5000 ? UsbSpeed::SuperPlus : UsbSpeed::Unknown;
}

// "1-2.10" -> 1, 2, 10
QList<int> portNumbers(QString port)
{
    QList<int> numbers;
    const QStringList parts = port.replace(QLatin1Char('-'), QLatin1Char('.')).split(u'.');
    for (const QString &part : parts)
        numbers.append(part.toInt());
    return numbers;
}

void readInterfaces(const QString &folder, UsbDevice &device)
{
    const QStringList entries =
        QDir(folder).entryList({device.port + QStringLiteral(":*")}, QDir::Dirs, QDir::Name);
    for (const QString &entry : entries) {
        if (device.interfaces.size() == MostInterfaces)
            return;
        const QString path = folder + QLatin1Char('/') + entry;
        const QString driver = QFile::symLinkTarget(path + QStringLiteral("/driver"));
        device.interfaces.append(
            {hexAttribute(path, "bInterfaceClass"), hexAttribute(path, "bInterfaceSubClass"),
             hexAttribute(path, "bInterfaceProtocol"), QFileInfo(driver).fileName()});
    }
}

UsbDevice readDevice(const QString &folder, const QString &port, const HostRoots &roots,
                     const DiskUse &disks, UsbNames &names)
{
    UsbDevice device;
    device.port = port;
    device.systemPath = QFileInfo(folder).canonicalFilePath();
    device.bus = attribute(folder, "busnum").toInt();
    device.address = attribute(folder, "devnum").toInt();
    device.vendorId = quint16(hexAttribute(folder, "idVendor"));
    device.productId = quint16(hexAttribute(folder, "idProduct"));
    device.revision = quint16(hexAttribute(folder, "bcdDevice"));
    device.usbVersion = usbVersion(attribute(folder, "version"));
    device.deviceClass = hexAttribute(folder, "bDeviceClass");
    device.speed = speedOf(attribute(folder, "speed"));
    device.serial = textAttribute(folder, "serial");
    device.manufacturer = textAttribute(folder, "manufacturer");
    device.product = textAttribute(folder, "product");
    if (device.manufacturer.isEmpty())
        device.manufacturer = names.vendor(device.vendorId);
    if (device.product.isEmpty())
        device.product = names.product(device.vendorId, device.productId);
    readInterfaces(device.systemPath, device);
    device.mounts = disks.usesBelow(device.systemPath);
    device.isInput = isKeyboardOrPointer(device, device.systemPath);
    device.node = QStringLiteral("%1/bus/usb/%2/%3")
                      .arg(roots.dev)
                      .arg(device.bus, 3, 10, QLatin1Char('0'))
                      .arg(device.address, 3, 10, QLatin1Char('0'));
    device.isAccessible = ::access(QFile::encodeName(device.node).constData(), R_OK | W_OK) == 0;
    return device;
}

} // namespace

QList<UsbDevice> readDevices(const HostRoots &roots, UsbNames &names)
{
    QList<UsbDevice> devices;
    const DiskUse disks(roots);
    const QDir all(roots.sys + QStringLiteral("/bus/usb/devices"));
    const QStringList entries = all.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString &name : entries) {
        // "1-2.3" is a device, "1-2.3:1.0" an interface of it, "usb1" the bus's own hub.
        if (!name.contains(QLatin1Char('-')) || name.contains(QLatin1Char(':')))
            continue;
        UsbDevice device = readDevice(all.filePath(name), name, roots, disks, names);
        // One that was unplugged while it was read has no address.
        if (!device.isHub() && device.bus > 0 && device.address > 0)
            devices.append(std::move(device));
    }
    std::sort(devices.begin(), devices.end(), [](const UsbDevice &a, const UsbDevice &b) {
        return portNumbers(a.port) < portNumbers(b.port);
    });
    return devices;
}

} // namespace usb
