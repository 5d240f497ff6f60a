// SPDX-License-Identifier: GPL-3.0-or-later
// The file system calls that change something, counted, so that a test can die or fail at each of
// them. Include in one file of a test program that is linked with ENABLE_EXPORTS: its functions
// stand before the C library's, for shared libraries as well.
#pragma once

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>

#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fakes {

struct FailingCalls
{
    // The process is killed before its n-th change; 0: never.
    static inline std::atomic<long> killAt{0};
    // From the n-th change on, writing calls fail as on a full disk; 0: never.
    static inline std::atomic<long> fullFrom{0};
    // Folders cannot be renamed out of their parent, as if there were two file systems.
    static inline std::atomic<bool> hasTwoFileSystems{false};
    static inline std::atomic<long> changes{0};

    static void reset()
    {
        killAt = 0;
        fullFrom = 0;
        hasTwoFileSystems = false;
        changes = 0;
    }

    // False: the call shall say that the disk is full.
    static bool countChange(bool needsSpace)
    {
        const long now = ++changes;
        if (killAt > 0 && now == killAt)
            ::kill(::getpid(), SIGKILL);
        if (needsSpace && fullFrom > 0 && now >= fullFrom) {
            errno = ENOSPC;
            return false;
        }
        return true;
    }

    template <class Function>
    static Function real(const char *name)
    {
        return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
    }
};

inline bool isOtherParent(const char *from, const char *to)
{
    const auto parent = [](const char *path) {
        std::string text(path);
        return text.substr(0, text.rfind('/'));
    };
    return parent(from) != parent(to);
}

} // namespace fakes

extern "C" {

int rename(const char *from, const char *to)
{
    static const auto next =
        fakes::FailingCalls::real<int (*)(const char *, const char *)>("rename");
    fakes::FailingCalls::countChange(false);
    return next(from, to);
}

int renameat2(int fromFolder, const char *from, int toFolder, const char *to, unsigned flags)
{
    static const auto next =
        fakes::FailingCalls::real<int (*)(int, const char *, int, const char *, unsigned)>(
            "renameat2");
    if (fakes::FailingCalls::hasTwoFileSystems && fakes::isOtherParent(from, to)) {
        errno = EXDEV;
        return -1;
    }
    fakes::FailingCalls::countChange(false);
    return next(fromFolder, from, toFolder, to, flags);
}

int link(const char *from, const char *to) noexcept
{
    static const auto next = fakes::FailingCalls::real<int (*)(const char *, const char *)>("link");
    fakes::FailingCalls::countChange(false);
    return next(from, to);
}

int symlink(const char *text, const char *path) noexcept
{
    static const auto next =
        fakes::FailingCalls::real<int (*)(const char *, const char *)>("symlink");
    return fakes::FailingCalls::countChange(true) ? next(text, path) : -1;
}

int unlink(const char *path) noexcept
{
    static const auto next = fakes::FailingCalls::real<int (*)(const char *)>("unlink");
    fakes::FailingCalls::countChange(false);
    return next(path);
}

int rmdir(const char *path) noexcept
{
    static const auto next = fakes::FailingCalls::real<int (*)(const char *)>("rmdir");
    fakes::FailingCalls::countChange(false);
    return next(path);
}

int mkdir(const char *path, mode_t mode) noexcept
{
    static const auto next = fakes::FailingCalls::real<int (*)(const char *, mode_t)>("mkdir");
    return fakes::FailingCalls::countChange(true) ? next(path, mode) : -1;
}

int fsync(int descriptor)
{
    static const auto next = fakes::FailingCalls::real<int (*)(int)>("fsync");
    fakes::FailingCalls::countChange(false);
    return next(descriptor);
}

int ftruncate(int descriptor, off_t size) noexcept
{
    static const auto next = fakes::FailingCalls::real<int (*)(int, off_t)>("ftruncate");
    return fakes::FailingCalls::countChange(true) ? next(descriptor, size) : -1;
}

ssize_t copy_file_range(int from, off64_t *fromAt, int to, off64_t *toAt, size_t size,
                        unsigned flags)
{
    static const auto next =
        fakes::FailingCalls::real<ssize_t (*)(int, off64_t *, int, off64_t *, size_t, unsigned)>(
            "copy_file_range");
    return fakes::FailingCalls::countChange(true) ? next(from, fromAt, to, toAt, size, flags) : -1;
}

ssize_t write(int descriptor, const void *bytes, size_t size)
{
    static const auto next =
        fakes::FailingCalls::real<ssize_t (*)(int, const void *, size_t)>("write");
    struct stat facts = {};
    // Pipes and the terminal are no disk.
    const bool isFile = ::fstat(descriptor, &facts) == 0 && S_ISREG(facts.st_mode);
    if (isFile && !fakes::FailingCalls::countChange(true))
        return -1;
    return next(descriptor, bytes, size);
}

} // extern "C"
