// SPDX-License-Identifier: GPL-3.0-or-later
// What travels: one Ethernet frame from the destination address to the end of the payload, without
// a checksum at the end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace engine::net {

using Frame = std::span<const std::uint8_t>;
using FrameBuffer = std::vector<std::uint8_t>;

constexpr std::size_t EthernetHeaderBytes = 14;
// QEMU's NET_BUFSIZE (include/net/net.h): cards that segment in software hand out no more.
constexpr std::size_t MaxFrameBytes = 4096 + 65536;

} // namespace engine::net
