// SPDX-License-Identifier: GPL-3.0-or-later
// Locks of the guest's programs on this computer's files, so that programs of both respect each
// other. POSIX locks: each owner the guest names gets an open file description of its own for each
// file, whose locks (fcntl(2), F_OFD_SETLK) exclude the other owners' and this computer's. Locks of
// whole files by flock(2) are the open file's own.
//
// A wait ends at once when another program of the guest lets go, or by interrupt(); somebody here
// who lets go is noticed some milliseconds later, because no call waits for both.
//
// Any thread.
#pragma once

#include "engine/share/inode_table.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>

#include <fcntl.h>
#include <linux/fuse.h>

namespace engine::share {

class FileLocks final
{
public:
    // As many as a guest may have at a time; then ENOLCK.
    static constexpr std::size_t MaxOwners = 8192;
    static constexpr std::size_t MaxWaiting = 64;

    explicit FileLocks(bool isReadOnly)
        : m_isReadOnly(isReadOnly)
    { }

    // All return 0 or an errno. `lock` in linux/fuse.h's terms: first and last byte.
    int test(const InodePointer &inode, std::uint64_t owner, fuse_file_lock &lock);
    int set(const InodePointer &inode, std::uint64_t owner, const fuse_file_lock &lock);
    // May take forever; `request` names it for interrupt(), then EINTR.
    int waitAndSet(const InodePointer &inode, std::uint64_t owner, const fuse_file_lock &lock,
                   std::uint64_t request);
    // `type` as in a fuse_file_lock; descriptor: the open file.
    int setWhole(int descriptor, std::uint32_t type);
    int waitAndSetWhole(int descriptor, std::uint32_t type, std::uint64_t request);

    // All of them: the owner has closed the file.
    void release(const InodePointer &inode, std::uint64_t owner);
    // An open file is closed, and a lock of the whole file may be gone with it.
    void closed();
    void interrupt(std::uint64_t request);
    // Every lock goes, every wait ends.
    void reset();

private:
    using Key = std::pair<std::uint64_t, std::uint64_t>; // inode's number, owner

    struct OpenFile
    {
        InodePointer inode; // whose number stays its own as long
        Fd file;
    };

    std::shared_ptr<OpenFile> owned(const InodePointer &inode, std::uint64_t owner, bool isNew,
                                    int &error);
    template <class Attempt>
    int wait(std::uint64_t request, Attempt &&attempt);

    const bool m_isReadOnly;
    std::mutex m_mutex; // for all below
    std::condition_variable m_changed;
    std::uint64_t m_changes = 0;
    std::uint64_t m_resets = 0;
    std::map<Key, std::shared_ptr<OpenFile>> m_owned;
    std::set<std::uint64_t> m_waiting;
    std::set<std::uint64_t> m_interrupted; // of the ones waiting
    std::deque<std::uint64_t> m_early; // interrupted before they waited; the latest few
};

} // namespace engine::share
