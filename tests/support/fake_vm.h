// SPDX-License-Identifier: GPL-3.0-or-later
// A Vm without a guest, and an image in memory: record what they were asked for and do what the
// test tells them. FakeMachine outlives them and may be asked on any thread.
#pragma once

#include "engine/base/poll_loop.h"
#include "engine/block/block_device.h"
#include "engine/host/usb_backend.h"
#include "engine/net/net_backend.h"
#include "engine/vmm/vm.h"

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <unistd.h>

namespace fakes {

class FakeScreen final : public engine::FrameSource
{
public:
    FakeScreen() { std::fill(pixels->begin(), pixels->end(), 0xff336699u); }

    engine::Frame frame() const override
    {
        engine::Frame frame;
        frame.pixels = reinterpret_cast<const std::uint8_t *>(pixels->data());
        frame.width = 4;
        frame.height = 2;
        frame.strideBytes = 16;
        frame.format = engine::PixelFormat::Xrgb32;
        frame.keepAlive = pixels;
        return frame;
    }
    engine::CursorImage cursor() const override { return {}; }
    void setListener(engine::FrameListener *value) override { listener = value; }
    void setVisible(bool value) override { isVisible = value; }
    bool takesSize() const override { return canTakeSize; }
    void wantSize(int width, int height) override { wanted = {width, height}; }
    bool isPluggedIn() const override { return isPlugged; }
    void setPluggedIn(bool value) override { isPlugged = value; }

    std::shared_ptr<std::vector<std::uint32_t>> pixels =
        std::make_shared<std::vector<std::uint32_t>>(8);
    engine::FrameListener *listener = nullptr;
    bool isVisible = true;
    bool canTakeSize = false;
    std::pair<int, int> wanted;
    bool isPlugged = true;
};

class FakeInput final : public engine::InputSink
{
public:
    void key(engine::ScanCode code, engine::KeyMotion motion) override
    {
        keys += (motion == engine::KeyMotion::Press ? '+' : '-') + std::to_string(code) + " ";
    }
    void button(engine::PointerButton, engine::KeyMotion) override { }
    void position(int, int) override { }
    void motion(int, int) override { }
    engine::PointerMode pointerMode() const override { return mode; }
    void setLockLights(bool, bool) override { }
    void moveGamepad(const engine::GamepadState &state) override { gamepad = state; }

    std::string keys;
    engine::GamepadState gamepad;
    engine::PointerMode mode = engine::PointerMode::Relative;
};

// What the test and the Vm share.
struct FakeMachine
{
    void note(const std::string &call)
    {
        const std::lock_guard lock(mutex);
        calls.push_back(call);
    }
    std::vector<std::string> seen() const
    {
        const std::lock_guard lock(mutex);
        return calls;
    }
    bool has(const std::string &call) const
    {
        const std::lock_guard lock(mutex);
        return std::find(calls.begin(), calls.end(), call) != calls.end();
    }
    // The next call of this name fails so.
    void failNext(const std::string &name, engine::Error error)
    {
        const std::lock_guard lock(mutex);
        failures[name].push_back(std::move(error));
    }
    engine::Result<> outcome(const std::string &name)
    {
        std::unique_lock lock(mutex);
        calls.push_back(name);
        opened.wait(lock, [this, &name] { return heldCall != name; });
        std::deque<engine::Error> &waiting = failures[name];
        if (waiting.empty())
            return {};
        engine::Error error = std::move(waiting.front());
        waiting.pop_front();
        return error;
    }
    // Calls of this name wait until release().
    void hold(const std::string &name)
    {
        const std::lock_guard lock(mutex);
        heldCall = name;
    }
    void release()
    {
        {
            const std::lock_guard lock(mutex);
            heldCall.clear();
        }
        opened.notify_all();
    }

    std::vector<std::unique_ptr<FakeScreen>> furtherScreens; // beside the first monitor's
    mutable std::mutex mutex;
    std::condition_variable opened;
    std::vector<std::string> calls;
    std::map<std::string, std::deque<engine::Error>> failures;
    std::string heldCall;

