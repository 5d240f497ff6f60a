// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/acpi_dsdt.h"

#include "engine/bus/pci_routing.h"
#include "engine/devices/fw_cfg.h"
#include "engine/devices/pci_hotplug.h"
#include "engine/devices/tpm_crb.h"
#include "engine/vmm/acpi_hotplug.h"
#include "engine/vmm/aml_writer.h"

#include <algorithm>

namespace engine {

namespace {

using Body = AmlWriter::Body;
using Caching = AmlResources::Caching;

constexpr std::uint64_t FourGiB = std::uint64_t(1) << 32;
constexpr std::uint32_t PciWindowLast = 0xfebfffff; // below the IOAPIC
// A processor may say that it has more than its second-level page tables can map.
constexpr unsigned MaxAddressBits = 46;

constexpr unsigned southBridgeSlot(VmBoard board)
{
    return board == VmBoard::Q35 ? 0x1f : 1;
}

Body integer(std::uint64_t value)
{
    return [value](AmlWriter &aml) { aml.integer(value); };
}

Body argument(unsigned index)
{
    return [index](AmlWriter &aml) { aml.argument(index); };
}

Body object(std::string_view path)
{
    return [path](AmlWriter &aml) { aml.reference(path); };
}

Body call(std::string_view method, std::string_view argument)
{
    return [=](AmlWriter &aml) {
        aml.reference(method);
        aml.reference(argument);
    };
}

void resources(AmlWriter &aml, std::string_view name, const AmlResources &resources)
{
    aml.name(name).buffer(resources.bytes());
}

// A device with an EISA ID and resources of its own that are always there.
void plainDevice(AmlWriter &aml, std::string_view name, std::string_view id,
                 const AmlResources &used, std::optional<unsigned> uid = std::nullopt)
{
    aml.device(name, [&](AmlWriter &device) {
        device.name("_HID").eisaId(id);
        if (uid)
            device.name("_UID").integer(*uid);
        resources(device, "_CRS", used);
    });
}

std::string lineName(std::string_view prefix, unsigned line)
{
    return std::string(prefix) + char('A' + line);
}

// --- Interrupt routing ---

// The pin's row in a _PRT: every function of the slot, and where the pin leads (6.2.13).
void routingRow(AmlWriter &aml, unsigned slot, unsigned pin, std::string_view link)
{
    aml.package(4, [&](AmlWriter &row) {
        row.integer((slot << 16) | 0xffff);
        row.integer(pin - 1);
        row.reference(link);
        row.integer(0);
    });
}

void routingTable(AmlWriter &aml, std::string_view name,
                  const std::function<std::string(unsigned slot, unsigned pin)> &linkOf)
{
    aml.name(name).package(32 * 4, [&](AmlWriter &rows) {
        for (unsigned slot = 0; slot < 32; ++slot)
            for (unsigned pin = 1; pin <= 4; ++pin)
                routingRow(rows, slot, pin, linkOf(slot, pin));
    });
}

// A link whose ISA interrupt the guest chooses by a register of the south bridge (6.2.14). The
// firmware's choices are 5, 10 and 11; 9 is the SCI's.
void linkDevice(AmlWriter &terms, unsigned line)
{
    constexpr std::uint32_t Choices[] = {5, 10, 11};
    const std::string field = lineName("PRQ", line);
    terms.device(lineName("LNK", line), [&](AmlWriter &link) {
        link.name("_HID").eisaId("PNP0C0F");
        link.name("_UID").integer(line);
        resources(link, "_PRS", AmlResources().interrupts(Choices));
        link.method("_STA", 0, [&](AmlWriter &aml) { aml.returns(call("LSTA", field)); });
        link.method("_DIS", 0, [&](AmlWriter &aml) {
            aml.orInto(object(field), integer(pci::PirqRegisterReset), object(field));
        });
        link.method("_CRS", 0, [&](AmlWriter &aml) { aml.returns(call("LCRS", field)); });
        link.method("_SRS", 1, [&](AmlWriter &aml) {
            aml.createDwordField(argument(0), 5, "IRQN"); // the first interrupt, 6.4.3.6
            aml.store(object("IRQN"), object(field));
        });
    });
}

// A link that cannot be changed.
void fixedLink(AmlWriter &aml, std::string_view name, unsigned uid, std::uint32_t interrupt)
{
    aml.device(name, [&](AmlWriter &link) {
        const AmlResources only = AmlResources().interrupts({&interrupt, 1});
        link.name("_HID").eisaId("PNP0C0F");
        link.name("_UID").integer(uid);
        resources(link, "_PRS", only);
        resources(link, "_CRS", only);
        link.method("_SRS", 1, [](AmlWriter &) {});
    });
}

// The registers behind the links, and what the links share.
void pirqRegisters(AmlWriter &terms, VmBoard board)
{
    static constexpr std::string_view Names[] = {"PRQA", "PRQB", "PRQC", "PRQD", "",     "",
                                                 "",     "",     "PRQE", "PRQF", "PRQG", "PRQH"};
    static_assert(pci::pirqRegister(0) == 0x60 && pci::pirqRegister(4) == 0x68);
    const std::size_t count = board == VmBoard::Q35 ? std::size(Names) : 4;
    terms.byteFields("\\_SB.PCI0.ISA.PIRQ", std::span(Names).first(count));

    terms.method("LSTA", 1, [](AmlWriter &method) { // present, working; enabled when it is routed
        method.ifThen([](AmlWriter &aml) { aml.bitAnd(argument(0), integer(0x80)); },
                      [](AmlWriter &aml) { aml.returns(integer(0x09)); });
        method.returns(integer(0x0b));
    });
    terms.method(
        "LCRS", 1,
        [](AmlWriter &method) {
            constexpr std::uint32_t None = 0;
            resources(method, "RES", AmlResources().interrupts({&None, 1}));
            method.createDwordField(object("RES"), 5, "IRQN");
            method.ifThen([](AmlWriter &aml) { aml.less(argument(0), integer(0x80)); },
                          [](AmlWriter &aml) { aml.store(argument(0), object("IRQN")); });
            method.returns(object("RES"));
        },
        true);
}

void links(AmlWriter &aml, VmBoard board)
{
    pirqRegisters(aml, board);
    if (board == VmBoard::I440fx) {
        for (unsigned line = 0; line < pci::PiixPirqCount; ++line)
            linkDevice(aml, line);
        fixedLink(aml, "LNKS", pci::PiixPirqCount, pci::SciIrq);
        return;
    }
    for (unsigned line = 0; line < pci::Ich9PirqCount; ++line)
        linkDevice(aml, line);
    for (unsigned line = 0; line < pci::Ich9PirqCount; ++line)
        fixedLink(aml, lineName("GSI", line), 0x10 + line, pci::ich9Gsi(line));
}

// On i440fx the IOAPIC sees what the PIC sees. On Q35 it has pins of its own for PCI, which the
// guest asks for by _PIC (5.8.1).
void routing(AmlWriter &terms, VmBoard board)
{
    if (board == VmBoard::I440fx) {
        return routingTable(terms, "_PRT", [](unsigned slot, unsigned pin) {
            const bool isPowerManagement = slot == southBridgeSlot(VmBoard::I440fx) && pin == 1;
            return isPowerManagement ? "LNKS" : lineName("LNK", pci::piixPirq(slot, pin));
        });
    }
    routingTable(terms, "PRTP", [](unsigned slot, unsigned pin) {
        return lineName("LNK", pci::ich9Pirq(slot, pin));
    });
    routingTable(terms, "PRTA", [](unsigned slot, unsigned pin) {
        return lineName("GSI", pci::ich9Pirq(slot, pin));
    });
    terms.method("_PRT", 0, [](AmlWriter &method) {
        method.ifThen(object("\\PICF"), [](AmlWriter &aml) { aml.returns(object("PRTA")); });
        method.returns(object("PRTP"));
    });
}

// --- The host bridge ---

// The guest may use all of PCI Express's features itself (PCI Firmware Specification 3.3, 4.5.1).
void operatingSystemCapabilities(AmlWriter &terms)
{
    constexpr std::uint64_t Granted = 0x1f;
    terms.method(
        "_OSC", 4,
        [](AmlWriter &method) {
            method.createDwordField(argument(3), 0, "CDW1");
            method.ifThen(
                [](AmlWriter &aml) {
                    aml.equal(argument(0), [](AmlWriter &uuid) {
                        uuid.uuid("33db4d5b-1ff7-401c-9657-7441c03dd766");
                    });
                },
                [](AmlWriter &aml) {
                    aml.createDwordField(argument(3), 8, "CDW3");
                    aml.ifThen(
                        [](AmlWriter &condition) { // the revision is unknown
                            condition.logicalNot(
                                [](AmlWriter &term) { term.equal(argument(1), integer(1)); });
                        },
                        [](AmlWriter &body) {
                            body.orInto(object("CDW1"), integer(0x08), object("CDW1"));
                        });
                    aml.ifThen(
                        [](AmlWriter &condition) { // something was not granted
                            condition.bitAnd(object("CDW3"), integer(0xffffffff ^ Granted));
                        },
                        [](AmlWriter &body) {
                            body.orInto(object("CDW1"), integer(0x10), object("CDW1"));
                        });
                    aml.andInto(object("CDW3"), integer(Granted), object("CDW3"));
                });
            method.otherwise([](AmlWriter &aml) { // the UUID is unknown
                aml.orInto(object("CDW1"), integer(0x04), object("CDW1"));
            });
            method.returns(argument(3));
        },
        true);
}

// Everything that is no RAM and of no chip of the board: below the IOAPIC, around the configuration
// window, and above RAM as far as the processor reaches. Firmware places BARs in there somewhere.
AmlResources hostBridgeWindows(const BoardFacts &facts, const FirmwarePlacements &placements)
{
    AmlResources windows;
    windows.busWindow(0, 0xff);
    windows.ports(0xcf8, 8); // its own
    windows.portWindow(0, 0xcf7);
    windows.portWindow(0xd00, 0xffff);
    windows.memoryWindow32(0xa0000, 0xbffff, Caching::Cacheable); // VGA
    std::uint64_t first = facts.lowMemoryBytes;
    if (facts.board == VmBoard::Q35) {
        if (first < placements.ecamBase)
            windows.memoryWindow32(std::uint32_t(first), placements.ecamBase - 1, Caching::None);
        first = std::max(first, placements.ecamBase + std::uint64_t(EcamBytes));
    }
    if (first < PciWindowLast)
        windows.memoryWindow32(std::uint32_t(first), PciWindowLast, Caching::None);
    constexpr std::uint64_t OneGiB = 1u << 30;
    const std::uint64_t highFirst = (FourGiB + facts.highMemoryBytes + OneGiB - 1) & ~(OneGiB - 1);
    const std::uint64_t highEnd = std::uint64_t(1)
        << std::min(facts.physicalAddressBits, MaxAddressBits);
    if (highFirst < highEnd)
        windows.memoryWindow64(highFirst, highEnd - 1, Caching::Cacheable);
    return windows;
}

// --- What is behind the south bridge ---

void isaDevices(AmlWriter &aml, const BoardFacts &facts)
{
    plainDevice(aml, "RTC", "PNP0B00", AmlResources().ports(0x70, 2).irq(8));
    plainDevice(aml, "KBD", "PNP0303", AmlResources().ports(0x60, 1).ports(0x64, 1).irq(1));
    plainDevice(aml, "MOU", "PNP0F13", AmlResources().irq(12));
    struct SerialPort
    {
        std::uint16_t base;
        unsigned irq;
    };
    constexpr SerialPort Ports[] = {{0x3f8, 4}, {0x2f8, 3}, {0x3e8, 4}, {0x2e8, 3}};
    for (unsigned i = 0; i < std::size(Ports); ++i) {
        if (facts.serialPorts[i])
            plainDevice(aml, "COM" + std::to_string(i + 1), "PNP0501",
                        AmlResources().ports(Ports[i].base, 8).irq(Ports[i].irq), i + 1);
    }
}

// What the board decodes and no other device owns up to.
AmlResources boardResources(const BoardFacts &facts, const FirmwarePlacements &placements)
{
    AmlResources used;
    used.ports(placements.pmBase, std::uint8_t(pmBlockBytes(facts.board)));
    used.ports(0xb2, 2); // APM
    used.ports(0x92, 1); // fast A20
    used.ports(0x4d0, 2); // ELCR
    if (facts.board == VmBoard::Q35)
        used.memory32(placements.ecamBase, EcamBytes);
    if (!facts.hotplugSlots.empty())
        used.ports(PciHotplug::BasePort, std::uint8_t(PciHotplug::PortCount));
    for (const AddressRange &range : facts.reserved)
        if (range.base + range.size <= FourGiB)
            used.memory32(std::uint32_t(range.base), std::uint32_t(range.size));
    return used;
}

void hostBridge(AmlWriter &aml, const BoardFacts &facts, const FirmwarePlacements &placements)
{
    const bool isExpress = facts.board == VmBoard::Q35;
    aml.device("PCI0", [&](AmlWriter &bridge) {
        bridge.name("_HID").eisaId(isExpress ? "PNP0A08" : "PNP0A03");
        if (isExpress)
            bridge.name("_CID").eisaId("PNP0A03");
        bridge.name("_UID").integer(0);
        if (isExpress)
            operatingSystemCapabilities(bridge);
        resources(bridge, "_CRS", hostBridgeWindows(facts, placements));
        bridge.device("ISA", [&](AmlWriter &isa) {
            isa.name("_ADR").integer(southBridgeSlot(facts.board) << 16);
            isa.pciConfigRegion("PIRQ", pci::pirqRegister(0), isExpress ? 12 : 4);
            isaDevices(isa, facts);
        });
        routing(bridge, facts.board);
        if (!facts.hotplugSlots.empty())
            writeHotplugSlots(bridge, facts.hotplugSlots);
    });
}

// TCG ACPI Specification 1.2, 8.1; how it is driven the table TPM2 says.
void tpm(AmlWriter &aml)
{
    aml.device("TPM", [](AmlWriter &device) {
        device.name("_HID").string("MSFT0101");
        device.name("_UID").integer(1);
        device.name("_STA").integer(0x0f);
        resources(device, "_CRS",
                  AmlResources().memory32(std::uint32_t(TpmCrb::BaseAddress),
                                          std::uint32_t(TpmCrb::RegionBytes)));
    });
}

void processors(AmlWriter &aml, unsigned count)
{
    for (unsigned i = 0; i < count; ++i) {
        const std::string name = {'C', char('0' + i / 100), char('0' + i / 10 % 10),
                                  char('0' + i % 10)};
        aml.device(name, [i](AmlWriter &processor) {
            processor.name("_HID").string("ACPI0007");
            processor.name("_UID").integer(i); // as the MADT has it
        });
    }
}

} // namespace

std::vector<std::uint8_t> buildDsdt(const BoardFacts &facts, const FirmwarePlacements &placements)
{
    AmlWriter aml;
    // The guest says whether it uses the PIC (0) or the APIC (1).
    aml.name("\\PICF").integer(0);
    aml.method("\\_PIC", 1, [](AmlWriter &method) { method.store(argument(0), object("\\PICF")); });
    // Soft off is SLP_TYP 0 on both boards, as firmware has it.
    aml.name("\\_S5").package(4, [](AmlWriter &values) {
        for (int i = 0; i < 4; ++i)
            values.integer(0);
    });
    aml.scope("\\_SB", [&](AmlWriter &board) {
        hostBridge(board, facts, placements);
        links(board, facts.board);
        plainDevice(board, "MRES", "PNP0C02", boardResources(facts, placements), 0);
        board.device("FWCF", [](AmlWriter &device) {
            device.name("_HID").string("QEMU0002"); // QEMU docs/specs/fw_cfg.rst
            device.name("_STA").integer(0x0b);
            resources(device, "_CRS",
                      AmlResources().ports(FwCfg::BasePort, std::uint8_t(FwCfg::PortCount)));
        });
        if (facts.hasTpm)
            tpm(board);
        processors(board, facts.vcpus);
    });
    if (!facts.hotplugSlots.empty())
        writeHotplugEvent(aml);
    return aml.bytes();
}

} // namespace engine
