// SPDX-License-Identifier: GPL-3.0-or-later
// startvm
#include "app/cli/start_machine.h"
#include "app/cli/verbs.h"

namespace app {

using namespace engine;

namespace {

constexpr OptionSpec StartOptions[] = {
    {.name = "type", .value = "gui|headless|separate"},
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
    // Every machine gets its try; the first failure decides the exit code.
    Outcome first;
    for (const QString &name : arguments.words) {
        Outcome started = startMachine(session, name, type);
        if (started.isGood())
            continue;
        if (!first.isGood())
            session.output().note(formatOutcome(first, session.dialect(), session.program()));
        first = std::move(started);
    }
    return first;
}

constexpr Verb Verbs[] = {
    {.name = "startvm",
     .aliases = "",
     .summary = "Start machines",
     .usage = "<machine>... [--type gui|headless|separate] [--putenv <name>[=<value>]]",
     .help = "Returns once the guest runs; the machine goes on without this command.\n\n"
             "  --type gui       with its window (the usual)\n"
             "  --type headless  without a window; one can be opened later\n"
             "  --type separate  the machine and its window in processes of their own\n"
             "  --putenv         a variable for the environment of the machine's process",
     .options = StartOptions,
     .minimumWords = 1,
     .maximumWords = -1,
     .literalAfter = -1,
     .run = startVerb},
};

} // namespace

std::span<const Verb> startVerbs()
{
    return Verbs;
}

} // namespace app
