// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device_menus.h"

#include "ui/console_actions.h"
#include "ui/console_commands.h"
#include "ui/icons.h"
#include "ui/preferences.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>

namespace ui {

namespace {

// File names are shown as they are, not as mnemonics.
QString menuText(QString text)
{
    return text.replace(u'&', QStringLiteral("&&"));
}

QString slotText(const engine::StorageController &controller,
                 const engine::StorageAttachment &drive)
{
    if (controller.kind == engine::ControllerKind::Ide) {
        return MediumMenu::tr("%1, %2 %3")
            .arg(controller.name,
                 drive.port == 0 ? MediumMenu::tr("primary") : MediumMenu::tr("secondary"),
                 drive.device == 0 ? MediumMenu::tr("master") : MediumMenu::tr("slave"));
    }
    const int number =
        controller.kind == engine::ControllerKind::Floppy ? drive.device : drive.port;
    return MediumMenu::tr("%1, port %2").arg(controller.name).arg(number);
}

} // namespace

QString networkModeText(engine::NetworkMode mode)
{
    switch (mode) {
    case engine::NetworkMode::None:
        return NetworkMenu::tr("no card");
    case engine::NetworkMode::NotAttached:
        return NetworkMenu::tr("not attached");
    case engine::NetworkMode::Nat:
        return NetworkMenu::tr("NAT");
    case engine::NetworkMode::Internal:
        return NetworkMenu::tr("internal network");
    case engine::NetworkMode::Bridged:
        return NetworkMenu::tr("bridged");
    }
    return {};
}

MediumMenu::MediumMenu(engine::MediumKind kind, ConsoleCommands &commands, QWidget *parent)
    : QMenu(parent)
    , m_kind(kind)
    , m_commands(commands)
{
    const bool isFloppy = kind == engine::MediumKind::Floppy;
    setTitle(isFloppy ? tr("&Floppy Drives") : tr("&Optical Drives"));
    setObjectName(isFloppy ? QStringLiteral("floppyMenu") : QStringLiteral("opticalMenu"));
    setIcon(ui::icon(isFloppy ? QStringLiteral("media-floppy") : QStringLiteral("media-optical")));
    setToolTipsVisible(true);
    // Recent images change behind the status, by other windows.
    connect(this, &QMenu::aboutToShow, this, &MediumMenu::rebuild);
}

void MediumMenu::setStatus(const engine::MachineStatus &status)
{
    const bool isSame = m_status.controllers == status.controllers && m_status.state == status.state
        && m_status.folder == status.folder;
    m_status = status;
    if (!isSame && !isVisible())
        rebuild();
}

bool MediumMenu::hasDrives() const
{
    for (const engine::StorageController &controller : m_status.controllers) {
        for (const engine::StorageAttachment &drive : controller.attachments) {
            if (drive.kind == m_kind)
                return true;
        }
    }
    return false;
}

void MediumMenu::rebuild()
{
    const QList<QMenu *> subMenus = findChildren<QMenu *>(QString(), Qt::FindDirectChildrenOnly);
    clear();
    qDeleteAll(subMenus);

    const QString reason = whyNot(m_status, engine::Feature::ChangeMedium);
    struct Drive
    {
        engine::StorageSlot slot;
        engine::StorageAttachment attachment;
        QString text;
    };
    QList<Drive> drives;
    for (const engine::StorageController &controller : std::as_const(m_status.controllers)) {
        for (const engine::StorageAttachment &drive : controller.attachments) {
            if (drive.kind == m_kind)
                drives.append({{controller.name, drive.port, drive.device},
                               drive,
                               slotText(controller, drive)});
        }
    }
    if (drives.isEmpty()) {
        QAction *none = addAction(tr("This machine has no such drive"));
        none->setEnabled(false);
        return;
    }
    if (drives.size() == 1) {
        addDrive(*this, drives.first().slot, drives.first().attachment, reason);
        return;
    }
    for (const Drive &drive : std::as_const(drives)) {
        QMenu *subMenu = addMenu(menuText(drive.text));
        subMenu->setToolTipsVisible(true);
        addDrive(*subMenu, drive.slot, drive.attachment, reason);
    }
}

void MediumMenu::addDrive(QMenu &menu, const engine::StorageSlot &slot,
                          const engine::StorageAttachment &drive, const QString &whyNot)
{
    const QString current =
        drive.path.isEmpty() ? QString() : QDir(m_status.folder).absoluteFilePath(drive.path);
    QAction *medium =
        menu.addAction(current.isEmpty() ? tr("Empty") : menuText(QFileInfo(current).fileName()));
    medium->setObjectName(QStringLiteral("currentMedium"));
    medium->setCheckable(true);
    medium->setChecked(true);
    medium->setEnabled(false);
    medium->setToolTip(current.isEmpty() ? tr("There is no disk in the drive.") : current);
    menu.addSeparator();

    QAction *choose =
        menu.addAction(ui::icon(QStringLiteral("document-open")), tr("&Choose a Disk Image…"));
    choose->setObjectName(QStringLiteral("chooseMedium"));
    setUsable(choose, whyNot);
    connect(choose, &QAction::triggered, this,
            [this, slot] { m_commands.chooseMedium(slot, m_kind); });
    if (m_kind == engine::MediumKind::Optical)
        addRecentImages(menu, slot, current, whyNot);
    menu.addSeparator();

    QAction *eject = menu.addAction(ui::icon(QStringLiteral("media-eject")), tr("&Eject"));
    eject->setObjectName(QStringLiteral("ejectMedium"));
    setUsable(eject,
              whyNot.isEmpty() && current.isEmpty() ? tr("There is no disk in the drive.")
                                                    : whyNot);
    connect(eject, &QAction::triggered, this,
            [this, slot] { m_commands.setMedium(slot, m_kind, QString()); });
}

void MediumMenu::addRecentImages(QMenu &menu, const engine::StorageSlot &slot,
                                 const QString &current, const QString &whyNot)
{
    bool hasSection = false;
    const QStringList images = Preferences::load().recentOpticalImages;
    for (const QString &path : images) {
        if (path == current || !QFileInfo::exists(path))
            continue;
        if (!hasSection)
            menu.addSeparator();
        hasSection = true;
        QAction *recent = menu.addAction(menuText(QFileInfo(path).fileName()));
        recent->setObjectName(QStringLiteral("recentMedium"));
        setUsable(recent, whyNot);
        if (whyNot.isEmpty())
            recent->setToolTip(path);
        connect(recent, &QAction::triggered, this,
                [this, slot, path] { m_commands.setMedium(slot, m_kind, path); });
    }
}

NetworkMenu::NetworkMenu(ConsoleCommands &commands, QWidget *parent)
    : QMenu(tr("&Network"), parent)
    , m_commands(commands)
{
    setObjectName(QStringLiteral("networkMenu"));
    setIcon(ui::icon(QStringLiteral("network-wired")));
    setToolTipsVisible(true);
    // A check mark that the machine refused goes back to what is true.
    connect(&commands, &ConsoleCommands::linkRefused, this, &NetworkMenu::rebuild);
}

void NetworkMenu::setStatus(const engine::MachineStatus &status)
{
    m_status = status;
    if (!isVisible())
        rebuild();
    else
        connect(this, &QMenu::aboutToHide, this, &NetworkMenu::rebuild,
                Qt::ConnectionType(Qt::QueuedConnection | Qt::SingleShotConnection));
}

bool NetworkMenu::hasAdapters() const
{
    for (const engine::NetworkAdapter &adapter : m_status.adapters) {
        if (adapter.mode != engine::NetworkMode::None)
            return true;
    }
    return false;
}

void NetworkMenu::rebuild()
{
    clear();
    const QString reason = whyNot(m_status, engine::Feature::LinkState);
    for (qsizetype i = 0; i < m_status.adapters.size(); ++i) {
        const engine::NetworkAdapter &adapter = m_status.adapters[i];
        if (adapter.mode == engine::NetworkMode::None)
            continue;
        QAction *action = addAction(
            tr("Connect Cable of Adapter %1 (%2)").arg(i + 1).arg(networkModeText(adapter.mode)));
        action->setObjectName(QStringLiteral("adapter%1").arg(i));
        action->setCheckable(true);
        action->setChecked(adapter.isCableConnected);
        setUsable(action, reason);
        if (reason.isEmpty())
            action->setToolTip(tr("MAC address %1").arg(adapter.macAddress));
        connect(action, &QAction::triggered, this, [this, index = int(i)](bool isConnected) {
            m_commands.setLink(index, isConnected);
        });
    }
    if (isEmpty()) {
        QAction *none = addAction(tr("This machine has no network card"));
        none->setEnabled(false);
    }
    addSeparator();
    QAction *connections = addAction(tr("Network C&onnections…"));
    connections->setObjectName(QStringLiteral("networkConnections"));
    setUsable(connections, whyNot(m_status, engine::Feature::ChangeNetwork));
    connect(connections, &QAction::triggered, &m_commands, &ConsoleCommands::showConnections);
}

} // namespace ui
