// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/manager_program.h"

#include "app/vm_arguments.h"
#include "engine/catalog/os_catalog.h"
#include "engine/control/control_client.h"
#include "engine/control/vm_launcher.h"
#include "engine/drivers/acceleration.h"
#include "engine/drivers/spice_address.h"
#include "engine/machine/host_fit.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"
#include "ui/error_box.h"
#include "ui/os_names.h"
#include "ui/preferences_dialog.h"
#include "wizards/new_machine_wizard.h"
#include "wizards/report_dialog.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFileInfo>
#include <QtCore/QProcess>
#include <QtCore/QProcessEnvironment>
#include <QtCore/QThreadPool>
#include <QtCore/QTimer>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QMessageBox>
#include <QtWidgets/QPushButton>

namespace app {

namespace {

// Runs `work` beside the event loop and hands its result to `done` on the main thread.
template <class Work, class Done>
void inBackground(QObject *context, Work work, Done done)
{
    QThreadPool::globalInstance()->start([guard = QPointer(context), work, done] {
        auto result = work();
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [guard, done, result = std::move(result)] {
                if (guard)
                    done(result);
            },
            Qt::QueuedConnection);
    });
}

} // namespace

ManagerProgram::ManagerProgram()
    : m_systems(std::async(std::launch::async, &ManagerProgram::loadSystems).share())
    , m_window(m_store)
    , m_tray(m_window)
{
    connect(&m_window, &ui::ManagerWindow::newMachineRequested, this, &ManagerProgram::openWizard);
    connect(&m_window, &ui::ManagerWindow::startRequested, this,
            [this](const engine::MachineEntry &entry, const QString &type) { start(entry, type); });
    connect(&m_window, &ui::ManagerWindow::disposableStartRequested, this,
            [this](const engine::MachineEntry &entry) {
                start(entry, QStringLiteral("gui"), engine::VmLauncher::Run::Disposable);
            });
    connect(&m_window, &ui::ManagerWindow::showRequested, this, &ManagerProgram::show);
    connect(&m_window, &ui::ManagerWindow::preferencesRequested, this, [this] {
        auto *const dialog = new ui::PreferencesDialog(m_store, &m_window);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    });
    connect(&m_window, &ui::ManagerWindow::connectionRequested, this,
            &ManagerProgram::connectToServer);
    connect(&m_window, &ui::ManagerWindow::reportRequested, this,
            [this](const engine::MachineEntry &entry) {
                const QString socket = entry.isAccessible()
                    ? engine::paths::controlSocket(entry.definition.uuid)
                    : QString();
                auto *const dialog = new wizards::ReportDialog(
                    entry, QFileInfo::exists(socket) ? socket : QString(), &m_window);
                dialog->setAttribute(Qt::WA_DeleteOnClose);
                connect(dialog, &wizards::ReportDialog::saved, &m_window,
                        &ui::ManagerWindow::tellSaved);
                dialog->open();
            });
    connectTray();
    m_window.show();
    // Behind the first picture: a thousand folders take their time.
    QTimer::singleShot(0, this, [this] {
        m_store.cleanUpUnfinished();
        m_store.watch();
    });
    probeHost();
    takeOsNames();
}

ManagerProgram::~ManagerProgram()
{
    // The catalogue and the self-test end by themselves within a second; a machine that is being
    // deleted should be gone when the program is.
    QThreadPool::globalInstance()->waitForDone();
}

// With an icon in the tray the program goes on without a window.
void ManagerProgram::connectTray()
{
    QGuiApplication::setQuitOnLastWindowClosed(false);
    connect(qGuiApp, &QGuiApplication::lastWindowClosed, this, [this] {
        if (!m_tray.isReachable())
            quit();
    });
    connect(&m_window, &ui::ManagerWindow::quitRequested, this, &ManagerProgram::quit);
    connect(&m_tray, &ui::TrayIcon::quitWanted, this, &ManagerProgram::quit);
    connect(&m_tray, &ui::TrayIcon::managerWanted, this, [this] { open({}); });
    connect(&m_tray, &ui::TrayIcon::showWanted, this, [this](const QUuid &machine) {
        for (const engine::MachineEntry &entry : m_store.machines()) {
            if (entry.isAccessible() && entry.definition.uuid == machine)
                return show(engine::MachineEntry(entry));
        }
    });
}

// Not from inside whatever asked for it.
void ManagerProgram::quit()
{
    QMetaObject::invokeMethod(qApp, &QCoreApplication::quit, Qt::QueuedConnection);
}

void ManagerProgram::open(const QStringList &arguments)
{
    m_window.show();
    m_window.raise();
    m_window.activateWindow();
    for (const QString &argument : arguments) {
        if (argument == QLatin1String("--new"))
            openWizard({});
        else if (isSpiceAddress(argument))
            connectToServer(argument);
        else
            m_window.openPath(argument);
    }
}

