// SPDX-License-Identifier: GPL-3.0-or-later
// Does random things to one file, in the way of the well-known fsx, and compares it after each with
// what it must hold: reads, writes, appends, maps, truncations, holes, copies, reopening; by the
// page cache and past it.
//
//   share_fsx [--operations N | --seconds S] [--seed N] FOLDER
//
// Prints the last operations when something differs, and exits 1.
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

constexpr std::size_t MaxSize = 1 << 20;
constexpr std::size_t MaxPart = 96 * 1024;
constexpr std::size_t BlockSize = 4096;

class Checker final
{
public:
    Checker(std::string path, unsigned seed)
        : m_path(std::move(path))
        , m_random(seed)
    {
        reopen();
        must(::ftruncate(m_file, 0) == 0, "ftruncate");
    }
    ~Checker() { ::close(m_file); }
    Checker(const Checker &) = delete;
    Checker &operator=(const Checker &) = delete;

    void step(long number)
    {
        const unsigned what = pick(100);
        const std::size_t at = pick(MaxSize);
        const std::size_t size = 1 + pick(std::min(MaxPart, MaxSize - at));
        m_number = number;
        if (what < 20)
            write(at, size);
        else if (what < 25)
            writeDirectly(at, size);
        else if (what < 45)
            read(at, size);
        else if (what < 50)
            readDirectly(at, size);
        else if (what < 57)
            mapWrite(at, size);
        else if (what < 67)
            mapRead(at, size);
        else if (what < 74)
            truncate(at);
        else if (what < 80)
            punch(at, size);
        else if (what < 83)
            reserve(at, size);
        else if (what < 87)
            append(std::min(size, MaxSize - m_expected.size()));
        else if (what < 91)
            copy(at, size);
        else if (what < 94)
            reopen();
        else if (what < 96)
            synchronize();
        else if (what < 98)
            move();
        else
            status();
        if (number % 500 == 0)
            compareAll();
    }

    void compareAll()
    {
        note("whole", 0, m_expected.size());
        std::vector<char> found(m_expected.size() + 1);
        must(readAt(found.data(), found.size(), 0) == m_expected.size(), "the size of the whole");
        compare(found.data(), 0, m_expected.size());
    }

private:
    unsigned pick(std::size_t below) { return below == 0 ? 0 : unsigned(m_random() % below); }
    void note(const char *what, std::size_t at, std::size_t size)
    {
        char line[120];
        std::snprintf(line, sizeof line, "%ld %s at %zu of %zu, file %zu", m_number, what, at, size,
                      m_expected.size());
        m_log.emplace_back(line);
        if (m_log.size() > 40)
            m_log.pop_front();
    }
    void must(bool condition, const char *what)
    {
        if (condition)
            return;
        const int error = errno;
        for (const std::string &line : m_log)
            std::printf("  %s\n", line.c_str());
        std::printf("FAILED: %s (%s)\n", what, std::strerror(error));
        std::exit(1);
    }
    std::vector<char> fresh(std::size_t size)
    {
        std::vector<char> bytes(size);
        const char first = char(m_random());
        for (std::size_t i = 0; i < size; ++i)
            bytes[i] = char(first + char(i * 31 >> 3));
        return bytes;
    }
    void expect(std::size_t at, const std::vector<char> &bytes)
    {
        if (m_expected.size() < at + bytes.size())
            m_expected.resize(at + bytes.size());
        std::copy(bytes.begin(), bytes.end(), m_expected.begin() + std::ptrdiff_t(at));
    }
    std::size_t readAt(char *into, std::size_t size, std::size_t at)
    {
        std::size_t done = 0;
        while (done < size) {
            const ssize_t part = ::pread(m_file, into + done, size - done, off_t(at + done));
            must(part >= 0, "pread");
            if (part == 0)
                break;
            done += std::size_t(part);
        }
        return done;
    }
    void compare(const char *found, std::size_t at, std::size_t size)
    {
        for (std::size_t i = 0; i < size; ++i)
            if (found[i] != m_expected[at + i]) {
                std::printf("  byte %zu is %02x and should be %02x\n", at + i,
                            unsigned(static_cast<unsigned char>(found[i])),
                            unsigned(static_cast<unsigned char>(m_expected[at + i])));
                errno = 0;
                must(false, "contents differ");
            }
    }
    std::size_t inside(std::size_t at, std::size_t size) const
    {
        return at >= m_expected.size() ? 0 : std::min(size, m_expected.size() - at);
    }

