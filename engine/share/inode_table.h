// SPDX-License-Identifier: GPL-3.0-or-later
// What the guest knows of a share: one entry for each file, by the number that names it in requests
// and by the file's own identity. An entry lives until the guest has forgotten it as often as it
// was told of it (linux/fuse.h: FUSE_LOOKUP, FUSE_FORGET); while it lives its descriptor keeps the
// file's identity from being used again. Numbers are never used again either.
//
// There may be more files than descriptors. Those that were not asked for the longest are closed,
// and found again by the folder and the name they had last; when something else is there by then
// the entry is no more, and the guest is told to look again (ESTALE).
//
// Any thread.
#pragma once

#include "engine/base/fd.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include <sys/stat.h>

namespace engine {

class StateArchive;

} // namespace engine

namespace engine::share {

// A file's state at an open, after which the guest's cache held nothing older.
struct CacheStamp
{
    timespec changed{};
    timespec modified{};
    off_t size = 0;
    std::chrono::steady_clock::time_point taken;
};

// One that is open; whoever has it keeps it so.
struct Inode
{
    std::uint64_t number = 0;
    Fd path; // O_PATH
    mode_t type = 0; // S_IFMT of it; never changes
    dev_t device = 0;
    ino_t file = 0;
    std::optional<CacheStamp> stamp; // the server's, with its lock

    bool isFolder() const { return S_ISDIR(type); }
    bool isFile() const { return S_ISREG(type); }
    bool isLink() const { return S_ISLNK(type); }
};
using InodePointer = std::shared_ptr<Inode>;

class InodeTable final
{
public:
    // Entry 1 is the root, which is not forgotten. At most `mostOpen` are kept open that nobody
    // uses.
    InodeTable(int root, std::size_t mostOpen);

    // Null: the guest was never told of it or has forgotten it, or it is not where it was.
    InodePointer find(std::uint64_t number);
    // The entry of this file, new when there is none, with one more to forget. The name in its
    // folder; none for a file that has no name.
    InodePointer remember(Fd path, const struct stat &status, std::uint64_t folder,
                          std::string_view name);
    // The file has another name now.
    void moved(const struct stat &status, std::uint64_t folder, std::string_view name);
    void forget(std::uint64_t number, std::uint64_t count);
    void forgetAll();
    // Whether it would be found again if it were closed now.
    bool canBeFoundAgain(std::uint64_t number) const;
    // Of a saved state. What is loaded takes the place of all there was, and is closed.
    void serialize(StateArchive &archive);
    std::size_t size() const; // without the root
    std::size_t openCount() const; // of these

private:
    struct Key
    {
        dev_t device;
        ino_t file;
        bool operator==(const Key &) const = default;
    };
    struct KeyHash
    {
        std::size_t operator()(const Key &key) const
        {
            return std::hash<std::uint64_t>()(std::uint64_t(key.file)
                                              ^ (std::uint64_t(key.device) << 40));
        }
    };
    struct Entry
    {
        InodePointer inode; // null: closed for now
        Key key{};
        mode_t type = 0;
        std::uint64_t folder = 0; // 0: it cannot be found again
        std::string name;
        std::uint64_t lookups = 0;
        std::list<std::uint64_t>::iterator use; // in m_uses, while it is open
    };

    InodePointer findLocked(std::uint64_t number, int depth);
    void loadEntry(StateArchive &archive, dev_t savedRoot);
    void closeSome();

    mutable std::mutex m_mutex; // for all below
    InodePointer m_root;
    std::unordered_map<std::uint64_t, Entry> m_entries;
    std::unordered_map<Key, std::uint64_t, KeyHash> m_numbers;
    const std::size_t m_mostOpen;
    std::list<std::uint64_t> m_uses; // the open ones, the latest used first
    std::uint64_t m_nextNumber = 2; // FUSE_ROOT_ID is 1
};

} // namespace engine::share
