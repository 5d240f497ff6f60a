// SPDX-License-Identifier: GPL-3.0-or-later
// autostart
#include "app/cli/verbs.h"
#include "engine/machine/autostart.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>

namespace app {

using namespace engine;

namespace {

constexpr int MaxDelaySeconds = 24 * 60 * 60;

constexpr OptionSpec Options[] = {
    {.name = "delay", .value = "<seconds>"},
};

Outcome listAutostart(Session &session)
{
    QJsonArray json;
    const QList<MachineEntry> machines = session.store().machines();
    for (const MachineEntry &entry : machines) {
        if (!entry.isAccessible() || !entry.definition.isAutostartOn)
            continue;
        const QString uuid = entry.definition.uuid.toString(QUuid::WithoutBraces);
        const bool isReady = hasAutostart(entry.definition.uuid, session.store().unitFolder());
        json.append(
            QJsonObject{{QStringLiteral("name"), entry.definition.name},
                        {QStringLiteral("uuid"), uuid},
                        {QStringLiteral("delaySeconds"), entry.definition.autostartDelaySeconds},
                        {QStringLiteral("unit"), autostartUnitName(entry.definition.uuid)},
                        {QStringLiteral("unitExists"), isReady}});
        if (session.isJson())
            continue;
        QString line = QStringLiteral("\"%1\" {%2}").arg(entry.definition.name, uuid);
        if (entry.definition.autostartDelaySeconds > 0)
            line += QStringLiteral(" after %1 s").arg(entry.definition.autostartDelaySeconds);
        session.output().line(line);
        if (!isReady)
            session.warn(QStringLiteral("The unit of '%1' is missing: switch its autostart off "
                                        "and on again")
                             .arg(entry.definition.name));
    }
    if (session.isJson())
        session.output().json(json);
    return {};
}

Outcome autostartVerb(Session &session, const Arguments &arguments)
{
    if (arguments.words.isEmpty())
        return listAutostart(session);
    if (arguments.words.size() < 2)
        return Outcome::syntax(QStringLiteral("on or off is needed after the machine"));
    Result<bool> isOn = toSwitch(arguments.words.at(1), QStringLiteral("autostart"));
    if (!isOn)
        return Outcome::syntax(std::move(isOn).error());
    std::optional<int> delay;
    if (arguments.has("delay"))
        delay =
            TRY(toNumber(arguments.value("delay"), QStringLiteral("--delay"), 0, MaxDelaySeconds));
    Outcome changed =
        session.changeMachine(arguments.words.first(), [&](MachineEntry &entry) -> Outcome {
            entry.definition.isAutostartOn = *isOn;
            if (delay)
                entry.definition.autostartDelaySeconds = *delay;
            return {};
        });
    if (changed.isGood() && *isOn)
        tellAutostart(session);
    return changed;
}

const Verb Verbs[] = {
    {.name = "autostart",
     .aliases = "",
     .summary = "Start machines by themselves when you log in",
     .usage = "[--json]\n<machine> on|off [--delay <seconds>]",
     .help =
         "Without words: the machines that start by themselves. With \"on\" the machine gets a\n"
         "systemd user unit that starts it without a window when your session begins and\n"
         "saves its state when the session ends.\n\n"
         "  --delay  seconds to wait before it starts\n\n"
         "To start machines with the computer, before anybody logs in, let your session begin\n"
         "with it: loginctl enable-linger",
     .options = Options,
     .minimumWords = 0,
     .maximumWords = 2,
     .literalAfter = -1,
     .run = autostartVerb},
};

} // namespace

void tellAutostart(Session &session)
{
    if (const std::optional<Error> problem = autostartProblem()) {
        session.warn(toQString(problem->message()) + QStringLiteral(". ")
                     + toQString(problem->remedy()));
        return;
    }
    if (!session.isVirtualBox() && !session.isJson() && !isLingering())
        session.output().note(
            QStringLiteral("It starts when you log in. To start it with the computer: %1\n")
                .arg(lingerCommand()));
}

std::span<const Verb> autostartVerbs()
{
    return Verbs;
}

} // namespace app
