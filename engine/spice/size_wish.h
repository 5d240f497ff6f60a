// SPDX-License-Identifier: GPL-3.0-or-later
// What clients tell the guest's agent of their monitors, for a card that takes a size as well: reads
// along in the stream of whole messages (VD_AGENT_MONITORS_CONFIG of spice-protocol's
// spice/vd_agent.h). Not trusted: sizes are counted, never allocated.
//
// One thread at a time.
#pragma once

#include "engine/host/vdagent_protocol.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

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

    // In pieces of any length. The answer is the last wish that became whole with this one.
    std::optional<Size> add(std::span<const std::uint8_t> bytes);

private:
    // VDAgentMonitorsConfig: how many, flags; then of each height, width and more.
    static constexpr std::size_t ConfigBytes = 16; // up to the first one's width

    void startMessage();
    std::optional<Size> read() const;

    std::array<std::uint8_t, vdagent::MessageHeaderBytes> m_header = {};
    std::size_t m_headerCount = 0;
    std::array<std::uint8_t, ConfigBytes> m_config = {};
    std::size_t m_configCount = ConfigBytes; // nothing is to be kept
    std::uint32_t m_left = 0; // of the message
};

} // namespace engine::spice
