// SPDX-License-Identifier: GPL-3.0-or-later
// The menus of drives with removable media and of network cables: rebuilt from the machine's
// status, used by the Devices menu and by the lights in the status bar.
#pragma once

#include "engine/control/control_protocol.h"

#include <QtWidgets/QMenu>

namespace ui {

class ConsoleCommands;

// One drive: its entries stand in the menu itself; several: a submenu each.
class MediumMenu final : public QMenu
{
    Q_OBJECT
public:
    // `kind`: Optical or Floppy.
    MediumMenu(engine::MediumKind kind, ConsoleCommands &commands, QWidget *parent);

    void setStatus(const engine::MachineStatus &status);
    bool hasDrives() const;

private:
    void rebuild();
    void addDrive(QMenu &menu, const engine::StorageSlot &slot,
                  const engine::StorageAttachment &drive, const QString &whyNot);
    void addRecentImages(QMenu &menu, const engine::StorageSlot &slot, const QString &current,
                         const QString &whyNot);

    const engine::MediumKind m_kind;
    ConsoleCommands &m_commands;
    engine::MachineStatus m_status;
};

class NetworkMenu final : public QMenu
{
    Q_OBJECT
public:
    NetworkMenu(ConsoleCommands &commands, QWidget *parent);

    void setStatus(const engine::MachineStatus &status);
    bool hasAdapters() const;

private:
    void rebuild();

    ConsoleCommands &m_commands;
    engine::MachineStatus m_status;
};

QString networkModeText(engine::NetworkMode mode); // "NAT"

} // namespace ui
