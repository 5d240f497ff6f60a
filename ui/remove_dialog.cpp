// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/remove_dialog.h"

#include "engine/machine/machine_check.h"
#include "ui/icons.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QSet>
#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QVBoxLayout>

namespace ui {

QStringList filesToDelete(const engine::MachineEntry &entry, const engine::MachineStore &store)
{
    QStringList files;
    if (entry.isAccessible()) {
        QSet<QString> others;
        const QList<engine::MachineEntry> machines = store.machines();
        for (const engine::MachineEntry &machine : machines) {
            if (machine.folder == entry.folder)
                continue;
            for (const engine::StorageController &controller : machine.definition.controllers)
                for (const engine::StorageAttachment &attachment : controller.attachments)
                    others.insert(QDir::cleanPath(resolvedPath(attachment, machine.folder)));
        }
        for (const engine::StorageController &controller : entry.definition.controllers) {
            for (const engine::StorageAttachment &attachment : controller.attachments) {
                const QString path = QDir::cleanPath(resolvedPath(attachment, entry.folder));
                if (attachment.kind == engine::MediumKind::HardDisk && QFileInfo::exists(path)
                    && !others.contains(path))
                    files.append(path);
            }
        }
    }
    const QDir folder(entry.folder);
    for (const char *name : {"snapshots", "saved", "nvram", "Logs"})
        if (folder.exists(QString::fromLatin1(name)))
            files.append(folder.filePath(QString::fromLatin1(name)));
    if (QFileInfo::exists(entry.definitionPath))
        files.append(entry.definitionPath);
    return files;
}

RemoveDialog::RemoveDialog(const engine::MachineEntry &entry, const QStringList &files,
                           QWidget *parent)
    : QDialog(parent)
{
    setObjectName(QStringLiteral("removeDialog"));
    setWindowTitle(tr("Remove Machine"));

    auto *picture = new QLabel(this);
    picture->setPixmap(
        icon(QStringLiteral("dialog-warning")).pixmap(QSize(48, 48), devicePixelRatioF()));
    auto *title = new QLabel(tr("Remove \"%1\"?").arg(entry.displayName()), this);
    title->setTextFormat(Qt::PlainText);
    title->setWordWrap(true);
    QFont bold = title->font();
    bold.setBold(true);
    title->setFont(bold);
    auto *text = new QLabel(
        entry.isAccessible()
            ? tr("Off the list, the machine stays on this computer and can be added again.\n"
                 "Deleting all files cannot be undone. These will be gone:")
            : tr("The machine's file cannot be read, so its disks are not known and its files are "
                 "not deleted from here. The folder stays and can be added again."),
        this);
    text->setWordWrap(true);

    auto *list = new QListWidget(this);
    list->setObjectName(QStringLiteral("files"));
    list->setAccessibleName(tr("Files that will be deleted"));
    list->setSelectionMode(QAbstractItemView::NoSelection);
    list->setTextElideMode(Qt::ElideMiddle);
    list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    for (const QString &file : files) {
        const bool isDisk = QFileInfo(file).isFile() && file != entry.definitionPath;
        auto *item = new QListWidgetItem(
            icon(isDisk ? QStringLiteral("drive-harddisk") : QStringLiteral("text-x-log")),
            QDir::toNativeSeparators(file), list);
        item->setToolTip(file);
    }
    list->setVisible(entry.isAccessible());
    list->setMinimumHeight(96);

    auto *buttons = new QDialogButtonBox(this);
    QPushButton *remove =
        buttons->addButton(tr("&Remove from the list"), QDialogButtonBox::ActionRole);
    remove->setObjectName(QStringLiteral("unregister"));
    QPushButton *destroy =
        buttons->addButton(tr("&Delete all files"), QDialogButtonBox::DestructiveRole);
    destroy->setObjectName(QStringLiteral("delete"));
    destroy->setIcon(icon(QStringLiteral("edit-delete")));
    destroy->setVisible(entry.isAccessible());
    QPushButton *cancel = buttons->addButton(QDialogButtonBox::Cancel);
    cancel->setDefault(true);
    for (QPushButton *button : {remove, destroy})
        button->setAutoDefault(false);
    cancel->setFocus();
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(remove, &QPushButton::clicked, this, [this] {
        accept();
        emit unregisterChosen();
    });
    connect(destroy, &QPushButton::clicked, this, [this] {
        accept();
        emit deleteChosen();
    });

    auto *words = new QVBoxLayout;
    words->addWidget(title);
    words->addWidget(text);
    words->addWidget(list, 1);
    auto *top = new QHBoxLayout;
    top->setSpacing(14);
    top->addWidget(picture, 0, Qt::AlignTop);
    top->addLayout(words, 1);
    auto *layout = new QVBoxLayout(this);
    layout->addLayout(top, 1);
    layout->addSpacing(6);
    layout->addWidget(buttons);
    resize(560, sizeHint().height());
}

} // namespace ui
