// SPDX-License-Identifier: GPL-3.0-or-later
// A TPM in memory that answers when the test lets it.
#pragma once

#include "engine/host/tpm_backend.h"

#include <deque>
#include <utility>
#include <vector>

namespace tests {

using TpmBytes = std::vector<std::uint8_t>;

// A response of this code and content: tag, size, code.
inline TpmBytes tpmMessage(std::uint32_t code, TpmBytes content = {})
{
    const auto size = std::uint32_t(10 + content.size());
    TpmBytes bytes = {0x80, 0x01};
    for (const std::uint32_t number : {size, code})
        for (int shift = 24; shift >= 0; shift -= 8)
            bytes.push_back(std::uint8_t(number >> shift));
    bytes.insert(bytes.end(), content.begin(), content.end());
    return bytes;
}

struct FakeTpm final : engine::TpmBackend
{
    void setReceiver(Receiver value) override { receiver = std::move(value); }
    void submit(TpmBytes command) override
    {
        waiting.push_back(command);
        commands.push_back(std::move(command));
    }
    void cancel() override { ++cancels; }
    void powerCycle() override
    {
        ++powerCycles;
        state.parts[1].bytes.clear();
    }
    bool isIdle() const override { return waiting.empty(); }
    engine::Result<engine::TpmState> save() override
    {
        if (isLost)
            return engine::Error(engine::ErrorKind::Io, "the TPM is gone");
        return state;
    }
    engine::Result<> restore(const engine::TpmState &saved) override
    {
        if (isLost)
            return engine::Error(engine::ErrorKind::Io, "the TPM is gone");
        state = saved;
        return {};
    }

    // To the oldest command.
    void answer(TpmBytes response)
    {
        waiting.pop_front();
        state.parts[1].bytes.push_back(std::uint8_t(response.size()));
        receiver(std::move(response));
    }

    Receiver receiver;
    std::vector<TpmBytes> commands; // all that came
    std::deque<TpmBytes> waiting;
    int cancels = 0;
    int powerCycles = 0;
    bool isLost = false;
    engine::TpmState state;
};

} // namespace tests
