// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/kvm_machine.h"

#include "engine/bus/bus.h"
#include "engine/bus/state_archive.h"
#include "engine/vmm/kvm_flexible.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>

namespace engine {

namespace {

constexpr std::uint64_t PageBytes = 4096;

struct NeededCapability
{
    int number;
    const char *name;
};

// What there is no way around. Everything else is asked for where it is used.
constexpr NeededCapability NeededCapabilities[] = {
    {KVM_CAP_USER_MEMORY, "user memory"},
    {KVM_CAP_IRQCHIP, "interrupt controllers"},
    {KVM_CAP_PIT2, "timer"},
    {KVM_CAP_PIT_STATE2, "timer state"},
    {KVM_CAP_SET_TSS_ADDR, "task segment address"},
    {KVM_CAP_SET_IDENTITY_MAP_ADDR, "identity map address"},
    {KVM_CAP_EXT_CPUID, "CPUID"},
    {KVM_CAP_IRQ_ROUTING, "interrupt routing"},
    {KVM_CAP_SIGNAL_MSI, "message signaled interrupts"},
    {KVM_CAP_READONLY_MEM, "read-only memory"},
    {KVM_CAP_IMMEDIATE_EXIT, "immediate exit"},
    {KVM_CAP_MP_STATE, "processor states"},
    {KVM_CAP_VCPU_EVENTS, "processor events"},
    {KVM_CAP_XSAVE, "XSAVE"},
    {KVM_CAP_XCRS, "extended control registers"},
    {KVM_CAP_DEBUGREGS, "debug registers"},
    {KVM_CAP_ADJUST_CLOCK, "clock"},
};

} // namespace

struct KvmMachine::Chips
{
    std::array<kvm_irqchip, 3> controllers = {}; // PIC master, PIC slave, IOAPIC
    kvm_pit_state2 pit = {};

    Result<> read(int machine)
    {
        for (unsigned i = 0; i < controllers.size(); ++i) {
            controllers[i].chip_id = i;
            if (::ioctl(machine, KVM_GET_IRQCHIP, &controllers[i]) < 0)
                return kvmError("KVM_GET_IRQCHIP", errno);
        }
        if (::ioctl(machine, KVM_GET_PIT2, &pit) < 0)
            return kvmError("KVM_GET_PIT2", errno);
        return {};
    }

    Result<> write(int machine)
    {
        for (kvm_irqchip &controller : controllers)
            if (::ioctl(machine, KVM_SET_IRQCHIP, &controller) < 0)
                return kvmError("KVM_SET_IRQCHIP", errno);
        if (::ioctl(machine, KVM_SET_PIT2, &pit) < 0)
            return kvmError("KVM_SET_PIT2", errno);
        return {};
    }
};

// A slot of the kernel's that comes and goes.
class KvmMachine::Window final : public MappedMemory
{
public:
    Window(KvmMachine &machine, std::string name, std::span<std::uint8_t> host, MappedAccess access)
        : m_machine(machine)
        , m_name(std::move(name))
        , m_host(host)
        , m_access(access)
        , m_slot(machine.takeSlot())
    { }
    ~Window() override
    {
        unmap();
        m_machine.giveSlot(m_slot);
    }

    void map(std::uint64_t guestAddress, std::uint64_t hostOffset, std::uint64_t size) override
    {
        if (m_size == size && m_guestAddress == guestAddress && m_hostOffset == hostOffset)
            return;
        unmap();
        if (size == 0 || (guestAddress | hostOffset | size) % PageBytes != 0
            || hostOffset > m_host.size() || size > m_host.size() - hostOffset)
            return;
        m_guestAddress = guestAddress;
        m_hostOffset = hostOffset;
        m_size = size;
        if (!set())
            m_size = 0; // it lies over something else: the guest's mistake
    }

    void unmap() override
    {
        if (m_size == 0)
            return;
        const Result<> result = m_machine.setSlot(m_slot, m_guestAddress, {}, 0);
        check(result.has_value(), "a memory slot cannot be deleted");
        m_size = 0;
    }

