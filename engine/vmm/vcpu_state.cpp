// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/vcpu_state.h"

#include "engine/vmm/kvm_flexible.h"
#include "engine/vmm/kvm_machine.h"

#include <algorithm>
#include <cerrno>
#include <cinttypes>
#include <cstdio>

#include <linux/kvm.h>
#include <sys/ioctl.h>

namespace engine {

namespace {

constexpr std::size_t MaxMsrs = 1024;
// Intel SDM volume 4: the deadline timer is armed by a write, so it comes after the time it is
// compared with and after the local APIC.
constexpr std::uint32_t MsrTsc = 0x10;
constexpr std::uint32_t MsrTscDeadline = 0x6e0;

template <class Structure>
void plainBytes(StateArchive &archive, Structure &structure)
{
    // A kernel structure of plain numbers and fixed layout (uapi/asm/kvm.h).
    archive.bytes({reinterpret_cast<std::uint8_t *>(&structure), sizeof structure});
}

} // namespace

struct VcpuState::Registers
{
    kvm_mp_state mpState = {};
    kvm_regs general = {};
    kvm_sregs special = {};
    kvm_xcrs extendedControl = {};
    kvm_debugregs debug = {};
    kvm_lapic_state lapic = {};
    kvm_vcpu_events events = {};
    std::vector<std::uint8_t> xsave;
    std::vector<kvm_msr_entry> msrs;
};

VcpuState::VcpuState()
    : m_registers(std::make_unique<Registers>())
{ }
VcpuState::VcpuState(VcpuState &&) noexcept = default;
VcpuState &VcpuState::operator=(VcpuState &&) noexcept = default;
VcpuState::~VcpuState() = default;

Result<> VcpuState::read(int vcpu, const std::vector<std::uint32_t> &msrs, std::size_t xsaveBytes)
{
    Registers &state = *m_registers;
    // First: it takes INIT and SIPI that are waiting.
    if (::ioctl(vcpu, KVM_GET_MP_STATE, &state.mpState) < 0)
        return kvmError("KVM_GET_MP_STATE", errno);
    if (::ioctl(vcpu, KVM_GET_REGS, &state.general) < 0)
        return kvmError("KVM_GET_REGS", errno);
    if (::ioctl(vcpu, KVM_GET_SREGS, &state.special) < 0)
        return kvmError("KVM_GET_SREGS", errno);
    state.xsave.assign(xsaveBytes, 0);
    if (const int error = vitrineKvmGetXsave(vcpu, state.xsave.data(), xsaveBytes))
        return kvmError("KVM_GET_XSAVE", error);
    if (::ioctl(vcpu, KVM_GET_XCRS, &state.extendedControl) < 0)
        return kvmError("KVM_GET_XCRS", errno);
    if (::ioctl(vcpu, KVM_GET_DEBUGREGS, &state.debug) < 0)
        return kvmError("KVM_GET_DEBUGREGS", errno);
    if (::ioctl(vcpu, KVM_GET_LAPIC, &state.lapic) < 0)
        return kvmError("KVM_GET_LAPIC", errno);

    state.msrs.clear();
    std::vector<kvm_msr_entry> wanted;
    for (const std::uint32_t index : msrs) {
        kvm_msr_entry entry = {};
        entry.index = index;
        wanted.push_back(entry);
    }
    // KVM stops at the first that it lists but cannot read; that one is left out.
    for (std::size_t at = 0; at < wanted.size();) {
        unsigned done = 0;
        if (const int error =
                vitrineKvmGetMsrs(vcpu, &wanted[at], unsigned(wanted.size() - at), &done))
            return kvmError("KVM_GET_MSRS", error);
        state.msrs.insert(state.msrs.end(), wanted.begin() + std::ptrdiff_t(at),
                          wanted.begin() + std::ptrdiff_t(at + done));
        at += done + 1;
    }
    std::stable_partition(state.msrs.begin(), state.msrs.end(),
                          [](const kvm_msr_entry &entry) { return entry.index == MsrTsc; });
    std::stable_partition(state.msrs.begin(), state.msrs.end(),
                          [](const kvm_msr_entry &entry) { return entry.index != MsrTscDeadline; });
    // Last: the calls above may change what is pending.
    if (::ioctl(vcpu, KVM_GET_VCPU_EVENTS, &state.events) < 0)
        return kvmError("KVM_GET_VCPU_EVENTS", errno);
    return {};
}

Result<> VcpuState::write(int vcpu) const
{
    Registers &state = *m_registers;
    if (::ioctl(vcpu, KVM_SET_MP_STATE, &state.mpState) < 0)
        return kvmError("KVM_SET_MP_STATE", errno);
    if (::ioctl(vcpu, KVM_SET_REGS, &state.general) < 0)
        return kvmError("KVM_SET_REGS", errno);
    if (::ioctl(vcpu, KVM_SET_SREGS, &state.special) < 0)
        return kvmError("KVM_SET_SREGS", errno);
    if (const int error = vitrineKvmSetXsave(vcpu, state.xsave.data(), state.xsave.size()))
        return kvmError("KVM_SET_XSAVE", error);
    if (::ioctl(vcpu, KVM_SET_XCRS, &state.extendedControl) < 0)
        return kvmError("KVM_SET_XCRS", errno);
    if (::ioctl(vcpu, KVM_SET_DEBUGREGS, &state.debug) < 0)
        return kvmError("KVM_SET_DEBUGREGS", errno);
    // After the special registers, which have the APIC's base; before its timer's deadline.
    if (::ioctl(vcpu, KVM_SET_LAPIC, &state.lapic) < 0)
        return kvmError("KVM_SET_LAPIC", errno);
    // An MSR that can be read but not written keeps what it has.
    for (std::size_t at = 0; at < state.msrs.size();) {
        unsigned done = 0;
        if (const int error =
                vitrineKvmSetMsrs(vcpu, &state.msrs[at], unsigned(state.msrs.size() - at), &done))
            return kvmError("KVM_SET_MSRS", error);
        at += done + 1;
    }
    // Last: setting the general registers forgets pending exceptions.
    if (::ioctl(vcpu, KVM_SET_VCPU_EVENTS, &state.events) < 0)
        return kvmError("KVM_SET_VCPU_EVENTS", errno);
    return {};
}

void VcpuState::serialize(StateArchive &archive, std::size_t xsaveBytes)
{
    Registers &state = *m_registers;
    plainBytes(archive, state.mpState);
    plainBytes(archive, state.general);
    plainBytes(archive, state.special);
    plainBytes(archive, state.extendedControl);
    plainBytes(archive, state.debug);
    plainBytes(archive, state.lapic);
    plainBytes(archive, state.events);
    archive.list(state.xsave, xsaveBytes);
    if (archive.isLoading() && !archive.hasFailed() && state.xsave.size() != xsaveBytes)
        archive.fail("it was saved on a computer whose processor has other extensions");
    auto count = std::uint32_t(state.msrs.size());
    archive.value(count);
    if (count > MaxMsrs)
        return archive.fail("it has too many model-specific registers");
    state.msrs.resize(count);
    for (kvm_msr_entry &entry : state.msrs) {
        archive.value(entry.index);
        archive.value(entry.data);
    }
}

Result<std::vector<std::uint32_t>> listMsrs(int kvm)
{
    std::vector<std::uint32_t> indices(MaxMsrs);
    auto count = unsigned(indices.size());
    if (const int error = vitrineKvmGetMsrIndexList(kvm, indices.data(), &count))
        return kvmError("KVM_GET_MSR_INDEX_LIST", error);
    indices.resize(count);
    return indices;
}

std::string describeVcpu(int vcpu, unsigned index)
{
    kvm_regs regs = {};
    kvm_sregs sregs = {};
    if (::ioctl(vcpu, KVM_GET_REGS, &regs) < 0 || ::ioctl(vcpu, KVM_GET_SREGS, &sregs) < 0)
        return "vCPU " + std::to_string(index) + ": its registers cannot be read\n";
    std::string text = "vCPU " + std::to_string(index) + ":\n";
    char line[256];
    const auto add = [&](auto... values) {
        std::snprintf(line, sizeof line, values...);
        text += line;
    };
    const auto u = [](std::uint64_t value) { return (unsigned long long)value; };
    add("  rip %016llx  rflags %08llx\n", u(regs.rip), u(regs.rflags));
    add("  rax %016llx  rbx %016llx  rcx %016llx  rdx %016llx\n", u(regs.rax), u(regs.rbx),
        u(regs.rcx), u(regs.rdx));
    add("  rsi %016llx  rdi %016llx  rbp %016llx  rsp %016llx\n", u(regs.rsi), u(regs.rdi),
        u(regs.rbp), u(regs.rsp));
    add("  r8  %016llx  r9  %016llx  r10 %016llx  r11 %016llx\n", u(regs.r8), u(regs.r9),
        u(regs.r10), u(regs.r11));
    add("  r12 %016llx  r13 %016llx  r14 %016llx  r15 %016llx\n", u(regs.r12), u(regs.r13),
        u(regs.r14), u(regs.r15));
    add("  cs %04x base %llx limit %x  ss %04x base %llx  ds %04x base %llx\n",
        unsigned(sregs.cs.selector), u(sregs.cs.base), sregs.cs.limit, unsigned(sregs.ss.selector),
        u(sregs.ss.base), unsigned(sregs.ds.selector), u(sregs.ds.base));
    add("  cr0 %llx  cr2 %llx  cr3 %llx  cr4 %llx  efer %llx\n", u(sregs.cr0), u(sregs.cr2),
        u(sregs.cr3), u(sregs.cr4), u(sregs.efer));
    return text;
}

} // namespace engine
