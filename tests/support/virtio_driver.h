// SPDX-License-Identifier: GPL-3.0-or-later
// A virtio driver, as a guest has one: finds the registers through the capabilities, agrees on
// features, lays rings into memory, offers buffers and takes them back (VIRTIO 1.1, 3.1.1 and 2.6).
// And the board around the device, without a virtual machine.
#pragma once

#include "engine/devices/virtio/virtio_pci.h"
#include "tests/support/board_fakes.h"
#include "tests/support/fake_doorbells.h"

#include <array>
#include <atomic>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tests {

// Where messages go without the device; it only remembers.
struct FakeMsiEvents final : engine::MsiEvents
{
    bool connectEvent(int eventFd, const engine::MsiMessage &message) override
    {
        if (isProvided)
            connected[eventFd] = message;
        return isProvided;
    }
    void disconnectEvent(int eventFd) override { connected.erase(eventFd); }
    bool isProvided = false;
    std::map<int, engine::MsiMessage> connected;
};

// Ram: FakeRam, or what has the same functions.
template <class Ram>
struct VirtioBoardOn
{
    explicit VirtioBoardOn(std::size_t ramBytes = 1u << 20)
        : ram(ramBytes)
    { }
    void connect(engine::virtio::VirtioPci &device)
    {
        device.connect({.memory = &memory,
                        .ports = &ports,
                        .ram = &ram.memory,
                        .interruptPin = &irq,
                        .msi = &msi,
                        .doorbells = &doorbells,
                        .msiEvents = &events});
        const std::lock_guard lock(device.lock());
        device.reset();
        device.setRunning(true);
    }

    engine::Bus memory;
    engine::Bus ports;
    Ram ram;
    RecordingIrq irq;
    RecordingMsi msi;
    FakeDoorbells doorbells;
    FakeMsiEvents events;
};
using VirtioBoard = VirtioBoardOn<FakeRam>;

struct VirtioBuffer
{
    std::uint64_t address = 0;
    std::uint32_t length = 0;
    bool isWritable = false; // by the device
};

template <class Ram>
class VirtioDriverOn final
{
public:
    static constexpr std::uint64_t BarAddress = 0xfebf0000;
    static constexpr std::uint64_t Version1 = engine::virtio::FeatureVersion1;
    static constexpr std::uint16_t NoVector = 0xffff;

    struct Used
    {
        std::uint32_t head = 0;
        std::uint32_t written = 0;
    };

    VirtioDriverOn(engine::virtio::VirtioPci &device, VirtioBoardOn<Ram> &board)
        : m_device(device)
        , m_board(board)
    {
        board.connect(device);
        findCapabilities();
        plugIn();
    }
    // What firmware does: an address, and access to memory both ways.
    void plugIn()
    {
        config(0x10 + 4 * m_bar, 4, BarAddress);
        config(4, 2, 6);
    }
    unsigned bar() const { return m_bar; }

    void config(std::uint32_t offset, unsigned size, std::uint32_t value)
    {
        const std::lock_guard lock(m_device.lock());
        m_device.configWrite(offset, size, value);
    }
    std::uint32_t config(std::uint32_t offset, unsigned size)
    {
        const std::lock_guard lock(m_device.lock());
        return m_device.configRead(offset, size);
    }

    // Offsets in the BAR by capability type; 0xffffffff: there is none.
    std::uint32_t capability(int type) const
    {
        const auto found = m_capabilities.find(type);
        return found == m_capabilities.end() ? 0xffffffff : found->second;
    }
    std::uint32_t windowCapability() const { return m_window; } // in configuration space

    std::uint64_t common(std::uint32_t offset, unsigned size)
    {
        return m_board.memory.read(BarAddress + capability(1) + offset, size);
    }
    void common(std::uint32_t offset, unsigned size, std::uint64_t value)
    {
        m_board.memory.write(BarAddress + capability(1) + offset, size, value);
    }
    std::uint8_t isr() { return std::uint8_t(m_board.memory.read(BarAddress + capability(3), 1)); }
    std::uint64_t deviceConfig(std::uint32_t offset, unsigned size)
    {
        return m_board.memory.read(BarAddress + capability(4) + offset, size);
    }
    void deviceConfig(std::uint32_t offset, unsigned size, std::uint64_t value)
    {
        m_board.memory.write(BarAddress + capability(4) + offset, size, value);
    }
    std::uint8_t status() { return std::uint8_t(common(0x14, 1)); }
    void setStatus(std::uint8_t status) { common(0x14, 1, status); }

