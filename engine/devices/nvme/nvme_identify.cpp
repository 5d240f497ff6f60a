// SPDX-License-Identifier: GPL-3.0-or-later
// What the controller says of itself and its namespace (5.14, 5.15).
#include "engine/devices/nvme/nvme.h"

#include <algorithm>
#include <cstring>

namespace engine::nvme {

namespace {

constexpr std::size_t IdentifyBytes = 4096;

enum IdentifyWhat : std::uint8_t {
    OfNamespace = 0,
    OfController = 1,
    ActiveNamespaces = 2,
    NamespaceDescriptors = 3,
};

enum LogPageId : std::uint8_t { ErrorInformation = 1, Health = 2, FirmwareSlots = 3 };

// Padded with blanks, as all of its texts but the qualified name.
void putText(std::vector<std::uint8_t> &data, std::size_t at, std::size_t size,
             std::string_view text)
{
    std::fill_n(data.begin() + std::ptrdiff_t(at), size, std::uint8_t(' '));
    std::copy_n(text.begin(), std::min(size, text.size()), data.begin() + std::ptrdiff_t(at));
}

constexpr std::string_view FirmwareRevision = "1.0";

} // namespace

// Of the disk's serial number, by FNV-1a; the form of RFC 9562's version 8.
std::array<std::uint8_t, 16> Controller::uuid() const
{
    std::array<std::uint8_t, 16> uuid;
    std::uint64_t hash = 0xcbf29ce484222325;
    for (std::size_t half = 0; half < 2; ++half) {
        for (const char letter : m_serial)
            hash = (hash ^ std::uint8_t(letter)) * 0x100000001b3;
        storeLe(&uuid[8 * half], hash);
        hash = ~hash;
    }
    uuid[6] = std::uint8_t((uuid[6] & 0x0f) | 0x80);
    uuid[8] = std::uint8_t((uuid[8] & 0x3f) | 0x80);
    return uuid;
}

// Figure 247.
std::vector<std::uint8_t> Controller::controllerData() const
{
    std::vector<std::uint8_t> data(IdentifyBytes, 0);
    storeLe(&data[0], vendorId());
    storeLe(&data[2], std::uint16_t(0x1af4));
    putText(data, 4, 20, m_serial);
    putText(data, 24, 40, "Vitrine NVMe Disk");
    putText(data, 64, 8, FirmwareRevision);
    data[72] = 6; // recommended burst: 64 commands
    data[77] = 7; // transfers of 2^7 pages
    static_assert(MostTransferBytes == (PageBytes << 7));
    storeLe(&data[80], VersionValue);
    data[111] = 1; // an I/O controller
    data[258] = 3; // aborts at once, from 0 on
    data[259] = MostEventRequests - 1;
    data[260] = 0x03; // one firmware slot, which is read-only
    storeLe(&data[266], std::uint16_t(343)); // warm, K
    storeLe(&data[268], std::uint16_t(373)); // hot
    data[512] = 0x66; // entries of 64 bytes
    data[513] = 0x44; // and of 16
    storeLe(&data[516], NamespaceId); // how many there are
    storeLe(&data[520], std::uint16_t((1u << 2) | (1u << 3))); // dataset management, zeroes
    data[525] = 0x07; // a write cache, which a flush of all namespaces empties, too
    std::string name = "nqn.2014-08.org.nvmexpress:uuid:";
    constexpr char Digits[] = "0123456789abcdef";
    const std::array<std::uint8_t, 16> id = uuid();
    for (std::size_t i = 0; i < id.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            name += '-';
        name += Digits[id[i] >> 4];
        name += Digits[id[i] & 15];
    }
    std::ranges::copy(name, data.begin() + 768);
    storeLe(&data[2048], std::uint16_t(2500)); // its one power state: 25 W
    return data;
}

// Figure 245.
std::vector<std::uint8_t> Controller::namespaceData() const
{
    std::vector<std::uint8_t> data(IdentifyBytes, 0);
    for (const std::size_t at : {0u, 8u, 16u}) // size, capacity, use
        storeLe(&data[at], blockCount());
    data[99] = m_image->isReadOnly() ? 1 : 0;
    data[130] = 9; // its one format: blocks of 2^9 bytes
    static_assert(BlockBytes == 1u << 9);
    return data;
}

std::uint16_t Controller::identify(const Entry &entry)
{
    std::vector<std::uint8_t> data;
    switch (std::uint8_t(entry.word(10))) {
    case OfController:
        data = controllerData();
        break;
    case OfNamespace:
        if (entry.space() == 0 || (entry.space() > NamespaceId && entry.space() != AllNamespaces))
            return InvalidNamespace;
        data = namespaceData();
        break;
    case ActiveNamespaces: // those behind the one named
        if (entry.space() >= 0xfffffffe)
            return InvalidNamespace;
        data.resize(IdentifyBytes);
        if (entry.space() < NamespaceId)
            storeLe(&data[0], NamespaceId);
        break;
    case NamespaceDescriptors: {
        if (entry.space() != NamespaceId)
            return InvalidNamespace;
        const std::array<std::uint8_t, 16> id = uuid();
        data = {3, std::uint8_t(id.size()), 0, 0}; // a UUID
        data.insert(data.end(), id.begin(), id.end());
        data.resize(IdentifyBytes);
        break;
    }
    default:
        return InvalidField;
    }
    return send(entry, data);
}

std::uint16_t Controller::logPage(const Entry &entry)
{
    std::vector<std::uint8_t> page(512, 0);
    switch (std::uint8_t(entry.word(10))) {
    case ErrorInformation: // one entry: there was none
        page.resize(64);
        break;
    case Health:
        storeLe(&page[1], std::uint16_t(303)); // K
        page[3] = 100; // spare blocks, percent
        page[4] = 10; // and how many should be
        break;
    case FirmwareSlots:
        page[0] = 1; // the one in use
        std::ranges::copy(FirmwareRevision, page.begin() + 8);
        break;
    default:
        return InvalidLogPage;
    }
    const std::uint64_t wanted =
        ((std::uint64_t(entry.word(11) & 0xffff) << 16 | entry.word(10) >> 16) + 1) * 4;
    const std::uint64_t from = entry.word(12) | (std::uint64_t(entry.word(13)) << 32);
    if (from % 4 != 0 || from > page.size())
        return InvalidField;
    page.erase(page.begin(), page.begin() + std::ptrdiff_t(from));
    if (wanted < page.size())
        page.resize(std::size_t(wanted));
    return send(entry, page);
}

} // namespace engine::nvme
