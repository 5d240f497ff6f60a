// SPDX-License-Identifier: GPL-3.0-or-later
// What is in files.
#include "tests/share/share_suite.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace suite;

CASE(writesAreRead)
{
    std::string text;
    for (int i = 0; i < 300000; ++i)
        text += char('a' + i * 7 % 26);
    writeFile("file", text);
    CHECK(readFile("file") == text);
    const File file("file", O_RDWR);
    CHECK(::pwrite(file, "MIDDLE", 6, 150000) == 6);
    text.replace(150000, 6, "MIDDLE");
    CHECK(readFile("file") == text);
    char none[10];
    CHECK(::pread(file, none, 10, off_t(text.size())) == 0);
    CHECK(::pread(file, none, 10, off_t(text.size()) - 4) == 4);
    CHECK(statusOf("file").st_size == off_t(text.size()));
}

CASE(bigRequests)
{
    constexpr std::size_t Size = 9 * 1024 * 1024 + 5;
    std::string text(Size, 0);
    for (std::size_t i = 0; i < Size; ++i)
        text[i] = char(i * 2654435761U >> 13);
    const File file("file", O_RDWR | O_CREAT);
    CHECK(::write(file, text.data(), Size) == ssize_t(Size));
    std::string back(Size, 0);
    CHECK(::pread(file, back.data(), Size, 0) == ssize_t(Size));
    CHECK(back == text);
}

CASE(directInputAndOutput)
{
    const int file = ::open("file", O_RDWR | O_CREAT | O_DIRECT, 0644);
    if (file < 0 && errno == EINVAL)
        throw Skipped{"O_DIRECT is not supported"};
    CHECK(file >= 0);
    void *memory = nullptr;
    CHECK(::posix_memalign(&memory, 4096, 8192) == 0);
    std::memset(memory, 'd', 8192);
    CHECK(::pwrite(file, memory, 8192, 4096) == 8192);
    std::memset(memory, 0, 8192);
    CHECK(::pread(file, memory, 8192, 4096) == 8192);
    CHECK(static_cast<char *>(memory)[8191] == 'd');
    ::free(memory);
    CHECK(::close(file) == 0);
    CHECK(statusOf("file").st_size == 12288);
}

CASE(accessModesHold)
{
    writeFile("file", "text");
    char byte = 0;
    const File in("file", O_RDONLY);
    CHECK_ERROR(::write(in, "x", 1), EBADF);
    CHECK_ERROR(::ftruncate(in, 0), EINVAL);
    const File out("file", O_WRONLY);
    CHECK_ERROR(::read(out, &byte, 1), EBADF);
    const File both("file", O_RDWR);
    CHECK(::write(both, "T", 1) == 1 && ::pread(both, &byte, 1, 0) == 1 && byte == 'T');
}

CASE(manyProcessesAppend)
{
    constexpr int Writers = 4;
    constexpr int Lines = 200;
    {
        const File file("log", O_WRONLY | O_CREAT);
    }
    std::vector<pid_t> children;
    for (int writer = 0; writer < Writers; ++writer) {
        const pid_t child = ::fork();
        CHECK(child >= 0);
        if (child == 0) {
            const int file = ::open("log", O_WRONLY | O_APPEND);
            for (int i = 0; i < Lines; ++i) {
                char line[32];
                const int size = std::snprintf(line, sizeof line, "%d %06d\n", writer, i);
                if (::write(file, line, std::size_t(size)) != size)
                    ::_exit(1);
            }
            ::_exit(0);
        }
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = 0;
        CHECK(::waitpid(child, &status, 0) == child && status == 0);
    }
    const std::string text = readFile("log");
    CHECK(text.size() == std::size_t(Writers * Lines * 9));
    CHECK(std::count(text.begin(), text.end(), '\n') == Writers * Lines);
    for (std::size_t i = 0; i < text.size(); i += 9)
        CHECK(text[i + 8] == '\n' && text[i + 1] == ' ');
}

CASE(appendingIsTurnedOnAndOff)
{
    writeFile("file", "12345");
    const File file("file", O_RDWR | O_APPEND);
    CHECK(::lseek(file, 0, SEEK_SET) == 0);
    CHECK(::write(file, "6", 1) == 1);
    CHECK(readFile("file") == "123456");
    CHECK(::fcntl(file, F_SETFL, 0) == 0);
    CHECK(::lseek(file, 0, SEEK_SET) == 0);
    CHECK(::write(file, "0", 1) == 1);
    CHECK(readFile("file") == "023456");
}

CASE(truncation)
{
    writeFile("file", "123456789");
    CHECK(::truncate("file", 4) == 0);
    CHECK(readFile("file") == "1234");
    CHECK(::truncate("file", 8) == 0);
    CHECK(readFile("file") == std::string("1234\0\0\0\0", 8));
    const File file("file", O_RDWR);
    CHECK(::ftruncate(file, 2) == 0);
    CHECK(::ftruncate(file, 3) == 0);
    CHECK(readFile("file") == std::string("12\0", 3));
    {
        const File again("file", O_WRONLY | O_TRUNC);
    }
    CHECK(statusOf("file").st_size == 0);
    CHECK_ERROR(::truncate("file", -1), EINVAL);
    CHECK(::mkdir("folder", 0755) == 0);
    CHECK_ERROR(::truncate("folder", 0), EISDIR);
    CHECK_ERROR(::truncate("missing", 0), ENOENT);
}

