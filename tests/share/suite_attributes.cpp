// SPDX-License-Identifier: GPL-3.0-or-later
// Rights, owners, times, extended attributes.
#include "tests/share/share_suite.h"

#include <algorithm>
#include <cstring>
#include <ctime>

#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

using namespace suite;

namespace {

bool isEarlier(const timespec &a, const timespec &b)
{
    return a.tv_sec < b.tv_sec || (a.tv_sec == b.tv_sec && a.tv_nsec < b.tv_nsec);
}

// Until the clock that files get their times from has moved on.
void letTimePass(const std::string &path)
{
    const timespec before = statusOf(path).st_ctim;
    for (int i = 0; i < 10000000; ++i) {
        writeFile(path + ".clock", "x");
        if (isEarlier(before, statusOf(path + ".clock").st_ctim))
            return;
    }
    CHECK(!"time does not pass");
}

void needOrdinaryUser()
{
    if (::geteuid() == 0)
        throw Skipped{"root may do everything"};
}

} // namespace

CASE(modesAreExact)
{
    for (const mode_t mask : {mode_t(0), mode_t(022), mode_t(077), mode_t(0777)}) {
        ::umask(mask);
        const std::string name = "file" + std::to_string(mask);
        CHECK(::close(::open(name.c_str(), O_WRONLY | O_CREAT, 0666)) == 0);
        CHECK((statusOf(name).st_mode & 07777) == (0666 & ~mask));
        const std::string folder = "folder" + std::to_string(mask);
        CHECK(::mkdir(folder.c_str(), 0777) == 0);
        CHECK((statusOf(folder).st_mode & 07777) == (0777 & ~mask));
    }
    ::umask(022);
    writeFile("file", "x");
    for (mode_t mode = 0; mode <= 0777; mode += 7) {
        CHECK(::chmod("file", mode) == 0);
        CHECK((statusOf("file").st_mode & 07777) == mode);
    }
    CHECK(::chmod("file", 0644) == 0);
    const File file("file", O_RDONLY);
    CHECK(::fchmod(file, 0600) == 0);
    CHECK((statusOf("file").st_mode & 07777) == 0600);
    CHECK(::mkdir("sticky", 0755) == 0 && ::chmod("sticky", 01777) == 0);
    CHECK((statusOf("sticky").st_mode & 07777) == 01777);
    CHECK_ERROR(::chmod("missing", 0644), ENOENT);
}

CASE(rightsAreKept)
{
    needOrdinaryUser();
    writeFile("secret", "x");
    CHECK(::chmod("secret", 0) == 0);
    CHECK_ERROR(::open("secret", O_RDONLY), EACCES);
    CHECK_ERROR(::truncate("secret", 0), EACCES);
    CHECK_ERROR(::access("secret", R_OK), EACCES);
    CHECK(::access("secret", F_OK) == 0);
    writeFile("fixed", "x");
    CHECK(::chmod("fixed", 0444) == 0);
    CHECK_ERROR(::open("fixed", O_WRONLY), EACCES);
    CHECK(readFile("fixed") == "x");
    CHECK(::mkdir("folder", 0755) == 0);
    writeFile("folder/file", "x");
    CHECK(::chmod("folder", 0555) == 0);
    CHECK_ERROR(::open("folder/new", O_WRONLY | O_CREAT, 0644), EACCES);
    CHECK_ERROR(::unlink("folder/file"), EACCES);
    CHECK_ERROR(::rename("folder/file", "file"), EACCES);
    CHECK(::chmod("folder", 0666) == 0);
    CHECK_ERROR(::open("folder/file", O_RDONLY), EACCES);
    CHECK(::chmod("folder", 0333) == 0);
    CHECK(readFile("folder/file") == "x");
    CHECK_ERROR(::open("folder", O_RDONLY | O_DIRECTORY), EACCES);
    CHECK(::chmod("folder", 0755) == 0);
    CHECK_ERROR(::execl("fixed", "fixed", static_cast<char *>(nullptr)), EACCES);
}

CASE(whatIsOpenStaysSo)
{
    const File file("file", O_RDWR | O_CREAT, 0444); // may be written by who made it
    CHECK(::write(file, "text", 4) == 4);
    CHECK(::ftruncate(file, 2) == 0);
    CHECK(::fchmod(file, 0) == 0);
    char bytes[3] = {};
    CHECK(::pread(file, bytes, 2, 0) == 2 && std::string(bytes) == "te");
    CHECK(::pwrite(file, "TE", 2, 0) == 2);
}

CASE(ownersStayWhoTheyAre)
{
    writeFile("file", "x");
    const struct stat status = statusOf("file");
    CHECK(::chown("file", status.st_uid, status.st_gid) == 0);
    CHECK(::chown("file", uid_t(-1), gid_t(-1)) == 0);
    needOrdinaryUser();
    CHECK(status.st_uid == ::geteuid());
    CHECK_ERROR(::chown("file", 0, gid_t(-1)), EPERM);
}

