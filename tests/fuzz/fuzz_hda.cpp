// SPDX-License-Identifier: GPL-3.0-or-later
// What a hostile guest can do to the sound card: registers, command rings, stream lists and
// buffers in any order, while its time passes.
#include "tests/support/fuzz_input.h"
#include "tests/support/hda_guest.h"

#include <cstring>

using namespace engine;
using namespace engine::hda;
using tests::HdaBoard;

namespace {

constexpr std::uint64_t RegistersInUse = StreamBase + StreamCount * StreamBytes;

void layOut(HdaBoard &board, tests::FuzzInput &input)
{
    const unsigned stream = input.byte() % StreamCount;
    const std::uint64_t list = HdaBoard::List + 0x1000 * stream;
    const unsigned entries = 1u + input.byte();
    for (unsigned i = 0; i < entries; ++i) {
        storeLe(board.ram.at(list + 16 * i), input.number(3));
        storeLe(board.ram.at(list + 16 * i + 8), std::uint32_t(input.number(2)));
        storeLe(board.ram.at(list + 16 * i + 12), std::uint32_t(input.byte()));
    }
    const std::uint64_t registers = HdaBoard::streamAt(stream);
    board.write(registers + ListLow, 4, std::uint32_t(list));
    board.write(registers + LastValidIndex, 2, entries - 1);
    board.write(registers + CyclicLength, 4, std::uint32_t(input.number(3)));
    board.write(registers + StreamFormat, 2, std::uint32_t(input.number(2)));
    board.run(stream, input.byte() & 0xf);
}

void command(HdaBoard &board, tests::FuzzInput &input)
{
    std::uint32_t words = std::uint32_t(input.number(3));
    words |= std::uint32_t(input.byte() % (Codec::NodeCount + 1)) << 20;
    board.command(words);
}

void saveAndLoad(HdaBoard &board, tests::FuzzInput &input)
{
    std::vector<std::uint8_t> saved = tests::savedBytes(board.hda);
    if (const std::uint64_t place = input.number(2); place < saved.size())
        saved[place] = std::uint8_t(saved[place] ^ input.byte());
    tests::resetDevice(board.hda);
    [[maybe_unused]] const bool isGood = tests::loadBytes(board.hda, saved);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    HdaBoard board;
    board.bringUp();
    tests::FuzzInput input(data, size);
    while (!input.isAtEnd()) {
        board.sound->played.clear();
        board.sound->outputRates.clear();
        board.sound->inputRates.clear();
        switch (input.byte() % 10) {
        case 0:
        case 1: {
            const unsigned width = 1u << (input.byte() % 4);
            board.write(input.number(2) % (RegistersInUse - 8), width,
                        std::uint32_t(input.number(4)));
            break;
        }
        case 2: {
            const unsigned width = 1u << (input.byte() % 4);
            board.read(input.number(2) % (RegisterBytes - 8), width);
            break;
        }
        case 3: { // any place in memory
            const std::uint64_t place = input.number(2);
            const auto bytes = input.take(input.byte());
            std::memcpy(board.ram.at(place), bytes.data(), bytes.size());
            break;
        }
        case 4:
        case 5:
            command(board, input);
            break;
        case 6:
            layOut(board, input);
            break;
        case 7:
            board.clock.advance(std::chrono::milliseconds(input.byte() % 40));
            break;
        case 8:
            saveAndLoad(board, input);
            break;
        default: {
            const std::lock_guard lock(board.hda.lock());
            board.hda.configWrite(input.byte() & 0xfc, 4, std::uint32_t(input.number(4)));
            board.hda.setRunning((input.byte() & 3) != 0);
            break;
        }
        }
    }
    return 0;
}
