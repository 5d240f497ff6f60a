// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers in memory that others laid out. Unaligned addresses are fine.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace engine {

static_assert(std::endian::native == std::endian::little, "the engine runs on x86-64 only");

template <std::unsigned_integral T>
constexpr T byteSwapped(T value)
{
    T swapped = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
        swapped = T(swapped | (T((value >> (8 * i)) & 0xff) << (8 * (sizeof(T) - 1 - i))));
    return swapped;
}

// The caller has checked that sizeof(T) bytes are there.
template <std::unsigned_integral T>
T loadLe(const void *from)
{
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

template <std::unsigned_integral T>
T loadBe(const void *from)
{
    return byteSwapped(loadLe<T>(from));
}

template <std::unsigned_integral T>
void storeLe(void *to, T value)
{
    std::memcpy(to, &value, sizeof value);
}

template <std::unsigned_integral T>
void storeBe(void *to, T value)
{
    storeLe(to, byteSwapped(value));
}

// The low `size` bytes set; size 1 to 8.
constexpr std::uint64_t maskOfBytes(unsigned size)
{
    return size >= 8 ? ~std::uint64_t(0) : (std::uint64_t(1) << (8 * size)) - 1;
}

// Part of a register file as a bus access sees it: zeros beyond the end.
inline std::uint64_t loadPart(std::span<const std::uint8_t> bytes, std::uint64_t offset,
                              unsigned size)
{
    std::uint64_t value = 0;
    for (unsigned i = 0; i < size && offset + i < bytes.size(); ++i)
        value |= std::uint64_t(bytes[std::size_t(offset + i)]) << (8 * i);
    return value;
}

inline void storePart(std::span<std::uint8_t> bytes, std::uint64_t offset, unsigned size,
                      std::uint64_t value)
{
    for (unsigned i = 0; i < size && offset + i < bytes.size(); ++i)
        bytes[std::size_t(offset + i)] = std::uint8_t(value >> (8 * i));
}

} // namespace engine
