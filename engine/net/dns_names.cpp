// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/net/dns_names.h"

#include <algorithm>

namespace engine::net {

namespace {

constexpr std::size_t MaxAddresses = 4096;
constexpr std::size_t MaxNamesEach = 8;
// Programs go on using an address a little after its time, and some answers last seconds.
constexpr std::chrono::seconds ShortestLife = std::chrono::minutes(10);
constexpr std::chrono::seconds LongestLife = std::chrono::hours(24);

} // namespace

void DnsNames::learn(const DnsMessage &answer, Clock::time_point now)
{
    for (const DnsAddress &record : answer.addresses) {
        if (m_names.size() >= MaxAddresses && !m_names.contains(record.address)) {
            const auto oldest = std::min_element(
                m_names.begin(), m_names.end(), [](const auto &left, const auto &right) {
                    return left.second.back().goodUntil < right.second.back().goodUntil;
                });
            m_names.erase(oldest);
        }
        std::vector<Name> &names = m_names[record.address];
        std::erase_if(names, [&](const Name &name) { return name.name == answer.name; });
        if (names.size() == MaxNamesEach)
            names.erase(names.begin());
        const auto life =
            std::clamp(std::chrono::seconds(record.ttlSeconds), ShortestLife, LongestLife);
        names.push_back({answer.name, now + life});
    }
}

std::string DnsNames::nameOf(const IpAddress &address) const
{
    const auto found = m_names.find(address);
    return found == m_names.end() ? std::string() : found->second.back().name;
}

bool DnsNames::hasName(const IpAddress &address, Clock::time_point now,
                       const std::function<bool(const std::string &)> &matches) const
{
    const auto found = m_names.find(address);
    return found != m_names.end()
        && std::any_of(found->second.begin(), found->second.end(), [&](const Name &name) {
               return name.goodUntil > now && matches(name.name);
           });
}

} // namespace engine::net
