// SPDX-License-Identifier: GPL-3.0-or-later
// A virtio disk and a driver that does what it likes.
#include "engine/devices/virtio/virtio_blk.h"
#include "tests/support/virtio_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    tests::FuzzInput input(data, size);
    tests::VirtioBoard board(tests::VirtioFuzz::RamBytes);
    auto disk = std::make_shared<tests::FakeDisk>(32 * 512);
    disk->readOnly = (input.byte() & 1) != 0;
    engine::virtio::VirtioBlk blk("blk", disk, "serial", nullptr);
    const auto answer = [&disk](tests::FuzzInput &bytes) {
        if ((bytes.byte() & 7) == 0)
            disk->failure = engine::Error(engine::ErrorKind::Io, "broken");
        else
            disk->failure.reset();
        disk->complete();
        engine::check(disk->pending.size() <= engine::virtio::VirtioBlk::QueueSize,
                      "more requests are under way than the ring holds");
    };
    tests::VirtioFuzz fuzz(blk, board, answer);
    fuzz.settleBy([&disk] { disk->answerAll(); });
    fuzz.run(input);
    disk->answerAll();
    const std::lock_guard lock(blk.lock());
    engine::check(blk.isIdle(), "a request is lost");
    return 0;
}
