// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/ich9_lpc.h"

#include <algorithm>

namespace engine {

namespace {

// ICH9 13.1: PMBASE bits 15:7, decoded with ACPI_CNTL bit 7. The SCI stays IRQ 9 (SCI_IRQ_SEL,
// bits 2:0, cannot be written).
constexpr std::uint32_t PmBase = 0x40;
constexpr std::uint16_t PmBaseAddress = 0xff80;
constexpr std::uint32_t AcpiControl = 0x44;
constexpr std::uint8_t AcpiEnable = 0x80;
constexpr std::uint8_t PirqWritable = 0x8f;
// RCBA: bits 31:14, bit 0 enable.
constexpr std::uint32_t RootComplexBase = 0xf0;
constexpr std::uint32_t RootComplexAddress = 0xffffc000;

// ICH9 10.1: D31IP to D25IP and the routes that go with them, at their reset values.
struct ChipsetRegister
{
    std::uint32_t offset;
    std::uint32_t value;
};
constexpr ChipsetRegister ChipsetRegisters[] = {
    {0x3100, 0x03243200}, // D31IP: SMBus INTB#, SATA INTB#, thermal INTC#
    {0x3104, 0x00000000}, {0x3108, 0x10004321}, // D29IP
    {0x310c, 0x00214321}, // D28IP
    {0x3110, 0x00000001}, // D27IP: audio INTA#
    {0x3114, 0x30000321}, // D26IP
    {0x3118, 0x00000001}, // D25IP
    {0x3140, 0x00003210}, // D31IR
    {0x3144, 0x32103210}, // D29IR, D28IR
    {0x3148, 0x00003210}, // D27IR
    {0x314c, 0x00003210}, // D26IR
    {0x3150, 0x00003210}, // D25IR
    {0x3410, 0x00000020}, // GCS: NO_REBOOT, so drivers leave the watchdog alone
};

bool touches(std::uint32_t offset, unsigned size, std::uint32_t first, std::uint32_t count)
{
    return offset < first + count && offset + size > first;
}

} // namespace

Ich9Lpc::Ich9Lpc(IrqRouter &router, AcpiPm &power)
    : PciFunction("ich9-lpc",
                  {.vendorId = 0x8086,
                   .deviceId = 0x2918,
                   .classCode = 0x060100,
                   .revision = 2,
                   .isMultiFunction = true})
    , m_router(router)
    , m_power(power)
{
    const auto values = config();
    const auto mask = configMask();
    storeLe(&values[0x04], std::uint16_t(0x0007)); // always on
    storeLe(&mask[0x04], std::uint16_t(0x0140));
    storeLe(&values[0x06], std::uint16_t(0x0200)); // medium DEVSEL# timing
    values[PmBase] = 1; // in I/O space
    storeLe(&mask[PmBase], PmBaseAddress);
    mask[AcpiControl] = AcpiEnable;
    for (unsigned pirq = 0; pirq < pci::Ich9PirqCount; ++pirq) {
        values[pci::pirqRegister(pirq)] = pci::PirqRegisterReset;
        mask[pci::pirqRegister(pirq)] = PirqWritable;
    }
    // What these tune (GPIO and LPC decoding, power states, the BIOS flash) is not there; they keep
    // what is written.
    std::fill(mask.begin() + 0x80, mask.begin() + 0x94, std::uint8_t(0xff)); // LPC decode ranges
    std::fill(mask.begin() + 0xa0, mask.begin() + 0xb0, std::uint8_t(0xff)); // GEN_PMCON, GPI_ROUT
    mask[0xdc] = 0x1f; // BIOS_CNTL
    storeLe(&mask[RootComplexBase], RootComplexAddress | 1);
}

void Ich9Lpc::resetFunction()
{
    updateRoutes();
    placeBlock();
    placeChipsetRegisters();
}

void Ich9Lpc::configWritten(std::uint32_t offset, unsigned size)
{
    if (touches(offset, size, pci::pirqRegister(0), 12))
        updateRoutes();
    if (touches(offset, size, PmBase, 5))
        placeBlock();
    if (touches(offset, size, RootComplexBase, 4))
        placeChipsetRegisters();
}

void Ich9Lpc::serializeFunction(StateArchive &archive, std::uint32_t)
{
    if (!archive.isLoading())
        return;
    updateRoutes();
    placeBlock();
    placeChipsetRegisters();
}

std::uint64_t Ich9Lpc::readRegion(unsigned region, std::uint64_t offset, unsigned size)
{
    if (region != ChipsetRegion)
        return ~std::uint64_t(0);
    std::uint64_t value = 0;
    for (const ChipsetRegister &each : ChipsetRegisters)
        for (unsigned i = 0; i < size; ++i)
            if (offset + i >= each.offset && offset + i < each.offset + 4)
                value |= std::uint64_t((each.value >> (8 * (offset + i - each.offset))) & 0xff)
                    << (8 * i);
    return value;
}

void Ich9Lpc::updateRoutes()
{
    for (unsigned pirq = 0; pirq < pci::Ich9PirqCount; ++pirq)
        m_router.setRoute(pirq, config()[pci::pirqRegister(pirq)]);
}

void Ich9Lpc::placeBlock()
{
    std::optional<std::uint16_t> base;
    if ((config()[AcpiControl] & AcpiEnable) != 0)
        base = loadLe<std::uint16_t>(&config()[PmBase]) & PmBaseAddress;
    if (!connections().ports || base == m_powerBase)
        return;
    m_powerBase = base;
    m_power.place(*connections().ports, base);
}

void Ich9Lpc::placeChipsetRegisters()
{
    std::optional<std::uint32_t> base;
    const auto value = loadLe<std::uint32_t>(&config()[RootComplexBase]);
    if ((value & 1) != 0)
        base = value & RootComplexAddress;
    if (!connections().memory || base == m_chipsetBase)
        return;
    m_chipsetBase = base;
    connections().memory->remove(*this, ChipsetRegion);
    if (base)
        connections().memory->add({.base = *base,
                                   .size = ChipsetBytes,
                                   .device = this,
                                   .region = ChipsetRegion,
                                   .priority = BusPriority::GuestPlaced});
}

} // namespace engine
