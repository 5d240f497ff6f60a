// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/net/nat_plan.h"

namespace engine::net {

namespace {

// libslirp hands out .15 to .30, and wants none of them to be the broadcast address.
constexpr int LongestPrefix = 27;
constexpr int ShortestPrefix = 8;

} // namespace

Result<NatPlan> NatPlan::make(std::string_view network, int adapter)
{
    NatPlan plan;
    const auto parsed = network.empty()
        ? IpNetwork(IpAddress::v4(10, 0, std::uint8_t(adapter + 2), 0), 24)
        : IpNetwork::parse(network);
    if (!parsed || parsed->address().isV6() || parsed->prefixLength() < ShortestPrefix
        || parsed->prefixLength() > LongestPrefix)
        return Error(ErrorKind::Invalid, "\"" + std::string(network) + "\" is no network for NAT")
            .withRemedy("Write an IPv4 network of at least 32 addresses, as in 10.0.2.0/24");
    plan.network = *parsed;
    const std::uint32_t base = plan.network.address().v4Value();
    plan.host = IpAddress::v4(base + 2);
    plan.nameServer = IpAddress::v4(base + 3);
    plan.firstGuest = IpAddress::v4(base + 15);
    std::array<std::uint8_t, 16> bytes{0xfe, 0xc0};
    bytes[7] = std::uint8_t(adapter);
    plan.network6 = IpNetwork(IpAddress::fromBytes16(bytes.data()), 64);
    bytes[15] = 2;
    plan.host6 = IpAddress::fromBytes16(bytes.data());
    bytes[15] = 3;
    plan.nameServer6 = IpAddress::fromBytes16(bytes.data());
    return plan;
}

} // namespace engine::net