    std::uint64_t offeredFeatures()
    {
        common(0x00, 4, 0);
        const std::uint64_t low = common(0x04, 4);
        common(0x00, 4, 1);
        return low | (common(0x04, 4) << 32);
    }
    // From reset to FEATURES_OK; whether the device agreed.
    bool negotiate(std::uint64_t features)
    {
        setStatus(0);
        m_rings.clear();
        m_features = features;
        setStatus(1);
        setStatus(3);
        for (std::uint32_t half = 0; half < 2; ++half) {
            common(0x08, 4, half);
            common(0x0c, 4, (features >> (32 * half)) & 0xffffffff);
        }
        setStatus(11);
        return (status() & 8) != 0;
    }
    void setUpQueue(unsigned index, std::uint16_t size = 0, std::uint16_t vector = NoVector)
    {
        common(0x16, 2, index);
        if (size != 0)
            common(0x18, 2, size);
        Ring ring;
        ring.size = std::uint16_t(common(0x18, 2));
        ring.descriptors = allocate(16u * ring.size, 4096);
        ring.available = allocate(6 + 2u * ring.size, 2);
        ring.used = allocate(6 + 8u * ring.size, 4);
        std::memset(m_board.ram.at(ring.available), 0, 6 + 2u * ring.size);
        std::memset(m_board.ram.at(ring.used), 0, 6 + 8u * ring.size);
        common(0x1a, 2, vector);
        common(0x20, 4, ring.descriptors);
        common(0x24, 4, 0);
        common(0x28, 8, ring.available);
        common(0x30, 8, ring.used);
        ring.notify = BarAddress + capability(2) + std::uint32_t(common(0x1e, 2)) * m_multiplier;
        common(0x1c, 2, 1);
        m_rings[index] = ring;
    }
    void ready() { setStatus(15); }
    // All of it, every queue as large as the device has it; whether it worked.
    bool start(std::uint64_t features = Version1, std::uint16_t size = 0)
    {
        if (!negotiate(features))
            return false;
        for (unsigned i = 0; i < common(0x12, 2); ++i)
            setUpQueue(i, size);
        ready();
        return status() == 15;
    }

    // Fresh guest memory; it comes round when there is no more.
    std::uint64_t allocate(std::size_t bytes, std::uint64_t alignment = 16)
    {
        m_free = (m_free + alignment - 1) / alignment * alignment;
        if (m_free + bytes > m_board.ram.size())
            m_free = FirstFree;
        return std::exchange(m_free, m_free + bytes);
    }
    std::uint64_t put(const std::vector<std::uint8_t> &bytes)
    {
        const std::uint64_t address = allocate(bytes.size());
        std::copy(bytes.begin(), bytes.end(), m_board.ram.at(address));
        return address;
    }
    std::vector<std::uint8_t> get(std::uint64_t address, std::size_t bytes)
    {
        const std::uint8_t *from = m_board.ram.at(address);
        return {from, from + bytes};
    }

