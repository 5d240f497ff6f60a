// SPDX-License-Identifier: GPL-3.0-or-later
// list
#include "app/cli/list_format.h"
#include "app/cli/medium_format.h"
#include "app/cli/medium_list.h"
#include "app/cli/show_format.h"
#include "app/cli/verbs.h"
#include "engine/catalog/machine_maker.h"
#include "engine/catalog/os_catalog.h"
#include "engine/drivers/acceleration.h"
#include "engine/machine/host_networks.h"
#include "engine/machine/machine_outlines.h"

#include <QtCore/QJsonArray>

namespace app {

using namespace engine;

namespace {

struct ListRequest
{
    bool isLong = false;
    bool isSorted = false;
};

Outcome listMachines(Session &session, const ListRequest &request, bool onlyRunning)
{
    const bool isShort = !onlyRunning && !session.isJson() && !request.isLong;
    QList<MachineEntry> machines = isShort ? machineOutlines() : session.store().machines();
    if (onlyRunning)
        machines.removeIf([](const MachineEntry &entry) {
            // Only who holds the lock can run; asking the process is the dearer question.
            return !entry.isAccessible() || !MachineLock::isHeld(entry.folder)
                || Session::observe(entry).isOff();
        });
    QString text;
    QJsonArray json;
    for (const MachineEntry &entry : std::as_const(machines)) {
        if (!session.isJson() && !request.isLong) {
            text += listLine(entry);
            continue;
        }
        const MachineView view{entry, entry.isAccessible() ? Session::observe(entry) : LiveState()};
        if (session.isJson())
            json.append(request.isLong && entry.isAccessible() ? machineJson(view)
                                                               : listJson(entry, view.live.word));
        else
            text += humanReadable(view) + QLatin1Char('\n');
    }
    if (session.isJson())
        session.output().json(json);
    else
        session.output().print(text);
    return {};
}

Outcome listVms(Session &session, const ListRequest &request)
{
    return listMachines(session, request, false);
}

Outcome listRunning(Session &session, const ListRequest &request)
{
    return listMachines(session, request, true);
}

Outcome listGroups(Session &session, const ListRequest &)
{
    QStringList groups{QStringLiteral("/")};
    const QList<MachineEntry> machines = session.store().machines();
    for (const MachineEntry &entry : machines)
        groups += entry.definition.groups;
    groups.removeDuplicates();
    groups.sort();
    if (session.isJson()) {
        session.output().json(QJsonArray::fromStringList(groups));
        return {};
    }
    for (const QString &group : std::as_const(groups))
        session.output().line(quoted(group));
    return {};
}

Outcome listOsTypes(Session &session, const ListRequest &)
{
    QString text;
    QJsonArray json;
    for (const VBoxOsType &type : vboxOsTypes()) {
        if (session.isJson())
            json.append(osTypeJson(type));
        else
            text += osTypeText(type);
    }
    if (session.isJson())
        session.output().json(json);
    else
        session.output().print(text);
    return {};
}

Outcome listMedia(Session &session, const ListRequest &request, MediumKind kind)
{
    QStringList media = knownMedia(session, kind);
    if (request.isSorted)
        media.sort();
    QJsonArray json;
    for (const QString &path : std::as_const(media)) {
        const MediumView view = viewMedium(session, path, kind);
        if (session.isJson())
            json.append(mediumJson(view));
        else
            session.output().print(mediumText(view, request.isLong));
    }
    if (session.isJson())
        session.output().json(json);
    return {};
}

Outcome listHdds(Session &session, const ListRequest &request)
{
    return listMedia(session, request, MediumKind::HardDisk);
}

Outcome listDvds(Session &session, const ListRequest &request)
{
    return listMedia(session, request, MediumKind::Optical);
}

Outcome listFloppies(Session &session, const ListRequest &request)
{
    return listMedia(session, request, MediumKind::Floppy);
}

Outcome listHostInfo(Session &session, const ListRequest &)
{
    const HostView host = 
        readHost(HostFacts::current(), hostAcceleration(), builtInAcceleration());
    if (session.isJson())
        session.output().json(hostJson(host));
    else
        session.output().print(hostText(host));
    return {};
}

Outcome listSystemProperties(Session &session, const ListRequest &)
{
    const QList<Property> properties =
        systemProperties(session.store().machineFolder(), Preferences::load());
    if (session.isJson())
        session.output().json(propertiesJson(properties));
    else
        session.output().print(propertiesText(properties));
    return {};
}

Outcome listBackends(Session &session, const ListRequest &)
{
    if (session.isJson())
        session.output().json(backendsJson());
    else
        session.output().print(backendsText());
    return {};
}

Outcome listExtPacks(Session &session, const ListRequest &)
{
    if (session.isJson())
        session.output().json(QJsonArray());
    else
        session.output().line(QStringLiteral("Extension Packs: 0"));
    return {};
}

Outcome listBridgeable(Session &session, const ListRequest &)
{
    const QList<HostNetworkInterface> interfaces = hostNetworkInterfaces();
    QString text;
    QJsonArray json;
    for (const HostNetworkInterface &interface : interfaces) {
        if (session.isJson())
            json.append(interfaceJson(interface));
        else
            text += interfaceText(interface);
    }
    if (session.isJson())
        session.output().json(json);
    else
        session.output().print(text);
    return {};
}

Outcome listInternal(Session &session, const ListRequest &)
{
    QStringList names = activeInternalNetworks();
    const QList<MachineEntry> machines = session.store().machines();
    for (const MachineEntry &entry : machines) {
        for (const NetworkAdapter &adapter : entry.definition.adapters)
            if (adapter.mode == NetworkMode::Internal)
                names.append(adapter.internalNetwork);
    }
    names.removeDuplicates();
    names.sort();
    if (session.isJson()) {
        session.output().json(QJsonArray::fromStringList(names));
        return {};
    }
    for (const QString &name : std::as_const(names))
        session.output().line(labelled(QStringLiteral("Name"), name, 13).trimmed());
    return {};
}

// What this version does not have there are none of, and that is a true answer.
Outcome listNothing(Session &session, const ListRequest &)
{
    if (session.isJson())
        session.output().json(QJsonArray());
    return {};
}

Outcome listUsbHost(Session &session, const ListRequest &)
{
    return printHostUsb(session);
}

// Those for all machines, which only a service in the background could apply.
Outcome listUsbFilters(Session &session, const ListRequest &)
{
    if (session.isJson())
        session.output().json(QJsonArray());
    else
        session.output().print(QStringLiteral("Global USB Device Filters:\n\n<none>\n\n"));
    return {};
}

struct Topic
{
    const char *name;
    Outcome (*run)(Session &, const ListRequest &);
};

constexpr Topic Topics[] = {
    {"vms", listVms},
    {"runningvms", listRunning},
    {"groups", listGroups},
    {"ostypes", listOsTypes},
    {"hdds", listHdds},
    {"dvds", listDvds},
    {"floppies", listFloppies},
    {"hddbackends", listBackends},
    {"hostinfo", listHostInfo},
    {"systemproperties", listSystemProperties},
    {"extpacks", listExtPacks},
    {"bridgedifs", listBridgeable},
    {"hostonlyifs", listNothing},
    {"hostonlynets", listNothing},
    {"intnets", listInternal},
    {"natnets", listNothing},
    {"natnetworks", listNothing},
    {"dhcpservers", listNothing},
    {"usbhost", listUsbHost},
    {"usbfilters", listUsbFilters},
    {"webcams", listNothing},
    {"cloudproviders", listNothing},
    {"cloudnets", listNothing},
};

constexpr OptionSpec ListOptions[] = {
    {.name = "long", .aliases = "l"},
    {.name = "sorted", .aliases = "s"},
    {.name = "platform-arch", .value = "x86", .aliases = "p"},
};

Outcome listVerb(Session &session, const Arguments &arguments)
{
    const QString name = arguments.words.first();
    for (const Topic &topic : Topics) {
        if (name == QLatin1String(topic.name))
            return topic.run(session, {arguments.has("long"), arguments.has("sorted")});
    }
    return Outcome::syntax(QStringLiteral("There is nothing to list named \"%1\"").arg(name));
}

constexpr Verb Verbs[] = {
    {.name = "list",
     .aliases = "",
     .summary = "List machines, media, and facts about this computer",
     .usage = "[--long] [--sorted] [--json] vms|runningvms|groups|ostypes|hdds|dvds|floppies\n"
              "[--json] hostinfo|systemproperties|hddbackends|bridgedifs|intnets|usbhost",
     .help =
         "  vms               all machines: \"name\" {uuid}; by name\n"
         "  runningvms        those that run now, paused ones included\n"
         "  ostypes           what --os-type takes\n"
         "  hdds, dvds, floppies  images that machines use, or that were made here\n"
         "  hostinfo          processors, memory, and whether guests run in hardware\n"
         "  systemproperties  the default machine folder, limits\n"
         "  bridgedifs        this computer's network interfaces, and whether machines may join\n"
         "  intnets           internal networks that machines name or are in\n"
         "  usbhost           this computer's USB devices, and whether machines may have them\n"
         "  -l, --long        everything about each\n"
         "  -s, --sorted      sorted (machines always are)\n\n"
         "hostonlyifs, hostonlynets, natnets, dhcpservers, usbfilters,\n"
         "webcams, cloudproviders, cloudnets and extpacks are answered too: there are none.",
     .options = ListOptions,
     .minimumWords = 1,
     .maximumWords = 1,
     .literalAfter = -1,
     .run = listVerb},
};

} // namespace

std::span<const Verb> listVerbs()
{
    return Verbs;
}

} // namespace app
