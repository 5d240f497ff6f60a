// SPDX-License-Identifier: GPL-3.0-or-later
// Open files.
#include "engine/share/fuse_server_private.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <ctime>
#include <limits>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace engine::share {

namespace {

// How long a guest may take from our answer to an open until it has forgotten what it had.
constexpr std::chrono::seconds Forgetting(1);
constexpr std::uint64_t LastByte = std::numeric_limits<off_t>::max();

int result(int returned)
{
    return returned == 0 ? 0 : errno;
}

} // namespace

// Appending is said with each write (fuse_write_in.flags), because a program can turn it off and
// on; O_DIRECT asks for alignments that only this computer's file system knows.
int FuseServer::openFlags(std::uint32_t flags) const
{
    const int access = int(flags) & O_ACCMODE;
    if (access == O_ACCMODE)
        return -EINVAL;
    if (m_options.isReadOnly && (access != O_RDONLY || (flags & O_TRUNC) != 0))
        return -EROFS;
    return access | (int(flags) & (O_TRUNC | O_SYNC | O_DSYNC));
}

std::size_t FuseServer::openFile(Call &call)
{
    fuse_open_in in{};
    if (!call.take(in))
        return call.fail(EINVAL);
    const int flags = openFlags(in.flags);
    if (flags < 0)
        return call.fail(-flags);
    const Inode &inode = *call.inode;
    if (!inode.isFile()) // pipes and sockets are the guest's own affair
        return call.fail(inode.isFolder() ? EISDIR : inode.isLink() ? ELOOP : ENXIO);
    if (call.reply.capacity() < sizeof(fuse_open_out))
        return call.fail(EIO);
    int error = m_root.checkInside(inode.path.get());
    if (error != 0)
        return call.fail(error);
    auto open = std::make_shared<OpenFile>();
    open->inode = call.inode;
    open->file = ShareRoot::reopen(inode.path.get(), flags, error);
    if (error != 0)
        return call.fail(error);
    if ((in.open_flags & FUSE_OPEN_KILL_SUIDGID) != 0)
        dropPrivileges(inode);
    fuse_open_out out{};
    if (needsNoFlush(inode, flags))
        out.open_flags |= FOPEN_NOFLUSH;
    if (mayKeepCache(*call.inode, open->file.get()))
        out.open_flags |= FOPEN_KEEP_CACHE;
    out.fh = keep(std::move(open));
    return call.reply.with(out);
}

// Whether a close has nothing to tell: no locks to let go of, no pages that a mapping has changed
// (which Linux writes back before it asks) and no error that a network's file system kept for now.
bool FuseServer::needsNoFlush(const Inode &inode, int flags) const
{
    if (m_options.locks == ShareOptions::Locks::OnHost)
        return false;
    const int access = flags & O_ACCMODE;
    return access == O_RDONLY || (access == O_WRONLY && isOnDiskHere(inode));
}

bool FuseServer::isOnDiskHere(const Inode &inode) const
{
    return m_options.settlingTime && inode.device == m_rootDevice;
}

// Whether the guest may go on with what it has in its cache of the file. Without it the guest
// forgets all that at an open, and what it reads from then on is as new as this moment's file.
bool FuseServer::mayKeepCache(Inode &inode, int file)
{
    if (!isOnDiskHere(inode))
        return false;
    struct stat status
    { };
    timespec clock{};
    if (::fstat(file, &status) != 0 || ::clock_gettime(CLOCK_REALTIME, &clock) != 0)
        return false;
    const auto isSame = [](const timespec &a, const timespec &b) {
        return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
    };
    const auto now = std::chrono::steady_clock::now();
    const std::scoped_lock lock(m_mutex);
    std::optional<CacheStamp> &stamp = inode.stamp;
    if (stamp && isSame(stamp->changed, status.st_ctim) && isSame(stamp->modified, status.st_mtim)
        && stamp->size == status.st_size)
        return now - stamp->taken >= Forgetting; // another of its threads may be at it
    stamp.reset();
    // A time to come is no time at all.
    if (clock.tv_sec - status.st_ctim.tv_sec > m_options.settlingTime->count())
        stamp = CacheStamp{status.st_ctim, status.st_mtim, status.st_size, now};
    return false;
}

