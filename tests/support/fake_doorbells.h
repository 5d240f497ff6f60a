// SPDX-License-Identifier: GPL-3.0-or-later
// Doorbells as KVM has them, which a test rings.
#pragma once

#include "engine/bus/memory_mapper.h"

#include <vector>

#include <sys/eventfd.h>

namespace tests {

class FakeDoorbells final : public engine::DoorbellMapper
{
public:
    bool add(const engine::Doorbell &doorbell) override
    {
        if (isProvided)
            bells.push_back(doorbell);
        return isProvided;
    }
    void remove(const engine::Doorbell &doorbell) override
    {
        std::erase_if(bells, [&](const engine::Doorbell &each) {
            return each.address == doorbell.address && each.eventFd == doorbell.eventFd;
        });
    }
    // As a write of a vCPU: false when nobody asked for it, so that it exits.
    bool ring(std::uint64_t address, unsigned size, std::uint64_t value) const
    {
        for (const engine::Doorbell &each : bells)
            if (each.address == address && (each.size == 0 || each.size == size)
                && each.value.value_or(value) == value)
                return ::eventfd_write(each.eventFd, 1) == 0;
        return false;
    }
    bool isProvided = true;
    std::vector<engine::Doorbell> bells;
};

} // namespace tests
