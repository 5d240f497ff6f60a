// SPDX-License-Identifier: GPL-3.0-or-later
// A machine that shows its screen to windows of other processes, over a real control socket; and
// such a window.
#pragma once

#include "engine/control/display_client.h"
#include "engine/drivers/display_hub.h"
#include "tests/support/recording_input.h"
#include "tests/support/running_machine.h"
#include "tests/support/shared_screen.h"

#include <QtCore/QRect>
#include <QtTest/QSignalSpy>

#include <cstring>

namespace fakes {

struct WindowListener final : engine::FrameListener
{
    void frameDamaged(engine::FrameRect r) override
    {
        damage.append({r.x, r.y, r.width, r.height});
    }
    void frameResized() override { ++resizes; }
    void cursorChanged() override { ++cursors; }

    QList<QRect> damage;
    int resizes = 0;
    int cursors = 0;
};

// A machine that shows a screen and has a keyboard.
struct SharedMachine
{
    SharedMachine()
    {
        input.mode = engine::PointerMode::Relative;
        hub.setTargets(&screen, &input);
        running.open("headless");
        running.driver().endpoint = {
            .kind = engine::DisplayEndpoint::Kind::InProcess, .spice = {}, .hub = &hub};
    }
    ~SharedMachine()
    {
        running.close();
        hub.setTargets(nullptr, nullptr);
    }

    // A window that does what it likes.
    RawPeer rawWindow()
    {
        RawPeer peer = RawPeer::connectedTo(running.socketPath());
        peer.send({{"id", 7}, {"method", "display.open"}});
        return peer;
    }
    bool answers()
    {
        engine::ControlClient client;
        client.connectTo(running.socketPath());
        bool hasAnswer = false;
        const bool isConnected = QTest::qWaitFor([&client] { return client.isConnected(); });
        client.call("machine.info", {}, [&hasAnswer](const engine::Result<QJsonObject> &answer) {
            hasAnswer = bool(answer);
        });
        return isConnected && QTest::qWaitFor([&hasAnswer] { return hasAnswer; });
    }

    SharedScreen screen;
    RecordingInputSink input;
    engine::DisplayHub hub;
    RunningMachine running;
};

struct SharedWindow
{
    explicit SharedWindow(SharedMachine &machine, int monitor = 0)
    {
        client.screen().setListener(&listener);
        client.connectTo(machine.running.socketPath(), monitor);
    }
    ~SharedWindow() { client.screen().setListener(nullptr); }

    bool isOpen() const { return opened.size() == 1; }
    std::uint32_t pixel(int x, int y)
    {
        const engine::Frame frame = client.screen().frame();
        std::uint32_t value = 0;
        std::memcpy(&value, frame.pixels + y * frame.strideBytes + 4 * x, 4);
        return value;
    }

    engine::DisplayClient client;
    WindowListener listener;
    QSignalSpy opened{&client, &engine::DisplayClient::opened};
    QSignalSpy closed{&client, &engine::DisplayClient::closed};
};

} // namespace fakes
