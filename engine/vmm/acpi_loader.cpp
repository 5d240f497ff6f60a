// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/acpi_loader.h"

#include "engine/base/bytes.h"
#include "engine/base/result.h"

#include <algorithm>

namespace engine {

namespace {

constexpr std::size_t EntryBytes = 128;
constexpr std::size_t NameBytes = 56; // with a NUL

void putName(std::uint8_t *to, std::string_view name)
{
    check(name.size() < NameBytes, "the file's name is too long for the loader");
    std::ranges::copy(name, to);
}

} // namespace

// The file's name comes first in all of them; the answer is what follows it.
std::uint8_t *AcpiLoader::append(Command command, std::string_view file)
{
    const std::size_t at = m_script.size();
    m_script.resize(at + EntryBytes);
    storeLe(&m_script[at], std::uint32_t(command));
    putName(&m_script[at + 4], file);
    return &m_script[at + 4 + NameBytes];
}

void AcpiLoader::allocate(std::string_view file, std::uint32_t alignment, Zone zone)
{
    std::uint8_t *entry = append(Command::Allocate, file);
    storeLe(entry, alignment);
    entry[4] = std::uint8_t(zone);
}

void AcpiLoader::addPointer(std::string_view file, std::size_t offset, unsigned size,
                            std::string_view target)
{
    std::uint8_t *entry = append(Command::AddPointer, file);
    putName(entry, target);
    storeLe(entry + NameBytes, std::uint32_t(offset));
    entry[NameBytes + 4] = std::uint8_t(size);
}

void AcpiLoader::addChecksum(std::string_view file, std::size_t offset, std::size_t start,
                             std::size_t length)
{
    std::uint8_t *entry = append(Command::AddChecksum, file);
    storeLe(entry, std::uint32_t(offset));
    storeLe(entry + 4, std::uint32_t(start));
    storeLe(entry + 8, std::uint32_t(length));
}

} // namespace engine
