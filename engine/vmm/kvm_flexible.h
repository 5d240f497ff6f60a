// SPDX-License-Identifier: GPL-3.0-or-later
// The KVM calls whose structures end in a flexible array, in C: the kernel's header declares those
// through an empty struct, which has size 1 in C++, so there every array would begin at the wrong
// place and the encoded ioctl numbers would be wrong. kvm_flexible.c asserts the layouts.
//
// All return 0, or the errno. Documentation/virt/kvm/api.rst has the semantics.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct kvm_cpuid_entry2;
struct kvm_msr_entry;
struct kvm_irq_routing_entry;

#ifdef __cplusplus
extern "C" {
#endif

// `count`: in: how many fit, out: how many there are.
int vitrineKvmGetSupportedCpuid(int kvm, struct kvm_cpuid_entry2 *entries, unsigned *count);
int vitrineKvmGetSupportedHvCpuid(int vcpu, struct kvm_cpuid_entry2 *entries, unsigned *count);
int vitrineKvmSetCpuid(int vcpu, const struct kvm_cpuid_entry2 *entries, unsigned count);
int vitrineKvmGetMsrIndexList(int kvm, uint32_t *indices, unsigned *count);
// `done`: how many were read or written before the first that KVM refused.
int vitrineKvmGetMsrs(int vcpu, struct kvm_msr_entry *entries, unsigned count, unsigned *done);
int vitrineKvmSetMsrs(int vcpu, const struct kvm_msr_entry *entries, unsigned count,
                      unsigned *done);
int vitrineKvmSetRouting(int vm, const struct kvm_irq_routing_entry *entries, unsigned count);
// `size` is what KVM_CAP_XSAVE2 answers for the machine, or 4096 where it answers 0.
int vitrineKvmGetXsave(int vcpu, void *area, size_t size);
int vitrineKvmSetXsave(int vcpu, const void *area, size_t size);

#ifdef __cplusplus
}
#endif
