// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/hyperv.h"

#include "engine/vmm/kvm_flexible.h"
#include "engine/vmm/kvm_machine.h"

#include <algorithm>
#include <cerrno>

#include <linux/kvm.h>

namespace engine {

namespace {

// TLFS 2.4.
enum Leaf : std::uint32_t {
    VendorAndMaximum = 0x40000000,
    Interface = 0x40000001,
    Version = 0x40000002,
    Features = 0x40000003,
    Recommendations = 0x40000004,
    Limits = 0x40000005,
};
constexpr std::uint32_t LastOfAnyHypervisor = 0x400000ff;
constexpr std::uint32_t InterfaceSignature = 0x31237648; // "Hv#1"

enum Privilege : std::uint32_t { // Features, EAX
    RunTime = 1u << 0,
    ReferenceCounter = 1u << 1,
    SynicRegisters = 1u << 2,
    TimerRegisters = 1u << 3,
    InterruptRegisters = 1u << 4,
    Hypercalls = 1u << 5,
    ProcessorIndex = 1u << 6,
    ReferenceTsc = 1u << 9,
    FrequencyRegisters = 1u << 11,
};
constexpr std::uint32_t NeededPrivileges = Hypercalls | ProcessorIndex; // by Windows and Linux
constexpr std::uint32_t SynicPrivileges = SynicRegisters | TimerRegisters;
constexpr std::uint32_t WantedPrivileges = NeededPrivileges | SynicPrivileges | RunTime
    | ReferenceCounter | InterruptRegisters | ReferenceTsc | FrequencyRegisters;

enum Feature : std::uint32_t { // Features, EDX
    HypercallsByXmm = 1u << 4,
    FrequenciesAvailable = 1u << 8,
    DirectTimers = 1u << 19,
};
constexpr std::uint32_t WantedFeatures = HypercallsByXmm | FrequenciesAvailable | DirectTimers;

enum Recommendation : std::uint32_t { // Recommendations, EAX
    RemoteTlbFlush = 1u << 2,
    ApicRegisters = 1u << 3,
    RelaxedTiming = 1u << 5, // no watchdogs for what a busy host delays
    NoAutoEoi = 1u << 9, // which would switch the processor's own APIC virtualization off
    ClusterIpi = 1u << 10,
    ManyProcessors = 1u << 11,
};
constexpr std::uint32_t WantedRecommendations =
    RemoteTlbFlush | ApicRegisters | RelaxedTiming | NoAutoEoi | ClusterIpi | ManyProcessors;
constexpr std::uint32_t NeverTellOfSpinning = 0xffffffff; // Recommendations, EBX

// TLFS 11.8 and 12.4.
enum Msr : std::uint32_t {
    SynicControl = 0x40000080,
    SynicEventPage = 0x40000082,
    SynicMessagePage = 0x40000083,
    SynicInterrupt0 = 0x40000090,
    Timer0Configuration = 0x400000b0, // and its count, for each
};
constexpr std::uint32_t SynicInterruptCount = 16;
constexpr std::uint32_t TimerCount = 4;

const kvm_cpuid_entry2 *find(const std::vector<kvm_cpuid_entry2> &entries, std::uint32_t leaf)
{
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const auto &entry) { return entry.function == leaf; });
    return found == entries.end() ? nullptr : &*found;
}

} // namespace

Result<std::vector<kvm_cpuid_entry2>> offeredHyperV(int vcpu)
{
    constexpr unsigned MostLeaves = 64;
    std::vector<kvm_cpuid_entry2> entries(MostLeaves);
    unsigned count = MostLeaves;
    if (const int error = vitrineKvmGetSupportedHvCpuid(vcpu, entries.data(), &count)) {
        if (error == ENOTTY || error == EINVAL)
            return std::vector<kvm_cpuid_entry2>();
        return kvmError("KVM_GET_SUPPORTED_HV_CPUID", error);
    }
    entries.resize(count);
    return entries;
}

bool replaceByHyperV(std::vector<kvm_cpuid_entry2> &entries,
                     const std::vector<kvm_cpuid_entry2> &offered, SyntheticInterrupts synthetic)
{
    std::vector<kvm_cpuid_entry2> leaves;
    for (std::uint32_t leaf = VendorAndMaximum; leaf <= Limits; ++leaf) {
        const kvm_cpuid_entry2 *const offer = find(offered, leaf);
        if (!offer)
            return false;
        leaves.push_back(*offer);
    }
    for (kvm_cpuid_entry2 &leaf : leaves) {
        switch (leaf.function) {
        case VendorAndMaximum: // KVM says "Linux KVM Hv", which nobody looks for
            leaf.eax = Limits;
            leaf.ebx = 0x7263694d; // "Microsoft Hv"
            leaf.ecx = 0x666f736f;
            leaf.edx = 0x76482074;
            break;
        case Interface:
            leaf.eax = InterfaceSignature;
            break;
        case Features:
            leaf.eax &= WantedPrivileges;
            leaf.ebx = 0; // there is no partition to talk to
            leaf.ecx = 0;
            leaf.edx &= WantedFeatures;
            if (synthetic == SyntheticInterrupts::Absent) {
                leaf.eax &= ~SynicPrivileges;
                leaf.edx &= ~std::uint32_t(DirectTimers);
            }
            if ((leaf.eax & NeededPrivileges) != NeededPrivileges)
                return false;
            break;
        case Recommendations:
            leaf.eax &= WantedRecommendations;
            leaf.ebx = NeverTellOfSpinning;
            break;
        default:
            break;
        }
    }
    std::erase_if(entries, [](const auto &entry) {
        return entry.function >= VendorAndMaximum && entry.function <= LastOfAnyHypervisor;
    });
    entries.insert(entries.end(), leaves.begin(), leaves.end());
    return true;
}

std::vector<std::uint32_t> hyperVMsrs()
{
    std::vector<std::uint32_t> msrs = {SynicControl, SynicEventPage, SynicMessagePage};
    for (std::uint32_t i = 0; i < SynicInterruptCount; ++i)
        msrs.push_back(SynicInterrupt0 + i);
    for (std::uint32_t i = 0; i < 2 * TimerCount; ++i)
        msrs.push_back(Timer0Configuration + i);
    return msrs;
}

} // namespace engine
