// SPDX-License-Identifier: GPL-3.0-or-later
// The network card on a board of its own, between a network that remembers and a driver as a guest
// has one: rings of descriptors, buffers, registers.
#pragma once

#include "engine/devices/e1000/e1000.h"
#include "tests/support/board_fakes.h"
#include "tests/support/saved_device.h"

#include <memory>
#include <numeric>
#include <optional>
#include <vector>

namespace tests {

// Remembers what the guest sends.
struct RecordingNetwork final : engine::net::NetBackend
{
    void send(engine::net::Frame frame) override
    {
        frames.emplace_back(frame.begin(), frame.end());
    }
    std::vector<engine::net::FrameBuffer> frames;
};

struct E1000Board
{
    static constexpr std::uint64_t RamBytes = 1u << 20;
    static constexpr std::uint64_t ReceiveRing = 0x1000;
    static constexpr std::uint64_t TransmitRing = 0x2000;
    static constexpr std::uint64_t ReceiveBuffers = 0x10000; // 2 KiB each
    static constexpr std::uint64_t TransmitBuffers = 0x40000;
    static constexpr std::uint32_t RingCount = 32;
    static constexpr std::array<std::uint8_t, 6> Mac = {0x52, 0x54, 0, 0x12, 0x34, 0x56};

    engine::Bus memory;
    engine::Bus ports;
    RecordingIrq irq;
    FakeMapper mapper;
    FakeRam ram{RamBytes};
    ManualClock clock;
    std::unique_ptr<engine::net::NetLoop> loop = *engine::PollLoop::start("network");
    engine::e1000::E1000 card{"e1000-0", Mac, true, clock, *loop};
    engine::net::NetAdapter adapter{card};
    RecordingNetwork *network = nullptr;
    std::uint32_t transmitTail = 0;
    std::uint32_t receiveNext = 0; // the next one to be looked at
    std::uint64_t freeBytes = TransmitBuffers;

    E1000Board()
    {
        card.connect({.memory = &memory,
                      .ports = &ports,
                      .ram = &ram.memory,
                      .interruptPin = &irq,
                      .mapper = &mapper});
        resetDevice(card);
        setRunning(true);
        auto backend = std::make_unique<RecordingNetwork>();
        network = backend.get();
        loop->run([&] {
            adapter.setBackend(std::move(backend));
            loop->add(&adapter);
            card.connectCard(&adapter);
        });
    }
    ~E1000Board()
    {
        loop->run([&] {
            card.connectCard(nullptr);
            loop->remove(&adapter);
        });
    }

    void setRunning(bool isRunning)
    {
        const std::lock_guard lock(card.lock());
        card.setRunning(isRunning);
    }
    std::uint32_t read(std::uint32_t offset)
    {
        const std::lock_guard lock(card.lock());
        return std::uint32_t(card.read(engine::e1000::E1000::MemoryBar, offset, 4));
    }
    void write(std::uint32_t offset, std::uint32_t value)
    {
        const std::lock_guard lock(card.lock());
        card.write(engine::e1000::E1000::MemoryBar, offset, 4, value);
    }
    // Everything that was asked for so far has happened.
    void settle()
    {
        for (int i = 0; i < 4; ++i)
            loop->run([] {});
    }

    // Bus master, both rings, all interrupts but throttled by nothing.
    void bringUp(std::uint32_t receiveControl = engine::e1000::ReceiveBroadcast
                     | engine::e1000::ReceiveStripChecksum)
    {
        using namespace engine::e1000;
        {
            const std::lock_guard lock(card.lock());
            card.configWrite(4, 2, 7);
        }
        for (std::uint32_t i = 0; i < RingCount; ++i)
            engine::storeLe(ram.at(ReceiveRing + 16 * i), ReceiveBuffers + 2048 * i);
        write(ReceiveBaseLow, std::uint32_t(ReceiveRing));
        write(ReceiveLength, RingCount * 16);
        write(ReceiveHead, 0);
        write(ReceiveTail, RingCount - 1);
        write(ReceiveControl, receiveControl | ReceiveOn);
        write(TransmitBaseLow, std::uint32_t(TransmitRing));
        write(TransmitLength, RingCount * 16);
        write(TransmitHead, 0);
        write(TransmitTail, 0);
        write(TransmitControl, TransmitOn | TransmitPad);
        write(InterruptMask, 0xffff);
        read(InterruptCause);
        settle();
    }