    void setDirtyLogged(bool isLogged) override
    {
        if (m_isLogged == isLogged)
            return;
        m_isLogged = isLogged;
        if (m_size != 0)
            set();
    }

    bool collectDirty(std::span<std::uint64_t> bitmap) override
    {
        if (m_size == 0 || !m_isLogged)
            return false;
        const std::size_t pages = std::size_t(m_size / PageBytes);
        m_dirty.assign((pages + 63) / 64, 0);
        kvm_dirty_log log = {};
        log.slot = m_slot;
        log.dirty_bitmap = m_dirty.data();
        if (::ioctl(m_machine.descriptor(), KVM_GET_DIRTY_LOG, &log) < 0)
            return false;
        const std::size_t firstPage = std::size_t(m_hostOffset / PageBytes);
        for (std::size_t word = 0; word < m_dirty.size(); ++word) {
            std::uint64_t bits = m_dirty[word];
            if (bits == 0)
                continue;
            const std::size_t at = firstPage + word * 64;
            const unsigned shift = unsigned(at % 64);
            if (at / 64 < bitmap.size())
                bitmap[at / 64] |= bits << shift;
            if (shift != 0 && at / 64 + 1 < bitmap.size())
                bitmap[at / 64 + 1] |= bits >> (64 - shift);
        }
        return true;
    }

private:
    bool set()
    {
        const std::uint32_t flags = std::uint32_t(m_isLogged ? KVM_MEM_LOG_DIRTY_PAGES : 0)
            | std::uint32_t(m_access == MappedAccess::ReadOnly ? KVM_MEM_READONLY : 0);
        return m_machine
            .setSlot(m_slot, m_guestAddress,
                     m_host.subspan(std::size_t(m_hostOffset), std::size_t(m_size)), flags)
            .has_value();
    }