CASE(timesAreExact)
{
    writeFile("file", "x");
    const timespec given[] = {{1000000000, 123456789}, {1500000000, 987654321}};
    CHECK(::utimensat(AT_FDCWD, "file", given, 0) == 0);
    struct stat status = statusOf("file");
    CHECK(status.st_atim.tv_sec == 1000000000 && status.st_atim.tv_nsec == 123456789);
    CHECK(status.st_mtim.tv_sec == 1500000000 && status.st_mtim.tv_nsec == 987654321);
    const timespec some[] = {{0, UTIME_OMIT}, {7, 0}};
    CHECK(::utimensat(AT_FDCWD, "file", some, 0) == 0);
    status = statusOf("file");
    CHECK(status.st_atim.tv_sec == 1000000000 && status.st_mtim.tv_sec == 7);
    const timespec old[] = {{-100, 0}, {-100, 0}}; // before 1970
    CHECK(::utimensat(AT_FDCWD, "file", old, 0) == 0);
    CHECK(statusOf("file").st_mtim.tv_sec == -100);
    const std::time_t now = std::time(nullptr);
    CHECK(::utimensat(AT_FDCWD, "file", nullptr, 0) == 0);
    CHECK(std::labs(long(statusOf("file").st_mtim.tv_sec - now)) <= 30);
    CHECK(::symlink("file", "link") == 0);
    CHECK(::utimensat(AT_FDCWD, "link", given, AT_SYMLINK_NOFOLLOW) == 0);
    CHECK(statusOf("link").st_mtim.tv_sec == 1500000000);
    CHECK(statusOf("file").st_mtim.tv_sec != 1500000000);
    CHECK(::mkdir("folder", 0755) == 0);
    CHECK(::utimensat(AT_FDCWD, "folder", given, 0) == 0);
    CHECK(statusOf("folder").st_mtim.tv_sec == 1500000000);
    const File file("file", O_RDWR);
    CHECK(::futimens(file, given) == 0);
    CHECK(statusOf("file").st_mtim.tv_sec == 1500000000);
}

CASE(timesMove)
{
    writeFile("file", "x");
    CHECK(::mkdir("folder", 0755) == 0);
    const struct stat file = statusOf("file");
    const struct stat folder = statusOf("folder");
    letTimePass("file");
    writeFile("file", "y");
    CHECK(isEarlier(file.st_mtim, statusOf("file").st_mtim));
    CHECK(isEarlier(file.st_ctim, statusOf("file").st_ctim));
    writeFile("folder/new", "x");
    CHECK(isEarlier(folder.st_mtim, statusOf("folder").st_mtim));
    const struct stat written = statusOf("file");
    letTimePass("file");
    CHECK(::chmod("file", 0600) == 0);
    CHECK(isEarlier(written.st_ctim, statusOf("file").st_ctim));
    CHECK(!isEarlier(written.st_mtim, statusOf("file").st_mtim));
    CHECK(::link("file", "other") == 0);
    CHECK(statusOf("file").st_nlink == 2);
}

CASE(extendedAttributes)
{
    writeFile("file", "x");
    const int result = ::setxattr("file", "user.one", "1", 1, 0);
    if (result != 0 && errno == EOPNOTSUPP)
        throw Skipped{"user.* attributes are not supported"};
    CHECK(result == 0);
    char value[70000];
    CHECK(::getxattr("file", "user.one", value, sizeof value) == 1 && value[0] == '1');
    CHECK(::getxattr("file", "user.one", nullptr, 0) == 1);
    CHECK_ERROR(::setxattr("file", "user.one", "2", 1, XATTR_CREATE), EEXIST);
    CHECK_ERROR(::setxattr("file", "user.two", "2", 1, XATTR_REPLACE), ENODATA);
    CHECK_ERROR(::getxattr("file", "user.two", value, sizeof value), ENODATA);
    const std::string large(3000, 'l');
    CHECK(::setxattr("file", "user.large", large.data(), large.size(), 0) == 0);
    CHECK(::getxattr("file", "user.large", value, sizeof value) == 3000);
    CHECK_ERROR(::getxattr("file", "user.large", value, 100), ERANGE);
    CHECK(::setxattr("file", "user.empty", "", 0, 0) == 0);
    CHECK(::getxattr("file", "user.empty", value, sizeof value) == 0);
    const ssize_t size = ::listxattr("file", value, sizeof value);
    CHECK(size > 0 && ::listxattr("file", nullptr, 0) == size);
    std::vector<std::string> found;
    for (const char *at = value; at < value + size; at += std::strlen(at) + 1)
        if (std::strncmp(at, "user.", 5) == 0)
            found.emplace_back(at);
    std::sort(found.begin(), found.end());
    CHECK((found == std::vector<std::string>{"user.empty", "user.large", "user.one"}));
    CHECK(::removexattr("file", "user.large") == 0);
    CHECK_ERROR(::removexattr("file", "user.large"), ENODATA);
    CHECK(::mkdir("folder", 0755) == 0);
    CHECK(::setxattr("folder", "user.one", "f", 1, 0) == 0);
    const File file("file", O_RDONLY);
    CHECK(::fgetxattr(file, "user.one", value, sizeof value) == 1);
}
