// SPDX-License-Identifier: GPL-3.0-or-later
// The gamepad of this computer that an SDL window's guest has: the first that SDL finds, and when
// it leaves the next. What hands do with it is told while the window has the focus; without it the
// guest's is let go, as its keys are. Its buttons go by their place, whatever is printed on them.
//
// Main thread only.
#pragma once

#include "engine/host/input_sink.h"

#include <functional>
#include <memory>
#include <string>

union SDL_Event;
struct _SDL_GameController;

namespace display {

class SdlGamepad final
{
public:
    // `changed`: whether there is one, or which.
    explicit SdlGamepad(std::function<void()> changed);
    ~SdlGamepad();

    // Not owned; nullptr: nobody.
    void setSink(engine::InputSink *sink);
    void setFocused(bool hasFocus);
    void handle(const SDL_Event &event);
    // Empty: there is none.
    const std::string &name() const { return m_name; }
    // SDL is to be asked for its news all the time.
    bool isInUse() const { return m_pad != nullptr && m_hasFocus; }

private:
    struct Close
    {
        void operator()(_SDL_GameController *pad) const;
    };

    void openFirst();
    void send();

    const std::function<void()> m_changed;
    engine::InputSink *m_sink = nullptr;
    std::unique_ptr<_SDL_GameController, Close> m_pad;
    std::string m_name;
    engine::GamepadState m_sent;
    bool m_hasFocus = false;
    bool m_isThere = false; // SDL has gamepads at all
};

} // namespace display
