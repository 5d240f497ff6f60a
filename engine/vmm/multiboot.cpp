// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/multiboot.h"

#include "engine/base/bytes.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include <elf.h>

namespace engine {

namespace {

// 3.1.1: the header lies on 4 bytes, whole in the first 8192.
constexpr std::size_t SearchBytes = 8192;
constexpr std::size_t HeaderBytes = 12;
constexpr std::size_t AddressHeaderBytes = 32;
constexpr std::uint32_t HeaderMagic = 0x1badb002;
constexpr std::uint32_t HasAddresses = 1u << 16;
enum HeaderField : std::size_t {
    Flags = 4,
    Checksum = 8,
    HeaderAddress = 12,
    LoadAddress = 16,
    LoadEnd = 20,
    BssEnd = 24,
    Entry = 28,
};

// 3.3, the boot information; memory sizes and the map's length are the option ROM's to fill in,
// which finds the place of the map in it.
enum InfoField : std::size_t {
    InfoFlags = 0,
    InfoCommandLine = 16,
    InfoModuleCount = 20,
    InfoModules = 24,
    InfoMapAddress = 48,
    InfoLoaderName = 64,
    InfoBytes = 88,
};
enum InfoFlag : std::uint32_t {
    HasMemory = 1 << 0,
    HasCommandLine = 1 << 2,
    HasModules = 1 << 3,
    HasMap = 1 << 6,
    HasLoaderName = 1 << 9,
};
constexpr std::size_t ModuleBytes = 16;

// Both are whole paragraphs: the option ROM reaches them by segments.
constexpr std::uint32_t MapAddress = 0x9000;
constexpr std::uint32_t InfoAddress = 0x9500;
constexpr std::size_t MaxInfoBytes = 0x2000;
constexpr std::uint32_t LowestKernel = 0x10000;
constexpr std::uint64_t PageBytes = 4096;
constexpr std::string_view LoaderName = "vitrine";

struct Layout
{
    std::uint32_t address = 0;
    std::uint32_t entry = 0;
    std::vector<std::uint8_t> bytes; // zeros included
};

Error notBootable(std::string why)
{
    return Error(ErrorKind::Unsupported,
                 "The multiboot kernel cannot be booted: " + std::move(why));
}

std::optional<std::size_t> findHeader(std::span<const std::uint8_t> image)
{
    const std::size_t end = std::min(image.size(), SearchBytes);
    for (std::size_t at = 0; at + HeaderBytes <= end; at += 4) {
        const auto word = [&](std::size_t field) {
            return loadLe<std::uint32_t>(&image[at + field]);
        };
        if (word(0) == HeaderMagic && word(0) + word(Flags) + word(Checksum) == 0)
            return at;
    }
    return std::nullopt;
}

// Room for what begins there; from here on no sum overflows.
Result<> checkPlace(std::uint64_t address, std::uint64_t bytes, std::uint64_t memoryEnd)
{
    if (address < LowestKernel || address > memoryEnd || bytes > memoryEnd - address)
        return notBootable("It does not fit into the machine's memory");
    return {};
}

Result<Layout> placeFlat(std::span<const std::uint8_t> image, std::size_t header,
                         std::uint64_t memoryEnd)
{
    if (header + AddressHeaderBytes > image.size())
        return notBootable("It is cut off");
    const auto word = [&](std::size_t field) {
        return std::uint64_t(loadLe<std::uint32_t>(&image[header + field]));
    };
    const std::uint64_t load = word(LoadAddress);
    if (word(HeaderAddress) < load || word(HeaderAddress) - load > header)
        return notBootable("The addresses in its header make no sense");
    const std::uint64_t start = header - (word(HeaderAddress) - load); // in the file
    std::uint64_t bytes = image.size() - start;
    if (word(LoadEnd) != 0) {
        if (word(LoadEnd) < load || word(LoadEnd) - load > bytes)
            return notBootable("It is cut off");
        bytes = word(LoadEnd) - load;
    }
    const std::uint64_t all = std::max(bytes, word(BssEnd) > load ? word(BssEnd) - load : 0);
    TRY(checkPlace(load, all, memoryEnd));
    Layout layout{.address = std::uint32_t(load), .entry = std::uint32_t(word(Entry)), .bytes = {}};
    layout.bytes.resize(std::size_t(all));
    std::copy_n(image.begin() + std::ptrdiff_t(start), std::size_t(bytes), layout.bytes.begin());
    return layout;
}

Result<Layout> placeElf(std::span<const std::uint8_t> image, std::uint64_t memoryEnd)
{
    Elf32_Ehdr file;
    if (image.size() < sizeof file)
        return notBootable("It is cut off");
    std::copy_n(image.begin(), sizeof file, reinterpret_cast<std::uint8_t *>(&file));
    if (!std::equal(file.e_ident, file.e_ident + SELFMAG, ELFMAG)
        || file.e_ident[EI_CLASS] != ELFCLASS32 || file.e_machine != EM_386)
        return notBootable("It is neither a flat image nor a 32-bit ELF file for x86");
    std::vector<Elf32_Phdr> segments;
    std::uint64_t begin = memoryEnd;
    std::uint64_t end = 0;
    for (unsigned i = 0; i < file.e_phnum; ++i) {
        const std::uint64_t at = file.e_phoff + std::uint64_t(i) * sizeof(Elf32_Phdr);
        Elf32_Phdr segment;
        if (at > image.size() || image.size() - at < sizeof segment)
            return notBootable("It is cut off");
        std::copy_n(image.begin() + std::ptrdiff_t(at), sizeof segment,
                    reinterpret_cast<std::uint8_t *>(&segment));
        if (segment.p_type != PT_LOAD || segment.p_memsz == 0)
            continue;
        if (segment.p_filesz > segment.p_memsz || segment.p_offset > image.size()
            || segment.p_filesz > image.size() - segment.p_offset)
            return notBootable("It is cut off");
        TRY(checkPlace(segment.p_paddr, segment.p_memsz, memoryEnd));
        begin = std::min<std::uint64_t>(begin, segment.p_paddr);
        end = std::max(end, std::uint64_t(segment.p_paddr) + segment.p_memsz);
        segments.push_back(segment);
    }
    if (segments.empty())
        return notBootable("It has nothing to load");
    Layout layout{.address = std::uint32_t(begin), .entry = file.e_entry, .bytes = {}};
    layout.bytes.resize(std::size_t(end - begin));
    for (const Elf32_Phdr &segment : segments)
        std::copy_n(image.begin() + std::ptrdiff_t(segment.p_offset), segment.p_filesz,
                    layout.bytes.begin() + std::ptrdiff_t(segment.p_paddr - begin));
    return layout;
}

// Behind the kernel, on a page of its own.
std::uint32_t placeModule(Layout &layout, std::span<const std::uint8_t> module)
{
    const std::uint64_t end = layout.address + std::uint64_t(layout.bytes.size());
    const std::uint64_t address = (end + PageBytes - 1) & ~(PageBytes - 1);
    layout.bytes.resize(std::size_t(address - layout.address));
    layout.bytes.insert(layout.bytes.end(), module.begin(), module.end());
    return std::uint32_t(address);
}

// The boot information and what it points to.
class BootInformation final
{
public:
    BootInformation()
        : m_bytes(InfoBytes)
    {
        m_flags = HasMemory | HasMap;
        set(InfoMapAddress, MapAddress);
        set(InfoLoaderName, add(LoaderName));
        m_flags |= HasLoaderName;
    }
    void setCommandLine(const std::string &text)
    {
        set(InfoCommandLine, add(text));
        m_flags |= HasCommandLine;
    }
    void setModule(std::uint32_t begin, std::uint32_t end)
    {
        const std::uint32_t name = add("module");
        m_bytes.resize((m_bytes.size() + 3) & ~std::size_t(3));
        const std::size_t at = m_bytes.size();
        m_bytes.resize(at + ModuleBytes);
        storeLe(&m_bytes[at], begin);
        storeLe(&m_bytes[at + 4], end);
        storeLe(&m_bytes[at + 8], name);
        set(InfoModules, InfoAddress + std::uint32_t(at));
        set(InfoModuleCount, 1);
        m_flags |= HasModules;
    }
    std::vector<std::uint8_t> take()
    {
        set(InfoFlags, m_flags);
        return std::move(m_bytes);
    }

private:
    void set(std::size_t field, std::uint32_t value) { storeLe(&m_bytes[field], value); }
    std::uint32_t add(std::string_view text)
    {
        const auto address = std::uint32_t(InfoAddress + m_bytes.size());
        m_bytes.insert(m_bytes.end(), text.begin(), text.end());
        m_bytes.push_back(0);
        return address;
    }

