// SPDX-License-Identifier: GPL-3.0-or-later
// Where the guest behind a NAT adapter may connect to.
//
//   Open      anywhere
//   NoLan     the internet, but nothing near: the networks this computer is in, private, link-local
//             and group addresses, this computer itself
//   ListOnly  the networks and addresses listed, and what the listed names were answered to be
//   Off       nowhere
//
// The NAT network's own DHCP always answers. Its name server answers for every name with Open and
// NoLan, for listed names with ListOnly and for none with Off: otherwise a name server alone would
// be a way out. A value; any thread.
#pragma once

#include "engine/base/result.h"
#include "engine/net/ip_address.h"

#include <string>
#include <vector>

namespace engine::net {

class EgressRules final
{
public:
    enum class Policy { Open, NoLan, ListOnly, Off };

    EgressRules() = default; // Open
    // Destinations: "debian.org" is that name alone, "*.debian.org" every name below it,
    // "192.0.2.7" an address, "192.0.2.0/24" a network. Invalid names the wrong one.
    static Result<EgressRules> make(Policy policy, const std::vector<std::string> &destinations);

    Policy policy() const { return m_policy; }
    bool allowsName(const std::string &lowerCaseName) const;
    bool listsAddress(const IpAddress &address) const;

    bool operator==(const EgressRules &) const = default;

private:
    Policy m_policy = Policy::Open;
    std::vector<IpNetwork> m_networks;
    std::vector<std::string> m_names;
    std::vector<std::string> m_suffixes; // ".debian.org"
};

// One entry of such a list.
Result<> checkDestination(std::string_view text);

} // namespace engine::net
