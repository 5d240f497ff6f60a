// SPDX-License-Identifier: GPL-3.0-or-later
// Answers the requests of a guest that has mounted a shared folder: the FUSE protocol of
// linux/fuse.h, 7.31 and later, as virtio-fs carries it (VIRTIO 1.2, 5.11) and /dev/fuse does.
//
// The server acts as whoever runs it, never as somebody else: what it may not do on this computer
// it answers with that errno. Nothing outside the folder is reached (share_root.h), no device node
// is made or opened, nothing becomes set-user-id, and only extended attributes of the user's
// (user.*) are seen. The process's umask narrows what guests create, so who serves clears it.
//
// handle() may be called on any number of threads at a time.
#pragma once

#include "engine/base/result.h"
#include "engine/share/file_locks.h"
#include "engine/share/fuse_message.h"
#include "engine/share/inode_table.h"
#include "engine/share/share_root.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <vector>

namespace engine::share {

struct ShareOptions
{
    enum class Owners {
        Squashed, // every file is the guest user's
        Mapped, // this user's files are the guest user's, all others nobody's
    };
    enum class Locks {
        InGuest, // the guest keeps them itself, this computer's programs do not see them
        OnHost, // needs a transport that carries FUSE_INTERRUPT
    };

    std::string folder;
    bool isReadOnly = false;
    Owners owners = Owners::Squashed;
    uid_t guestUser = 0;
    gid_t guestGroup = 0;
    Locks locks = Locks::InGuest;
    // Of the files that the guest knows, this many are kept open; 0: as many as this process may.
    std::size_t mostOpen = 0;
    // How long the guest may believe what it was told of a file, while others change it here.
    std::chrono::milliseconds validity{1000};
    // A file that nobody has changed for so long (settled_files.h) stays in the guest's cache when
    // it is opened again. Nothing: none does.
    std::optional<std::chrono::seconds> settlingTime = std::nullopt;
    // The guest has mounted the folder, or has let go of it. On one of handle()'s threads.
    std::function<void(bool isMounted)> onMounted = {};
};

class FuseServer final
{
public:
    // What a transport has to be able to carry in one request, header included.
    static constexpr std::size_t MaxWrite = 1U << 20;

    static Result<std::unique_ptr<FuseServer>> open(ShareOptions options);
    ~FuseServer();

    // One request and the room for its reply: how many bytes of that are written, 0 for requests
    // that have no reply. The memory may change meanwhile.
    std::size_t handle(std::span<const iovec> request, std::span<const iovec> reply);
    // Whether this request may wait for as long as somebody else likes (a lock). Call it with the
    // memory that handle() gets; a guest may have changed it by then, to its own disadvantage.
    static bool mayWait(std::span<const iovec> request);
    // The same for requests that go to this computer's disk, or do so much that others should not
    // wait behind them.
    static bool mayTakeLong(std::span<const iovec> request);
    // Waits end, everything open is closed, as after FUSE_DESTROY: the guest was reset.
    void reset();

    // What the guest knows and has open, for a server that takes this one's place later; no request
    // is on its way meanwhile. Busy: a file that is open was deleted or is somewhere else by now,
    // so that it could not be opened again. Unsupported: with Locks::OnHost, which would be lost.
    Result<std::vector<std::uint8_t>> save();
    // What is no longer there answers ESTALE or EBADF. Corrupt: nothing was loaded.
    Result<> load(std::vector<std::uint8_t> saved);

    // For tests and the log.
    std::size_t knownFiles() const { return m_inodes.size(); }
    std::size_t knownOpenFiles() const { return m_inodes.openCount(); }
    std::size_t openFiles() const;

private:
    struct OpenFile;
    struct OpenFolder;
    struct Call; // one request on its way

    FuseServer(ShareOptions options, ShareRoot root);

    std::size_t dispatch(Call &call);
    std::size_t initialize(Call &call);
    std::size_t forgetMany(Call &call);
    std::size_t interrupt(Call &call);
    std::size_t destroy(Call &call);

