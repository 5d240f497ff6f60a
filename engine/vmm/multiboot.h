// SPDX-License-Identifier: GPL-3.0-or-later
// Direct boot of a multiboot kernel (Multiboot Specification 0.6.96), as kvm-unit-tests are: a flat
// image with addresses in its header, or a 32-bit ELF file. It is laid out as it shall lie in
// memory, with its module behind it, and handed to the guest through the firmware configuration
// device, from where QEMU's option ROM multiboot_dma.bin takes it.
#pragma once

#include "engine/base/result.h"
#include "engine/devices/fw_cfg.h"
#include "engine/vmm/vm_config.h"

#include <cstdint>
#include <span>

namespace engine {

// Whether there is a header in the first 8192 bytes (3.1).
bool isMultibootKernel(std::span<const std::uint8_t> image);

// The initial RAM disk becomes its only module. BIOS only.
Result<> addMultibootKernel(FwCfg &fwCfg, VmKernel kernel, std::uint64_t lowMemoryBytes);

} // namespace engine
