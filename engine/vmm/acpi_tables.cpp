// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/acpi_tables.h"

#include "engine/base/bytes.h"
#include "engine/base/result.h"
#include "engine/bus/pci_routing.h"
#include "engine/devices/acpi_pm.h"
#include "engine/devices/tpm_crb.h"
#include "engine/vmm/acpi_dsdt.h"
#include "engine/vmm/acpi_loader.h"

#include <algorithm>
#include <string_view>

namespace engine {

namespace {

constexpr std::size_t HeaderBytes = 36;
constexpr std::size_t TableAlignment = 64; // the FACS asks for it
// The windows of the host bridge may need a descriptor more or less, so there is room at the end.
constexpr std::size_t SizeUnit = 4096;
constexpr std::size_t Spare = 256;

constexpr std::uint32_t LocalApicAddress = 0xfee00000;
constexpr std::uint32_t IoApicAddress = 0xfec00000;

std::vector<std::uint8_t> text(std::string_view characters)
{
    return {characters.begin(), characters.end()};
}

// Bytes of a table, little-endian.
class Table final
{
public:
    // 5.2.6; length and checksum come later.
    Table(std::string_view signature, unsigned revision)
    {
        put(text(signature));
        number(0, 4);
        number(revision, 1);
        number(0, 1);
        put(text("VITRIN"));
        put(text("VITRINE "));
        number(1, 4);
        put(text("VTRN"));
        number(1, 4);
    }
    explicit Table(std::vector<std::uint8_t> content)
        : bytes(std::move(content))
    { }

    void put(const std::vector<std::uint8_t> &more)
    {
        bytes.insert(bytes.end(), more.begin(), more.end());
    }
    void number(std::uint64_t value, unsigned size)
    {
        for (unsigned i = 0; i < size; ++i)
            bytes.push_back(std::uint8_t(value >> (8 * i)));
    }
    // A generic address, 5.2.3.2; of I/O ports, or of nothing.
    void port(std::uint64_t address, unsigned size, unsigned accessSize)
    {
        number(address == 0 ? 0 : 1, 1);
        number(address == 0 ? 0 : 8 * size, 1);
        number(0, 1);
        number(address == 0 ? 0 : accessSize, 1);
        number(address, 8);
    }
    void set(std::size_t at, std::uint64_t value, unsigned size)
    {
        storePart(bytes, at, size, value);
    }

