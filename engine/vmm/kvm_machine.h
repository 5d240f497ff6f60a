// SPDX-License-Identifier: GPL-3.0-or-later
// One virtual machine of the kernel's: its memory slots, interrupt controllers, eventfds and clock.
// The thin layer over the ioctls of /dev/kvm and the machine (Documentation/virt/kvm/api.rst);
// kvm_vcpu.h has those of a vCPU. No policy.
//
// Any thread, unless said otherwise.
#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/bus/irq_line.h"
#include "engine/bus/memory_mapper.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

struct kvm_cpuid_entry2;
struct kvm_irq_routing_entry;

namespace engine {

class Bus;
class StateArchive;

// "KVM_CREATE_VM failed: Device or resource busy"; says what to do where that is known.
Error kvmError(const char *call, int error);

class KvmMachine final : public MsiSink,
                         public MsiEvents,
                         public MemoryMapper,
                         public DoorbellMapper
{
public:
    // Opens /dev/kvm, checks what the engine needs, makes the machine with its PIC, IOAPIC and PIT.
    // `reservedPages`: where four pages may go that the processor needs and no guest uses.
    static Result<std::unique_ptr<KvmMachine>> create(std::uint64_t reservedPages,
                                                      const char *device = "/dev/kvm");
    ~KvmMachine() override;

    int system() const { return m_system.get(); }
    int descriptor() const { return m_machine.get(); }
    int capability(int number) const; // of the machine; 0: not there

    // RAM; before the vCPUs run. Slots are never given back.
    Result<> addRam(std::uint64_t guestAddress, std::span<std::uint8_t> host);
    // Guest writes to it exit; reads do not.
    Result<> addRom(std::uint64_t guestAddress, std::span<std::uint8_t> host);

    void setGsi(unsigned gsi, bool level); // 0 to 23, as in the ACPI tables' view
    void send(std::uint64_t address, std::uint32_t data) override;

    bool connectEvent(int eventFd, const MsiMessage &message) override;
    void disconnectEvent(int eventFd) override;

    std::unique_ptr<MappedMemory> makeWindow(std::string name, std::span<std::uint8_t> host,
                                             MappedAccess access) override;
    void setCoalesced(std::uint64_t guestAddress, std::uint64_t size, bool isOn) override;
    void drainCoalesced() override;
    // Where gathered writes go, and the ring they are in (mapped by the first vCPU).
    void setCoalescedRing(void *ring, Bus &memory, Bus &ports);
    std::uint64_t coalescedWrites() const { return m_coalescedWrites; }
    int coalescedPage() const { return m_coalescedPage; } // in the vCPU's mapping; 0: none

    bool add(const Doorbell &doorbell) override;
    void remove(const Doorbell &doorbell) override;

    // PIC, IOAPIC and PIT as they were made. vCPUs paused.
    Result<> resetInterruptControllers();
    Result<> serialize(StateArchive &archive); // those and kvmclock; vCPUs paused
    // Kvmclock stands still between the two; around a pause.
    void stopClock();
    void startClock();

private:
    class Window;
    struct Chips;
    // An event descriptor that was connected once, and the route that is its own since.
    struct EventRoute
    {
        int eventFd = -1;
        MsiMessage message;
        bool isConnected = false;
    };

    KvmMachine(Fd system, Fd machine);
    Result<> makeChips();
    Result<> setSlot(unsigned slot, std::uint64_t guestAddress, std::span<std::uint8_t> host,
                     std::uint32_t flags);
    unsigned takeSlot();
    void giveSlot(unsigned slot);
    bool ring(const Doorbell &doorbell, bool isRemoved);
    bool setRoutes();
    bool attach(std::size_t route, bool isAttached);

    Fd m_system;
    Fd m_machine;
    std::unique_ptr<Chips> m_initialChips;
    int m_coalescedPage = 0;

    std::mutex m_routeMutex;
    std::vector<EventRoute> m_eventRoutes; // of the GSIs behind the IOAPIC's

    std::mutex m_slotMutex;
    unsigned m_nextSlot = 0;
    std::vector<unsigned> m_freeSlots;

    std::mutex m_ringMutex; // held while gathered writes are delivered: before any device's lock
    void *m_ring = nullptr;
    Bus *m_memoryBus = nullptr;
    Bus *m_portBus = nullptr;
    std::atomic<std::uint64_t> m_coalescedWrites = 0;

    std::uint64_t m_clock = 0;
    bool m_isClockStopped = false;
};

} // namespace engine
