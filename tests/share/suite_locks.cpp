// SPDX-License-Identifier: GPL-3.0-or-later
// Locks between processes.
#include "tests/share/share_suite.h"

#include <csignal>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace suite;

namespace {

int lock(int file, int command, short type, off_t start, off_t size)
{
    struct flock range
    { };
    range.l_type = type;
    range.l_whence = SEEK_SET;
    range.l_start = start;
    range.l_len = size;
    return ::fcntl(file, command, &range);
}

// In another process: 0 got it, 1 somebody else has it, 2 anything else.
int tryElsewhere(const char *path, short type, off_t start, off_t size)
{
    return inChild([=] {
        const File file(path, O_RDWR);
        if (lock(file, F_SETLK, type, start, size) == 0)
            return 0;
        return errno == EAGAIN || errno == EACCES ? 1 : 2;
    });
}

void onAlarm(int) { }

} // namespace

CASE(rangesAreLocked)
{
    writeFile("file", "0123456789");
    const File file("file", O_RDWR);
    CHECK(lock(file, F_SETLK, F_WRLCK, 2, 4) == 0);
    CHECK(tryElsewhere("file", F_RDLCK, 0, 2) == 0);
    CHECK(tryElsewhere("file", F_RDLCK, 5, 1) == 1);
    CHECK(tryElsewhere("file", F_WRLCK, 6, 0) == 0);
    CHECK(lock(file, F_SETLK, F_RDLCK, 2, 4) == 0); // lets readers in
    CHECK(tryElsewhere("file", F_RDLCK, 0, 0) == 0);
    CHECK(tryElsewhere("file", F_WRLCK, 0, 0) == 1);
    CHECK(lock(file, F_SETLK, F_UNLCK, 3, 1) == 0); // leaves two parts
    CHECK(tryElsewhere("file", F_WRLCK, 3, 1) == 0);
    CHECK(tryElsewhere("file", F_WRLCK, 2, 1) == 1);
    CHECK(tryElsewhere("file", F_WRLCK, 4, 2) == 1);
}

CASE(locksAreSeen)
{
    writeFile("file", "0123456789");
    const File file("file", O_RDWR);
    CHECK(lock(file, F_SETLK, F_WRLCK, 2, 4) == 0);
    const int found = inChild([] {
        const File other("file", O_RDWR);
        struct flock range
        { };
        range.l_type = F_RDLCK;
        range.l_whence = SEEK_SET;
        if (::fcntl(other, F_GETLK, &range) != 0)
            return 1;
        return range.l_type == F_WRLCK && range.l_start == 2 && range.l_len == 4 ? 7 : 2;
    });
    CHECK(found == 7);
}

CASE(locksGoWithTheirOwner)
{
    writeFile("file", "x");
    {
        const File file("file", O_RDWR);
        CHECK(lock(file, F_SETLK, F_WRLCK, 0, 0) == 0);
        CHECK(tryElsewhere("file", F_WRLCK, 0, 0) == 1);
        {
            const File second("file", O_RDONLY);
        } // closing any of a process's, as POSIX has it
        CHECK(tryElsewhere("file", F_WRLCK, 0, 0) == 0);
        CHECK(lock(file, F_SETLK, F_WRLCK, 0, 0) == 0);
    }
    CHECK(tryElsewhere("file", F_WRLCK, 0, 0) == 0);
    CHECK(inChild([] { // and with a process that ends
              const int file = ::open("file", O_RDWR);
              return lock(file, F_SETLK, F_WRLCK, 0, 0);
          })
          == 0);
    CHECK(tryElsewhere("file", F_WRLCK, 0, 0) == 0);
}

CASE(waitingForALock)
{
    writeFile("file", "x");
    const File file("file", O_RDWR);
    CHECK(lock(file, F_SETLK, F_WRLCK, 0, 0) == 0);
    int ready[2];
    CHECK(::pipe(ready) == 0);
    const pid_t child = ::fork();
    CHECK(child >= 0);
    if (child == 0) {
        const int other = ::open("file", O_RDWR);
        if (other < 0 || ::write(ready[1], "r", 1) != 1)
            ::_exit(1);
        ::_exit(lock(other, F_SETLKW, F_WRLCK, 0, 0) == 0 ? 7 : 1);
    }
    char byte = 0;
    CHECK(::read(ready[0], &byte, 1) == 1);
    int status = 0;
    CHECK(::waitpid(child, &status, WNOHANG) == 0);
    CHECK(lock(file, F_SETLK, F_UNLCK, 0, 0) == 0);
    CHECK(::waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    ::close(ready[0]);
    ::close(ready[1]);
}

CASE(waitingIsInterrupted)
{
    writeFile("file", "x");
    const File file("file", O_RDWR);
    CHECK(lock(file, F_SETLK, F_WRLCK, 0, 0) == 0);
    const int code = inChild([] {
        struct sigaction action
        { };
        action.sa_handler = onAlarm; // without SA_RESTART
        ::sigaction(SIGALRM, &action, nullptr);
        const File other("file", O_RDWR);
        ::alarm(1);
        return lock(other, F_SETLKW, F_WRLCK, 0, 0) != 0 && errno == EINTR ? 7 : 1;
    });
    CHECK(code == 7);
}

CASE(wholeFilesAreLocked)
{
    writeFile("file", "x");
    File file("file", O_RDWR);
    const auto elsewhere = [](int how) {
        return inChild([how] {
            const File other("file", O_RDWR);
            return ::flock(other, how | LOCK_NB) == 0 ? 0 : errno == EWOULDBLOCK ? 1 : 2;
        });
    };
    CHECK(::flock(file, LOCK_EX) == 0);
    CHECK(elsewhere(LOCK_SH) == 1);
    CHECK(::flock(file, LOCK_SH) == 0);
    CHECK(elsewhere(LOCK_SH) == 0);
    CHECK(elsewhere(LOCK_EX) == 1);
    CHECK(::flock(file, LOCK_UN) == 0);
    CHECK(elsewhere(LOCK_EX) == 0);
    CHECK(::flock(file, LOCK_EX) == 0);
    file.close();
    CHECK(elsewhere(LOCK_EX) == 0);
}

CASE(locksNeedTheirAccess)
{
    writeFile("file", "x");
    const File in("file", O_RDONLY);
    CHECK_ERROR(lock(in, F_SETLK, F_WRLCK, 0, 0), EBADF);
    CHECK(lock(in, F_SETLK, F_RDLCK, 0, 0) == 0);
    const File out("file", O_WRONLY);
    CHECK_ERROR(lock(out, F_SETLK, F_RDLCK, 0, 0), EBADF);
}
