// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/share/file_locks.h"

#include "engine/share/share_root.h"

#include <algorithm>
#include <cerrno>
#include <limits>

#include <sys/file.h>

namespace engine::share {

namespace {

constexpr std::chrono::milliseconds Patience{20};
constexpr std::size_t MaxEarly = 64;
constexpr std::uint64_t LastByte = std::numeric_limits<off_t>::max();

// False: impossible.
bool toHost(const fuse_file_lock &lock, struct flock &host)
{
    if (lock.type != F_RDLCK && lock.type != F_WRLCK && lock.type != F_UNLCK)
        return false;
    if (lock.start > LastByte || lock.end < lock.start)
        return false;
    host = {};
    host.l_type = short(lock.type);
    host.l_whence = SEEK_SET;
    host.l_start = off_t(lock.start);
    host.l_len = lock.end >= LastByte ? 0 : off_t(lock.end - lock.start + 1); // 0: to the end
    return true;
}

int toFlock(std::uint32_t type)
{
    return type == F_RDLCK ? LOCK_SH : type == F_WRLCK ? LOCK_EX : LOCK_UN;
}

} // namespace

std::shared_ptr<FileLocks::OpenFile> FileLocks::owned(const InodePointer &inode,
                                                      std::uint64_t owner, bool isNew, int &error)
{
    error = 0;
    const std::scoped_lock lock(m_mutex);
    const Key key{inode->number, owner};
    if (const auto known = m_owned.find(key); known != m_owned.end())
        return known->second;
    if (!isNew)
        return nullptr;
    if (m_owned.size() >= MaxOwners) {
        error = ENOLCK;
        return nullptr;
    }
    if (!inode->isFile()) {
        error = EBADF;
        return nullptr;
    }
    auto open = std::make_shared<OpenFile>();
    open->inode = inode;
    const int descriptor = inode->path.get();
    if (!m_isReadOnly)
        open->file = ShareRoot::reopen(descriptor, O_RDWR, error);
    if (!open->file.isOpen())
        open->file = ShareRoot::reopen(descriptor, O_RDONLY, error);
    if (!open->file.isOpen() && !m_isReadOnly)
        open->file = ShareRoot::reopen(descriptor, O_WRONLY, error);
    if (!open->file.isOpen())
        return nullptr;
    m_owned.emplace(key, open);
    return open;
}

int FileLocks::test(const InodePointer &inode, std::uint64_t owner, fuse_file_lock &lock)
{
    struct flock host
    { };
    if (!toHost(lock, host) || lock.type == F_UNLCK)
        return EINVAL;
    int error = 0;
    const auto open = owned(inode, owner, true, error);
    if (!open)
        return error;
    if (::fcntl(open->file.get(), F_OFD_GETLK, &host) != 0)
        return errno;
    lock = {};
    lock.type = std::uint32_t(host.l_type);
    if (host.l_type == F_UNLCK)
        return 0;
    lock.start = std::uint64_t(host.l_start);
    lock.end = host.l_len == 0 ? LastByte : std::uint64_t(host.l_start + host.l_len - 1);
    return 0;
}

int FileLocks::set(const InodePointer &inode, std::uint64_t owner, const fuse_file_lock &lock)
{
    struct flock host
    { };
    if (!toHost(lock, host))
        return EINVAL;
    int error = 0;
    const auto open = owned(inode, owner, lock.type != F_UNLCK, error);
    if (!open)
        return error; // nothing to unlock
    if (::fcntl(open->file.get(), F_OFD_SETLK, &host) != 0)
        return errno == EACCES ? EAGAIN : errno;
    if (lock.type != F_WRLCK)
        closed(); // or a write lock has become a read lock
    return 0;
}

int FileLocks::setWhole(int descriptor, std::uint32_t type)
{
    if (::flock(descriptor, toFlock(type) | LOCK_NB) != 0)
        return errno;
    if (type != F_WRLCK)
        closed();
    return 0;
}

template <class Attempt>
int FileLocks::wait(std::uint64_t request, Attempt &&attempt)
{
    std::unique_lock lock(m_mutex);
    if (const auto early = std::find(m_early.begin(), m_early.end(), request);
        early != m_early.end()) {
        m_early.erase(early);
        return EINTR;
    }
    if (m_waiting.size() >= MaxWaiting || !m_waiting.insert(request).second)
        return ENOLCK;
    const std::uint64_t resets = m_resets;
    int error = 0;
    for (;;) {
        const std::uint64_t changes = m_changes;
        lock.unlock();
        error = attempt();
        lock.lock();
        if (error != EAGAIN)
            break;
        const auto isOver = [&] { return m_resets != resets || m_interrupted.contains(request); };
        m_changed.wait_for(lock, Patience, [&] { return isOver() || m_changes != changes; });
        if (isOver()) {
            error = EINTR;
            break;
        }
    }
    m_waiting.erase(request);
    m_interrupted.erase(request);
    return error;
}

int FileLocks::waitAndSet(const InodePointer &inode, std::uint64_t owner,
                          const fuse_file_lock &lock, std::uint64_t request)
{
    return wait(request, [&] { return set(inode, owner, lock); });
}

int FileLocks::waitAndSetWhole(int descriptor, std::uint32_t type, std::uint64_t request)
{
    return wait(request, [&] { return setWhole(descriptor, type); });
}

void FileLocks::release(const InodePointer &inode, std::uint64_t owner)
{
    std::shared_ptr<OpenFile> open;
    {
        const std::scoped_lock lock(m_mutex);
        const auto known = m_owned.find(Key{inode->number, owner});
        if (known == m_owned.end())
            return;
        open = std::move(known->second);
        m_owned.erase(known);
    }
    // Somebody may be about to lock by the same description; what he gets goes as well.
    struct flock all
    { };
    all.l_type = F_UNLCK;
    all.l_whence = SEEK_SET;
    ::fcntl(open->file.get(), F_OFD_SETLK, &all); // cannot fail; closing it does the same
    open.reset();
    closed();
}

void FileLocks::closed()
{
    const std::scoped_lock lock(m_mutex);
    ++m_changes;
    m_changed.notify_all();
}

void FileLocks::interrupt(std::uint64_t request)
{
    const std::scoped_lock lock(m_mutex);
    if (m_waiting.contains(request)) {
        m_interrupted.insert(request);
        m_changed.notify_all();
        return;
    }
    m_early.push_back(request);
    if (m_early.size() > MaxEarly)
        m_early.pop_front();
}

void FileLocks::reset()
{
    std::map<Key, std::shared_ptr<OpenFile>> owned;
    const std::scoped_lock lock(m_mutex);
    owned.swap(m_owned);
    m_early.clear();
    ++m_resets;
    ++m_changes;
    m_changed.notify_all();
}

} // namespace engine::share
