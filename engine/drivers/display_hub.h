// SPDX-License-Identifier: GPL-3.0-or-later
// One screen and one set of input devices for as many as want to look: each view is a FrameSource
// and an InputSink of its own. Behind them is what the engine has at the moment, or nothing: views
// live as long as somebody holds them, longer than the machine, or this, if they like.
//
// Views that are hidden, or have no listener, are not told of anything; when all are so, the
// engine's screen is told that nobody looks. What a view pressed is released when it goes.
//
// Main thread only; listeners are called on the engine's threads.
#pragma once

#include "engine/host/frame_source.h"
#include "engine/host/input_sink.h"

#include <memory>

namespace engine {

class DisplayHub final
{
public:
    DisplayHub();
    ~DisplayHub(); // as setTargets(nullptr, nullptr)
    DisplayHub(const DisplayHub &) = delete;
    DisplayHub &operator=(const DisplayHub &) = delete;

    // nullptr: the last picture stays, nobody is told of anything any more, keys go nowhere.
    void setTargets(FrameSource *screen, InputSink *input);

    struct View
    {
        std::unique_ptr<FrameSource> screen;
        std::unique_ptr<InputSink> input;
    };
    View makeView();

private:
    class State;
    class ScreenView;
    class InputView;

    const std::shared_ptr<State> m_state;
};

} // namespace engine
