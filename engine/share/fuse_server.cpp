// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/share/fuse_server.h"

#include "engine/share/fuse_server_private.h"

#include <algorithm>
#include <cerrno>

#include <sys/resource.h>
#include <unistd.h>

namespace engine::share {

namespace {

// Linux 5.4, the first with virtio-fs.
constexpr std::uint32_t OldestMinor = 31;
constexpr std::uint32_t NewestMinor = 38;

constexpr std::uint32_t WantedFlags = FUSE_ASYNC_READ | FUSE_ATOMIC_O_TRUNC | FUSE_BIG_WRITES
    | FUSE_AUTO_INVAL_DATA | FUSE_DO_READDIRPLUS | FUSE_READDIRPLUS_AUTO | FUSE_ASYNC_DIO
    | FUSE_PARALLEL_DIROPS | FUSE_MAX_PAGES | FUSE_CACHE_SYMLINKS | FUSE_HANDLE_KILLPRIV_V2
    | FUSE_SETXATTR_EXT | FUSE_INIT_EXT;

// Requests that change the folder, whatever their contents.
bool isChange(std::uint32_t opcode)
{
    switch (opcode) {
    case FUSE_SETATTR:
    case FUSE_SYMLINK:
    case FUSE_MKNOD:
    case FUSE_MKDIR:
    case FUSE_UNLINK:
    case FUSE_RMDIR:
    case FUSE_RENAME:
    case FUSE_RENAME2:
    case FUSE_LINK:
    case FUSE_WRITE:
    case FUSE_SETXATTR:
    case FUSE_REMOVEXATTR:
    case FUSE_CREATE:
    case FUSE_TMPFILE:
    case FUSE_FALLOCATE:
    case FUSE_COPY_FILE_RANGE:
        return true;
    default:
        return false;
    }
}

// Half of what may be open is left for the files that the guest opens.
std::size_t mostOpen()
{
    rlimit limit{};
    return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? std::size_t(limit.rlim_cur / 2) : 512;
}

} // namespace

Result<std::unique_ptr<FuseServer>> FuseServer::open(ShareOptions options)
{
    ShareRoot root = TRY(ShareRoot::open(options.folder));
    return std::unique_ptr<FuseServer>(new FuseServer(std::move(options), std::move(root)));
}

FuseServer::FuseServer(ShareOptions options, ShareRoot root)
    : m_options(std::move(options))
    , m_root(std::move(root))
    , m_user(::geteuid())
    , m_isPrivileged(m_user == 0)
    , m_inodes(m_root.descriptor(), m_options.mostOpen > 0 ? m_options.mostOpen : mostOpen())
    , m_locks(m_options.isReadOnly)
{
    m_rootDevice = m_inodes.find(FUSE_ROOT_ID)->device;
}

FuseServer::~FuseServer() = default;

std::size_t FuseServer::handle(std::span<const iovec> request, std::span<const iovec> reply)
{
    FuseRequest in(request);
    FuseReply out(reply, in.header().unique);
    Call call{std::move(in), out, nullptr};
    if (!call.request.isWhole())
        return call.fail(EINVAL);
    return dispatch(call);
}

bool FuseServer::mayWait(std::span<const iovec> request)
{
    return FuseRequest(request).header().opcode == FUSE_SETLKW;
}

bool FuseServer::mayTakeLong(std::span<const iovec> request)
{
    switch (FuseRequest(request).header().opcode) {
    case FUSE_FSYNC:
    case FUSE_FSYNCDIR:
    case FUSE_SYNCFS:
    case FUSE_FALLOCATE:
    case FUSE_COPY_FILE_RANGE:
        return true;
    default:
        return mayWait(request);
    }
}

std::size_t FuseServer::dispatch(Call &call)
{
    const std::uint32_t opcode = call.request.header().opcode;
    // Those that name no file, or that have no reply.
    switch (opcode) {
    case FUSE_INIT:
        return initialize(call);
    case FUSE_DESTROY:
        return destroy(call);
    case FUSE_INTERRUPT:
        return interrupt(call);
    case FUSE_BATCH_FORGET:
        return forgetMany(call);
    case FUSE_FORGET: {
        fuse_forget_in in{};
        if (call.take(in))
            m_inodes.forget(call.request.header().nodeid, in.nlookup);
        return 0;
    }
    default:
        break;
    }
    if (!m_isInitialized)
        return call.fail(EIO);
    call.inode = m_inodes.find(call.request.header().nodeid);
    if (!call.inode)
        return call.fail(ESTALE);
    if (m_options.locks == ShareOptions::Locks::InGuest
        && (opcode == FUSE_GETLK || opcode == FUSE_SETLK || opcode == FUSE_SETLKW))
        return call.fail(ENOSYS); // a transport without interrupts does not wait
    if (m_options.isReadOnly && isChange(opcode))
        return call.fail(EROFS);

    switch (opcode) {
    case FUSE_LOOKUP:
        return lookup(call);
    case FUSE_GETATTR:
        return attributes(call);
    case FUSE_SETATTR:
        return setAttributes(call);
    case FUSE_READLINK:
        return readLink(call);
    case FUSE_SYMLINK:
        return makeLink(call);
    case FUSE_MKNOD:
        return makeNode(call);
    case FUSE_MKDIR:
        return makeFolder(call);
    case FUSE_UNLINK:
        return removeFile(call);
    case FUSE_RMDIR:
        return removeFolder(call);
    case FUSE_RENAME:
        return rename(call, false);
    case FUSE_RENAME2:
        return rename(call, true);
    case FUSE_LINK:
        return link(call);
    case FUSE_OPEN:
        return openFile(call);
    case FUSE_READ:
        return read(call);
    case FUSE_WRITE:
        return write(call);
    case FUSE_STATFS:
        return statistics(call);
    case FUSE_RELEASE:
        return releaseFile(call);
    case FUSE_FSYNC:
        return synchronize(call);
    case FUSE_SETXATTR:
        return setExtended(call);
    case FUSE_GETXATTR:
        return extended(call);
    case FUSE_LISTXATTR:
        return listExtended(call);
    case FUSE_REMOVEXATTR:
        return removeExtended(call);
    case FUSE_FLUSH:
        return flush(call);
    case FUSE_OPENDIR:
        return openFolder(call);
    case FUSE_READDIR:
        return readFolder(call, false);
    case FUSE_READDIRPLUS:
        return readFolder(call, true);
    case FUSE_RELEASEDIR:
        return releaseFolder(call);
    case FUSE_FSYNCDIR:
        return synchronizeFolder(call);
    case FUSE_GETLK:
        return testLock(call);
    case FUSE_SETLK:
        return setLock(call, false);
    case FUSE_SETLKW:
        return setLock(call, true);
    case FUSE_ACCESS:
        return access(call);
    case FUSE_CREATE:
        return create(call);
    case FUSE_TMPFILE:
        return createUnnamed(call);
    case FUSE_FALLOCATE:
        return allocate(call);
    case FUSE_LSEEK:
        return seek(call);
    case FUSE_COPY_FILE_RANGE:
        return copyRange(call);
    case FUSE_SYNCFS:
        return synchronizeAll(call);
    default: // the guest does without, and does not ask again
        return call.fail(ENOSYS);
    }
}

std::size_t FuseServer::initialize(Call &call)
{
    // The parts of fuse_init_in before and since 7.36.
    struct
    {
        std::uint32_t major, minor, maxReadAhead, flags;
    } in{};
    if (!call.take(in))
        return call.fail(EINVAL);
    fuse_init_out out{};
    out.major = FUSE_KERNEL_VERSION;
    out.minor = NewestMinor;
    if (in.major > FUSE_KERNEL_VERSION)
        return call.reply.with(out); // it comes again with ours
    if (in.major < FUSE_KERNEL_VERSION || in.minor < OldestMinor)
        return call.fail(EPROTO);
    reset(); // a guest that starts anew knows nothing
    std::uint32_t wanted = WantedFlags;
    if (m_options.locks == ShareOptions::Locks::OnHost)
        wanted |= FUSE_POSIX_LOCKS | FUSE_FLOCK_LOCKS;
    out.minor = std::min(in.minor, NewestMinor);
    out.max_readahead = std::min<std::uint32_t>(in.maxReadAhead, MaxWrite);
    out.flags = in.flags & wanted;
    out.max_background = 64;
    out.congestion_threshold = 48;
    out.max_write = MaxWrite;
    out.time_gran = 1;
    out.max_pages = MaxWrite / 4096;
    m_hasLongSetxattr = (out.flags & FUSE_SETXATTR_EXT) != 0;
    m_isInitialized = true;
    if (m_options.onMounted)
        m_options.onMounted(true);
    return call.reply.with(out);
}

std::size_t FuseServer::forgetMany(Call &call)
{
    fuse_batch_forget_in in{};
    if (!call.take(in))
        return 0;
    fuse_forget_one one{};
    for (std::uint32_t i = 0; i < in.count && call.take(one); ++i)
        m_inodes.forget(one.nodeid, one.nlookup);
    return 0;
}

std::size_t FuseServer::interrupt(Call &call)
{
    fuse_interrupt_in in{};
    if (call.take(in))
        m_locks.interrupt(in.unique);
    return 0;
}

std::size_t FuseServer::destroy(Call &call)
{
    reset();
    if (m_options.onMounted)
        m_options.onMounted(false);
    return call.reply.done();
}

void FuseServer::reset()
{
    m_isInitialized = false;
    m_locks.reset();
    std::map<std::uint64_t, std::shared_ptr<OpenFile>> files; // closed without the lock
    std::map<std::uint64_t, std::shared_ptr<OpenFolder>> folders;
    {
        const std::scoped_lock lock(m_mutex);
        files.swap(m_files);
        folders.swap(m_folders);
    }
    m_inodes.forgetAll();
}

std::size_t FuseServer::openFiles() const
{
    const std::shared_lock lock(m_mutex);
    return m_files.size() + m_folders.size();
}

std::uint64_t FuseServer::keep(std::shared_ptr<OpenFile> file)
{
    const std::scoped_lock lock(m_mutex);
    m_files.emplace(m_nextHandle, std::move(file));
    return m_nextHandle++;
}

std::shared_ptr<FuseServer::OpenFile> FuseServer::file(std::uint64_t handle) const
{
    const std::shared_lock lock(m_mutex);
    const auto found = m_files.find(handle);
    return found == m_files.end() ? nullptr : found->second;
}

std::shared_ptr<FuseServer::OpenFolder> FuseServer::folder(std::uint64_t handle) const
{
    const std::shared_lock lock(m_mutex);
    const auto found = m_folders.find(handle);
    return found == m_folders.end() ? nullptr : found->second;
}

} // namespace engine::share