    engine::VmConfig config; // as the Vm was made with it, images and the TPM taken out
    bool hasTpm = false;
    std::vector<bool> hadImage;
    engine::VmEvents *events = nullptr; // while there is a Vm
    FakeScreen *screen = nullptr;
    FakeInput *input = nullptr;
    std::map<unsigned, engine::Fd> folders; // the servers' connections
    engine::ExitStatistics statistics;
    std::optional<engine::GuestMemoryUse> guestMemory;
    std::uint64_t balloonBytes = 0; // as asked for
};

class FakeVm final : public engine::Vm
{
public:
    FakeVm(FakeMachine &machine, engine::VmConfig config, engine::VmEvents &events)
        : m_machine(machine)
        , m_sinks(config.networkCards.size())
    {
        for (engine::VmDrive &drive : config.drives) {
            m_images.push_back(std::move(drive.image));
            machine.hadImage.push_back(m_images.back() != nullptr);
        }
        m_tpm = std::move(config.tpm);
        machine.hasTpm = m_tpm != nullptr;
        machine.config = std::move(config);
        machine.events = &events;
        machine.screen = &m_screen;
        machine.input = &m_input;
    }
    ~FakeVm() override
    {
        m_machine.events = nullptr;
        m_machine.screen = nullptr;
        m_machine.input = nullptr;
        m_machine.note("destroyed");
    }

    engine::Result<> resume() override { return m_machine.outcome("resume"); }
    engine::Result<> pause() override { return m_machine.outcome("pause"); }
    engine::Result<> reset() override { return m_machine.outcome("reset"); }
    void pressPowerButton() override { m_machine.note("powerButton"); }
    engine::Result<> save(int file, const std::function<bool(int)> &progressed) override
    {
        engine::Result<> result = m_machine.outcome("save");
        if (!result)
            return result;
        for (const int percent : {10, 60})
            if (!progressed(percent))
                return engine::Error(engine::ErrorKind::Cancelled, "Saving was called off");
        if (::write(file, "guest", 5) != 5)
            return engine::Error(engine::ErrorKind::Io, "no");
        return {};
    }
    engine::Result<> restore(int file) override
    {
        char text[6] = {};
        const bool isOurs = ::read(file, text, 5) == 5 && std::strcmp(text, "guest") == 0;
        m_machine.note(isOurs ? "restore guest" : "restore something else");
        return m_machine.outcome("restore");
    }
    engine::Result<> changeMedium(unsigned drive, std::shared_ptr<engine::BlockDevice> image,
                                  bool force) override
    {
        m_machine.note("medium " + std::to_string(drive) + (image ? " image" : " eject")
                       + (force ? " force" : ""));
        engine::Result<> result = m_machine.outcome("changeMedium");
        if (result)
            m_images[drive] = std::move(image);
        return result;
    }
    engine::Result<unsigned> plugUsb(std::shared_ptr<engine::UsbBackend> device) override
    {
        engine::Result<> result = m_machine.outcome("plugUsb");
        if (!result)
            return std::move(result).error();
        m_usb[m_connector] = std::move(device);
        return m_connector++;
    }
    engine::Result<unsigned> plugUsbStick(std::shared_ptr<engine::BlockDevice> image,
                                          const std::string &serial) override
    {
        m_machine.note("stick " + serial + (image->isReadOnly() ? " read-only" : ""));
        engine::Result<> result = m_machine.outcome("plugUsbStick");
        if (!result)
            return std::move(result).error();
        m_sticks[m_connector] = std::move(image);
        return m_connector++;
    }
    engine::Result<unsigned> plugGamepad(unsigned from) override
    {
        engine::Result<> result = m_machine.outcome("plugGamepad " + std::to_string(from));
        if (!result)
            return std::move(result).error();
        m_connector = std::max(m_connector, from);
        return m_connector++;
    }
    engine::Result<> unplugUsb(unsigned connector) override
    {
        m_machine.note("unplugUsb " + std::to_string(connector));
        m_usb.erase(connector);
        m_sticks.erase(connector);
        return {};
    }
    engine::net::FrameSink &cardSink(unsigned card) override { return m_sinks[card]; }
    void connectCard(unsigned card, engine::net::NetAdapter *adapter) override
    {
        m_machine.note((adapter ? "connect " : "disconnect ") + std::to_string(card));
    }
    void setLinkUp(unsigned card, bool isUp) override
    {
        m_machine.note("link " + std::to_string(card) + (isUp ? " up" : " down"));
    }
    unsigned folderPlaces() const override { return engine::VmSharedFolder::MaxPlaces; }
    void plugFolder(unsigned place, const std::string &tag) override
    {
        m_machine.note("plug " + tag + " in " + std::to_string(place));
    }
    void unplugFolder(unsigned place) override
    {
        m_machine.note("unplug " + std::to_string(place));
    }
    void connectFolder(unsigned folder, engine::Fd server) override
    {
        m_machine.note("folder " + std::to_string(folder) + (server.isOpen() ? "" : " closed"));
        const std::lock_guard lock(m_machine.mutex);
        m_machine.folders[folder] = std::move(server);
    }
    void disconnectFolder(unsigned folder) override
    {
        m_machine.note("no folder " + std::to_string(folder));
        const std::lock_guard lock(m_machine.mutex);
        m_machine.folders.erase(folder);
    }
    bool hasFolderServer(unsigned folder) const override
    {
        const std::lock_guard lock(m_machine.mutex);
        return m_machine.folders.count(folder) != 0;
    }
    std::optional<engine::GuestMemoryUse> guestMemory() override
    {
        const std::lock_guard lock(m_machine.mutex);
        return m_machine.guestMemory;
    }
    void setBalloon(std::uint64_t bytes) override
    {
        const std::lock_guard lock(m_machine.mutex);
        m_machine.balloonBytes = bytes;
    }
    unsigned screenCount() const override { return 1 + unsigned(m_machine.furtherScreens.size()); }
    engine::FrameSource &screen(unsigned number) override
    {
        return number == 0 ? m_screen : *m_machine.furtherScreens[number - 1];
    }
    engine::InputSink &input() override { return m_input; }
    engine::ExitStatistics statistics() const override
    {
        const std::lock_guard lock(m_machine.mutex);
        return m_machine.statistics;
    }
    std::string describeVcpus() override { return "rip 0"; }

private:
    struct Sink final : engine::net::FrameSink
    {
        void deliver(engine::net::Frame) override { }
        bool isReady() const override { return true; }
    };

