// SPDX-License-Identifier: GPL-3.0-or-later
// Devices ▸ Audio: whether this computer plays what the guest plays, and whether the guest hears
// its microphone. The same menu opens from the status bar.
#pragma once

#include "engine/control/control_protocol.h"

#include <QtWidgets/QMenu>

namespace ui {

class ConsoleCommands;

class AudioMenu final : public QMenu
{
    Q_OBJECT
public:
    AudioMenu(ConsoleCommands &commands, QWidget *parent);

    void setStatus(const engine::MachineStatus &status);
    bool hasCard() const { return m_status.audio != engine::AudioModel::None; }
    QAction &output() const { return *m_output; }

private:
    void update();

    QAction *m_output;
    QAction *m_input;
    engine::MachineStatus m_status;
};

} // namespace ui
