// SPDX-License-Identifier: GPL-3.0-or-later
// Packets through a VirtIO adapter, from its rings: QEMU's user network counts nothing itself, but
// x-query-virtio-queue-status (QEMU 7.2) tells how many buffers the device has used. The index is
// 16 bits wide and wraps (VirtIO 1.1, 2.6.8 "used ring"), and starts at 0 again at a reset.
// Queue 0 receives, queue 1 sends (VirtIO 1.1, 5.1.2).
#pragma once

#include <array>
#include <cstdint>

namespace engine {

class VirtioPacketCounter final
{
public:
    enum Queue { Receive = 0, Send = 1 };

    void update(Queue queue, std::uint16_t usedIndex)
    {
        std::uint16_t &last = m_lastIndex[queue];
        // Some thousand packets may pass between two looks; a fall from elsewhere is a reset.
        constexpr std::uint16_t WrapWindow = 0x8000;
        const auto advance = std::uint16_t(usedIndex - last);
        const bool isReset = usedIndex < last && advance >= WrapWindow;
        m_packets[queue] += isReset ? usedIndex : advance;
        last = usedIndex;
    }

    std::uint64_t packets(Queue queue) const { return m_packets[queue]; }

private:
    std::array<std::uint16_t, 2> m_lastIndex{};
    std::array<std::uint64_t, 2> m_packets{};
};

} // namespace engine
