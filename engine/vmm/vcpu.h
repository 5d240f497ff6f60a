// SPDX-License-Identifier: GPL-3.0-or-later
// One vCPU and its thread: runs guest code, hands accesses to the buses, parks when told to.
//
// The thread is parked when made. letRun() and requestPause() may be called on any thread, the
// vCPU's own included; what needs the vCPU to stand still says "parked only" and is for the thread
// that waited for it.
#pragma once

#include "engine/bus/bus.h"
#include "engine/vmm/exit_statistics.h"
#include "engine/vmm/vcpu_state.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

struct kvm_cpuid_entry2;
struct kvm_run;

namespace engine {

class KvmMachine;

// On the vCPU's thread, which parks itself afterwards.
class VcpuEvents
{
public:
    virtual ~VcpuEvents() = default;
    virtual void vcpuTripleFaulted(unsigned vcpu, const std::string &registers) = 0;
    // KVM cannot go on. `text` is a sentence, `details` are lines for the log.
    virtual void vcpuFailed(unsigned vcpu, const std::string &text, const std::string &details) = 0;
    // KVM_EXIT_SYSTEM_EVENT.
    virtual void guestAsksForPowerOff() = 0;
    virtual void guestAsksForReset() = 0;
};

struct VcpuConfig
{
    unsigned index = 0;
    unsigned vcpus = 1;
    bool isNestedVirtualizationOn = false;
    bool isHyperV = false; // where KVM has it
};

class Vcpu final
{
public:
    static Result<std::unique_ptr<Vcpu>> create(KvmMachine &machine, Bus &memory, Bus &ports,
                                                VcpuEvents &events, const VcpuConfig &config);
    ~Vcpu(); // stops it

    void letRun();
    void requestPause(); // does not wait
    // False when it did not park in that time: the kernel does not give it back.
    bool waitUntilParked(std::chrono::milliseconds timeout);

    // Parked only.
    Result<> reset();
    Result<> saveTo(StateArchive &archive);
    Result<> loadFrom(StateArchive &archive);
    std::string describe() const;
    // Tells the guest that it stood still, so that its watchdogs are quiet.
    void noteResumed();

    void addStatistics(ExitStatistics &statistics) const; // any thread
    void *coalescedRing() const; // null: there is none

private:
    struct Counters;
    enum class Order { Park, Run, Quit };

    Vcpu(KvmMachine &machine, Bus &memory, Bus &ports, VcpuEvents &events, unsigned index);
    Result<> open(const VcpuConfig &config);
    Result<bool> offerHyperV(const VcpuConfig &config, std::vector<kvm_cpuid_entry2> &cpuid);
    void threadMain() noexcept;
    void park();
    void runOnce();
    void handleExit();
    void handleIo();
    void handleMmio();
    void fail(const std::string &text);
    void kick();
    std::string registerName() const;

    KvmMachine &m_machine;
    Bus &m_memory;
    Bus &m_ports;
    VcpuEvents &m_events;
    const unsigned m_index;
    int m_vcpu = -1;
    kvm_run *m_run = nullptr;
    std::size_t m_runBytes = 0;
    std::size_t m_xsaveBytes = 4096;
    std::vector<std::uint32_t> m_msrs;
    VcpuState m_initial;
    bool m_isAccessPending = false; // the guest's instruction is completed by the next KVM_RUN
    std::unique_ptr<Counters> m_counters;

    std::atomic<Order> m_order = Order::Park;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_isParked = false;
    std::atomic<int> m_threadId = 0;
    std::thread m_thread;
};

} // namespace engine
