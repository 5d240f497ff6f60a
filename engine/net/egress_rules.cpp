// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/net/egress_rules.h"

#include <algorithm>

namespace engine::net {

namespace {

constexpr std::size_t MaxNameBytes = 253;

bool isHostName(std::string_view name)
{
    if (name.empty() || name.size() > MaxNameBytes)
        return false;
    std::size_t label = 0;
    for (const char c : name) {
        if (c == '.') {
            if (label == 0)
                return false;
            label = 0;
            continue;
        }
        const bool isGood =
            (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        if (!isGood || ++label > 63)
            return false;
    }
    // Digits alone at the end would be an address that is none.
    const std::string_view last = name.substr(name.rfind('.') + 1);
    return label > 0
        && !std::all_of(last.begin(), last.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string lowerCase(std::string_view text)
{
    std::string lower(text);
    for (char &c : lower)
        if (c >= 'A' && c <= 'Z')
            c = char(c - 'A' + 'a');
    if (lower.size() > 1 && lower.back() == '.')
        lower.pop_back();
    return lower;
}

} // namespace

Result<> checkDestination(std::string_view text)
{
    const std::string name = lowerCase(text);
    if (IpNetwork::parse(name) || isHostName(name)
        || (name.starts_with("*.") && isHostName(std::string_view(name).substr(2))))
        return {};
    return Error(ErrorKind::Invalid, "\"" + std::string(text) + "\" is no name, address or network")
        .withRemedy("Write it as in debian.org, *.debian.org, 192.0.2.7 or 192.0.2.0/24; a name "
                    "with other letters in its xn-- form");
}

Result<EgressRules> EgressRules::make(Policy policy, const std::vector<std::string> &destinations)
{
    EgressRules rules;
    rules.m_policy = policy;
    for (const std::string &destination : destinations) {
        TRY(checkDestination(destination));
        const std::string name = lowerCase(destination);
        if (const auto network = IpNetwork::parse(name))
            rules.m_networks.push_back(*network);
        else if (name.starts_with("*."))
            rules.m_suffixes.push_back(name.substr(1));
        else
            rules.m_names.push_back(name);
    }
    return rules;
}

bool EgressRules::allowsName(const std::string &name) const
{
    switch (m_policy) {
    case Policy::Open:
    case Policy::NoLan:
        return true;
    case Policy::ListOnly:
        return std::find(m_names.begin(), m_names.end(), name) != m_names.end()
            || std::any_of(m_suffixes.begin(), m_suffixes.end(), [&](const std::string &suffix) {
                   return name.size() > suffix.size() && name.ends_with(suffix);
               });
    case Policy::Off:
        return false;
    }
    return false;
}

bool EgressRules::listsAddress(const IpAddress &address) const
{
    return std::any_of(m_networks.begin(), m_networks.end(),
                       [&](const IpNetwork &network) { return network.contains(address); });
}

} // namespace engine::net
