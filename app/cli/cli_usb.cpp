// SPDX-License-Identifier: GPL-3.0-or-later
// usbfilter, and the list of this computer's USB devices.
#include "app/cli/usb_format.h"
#include "app/cli/verbs.h"
#include "engine/control/usb_claims.h"
#include "engine/machine/usb_filter.h"
#include "usb/device_reader.h"

#include <QtCore/QJsonArray>

namespace app {

using namespace engine;

namespace {

QList<UsbDevice> hostDevices()
{
    const usb::HostRoots roots;
    usb::UsbNames names(roots.names);
    return usb::readDevices(roots, names);
}

struct FilterOption
{
    const char *name;
    QString UsbFilter::*field;
};

constexpr FilterOption FilterOptions[] = {
    {"name", &UsbFilter::name},
    {"vendorid", &UsbFilter::vendorId},
    {"productid", &UsbFilter::productId},
    {"revision", &UsbFilter::revision},
    {"manufacturer", &UsbFilter::manufacturer},
    {"product", &UsbFilter::product},
    {"serialnumber", &UsbFilter::serial},
    {"port", &UsbFilter::port},
    {"remote", &UsbFilter::remote},
};

// The fields that were given, in a filter that may be there already.
Outcome fill(UsbFilter &filter, const Arguments &arguments)
{
    if (const Option *const named = arguments.find("device")) {
        const QList<UsbDevice> devices = hostDevices();
        const auto found =
            std::find_if(devices.cbegin(), devices.cend(), [named](const UsbDevice &device) {
                return isNamedBy(device, named->value());
            });
        if (found == devices.cend())
            return Outcome::failure(
                ResultCode::ObjectNotFound,
                QStringLiteral("There is no USB device \"%1\"").arg(named->value()),
                QStringLiteral("\"list usbhost\" tells which there are"));
        filter = filterFor(*found);
    }
    for (const FilterOption &option : FilterOptions) {
        if (const Option *const given = arguments.find(option.name))
            filter.*option.field = given->value();
    }
    if (const Option *const active = arguments.find("active")) {
        auto isActive = toSwitch(active->value(), active->display());
        if (!isActive)
            return Outcome::syntax(std::move(isActive).error());
        filter.isActive = *isActive;
    }
    if (const QString problem = usbFilterProblem(filter); !problem.isEmpty())
        return Outcome::syntax(problem);
    return {};
}

Outcome applyTo(QList<UsbFilter> &filters, const QString &action, int index,
                const Arguments &arguments)
{
    if (action == QLatin1String("add")) {
        // As VirtualBox has it: past the end is the end.
        UsbFilter filter;
        Outcome filled = fill(filter, arguments);
        if (filled.isGood())
            filters.insert(qMin<qsizetype>(index, filters.size()), filter);
        return filled;
    }
    if (index >= filters.size())
        return Outcome::failure(
            ResultCode::InvalidArgument,
            QStringLiteral("The machine has no USB filter with the index %1").arg(index),
            filters.isEmpty() ? QStringLiteral("It has none at all")
                              : QStringLiteral("The last one is %1").arg(filters.size() - 1));
    if (action == QLatin1String("remove")) {
        filters.removeAt(index);
        return {};
    }
    return fill(filters[index], arguments);
}

Outcome usbFilter(Session &session, const Arguments &arguments)
{
    const QString action = arguments.words.first();
    if (action != QLatin1String("add") && action != QLatin1String("modify")
        && action != QLatin1String("remove"))
        return Outcome::syntax(
            QStringLiteral("Unknown action \"%1\": add, modify or remove").arg(action));
    auto index = toNumber(arguments.words.at(1), QStringLiteral("<index>"), 0, 9999);
    if (!index)
        return Outcome::syntax(std::move(index).error());
    const QString target = arguments.value("target");
    if (target.isEmpty())
        return Outcome::syntax(QStringLiteral("--target names the machine, and is needed"));
    if (target == QLatin1String("global"))
        return Outcome::failure(ResultCode::NotSupported,
                                QStringLiteral("There are no USB filters for all machines"),
                                QStringLiteral("Give the filter to a machine: --target <machine>"));
    return session.changeMachine(target, [&](MachineEntry &entry) {
        return applyTo(entry.definition.usbFilters, action, *index, arguments);
    });
}

constexpr OptionSpec FilterSpecs[] = {
    {.name = "target", .value = "<machine>"},    {.name = "name", .value = "<text>"},
    {.name = "active", .value = "yes|no"},       {.name = "vendorid", .value = "<hex>"},
    {.name = "productid", .value = "<hex>"},     {.name = "revision", .value = "<hex>"},
    {.name = "manufacturer", .value = "<text>"}, {.name = "product", .value = "<text>"},
    {.name = "serialnumber", .value = "<text>"}, {.name = "port", .value = "<port>"},
    {.name = "remote", .value = "yes|no"},       {.name = "device", .value = "<uuid|address>"},
};

constexpr Verb Verbs[] = {
    {.name = "usbfilter",
     .aliases = "",
     .summary = "Choose USB devices that go to a machine by themselves",
     .usage = "add <index> --target <machine> --name <text> [--active yes|no]\n"
              "  [--vendorid <hex>] [--productid <hex>] [--revision <hex>]\n"
              "  [--manufacturer <text>] [--product <text>] [--serialnumber <text>]\n"
              "  [--port <port>] [--remote yes|no]\n"
              "add <index> --target <machine> --device <uuid|address>\n"
              "modify <index> --target <machine> [options as for add]\n"
              "remove <index> --target <machine>",
     .help = "A device that fits all fields of a filter goes to the machine when that starts, and\n"
             "when the device is plugged in; a field that is not given fits everything. Indexes\n"
             "begin with 0.\n"
             "  --vendorid, --productid  as \"list usbhost\" shows them: 046d\n"
             "  --port                   where it is plugged in: 1-2.3\n"
             "  --device                 all of that for a device that is plugged in now: it is\n"
             "                           always given to this machine\n"
             "Keyboards, pointers and disks that this computer uses never go by themselves.",
     .options = FilterSpecs,
     .minimumWords = 2,
     .maximumWords = 2,
     .literalAfter = -1,
     .run = usbFilter},
};

} // namespace

Outcome printHostUsb(Session &session)
{
    const QList<UsbDevice> devices = hostDevices();
    QJsonArray json;
    QString text = QStringLiteral("Host USB Devices:\n\n");
    if (devices.isEmpty())
        text += QStringLiteral("<none>\n\n");
    for (const UsbDevice &device : devices) {
        const QString holder = usbDeviceHolder(device);
        json.append(usbDeviceJson(device, holder));
        text += usbDeviceText(device, holder);
    }
    if (session.isJson())
        session.output().json(json);
    else
        session.output().print(text);
    return {};
}

std::span<const Verb> usbVerbs()
{
    return Verbs;
}

} // namespace app
