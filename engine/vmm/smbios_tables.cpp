// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/smbios_tables.h"

#include "engine/base/bytes.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <string_view>

namespace engine {

namespace {

constexpr std::uint64_t FourGiB = std::uint64_t(1) << 32;
constexpr std::uint64_t MaxModuleBytes = std::uint64_t(16) << 30;

// The handles: the structure's type in the high byte, its number in the low.
constexpr std::uint16_t handleOf(unsigned type, unsigned index = 0)
{
    return std::uint16_t((type << 8) | index);
}
constexpr std::uint16_t MemoryArray = handleOf(16);
constexpr std::uint16_t NoHandle = 0xffff;
constexpr std::uint16_t NoErrorInformation = 0xfffe;

// Unset strings have number 0.
class Structures final
{
public:
    // 6.1.2: header, fields, then its strings.
    void begin(unsigned type, unsigned index = 0)
    {
        m_start = m_bytes.size();
        m_strings.clear();
        number(type, 1);
        number(0, 1); // the length of the fields
        number(handleOf(type, index), 2);
    }
    void number(std::uint64_t value, unsigned size)
    {
        for (unsigned i = 0; i < size; ++i)
            m_bytes.push_back(std::uint8_t(value >> (8 * i)));
    }
    void string(std::string_view text)
    {
        m_strings.emplace_back(text);
        number(m_strings.size(), 1);
    }
    void end()
    {
        m_bytes[m_start + 1] = std::uint8_t(m_bytes.size() - m_start);
        for (const std::string &text : m_strings) {
            m_bytes.insert(m_bytes.end(), text.begin(), text.end());
            m_bytes.push_back(0);
        }
        if (m_strings.empty())
            m_bytes.push_back(0);
        m_bytes.push_back(0);
        m_largest = std::max(m_largest, m_bytes.size() - m_start);
        ++m_count;
    }

