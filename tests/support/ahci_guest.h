// SPDX-License-Identifier: GPL-3.0-or-later
// A guest's AHCI driver, as small as can be, and a board with a disk at port 0 and an optical drive
// at port 1 for it to run on.
#pragma once

#include "engine/devices/ahci.h"
#include "tests/support/board_fakes.h"
#include "tests/support/device_conformance.h"

#include <initializer_list>

namespace tests {

struct AhciBoard
{
    static constexpr std::uint64_t RegisterAddress = 0xfebf0000;
    static constexpr std::uint64_t CdBlocks = 300;

    engine::Bus memory;
    engine::Bus ports;
    RecordingIrq irq;
    RecordingMsi msi;
    FakeRam ram{4u << 20};
    std::shared_ptr<FakeDisk> disk = std::make_shared<FakeDisk>(1u << 20);
    std::shared_ptr<FakeDisk> medium = std::make_shared<FakeDisk>(CdBlocks * 2048);
    std::vector<unsigned> ejected;
    engine::Ahci ahci{[this](unsigned port) { ejected.push_back(port); }};

    AhciBoard()
    {
        for (std::size_t i = 0; i < disk->bytes.size(); ++i)
            disk->bytes[i] = std::uint8_t(i / 512 + i);
        for (std::size_t i = 0; i < medium->bytes.size(); ++i)
            medium->bytes[i] = std::uint8_t(i / 2048 * 3 + i);
        medium->readOnly = true;
        ahci.attachDisk(0, disk, {.serial = "VT-0001", .isSolidState = true});
        ahci.attachOptical(1, medium, {.serial = "VT-0002"});
        ahci.connect({.memory = &memory,
                      .ports = &ports,
                      .ram = &ram.memory,
                      .interruptPin = &irq,
                      .msi = &msi});
        resetDevice(ahci);
        configure();
    }
    void configure()
    {
        const std::lock_guard lock(ahci.lock());
        ahci.configWrite(0x24, 4, std::uint32_t(RegisterAddress));
        ahci.configWrite(4, 2, 6); // memory, bus master
    }

    std::uint32_t read(std::uint64_t offset)
    {
        return std::uint32_t(memory.read(RegisterAddress + offset, 4));
    }
    void write(std::uint64_t offset, std::uint32_t value)
    {
        memory.write(RegisterAddress + offset, 4, value);
    }

    // For the conformance test.
    engine::Device &device() { return ahci; }
    std::vector<Region> regions() const { return {{engine::Ahci::RegisterBar, 4096}}; }
    void settle()
    {
        disk->answerAll();
        medium->answerAll();
    }
    void disturb();
};

struct AhciPiece
{
    std::uint64_t address = 0;
    std::uint32_t bytes = 0;
};

// One port's driver. Its command list, FIS area and tables are in the first 256 KiB of memory.
class AhciGuest
{
public:
    static constexpr std::uint64_t Buffer = 0x100000;

    AhciGuest(AhciBoard &board, unsigned port)
        : m_board(board)
        , m_port(port)
        , m_list(0x10000 + 0x1000 * port)
        , m_fis(0x20000 + 0x1000 * port)
        , m_tables(0x30000 + 0x20000 * port)
    { }

    std::uint32_t read(std::uint64_t offset) { return m_board.read(at(offset)); }
    void write(std::uint64_t offset, std::uint32_t value) { m_board.write(at(offset), value); }

    void start()
    {
        write(engine::ahci::CommandList, std::uint32_t(m_list));
        write(engine::ahci::CommandListHigh, 0);
        write(engine::ahci::FisBase, std::uint32_t(m_fis));
        write(engine::ahci::FisBaseHigh, 0);
        write(engine::ahci::CommandStatus, engine::ahci::CmdFisEnable);
        write(engine::ahci::SataError, 0xffffffff);
        write(engine::ahci::InterruptStatus, 0xffffffff);
        write(engine::ahci::CommandStatus, engine::ahci::CmdFisEnable | engine::ahci::CmdStart);
    }
    void restart()
    {
        write(engine::ahci::CommandStatus, engine::ahci::CmdFisEnable);
        write(engine::ahci::InterruptStatus, 0xffffffff);
        write(engine::ahci::CommandStatus, engine::ahci::CmdFisEnable | engine::ahci::CmdStart);
    }

