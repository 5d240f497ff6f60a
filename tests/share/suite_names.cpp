// SPDX-License-Identifier: GPL-3.0-or-later
// Creating, renaming, linking, removing.
#include "tests/share/share_suite.h"

#include <algorithm>
#include <climits>
#include <cstdio>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace suite;

CASE(createIsExclusiveWhenAsked)
{
    {
        const File first("file", O_WRONLY | O_CREAT | O_EXCL);
    }
    CHECK_ERROR(::open("file", O_WRONLY | O_CREAT | O_EXCL, 0644), EEXIST);
    {
        const File again("file", O_WRONLY | O_CREAT);
    }
    CHECK(::symlink("nowhere", "link") == 0);
    CHECK_ERROR(::open("link", O_WRONLY | O_CREAT | O_EXCL, 0644), EEXIST);
    CHECK(!exists("nowhere"));
}

CASE(oneOfManyCreatorsWins)
{
    for (int round = 0; round < 20; ++round) {
        const std::string name = "file" + std::to_string(round);
        std::vector<pid_t> children;
        for (int i = 0; i < 8; ++i) {
            const pid_t child = ::fork();
            CHECK(child >= 0);
            if (child == 0) {
                const int file = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0644);
                ::_exit(file >= 0 ? 1 : errno == EEXIST ? 0 : 2);
            }
            children.push_back(child);
        }
        int winners = 0;
        for (const pid_t child : children) {
            int status = 0;
            CHECK(::waitpid(child, &status, 0) == child);
            CHECK(WIFEXITED(status) && WEXITSTATUS(status) < 2);
            winners += WEXITSTATUS(status);
        }
        CHECK(winners == 1);
    }
}

CASE(createWhereItCannotBe)
{
    CHECK(::mkdir("folder", 0755) == 0);
    CHECK_ERROR(::open("folder", O_WRONLY | O_CREAT, 0644), EISDIR);
    CHECK_ERROR(::open("folder", O_RDWR), EISDIR);
    CHECK_ERROR(::open("missing/file", O_WRONLY | O_CREAT, 0644), ENOENT);
    writeFile("file", "x");
    CHECK_ERROR(::open("file/file", O_WRONLY | O_CREAT, 0644), ENOTDIR);
    CHECK_ERROR(::open("file", O_RDONLY | O_DIRECTORY), ENOTDIR);
    CHECK_ERROR(::mkdir("file", 0755), EEXIST);
    CHECK_ERROR(::mkdir("folder", 0755), EEXIST);
    CHECK_ERROR(::open("missing", O_RDONLY), ENOENT);
}

CASE(namesOfEveryKind)
{
    const std::string longest(255, 'n');
    writeFile(longest, "long");
    CHECK(readFile(longest) == "long");
    CHECK_ERROR(::open((longest + "n").c_str(), O_WRONLY | O_CREAT, 0644), ENAMETOOLONG);
    CHECK_ERROR(::mkdir((longest + "n").c_str(), 0755), ENAMETOOLONG);
    std::string wide; // 85 characters of 3 bytes
    for (int i = 0; i < 85; ++i)
        wide += "\xe6\x96\x87";
    const std::vector<std::string> all = {"Z\xc3\xbcrich",
                                          "\xd0\xa4\xd0\xb0\xd0\xb9\xd0\xbb",
                                          wide,
                                          "\xf0\x9f\x93\x81",
                                          " ",
                                          "a b",
                                          "-rf",
                                          "...",
                                          "back\\slash",
                                          "new\nline",
                                          "tab\t",
                                          "quote\"'",
                                          "\x01",
                                          "\xff\xfe not UTF-8",
                                          "colon:",
                                          "question?*",
                                          "CON",
                                          "Case",
                                          "case"};
    for (const std::string &name : all)
        writeFile(name, name);
    for (const std::string &name : all)
        CHECK(readFile(name) == name);
    std::vector<std::string> expected = all;
    expected.push_back(longest);
    std::sort(expected.begin(), expected.end());
    CHECK(names(".") == expected);
    for (const std::string &name : expected)
        CHECK(::unlink(name.c_str()) == 0);
    CHECK(names(".").empty());
}

