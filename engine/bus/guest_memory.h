// SPDX-License-Identifier: GPL-3.0-or-later
// The guest's RAM as devices reach it by DMA: guest physical addresses, checked.
//
// The guest writes to it at the same time: whoever reads a structure copies it once, checks the
// copy and uses the copy. Regions are fixed while the machine lives. Any thread.
#pragma once

#include "engine/base/bytes.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace engine {

class GuestMemory final
{
public:
    struct Region
    {
        std::uint64_t guestAddress = 0;
        std::span<std::uint8_t> host;
        int descriptor = -1; // of a memfd that can be handed to helpers; not owned
        std::uint64_t descriptorOffset = 0;
    };

    // Sorted by address and without overlaps.
    explicit GuestMemory(std::vector<Region> regions);

    // All or nothing: false when a part is no RAM. A copy may cross regions.
    [[nodiscard]] bool read(std::uint64_t guestAddress, std::span<std::uint8_t> into) const;
    [[nodiscard]] bool write(std::uint64_t guestAddress, std::span<const std::uint8_t> from) const;
    [[nodiscard]] bool fill(std::uint64_t guestAddress, std::uint64_t size,
                            std::uint8_t value) const;
    bool contains(std::uint64_t guestAddress, std::uint64_t size) const;

    // Host memory behind a range, for transfers without a copy: empty when not all of it is RAM of
    // one region, else of exactly `size` bytes.
    std::span<std::uint8_t> span(std::uint64_t guestAddress, std::uint64_t size) const;
    // The same in as many pieces as it takes; appends to `pieces`. False (and nothing appended)
    // when a part is no RAM.
    [[nodiscard]] bool spans(std::uint64_t guestAddress, std::uint64_t size,
                             std::vector<std::span<std::uint8_t>> &pieces) const;

    template <std::unsigned_integral T>
    std::optional<T> load(std::uint64_t guestAddress) const // little-endian
    {
        T value = 0;
        if (!read(guestAddress, bytesOf(value)))
            return std::nullopt;
        return value;
    }

    template <std::unsigned_integral T>
    bool store(std::uint64_t guestAddress, T value) const
    {
        return write(guestAddress, bytesOf(value));
    }

    const std::vector<Region> &regions() const { return m_regions; }
    std::uint64_t size() const; // of all regions

private:
    template <std::unsigned_integral T>
    static std::span<std::uint8_t> bytesOf(T &value)
    {
        // Any object's bytes may be looked at as unsigned char.
        return {reinterpret_cast<std::uint8_t *>(&value), sizeof value};
    }

    const Region *find(std::uint64_t guestAddress) const;
    template <class Function>
    bool forEachPiece(std::uint64_t guestAddress, std::uint64_t size, Function &&function) const;

    std::vector<Region> m_regions;
};

} // namespace engine
