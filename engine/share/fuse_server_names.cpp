// SPDX-License-Identifier: GPL-3.0-or-later
// What lies in which folder under which name.
#include "engine/share/fuse_server_private.h"

#include <cerrno>
#include <climits>
#include <cstdio>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace engine::share {

namespace {

// Set-user-id and set-group-id files would lend this user's rights to others on this computer.
constexpr mode_t FileMode = S_IRWXU | S_IRWXG | S_IRWXO | S_ISVTX;
constexpr mode_t FolderMode = FileMode | S_ISGID;

int result(int returned)
{
    return returned == 0 ? 0 : errno;
}

int statusOf(int descriptor, struct stat &status)
{
    return result(::fstat(descriptor, &status));
}

} // namespace

int FuseServer::checkFolder(const Inode &folder) const
{
    if (!folder.isFolder())
        return ENOTDIR;
    return folder.number == FUSE_ROOT_ID ? 0 : m_root.checkInside(folder.path.get());
}

int FuseServer::enter(const Inode &folder, const char *name, fuse_entry_out &entry)
{
    int error = 0;
    Fd path = ShareRoot::find(folder.path.get(), name, error);
    return error != 0 ? error : enter(std::move(path), folder, name, entry);
}

int FuseServer::enter(Fd path, const Inode &folder, std::string_view name, fuse_entry_out &entry)
{
    struct stat status
    { };
    if (const int error = statusOf(path.get(), status))
        return error;
    const InodePointer inode = m_inodes.remember(std::move(path), status, folder.number, name);
    entry = {};
    entry.nodeid = inode->number;
    setValidity(entry.entry_valid, entry.entry_valid_nsec);
    setValidity(entry.attr_valid, entry.attr_valid_nsec);
    entry.attr = attributesOf(status);
    return 0;
}

std::size_t FuseServer::lookup(Call &call)
{
    std::string name;
    if (const int error = call.request.takeName(name))
        return call.fail(error);
    if (const int error = checkFolder(*call.inode))
        return call.fail(error);
    fuse_entry_out entry{};
    if (const int error = enter(*call.inode, name.c_str(), entry))
        return call.fail(error);
    return call.reply.with(entry);
}

std::size_t FuseServer::readLink(Call &call)
{
    if (!call.inode->isLink())
        return call.fail(EINVAL);
    char target[PATH_MAX];
    const ssize_t size = ::readlinkat(call.inode->path.get(), "", target, sizeof target);
    if (size < 0)
        return call.fail(errno);
    return call.reply.withBytes(target, std::size_t(size));
}

std::size_t FuseServer::makeLink(Call &call)
{
    std::string name;
    std::string target;
    if (const int error = call.request.takeName(name))
        return call.fail(error);
    if (const int error = call.request.takeString(target, PATH_MAX - 1))
        return call.fail(error);
    if (const int error = checkFolder(*call.inode))
        return call.fail(error);
    if (::symlinkat(target.c_str(), call.inode->path.get(), name.c_str()) != 0)
        return call.fail(errno);
    fuse_entry_out entry{};
    if (const int error = enter(*call.inode, name.c_str(), entry))
        return call.fail(error);
    return call.reply.with(entry);
}

std::size_t FuseServer::makeNode(Call &call)
{
    fuse_mknod_in in{};
    std::string name;
    if (!call.take(in))
        return call.fail(EINVAL);
    if (const int error = call.request.takeName(name))
        return call.fail(error);
    mode_t type = in.mode & S_IFMT;
    if (type == 0)
        type = S_IFREG;
    if (type == S_IFCHR || type == S_IFBLK)
        return call.fail(EPERM);
    if (type != S_IFREG && type != S_IFIFO && type != S_IFSOCK)
        return call.fail(EINVAL);
    if (const int error = checkFolder(*call.inode))
        return call.fail(error);
    const mode_t mode = type | (in.mode & FileMode);
    if (::mknodat(call.inode->path.get(), name.c_str(), mode, 0) != 0)
        return call.fail(errno);
    fuse_entry_out entry{};
    if (const int error = enter(*call.inode, name.c_str(), entry))
        return call.fail(error);
    return call.reply.with(entry);
}

