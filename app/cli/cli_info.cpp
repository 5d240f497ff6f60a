// SPDX-License-Identifier: GPL-3.0-or-later
// showvminfo
#include "app/cli/show_format.h"
#include "app/cli/verbs.h"
#include "engine/drivers/engine_choice.h"
#include "engine/machine/machine_json.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/saved_state.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QFile>

namespace app {

using namespace engine;

namespace {

constexpr OptionSpec ShowOptions[] = {
    {.name = "machinereadable"},
    {.name = "details"},
    {.name = "log", .value = "<number>"},
};

Outcome showLog(Session &session, const MachineEntry &entry, const QString &number)
{
    const int index = TRY(toNumber(number, QStringLiteral("--log"), 0, 99));
    QString path = paths::logFile(entry.folder);
    if (index > 0)
        path += QStringLiteral(".%1").arg(index);
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Outcome::failure(
            ResultCode::FileError,
            QStringLiteral("Cannot read the log \"%1\": %2").arg(path, file.errorString()));
    session.output().print(QString::fromUtf8(file.readAll()));
    return {};
}

QString wouldRunBy(const MachineEntry &entry)
{
    const Result<EngineDecision> decision = decideEngine(
        entry.definition, savedStateDriver(entry.folder), builtInAcceleration());
    if (!decision)
        return QStringLiteral("none (%1)").arg(errorText(decision.error()));
    const QString engine = enumName(decision->engine);
    return decision->whyNotBuiltIn.isEmpty()
        ? engine
        : QStringLiteral("%1 (%2)").arg(engine, decision->whyNotBuiltIn);
}

Outcome showMachine(Session &session, const Arguments &arguments)
{
    const QString asked = arguments.words.first();
    auto found = session.listedMachine(asked);
    if (!found)
        return std::move(found).error();
    if (found->error) {
        // Listed, but unreadable: programs know this by its name.
        if (!arguments.has("machinereadable"))
            return std::move(*found->error);
        session.output().print(
            keyValue(QStringLiteral("name"), QStringLiteral("<inaccessible>"))
            + keyValue(QStringLiteral("CfgFile"), found->definitionPath)
            + keyValue(QStringLiteral("VMState"), QStringLiteral("inaccessible")));
        return {};
    }
    if (arguments.has("log"))
        return showLog(session, *found, arguments.value("log"));
    MachineView view{*found, Session::observe(*found)};
    if (!view.live.status)
        view.wouldRunBy = wouldRunBy(*found);
    if (session.isJson())
        session.output().json(machineJson(view));
    else if (arguments.has("machinereadable"))
        session.output().print(machineReadable(view));
    else
        session.output().print(humanReadable(view) + QLatin1Char('\n'));
    return {};
}

constexpr Verb Verbs[] = {
    {.name = "showvminfo",
     .aliases = "",
     .summary = "Show a machine's settings and state",
     .usage = "<machine> [--details] [--machinereadable | --json]\n"
              "<machine> --log <number>",
     .help = "The machine is named by its name, UUID, folder or definition file.\n\n"
             "  --machinereadable  key=\"value\" lines for programs\n"
             "  --json             the same facts as one JSON object\n"
             "  --details          accepted; everything is shown anyway\n"
             "  --log <number>     the machine's log: 0 is the newest",
     .options = ShowOptions,
     .minimumWords = 1,
     .maximumWords = 1,
     .literalAfter = -1,
     .run = showMachine},
};

} // namespace

std::span<const Verb> infoVerbs()
{
    return Verbs;
}

} // namespace app
