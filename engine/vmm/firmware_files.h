// SPDX-License-Identifier: GPL-3.0-or-later
// Everything the firmware configuration device holds for a machine: what SeaBIOS and OVMF ask for,
// by QEMU's keys and names (QEMU docs/specs/fw_cfg.rst, SeaBIOS docs/Runtime_config.md).
//
// SeaBIOS takes the size of low memory from the CMOS, not from here: the board sets 0x30 to 0x35
// there too.
#pragma once

#include "engine/base/result.h"
#include "engine/devices/fw_cfg.h"
#include "engine/vmm/board_facts.h"

#include <functional>
#include <string>

namespace engine {

// Fills the device; once, before the machine starts. Takes the bytes of the kernel and of the video
// BIOS out of the config. `placements` is asked whenever the guest reads the ACPI tables, on the
// thread of the vCPU that does, with the device's lock held (see fw_cfg.h).
Result<> addFirmwareFiles(FwCfg &fwCfg, VmConfig &config, const BoardFacts &facts,
                          const std::function<FirmwarePlacements()> &placements);

// The file "bootorder": OpenFirmware paths as QEMU writes them, one a line, in boot order, with a
// NUL at the end. Empty when nothing has a boot index.
std::string bootOrder(const VmConfig &config, const BoardFacts &facts);

// The file "etc/e820".
std::vector<std::uint8_t> memoryMap(const BoardFacts &facts);

} // namespace engine
