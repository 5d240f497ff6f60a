// SPDX-License-Identifier: GPL-3.0-or-later
// The Intel network card between a driver that does what it likes and a network that sends
// anything.
#include "tests/support/e1000_guest.h"
#include "tests/support/fuzz_input.h"

#include <cstring>

using namespace engine;
using namespace engine::e1000;
using tests::E1000Board;

namespace {

constexpr std::uint32_t RegistersInUse = 0x5900;

void step(E1000Board &board, tests::FuzzInput &input)
{
    switch (input.byte() % 11) {
    case 0:
    case 1: { // any register
        const auto offset = std::uint32_t(input.number(2) % RegistersInUse & ~3u);
        return board.write(offset, std::uint32_t(input.number(4)));
    }
    case 2:
        board.read(std::uint32_t(input.number(2) % RegistersInUse & ~3u));
        return;
    case 3:
    case 4: { // a descriptor as drivers lay it out
        const auto bytes = input.take(input.byte());
        const std::uint64_t data = board.put({bytes.begin(), bytes.end()});
        const auto length = std::uint32_t(input.number(2));
        const std::uint32_t command =
            std::uint32_t(input.byte()) << 24 | std::uint32_t(input.byte()) << 16;
        return board.offer(data, command | length, std::uint32_t(input.number(4)));
    }
    case 5: { // a context
        const std::uint64_t places = input.number(8);
        const auto length = std::uint32_t(input.number(2));
        return board.offer(places, length | std::uint32_t(input.byte() | 0x20) << 24,
                           std::uint32_t(input.number(4)));
    }
    case 6:
        return board.send();
    case 7: { // a frame from the network
        net::FrameBuffer frame(input.number(2) % 20000, std::uint8_t(7));
        const auto head = input.take(18);
        std::copy_n(head.begin(), std::min(head.size(), frame.size()), frame.begin());
        return board.deliver(frame);
    }
    case 8: { // any place in memory
        const std::uint64_t place = input.number(2);
        const auto bytes = input.take(input.byte());
        std::copy(bytes.begin(), bytes.end(), board.ram.at(place));
        return;
    }
    case 9: { // a saved state, with one byte changed
        board.settle();
        board.setRunning(false);
        std::vector<std::uint8_t> saved = tests::savedBytes(board.card);
        if (const std::uint64_t place = input.number(2); place < saved.size())
            saved[place] = std::uint8_t(saved[place] ^ input.byte());
        tests::resetDevice(board.card);
        [[maybe_unused]] const bool isGood = tests::loadBytes(board.card, saved);
        return board.setRunning(true);
    }
    default: {
        const std::uint8_t what = input.byte();
        if (what < 64)
            return board.card.setLinkUp((what & 1) != 0);
        if (what < 128) {
            board.setRunning((what & 1) != 0);
            return;
        }
        if (what < 160)
            return board.bringUp(std::uint32_t(input.number(4)));
        board.clock.advance(std::chrono::microseconds(what));
        const std::lock_guard lock(board.card.lock());
        board.card.configWrite(what & 0x3c, 4, std::uint32_t(input.number(4)));
        return;
    }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    tests::FuzzInput input(data, size);
    E1000Board board;
    board.bringUp();
    while (!input.isAtEnd())
        step(board, input);
    board.settle();
    return 0;
}
