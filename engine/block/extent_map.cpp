// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/block/extent_map.h"

#include <algorithm>

namespace engine {

namespace {

constexpr std::uint64_t Limit = std::uint64_t(1) << 63;

std::uint64_t endOf(const ImageExtent &extent)
{
    return extent.offset + extent.length;
}

bool isSound(const ImageExtent &extent)
{
    return extent.length > 0 && extent.offset < Limit && extent.place < Limit
        && extent.length < Limit - std::max(extent.offset, extent.place);
}

} // namespace

ExtentMap::ExtentMap(std::vector<ImageExtent> extents)
{
    std::erase_if(extents, [](const ImageExtent &extent) { return !isSound(extent); });
    if (extents.size() > MaxExtents) {
        std::nth_element(
            extents.begin(), extents.begin() + MaxExtents, extents.end(),
            [](const ImageExtent &a, const ImageExtent &b) { return a.length > b.length; });
        extents.resize(MaxExtents);
    }
    std::sort(extents.begin(), extents.end(),
              [](const ImageExtent &a, const ImageExtent &b) { return a.offset < b.offset; });
    m_extents.reserve(extents.size());
    for (const ImageExtent &extent : extents)
        if (m_extents.empty() || endOf(m_extents.back()) <= extent.offset)
            m_extents.push_back(extent);
}

std::vector<ImageExtent>::const_iterator ExtentMap::firstEndingAfter(std::uint64_t offset) const
{
    return std::partition_point(m_extents.begin(), m_extents.end(),
                                [&](const ImageExtent &extent) { return endOf(extent) <= offset; });
}

ExtentMap::Pieces ExtentMap::find(std::uint64_t offset, std::uint64_t length,
                                  bool isForWriting) const
{
    Pieces pieces;
    for (auto extent = firstEndingAfter(offset); length > 0; ++extent) {
        const bool isKnown = extent != m_extents.end() && extent->offset <= offset
            && (extent->isWritable || !isForWriting);
        if (!isKnown || pieces.m_count == MaxPieces)
            return {};
        const std::uint64_t before = offset - extent->offset;
        const std::uint64_t part = std::min(length, extent->length - before);
        pieces.m_pieces[pieces.m_count++] = {extent->file, extent->place + before, part};
        offset += part;
        length -= part;
    }
    return pieces;
}

void ExtentMap::forget(std::uint64_t offset, std::uint64_t length)
{
    const std::uint64_t end = length > Limit - std::min(offset, Limit) ? Limit : offset + length;
    if (offset >= end)
        return;
    auto first = m_extents.begin() + (firstEndingAfter(offset) - m_extents.cbegin());
    auto last = std::partition_point(
        first, m_extents.end(), [&](const ImageExtent &extent) { return extent.offset < end; });
    if (first == last)
        return;
    const ImageExtent head = *first;
    ImageExtent tail = *(last - 1);
    const bool hasTail = endOf(tail) > end;
    if (hasTail) {
        const std::uint64_t cut = end - tail.offset;
        tail = {end, tail.length - cut, tail.file, tail.place + cut, tail.isWritable};
    }
    if (head.offset < offset) {
        first->length = offset - head.offset;
        ++first;
    }
    first = m_extents.erase(first, last);
    if (hasTail)
        m_extents.insert(first, tail);
}

} // namespace engine
