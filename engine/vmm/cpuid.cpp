// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/cpuid.h"

#include "engine/vmm/kvm_flexible.h"
#include "engine/vmm/kvm_machine.h"

#include <algorithm>
#include <bit>
#include <cerrno>

#include <linux/kvm.h>

namespace engine {

namespace {

constexpr std::uint32_t bit(unsigned number)
{
    return std::uint32_t(1) << number;
}

unsigned bitsFor(unsigned count)
{
    return unsigned(std::bit_width(count - 1));
}

kvm_cpuid_entry2 *find(std::vector<kvm_cpuid_entry2> &entries, std::uint32_t leaf)
{
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const auto &entry) { return entry.function == leaf; });
    return found == entries.end() ? nullptr : &*found;
}

// Extended topology: one thread per core, all cores in one package.
void setTopologyLeaf(std::vector<kvm_cpuid_entry2> &entries, std::uint32_t leaf,
                     const CpuidRequest &request)
{
    if (!find(entries, leaf))
        return;
    std::erase_if(entries, [&](const auto &entry) { return entry.function == leaf; });
    constexpr std::uint32_t ThreadLevel = 1;
    constexpr std::uint32_t CoreLevel = 2;
    for (std::uint32_t level = 0; level < 3; ++level) {
        kvm_cpuid_entry2 entry = {};
        entry.function = leaf;
        entry.index = level;
        entry.flags = KVM_CPUID_FLAG_SIGNIFCANT_INDEX;
        entry.eax = level == 1 ? bitsFor(request.vcpus) : 0;
        entry.ebx = level == 0 ? 1 : level == 1 ? request.vcpus : 0;
        const std::uint32_t type = level == 0 ? ThreadLevel : level == 1 ? CoreLevel : 0;
        entry.ecx = level | (type << 8);
        entry.edx = request.vcpu;
        entries.push_back(entry);
    }
}

} // namespace

void adjustCpuid(std::vector<kvm_cpuid_entry2> &entries, const CpuidRequest &request)
{
    for (kvm_cpuid_entry2 &entry : entries) {
        switch (entry.function) {
        case 0x1:
            entry.ebx = (entry.ebx & 0x0000ffff) | (request.vcpu << 24)
                | (std::max(1u, std::bit_ceil(request.vcpus)) << 16);
            entry.ecx |= bit(31); // a hypervisor is present
            if (request.hasTscDeadline)
                entry.ecx |= bit(24);
            if (!request.isNestedVirtualizationOn)
                entry.ecx &= ~bit(5); // VMX
            if (request.vcpus > 1)
                entry.edx |= bit(28); // HTT: the logical processor count above counts
            else
                entry.edx &= ~bit(28);
            break;
        case 0x4: // caches: the first two levels per core, the others shared by all
            if ((entry.eax & 0x1f) != 0) {
                const bool isShared = ((entry.eax >> 5) & 7) >= 3;
                const std::uint32_t sharing = isShared ? request.vcpus - 1 : 0;
                entry.eax = (entry.eax & 0x3fff) | (sharing << 14) | ((request.vcpus - 1) << 26);
            }
            break;
        case 0x7:
            if (entry.index == 0)
                entry.edx &= ~(bit(22) | bit(24) | bit(25)); // AMX needs the process's permission
            break;
        case 0xa: // no performance counters
            entry.eax = entry.ebx = entry.ecx = entry.edx = 0;
            break;
        case 0x14: // no processor trace
            entry.eax = entry.ebx = entry.ecx = entry.edx = 0;
            break;
        case 0x80000001:
            if (!request.isNestedVirtualizationOn)
                entry.ecx &= ~bit(2); // SVM
            entry.ecx &= ~bit(22); // topology extensions: leaf 0x8000001e is the host's
            if (request.vcpus > 1)
                entry.ecx |= bit(1); // legacy multi-core
            break;
        case 0x80000008:
            entry.ecx = (entry.ecx & ~0xf0ffu) | (request.vcpus - 1)
                | (std::uint32_t(bitsFor(request.vcpus)) << 12);
            break;
        case 0x8000000a:
            if (!request.isNestedVirtualizationOn)
                entry.eax = entry.ebx = entry.ecx = entry.edx = 0;
            break;
        case 0x8000001d:
        case 0x8000001e:
            entry.eax = entry.ebx = entry.ecx = entry.edx = 0;
            break;
        default:
            break;
        }
    }
    setTopologyLeaf(entries, 0xb, request);
    setTopologyLeaf(entries, 0x1f, request);

    // The TSC's rate, so that a guest need not measure it (the convention of VMware's timing leaf,
    // which Linux and FreeBSD read under KVM too).
    if (request.tscKhz != 0) {
        if (kvm_cpuid_entry2 *signature = find(entries, 0x40000000)) {
            signature->eax = std::max(signature->eax, 0x40000010u);
            if (!find(entries, 0x40000010)) {
                kvm_cpuid_entry2 timing = {};
                timing.function = 0x40000010;
                timing.eax = request.tscKhz;
                timing.ebx = 1000000; // the APIC timer's rate in kHz: KVM counts nanoseconds
                entries.push_back(timing);
            }
        }
    }
}

Result<std::vector<kvm_cpuid_entry2>> supportedCpuid(int kvm)
{
    for (unsigned size = 128; size <= 1024; size *= 2) {
        std::vector<kvm_cpuid_entry2> entries(size);
        unsigned count = size;
        const int error = vitrineKvmGetSupportedCpuid(kvm, entries.data(), &count);
        if (error == E2BIG)
            continue;
        if (error != 0)
            return kvmError("KVM_GET_SUPPORTED_CPUID", error);
        entries.resize(count);
        return entries;
    }
    return kvmError("KVM_GET_SUPPORTED_CPUID", E2BIG);
}

} // namespace engine