    std::vector<std::uint8_t> m_bytes;
    std::uint32_t m_flags = 0;
};

} // namespace

bool isMultibootKernel(std::span<const std::uint8_t> image)
{
    return findHeader(image).has_value();
}

Result<> addMultibootKernel(FwCfg &fwCfg, VmKernel kernel, std::uint64_t lowMemoryBytes)
{
    const std::optional<std::size_t> header = findHeader(kernel.kernel);
    if (!header)
        return notBootable("It has no multiboot header");
    const auto flags = loadLe<std::uint32_t>(&kernel.kernel[*header + Flags]);
    Layout layout = TRY((flags & HasAddresses) != 0
                            ? placeFlat(kernel.kernel, *header, lowMemoryBytes)
                            : placeElf(kernel.kernel, lowMemoryBytes));
    BootInformation information;
    // Kernels skip the first word, their own name.
    information.setCommandLine("kernel " + kernel.commandLine);
    if (!kernel.initrd.empty()) {
        const std::uint32_t address = placeModule(layout, kernel.initrd);
        information.setModule(address, address + std::uint32_t(kernel.initrd.size()));
    }
    TRY(checkPlace(layout.address, layout.bytes.size(), lowMemoryBytes));
    std::vector<std::uint8_t> info = information.take();
    if (info.size() > MaxInfoBytes)
        return Error(ErrorKind::Invalid, "The kernel's command line is too long");

    fwCfg.add32(FwCfgKey::KernelEntry, layout.entry);
    fwCfg.add32(FwCfgKey::KernelAddress, layout.address);
    fwCfg.add32(FwCfgKey::KernelSize, std::uint32_t(layout.bytes.size()));
    fwCfg.add(FwCfgKey::KernelData, std::move(layout.bytes));
    fwCfg.add32(FwCfgKey::InitrdAddress, InfoAddress);
    fwCfg.add32(FwCfgKey::InitrdSize, std::uint32_t(info.size()));
    fwCfg.add(FwCfgKey::InitrdData, std::move(info));
    if (!kernel.optionRom.empty())
        fwCfg.addFile("genroms/multiboot_dma.bin", std::move(kernel.optionRom));
    return {};
}

} // namespace engine
