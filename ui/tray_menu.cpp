// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tray_menu.h"

#include "engine/control/control_client.h"
#include "engine/machine/user_paths.h"
#include "ui/console_actions.h"
#include "ui/error_box.h"
#include "ui/icons.h"
#include "ui/machine_monitor.h"
#include "ui/usb_mover.h"
#include "ui/usb_text.h"

#include <QtCore/QPointer>
#include <QtGui/QActionGroup>

namespace ui {

namespace {

QString trayText(QString text)
{
    return text.replace(u'&', QStringLiteral("&&"));
}

} // namespace

TrayMenu::TrayMenu(UsbBoard &board, QWidget &window)
    : m_board(board)
    , m_window(window)
    , m_mover(new UsbMover(&window, this))
{
    setObjectName(QStringLiteral("trayMenu"));
    setToolTipsVisible(true);
    connect(&m_board, &UsbBoard::changed, this, &TrayMenu::follow);
    connect(&m_board.monitor(), &MachineMonitor::statusChanged, this, &TrayMenu::follow);
    connect(&m_board.monitor(), &MachineMonitor::machineGone, this, &TrayMenu::follow);
    connect(m_mover, &UsbMover::refused, this, &TrayMenu::follow); // check marks go back
    connect(this, &QMenu::aboutToHide, this, &TrayMenu::follow);
    rebuild();
}

// After the signal: it may come from one of the entries.
void TrayMenu::follow()
{
    if (m_isDue)
        return;
    m_isDue = true;
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_isDue = false;
            if (!isVisible())
                rebuild();
        },
        Qt::QueuedConnection);
}

void TrayMenu::rebuild()
{
    const QList<QMenu *> old = findChildren<QMenu *>(QString(), Qt::FindDirectChildrenOnly);
    clear();
    qDeleteAll(old);
    QAction *manager =
        addAction(applicationIcon(), tr("&Open Vitrine"), this, &TrayMenu::managerWanted);
    manager->setObjectName(QStringLiteral("trayManager"));
    addSeparator();
    for (const UsbBoard::Machine &machine : m_board.machines())
        addMachine(machine);
    if (m_board.machines().isEmpty())
        addAction(tr("No machine is running"))->setEnabled(false);
    addSeparator();
    addDevices();
    addSeparator();
    QAction *quit = addAction(ui::icon(QStringLiteral("application-exit")), tr("&Quit"), this,
                              &TrayMenu::quitWanted);
    quit->setObjectName(QStringLiteral("trayQuit"));
    quit->setToolTip(tr("Close the manager and its icon; running machines go on"));
    emit changed();
}

void TrayMenu::addMachine(const UsbBoard::Machine &machine)
{
    const engine::MachineStatus *status = m_board.monitor().status(machine.uuid);
    if (status == nullptr)
        return;
    const QUuid uuid = machine.uuid;
    const bool isPaused = status->state == engine::Driver::State::Paused;
    QMenu *menu = addMenu(
        ui::icon(isPaused ? QStringLiteral("state-paused") : QStringLiteral("state-running")),
        trayText(machine.name));
    menu->setObjectName(QStringLiteral("machine ") + uuid.toString(QUuid::WithoutBraces));
    menu->setToolTipsVisible(true);
    QAction *show = menu->addAction(ui::icon(QStringLiteral("window-new")), tr("S&how"));
    show->setObjectName(QStringLiteral("show"));
    connect(show, &QAction::triggered, this, [this, uuid] { emit showWanted(uuid); });
    QAction *pause =
        menu->addAction(ui::icon(QStringLiteral("media-playback-pause")), tr("&Pause"));
    pause->setObjectName(QStringLiteral("pause"));
    pause->setCheckable(true);
    pause->setChecked(isPaused);
    setUsable(pause, whyNot(*status, engine::Feature::Pause));
    connect(pause, &QAction::triggered, this, [this, uuid](bool isWanted) {
        command(uuid, isWanted ? QStringLiteral("machine.pause") : QStringLiteral("machine.resume"),
                isWanted ? tr("\"%1\" could not be paused") : tr("\"%1\" could not be resumed"));
    });
    QAction *shutDown =
        menu->addAction(ui::icon(QStringLiteral("system-shutdown")), tr("ACPI Sh&utdown"));
    shutDown->setObjectName(QStringLiteral("powerButton"));
    setUsable(shutDown, whyNot(*status, engine::Feature::PowerButton));
    connect(shutDown, &QAction::triggered, this, [this, uuid] {
        command(uuid, QStringLiteral("machine.powerButton"),
                tr("The shutdown signal could not be sent to \"%1\""));
    });
}

void TrayMenu::addDevices()
{
    QMenu *menu = addMenu(ui::icon(QStringLiteral("drive-removable-media-usb")), tr("&USB"));
    menu->setObjectName(QStringLiteral("trayUsb"));
    menu->setToolTipsVisible(true);
    for (const UsbBoard::Place &place : m_board.places())
        addDevice(*menu, place);
    if (m_board.places().isEmpty())
        menu->addAction(tr("No USB devices are plugged in"))->setEnabled(false);
    menu->addSeparator();
    QAction *window = menu->addAction(tr("USB &Devices…"), this, &TrayMenu::usbDevicesWanted);
    window->setObjectName(QStringLiteral("trayUsbDevices"));
}

void TrayMenu::addDevice(QMenu &menu, const UsbBoard::Place &place)
{
    const engine::UsbDevice &device = place.device;
    QMenu *places =
        menu.addMenu(ui::icon(usbIconName(device)), trayText(engine::usbDeviceName(device)));
    places->setObjectName(QStringLiteral("usb ") + device.port);
    places->setToolTipsVisible(true);
    auto *choice = new QActionGroup(places);
    const auto add = [&](const QString &text, const QUuid &machine, bool isThere) {
        QAction *action = places->addAction(trayText(text));
        action->setCheckable(true);
        action->setChecked(isThere);
        action->setActionGroup(choice);
        action->setData(machine);
        return action;
    };
    QAction *here = add(tr("This Computer"), {}, place.holder.isEmpty());
    const QPointer<engine::ControlClient> from =
        place.machine.isNull() ? nullptr : m_board.monitor().client(place.machine);
    setUsable(here,
              place.holder.isEmpty() || from != nullptr ? QString()
                                                        : usbStateText(device, place.holder));
    connect(here, &QAction::triggered, this, [this, from, device] {
        if (from != nullptr)
            m_mover->takeBack(*from, device);
    });
    for (const UsbBoard::Machine &machine : m_board.machines()) {
        const bool isThere = machine.uuid == place.machine;
        QAction *action = add(machine.name, machine.uuid, isThere);
        setUsable(action, isThere ? QString() : machine.whyNot);
        connect(action, &QAction::triggered, this,
                [this, uuid = machine.uuid, isThere, from, device] {
                    engine::ControlClient *to = m_board.monitor().client(uuid);
                    if (!isThere && to != nullptr)
                        m_mover->give(*to, device, from);
                });
    }
}

void TrayMenu::command(const QUuid &machine, const QString &method, const QString &asked)
{
    engine::ControlClient *client = m_board.monitor().client(machine);
    if (client == nullptr)
        return;
    const engine::MachineStatus &status = client->status();
    const QString log = status.folder.isEmpty() ? QString() : engine::paths::logFile(status.folder);
    client->call(method, {},
                 [guard = QPointer(this), asked = asked.arg(status.name),
                  log](const engine::Result<QJsonObject> &answer) {
                     if (guard == nullptr || answer)
                         return;
                     guard->follow();
                     showError(&guard->m_window, asked, answer.error(), log);
                 });
}

} // namespace ui
