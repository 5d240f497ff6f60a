// SPDX-License-Identifier: GPL-3.0-or-later
// sysfs names: Documentation/ABI/testing/sysfs-class-net of the kernel.
#include "engine/net/bridge_access.h"
#include "engine/net/near_networks.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace engine::net {

namespace {

namespace fs = std::filesystem;

std::string firstLine(const fs::path &file)
{
    std::ifstream stream(file);
    std::string line;
    std::getline(stream, line);
    return line;
}

bool isThere(const fs::path &path)
{
    std::error_code ignored;
    return fs::exists(path, ignored);
}

} // namespace

std::vector<HostInterface> hostInterfaces(const HostPlaces &places)
{
    constexpr const char *LoopbackType = "772"; // ARPHRD_LOOPBACK, linux/if_arp.h
    std::vector<HostInterface> interfaces;
    const auto addresses = interfaceAddresses();
    std::error_code error;
    for (fs::directory_iterator entry(places.sysClassNet, error), end; !error && entry != end;
         entry.increment(error)) {
        const fs::path path = entry->path();
        if (!isThere(path / "type") || firstLine(path / "type") == LoopbackType)
            continue; // bonding_masters, for one, is no interface
        HostInterface interface;
        interface.name = path.filename();
        if (isThere(path / "bridge"))
            interface.kind = HostInterface::Kind::Bridge;
        else if (isThere(path / "wireless") || isThere(path / "phy80211"))
            interface.kind = HostInterface::Kind::Wireless;
        else if (isThere(path / "device"))
            interface.kind = HostInterface::Kind::Wired;
        interface.macAddress = firstLine(path / "address");
        // A bridge without members says "down", a tunnel "unknown".
        interface.isUp = firstLine(path / "operstate") != "down";
        std::error_code none;
        const fs::path master = fs::read_symlink(path / "brport" / "bridge", none);
        if (!none)
            interface.bridge = master.filename();
        const auto own = addresses.find(interface.name);
        if (own != addresses.end())
            interface.addresses = own->second;
        interfaces.push_back(std::move(interface));
    }
    std::sort(interfaces.begin(), interfaces.end(),
              [](const HostInterface &left, const HostInterface &right) {
                  return std::pair(left.kind, left.name) < std::pair(right.kind, right.name);
              });
    return interfaces;
}

} // namespace engine::net
