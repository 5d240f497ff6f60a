// SPDX-License-Identifier: GPL-3.0-or-later
// Big-endian numbers at any alignment. The caller has checked that the bytes are there.
#pragma once

#include <cstdint>

namespace engine::net {

inline std::uint16_t loadBig16(const std::uint8_t *bytes)
{
    return std::uint16_t(bytes[0] << 8 | bytes[1]);
}
inline std::uint32_t loadBig32(const std::uint8_t *bytes)
{
    return std::uint32_t(loadBig16(bytes)) << 16 | loadBig16(bytes + 2);
}
inline void storeBig16(std::uint8_t *bytes, std::uint16_t value)
{
    bytes[0] = std::uint8_t(value >> 8);
    bytes[1] = std::uint8_t(value);
}
inline void storeBig32(std::uint8_t *bytes, std::uint32_t value)
{
    storeBig16(bytes, std::uint16_t(value >> 16));
    storeBig16(bytes + 2, std::uint16_t(value));
}

} // namespace engine::net
