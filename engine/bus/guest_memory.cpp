// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/bus/guest_memory.h"

#include "engine/base/result.h"

#include <algorithm>
#include <cstring>

namespace engine {

GuestMemory::GuestMemory(std::vector<Region> regions)
    : m_regions(std::move(regions))
{
    for (std::size_t i = 0; i < m_regions.size(); ++i) {
        check(!m_regions[i].host.empty(), "a region of guest memory is empty");
        check(i == 0
                  || m_regions[i].guestAddress
                      >= m_regions[i - 1].guestAddress + m_regions[i - 1].host.size(),
              "regions of guest memory overlap or are not sorted");
    }
}

const GuestMemory::Region *GuestMemory::find(std::uint64_t guestAddress) const
{
    for (const Region &region : m_regions)
        if (guestAddress >= region.guestAddress
            && guestAddress - region.guestAddress < region.host.size())
            return &region;
    return nullptr;
}

// Checks the whole range before the function sees the first piece.
template <class Function>
bool GuestMemory::forEachPiece(std::uint64_t guestAddress, std::uint64_t size,
                               Function &&function) const
{
    if (!contains(guestAddress, size))
        return false;
    while (size > 0) {
        const Region *region = find(guestAddress);
        const std::uint64_t offset = guestAddress - region->guestAddress;
        const std::uint64_t length = std::min<std::uint64_t>(size, region->host.size() - offset);
        function(region->host.subspan(std::size_t(offset), std::size_t(length)));
        guestAddress += length;
        size -= length;
    }
    return true;
}

bool GuestMemory::contains(std::uint64_t guestAddress, std::uint64_t size) const
{
    while (size > 0) {
        const Region *region = find(guestAddress);
        if (!region)
            return false;
        const std::uint64_t length = region->host.size() - (guestAddress - region->guestAddress);
        if (length >= size)
            return true;
        guestAddress += length;
        size -= length;
    }
    return true;
}

bool GuestMemory::read(std::uint64_t guestAddress, std::span<std::uint8_t> into) const
{
    return forEachPiece(guestAddress, into.size(), [&](std::span<std::uint8_t> piece) {
        std::memcpy(into.data(), piece.data(), piece.size());
        into = into.subspan(piece.size());
    });
}

bool GuestMemory::write(std::uint64_t guestAddress, std::span<const std::uint8_t> from) const
{
    return forEachPiece(guestAddress, from.size(), [&](std::span<std::uint8_t> piece) {
        std::memcpy(piece.data(), from.data(), piece.size());
        from = from.subspan(piece.size());
    });
}

bool GuestMemory::fill(std::uint64_t guestAddress, std::uint64_t size, std::uint8_t value) const
{
    return forEachPiece(guestAddress, size, [&](std::span<std::uint8_t> piece) {
        std::memset(piece.data(), value, piece.size());
    });
}

std::span<std::uint8_t> GuestMemory::span(std::uint64_t guestAddress, std::uint64_t size) const
{
    const Region *region = find(guestAddress);
    if (!region)
        return {};
    const std::uint64_t offset = guestAddress - region->guestAddress;
    if (size > region->host.size() - offset)
        return {};
    return region->host.subspan(std::size_t(offset), std::size_t(size));
}

bool GuestMemory::spans(std::uint64_t guestAddress, std::uint64_t size,
                        std::vector<std::span<std::uint8_t>> &pieces) const
{
    return forEachPiece(guestAddress, size,
                        [&](std::span<std::uint8_t> piece) { pieces.push_back(piece); });
}

std::uint64_t GuestMemory::size() const
{
    std::uint64_t total = 0;
    for (const Region &region : m_regions)
        total += region.host.size();
    return total;
}

} // namespace engine