CASE(renameReplacesAtOnce)
{
    writeFile("old", "old");
    writeFile("new", "new");
    const File open("new", O_RDONLY);
    const ino_t number = statusOf("old").st_ino;
    CHECK(::rename("old", "new") == 0);
    CHECK(!exists("old"));
    CHECK(readFile("new") == "old");
    CHECK(statusOf("new").st_ino == number);
    char text[4] = {};
    CHECK(::pread(open, text, 3, 0) == 3 && std::string(text) == "new"); // the one replaced
    struct stat status
    { };
    CHECK(::fstat(open, &status) == 0 && status.st_nlink == 0);
}

CASE(renameWhileEverybodyReads)
{
    writeFile("file", std::string(100, 'a'));
    const pid_t child = ::fork();
    CHECK(child >= 0);
    if (child == 0) {
        try {
            for (int i = 0; i < 200; ++i) {
                writeFile("next", std::string(100, i % 2 != 0 ? 'a' : 'b'));
                if (::rename("next", "file") != 0)
                    ::_exit(1);
            }
        } catch (const Failure &) {
            ::_exit(1);
        }
        ::_exit(0);
    }
    int status = 0;
    while (::waitpid(child, &status, WNOHANG) == 0) {
        const std::string text = readFile("file"); // always there, always whole
        CHECK(text == std::string(100, 'a') || text == std::string(100, 'b'));
    }
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

CASE(renameThatCannotBe)
{
    CHECK(::mkdir("folder", 0755) == 0);
    CHECK(::mkdir("folder/inner", 0755) == 0);
    CHECK(::mkdir("empty", 0755) == 0);
    writeFile("file", "x");
    CHECK_ERROR(::rename("folder", "folder/inner/folder"), EINVAL);
    CHECK_ERROR(::rename("file", "empty"), EISDIR);
    CHECK_ERROR(::rename("empty", "file"), ENOTDIR);
    CHECK_ERROR(::rename("empty", "folder"), ENOTEMPTY);
    CHECK_ERROR(::rename("missing", "file"), ENOENT);
    CHECK(::rename("folder", "empty") == 0); // over an empty one
    CHECK(exists("empty/inner") && !exists("folder"));
    CHECK(::rename("file", "file") == 0);
}

CASE(renameOfLinksToOneFile)
{
    writeFile("a", "x");
    CHECK(::link("a", "b") == 0);
    CHECK(::rename("a", "b") == 0); // does nothing, as POSIX has it
    CHECK(exists("a") && exists("b"));
}

CASE(renameWithFlags)
{
    writeFile("a", "a");
    writeFile("b", "b");
    CHECK_ERROR(::renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_NOREPLACE), EEXIST);
    CHECK(::renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_EXCHANGE) == 0);
    CHECK(readFile("a") == "b" && readFile("b") == "a");
    CHECK(::mkdir("folder", 0755) == 0);
    CHECK(::renameat2(AT_FDCWD, "a", AT_FDCWD, "folder", RENAME_EXCHANGE) == 0);
    CHECK(S_ISDIR(statusOf("a").st_mode) && S_ISREG(statusOf("folder").st_mode));
    CHECK(::renameat2(AT_FDCWD, "b", AT_FDCWD, "c", RENAME_NOREPLACE) == 0);
    CHECK_ERROR(::renameat2(AT_FDCWD, "c", AT_FDCWD, "d", RENAME_EXCHANGE), ENOENT);
}

