// SPDX-License-Identifier: GPL-3.0-or-later
// What plays a machine's TPM 2.0 behind the chip that the guest sees: it takes commands and gives
// responses (TCG, TPM 2.0 Library, part 1, 15: each begins with a tag, its size and a code, all
// big-endian). One command at a time, one response to each, in order.
//
// Threads: all on any thread. None waits but save(), restore() and setReceiver(). The receiver is
// called on the machine's io thread without a lock of the backend's.
#pragma once

#include "engine/base/result.h"

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

namespace engine {

// All of a TPM, for saved states: what it keeps without power, what it does not, and what it was
// told to keep for its next start. Opaque, and secret.
struct TpmState
{
    struct Part
    {
        std::uint32_t flags = 0;
        std::vector<std::uint8_t> bytes;
        bool operator==(const Part &) const = default;
    };
    static constexpr std::size_t MaxPartBytes = 1 << 20;

    std::array<Part, 3> parts;
    bool operator==(const TpmState &) const = default;
};

class TpmBackend
{
public:
    virtual ~TpmBackend() = default;

    // Who gets the responses; an empty one: there is none. A TPM that is lost answers every command
    // with that, once.
    using Receiver = std::function<void(std::vector<std::uint8_t> response)>;
    // An empty function: nobody. No call of the one before is under way when it returns; not with a
    // lock that the receiver takes.
    virtual void setReceiver(Receiver receiver) = 0;

    virtual void submit(std::vector<std::uint8_t> command) = 0;
    // Asks it to give up the command that it is at; the response comes all the same.
    virtual void cancel() = 0;
    // As when the machine loses its power, after the commands that came before.
    virtual void powerCycle() = 0;
    // Nothing is on its way.
    virtual bool isIdle() const = 0;

    // While it is idle.
    virtual Result<TpmState> save() = 0;
    virtual Result<> restore(const TpmState &state) = 0;
};

} // namespace engine
