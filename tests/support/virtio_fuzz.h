// SPDX-License-Identifier: GPL-3.0-or-later
// A virtio driver that has gone mad: begins as a good one, so that the device listens, and then
// does what a fuzzer's bytes say, to rings, registers and configuration space.
#pragma once

#include "tests/support/fuzz_input.h"
#include "tests/support/saved_device.h"
#include "tests/support/virtio_driver.h"

#include <functional>

namespace tests {

class VirtioFuzz final
{
public:
    static constexpr std::size_t RamBytes = 64 * 1024;

    // `other` is whatever else the device has: an answer of its disk, a frame.
    VirtioFuzz(engine::virtio::VirtioPci &device, VirtioBoard &board,
               std::function<void(FuzzInput &)> other)
        : m_device(device)
        , m_board(board)
        , m_driver(device, board)
        , m_other(std::move(other))
    { }

    // Buffers go to any queue, not to the first two.
    void offerAnywhere() { m_offersAnywhere = true; }
    // Ends what is under way at the host, as it does before a state is saved.
    void settleBy(std::function<void()> settle) { m_settle = std::move(settle); }

    void run(FuzzInput input)
    {
        start(input);
        while (!input.isAtEnd())
            step(input);
        start(input);
    }

private:
    static constexpr std::uint64_t Window = VirtioDriver::BarAddress;

    void start(FuzzInput &input)
    {
        m_board.connect(m_device);
        m_driver.plugIn();
        const std::uint64_t wanted = input.number(4) | VirtioDriver::Version1;
        m_isStarted = m_driver.start(wanted & m_driver.offeredFeatures(), 8);
        m_queues = unsigned(m_driver.common(0x12, 2));
    }

    void step(FuzzInput &input)
    {
        switch (input.byte() % 10) {
        case 0:
            return offer(input);
        case 1:
            if (m_isStarted)
                m_driver.notify(input.byte() % m_queues);
            return;
        case 2: {
            const std::uint64_t at = input.number(2);
            const auto bytes = input.take(input.byte());
            if (at + bytes.size() <= m_board.ram.size())
                std::copy(bytes.begin(), bytes.end(), m_board.ram.at(at));
            return;
        }
        case 3: {
            const std::uint64_t at = input.number(2) % engine::virtio::VirtioPci::BarBytes;
            const unsigned size = 1u << (input.byte() % 4);
            m_board.memory.write(Window + at, size, input.number(size));
            return;
        }
        case 4: {
            const std::uint64_t at = input.number(2) % engine::virtio::VirtioPci::BarBytes;
            m_board.memory.read(Window + at, 1u << (input.byte() % 4));
            return;
        }
        case 5: {
            const unsigned size = 1u << (input.byte() % 3);
            const std::uint32_t at = input.byte() & ~(size - 1);
            m_driver.config(at, size, std::uint32_t(input.number(size)));
            m_driver.config(at, size);
            return;
        }
        case 6:
            return m_other(input);
        case 7:
            return start(input);
        case 8: {
            const std::uint8_t what = input.byte();
            if (what >= 0xe0)
                return saveAndLoad(input);
            if (what < 0xc0)
                return setRunning(what % 4 != 0);
            const std::lock_guard lock(m_device.lock());
            const unsigned size = 1u << (what % 3);
            const unsigned at = input.byte() & ~(size - 1);
            m_device.configWrite(at, size, std::uint32_t(input.number(size)));
            m_device.configRead(at, size);
            return;
        }
        case 9:
            if (m_isStarted)
                m_driver.makeAvailable(input.byte() % m_queues, std::uint16_t(input.byte() % 16));
            return;
        }
    }

    void setRunning(bool isRunning)
    {
        const std::lock_guard lock(m_device.lock());
        m_device.setRunning(isRunning);
    }

    // With a few bytes changed.
    void saveAndLoad(FuzzInput &input)
    {
        setRunning(false);
        if (m_settle)
            m_settle();
        std::vector<std::uint8_t> saved = savedBytes(m_device);
        for (unsigned changes = input.byte() % 4u; changes > 0; --changes) {
            const std::size_t at = std::size_t(input.number(2)) % saved.size();
            saved[at] = input.byte();
        }
        resetDevice(m_device);
        if (!loadBytes(m_device, std::move(saved)))
            resetDevice(m_device);
        setRunning(true);
    }

    // A chain as drivers make them, with any contents.
    void offer(FuzzInput &input)
    {
        if (!m_isStarted)
            return;
        const std::uint8_t kind = input.byte();
        std::vector<VirtioBuffer> buffers;
        for (unsigned i = 0; i <= kind % 4u; ++i) {
            const auto length = std::uint32_t(input.number(2) % 8192);
            const std::uint64_t address = m_driver.allocate(length);
            const auto bytes = input.take(std::min<std::size_t>(length, 32));
            std::copy(bytes.begin(), bytes.end(), m_board.ram.at(address));
            buffers.push_back({address, length, ((kind >> (2 + i)) & 1) != 0});
        }
        const unsigned queue = m_offersAnywhere ? input.byte() : kind >> 7;
        m_driver.offer(queue % m_queues, buffers, (kind & 0x40) != 0);
    }

    engine::virtio::VirtioPci &m_device;
    VirtioBoard &m_board;
    VirtioDriver m_driver;
    std::function<void(FuzzInput &)> m_other;
    std::function<void()> m_settle;
    bool m_offersAnywhere = false;
    bool m_isStarted = false;
    unsigned m_queues = 1;
};

} // namespace tests
