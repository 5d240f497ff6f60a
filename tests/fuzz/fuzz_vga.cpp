// SPDX-License-Identifier: GPL-3.0-or-later
// What a hostile guest can do to the graphics card: any access anywhere, any saved state, and the
// picture drawn from whatever comes of it.
//
// An operation is 8 bytes: what (low 4 bits: where; bit 4: write; bits 5 and 6: size), three bytes
// of offset, four of value. Where: the regions, configuration space, draw, save and load, and the
// Bochs registers by their index.
#include "engine/base/bytes.h"
#include "engine/devices/vga.h"
#include "engine/devices/vga_render.h"
#include "tests/support/board_fakes.h"

#include <memory>

using namespace engine;

namespace {

constexpr std::size_t OperationBytes = 8;
constexpr std::size_t MemoryBytes = 1u << 20;
constexpr std::uint32_t MostLines = 64; // drawn at a time
constexpr int MostDrawings = 8; // of an input

struct Machine
{
    Machine()
        : memory(*VideoMemory::create(MemoryBytes))
        , vga(memory, clock)
    {
        vga.connect({.memory = &bus, .ports = &ports, .mapper = &mapper});
        vga.mapLegacy(ports, bus);
        vga.reset();
    }

    void access(unsigned where, unsigned size, bool isWrite, std::uint32_t offset,
                std::uint32_t value)
    {
        struct Place
        {
            unsigned region;
            std::uint32_t size;
        };
        static constexpr Place Places[] = {{0, MemoryBytes},
                                           {2, 4096},
                                           {Vga::LegacyPorts, 0x30},
                                           {Vga::DispiPorts, 4},
                                           {Vga::Window, VgaWindowSize}};
        const Place place = Places[where];
        offset %= place.size;
        if (place.size - offset < size)
            return;
        if (isWrite)
            vga.write(place.region, offset, size, value * 0x100000001u);
        else
            vga.read(place.region, offset, size);
    }

    void draw()
    {
        const VgaPicture picture = vga.picture();
        std::vector<std::uint32_t> line(picture.width);
        VgaRenderer renderer;
        const std::uint32_t step = picture.height / MostLines + 1;
        for (std::uint32_t y = 0; y < picture.height; y += step)
            renderer.drawLine(picture, memory->bytes(), y, {}, line);
        [[maybe_unused]] const VgaLines cursor = vgaCursorLines(picture);
        std::vector<std::uint64_t> pages(MemoryBytes / Vga::PageBytes / 64);
        vga.harvest(pages);
    }

    // With one byte of the state changed.
    void reload(std::uint32_t at, std::uint8_t value)
    {
        StateArchive saved;
        serializeDevice(saved, vga);
        std::vector<std::uint8_t> bytes = saved.take();
        bytes[at % bytes.size()] = value;
        StateArchive loaded(std::move(bytes));
        serializeDevice(loaded, vga);
    }

    tests::ManualClock clock;
    tests::FakeMapper mapper;
    Bus bus;
    Bus ports;
    std::shared_ptr<VideoMemory> memory;
    Vga vga;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    Machine machine;
    int drawings = 0;
    for (; size >= OperationBytes; data += OperationBytes, size -= OperationBytes) {
        const auto head = loadLe<std::uint32_t>(data);
        const auto value = loadLe<std::uint32_t>(data + 4);
        const unsigned where = head & 0x0f;
        const unsigned bytes = 1u << (head >> 5 & 3);
        const bool isWrite = (head & 0x10) != 0;
        const std::uint32_t offset = head >> 8;
        machine.clock.advance(std::chrono::microseconds(7));
        if (where < 5) {
            machine.access(where, bytes, isWrite, offset, value);
        } else if (where == 5) {
            const std::uint32_t at = offset & 0xfc;
            if (isWrite)
                machine.vga.configWrite(at, 4, value);
            else
                machine.vga.configRead(at, 4);
        } else if (where == 6) {
            if (++drawings <= MostDrawings)
                machine.draw();
        } else if (where == 7) {
            machine.reload(offset, std::uint8_t(value));
        } else if (where == 8) {
            machine.vga.setDirtyLogged(isWrite);
        } else {
            machine.vga.write(Vga::DispiPorts, 0, 2, offset % VgaDispi::RegisterCount);
            machine.vga.write(Vga::DispiPorts, 2, 2, value);
        }
    }
    machine.draw();
    return 0;
}