std::size_t FuseServer::makeFolder(Call &call)
{
    fuse_mkdir_in in{};
    std::string name;
    if (!call.take(in))
        return call.fail(EINVAL);
    if (const int error = call.request.takeName(name))
        return call.fail(error);
    if (const int error = checkFolder(*call.inode))
        return call.fail(error);
    if (::mkdirat(call.inode->path.get(), name.c_str(), in.mode & FolderMode) != 0)
        return call.fail(errno);
    fuse_entry_out entry{};
    if (const int error = enter(*call.inode, name.c_str(), entry))
        return call.fail(error);
    return call.reply.with(entry);
}

std::size_t FuseServer::removeFile(Call &call)
{
    std::string name;
    if (const int error = call.request.takeName(name))
        return call.fail(error);
    if (const int error = checkFolder(*call.inode))
        return call.fail(error);
    return call.result(result(::unlinkat(call.inode->path.get(), name.c_str(), 0)));
}

std::size_t FuseServer::removeFolder(Call &call)
{
    std::string name;
    if (const int error = call.request.takeName(name))
        return call.fail(error);
    if (const int error = checkFolder(*call.inode))
        return call.fail(error);
    return call.result(result(::unlinkat(call.inode->path.get(), name.c_str(), AT_REMOVEDIR)));
}

std::size_t FuseServer::rename(Call &call, bool hasFlags)
{
    std::uint64_t target = 0;
    unsigned flags = 0;
    if (hasFlags) {
        fuse_rename2_in in{};
        if (!call.take(in))
            return call.fail(EINVAL);
        target = in.newdir;
        flags = in.flags;
    } else {
        fuse_rename_in in{};
        if (!call.take(in))
            return call.fail(EINVAL);
        target = in.newdir;
    }
    // RENAME_WHITEOUT makes a device node.
    if ((flags & ~unsigned(RENAME_NOREPLACE | RENAME_EXCHANGE)) != 0)
        return call.fail(EINVAL);
    std::string from;
    std::string to;
    if (const int error = call.request.takeName(from))
        return call.fail(error);
    if (const int error = call.request.takeName(to))
        return call.fail(error);
    const InodePointer folder = m_inodes.find(target);
    if (!folder)
        return call.fail(ESTALE);
    if (const int error = checkFolder(*call.inode))
        return call.fail(error);
    if (const int error = checkFolder(*folder))
        return call.fail(error);
    if (::renameat2(call.inode->path.get(), from.c_str(), folder->path.get(), to.c_str(), flags)
        != 0)
        return call.fail(errno);
    noteMove(*folder, to.c_str());
    if ((flags & RENAME_EXCHANGE) != 0)
        noteMove(*call.inode, from.c_str());
    return call.reply.done();
}

void FuseServer::noteMove(const Inode &folder, const char *name)
{
    int error = 0;
    struct stat status{};
    const Fd path = ShareRoot::find(folder.path.get(), name, error);
    if (path.isOpen() && statusOf(path.get(), status) == 0)
        m_inodes.moved(status, folder.number, name);
}

std::size_t FuseServer::link(Call &call)
{
    fuse_link_in in{};
    std::string name;
    if (!call.take(in))
        return call.fail(EINVAL);
    if (const int error = call.request.takeName(name))
        return call.fail(error);
    const InodePointer old = m_inodes.find(in.oldnodeid);
    if (!old)
        return call.fail(ESTALE);
    if (old->isFolder())
        return call.fail(EPERM);
    if (const int error = checkFolder(*call.inode))
        return call.fail(error);
    if (const int error = m_root.checkInside(old->path.get()))
        return call.fail(error);
    const DescriptorPath path(old->path.get());
    if (::linkat(AT_FDCWD, path.text(), call.inode->path.get(), name.c_str(), AT_SYMLINK_FOLLOW)
        != 0)
        return call.fail(errno);
    fuse_entry_out entry{};
    if (const int error = enter(*call.inode, name.c_str(), entry))
        return call.fail(error);
    return call.reply.with(entry);
}