    // fuse_server_names.cpp: what lies in which folder under which name
    std::size_t lookup(Call &call);
    std::size_t readLink(Call &call);
    std::size_t makeLink(Call &call); // symbolic
    std::size_t makeNode(Call &call);
    std::size_t makeFolder(Call &call);
    std::size_t removeFile(Call &call);
    std::size_t removeFolder(Call &call);
    std::size_t rename(Call &call, bool hasFlags);
    std::size_t link(Call &call); // hard
    std::size_t create(Call &call);
    std::size_t createUnnamed(Call &call);

    // fuse_server_files.cpp
    std::size_t openFile(Call &call);
    std::size_t read(Call &call);
    std::size_t write(Call &call);
    std::size_t flush(Call &call);
    std::size_t releaseFile(Call &call);
    std::size_t synchronize(Call &call);
    std::size_t synchronizeAll(Call &call);
    std::size_t allocate(Call &call);
    std::size_t seek(Call &call);
    std::size_t copyRange(Call &call);
    std::size_t testLock(Call &call);
    std::size_t setLock(Call &call, bool isWaiting);

    // fuse_server_folders.cpp
    std::size_t openFolder(Call &call);
    std::size_t readFolder(Call &call, bool isPlus);
    std::size_t releaseFolder(Call &call);
    std::size_t synchronizeFolder(Call &call);

    // fuse_server_attributes.cpp
    std::size_t attributes(Call &call);
    std::size_t setAttributes(Call &call);
    std::size_t statistics(Call &call);
    std::size_t access(Call &call);
    std::size_t setExtended(Call &call);
    std::size_t extended(Call &call);
    std::size_t listExtended(Call &call);
    std::size_t removeExtended(Call &call);

    // 0, or an errno: this is no folder of the share (any more).
    int checkFolder(const Inode &folder) const;
    // 0 or an errno. With it the guest knows one more of the file.
    int enter(const Inode &folder, const char *name, fuse_entry_out &entry);
    int enter(Fd path, const Inode &folder, std::string_view name, fuse_entry_out &entry);
    void noteMove(const Inode &folder, const char *name);
    fuse_attr attributesOf(const struct stat &status);
    std::uint64_t fileNumber(const struct stat &status);
    std::pair<uid_t, gid_t> ownersOf(const struct stat &status) const;
    int changeOwner(const struct stat &status, const fuse_setattr_in &in) const;
    int changeSize(const Inode &inode, const fuse_setattr_in &in);
    int changeTimes(const Inode &inode, const fuse_setattr_in &in) const;
    void dropPrivileges(const Inode &inode) const;
    void setValidity(std::uint64_t &seconds, std::uint32_t &nanoseconds) const;
    // A guest's open(2) flags as ours; negative: an errno.
    int openFlags(std::uint32_t flags) const;
    bool needsNoFlush(const Inode &inode, int flags) const;
    bool mayKeepCache(Inode &inode, int file);
    bool isOnDiskHere(const Inode &inode) const;
    std::uint64_t keep(std::shared_ptr<OpenFile> file);
    std::shared_ptr<OpenFile> file(std::uint64_t handle) const;
    std::shared_ptr<OpenFolder> folder(std::uint64_t handle) const;

    // fuse_server_state.cpp
    void serializeFiles(StateArchive &archive);
    void serializeFolders(StateArchive &archive);

    const ShareOptions m_options;
    const ShareRoot m_root;
    const uid_t m_user;
    const bool m_isPrivileged; // only in tests: the kernel then drops no set-user-id bits for us
    dev_t m_rootDevice = 0;
    InodeTable m_inodes;
    FileLocks m_locks;
    std::atomic<bool> m_isInitialized = false;
    std::atomic<bool> m_hasLongSetxattr = false;

    mutable std::shared_mutex m_mutex; // for all below
    std::map<std::uint64_t, std::shared_ptr<OpenFile>> m_files;
    std::map<std::uint64_t, std::shared_ptr<OpenFolder>> m_folders;
    std::uint64_t m_nextHandle = 1;
    std::map<dev_t, std::uint64_t> m_devices; // file systems mounted in the folder, numbered
};

} // namespace engine::share
