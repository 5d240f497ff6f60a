// SPDX-License-Identifier: GPL-3.0-or-later
// Settings ▸ Shared Folders: folders of this computer that the guest can mount.
#pragma once

#include "ui/settings/settings_page.h"

namespace ui {

class SharedFolders;

class SharedFoldersPage final : public SettingsPage
{
    Q_OBJECT
public:
    SharedFoldersPage(SettingsContext &context, QWidget *parent);

    void load(const engine::MachineDefinition &definition) override;
    void save(engine::MachineDefinition &definition) const override;

private:
    SharedFolders *m_folders;
};

} // namespace ui
