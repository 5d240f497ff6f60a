// SPDX-License-Identifier: GPL-3.0-or-later
// Keeps the picture of an SDL window: tells the machine that it has a window, opens the display
// while there is one and the window is wanted. What ui::ConsoleDisplay is to the usual window.
#pragma once

#include "display/open_display.h"
#include "engine/control/control_client.h"

#include <QtCore/QObject>

#include <functional>
#include <memory>

namespace display {
class SdlView;
}

namespace app {

class SdlScreen final : public QObject
{
    Q_OBJECT
public:
    using OpenDisplay =
        std::function<std::unique_ptr<display::DisplaySession>(const engine::DisplayEndpoint &)>;

    SdlScreen(engine::ControlClient &client, display::SdlView &view, OpenDisplay open);
    ~SdlScreen() override;

    // Taken from whatever window shows it now, or given up.
    void setWanted(bool isWanted);
    void setStatus(const engine::MachineStatus &status);
    // The guest follows the host's pointer: by a tablet, or by its agent.
    bool isPointerAbsolute() const;
    display::DisplaySession *session() const { return m_session.get(); } // nullptr: none

signals:
    void takenAway(); // another window shows it
    void lost(const QString &reason);
    void sessionChanged(); // before an old one goes, and when a new one is there
    void pointerModeChanged();

private:
    void update();
    void open();
    void drop();
    void closed(const QString &reason);
    void turnSideways(int notches);
    QString placeholder() const;

    engine::ControlClient &m_client;
    display::SdlView &m_view;
    const OpenDisplay m_open;
    std::unique_ptr<display::DisplaySession> m_session;
    engine::MachineStatus m_status;
    bool m_isWanted = false;
    bool m_isAttached = false;
    bool m_isLost = false; // until the window is wanted again
    bool m_canTurnSideways = true; // the wheel; until the machine has said no
};

} // namespace app