CASE(renameOfFoldersKeepsWhatIsOpen)
{
    CHECK(::mkdir("one", 0755) == 0);
    CHECK(::mkdir("two", 0755) == 0);
    CHECK(::mkdir("one/inner", 0755) == 0);
    const File inner("one/inner", O_RDONLY | O_DIRECTORY);
    CHECK(::rename("one/inner", "two/inner") == 0);
    CHECK(::mkdirat(inner, "made", 0755) == 0);
    CHECK(exists("two/inner/made"));
    struct stat above
    { };
    CHECK(::fstatat(inner, "..", &above, 0) == 0);
    CHECK(above.st_ino == statusOf("two").st_ino);
}

CASE(unlinkWhileOpen)
{
    File file("file", O_RDWR | O_CREAT);
    CHECK(::write(file, "before", 6) == 6);
    CHECK(::unlink("file") == 0);
    CHECK(!exists("file"));
    struct stat status
    { };
    CHECK(::fstat(file, &status) == 0 && status.st_nlink == 0);
    CHECK(::pwrite(file, "after", 5, 6) == 5);
    char text[12] = {};
    CHECK(::pread(file, text, 11, 0) == 11 && std::string(text) == "beforeafter");
    CHECK(::ftruncate(file, 3) == 0);
    CHECK(::fchmod(file, 0600) == 0);
    CHECK(::fstat(file, &status) == 0 && status.st_size == 3 && (status.st_mode & 0777) == 0600);
    writeFile("file", "another"); // the same name, another file
    CHECK(::pread(file, text, 11, 0) == 3);
    CHECK(readFile("file") == "another");
    file.close();
}

CASE(removeWhatCannotBe)
{
    CHECK(::mkdir("folder", 0755) == 0);
    writeFile("folder/file", "x");
    CHECK_ERROR(::rmdir("folder"), ENOTEMPTY);
    CHECK_ERROR(::unlink("folder"), EISDIR);
    CHECK_ERROR(::rmdir("folder/file"), ENOTDIR);
    CHECK_ERROR(::unlink("missing"), ENOENT);
    CHECK_ERROR(::rmdir("folder/."), EINVAL);
    CHECK(::unlink("folder/file") == 0);
    CHECK(::rmdir("folder") == 0);
}

CASE(removedFolderThatIsOpen)
{
    CHECK(::mkdir("folder", 0755) == 0);
    const File folder("folder", O_RDONLY | O_DIRECTORY);
    CHECK(::rmdir("folder") == 0);
    CHECK_ERROR(::openat(folder, "file", O_WRONLY | O_CREAT, 0644), ENOENT);
}

CASE(hardLinks)
{
    writeFile("a", "text");
    CHECK(::link("a", "b") == 0);
    CHECK(statusOf("a").st_nlink == 2);
    CHECK(statusOf("a").st_ino == statusOf("b").st_ino);
    writeFile("b", "more");
    CHECK(readFile("a") == "more");
    CHECK_ERROR(::link("a", "b"), EEXIST);
    CHECK_ERROR(::link("missing", "c"), ENOENT);
    CHECK(::mkdir("folder", 0755) == 0);
    CHECK_ERROR(::link("folder", "c"), EPERM);
    CHECK(::unlink("a") == 0);
    CHECK(statusOf("b").st_nlink == 1 && readFile("b") == "more");
    CHECK(::symlink("b", "s") == 0);
    CHECK(::link("s", "t") == 0); // to the link itself
    CHECK(S_ISLNK(statusOf("t").st_mode) && statusOf("s").st_nlink == 2);
}

