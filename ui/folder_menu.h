// SPDX-License-Identifier: GPL-3.0-or-later
// Devices ▸ Shared Folders: what the guest has of this computer's, each with the command that
// mounts it there, and one more.
#pragma once

#include "engine/control/control_protocol.h"

#include <QtWidgets/QMenu>

namespace ui {

class ConsoleCommands;

class FolderMenu final : public QMenu
{
    Q_OBJECT
public:
    FolderMenu(ConsoleCommands &commands, QWidget *parent);

    void setStatus(const engine::MachineStatus &status);

private:
    void rebuild();
    void addFolder(const engine::MachineFolder &folder, const QString &whyNot);

    ConsoleCommands &m_commands;
    engine::MachineStatus m_status;
};

} // namespace ui
