// SPDX-License-Identifier: GPL-3.0-or-later
// The buttons below the storage tree: controllers and drives come and go.
#include "engine/machine/controller_limits.h"
#include "ui/icons.h"
#include "ui/preferences.h"
#include "ui/settings/new_disk_dialog.h"
#include "ui/settings/storage_page.h"
#include "ui/settings/storage_words.h"

#include <QtCore/QFileInfo>
#include <QtGui/QAction>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QMenu>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QTreeWidget>

#include <algorithm>

namespace ui {

using engine::ControllerKind;
using engine::MediumKind;

namespace {

constexpr ControllerKind AllKinds[] = {
    ControllerKind::Sata, ControllerKind::Ide, ControllerKind::Virtio, ControllerKind::VirtioScsi,
    ControllerKind::Nvme, ControllerKind::Usb, ControllerKind::Floppy};

// File names are shown as they are, not as mnemonics.
QString menuText(QString text)
{
    return text.replace(u'&', QStringLiteral("&&"));
}

} // namespace

QWidget *StoragePage::makeTools()
{
    auto *tools = new QWidget(this);
    auto *layout = new QHBoxLayout(tools);
    layout->setContentsMargins(0, 0, 0, 0);
    const auto make = [&](const char *name, const QString &iconName, const QString &text,
                          const QString &tip) {
        auto *button = new QToolButton(tools);
        button->setObjectName(QString::fromLatin1(name));
        button->setIcon(icon(iconName));
        button->setText(text);
        button->setToolTip(tip);
        button->setAccessibleName(tip);
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setFocusPolicy(Qt::StrongFocus);
        layout->addWidget(button);
        return button;
    };
    m_addDrive = make("addDrive", QStringLiteral("item-add"), tr("&Drive"), tr("Add a drive"));
    m_addController = make("addController", QStringLiteral("item-add"), tr("C&ontroller"),
                           tr("Add a controller"));
    m_remove = make("removeStorage", QStringLiteral("edit-delete"), tr("Remo&ve"),
                    tr("Remove what is selected; its file stays"));
    layout->addStretch();

    m_addMenu = new QMenu(m_addDrive);
    m_addMenu->setObjectName(QStringLiteral("addDriveMenu"));
    m_addMenu->setToolTipsVisible(true);
    m_addDrive->setMenu(m_addMenu);
    m_addDrive->setPopupMode(QToolButton::InstantPopup);
    connect(m_addMenu, &QMenu::aboutToShow, this, &StoragePage::fillAddMenu);
    auto *controllers = new QMenu(m_addController);
    controllers->setObjectName(QStringLiteral("addControllerMenu"));
    controllers->setToolTipsVisible(true);
    m_addController->setMenu(controllers);
    m_addController->setPopupMode(QToolButton::InstantPopup);
    for (const ControllerKind kind : AllKinds) {
        QAction *action = controllers->addAction(controllerTitle(kind));
        action->setObjectName(QStringLiteral("addController%1").arg(int(kind)));
        connect(action, &QAction::triggered, this, [this, kind] { addController(kind); });
    }
    connect(controllers, &QMenu::aboutToShow, this, [this, controllers] {
        for (const ControllerKind kind : AllKinds) {
            auto *action =
                controllers->findChild<QAction *>(QStringLiteral("addController%1").arg(int(kind)));
            const bool isTaken = engine::controllerLimits(kind).isOnBoard
                && std::any_of(m_controllers.begin(), m_controllers.end(),
                               [kind](const engine::StorageController &one) {
                                   return one.kind == kind;
                               });
            action->setEnabled(!isTaken);
            action->setToolTip(isTaken ? tr("A machine can have one only") : QString());
        }
    });
    connect(m_remove, &QToolButton::clicked, this, &StoragePage::removeSelected);
    auto *removeKey = new QAction(this);
    removeKey->setShortcut(QKeySequence::Delete);
    removeKey->setShortcutContext(Qt::WidgetShortcut);
    m_tree->addAction(removeKey);
    connect(removeKey, &QAction::triggered, m_remove, &QToolButton::click);
    return tools;
}

void StoragePage::updateTools()
{
    const QString whyFixed = rules().whyFixed(QStringLiteral("controllers/+"), false);
    const auto allow = [](QToolButton *button, const QString &whyNot, const QString &tip) {
        button->setEnabled(whyNot.isEmpty());
        button->setToolTip(whyNot.isEmpty() ? tip : whyNot);
    };
    allow(m_addController, whyFixed, tr("Add a controller"));
    allow(m_addDrive,
          !whyFixed.isEmpty()           ? whyFixed
              : m_controllers.isEmpty() ? tr("Add a controller first")
                                        : QString(),
          tr("Add a drive"));
    allow(m_remove,
          !whyFixed.isEmpty() ? whyFixed
              : controller()  ? QString()
                              : tr("Nothing is selected"),
          tr("Remove what is selected; its file stays"));
}

int StoragePage::controllerFor(MediumKind kind) const
{
    const auto hasRoom = [&](int index) {
        return index >= 0 && index < m_controllers.size()
            && takes(m_controllers.at(index).kind, kind) && freeSlot(m_controllers.at(index));
    };
    if (hasRoom(m_selected.controller))
        return m_selected.controller;
    for (int i = 0; i < m_controllers.size(); ++i) {
        if (hasRoom(i))
            return i;
    }
    return -1;
}

QStringList StoragePage::knownMedia(MediumKind kind) const
{
    QStringList media = context().store.usedMedia(kind);
    if (kind == MediumKind::Optical)
        media += Preferences::load().recentOpticalImages;
    media.removeDuplicates();
    return media;
}

void StoragePage::fillAddMenu()
{
    m_addMenu->clear();
    const auto add = [this](const char *name, MediumKind kind, const QString &text,
                            const std::function<void()> &run) {
        QAction *action = m_addMenu->addAction(icon(mediumIconName(kind)), text);
        action->setObjectName(QString::fromLatin1(name));
        const bool hasRoom = controllerFor(kind) >= 0;
        action->setEnabled(hasRoom);
        action->setToolTip(hasRoom ? QString() : tr("No controller has room for one"));
        connect(action, &QAction::triggered, this, run);
    };
    add("addNewDisk", MediumKind::HardDisk, tr("&New Hard Disk..."), [this] { addNewDisk(); });
    add("addDiskFile", MediumKind::HardDisk, tr("&Hard Disk from a File..."), [this] {
        chooseFile(MediumKind::HardDisk,
                   [this](const QString &path) { addDrive(MediumKind::HardDisk, path); });
    });
    const QStringList disks = knownMedia(MediumKind::HardDisk);
    if (!disks.isEmpty()) {
        QMenu *known = m_addMenu->addMenu(tr("&Known Hard Disks"));
        known->setToolTipsVisible(true);
        known->setEnabled(controllerFor(MediumKind::HardDisk) >= 0);
        for (const QString &path : disks) {
            QAction *action = known->addAction(menuText(QFileInfo(path).fileName()));
            action->setToolTip(path);
            connect(action, &QAction::triggered, this,
                    [this, path] { addDrive(MediumKind::HardDisk, path); });
        }
    }
    m_addMenu->addSeparator();
    add("addOptical", MediumKind::Optical, tr("&Optical Drive"),
        [this] { addDrive(MediumKind::Optical, {}); });
    add("addFloppy", MediumKind::Floppy, tr("&Floppy Drive"),
        [this] { addDrive(MediumKind::Floppy, {}); });
}

void StoragePage::addController(ControllerKind kind)
{
    m_controllers.append({.name = freeControllerName(m_controllers, kind),
                          .kind = kind,
                          .portCount = usualPortCount(kind)});
    rebuild({int(m_controllers.size()) - 1, -1});
    changed();
}

void StoragePage::addDrive(MediumKind kind, const QString &path)
{
    const int index = controllerFor(kind);
    if (index < 0)
        return;
    engine::StorageController &owner = m_controllers[index];
    const engine::StorageSlot slot = *freeSlot(owner);
    owner.portCount = qMax(owner.portCount, slot.port + 1);
    owner.attachments.append({.kind = kind,
                              .port = slot.port,
                              .device = slot.device,
                              .path = portablePath(path, context().machineFolder)});
    rebuild({index, int(owner.attachments.size()) - 1});
    changed();
}

void StoragePage::addNewDisk()
{
    auto *dialog = new NewDiskDialog(context(), m_machineName, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &NewDiskDialog::chosen, this,
            [this](const engine::CreateImageRequest &request) {
                context().newDisks.append(request);
                addDrive(MediumKind::HardDisk, request.path);
            });
    dialog->open();
}

void StoragePage::chooseFile(MediumKind kind, const std::function<void(const QString &)> &chosen)
{
    QString filter = tr("Optical images (*.iso *.ISO);;All files (*)");
    if (kind == MediumKind::HardDisk)
        filter = tr("Disk images (*.qcow2 *.qcow *.raw *.img *.vdi *.vmdk *.vhd *.vhdx);;"
                    "All files (*)");
    else if (kind == MediumKind::Floppy)
        filter = tr("Floppy images (*.img *.ima *.flp *.vfd);;All files (*)");
    auto *dialog = new QFileDialog(this, tr("Choose an Image"), {}, filter);
    dialog->setObjectName(QStringLiteral("mediumDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, chosen);
    dialog->open();
}

void StoragePage::removeSelected()
{
    engine::StorageController *owner = controller();
    if (!owner)
        return;
    const Place gone = m_selected;
    if (gone.drive >= 0)
        owner->attachments.removeAt(gone.drive);
    else
        m_controllers.removeAt(gone.controller);
    rebuild({qMin(gone.controller, int(m_controllers.size()) - 1),
             gone.drive > 0 ? gone.drive - 1 : -1});
    changed();
}

} // namespace ui
