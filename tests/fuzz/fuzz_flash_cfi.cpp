// SPDX-License-Identifier: GPL-3.0-or-later
// What a hostile guest can do to the flash with the UEFI variables: any accesses in any order, time
// passing between them; and a saved state that was tampered with.
#include "engine/devices/flash_cfi.h"
#include "tests/support/board_fakes.h"
#include "tests/support/saved_device.h"

using namespace engine;

namespace {

constexpr std::size_t FlashBytes = 2 * FlashCfi::BlockBytes;

} // namespace

// Commands of eight bytes: offset (16 bit), size and kind, value (32 bit), unused.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    tests::FakeMapper mapper;
    tests::ManualClock clock;
    auto flash = *FlashCfi::create(std::vector<std::uint8_t>(FlashBytes, 0xff),
                                   {.guestAddress = 0xffc00000}, mapper, clock);
    tests::resetDevice(*flash);
    for (; size >= 8; data += 8, size -= 8) {
        const unsigned width = 1u << (data[2] & 3);
        const std::uint64_t offset = loadLe<std::uint16_t>(data) % (FlashBytes - width + 1);
        const auto value = loadLe<std::uint32_t>(data + 3);
        switch (data[2] >> 6) {
        case 0:
        case 1: {
            const std::lock_guard lock(flash->lock());
            flash->write(0, offset, width, value);
            flash->read(0, offset, width);
            break;
        }
        case 2:
            clock.advance(std::chrono::milliseconds(value % 4096));
            break;
        default: {
            auto saved = tests::savedBytes(*flash);
            saved[offset % std::min<std::size_t>(saved.size(), 64)] ^= data[3];
            tests::resetDevice(*flash);
            if (!tests::loadBytes(*flash, std::move(saved)))
                tests::resetDevice(*flash);
            break;
        }
        }
        // Shown exactly where it belongs, or not at all.
        const auto *window = mapper.window("uefi-variables");
        check(!window->address || (*window->address == 0xffc00000 && window->size == FlashBytes),
              "the window is somewhere else");
    }
    return 0;
}
