// SPDX-License-Identifier: GPL-3.0-or-later
// A virtio GPU with a driver that asks for what it likes: requests whole or in pieces, pictures
// that overlap, pages that are none, saved states that were changed.
#include "tests/support/gpu_guest.h"
#include "tests/support/saved_device.h"
#include "tests/support/virtio_fuzz.h"

using namespace engine;

namespace {

class Watcher final : public virtio::GpuWatcher
{
public:
    explicit Watcher(virtio::VirtioGpu &gpu)
        : m_gpu(gpu)
    { }
    bool isWatched(unsigned head) const override { return head != 1 && isLooking; }
    void pictureReplaced(unsigned) override { }
    void pictureDamaged(unsigned head, FrameRect part) override
    {
        const virtio::GpuHead &shown = m_gpu.head(head);
        check(part.x >= 0 && part.y >= 0 && part.width > 0 && part.height > 0
                  && part.x + part.width <= shown.width() && part.y + part.height <= shown.height(),
              "damage beside the picture");
    }
    void cursorChanged(unsigned) override { }

    bool isLooking = true;

private:
    virtio::VirtioGpu &m_gpu;
};

// Small numbers find each other.
std::uint32_t someNumber(tests::FuzzInput &bytes)
{
    const std::uint8_t kind = bytes.byte();
    return kind < 0xf0 ? kind % 80u : std::uint32_t(bytes.number(4));
}

std::uint32_t someId(tests::FuzzInput &bytes)
{
    return bytes.byte() % 4;
}

void ask(tests::GpuGuest &guest, tests::FuzzInput &bytes)
{
    using tests::Command;
    static constexpr Command Commands[] = {Command::GetDisplayInfo,
                                           Command::ResourceCreate2d,
                                           Command::ResourceUnref,
                                           Command::SetScanout,
                                           Command::ResourceFlush,
                                           Command::TransferToHost2d,
                                           Command::ResourceAttachBacking,
                                           Command::ResourceDetachBacking,
                                           Command::GetEdid,
                                           Command::UpdateCursor,
                                           Command::MoveCursor};
    const Command command = Commands[bytes.byte() % std::size(Commands)];
    tests::GpuBytes request(command);
    const auto rect = [&] {
        for (int i = 0; i < 4; ++i)
            request.add32(someNumber(bytes));
    };
    switch (command) {
    case Command::ResourceCreate2d:
        request.add32(someId(bytes)).add32(bytes.byte() % 5);
        request.add32(someNumber(bytes)).add32(someNumber(bytes));
        break;
    case Command::SetScanout:
        rect();
        request.add32(bytes.byte() % 5).add32(someId(bytes));
        break;
    case Command::ResourceFlush:
        rect();
        request.add32(someId(bytes)).add32(0);
        break;
    case Command::TransferToHost2d:
        rect();
        request.add64(someNumber(bytes)).add32(someId(bytes)).add32(0);
        break;
    case Command::ResourceAttachBacking: {
        request.add32(someId(bytes));
        const std::uint32_t count = bytes.byte() % 6;
        request.add32(count);
        for (std::uint32_t i = 0; i < count; ++i)
            request.add64(bytes.number(2) << (bytes.byte() % 4))
                .add32(someNumber(bytes) << 6)
                .add32(0);
        break;
    }
    case Command::UpdateCursor:
    case Command::MoveCursor:
        request.add32(bytes.byte() % 5).add32(someNumber(bytes)).add32(someNumber(bytes)).add32(0);
        request.add32(someId(bytes)).add32(someNumber(bytes)).add32(someNumber(bytes)).add32(0);
        break;
    default:
        request.add32(someId(bytes)).add32(0);
        break;
    }
    const bool isCursor = command == Command::UpdateCursor || command == Command::MoveCursor;
    guest.ask(request, isCursor ? tests::GpuGuest::Cursor : tests::GpuGuest::Control);
}

void hostActs(virtio::VirtioGpu &gpu, Watcher &watcher, tests::FuzzInput &bytes)
{
    switch (bytes.byte() % 5) {
    case 0:
        gpu.wantSize(bytes.byte() % 3, someNumber(bytes) << 4, someNumber(bytes) << 4);
        break;
    case 1:
        gpu.setCursorDrawn((bytes.byte() & 1) != 0);
        break;
    case 2:
        watcher.isLooking = !watcher.isLooking;
        gpu.setPluggedIn(1, !gpu.isPluggedIn(1));
        break;
    case 3:
        for (unsigned head = 0; head < gpu.headCount(); ++head) {
            const Frame frame = gpu.frame(head);
            check(frame.isEmpty() || frame.keepAlive, "a frame without memory");
            gpu.cursor(head);
            const virtio::VirtioGpu::Place place = gpu.placeOf(head);
            check(place.desktopWidth == 0
                      || (place.x >= 0 && place.x < place.desktopWidth && place.y >= 0
                          && place.y < place.desktopHeight),
                  "a monitor beside the desktop");
        }
        break;
    case 4: {
        std::vector<std::uint8_t> state = tests::savedBytes(gpu);
        for (unsigned i = bytes.byte() % 4u; i > 0; --i)
            state[std::size_t(bytes.number(2)) % state.size()] = bytes.byte();
        tests::resetDevice(gpu);
        tests::loadBytes(gpu, state);
        break;
    }
    }
    const virtio::VirtioGpu::Facts facts = gpu.facts();
    check(facts.resourceBytes <= virtio::VirtioGpu::MaxResourceBytes
              && facts.resources <= virtio::VirtioGpu::MaxResources
              && facts.backingEntries <= virtio::VirtioGpu::MaxAllBackingEntries,
          "more than there can be");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    tests::FuzzInput input(data, size);
    const bool isSane = (input.byte() & 1) == 0;
    tests::GpuGuest guest(isSane ? 256 * 1024 : tests::VirtioFuzz::RamBytes);
    Watcher watcher(guest.gpu);
    guest.gpu.setGpuWatcher(&watcher);
    if (isSane) {
        guest.driver.start(tests::GpuGuest::Features, 8);
        while (!input.isAtEnd()) {
            if (const std::uint8_t what = input.byte(); what % 4 != 0)
                ask(guest, input);
            else
                hostActs(guest.gpu, watcher, input);
        }
    } else {
        tests::VirtioFuzz fuzz(guest.gpu, guest.board, [&](tests::FuzzInput &bytes) {
            hostActs(guest.gpu, watcher, bytes);
        });
        fuzz.offerAnywhere();
        fuzz.run(input);
    }
    guest.gpu.setGpuWatcher(nullptr);
    return 0;
}
