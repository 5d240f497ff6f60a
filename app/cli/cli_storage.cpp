// SPDX-License-Identifier: GPL-3.0-or-later
// storagectl
#include "app/cli/storage_attach.h"
#include "app/cli/vbox_words.h"
#include "app/cli/verbs.h"

namespace app {

using namespace engine;

namespace {

constexpr OptionSpec ControllerOptions[] = {
    {.name = "name", .value = "<name>"},
    {.name = "add", .value = "ide|sata|virtio|virtio-scsi|pcie|usb|floppy"},
    {.name = "controller", .value = "PIIX3|PIIX4|ICH6|IntelAhci|VirtioSCSI|NVMe|USB|I82078"},
    {.name = "portcount", .value = "<number>", .aliases = "sataportcount"},
    {.name = "hostiocache", .value = "on|off"},
    {.name = "bootable", .value = "on|off"},
    {.name = "remove"},
    {.name = "rename", .value = "<name>"},
};

Outcome lacksBus(const QString &word)
{
    return Outcome::failure(
        ResultCode::NotSupported,
        QStringLiteral("This version has no storage controller \"%1\"").arg(word),
        QStringLiteral("Use sata, ide, virtio or pcie (NVMe)"));
}

// The bus by --add or, as people write it too, by the chip alone.
Result<std::optional<ControllerKind>> wantedKind(const QString &word)
{
    struct Word
    {
        const char *name;
        std::optional<ControllerKind> kind; // none: known and lacking
    };
    static constexpr Word Words[] = {
        {"ide", ControllerKind::Ide},
        {"piix3", ControllerKind::Ide},
        {"piix4", ControllerKind::Ide},
        {"ich6", ControllerKind::Ide},
        {"sata", ControllerKind::Sata},
        {"intelahci", ControllerKind::Sata},
        {"intelahciexpress", ControllerKind::Sata},
        {"virtio", ControllerKind::Virtio},
        {"virtio-scsi", ControllerKind::VirtioScsi},
        {"virtioscsi", ControllerKind::VirtioScsi},
        {"pcie", ControllerKind::Nvme},
        {"nvme", ControllerKind::Nvme},
        {"usb", ControllerKind::Usb},
        {"floppy", ControllerKind::Floppy},
        {"i82078", ControllerKind::Floppy},
        {"scsi", std::nullopt},
        {"sas", std::nullopt},
        {"lsilogic", std::nullopt},
        {"lsilogicsas", std::nullopt},
        {"buslogic", std::nullopt},
    };
    for (const Word &known : Words) {
        if (word.compare(QLatin1String(known.name), Qt::CaseInsensitive) == 0)
            return known.kind;
    }
    return makeError(
        ErrorKind::Invalid,
        QStringLiteral("Unknown storage controller \"%1\": known are ide, sata, virtio, "
                       "virtio-scsi, pcie, usb, floppy")
            .arg(word));
}

// VirtualBox knows one chip for what is two kinds here.
bool isChipOf(ControllerKind chip, ControllerKind kind)
{
    return chip == kind || (chip == ControllerKind::VirtioScsi && kind == ControllerKind::Virtio);
}

int usualPorts(ControllerKind kind)
{
    switch (kind) {
    case ControllerKind::Ide:
        return 2;
    case ControllerKind::Sata:
        return 6; // what the ICH9's AHCI has
    case ControllerKind::Virtio:
    case ControllerKind::VirtioScsi:
    case ControllerKind::Usb:
        return 8;
    case ControllerKind::Nvme:
    case ControllerKind::Floppy:
        return 1;
    }
    return 1;
}

Outcome configure(MachineDefinition &definition, StorageController &controller,
                  const Arguments &arguments)
{
    if (arguments.has("portcount")) {
        const int most = maximumPorts(controller.kind);
        auto ports = toNumber(arguments.value("portcount"), QStringLiteral("--portcount"), 1, most);
        if (!ports)
            return Outcome::syntax(std::move(ports).error());
        for (const StorageAttachment &attachment : std::as_const(controller.attachments)) {
            if (attachment.port >= *ports)
                return Outcome::failure(
                    ResultCode::ObjectInUse,
                    QStringLiteral("Something is attached to port %1 of the controller \"%2\"")
                        .arg(attachment.port)
                        .arg(controller.name));
        }
        controller.portCount = *ports;
    }
    if (arguments.has("bootable")) {
        auto isBootable = toSwitch(arguments.value("bootable"), QStringLiteral("--bootable"));
        if (!isBootable)
            return Outcome::syntax(std::move(isBootable).error());
        controller.isBootable = *isBootable;
    }
    if (arguments.has("hostiocache")) {
        auto isOn = toSwitch(arguments.value("hostiocache"), QStringLiteral("--hostiocache"));
        if (!isOn)
            return Outcome::syntax(std::move(isOn).error());
        controller.isHostCacheOn = *isOn;
    }
    QJsonObject all = definition.inertSettings.value(QStringLiteral("storagectl")).toObject();
    QJsonObject kept = all.value(controller.name).toObject();
    kept.remove(QLatin1String("hostiocache")); // of a version without
    if (arguments.has("controller"))
        kept.insert(QLatin1String("controller"), arguments.value("controller"));
    if (kept.isEmpty())
        all.remove(controller.name);
    else
        all.insert(controller.name, kept);
    if (all.isEmpty())
        definition.inertSettings.remove(QStringLiteral("storagectl"));
    else
        definition.inertSettings.insert(QStringLiteral("storagectl"), all);
    return {};
}

// What is kept for a controller moves, or goes, with its name.
void moveKept(MachineDefinition &definition, const QString &from, const QString &to)
{
    QJsonObject controllers =
        definition.inertSettings.value(QStringLiteral("storagectl")).toObject();
    const QJsonValue kept = controllers.take(from);
    if (kept.isObject() && !to.isEmpty())
        controllers.insert(to, kept);
    definition.inertSettings.insert(QStringLiteral("storagectl"), controllers);

    QJsonObject places = definition.inertSettings.value(QStringLiteral("storageattach")).toObject();
    const QStringList keys = places.keys();
    for (const QString &key : keys) {
        if (!key.startsWith(from + QLatin1Char('/')))
            continue;
        const QJsonValue place = places.take(key);
        if (!to.isEmpty())
            places.insert(to + key.mid(from.size()), place);
    }
    definition.inertSettings.insert(QStringLiteral("storageattach"), places);
}

Outcome changeController(MachineDefinition &definition, const Arguments &arguments)
{
    const QString name = arguments.value("name");
    StorageController *controller = findController(definition, name);

    if (arguments.has("add")) {
        if (controller)
            return Outcome::failure(
                ResultCode::ObjectInUse,
                QStringLiteral("A storage controller named '%1' already exists").arg(name));
        auto kind = wantedKind(arguments.value("add"));
        if (!kind)
            return Outcome::syntax(std::move(kind).error());
        if (!kind->has_value())
            return lacksBus(arguments.value("add"));
        if (arguments.has("controller")) {
            auto chip = wantedKind(arguments.value("controller"));
            if (!chip)
                return Outcome::syntax(std::move(chip).error());
            if (!chip->has_value())
                return lacksBus(arguments.value("controller"));
            if (!isChipOf(**chip, **kind))
                return Outcome::syntax(
                    QStringLiteral("\"%1\" is no %2 controller")
                        .arg(arguments.value("controller"), arguments.value("add")));
        }
        StorageController added;
        added.name = name;
        added.kind = **kind;
        added.portCount = usualPorts(added.kind);
        const Outcome configured = configure(definition, added, arguments);
        if (configured.isGood())
            definition.controllers.append(added);
        return configured;
    }
    if (!controller)
        return Outcome::failure(
            ResultCode::ObjectNotFound,
            QStringLiteral("Could not find a storage controller named '%1'").arg(name));
    if (arguments.has("remove")) {
        definition.controllers.removeIf([&](const StorageController &c) { return c.name == name; });
        moveKept(definition, name, {});
        return {};
    }
    if (arguments.has("rename")) {
        const QString to = arguments.value("rename");
        if (to.isEmpty() || findController(definition, to))
            return Outcome::failure(ResultCode::ObjectInUse,
                                    QStringLiteral("The name '%1' is empty or taken").arg(to));
        moveKept(definition, name, to);
        controller->name = to;
        return {};
    }
    if (arguments.has("controller")) {
        auto chip = wantedKind(arguments.value("controller"));
        if (!chip)
            return Outcome::syntax(std::move(chip).error());
        if (!chip->has_value() || !isChipOf(**chip, controller->kind))
            return lacksBus(arguments.value("controller"));
    }
    return configure(definition, *controller, arguments);
}

Outcome controllerVerb(Session &session, const Arguments &arguments)
{
    if (arguments.value("name").isEmpty())
        return Outcome::syntax(QStringLiteral("The controller's name is needed: --name <name>"));
    return session.changeMachine(arguments.words.first(), [&](MachineEntry &entry) {
        return changeController(entry.definition, arguments);
    });
}

const Verb Verbs[] = {
    {.name = "storagectl",
     .aliases = "",
     .summary = "Add, change or remove a storage controller",
     .usage =
         "<machine> --name <name> --add ide|sata|virtio|virtio-scsi|pcie|usb|floppy\n"
         "    [--controller <chip>] [--portcount <number>] [--bootable on|off] [--hostiocache on|off]\n"
         "<machine> --name <name> --remove\n"
         "<machine> --name <name> --rename <name>",
     .help = "The machine must be off. virtio has a card for each disk, virtio-scsi one for all its disks\n"
             "and optical drives; pcie is NVMe. With --hostiocache off hard disks go past this\n"
             "computer's page cache, where their file system can. Removing a controller takes what is\n"
             "attached off, and leaves the images.",
     .options = ControllerOptions,
     .minimumWords = 1,
     .maximumWords = 1,
     .literalAfter = -1,
     .run = controllerVerb},
    {.name = "storageattach",
     .aliases = "",
     .summary = "Attach an image or a drive, change or eject a medium",
     .usage = "<machine> --storagectl <name> [--port <number>] [--device <number>]\n"
              "    [--type hdd|dvddrive|fdd] [--medium none|emptydrive|additions|<file>|<uuid>]\n"
              "    [--nonrotational on|off] [--discard on|off] [--hostiocache on|off|default]\n"
              "    [--comment <text>] [--forceunmount]",
     .help =
         "  --medium none        take the disk or the drive off; ejects while the machine runs\n"
         "  --medium emptydrive  a drive without a medium\n"
         "  --medium additions   the guest tools for Linux, made anew (see guesttools)\n"
         "  --discard on|off     give blocks that the guest frees back to the image file\n"
         "  --hostiocache off    this disk goes past the computer's page cache, whatever its\n"
         "                       controller says (storagectl); default: as that\n"
         "  --forceunmount       also when the guest has locked the drive\n\n"
         "While the machine runs, media of optical and floppy drives can be changed.",
     .options = attachOptions(),
     .minimumWords = 1,
     .maximumWords = 1,
     .literalAfter = -1,
     .run = attachVerb},
};

} // namespace

std::span<const Verb> storageVerbs()
{
    return Verbs;
}

} // namespace app
