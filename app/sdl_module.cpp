// SPDX-License-Identifier: GPL-3.0-or-later
// The module of --type sdl: engine and SDL window in one process.
#include "app/sdl_console.h"
#include "app/vm_process.h"
#include "app/window_application.h"
#include "app/window_module.h"
#include "display/open_display.h"
#include "display/sdl/sdl_view.h"
#include "engine/base/log.h"
#include "engine/control/machine_session.h"
#include "engine/machine/user_paths.h"
#include "ui/error_box.h"
#include "ui/icons.h"

#include <QtWidgets/QApplication>

#include <cstdio>
#include <memory>

namespace app {

namespace {

constexpr int IconSize = 64;

int runWithSdl(const VmArguments &arguments)
{
    engine::Result<std::unique_ptr<display::SdlView>> view = display::SdlView::open(
        QStringLiteral("Vitrine"), ui::applicationIcon().pixmap(IconSize).toImage());
    if (!view) {
        std::fprintf(stderr, "error: %s\n", view.error().text().c_str());
        reportStart(arguments, view.error());
        return 1;
    }
    engine::ControlClient client;
    std::unique_ptr<SdlConsole> console;
    bool hasRun = false;

    MachineFrontEnd frontEnd;
    frontEnd.open = [&](engine::MachineSession &session) -> std::function<void()> {
        QObject::connect(&session.driver(), &engine::Driver::stateChanged, &client,
                         [&hasRun](engine::Driver::State state) {
                             hasRun = hasRun || state == engine::Driver::State::Running;
                         });
        client.connectTo(engine::paths::controlSocket(session.entry().definition.uuid));
        engine::log(engine::LogLevel::Info, "display", (*view)->description().toStdString());
        // What the control socket cannot carry is this process's own.
        const auto openDisplay = [&session](const engine::DisplayEndpoint &endpoint) {
            const bool isHere = endpoint.kind == engine::DisplayEndpoint::Kind::InProcess;
            return display::openDisplay(isHere ? session.driver().display() : endpoint);
        };
        console = std::make_unique<SdlConsole>(client, **view, openDisplay);
        QObject::connect(console.get(), &SdlConsole::finished, qApp,
                         [] { QCoreApplication::exit(1); });
        console->present();
        return [&console] { console->present(); };
    };
    frontEnd.close = [&console] { console.reset(); };
    frontEnd.watchSession = watchDesktopSession;
    frontEnd.showFailure = [&](const engine::Error &error, const QString &logFile) {
        // Who started the machine tells why it did not come up; the window tells the rest.
        if (!hasRun && arguments.isReporting)
            return false;
        if (!console) {
            ui::showError(nullptr, QObject::tr("The machine could not be started"), error, logFile);
            QApplication::setQuitOnLastWindowClosed(true);
        }
        return true;
    };
    const int exitCode = runMachine(arguments, frontEnd);
    console.reset();
    return exitCode;
}

// SDL prefers an X server, where Qt may prefer the compositor. Only on the same one do dialogs
// belong to the window, and is the clipboard theirs that has the focus.
void chooseSamePlatform()
{
    const char *const choice = "QT_QPA_PLATFORM";
    if (!qEnvironmentVariableIsEmpty("DISPLAY") && !qEnvironmentVariableIsSet("SDL_VIDEODRIVER")
        && !qEnvironmentVariableIsSet(choice))
        qputenv(choice, "xcb");
}

} // namespace

} // namespace app

extern "C" int vitrineWindowModuleRun(int argc, char **argv, const app::VmArguments &arguments)
{
    if (!app::hasDesktop(arguments))
        return 1;
    app::chooseSamePlatform();
    QApplication application(argc, argv);
    app::prepareApplication(application);
    return app::runWithSdl(arguments);
}
