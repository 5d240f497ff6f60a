// SPDX-License-Identifier: GPL-3.0-or-later
// What an agent in the guest says to a SPICE client, and a client to it, in pieces of any length.
#include "engine/base/bytes.h"
#include "engine/spice/agent_chunks.h"
#include "engine/spice/size_wish.h"
#include "tests/support/fuzz_input.h"

#include <algorithm>
#include <cstdlib>

using namespace engine;
using namespace engine::spice;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    tests::FuzzInput input(data, size);
    ChunkMaker maker;
    ChunkReader reader;
    ChunkReader ofMade;
    std::vector<std::uint8_t> chunks;
    std::vector<std::uint8_t> given;
    std::vector<std::uint8_t> messages;
    while (!input.isAtEnd()) {
        const auto piece = input.take(std::size_t(input.byte()) + 1);
        given.insert(given.end(), piece.begin(), piece.end());
        maker.add(piece, chunks);
        reader.add(piece, messages);
    }
    if (messages.size() > given.size())
        std::abort();
    // A size that was wished, and what the agent gets, is the same in whatever pieces it comes.
    SizeWish whole;
    SizeWish inBytes;
    std::optional<SizeWish::Size> last;
    std::vector<std::uint8_t> passed;
    std::vector<std::uint8_t> passedInBytes;
    for (const std::uint8_t &byte : given)
        if (const auto wished = inBytes.add({&byte, 1}, passedInBytes))
            last = wished;
    if (whole.add(given, passed) != last
        || (last && (last->width < 1 || last->width > SizeWish::MaxSide)))
        std::abort();
    if (passed != passedInBytes || passed.size() > given.size())
        std::abort();
    for (std::size_t at = 0; at < chunks.size();) {
        const std::size_t payload = loadLe<std::uint32_t>(&chunks[at + vdagent::ChunkSize]);
        at += vdagent::ChunkHeaderBytes + payload;
        if (payload == 0 || payload > vdagent::MaxChunkBytes || at > chunks.size())
            std::abort();
    }
    // What was cut into chunks comes back, but for a header that is not whole yet.
    std::vector<std::uint8_t> back;
    ofMade.add(chunks, back);
    if (back.size() > given.size() || given.size() - back.size() >= vdagent::MessageHeaderBytes
        || !std::equal(back.begin(), back.end(), given.begin()))
        std::abort();
    return 0;
}
