// SPDX-License-Identifier: GPL-3.0-or-later
// The memory that a front end hands over, mapped here. The table is the front end's, which is
// trusted; what does not fit is refused all the same. Immutable once mapped: any thread.
#pragma once

#include "engine/bus/guest_memory.h"
#include "engine/devices/vhost_user_messages.h"

#include <memory>
#include <vector>

#include <sys/uio.h>

namespace engine::vhost_user {

class MappedMemory final
{
public:
    static Result<std::unique_ptr<MappedMemory>> map(Message &message);
    ~MappedMemory();
    MappedMemory(const MappedMemory &) = delete;
    MappedMemory &operator=(const MappedMemory &) = delete;

    const GuestMemory &memory() const { return *m_memory; }
    // The front end's own address as the guest's; one that is nowhere is none of the guest's.
    std::uint64_t toGuest(std::uint64_t userAddress) const;

private:
    MappedMemory() = default;

    std::vector<iovec> m_maps;
    std::vector<MemoryRegion> m_regions;
    std::unique_ptr<GuestMemory> m_memory;
};

} // namespace engine::vhost_user
