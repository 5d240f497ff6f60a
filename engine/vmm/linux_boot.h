// SPDX-License-Identifier: GPL-3.0-or-later
// Direct boot of a Linux kernel: the bzImage and its initial RAM disk are prepared as a boot loader
// would (Linux Documentation/arch/x86/boot.rst) and handed to the guest through the firmware
// configuration device, from where QEMU's option ROM linuxboot_dma.bin, or OVMF, takes them.
#pragma once

#include "engine/base/result.h"
#include "engine/devices/fw_cfg.h"
#include "engine/vmm/vm_config.h"

namespace engine {

Result<> addLinuxKernel(FwCfg &fwCfg, VmKernel kernel, std::uint64_t lowMemoryBytes);

} // namespace engine
