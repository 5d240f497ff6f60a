// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/start_machine.h"

#include "engine/control/vm_launcher.h"
#include "engine/machine/host_fit.h"

namespace app {

using namespace engine;

namespace {

// Somebody who waits for a slow guest wants to know why.
void tellAcceleration(Session &session, const MachineEntry &entry)
{
    const LiveState state = Session::observe(entry);
    if (!state.status || state.status->acceleration.kind != Acceleration::Kind::Emulated)
        return;
    const Acceleration &acceleration = state.status->acceleration;
    QString text = QStringLiteral("it runs with %1").arg(acceleration.text);
    for (const QString &more : {acceleration.reason, acceleration.remedy}) {
        if (!more.isEmpty())
            text += QStringLiteral(". ") + more;
    }
    session.warn(text);
}

} // namespace

Outcome checkStartType(const QString &type)
{
    if (type == QLatin1String("gui") || type == QLatin1String("sdl")
        || type == QLatin1String("headless") || type == QLatin1String("separate"))
        return {};
    if (type == QLatin1String("capture"))
        return Outcome::failure(
            ResultCode::NotSupported,
            QStringLiteral("This version cannot start a machine as \"%1\"").arg(type),
            QStringLiteral("Use gui, sdl, headless or separate"));
    return Outcome::syntax(
        QStringLiteral("Unknown start type \"%1\": known are gui, sdl, headless, separate")
            .arg(type));
}

Outcome startMachine(Session &session, const QString &nameOrUuid, const QString &type,
                     Telling telling, VmLauncher::Run run)
{
    const MachineEntry entry = TRY(session.machine(nameOrUuid));
    const QString name = entry.definition.name;
    const LiveState state = Session::observe(entry);
    if (!state.isOff())
        return Outcome::failure(
            ResultCode::InvalidObjectState,
            QStringLiteral("The machine '%1' is already locked by a session (state "
                           "is %2)")
                .arg(name, state.word));
    const bool isAloud = telling == Telling::Aloud;
    if (isAloud && !session.isJson()) {
        session.output().line(QStringLiteral("Waiting for VM \"%1\" to power on...").arg(name));
        session.output().flush();
    }
    if (!session.isVirtualBox()) {
        const FitSentence fit = predictMemoryFit(entry.definition.memoryMiB,
                                                 HostFacts::current(session.store().machines()));
        if (fit.severity != FitSentence::Severity::Good)
            session.warn(fit.text);
    }
    std::optional<Error> failure;
    VmLauncher launcher;
    launcher.start(
        entry.definitionPath, type,
        [&failure](Result<> result) {
            if (!result)
                failure = std::move(result).error();
        },
        run);
    if (!launcher.waitForFinished() && !failure)
        failure = makeError(ErrorKind::Io,
                            QStringLiteral("The machine's process was not waited for to the end"));
    if (failure)
        return Outcome::failure(
            ResultCode::VmError,
            std::move(*failure).context(
                QStringLiteral("The machine '%1' did not start").arg(name).toStdString()));
    if (!launcher.lack().isEmpty())
        session.warn(launcher.lack());
    if (!isAloud)
        return {};
    if (session.isJson())
        session.output().json(QJsonObject{{QStringLiteral("name"), name},
                                          {QStringLiteral("started"), true},
                                          {QStringLiteral("type"), type}});
    else
        session.output().line(QStringLiteral("VM \"%1\" has been successfully started.").arg(name));
    if (!session.isVirtualBox()) {
        session.output().flush();
        tellAcceleration(session, entry);
    }
    return {};
}

} // namespace app
