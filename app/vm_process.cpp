// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/vm_process.h"

#include "app/login_watch.h"
#include "app/machine_ending.h"
#include "app/signal_watch.h"
#include "app/vm_log.h"
#include "engine/base/log.h"
#include "engine/base/start_up_pages.h"
#include "engine/control/headless_confinement.h"
#include "engine/control/vm_launcher.h"
#include "engine/drivers/open_driver.h"
#include "engine/machine/host_fit.h"
#include "engine/machine/machine_check.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/saved_state.h"
#include "engine/machine/user_paths.h"
#include "usb/host_usb.h"
#include "usb/usb_passthrough.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFileInfo>
#include <QtCore/QPointer>
#include <QtCore/QProcess>
#include <QtCore/QTimer>

#include <chrono>
#include <cstdio>
#include <optional>
#include <utility>

namespace app {

using engine::Driver;
using engine::Error;
using engine::ErrorKind;
using engine::makeError;
using engine::Result;

namespace {

Result<engine::MachineEntry> findMachine(const QString &name)
{
    if (QFileInfo::exists(name))
        return engine::readMachine(QFileInfo(name).absoluteFilePath());
    engine::MachineStore store;
    store.refresh();
    return store.find(name);
}

// What would certainly fail is said at once and in our words, not in an engine's.
Result<> checkBeforeStart(const engine::MachineEntry &entry)
{
    const auto exists = [](const QString &path) { return QFileInfo::exists(path); };
    for (const engine::DefinitionProblem &problem :
         engine::checkDefinition(entry.definition, {entry.folder, exists})) {
        if (problem.severity == engine::DefinitionProblem::Severity::Error)
            return makeError(ErrorKind::Invalid, problem.text,
                             QStringLiteral("Change the machine's settings and start it again"));
        engine::log(engine::LogLevel::Warning, "session", problem.text.toStdString());
    }
    const engine::FitSentence fit =
        engine::predictMemoryFit(entry.definition.memoryMiB, engine::HostFacts::current());
    if (fit.severity != engine::FitSentence::Severity::Good)
        engine::log(engine::LogLevel::Warning, "session", fit.text.toStdString());
    return {};
}

Result<std::unique_ptr<engine::MachineSession>> openSession(const VmArguments &arguments)
{
    const engine::MachineEntry entry = TRY(findMachine(arguments.machine));
    if (!entry.isAccessible())
        return Error(*entry.error);
    std::unique_ptr<Driver> driver = TRY(engine::openDriver(
        entry.definition, engine::savedStateDriver(entry.folder), usb::openUsbPassthrough));
    std::unique_ptr<engine::MachineSession> session =
        TRY(engine::MachineSession::open(entry, arguments.typeName, std::move(driver)));
    // The lock is ours from here on, and with it the log.
    const Result<> logOpened = openMachineLog(entry.folder);
    if (!logOpened)
        engine::log(engine::LogLevel::Warning, "session", logOpened.error().text());
    TRY(checkBeforeStart(entry));
    if (arguments.type == StartType::Headless)
        engine::confineHeadlessMachine(entry);
    if (entry.definition.usb != engine::UsbController::None)
        session->usb().setHost(std::make_unique<usb::HostUsb>());
    return session;
}

class RunningMachine final : public QObject
{
public:
    RunningMachine(const VmArguments &arguments, const MachineFrontEnd &frontEnd,
                   std::unique_ptr<engine::MachineSession> session)
        : m_arguments(arguments)
        , m_frontEnd(frontEnd)
        , m_session(std::move(session))
        , m_ending(*m_session)
    {
        connect(&m_signals, &SignalWatch::received, &m_ending, [this](int signalNumber) {
            m_ending.insist(QStringLiteral("signal %1").arg(signalNumber));
        });
        connect(&m_login, &LoginWatch::shutdownBegins, &m_ending,
                [this] { m_ending.begin(QStringLiteral("the computer shuts down")); });
        connect(&m_login, &LoginWatch::wokeUp, &m_ending,
                [this] { m_session->driver().correctClock(); });
        if (m_frontEnd.watchSession)
            m_frontEnd.watchSession([guard = QPointer(&m_ending), session = m_session.get()](
                                        const QString &reason, const std::function<void()> &done) {
                if (!guard) {
                    done();
                    return;
                }
                connect(session, &engine::MachineSession::ended, guard, done);
                guard->begin(reason);
            });
        connect(m_session.get(), &engine::MachineSession::failed, this, [this](const Error &error) {
            engine::log(engine::LogLevel::Error, "session", error.text());
            m_failure = error;
        });
        connect(m_session.get(), &engine::MachineSession::ended, this, &RunningMachine::finish);
        connect(&m_session->driver(), &Driver::stateChanged, this, [this](Driver::State state) {
            engine::log(engine::LogLevel::Info, "session",
                        "state " + engine::stateName(state).toStdString());
            if (state == Driver::State::Running)
                started();
        });
    }