    void write(std::size_t at, std::size_t size)
    {
        note("write", at, size);
        const std::vector<char> bytes = fresh(size);
        must(::pwrite(m_file, bytes.data(), size, off_t(at)) == ssize_t(size), "pwrite");
        expect(at, bytes);
    }
    void read(std::size_t at, std::size_t size)
    {
        note("read", at, size);
        std::vector<char> found(size);
        must(readAt(found.data(), size, at) == inside(at, size), "a read's size");
        compare(found.data(), at, inside(at, size));
    }
    // Past the page cache, by another open file. Some file systems want all of it in whole blocks;
    // the others are asked for what is not, too.
    void writeDirectly(std::size_t at, std::size_t size)
    {
        const bool isAligned = align(at, size);
        note(isAligned ? "direct write" : "direct write across blocks", at, size);
        const int file = ::open(m_path.c_str(), O_WRONLY | O_DIRECT);
        if (file < 0 && errno == EINVAL)
            return;
        must(file >= 0, "open with O_DIRECT");
        const std::vector<char> bytes = fresh(size);
        std::copy(bytes.begin(), bytes.end(), m_block);
        const ssize_t done = ::pwrite(file, m_block, size, off_t(at));
        must(done == ssize_t(size) || (done < 0 && errno == EINVAL && !isAligned), "direct pwrite");
        must(::close(file) == 0, "close");
        if (done >= 0)
            expect(at, bytes);
    }
    void readDirectly(std::size_t at, std::size_t size)
    {
        const bool isAligned = align(at, size);
        note(isAligned ? "direct read" : "direct read across blocks", at, size);
        const int file = ::open(m_path.c_str(), O_RDONLY | O_DIRECT);
        if (file < 0 && errno == EINVAL)
            return;
        must(file >= 0, "open with O_DIRECT");
        const ssize_t done = ::pread(file, m_block, size, off_t(at));
        must(done >= 0 || (errno == EINVAL && !isAligned), "direct pread");
        must(::close(file) == 0, "close");
        if (done < 0)
            return;
        must(std::size_t(done) == inside(at, size), "a direct read's size");
        compare(m_block, at, inside(at, size));
    }
    bool align(std::size_t &at, std::size_t &size)
    {
        if (pick(2) != 0)
            return false;
        at -= at % BlockSize;
        size += BlockSize - 1;
        size -= size % BlockSize;
        return true;
    }
    void mapWrite(std::size_t at, std::size_t size)
    {
        size = inside(at, size);
        if (size == 0)
            return;
        note("map-write", at, size);
        const std::size_t start = at & ~std::size_t(4095);
        void *memory = ::mmap(nullptr, at + size - start, PROT_READ | PROT_WRITE, MAP_SHARED,
                              m_file, off_t(start));
        must(memory != MAP_FAILED, "mmap");
        const std::vector<char> bytes = fresh(size);
        std::copy(bytes.begin(), bytes.end(), static_cast<char *>(memory) + (at - start));
        must(::msync(memory, at + size - start, MS_SYNC) == 0, "msync");
        must(::munmap(memory, at + size - start) == 0, "munmap");
        expect(at, bytes);
    }
    void mapRead(std::size_t at, std::size_t size)
    {
        size = inside(at, size);
        if (size == 0)
            return;
        note("map-read", at, size);
        const std::size_t start = at & ~std::size_t(4095);
        void *memory =
            ::mmap(nullptr, at + size - start, PROT_READ, MAP_SHARED, m_file, off_t(start));
        must(memory != MAP_FAILED, "mmap");
        compare(static_cast<const char *>(memory) + (at - start), at, size);
        must(::munmap(memory, at + size - start) == 0, "munmap");
    }
    void truncate(std::size_t size)
    {
        note("truncate", size, 0);
        must((pick(2) != 0 ? ::ftruncate(m_file, off_t(size))
                           : ::truncate(m_path.c_str(), off_t(size)))
                 == 0,
             "truncate");
        m_expected.resize(size);
    }
    void punch(std::size_t at, std::size_t size)
    {
        note("punch", at, size);
        if (::fallocate(m_file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, off_t(at), off_t(size))
            != 0) {
            must(errno == EOPNOTSUPP, "punching a hole");
            return;
        }
        const std::size_t part = inside(at, size);
        std::fill_n(m_expected.begin() + std::ptrdiff_t(std::min(at, m_expected.size())), part, 0);
    }
    void reserve(std::size_t at, std::size_t size)
    {
        note("reserve", at, size);
        if (::fallocate(m_file, 0, off_t(at), off_t(size)) != 0) {
            must(errno == EOPNOTSUPP, "fallocate");
            return;
        }
        if (m_expected.size() < at + size)
            m_expected.resize(at + size);
    }
    void append(std::size_t size)
    {
        if (size == 0)
            return;
        note("append", m_expected.size(), size);
        const int file = ::open(m_path.c_str(), O_WRONLY | O_APPEND);
        must(file >= 0, "open to append");
        const std::vector<char> bytes = fresh(size);
        must(::write(file, bytes.data(), size) == ssize_t(size), "append");
        must(::close(file) == 0, "close");
        expect(m_expected.size(), bytes);
    }
    void copy(std::size_t at, std::size_t size)
    {
        size = inside(at, size);
        const std::size_t to = pick(MaxSize - size);
        if (size == 0 || (to < at + size && at < to + size)) // overlapping ones are refused
            return;
        note("copy", at, size);
        const std::vector<char> bytes(m_expected.begin() + std::ptrdiff_t(at),
                                      m_expected.begin() + std::ptrdiff_t(at + size));
        off_t from = off_t(at);
        off_t target = off_t(to);
        std::size_t done = 0;
        while (done < size) {
            const ssize_t part = ::copy_file_range(m_file, &from, m_file, &target, size - done, 0);
            if (part < 0 && done == 0 && (errno == EOPNOTSUPP || errno == EXDEV || errno == ENOSYS))
                return;
            must(part > 0, "copy_file_range");
            done += std::size_t(part);
        }
        expect(to, bytes);
    }
    void reopen()
    {
        const int isSynchronous = pick(4) == 0 ? O_SYNC : 0;
        note("reopen", 0, 0);
        if (m_file >= 0)
            must(::close(m_file) == 0, "close");
        m_file = ::open(m_path.c_str(), O_RDWR | O_CREAT | isSynchronous, 0644);
        must(m_file >= 0, "open");
    }
    void synchronize()
    {
        note("sync", 0, 0);
        must((pick(2) != 0 ? ::fsync(m_file) : ::fdatasync(m_file)) == 0, "fsync");
        // What the cache has forgotten comes from below.
        must(::posix_fadvise(m_file, 0, 0, POSIX_FADV_DONTNEED) == 0, "posix_fadvise");
    }
    void move()
    {
        note("rename", 0, 0);
        const std::string other = m_path + ".moved";
        must(::rename(m_path.c_str(), other.c_str()) == 0, "rename");
        must(::rename(other.c_str(), m_path.c_str()) == 0, "rename back");
    }
    void status()
    {
        note("stat", 0, 0);
        struct stat status
        { };
        must(::stat(m_path.c_str(), &status) == 0, "stat");
        must(status.st_size == off_t(m_expected.size()), "the size");
    }

