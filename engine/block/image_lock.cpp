// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/block/image_lock.h"

#include "engine/base/log.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace engine {

namespace {

// Byte 100 + n is read-locked by who uses permission n, byte 200 + n by who does not share it.
constexpr off_t UsedBase = 100;
constexpr off_t UnsharedBase = 200;
constexpr off_t ConsistentRead = 0;
constexpr off_t Write = 1;
constexpr off_t Resize = 3;

struct flock lockOf(short type, off_t byte)
{
    struct flock lock = {};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_start = byte;
    lock.l_len = 1;
    return lock;
}

bool isLockedByOthers(int file, off_t byte)
{
    struct flock lock = lockOf(F_WRLCK, byte);
    return ::fcntl(file, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

// "qemu-system-x86 (process 42)"; empty when nobody can be named: another user's, another
// computer's.
std::string otherUser(int file)
{
    struct stat own = {};
    if (::fstat(file, &own) != 0)
        return {};
    const std::string ourselves = std::to_string(::getpid());
    std::error_code error;
    for (std::filesystem::directory_iterator process("/proc", error), end; !error && process != end;
         process.increment(error)) {
        const std::string id = process->path().filename();
        if (id.find_first_not_of("0123456789") != std::string::npos)
            continue;
        std::error_code denied;
        for (std::filesystem::directory_iterator entry(process->path() / "fd", denied);
             !denied && entry != end; entry.increment(denied)) {
            struct stat other = {};
            if (::stat(entry->path().c_str(), &other) != 0 || other.st_ino != own.st_ino
                || other.st_dev != own.st_dev)
                continue;
            if (id == ourselves) {
                if (entry->path().filename() == std::to_string(file))
                    continue;
                return "this machine itself";
            }
            std::string name;
            std::getline(std::ifstream(process->path() / "comm"), name);
            return "\"" + name + "\" (process " + id + ")";
        }
    }
    return {};
}

} // namespace

Result<> lockImage(int file, ImageUse use)
{
    const bool isWriter = use == ImageUse::Write;
    std::array<off_t, 5> bytes = {UsedBase + ConsistentRead, UnsharedBase + Write,
                                  UnsharedBase + Resize, UsedBase + Write, UsedBase + Resize};
    const std::size_t count = isWriter ? bytes.size() : 3;
    for (std::size_t i = 0; i < count; ++i) {
        struct flock lock = lockOf(F_RDLCK, bytes[i]);
        if (::fcntl(file, F_OFD_SETLK, &lock) != 0) {
            log(LogLevel::Debug, "disk",
                std::string("The file system has no locks: ") + std::strerror(errno));
            return {};
        }
    }
    // Ours are set: of two that open at the same time, both may be refused, but never none.
    const bool isTaken = isLockedByOthers(file, UnsharedBase + ConsistentRead)
        || isLockedByOthers(file, UsedBase + Write) || isLockedByOthers(file, UsedBase + Resize)
        || (isWriter
            && (isLockedByOthers(file, UnsharedBase + Write)
                || isLockedByOthers(file, UnsharedBase + Resize)));
    if (!isTaken)
        return {};
    const std::string other = otherUser(file);
    const std::string who = other.empty() ? "another program" : other;
    return Error(ErrorKind::Busy,
                 isWriter ? "It is in use by " + who : "It is being written to by " + who)
        .withRemedy("Shut down the machine that uses it, or end that program");
}

} // namespace engine
