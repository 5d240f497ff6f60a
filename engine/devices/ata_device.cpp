// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/ata_device.h"

#include <algorithm>

namespace engine {

void storeAtaString(std::span<std::uint8_t> field, std::string_view text)
{
    for (std::size_t i = 0; i < field.size(); ++i) {
        const char character = i < text.size() ? text[i] : ' ';
        const bool isPrintable = character >= 0x20 && character < 0x7f;
        field[i ^ 1] = isPrintable ? std::uint8_t(character) : std::uint8_t('?');
    }
}

void storeAtaChecksum(std::span<std::uint8_t, 512> data)
{
    data[510] = 0xa5;
    std::uint8_t sum = 0;
    for (std::size_t i = 0; i < 511; ++i)
        sum = std::uint8_t(sum + data[i]);
    data[511] = std::uint8_t(-sum);
}

} // namespace engine