std::size_t FuseServer::create(Call &call)
{
    fuse_create_in in{};
    std::string name;
    if (!call.take(in))
        return call.fail(EINVAL);
    if (const int error = call.request.takeName(name))
        return call.fail(error);
    const int flags = openFlags(in.flags);
    if (flags < 0)
        return call.fail(-flags);
    if (const int error = checkFolder(*call.inode))
        return call.fail(error);
    if (call.reply.capacity() < sizeof(fuse_entry_out) + sizeof(fuse_open_out))
        return call.fail(EIO);
    struct
    {
        fuse_entry_out entry;
        fuse_open_out open;
    } out{};
    const int folder = call.inode->path.get();
    // Somebody may make the file, or a link, a pipe, a device in its place, or remove it again, at
    // any moment: what is there is looked at before it is opened.
    constexpr int Attempts = 8;
    auto open = std::make_shared<OpenFile>();
    for (int i = 0; i < Attempts && !open->file.isOpen(); ++i) {
        int error = 0;
        open->file =
            ShareRoot::create(folder, name.c_str(), flags & ~O_TRUNC, in.mode & FileMode, error);
        if (open->file.isOpen()) {
            Fd path = ShareRoot::reopen(open->file.get(), O_PATH, error);
            if (error == 0)
                error = enter(std::move(path), *call.inode, name, out.entry);
            if (error != 0)
                return call.fail(error);
            break;
        }
        if (error != EEXIST || (in.flags & O_EXCL) != 0)
            return call.fail(error);
        error = enter(*call.inode, name.c_str(), out.entry);
        if (error == ENOENT)
            continue;
        if (error != 0)
            return call.fail(error);
        const InodePointer found = m_inodes.find(out.entry.nodeid);
        if (found && found->isFile())
            open->file = ShareRoot::reopen(found->path.get(), flags, error);
        else
            error = found && found->isFolder() ? EISDIR : found && found->isLink() ? ELOOP : ENXIO;
        if (error != 0) {
            m_inodes.forget(out.entry.nodeid, 1);
            return call.fail(error);
        }
    }
    if (!open->file.isOpen())
        return call.fail(ENOENT);
    open->inode = m_inodes.find(out.entry.nodeid);
    if (!open->inode) // forgotten at the same time: a guest's own doing
        return call.fail(ESTALE);
    if (needsNoFlush(*open->inode, flags))
        out.open.open_flags |= FOPEN_NOFLUSH;
    out.open.fh = keep(std::move(open));
    return call.reply.with(out);
}

std::size_t FuseServer::createUnnamed(Call &call)
{
    fuse_create_in in{};
    if (!call.take(in))
        return call.fail(EINVAL);
    const int flags = openFlags(in.flags);
    if (flags < 0)
        return call.fail(-flags);
    if ((flags & O_ACCMODE) == O_RDONLY)
        return call.fail(EINVAL);
    if (const int error = checkFolder(*call.inode))
        return call.fail(error);
    if (call.reply.capacity() < sizeof(fuse_entry_out) + sizeof(fuse_open_out))
        return call.fail(EIO);
    struct
    {
        fuse_entry_out entry;
        fuse_open_out open;
    } out{};
    auto open = std::make_shared<OpenFile>();
    open->file = Fd(::openat(call.inode->path.get(), ".",
                             (flags & ~O_TRUNC) | O_TMPFILE | (int(in.flags) & O_EXCL) | O_CLOEXEC,
                             in.mode & FileMode));
    if (!open->file.isOpen())
        return call.fail(errno);
    int error = 0;
    Fd path = ShareRoot::reopen(open->file.get(), O_PATH, error);
    if (error == 0)
        error = enter(std::move(path), *call.inode, {}, out.entry);
    if (error != 0)
        return call.fail(error);
    open->inode = m_inodes.find(out.entry.nodeid);
    if (!open->inode)
        return call.fail(ESTALE);
    if (needsNoFlush(*open->inode, flags))
        out.open.open_flags |= FOPEN_NOFLUSH;
    out.open.fh = keep(std::move(open));
    return call.reply.with(out);
}

} // namespace engine::share
