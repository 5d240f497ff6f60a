// SPDX-License-Identifier: GPL-3.0-or-later
// What a program may expect of a file system, checked case by case, each in a folder of its own.
// Plain POSIX and Linux calls, no Qt, so that the program runs statically linked in any Linux
// guest.
#pragma once

#include <cerrno>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include <sys/stat.h>
#include <sys/types.h>

namespace suite {

struct Failure
{
    std::string text;
};
struct Skipped
{
    std::string reason;
};

struct Case
{
    const char *name;
    std::function<void()> run; // in an empty working folder
};
std::vector<Case> &cases();

struct Add
{
    Add(const char *name, std::function<void()> run) { cases().push_back({name, std::move(run)}); }
};

[[noreturn]] void fail(const char *file, int line, const std::string &what);

// How much work the large cases do (--many).
extern int many;

// Creates or replaces.
void writeFile(const std::string &path, const std::string &text, mode_t mode = 0644);
std::string readFile(const std::string &path);
struct stat statusOf(const std::string &path); // of a link itself
bool exists(const std::string &path);
// In a child process; its exit code, or -1 when it failed a check.
int inChild(const std::function<int()> &run);
std::vector<std::string> names(const std::string &folder); // sorted, without the dots

class File final // closes itself
{
public:
    File(const std::string &path, int flags, mode_t mode = 0644);
    ~File();
    File(const File &) = delete;
    File &operator=(const File &) = delete;
    operator int() const { return m_descriptor; }
    void close();

private:
    int m_descriptor;
};

} // namespace suite

#define SUITE_NAME2(line) suiteCase##line
#define SUITE_NAME(line) SUITE_NAME2(line)
#define CASE(name)                                                                                 \
    static void name();                                                                            \
    static const suite::Add SUITE_NAME(__LINE__)(#name, name);                                     \
    static void name()

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        errno = 0;                                                                                 \
        if (!(condition))                                                                          \
            suite::fail(__FILE__, __LINE__, #condition);                                           \
    } while (false)

// The call fails with exactly this errno.
#define CHECK_ERROR(call, expected)                                                                \
    do {                                                                                           \
        errno = 0;                                                                                 \
        if ((call) >= 0)                                                                           \
            suite::fail(__FILE__, __LINE__, #call " succeeded");                                   \
        if (errno != (expected))                                                                   \
            suite::fail(__FILE__, __LINE__, #call " did not fail with " #expected);                \
    } while (false)
