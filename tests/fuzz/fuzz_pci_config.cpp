// SPDX-License-Identifier: GPL-3.0-or-later
// What a hostile guest can do to configuration space: any register of any function, through ports
// and the memory window, BARs and windows laid over each other, on both boards; and accesses to
// whatever is mapped then.
#include "tests/support/chipset_boards.h"
#include "tests/support/saved_device.h"

#include <memory>

using namespace engine;

namespace {

// Every kind of BAR, MSI and MSI-X.
class Card final : public PciFunction
{
public:
    explicit Card(std::string name)
        : PciFunction(
            std::move(name),
            {.vendorId = 0x1af4, .deviceId = 0x10aa, .classCode = 0x020000, .interruptPin = 1})
        , m_memory(65536)
    {
        defineBar(0, BarKind::Memory32, 4096);
        defineBar(1, BarKind::Io, 32);
        defineBar(2, BarKind::Memory64, m_memory.size(), true);
        backBar(2, name, m_memory);
        addMsi(8);
        addMsix(5, 0, 0x800, 0xc00);
    }

private:
    std::uint64_t readRegion(unsigned bar, std::uint64_t offset, unsigned size) override
    {
        checkAccess(bar, offset, size);
        return offset;
    }
    // Whatever the guest writes is what the card wants.
    void writeRegion(unsigned bar, std::uint64_t offset, unsigned size,
                     std::uint64_t value) override
    {
        checkAccess(bar, offset, size);
        setInterrupt((value & 1) != 0);
        sendMsi(unsigned(value >> 1));
        sendMsix(unsigned(value >> 1));
    }
    void serializeFunction(StateArchive &, std::uint32_t) override { }

    void checkAccess(unsigned bar, std::uint64_t offset, unsigned size) const
    {
        const std::uint64_t sizes[] = {4096, 32, m_memory.size()};
        check(bar < 3 && offset < sizes[bar] && size <= sizes[bar] - offset,
              "an access lies outside its BAR");
    }

    std::vector<std::uint8_t> m_memory;
};

// A reader of the input: zeros when it is used up.
struct Input
{
    const std::uint8_t *at;
    const std::uint8_t *end;
    bool isEmpty() const { return at == end; }
    std::uint32_t take(unsigned bytes)
    {
        std::uint32_t value = 0;
        for (unsigned i = 0; i < bytes && at != end; ++i)
            value |= std::uint32_t(*at++) << (8 * i);
        return value;
    }
};

template <class Board>
void run(Input input)
{
    Board board;
    tests::FakeMapper mapper;
    Card first("first");
    Card second("second");
    tests::RecordingMsi msi;
    unsigned slot = 3;
    for (Card *card : {&first, &second}) {
        card->connect({.memory = &board.memory,
                       .ports = &board.ports,
                       .interruptPin = &board.router.pciPin(slot, 1),
                       .msi = &msi,
                       .mapper = &mapper});
        board.pci.add(*card, slot++);
        board.devices.push_back(card);
    }
    board.resetAll();

    // The ports and windows of both boards, each device's BARs: no more can ever be mapped.
    constexpr std::size_t MaxRanges = 32;
    constexpr unsigned Sizes[] = {1, 2, 4, 8};
    constexpr unsigned Slots[] = {0, 1, 3, 4, 31};
    while (!input.isEmpty()) {
        const std::uint32_t operation = input.take(1);
        const unsigned size = Sizes[(operation >> 3) & 3];
        switch (operation & 7) {
        case 0: { // a register, through the ports
            const std::uint32_t place = input.take(1);
            const std::uint32_t offset = input.take(1);
            board.ports.write(0xcf8, 4,
                              0x80000000 | Slots[(place & 7) % 5] << 11 | ((place >> 3) & 7) << 8
                                  | (offset & 0xfc));
            board.ports.write(0xcfc + (offset & 3), size, input.take(4));
            break;
        }
        case 1:
            board.ports.write(input.take(2), size, input.take(4));
            break;
        case 2:
            board.ports.read(input.take(2), size);
            break;
        case 3:
            board.memory.write(input.take(4), size, input.take(4));
            break;
        case 4:
            board.memory.read(input.take(4), size);
            break;
        case 5: { // something that is mapped
            const auto ranges =
                (operation & 0x20) != 0 ? board.memory.ranges() : board.ports.ranges();
            check(ranges.size() <= MaxRanges, "mappings are left over");
            if (ranges.empty())
                break;
            const Bus::Range range = ranges[input.take(1) % ranges.size()];
            const std::uint64_t address = range.base + input.take(3) % range.size;
            Bus &bus = (operation & 0x20) != 0 ? board.memory : board.ports;
            bus.write(address, size, input.take(4));
            bus.read(address, size);
            break;
        }
        case 6:
            board.clock.advance(std::chrono::milliseconds(input.take(2)));
            break;
        default: {
            if ((operation & 0x20) != 0) {
                board.resetAll();
                break;
            }
            // What is saved now comes back as it was, over whatever is there by then.
            for (Device *device : board.devices) {
                const auto saved = tests::savedBytes(*device);
                tests::resetDevice(*device);
                check(tests::loadBytes(*device, saved), "it does not load what it saved");
                check(tests::savedBytes(*device) == saved, "it loads something else");
            }
            break;
        }
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size == 0)
        return 0;
    if ((data[0] & 1) != 0)
        run<tests::Q35Board>({data + 1, data + size});
    else
        run<tests::PiixBoard>({data + 1, data + size});
    return 0;
}
