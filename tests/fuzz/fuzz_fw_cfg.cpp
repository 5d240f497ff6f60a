// SPDX-License-Identifier: GPL-3.0-or-later
// What a hostile guest can ask of the firmware configuration device: selections, odd accesses, DMA
// descriptors with any control word, length and address; and a saved state that was tampered with.
#include "engine/devices/fw_cfg.h"
#include "tests/support/board_fakes.h"
#include "tests/support/saved_device.h"

#include <algorithm>

using namespace engine;

namespace {

constexpr std::size_t RamBytes = 0x4000;
constexpr std::uint64_t Descriptor = 0x100;

struct Rig
{
    Rig()
    {
        device.add16(FwCfgKey::PresentCpus, 4);
        device.addFile("etc/e820", std::vector<std::uint8_t>(40, 1));
        device.addFile("etc/note", std::vector<std::uint8_t>(16, 2), FwCfg::Access::Writable);
        device.addComputedFile("etc/table", 300, [] { return std::vector<std::uint8_t>(300, 3); });
        device.reset();
    }
    tests::FakeRam ram{RamBytes};
    FwCfg device{ram.memory};
};

// What must hold whatever the guest did.
void checkItems(FwCfg &device)
{
    const auto isAll = [](std::span<const std::uint8_t> bytes, std::size_t size, unsigned value) {
        return bytes.size() == size
            && std::ranges::all_of(bytes, [value](std::uint8_t byte) { return byte == value; });
    };
    check(isAll(device.file("etc/e820"), 40, 1), "the guest wrote to a read-only file");
    check(device.file("etc/note").size() == 16, "the guest resized a file");
    check(isAll(device.file("etc/table"), 300, 3), "the guest wrote to a computed file");
}

} // namespace

// Commands: a kind, then what it takes. Where the input ends, so does the run.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    Rig rig;
    std::span<const std::uint8_t> input(data, size);
    const auto take = [&input](std::size_t count) {
        const auto bytes = input.first(count);
        input = input.subspan(count);
        return bytes;
    };
    while (!input.empty()) {
        const unsigned kind = take(1)[0] % 4;
        if (kind == 0) { // an access: offset and size, value
            if (input.size() < 9)
                break;
            const std::uint8_t where = take(1)[0];
            const std::uint64_t value = loadLe<std::uint64_t>(take(8).data());
            const unsigned width = 1u << (where >> 6);
            const std::uint64_t offset = (where & 0x3f) % (FwCfg::PortCount - width + 1);
            rig.device.write(0, offset, width, value);
            rig.device.read(0, offset, width);
        } else if (kind == 1) { // a transfer: the descriptor's bytes
            if (input.size() < 16)
                break;
            const auto descriptor = take(16);
            std::ranges::copy(descriptor, rig.ram.at(Descriptor));
            rig.device.write(0, 4, 4, 0);
            rig.device.write(0, 8, 4, byteSwapped(std::uint32_t(Descriptor)));
            const auto answer = loadBe<std::uint32_t>(rig.ram.at(Descriptor));
            // Unless the transfer itself went there, only the error bit can be left.
            if (loadBe<std::uint64_t>(&descriptor[8]) >= RamBytes)
                check((answer & ~1u) == 0, "a transfer does not end");
        } else if (kind == 2) { // many bytes of the selected item
            if (input.empty())
                break;
            for (unsigned count = take(1)[0]; count > 0; --count)
                rig.device.read(0, 1, 1);
        } else { // a state: part of the input
            if (input.empty())
                break;
            const std::size_t wanted = take(1)[0];
            const auto state = take(std::min(wanted, input.size()));
            std::vector<std::uint8_t> saved = tests::savedBytes(rig.device);
            for (std::size_t i = 0; i < state.size() && i < saved.size(); ++i)
                saved[saved.size() - 1 - i] ^= state[i];
            rig.device.reset();
            if (!tests::loadBytes(rig.device, std::move(saved)))
                rig.device.reset();
        }
    }
    checkItems(rig.device);
    return 0;
}
