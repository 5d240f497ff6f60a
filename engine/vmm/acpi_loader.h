// SPDX-License-Identifier: GPL-3.0-or-later
// Writes the file "etc/table-loader": commands of 128 bytes that the firmware carries out in order
// (QEMU hw/acpi/bios-linker-loader.c; SeaBIOS src/fw/romfile_loader.c; OVMF QemuLoader.h).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace engine {

class AcpiLoader final
{
public:
    enum class Zone : std::uint8_t {
        High = 1, // anywhere below 4 GiB
        FSegment = 2, // 0xf0000 to 0xfffff, where a guest looks for the RSDP
    };

    // Loads a file to an address that is a multiple of `alignment`.
    void allocate(std::string_view file, std::uint32_t alignment, Zone zone);
    // Adds the address of `target` to the number of `size` bytes at this offset.
    void addPointer(std::string_view file, std::size_t offset, unsigned size,
                    std::string_view target);
    // Makes the sum of these bytes zero by the one at `offset`, which is zero and one of them.
    void addChecksum(std::string_view file, std::size_t offset, std::size_t start,
                     std::size_t length);

    const std::vector<std::uint8_t> &script() const { return m_script; }

private:
    enum class Command : std::uint32_t { Allocate = 1, AddPointer = 2, AddChecksum = 3 };

    std::uint8_t *append(Command command, std::string_view file);

    std::vector<std::uint8_t> m_script;
};

} // namespace engine
