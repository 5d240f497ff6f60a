// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/replace_file.h"

#include "engine/base/fd.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace engine {

namespace {

Error writeError(const std::string &path, int reason)
{
    std::string text = "Cannot write \"" + path + "\": " + std::strerror(reason);
    switch (reason) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return Error(ErrorKind::NoSpace, std::move(text))
            .withRemedy("Free some space on that file system");
    case EACCES:
    case EPERM:
    case EROFS:
        return Error(ErrorKind::Denied, std::move(text))
            .withRemedy("Change the permissions of the folder and its files");
    case ENOENT:
    case ENOTDIR:
        return Error(ErrorKind::NotFound, std::move(text));
    default:
        return Error(ErrorKind::Io, std::move(text));
    }
}

// Where a rename would replace the link itself. A path that leads nowhere stays as it is.
std::string resolved(const std::string &path)
{
    const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                           &std::free);
    return real ? std::string(real.get()) : path;
}

bool writeAll(int file, std::span<const std::uint8_t> content)
{
    while (!content.empty()) {
        const ssize_t written = ::write(file, content.data(), content.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        content = content.subspan(std::size_t(written));
    }
    return true;
}

void syncFolderOf(const std::string &path)
{
    const std::size_t slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const Fd descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // Some file systems cannot; the rename is atomic all the same.
    if (descriptor.isOpen()) [[maybe_unused]]
        const int ignored = ::fsync(descriptor.get());
}

} // namespace

Result<> replaceFile(const std::string &path, std::span<const std::uint8_t> content)
{
    const std::string target = resolved(path);
    const std::string temporary = target + ".new";
    struct stat old = {};
    const mode_t mode = ::stat(target.c_str(), &old) == 0 ? old.st_mode & 07777 : 0600;
    // What an earlier run that was killed left is no hindrance, and no link is followed.
    ::unlink(temporary.c_str());
    Fd file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file.isOpen())
        return writeError(path, errno);
    if (!writeAll(file.get(), content) || ::fchmod(file.get(), mode) != 0
        || ::fsync(file.get()) != 0 || ::rename(temporary.c_str(), target.c_str()) != 0) {
        const int reason = errno;
        ::unlink(temporary.c_str());
        return writeError(path, reason);
    }
    syncFolderOf(target);
    return {};
}

} // namespace engine
