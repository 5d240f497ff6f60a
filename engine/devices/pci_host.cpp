// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/pci_host.h"

#include <algorithm>

namespace engine {

namespace {

constexpr std::uint32_t HostBridgeClass = 0x060000;
constexpr std::size_t FirstOwnRegister = 0x40;

// PCIEXBAR: bit 0 enable, bits 2:1 length, base in bits 35:26.
constexpr std::uint32_t PciExpressBar = 0x60;
constexpr std::uint64_t PciExpressBarReset = 0xe0000000;
constexpr std::uint64_t PciExpressBarWritable = 0x0000000ffc000007;
constexpr std::uint64_t PciExpressBarBase = 0x0000000ffc000000;

// Command and status as after power-on: memory on and bus master, which software cannot turn off;
// no I/O. Fast back-to-back and medium DEVSEL# timing.
void makeHostBridge(std::span<std::uint8_t> config, std::span<std::uint8_t> mask)
{
    storeLe(&config[0x04], std::uint16_t(0x0006));
    storeLe(&mask[0x04], std::uint16_t(0x0140)); // parity and SERR# responses
    storeLe(&config[0x06], std::uint16_t(0x0280));
    std::fill(mask.begin() + FirstOwnRegister, mask.end(), std::uint8_t(0xff));
}

} // namespace

I440fxHost::I440fxHost()
    : PciFunction(
        "i440fx-host",
        {.vendorId = 0x8086, .deviceId = 0x1237, .classCode = HostBridgeClass, .revision = 2})
{
    makeHostBridge(config(), configMask());
    config()[0x72] = 0x02; // SMRAM: compatible SMRAM at 0xa0000
}

Q35Host::Q35Host(PciConfigAccess &access)
    : PciFunction("q35-host",
                  {.vendorId = 0x8086, .deviceId = 0x29c0, .classCode = HostBridgeClass})
    , m_access(access)
{
    makeHostBridge(config(), configMask());
    config()[0x9d] = 0x02; // SMRAM, as above
    storeLe(&config()[PciExpressBar], PciExpressBarReset);
    storeLe(&configMask()[PciExpressBar], PciExpressBarWritable);
}

void Q35Host::resetFunction()
{
    placeEcam();
}

void Q35Host::configWritten(std::uint32_t offset, unsigned size)
{
    if (offset < PciExpressBar + 8 && offset + size > PciExpressBar)
        placeEcam();
}

void Q35Host::serializeFunction(StateArchive &archive, std::uint32_t)
{
    if (archive.isLoading())
        placeEcam();
}

void Q35Host::placeEcam()
{
    const auto bar = loadLe<std::uint64_t>(&config()[PciExpressBar]);
    const auto length = unsigned(bar >> 1) & 3;
    const bool isOn = (bar & 1) != 0 && length != 3; // 3 is reserved
    const std::uint64_t size = isOn ? (std::uint64_t(256) << 20) >> length : 0;
    // Below the window's own size the base's bits do not count.
    const std::uint64_t base = isOn ? (bar & PciExpressBarBase) & ~(size - 1) : 0;
    if (!connections().memory || (base == m_ecamBase && size == m_ecamSize))
        return;
    m_ecamBase = base;
    m_ecamSize = size;
    m_access.mapEcam(*connections().memory, base, size);
}

} // namespace engine