    ~RunningMachine() override
    {
        m_server.reset();
        if (m_frontEnd.close)
            m_frontEnd.close();
    }

    Result<> start()
    {
        m_server = TRY(engine::ControlServer::listen(
            *m_session, engine::paths::controlSocket(m_session->entry().definition.uuid)));
        if (m_frontEnd.open)
            m_server->setShowWindow(m_frontEnd.open(*m_session));
        m_server->setFilmMaker([this] { return startFilmMaker(); },
                               m_arguments.type == StartType::Headless);
        m_session->start(m_arguments.isDisposable ? engine::MachineSession::Run::Disposable
                                                  : engine::MachineSession::Run::Kept);
        return {};
    }

private:
    // By itself: the film is to be whole when this process ends.
    Result<> startFilmMaker() const
    {
        const QString program = engine::paths::moduleFolder() + QStringLiteral("/vitrine-film");
        const QString socket = engine::paths::controlSocket(m_session->entry().definition.uuid);
        if (!QProcess::startDetached(program, {socket}))
            return makeError(
                ErrorKind::Io,
                QStringLiteral("The program that records the screen, \"%1\", cannot be "
                               "started")
                    .arg(program));
        return {};
    }

    void started()
    {
        const bool isWindowWanted = m_arguments.type == StartType::Separate && !m_launcher;
        if (!isWindowWanted)
            reportStart(m_arguments, {});
        // What runs from now on comes back within a moment, and all else stays away.
        constexpr std::chrono::seconds StartIsOver(10);
        if (!std::exchange(m_hasStarted, true))
            QTimer::singleShot(StartIsOver, this, [] { engine::releaseStartUpPages(); });
        if (isWindowWanted)
            startWindow();
    }

    void startWindow()
    {
        m_launcher = std::make_unique<engine::VmLauncher>();
        m_launcher->start(m_session->entry().definitionPath, QStringLiteral("attach"),
                          [this](const Result<> &result) {
                              QString lack;
                              if (!result) {
                                  engine::log(engine::LogLevel::Error, "session",
                                              result.error().text());
                                  lack = QStringLiteral("it runs without its window. %1")
                                             .arg(engine::errorText(result.error()));
                              }
                              reportStart(m_arguments, {}, lack);
                          });
    }

    void finish()
    {
        if (m_failure)
            reportStart(m_arguments, *m_failure);
        const int exitCode = m_failure ? 1 : 0;
        const QString logFile = engine::paths::logFile(m_session->entry().folder);
        if (m_failure && m_frontEnd.showFailure && m_frontEnd.showFailure(*m_failure, logFile)) {
            m_server.reset();
            return;
        }
        // Not from inside the driver's signal: what it tells the clients has to leave first.
        QTimer::singleShot(0, this, [this, exitCode] {
            m_server.reset();
            QCoreApplication::exit(exitCode);
        });
    }

    const VmArguments &m_arguments;
    const MachineFrontEnd &m_frontEnd;
    SignalWatch m_signals;
    std::unique_ptr<engine::MachineSession> m_session;
    MachineEnding m_ending;
    LoginWatch m_login;
    std::unique_ptr<engine::ControlServer> m_server;
    std::unique_ptr<engine::VmLauncher> m_launcher;
    std::optional<Error> m_failure;
    bool m_hasStarted = false;
};

} // namespace

int runMachine(const VmArguments &arguments, const MachineFrontEnd &frontEnd)
{
    const auto fail = [&](const Error &error, const QString &logFile) {
        std::fprintf(stderr, "error: %s\n", error.text().c_str());
        reportStart(arguments, error);
        // A starter that reads the report shows it; without one there is nobody but us.
        if (!arguments.isReporting && frontEnd.showFailure && frontEnd.showFailure(error, logFile))
            QCoreApplication::exec();
        return 1;
    };

    Result<std::unique_ptr<engine::MachineSession>> session = openSession(arguments);
    if (!session)
        return fail(session.error(), {});
    const QString logFile = engine::paths::logFile((*session)->entry().folder);
    RunningMachine machine(arguments, frontEnd, std::move(*session));

    // From inside the event loop: a driver may fail at once, and exit() needs a loop to end.
    std::optional<Error> failure;
    QTimer::singleShot(0, &machine, [&] {
        const Result<> started = machine.start();
        if (!started) {
            failure = started.error();
            QCoreApplication::exit(1);
        }
    });
    const int exitCode = QCoreApplication::exec();
    return failure ? fail(*failure, logFile) : exitCode;
}

} // namespace app
