// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/linux_boot.h"

#include "engine/base/bytes.h"

#include <algorithm>

namespace engine {

namespace {

// Offsets of the real-mode kernel header (boot.rst, "The Real-Mode Kernel Header").
constexpr std::size_t SetupSectors = 0x1f1;
constexpr std::size_t HeaderMagic = 0x202;
constexpr std::size_t Version = 0x206;
constexpr std::size_t LoaderType = 0x210;
constexpr std::size_t LoadFlags = 0x211;
constexpr std::size_t RamDiskImage = 0x218;
constexpr std::size_t RamDiskSize = 0x21c;
constexpr std::size_t HeapEnd = 0x224;
constexpr std::size_t CommandLinePointer = 0x228;
constexpr std::size_t InitrdAddressMax = 0x22c;
constexpr std::size_t XLoadFlags = 0x236;
constexpr std::size_t CommandLineSizeMax = 0x238;
constexpr std::size_t PreferredAddress = 0x258;
constexpr std::size_t InitSize = 0x260;
constexpr std::size_t HeaderEnd = 0x264;

constexpr std::uint32_t Magic = 0x53726448; // "HdrS"
constexpr std::uint8_t LoadedHigh = 0x01;
constexpr std::uint8_t CanUseHeap = 0x80;
constexpr std::uint16_t CanBeLoadedAbove4G = 0x02;
// "0xB: Qemu": it is its option ROM that loads.
constexpr std::uint8_t LoaderId = 0xb0;

// Where things go, with room for the EBDA below 640 KiB ("Memory Layout").
constexpr std::uint32_t SetupAddress = 0x10000;
constexpr std::uint32_t CommandLineAddress = 0x20000;
constexpr std::uint32_t KernelAddress = 0x100000;
// Firmware keeps its tables at the end of low memory (SeaBIOS: 256 KiB at most).
constexpr std::uint64_t FirmwareTables = 1u << 20;

Error notLinux(std::string why)
{
    return Error(ErrorKind::Unsupported,
                 "The kernel cannot be booted directly: it is " + std::move(why));
}

} // namespace

Result<> addLinuxKernel(FwCfg &fwCfg, VmKernel kernel, std::uint64_t lowMemoryBytes)
{
    std::vector<std::uint8_t> &image = kernel.kernel;
    if (image.size() < HeaderEnd || loadLe<std::uint32_t>(&image[HeaderMagic]) != Magic)
        return notLinux("no Linux kernel for PCs (bzImage)");
    const auto version = loadLe<std::uint16_t>(&image[Version]);
    if (version < 0x0206 || (image[LoadFlags] & LoadedHigh) == 0)
        return notLinux("older than Linux 2.6.22");
    const std::size_t setupBytes = (image[SetupSectors] == 0 ? 5u : image[SetupSectors] + 1u) * 512;
    if (image.size() <= setupBytes)
        return notLinux("cut off");
    const std::size_t commandLineBytes = kernel.commandLine.size() + 1;
    if (kernel.commandLine.size() > loadLe<std::uint32_t>(&image[CommandLineSizeMax]))
        return Error(ErrorKind::Invalid,
                     "The kernel's command line is too long: it has "
                         + std::to_string(kernel.commandLine.size()) + " characters");

    std::uint64_t initrdEnd = loadLe<std::uint32_t>(&image[InitrdAddressMax]) + std::uint64_t(1);
    if (version >= 0x020c && (loadLe<std::uint16_t>(&image[XLoadFlags]) & CanBeLoadedAbove4G) != 0)
        initrdEnd = std::uint64_t(1) << 32;
    initrdEnd = std::min(initrdEnd, std::max(lowMemoryBytes, FirmwareTables) - FirmwareTables);
    // It unpacks itself to the address that it prefers.
    std::uint64_t kernelEnd = KernelAddress + image.size() - setupBytes;
    if (version >= 0x020a) {
        constexpr std::uint64_t Somewhere = 0xffffffff; // a nonsensical one must not wrap
        kernelEnd = std::max(kernelEnd,
                             std::min(loadLe<std::uint64_t>(&image[PreferredAddress]), Somewhere)
                                 + loadLe<std::uint32_t>(&image[InitSize]));
    }
    kernelEnd = (kernelEnd + 0xfff) & ~0xfffull;
    if (initrdEnd < kernelEnd || initrdEnd - kernelEnd < kernel.initrd.size())
        return Error(ErrorKind::Invalid,
                     "The kernel and its initial RAM disk do not fit into the machine's memory");
    const auto initrdAddress = std::uint32_t((initrdEnd - kernel.initrd.size()) & ~0xfffull);

    std::vector<std::uint8_t> setup(image.begin(), image.begin() + std::ptrdiff_t(setupBytes));
    image.erase(image.begin(), image.begin() + std::ptrdiff_t(setupBytes));
    setup[LoaderType] = LoaderId;
    setup[LoadFlags] |= CanUseHeap;
    storeLe(&setup[HeapEnd], std::uint16_t(CommandLineAddress - SetupAddress - 0x200));
    storeLe(&setup[CommandLinePointer], CommandLineAddress);
    if (!kernel.initrd.empty()) {
        storeLe(&setup[RamDiskImage], initrdAddress);
        storeLe(&setup[RamDiskSize], std::uint32_t(kernel.initrd.size()));
    }

    fwCfg.add32(FwCfgKey::KernelAddress, KernelAddress);
    fwCfg.add32(FwCfgKey::KernelSize, std::uint32_t(image.size()));
    fwCfg.add(FwCfgKey::KernelData, std::move(image));
    fwCfg.add32(FwCfgKey::InitrdAddress, initrdAddress);
    fwCfg.add32(FwCfgKey::InitrdSize, std::uint32_t(kernel.initrd.size()));
    fwCfg.add(FwCfgKey::InitrdData, std::move(kernel.initrd));
    fwCfg.add32(FwCfgKey::CommandLineAddress, CommandLineAddress);
    fwCfg.add32(FwCfgKey::CommandLineSize, std::uint32_t(commandLineBytes));
    std::vector<std::uint8_t> commandLine(kernel.commandLine.begin(), kernel.commandLine.end());
    commandLine.push_back(0);
    fwCfg.add(FwCfgKey::CommandLineData, std::move(commandLine));
    fwCfg.add32(FwCfgKey::SetupAddress, SetupAddress);
    fwCfg.add32(FwCfgKey::SetupSize, std::uint32_t(setup.size()));
    fwCfg.add(FwCfgKey::SetupData, std::move(setup));
    if (!kernel.optionRom.empty())
        fwCfg.addFile("genroms/linuxboot_dma.bin", std::move(kernel.optionRom));
    return {};
}

} // namespace engine
