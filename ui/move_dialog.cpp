// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/move_dialog.h"

#include "engine/machine/machine_check.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>

namespace ui {

MoveDialog::MoveDialog(engine::MachineStore &store, const engine::MachineEntry &entry,
                       QWidget *parent)
    : MachineTaskDialog(tr("&Move"), parent)
    , m_store(store)
    , m_entry(entry)
{
    setObjectName(QStringLiteral("moveDialog"));
    setWindowTitle(tr("Move \"%1\"").arg(entry.displayName()));
    auto *now = new QLabel(QDir::toNativeSeparators(entry.folder), this);
    now->setTextFormat(Qt::PlainText);
    now->setWordWrap(true);
    now->setAccessibleName(tr("It is now in"));
    form()->addRow(tr("It is now in:"), now);
    m_folder = addFolderField(tr("&Into the folder:"), QFileInfo(entry.folder).absolutePath());
    m_folder->selectAll();
    check();
}

QString MoveDialog::folder() const
{
    return QDir::cleanPath(QDir::fromNativeSeparators(m_folder->text().trimmed()));
}

MachineTaskDialog::Verdict MoveDialog::verdict()
{
    const QString name = QFileInfo(m_entry.folder).fileName();
    const QString wanted = folder();
    if (m_folder->text().trimmed().isEmpty() || !QDir::isAbsolutePath(wanted))
        return {tr("Choose the folder that the machine's folder \"%1\" goes into").arg(name), {}};
    if (wanted == QFileInfo(m_entry.folder).absolutePath())
        return {tr("The machine is in that folder already. Choose another one"), {}};
    if ((wanted + u'/').startsWith(m_entry.folder + u'/'))
        return {tr("That folder is inside the machine's own. Choose another one"), {}};
    if (QFileInfo::exists(wanted + u'/' + name))
        return {tr("There is something named \"%1\" in that folder already. Choose another one")
                    .arg(name),
                {}};
    QStringList notes{
        tr("The machine will be in %1.").arg(QDir::toNativeSeparators(wanted + u'/' + name))};
    for (const engine::StorageController &controller : m_entry.definition.controllers) {
        for (const engine::StorageAttachment &attachment : controller.attachments) {
            const QString path = engine::resolvedPath(attachment, m_entry.folder);
            if (attachment.kind == engine::MediumKind::HardDisk
                && !path.startsWith(m_entry.folder + u'/'))
                notes.append(tr("\"%1\" is not in the machine's folder and stays where it is.")
                                 .arg(QDir::toNativeSeparators(path)));
        }
    }
    return {{}, notes};
}

engine::Result<engine::MachineTask *> MoveDialog::begin()
{
    return m_store.move(
        m_entry, folder(),
        [this](const engine::Result<engine::MachineEntry> &moved, const QString &leftover) {
            m_leftover = leftover;
            finished(moved);
        },
        this);
}

QString MoveDialog::failureText() const
{
    return tr("The machine \"%1\" could not be moved").arg(m_entry.displayName());
}

} // namespace ui
