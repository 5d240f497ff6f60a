// SPDX-License-Identifier: GPL-3.0-or-later
// What the guest knows of a share: one entry for each file, by the number that names it in requests
// and by the file's own identity. An entry lives until the guest has forgotten it as often as it
// was told of it (linux/fuse.h: FUSE_LOOKUP, FUSE_FORGET); while it lives its descriptor keeps the
// file's identity from being used again. Numbers are never used again either.
//
// Any thread.
#pragma once

#include "engine/base/fd.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

#include <sys/stat.h>

namespace engine::share {

struct Inode
{
    std::uint64_t number = 0;
    Fd path; // O_PATH
    mode_t type = 0; // S_IFMT of it; never changes
    dev_t device = 0;
    ino_t file = 0;

    bool isFolder() const { return S_ISDIR(type); }
    bool isFile() const { return S_ISREG(type); }
    bool isLink() const { return S_ISLNK(type); }
};
using InodePointer = std::shared_ptr<Inode>;

class InodeTable final
{
public:
    // Entry 1 is the root, which is not forgotten.
    explicit InodeTable(int root);

    // Null: the guest was never told of it, or has forgotten it.
    InodePointer find(std::uint64_t number) const;
    // The entry of this file, new when there is none, with one more to forget.
    InodePointer remember(Fd path, const struct stat &status);
    void forget(std::uint64_t number, std::uint64_t count);
    void forgetAll();
    std::size_t size() const; // without the root

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
        InodePointer inode;
        std::uint64_t lookups = 0;
    };

    mutable std::mutex m_mutex; // for all below
    InodePointer m_root;
    std::unordered_map<std::uint64_t, Entry> m_entries;
    std::unordered_map<Key, std::uint64_t, KeyHash> m_numbers;
    std::uint64_t m_nextNumber = 2; // FUSE_ROOT_ID is 1
};

} // namespace engine::share
