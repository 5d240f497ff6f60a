// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/net/near_networks.h"

#include <algorithm>
#include <memory>

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

namespace engine::net {

namespace {

constexpr std::chrono::seconds MaxAge{5};

std::optional<IpAddress> addressOf(const sockaddr *address)
{
    if (!address)
        return std::nullopt;
    // What getifaddrs gives is as large as its family says.
    if (address->sa_family == AF_INET)
        return IpAddress::v4(
            ntohl(reinterpret_cast<const sockaddr_in *>(address)->sin_addr.s_addr));
    if (address->sa_family == AF_INET6)
        return IpAddress::fromBytes16(
            reinterpret_cast<const sockaddr_in6 *>(address)->sin6_addr.s6_addr);
    return std::nullopt;
}

int prefixOf(const IpAddress &mask)
{
    int length = 0;
    for (std::size_t i = 0; i < mask.byteCount(); ++i)
        length += __builtin_popcount(mask.bytes()[i]);
    return length;
}

} // namespace

bool isSpecialAddress(const IpAddress &address)
{
    static const std::vector<IpNetwork> networks = [] {
        std::vector<IpNetwork> all;
        for (const char *text :
             {"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
              "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4",
              "240.0.0.0/4", "::/128", "::1/128", "100::/64", "fc00::/7", "fe80::/10", "fec0::/10",
              "ff00::/8"})
            all.push_back(*IpNetwork::parse(text));
        return all;
    }();
    return std::any_of(networks.begin(), networks.end(),
                       [&](const IpNetwork &network) { return network.contains(address); });
}

namespace {

// `take(interface, address, prefix length)` for each address of an interface that is up.
template <class Function>
void forEachAddress(Function take)
{
    ifaddrs *first = nullptr;
    if (::getifaddrs(&first) != 0)
        return;
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(first, ::freeifaddrs);
    for (const ifaddrs *one = first; one; one = one->ifa_next) {
        const auto address = addressOf(one->ifa_addr);
        if ((one->ifa_flags & IFF_UP) == 0 || !address)
            continue;
        const auto mask = addressOf(one->ifa_netmask);
        take(one->ifa_name, *address, mask ? prefixOf(*mask) : int(address->byteCount()) * 8);
    }
}

} // namespace

std::vector<IpNetwork> connectedNetworks()
{
    std::vector<IpNetwork> networks;
    forEachAddress([&](const char *, const IpAddress &address, int prefix) {
        networks.emplace_back(address, prefix);
    });
    return networks;
}

std::map<std::string, std::vector<std::string>> interfaceAddresses()
{
    std::map<std::string, std::vector<std::string>> addresses;
    forEachAddress([&](const char *interface, const IpAddress &address, int prefix) {
        addresses[interface].push_back(address.text() + "/" + std::to_string(prefix));
    });
    return addresses;
}

bool NearNetworks::contains(const IpAddress &address, Clock::time_point now)
{
    if (isSpecialAddress(address))
        return true;
    if (now >= m_goodUntil) {
        m_connected = connectedNetworks();
        m_goodUntil = now + MaxAge;
    }
    return std::any_of(m_connected.begin(), m_connected.end(), [&](const IpNetwork &network) {
        // A tunnel whose peer is everything is no neighborhood.
        return network.prefixLength() > 0 && network.contains(address);
    });
}

} // namespace engine::net
