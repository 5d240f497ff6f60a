// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/exit_report.h"

namespace engine {

namespace {

AccessCount minus(const AccessCount &now, const AccessCount &before)
{
    return {now.reads - before.reads, now.writes - before.writes};
}

template <class Key>
std::map<Key, AccessCount> minus(const std::map<Key, AccessCount> &now,
                                 const std::map<Key, AccessCount> &before)
{
    std::map<Key, AccessCount> result;
    for (const auto &[key, count] : now) {
        const auto old = before.find(key);
        const AccessCount left = old == before.end() ? count : minus(count, old->second);
        if (left.reads != 0 || left.writes != 0)
            result.emplace(key, left);
    }
    return result;
}

} // namespace

ExitStatistics difference(const ExitStatistics &now, const ExitStatistics &before)
{
    ExitStatistics result;
    result.total = now.total - before.total;
    for (const auto &[reason, count] : now.byReason) {
        const auto old = before.byReason.find(reason);
        const std::uint64_t left = old == before.byReason.end() ? count : count - old->second;
        if (left != 0)
            result.byReason.emplace(reason, left);
    }
    result.ports = minus(now.ports, before.ports);
    result.addresses = minus(now.addresses, before.addresses);
    result.coalescedWrites = now.coalescedWrites - before.coalescedWrites;
    result.unclaimed = now.unclaimed - before.unclaimed;
    return result;
}

} // namespace engine