    std::size_t largest() const { return m_largest; }
    std::size_t count() const { return m_count; }
    std::vector<std::uint8_t> take() { return std::move(m_bytes); }

private:
    std::vector<std::uint8_t> m_bytes;
    std::size_t m_start = 0;
    std::vector<std::string> m_strings;
    std::size_t m_largest = 0;
    std::size_t m_count = 0;
};

std::string uuidText(const std::array<std::uint8_t, 16> &uuid)
{
    constexpr std::string_view Digits = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < uuid.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            text += '-';
        text += {Digits[uuid[i] >> 4], Digits[uuid[i] & 0xf]};
    }
    return text;
}

// 7.2. The first three groups of the UUID are little-endian (7.2.1).
void addSystem(Structures &all, const VmConfig &config)
{
    all.begin(1);
    all.string("Vitrine");
    all.string("Vitrine");
    all.number(0, 1); // version
    all.string(uuidText(config.uuid)); // the serial number
    for (const std::size_t from : {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15})
        all.number(config.uuid[from], 1);
    all.number(6, 1); // woken by the power switch
    all.number(0, 1); // SKU
    all.string("Virtual Machine"); // family
    all.end();
}

// 7.4.
void addEnclosure(Structures &all)
{
    all.begin(3);
    all.string("Vitrine");
    all.number(1, 1); // other
    all.number(0, 3); // version, serial, asset tag
    for (int i = 0; i < 3; ++i)
        all.number(3, 1); // states: safe
    all.number(2, 1); // security: unknown
    all.number(0, 4);
    all.number(0, 2); // height, power cords
    all.number(0, 2); // contained elements
    all.number(0, 1); // SKU
    all.end();
}

// 7.5. One package with all cores, as CPUID has it.
void addProcessor(Structures &all, unsigned cores)
{
    constexpr unsigned Other = 1;
    all.begin(4);
    all.string("CPU 0");
    all.number(3, 1); // a central processor
    all.number(Other, 1); // family
    all.string("Vitrine");
    all.number(0, 8); // CPUID: not told here
    all.number(0, 1); // version
    all.number(0, 1); // voltage
    all.number(0, 6); // clocks: unknown
    all.number(0x41, 1); // socket populated, enabled
    all.number(Other, 1); // upgrade
    for (int level = 1; level <= 3; ++level)
        all.number(NoHandle, 2); // caches
    all.number(0, 3); // serial, asset tag, part number
    for (int i = 0; i < 3; ++i)
        all.number(cores, 1); // cores, enabled ones, threads
    all.number(0x04 | (cores > 1 ? 0x08 : 0), 2); // 64 bits; several cores
    all.number(Other, 2); // family again
    all.end();
}

// 7.17, 7.18, 7.20: modules of at most 16 GiB.
void addMemory(Structures &all, const BoardFacts &facts)
{
    const std::uint64_t total = facts.lowMemoryBytes + facts.highMemoryBytes;
    const std::uint64_t modules =
        std::max<std::uint64_t>(1, (total + MaxModuleBytes - 1) / MaxModuleBytes);
    constexpr std::uint32_t ExtendedCapacity = 0x80000000; // then it is in the last field
    const std::uint64_t totalKiB = total >> 10;

    all.begin(16);
    all.number(1, 1); // location: other
    all.number(3, 1); // system memory
    all.number(3, 1); // no error correction
    all.number(totalKiB < ExtendedCapacity ? totalKiB : ExtendedCapacity, 4);
    all.number(NoErrorInformation, 2);
    all.number(modules, 2);
    all.number(totalKiB < ExtendedCapacity ? 0 : total, 8);
    all.end();

    for (unsigned i = 0; i < modules; ++i) {
        const std::uint64_t size = std::min(MaxModuleBytes, total - i * MaxModuleBytes);
        all.begin(17, i);
        all.number(MemoryArray, 2);
        all.number(NoErrorInformation, 2);
        all.number(0xffff, 2); // widths: unknown
        all.number(0xffff, 2);
        all.number(size >> 20, 2); // MiB
        all.number(9, 1); // DIMM
        all.number(0, 1); // of no set
        all.string("DIMM " + std::to_string(i));
        all.number(0, 1); // bank
        all.number(7, 1); // RAM
        all.number(1u << 1, 2); // type: other
        all.number(0, 2); // speed
        all.string("Vitrine");
        all.number(0, 3); // serial, asset tag, part number
        all.number(0, 1); // rank
        all.number(0, 4); // extended size
        all.number(0, 2); // configured speed
        all.number(0, 6); // voltages
        all.end();
    }

    const auto mapped = [&all](unsigned index, std::uint64_t base, std::uint64_t size) {
        if (size == 0)
            return;
        const std::uint64_t last = base + size - 1;
        const bool isExtended = (last >> 10) >= 0xffffffff; // then in bytes, in the last fields
        all.begin(19, index);
        all.number(isExtended ? 0xffffffff : base >> 10, 4);
        all.number(isExtended ? 0xffffffff : last >> 10, 4);
        all.number(MemoryArray, 2);
        all.number(1, 1); // devices in a row
        all.number(isExtended ? base : 0, 8);
        all.number(isExtended ? last : 0, 8);
        all.end();
    };
    mapped(0, 0, facts.lowMemoryBytes);
    mapped(1, FourGiB, facts.highMemoryBytes);
}

std::uint8_t missingTo0(std::span<const std::uint8_t> bytes)
{
    return std::uint8_t(0 - std::accumulate(bytes.begin(), bytes.end(), 0u));
}

// 5.2.1.
std::vector<std::uint8_t> buildAnchor(const Structures &all, std::size_t tableBytes)
{
    std::vector<std::uint8_t> anchor(31);
    std::ranges::copy(std::string_view("_SM_"), anchor.begin());
    anchor[5] = std::uint8_t(anchor.size());
    anchor[6] = 2;
    anchor[7] = 8;
    storeLe(&anchor[8], std::uint16_t(all.largest()));
    std::ranges::copy(std::string_view("_DMI_"), anchor.begin() + 16);
    storeLe(&anchor[22], std::uint16_t(tableBytes));
    storeLe(&anchor[28], std::uint16_t(all.count()));
    anchor[30] = 0x28;
    anchor[21] = missingTo0(std::span(anchor).subspan(16));
    anchor[4] = missingTo0(anchor);
    return anchor;
}

} // namespace

SmbiosTables buildSmbiosTables(const VmConfig &config, const BoardFacts &facts)
{
    Structures all;
    addSystem(all, config);
    addEnclosure(all);
    addProcessor(all, facts.vcpus);
    addMemory(all, facts);
    all.begin(32); // 7.33: the last boot went well
    all.number(0, 7);
    all.end();
    all.begin(127); // 7.45: the end
    all.end();

    SmbiosTables result;
    result.tables = all.take();
    result.anchor = buildAnchor(all, result.tables.size());
    return result;
}

} // namespace engine