    std::string m_path;
    std::mt19937 m_random;
    int m_file = -1;
    alignas(BlockSize) char m_block[MaxPart + BlockSize]; // of what goes past the page cache
    long m_number = 0;
    std::vector<char> m_expected;
    std::deque<std::string> m_log;
};

} // namespace

int main(int count, char **words)
{
    long operations = 10000;
    long seconds = 0;
    unsigned seed = 1;
    std::string folder;
    for (int i = 1; i < count; ++i) {
        const bool hasValue = i + 1 < count;
        if (std::strcmp(words[i], "--operations") == 0 && hasValue)
            operations = std::atol(words[++i]);
        else if (std::strcmp(words[i], "--seconds") == 0 && hasValue)
            seconds = std::atol(words[++i]);
        else if (std::strcmp(words[i], "--seed") == 0 && hasValue)
            seed = unsigned(std::atol(words[++i]));
        else
            folder = words[i];
    }
    if (folder.empty()) {
        std::fprintf(stderr, "usage: %s [--operations N | --seconds S] [--seed N] FOLDER\n",
                     words[0]);
        return 2;
    }
    const std::string path = folder + "/fsx." + std::to_string(seed);
    const auto start = std::chrono::steady_clock::now();
    long done = 0;
    {
        Checker checker(path, seed);
        const auto isOver = [&] {
            return seconds > 0
                ? std::chrono::steady_clock::now() - start >= std::chrono::seconds(seconds)
                : done >= operations;
        };
        while (!isOver())
            checker.step(++done);
        checker.compareAll();
    }
    ::unlink(path.c_str());
    std::printf("%ld operations, seed %u: no difference\n", done, seed);
    return 0;
}