    // A chain becomes available; nobody is notified. Its head is the answer.
    std::uint16_t offer(unsigned queue, const std::vector<VirtioBuffer> &buffers,
                        bool isIndirect = false)
    {
        Ring &ring = m_rings.at(queue);
        const std::uint16_t head = ring.nextDescriptor;
        if (isIndirect) {
            const std::uint64_t table = allocate(16 * buffers.size());
            for (std::size_t i = 0; i < buffers.size(); ++i)
                writeDescriptor(table + 16 * i, buffers[i], i + 1 < buffers.size(), i + 1);
            writeDescriptor(ring.descriptors + 16u * head,
                            {table, std::uint32_t(16 * buffers.size()), false}, false, 0, 4);
            advance(ring);
        } else {
            for (std::size_t i = 0; i < buffers.size(); ++i) {
                const std::uint16_t at = ring.nextDescriptor;
                advance(ring);
                writeDescriptor(ring.descriptors + 16u * at, buffers[i], i + 1 < buffers.size(),
                                ring.nextDescriptor);
            }
        }
        makeAvailable(queue, head);
        return head;
    }
    void writeDescriptor(std::uint64_t at, const VirtioBuffer &buffer, bool hasNext,
                         std::size_t next, std::uint16_t flags = 0)
    {
        std::uint8_t *raw = m_board.ram.at(at);
        engine::storeLe(raw, buffer.address);
        engine::storeLe(raw + 8, buffer.length);
        engine::storeLe(raw + 12,
                        std::uint16_t(flags | (hasNext ? 1 : 0) | (buffer.isWritable ? 2 : 0)));
        engine::storeLe(raw + 14, std::uint16_t(next));
    }
    void makeAvailable(unsigned queue, std::uint16_t head)
    {
        Ring &ring = m_rings.at(queue);
        engine::storeLe(m_board.ram.at(ring.available + 4 + 2u * (ring.nextAvailable % ring.size)),
                        head);
        ++ring.nextAvailable;
        // Whoever serves the ring may look at any time.
        std::atomic_ref(*reinterpret_cast<std::uint16_t *>(m_board.ram.at(ring.available + 2)))
            .store(ring.nextAvailable, std::memory_order_release);
    }
    // By the eventfd where the device has one, else by the write.
    void notify(unsigned queue)
    {
        const std::uint64_t address = m_rings.at(queue).notify;
        if (!m_board.doorbells.ring(address, 2, queue))
            m_board.memory.write(address, 2, queue);
    }
    std::optional<Used> takeUsed(unsigned queue)
    {
        Ring &ring = m_rings.at(queue);
        if (usedIndex(queue) == ring.nextUsed)
            return std::nullopt;
        const std::uint8_t *entry =
            m_board.ram.at(ring.used + 4 + 8u * (ring.nextUsed % ring.size));
        ++ring.nextUsed;
        if ((m_features & engine::virtio::FeatureEventIndex) != 0) // an interrupt for the next one
            setUsedEvent(queue, ring.nextUsed);
        return Used{engine::loadLe<std::uint32_t>(entry), engine::loadLe<std::uint32_t>(entry + 4)};
    }
    std::uint16_t usedIndex(unsigned queue)
    {
        return engine::loadLe<std::uint16_t>(m_board.ram.at(m_rings.at(queue).used + 2));
    }
    std::uint16_t usedFlags(unsigned queue)
    {
        return engine::loadLe<std::uint16_t>(m_board.ram.at(m_rings.at(queue).used));
    }
    std::uint16_t availableEvent(unsigned queue)
    {
        const Ring &ring = m_rings.at(queue);
        return engine::loadLe<std::uint16_t>(m_board.ram.at(ring.used + 4 + 8u * ring.size));
    }
    void setUsedEvent(unsigned queue, std::uint16_t index)
    {
        const Ring &ring = m_rings.at(queue);
        engine::storeLe(m_board.ram.at(ring.available + 4 + 2u * ring.size), index);
    }
    void setAvailableFlags(unsigned queue, std::uint16_t flags)
    {
        engine::storeLe(m_board.ram.at(m_rings.at(queue).available), flags);
    }

private:
    static constexpr std::uint64_t FirstFree = 0x1000;

    struct Ring
    {
        std::uint16_t size = 0;
        std::uint64_t descriptors = 0;
        std::uint64_t available = 0;
        std::uint64_t used = 0;
        std::uint64_t notify = 0;
        std::uint16_t nextDescriptor = 0;
        std::uint16_t nextAvailable = 0;
        std::uint16_t nextUsed = 0;
    };

    static void advance(Ring &ring)
    {
        ring.nextDescriptor = std::uint16_t((ring.nextDescriptor + 1) % ring.size);
    }

    void findCapabilities()
    {
        for (std::uint32_t at = config(0x34, 1); at != 0; at = config(at + 1, 1)) {
            if (config(at, 1) != 9)
                continue;
            const int type = int(config(at + 3, 1));
            if (type == 1)
                m_bar = config(at + 4, 1);
            m_capabilities[type] = config(at + 8, 4);
            if (type == 2)
                m_multiplier = config(at + 16, 4);
            if (type == 5)
                m_window = at;
        }
    }

    engine::virtio::VirtioPci &m_device;
    VirtioBoardOn<Ram> &m_board;
    std::map<int, std::uint32_t> m_capabilities;
    std::uint32_t m_multiplier = 0;
    unsigned m_bar = 0;
    std::uint32_t m_window = 0;
    std::uint64_t m_features = 0;
    std::map<unsigned, Ring> m_rings;
    std::uint64_t m_free = FirstFree;
};
using VirtioDriver = VirtioDriverOn<FakeRam>;

} // namespace tests
