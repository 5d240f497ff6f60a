// SPDX-License-Identifier: GPL-3.0-or-later
// The host's end of a virtio port, in memory: the test says what it takes and what it has.
#pragma once

#include "engine/bus/state_archive.h"
#include "engine/host/port_backend.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace tests {

struct FakePort final : engine::PortBackend
{
    void setWake(std::function<void()> value) override { wake = std::move(value); }
    bool isOpen() const override { return isHostOpen; }
    bool takeBreak() override { return std::exchange(isBroken, false); }
    std::size_t write(std::span<const std::uint8_t> bytes) override
    {
        const std::size_t taken = std::min(bytes.size(), room);
        room -= taken;
        got.append(bytes.begin(), bytes.begin() + std::ptrdiff_t(taken));
        return taken;
    }
    std::size_t read(std::span<std::uint8_t> into) override
    {
        const std::size_t count = std::min(into.size(), toGuest.size());
        std::copy_n(toGuest.begin(), count, into.begin());
        toGuest.erase(0, count);
        return count;
    }
    void setGuestOpen(bool isOpen) override
    {
        guest.push_back(isOpen);
        if (!isOpen)
            toGuest.clear();
    }
    void preparePoll(engine::PollSet &, bool wantsInput) override { isWanted = wantsInput; }
    bool handlePoll(const engine::PollSet &) override { return false; }
    void reset() override { toGuest.clear(); }
    void serialize(engine::StateArchive &archive) override { archive.list(toGuest, 1 << 16); }

    std::function<void()> wake;
    bool isHostOpen = false;
    bool isBroken = false;
    bool isWanted = false;
    std::size_t room = SIZE_MAX;
    std::string got;
    std::string toGuest;
    std::vector<bool> guest; // each time the guest opened or closed
};

} // namespace tests
