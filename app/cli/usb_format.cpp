// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/usb_format.h"

#include "app/cli/output.h"

namespace app {

using namespace engine;

namespace {

constexpr int DeviceColumn = 20;
constexpr int FilterColumn = 18;

QString idWord(quint16 id)
{
    return QStringLiteral("0x%1 (%2)")
        .arg(id, 4, 16, QLatin1Char('0'))
        .arg(QStringLiteral("%1").arg(id, 4, 16, QLatin1Char('0')).toUpper());
}

// Of bcdDevice both bytes as decimal numbers, which is what VBoxManage prints.
QString revisionWord(quint16 revision)
{
    const int major = revision >> 8;
    const int minor = revision & 0xff;
    return QStringLiteral("%1.%2 (%3%4)")
        .arg(major)
        .arg(minor)
        .arg(major, 2, 10, QLatin1Char('0'))
        .arg(minor, 2, 10, QLatin1Char('0'));
}

// Of the hub it hangs on.
QString lastPort(const QString &port)
{
    return port.mid(qMax(port.lastIndexOf(QLatin1Char('-')), port.lastIndexOf(QLatin1Char('.')))
                    + 1);
}

QString column(const char *label, const QString &value, int width)
{
    return QStringLiteral("%1%2\n").arg(QLatin1String(label) + QLatin1Char(':'), -width).arg(value);
}

struct FilterField
{
    const char *label;
    const char *key;
    const QString &value;
};

QList<FilterField> fieldsOf(const UsbFilter &filter)
{
    return {{"Name", "Name", filter.name},
            {"VendorId", "VendorId", filter.vendorId},
            {"ProductId", "ProductId", filter.productId},
            {"Revision", "Revision", filter.revision},
            {"Manufacturer", "Manufacturer", filter.manufacturer},
            {"Product", "Product", filter.product},
            {"Remote", "Remote", filter.remote},
            {"Serial Number", "SerialNumber", filter.serial}};
}

} // namespace

QString usbStateWord(const UsbDevice &device, const QString &holder)
{
    if (!holder.isEmpty())
        return QStringLiteral("Captured");
    if (!device.isAccessible || !device.mounts.isEmpty())
        return QStringLiteral("Unavailable");
    // A driver of the host's has it, and lets go when a machine takes it.
    return device.drivers().isEmpty() ? QStringLiteral("Available") : QStringLiteral("Busy");
}

QString usbDeviceText(const UsbDevice &device, const QString &holder)
{
    QString text;
    const auto put = [&text](const char *label, const QString &value) {
        text += column(label, value, DeviceColumn);
    };
    put("UUID", usbDeviceUuid(device).toString(QUuid::WithoutBraces));
    put("VendorId", idWord(device.vendorId));
    put("ProductId", idWord(device.productId));
    put("Revision", revisionWord(device.revision));
    put("Port", lastPort(device.port));
    put("USB version/speed",
        QStringLiteral("%1/%2").arg(device.usbVersion >> 8).arg(usbSpeedWord(device.speed)));
    if (!device.manufacturer.isEmpty())
        put("Manufacturer", device.manufacturer);
    if (!device.product.isEmpty())
        put("Product", device.product);
    if (!device.serial.isEmpty())
        put("SerialNumber", device.serial);
    put("Address", usbDeviceAddress(device));
    put("Current State", usbStateWord(device, holder));
    return text + QLatin1Char('\n');
}

QJsonObject usbDeviceJson(const UsbDevice &device, const QString &holder)
{
    QJsonObject json = toJson(device);
    json[QLatin1String("speed")] = usbSpeedWord(device.speed);
    json[QLatin1String("state")] = usbStateWord(device, holder);
    json[QLatin1String("heldBy")] = holder;
    return json;
}

QString usbFiltersText(const QList<UsbFilter> &filters)
{
    if (filters.isEmpty())
        return {};
    QString text = QStringLiteral("\nUSB Device Filters:\n\n");
    for (qsizetype i = 0; i < filters.size(); ++i) {
        const UsbFilter &filter = filters.at(i);
        text += column("Index", QString::number(i), FilterColumn);
        text += column("Active", filter.isActive ? QStringLiteral("yes") : QStringLiteral("no"),
                       FilterColumn);
        for (const FilterField &field : fieldsOf(filter))
            text += column(field.label, field.value, FilterColumn);
        if (!filter.port.isEmpty())
            text += column("Port", filter.port, FilterColumn);
        text += QLatin1Char('\n');
    }
    return text;
}

QString attachedUsbText(const QList<UsbDevice> &devices)
{
    if (devices.isEmpty())
        return {};
    QString text = QStringLiteral("\nCurrently attached USB devices:\n\n");
    for (const UsbDevice &device : devices) {
        text += column("UUID", usbDeviceUuid(device).toString(QUuid::WithoutBraces), DeviceColumn)
            + column("VendorId", idWord(device.vendorId), DeviceColumn)
            + column("ProductId", idWord(device.productId), DeviceColumn)
            + column("Revision", revisionWord(device.revision), DeviceColumn)
            + column("Manufacturer", device.manufacturer, DeviceColumn)
            + column("Product", device.product, DeviceColumn)
            + column("SerialNumber", device.serial, DeviceColumn)
            + column("Address", usbDeviceAddress(device), DeviceColumn) + QLatin1Char('\n');
    }
    return text;
}

QString usbFiltersReadable(const QList<UsbFilter> &filters)
{
    QString text;
    for (qsizetype i = 0; i < filters.size(); ++i) {
        const UsbFilter &filter = filters.at(i);
        const QString key = QStringLiteral("USBFilter%1%2");
        text += keyValue(key.arg(QLatin1String("Active")).arg(i + 1),
                         filter.isActive ? QStringLiteral("on") : QStringLiteral("off"));
        for (const FilterField &field : fieldsOf(filter))
            text += keyValue(key.arg(QLatin1String(field.key)).arg(i + 1), field.value);
        if (!filter.port.isEmpty())
            text += keyValue(key.arg(QLatin1String("Port")).arg(i + 1), filter.port);
    }
    return text;
}

QString attachedUsbReadable(const QList<UsbDevice> &devices)
{
    QString text;
    for (qsizetype i = 0; i < devices.size(); ++i) {
        const UsbDevice &device = devices.at(i);
        const auto put = [&text, i](const char *key, const QString &value) {
            text +=
                keyValue(QStringLiteral("USBAttach%1%2").arg(QLatin1String(key)).arg(i + 1), value);
        };
        put("Active", usbDeviceUuid(device).toString(QUuid::WithoutBraces));
        put("VendorId", idWord(device.vendorId));
        put("ProductId", idWord(device.productId));
        put("Revision", revisionWord(device.revision));
        put("Manufacturer", device.manufacturer);
        put("Product", device.product);
        put("SerialNumber", device.serial);
        put("Address", usbDeviceAddress(device));
    }
    return text;
}

} // namespace app