    KvmMachine &m_machine;
    const std::string m_name;
    const std::span<std::uint8_t> m_host;
    const MappedAccess m_access;
    const unsigned m_slot;
    std::uint64_t m_guestAddress = 0;
    std::uint64_t m_hostOffset = 0;
    std::uint64_t m_size = 0; // 0: not mapped
    bool m_isLogged = false;
    std::vector<std::uint64_t> m_dirty;
};

Error kvmError(const char *call, int error)
{
    Error result(ErrorKind::Io, std::string(call) + " failed: " + std::strerror(error));
    if (error == EBUSY || error == ENODEV)
        return std::move(result).withRemedy(
            "Stop other programs that use hardware virtualization, for example VirtualBox");
    if (error == ENOMEM)
        return std::move(result).withRemedy("Close other machines or give this one less memory");
    return result;
}

Result<std::unique_ptr<KvmMachine>> KvmMachine::create(std::uint64_t reservedPages,
                                                       const char *device)
{
    Fd system(::open(device, O_RDWR | O_CLOEXEC));
    if (!system.isOpen())
        return Error(errno == EACCES ? ErrorKind::Denied : ErrorKind::NotFound,
                     std::string("Cannot open ") + device + ": " + std::strerror(errno));
    if (::ioctl(system.get(), KVM_GET_API_VERSION, 0) != KVM_API_VERSION)
        return Error(ErrorKind::Unsupported, "The kernel's KVM has an unknown version");
    Fd machine(::ioctl(system.get(), KVM_CREATE_VM, 0));
    if (!machine.isOpen())
        return kvmError("KVM_CREATE_VM", errno);
    for (const NeededCapability &needed : NeededCapabilities)
        if (::ioctl(machine.get(), KVM_CHECK_EXTENSION, needed.number) <= 0)
            return Error(ErrorKind::Unsupported,
                         std::string("The kernel's KVM lacks a capability: ") + needed.name)
                .withRemedy("Update the kernel, or set the machine's engine to qemu");
    // Intel SDM volume 3, 26.3.1.1: a processor without unrestricted guest needs a page table for
    // real mode; the kernel puts it and the task segment where the machine says.
    std::uint64_t identityMap = reservedPages;
    if (::ioctl(machine.get(), KVM_SET_IDENTITY_MAP_ADDR, &identityMap) < 0)
        return kvmError("KVM_SET_IDENTITY_MAP_ADDR", errno);
    if (::ioctl(machine.get(), KVM_SET_TSS_ADDR, (unsigned long)(reservedPages + PageBytes)) < 0)
        return kvmError("KVM_SET_TSS_ADDR", errno);
    std::unique_ptr<KvmMachine> result(new KvmMachine(std::move(system), std::move(machine)));
    TRY(result->makeChips());
    return result;
}

KvmMachine::KvmMachine(Fd system, Fd machine)
    : m_system(std::move(system))
    , m_machine(std::move(machine))
{
    m_coalescedPage = capability(KVM_CAP_COALESCED_MMIO);
}

KvmMachine::~KvmMachine() = default;

Result<> KvmMachine::makeChips()
{
    if (::ioctl(descriptor(), KVM_CREATE_IRQCHIP, 0) < 0)
        return kvmError("KVM_CREATE_IRQCHIP", errno);
    kvm_pit_config pit = {};
    pit.flags = KVM_PIT_SPEAKER_DUMMY;
    if (::ioctl(descriptor(), KVM_CREATE_PIT2, &pit) < 0)
        return kvmError("KVM_CREATE_PIT2", errno);

    if (!setRoutes())
        return kvmError("KVM_SET_GSI_ROUTING", errno);
    m_initialChips = std::make_unique<Chips>();
    return m_initialChips->read(descriptor());
}

int KvmMachine::capability(int number) const
{
    const int answer = ::ioctl(descriptor(), KVM_CHECK_EXTENSION, number);
    return answer > 0 ? answer : 0;
}

Result<> KvmMachine::setSlot(unsigned slot, std::uint64_t guestAddress,
                             std::span<std::uint8_t> host, std::uint32_t flags)
{
    kvm_userspace_memory_region region = {};
    region.slot = slot;
    region.flags = flags;
    region.guest_phys_addr = guestAddress;
    region.memory_size = host.size();
    // The kernel maps this memory into the guest; its owner keeps it until the slot is gone.
    region.userspace_addr = reinterpret_cast<std::uintptr_t>(host.data());
    if (::ioctl(descriptor(), KVM_SET_USER_MEMORY_REGION, &region) < 0)
        return kvmError("KVM_SET_USER_MEMORY_REGION", errno);
    return {};
}

unsigned KvmMachine::takeSlot()
{
    const std::lock_guard lock(m_slotMutex);
    if (m_freeSlots.empty())
        return m_nextSlot++;
    const unsigned slot = m_freeSlots.back();
    m_freeSlots.pop_back();
    return slot;
}

void KvmMachine::giveSlot(unsigned slot)
{
    const std::lock_guard lock(m_slotMutex);
    m_freeSlots.push_back(slot);
}

Result<> KvmMachine::addRam(std::uint64_t guestAddress, std::span<std::uint8_t> host)
{
    return setSlot(takeSlot(), guestAddress, host, 0);
}

Result<> KvmMachine::addRom(std::uint64_t guestAddress, std::span<std::uint8_t> host)
{
    return setSlot(takeSlot(), guestAddress, host, KVM_MEM_READONLY);
}

std::unique_ptr<MappedMemory> KvmMachine::makeWindow(std::string name, std::span<std::uint8_t> host,
                                                     MappedAccess access)
{
    return std::make_unique<Window>(*this, std::move(name), host, access);
}

void KvmMachine::setCoalesced(std::uint64_t guestAddress, std::uint64_t size, bool isOn)
{
    if (m_coalescedPage == 0)
        return;
    kvm_coalesced_mmio_zone zone = {};
    zone.addr = guestAddress;
    zone.size = std::uint32_t(size);
    ::ioctl(descriptor(), isOn ? KVM_REGISTER_COALESCED_MMIO : KVM_UNREGISTER_COALESCED_MMIO,
            &zone);
}

void KvmMachine::setCoalescedRing(void *ring, Bus &memory, Bus &ports)
{
    const std::lock_guard lock(m_ringMutex);
    m_ring = ring;
    m_memoryBus = &memory;
    m_portBus = &ports;
}

void KvmMachine::drainCoalesced()
{
    const std::lock_guard lock(m_ringMutex);
    if (!m_ring)
        return;
    // The kernel fills it from `last`, we empty it from `first`; one page holds header and entries.
    // In C++ the flexible array of kvm_coalesced_mmio_ring is not where the kernel has it.
    auto *ring = static_cast<kvm_coalesced_mmio_ring *>(m_ring);
    constexpr std::size_t HeaderBytes = 2 * sizeof(std::uint32_t);
    constexpr std::uint32_t MaxEntries = (PageBytes - HeaderBytes) / sizeof(kvm_coalesced_mmio);
    const std::uint8_t *const entries = static_cast<const std::uint8_t *>(m_ring) + HeaderBytes;
    for (;;) {
        const std::uint32_t first = ring->first;
        if (first == __atomic_load_n(&ring->last, __ATOMIC_ACQUIRE) || first >= MaxEntries)
            return;
        kvm_coalesced_mmio entry = {};
        std::memcpy(&entry, entries + first * sizeof entry, sizeof entry);
        const unsigned size = std::min<unsigned>(entry.len, 8);
        std::uint64_t value = 0;
        std::memcpy(&value, entry.data, size);
        (entry.pio ? m_portBus : m_memoryBus)->write(entry.phys_addr, size, value);
        m_coalescedWrites.fetch_add(1, std::memory_order_relaxed);
        __atomic_store_n(&ring->first, (first + 1) % MaxEntries, __ATOMIC_RELEASE);
    }
}

bool KvmMachine::ring(const Doorbell &doorbell, bool isRemoved)
{
    kvm_ioeventfd event = {};
    event.addr = doorbell.address;
    event.len = doorbell.size;
    event.fd = doorbell.eventFd;
    event.datamatch = doorbell.value.value_or(0);
    event.flags = std::uint32_t(doorbell.isPort ? KVM_IOEVENTFD_FLAG_PIO : 0)
        | std::uint32_t(doorbell.value ? KVM_IOEVENTFD_FLAG_DATAMATCH : 0)
        | std::uint32_t(isRemoved ? KVM_IOEVENTFD_FLAG_DEASSIGN : 0);
    return ::ioctl(descriptor(), KVM_IOEVENTFD, &event) == 0;
}

bool KvmMachine::add(const Doorbell &doorbell)
{
    return ring(doorbell, false);
}

void KvmMachine::remove(const Doorbell &doorbell)
{
    ring(doorbell, true);
}

Result<> KvmMachine::resetInterruptControllers()
{
    return m_initialChips->write(descriptor());
}

void KvmMachine::stopClock()
{
    kvm_clock_data data = {};
    if (m_isClockStopped || ::ioctl(descriptor(), KVM_GET_CLOCK, &data) < 0)
        return;
    m_clock = data.clock;
    m_isClockStopped = true;
}

void KvmMachine::startClock()
{
    if (!m_isClockStopped)
        return;
    kvm_clock_data data = {};
    data.clock = m_clock;
    ::ioctl(descriptor(), KVM_SET_CLOCK, &data);
    m_isClockStopped = false;
}

Result<> KvmMachine::serialize(StateArchive &archive)
{
    Chips chips;
    if (archive.isSaving())
        TRY(chips.read(descriptor()));
    archive.beginChunk("kvm-machine", 1);
    // Kernel structures of fixed layout are saved as they are (uapi/linux/kvm.h).
    for (kvm_irqchip &controller : chips.controllers)
        archive.bytes({reinterpret_cast<std::uint8_t *>(&controller), sizeof controller});
    archive.bytes({reinterpret_cast<std::uint8_t *>(&chips.pit), sizeof chips.pit});
    std::uint64_t clock = m_clock;
    archive.value(clock);
    archive.endChunk();
    TRY(archive.result());
    if (archive.isLoading()) {
        for (unsigned i = 0; i < chips.controllers.size(); ++i)
            chips.controllers[i].chip_id = i;
        TRY(chips.write(descriptor()));
        m_clock = clock;
        m_isClockStopped = true;
    }
    return archive.result();
}

} // namespace engine
