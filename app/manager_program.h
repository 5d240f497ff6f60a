// SPDX-License-Identifier: GPL-3.0-or-later
// The manager's wiring: the windows say what the user asked for, this opens wizards and starts
// processes.
//
// Main thread only.
#pragma once

#include "engine/catalog/os_catalog.h"
#include "engine/control/vm_launcher.h"
#include "engine/machine/machine_store.h"
#include "ui/manager_window.h"
#include "ui/tray_icon.h"

#include <QtCore/QHash>
#include <QtCore/QObject>
#include <QtCore/QPointer>

#include <future>

namespace wizards {
class NewMachineWizard;
}

namespace app {

class ManagerProgram final : public QObject
{
    Q_OBJECT
public:
    ManagerProgram();
    ~ManagerProgram() override;

    // From the command line, also that of a later start: comes to the front and opens each.
    void open(const QStringList &arguments);

    static bool isSpiceAddress(const QString &argument)
    {
        return argument.startsWith(QLatin1String("spice://"))
            || argument.startsWith(QLatin1String("spice+unix://"));
    }

private:
    void connectToServer(const QString &spiceAddress);
    void openWizard(const QString &path);
    void start(const engine::MachineEntry &entry, const QString &type,
               engine::VmLauncher::Run run = engine::VmLauncher::Run::Kept);
    void launch(const engine::MachineEntry &entry, const QString &type,
                engine::VmLauncher::Run run);
    void show(const engine::MachineEntry &entry);
    void connectTray();
    void quit();
    void probeHost();
    void takeOsNames();

    // Loaded once, beside the event loop, for the list and every wizard. A catalogue allows one
    // thread at a time, and that is the wizard's, so the names come along.
    struct Systems
    {
        engine::Result<std::shared_ptr<const engine::OsCatalog>> catalog;
        QHash<QString, QString> names;
    };
    static Systems loadSystems();
    std::shared_future<Systems> m_systems;
    engine::MachineStore m_store;
    ui::ManagerWindow m_window;
    ui::TrayIcon m_tray;
    engine::Acceleration m_acceleration; // unknown until it was tried
    QPointer<wizards::NewMachineWizard> m_wizard;
};

} // namespace app
