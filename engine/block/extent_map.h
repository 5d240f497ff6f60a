// SPDX-License-Identifier: GPL-3.0-or-later
// Which parts of a disk lie where in which files: of those that are known. Not thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace engine {

// All in bytes.
struct ImageExtent
{
    std::uint64_t offset = 0; // of the disk
    std::uint64_t length = 0;
    unsigned file = 0;
    std::uint64_t place = 0; // in that file
    bool isWritable = false; // may be written there

    bool operator==(const ImageExtent &) const = default;
};

// Of an image.
struct ImageMap
{
    std::vector<std::string> files; // the first one is the image's own and the only one to write
    std::vector<ImageExtent> extents;
    std::uint64_t clusterBytes = 0; // a power of two: what the image moves and frees at once
};

class ExtentMap final
{
public:
    static constexpr std::size_t MaxPieces = 16;
    // The longest ones of more than that many are kept: two megabytes of them.
    static constexpr std::size_t MaxExtents = 65536;

    struct Piece
    {
        unsigned file = 0;
        std::uint64_t place = 0;
        std::uint64_t length = 0;

        bool operator==(const Piece &) const = default;
    };
    class Pieces final
    {
    public:
        std::span<const Piece> all() const { return std::span(m_pieces).first(m_count); }
        bool areFound() const { return m_count > 0; }

    private:
        friend class ExtentMap;
        std::array<Piece, MaxPieces> m_pieces = {};
        std::size_t m_count = 0;
    };

    ExtentMap() = default;
    // In any order. What overlaps one before it is left out, as is what ends past 2^63.
    explicit ExtentMap(std::vector<ImageExtent> extents);

    // All of the range, in order; nothing where a part of it is not known, may not be written
    // though it is to be, or lies in more than MaxPieces.
    Pieces find(std::uint64_t offset, std::uint64_t length, bool isForWriting) const;
    // From now on nothing is known of the range. It may end beyond the disk.
    void forget(std::uint64_t offset, std::uint64_t length);

    std::span<const ImageExtent> extents() const { return m_extents; }

private:
    std::vector<ImageExtent>::const_iterator firstEndingAfter(std::uint64_t offset) const;

    std::vector<ImageExtent> m_extents; // sorted, apart from one another
};

} // namespace engine