    std::uint64_t put(const std::vector<std::uint8_t> &bytes)
    {
        if (freeBytes + bytes.size() > RamBytes)
            freeBytes = TransmitBuffers;
        std::copy(bytes.begin(), bytes.end(), ram.at(freeBytes));
        return std::exchange(freeBytes, freeBytes + (bytes.size() + 15) / 16 * 16);
    }
    // A descriptor: its address (or the first half of a context), and the two other words.
    void offer(std::uint64_t first, std::uint32_t command, std::uint32_t rest)
    {
        std::uint8_t *const at = ram.at(TransmitRing + 16 * transmitTail);
        engine::storeLe(at, first);
        engine::storeLe(at + 8, command);
        engine::storeLe(at + 12, rest);
        transmitTail = (transmitTail + 1) % RingCount;
    }
    void offerLegacy(const std::vector<std::uint8_t> &bytes, std::uint8_t command,
                     std::uint8_t checksumPlace = 0, std::uint8_t checksumStart = 0,
                     std::uint16_t vlan = 0)
    {
        offer(put(bytes),
              std::uint32_t(bytes.size()) | std::uint32_t(checksumPlace) << 16
                  | std::uint32_t(command) << 24,
              std::uint32_t(checksumStart) << 8 | std::uint32_t(vlan) << 16);
    }
    void send()
    {
        write(engine::e1000::TransmitTail, transmitTail);
        settle();
    }
    std::vector<engine::net::FrameBuffer> sent()
    {
        std::vector<engine::net::FrameBuffer> frames;
        loop->run([&] { frames = std::exchange(network->frames, {}); });
        return frames;
    }

    void deliver(const engine::net::FrameBuffer &frame) { deliverAll({frame}); }
    // In one round of the loop's.
    void deliverAll(const std::vector<engine::net::FrameBuffer> &frames)
    {
        loop->run([&] {
            for (const engine::net::FrameBuffer &frame : frames)
                adapter.deliver(frame);
        });
        settle();
    }
    struct Received
    {
        std::vector<std::uint8_t> bytes;
        std::uint8_t status = 0;
        std::uint16_t vlan = 0;
    };
    // The next descriptor that the card is done with.
    std::optional<Received> takeReceived()
    {
        std::uint8_t *const at = ram.at(ReceiveRing + 16 * receiveNext);
        if ((at[12] & engine::e1000::ReceivedDone) == 0)
            return std::nullopt;
        Received received;
        const std::uint8_t *const buffer = ram.at(engine::loadLe<std::uint64_t>(at));
        received.bytes.assign(buffer, buffer + engine::loadLe<std::uint16_t>(at + 8));
        received.status = at[12];
        received.vlan = engine::loadLe<std::uint16_t>(at + 14);
        at[12] = 0;
        receiveNext = (receiveNext + 1) % RingCount;
        return received;
    }
};

// Another computer on the cable.
constexpr engine::net::MacAddress Other = {0x52, 0x55, 10, 0, 2, 2};

// IPv4 by its type, and counting bytes.
inline engine::net::FrameBuffer frameTo(const std::array<std::uint8_t, 6> &target, std::size_t size)
{
    engine::net::FrameBuffer frame(size);
    std::iota(frame.begin(), frame.end(), std::uint8_t(0));
    std::copy(target.begin(), target.end(), frame.begin());
    std::copy(Other.begin(), Other.end(), frame.begin() + 6);
    frame[12] = 0x08;
    frame[13] = 0x00;
    return frame;
}

} // namespace tests
