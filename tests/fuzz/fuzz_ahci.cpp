// SPDX-License-Identifier: GPL-3.0-or-later
// What a hostile guest can do to the AHCI adapter: registers, command lists, tables and FISes, with
// disks that answer when the input says so.
#include "engine/devices/ahci.h"
#include "tests/support/board_fakes.h"

#include <memory>

using namespace engine;
using namespace engine::ahci;

namespace {

constexpr std::uint64_t RamBytes = 128u << 10;
constexpr std::uint64_t ListBase = 0x1000; // a page for each port
constexpr std::uint64_t FisArea = 0x4000;
constexpr std::uint64_t Tables = 0x8000; // 1 KiB for each slot

// The input, as numbers; zeros when it is used up.
class Input
{
public:
    Input(const std::uint8_t *data, std::size_t size)
        : m_bytes(data, size)
    { }
    bool isEmpty() const { return m_bytes.empty(); }
    template <class T>
    T take()
    {
        T value = 0;
        const std::size_t count = std::min(sizeof value, m_bytes.size());
        std::memcpy(&value, m_bytes.data(), count);
        m_bytes = m_bytes.subspan(count);
        return value;
    }
    std::span<const std::uint8_t> bytes(std::size_t count)
    {
        const auto taken = m_bytes.first(std::min(count, m_bytes.size()));
        m_bytes = m_bytes.subspan(taken.size());
        return taken;
    }

private:
    std::span<const std::uint8_t> m_bytes;
};

struct Board
{
    Bus memory;
    Bus ports;
    tests::RecordingIrq irq;
    tests::RecordingMsi msi;
    tests::FakeRam ram{RamBytes};
    std::shared_ptr<tests::FakeDisk> disk = std::make_shared<tests::FakeDisk>(64u << 10);
    std::shared_ptr<tests::FakeDisk> medium = std::make_shared<tests::FakeDisk>((64u << 10) + 512);
    Ahci ahci;

    Board()
    {
        ahci.attachDisk(0, disk, {.serial = "fuzz"});
        ahci.attachOptical(1, medium, {.serial = "fuzz"});
        ahci.connect({.memory = &memory,
                      .ports = &ports,
                      .ram = &ram.memory,
                      .interruptPin = &irq,
                      .msi = &msi});
        const std::lock_guard lock(ahci.lock());
        ahci.reset();
        ahci.configWrite(4, 2, 6);
        for (unsigned port = 0; port < 2; ++port) {
            const std::uint64_t base = PortBase + port * PortBytes;
            write(base + CommandList, std::uint32_t(ListBase + port * 0x1000));
            write(base + FisBase, std::uint32_t(FisArea + port * 0x1000));
            write(base + CommandStatus, CmdFisEnable | CmdStart);
            write(base + InterruptEnable, 0xffffffff);
        }
        write(HostControl, ControlInterrupts);
    }
    void write(std::uint64_t offset, std::uint32_t value)
    {
        ahci.write(Ahci::RegisterBar, offset, 4, value);
    }
    // A command as a driver would lay it out, with a FIS, a packet and regions from the input.
    void layOut(Input &input, unsigned slot)
    {
        const std::uint64_t table = Tables + (slot % 32) * 0x400;
        const auto regions = std::uint16_t(input.take<std::uint8_t>() % 48);
        std::uint8_t *const at = ram.at(table);
        at[0] = 0x27;
        at[1] = 0x80;
        const auto fis = input.bytes(14);
        std::copy(fis.begin(), fis.end(), at + 2);
        const auto packet = input.bytes(12);
        std::copy(packet.begin(), packet.end(), at + PacketPlace);
        for (unsigned i = 0; i < regions; ++i) {
            storeLe(at + RegionTablePlace + i * RegionBytes,
                    std::uint64_t(input.take<std::uint16_t>()) << (i % 7 == 6 ? 8 : 1));
            storeLe(at + RegionTablePlace + i * RegionBytes + 12,
                    std::uint32_t(input.take<std::uint16_t>()));
        }
        for (const std::uint64_t list : {ListBase, ListBase + 0x1000}) {
            std::uint8_t *const header = ram.at(list + (slot % 32) * HeaderBytes);
            storeLe(header, std::uint32_t(5 | regions << 16));
            storeLe(header + 8, table);
        }
    }
};

void saveAndLoad(Board &board, Input &input)
{
    StateArchive saving;
    serializeDevice(saving, board.ahci);
    std::vector<std::uint8_t> saved = saving.take();
    if (const auto place = input.take<std::uint16_t>(); place < saved.size())
        saved[place] = std::uint8_t(saved[place] ^ input.take<std::uint8_t>());
    {
        const std::lock_guard lock(board.ahci.lock());
        board.ahci.reset();
    }
    StateArchive loading(std::move(saved));
    serializeDevice(loading, board.ahci);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    Board board;
    Input input(data, size);
    while (!input.isEmpty()) {
        const auto kind = input.take<std::uint8_t>();
        const auto low = std::uint8_t(kind >> 4);
        std::unique_lock lock(board.ahci.lock());
        switch (kind & 0xf) {
        case 0:
        case 1: {
            const unsigned width = 1u << (low % 4);
            const std::uint64_t offset = input.take<std::uint16_t>() % (RegisterBytes - 8);
            board.ahci.write(Ahci::RegisterBar, offset, width, input.take<std::uint32_t>());
            break;
        }
        case 2: {
            const unsigned width = 1u << (low % 4);
            board.ahci.read(Ahci::RegisterBar, input.take<std::uint16_t>() % (RegisterBytes - 8),
                            width);
            break;
        }
        case 3: // any place in memory
            for (const std::uint64_t place = input.take<std::uint16_t>();
                 const std::uint8_t byte : input.bytes(1u + low))
                *board.ram.at(place) = byte;
            break;
        case 4:
        case 5:
        case 6:
        case 7: { // a command, laid out and issued
            const auto slot = input.take<std::uint8_t>();
            board.layOut(input, slot);
            const std::uint64_t base = PortBase + (kind & 1) * PortBytes;
            if ((low & 1) != 0)
                board.write(base + SataActive, 1u << (slot % 32));
            board.write(base + CommandIssue, 1u << (slot % 32));
            break;
        }
        case 8: // software's way out of an error
            for (const std::uint32_t command : {CmdFisEnable, CmdFisEnable | CmdStart})
                board.write(PortBase + (low & 1) * PortBytes + CommandStatus, command);
            break;
        case 9:
            lock.unlock();
            (low & 1) != 0 ? board.disk->answerAll() : void(board.medium->complete());
            break;
        case 10: {
            lock.unlock();
            board.disk->failure.reset();
            if ((low & 1) != 0)
                board.disk->failure = Error(ErrorKind::Io, "broken");
            break;
        }
        case 11:
            lock.unlock();
            if (!board.ahci.changeMedium(1, (low & 1) != 0 ? board.medium : nullptr,
                                         (low & 2) != 0))
                break;
            break;
        case 12:
            lock.unlock();
            board.disk->answerAll();
            board.medium->answerAll();
            check(board.ahci.isIdle(), "all requests are answered and the adapter is not idle");
            saveAndLoad(board, input);
            break;
        case 13:
            board.ahci.reset();
            break;
        default:
            board.ahci.configWrite(input.take<std::uint8_t>() & 0xfc, 4,
                                   input.take<std::uint32_t>());
            break;
        }
    }
    board.disk->answerAll();
    board.medium->answerAll();
    return 0;
}