std::size_t FuseServer::read(Call &call)
{
    fuse_read_in in{};
    if (!call.take(in) || in.size > call.reply.capacity())
        return call.fail(EINVAL);
    const auto open = file(in.fh);
    if (!open)
        return call.fail(EBADF);
    if (in.offset > LastByte)
        return call.fail(EINVAL);
    std::vector<iovec> pieces = call.reply.payload(in.size);
    const std::int64_t size = transfer(Direction::FromFile, open->file.get(), pieces, in.offset, 0);
    return size < 0 ? call.fail(int(-size)) : call.reply.finish(std::size_t(size));
}

std::size_t FuseServer::write(Call &call)
{
    fuse_write_in in{};
    if (!call.take(in) || in.size > call.request.left())
        return call.fail(EINVAL);
    const auto open = file(in.fh);
    if (!open)
        return call.fail(EBADF);
    if (in.offset > LastByte)
        return call.fail(EFBIG);
    if ((in.write_flags & FUSE_WRITE_KILL_SUIDGID) != 0)
        dropPrivileges(*open->inode);
    // Pages that are written back later know their place.
    const bool isAppending = (in.flags & O_APPEND) != 0 && (in.write_flags & FUSE_WRITE_CACHE) == 0;
    std::vector<iovec> pieces = call.request.takePieces(in.size);
    const std::int64_t size = transfer(Direction::ToFile, open->file.get(), pieces, in.offset,
                                       isAppending ? RWF_APPEND : 0);
    if (size < 0)
        return call.fail(int(-size));
    fuse_write_out out{};
    out.size = std::uint32_t(size);
    return call.reply.with(out);
}

// One of the guest's programs has closed the file; others may have it open still.
std::size_t FuseServer::flush(Call &call)
{
    fuse_flush_in in{};
    if (!call.take(in))
        return call.fail(EINVAL);
    const auto open = file(in.fh);
    if (!open)
        return call.fail(EBADF);
    m_locks.release(open->inode, in.lock_owner);
    // Network file systems say now what went wrong with earlier writes.
    const int copy = ::fcntl(open->file.get(), F_DUPFD_CLOEXEC, 0);
    return call.result(copy < 0 ? errno : result(::close(copy)));
}

std::size_t FuseServer::releaseFile(Call &call)
{
    fuse_release_in in{};
    if (!call.take(in))
        return call.fail(EINVAL);
    std::shared_ptr<OpenFile> open;
    {
        const std::scoped_lock lock(m_mutex);
        const auto found = m_files.find(in.fh);
        if (found == m_files.end())
            return call.fail(EBADF);
        open = std::move(found->second);
        m_files.erase(found);
    }
    open.reset();
    m_locks.closed();
    return call.reply.done();
}

std::size_t FuseServer::synchronize(Call &call)
{
    fuse_fsync_in in{};
    if (!call.take(in))
        return call.fail(EINVAL);
    const auto open = file(in.fh);
    if (!open)
        return call.fail(EBADF);
    const int descriptor = open->file.get();
    return call.result(result((in.fsync_flags & FUSE_FSYNC_FDATASYNC) != 0 ? ::fdatasync(descriptor)
                                                                           : ::fsync(descriptor)));
}

std::size_t FuseServer::synchronizeAll(Call &call)
{
    int error = 0;
    const Fd folder = ShareRoot::reopen(m_root.descriptor(), O_RDONLY | O_DIRECTORY, error);
    return call.result(error != 0 ? error : result(::syncfs(folder.get())));
}

