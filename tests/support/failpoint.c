// SPDX-License-Identifier: GPL-3.0-or-later
// Preloaded into a program, makes it die or fail at its n-th change of anything below a folder:
//   FAILPOINT_FOLDER  the folder
//   FAILPOINT_AT      n, from 1
//   FAILPOINT_MODE    kill (SIGKILL before the call) or nospace (the call fails with ENOSPC, and so
//                     does every later one that would need space)
//   FAILPOINT_REACHED a file that is made when n was reached
// Changes are write, pwrite, writev, pwritev, fsync, fdatasync, rename, link, mkdir, unlink, rmdir.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_int count;

static int isBelow(const char *path)
{
    const char *folder = getenv("FAILPOINT_FOLDER");
    return folder && path && strncmp(path, folder, strlen(folder)) == 0;
}

static int isFileBelow(int descriptor)
{
    char link[64];
    char path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    const ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0)
        return 0;
    path[length] = '\0';
    return isBelow(path);
}

// Nonzero: the call is to fail.
static int hit(int needsSpace)
{
    const char *at = getenv("FAILPOINT_AT");
    const char *mode = getenv("FAILPOINT_MODE");
    const char *reached = getenv("FAILPOINT_REACHED");
    if (!at || !mode)
        return 0;
    const int here = atomic_fetch_add(&count, 1) + 1;
    if (here < atoi(at))
        return 0;
    if (reached && here == atoi(at)) {
        const int file = open(reached, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (file >= 0)
            close(file);
    }
    if (strcmp(mode, "kill") == 0)
        kill(getpid(), SIGKILL);
    if (!needsSpace && here != atoi(at))
        return 0;
    errno = ENOSPC;
    return 1;
}

#define REAL(type, name, ...)                                                                      \
    static type (*real)(__VA_ARGS__);                                                              \
    if (!real)                                                                                     \
        *(void **)&real = dlsym(RTLD_NEXT, #name)

ssize_t write(int file, const void *bytes, size_t size)
{
    REAL(ssize_t, write, int, const void *, size_t);
    return isFileBelow(file) && hit(1) ? -1 : real(file, bytes, size);
}

ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t offset)
{
    REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t);
    return isFileBelow(file) && hit(1) ? -1 : real(file, bytes, size, offset);
}

ssize_t writev(int file, const struct iovec *parts, int partCount)
{
    REAL(ssize_t, writev, int, const struct iovec *, int);
    return isFileBelow(file) && hit(1) ? -1 : real(file, parts, partCount);
}

ssize_t pwritev64(int file, const struct iovec *parts, int partCount, off64_t offset)
{
    REAL(ssize_t, pwritev64, int, const struct iovec *, int, off64_t);
    return isFileBelow(file) && hit(1) ? -1 : real(file, parts, partCount, offset);
}

int fsync(int file)
{
    REAL(int, fsync, int);
    return isFileBelow(file) && hit(1) ? -1 : real(file);
}

int fdatasync(int file)
{
    REAL(int, fdatasync, int);
    return isFileBelow(file) && hit(1) ? -1 : real(file);
}

int rename(const char *from, const char *to)
{
    REAL(int, rename, const char *, const char *);
    return isBelow(to) && hit(1) ? -1 : real(from, to);
}

int renameat2(int fromFolder, const char *from, int toFolder, const char *to, unsigned flags)
{
    REAL(int, renameat2, int, const char *, int, const char *, unsigned);
    return isBelow(to) && hit(1) ? -1 : real(fromFolder, from, toFolder, to, flags);
}

int link(const char *from, const char *to)
{
    REAL(int, link, const char *, const char *);
    return isBelow(to) && hit(1) ? -1 : real(from, to);
}

int linkat(int fromFolder, const char *from, int toFolder, const char *to, int flags)
{
    REAL(int, linkat, int, const char *, int, const char *, int);
    return isBelow(to) && hit(1) ? -1 : real(fromFolder, from, toFolder, to, flags);
}

int mkdir(const char *path, mode_t mode)
{
    REAL(int, mkdir, const char *, mode_t);
    return isBelow(path) && hit(1) ? -1 : real(path, mode);
}

int unlink(const char *path)
{
    REAL(int, unlink, const char *);
    return isBelow(path) && hit(0) ? -1 : real(path);
}

int rmdir(const char *path)
{
    REAL(int, rmdir, const char *);
    return isBelow(path) && hit(0) ? -1 : real(path);
}
