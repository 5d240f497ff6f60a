// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/scsi/scsi_task.h"

#include "engine/base/bytes.h"

#include <algorithm>

namespace engine {

std::array<std::uint8_t, 18> fixedSense(const ScsiSense &sense)
{
    std::array<std::uint8_t, 18> data = {};
    data[0] = 0x70;
    data[2] = sense.key;
    data[7] = 10;
    data[12] = sense.code;
    data[13] = sense.qualifier;
    return data;
}

std::vector<std::uint8_t> vitalPage(std::uint8_t deviceType, std::uint8_t page,
                                    const std::string &serial, std::span<const std::uint8_t> more)
{
    constexpr std::uint8_t SupportedPages = 0x00;
    constexpr std::uint8_t SerialNumber = 0x80;
    constexpr std::uint8_t Identification = 0x83;
    std::vector<std::uint8_t> content;
    switch (page) {
    case SupportedPages:
        content = {SupportedPages, SerialNumber, Identification};
        content.insert(content.end(), more.begin(), more.end());
        break;
    case SerialNumber:
        content.assign(serial.begin(), serial.end());
        break;
    case Identification: {
        // 7.8.6: ASCII, of the vendor's, for the unit; the vendor and the serial number.
        const std::string name = "VITRINE " + serial;
        content = {2, 1, 0, std::uint8_t(std::min<std::size_t>(name.size(), 0xff))};
        content.insert(content.end(), name.begin(),
                       name.begin() + std::ptrdiff_t(std::min<std::size_t>(name.size(), 0xff)));
        break;
    }
    default:
        return {};
    }
    std::vector<std::uint8_t> data = {deviceType, page, 0, 0};
    storeBe(&data[2], std::uint16_t(content.size()));
    data.insert(data.end(), content.begin(), content.end());
    return data;
}

std::array<std::uint8_t, 16> onlyUnit()
{
    return {0, 0, 0, 8};
}

} // namespace engine
