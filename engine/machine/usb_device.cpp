// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/usb_device.h"

#include <QtCore/QJsonArray>

namespace engine {

namespace {

// Of ours, for uuids that depend on nothing else.
const QUuid DeviceNamespace(0x5d1f35b2, 0x7f0e, 0x4cf8, 0x9c, 0x22, 0x2d, 0x7a, 0x31, 0x4e, 0x90,
                            0x66);

} // namespace

QStringList UsbDevice::drivers() const
{
    QStringList names;
    for (const UsbInterface &interface : interfaces)
        if (!interface.driver.isEmpty() && !names.contains(interface.driver))
            names.append(interface.driver);
    return names;
}

QString usbIdText(quint16 id)
{
    return QStringLiteral("%1").arg(id, 4, 16, QLatin1Char('0'));
}

QString usbDeviceName(const UsbDevice &device)
{
    if (device.product.isEmpty())
        return device.manufacturer.isEmpty()
            ? QStringLiteral("USB device %1:%2").arg(usbIdText(device.vendorId), usbIdText(device.productId))
            : QStringLiteral("%1 %2:%3")
                  .arg(device.manufacturer, usbIdText(device.vendorId), usbIdText(device.productId));
    if (device.manufacturer.isEmpty()
        || device.product.startsWith(device.manufacturer, Qt::CaseInsensitive))
        return device.product;
    return device.manufacturer + QLatin1Char(' ') + device.product;
}

QString usbSpeedWord(UsbSpeed speed)
{
    switch (speed) {
    case UsbSpeed::Unknown:
        break;
    case UsbSpeed::Low:
        return QStringLiteral("Low");
    case UsbSpeed::Full:
        return QStringLiteral("Full");
    case UsbSpeed::High:
        return QStringLiteral("High");
    case UsbSpeed::Super:
        return QStringLiteral("Super");
    case UsbSpeed::SuperPlus:
        return QStringLiteral("SuperPlus");
    }
    return QStringLiteral("?");
}

QString usbSpeedText(UsbSpeed speed)
{
    switch (speed) {
    case UsbSpeed::Unknown:
        break;
    case UsbSpeed::Low:
        return QStringLiteral("1.5 Mbit/s");
    case UsbSpeed::Full:
        return QStringLiteral("12 Mbit/s");
    case UsbSpeed::High:
        return QStringLiteral("480 Mbit/s");
    case UsbSpeed::Super:
        return QStringLiteral("5 Gbit/s");
    case UsbSpeed::SuperPlus:
        return QStringLiteral("10 Gbit/s");
    }
    return {};
}

QUuid usbDeviceUuid(const UsbDevice &device)
{
    return QUuid::createUuidV5(
        DeviceNamespace,
        QStringLiteral("%1|%2|%3|%4")
            .arg(device.port, usbIdText(device.vendorId), usbIdText(device.productId), device.serial));
}

QString usbDeviceAddress(const UsbDevice &device)
{
    return QStringLiteral("sysfs:%1//device:%2").arg(device.systemPath, device.node);
}

bool isSameUsbDevice(const UsbDevice &a, const UsbDevice &b)
{
    return a.vendorId == b.vendorId && a.productId == b.productId && a.serial == b.serial
        && (!a.serial.isEmpty() || a.port == b.port);
}

bool isNamedBy(const UsbDevice &device, const QString &word)
{
    if (word.isEmpty())
        return false;
    if (word == device.port || word == device.node || word == usbDeviceAddress(device)
        || word == device.systemPath)
        return true;
    if (const QUuid uuid = QUuid::fromString(word); !uuid.isNull())
        return uuid == usbDeviceUuid(device);
    const QStringList parts = word.split(QLatin1Char(':'));
    return parts.size() == 2 && parts.first().toInt() == device.bus
        && parts.last().toInt() == device.address;
}

QJsonObject toJson(const UsbDevice &device)
{
    QJsonArray interfaces;
    for (const UsbInterface &interface : device.interfaces)
        interfaces.append(QJsonObject{{QStringLiteral("class"), interface.classCode},
                                      {QStringLiteral("subclass"), interface.subclass},
                                      {QStringLiteral("protocol"), interface.protocol},
                                      {QStringLiteral("driver"), interface.driver}});
    return {{QStringLiteral("uuid"), usbDeviceUuid(device).toString(QUuid::WithoutBraces)},
            {QStringLiteral("name"), usbDeviceName(device)},
            {QStringLiteral("port"), device.port},
            {QStringLiteral("bus"), device.bus},
            {QStringLiteral("address"), device.address},
            {QStringLiteral("vendorId"), device.vendorId},
            {QStringLiteral("productId"), device.productId},
            {QStringLiteral("revision"), device.revision},
            {QStringLiteral("usbVersion"), device.usbVersion},
            {QStringLiteral("manufacturer"), device.manufacturer},
            {QStringLiteral("product"), device.product},
            {QStringLiteral("serial"), device.serial},
            {QStringLiteral("speed"), int(device.speed)},
            {QStringLiteral("class"), device.deviceClass},
            {QStringLiteral("interfaces"), interfaces},
            {QStringLiteral("mounts"), QJsonArray::fromStringList(device.mounts)},
            {QStringLiteral("input"), device.isInput},
            {QStringLiteral("accessible"), device.isAccessible},
            {QStringLiteral("node"), device.node},
            {QStringLiteral("systemPath"), device.systemPath}};
}

UsbDevice usbDeviceFromJson(const QJsonObject &json)
{
    UsbDevice device;
    device.port = json[QLatin1String("port")].toString();
    device.bus = json[QLatin1String("bus")].toInt();
    device.address = json[QLatin1String("address")].toInt();
    device.vendorId = quint16(json[QLatin1String("vendorId")].toInt());
    device.productId = quint16(json[QLatin1String("productId")].toInt());
    device.revision = quint16(json[QLatin1String("revision")].toInt());
    device.usbVersion = quint16(json[QLatin1String("usbVersion")].toInt());
    device.manufacturer = json[QLatin1String("manufacturer")].toString();
    device.product = json[QLatin1String("product")].toString();
    device.serial = json[QLatin1String("serial")].toString();
    const int speed = json[QLatin1String("speed")].toInt();
    if (speed >= 0 && speed <= int(UsbSpeed::SuperPlus))
        device.speed = UsbSpeed(speed);
    device.deviceClass = json[QLatin1String("class")].toInt();
    for (const QJsonValue &value : json[QLatin1String("interfaces")].toArray())
        device.interfaces.append(
            {value[QLatin1String("class")].toInt(), value[QLatin1String("subclass")].toInt(),
             value[QLatin1String("protocol")].toInt(), value[QLatin1String("driver")].toString()});
    for (const QJsonValue &value : json[QLatin1String("mounts")].toArray())
        device.mounts.append(value.toString());
    device.isInput = json[QLatin1String("input")].toBool();
    device.isAccessible = json[QLatin1String("accessible")].toBool();
    device.node = json[QLatin1String("node")].toString();
    device.systemPath = json[QLatin1String("systemPath")].toString();
    return device;
}

} // namespace engine
