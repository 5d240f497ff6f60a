// SPDX-License-Identifier: GPL-3.0-or-later
// A virtio console between a driver that does what it likes, with the agent's port at one end whose
// window says anything and comes and goes.
#include "engine/devices/virtio/virtio_console.h"
#include "engine/vmm/port_backends/vdagent_port.h"
#include "tests/support/fake_port.h"
#include "tests/support/virtio_fuzz.h"

#include <array>
#include <memory>

#include <sys/socket.h>

using namespace engine;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const std::unique_ptr<PollLoop> loop = *PollLoop::start("io");
    tests::FuzzInput input(data, size);
    tests::VirtioBoard board(tests::VirtioFuzz::RamBytes);
    board.doorbells.isProvided = (input.byte() & 1) != 0;
    const auto agent = std::make_shared<VdagentPort>();
    const auto plain = std::make_shared<tests::FakePort>();
    virtio::VirtioConsole console("console", {{"agent", agent}, {"plain", plain}}, loop.get());
    Fd window;
    const auto host = [&](tests::FuzzInput &bytes) {
        const std::uint8_t what = bytes.byte();
        if (what < 32) {
            std::array<int, 2> ends = {};
            if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data())
                == 0) {
                window = Fd(ends[0]);
                agent->connect(Fd(ends[1]));
            }
        } else if (what < 48) {
            window.reset();
        } else if (what < 64) {
            const std::lock_guard lock(console.lock());
            plain->isHostOpen = (what & 1) != 0;
            plain->isBroken = (what & 2) != 0;
            plain->room = bytes.byte();
            plain->toGuest.assign(bytes.byte(), 'x');
        } else if (what < 160) {
            const std::vector<std::uint8_t> said(bytes.number(2), what);
            ::send(window.get(), said.data(), said.size(), MSG_NOSIGNAL);
        } else {
            std::array<std::uint8_t, 4096> heard;
            ::recv(window.get(), heard.data(), heard.size(), 0);
        }
        console.lookAgain();
        loop->run([] {});
    };
    tests::VirtioFuzz driver(console, board, host);
    driver.offerAnywhere();
    driver.run(input);
    loop->run([] {});
    return 0;
}
