// SPDX-License-Identifier: GPL-3.0-or-later
// debugvm
#include "app/cli/exit_format.h"
#include "app/cli/verbs.h"
#include "engine/control/exit_json.h"

#include <QtCore/QJsonObject>

namespace app {

using namespace engine;

namespace {

constexpr OptionSpec Options[] = {
    {.name = "reset"},
    {.name = "pattern", .value = "<patterns>"},
    {.name = "descriptions"},
    {.name = "machinereadable"},
};

// What VirtualBox has and this version has not.
bool isKnownElsewhere(const QString &action)
{
    static const QStringList Actions{
        QStringLiteral("dumpvmcore"),   QStringLiteral("info"),         QStringLiteral("injectnmi"),
        QStringLiteral("log"),          QStringLiteral("logdest"),      QStringLiteral("logflags"),
        QStringLiteral("osdetect"),     QStringLiteral("osinfo"),       QStringLiteral("osdmesg"),
        QStringLiteral("getregisters"), QStringLiteral("setregisters"), QStringLiteral("show"),
        QStringLiteral("stack"),        QStringLiteral("guestsample")};
    return Actions.contains(action);
}

Outcome debugVerb(Session &session, const Arguments &arguments)
{
    const QString action = arguments.words.at(1);
    if (isKnownElsewhere(action))
        return makeError(
            ErrorKind::Unsupported,
            QStringLiteral("This version cannot do \"%1\" with a machine").arg(action));
    if (action != QLatin1String("statistics"))
        return Outcome::syntax(
            makeError(ErrorKind::Invalid, QStringLiteral("Unknown action \"%1\"").arg(action)));
    const MachineEntry entry = TRY(session.machine(arguments.words.first()));
    ControlClient client;
    const Outcome connected = session.connect(entry, client);
    if (!connected.isGood())
        return connected;
    const bool isReset = arguments.has("reset");
    const QJsonObject reply = TRY(client.callAndWait(QStringLiteral("machine.exitStatistics"),
                                                     {{QStringLiteral("reset"), isReset}}));
    if (isReset)
        return {};
    const QList<Counter> counters =
        matching(countersOf(exitStatisticsFromJson(reply)), arguments.value("pattern"));
    const CounterDetail detail =
        arguments.has("descriptions") ? CounterDetail::Described : CounterDetail::NamesOnly;
    Output &output = session.output();
    if (session.isJson()) {
        QJsonObject json;
        for (const Counter &counter : counters)
            json.insert(counter.name, qint64(counter.value));
        output.json(json);
    } else if (arguments.has("machinereadable")) {
        for (const Counter &counter : counters)
            output.line(keyNumber(counter.name, qint64(counter.value)));
    } else {
        output.print(session.isVirtualBox() ? countersXml(counters, detail)
                                            : countersText(counters, detail));
    }
    return {};
}

constexpr Verb Verbs[] = {
    {.name = "debugvm",
     .aliases = "",
     .summary = "Look inside a running machine",
     .usage = "<machine> statistics [--reset] [--pattern <patterns>] [--descriptions]\n"
              "    [--machinereadable]",
     .help =
         "  statistics         why and how often the guest's processors left the guest: by\n"
         "                     reason, by I/O port and by address. The built-in engine counts;\n"
         "                     QEMU does not\n\n"
         "  --reset            counts from now on, prints nothing\n"
         "  --pattern          only these: * and ? as in a shell, | between several, as in\n"
         "                     \"/Exits/Reason/*|/Exits/Total\"\n"
         "  --descriptions     says what each of them is\n"
         "  --machinereadable  key=value, one a line",
     .options = Options,
     .minimumWords = 2,
     .maximumWords = 2,
     .literalAfter = -1,
     .run = debugVerb},
};

} // namespace

std::span<const Verb> debugVerbs()
{
    return Verbs;
}

} // namespace app
