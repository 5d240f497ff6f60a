// SPDX-License-Identifier: GPL-3.0-or-later
// A saved machine in one file: a header of one page, the guest's memory from 2 MiB on (sparse, so
// that it can be mapped as it is) with the video memory behind it, then the archive of vCPUs and
// devices.
//
// Header, little-endian: "VITRINE\x1a", format version (32 bit), 0 (32 bit), archive offset,
// archive length, checksum of the archive (64 bit each, FNV-1a), memory offset, low and high memory
// bytes. It is written last, so an unfinished file has none.
#pragma once

#include "engine/base/result.h"
#include "engine/vmm/guest_ram.h"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace engine {

Result<> writeStateFile(int file, const GuestRam &ram, std::span<const std::uint8_t> video,
                        const std::vector<std::uint8_t> &archive,
                        const std::function<bool(int)> &progressed);
// The archive. The guest's memory is mapped, the video memory read.
Result<std::vector<std::uint8_t>> readStateFile(int file, GuestRam &ram,
                                                std::span<std::uint8_t> video);

} // namespace engine
