// SPDX-License-Identifier: GPL-3.0-or-later
// Sizes, times, rights, extended attributes.
#include "engine/share/fuse_server_private.h"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <string_view>

#include <fcntl.h>
#include <linux/limits.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace engine::share {

namespace {

constexpr uid_t Nobody = 65534;
constexpr std::uint64_t LastByte = std::numeric_limits<off_t>::max();
constexpr std::string_view UserAttributes = "user.";

int result(int returned)
{
    return returned == 0 ? 0 : errno;
}

} // namespace

void FuseServer::setValidity(std::uint64_t &seconds, std::uint32_t &nanoseconds) const
{
    const auto milliseconds = m_options.validity.count();
    seconds = std::uint64_t(milliseconds / 1000);
    nanoseconds = std::uint32_t(milliseconds % 1000) * 1000000U;
}

// Numbers of files are unique in one file system only. Those of others that are mounted in the
// folder get a number of it in their upper bits, which file systems hardly use.
std::uint64_t FuseServer::fileNumber(const struct stat &status)
{
    if (status.st_dev == m_rootDevice)
        return status.st_ino;
    const std::scoped_lock lock(m_mutex);
    const std::uint64_t next = m_devices.size() + 1;
    return status.st_ino ^ (m_devices.try_emplace(status.st_dev, next).first->second << 48);
}

std::pair<uid_t, gid_t> FuseServer::ownersOf(const struct stat &status) const
{
    if (m_options.owners == ShareOptions::Owners::Squashed || status.st_uid == m_user)
        return {m_options.guestUser, m_options.guestGroup};
    return {Nobody, Nobody};
}

fuse_attr FuseServer::attributesOf(const struct stat &status)
{
    fuse_attr attributes{};
    attributes.ino = fileNumber(status);
    attributes.size = std::uint64_t(status.st_size);
    attributes.blocks = std::uint64_t(status.st_blocks);
    attributes.atime = std::uint64_t(status.st_atim.tv_sec);
    attributes.mtime = std::uint64_t(status.st_mtim.tv_sec);
    attributes.ctime = std::uint64_t(status.st_ctim.tv_sec);
    attributes.atimensec = std::uint32_t(status.st_atim.tv_nsec);
    attributes.mtimensec = std::uint32_t(status.st_mtim.tv_nsec);
    attributes.ctimensec = std::uint32_t(status.st_ctim.tv_nsec);
    attributes.mode = status.st_mode;
    attributes.nlink = std::uint32_t(status.st_nlink);
    const auto [user, group] = ownersOf(status);
    attributes.uid = user;
    attributes.gid = group;
    // The guest would take a device node for one of its own devices; 0:0 is none.
    attributes.rdev = 0;
    attributes.blksize = std::uint32_t(status.st_blksize);
    return attributes;
}

std::size_t FuseServer::attributes(Call &call)
{
    struct stat status
    { };
    if (::fstat(call.inode->path.get(), &status) != 0)
        return call.fail(errno);
    fuse_attr_out out{};
    setValidity(out.attr_valid, out.attr_valid_nsec);
    out.attr = attributesOf(status);
    return call.reply.with(out);
}

// The guest's kernel has decided who may; here only the owner it sees can become the owner.
int FuseServer::changeOwner(const struct stat &status, const fuse_setattr_in &in) const
{
    const auto [user, group] = ownersOf(status);
    if ((in.valid & FATTR_UID) != 0 && in.uid != user)
        return EPERM;
    if ((in.valid & FATTR_GID) != 0 && in.gid != group)
        return EPERM;
    return 0;
}

int FuseServer::changeSize(const Inode &inode, const fuse_setattr_in &in)
{
    if (!inode.isFile())
        return inode.isFolder() ? EISDIR : EINVAL;
    if (in.size > LastByte)
        return EFBIG;
    if ((in.valid & FATTR_KILL_SUIDGID) != 0)
        dropPrivileges(inode);
    // An open file may be cut off also when it can no longer be opened.
    std::shared_ptr<OpenFile> open;
    if ((in.valid & FATTR_FH) != 0) {
        open = file(in.fh);
        if (!open)
            return EBADF;
        return result(::ftruncate(open->file.get(), off_t(in.size)));
    }
    int error = m_root.checkInside(inode.path.get());
    if (error != 0)
        return error;
    const Fd file = ShareRoot::reopen(inode.path.get(), O_WRONLY, error);
    return error != 0 ? error : result(::ftruncate(file.get(), off_t(in.size)));
}

