// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/net/port_owner.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <arpa/inet.h>
#include <pwd.h>
#include <unistd.h>

namespace engine::net {

namespace {

namespace fs = std::filesystem;

struct Holder
{
    unsigned long inode = 0;
    unsigned userId = 0;
};

constexpr unsigned TcpListening = 0x0a;

// proc(5), /proc/net/tcp: address:port in hexadecimal, state in the fourth column, user in the
// eighth, inode in the tenth. The addresses' words are in this computer's byte order.
std::optional<Holder> findHolder(const char *table, bool isUdp, const IpAddress &address,
                                 std::uint16_t port)
{
    std::ifstream file(table);
    std::string line;
    std::getline(file, line); // headings
    while (std::getline(file, line)) {
        std::istringstream words(line);
        std::array<std::string, 10> columns;
        for (std::string &column : columns)
            words >> column;
        const std::size_t colon = columns[1].find(':');
        if (!words || colon == std::string::npos)
            continue;
        const auto number = [](const std::string &text, int base) {
            return std::strtoul(text.c_str(), nullptr, base);
        };
        if (number(columns[1].substr(colon + 1), 16) != port
            || (!isUdp && number(columns[3], 16) != TcpListening))
            continue;
        // Everything that listens everywhere, or where we would.
        const std::string host = columns[1].substr(0, colon);
        const bool isAny = std::all_of(host.begin(), host.end(), [](char c) { return c == '0'; });
        const bool isSame =
            host.size() == 8 && ntohl(std::uint32_t(number(host, 16))) == address.v4Value();
        if (isAny || isSame || address.v4Value() == 0)
            return Holder{number(columns[9], 10), unsigned(number(columns[7], 10))};
    }
    return std::nullopt;
}

std::string processWithSocket(unsigned long inode)
{
    const std::string wanted = "socket:[" + std::to_string(inode) + "]";
    std::error_code error;
    for (fs::directory_iterator process("/proc", error), end; !error && process != end;
         process.increment(error)) {
        const std::string id = process->path().filename();
        if (id.empty() || id.find_first_not_of("0123456789") != std::string::npos)
            continue;
        std::error_code denied; // other users' processes
        for (fs::directory_iterator entry(process->path() / "fd", denied); !denied && entry != end;
             entry.increment(denied)) {
            std::error_code gone;
            if (fs::read_symlink(entry->path(), gone) != wanted)
                continue;
            std::ifstream file(process->path() / "comm");
            std::string name;
            std::getline(file, name);
            return (name.empty() ? std::string("a program") : name) + " (process " + id + ")";
        }
    }
    return {};
}

} // namespace

std::string portOwner(bool isUdp, const IpAddress &address, std::uint16_t port)
{
    auto holder = findHolder(isUdp ? "/proc/net/udp" : "/proc/net/tcp", isUdp, address, port);
    if (!holder)
        holder = findHolder(isUdp ? "/proc/net/udp6" : "/proc/net/tcp6", isUdp, address, port);
    if (!holder)
        return {};
    const std::string process = processWithSocket(holder->inode);
    if (!process.empty())
        return process;
    std::array<char, 4096> buffer{};
    passwd entry = {};
    passwd *found = nullptr;
    ::getpwuid_r(holder->userId, &entry, buffer.data(), buffer.size(), &found);
    return "a program of the user "
        + (found ? std::string(found->pw_name) : std::to_string(holder->userId));
}

} // namespace engine::net
