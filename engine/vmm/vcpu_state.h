// SPDX-License-Identifier: GPL-3.0-or-later
// All that a vCPU is between two instructions: read from KVM and written back in the order that the
// calls depend on each other, for reset and saved states (KVM api.rst; Intel SDM volume 3 for what
// the registers are). The vCPU stands still, with no access half done.
#pragma once

#include "engine/base/result.h"
#include "engine/bus/state_archive.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace engine {

class VcpuState final
{
public:
    VcpuState();
    VcpuState(VcpuState &&) noexcept;
    VcpuState &operator=(VcpuState &&) noexcept;
    ~VcpuState();

    // `msrs`: which to take; those that cannot be read are left out. `xsaveBytes` as in
    // kvm_flexible.h.
    Result<> read(int vcpu, const std::vector<std::uint32_t> &msrs, std::size_t xsaveBytes);
    Result<> write(int vcpu) const;
    void serialize(StateArchive &archive, std::size_t xsaveBytes);

private:
    struct Registers;
    std::unique_ptr<Registers> m_registers;
};

// Which MSRs this kernel says make up a vCPU.
Result<std::vector<std::uint32_t>> listMsrs(int kvm);

// Registers and the bytes at the instruction pointer, several lines, for logs.
std::string describeVcpu(int vcpu, unsigned index);

} // namespace engine
