// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/share/inode_table.h"

#include "engine/base/result.h"

#include <fcntl.h>
#include <linux/fuse.h>

namespace engine::share {

InodeTable::InodeTable(int root)
    : m_root(std::make_shared<Inode>())
{
    struct stat status
    { };
    m_root->path = Fd(::fcntl(root, F_DUPFD_CLOEXEC, 0));
    check(m_root->path.isOpen() && ::fstat(root, &status) == 0, "the shared folder is not open");
    m_root->number = FUSE_ROOT_ID;
    m_root->type = status.st_mode & S_IFMT;
    m_root->device = status.st_dev;
    m_root->file = status.st_ino;
}

InodePointer InodeTable::find(std::uint64_t number) const
{
    const std::scoped_lock lock(m_mutex);
    if (number == FUSE_ROOT_ID)
        return m_root;
    const auto found = m_entries.find(number);
    return found == m_entries.end() ? nullptr : found->second.inode;
}

InodePointer InodeTable::remember(Fd path, const struct stat &status)
{
    const Key key{status.st_dev, status.st_ino};
    const std::scoped_lock lock(m_mutex);
    if (key == Key{m_root->device, m_root->file})
        return m_root;
    if (const auto known = m_numbers.find(key); known != m_numbers.end()) {
        Entry &entry = m_entries.at(known->second);
        ++entry.lookups;
        return entry.inode;
    }
    auto inode = std::make_shared<Inode>();
    inode->number = m_nextNumber++;
    inode->path = std::move(path);
    inode->type = status.st_mode & S_IFMT;
    inode->device = status.st_dev;
    inode->file = status.st_ino;
    m_numbers.emplace(key, inode->number);
    m_entries.emplace(inode->number, Entry{inode, 1});
    return inode;
}

void InodeTable::forget(std::uint64_t number, std::uint64_t count)
{
    InodePointer last; // closed without the lock
    const std::scoped_lock lock(m_mutex);
    const auto found = m_entries.find(number);
    if (found == m_entries.end())
        return;
    Entry &entry = found->second;
    if (count < entry.lookups) {
        entry.lookups -= count;
        return;
    }
    last = std::move(entry.inode);
    m_numbers.erase(Key{last->device, last->file});
    m_entries.erase(found);
}

void InodeTable::forgetAll()
{
    std::unordered_map<std::uint64_t, Entry> entries; // closed without the lock
    const std::scoped_lock lock(m_mutex);
    entries.swap(m_entries);
    m_numbers.clear();
}

std::size_t InodeTable::size() const
{
    const std::scoped_lock lock(m_mutex);
    return m_entries.size();
}

} // namespace engine::share