    std::vector<std::uint8_t> bytes;
};

// 5.2.10.
Table buildFacs()
{
    Table facs(text("FACS"));
    facs.number(64, 4);
    facs.bytes.resize(64);
    facs.set(32, 1, 1); // version
    return facs;
}

// 5.2.9, as ACPI 2.0 had it (revision 3): every guest knows it. Pointers are filled in by the
// loader.
enum FadtOffset : std::size_t { FadtFacs = 36, FadtDsdt = 40, FadtXDsdt = 140 };

enum FadtFlag : std::uint32_t {
    Wbinvd = 1u << 0,
    ProcC1 = 1u << 2,
    NoFixedSleepButton = 1u << 5,
    NoFixedRtcWake = 1u << 6,
    HasResetRegister = 1u << 10,
    UsePlatformClock = 1u << 15, // the PM timer rather than the TSC
    ForceApicCluster = 1u << 18,
};

Table buildFadt(const BoardFacts &facts, const FirmwarePlacements &placements)
{
    const auto kind = facts.board == VmBoard::Q35 ? AcpiPm::Kind::Ich9 : AcpiPm::Kind::Piix4;
    const std::uint64_t event = placements.pmBase + AcpiPm::EventOffset;
    const std::uint64_t control = placements.pmBase + AcpiPm::ControlOffset;
    const std::uint64_t timer = placements.pmBase + AcpiPm::TimerOffset;
    const std::uint64_t gpe = kind == AcpiPm::Kind::Ich9 ? placements.pmBase + AcpiPm::Ich9GpeOffset
                                                         : AcpiPm::PiixGpeBase;
    const unsigned gpeBytes =
        kind == AcpiPm::Kind::Ich9 ? AcpiPm::Ich9GpeBytes : AcpiPm::PiixGpeBytes;
    std::uint32_t flags =
        Wbinvd | ProcC1 | NoFixedSleepButton | NoFixedRtcWake | HasResetRegister | UsePlatformClock;
    if (facts.vcpus > 8) // flat logical mode reaches no more
        flags |= ForceApicCluster;

    Table fadt("FACP", 3);
    fadt.bytes.resize(244);
    fadt.set(44, 1, 1); // INT_MODEL of ACPI 1.0: APIC
    fadt.set(45, 1, 1); // a desktop
    fadt.set(46, pci::SciIrq, 2);
    fadt.set(48, AcpiPm::ApmBase, 4);
    fadt.set(52, AcpiPm::enableValue(kind), 1);
    fadt.set(53, AcpiPm::disableValue(kind), 1);
    fadt.set(56, event, 4);
    fadt.set(64, control, 4);
    fadt.set(76, timer, 4);
    fadt.set(80, gpe, 4);
    fadt.set(88, 4, 1);
    fadt.set(89, 2, 1);
    fadt.set(91, 4, 1);
    fadt.set(92, gpeBytes, 1);
    fadt.set(96, 0xfff, 2); // no C2
    fadt.set(98, 0xfff, 2); // no C3
    fadt.set(108, 0x32, 1); // the RTC's century
    fadt.set(109, 0x3, 2); // ISA devices, an 8042; VGA, MSI
    fadt.set(112, flags, 4);
    const auto address = [&fadt](std::size_t at, std::uint64_t port, unsigned size,
                                 unsigned accessSize) {
        Table generic(std::vector<std::uint8_t>{});
        generic.port(port, size, accessSize);
        std::ranges::copy(generic.bytes, fadt.bytes.begin() + std::ptrdiff_t(at));
    };
    address(116, 0xcf9, 1, 1);
    fadt.set(128, 0x0f, 1); // full reset
    address(148, event, 4, 2);
    address(172, control, 2, 2);
    address(208, timer, 4, 3);
    address(220, gpe, gpeBytes, 1);
    return fadt;
}

// 5.2.12.
Table buildMadt(const BoardFacts &facts)
{
    Table madt("APIC", 1);
    madt.number(LocalApicAddress, 4);
    madt.number(1, 4); // there is a PIC too
    for (unsigned i = 0; i < facts.vcpus; ++i) {
        madt.put({0, 8}); // local APIC
        madt.number(i, 1); // _UID
        madt.number(i, 1); // APIC id
        madt.number(1, 4); // enabled
    }
    madt.put({1, 12, 0, 0}); // IOAPIC 0
    madt.number(IoApicAddress, 4);
    madt.number(0, 4); // its first GSI
    const auto overrideIrq = [&madt](unsigned irq, unsigned gsi, unsigned flags) {
        madt.put({2, 10, 0, std::uint8_t(irq)});
        madt.number(gsi, 4);
        madt.number(flags, 2);
    };
    constexpr unsigned LevelActiveHigh = 0x0d;
    overrideIrq(0, 2, 0); // the timer
    for (const unsigned irq : {5u, pci::SciIrq, 10u, 11u}) // what PCI links may choose, and the SCI
        overrideIrq(irq, irq, LevelActiveHigh);
    madt.put({4, 6, 0xff, 0, 0, 1}); // NMI: LINT1 of all processors
    return madt;
}

// PCI Firmware Specification 3.3, 4.1.2.
Table buildMcfg(const FirmwarePlacements &placements)
{
    Table mcfg("MCFG", 1);
    mcfg.number(0, 8);
    mcfg.number(placements.ecamBase, 8);
    mcfg.number(0, 2);
    mcfg.number(0, 1);
    mcfg.number(0xff, 1);
    mcfg.number(0, 4);
    return mcfg;
}

// Microsoft's "Windows ACPI Emulated Devices Table": one read of the PM timer is enough.
Table buildWaet()
{
    Table waet("WAET", 1);
    waet.number(1u << 1, 4);
    return waet;
}

// TCG ACPI Specification 1.2, 8.3, revision 4. The loader fills in where the log is.
constexpr std::size_t Tpm2LogAddress = 68;

Table buildTpm2()
{
    constexpr unsigned ClientPlatform = 0;
    constexpr unsigned CommandResponseBuffer = 7; // and nothing else to start a command
    Table tpm2("TPM2", 4);
    tpm2.number(ClientPlatform, 2);
    tpm2.number(0, 2);
    tpm2.number(TpmCrb::BaseAddress + TpmCrb::ControlArea, 8);
    tpm2.number(CommandResponseBuffer, 4);
    tpm2.bytes.resize(tpm2.bytes.size() + 12); // that method's parameters
    tpm2.number(AcpiTables::TpmLogBytes, 4);
    tpm2.number(0, 8);
    check(tpm2.bytes.size() == Tpm2LogAddress + 8, "the table TPM2 has another length");
    return tpm2;
}

} // namespace

AcpiTables buildAcpiTables(const BoardFacts &facts, const FirmwarePlacements &placements)
{
    AcpiTables result;
    AcpiLoader loader;
    std::vector<std::uint8_t> &blob = result.tables;
    struct Range
    {
        std::size_t offset;
        std::size_t size;
    };
    std::vector<Range> described; // tables with a header
    const auto place = [&](Table table, bool hasHeader = true) {
        blob.resize((blob.size() + TableAlignment - 1) / TableAlignment * TableAlignment);
        const Range range = {blob.size(), table.bytes.size()};
        if (hasHeader) {
            table.set(4, range.size, 4);
            described.push_back(range);
        }
        blob.insert(blob.end(), table.bytes.begin(), table.bytes.end());
        return range.offset;
    };
    const auto point = [&](std::size_t at, unsigned size, std::size_t to) {
        storePart(blob, at, size, to);
        loader.addPointer(AcpiTables::TablesName, at, size, AcpiTables::TablesName);
    };

    const std::size_t facs = place(buildFacs(), false);
    const std::size_t fadt = place(buildFadt(facts, placements));
    std::vector<std::size_t> listed = {fadt, place(buildMadt(facts)), place(buildWaet())};
    if (facts.board == VmBoard::Q35)
        listed.push_back(place(buildMcfg(placements)));
    const std::size_t tpm2 = facts.hasTpm ? place(buildTpm2()) : 0;
    if (facts.hasTpm)
        listed.push_back(tpm2);
    Table rootTable("RSDT", 1);
    Table extendedRootTable("XSDT", 1);
    rootTable.bytes.resize(HeaderBytes + 4 * listed.size());
    extendedRootTable.bytes.resize(HeaderBytes + 8 * listed.size());
    const std::size_t rsdt = place(std::move(rootTable));
    const std::size_t xsdt = place(std::move(extendedRootTable));
    // Last, because its size depends on the placements.
    Table definitions("DSDT", 1);
    definitions.put(buildDsdt(facts, placements));
    const std::size_t dsdt = place(std::move(definitions));
    blob.resize((blob.size() + Spare + SizeUnit - 1) / SizeUnit * SizeUnit);

    result.root = text("RSD PTR ");
    result.root.resize(36);
    std::ranges::copy(text("VITRIN"), result.root.begin() + 9);
    result.root[15] = 2; // revision
    storePart(result.root, 16, 4, rsdt);
    storePart(result.root, 20, 4, result.root.size());
    storePart(result.root, 24, 8, xsdt);

    loader.allocate(AcpiTables::TablesName, TableAlignment, AcpiLoader::Zone::High);
    loader.allocate(AcpiTables::RootName, 16, AcpiLoader::Zone::FSegment);
    if (facts.hasTpm) {
        loader.allocate(AcpiTables::TpmLogName, 1, AcpiLoader::Zone::High);
        loader.addPointer(AcpiTables::TablesName, tpm2 + Tpm2LogAddress, 8, AcpiTables::TpmLogName);
    }
    point(fadt + FadtFacs, 4, facs);
    point(fadt + FadtDsdt, 4, dsdt);
    point(fadt + FadtXDsdt, 8, dsdt);
    for (std::size_t i = 0; i < listed.size(); ++i) {
        point(rsdt + HeaderBytes + 4 * i, 4, listed[i]);
        point(xsdt + HeaderBytes + 8 * i, 8, listed[i]);
    }
    loader.addPointer(AcpiTables::RootName, 16, 4, AcpiTables::TablesName);
    loader.addPointer(AcpiTables::RootName, 24, 8, AcpiTables::TablesName);
    for (const Range &table : described)
        loader.addChecksum(AcpiTables::TablesName, table.offset + 9, table.offset, table.size);
    loader.addChecksum(AcpiTables::RootName, 8, 0, 20);
    loader.addChecksum(AcpiTables::RootName, 32, 0, result.root.size());
    result.loader = loader.script();
    return result;
}

} // namespace engine
