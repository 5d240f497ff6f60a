// SPDX-License-Identifier: GPL-3.0-or-later
//   share_suite [--many N] [--only NAME] [--user UID] FOLDER
// prints a line for each case and exits 1 when one fails.
#include "tests/share/share_suite.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/wait.h>
#include <unistd.h>

namespace suite {

int many = 2000;

std::vector<Case> &cases()
{
    static std::vector<Case> all;
    return all;
}

void fail(const char *file, int line, const std::string &what)
{
    const int error = errno;
    const char *name = std::strrchr(file, '/');
    throw Failure{std::string(name ? name + 1 : file) + ":" + std::to_string(line) + ": " + what
                  + (error != 0 ? std::string(" (") + std::strerror(error) + ")" : "")};
}

File::File(const std::string &path, int flags, mode_t mode)
    : m_descriptor(::open(path.c_str(), flags | O_CLOEXEC, mode))
{
    if (m_descriptor < 0)
        fail(__FILE__, __LINE__, "open " + path);
}

File::~File()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

void File::close()
{
    CHECK(::close(m_descriptor) == 0);
    m_descriptor = -1;
}

void writeFile(const std::string &path, const std::string &text, mode_t mode)
{
    File file(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
    CHECK(::write(file, text.data(), text.size()) == ssize_t(text.size()));
    file.close();
}

std::string readFile(const std::string &path)
{
    const File file(path, O_RDONLY);
    std::string text;
    char part[65536];
    ssize_t size = 0;
    while ((size = ::read(file, part, sizeof part)) > 0)
        text.append(part, std::size_t(size));
    CHECK(size == 0);
    return text;
}

struct stat statusOf(const std::string &path)
{
    struct stat status
    { };
    if (::lstat(path.c_str(), &status) != 0)
        fail(__FILE__, __LINE__, "lstat " + path);
    return status;
}

bool exists(const std::string &path)
{
    struct stat status
    { };
    return ::lstat(path.c_str(), &status) == 0;
}

int inChild(const std::function<int()> &run)
{
    std::fflush(nullptr);
    const pid_t child = ::fork();
    CHECK(child >= 0);
    if (child == 0) {
        try {
            ::_exit(run());
        } catch (const Failure &failure) {
            std::fprintf(stderr, "in a child: %s\n", failure.text.c_str());
        }
        ::_exit(255);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) { }
    return WIFEXITED(status) && WEXITSTATUS(status) != 255 ? WEXITSTATUS(status) : -1;
}

std::vector<std::string> names(const std::string &folder)
{
    std::vector<std::string> found;
    DIR *stream = ::opendir(folder.c_str());
    CHECK(stream != nullptr);
    while (const dirent *entry = ::readdir(stream))
        if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0)
            found.emplace_back(entry->d_name);
    ::closedir(stream);
    std::sort(found.begin(), found.end());
    return found;
}

namespace {

int removeOne(const char *path, const struct stat *, int type, struct FTW *)
{
    return type == FTW_DP ? ::rmdir(path) : ::unlink(path);
}

int makeReachable(const char *path, const struct stat *, int type, struct FTW *)
{
    if (type == FTW_D || type == FTW_DNR)
        ::chmod(path, 0700); // what fails shows when it is to be removed
    return 0;
}

void removeTree(const std::string &path)
{
    ::nftw(path.c_str(), makeReachable, 64, FTW_PHYS);
    ::nftw(path.c_str(), removeOne, 64, FTW_PHYS | FTW_DEPTH);
}

} // namespace

} // namespace suite

int main(int count, char **words)
{
    std::string folder;
    std::string only;
    for (int i = 1; i < count; ++i) {
        if (std::strcmp(words[i], "--many") == 0 && i + 1 < count)
            suite::many = std::atoi(words[++i]);
        else if (std::strcmp(words[i], "--only") == 0 && i + 1 < count)
            only = words[++i];
        else if (std::strcmp(words[i], "--user") == 0 && i + 1 < count) {
            const uid_t user = uid_t(std::atoi(words[++i]));
            if (::setresgid(user, user, user) != 0 || ::setresuid(user, user, user) != 0) {
                std::perror("--user");
                return 2;
            }
        } else
            folder = words[i];
    }
    if (folder.empty()) {
        std::fprintf(stderr, "usage: %s [--many N] [--only NAME] [--user UID] FOLDER\n", words[0]);
        return 2;
    }
    ::setvbuf(stdout, nullptr, _IOLBF, 0);
    ::umask(022);
    int passed = 0;
    int failed = 0;
    int skipped = 0;
    for (const suite::Case &one : suite::cases()) {
        if (!only.empty() && only != one.name)
            continue;
        const std::string place = folder + "/" + one.name;
        suite::removeTree(place);
        if (::mkdir(place.c_str(), 0755) != 0 || ::chdir(place.c_str()) != 0) {
            std::perror(place.c_str());
            return 2;
        }
        try {
            one.run();
            std::printf("ok       %s\n", one.name);
            ++passed;
        } catch (const suite::Failure &failure) {
            std::printf("FAILED   %s: %s\n", one.name, failure.text.c_str());
            ++failed;
        } catch (const suite::Skipped &skip) {
            std::printf("skipped  %s: %s\n", one.name, skip.reason.c_str());
            ++skipped;
        }
        if (::chdir("/") != 0)
            return 2;
        suite::removeTree(place);
        if (suite::exists(place)) {
            std::printf("FAILED   %s: its folder cannot be removed\n", one.name);
            ++failed;
        }
    }
    std::printf("%d passed, %d failed, %d skipped\n", passed, failed, skipped);
    return failed == 0 && passed > 0 ? 0 : 1;
}
