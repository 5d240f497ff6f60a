// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/firmware_files.h"

#include "engine/base/bytes.h"
#include "engine/devices/usb/xhci_registers.h"
#include "engine/vmm/acpi_tables.h"
#include "engine/vmm/linux_boot.h"
#include "engine/vmm/multiboot.h"
#include "engine/vmm/smbios_tables.h"

#include <algorithm>
#include <charconv>
#include <map>

namespace engine {

namespace {

constexpr std::uint64_t FourGiB = std::uint64_t(1) << 32;

template <std::unsigned_integral T>
std::vector<std::uint8_t> number(T value)
{
    std::vector<std::uint8_t> bytes(sizeof value);
    storeLe(bytes.data(), value);
    return bytes;
}

std::string hex(unsigned value)
{
    char text[8];
    const auto end = std::to_chars(std::begin(text), std::end(text), value, 16).ptr;
    return {text, end};
}

// OpenFirmware's unit address of a PCI function: "1f,2", and "4" for function 0 (IEEE 1275 PCI Bus
// Binding, 2.2.1.3).
std::string unitAddress(PciPlace place)
{
    return place.function == 0 ? hex(place.slot) : hex(place.slot) + "," + hex(place.function);
}

// SeaBIOS counts connectors (src/hw/usb-xhci.c, portmap), OVMF the ports of the root hub
// (OvmfPkg/Library/QemuBootOrderLib), where those of USB 3 are behind the others.
std::string usbPort(unsigned connector, bool isUefi)
{
    return hex(connector + 1 + (isUefi ? xhci::PortPairs : 0));
}

std::string drivePath(const VmDrive &drive, PciPlace place, bool isUefi)
{
    const std::string unit = unitAddress(place);
    if (drive.kind == VmDriveKind::VirtioDisk)
        return "/pci@i0cf8/scsi@" + unit + "/disk@0,0";
    if (drive.kind == VmDriveKind::ScsiDisk || drive.kind == VmDriveKind::ScsiOptical)
        return "/pci@i0cf8/scsi@" + unit + "/channel@0/disk@" + hex(drive.port) + ",0";
    // Whatever it is, OVMF knows NVMe by this name (OvmfPkg/Library/QemuBootOrderLib).
    if (drive.kind == VmDriveKind::NvmeDisk)
        return "/pci@i0cf8/pci8086,5845@" + unit + "/namespace@1,0";
    if (drive.kind == VmDriveKind::UsbDisk)
        return "/pci@i0cf8/usb@" + unit + "/storage@" + usbPort(drive.port, isUefi)
            + "/channel@0/disk@0,0";
    return "/pci@i0cf8/pci8086,2922@" + unit + "/drive@" + hex(drive.port) + "/disk@0";
}

// The firmware loads them after it has placed what they describe, and in one go.
void addAcpiTables(FwCfg &fwCfg, const BoardFacts &facts,
                   const std::function<FirmwarePlacements()> &placements)
{
    const AcpiTables first = buildAcpiTables(facts, FirmwarePlacements());
    const auto addPart = [&](const char *name, std::vector<std::uint8_t> AcpiTables::*part) {
        fwCfg.addComputedFile(name, (first.*part).size(), [facts, placements, part] {
            AcpiTables tables = buildAcpiTables(facts, placements());
            return std::move(tables.*part);
        });
    };
    addPart(AcpiTables::TablesName, &AcpiTables::tables);
    addPart(AcpiTables::RootName, &AcpiTables::root);
    addPart(AcpiTables::LoaderName, &AcpiTables::loader);
}

} // namespace

std::string bootOrder(const VmConfig &config, const BoardFacts &facts)
{
    check(facts.drives.size() == config.drives.size()
              && facts.networkCards.size() == config.networkCards.size(),
          "the board has to say where each drive and card is");
    const bool isUefi = !config.firmware.variables.empty();
    std::multimap<unsigned, std::string> paths;
    for (std::size_t i = 0; i < config.drives.size(); ++i) {
        if (config.drives[i].bootIndex)
            paths.emplace(*config.drives[i].bootIndex,
                          drivePath(config.drives[i], facts.drives[i], isUefi));
    }
    for (std::size_t i = 0; i < config.networkCards.size(); ++i) {
        if (config.networkCards[i].bootIndex)
            paths.emplace(*config.networkCards[i].bootIndex,
                          "/pci@i0cf8/ethernet@" + unitAddress(facts.networkCards[i])
                              + "/ethernet-phy@0");
    }
    std::string order;
    if (config.kernel)
        order = isMultibootKernel(config.kernel->kernel) ? "/rom@genroms/multiboot_dma.bin\n"
                                                         : "/rom@genroms/linuxboot_dma.bin\n";
    for (const auto &[index, path] : paths)
        order += path + "\n";
    if (order.empty())
        return order;
    // Nothing that is not listed is tried (SeaBIOS); with the menu the user may choose it.
    if (config.bootMenuMilliseconds == 0)
        order += "HALT\n";
    order.back() = '\0';
    return order;
}

// Entries of base, size (64 bit) and type (32 bit).
std::vector<std::uint8_t> memoryMap(const BoardFacts &facts)
{
    enum Type : std::uint32_t { Ram = 1, Reserved = 2 };
    std::vector<std::uint8_t> map;
    const auto append = [&map](std::uint64_t base, std::uint64_t size, Type type) {
        if (size == 0)
            return;
        const std::size_t at = map.size();
        map.resize(at + 20);
        storeLe(&map[at], base);
        storeLe(&map[at + 8], size);
        storeLe(&map[at + 16], std::uint32_t(type));
    };
    for (const AddressRange &range : facts.reserved)
        append(range.base, range.size, Reserved);
    append(0, facts.lowMemoryBytes, Ram);
    append(FourGiB, facts.highMemoryBytes, Ram);
    return map;
}

Result<> addFirmwareFiles(FwCfg &fwCfg, VmConfig &config, const BoardFacts &facts,
                          const std::function<FirmwarePlacements()> &placements)
{
    fwCfg.add(FwCfgKey::Uuid, {config.uuid.begin(), config.uuid.end()});
    fwCfg.add(FwCfgKey::RamSize, number(facts.lowMemoryBytes + facts.highMemoryBytes));
    fwCfg.add16(FwCfgKey::NoGraphic, 0);
    fwCfg.add16(FwCfgKey::PresentCpus, std::uint16_t(facts.vcpus));
    fwCfg.add16(FwCfgKey::MaxCpus, std::uint16_t(facts.vcpus)); // really: the APIC ids' limit
    fwCfg.addFile("etc/boot-cpus", number(std::uint16_t(facts.vcpus)));
    fwCfg.add32(FwCfgKey::Irq0Override, 1); // the timer is on GSI 2, as the MADT says
    fwCfg.addFile("etc/e820", memoryMap(facts));
    // By S0 to S5: bit 7, it is there; below, its SLP_TYP. Sleep and hibernation are off.
    fwCfg.addFile("etc/system-states", {0x80, 0x00, 0x00, 0x01, 0x02, 0x80});
    // FEATURE_CONTROL: locked, VMX outside of SMX (Intel SDM volume 3, 23.7).
    if (config.isNestedVirtualizationOn && facts.isVmxOffered)
        fwCfg.addFile("etc/msr_feature_control", number(std::uint64_t(0x05)));

    fwCfg.add16(FwCfgKey::BootMenu, config.bootMenuMilliseconds > 0 ? 1 : 0);
    if (config.bootMenuMilliseconds > 0) {
        constexpr unsigned Most = 0xffff;
        fwCfg.addFile("etc/boot-menu-wait",
                      number(std::uint16_t(std::min(config.bootMenuMilliseconds, Most))));
    }
    // Say so and stay there: do not start over every minute.
    fwCfg.addFile("etc/boot-fail-wait", number(~std::uint32_t(0)));
    if (const std::string order = bootOrder(config, facts); !order.empty())
        fwCfg.addFile("bootorder", {order.begin(), order.end()});

    addAcpiTables(fwCfg, facts, placements);
    if (facts.hasTpm)
        fwCfg.addFile(AcpiTables::TpmLogName, std::vector<std::uint8_t>(AcpiTables::TpmLogBytes));
    SmbiosTables smbios = buildSmbiosTables(config, facts);
    fwCfg.addFile(SmbiosTables::AnchorName, std::move(smbios.anchor));
    fwCfg.addFile(SmbiosTables::TablesName, std::move(smbios.tables));

    // As the card's own ROM, not as one of vgaroms/: only then the video BIOS is told which PCI
    // function it drives, and finds the frame buffer (SeaBIOS src/optionroms.c).
    if (!config.firmware.vgaBios.empty())
        fwCfg.addFile(config.graphics == VmGraphics::VirtioGpu ? "pci1af4,1050.rom"
                                                               : "pci1234,1111.rom",
                      std::move(config.firmware.vgaBios));

    if (config.kernel) {
        const bool isUefi = !config.firmware.variables.empty();
        const bool isMultiboot = isMultibootKernel(config.kernel->kernel);
        if (isMultiboot && isUefi)
            return Error(ErrorKind::Unsupported, "Multiboot kernels are booted by BIOS only");
        if (!isUefi && config.kernel->optionRom.empty())
            return Error(ErrorKind::NotFound,
                         isMultiboot
                             ? "Booting a multiboot kernel takes the option ROM multiboot_dma.bin"
                             : "Booting a kernel directly takes the option ROM linuxboot_dma.bin");
        TRY((isMultiboot ? addMultibootKernel : addLinuxKernel)(fwCfg, std::move(*config.kernel),
                                                                facts.lowMemoryBytes));
    }
    return {};
}

} // namespace engine