int FuseServer::changeTimes(const Inode &inode, const fuse_setattr_in &in) const
{
    const auto time = [&in](std::uint32_t given, std::uint32_t now, std::uint64_t seconds,
                            std::uint32_t nanoseconds) {
        timespec value{};
        value.tv_nsec = UTIME_OMIT;
        if ((in.valid & now) != 0)
            value.tv_nsec = UTIME_NOW;
        else if ((in.valid & given) != 0)
            value = {time_t(seconds), long(std::min<std::uint32_t>(nanoseconds, 999999999))};
        return value;
    };
    const timespec times[] = {time(FATTR_ATIME, FATTR_ATIME_NOW, in.atime, in.atimensec),
                              time(FATTR_MTIME, FATTR_MTIME_NOW, in.mtime, in.mtimensec)};
    if (::utimensat(inode.path.get(), "", times, AT_EMPTY_PATH) == 0)
        return 0;
    if (errno != EINVAL || inode.isLink()) // before Linux 5.8
        return errno;
    return result(::utimensat(AT_FDCWD, DescriptorPath(inode.path.get()).text(), times, 0));
}

std::size_t FuseServer::setAttributes(Call &call)
{
    fuse_setattr_in in{};
    if (!call.take(in))
        return call.fail(EINVAL);
    const Inode &inode = *call.inode;
    struct stat status
    { };
    if (::fstat(inode.path.get(), &status) != 0)
        return call.fail(errno);
    if ((in.valid & (FATTR_UID | FATTR_GID)) != 0)
        if (const int error = changeOwner(status, in))
            return call.fail(error);
    if ((in.valid & FATTR_MODE) != 0) {
        if (inode.isLink())
            return call.fail(EOPNOTSUPP);
        // As when files are made: see FileMode in fuse_server_names.cpp.
        const mode_t known = inode.isFolder() ? 03777 : 01777;
        if (::chmod(DescriptorPath(inode.path.get()).text(), in.mode & known) != 0)
            return call.fail(errno);
    }
    if ((in.valid & FATTR_SIZE) != 0)
        if (const int error = changeSize(inode, in))
            return call.fail(error);
    if ((in.valid & (FATTR_ATIME | FATTR_MTIME | FATTR_ATIME_NOW | FATTR_MTIME_NOW)) != 0)
        if (const int error = changeTimes(inode, in))
            return call.fail(error);
    return attributes(call);
}

// Who writes to a set-user-id file takes that from it. For ordinary users the kernel does it.
void FuseServer::dropPrivileges(const Inode &inode) const
{
    struct stat status
    { };
    if (!m_isPrivileged || !inode.isFile() || ::fstat(inode.path.get(), &status) != 0)
        return;
    if ((status.st_mode & (S_ISUID | S_ISGID)) != 0)
        // Where it fails, the file's owner keeps what he has.
        static_cast<void>(::chmod(DescriptorPath(inode.path.get()).text(), status.st_mode & 01777));
}

std::size_t FuseServer::statistics(Call &call)
{
    struct statvfs found
    { };
    if (::fstatvfs(call.inode->path.get(), &found) != 0)
        return call.fail(errno);
    fuse_statfs_out out{};
    out.st.blocks = found.f_blocks;
    out.st.bfree = found.f_bfree;
    out.st.bavail = found.f_bavail;
    out.st.files = found.f_files;
    out.st.ffree = found.f_ffree;
    out.st.bsize = std::uint32_t(found.f_bsize);
    out.st.namelen = std::uint32_t(found.f_namemax);
    out.st.frsize = std::uint32_t(found.f_frsize);
    return call.reply.with(out);
}

