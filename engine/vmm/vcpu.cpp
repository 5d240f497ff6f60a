// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/vcpu.h"

#include "engine/base/bytes.h"
#include "engine/base/log.h"
#include "engine/base/thread_filter.h"
#include "engine/vmm/cpuid.h"
#include "engine/vmm/hyperv.h"
#include "engine/vmm/kvm_flexible.h"
#include "engine/vmm/kvm_machine.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace engine {

namespace {

constexpr auto KickInterval = std::chrono::milliseconds(2);

int kickSignal()
{
    return SIGRTMIN + 2;
}

// The signal only makes KVM_RUN return.
void installKickHandler()
{
    static std::once_flag once;
    std::call_once(once, [] {
        struct sigaction action = {};
        action.sa_handler = [](int) {};
        sigemptyset(&action.sa_mask);
        ::sigaction(kickSignal(), &action, nullptr);
    });
}

const char *exitName(std::uint32_t reason)
{
    switch (reason) {
    case KVM_EXIT_IO:
        return "io";
    case KVM_EXIT_MMIO:
        return "mmio";
    case KVM_EXIT_HLT:
        return "hlt";
    case KVM_EXIT_INTR:
        return "intr";
    case KVM_EXIT_SHUTDOWN:
        return "shutdown";
    case KVM_EXIT_FAIL_ENTRY:
        return "fail-entry";
    case KVM_EXIT_INTERNAL_ERROR:
        return "internal-error";
    case KVM_EXIT_SYSTEM_EVENT:
        return "system-event";
    case KVM_EXIT_HYPERV:
        return "hyperv";
    case KVM_EXIT_IRQ_WINDOW_OPEN:
        return "irq-window";
    default:
        return "other";
    }
}

// Written by the vCPU's thread alone, read by any.
void count(std::atomic<std::uint64_t> &counter)
{
    counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

} // namespace

struct Vcpu::Counters
{
    struct Access
    {
        std::atomic<std::uint64_t> reads = 0;
        std::atomic<std::uint64_t> writes = 0;
    };

    static constexpr std::size_t Reasons = 64;
    static constexpr std::uint64_t PageMask = ~std::uint64_t(4095);

    std::array<std::atomic<std::uint64_t>, Reasons> reasons = {};
    std::atomic<std::uint64_t> signals = 0;
    std::array<std::unique_ptr<std::array<Access, 256>>, 256> ports; // by the upper byte
    mutable std::mutex mutex; // for the two below, and for new entries of `ports`
    std::map<std::uint64_t, AccessCount> addresses;

    void port(std::uint16_t number, bool isWrite)
    {
        auto &block = ports[number >> 8];
        if (!block) {
            const std::lock_guard lock(mutex);
            block = std::make_unique<std::array<Access, 256>>();
        }
        Access &access = (*block)[number & 0xff];
        count(isWrite ? access.writes : access.reads);
    }

