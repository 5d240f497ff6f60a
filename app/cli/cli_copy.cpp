// SPDX-License-Identifier: GPL-3.0-or-later
// clonevm, movevm
#include "app/cli/show_format.h"
#include "app/cli/verbs.h"
#include "engine/media/machine_copy.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>

namespace app {

using namespace engine;

namespace {

constexpr OptionSpec CloneOptions[] = {
    {.name = "name", .value = "<name>"},
    {.name = "basefolder", .value = "<folder>", .aliases = "folder"},
    {.name = "groups", .value = "<group,...>"},
    {.name = "uuid", .value = "<uuid>"},
    {.name = "mode", .value = "machine"},
    {.name = "options", .value = "keepallmacs|keepnatmacs|keepdisknames"},
    {.name = "snapshot", .value = "<name>"},
    {.name = "register"},
};

Outcome applyCloneOptions(const QString &words, MachineCopyRequest &request)
{
    for (const QString &given : words.split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        const QString word = given.trimmed().toLower();
        if (word == QLatin1String("keepallmacs"))
            request.macAddresses = MacAddresses::Keep;
        else if (word == QLatin1String("keepnatmacs"))
            request.macAddresses = MacAddresses::KeepOfNat;
        else if (word == QLatin1String("keepdisknames"))
            request.keepsDiskNames = true;
        else if (word == QLatin1String("link"))
            return Outcome::failure(ResultCode::NotSupported,
                                    QStringLiteral("This version makes full copies only"),
                                    QStringLiteral("Leave out \"--options link\""));
        else if (word == QLatin1String("keephwuuids"))
            return Outcome::failure(
                ResultCode::NotSupported,
                QStringLiteral("A copy has hardware identifiers of its own in this version"),
                QStringLiteral("Leave out \"--options keephwuuids\""));
        else
            return Outcome::syntax(QStringLiteral("Unknown option of a copy: \"%1\"").arg(given));
    }
    return {};
}

// "a Clone", "a Clone (2)", ...
QString freeCloneName(const MachineStore &store, const QString &name)
{
    const QString first = QStringLiteral("%1 Clone").arg(name);
    QString free = first;
    for (int i = 2; store.nameProblem(free); ++i)
        free = QStringLiteral("%1 (%2)").arg(first).arg(i);
    return free;
}

Outcome waitFor(Session &session, MachineTask &task, const Result<MachineEntry> &result)
{
    ProgressLine progress(session.output());
    QObject::connect(&task, &MachineTask::progressed, &task,
                     [&progress](int percent) { progress.setPercent(percent); });
    task.waitForFinished();
    if (!result) {
        progress.fail(QStringLiteral("VBOX_E_FILE_ERROR"));
        return Outcome::failure(ResultCode::FileError, result.error());
    }
    progress.finish();
    return {};
}

Outcome cloneMachine(Session &session, const Arguments &arguments)
{
    const MachineEntry source = TRY(session.machine(arguments.words.first()));
    if (arguments.has("snapshot"))
        return Outcome::failure(ResultCode::NotSupported,
                                QStringLiteral("This version has no snapshots to copy from"),
                                QStringLiteral("Copy the machine as it is now"));
    if (arguments.value("mode", QStringLiteral("machine")) != QLatin1String("machine"))
        return Outcome::failure(ResultCode::NotSupported,
                                QStringLiteral("This version copies a machine as it is now"),
                                QStringLiteral("Leave out --mode"));
    MachineCopyRequest request;
    request.name = arguments.value("name");
    if (request.name.isEmpty())
        request.name = freeCloneName(session.store(), source.definition.name);
    request.baseFolder = arguments.value("basefolder");
    for (const Option &option : arguments.options) {
        if (option.name != QLatin1String("options"))
            continue;
        Outcome applied = applyCloneOptions(option.value(), request);
        if (!applied.isGood())
            return applied;
    }
    if (arguments.has("uuid")) {
        request.uuid = QUuid::fromString(arguments.value("uuid"));
        if (request.uuid.isNull())
            return Outcome::syntax(
                QStringLiteral("\"%1\" is no UUID").arg(arguments.value("uuid")));
    }
    if (arguments.has("groups")) {
        QStringList groups = arguments.value("groups").split(QLatin1Char(','), Qt::SkipEmptyParts);
        for (const QString &group : std::as_const(groups)) {
            if (!group.startsWith(QLatin1Char('/')))
                return Outcome::syntax(
                    QStringLiteral("Invalid group \"%1\": groups begin with /").arg(group));
        }
        request.groups = groups;
    }
    Outcome off = session.requireOff(source);
    if (!off.isGood())
        return off;
    const MachineCopyPlan plan = TRY(planMachineCopy(session.store(), source, request));
    if (!session.isVirtualBox()) {
        for (const QString &note : plan.notes)
            session.warn(note);
    }
    Result<MachineEntry> copy = Error(ErrorKind::Io, "The copy ended without a word");
    MachineTask *const task =
        TRY(copyMachine(session.store(), source, request,
                        [&copy](const Result<MachineEntry> &made) { copy = made; }));
    Outcome done = waitFor(session, *task, copy);
    if (!done.isGood())
        return done;
    // As VBoxManage has it: without --register the copy is only made.
    if (session.isVirtualBox() && !arguments.has("register"))
        TRY(session.store().unregisterMachine(copy->folder));
    if (session.isJson())
        session.output().json(listJson(*copy, QStringLiteral("poweroff")));
    else
        session.output().line(QStringLiteral("Machine has been successfully cloned as \"%1\"")
                                  .arg(copy->definition.name));
    return {};
}

constexpr OptionSpec MoveOptions[] = {
    {.name = "folder", .value = "<folder>"},
    {.name = "type", .value = "basic"},
};

Outcome moveMachine(Session &session, const Arguments &arguments)
{
    const MachineEntry source = TRY(session.machine(arguments.words.first()));
    if (arguments.value("type", QStringLiteral("basic")) != QLatin1String("basic"))
        return Outcome::syntax(
            QStringLiteral("Unknown type \"%1\": known is basic").arg(arguments.value("type")));
    const QString folder = arguments.value("folder", session.store().machineFolder());
    Outcome off = session.requireOff(source);
    if (!off.isGood())
        return off;
    Result<MachineEntry> moved = Error(ErrorKind::Io, "The move ended without a word");
    QString leftover;
    MachineTask *const task = TRY(session.store().move(
        source, folder, [&](const Result<MachineEntry> &entry, const QString &left) {
            moved = entry;
            leftover = left;
        }));
    Outcome done = waitFor(session, *task, moved);
    if (!done.isGood())
        return done;
    if (!leftover.isEmpty())
        session.warn(QStringLiteral("Some files of the old folder could not be deleted: delete "
                                    "\"%1\" yourself")
                         .arg(leftover));
    if (session.isJson())
        session.output().json(listJson(*moved, QStringLiteral("poweroff")));
    else
        session.output().line(
            QStringLiteral("Machine has been successfully moved into %1").arg(moved->folder));
    return {};
}

constexpr Verb Verbs[] = {
    {.name = "clonevm",
     .aliases = "",
     .summary = "Copy a machine that is off, with its disks",
     .usage = "<machine> [--name <name>] [--basefolder <folder>] [--groups <group,...>]\n"
              "    [--options keepallmacs,keepnatmacs,keepdisknames] [--uuid <uuid>] [--register]",
     .help = "The copy is whole or not there, whatever interrupts it. Disks outside the machine's\n"
             "folder are copied into the new one's; disks attached for reading only are used by\n"
             "both. A saved state is not copied: the copy starts as after a power failure.\n\n"
             "  --name        the copy's name (the usual: \"<machine> Clone\")\n"
             "  --basefolder  where its folder will be\n"
             "  --groups      its groups, instead of the original's\n"
             "  --options     keepallmacs, keepnatmacs: network cards keep their addresses;\n"
             "                keepdisknames: disk files keep their names\n"
             "  --uuid        its UUID\n"
             "  --register    called as VBoxManage: also put it on the list",
     .options = CloneOptions,
     .minimumWords = 1,
     .maximumWords = 1,
     .literalAfter = -1,
     .run = cloneMachine},
    {.name = "movevm",
     .aliases = "",
     .summary = "Move the folder of a machine that is off",
     .usage = "<machine> [--folder <folder>] [--type basic]",
     .help = "The machine's folder goes into <folder>, also on another file system; without\n"
             "--folder into the default machine folder. Disks outside the machine's folder stay\n"
             "where they are. A saved state goes along. Whatever interrupts it leaves the whole\n"
             "machine at the old place or at the new one.",
     .options = MoveOptions,
     .minimumWords = 1,
     .maximumWords = 1,
     .literalAfter = -1,
     .run = moveMachine},
};

} // namespace

std::span<const Verb> copyVerbs()
{
    return Verbs;
}

} // namespace app
