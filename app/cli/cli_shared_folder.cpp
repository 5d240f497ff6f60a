// SPDX-License-Identifier: GPL-3.0-or-later
// sharedfolder
#include "app/cli/verbs.h"
#include "engine/machine/machine_json.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>

#include <algorithm>

namespace app {

using namespace engine;

namespace {

constexpr OptionSpec Options[] = {
    {.name = "name", .value = "<name>"},
    {.name = "hostpath", .value = "<folder>"},
    {.name = "readonly"},
    {.name = "transient"},
    {.name = "automount"},
    {.name = "auto-mount-point", .value = "<folder in the guest>"},
};

auto findFolder(MachineDefinition &definition, const QString &name)
{
    return std::find_if(definition.sharedFolders.begin(), definition.sharedFolders.end(),
                        [&name](const SharedFolder &folder) { return folder.name == name; });
}

// What only a running machine's process knows: folders until it is powered off, what the guest has
// mounted.
Outcome askMachine(Session &session, const Arguments &arguments, const QString &method,
                   const QJsonObject &params)
{
    auto entry = session.machine(arguments.words.at(1));
    if (!entry)
        return std::move(entry).error();
    if (Session::observe(*entry).isOff())
        return Outcome::failure(
            ResultCode::InvalidVmState,
            QStringLiteral("\"%1\" is not running").arg(entry->definition.name),
            arguments.has("transient") ? QStringLiteral("Leave out --transient")
                                       : QStringLiteral("Start it first"));
    ControlClient client;
    Outcome connected = session.connect(*entry, client);
    if (!connected.isGood())
        return connected;
    auto reply = client.callAndWait(method, params);
    if (!reply)
        return Outcome::failure(ResultCode::VmError, std::move(reply).error());
    return {};
}

Outcome addFolder(Session &session, const Arguments &arguments)
{
    const QString given = arguments.value("hostpath");
    if (given.isEmpty())
        return Outcome::syntax(QStringLiteral("--hostpath names the folder, and is needed"));
    const QFileInfo info(given);
    if (!info.isDir())
        return Outcome::failure(ResultCode::FileError,
                                QStringLiteral("There is no folder \"%1\"").arg(given));
    const SharedFolder folder{.name = arguments.value("name"),
                              .path = QDir::cleanPath(info.absoluteFilePath()),
                              .isReadOnly = arguments.has("readonly"),
                              .isAutomounted = arguments.has("automount"),
                              .mountPoint = arguments.value("auto-mount-point")};
    if (arguments.has("transient"))
        return askMachine(session, arguments, QStringLiteral("folders.add"),
                          {{QStringLiteral("folder"), sharedFolderToJson(folder)}, {QStringLiteral("transient"), true}});
    return session.changeMachine(arguments.words.at(1), [&](MachineEntry &entry) -> Outcome {
        if (findFolder(entry.definition, folder.name) != entry.definition.sharedFolders.end())
            return Outcome::failure(
                ResultCode::ObjectInUse,
                QStringLiteral("Shared folder named '%1' already exists").arg(folder.name));
        entry.definition.sharedFolders.append(folder);
        return {};
    });
}

Outcome removeFolder(Session &session, const Arguments &arguments)
{
    const QString name = arguments.value("name");
    if (arguments.has("transient"))
        return askMachine(session, arguments, QStringLiteral("folders.remove"),
                          {{QStringLiteral("name"), name}, {QStringLiteral("transient"), true}});
    return session.changeMachine(arguments.words.at(1), [&](MachineEntry &entry) -> Outcome {
        const auto found = findFolder(entry.definition, name);
        if (found == entry.definition.sharedFolders.end())
            return Outcome::failure(
                ResultCode::ObjectNotFound,
                QStringLiteral("Could not find a shared folder named '%1'").arg(name));
        entry.definition.sharedFolders.erase(found);
        return {};
    });
}

Outcome sharedFolderVerb(Session &session, const Arguments &arguments)
{
    const QString what = arguments.words.first();
    if (arguments.value("name").isEmpty())
        return Outcome::syntax(QStringLiteral("--name is the guest's name for it, and is needed"));
    if (what == QLatin1String("add"))
        return addFolder(session, arguments);
    if (what == QLatin1String("remove"))
        return removeFolder(session, arguments);
    if (what == QLatin1String("mount") || what == QLatin1String("unmount"))
        return askMachine(session, arguments, QStringLiteral("folders.") + what,
                          {{QStringLiteral("name"), arguments.value("name")}});
    return Outcome::syntax(
        QStringLiteral("\"%1\" is none of add, remove, mount and unmount").arg(what));
}

const Verb Verbs[] = {
    {.name = "sharedfolder",
     .aliases = "",
     .summary = "Let a guest use a folder of this computer",
     .usage = "add <machine> --name <name> --hostpath <folder> [--readonly] [--transient]\n"
              "    [--automount] [--auto-mount-point <folder in the guest>]\n"
              "remove <machine> --name <name> [--transient]\n"
              "mount|unmount <machine> --name <name>",
     .help = "A Linux guest (5.4 or newer) mounts the folder by its name, as root:\n\n"
             "  mount -t virtiofs <name> /mnt\n\n"
             "What the guest makes there belongs to you on this computer, and what you may not\n"
             "do here the guest may not, either. A machine on QEMU can be saved while its guest\n"
             "has none of them mounted.\n\n"
             "  --name              the guest's name for it, at most 35 bytes\n"
             "  --hostpath          the folder\n"
             "  --readonly          the guest changes nothing in it\n"
             "  --transient         for a running machine, until it is powered off\n"
             "  --automount         mounted by the guest's agent (qemu-guest-agent)\n"
             "  --auto-mount-point  where; usually /mnt/<name>\n\n"
             "mount and unmount do that in a running guest that has an agent.",
     .options = Options,
     .minimumWords = 2,
     .maximumWords = 2,
     .literalAfter = -1,
     .run = sharedFolderVerb},
};

} // namespace

std::span<const Verb> sharedFolderVerbs()
{
    return Verbs;
}

} // namespace app
