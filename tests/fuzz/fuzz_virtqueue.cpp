// SPDX-License-Identifier: GPL-3.0-or-later
// Rings and descriptors of any contents, changing while they are read.
#include "engine/base/result.h"
#include "engine/devices/virtio/virtqueue.h"
#include "tests/support/board_fakes.h"
#include "tests/support/fuzz_input.h"

using namespace engine;
using virtio::Chain;
using virtio::Virtqueue;

namespace {

constexpr std::size_t RamBytes = 8192;

// Every byte the device may touch is touched.
void use(const Chain &chain)
{
    std::uint64_t readable = 0;
    std::uint64_t writable = 0;
    unsigned sum = 0;
    for (const std::span<std::uint8_t> piece : chain.readable) {
        readable += piece.size();
        for (const std::uint8_t byte : piece.first(std::min<std::size_t>(piece.size(), 64)))
            sum += byte;
        sum += piece.back();
    }
    for (const std::span<std::uint8_t> piece : chain.writable) {
        writable += piece.size();
        piece.back() = std::uint8_t(sum);
    }
    check(readable == chain.readableBytes && writable == chain.writableBytes,
          "a chain's sizes are wrong");
    std::uint8_t some[40];
    const std::size_t got = virtio::copyFrom(chain.readable, sum % 50, some);
    virtio::copyTo(chain.writable, sum % 50, std::span(some).first(got));
    const Chain::Pieces part = virtio::part(chain.writable, sum % 50, 100);
    check(part.size() <= chain.writable.size(), "a part has more pieces than the whole");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    tests::FuzzInput input(data, size);
    tests::FakeRam ram(RamBytes);
    Virtqueue queue(16);
    const std::uint8_t options = input.byte();
    queue.setSize(std::uint16_t(input.byte() % 18));
    queue.setFeatures((options & 1) != 0, (options & 2) != 0);
    // Mostly where they can be.
    queue.addresses() = {input.number(2) & ~std::uint64_t(options & 4 ? 0 : 15),
                         input.number(2) & ~std::uint64_t(options & 4 ? 0 : 1),
                         input.number(2) & ~std::uint64_t(options & 4 ? 0 : 3)};
    const auto contents = input.take(1024);
    std::copy(contents.begin(), contents.end(), ram.at(0));
    if (!queue.enable(ram.memory))
        return 0;
    std::vector<std::uint16_t> heads;
    for (int i = 0; i < 200; ++i) {
        switch (input.byte() % 6) {
        case 0:
        case 1:
            if (const auto chain = queue.pop()) {
                use(*chain);
                heads.push_back(chain->head);
            }
            break;
        case 2:
            if (!heads.empty()) {
                queue.push(heads.back(), input.number(4));
                heads.pop_back();
            }
            break;
        case 3:
            queue.takeInterrupt();
            queue.setNotified((input.byte() & 1) != 0);
            break;
        case 4:
            if (!heads.empty()) {
                queue.unpop();
                heads.pop_back();
            }
            break;
        case 5: {
            const std::uint64_t at = input.number(2) % (RamBytes - 16);
            const auto bytes = input.take(input.byte() % 16u);
            std::copy(bytes.begin(), bytes.end(), ram.at(at));
            break;
        }
        }
        check(queue.outstanding() <= queue.size(), "more is outstanding than fits");
    }
    return 0;
}
