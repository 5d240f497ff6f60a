// SPDX-License-Identifier: GPL-3.0-or-later
// SDL's events out of Qt's event loop, with nobody polling: what wakes the loop is the descriptor
// of SDL's own connection to the X server or the compositor. What SDL has read already is looked
// for whenever the loop is about to wait. Some things SDL does by time (on X11 it tells of a focus
// that has gone 200 ms later, on Wayland it repeats keys): so it is also asked for a while after
// each event. Where there is no descriptor it is asked all the time; so it is, more often, while a
// gamepad is used, whose news only SDL sees. That one has come or gone is seen in /dev/input.
//
// Main thread only.
#pragma once

#include <QtCore/QFileSystemWatcher>
#include <QtCore/QObject>
#include <QtCore/QTimer>

#include <functional>
#include <memory>

class QSocketNotifier;
struct SDL_Window;
union SDL_Event;

namespace display {

// Of the connection that SDL shows the window over; -1: none that tells.
int sdlConnection(SDL_Window &window);
// The window as the X server calls it; 0 elsewhere.
unsigned long sdlX11Window(SDL_Window &window);

class SdlEvents final : public QObject
{
    Q_OBJECT
public:
    using Handler = std::function<void(const SDL_Event &)>;
    SdlEvents(SDL_Window &window, Handler handler);
    ~SdlEvents() override;

    void setBusy(bool isBusy); // with a gamepad

private:
    void look();
    void handleAll();
    void lookForAWhile();

    Handler m_handler;
    std::unique_ptr<QSocketNotifier> m_connection;
    QFileSystemWatcher m_gamepads;
    QTimer m_again;
    int m_quietLooks = 0;
    bool m_isPosted = false;
    bool m_isBusy = false;
};

} // namespace display
