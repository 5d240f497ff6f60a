// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/vhost_user_memory.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include <sys/mman.h>
#include <sys/stat.h>

namespace engine::vhost_user {

Result<std::unique_ptr<MappedMemory>> MappedMemory::map(Message &message)
{
    const MemoryTable &table = message.payload.memory;
    if (table.count > MaxRegions
        || message.header.size
            < offsetof(MemoryTable, regions) + table.count * sizeof(MemoryRegion))
        return failure("an impossible table of memory");
    auto mapped = std::unique_ptr<MappedMemory>(new MappedMemory);
    std::vector<GuestMemory::Region> regions;
    for (std::uint32_t i = 0; i < table.count; ++i) {
        const MemoryRegion region = table.regions[i];
        const std::uint64_t total = region.size + region.offset;
        struct stat status
        { };
        if (region.size == 0 || total < region.size
            || region.guestAddress + region.size < region.guestAddress
            || ::fstat(message.descriptors[i].get(), &status) != 0
            || total > std::uint64_t(status.st_size))
            return failure("an impossible region of memory");
        void *memory = ::mmap(nullptr, total, PROT_READ | PROT_WRITE, MAP_SHARED,
                              message.descriptors[i].get(), 0);
        if (memory == MAP_FAILED)
            return failure(std::string("cannot map the guest's memory: ")
                           + std::strerror(errno));
        mapped->m_maps.push_back({memory, total});
        mapped->m_regions.push_back(region);
        regions.push_back({.guestAddress = region.guestAddress,
                           .host = {static_cast<std::uint8_t *>(memory) + region.offset,
                                    std::size_t(region.size)}});
    }
    const auto byAddress = [](const auto &a, const auto &b) {
        return a.guestAddress < b.guestAddress;
    };
    std::sort(regions.begin(), regions.end(), byAddress);
    for (std::size_t i = 1; i < regions.size(); ++i)
        if (regions[i].guestAddress - regions[i - 1].guestAddress < regions[i - 1].host.size())
            return failure("regions of memory overlap");
    mapped->m_memory = std::make_unique<GuestMemory>(std::move(regions));
    return mapped;
}

MappedMemory::~MappedMemory()
{
    for (const iovec &map : m_maps)
        ::munmap(map.iov_base, map.iov_len);
}

std::uint64_t MappedMemory::toGuest(std::uint64_t userAddress) const
{
    for (const MemoryRegion &region : m_regions)
        if (userAddress >= region.userAddress && userAddress - region.userAddress < region.size)
            return region.guestAddress + (userAddress - region.userAddress);
    return ~std::uint64_t(0);
}

} // namespace engine::vhost_user
