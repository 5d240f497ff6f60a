// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/storage_attach.h"

#include "app/cli/medium_list.h"
#include "app/cli/vbox_words.h"
#include "engine/machine/machine_check.h"
#include "engine/media/guest_tools.h"

namespace app {

using namespace engine;

namespace {

constexpr OptionSpec Options[] = {
    {.name = "storagectl", .value = "<name>"},
    {.name = "port", .value = "<number>"},
    {.name = "device", .value = "<number>"},
    {.name = "type", .value = "hdd|dvddrive|fdd"},
    {.name = "medium", .value = "none|emptydrive|additions|<file>|<uuid>"},
    {.name = "mtype", .value = "normal|readonly"},
    {.name = "comment", .value = "<text>"},
    {.name = "setuuid", .value = "<uuid>"},
    {.name = "setparentuuid", .value = "<uuid>"},
    {.name = "passthrough", .value = "on|off"},
    {.name = "tempeject", .value = "on|off"},
    {.name = "nonrotational", .value = "on|off"},
    {.name = "discard", .value = "on|off"},
    {.name = "hostiocache", .value = "on|off|default"},
    {.name = "hotpluggable", .value = "on|off"},
    {.name = "bandwidthgroup", .value = "<name>"},
    {.name = "forceunmount"},
};

QString portablePath(const QString &path, const QString &folder)
{
    return path.startsWith(folder + QLatin1Char('/')) ? path.mid(folder.size() + 1) : path;
}

// "host:/dev/sr0", "iscsi": words for media this version has not.
bool isForeignMedium(const QString &word)
{
    return word.startsWith(QLatin1String("host:")) || word == QLatin1String("iscsi");
}

Result<DiskCache> toDiskCache(const QString &word)
{
    if (word.toLower() == QLatin1String("default"))
        return DiskCache::AsController;
    return TRY(toSwitch(word, QStringLiteral("--hostiocache"))) ? DiskCache::On : DiskCache::Off;
}

// "additions" is VirtualBox's word for the guest tools, whose disc is made here.
Result<QString> findDisc(Session &session, const QString &medium)
{
    if (medium != QLatin1String("additions"))
        return findMedium(session, medium);
    const GuestTools tools = TRY(makeGuestTools(usualGuestTools()));
    return tools.path;
}

Result<AttachRequest> readRequest(Session &session, const Arguments &arguments)
{
    AttachRequest request;
    request.slot.controller = arguments.value("storagectl");
    const QString port = arguments.value("port", QStringLiteral("0"));
    request.slot.port = TRY(toNumber(port, QStringLiteral("--port"), 0, 255));
    const QString device = arguments.value("device", QStringLiteral("0"));
    request.slot.device = TRY(toNumber(device, QStringLiteral("--device"), 0, 1));
    if (arguments.has("type")) {
        const QString type = arguments.value("type").toLower();
        if (type == QLatin1String("hdd"))
            request.kind = MediumKind::HardDisk;
        else if (type == QLatin1String("dvddrive"))
            request.kind = MediumKind::Optical;
        else if (type == QLatin1String("fdd"))
            request.kind = MediumKind::Floppy;
        else
            return makeError(
                ErrorKind::Invalid,
                QStringLiteral("Unknown type \"%1\": known are hdd, dvddrive, fdd").arg(type));
    }
    if (arguments.has("discard"))
        request.isDiscardOn =
            TRY(toSwitch(arguments.value("discard"), QStringLiteral("--discard")));
    if (arguments.has("nonrotational"))
        request.isSolidState =
            TRY(toSwitch(arguments.value("nonrotational"), QStringLiteral("--nonrotational")));
    if (arguments.has("hostiocache"))
        request.hostCache = TRY(toDiskCache(arguments.value("hostiocache")));
    if (arguments.has("mtype")) {
        const QString type = arguments.value("mtype").toLower();
        request.isReadOnly = type == QLatin1String("readonly");
    }
    for (const char *key : {"comment", "mtype", "setuuid", "setparentuuid", "passthrough",
                            "tempeject", "hotpluggable", "bandwidthgroup"}) {
        if (arguments.has(key))
            request.kept.insert(QLatin1String(key), arguments.value(key));
    }
    request.hasMedium = arguments.has("medium");
    const QString medium = arguments.value("medium");
    if (!request.hasMedium)
        return request;
    request.isRemoval = medium == QLatin1String("none");
    if (isForeignMedium(medium))
        return makeError(ErrorKind::Unsupported,
                         QStringLiteral("This version cannot attach \"%1\"").arg(medium),
                         QStringLiteral("Give an image file"));
    if (!request.isRemoval && medium != QLatin1String("emptydrive"))
        request.path = TRY(findDisc(session, medium));
    return request;
}

Outcome noDevice(const StorageSlot &slot)
{
    return Outcome::failure(ResultCode::ObjectNotFound,
                            QStringLiteral("Nothing is attached to port %1, device %2 of the "
                                           "controller '%3'")
                                .arg(slot.port)
                                .arg(slot.device)
                                .arg(slot.controller));
}

QString keptKey(const StorageSlot &slot)
{
    return QStringLiteral("%1/%2/%3").arg(slot.controller).arg(slot.port).arg(slot.device);
}

void keep(MachineDefinition &definition, const AttachRequest &request)
{
    const QString all = QStringLiteral("storageattach");
    QJsonObject places = definition.inertSettings.value(all).toObject();
    QJsonObject place = places.value(keptKey(request.slot)).toObject();
    for (auto it = request.kept.constBegin(); it != request.kept.constEnd(); ++it)
        place.insert(it.key(), it.value());
    if (request.isRemoval || place.isEmpty())
        places.remove(keptKey(request.slot));
    else
        places.insert(keptKey(request.slot), place);
    if (places.isEmpty())
        definition.inertSettings.remove(all);
    else
        definition.inertSettings.insert(all, places);
}

// The running machine knows what is in its drives now.
Outcome changeLive(Session &session, const MachineEntry &entry, const LiveState &state,
                   const AttachRequest &request, bool force)
{
    const StorageAttachment *drive = nullptr;
    for (const StorageController &controller : state.status->controllers) {
        for (const StorageAttachment &attachment : controller.attachments) {
            if (controller.name == request.slot.controller && attachment.port == request.slot.port
                && attachment.device == request.slot.device)
                drive = &attachment;
        }
    }
    if (!drive || drive->kind == MediumKind::HardDisk || !request.hasMedium)
        return Outcome::failure(
            ResultCode::InvalidVmState,
            QStringLiteral("The machine '%1' is not powered off (state is %2)")
                .arg(entry.definition.name, state.word),
            QStringLiteral(
                "While it runs, only media of optical and floppy drives can be changed"));
    ControlClient client;
    const Outcome connected = session.connect(entry, client);
    if (!connected.isGood())
        return connected;
    auto reply =
        client.callAndWait(QStringLiteral("machine.setMedium"),
                           QJsonObject{{QStringLiteral("controller"), request.slot.controller},
                                       {QStringLiteral("port"), request.slot.port},
                                       {QStringLiteral("device"), request.slot.device},
                                       {QStringLiteral("path"), request.path},
                                       {QStringLiteral("force"), force}});
    if (!reply)
        return Outcome::failure(ResultCode::VmError, std::move(reply).error());
    return {};
}

} // namespace

StorageController *findController(MachineDefinition &definition, const QString &name)
{
    for (StorageController &controller : definition.controllers) {
        if (controller.name == name)
            return &controller;
    }
    return nullptr;
}

Outcome attach(MachineDefinition &definition, const QString &folder, const AttachRequest &request)
{
    StorageController *controller = findController(definition, request.slot.controller);
    if (!controller)
        return Outcome::failure(ResultCode::ObjectNotFound,
                                QStringLiteral("Could not find a storage controller named '%1'")
                                    .arg(request.slot.controller));
    const int ports = maximumPorts(controller->kind);
    const int devices = devicesPerPort(controller->kind);
    if (request.slot.port >= ports || request.slot.device >= devices)
        return Outcome::failure(ResultCode::InvalidArgument,
                                QStringLiteral("The controller '%1' has ports 0 to %2 with devices "
                                               "0 to %3; port %4, device %5 is not among them")
                                    .arg(controller->name)
                                    .arg(ports - 1)
                                    .arg(devices - 1)
                                    .arg(request.slot.port)
                                    .arg(request.slot.device));

    StorageAttachment *existing = findAttachment(definition, request.slot);
    if (!request.hasMedium && !existing)
        return noDevice(request.slot);
    if (request.isRemoval) {
        if (!existing)
            return noDevice(request.slot);
        controller->attachments.removeIf([&](const StorageAttachment &attachment) {
            return attachment.port == request.slot.port && attachment.device == request.slot.device;
        });
        keep(definition, request);
        return {};
    }

    StorageAttachment attachment;
    if (existing)
        attachment = *existing;
    attachment.port = request.slot.port;
    attachment.device = request.slot.device;
    if (request.kind)
        attachment.kind = *request.kind;
    else if (!existing)
        attachment.kind = controller->kind == ControllerKind::Floppy ? MediumKind::Floppy
            : request.path.isEmpty()                                 ? MediumKind::Optical
                                                                     : mediumKindOf(request.path);
    if (request.hasMedium) {
        attachment.path = portablePath(request.path, folder);
        attachment.format.clear(); // another image may be of another kind
    }
    if (request.isDiscardOn)
        attachment.isDiscardOn = *request.isDiscardOn;
    if (request.isSolidState)
        attachment.isSolidState = *request.isSolidState;
    if (request.hostCache)
        attachment.hostCache = *request.hostCache;
    if (request.isReadOnly)
        attachment.isReadOnly = *request.isReadOnly;

    const bool isFloppy = attachment.kind == MediumKind::Floppy;
    if (isFloppy != (controller->kind == ControllerKind::Floppy))
        return Outcome::failure(ResultCode::InvalidArgument,
                                QStringLiteral("Floppy drives belong on a floppy controller, and "
                                               "nothing else does; '%1' is another")
                                    .arg(controller->name));
    if (attachment.kind == MediumKind::HardDisk && attachment.path.isEmpty())
        return Outcome::failure(ResultCode::InvalidArgument,
                                QStringLiteral("A hard disk needs an image"),
                                QStringLiteral("An empty drive is --type dvddrive or fdd"));
    if (attachment.kind != MediumKind::HardDisk && request.hostCache)
        return Outcome::failure(ResultCode::InvalidArgument,
                                QStringLiteral("Only hard disks can go past this computer's "
                                               "cache"),
                                QStringLiteral("Leave --hostiocache out"));
    if (attachment.kind == MediumKind::Optical
        && (controller->kind == ControllerKind::Nvme || controller->kind == ControllerKind::Virtio))
        return Outcome::failure(ResultCode::NotSupported,
                                QStringLiteral("There are no optical drives on the controller '%1'")
                                    .arg(controller->name),
                                QStringLiteral("Use a sata, ide, virtio-scsi or usb controller"));
    if (existing)
        *existing = attachment;
    else
        controller->attachments.append(attachment);
    controller->portCount = qMax(controller->portCount, request.slot.port + 1);
    keep(definition, request);
    return {};
}

std::span<const OptionSpec> attachOptions()
{
    return Options;
}

Outcome attachVerb(Session &session, const Arguments &arguments)
{
    if (arguments.value("storagectl").isEmpty())
        return Outcome::syntax(
            QStringLiteral("The controller's name is needed: --storagectl <name>"));
    const MachineEntry entry = TRY(session.machine(arguments.words.first()));
    auto request = readRequest(session, arguments);
    if (!request)
        return request.error().kind() == ErrorKind::Invalid
            ? Outcome::syntax(std::move(request).error())
            : Outcome(std::move(request).error());
    const LiveState state = Session::observe(entry);
    if (state.status)
        return changeLive(session, entry, state, *request, arguments.has("forceunmount"));
    return session.changeMachine(entry.folder, [&](MachineEntry &changed) {
        return attach(changed.definition, changed.folder, *request);
    });
}

} // namespace app
