// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/usb_always.h"

#include "engine/machine/machine_json.h"
#include "engine/machine/machine_store.h"

#include <QtCore/QJsonDocument>

namespace ui {

namespace {

// Made for this device, by us or by hand, whatever it is called and whether it is switched on.
bool isOnlyAbout(const engine::UsbFilter &filter, const engine::UsbDevice &device)
{
    engine::UsbFilter usual = engine::filterFor(device);
    usual.name = filter.name;
    usual.isActive = filter.isActive;
    return filter == usual;
}

QJsonObject definitionJson(const engine::MachineDefinition &definition)
{
    return QJsonDocument::fromJson(engine::machineToJson(definition)).object();
}

} // namespace

UsbAlways usbAlways(const QList<engine::UsbFilter> &filters, const engine::UsbDevice &device)
{
    UsbAlways always;
    for (const engine::UsbFilter &filter : filters) {
        if (!engine::matches(filter, device))
            continue;
        always.isGiven = true;
        if (!isOnlyAbout(filter, device) && always.otherFilter.isEmpty())
            always.otherFilter = filter.name;
    }
    return always;
}

QList<engine::UsbFilter> withUsbAlways(QList<engine::UsbFilter> filters,
                                       const engine::UsbDevice &device, bool isGiven)
{
    if (!isGiven) {
        filters.removeIf(
            [&device](const engine::UsbFilter &filter) { return isOnlyAbout(filter, device); });
        return filters;
    }
    for (engine::UsbFilter &filter : filters) {
        if (!isOnlyAbout(filter, device))
            continue;
        filter.isActive = true;
        return filters;
    }
    filters.append(engine::filterFor(device));
    return filters;
}

QList<engine::UsbFilter> usbFiltersIn(const QString &machineFolder)
{
    const auto entry = engine::readMachine(machineFolder);
    return entry ? entry->definition.usbFilters : QList<engine::UsbFilter>();
}

void setUsbAlways(engine::ControlClient &machine, const engine::UsbDevice &device, bool isGiven,
                  engine::ControlClient::Reply reply)
{
    const auto entry = engine::readMachine(machine.status().folder);
    if (!entry) {
        reply(entry.error());
        return;
    }
    engine::MachineDefinition wanted = entry->definition;
    wanted.usbFilters = withUsbAlways(wanted.usbFilters, device, isGiven);
    machine.call(QStringLiteral("machine.changeDefinition"),
                 {{QStringLiteral("definition"), definitionJson(wanted)},
                  {QStringLiteral("base"), definitionJson(entry->definition)}},
                 std::move(reply));
}

} // namespace ui
