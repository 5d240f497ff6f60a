// SPDX-License-Identifier: GPL-3.0-or-later
// Open folders.
#include "engine/share/fuse_server_private.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

namespace engine::share {

namespace {

constexpr std::size_t EntriesBytes = 32768;
// What one reply holds at most, whatever room the guest has.
constexpr std::size_t ReplyBytes = 131072;

void append(std::vector<char> &reply, const void *bytes, std::size_t size)
{
    const char *first = static_cast<const char *>(bytes);
    reply.insert(reply.end(), first, first + size);
}

} // namespace

std::size_t FuseServer::openFolder(Call &call)
{
    fuse_open_in in{};
    if (!call.take(in))
        return call.fail(EINVAL);
    if (const int error = checkFolder(*call.inode))
        return call.fail(error);
    if (call.reply.capacity() < sizeof(fuse_open_out))
        return call.fail(EIO);
    int error = 0;
    auto open = std::make_shared<OpenFolder>();
    open->inode = call.inode;
    open->folder = ShareRoot::reopen(call.inode->path.get(), O_RDONLY | O_DIRECTORY, error);
    if (error != 0)
        return call.fail(error);
    fuse_open_out out{};
    const std::scoped_lock lock(m_mutex);
    out.fh = m_nextHandle++;
    m_folders.emplace(out.fh, std::move(open));
    return call.reply.with(out);
}

// The offsets are the file system's own, so that a guest goes on where it was also when entries
// came and went. What lies above the folder is no business of the guest's.
std::size_t FuseServer::readFolder(Call &call, bool isPlus)
{
    fuse_read_in in{};
    if (!call.take(in))
        return call.fail(EINVAL);
    const auto open = folder(in.fh);
    if (!open)
        return call.fail(EBADF);
    const Inode &inode = *open->inode;
    if (isPlus && checkFolder(inode) != 0)
        isPlus = false;
    const std::size_t limit = std::min({std::size_t(in.size), call.reply.capacity(), ReplyBytes});
    std::vector<char> reply;
    reply.reserve(limit);
    const std::scoped_lock lock(open->mutex);
    if (in.offset != open->offset || in.offset == 0) {
        if (::lseek(open->folder.get(), off_t(in.offset), SEEK_SET) < 0)
            return call.fail(errno);
        open->offset = in.offset;
        open->position = open->size = 0;
    }
    for (;;) {
        if (open->position == open->size) {
            open->entries.resize(EntriesBytes);
            const ssize_t size =
                ::getdents64(open->folder.get(), open->entries.data(), EntriesBytes);
            if (size < 0 && reply.empty())
                return call.fail(errno);
            if (size <= 0)
                break;
            open->position = 0;
            open->size = std::size_t(size);
        }
        dirent64 head{};
        const char *at = open->entries.data() + open->position;
        std::memcpy(&head, at, offsetof(dirent64, d_name));
        const std::string_view name = at + offsetof(dirent64, d_name);
        const std::size_t size =
            FUSE_REC_ALIGN(FUSE_NAME_OFFSET + name.size()) + (isPlus ? sizeof(fuse_entry_out) : 0);
        if (reply.size() + size > limit)
            break;
        const bool isDots = name == "." || name == "..";
        fuse_dirent entry{};
        entry.ino = isDots && inode.number == FUSE_ROOT_ID ? inode.file : head.d_ino;
        entry.off = std::uint64_t(head.d_off);
        entry.namelen = std::uint32_t(name.size());
        entry.type = head.d_type;
        if (isPlus) {
            // Without a number the guest is told of the name alone.
            fuse_entry_out known{};
            if (!isDots && enter(inode, name.data(), known) == 0)
                entry.ino = known.attr.ino;
            else
                known = {};
            append(reply, &known, sizeof known);
        }
        append(reply, &entry, FUSE_NAME_OFFSET);
        append(reply, name.data(), name.size());
        reply.resize(FUSE_REC_ALIGN(reply.size()));
        open->position += head.d_reclen;
        open->offset = entry.off;
    }
    return call.reply.withBytes(reply.data(), reply.size());
}

std::size_t FuseServer::releaseFolder(Call &call)
{
    fuse_release_in in{};
    if (!call.take(in))
        return call.fail(EINVAL);
    std::shared_ptr<OpenFolder> open; // closed without the lock
    const std::scoped_lock lock(m_mutex);
    const auto found = m_folders.find(in.fh);
    if (found == m_folders.end())
        return call.fail(EBADF);
    open = std::move(found->second);
    m_folders.erase(found);
    return call.reply.done();
}

std::size_t FuseServer::synchronizeFolder(Call &call)
{
    fuse_fsync_in in{};
    if (!call.take(in))
        return call.fail(EINVAL);
    const auto open = folder(in.fh);
    if (!open)
        return call.fail(EBADF);
    return call.result(::fsync(open->folder.get()) == 0 ? 0 : errno);
}

} // namespace engine::share