CASE(symbolicLinks)
{
    const std::string target(4095, 't');
    CHECK(::symlink(target.c_str(), "long") == 0);
    char text[PATH_MAX + 1];
    CHECK(::readlink("long", text, sizeof text) == 4095 && std::string(text, 4095) == target);
    CHECK(statusOf("long").st_size == 4095);
    writeFile("file", "through");
    CHECK(::symlink("file", "link") == 0);
    CHECK(readFile("link") == "through");
    CHECK_ERROR(::open("link", O_RDONLY | O_NOFOLLOW), ELOOP);
    CHECK(::symlink("self", "self") == 0);
    CHECK_ERROR(::open("self", O_RDONLY), ELOOP);
    CHECK(::symlink("missing", "dangling") == 0);
    CHECK_ERROR(::open("dangling", O_RDONLY), ENOENT);
    CHECK(::mkdir("folder", 0755) == 0);
    CHECK(::symlink("../file", "folder/up") == 0);
    CHECK(readFile("folder/up") == "through");
    CHECK_ERROR(::symlink("x", "link"), EEXIST);
    CHECK_ERROR(::readlink("file", text, sizeof text), EINVAL);
    writeFile("dangling", "made"); // by the link
    CHECK(readFile("missing") == "made");
    CHECK(::unlink("link") == 0 && exists("file"));
}

CASE(pipesAndSockets)
{
    CHECK(::mkfifo("pipe", 0644) == 0);
    CHECK(S_ISFIFO(statusOf("pipe").st_mode));
    const int answer = inChild([] {
        if (::fork() == 0) {
            const File out("pipe", O_WRONLY);
            ::_exit(::write(out, "x", 1) == 1 ? 0 : 1);
        }
        const File in("pipe", O_RDONLY);
        char byte = 0;
        return ::read(in, &byte, 1) == 1 && byte == 'x' ? 7 : 1;
    });
    CHECK(answer == 7);
    const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::snprintf(address.sun_path, sizeof address.sun_path, "socket");
    CHECK(::bind(listener, reinterpret_cast<sockaddr *>(&address), sizeof address) == 0);
    CHECK(::listen(listener, 1) == 0);
    CHECK(S_ISSOCK(statusOf("socket").st_mode));
    const int caller = ::socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK(::connect(caller, reinterpret_cast<sockaddr *>(&address), sizeof address) == 0);
    ::close(caller);
    ::close(listener);
}

CASE(deviceNodesAreRefused)
{
    CHECK_ERROR(::mknod("null", S_IFCHR | 0666, makedev(1, 3)), EPERM);
    CHECK_ERROR(::mknod("disk", S_IFBLK | 0666, makedev(7, 0)), EPERM);
    CHECK(::mknod("plain", S_IFREG | 0640, 0) == 0);
    CHECK((statusOf("plain").st_mode & 07777) == 0640);
}

CASE(deepTree)
{
    // Deeper than a path can name.
    const std::string name(100, 'd');
    constexpr int Depth = 60;
    int folder = ::open(".", O_RDONLY | O_DIRECTORY);
    CHECK(folder >= 0);
    std::vector<int> open = {folder};
    for (int i = 0; i < Depth; ++i) {
        CHECK(::mkdirat(folder, name.c_str(), 0755) == 0);
        folder = ::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY);
        CHECK(folder >= 0);
        open.push_back(folder);
    }
    const int file = ::openat(folder, "file", O_RDWR | O_CREAT, 0644);
    CHECK(file >= 0 && ::write(file, "x", 1) == 1 && ::close(file) == 0);
    CHECK(::unlinkat(folder, "file", 0) == 0);
    for (int i = Depth; i > 0; --i) {
        ::close(open[std::size_t(i)]);
        CHECK(::unlinkat(open[std::size_t(i - 1)], name.c_str(), AT_REMOVEDIR) == 0);
    }
    ::close(open[0]);
}

CASE(filesWithoutAName)
{
    const int file = ::open(".", O_TMPFILE | O_RDWR, 0600);
    if (file < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL))
        throw Skipped{"O_TMPFILE is not supported"};
    CHECK(file >= 0);
    CHECK(::write(file, "text", 4) == 4);
    CHECK(names(".").empty());
    const std::string path = "/proc/self/fd/" + std::to_string(file);
    CHECK(::linkat(AT_FDCWD, path.c_str(), AT_FDCWD, "named", AT_SYMLINK_FOLLOW) == 0);
    CHECK(::close(file) == 0);
    CHECK(readFile("named") == "text");
}
