// SPDX-License-Identifier: GPL-3.0-or-later
// Mounts a folder through FuseServer on this computer's own kernel, by /dev/fuse, runs a command
// that sees it and ends with the command's exit code:
//
//   share_mount [--readonly] [--user UID] FOLDER PLACE COMMAND...
//
// Nobody else sees the mount. As root, --user drops to that user before the first request, so that
// rights count. 77 and a sentence where it cannot be done.
#include "engine/share/fuse_server.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace engine;
using share::FuseServer;
using share::ShareOptions;

namespace {

constexpr int Skip = 77;
constexpr std::size_t RequestBytes = FuseServer::MaxWrite + 8192;

[[noreturn]] void skip(const char *what)
{
    std::fprintf(stderr, "%s: %s\n", what, std::strerror(errno));
    std::_Exit(Skip);
}

bool writeFile(const char *path, const std::string &text)
{
    const Fd file(::open(path, O_WRONLY | O_CLOEXEC));
    return file.isOpen() && ::write(file.get(), text.data(), text.size()) == ssize_t(text.size());
}

// A mount name space of our own; for ordinary users in a user name space of their own.
void leave()
{
    const uid_t user = ::geteuid();
    const gid_t group = ::getegid();
    if (::unshare(user == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER) != 0)
        skip("No name space of our own");
    if (user != 0
        && (!writeFile("/proc/self/setgroups", "deny")
            || !writeFile("/proc/self/uid_map",
                          std::to_string(user) + " " + std::to_string(user) + " 1")
            || !writeFile("/proc/self/gid_map",
                          std::to_string(group) + " " + std::to_string(group) + " 1")))
        skip("No user name space");
    if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        skip("No mounts of our own");
}

void answer(FuseServer &server, int device, std::vector<char> &request, std::size_t size,
            std::vector<char> &reply)
{
    const iovec in{request.data(), size};
    const iovec out{reply.data(), reply.size()};
    if (const std::size_t written = server.handle({&in, 1}, {&out, 1}))
        // ENOENT: the request was interrupted.
        if (::write(device, reply.data(), written) < 0 && errno != ENOENT)
            std::perror("write to /dev/fuse");
}

void serve(FuseServer &server, int device)
{
    std::vector<char> request(RequestBytes);
    std::vector<char> reply(RequestBytes);
    for (;;) {
        const ssize_t size = ::read(device, request.data(), request.size());
        if (size < 0 && (errno == EINTR || errno == ENOENT || errno == EAGAIN))
            continue;
        if (size <= 0)
            return; // unmounted
        const iovec in{request.data(), std::size_t(size)};
        if (!FuseServer::mayWait({&in, 1})) {
            answer(server, device, request, std::size_t(size), reply);
            continue;
        }
        std::thread([&server, device,
                     copy = std::vector<char>(request.begin(), request.begin() + size)]() mutable {
            std::vector<char> room(4096);
            const std::size_t length = copy.size();
            answer(server, device, copy, length, room);
        }).detach();
    }
}

} // namespace

int main(int count, char **words)
{
    ShareOptions options;
    options.locks = ShareOptions::Locks::OnHost;
    uid_t user = ::geteuid();
    int at = 1;
    for (; at < count && std::strncmp(words[at], "--", 2) == 0; ++at) {
        if (std::strcmp(words[at], "--readonly") == 0)
            options.isReadOnly = true;
        else if (std::strcmp(words[at], "--user") == 0 && at + 1 < count)
            user = uid_t(std::atol(words[++at]));
    }
    if (count - at < 3) {
        std::fprintf(stderr, "usage: %s [--readonly] [--user UID] FOLDER PLACE COMMAND...\n",
                     words[0]);
        return 2;
    }
    options.folder = words[at];
    const char *place = words[at + 1];
    leave();
    const Fd device(::open("/dev/fuse", O_RDWR | O_CLOEXEC));
    if (!device.isOpen())
        skip("/dev/fuse");
    const std::string how = "fd=" + std::to_string(device.get())
        + ",rootmode=40000,user_id=" + std::to_string(::geteuid())
        + ",group_id=" + std::to_string(::getegid()) + ",default_permissions,allow_other";
    if (::mount("share", place, "fuse", MS_NOSUID | MS_NODEV, how.c_str()) != 0)
        skip("mount");
    if (user != ::geteuid()
        && (::setgroups(0, nullptr) != 0 || ::setresgid(user, user, user) != 0
            || ::setresuid(user, user, user) != 0))
        skip("Cannot become that user");
    options.guestUser = ::geteuid();
    options.guestGroup = ::getegid();
    const mode_t mask = ::umask(0);
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        if (::setrlimit(RLIMIT_NOFILE, &limit) != 0)
            std::perror("setrlimit");
    }
    auto server = FuseServer::open(options);
    if (!server) {
        std::fprintf(stderr, "%s\n", server.error().text().c_str());
        return 1;
    }
    // Before the threads: a child of theirs would share their memory until it runs the command.
    const pid_t child = ::fork();
    if (child == 0) {
        ::umask(mask);
        ::execvp(words[at + 2], words + at + 2);
        std::perror(words[at + 2]);
        std::_Exit(126);
    }
    for (int i = 0; i < 4; ++i)
        std::thread([&server, &device] { serve(**server, device.get()); }).detach();
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) { }
    std::fflush(nullptr);
    // The name space, the mount and the threads end with the process.
    std::_Exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}
