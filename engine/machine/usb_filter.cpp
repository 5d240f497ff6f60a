// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/usb_filter.h"

#include <algorithm>
#include <optional>

namespace engine {

namespace {

// "046d", "0x46d"; nothing for what is no number of 16 bits.
std::optional<quint16> number(const QString &text)
{
    QString digits = text.trimmed();
    if (digits.startsWith(QLatin1String("0x"), Qt::CaseInsensitive))
        digits.remove(0, 2);
    bool isNumber = false;
    const quint16 value = digits.toUShort(&isNumber, 16);
    return isNumber && digits.size() <= 4 ? std::optional(value) : std::nullopt;
}

bool isNumberMatching(const QString &wanted, quint16 actual)
{
    return wanted.trimmed().isEmpty() || number(wanted) == actual;
}

bool isTextMatching(const QString &wanted, const QString &actual)
{
    return wanted.isEmpty() || wanted.trimmed() == actual.trimmed();
}

// The whole path "1-2.3", or VirtualBox's number of the last port.
bool isPortMatching(const QString &wanted, const QString &actual)
{
    if (wanted.trimmed().isEmpty() || wanted.trimmed() == actual)
        return true;
    if (wanted.contains(QLatin1Char('-')))
        return false;
    const qsizetype last =
        std::max(actual.lastIndexOf(QLatin1Char('-')), actual.lastIndexOf(QLatin1Char('.')));
    return number(wanted) == quint16(actual.mid(last + 1).toUShort());
}

} // namespace

QString usbFilterProblem(const UsbFilter &filter)
{
    if (filter.name.trimmed().isEmpty())
        return QStringLiteral("A USB filter needs a name");
    struct Field
    {
        const char *title;
        const QString &value;
    };
    for (const Field &field :
         {Field{"vendor ID", filter.vendorId}, Field{"product ID", filter.productId},
          Field{"revision", filter.revision}}) {
        if (!field.value.trimmed().isEmpty() && !number(field.value))
            return QStringLiteral("The %1 of the USB filter \"%2\" should be a hexadecimal number "
                                  "such as 046d, not \"%3\"")
                .arg(QLatin1String(field.title), filter.name, field.value);
    }
    const QString port = filter.port.trimmed();
    if (!port.isEmpty() && !port.contains(QLatin1Char('-')) && !number(port))
        return QStringLiteral("The port of the USB filter \"%1\" should be such as 1-2.3, not "
                              "\"%2\"")
            .arg(filter.name, filter.port);
    static const QStringList Remote{QString(), QStringLiteral("yes"), QStringLiteral("no"),
                                    QStringLiteral("any")};
    if (!Remote.contains(filter.remote))
        return QStringLiteral("Whether the USB filter \"%1\" is for remote devices should be yes, "
                              "no or nothing, not \"%2\"")
            .arg(filter.name, filter.remote);
    return {};
}

bool matches(const UsbFilter &filter, const UsbDevice &device)
{
    return filter.isActive && filter.remote != QLatin1String("yes")
        && isNumberMatching(filter.vendorId, device.vendorId)
        && isNumberMatching(filter.productId, device.productId)
        && isNumberMatching(filter.revision, device.revision)
        && isTextMatching(filter.manufacturer, device.manufacturer)
        && isTextMatching(filter.product, device.product)
        && isTextMatching(filter.serial, device.serial) && isPortMatching(filter.port, device.port);
}

bool matchesAny(const QList<UsbFilter> &filters, const UsbDevice &device)
{
    return std::any_of(filters.cbegin(), filters.cend(),
                       [&device](const UsbFilter &filter) { return matches(filter, device); });
}

UsbFilter filterFor(const UsbDevice &device)
{
    UsbFilter filter;
    filter.name = usbDeviceName(device);
    filter.vendorId = usbIdText(device.vendorId);
    filter.productId = usbIdText(device.productId);
    filter.serial = device.serial;
    if (device.serial.isEmpty())
        filter.port = device.port;
    return filter;
}

} // namespace engine
