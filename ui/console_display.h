// SPDX-License-Identifier: GPL-3.0-or-later
// Keeps the window's picture: tells the machine that it has a window, opens the display when there
// is one, and says in the message bar when it is shown elsewhere or lost, with a way back.
#pragma once

#include "display/film/film_screen.h"
#include "display/open_display.h"
#include "engine/control/control_client.h"

#include <QtCore/QObject>
#include <QtCore/QTimer>

#include <functional>
#include <memory>

namespace display {
class FrameView;
}

namespace ui {

class MessageBar;

using OpenDisplay = std::function<std::unique_ptr<display::DisplaySession>(
    const engine::DisplayEndpoint &endpoint)>;

class ConsoleDisplay final : public display::FilmScreen
{
    Q_OBJECT
public:
    ConsoleDisplay(engine::ControlClient &client, display::FrameView &view, MessageBar &messages,
                   OpenDisplay open);
    ~ConsoleDisplay() override;

    // Only a window that is shown holds the display.
    void setWanted(bool isWanted);
    void setStatus(const engine::MachineStatus &status);
    // The guest follows the host's pointer: by a tablet, or by its agent.
    bool isPointerAbsolute() const;
    display::DisplaySession *session() const { return m_session.get(); } // nullptr: none
    // The picture that the view shows, for another one to look at; nullptr without a session.
    display::FrameTee *tee() const override { return m_tee.get(); }

signals:
    void pointerModeChanged();

private:
    enum class Attachment { None, Asked, Attached, Elsewhere };

    void update();
    void attach();
    void open();
    void drop();
    void lost(const QString &reason);
    void takeOver();
    void turnSideways(int notches);
    QString placeholder() const;

    engine::ControlClient &m_client;
    display::FrameView &m_view;
    MessageBar &m_messages;
    OpenDisplay m_open;
    std::unique_ptr<display::DisplaySession> m_session;
    std::unique_ptr<display::FrameTee> m_tee; // of the session's picture
    engine::MachineStatus m_status;
    Attachment m_attachment = Attachment::None;
    QTimer m_elsewhereSoon;
    bool m_isWanted = false;
    bool m_canTurnSideways = true; // the wheel; until the machine has said no
    bool m_isLost = false; // until the user asks for it again
};

} // namespace ui
