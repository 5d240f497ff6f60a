// SPDX-License-Identifier: GPL-3.0-or-later
// An NVMe disk on a board of its own, and a driver as a guest has one: an admin queue, a pair of
// I/O queues, PRPs.
#pragma once

#include "engine/devices/nvme/nvme.h"
#include "tests/support/board_fakes.h"
#include "tests/support/saved_device.h"

#include <array>
#include <memory>
#include <optional>
#include <vector>

namespace tests {

struct NvmeCommand
{
    std::uint8_t opcode = 0;
    std::uint32_t space = 1;
    std::uint64_t prp1 = 0;
    std::uint64_t prp2 = 0;
    std::uint32_t word10 = 0;
    std::uint32_t word11 = 0;
    std::uint32_t word12 = 0;
};

struct NvmeCompletion
{
    std::uint32_t result = 0;
    std::uint16_t queue = 0;
    std::uint16_t id = 0;
    std::uint16_t status = 0; // without the bits around type and code
    bool operator==(const NvmeCompletion &) const = default;
};

struct NvmeBoard
{
    static constexpr std::uint64_t RamBytes = 4u << 20;
    static constexpr std::uint64_t AdminSubmissions = 0x1000;
    static constexpr std::uint64_t AdminCompletions = 0x2000;
    static constexpr std::uint64_t Submissions = 0x3000; // of I/O queue 1
    static constexpr std::uint64_t Completions = 0x4000;
    static constexpr std::uint64_t Data = 0x10000;
    static constexpr std::uint32_t Entries = 8;
    static constexpr std::size_t DiskBytes = 2u << 20;

    engine::Bus memory;
    engine::Bus ports;
    RecordingIrq irq;
    RecordingMsi msi;
    FakeRam ram;
    std::shared_ptr<FakeDisk> disk;
    engine::nvme::Controller card{"nvme-0", disk, "SERIAL7"};
    struct Position
    {
        std::uint32_t tail = 0;
        std::uint32_t head = 0; // of the completions
        bool phase = true;
    };
    std::array<Position, 2> positions;
    std::uint16_t nextId = 1;

    explicit NvmeBoard(std::size_t ramBytes = RamBytes, std::size_t diskBytes = DiskBytes)
        : ram(ramBytes)
        , disk(std::make_shared<FakeDisk>(diskBytes))
    {
        for (std::size_t i = 0; i < disk->bytes.size(); ++i)
            disk->bytes[i] = std::uint8_t(i / 512 + i);
        card.connect({.memory = &memory,
                      .ports = &ports,
                      .ram = &ram.memory,
                      .interruptPin = &irq,
                      .msi = &msi});
        resetDevice(card);
        setRunning(true);
    }

    void setRunning(bool isRunning)
    {
        const std::lock_guard lock(card.lock());
        card.setRunning(isRunning);
    }
    std::uint32_t read(std::uint64_t offset)
    {
        const std::lock_guard lock(card.lock());
        return std::uint32_t(card.read(engine::nvme::Controller::Bar, offset, 4));
    }
    void write(std::uint64_t offset, std::uint32_t value)
    {
        const std::lock_guard lock(card.lock());
        card.write(engine::nvme::Controller::Bar, offset, 4, value);
    }

    // Bus master; the admin queue; ready.
    void enable()
    {
        {
            const std::lock_guard lock(card.lock());
            card.configWrite(4, 2, 6);
        }
        write(0x24, (Entries - 1) | ((Entries - 1) << 16));
        write(0x28, AdminSubmissions);
        write(0x30, AdminCompletions);
        write(0x14, 0x00460001);
        positions = {};
        for (const std::uint64_t ring : {AdminCompletions, Completions})
            std::fill_n(ram.at(ring), 0x1000, std::uint8_t(0));
    }
    // And I/O queue 1, with interrupts.
    void bringUp()
    {
        enable();
        admin({.opcode = 5, .prp1 = Completions, .word10 = 1 | ((Entries - 1) << 16), .word11 = 3});
        admin({.opcode = 1,
               .prp1 = Submissions,
               .word10 = 1 | ((Entries - 1) << 16),
               .word11 = 1 | (1 << 16)});
    }

    // Puts it into the queue and rings.
    std::uint16_t submit(unsigned queue, const NvmeCommand &command, bool isRung = true)
    {
        using engine::storeLe;
        Position &position = positions[queue];
        std::uint8_t *const entry =
            ram.at((queue == 0 ? AdminSubmissions : Submissions) + 64 * position.tail);
        std::fill_n(entry, 64, std::uint8_t(0));
        entry[0] = command.opcode;
        storeLe(entry + 2, nextId);
        storeLe(entry + 4, command.space);
        storeLe(entry + 24, command.prp1);
        storeLe(entry + 32, command.prp2);
        storeLe(entry + 40, command.word10);
        storeLe(entry + 44, command.word11);
        storeLe(entry + 48, command.word12);
        position.tail = (position.tail + 1) % Entries;
        if (isRung)
            ring(queue);
        return nextId++;
    }
    void ring(unsigned queue) { write(0x1000 + 8 * queue, positions[queue].tail); }
    // The next one, if it is there; the controller is told that it was seen.
    std::optional<NvmeCompletion> take(unsigned queue)
    {
        using engine::loadLe;
        Position &position = positions[queue];
        const std::uint8_t *const entry =
            ram.at((queue == 0 ? AdminCompletions : Completions) + 16 * position.head);
        const auto last = loadLe<std::uint32_t>(entry + 12);
        if (((last >> 16) & 1) != (position.phase ? 1u : 0u))
            return {};
        NvmeCompletion completion;
        completion.result = loadLe<std::uint32_t>(entry);
        completion.queue = loadLe<std::uint16_t>(entry + 10);
        completion.id = std::uint16_t(last);
        completion.status = std::uint16_t((last >> 17) & 0x7ff);
        position.head = (position.head + 1) % Entries;
        if (position.head == 0)
            position.phase = !position.phase;
        write(0x1004 + 8 * queue, position.head);
        return completion;
    }
    // As far as the disk answers at once.
    NvmeCompletion run(unsigned queue, const NvmeCommand &command)
    {
        submit(queue, command);
        disk->answerAll();
        return take(queue).value_or(NvmeCompletion{.status = 0xffff});
    }
    NvmeCompletion admin(const NvmeCommand &command) { return run(0, command); }
    std::uint16_t io(const NvmeCommand &command) { return run(1, command).status; }
};

} // namespace tests