CASE(sparseFiles)
{
    constexpr off_t Far = off_t(1) << 34; // 16 GiB
    const File file("file", O_RDWR | O_CREAT);
    CHECK(::pwrite(file, "end", 3, Far) == 3);
    struct stat status
    { };
    CHECK(::fstat(file, &status) == 0 && status.st_size == Far + 3);
    CHECK(status.st_blocks < 4096); // 2 MiB
    char bytes[16];
    CHECK(::pread(file, bytes, 16, Far / 2) == 16);
    CHECK(std::all_of(bytes, bytes + 16, [](char byte) { return byte == 0; }));
    CHECK(::pread(file, bytes, 16, Far) == 3 && std::memcmp(bytes, "end", 3) == 0);
}

CASE(holesAreFound)
{
    const File file("file", O_RDWR | O_CREAT);
    const std::string block(1 << 20, 'x');
    CHECK(::pwrite(file, block.data(), block.size(), 4 << 20) == ssize_t(block.size()));
    CHECK(::ftruncate(file, 16 << 20) == 0);
    CHECK(::fsync(file) == 0);
    const off_t data = ::lseek(file, 0, SEEK_DATA);
    if (data == 0)
        throw Skipped{"the file system shows no holes"};
    CHECK(data == 4 << 20);
    CHECK(::lseek(file, data, SEEK_HOLE) == 5 << 20);
    CHECK(::lseek(file, 0, SEEK_HOLE) == 0);
    CHECK_ERROR(::lseek(file, 5 << 20, SEEK_DATA), ENXIO);
    CHECK_ERROR(::lseek(file, 17 << 20, SEEK_DATA), ENXIO);
}

CASE(spaceIsReservedAndGivenBack)
{
    const File file("file", O_RDWR | O_CREAT);
    const int result = ::fallocate(file, 0, 0, 1 << 20);
    if (result != 0 && errno == EOPNOTSUPP)
        throw Skipped{"fallocate is not supported"};
    CHECK(result == 0);
    CHECK(statusOf("file").st_size == 1 << 20);
    CHECK(statusOf("file").st_blocks >= (1 << 20) / 512);
    CHECK(::fallocate(file, FALLOC_FL_KEEP_SIZE, 1 << 20, 1 << 20) == 0);
    CHECK(statusOf("file").st_size == 1 << 20);
    const std::string block(65536, 'x');
    CHECK(::pwrite(file, block.data(), block.size(), 0) == 65536);
    CHECK(::fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 4096, 8192) == 0);
    std::string expected = block;
    expected.replace(4096, 8192, std::string(8192, '\0'));
    CHECK(readFile("file").substr(0, 65536) == expected);
    CHECK_ERROR(::fallocate(file, 0, 0, 0), EINVAL);
}

CASE(memoryMaps)
{
    writeFile("file", std::string(10000, 'm'));
    const File file("file", O_RDWR);
    void *memory = ::mmap(nullptr, 10000, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    CHECK(memory != MAP_FAILED);
    char *bytes = static_cast<char *>(memory);
    CHECK(bytes[9999] == 'm');
    std::memcpy(bytes + 5000, "MAPPED", 6);
    CHECK(::msync(memory, 10000, MS_SYNC) == 0);
    char text[7] = {};
    CHECK(::pread(file, text, 6, 5000) == 6 && std::string(text) == "MAPPED");
    CHECK(::pwrite(file, "written", 7, 0) == 7);
    CHECK(std::memcmp(bytes, "written", 7) == 0);
    CHECK(::munmap(memory, 10000) == 0);
    CHECK(readFile("file").substr(5000, 6) == "MAPPED");
}

CASE(copiesInside)
{
    const std::string text(200000, 'c');
    writeFile("from", text);
    const File from("from", O_RDONLY);
    {
        const File to("to", O_RDWR | O_CREAT);
        std::size_t done = 0;
        while (done < text.size()) {
            const ssize_t size =
                ::copy_file_range(from, nullptr, to, nullptr, text.size() - done, 0);
            if (size < 0 && (errno == EOPNOTSUPP || errno == EXDEV || errno == ENOSYS))
                throw Skipped{"copy_file_range is not supported"};
            CHECK(size > 0);
            done += std::size_t(size);
        }
    }
    CHECK(readFile("to") == text);
    const File again("again", O_RDWR | O_CREAT);
    off_t at = 100000;
    CHECK(::sendfile(again, from, &at, 1000) == 1000);
    CHECK(readFile("again") == std::string(1000, 'c'));
}

CASE(programsRunFromIt)
{
    // /bin/true of this very program's kind: it need not exist in a guest.
    std::string program = readFile("/proc/self/exe");
    writeFile("program", program, 0755);
    const int code = inChild([] {
        ::execl("./program", "program", static_cast<char *>(nullptr));
        return 99;
    });
    CHECK(code == 2); // its usage
}

CASE(syncsAndStatistics)
{
    const File file("file", O_RDWR | O_CREAT);
    CHECK(::write(file, "x", 1) == 1);
    CHECK(::fsync(file) == 0);
    CHECK(::fdatasync(file) == 0);
    CHECK(::syncfs(file) == 0);
    const File folder(".", O_RDONLY | O_DIRECTORY);
    CHECK(::fsync(folder) == 0);
    struct statvfs found
    { };
    CHECK(::statvfs(".", &found) == 0);
    CHECK(found.f_blocks > 0 && found.f_bavail <= found.f_blocks && found.f_namemax == 255);
    const File synchronous("sync", O_WRONLY | O_CREAT | O_SYNC);
    CHECK(::write(synchronous, "x", 1) == 1);
}