    void address(std::uint64_t guestAddress, bool isWrite)
    {
        const std::lock_guard lock(mutex);
        AccessCount &access = addresses[guestAddress & PageMask];
        ++(isWrite ? access.writes : access.reads);
    }
};

Result<std::unique_ptr<Vcpu>> Vcpu::create(KvmMachine &machine, Bus &memory, Bus &ports,
                                           VcpuEvents &events, const VcpuConfig &config)
{
    installKickHandler();
    std::unique_ptr<Vcpu> vcpu(new Vcpu(machine, memory, ports, events, config.index));
    TRY(vcpu->open(config));
    vcpu->m_thread = std::thread([self = vcpu.get()]() noexcept { self->threadMain(); });
    return vcpu;
}

Vcpu::Vcpu(KvmMachine &machine, Bus &memory, Bus &ports, VcpuEvents &events, unsigned index)
    : m_machine(machine)
    , m_memory(memory)
    , m_ports(ports)
    , m_events(events)
    , m_index(index)
    , m_counters(std::make_unique<Counters>())
{ }

Result<> Vcpu::open(const VcpuConfig &config)
{
    m_vcpu = ::ioctl(m_machine.descriptor(), KVM_CREATE_VCPU, (unsigned long)m_index);
    if (m_vcpu < 0)
        return kvmError("KVM_CREATE_VCPU", errno);
    const int size = ::ioctl(m_machine.system(), KVM_GET_VCPU_MMAP_SIZE, 0);
    if (size < int(sizeof(kvm_run)))
        return kvmError("KVM_GET_VCPU_MMAP_SIZE", errno);
    m_runBytes = std::size_t(size);
    void *memory = ::mmap(nullptr, m_runBytes, PROT_READ | PROT_WRITE, MAP_SHARED, m_vcpu, 0);
    if (memory == MAP_FAILED)
        return kvmError("Mapping the vCPU", errno);
    m_run = static_cast<kvm_run *>(memory);

    std::vector<kvm_cpuid_entry2> cpuid = TRY(supportedCpuid(m_machine.system()));
    CpuidRequest request;
    request.vcpu = config.index;
    request.vcpus = config.vcpus;
    request.isNestedVirtualizationOn = config.isNestedVirtualizationOn;
    request.hasTscDeadline = m_machine.capability(KVM_CAP_TSC_DEADLINE_TIMER) > 0;
    const int tscKhz = ::ioctl(m_vcpu, KVM_GET_TSC_KHZ, 0);
    request.tscKhz = tscKhz > 0 ? unsigned(tscKhz) : 0;
    adjustCpuid(cpuid, request);
    const bool isHyperV = TRY(offerHyperV(config, cpuid));
    if (const int error = vitrineKvmSetCpuid(m_vcpu, cpuid.data(), unsigned(cpuid.size())))
        return kvmError("KVM_SET_CPUID2", error);

    if (const int xsave = m_machine.capability(KVM_CAP_XSAVE2); xsave > 4096)
        m_xsaveBytes = std::size_t(xsave);
    m_msrs = TRY(listMsrs(m_machine.system()));
    if (isHyperV)
        for (const std::uint32_t msr : hyperVMsrs())
            if (std::find(m_msrs.begin(), m_msrs.end(), msr) == m_msrs.end())
                m_msrs.push_back(msr);
    return m_initial.read(m_vcpu, m_msrs, m_xsaveBytes);
}

// Whether the guest sees it.
Result<bool> Vcpu::offerHyperV(const VcpuConfig &config, std::vector<kvm_cpuid_entry2> &cpuid)
{
    if (!config.isHyperV)
        return false;
    const std::vector<kvm_cpuid_entry2> offered = TRY(offeredHyperV(m_vcpu));
    auto synthetic = SyntheticInterrupts::Absent;
    if (!offered.empty() && m_machine.capability(KVM_CAP_HYPERV_SYNIC2) > 0) {
        kvm_enable_cap enable = {};
        enable.cap = KVM_CAP_HYPERV_SYNIC2;
        if (::ioctl(m_vcpu, KVM_ENABLE_CAP, &enable) < 0)
            return kvmError("KVM_CAP_HYPERV_SYNIC2", errno);
        synthetic = SyntheticInterrupts::Present;
    }
    if (replaceByHyperV(cpuid, offered, synthetic))
        return true;
    log(LogLevel::Warning, "vm", "this computer's KVM has no Hyper-V interface for the guest");
    return false;
}

Vcpu::~Vcpu()
{
    if (m_thread.joinable()) {
        {
            const std::lock_guard lock(m_mutex);
            m_order = Order::Quit;
            m_changed.notify_all();
        }
        while (!waitUntilParked(std::chrono::milliseconds(100)))
            kick();
        m_thread.join();
    }
    if (m_run)
        ::munmap(m_run, m_runBytes);
    if (m_vcpu >= 0)
        ::close(m_vcpu);
}

void Vcpu::letRun()
{
    const std::lock_guard lock(m_mutex);
    m_isParked = false;
    __atomic_store_n(&m_run->immediate_exit, std::uint8_t(0), __ATOMIC_RELAXED);
    m_order = Order::Run;
    m_changed.notify_all();
}

void Vcpu::requestPause()
{
    m_order = Order::Park;
    kick();
}

void Vcpu::kick()
{
    // Whether the signal comes before, in or after KVM_RUN: it returns at once.
    __atomic_store_n(&m_run->immediate_exit, std::uint8_t(1), __ATOMIC_RELEASE);
    if (const int thread = m_threadId; thread != 0)
        ::syscall(SYS_tgkill, ::getpid(), thread, kickSignal());
}

bool Vcpu::waitUntilParked(std::chrono::milliseconds timeout)
{
    const auto end = std::chrono::steady_clock::now() + timeout;
    std::unique_lock lock(m_mutex);
    while (!m_isParked) {
        if (std::chrono::steady_clock::now() >= end)
            return false;
        if (m_changed.wait_for(lock, KickInterval) == std::cv_status::timeout)
            kick();
    }
    return true;
}

void Vcpu::threadMain() noexcept
{
    m_threadId = int(::syscall(SYS_gettid));
    ::prctl(PR_SET_NAME, ("vcpu-" + std::to_string(m_index)).c_str());
    sigset_t signals;
    sigfillset(&signals);
    sigdelset(&signals, kickSignal());
    ::pthread_sigmask(SIG_SETMASK, &signals, nullptr);
    confineThread(ThreadRole::Vcpu);
    while (m_order != Order::Quit) {
        if (m_order == Order::Run || m_isAccessPending)
            runOnce();
        else
            park();
    }
    const std::lock_guard lock(m_mutex);
    m_isParked = true;
    m_changed.notify_all();
}

void Vcpu::park()
{
    std::unique_lock lock(m_mutex);
    // Woken by letRun(), it may find that it was told to pause again before it got here.
    while (m_order == Order::Park) {
        m_isParked = true;
        m_changed.notify_all();
        m_changed.wait(lock);
    }
    m_isParked = false;
}

void Vcpu::runOnce()
{
    // With an access pending and no order to run: KVM completes it and returns at once.
    if (m_order != Order::Run)
        __atomic_store_n(&m_run->immediate_exit, std::uint8_t(1), __ATOMIC_RELAXED);
    m_isAccessPending = false;
    const int result = ::ioctl(m_vcpu, KVM_RUN, 0);
    const int error = errno;
    m_machine.drainCoalesced();
    if (result < 0) {
        // EAGAIN: a vCPU that has not been started by another one yet.
        if (error == EINTR || error == EAGAIN)
            count(m_counters->signals);
        else
            fail(std::string("KVM does not run the guest any more: ") + std::strerror(error));
        return;
    }
    handleExit();
}

void Vcpu::handleExit()
{
    const std::uint32_t reason = m_run->exit_reason;
    count(m_counters->reasons[std::min<std::size_t>(reason, Counters::Reasons - 1)]);
    switch (reason) {
    case KVM_EXIT_IO:
        return handleIo();
    case KVM_EXIT_MMIO:
        return handleMmio();
    case KVM_EXIT_INTR:
    case KVM_EXIT_IRQ_WINDOW_OPEN:
    case KVM_EXIT_HLT:
        return;
    case KVM_EXIT_HYPERV:
        // There is nobody that a guest could send messages to (TLFS 4.6: an invalid code).
        if (m_run->hyperv.type == KVM_EXIT_HYPERV_HCALL)
            m_run->hyperv.u.hcall.result = 2;
        m_isAccessPending = true;
        return;
    case KVM_EXIT_SHUTDOWN:
        m_order = Order::Park;
        return m_events.vcpuTripleFaulted(m_index, describe());
    case KVM_EXIT_SYSTEM_EVENT:
        m_order = Order::Park;
        if (m_run->system_event.type == KVM_SYSTEM_EVENT_SHUTDOWN)
            return m_events.guestAsksForPowerOff();
        if (m_run->system_event.type == KVM_SYSTEM_EVENT_RESET)
            return m_events.guestAsksForReset();
        return fail("The guest's kernel reported a crash");
    case KVM_EXIT_INTERNAL_ERROR:
        if (m_run->internal.suberror == KVM_INTERNAL_ERROR_EMULATION)
            return fail("The guest used an instruction that this computer's KVM cannot emulate");
        return fail("KVM gave up running the guest (internal error "
                    + std::to_string(m_run->internal.suberror) + ")");
    case KVM_EXIT_FAIL_ENTRY: {
        char text[64];
        std::snprintf(text, sizeof text, "0x%llx",
                      (unsigned long long)m_run->fail_entry.hardware_entry_failure_reason);
        return fail(std::string("The processor refused to enter the guest (reason ") + text + ")");
    }
    default:
        return fail("KVM stopped the guest for a reason that this version does not know ("
                    + std::to_string(reason) + ")");
    }
}

void Vcpu::handleIo()
{
    m_isAccessPending = true;
    const auto &io = m_run->io;
    // The kernel puts the data behind the structure, inside the mapping.
    auto *data = reinterpret_cast<std::uint8_t *>(m_run) + io.data_offset;
    const bool isWrite = io.direction == KVM_EXIT_IO_OUT;
    const unsigned size = io.size;
    const std::uint16_t port = io.port;
    const std::uint32_t times = io.count;
    m_counters->port(port, isWrite);
    for (std::uint32_t i = 0; i < times; ++i, data += size) {
        std::uint64_t value = 0;
        if (isWrite) {
            std::memcpy(&value, data, size);
            m_ports.write(port, size, value);
        } else {
            value = m_ports.read(port, size);
            std::memcpy(data, &value, size);
        }
    }
}

void Vcpu::handleMmio()
{
    m_isAccessPending = true;
    auto &mmio = m_run->mmio;
    const unsigned size = std::min<unsigned>(mmio.len, sizeof mmio.data);
    m_counters->address(mmio.phys_addr, mmio.is_write != 0);
    std::uint64_t value = 0;
    if (mmio.is_write) {
        std::memcpy(&value, mmio.data, size);
        m_memory.write(mmio.phys_addr, size, value);
    } else {
        value = m_memory.read(mmio.phys_addr, size);
        std::memcpy(mmio.data, &value, size);
    }
}

void Vcpu::fail(const std::string &text)
{
    m_order = Order::Park;
    m_isAccessPending = false;
    std::string details = describe();
    if (m_run->exit_reason == KVM_EXIT_INTERNAL_ERROR) {
        details += "  exit data";
        for (unsigned i = 0; i < std::min(m_run->internal.ndata, 16u); ++i) {
            char word[32];
            std::snprintf(word, sizeof word, " %llx", (unsigned long long)m_run->internal.data[i]);
            details += word;
        }
        details += '\n';
    }
    m_events.vcpuFailed(m_index, text, details);
}

Result<> Vcpu::reset()
{
    m_isAccessPending = false;
    return m_initial.write(m_vcpu);
}

Result<> Vcpu::saveTo(StateArchive &archive)
{
    VcpuState state;
    TRY(state.read(m_vcpu, m_msrs, m_xsaveBytes));
    archive.beginChunk("vcpu-" + std::to_string(m_index), 1);
    state.serialize(archive, m_xsaveBytes);
    archive.endChunk();
    return archive.result();
}

Result<> Vcpu::loadFrom(StateArchive &archive)
{
    VcpuState state;
    archive.beginChunk("vcpu-" + std::to_string(m_index), 1);
    state.serialize(archive, m_xsaveBytes);
    archive.endChunk();
    TRY(archive.result());
    m_isAccessPending = false;
    return state.write(m_vcpu);
}

std::string Vcpu::describe() const
{
    std::string text = describeVcpu(m_vcpu, m_index);
    return text;
}

void Vcpu::noteResumed()
{
    ::ioctl(m_vcpu, KVM_KVMCLOCK_CTRL, 0);
}

void Vcpu::addStatistics(ExitStatistics &statistics) const
{
    for (std::size_t reason = 0; reason < Counters::Reasons; ++reason) {
        const std::uint64_t exits = m_counters->reasons[reason].load(std::memory_order_relaxed);
        if (exits == 0)
            continue;
        statistics.total += exits;
        statistics.byReason[exitName(std::uint32_t(reason))] += exits;
    }
    if (const std::uint64_t signals = m_counters->signals.load(std::memory_order_relaxed)) {
        statistics.total += signals;
        statistics.byReason["signal"] += signals;
    }
    const std::lock_guard lock(m_counters->mutex);
    for (std::size_t upper = 0; upper < m_counters->ports.size(); ++upper) {
        if (!m_counters->ports[upper])
            continue;
        for (std::size_t lower = 0; lower < 256; ++lower) {
            const Counters::Access &access = (*m_counters->ports[upper])[lower];
            const std::uint64_t reads = access.reads.load(std::memory_order_relaxed);
            const std::uint64_t writes = access.writes.load(std::memory_order_relaxed);
            if (reads == 0 && writes == 0)
                continue;
            AccessCount &total = statistics.ports[std::uint16_t(upper << 8 | lower)];
            total.reads += reads;
            total.writes += writes;
        }
    }
    for (const auto &[address, access] : m_counters->addresses) {
        AccessCount &total = statistics.addresses[address];
        total.reads += access.reads;
        total.writes += access.writes;
    }
}

void *Vcpu::coalescedRing() const
{
    if (m_machine.coalescedPage() == 0)
        return nullptr;
    return reinterpret_cast<std::uint8_t *>(m_run) + std::size_t(m_machine.coalescedPage()) * 4096;
}

} // namespace engine
