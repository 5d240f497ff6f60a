// SPDX-License-Identifier: GPL-3.0-or-later
// Host memory that the guest reaches without an exit: video memory, flash, option ROMs. And the
// other ways to save exits. A device asks for these; the KVM layer provides them, tests fake them.
//
// All calls with the device's lock held; mapping waits for all vCPUs to leave the guest, so it is
// for rare changes (a BAR that moves, a mode that is set), never for every access.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace engine {

// Who writes to mapped memory.
enum class MappedAccess : std::uint8_t {
    ReadWrite,
    ReadOnly, // the guest's writes arrive on the memory bus at that address
};

// One window from guest addresses into host memory. Destroying it unmaps it.
class MappedMemory
{
public:
    virtual ~MappedMemory() = default;
    // Shows `size` bytes of the host memory from `hostOffset` at this guest address, all of them
    // multiples of 4096; replaces an earlier place. A place that collides with RAM or another
    // window stays unmapped (the guest's mistake), and accesses arrive on the bus.
    virtual void map(std::uint64_t guestAddress, std::uint64_t hostOffset, std::uint64_t size) = 0;
    virtual void unmap() = 0;
    // From now on the pages the guest writes are remembered, or no longer.
    virtual void setDirtyLogged(bool isLogged) = 0;
    // Sets the bit of every page (bit 0: the first byte of the host memory) written since the last
    // time, leaves the others alone. One bit for 4096 bytes. False: unmapped or not logged.
    virtual bool collectDirty(std::span<std::uint64_t> bitmap) = 0;
};

class MemoryMapper
{
public:
    virtual ~MemoryMapper() = default;
    // The memory is page-aligned and lives longer than the window.
    virtual std::unique_ptr<MappedMemory> makeWindow(std::string name, std::span<std::uint8_t> host,
                                                     MappedAccess access) = 0;
    // Writes in this range are gathered and arrive on the bus late but in order, before anything
    // else the vCPU does and at the latest with drainCoalesced(). Without support nothing changes.
    virtual void setCoalesced(std::uint64_t guestAddress, std::uint64_t size, bool isOn) = 0;
    // Delivers gathered writes. No device's lock may be held.
    virtual void drainCoalesced() = 0;
};

// A guest's write that only rings a bell: the eventfd is signaled instead of an exit. Where it is
// not provided the write arrives on the bus as usual, so a device handles both.
struct Doorbell
{
    bool isPort = false;
    std::uint64_t address = 0;
    unsigned size = 2; // bytes of the write; 0: any
    std::optional<std::uint64_t> value = {}; // only this value rings
    int eventFd = -1; // the device's; open until removed
};

class DoorbellMapper
{
public:
    virtual ~DoorbellMapper() = default;
    virtual bool add(const Doorbell &doorbell) = 0; // false: not provided
    virtual void remove(const Doorbell &doorbell) = 0;
};

} // namespace engine
