// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/net/bridge_access.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>

#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace engine::net {

namespace {

constexpr int HelperPatienceMilliseconds = 5000;
constexpr int MaxIncludes = 8;

// As the helper judges (qemu-bridge-helper.c): any matching deny wins, else any matching allow.
struct Verdict
{
    bool isAllowed = false;
    bool isDenied = false;
    bool isUnreadable = false;
};

void readRules(const std::string &path, const std::string &bridge, Verdict &verdict, int depth)
{
    std::ifstream file(path);
    if (!file) {
        // One we may not read is the helper's to read, which has rights of its own.
        if (::access(path.c_str(), F_OK) == 0)
            verdict.isUnreadable = true;
        return;
    }
    std::string line;
    while (std::getline(file, line)) {
        std::istringstream words(line.substr(0, line.find('#')));
        std::string command;
        std::string argument;
        words >> command >> argument;
        const bool isOurs = argument == bridge || argument == "all";
        if (command == "allow" && isOurs)
            verdict.isAllowed = true;
        else if (command == "deny" && isOurs)
            verdict.isDenied = true;
        else if (command == "include" && depth < MaxIncludes)
            readRules(argument, bridge, verdict, depth + 1);
    }
}

std::optional<std::string> findHelper(const HostPlaces &places)
{
    for (const std::string &path : places.helpers)
        if (::access(path.c_str(), X_OK) == 0)
            return path;
    return std::nullopt;
}

bool isPrivileged(const HostPlaces &places, const std::string &helper)
{
    if (places.isRoot || ::geteuid() == 0)
        return true;
    // With it neither setuid nor capabilities have an effect.
    if (::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
        return false;
    struct stat status = {};
    if (::stat(helper.c_str(), &status) == 0 && status.st_uid == 0
        && (status.st_mode & S_ISUID) != 0)
        return true;
    return ::getxattr(helper.c_str(), "security.capability", nullptr, 0) > 0;
}

std::string joined(const std::vector<std::string> &parts, const char *separator)
{
    std::string text;
    for (const std::string &part : parts)
        text += (text.empty() ? "" : separator) + part;
    return text;
}

Error notABridge(const HostInterface &interface, const std::vector<HostInterface> &all)
{
    const std::string &name = interface.name;
    if (!interface.bridge.empty())
        return Error(ErrorKind::Unsupported,
                     "\"" + name + "\" is a port of the bridge \"" + interface.bridge + "\"")
            .withRemedy("Choose \"" + interface.bridge + "\" instead");
    if (interface.kind == HostInterface::Kind::Wireless)
        return Error(ErrorKind::Unsupported,
                     "\"" + name
                         + "\" is a wireless interface, and an access point takes frames of its "
                           "own stations only")
            .withRemedy("Use NAT, or bridge to a wired interface");
    std::vector<std::string> bridges;
    for (const HostInterface &other : all)
        if (other.kind == HostInterface::Kind::Bridge)
            bridges.push_back("\"" + other.name + "\"");
    const std::string made = "As root make a bridge with it: nmcli connection add type bridge "
                             "con-name br0 ifname br0 && nmcli connection add type bridge-slave "
                             "con-name br0-"
        + name + " ifname " + name + " master br0 && nmcli connection up br0-" + name
        + "; then choose \"br0\"";
    return Error(ErrorKind::Unsupported,
                 "\"" + name + "\" is no bridge, and only a bridge can take a machine in")
        .withRemedy(bridges.empty() ? made
                                    : "Choose the bridge " + joined(bridges, " or ") + ". " + made);
}

} // namespace

Result<> bridgeAvailability(const std::string &name, const HostPlaces &places)
{
    const std::vector<HostInterface> all = hostInterfaces(places);
    const auto interface = std::find_if(all.begin(), all.end(),
                                        [&](const HostInterface &one) { return one.name == name; });
    if (interface == all.end()) {
        std::vector<std::string> names;
        for (const HostInterface &one : all)
            if (one.kind == HostInterface::Kind::Bridge)
                names.push_back("\"" + one.name + "\"");
        return Error(ErrorKind::NotFound,
                     name.empty()
                         ? std::string("No interface of this computer is chosen to bridge to")
                         : "This computer has no network interface \"" + name + "\"")
            .withRemedy(names.empty() ? "This computer has no bridge; make one, or use NAT"
                                      : "Choose the bridge " + joined(names, " or "));
    }
    if (interface->kind != HostInterface::Kind::Bridge)
        return notABridge(*interface, all);

    const auto helper = findHelper(places);
    if (!helper)
        return Error(ErrorKind::NotFound, "QEMU's bridge helper is not installed")
            .withRemedy("As root: apt install qemu-system-common");
    if (::access(places.tunDevice.c_str(), F_OK) != 0)
        return Error(ErrorKind::Unsupported, "This computer has no " + places.tunDevice)
            .withRemedy("As root: modprobe tun");

    std::vector<std::string> reasons;
    std::vector<std::string> commands;
    Verdict verdict;
    readRules(places.bridgeConfiguration, name, verdict, 0);
    if (verdict.isDenied)
        return Error(ErrorKind::Denied,
                     places.bridgeConfiguration + " denies the bridge \"" + name + "\"")
            .withRemedy("As root take the line \"deny " + name + "\" or \"deny all\" out of "
                        + places.bridgeConfiguration);
    if (!verdict.isAllowed && !verdict.isUnreadable) {
        const std::string folder =
            places.bridgeConfiguration.substr(0, places.bridgeConfiguration.rfind('/'));
        reasons.push_back(places.bridgeConfiguration + " does not allow the bridge \"" + name
                          + "\"");
        commands.push_back("mkdir -p " + folder + " && echo \"allow " + name + "\" >> "
                           + places.bridgeConfiguration);
    }
    if (!isPrivileged(places, *helper)) {
        if (::geteuid() != 0 && ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
            return Error(ErrorKind::Denied,
                         "Vitrine runs where no program may gain rights (a sandbox), so that the "
                         "bridge helper cannot work")
                .withRemedy("Start Vitrine outside of the sandbox, or use NAT");
        reasons.push_back(*helper + " has no right to make network devices");
        // dpkg's way survives an update of the package.
        commands.push_back("dpkg-statoverride --update --add root root 4755 " + *helper
                           + " (or elsewhere than on Debian: chmod u+s " + *helper + ")");
    }
    if (reasons.empty())
        return {};
    return Error(ErrorKind::Denied, joined(reasons, ", and "))
        .withRemedy("As root: " + joined(commands, "; then: "));
}

Result<Fd> openBridgeTap(const std::string &name, const HostPlaces &places)
{
    const auto cannot = [&](Error error) {
        return std::move(error).context("Cannot join the bridge \"" + name + "\"");
    };
    Result<> available = bridgeAvailability(name, places);
    if (!available)
        return cannot(std::move(available).error());
    const auto helper = findHelper(places);
    std::array<int, 2> channel{-1, -1};
    std::array<int, 2> messages{-1, -1};
    if (!helper || ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel.data()) != 0)
        return cannot(Error(ErrorKind::Io, std::strerror(errno)));
    const Fd ours(channel[0]);
    Fd helpers(channel[1]);
    if (::pipe2(messages.data(), O_CLOEXEC) != 0)
        return cannot(Error(ErrorKind::Io, std::strerror(errno)));
    const Fd messageEnd(messages[0]);
    Fd helpersMessageEnd(messages[1]);

    constexpr int HelperDescriptor = 3;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    // First out of the way of the numbers they are to have.
    Fd high(::fcntl(helpers.get(), F_DUPFD_CLOEXEC, 10));
    Fd highMessages(::fcntl(helpersMessageEnd.get(), F_DUPFD_CLOEXEC, 10));
    ::posix_spawn_file_actions_adddup2(&actions, high.get(), HelperDescriptor);
    ::posix_spawn_file_actions_adddup2(&actions, highMessages.get(), STDERR_FILENO);
    sigset_t none;
    sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    std::string program = *helper;
    std::string bridge = "--br=" + name;
    std::string descriptor = "--fd=" + std::to_string(HelperDescriptor);
    std::array<char *, 4> arguments = {program.data(), bridge.data(), descriptor.data(), nullptr};
    std::string locale = "LC_ALL=C.UTF-8";
    std::array<char *, 2> environment = {locale.data(), nullptr};
    pid_t child = -1;
    const int spawned = ::posix_spawn(&child, program.c_str(), &actions, &attributes,
                                      arguments.data(), environment.data());
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    if (spawned != 0)
        return cannot(Error(ErrorKind::Io, program + " cannot be run: " + std::strerror(spawned)));
    // Ours have to go, or the end of the helper would not be seen.
    for (Fd *descriptorOfOurs : {&helpers, &helpersMessageEnd, &high, &highMessages})
        descriptorOfOurs->reset();

    Fd tap;
    pollfd waiting = {ours.get(), POLLIN, 0};
    if (::poll(&waiting, 1, HelperPatienceMilliseconds) > 0) {
        char byte = 0;
        iovec part = {&byte, 1};
        alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
        msghdr message = {};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        if (::recvmsg(ours.get(), &message, MSG_CMSG_CLOEXEC) >= 0) {
            const cmsghdr *const header = CMSG_FIRSTHDR(&message);
            if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
                int received = -1;
                std::memcpy(&received, CMSG_DATA(header), sizeof received);
                tap = Fd(received);
            }
        }
    } else {
        ::kill(child, SIGKILL);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) { }
    if (!tap.isOpen()) {
        std::array<char, 512> said{};
        const ssize_t size = ::read(messageEnd.get(), said.data(), said.size());
        std::string text(said.data(), std::size_t(size > 0 ? size : 0));
        text = text.substr(0, text.find('\n'));
        return cannot(Error(ErrorKind::Io,
                            text.empty() ? program + " gave no device and no reason"
                                         : program + ": " + text));
    }
    const int flags = ::fcntl(tap.get(), F_GETFL);
    ::fcntl(tap.get(), F_SETFL, flags | O_NONBLOCK);
    return tap;
}

} // namespace engine::net
