// SPDX-License-Identifier: GPL-3.0-or-later
// What a guest knows of the folder, across servers: files by folder and name, what is open by its
// file. Positions in open folders are the guest's own.
#include "engine/bus/state_archive.h"
#include "engine/share/fuse_server_private.h"

#include <fcntl.h>

namespace engine::share {

namespace {

constexpr char ChunkName[] = "shared folder";
constexpr std::uint32_t ChunkVersion = 1;
constexpr std::uint64_t MostHandle = std::uint64_t(1) << 63;
constexpr int KeptFlags = O_ACCMODE | O_SYNC | O_DSYNC; // openFlags(), but for O_TRUNC

} // namespace

void FuseServer::serializeFiles(StateArchive &archive)
{
    auto count = std::uint64_t(m_files.size());
    archive.value(count);
    if (archive.isSaving()) {
        for (const auto &[known, open] : m_files) {
            std::uint64_t handle = known;
            std::uint64_t inode = open->inode->number;
            int flags = ::fcntl(open->file.get(), F_GETFL) & KeptFlags;
            archive.value(handle);
            archive.value(inode);
            archive.value(flags);
        }
        return;
    }
    for (std::uint64_t i = 0; i < count && !archive.hasFailed(); ++i) {
        std::uint64_t handle = 0;
        std::uint64_t number = 0;
        int flags = 0;
        archive.value(handle);
        archive.value(number);
        archive.value(flags);
        if (archive.hasFailed())
            return;
        if (handle >= m_nextHandle || (flags & ~KeptFlags) != 0
            || (m_options.isReadOnly && (flags & O_ACCMODE) != O_RDONLY))
            return archive.fail("an open file is nonsense");
        const InodePointer inode = m_inodes.find(number);
        if (!inode || !inode->isFile() || m_root.checkInside(inode->path.get()) != 0)
            continue;
        auto open = std::make_shared<OpenFile>();
        int error = 0;
        open->inode = inode;
        open->file = ShareRoot::reopen(inode->path.get(), flags, error);
        if (error == 0)
            m_files.emplace(handle, std::move(open));
    }
}

void FuseServer::serializeFolders(StateArchive &archive)
{
    auto count = std::uint64_t(m_folders.size());
    archive.value(count);
    if (archive.isSaving()) {
        for (const auto &[known, open] : m_folders) {
            std::uint64_t handle = known;
            std::uint64_t inode = open->inode->number;
            archive.value(handle);
            archive.value(inode);
        }
        return;
    }
    for (std::uint64_t i = 0; i < count && !archive.hasFailed(); ++i) {
        std::uint64_t handle = 0;
        std::uint64_t number = 0;
        archive.value(handle);
        archive.value(number);
        if (archive.hasFailed())
            return;
        if (handle >= m_nextHandle)
            return archive.fail("an open folder is nonsense");
        const InodePointer inode = m_inodes.find(number);
        if (!inode || checkFolder(*inode) != 0)
            continue;
        auto open = std::make_shared<OpenFolder>();
        int error = 0;
        open->inode = inode;
        open->folder = ShareRoot::reopen(inode->path.get(), O_RDONLY | O_DIRECTORY, error);
        if (error == 0)
            m_folders.emplace(handle, std::move(open));
    }
}

Result<std::vector<std::uint8_t>> FuseServer::save()
{
    if (m_options.locks == ShareOptions::Locks::OnHost)
        return Error(ErrorKind::Unsupported, "Locks on this computer cannot be saved");
    const std::scoped_lock lock(m_mutex);
    for (const auto &[handle, open] : m_files)
        if (!m_inodes.canBeFoundAgain(open->inode->number))
            return Error(ErrorKind::Busy,
                         "The guest has a file open that was deleted or moved away")
                .withRemedy("End the program in the guest that uses it");
    StateArchive archive;
    archive.beginChunk(ChunkName, ChunkVersion);
    bool isInitialized = m_isInitialized;
    bool hasLongSetxattr = m_hasLongSetxattr;
    archive.value(isInitialized);
    archive.value(hasLongSetxattr);
    m_inodes.serialize(archive);
    archive.value(m_nextHandle);
    serializeFiles(archive);
    serializeFolders(archive);
    archive.endChunk();
    return archive.take();
}

Result<> FuseServer::load(std::vector<std::uint8_t> saved)
{
    reset();
    StateArchive archive(std::move(saved));
    archive.beginChunk(ChunkName, ChunkVersion);
    bool isInitialized = false;
    bool hasLongSetxattr = false;
    archive.value(isInitialized);
    archive.value(hasLongSetxattr);
    {
        const std::scoped_lock lock(m_mutex);
        m_inodes.serialize(archive);
        std::uint64_t next = m_nextHandle;
        archive.value(next);
        if (next == 0 || next > MostHandle) // they would come round to those that are in use
            archive.fail("the number of the next open file is nonsense");
        else
            m_nextHandle = next;
        serializeFiles(archive);
        serializeFolders(archive);
    }
    archive.endChunk();
    if (archive.hasFailed()) {
        reset();
        return archive.error();
    }
    m_hasLongSetxattr = hasLongSetxattr;
    m_isInitialized = isInitialized;
    if (isInitialized && m_options.onMounted)
        m_options.onMounted(true);
    return {};
}

} // namespace engine::share
