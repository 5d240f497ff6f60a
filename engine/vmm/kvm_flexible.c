// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/kvm_flexible.h"

#include <errno.h>
#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

_Static_assert(sizeof(struct kvm_cpuid2) == 8 && offsetof(struct kvm_cpuid2, entries) == 8,
               "CPUID entries follow a header of 8 bytes");
_Static_assert(sizeof(struct kvm_msrs) == 8 && offsetof(struct kvm_msrs, entries) == 8,
               "MSR entries follow a header of 8 bytes");
_Static_assert(sizeof(struct kvm_msr_list) == 4 && offsetof(struct kvm_msr_list, indices) == 4,
               "MSR indices follow their count");
_Static_assert(sizeof(struct kvm_irq_routing) == 8
                   && offsetof(struct kvm_irq_routing, entries) == 8,
               "routes follow a header of 8 bytes");
_Static_assert(sizeof(struct kvm_xsave) == 4096, "the fixed part of the XSAVE area");
_Static_assert(KVM_SET_CPUID2 == 0x4008ae90, "encoded with the size of the header");
_Static_assert(KVM_SET_MSRS == 0x4008ae89, "encoded with the size of the header");

enum { XsaveBytes = 4096 };

static int answer(int result)
{
    return result < 0 ? errno : 0;
}

static int getCpuid(int descriptor, unsigned long request, struct kvm_cpuid_entry2 *entries,
                    unsigned *count)
{
    struct kvm_cpuid2 *list = calloc(1, sizeof *list + *count * sizeof *entries);
    if (!list)
        return ENOMEM;
    list->nent = *count;
    const int error = answer(ioctl(descriptor, request, list));
    if (error == 0) {
        *count = list->nent;
        memcpy(entries, list->entries, list->nent * sizeof *entries);
    }
    free(list);
    return error;
}

int vitrineKvmGetSupportedCpuid(int kvm, struct kvm_cpuid_entry2 *entries, unsigned *count)
{
    return getCpuid(kvm, KVM_GET_SUPPORTED_CPUID, entries, count);
}

int vitrineKvmGetSupportedHvCpuid(int vcpu, struct kvm_cpuid_entry2 *entries, unsigned *count)
{
    return getCpuid(vcpu, KVM_GET_SUPPORTED_HV_CPUID, entries, count);
}

int vitrineKvmSetCpuid(int vcpu, const struct kvm_cpuid_entry2 *entries, unsigned count)
{
    struct kvm_cpuid2 *list = calloc(1, sizeof *list + count * sizeof *entries);
    if (!list)
        return ENOMEM;
    list->nent = count;
    memcpy(list->entries, entries, count * sizeof *entries);
    const int error = answer(ioctl(vcpu, KVM_SET_CPUID2, list));
    free(list);
    return error;
}

int vitrineKvmGetMsrIndexList(int kvm, uint32_t *indices, unsigned *count)
{
    struct kvm_msr_list *list = calloc(1, sizeof *list + *count * sizeof *indices);
    if (!list)
        return ENOMEM;
    list->nmsrs = *count;
    const int error = answer(ioctl(kvm, KVM_GET_MSR_INDEX_LIST, list));
    if (error == 0) {
        *count = list->nmsrs;
        memcpy(indices, list->indices, list->nmsrs * sizeof *indices);
    }
    free(list);
    return error;
}

int vitrineKvmGetMsrs(int vcpu, struct kvm_msr_entry *entries, unsigned count, unsigned *done)
{
    struct kvm_msrs *list = calloc(1, sizeof *list + count * sizeof *entries);
    if (!list)
        return ENOMEM;
    list->nmsrs = count;
    memcpy(list->entries, entries, count * sizeof *entries);
    const int result = ioctl(vcpu, KVM_GET_MSRS, list);
    const int error = answer(result);
    *done = result < 0 ? 0 : (unsigned)result;
    memcpy(entries, list->entries, *done * sizeof *entries);
    free(list);
    return error;
}

int vitrineKvmSetMsrs(int vcpu, const struct kvm_msr_entry *entries, unsigned count, unsigned *done)
{
    struct kvm_msrs *list = calloc(1, sizeof *list + count * sizeof *entries);
    if (!list)
        return ENOMEM;
    list->nmsrs = count;
    memcpy(list->entries, entries, count * sizeof *entries);
    const int result = ioctl(vcpu, KVM_SET_MSRS, list);
    const int error = answer(result);
    *done = result < 0 ? 0 : (unsigned)result;
    free(list);
    return error;
}

int vitrineKvmSetRouting(int vm, const struct kvm_irq_routing_entry *entries, unsigned count)
{
    struct kvm_irq_routing *list = calloc(1, sizeof *list + count * sizeof *entries);
    if (!list)
        return ENOMEM;
    list->nr = count;
    memcpy(list->entries, entries, count * sizeof *entries);
    const int error = answer(ioctl(vm, KVM_SET_GSI_ROUTING, list));
    free(list);
    return error;
}

int vitrineKvmGetXsave(int vcpu, void *area, size_t size)
{
    return answer(ioctl(vcpu, size > XsaveBytes ? KVM_GET_XSAVE2 : KVM_GET_XSAVE, area));
}

int vitrineKvmSetXsave(int vcpu, const void *area, size_t size)
{
    (void)size;
    return answer(ioctl(vcpu, KVM_SET_XSAVE, area));
}
