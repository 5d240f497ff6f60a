// SPDX-License-Identifier: GPL-3.0-or-later
// The processor that a guest sees: what KVM offers on this host, with the machine's own numbers for
// topology and without what a machine cannot use. Pure; Intel SDM volume 2, CPUID; AMD APM volume
// 3, appendix E; KVM's own leaves: Documentation/virt/kvm/x86/cpuid.rst.
#pragma once

#include "engine/base/result.h"

#include <cstdint>
#include <vector>

struct kvm_cpuid_entry2;

namespace engine {

struct CpuidRequest
{
    unsigned vcpu = 0; // whose table
    unsigned vcpus = 1;
    bool isNestedVirtualizationOn = false;
    bool hasTscDeadline = false; // KVM_CAP_TSC_DEADLINE_TIMER
    unsigned tscKhz = 0; // 0: not told
};

void adjustCpuid(std::vector<kvm_cpuid_entry2> &entries, const CpuidRequest &request);

Result<std::vector<kvm_cpuid_entry2>> supportedCpuid(int kvm);

} // namespace engine
