// SPDX-License-Identifier: GPL-3.0-or-later
// createvm, registervm, unregistervm
#include "app/cli/os_choice.h"
#include "app/cli/show_format.h"
#include "app/cli/vbox_network_words.h"
#include "app/cli/vbox_words.h"
#include "app/cli/verbs.h"
#include "engine/catalog/os_catalog.h"
#include "engine/machine/host_fit.h"

#include <QtCore/QFileInfo>

namespace app {

using namespace engine;

namespace {

constexpr OptionSpec CreateOptions[] = {
    {.name = "name", .value = "<name>"},
    {.name = "os-type", .value = "<type>"},
    {.name = "base-folder", .value = "<folder>"},
    {.name = "groups", .value = "<group,...>"},
    {.name = "register"},
    {.name = "default"},
    {.name = "uuid", .value = "<uuid>"},
    {.name = "platform-architecture", .value = "x86"},
};

// VirtualBox's picture of an empty machine: one card, and no drive before somebody adds one.
void fillIn(Session &session, MachineDefinition &definition)
{
    // Guests name their devices after the slots of this board.
    if (session.isVirtualBox())
        definition.chipset = Chipset::I440fx;
    const QString asked = inertValue(definition, QStringLiteral("ostype"));
    const VBoxOsType &type = vboxOsTypeFor(definition.osId);
    const bool isWindows =
        type.familyId == QLatin1String("Windows") || asked.startsWith(QLatin1String("Windows"));
    definition.memoryMiB = isWindows ? 2048 : 1024;
    definition.clock = isWindows ? ClockBase::LocalTime : ClockBase::Utc;
    NetworkAdapter &adapter = adapterAt(definition, 1);
    adapter.mode = NetworkMode::Nat;
}

void addUsualDrives(MachineDefinition &definition)
{
    StorageAttachment drive;
    drive.kind = MediumKind::Optical;
    drive.port = 1;
    StorageController ide;
    ide.name = QStringLiteral("IDE");
    ide.kind = ControllerKind::Ide;
    ide.attachments.append(drive);
    StorageController sata;
    sata.name = QStringLiteral("SATA");
    sata.kind = ControllerKind::Sata;
    definition.controllers = {ide, sata};
    definition.audio = AudioModel::Hda;
}

// A system that refuses to be installed without them gets them; that costs a look at the catalogue.
Result<> addNeededFirmware(MachineDefinition &definition)
{
    if (definition.osId.isEmpty())
        return {};
    const auto catalog = TRY(OsCatalog::load());
    const OsPreset preset = catalog->preset(definition.osId);
    definition.firmware = preset.firmware;
    if (preset.needsTpm)
        definition.tpm = TpmModel::Tpm20;
    if (preset.needsSecureBoot) {
        definition.isSecureBootOn = true;
        definition.chipset = Chipset::Q35;
    }
    return {};
}

Outcome createMachine(Session &session, const Arguments &arguments)
{
    MachineDefinition definition;
    definition.name = arguments.value("name", arguments.words.value(0));
    if (definition.name.isEmpty())
        return Outcome::syntax(QStringLiteral("A name is needed: --name <name>"));
    if (arguments.has("uuid")) {
        definition.uuid = QUuid::fromString(arguments.value("uuid"));
        if (definition.uuid.isNull())
            return Outcome::syntax(
                QStringLiteral("Invalid UUID: \"%1\"").arg(arguments.value("uuid")));
    }
    if (arguments.value("platform-architecture", QStringLiteral("x86")) != QLatin1String("x86"))
        return Outcome::failure(ResultCode::NotSupported,
                                QStringLiteral("This version runs x86 machines only"));
    if (arguments.has("os-type")) {
        const auto os = setOsType(definition, arguments.value("os-type"));
        if (!os)
            return os.error();
    }
    definition.groups = arguments.value("groups").split(QLatin1Char(','), Qt::SkipEmptyParts);
    fillIn(session, definition);
    if (arguments.has("default")) {
        addUsualDrives(definition);
        if (const Result<> added = addNeededFirmware(definition); !added)
            session.warn(errorText(added.error()));
    }

    QString folder = arguments.value("base-folder");
    if (!folder.isEmpty())
        folder = QFileInfo(folder).absoluteFilePath();
    auto created = session.store().create(definition, folder);
    if (!created)
        return created.error().kind() == ErrorKind::Busy
            ? Outcome::failure(ResultCode::FileError, std::move(created).error())
            : Outcome(std::move(created).error());

    if (!session.isVirtualBox()) {
        const FitSentence fit = predictMemoryFit(created->definition.memoryMiB,
                                                 HostFacts::current(session.store().machines()));
        if (fit.severity != FitSentence::Severity::Good)
            session.warn(fit.text);
    }
    // Natively a new machine is one to be used; VirtualBox's users say so.
    const bool isRegistered = arguments.has("register") || !session.isVirtualBox();
    if (!isRegistered) {
        const auto hidden = session.store().unregisterMachine(created->folder);
        if (!hidden)
            return hidden.error();
    }
    if (session.isJson()) {
        session.output().json(listJson(*created, QStringLiteral("poweroff")));
        return {};
    }
    session.output().line(
        QStringLiteral("Virtual machine '%1' is created%2.\nUUID: %3\nSettings file: '%4'")
            .arg(created->definition.name,
                 isRegistered ? QStringLiteral(" and registered") : QString(),
                 uuidWord(created->definition.uuid), created->definitionPath));
    return {};
}

Outcome registerMachine(Session &session, const Arguments &arguments)
{
    const QString path = QFileInfo(arguments.words.first()).absoluteFilePath();
    if (path.endsWith(QLatin1String(".vbox"), Qt::CaseInsensitive))
        return Outcome::failure(
            ResultCode::NotSupported,
            QStringLiteral("\"%1\" is a VirtualBox machine; this version cannot "
                           "read those")
                .arg(path));
    auto entry = session.store().registerMachine(path);
    if (!entry)
        return std::move(entry).error();
    if (session.isJson())
        session.output().json(listJson(*entry, Session::observe(*entry).word));
    return {};
}

constexpr OptionSpec UnregisterOptions[] = {{.name = "delete"}, {.name = "delete-all"}};

Outcome unregisterMachine(Session &session, const Arguments &arguments)
{
    auto found = session.listedMachine(arguments.words.first());
    if (!found)
        return std::move(found).error();
    const bool isDeletion = arguments.has("delete") || arguments.has("delete-all");
    if (found->isAccessible()) {
        Outcome off = session.requireOff(*found);
        if (!off.isGood())
            return off;
    } else if (isDeletion) {
        // Which disks belong to it, only its definition could tell.
        Error error = *found->error;
        return std::move(error).context(
            QStringLiteral("Cannot delete the files of the inaccessible machine \"%1\"")
                .arg(found->displayName())
                .toStdString());
    }
    if (!isDeletion)
        return session.store().unregisterMachine(found->folder);

    ProgressLine progress(session.output());
    auto deleted = session.store().deleteMachine(*found);
    if (!deleted && deleted.error().kind() == ErrorKind::Busy
        && waitUntilReleased(found->folder, std::chrono::seconds(3)))
        deleted = session.store().deleteMachine(*found);
    if (!deleted) {
        progress.fail(QStringLiteral("VBOX_E_FILE_ERROR"));
        return std::move(deleted).error();
    }
    progress.finish();
    return {};
}

constexpr Verb Verbs[] = {
    {.name = "createvm",
     .aliases = "",
     .summary = "Make a new machine",
     .usage = "--name <name> [--os-type <type>] [--base-folder <folder>]\n"
              "    [--groups <group,...>] [--uuid <uuid>] [--default] [--register]",
     .help =
         "Makes a machine with a network card and without drives. \"quickstart\" makes a complete\n"
         "one from an ISO image.\n\n"
         "  --os-type <type>   as \"list ostypes\" shows them, or an osinfo id such as debian12\n"
         "  --base-folder <f>  the machine's own folder is made in there\n"
         "  --default          with the usual controllers, an optical drive and, for systems that\n"
         "                     need them (Windows 11), UEFI with Secure Boot and a TPM\n"
         "  --register         as VBoxManage: without it the machine is made but not listed.\n"
         "                     vitrinectl always lists what it makes",
     .options = CreateOptions,
     .minimumWords = 0,
     .maximumWords = 1,
     .literalAfter = -1,
     .run = createMachine},
    {.name = "registervm",
     .aliases = "",
     .summary = "Add an existing machine to the list",
     .usage = "<folder|file.vitrine>",
     .help = "Nothing is copied: the machine stays where it is.",
     .options = {},
     .minimumWords = 1,
     .maximumWords = 1,
     .literalAfter = -1,
     .run = registerMachine},
    {.name = "unregistervm",
     .aliases = "",
     .summary = "Take a machine off the list, or delete it",
     .usage = "<machine> [--delete]",
     .help =
         "  --delete  delete the machine's files and every disk that it alone uses, wherever they\n"
         "            are. Optical images stay. There is no way back",
     .options = UnregisterOptions,
     .minimumWords = 1,
     .maximumWords = 1,
     .literalAfter = -1,
     .run = unregisterMachine},
};

} // namespace

std::span<const Verb> createVerbs()
{
    return Verbs;
}

} // namespace app
