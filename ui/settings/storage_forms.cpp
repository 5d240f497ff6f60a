// SPDX-License-Identifier: GPL-3.0-or-later
// The right half of the storage page: the selected controller's or drive's attributes.
#include "engine/machine/controller_limits.h"
#include "engine/machine/machine_check.h"
#include "engine/machine/qt_text.h"
#include "ui/icons.h"
#include "ui/settings/image_facts.h"
#include "ui/settings/new_disk_dialog.h"
#include "ui/settings/problem_line.h"
#include "ui/settings/storage_page.h"
#include "ui/settings/storage_words.h"
#include "ui/settings/wrapped_label.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QSignalBlocker>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMenu>
#include <QtWidgets/QSpinBox>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QTreeWidget>

#include <algorithm>

namespace ui {

using engine::ControllerKind;
using engine::DiskCache;
using engine::MediumKind;

namespace {

constexpr ControllerKind AllKinds[] = {
    ControllerKind::Sata, ControllerKind::Ide, ControllerKind::Virtio, ControllerKind::VirtioScsi,
    ControllerKind::Nvme, ControllerKind::Usb, ControllerKind::Floppy};

QLabel *factLabel(const char *name, QWidget *parent)
{
    auto *label = new WrappedLabel(parent);
    label->setObjectName(QString::fromLatin1(name));
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

QString cacheTitle(DiskCache choice, bool isControllersOn)
{
    switch (choice) {
    case DiskCache::AsController:
        return isControllersOn ? StoragePage::tr("As the controller: this computer's")
                               : StoragePage::tr("As the controller: none");
    case DiskCache::On:
        return StoragePage::tr("This computer's");
    case DiskCache::Off:
        return StoragePage::tr("None");
    }
    return {};
}

int slotKey(int port, int device)
{
    return port * 2 + device;
}

} // namespace

QWidget *StoragePage::makeControllerForm()
{
    auto *box = new QWidget(this);
    QFormLayout *form = makeForm();
    form->setContentsMargins(0, 0, 0, 0);
    box->setLayout(form);
    m_name = new QLineEdit(box);
    m_name->setObjectName(QStringLiteral("controllerName"));
    m_nameField = &addField(
        *form, QStringLiteral("controllers/name"),
        {tr("&Name:"), tr("How commands call the controller"), tr("storage controller rename")},
        m_name);
    m_kind = new QComboBox(box);
    m_kind->setObjectName(QStringLiteral("controllerKind"));
    for (const ControllerKind kind : AllKinds)
        addChoice(*m_kind, kind, controllerTitle(kind));
    m_kindField = &addField(*form, QStringLiteral("controllers/kind"),
                            {tr("&Type:"), tr("The bus that the guest finds its drives on"),
                             tr("storage bus sata ide nvme virtio usb floppy ahci")},
                            m_kind);
    m_ports = new QSpinBox(box);
    m_ports->setObjectName(QStringLiteral("controllerPorts"));
    m_portsField =
        &addField(*form, QStringLiteral("controllers/ports"),
                  {tr("&Ports:"), tr("How many drives fit"), tr("storage port count")}, m_ports);
    m_bootable = new QCheckBox(tr("The machine may start from its dri&ves"), box);
    m_bootable->setObjectName(QStringLiteral("controllerBootable"));
    m_bootableField = &addField(*form, QStringLiteral("controllers/bootable"),
                                {{}, {}, tr("boot storage bootable")}, m_bootable);
    m_hostCache = new QCheckBox(tr("&Use this computer's cache"), box);
    m_hostCache->setObjectName(QStringLiteral("controllerHostCache"));
    m_hostCacheField = &addField(
        *form, QStringLiteral("controllers/hostCache"),
        {{},
         tr("Hard disks go through this computer's memory: faster, unless several machines share "
            "little of it"),
         tr("storage host io cache direct")},
        m_hostCache);
    connect(m_name, &QLineEdit::textEdited, this, &StoragePage::controllerEdited);
    connect(m_kind, &QComboBox::activated, this, &StoragePage::controllerEdited);
    connect(m_ports, &QSpinBox::valueChanged, this, &StoragePage::controllerEdited);
    connect(m_bootable, &QCheckBox::clicked, this, &StoragePage::controllerEdited);
    connect(m_hostCache, &QCheckBox::clicked, this, &StoragePage::controllerEdited);
    return box;
}

QWidget *StoragePage::makeDriveForm()
{
    auto *box = new QWidget(this);
    QFormLayout *form = makeForm();
    form->setContentsMargins(0, 0, 0, 0);
    box->setLayout(form);
    m_path = new QLineEdit(box);
    m_path->setObjectName(QStringLiteral("mediumPath"));
    m_choose = new QToolButton(box);
    m_choose->setObjectName(QStringLiteral("chooseMedium"));
    m_choose->setIcon(icon(QStringLiteral("document-open")));
    m_choose->setAccessibleName(tr("Choose another medium"));
    m_choose->setToolTip(tr("Choose another medium"));
    m_choose->setPopupMode(QToolButton::InstantPopup);
    m_choose->setFocusPolicy(Qt::StrongFocus);
    m_mediumMenu = new QMenu(m_choose);
    m_mediumMenu->setObjectName(QStringLiteral("mediumMenu"));
    m_mediumMenu->setToolTipsVisible(true);
    m_choose->setMenu(m_mediumMenu);
    auto *row = new QWidget(box);
    auto *rowLayout = new QHBoxLayout(row);
    rowLayout->setContentsMargins(0, 0, 0, 0);
    rowLayout->addWidget(m_path, 1);
    rowLayout->addWidget(m_choose);
    row->setFocusProxy(m_path);
    m_pathField = &addField(*form, QStringLiteral("controllers/path"),
                            {tr("&Image:"), tr("The file that is the disk"),
                             tr("medium iso file disk image insert eject")},
                            row, m_path);
    m_slot = new QComboBox(box);
    m_slot->setObjectName(QStringLiteral("slot"));
    m_slotField = &addField(*form, QStringLiteral("controllers/slot"),
                            {tr("&Attached to:"), tr("The drive's place on the controller"),
                             tr("port device master slave")},
                            m_slot);
    m_readOnly = new QCheckBox(tr("&Read-only"), box);
    m_readOnly->setObjectName(QStringLiteral("readOnly"));
    m_readOnlyField = &addField(
        *form, QStringLiteral("controllers/readOnly"),
        {{}, tr("The guest cannot write to it"), tr("write protect immutable")}, m_readOnly);
    m_discard = new QCheckBox(tr("&Give freed space back"), box);
    m_discard->setObjectName(QStringLiteral("discard"));
    m_discardField = &addField(
        *form, QStringLiteral("controllers/discard"),
        {{}, tr("What the guest trims is taken out of the file"), tr("discard trim unmap shrink")},
        m_discard);
    m_solidState = new QCheckBox(tr("&Solid-state drive"), box);
    m_solidState->setObjectName(QStringLiteral("solidState"));
    m_solidStateField = &addField(
        *form, QStringLiteral("controllers/solidState"),
        {{}, tr("The guest is told that nothing rotates"), tr("ssd nonrotational rotation")},
        m_solidState);
    m_diskCache = new QComboBox(box);
    m_diskCache->setObjectName(QStringLiteral("diskCache"));
    for (const DiskCache choice : {DiskCache::AsController, DiskCache::On, DiskCache::Off})
        addChoice(*m_diskCache, choice, cacheTitle(choice, true));
    m_diskCacheField =
        &addField(*form, QStringLiteral("controllers/diskCache"),
                  {tr("Cac&he:"), tr("Whether the disk goes through this computer's memory"),
                   tr("host io cache direct memory")},
                  m_diskCache);
    m_details = new QWidget(box);
    auto *details = new QFormLayout(m_details);
    details->setContentsMargins(0, 8, 0, 0);
    m_format = factLabel("imageFormat", m_details);
    m_size = factLabel("imageSize", m_details);
    m_used = factLabel("imageUsed", m_details);
    m_where = factLabel("imageWhere", m_details);
    details->addRow(tr("Format:"), m_format);
    details->addRow(tr("Size for the guest:"), m_size);
    details->addRow(tr("Space it takes:"), m_used);
    details->addRow(tr("Folder:"), m_where);
    form->addRow(m_details);

    connect(m_mediumMenu, &QMenu::aboutToShow, this, &StoragePage::fillMediumMenu);
    connect(m_slot, &QComboBox::activated, this, &StoragePage::slotChosen);
    connect(m_path, &QLineEdit::textChanged, this, &StoragePage::driveEdited);
    for (QCheckBox *check : {m_readOnly, m_discard, m_solidState})
        connect(check, &QCheckBox::clicked, this, &StoragePage::driveEdited);
    connect(m_diskCache, &QComboBox::activated, this, &StoragePage::driveEdited);
    return box;
}

void StoragePage::showController()
{
    const engine::StorageController shown = *controller(); // filling in replaces the list
    m_isFilling = true;
    const QString path = pathOf(m_selected);
    m_name->setText(shown.name);
    setCurrentChoice(*m_kind, int(shown.kind));
    m_ports->setRange(1, engine::controllerLimits(shown.kind).ports);
    m_ports->setValue(shown.portCount);
    m_bootable->setChecked(shown.isBootable);
    m_hostCache->setChecked(shown.isHostCacheOn);
    setPath(*m_nameField, path + QStringLiteral("/name"));
    setPath(*m_kindField, path + QStringLiteral("/kind"));
    setPath(*m_portsField, path + QStringLiteral("/ports"));
    setPath(*m_bootableField, path + QStringLiteral("/bootable"));
    setPath(*m_hostCacheField, path + QStringLiteral("/hostCache"));
    m_portsField->isOffered = m_ports->maximum() > 1 && shown.kind != ControllerKind::Ide;
    refresh(*m_portsField);
    m_hostCacheField->isOffered = shown.kind != ControllerKind::Floppy;
    refresh(*m_hostCacheField);
    m_forms->setCurrentIndex(1);
    m_isFilling = false;
}

void StoragePage::showDrive()
{
    const engine::StorageController owner = *controller(); // filling in replaces the lists
    const engine::StorageAttachment shown = *drive();
    const bool isDisk = shown.kind == MediumKind::HardDisk;
    m_isFilling = true;
    const QString path = pathOf(m_selected);
    m_path->setText(QDir::toNativeSeparators(resolvedPath(shown, context().machineFolder)));
    m_path->setPlaceholderText(isDisk ? QString() : tr("Empty"));
    m_slot->clear();
    const engine::ControllerLimits limits = engine::controllerLimits(owner.kind);
    for (int port = 0; port < limits.ports; ++port) {
        for (int device = 0; device < limits.devicesPerPort; ++device) {
            const bool isItsOwn = port == shown.port && device == shown.device;
            const bool isTaken = !isItsOwn
                && std::any_of(owner.attachments.begin(), owner.attachments.end(),
                               [&](const engine::StorageAttachment &one) {
                                   return one.port == port && one.device == device;
                               });
            if (!isTaken)
                m_slot->addItem(slotTitle(owner.kind, port, device), slotKey(port, device));
        }
    }
    m_slot->setCurrentIndex(m_slot->findData(slotKey(shown.port, shown.device)));
    m_readOnly->setChecked(shown.isReadOnly);
    m_discard->setChecked(shown.isDiscardOn);
    m_solidState->setChecked(shown.isSolidState);
    m_diskCache->setItemText(m_diskCache->findData(int(DiskCache::AsController)),
                             cacheTitle(DiskCache::AsController, owner.isHostCacheOn));
    setCurrentChoice(*m_diskCache, int(shown.hostCache));

    m_pathField->isRemovable = !isDisk;
    m_pathField->text.tip = isDisk ? tr("The file that is the disk")
                                   : tr("The image in the drive; nothing leaves it empty");
    setPath(*m_pathField, path + QStringLiteral("/path"));
    setPath(*m_slotField, path);
    setPath(*m_readOnlyField, path + QStringLiteral("/readOnly"));
    setPath(*m_discardField, path + QStringLiteral("/discard"));
    setPath(*m_solidStateField, path + QStringLiteral("/solidState"));
    setPath(*m_diskCacheField, path + QStringLiteral("/hostCache"));
    m_readOnly->setVisible(shown.kind != MediumKind::Optical);
    m_discard->setVisible(isDisk);
    m_solidState->setVisible(isDisk);
    m_solidStateField->whyUnsupported = limits.tellsSolidState || shown.isSolidState
        ? QString()
        : tr("A %1 drive has no such mark").arg(QLatin1String(limits.title));
    refresh(*m_solidStateField);
    m_diskCacheField->isOffered = isDisk;
    refresh(*m_diskCacheField);
    m_forms->setCurrentIndex(2);
    m_isFilling = false;
    showDetails();
}

void StoragePage::showDetails()
{
    const engine::StorageAttachment *shown = drive();
    m_details->setVisible(shown && !shown->path.isEmpty());
    if (!shown || shown->path.isEmpty())
        return;
    const QString path = resolvedPath(*shown, context().machineFolder);
    m_where->setText(QDir::toNativeSeparators(QFileInfo(path).path()));
    const auto say = [this](const QString &format, const QString &size, const QString &used) {
        m_format->setText(format);
        m_size->setText(size);
        m_used->setText(used);
    };
    for (const engine::CreateImageRequest &disk : std::as_const(context().newDisks)) {
        if (QDir::cleanPath(disk.path) == path) {
            say(formatTitle(disk.format), byteText(disk.sizeBytes),
                disk.isPreallocated ? byteText(disk.sizeBytes)
                                    : tr("Grows; made when the settings are accepted"));
            return;
        }
    }
    if (shown->kind != MediumKind::HardDisk) {
        const QFileInfo info(path);
        const QString size = info.exists() ? byteText(info.size()) : tr("Missing");
        say(tr("Image"), size, size);
        return;
    }
    const auto known = m_facts->about(path);
    if (!known)
        say(tr("Looking..."), tr("Looking..."), tr("Looking..."));
    else if (!*known)
        say(tr("Not readable: %1").arg(engine::errorText((*known).error())), {}, {});
    else
        say(formatTitle((*known)->format), byteText((*known)->virtualSizeBytes),
            byteText((*known)->fileSizeBytes));
}

void StoragePage::fillMediumMenu()
{
    m_mediumMenu->clear();
    const engine::StorageAttachment *shown = drive();
    if (!shown)
        return;
    const MediumKind kind = shown->kind;
    const auto set = [this](const QString &path) {
        m_path->setText(QDir::toNativeSeparators(path));
    };
    QAction *choose =
        m_mediumMenu->addAction(icon(QStringLiteral("document-open")), tr("&Choose a File..."));
    choose->setObjectName(QStringLiteral("chooseFile"));
    connect(choose, &QAction::triggered, this, [this, kind, set] { chooseFile(kind, set); });
    const QStringList media = knownMedia(kind);
    if (!media.isEmpty())
        m_mediumMenu->addSeparator();
    for (const QString &path : media) {
        QString text = QFileInfo(path).fileName();
        QAction *action = m_mediumMenu->addAction(text.replace(u'&', QStringLiteral("&&")));
        action->setToolTip(path);
        connect(action, &QAction::triggered, this, [set, path] { set(path); });
    }
    if (kind == MediumKind::HardDisk)
        return;
    m_mediumMenu->addSeparator();
    QAction *eject = m_mediumMenu->addAction(icon(QStringLiteral("media-eject")), tr("&Eject"));
    eject->setObjectName(QStringLiteral("eject"));
    eject->setEnabled(!shown->path.isEmpty());
    connect(eject, &QAction::triggered, this, [set] { set({}); });
}

void StoragePage::controllerEdited()
{
    engine::StorageController *owner = controller();
    if (m_isFilling || !owner)
        return;
    owner->name = m_name->text().trimmed();
    const auto kind = ControllerKind(currentChoice(*m_kind));
    if (owner->kind != kind) {
        const engine::ControllerLimits limits = engine::controllerLimits(kind);
        int needed = 1;
        for (const engine::StorageAttachment &one : std::as_const(owner->attachments))
            needed = qMax(needed, one.port + 1);
        owner->kind = kind;
        owner->portCount = qMin(limits.ports, qMax(needed, usualPortCount(kind)));
        showController();
        QTreeWidgetItem *item = m_tree->currentItem();
        for (int i = 0; item && i < item->childCount(); ++i)
            updateItem(item->child(i));
    } else {
        owner->portCount = m_ports->value();
    }
    owner->isBootable = m_bootable->isChecked();
    owner->isHostCacheOn = m_hostCache->isChecked();
    changed();
}

void StoragePage::driveEdited()
{
    engine::StorageAttachment *shown = drive();
    if (m_isFilling || !shown)
        return;
    const QString path = portablePath(m_path->text(), context().machineFolder);
    const QString absolute = QDir::cleanPath(QDir(context().machineFolder).absoluteFilePath(path));
    if (path.isEmpty() != shown->path.isEmpty()
        || (!path.isEmpty() && absolute != resolvedPath(*shown, context().machineFolder))) {
        shown->path = path;
        shown->format.clear(); // another image may be of another kind
        showDetails();
    }
    shown->isReadOnly = m_readOnly->isChecked();
    shown->isDiscardOn = m_discard->isChecked();
    shown->isSolidState = m_solidState->isChecked();
    shown->hostCache = DiskCache(currentChoice(*m_diskCache));
    changed();
}

void StoragePage::slotChosen()
{
    engine::StorageAttachment *shown = drive();
    if (m_isFilling || !shown)
        return;
    const int key = m_slot->currentData().toInt();
    shown->port = key / 2;
    shown->device = key % 2;
    controller()->portCount = qMax(controller()->portCount, shown->port + 1);
    showDrive();
    changed();
}

} // namespace ui
