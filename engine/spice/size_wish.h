// SPDX-License-Identifier: GPL-3.0-or-later
// What clients tell the guest's agent of their monitors, for a card that takes a size as well:
// passes the stream of whole messages on (VD_AGENT_MONITORS_CONFIG of spice-protocol's
// spice/vd_agent.h). Not trusted: what is kept is bounded.
//
// spice-client-glib 0.42 (remote-viewer's) adds each monitor's size in millimeters, unasked. Agents
// that do not know of those drop the whole message, so they are taken off.
//
// One thread at a time.
#pragma once

#include "engine/host/vdagent_protocol.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace engine::spice {

class SizeWish final
{
public:
    static constexpr int MaxSide = 16384; // no wish is larger

    struct Size
    {
        int width = 0; // pixels, of the first monitor
        int height = 0;

        bool operator==(const Size &) const = default;
    };

    // In pieces of any length. What is for the agent is appended to `messages`. The answer is the
    // last wish that became whole with this one.
    std::optional<Size> add(std::span<const std::uint8_t> bytes,
                            std::vector<std::uint8_t> &messages);

private:
    // More monitors than anybody has; what is larger passes as it is.
    static constexpr std::uint32_t MaxHeld = 4096;

    std::optional<Size> finish(std::vector<std::uint8_t> &messages);

    std::vector<std::uint8_t> m_held; // a header, and a message about monitors, until it is whole
    std::uint32_t m_left = 0; // of a message that passes
};

} // namespace engine::spice
