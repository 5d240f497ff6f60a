// SPDX-License-Identifier: GPL-3.0-or-later
// The addresses of one NAT network. As VirtualBox and QEMU have them: in 10.0.2.0/24 the gateway,
// which is this computer's loopback, is .2, the name server .3, the guest .15; adapter n has
// 10.0.(n+2).0/24 (VirtualBox manual, "Configuring the Address of a NAT Network Interface").
#pragma once

#include "engine/base/result.h"
#include "engine/net/ip_address.h"

namespace engine::net {

struct NatPlan
{
    IpNetwork network;
    IpAddress host;
    IpAddress nameServer;
    IpAddress firstGuest;
    IpNetwork network6; // site-local, as libslirp's users have it
    IpAddress host6;
    IpAddress nameServer6;

    // `network` empty: the usual one of this adapter (from 0). Invalid: not an IPv4 network, or
    // one without room for these addresses.
    static Result<NatPlan> make(std::string_view network, int adapter);

    bool operator==(const NatPlan &) const = default;
};

} // namespace engine::net