std::size_t FuseServer::allocate(Call &call)
{
    fuse_fallocate_in in{};
    if (!call.take(in))
        return call.fail(EINVAL);
    const auto open = file(in.fh);
    if (!open)
        return call.fail(EBADF);
    constexpr std::uint32_t Known =
        FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE;
    if ((in.mode & ~Known) != 0)
        return call.fail(EOPNOTSUPP);
    if (in.offset > LastByte || in.length > LastByte - in.offset)
        return call.fail(EFBIG);
    dropPrivileges(*open->inode);
    int returned = -1;
    do {
        returned = ::fallocate(open->file.get(), int(in.mode), off_t(in.offset), off_t(in.length));
    } while (returned != 0 && errno == EINTR);
    return call.result(result(returned));
}

// The position is nobody's: everything else names its own.
std::size_t FuseServer::seek(Call &call)
{
    fuse_lseek_in in{};
    if (!call.take(in))
        return call.fail(EINVAL);
    const auto open = file(in.fh);
    if (!open)
        return call.fail(EBADF);
    if (in.whence != SEEK_DATA && in.whence != SEEK_HOLE)
        return call.fail(EINVAL);
    if (in.offset > LastByte)
        return call.fail(ENXIO);
    const off_t found = ::lseek(open->file.get(), off_t(in.offset), int(in.whence));
    if (found < 0)
        return call.fail(errno);
    fuse_lseek_out out{};
    out.offset = std::uint64_t(found);
    return call.reply.with(out);
}

std::size_t FuseServer::copyRange(Call &call)
{
    fuse_copy_file_range_in in{};
    if (!call.take(in))
        return call.fail(EINVAL);
    const auto from = file(in.fh_in);
    const auto to = file(in.fh_out);
    if (!from || !to)
        return call.fail(EBADF);
    if (in.flags != 0 || in.off_in > LastByte || in.off_out > LastByte)
        return call.fail(EINVAL);
    dropPrivileges(*to->inode);
    off_t source = off_t(in.off_in);
    off_t target = off_t(in.off_out);
    const std::size_t size = std::size_t(std::min<std::uint64_t>(in.len, 1U << 30));
    const ssize_t copied =
        ::copy_file_range(from->file.get(), &source, to->file.get(), &target, size, 0);
    if (copied < 0)
        return call.fail(errno);
    fuse_write_out out{};
    out.size = std::uint32_t(copied);
    return call.reply.with(out);
}

std::size_t FuseServer::testLock(Call &call)
{
    fuse_lk_in in{};
    if (!call.take(in))
        return call.fail(EINVAL);
    if (!file(in.fh))
        return call.fail(EBADF);
    fuse_lk_out out{};
    out.lk = in.lk;
    if (const int error = m_locks.test(call.inode, in.owner, out.lk))
        return call.fail(error);
    return call.reply.with(out);
}

std::size_t FuseServer::setLock(Call &call, bool isWaiting)
{
    fuse_lk_in in{};
    if (!call.take(in))
        return call.fail(EINVAL);
    const auto open = file(in.fh);
    if (!open)
        return call.fail(EBADF);
    const std::uint64_t request = call.request.header().unique;
    const bool isWhole = (in.lk_flags & FUSE_LK_FLOCK) != 0;
    // A lock that excludes writers needs a file open for writing, as fcntl(2) has it; the file that
    // holds the lock here is another.
    if (!isWhole && in.lk.type != F_UNLCK) {
        const int access = ::fcntl(open->file.get(), F_GETFL) & O_ACCMODE;
        if (access == (in.lk.type == F_RDLCK ? O_WRONLY : O_RDONLY))
            return call.fail(EBADF);
    }
    const int descriptor = open->file.get();
    if (isWhole)
        return call.result(isWaiting ? m_locks.waitAndSetWhole(descriptor, in.lk.type, request)
                                     : m_locks.setWhole(descriptor, in.lk.type));
    return call.result(isWaiting ? m_locks.waitAndSet(call.inode, in.owner, in.lk, request)
                                 : m_locks.set(call.inode, in.owner, in.lk));
}

} // namespace engine::share
