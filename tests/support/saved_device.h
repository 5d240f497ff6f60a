// SPDX-License-Identifier: GPL-3.0-or-later
// A chip's saved state as bytes, both ways, and its reset; with its lock, as the machine does it.
#pragma once

#include "engine/bus/device.h"

#include <cstdint>
#include <mutex>
#include <vector>

namespace tests {

inline std::vector<std::uint8_t> savedBytes(engine::Device &device)
{
    engine::StateArchive archive;
    engine::serializeDevice(archive, device);
    return archive.take();
}

inline bool loadBytes(engine::Device &device, std::vector<std::uint8_t> bytes)
{
    engine::StateArchive archive(std::move(bytes));
    engine::serializeDevice(archive, device);
    return !archive.hasFailed();
}

inline void resetDevice(engine::Device &device)
{
    const std::lock_guard lock(device.lock());
    device.reset();
}

} // namespace tests
