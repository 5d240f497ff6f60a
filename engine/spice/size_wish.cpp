// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/spice/size_wish.h"

#include "engine/base/bytes.h"

#include <algorithm>

namespace engine::spice {

using namespace vdagent;

std::optional<SizeWish::Size> SizeWish::add(std::span<const std::uint8_t> bytes)
{
    std::optional<Size> wish;
    while (!bytes.empty()) {
        if (m_left == 0) {
            const std::size_t count = std::min(bytes.size(), MessageHeaderBytes - m_headerCount);
            std::copy_n(bytes.begin(), count, m_header.begin() + std::ptrdiff_t(m_headerCount));
            bytes = bytes.subspan(count);
            m_headerCount += count;
            if (m_headerCount == MessageHeaderBytes)
                startMessage();
            continue;
        }
        const std::size_t count = std::min(bytes.size(), std::size_t(m_left));
        if (m_configCount < ConfigBytes) {
            const std::size_t kept = std::min(count, ConfigBytes - m_configCount);
            std::copy_n(bytes.begin(), kept, m_config.begin() + std::ptrdiff_t(m_configCount));
            m_configCount += kept;
            if (m_configCount == ConfigBytes)
                if (const std::optional<Size> size = read())
                    wish = size;
        }
        bytes = bytes.subspan(count);
        m_left -= std::uint32_t(count);
    }
    return wish;
}

void SizeWish::startMessage()
{
    m_headerCount = 0;
    m_left = loadLe<std::uint32_t>(&m_header[MessageSize]);
    const auto type = loadLe<std::uint32_t>(&m_header[MessageType]);
    m_configCount = type == std::uint32_t(Message::MonitorsConfig) ? 0 : ConfigBytes;
}

std::optional<SizeWish::Size> SizeWish::read() const
{
    const auto monitors = loadLe<std::uint32_t>(m_config.data());
    const auto height = loadLe<std::uint32_t>(&m_config[8]);
    const auto width = loadLe<std::uint32_t>(&m_config[12]);
    if (monitors == 0 || width == 0 || height == 0 || width > MaxSide || height > MaxSide)
        return std::nullopt;
    return Size{int(width), int(height)};
}

} // namespace engine::spice
