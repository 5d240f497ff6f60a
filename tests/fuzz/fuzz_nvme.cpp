// SPDX-License-Identifier: GPL-3.0-or-later
// An NVMe disk whose driver writes any registers and puts anything into its rings, with a disk that
// answers when it likes, and a saved state that was tampered with.
#include "tests/support/fuzz_input.h"
#include "tests/support/nvme_guest.h"

using namespace engine;

namespace {

// Small, because each input has its own.
constexpr std::size_t RamBytes = 128u << 10;
constexpr std::size_t DiskBytes = 64u << 10;

// Mostly where something is.
std::uint64_t place(tests::FuzzInput &input)
{
    const std::uint64_t value = input.number(4);
    return (value & 1) != 0 ? value << 4 : (value & 0x1fffc);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    tests::NvmeBoard board(RamBytes, DiskBytes);
    tests::FuzzInput input(data, size);
    if ((input.byte() & 1) != 0)
        board.bringUp();
    while (!input.isAtEnd()) {
        switch (input.byte() % 8) {
        case 0: {
            const std::uint64_t offset = input.number(2) % 0x4000 & ~std::uint64_t(3);
            board.write(offset, std::uint32_t(input.number(4)));
            board.read(offset);
            break;
        }
        case 1:
        case 2: { // a command
            const unsigned queue = input.byte() & 1;
            tests::NvmeCommand command;
            command.opcode = input.byte() & 0x0f;
            command.space = input.byte() & 3;
            command.prp1 = place(input);
            command.prp2 = place(input);
            command.word10 = std::uint32_t(input.number(3));
            command.word11 = std::uint32_t(input.number(3));
            command.word12 = std::uint32_t(input.number(2));
            board.submit(queue, command);
            break;
        }
        case 3:
            board.disk->complete();
            break;
        case 4: { // any bytes anywhere
            const auto bytes = input.take(16);
            [[maybe_unused]] const bool isRam = board.ram.memory.write(place(input), bytes);
            break;
        }
        case 5:
            while (board.take(input.byte() & 1)) { }
            break;
        case 6:
            board.setRunning((input.byte() & 1) != 0);
            break;
        default: {
            board.setRunning(false);
            board.disk->answerAll();
            check(board.card.isIdle(), "a request is forgotten");
            auto saved = tests::savedBytes(board.card);
            saved[input.number(2) % saved.size()] ^= input.byte();
            tests::resetDevice(board.card);
            if (!tests::loadBytes(board.card, std::move(saved)))
                tests::resetDevice(board.card);
            board.setRunning(true);
            break;
        }
        }
    }
    board.disk->answerAll();
    return 0;
}
