// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/fw_cfg.h"

#include "engine/base/bytes.h"
#include "engine/base/result.h"

#include <algorithm>
#include <limits>

namespace engine {

namespace {

// Offsets of the registers in the region (fw_cfg.rst, "Register Locations").
constexpr std::uint64_t SelectorOffset = 0;
constexpr std::uint64_t DataOffset = 1;
constexpr std::uint64_t DmaOffset = 4;
constexpr std::uint64_t DmaEnd = DmaOffset + 8;

// What reading the DMA address register gives, in memory order ("Guest-side DMA Interface").
constexpr std::array<std::uint8_t, 8> DmaSignature = {'Q', 'E', 'M', 'U', ' ', 'C', 'F', 'G'};

// Bit 14 of a key meant "write" once; QEMU ignores it since 2.4 ("Selector (Control) Register").
constexpr std::uint16_t KeyMask = 0xbfff;

// FWCfgDmaAccess.control.
enum DmaControl : std::uint32_t {
    DmaError = 0x01,
    DmaRead = 0x02,
    DmaSkip = 0x04,
    DmaSelect = 0x08,
    DmaWrite = 0x10,
};

constexpr std::size_t DirectoryEntryBytes = 64;
constexpr std::size_t MaxFiles = 0x1000;

} // namespace

FwCfg::FwCfg(GuestMemory &memory)
    : Device("fw_cfg")
    , m_memory(memory)
{
    add(FwCfgKey::Signature, {'Q', 'E', 'M', 'U'});
    add32(FwCfgKey::Id, 3); // traditional interface and DMA
    buildDirectory();
}

void FwCfg::add(FwCfgKey key, std::vector<std::uint8_t> content)
{
    const auto number = std::uint16_t(key);
    check((number & ~KeyMask) == 0 && (number < FirstFileKey || number >= 0x8000),
          "this fw_cfg key belongs to files");
    check(content.size() <= std::numeric_limits<std::uint32_t>::max(), "the item is too large");
    const bool isNew = m_items.try_emplace(number, Item{.content = std::move(content)}).second;
    check(isNew, "a fw_cfg key is used twice");
}

void FwCfg::add16(FwCfgKey key, std::uint16_t value)
{
    std::vector<std::uint8_t> content(sizeof value);
    storeLe(content.data(), value);
    add(key, std::move(content));
}

void FwCfg::add32(FwCfgKey key, std::uint32_t value)
{
    std::vector<std::uint8_t> content(sizeof value);
    storeLe(content.data(), value);
    add(key, std::move(content));
}

void FwCfg::addFile(std::string name, std::vector<std::uint8_t> content, Access access)
{
    Item item;
    item.isWritable = access == Access::Writable;
    if (item.isWritable)
        item.initial = content;
    item.content = std::move(content);
    addFileItem(std::move(name), std::move(item));
}

void FwCfg::addComputedFile(std::string name, std::size_t size,
                            std::function<std::vector<std::uint8_t>()> compute)
{
    Item item;
    item.content.resize(size);
    item.compute = std::move(compute);
    addFileItem(std::move(name), std::move(item));
}

void FwCfg::addFileItem(std::string name, Item item)
{
    check(!name.empty() && name.size() <= MaxFileNameBytes, "a fw_cfg file's name does not fit");
    check(item.content.size() <= std::numeric_limits<std::uint32_t>::max(), "a file is too large");
    check(m_files.size() < MaxFiles, "too many fw_cfg files");
    const bool isNew = m_files.try_emplace(std::move(name), std::move(item)).second;
    check(isNew, "a fw_cfg file is added twice");
    buildDirectory();
}

// FWCfgFiles: a count, then size, key, two reserved bytes and name of each; all big-endian
// ("File Directory").
void FwCfg::buildDirectory()
{
    std::vector<std::uint8_t> directory(4 + DirectoryEntryBytes * m_files.size());
    storeBe(directory.data(), std::uint32_t(m_files.size()));
    m_fileItems.clear();
    std::uint8_t *entry = directory.data() + 4;
    for (auto &[name, item] : m_files) {
        storeBe(entry, std::uint32_t(item.content.size()));
        storeBe(entry + 4, std::uint16_t(FirstFileKey + m_fileItems.size()));
        std::copy(name.begin(), name.end(), entry + 8);
        m_fileItems.push_back(&item);
        entry += DirectoryEntryBytes;
    }
    m_items[std::uint16_t(FwCfgKey::FileDirectory)].content = std::move(directory);
}

std::span<const std::uint8_t> FwCfg::file(std::string_view name)
{
    const auto found = m_files.find(name);
    if (found == m_files.end())
        return {};
    if (found->second.compute)
        found->second.content = found->second.compute();
    return found->second.content;
}

void FwCfg::reset()
{
    select(std::uint16_t(FwCfgKey::Signature));
    m_dmaAddress = 0;
    for (Item *item : m_fileItems)
        if (item->isWritable)
            item->content = item->initial;
}

void FwCfg::select(std::uint16_t key)
{
    m_key = key & KeyMask;
    m_offset = 0;
    m_mustCompute = true;
}

FwCfg::Item *FwCfg::selected()
{
    Item *item = nullptr;
    if (m_key >= FirstFileKey && std::size_t(m_key - FirstFileKey) < m_fileItems.size()) {
        item = m_fileItems[std::size_t(m_key - FirstFileKey)];
    } else if (const auto found = m_items.find(m_key); found != m_items.end()) {
        item = &found->second;
    }
    if (item && item->compute && m_mustCompute) {
        const std::size_t size = item->content.size();
        item->content = item->compute();
        check(item->content.size() == size, "a computed fw_cfg file changed its size");
    }
    m_mustCompute = false;
    return item;
}

// Nothing and what is beyond the end read as zeros ("Data Register").
std::uint8_t FwCfg::readByte()
{
    const Item *item = selected();
    if (!item || m_offset >= item->content.size())
        return 0;
    return item->content[m_offset++];
}

std::uint64_t FwCfg::read(unsigned, std::uint64_t offset, unsigned size)
{
    if (offset == DataOffset && size == 1)
        return readByte();
    if (offset >= DmaOffset && offset + size <= DmaEnd)
        return loadPart(DmaSignature, offset - DmaOffset, size);
    return maskOfBytes(size);
}

// Writes to the data register do nothing (since QEMU 2.4, "Data Register").
void FwCfg::write(unsigned, std::uint64_t offset, unsigned size, std::uint64_t value)
{
    if (offset == SelectorOffset && size == 2)
        select(std::uint16_t(value));
    else if (offset >= DmaOffset)
        writeDmaAddress(offset - DmaOffset, size, value);
}

// The address is big-endian; its lower half starts the transfer ("Guest-side DMA Interface").
void FwCfg::writeDmaAddress(std::uint64_t offset, unsigned size, std::uint64_t value)
{
    if (offset == 0 && size == 4) {
        m_dmaAddress = std::uint64_t(byteSwapped(std::uint32_t(value))) << 32;
        return;
    }
    std::uint64_t address = 0;
    if (offset == 4 && size == 4)
        address = m_dmaAddress | byteSwapped(std::uint32_t(value));
    else if (offset == 0 && size == 8)
        address = byteSwapped(value);
    else
        return;
    m_dmaAddress = 0;
    transfer(address);
}

// FWCfgDmaAccess: control and length of 32 bit, address of 64 bit, big-endian. The answer is the
// control word: zero, or the error bit.
void FwCfg::transfer(std::uint64_t descriptorAddress)
{
    std::array<std::uint8_t, 16> descriptor;
    bool isGood = m_memory.read(descriptorAddress, descriptor);
    if (isGood) {
        const auto control = loadBe<std::uint32_t>(&descriptor[0]);
        if ((control & DmaSelect) != 0)
            select(std::uint16_t(control >> 16));
        isGood = transferData(control, loadBe<std::uint32_t>(&descriptor[4]),
                              loadBe<std::uint64_t>(&descriptor[8]));
    }
    // Where the descriptor is no memory nobody waits for the answer.
    [[maybe_unused]] const bool isAnswered =
        m_memory.store(descriptorAddress, byteSwapped(isGood ? 0u : std::uint32_t(DmaError)));
}

// Read wins over write, write over skip, as in QEMU. At most as much is moved as the guest has
// memory, because what leaves it fails.
bool FwCfg::transferData(std::uint32_t control, std::uint32_t length, std::uint64_t address)
{
    if ((control & (DmaRead | DmaWrite | DmaSkip)) == 0 || length == 0)
        return true;
    Item *item = selected();
    const std::size_t available =
        item && m_offset < item->content.size() ? item->content.size() - m_offset : 0;
    const auto count = std::uint32_t(std::min<std::size_t>(length, available));
    if ((control & DmaRead) != 0) {
        if (count > 0) {
            const auto part = std::span(item->content).subspan(m_offset, count);
            if (!m_memory.write(address, part))
                return false;
        }
        if (length > count && !m_memory.fill(address + count, length - count, 0))
            return false;
    } else if ((control & DmaWrite) != 0) {
        if (!item || !item->isWritable || count != length
            || !m_memory.read(address, std::span(item->content).subspan(m_offset, count)))
            return false;
    }
    m_offset += count;
    return true;
}

void FwCfg::serialize(StateArchive &archive, std::uint32_t)
{
    archive.value(m_key);
    archive.value(m_offset);
    archive.value(m_dmaAddress);
    for (Item *item : m_fileItems)
        if (item->isWritable)
            archive.bytes(item->content);
    if (archive.isLoading())
        m_mustCompute = true; // from the state of the other chips, which may not be loaded yet
}

} // namespace engine
