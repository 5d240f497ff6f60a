// SPDX-License-Identifier: GPL-3.0-or-later
// A FUSE request and its reply as they lie in memory that the guest can write (linux/fuse.h;
// VIRTIO 1.2, 5.11.6). Each byte of a request is read once, bounded by what was sent; data that is
// only passed on is not read at all but named in place, for preadv2(2) and pwritev2(2).
//
// One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <linux/fuse.h>
#include <sys/uio.h>

namespace engine::share {

class FuseRequest final
{
public:
    // Reads the header.
    explicit FuseRequest(std::span<const iovec> pieces);

    // False: shorter than a header, or than its header says. Then only the header's `unique` may be
    // used, which is 0 when not even that was there.
    bool isWhole() const { return m_isWhole; }
    const fuse_in_header &header() const { return m_header; }
    // Not taken yet.
    std::size_t left() const { return m_left; }

    // False when there is less. What was not there is zero.
    template <class T>
    [[nodiscard]] bool take(T &into)
    {
        static_assert(std::is_trivially_copyable_v<T>);
        return takeBytes(&into, sizeof into);
    }
    [[nodiscard]] bool takeBytes(void *into, std::size_t size);
    // A string with its closing zero, of at most `limit` bytes. 0, or an errno: EINVAL without an
    // end, ENAMETOOLONG beyond the limit.
    [[nodiscard]] int takeString(std::string &into, std::size_t limit);
    // The name of an entry in a folder: one that leads nowhere else. 0 or an errno.
    [[nodiscard]] int takeName(std::string &into);
    // The next `size` bytes, in place. Only when there are as many left.
    std::vector<iovec> takePieces(std::size_t size);

private:
    std::span<const iovec> m_pieces; // the first is cut by m_offset
    std::size_t m_offset = 0;
    std::size_t m_left = 0;
    bool m_isWhole = false;
    fuse_in_header m_header{};
};

// Every finishing function returns how many bytes of the reply are written, header included; 0 when
// the guest left no room even for that.
class FuseReply final
{
public:
    FuseReply(std::span<const iovec> pieces, std::uint64_t unique);

    // Room behind the header.
    std::size_t capacity() const { return m_capacity; }
    // The first `size` bytes of that room, in place.
    std::vector<iovec> payload(std::size_t size) const;

    std::size_t fail(int error); // an errno
    std::size_t done() { return finish(0); }
    template <class T>
    std::size_t with(const T &answer)
    {
        static_assert(std::is_trivially_copyable_v<T>);
        return withBytes(&answer, sizeof answer);
    }
    std::size_t withBytes(const void *bytes, std::size_t size);
    // What payload() named has been filled.
    std::size_t finish(std::size_t payloadBytes);

private:
    void copy(std::size_t offset, const void *bytes, std::size_t size) const;

    std::span<const iovec> m_pieces;
    std::uint64_t m_unique;
    std::size_t m_capacity = 0;
    bool m_hasRoom = false;
};

// Moves bytes of a file to or from pieces until all are moved, the file ends or something fails; an
// error after the first byte is left for the next call. Bytes, or a negative errno.
enum class Direction : bool { FromFile, ToFile };
std::int64_t transfer(Direction direction, int descriptor, std::vector<iovec> &pieces,
                      std::uint64_t offset, int flags);

} // namespace engine::share
