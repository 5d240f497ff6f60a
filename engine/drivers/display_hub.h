// SPDX-License-Identifier: GPL-3.0-or-later
// One screen, or those of several monitors, and one set of input devices for as many as want to
// look: each view is a FrameSource and an InputSink of its own, for one monitor. Behind them is
// what the engine has at the moment, or nothing: views live as long as somebody holds them, longer
// than the machine, or this, if they like.
//
// The agent of the guest's desktop (spice-vdagent) has one client at a time: the view that asked
// for it last. When that one goes, the one before has it again.
//
// The guest has one gamepad, too: that of the view that got one last, and then that of the one
// before.
//
// Views that are hidden, or have no listener, are not told of anything; when all of a monitor are
// so, the engine's screen is told that nobody looks. What a view pressed is released when it goes.
//
// Main thread only; listeners are called on the engine's threads.
#pragma once

#include "engine/base/fd.h"
#include "engine/host/frame_source.h"
#include "engine/host/input_sink.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace engine {

class DisplayHub final
{
public:
    DisplayHub();
    ~DisplayHub(); // as setTargets(nullptr, nullptr)
    DisplayHub(const DisplayHub &) = delete;
    DisplayHub &operator=(const DisplayHub &) = delete;

    static constexpr unsigned MaxMonitors = 4;

    // nullptr: the last picture stays, nobody is told of anything any more, keys go nowhere.
    void setTargets(FrameSource *screen, InputSink *input);
    // Of up to MaxMonitors monitors.
    void setTargets(const std::vector<FrameSource *> &screens, InputSink *input);

    // Makes a new connection to the agent, which ends the one before; its stream carries the
    // agent's messages both ways, without chunks (engine/host/vdagent_protocol.h), and ends when
    // the agent does. Empty: there is no agent.
    using ConnectAgent = std::function<Fd()>;
    void setAgent(ConnectAgent connect);

    // Called on the main thread when the guest is to have a gamepad, another one's name, or none
    // any more; and at once, when there is one.
    using WantGamepad = std::function<void(const std::optional<std::string> &name)>;
    void setGamepadPort(WantGamepad want);

    class AgentView
    {
    public:
        virtual ~AgentView() = default;
        // Gets a connection whenever this view has the agent anew. Called on the main thread, also
        // before this returns. Empty: the agent is not wanted anymore.
        using Taker = std::function<void(Fd stream)>;
        virtual void setTaker(Taker taker) = 0;
    };
    struct View
    {
        std::unique_ptr<FrameSource> screen;
        std::unique_ptr<InputSink> input;
        std::unique_ptr<AgentView> agent;
    };
    // A monitor that is not there shows nothing.
    View makeView(unsigned monitor = 0);

private:
    class State;
    class Monitor;
    class ScreenView;
    class InputView;
    class SharedAgent;

    const std::shared_ptr<State> m_state;
};

} // namespace engine