    FakeMachine &m_machine;
    std::vector<std::shared_ptr<engine::BlockDevice>> m_images;
    std::shared_ptr<engine::TpmBackend> m_tpm;
    std::vector<Sink> m_sinks;
    std::map<unsigned, std::shared_ptr<engine::UsbBackend>> m_usb;
    std::map<unsigned, std::shared_ptr<engine::BlockDevice>> m_sticks;
    unsigned m_connector = 1;
    FakeScreen m_screen;
    FakeInput m_input;
};

// Answers everything on the io thread, with nothing.
class FakeImage final : public engine::BlockDevice
{
public:
    FakeImage(FakeMachine &machine, std::string name, engine::PollLoop &io, bool isReadOnly)
        : m_machine(machine)
        , m_name(std::move(name))
        , m_io(io)
        , m_isReadOnly(isReadOnly)
    { }
    ~FakeImage() override { m_machine.note("closed " + m_name); }

    std::uint64_t sizeBytes() const override { return 1 << 20; }
    bool isReadOnly() const override { return m_isReadOnly; }
    bool canDiscard() const override { return true; }
    void submit(engine::BlockRequest request) override
    {
        if (request.operation == engine::BlockOperation::Flush)
            m_machine.note("flush " + m_name);
        m_io.post([completed = std::move(request.completed)] { completed({}); });
    }

private:
    FakeMachine &m_machine;
    std::string m_name;
    engine::PollLoop &m_io;
    bool m_isReadOnly;
};

} // namespace fakes
