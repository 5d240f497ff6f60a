// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/spice/size_wish.h"

#include "engine/base/bytes.h"

#include <algorithm>

namespace engine::spice {

using namespace vdagent;

namespace {

// VDAgentMonitorsConfig: how many, flags; then of each height, width, depth, x and y; then, by the
// flag, the sizes in millimeters.
constexpr std::size_t FlagsAt = 4;
constexpr std::size_t FixedBytes = 8;
constexpr std::size_t MonitorBytes = 20;
constexpr std::uint32_t PhysicalSizeFlag = 1U << 1;

std::optional<SizeWish::Size> firstSize(std::span<const std::uint8_t> config)
{
    if (config.size() < FixedBytes + 8)
        return std::nullopt;
    const auto monitors = loadLe<std::uint32_t>(config.data());
    const auto height = loadLe<std::uint32_t>(&config[FixedBytes]);
    const auto width = loadLe<std::uint32_t>(&config[FixedBytes + 4]);
    if (monitors == 0 || width == 0 || height == 0 || width > SizeWish::MaxSide
        || height > SizeWish::MaxSide)
        return std::nullopt;
    return SizeWish::Size{int(width), int(height)};
}

// A whole message, header and all.
void takeMillimetersOff(std::vector<std::uint8_t> &message)
{
    if (message.size() < MessageHeaderBytes + FixedBytes)
        return;
    std::uint8_t *const config = &message[MessageHeaderBytes];
    const auto flags = loadLe<std::uint32_t>(config + FlagsAt);
    const std::uint64_t plain =
        FixedBytes + std::uint64_t(loadLe<std::uint32_t>(config)) * MonitorBytes;
    if ((flags & PhysicalSizeFlag) == 0 || MessageHeaderBytes + plain > message.size())
        return;
    storeLe<std::uint32_t>(config + FlagsAt, flags & ~PhysicalSizeFlag);
    storeLe<std::uint32_t>(&message[MessageSize], std::uint32_t(plain));
    message.resize(MessageHeaderBytes + std::size_t(plain));
}

} // namespace

std::optional<SizeWish::Size> SizeWish::add(std::span<const std::uint8_t> bytes,
                                            std::vector<std::uint8_t> &messages)
{
    std::optional<Size> wish;
    while (!bytes.empty()) {
        if (m_left != 0) {
            const std::size_t count = std::min(bytes.size(), std::size_t(m_left));
            messages.insert(messages.end(), bytes.begin(), bytes.begin() + std::ptrdiff_t(count));
            bytes = bytes.subspan(count);
            m_left -= std::uint32_t(count);
            continue;
        }
        const bool hasHeader = m_held.size() >= MessageHeaderBytes;
        const std::size_t wanted = hasHeader
            ? MessageHeaderBytes + loadLe<std::uint32_t>(&m_held[MessageSize])
            : MessageHeaderBytes;
        const std::size_t count = std::min(bytes.size(), wanted - m_held.size());
        m_held.insert(m_held.end(), bytes.begin(), bytes.begin() + std::ptrdiff_t(count));
        bytes = bytes.subspan(count);
        if (m_held.size() == wanted)
            if (const std::optional<Size> size = finish(messages))
                wish = size;
    }
    return wish;
}

// A header or a held message has become whole.
std::optional<SizeWish::Size> SizeWish::finish(std::vector<std::uint8_t> &messages)
{
    std::optional<Size> wish;
    const auto size = loadLe<std::uint32_t>(&m_held[MessageSize]);
    const auto type = loadLe<std::uint32_t>(&m_held[MessageType]);
    if (m_held.size() > MessageHeaderBytes) {
        wish = firstSize(std::span(m_held).subspan(MessageHeaderBytes));
        takeMillimetersOff(m_held);
    } else if (type == std::uint32_t(Message::MonitorsConfig) && size != 0 && size <= MaxHeld) {
        return std::nullopt;
    } else {
        m_left = size;
    }
    messages.insert(messages.end(), m_held.begin(), m_held.end());
    m_held.clear();
    return wish;
}

} // namespace engine::spice
