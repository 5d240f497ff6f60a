// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/share/inode_table.h"

#include "engine/base/result.h"
#include "engine/bus/state_archive.h"
#include "engine/share/share_root.h"

#include <vector>

#include <fcntl.h>
#include <linux/fuse.h>

namespace engine::share {

namespace {

constexpr int MostFolders = 2000; // above each other, on the way to one that is found again
constexpr std::size_t AtATime = 64; // looked at when there are too many open
constexpr std::size_t MostNameBytes = 255; // NAME_MAX
constexpr std::uint64_t MostNumber = std::uint64_t(1) << 63; // when a state is loaded

InodePointer makeInode(std::uint64_t number, Fd path, const struct stat &status)
{
    auto inode = std::make_shared<Inode>();
    inode->number = number;
    inode->path = std::move(path);
    inode->type = status.st_mode & S_IFMT;
    inode->device = status.st_dev;
    inode->file = status.st_ino;
    return inode;
}

} // namespace

InodeTable::InodeTable(int root, std::size_t mostOpen)
    : m_mostOpen(mostOpen)
{
    struct stat status
    { };
    Fd path(::fcntl(root, F_DUPFD_CLOEXEC, 0));
    check(path.isOpen() && ::fstat(root, &status) == 0, "the shared folder is not open");
    m_root = makeInode(FUSE_ROOT_ID, std::move(path), status);
}

InodePointer InodeTable::find(std::uint64_t number)
{
    const std::scoped_lock lock(m_mutex);
    return findLocked(number, 0);
}

InodePointer InodeTable::findLocked(std::uint64_t number, int depth)
{
    if (number == FUSE_ROOT_ID)
        return m_root;
    const auto found = m_entries.find(number);
    if (found == m_entries.end())
        return nullptr;
    Entry &entry = found->second; // stays where it is
    if (entry.inode) {
        m_uses.splice(m_uses.begin(), m_uses, entry.use);
        return entry.inode;
    }
    if (depth == MostFolders)
        return nullptr;
    const InodePointer folder = findLocked(entry.folder, depth + 1);
    if (!folder)
        return nullptr;
    int error = 0;
    struct stat status
    { };
    Fd path = ShareRoot::find(folder->path.get(), entry.name.c_str(), error);
    if (!path.isOpen() || ::fstat(path.get(), &status) != 0
        || Key{status.st_dev, status.st_ino} != entry.key
        || (status.st_mode & S_IFMT) != entry.type)
        return nullptr;
    InodePointer inode = makeInode(number, std::move(path), status);
    entry.inode = inode;
    entry.use = m_uses.insert(m_uses.begin(), number);
    closeSome();
    return inode;
}

InodePointer InodeTable::remember(Fd path, const struct stat &status, std::uint64_t folder,
                                  std::string_view name)
{
    const Key key{status.st_dev, status.st_ino};
    const std::scoped_lock lock(m_mutex);
    if (key == Key{m_root->device, m_root->file})
        return m_root;
    const auto known = m_numbers.find(key);
    const std::uint64_t number = known == m_numbers.end() ? m_nextNumber++ : known->second;
    Entry &entry = m_entries[number];
    if (known == m_numbers.end()) {
        m_numbers.emplace(key, number);
        entry.key = key;
    }
    ++entry.lookups;
    if (!name.empty()) {
        entry.folder = folder;
        entry.name = name;
    }
    if (entry.inode) {
        m_uses.splice(m_uses.begin(), m_uses, entry.use);
        return entry.inode;
    }
    entry.type = status.st_mode & S_IFMT; // another's, when the number was used again meanwhile
    InodePointer inode = makeInode(number, std::move(path), status);
    entry.inode = inode;
    entry.use = m_uses.insert(m_uses.begin(), number);
    closeSome();
    return inode;
}

void InodeTable::moved(const struct stat &status, std::uint64_t folder, std::string_view name)
{
    const std::scoped_lock lock(m_mutex);
    const auto known = m_numbers.find(Key{status.st_dev, status.st_ino});
    if (known == m_numbers.end())
        return;
    Entry &entry = m_entries.at(known->second);
    entry.folder = folder;
    entry.name = name;
}

// The longest unused first. One that is in use is taken for used now.
void InodeTable::closeSome()
{
    for (std::size_t i = 0; i < AtATime && m_uses.size() > m_mostOpen; ++i) {
        const auto last = std::prev(m_uses.end());
        Entry &entry = m_entries.at(*last);
        if (entry.folder == 0 || entry.inode.use_count() > 1) {
            m_uses.splice(m_uses.begin(), m_uses, last);
            continue;
        }
        entry.inode.reset();
        m_uses.erase(last);
    }
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
    if (entry.inode)
        m_uses.erase(entry.use);
    last = std::move(entry.inode);
    m_numbers.erase(entry.key);
    m_entries.erase(found);
}

void InodeTable::forgetAll()
{
    std::unordered_map<std::uint64_t, Entry> entries; // closed without the lock
    const std::scoped_lock lock(m_mutex);
    entries.swap(m_entries);
    m_numbers.clear();
    m_uses.clear();
}

bool InodeTable::canBeFoundAgain(std::uint64_t number) const
{
    const std::scoped_lock lock(m_mutex);
    for (int depth = 0; depth < MostFolders && number != FUSE_ROOT_ID; ++depth) {
        const auto found = m_entries.find(number);
        if (found == m_entries.end())
            return false;
        const Entry &entry = found->second;
        const auto above = m_entries.find(entry.folder);
        const InodePointer folder = entry.folder == FUSE_ROOT_ID ? m_root
            : above == m_entries.end()                           ? nullptr
                                                                 : above->second.inode;
        if (entry.folder == 0)
            return false;
        if (folder) { // else the folder's own turn tells
            int error = 0;
            struct stat status
            { };
            const Fd path = ShareRoot::find(folder->path.get(), entry.name.c_str(), error);
            if (!path.isOpen() || ::fstat(path.get(), &status) != 0
                || Key{status.st_dev, status.st_ino} != entry.key)
                return false;
        }
        number = entry.folder;
    }
    return number == FUSE_ROOT_ID;
}

// A file system may have another number when it is mounted the next time; that of the folder is
// known.
void InodeTable::loadEntry(StateArchive &archive, dev_t savedRoot)
{
    std::uint64_t number = 0;
    Entry entry;
    archive.value(number);
    archive.value(entry.key.device);
    archive.value(entry.key.file);
    archive.value(entry.type);
    archive.value(entry.folder);
    archive.list(entry.name, MostNameBytes);
    archive.value(entry.lookups);
    if (archive.hasFailed())
        return;
    if (entry.key.device == savedRoot)
        entry.key.device = m_root->device;
    const bool isName = !entry.name.empty() && entry.name.find('/') == std::string::npos
        && entry.name.find('\0') == std::string::npos && entry.name != "." && entry.name != "..";
    if (number <= FUSE_ROOT_ID || number >= m_nextNumber || entry.lookups == 0
        || (entry.folder != 0 && !isName) || m_numbers.contains(entry.key)
        || !m_entries.try_emplace(number, entry).second)
        return archive.fail("a file of the shared folder is nonsense");
    m_numbers.emplace(entry.key, number);
}

void InodeTable::serialize(StateArchive &archive)
{
    if (archive.isLoading())
        forgetAll();
    const std::scoped_lock lock(m_mutex);
    dev_t root = m_root->device;
    archive.value(root);
    std::uint64_t next = m_nextNumber;
    archive.value(next);
    // Numbers never come round to those that are in use.
    if (next <= FUSE_ROOT_ID || next > MostNumber)
        return archive.fail("the number of the next file is nonsense");
    m_nextNumber = next;
    auto count = std::uint64_t(m_entries.size());
    archive.value(count);
    if (archive.isLoading()) {
        for (std::uint64_t i = 0; i < count && !archive.hasFailed(); ++i)
            loadEntry(archive, root);
        return;
    }
    for (auto &[known, entry] : m_entries) {
        std::uint64_t number = known;
        archive.value(number);
        archive.value(entry.key.device);
        archive.value(entry.key.file);
        archive.value(entry.type);
        archive.value(entry.folder);
        archive.list(entry.name, MostNameBytes);
        archive.value(entry.lookups);
    }
}

std::size_t InodeTable::size() const
{
    const std::scoped_lock lock(m_mutex);
    return m_entries.size();
}

std::size_t InodeTable::openCount() const
{
    const std::scoped_lock lock(m_mutex);
    return m_uses.size();
}

} // namespace engine::share
