// SPDX-License-Identifier: GPL-3.0-or-later
// Devices ▸ Shared Clipboard and Devices ▸ Drag and Drop: which way, and below it whether an agent
// in the guest is there to do it. The same menu opens from the status bar.
#pragma once

#include "display/guest_link.h"
#include "engine/control/control_protocol.h"

#include <QtWidgets/QMenu>

class QActionGroup;

namespace ui {

class ConsoleCommands;

enum class Sharing { Clipboard, DragAndDrop };

class SharingMenu final : public QMenu
{
    Q_OBJECT
public:
    SharingMenu(Sharing what, ConsoleCommands &commands, QWidget *parent);

    void setStatus(const engine::MachineStatus &status);
    void setAbilities(const display::GuestAbilities &abilities);

    engine::SharingMode mode() const;
    QString modeText() const; // "Both ways"
    QString agentText() const; // a sentence: that it works, or why not

signals:
    void changed();
    void filesWanted(); // to be copied to the guest

private:
    void update();

    const Sharing m_what;
    QActionGroup *m_modes;
    QAction *m_files = nullptr;
    QString m_agentWords;
    QList<QAction *> m_agent; // the same, in lines
    engine::MachineStatus m_status;
    display::GuestAbilities m_abilities;
};

} // namespace ui
