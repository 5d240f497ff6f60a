// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/share/share_root.h"

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace engine::share {

namespace {

Fd openBeneath(int folder, const char *name, int flags, mode_t mode, int &error)
{
    open_how how{};
    how.flags = std::uint64_t(flags | O_CLOEXEC | O_NOFOLLOW);
    how.mode = mode;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS;
    long descriptor = -1;
    do {
        descriptor = ::syscall(SYS_openat2, folder, name, &how, sizeof how);
    } while (descriptor < 0 && errno == EINTR);
    error = descriptor < 0 ? errno : 0;
    return Fd(int(descriptor));
}

// Empty and errno where it cannot be told.
std::string pathOf(int descriptor)
{
    char text[PATH_MAX + 1];
    const ssize_t size = ::readlink(DescriptorPath(descriptor).text(), text, sizeof text);
    return size > 0 ? std::string(text, std::size_t(size)) : std::string();
}

bool isBelow(std::string_view path, std::string_view folder)
{
    return folder == "/"
        || (!folder.empty() && path.starts_with(folder)
            && (path.size() == folder.size() || path[folder.size()] == '/'));
}

ErrorKind kindOf(int error)
{
    switch (error) {
    case EACCES:
    case EPERM:
        return ErrorKind::Denied;
    case ENOENT:
    case ENOTDIR:
        return ErrorKind::NotFound;
    case ENOSYS:
        return ErrorKind::Unsupported;
    default:
        return ErrorKind::Io;
    }
}

} // namespace

DescriptorPath::DescriptorPath(int descriptor)
{
    std::snprintf(m_text, sizeof m_text, "/proc/self/fd/%d", descriptor);
}

ShareRoot::ShareRoot(ShareRoot &&other) noexcept
    : m_root(std::move(other.m_root))
    , m_path(std::move(other.m_path))
{ }

Result<ShareRoot> ShareRoot::open(const std::string &path)
{
    const std::string what = "Cannot share the folder \"" + path + "\"";
    Fd root(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!root.isOpen())
        return Error(kindOf(errno), what + ": " + std::strerror(errno));
    int error = 0;
    if (!openBeneath(root.get(), ".", O_PATH | O_DIRECTORY, 0, error).isOpen())
        return Error(
            kindOf(error),
            what + ": "
                + (error == ENOSYS ? "sharing needs Linux 5.6 or newer" : std::strerror(error)));
    ShareRoot share(std::move(root));
    share.m_path = pathOf(share.m_root.get());
    if (share.m_path.empty())
        return Error(ErrorKind::Unsupported, what + ": /proc is not there");
    return share;
}

Fd ShareRoot::find(int folder, const char *name, int &error)
{
    return openBeneath(folder, name, O_PATH, 0, error);
}

Fd ShareRoot::create(int folder, const char *name, int flags, mode_t mode, int &error)
{
    return openBeneath(folder, name, flags | O_CREAT | O_EXCL, mode, error);
}

Fd ShareRoot::reopen(int descriptor, int flags, int &error)
{
    int opened = -1;
    do {
        opened = ::open(DescriptorPath(descriptor).text(), flags | O_CLOEXEC | O_NOCTTY);
    } while (opened < 0 && errno == EINTR);
    error = opened < 0 ? errno : 0;
    return Fd(opened);
}

int ShareRoot::checkInside(int descriptor) const
{
    const std::string path = pathOf(descriptor);
    if (path.empty()) // deeper than a path can say
        return errno == ENAMETOOLONG && isUpwards(descriptor) ? 0 : ENAMETOOLONG;
    const std::scoped_lock lock(m_mutex);
    if (isBelow(path, m_path))
        return 0;
    m_path = pathOf(m_root.get()); // the shared folder itself may have been moved
    return isBelow(path, m_path) ? 0 : ESTALE;
}

// The same, step by step; a folder's only.
bool ShareRoot::isUpwards(int descriptor) const
{
    struct stat root
    { };
    if (::fstat(m_root.get(), &root) != 0)
        return false;
    constexpr int Limit = 100000;
    Fd folder;
    ino_t before = 0;
    for (int i = 0; i < Limit; ++i) {
        struct stat status
        { };
        if (::fstat(folder.isOpen() ? folder.get() : descriptor, &status) != 0)
            return false;
        if (status.st_ino == root.st_ino && status.st_dev == root.st_dev)
            return true;
        Fd above(::openat(folder.isOpen() ? folder.get() : descriptor, "..",
                          O_PATH | O_DIRECTORY | O_CLOEXEC));
        if (!above.isOpen() || (i > 0 && status.st_ino == before))
            return false;
        before = status.st_ino;
        folder = std::move(above);
    }
    return false;
}

} // namespace engine::share
