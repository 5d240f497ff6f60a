// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/shared_folders_page.h"

#include "ui/settings/shared_folders.h"

#include <QtWidgets/QFormLayout>

namespace ui {

SharedFoldersPage::SharedFoldersPage(SettingsContext &context, QWidget *parent)
    : SettingsPage(QStringLiteral("sharedFolders"), tr("Shared Folders"),
                   QStringLiteral("folder-open"), context, parent)
    , m_folders(new SharedFolders(this))
{
    QFormLayout *form = makePageForm();
    addField(*form, QStringLiteral("sharedFolders"),
             {tr("&Folders:"), tr("The guest works in them with your rights on this computer"),
              tr("shared folder virtiofs mount exchange files host read-only automount")},
             m_folders, m_folders->list());
    addHint(*form,
            tr("Linux guests mount a folder by its name (virtio-fs). Machines with shared folders "
               "run on QEMU."));
    connect(m_folders, &SharedFolders::edited, this, &SharedFoldersPage::edited);
}

void SharedFoldersPage::load(const engine::MachineDefinition &definition)
{
    m_folders->setFolders(definition.sharedFolders);
}

void SharedFoldersPage::save(engine::MachineDefinition &definition) const
{
    definition.sharedFolders = m_folders->folders();
}

} // namespace ui
