// SPDX-License-Identifier: GPL-3.0-or-later
// ACPI tables as a guest finds them: the loader's script carried out, with the strictness of OVMF
// (AcpiPlatformDxe/QemuFwCfgAcpi.c), at made-up addresses.
#pragma once

#include "engine/base/bytes.h"

#include <cstdint>
#include <cstring>
#include <map>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace tests {

inline std::uint8_t sumOf(std::span<const std::uint8_t> bytes)
{
    return std::uint8_t(std::accumulate(bytes.begin(), bytes.end(), 0u));
}

class LoadedTables final
{
public:
    using File = std::vector<std::uint8_t>;

    // Answers what is wrong; empty: nothing.
    std::string run(const File &script, const std::map<std::string, File> &files)
    {
        using engine::loadLe;
        if (script.empty() || script.size() % 128 != 0)
            return "the script is no list of commands";
        for (std::size_t at = 0; at < script.size(); at += 128) {
            const std::uint8_t *entry = &script[at];
            const std::string name(reinterpret_cast<const char *>(entry + 4));
            const auto command = loadLe<std::uint32_t>(entry);
            if (command == 1) {
                if (!files.contains(name) || m_files.contains(name))
                    return "allocates " + name;
                const auto alignment = loadLe<std::uint32_t>(entry + 60);
                if (alignment == 0 || (alignment & (alignment - 1)) != 0 || alignment > 4096)
                    return "alignment of " + name;
                // Not a multiple of more than asked for.
                const std::uint32_t address =
                    (entry[64] == 2 ? 0xf5000
                                    : 0x7ffe0000 - 0x100000 * std::uint32_t(m_files.size()))
                    + alignment;
                if (entry[64] != 1 && entry[64] != 2)
                    return "zone of " + name;
                m_files[name] = {files.at(name), address};
                continue;
            }
            if (!m_files.contains(name))
                return "uses " + name + " before it is there";
            Loaded &file = m_files[name];
            if (command == 2) {
                const std::string target(reinterpret_cast<const char *>(entry + 60));
                const auto offset = loadLe<std::uint32_t>(entry + 116);
                const unsigned size = entry[120];
                if (!m_files.contains(target) || (size != 4 && size != 8)
                    || offset + size > file.bytes.size())
                    return "pointer in " + name;
                const std::uint64_t value = engine::loadPart(file.bytes, offset, size);
                if (value >= m_files[target].bytes.size())
                    return "pointer beyond " + target;
                engine::storePart(file.bytes, offset, size, value + m_files[target].address);
            } else if (command == 3) {
                const auto offset = loadLe<std::uint32_t>(entry + 60);
                const auto start = loadLe<std::uint32_t>(entry + 64);
                const auto length = loadLe<std::uint32_t>(entry + 68);
                if (offset >= file.bytes.size() || start + length > file.bytes.size())
                    return "checksum in " + name;
                file.bytes[offset] = std::uint8_t(
                    file.bytes[offset] - sumOf(std::span(file.bytes).subspan(start, length)));
            } else {
                return "unknown command";
            }
        }
        return {};
    }

    // From this address on; empty where nothing was loaded.
    std::span<const std::uint8_t> at(std::uint64_t address) const
    {
        for (const auto &[name, file] : m_files)
            if (address >= file.address && address < file.address + file.bytes.size())
                return std::span(file.bytes).subspan(std::size_t(address - file.address));
        return {};
    }
    std::span<const std::uint8_t> file(const std::string &name) const
    {
        const auto found = m_files.find(name);
        return found == m_files.end() ? std::span<const std::uint8_t>() : found->second.bytes;
    }
    // By its header's length; empty when that does not fit.
    std::span<const std::uint8_t> table(std::uint64_t address) const
    {
        const auto rest = at(address);
        if (rest.size() < 36)
            return {};
        const auto length = engine::loadLe<std::uint32_t>(&rest[4]);
        return length < 36 || length > rest.size() ? std::span<const std::uint8_t>()
                                                   : rest.first(length);
    }

private:
    struct Loaded
    {
        File bytes;
        std::uint64_t address = 0;
    };
    std::map<std::string, Loaded> m_files;
};

} // namespace tests
