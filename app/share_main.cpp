// SPDX-License-Identifier: GPL-3.0-or-later
// vitrine-share: shows one folder of this computer to one guest, for as long as its QEMU is
// connected. A process of its own, so that what a guest does to it reaches this folder and nothing
// else: it may open no other (Landlock), start no program and make no connection (seccomp).
//
//   vitrine-share --listener FD --folder PATH [--readonly] [--user UID] [--group GID]
//
// The listener is a Unix socket that is bound and listening. Writes "mounted" and "unmounted", a
// line each, to its standard output when the guest does that; errors to the other, and ends with 1.
#include "engine/base/fd.h"
#include "engine/base/log.h"
#include "engine/base/thread_filter.h"
#include "engine/devices/vhost_user_fs.h"
#include "engine/share/folder_fence.h"
#include "engine/share/fuse_server.h"
#include "engine/share/settled_files.h"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string_view>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace engine;
using share::FuseServer;
using share::ShareOptions;

namespace {

struct Arguments
{
    int listener = -1;
    ShareOptions share;
};

template <class T>
bool parse(std::string_view text, T &number)
{
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    return result.ec == std::errc() && result.ptr == text.data() + text.size();
}

std::optional<Arguments> parseArguments(int count, char **words)
{
    Arguments arguments;
    for (int i = 1; i < count; ++i) {
        const std::string_view word = words[i];
        if (word == "--readonly") {
            arguments.share.isReadOnly = true;
            continue;
        }
        if (++i == count)
            return std::nullopt;
        const std::string_view value = words[i];
        bool isRight = true;
        if (word == "--folder")
            arguments.share.folder = value;
        else if (word == "--listener")
            isRight = parse(value, arguments.listener);
        else if (word == "--user")
            isRight = parse(value, arguments.share.guestUser);
        else if (word == "--group")
            isRight = parse(value, arguments.share.guestGroup);
        else
            isRight = false;
        if (!isRight)
            return std::nullopt;
    }
    if (arguments.listener < 0 || arguments.share.folder.empty())
        return std::nullopt;
    return arguments;
}

void tellMounted(bool isMounted)
{
    const std::string_view line = isMounted ? "mounted\n" : "unmounted\n";
    if (::write(STDOUT_FILENO, line.data(), line.size()) < 0)
        return; // nobody wants to know
}

Result<> run(Arguments arguments)
{
    const Fd listener(arguments.listener);
    // Every file that the guest knows of is a descriptor.
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit); // fewer will do
    }
    ::umask(0); // the guest's own has been applied
    std::signal(SIGXFSZ, SIG_IGN);
    std::signal(SIGPIPE, SIG_IGN);
    const std::string folder = arguments.share.folder;
    const bool isReadOnly = arguments.share.isReadOnly;
    arguments.share.onMounted = tellMounted;
    {
        const Fd root(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
        arguments.share.settlingTime = share::settlingTime(root.get());
    }
    const auto server = TRY(FuseServer::open(std::move(arguments.share)));
    Fd connection;
    do {
        connection = Fd(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    } while (!connection.isOpen() && errno == EINTR);
    if (!connection.isOpen())
        return Error(ErrorKind::Io, std::string("Nobody connects: ") + std::strerror(errno));
    {
        const Fd root(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
        const bool isFenced = TRY(share::fenceFolder(root.get(), isReadOnly));
        if (!isFenced)
            log(LogLevel::Info, "share",
                "This kernel's Landlock cannot confine the folder's server");
    }
    confineThread(ThreadRole::Share);
    return serveVhostUserFs(std::move(connection), *server);
}

} // namespace

int main(int count, char **words)
{
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); // the guest's memory is mapped here
    auto arguments = parseArguments(count, words);
    if (!arguments) {
        std::fprintf(stderr,
                     "usage: %s --listener FD --folder PATH [--readonly] [--user UID] "
                     "[--group GID]\n",
                     words[0]);
        return 2;
    }
    const Result<> served = run(std::move(*arguments));
    if (served)
        return 0;
    std::fprintf(stderr, "%s\n", served.error().text().c_str());
    return 1;
}
