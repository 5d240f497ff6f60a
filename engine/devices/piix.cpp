// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/piix.h"

#include <algorithm>

namespace engine {

namespace {

constexpr std::uint32_t PirqRegister = pci::pirqRegister(0);
constexpr std::uint8_t PirqWritable = 0x8f;

// 82371AB 7.1: PMBASE bits 15:6, PMREGMISC bit 0 decodes them.
constexpr std::uint32_t PmBase = 0x40;
constexpr std::uint16_t PmBaseAddress = 0xffc0;
constexpr std::uint32_t PmMiscellaneous = 0x80;

bool touches(std::uint32_t offset, unsigned size, std::uint32_t first, std::uint32_t count)
{
    return offset < first + count && offset + size > first;
}

} // namespace

Piix3Bridge::Piix3Bridge(IrqRouter &router)
    : PciFunction(
        "piix3",
        {.vendorId = 0x8086, .deviceId = 0x7000, .classCode = 0x060100, .isMultiFunction = true})
    , m_router(router)
{
    const auto values = config();
    const auto mask = configMask();
    storeLe(&values[0x04], std::uint16_t(0x0007)); // always on
    storeLe(&mask[0x04], std::uint16_t(0x0100));
    storeLe(&values[0x06], std::uint16_t(0x0200)); // medium DEVSEL# timing
    // Reset values of 290550 2.2. Software may change them; what they tune (ISA
    // timing, X-bus chip selects, SMI timers) is not there.
    std::fill(mask.begin() + 0x4c, mask.begin() + 0xb0, std::uint8_t(0xff));
    values[0x4c] = 0x4d; // I/O recovery
    values[0x4e] = 0x03; // X-bus chip select
    values[0x69] = 0x02; // top of memory
    values[0x70] = 0x80; // motherboard device IRQ route
    storeLe(&values[0x76], std::uint16_t(0x0c0c)); // motherboard device DMA
    values[0x78] = 0x02; // programmable chip select
    values[0xa0] = 0x08; // SMI control
    values[0xa8] = 0x0f; // fast-off timer
    for (unsigned pirq = 0; pirq < pci::PiixPirqCount; ++pirq) {
        values[PirqRegister + pirq] = pci::PirqRegisterReset;
        mask[PirqRegister + pirq] = PirqWritable;
    }
}

void Piix3Bridge::resetFunction()
{
    updateRoutes();
}

void Piix3Bridge::configWritten(std::uint32_t offset, unsigned size)
{
    if (touches(offset, size, PirqRegister, pci::PiixPirqCount))
        updateRoutes();
}

void Piix3Bridge::serializeFunction(StateArchive &archive, std::uint32_t)
{
    if (archive.isLoading())
        updateRoutes();
}

void Piix3Bridge::updateRoutes()
{
    for (unsigned pirq = 0; pirq < pci::PiixPirqCount; ++pirq)
        m_router.setRoute(pirq, config()[PirqRegister + pirq]);
}

Piix4Power::Piix4Power(AcpiPm &power)
    : PciFunction("piix4-power",
                  {.vendorId = 0x8086,
                   .deviceId = 0x7113,
                   .classCode = 0x068000,
                   .revision = 3,
                   .interruptPin = 1})
    , m_power(power)
{
    const auto values = config();
    const auto mask = configMask();
    storeLe(&values[0x06], std::uint16_t(0x0280)); // fast back-to-back, medium DEVSEL# timing
    values[0x3c] = pci::SciIrq;
    values[PmBase] = 1; // in I/O space
    storeLe(&mask[PmBase], PmBaseAddress);
    std::fill(mask.begin() + 0x44, mask.begin() + 0x60, std::uint8_t(0xff)); // counters, activity
    // DEVACTB bit 25, APMC_EN: firmware that finds it set takes SMIs for set up and leaves them
    // alone (SeaBIOS src/fw/smm.c).
    values[0x5b] = 0x02;
    mask[PmMiscellaneous] = 1;
    values[0x90] = 1; // SMBus: in I/O space, never enabled (0xd2 stays 0), because there is none
}

void Piix4Power::resetFunction()
{
    placeBlock();
}

void Piix4Power::configWritten(std::uint32_t offset, unsigned size)
{
    if (touches(offset, size, PmBase, 4) || touches(offset, size, PmMiscellaneous, 1))
        placeBlock();
}

void Piix4Power::serializeFunction(StateArchive &archive, std::uint32_t)
{
    if (archive.isLoading())
        placeBlock();
}

void Piix4Power::placeBlock()
{
    std::optional<std::uint16_t> base;
    if ((config()[PmMiscellaneous] & 1) != 0)
        base = loadLe<std::uint16_t>(&config()[PmBase]) & PmBaseAddress;
    if (!connections().ports || base == m_base)
        return;
    m_base = base;
    m_power.place(*connections().ports, base);
}

} // namespace engine
