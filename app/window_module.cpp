// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window_module.h"

#include "app/vm_process.h"
#include "app/window_application.h"
#include "display/open_display.h"
#include "engine/machine/user_paths.h"
#include "ui/console_window.h"
#include "ui/error_box.h"
#include "ui/preferences_dialog.h"
#include "ui/readable_hints.h"
#include "ui/settings/settings_dialog.h"
#include "ui/spice_window.h"

#include <QtCore/QFileInfo>
#include <QtWidgets/QApplication>

#include <cstdio>
#include <memory>
#include <optional>

namespace app {

namespace {

void openSettings(const engine::ControlClient &client, QWidget *window)
{
    if (auto *const open = window->findChild<ui::SettingsDialog *>()) {
        open->raise();
        open->activateWindow();
        return;
    }
    const auto entry = engine::readMachine(client.status().folder);
    if (!entry) {
        ui::showError(window, QObject::tr("The settings could not be read"), entry.error());
        return;
    }
    auto *const store = new engine::MachineStore(window);
    store->refresh();
    auto *const dialog = new ui::SettingsDialog(*store, *entry, {}, window);
    QObject::connect(dialog, &QObject::destroyed, store, &QObject::deleteLater);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

std::unique_ptr<ui::ConsoleWindow> openWindow(engine::ControlClient &client,
                                              ui::ConsoleWindow::Place place,
                                              ui::OpenDisplay openDisplay)
{
    auto window = std::make_unique<ui::ConsoleWindow>(client, place, std::move(openDisplay));
    QObject::connect(window.get(), &ui::ConsoleWindow::preferencesRequested, window.get(),
                     [raw = window.get()] {
                         auto *const store = new engine::MachineStore;
                         auto *const dialog = new ui::PreferencesDialog(*store, raw);
                         store->setParent(dialog);
                         dialog->setAttribute(Qt::WA_DeleteOnClose);
                         dialog->open();
                     });
    QObject::connect(window.get(), &ui::ConsoleWindow::settingsRequested, window.get(),
                     [raw = window.get(), &client] { openSettings(client, raw); });
    return window;
}

// Engine and window in one process.
int runTogether(const VmArguments &arguments)
{
    engine::ControlClient client;
    std::unique_ptr<ui::ConsoleWindow> window;
    bool hasRun = false;

    MachineFrontEnd frontEnd;
    frontEnd.open = [&](engine::MachineSession &session) -> std::function<void()> {
        QObject::connect(&session.driver(), &engine::Driver::stateChanged, &client,
                         [&hasRun](engine::Driver::State state) {
                             hasRun = hasRun || state == engine::Driver::State::Running;
                         });
        client.connectTo(engine::paths::controlSocket(session.entry().definition.uuid));
        // What the control socket cannot carry is this process's own.
        const auto openDisplay = [&session](const engine::DisplayEndpoint &endpoint) {
            if (endpoint.kind != engine::DisplayEndpoint::Kind::InProcess)
                return display::openDisplay(endpoint);
            engine::DisplayEndpoint here = session.driver().display();
            here.monitor = endpoint.monitor;
            return display::openDisplay(here);
        };
        window = openWindow(client, ui::ConsoleWindow::Place::EngineProcess, openDisplay);
        QObject::connect(window.get(), &ui::ConsoleWindow::finished, qApp,
                         [] { QCoreApplication::exit(1); });
        window->present();
        return [&window] { window->present(); };
    };
    frontEnd.close = [&window] { window.reset(); };
    frontEnd.watchSession = watchDesktopSession;
    frontEnd.showFailure = [&](const engine::Error &error, const QString &logFile) {
        // Who started the machine tells why it did not come up; the window tells the rest.
        if (!hasRun && arguments.isReporting)
            return false;
        if (!window) {
            ui::showError(nullptr, QObject::tr("The machine could not be started"), error, logFile);
            QApplication::setQuitOnLastWindowClosed(true);
        }
        return true;
    };
    const int exitCode = runMachine(arguments, frontEnd);
    window.reset();
    return exitCode;
}

engine::Result<engine::MachineEntry> findRunning(const QString &name)
{
    if (QFileInfo::exists(name))
        return engine::readMachine(QFileInfo(name).absoluteFilePath());
    engine::MachineStore store;
    store.refresh();
    return store.find(name);
}

// A window for a machine that runs in another process.
int runAttached(const VmArguments &arguments)
{
    const auto fail = [&arguments](const engine::Error &error) {
        std::fprintf(stderr, "error: %s\n", error.text().c_str());
        reportStart(arguments, error);
        return 1;
    };
    const engine::Result<engine::MachineEntry> entry = findRunning(arguments.machine);
    if (!entry)
        return fail(entry.error());

    engine::ControlClient client;
    const engine::Result<> connected =
        client.connectAndWait(engine::paths::controlSocket(entry->definition.uuid));
    if (!connected)
        return fail(engine::Error(connected.error())
                        .context("The machine has no window to show")
                        .withRemedy("Start the machine first"));

    const std::unique_ptr<ui::ConsoleWindow> window =
        openWindow(client, ui::ConsoleWindow::Place::WindowProcess, display::openDisplay);
    QObject::connect(window.get(), &ui::ConsoleWindow::sentToBackground, qApp,
                     &QCoreApplication::quit, Qt::QueuedConnection);
    QObject::connect(window.get(), &ui::ConsoleWindow::finished, qApp, &QCoreApplication::quit,
                     Qt::QueuedConnection);
    window->present();
    reportStart(arguments, {});
    return QApplication::exec();
}

// A window for a SPICE server anywhere.
int runConnected(const VmArguments &arguments)
{
    engine::Result<engine::SpiceAddress> address = engine::spiceAddressFromText(arguments.machine);
    if (!address) {
        std::fprintf(stderr, "error: %s\n", address.error().text().c_str());
        reportStart(arguments, address.error());
        return 1;
    }
    if (!arguments.certificateFile.isEmpty())
        address->caFile = arguments.certificateFile;
    if (qEnvironmentVariableIsSet(SpicePasswordVariable)) {
        address->password = qEnvironmentVariable(SpicePasswordVariable);
        qunsetenv(SpicePasswordVariable);
    }
    QApplication::setQuitOnLastWindowClosed(true);
    ui::SpiceWindow window(*address);
    window.show();
    reportStart(arguments, {});
    return QApplication::exec();
}

} // namespace

} // namespace app

extern "C" int vitrineWindowModuleRun(int argc, char **argv, const app::VmArguments &arguments)
{
    if (!app::hasDesktop(arguments))
        return 1;
    QApplication application(argc, argv);
    app::prepareApplication(application);
    const ui::ReadableHints hints(application);
    switch (arguments.type) {
    case app::StartType::Attach:
        return app::runAttached(arguments);
    case app::StartType::Connect:
        return app::runConnected(arguments);
    default:
        return app::runTogether(arguments);
    }
}
