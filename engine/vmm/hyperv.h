// SPDX-License-Identifier: GPL-3.0-or-later
// Microsoft's hypervisor interface as KVM has it, for guests that know that one and not KVM's:
// Windows. What it is: Microsoft, Hypervisor Top-Level Functional Specification (TLFS) 6.0b,
// chapter 2 and 12; what KVM has of it: Documentation/virt/kvm/api.rst, KVM_GET_SUPPORTED_HV_CPUID.
#pragma once

#include "engine/base/result.h"

#include <cstdint>
#include <vector>

struct kvm_cpuid_entry2;

namespace engine {

// Of a vCPU: all that KVM could offer. Empty: it was built without.
Result<std::vector<kvm_cpuid_entry2>> offeredHyperV(int vcpu);

enum class SyntheticInterrupts : bool { Absent, Present };

// Puts Microsoft's leaves in the place of KVM's own, with the part of the offer that helps a guest
// here: time and timers without exits, interrupts and TLB flushes of several processors with one,
// no impatience. Not beside KVM's: a guest that knows both (Linux) takes one of them, and firmware
// needs neither. The answer is whether there was enough; if not, nothing is changed.
bool replaceByHyperV(std::vector<kvm_cpuid_entry2> &entries,
                     const std::vector<kvm_cpuid_entry2> &offered, SyntheticInterrupts synthetic);

// The registers that a saved state needs and KVM does not list (KVM_GET_MSR_INDEX_LIST), in the
// order in which they are written.
std::vector<std::uint32_t> hyperVMsrs();

} // namespace engine
