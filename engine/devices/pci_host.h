// SPDX-License-Identifier: GPL-3.0-or-later
// The host bridges, function 00.0 of the two boards: Intel 82441FX (i440fx; datasheet 290549) and
// the MCH of Q35 (Intel 3 Series datasheet 316966, chapter 5).
//
// Below 1 MiB all is RAM that can be read and written, whatever the PAM registers say; firmware
// sets them and reads them back. They, and all other registers from 0x40 on, keep what is written:
// OVMF takes that for a chip without what it asks for (extended TSEG, for one).
#pragma once

#include "engine/bus/pci_function.h"
#include "engine/devices/pci_config_access.h"

namespace engine {

class I440fxHost final : public PciFunction
{
public:
    I440fxHost();

private:
    void serializeFunction(StateArchive &, std::uint32_t) override { }
};

class Q35Host final : public PciFunction
{
public:
    // PCIEXBAR says where `access` shows ECAM, on connections().memory.
    explicit Q35Host(PciConfigAccess &access);

private:
    void resetFunction() override;
    void configWritten(std::uint32_t offset, unsigned size) override;
    void serializeFunction(StateArchive &archive, std::uint32_t version) override;
    void placeEcam();

    PciConfigAccess &m_access;
    std::uint64_t m_ecamBase = 0;
    std::uint64_t m_ecamSize = 0; // 0: nowhere
};

} // namespace engine
