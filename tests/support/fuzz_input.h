// SPDX-License-Identifier: GPL-3.0-or-later
// A fuzzer's bytes, taken one value after the other; zeros when they are at an end.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace tests {

class FuzzInput final
{
public:
    FuzzInput(const std::uint8_t *data, std::size_t size)
        : m_left(data, size)
    { }
    bool isAtEnd() const { return m_left.empty(); }
    std::uint64_t number(unsigned bytes)
    {
        std::uint64_t value = 0;
        unsigned shift = 0;
        for (const std::uint8_t byte : take(bytes)) {
            value |= std::uint64_t(byte) << shift;
            shift += 8;
        }
        return value;
    }
    std::uint8_t byte() { return std::uint8_t(number(1)); }
    // Fewer where there are no more.
    std::span<const std::uint8_t> take(std::size_t count)
    {
        const auto taken = m_left.first(std::min(count, m_left.size()));
        m_left = m_left.subspan(taken.size());
        return taken;
    }

private:
    std::span<const std::uint8_t> m_left;
};

} // namespace tests
