// SPDX-License-Identifier: GPL-3.0-or-later
// Shadow rings between a hostile guest and a hostile server: either writes anything into its own
// rings at any time.
#include "engine/devices/virtio/shadow_rings.h"
#include "tests/support/board_fakes.h"
#include "tests/support/fuzz_input.h"

#include <sys/mman.h>

using namespace engine;
using virtio::ShadowRings;
using virtio::Virtqueue;

namespace {

constexpr std::size_t RamBytes = 8192;
constexpr std::uint64_t Descriptors = 0;
constexpr std::uint64_t Available = 0x400;
constexpr std::uint64_t Used = 0x600;

// As the server maps it, once for all inputs: what one leaves there the next one finds.
struct Shadows
{
    std::unique_ptr<ShadowRings> rings;
    std::span<std::uint8_t> file;
    std::size_t usedAt = 0; // of the second queue

    Shadows()
    {
        auto made = ShadowRings::create(2);
        check(bool(made), "no memory");
        rings = std::move(*made);
        const virtio::VhostUserRegion region = rings->region();
        void *memory =
            ::mmap(nullptr, region.size, PROT_READ | PROT_WRITE, MAP_SHARED, region.descriptor, 0);
        check(memory != MAP_FAILED, "no memory");
        file = {static_cast<std::uint8_t *>(memory), std::size_t(region.size)};
        usedAt = std::size_t(rings->describe(1).used - region.userAddress);
    }
    ~Shadows() { ::munmap(file.data(), file.size()); }
    Shadows(const Shadows &) = delete;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    tests::FuzzInput input(data, size);
    tests::FakeRam ram(RamBytes);
    Shadows shadows;
    Virtqueue queue(64);
    queue.addresses() = {Descriptors, Available, Used};
    queue.setFeatures((input.byte() & 1) != 0, true);
    const auto contents = input.take(1024);
    std::copy(contents.begin(), contents.end(), ram.at(0));
    if (!queue.enable(ram.memory))
        return 0;
    for (int i = 0; i < 200 && !input.isAtEnd(); ++i) {
        switch (input.byte() % 6) {
        case 0:
            if (!shadows.rings->forward(1, queue))
                return 0; // the device has to be reset
            break;
        case 1:
            if (!shadows.rings->collect(1, queue))
                return 0; // the server is given up
            break;
        case 2: { // the server answers
            const std::size_t entry = input.byte() % ShadowRings::RingSize;
            storeLe(&shadows.file[shadows.usedAt + 4 + 8 * entry], std::uint32_t(input.number(2)));
            storeLe(&shadows.file[shadows.usedAt + 8 + 8 * entry], std::uint32_t(input.number(4)));
            storeLe(&shadows.file[shadows.usedAt + 2], std::uint16_t(input.byte()));
            break;
        }
        case 3: { // or writes elsewhere
            const std::size_t at = std::size_t(input.number(2));
            const auto bytes = input.take(input.byte() % 16u);
            std::copy(bytes.begin(), bytes.end(), shadows.file.begin() + std::ptrdiff_t(at));
            break;
        }
        case 4: { // the guest writes
            const std::uint64_t at = input.number(2) % (RamBytes - 16);
            const auto bytes = input.take(input.byte() % 16u);
            std::copy(bytes.begin(), bytes.end(), ram.at(at));
            break;
        }
        case 5: {
            const std::size_t before = shadows.rings->underWay(1);
            if (!shadows.rings->end(1, queue, std::uint16_t(input.number(2))))
                return 0;
            check(shadows.rings->underWay(1) <= before, "an end makes more");
            return 0;
        }
        }
        check(shadows.rings->underWay(1) <= ShadowRings::MaxRequests,
              "more than there is room for");
        check(queue.outstanding() <= queue.size(), "more is outstanding than fits");
    }
    return 0;
}