    struct Command
    {
        std::uint8_t command = 0;
        std::uint16_t features = 0;
        std::uint64_t lba = 0;
        std::uint16_t count = 0;
        std::uint8_t device = 0x40;
        std::vector<AhciPiece> pieces = {};
        std::vector<std::uint8_t> packet = {};
        std::optional<std::uint8_t> control = {}; // a control FIS instead of a command
    };

    // Lays it out in memory; issue() makes it go.
    void prepare(unsigned slot, const Command &command)
    {
        const std::uint64_t table = m_tables + 0x1000 * slot;
        std::uint8_t *const fis = m_board.ram.at(table);
        std::memset(fis, 0, 0x80);
        fis[0] = 0x27;
        fis[1] = command.control ? 0 : 0x80;
        fis[2] = command.command;
        fis[3] = std::uint8_t(command.features);
        for (unsigned i = 0; i < 3; ++i) {
            fis[4 + i] = std::uint8_t(command.lba >> (8 * i));
            fis[8 + i] = std::uint8_t(command.lba >> (24 + 8 * i));
        }
        fis[7] = command.device;
        fis[11] = std::uint8_t(command.features >> 8);
        fis[12] = std::uint8_t(command.count);
        fis[13] = std::uint8_t(command.count >> 8);
        fis[15] = command.control.value_or(0);
        std::copy(command.packet.begin(), command.packet.end(), fis + 0x40);
        std::uint8_t *region = fis + 0x80;
        for (const AhciPiece &piece : command.pieces) {
            engine::storeLe(region, piece.address);
            engine::storeLe(region + 8, std::uint32_t(0));
            engine::storeLe(region + 12, piece.bytes - 1);
            region += 16;
        }
        std::uint8_t *const header = m_board.ram.at(m_list + 32 * slot);
        std::memset(header, 0, 32);
        const std::uint32_t isPacket = command.packet.empty() ? 0 : 1u << 5;
        engine::storeLe(header, std::uint32_t(5 | isPacket | command.pieces.size() << 16));
        engine::storeLe(header + 8, table);
    }
    void issue(std::uint32_t mask) { write(engine::ahci::CommandIssue, mask); }
    void issueQueued(std::uint32_t mask)
    {
        write(engine::ahci::SataActive, mask);
        issue(mask);
    }
    // In slot 0, with what the disks answer.
    void run(const Command &command)
    {
        write(engine::ahci::InterruptStatus, 0xffffffff);
        prepare(0, command);
        issue(1);
        m_board.settle();
    }
    // An ATAPI command by DMA with room for this many bytes.
    void packet(std::vector<std::uint8_t> bytes, std::uint32_t room = 0)
    {
        bytes.resize(16);
        Command command{.command = 0xa0, .features = 1, .device = 0, .packet = std::move(bytes)};
        if (room > 0)
            command.pieces = {{Buffer, room}};
        std::memset(m_board.ram.at(Buffer), 0xee, room + 16);
        run(command);
    }
    // Runs on after an error, and says what it was: key, code, qualifier.
    std::array<int, 3> sense()
    {
        restart();
        packet({0x03, 0, 0, 0, 18}, 18);
        const std::uint8_t *const data = buffer();
        return {data[2], data[12], data[13]};
    }

    std::uint8_t *buffer() { return m_board.ram.at(Buffer); }
    const std::uint8_t *received(std::uint64_t place) { return m_board.ram.at(m_fis + place); }
    std::uint32_t moved(unsigned slot)
    {
        return engine::loadLe<std::uint32_t>(m_board.ram.at(m_list + 32 * slot + 4));
    }
    bool hasFailed() { return (read(engine::ahci::TaskFile) & 1) != 0; }
    std::uint8_t error() { return std::uint8_t(read(engine::ahci::TaskFile) >> 8); }

private:
    std::uint64_t at(std::uint64_t offset) const
    {
        return engine::ahci::PortBase + engine::ahci::PortBytes * m_port + offset;
    }

    AhciBoard &m_board;
    unsigned m_port;
    std::uint64_t m_list;
    std::uint64_t m_fis;
    std::uint64_t m_tables;
};

inline void AhciBoard::disturb()
{
    configure();
    write(engine::ahci::HostControl, engine::ahci::ControlInterrupts);
    for (const unsigned port : {0u, 1u}) {
        AhciGuest guest(*this, port);
        guest.start();
        guest.write(engine::ahci::InterruptEnable, 0xffffffff);
        if (port == 0)
            guest.run({.command = 0xef, .features = 0x82}); // write cache off
        else
            guest.packet({0x1e, 0, 0, 0, 1}); // lock
    }
}

} // namespace tests
