// SPDX-License-Identifier: GPL-3.0-or-later
// A memory balloon with a driver that gives away what it likes.
#include "engine/devices/virtio/virtio_balloon.h"
#include "tests/support/virtio_fuzz.h"

using namespace engine;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    tests::VirtioBoard board(tests::VirtioFuzz::RamBytes);
    virtio::VirtioBalloon balloon("balloon", nullptr);
    const auto host = [&](tests::FuzzInput &bytes) {
        const std::uint8_t what = bytes.byte();
        if (what % 3 == 0)
            balloon.setTarget(bytes.number(4) << 8);
        else if (what % 3 == 1)
            balloon.askForStatistics();
        else
            check(balloon.facts().targetBytes % virtio::VirtioBalloon::PageBytes == 0,
                  "the target is no whole number of pages");
    };
    tests::VirtioFuzz(balloon, board, host).run(tests::FuzzInput(data, size));
    return 0;
}
