// SPDX-License-Identifier: GPL-3.0-or-later
// Devices ▸ USB: what is plugged into this computer, with a check mark at what the guest has. The
// list is the machine's process's own; it follows what is plugged in, also while it is open.
#pragma once

#include "engine/control/control_client.h"
#include "engine/control/machine_usb.h"

#include <QtWidgets/QMenu>

namespace ui {

class ConsoleCommands;

class UsbMenu final : public QMenu
{
    Q_OBJECT
public:
    UsbMenu(engine::ControlClient &client, ConsoleCommands &commands, QWidget *parent);

    void setStatus(const engine::MachineStatus &status);

private:
    void ask();
    void rebuild();
    void addChoice(const engine::UsbChoice &choice, const QString &whyNot);

    engine::ControlClient &m_client;
    ConsoleCommands &m_commands;
    engine::MachineStatus m_status;
    QList<engine::UsbChoice> m_choices;
    bool m_isKnown = false; // the machine has answered
};

} // namespace ui
