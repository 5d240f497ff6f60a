// SPDX-License-Identifier: GPL-3.0-or-later
// Why and how often the vCPUs left the guest for this program: the engine's budget. Values; made by
// the vCPUs' own counters when asked.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace engine {

struct AccessCount
{
    std::uint64_t reads = 0;
    std::uint64_t writes = 0;
};

struct ExitStatistics
{
    std::uint64_t total = 0;
    std::map<std::string, std::uint64_t> byReason; // KVM's names: "io", "mmio", "intr"
    std::map<std::uint16_t, AccessCount> ports;
    std::map<std::uint64_t, AccessCount> addresses; // of MMIO, in pages of 4096 bytes
    std::uint64_t coalescedWrites = 0; // which cost no exit of their own
    std::uint64_t unclaimed = 0; // accesses where nothing is
};

} // namespace engine
