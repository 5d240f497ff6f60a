// SPDX-License-Identifier: GPL-3.0-or-later
// startvm, discardstate, adoptstate
#include "app/cli/start_machine.h"
#include "app/cli/verbs.h"
#include "engine/control/vm_launcher.h"

namespace app {

using namespace engine;

namespace {

constexpr OptionSpec StartOptions[] = {
    {.name = "type", .value = "gui|sdl|headless|separate"},
    {.name = "disposable"},
    {.name = "putenv", .value = "<name>[=<value>]", .aliases = "E"},
    {.name = "password", .value = "<file>"},
    {.name = "password-id", .value = "<id>"},
};

Outcome startVerb(Session &session, const Arguments &arguments)
{
    const QString type = arguments.value("type", QStringLiteral("gui"));
    const Outcome known = checkStartType(type);
    if (!known.isGood())
        return known;
    for (const Option &option : arguments.options) {
        if (option.name != QLatin1String("putenv"))
            continue;
        const qsizetype equals = option.value().indexOf(QLatin1Char('='));
        if (equals < 0)
            qunsetenv(option.value().toUtf8().constData());
        else
            qputenv(option.value().left(equals).toUtf8().constData(),
                    option.value().mid(equals + 1).toUtf8());
    }
    const VmLauncher::Run run =
        arguments.has("disposable") ? VmLauncher::Run::Disposable : VmLauncher::Run::Kept;
    // Every machine gets its try; the first failure decides the exit code.
    Outcome first;
    for (const QString &name : arguments.words) {
        Outcome started = startMachine(session, name, type, Telling::Aloud, run);
        if (started.isGood())
            continue;
        if (!first.isGood())
            session.output().note(formatOutcome(first, session.dialect(), session.program()));
        first = std::move(started);
    }
    return first;
}

Outcome discardVerb(Session &session, const Arguments &arguments)
{
    const MachineEntry entry = TRY(session.machine(arguments.words.first()));
    const LiveState state = Session::observe(entry);
    if (state.word != QLatin1String("saved"))
        return Outcome::failure(
            ResultCode::InvalidVmState,
            QStringLiteral("The machine '%1' has no saved state to discard (state is %2)")
                .arg(entry.definition.name, state.word));
    const auto discarded = session.store().discardSavedState(entry);
    if (!discarded)
        return Outcome(Error(discarded.error()));
    return {};
}

Outcome adoptVerb(Session &, const Arguments &)
{
    return Outcome::failure(
        ResultCode::NotSupported,
        QStringLiteral("A saved state that another machine or program wrote cannot be adopted"),
        QStringLiteral("Resume it where it was saved, and shut the guest down"));
}

constexpr Verb Verbs[] = {
    {.name = "startvm",
     .aliases = "",
     .summary = "Start machines",
     .usage = "<machine>... [--type gui|sdl|headless|separate] [--disposable]\n"
              "    [--putenv <name>[=<value>]]",
     .help =
         "Returns once the guest runs; the machine goes on without this command. A machine\n"
         "whose state was saved goes on from there.\n\n"
         "  --type gui       with its window (the usual)\n"
         "  --type sdl       with a plain window by SDL: no bars, the same host key\n"
         "  --type headless  without a window; one can be opened later\n"
         "  --type separate  the machine and its window in processes of their own\n"
         "  --disposable     nothing of this run is kept: what the guest writes to its disks goes\n"
         "                   away when it is powered off\n"
         "  --putenv         a variable for the environment of the machine's process",
     .options = StartOptions,
     .minimumWords = 1,
     .maximumWords = -1,
     .literalAfter = -1,
     .run = startVerb},
    {.name = "discardstate",
     .aliases = "",
     .summary = "Throw the saved state of a machine away",
     .usage = "<machine>",
     .help =
         "The machine is off then, and its disks are as after a power cut: what the guest had not\n"
         "written is lost.",
     .options = {},
     .minimumWords = 1,
     .maximumWords = 1,
     .literalAfter = -1,
     .run = discardVerb},
    {.name = "adoptstate",
     .aliases = "",
     .summary = "Known to VBoxManage only",
     .usage = "<machine> <file>",
     .help = "Saved states of other machines and programs cannot be used.",
     .options = {},
     .minimumWords = 2,
     .maximumWords = 2,
     .literalAfter = -1,
     .run = adoptVerb},
};

} // namespace

std::span<const Verb> startVerbs()
{
    return Verbs;
}

} // namespace app
