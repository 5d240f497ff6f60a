// SPDX-License-Identifier: GPL-3.0-or-later
// A virtio network card between a driver that does what it likes and a network that sends anything.
#include "engine/devices/virtio/virtio_net.h"
#include "tests/support/virtio_fuzz.h"

using namespace engine;

namespace {

struct Echo final : net::NetBackend
{
    explicit Echo(net::NetAdapter &theAdapter)
        : adapter(theAdapter)
    { }
    void send(net::Frame frame) override { adapter.deliver(frame); }
    net::NetAdapter &adapter;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const std::unique_ptr<PollLoop> loop = *PollLoop::start("network");
    tests::FuzzInput input(data, size);
    tests::VirtioBoard board(tests::VirtioFuzz::RamBytes);
    board.doorbells.isProvided = (input.byte() & 1) != 0;
    virtio::VirtioNet card("net", {2, 0, 0, 0, 0, 1}, true, *loop);
    net::NetAdapter adapter(card);
    loop->run([&] {
        adapter.setBackend(std::make_unique<Echo>(adapter));
        loop->add(&adapter);
        card.connectCard(&adapter);
    });
    const auto network = [&](tests::FuzzInput &bytes) {
        const std::uint8_t what = bytes.byte();
        if (what < 16)
            card.setLinkUp((what & 1) != 0);
        const net::FrameBuffer frame(what < 32 ? bytes.number(2) : what, what);
        loop->run([&] { adapter.deliver(frame); });
    };
    tests::VirtioFuzz(card, board, network).run(input);
    loop->run([&] {
        card.connectCard(nullptr);
        loop->remove(&adapter);
    });
    loop->run([] {});
    return 0;
}
