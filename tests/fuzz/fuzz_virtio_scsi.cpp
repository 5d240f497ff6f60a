// SPDX-License-Identifier: GPL-3.0-or-later
// A SCSI controller with a disk and an optical drive, and a driver that does what it likes.
#include "engine/devices/virtio/virtio_scsi.h"
#include "tests/support/virtio_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    tests::FuzzInput input(data, size);
    tests::VirtioBoard board(tests::VirtioFuzz::RamBytes);
    auto disk = std::make_shared<tests::FakeDisk>(32 * 512);
    auto disc = std::make_shared<tests::FakeDisk>(16 * 2048 + 512);
    disk->readOnly = (input.byte() & 1) != 0;
    disc->readOnly = true;
    engine::virtio::VirtioScsi scsi("scsi", {}, nullptr);
    scsi.attachDisk(0, disk, {"serial", true});
    scsi.attachOptical(1, disc, "serial");
    const auto answer = [&](tests::FuzzInput &bytes) {
        const std::uint8_t what = bytes.byte();
        tests::FakeDisk &image = (what & 0x80) != 0 ? *disc : *disk;
        if ((what & 0x70) == 0x70) {
            [[maybe_unused]] const engine::Result<> changed =
                scsi.changeMedium(1, (what & 1) != 0 ? disc : nullptr, (what & 2) != 0);
            return;
        }
        if ((what & 7) == 0)
            image.failure = engine::Error(engine::ErrorKind::Io, "broken");
        else
            image.failure.reset();
        image.complete();
        engine::check(disk->pending.size() <= engine::virtio::VirtioScsi::QueueSize,
                      "more requests are under way than the ring holds");
    };
    tests::VirtioFuzz fuzz(scsi, board, answer);
    fuzz.offerAnywhere();
    fuzz.settleBy([&] {
        disk->answerAll();
        disc->answerAll();
    });
    fuzz.run(input);
    disk->answerAll();
    disc->answerAll();
    const std::lock_guard lock(scsi.lock());
    engine::check(scsi.isIdle(), "a request is lost");
    return 0;
}