// In a process of its own, as a machine's window: what a server sends cannot take the manager down.
void ManagerProgram::connectToServer(const QString &spiceAddress)
{
    const QString asked = tr("The SPICE server could not be connected to");
    const auto address = engine::spiceAddressFromText(spiceAddress);
    if (!address) {
        ui::showError(&m_window, asked, address.error());
        return;
    }
    QStringList words{QStringLiteral("--type"), QStringLiteral("connect")};
    if (!address->caFile.isEmpty())
        words.append(QStringLiteral("--ca-file=") + address->caFile);
    words.append(address->socket.isEmpty() ? engine::spiceAddressText(*address)
                                           : QStringLiteral("spice+unix://") + address->socket);
    QProcess window;
    window.setProgram(engine::paths::programPath(QStringLiteral("vitrine-vm")));
    window.setArguments(words);
    if (!address->password.isEmpty()) { // command lines are for everybody to read
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QString::fromLatin1(SpicePasswordVariable), address->password);
        window.setProcessEnvironment(environment);
    }
    if (!window.startDetached())
        ui::showError(&m_window, asked,
                      engine::makeError(engine::ErrorKind::NotFound,
                                        tr("\"%1\" cannot be started").arg(window.program()),
                                        tr("Reinstall Vitrine")));
}

void ManagerProgram::openWizard(const QString &path)
{
    if (m_wizard) {
        m_wizard->raise();
        m_wizard->activateWindow();
        if (!path.isEmpty())
            m_wizard->setPath(path);
        return;
    }
    m_wizard = new wizards::NewMachineWizard(
        m_store, [systems = m_systems] { return systems.get().catalog; }, &m_window);
    m_wizard->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_wizard, &wizards::NewMachineWizard::created, this,
            [this](const engine::MachineEntry &entry, bool startNow) {
                m_window.selectMachine(entry.folder);
                if (startNow)
                    m_window.startMachine(entry, QStringLiteral("gui"));
            });
    m_wizard->setAcceleration(m_acceleration);
    m_wizard->setPath(path);
    m_wizard->open();
}

void ManagerProgram::start(const engine::MachineEntry &entry, const QString &type,
                           engine::VmLauncher::Run run)
{
    const engine::FitSentence fit = engine::predictMemoryFit(
        entry.definition.memoryMiB, engine::HostFacts::current(m_store.machines()));
    if (fit.severity != engine::FitSentence::Severity::Problem)
        return launch(entry, type, run);
    auto *const box =
        new QMessageBox(QMessageBox::Warning, tr("Not Enough Memory"),
                        tr("The machine \"%1\" does not fit into this computer's memory now.")
                            .arg(entry.displayName()),
                        QMessageBox::NoButton, &m_window);
    box->setObjectName(QStringLiteral("memoryBox"));
    box->setInformativeText(fit.text + u'.');
    QPushButton *const anyway = box->addButton(tr("&Start Anyway"), QMessageBox::AcceptRole);
    box->setDefaultButton(box->addButton(QMessageBox::Cancel));
    box->setAttribute(Qt::WA_DeleteOnClose);
    connect(box, &QMessageBox::buttonClicked, this,
            [this, entry, type, run, anyway](const QAbstractButton *button) {
                if (button == anyway)
                    launch(entry, type, run);
                else
                    m_window.startFinished(entry);
            });
    box->open();
}

void ManagerProgram::launch(const engine::MachineEntry &entry, const QString &type,
                            engine::VmLauncher::Run run)
{
    auto *const launcher = new engine::VmLauncher(this);
    launcher->start(
        entry.definitionPath, type,
        [this, launcher, entry](const engine::Result<> &result) {
            launcher->deleteLater();
            if (result)
                m_window.startFinished(entry);
            else
                m_window.showStartError(entry, result.error());
        },
        run);
}

void ManagerProgram::show(const engine::MachineEntry &entry)
{
    // A window that exists comes to the front; without one, a window process is started.
    auto *const client = new engine::ControlClient(this);
    const auto startWindow = [this, entry] {
        auto *const launcher = new engine::VmLauncher(this);
        launcher->start(entry.definitionPath, QStringLiteral("attach"),
                        [this, launcher](const engine::Result<> &result) {
                            launcher->deleteLater();
                            if (!result)
                                ui::showError(&m_window, tr("The machine could not be shown"),
                                              result.error());
                        });
    };
    connect(client, &engine::ControlClient::connected, client, [client, startWindow] {
        client->call(QStringLiteral("window.show"), {},
                     [client, startWindow](const engine::Result<QJsonObject> &answer) {
                         client->deleteLater();
                         if (answer && !(*answer)[QLatin1String("shown")].toBool())
                             startWindow();
                     });
    });
    connect(client, &engine::ControlClient::disconnected, client, &QObject::deleteLater);
    client->connectTo(engine::paths::controlSocket(entry.definition.uuid));
}

void ManagerProgram::probeHost()
{
    inBackground(
        this, [] { return engine::hostAcceleration(); },
        [this](const engine::Acceleration &acceleration) {
            m_acceleration = acceleration;
            m_window.setAcceleration(acceleration);
            if (m_wizard)
                m_wizard->setAcceleration(acceleration);
        });
}

ManagerProgram::Systems ManagerProgram::loadSystems()
{
    Systems systems{engine::OsCatalog::load(), {}};
    if (!systems.catalog)
        return systems; // the wizard tells, when it is needed
    for (const engine::OsInfo &system : (*systems.catalog)->systems())
        systems.names.insert(system.id, system.name);
    return systems;
}

void ManagerProgram::takeOsNames()
{
    inBackground(
        this, [systems = m_systems] { return systems.get().names; },
        [this](const QHash<QString, QString> &names) {
            ui::setOsNames(names);
            m_window.osNamesChanged();
        });
}

} // namespace app