std::size_t FuseServer::access(Call &call)
{
    fuse_access_in in{};
    if (!call.take(in) || (in.mask & ~7U) != 0)
        return call.fail(EINVAL);
    if (m_options.isReadOnly && (in.mask & W_OK) != 0)
        return call.fail(EROFS);
    if (call.inode->isLink())
        return call.reply.done();
    const DescriptorPath path(call.inode->path.get());
    return call.result(result(::access(path.text(), int(in.mask))));
}

std::size_t FuseServer::setExtended(Call &call)
{
    fuse_setxattr_in in{};
    const std::size_t size = m_hasLongSetxattr ? sizeof in : FUSE_COMPAT_SETXATTR_IN_SIZE;
    std::string name;
    if (!call.request.takeBytes(&in, size))
        return call.fail(EINVAL);
    if (const int error = call.request.takeString(name, XATTR_NAME_MAX))
        return call.fail(error == ENAMETOOLONG ? ERANGE : error);
    if (in.size > XATTR_SIZE_MAX)
        return call.fail(E2BIG);
    if (in.size > call.request.left())
        return call.fail(EINVAL);
    if (!name.starts_with(UserAttributes))
        return call.fail(EOPNOTSUPP);
    if (call.inode->isLink())
        return call.fail(EPERM);
    std::vector<char> value(in.size);
    if (!call.request.takeBytes(value.data(), value.size()))
        return call.fail(EINVAL);
    const DescriptorPath path(call.inode->path.get());
    return call.result(
        result(::setxattr(path.text(), name.c_str(), value.data(), value.size(), int(in.flags))));
}

std::size_t FuseServer::extended(Call &call)
{
    fuse_getxattr_in in{};
    std::string name;
    if (!call.take(in))
        return call.fail(EINVAL);
    if (const int error = call.request.takeString(name, XATTR_NAME_MAX))
        return call.fail(error == ENAMETOOLONG ? ERANGE : error);
    if (!name.starts_with(UserAttributes))
        return call.fail(EOPNOTSUPP);
    if (call.inode->isLink())
        return call.fail(ENODATA);
    std::vector<char> value(std::min<std::size_t>(in.size, XATTR_SIZE_MAX));
    const DescriptorPath path(call.inode->path.get());
    const ssize_t size = ::getxattr(path.text(), name.c_str(), value.data(), value.size());
    if (size < 0)
        return call.fail(errno);
    if (in.size > 0)
        return call.reply.withBytes(value.data(), std::size_t(size));
    fuse_getxattr_out out{};
    out.size = std::uint32_t(size);
    return call.reply.with(out);
}

std::size_t FuseServer::listExtended(Call &call)
{
    fuse_getxattr_in in{};
    if (!call.take(in))
        return call.fail(EINVAL);
    if (call.inode->isLink()) {
        fuse_getxattr_out none{};
        return in.size > 0 ? call.reply.done() : call.reply.with(none);
    }
    std::vector<char> all(XATTR_LIST_MAX);
    const DescriptorPath path(call.inode->path.get());
    const ssize_t size = ::listxattr(path.text(), all.data(), all.size());
    if (size < 0)
        return call.fail(errno);
    std::string names;
    for (const char *at = all.data(); at < all.data() + size;) {
        const std::string_view name = at;
        if (name.starts_with(UserAttributes))
            names.append(name).push_back('\0');
        at += name.size() + 1;
    }
    if (in.size == 0) {
        fuse_getxattr_out out{};
        out.size = std::uint32_t(names.size());
        return call.reply.with(out);
    }
    return names.size() > in.size ? call.fail(ERANGE)
                                  : call.reply.withBytes(names.data(), names.size());
}

std::size_t FuseServer::removeExtended(Call &call)
{
    std::string name;
    if (const int error = call.request.takeString(name, XATTR_NAME_MAX))
        return call.fail(error == ENAMETOOLONG ? ERANGE : error);
    if (!name.starts_with(UserAttributes))
        return call.fail(EOPNOTSUPP);
    if (call.inode->isLink())
        return call.fail(EPERM);
    const DescriptorPath path(call.inode->path.get());
    return call.result(result(::removexattr(path.text(), name.c_str())));
}

} // namespace engine::share
