// SPDX-License-Identifier: GPL-3.0-or-later
// What the optical drive tells about itself and the medium.
#include "engine/base/bytes.h"
#include "engine/devices/scsi/optical_unit.h"
#include "engine/devices/scsi/scsi_commands.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace engine {

using namespace scsi;

namespace {

constexpr std::uint16_t ProfileCdRom = 0x0008;
constexpr std::uint16_t ProfileDvdRom = 0x0010;
constexpr std::uint8_t LeadOut = 0xaa;

void append(std::vector<std::uint8_t> &data, std::initializer_list<unsigned> bytes)
{
    for (const unsigned byte : bytes)
        data.push_back(std::uint8_t(byte));
}

void appendBe32(std::vector<std::uint8_t> &data, std::uint32_t value)
{
    append(data, {value >> 24, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff});
}

// A place on the medium: a block, or minutes, seconds and frames (MMC-6 table A.1; counted in 8
// bits, as a medium that is longer than 255 minutes has none).
void appendPlace(std::vector<std::uint8_t> &data, std::uint32_t block, bool isTime)
{
    if (!isTime)
        return appendBe32(data, block);
    const std::uint32_t frames = block + 150;
    append(data, {0, (frames / 75 / 60) & 0xff, frames / 75 % 60, frames % 75});
}

} // namespace

// SPC-3 6.4
void OpticalUnit::inquiry(const ScsiTaskPtr &task)
{
    const auto allocated = loadBe<std::uint16_t>(&task->command[3]);
    if ((task->command[1] & 1) != 0 && !m_identity.isAtapi) {
        const std::vector<std::uint8_t> page =
            vitalPage(OpticalType, task->command[2], m_identity.serial);
        return page.empty() ? fail(task, InvalidField) : answer(task, page, allocated);
    }
    if ((task->command[1] & 1) != 0 || task->command[2] != 0)
        return fail(task, InvalidField);
    std::array<std::uint8_t, 36> data = {OpticalType, 0x80, 0x05, 0x02, 31};
    if (m_identity.isAtapi) { // SFF 8020, 10.8.1
        data[2] = 0x00;
        data[3] = 0x21;
    }
    const auto put = [&](std::size_t at, std::string_view text) {
        std::memcpy(&data[at], text.data(), text.size());
    };
    put(8, "VITRINE ");
    put(16, "DVD-ROM         ");
    put(32, "1.0 ");
    answer(task, data, allocated);
}

// MMC-6 6.24
void OpticalUnit::readCapacity(const ScsiTaskPtr &task)
{
    if (!isReady(task))
        return;
    std::array<std::uint8_t, 8> data = {};
    storeBe(&data[0], std::uint32_t(std::max<std::uint64_t>(blocks(), 1) - 1));
    storeBe(&data[4], std::uint32_t(OpticalBlockBytes));
    answer(task, data, data.size());
}

// MMC-6 6.25: one session with one data track.
void OpticalUnit::readToc(const ScsiTaskPtr &task)
{
    if (!isReady(task))
        return;
    const std::uint8_t *const cdb = task->command.data();
    const bool isTime = (cdb[1] & 2) != 0;
    // The older place of the format is the control byte (SFF 8020, 10.8.20).
    const std::uint8_t format = (cdb[2] & 0xf) != 0 ? cdb[2] & 0xf : cdb[9] >> 6;
    const std::uint8_t start = cdb[6];
    std::vector<std::uint8_t> data;
    const auto end = std::uint32_t(blocks());
    switch (format) {
    case 0:
        if (start > 1 && start != LeadOut)
            return fail(task, InvalidField);
        append(data, {0, 0, 1, 1});
        if (start <= 1) {
            append(data, {0, 0x14, 1, 0});
            appendPlace(data, 0, isTime);
        }
        append(data, {0, 0x14, LeadOut, 0});
        appendPlace(data, end, isTime);
        break;
    case 1:
        append(data, {0, 0, 1, 1, 0, 0x14, 1, 0});
        appendPlace(data, 0, isTime);
        break;
    case 2: // points A0, A1, A2 (lead-out) and the track, as times
        append(data, {0, 0, 1, 1});
        for (const unsigned point : {0xa0u, 0xa1u, 0xa2u, 1u}) {
            append(data, {1, 0x14, 0, point, 0, 0, 0});
            if (point == 0xa2)
                appendPlace(data, end, true);
            else if (point == 1)
                appendPlace(data, 0, true);
            else
                append(data, {0, 1, 0, 0});
        }
        break;
    default:
        return fail(task, InvalidField);
    }
    storeBe(data.data(), std::uint16_t(data.size() - 2));
    answer(task, data, loadBe<std::uint16_t>(cdb + 7));
}

// MMC-6 6.22: complete, one session, nothing can be added.
void OpticalUnit::readDiscInformation(const ScsiTaskPtr &task)
{
    if (!isReady(task))
        return;
    if ((task->command[1] & 7) != 0)
        return fail(task, InvalidField);
    std::array<std::uint8_t, 34> data = {0, 32, 0x0e, 1, 1, 1, 1, 0x20};
    storeBe(&data[16], std::uint32_t(0xffffffff)); // last session's lead-in and last place: none
    storeBe(&data[20], std::uint32_t(0xffffffff));
    answer(task, data, loadBe<std::uint16_t>(&task->command[7]));
}

// MMC-6 6.27
void OpticalUnit::readTrackInformation(const ScsiTaskPtr &task)
{
    if (!isReady(task))
        return;
    const std::uint8_t *const cdb = task->command.data();
    const std::uint8_t type = cdb[1] & 3; // by block, track or session
    const auto place = loadBe<std::uint32_t>(cdb + 2);
    if (type == 3 || (type == 0 ? place >= blocks() : place != 1))
        return fail(task, InvalidField);
    std::array<std::uint8_t, 36> data = {0, 34, 1, 1, 0, 4, 1};
    storeBe(&data[24], std::uint32_t(blocks()));
    answer(task, data, loadBe<std::uint16_t>(cdb + 7));
}

// MMC-6 6.23: what a pressed DVD-ROM tells.
void OpticalUnit::readDvdStructure(const ScsiTaskPtr &task)
{
    if (!isReady(task))
        return;
    const std::uint8_t *const cdb = task->command.data();
    if (!isDvd() || (cdb[1] & 0xf) != 0 || cdb[6] != 0)
        return fail(task, InvalidField);
    std::vector<std::uint8_t> data = {0, 0, 0, 0};
    switch (cdb[7]) {
    case 0x00: { // physical: 120 mm, one layer, from sector 30000h
        append(data, {0x01, 0x0f, 0x01, 0x00});
        appendBe32(data, 0x30000);
        appendBe32(data, std::uint32_t(0x30000 + blocks() - 1) & 0xffffff);
        data.resize(4 + 2048);
        break;
    }
    case 0x01: // copyright: none
        data.resize(4 + 4);
        break;
    case 0x04: // manufacturer's
        data.resize(4 + 2048);
        break;
    default:
        return fail(task, InvalidField);
    }
    storeBe(data.data(), std::uint16_t(data.size() - 2));
    answer(task, data, loadBe<std::uint16_t>(cdb + 8));
}

// MMC-6 6.5 and 5.3: profiles, then what this kind of drive must have.
void OpticalUnit::getConfiguration(const ScsiTaskPtr &task)
{
    const std::uint8_t *const cdb = task->command.data();
    const std::uint8_t kind = cdb[1] & 3; // all, current, one
    const auto start = loadBe<std::uint16_t>(cdb + 2);
    if (kind == 3)
        return fail(task, InvalidField);
    const bool isCd = m_medium && !isDvd();
    const bool isDisc = m_medium && isDvd();
    std::vector<std::uint8_t> data(8);
    storeBe(&data[6], std::uint16_t(isDisc ? ProfileDvdRom : isCd ? ProfileCdRom : 0));
    const auto add = [&](std::uint16_t code, unsigned version, bool isPersistent, bool isCurrent,
                         std::initializer_list<unsigned> content) {
        const bool isWanted = kind == 2 ? code == start : code >= start && (kind == 0 || isCurrent);
        if (!isWanted)
            return;
        append(data,
               {unsigned(code >> 8), unsigned(code & 0xff),
                version << 2 | (isPersistent ? 2u : 0u) | (isCurrent ? 1u : 0u),
                unsigned(content.size())});
        append(data, content);
    };
    add(0x0000, 0, true, true,
        {0, ProfileDvdRom, isDisc ? 1u : 0u, 0, 0, ProfileCdRom, isCd ? 1u : 0u, 0});
    add(0x0001, 2, true, true, {0, 0, 0, 7, 1, 0, 0, 0}); // core: ATAPI; device busy events
    add(0x0002, 1, true, true, {2, 0, 0, 0}); // morphing: events are told
    add(0x0003, 1, true, true, {0x29, 0, 0, 0}); // removable: tray, ejects, locks
    add(0x0010, 0, false, m_medium != nullptr, {0, 0, 8, 0, 0, 1, 0, 0}); // random reading
    add(0x001d, 0, false, isCd, {}); // all kinds of CD
    add(0x001e, 2, false, isCd, {0, 0, 0, 0}); // CD
    add(0x001f, 1, false, isDisc, {0, 0, 0, 0}); // DVD
    storeBe(data.data(), std::uint32_t(data.size() - 4));
    answer(task, data, loadBe<std::uint16_t>(cdb + 7));
}

// MMC-6 6.6: media events only, polled.
void OpticalUnit::getEventStatus(const ScsiTaskPtr &task)
{
    constexpr std::uint8_t MediaClass = 4;
    const std::uint8_t *const cdb = task->command.data();
    if ((cdb[1] & 1) == 0)
        return fail(task, InvalidField); // asynchronous
    std::vector<std::uint8_t> data;
    if ((cdb[4] & (1u << MediaClass)) == 0) {
        data = {0, 2, 0x80, 1u << MediaClass};
    } else {
        const unsigned status = (m_isTrayOpen ? 1u : 0u) | (m_medium ? 2u : 0u);
        data = {0, 6, MediaClass, 1u << MediaClass, std::uint8_t(m_event), std::uint8_t(status),
                0, 0};
    }
    const auto allocated = loadBe<std::uint16_t>(cdb + 7);
    if (data.size() == 8 && allocated > 4)
        m_event = MediaEvent::None;
    answer(task, data, allocated);
}

// MMC-6 6.9
void OpticalUnit::mechanismStatus(const ScsiTaskPtr &task)
{
    std::array<std::uint8_t, 8> data = {};
    data[1] = m_isTrayOpen ? 0x10 : 0;
    data[5] = 1; // a changer with one slot, whose table is not told
    answer(task, data, loadBe<std::uint16_t>(&task->command[8]));
}

std::vector<std::uint8_t> OpticalUnit::modePages(std::uint8_t page, bool isChangeable) const
{
    constexpr std::uint8_t ErrorRecovery = 0x01; // MMC-6 7.3
    constexpr std::uint8_t Capabilities = 0x2a; // MMC-3 6.3.11
    constexpr std::uint8_t All = 0x3f;
    std::vector<std::uint8_t> data;
    if (page == ErrorRecovery || page == All)
        append(data, {ErrorRecovery, 0x0a, 0, isChangeable ? 0u : 5u, 0, 0, 0, 0, 0, 0, 0, 0});
    if (page == Capabilities || page == All) {
        if (isChangeable) {
            append(data, {Capabilities, 0x12});
            data.resize(data.size() + 0x12);
        } else {
            // Reads CD-R, CD-RW, DVD-ROM and DVD-R; mode 2 forms 1 and 2, multi-session; tray that
            // locks and ejects; 16 times; 512 KiB.
            append(data,
                   {Capabilities, 0x12, 0x1f, 0x00, 0x70, 0x60, 0x29u | (m_isLocked ? 2u : 0u),
                    0x00,         0x0b, 0x00, 0x00, 0x00, 0x02, 0x00,
                    0x0b,         0x00, 0x00, 0x00, 0x00, 0x00});
        }
    }
    return data;
}

// SPC-3 6.9 and 6.10
void OpticalUnit::modeSense(const ScsiTaskPtr &task)
{
    const std::uint8_t *const cdb = task->command.data();
    const bool isShort = cdb[0] == ModeSense6;
    const std::uint8_t control = cdb[2] >> 6; // current, changeable, default, saved
    if (control == 3)
        return fail(task, SavingUnsupported);
    const std::vector<std::uint8_t> pages = modePages(cdb[2] & 0x3f, control == 1);
    if (pages.empty())
        return fail(task, InvalidField);
    std::vector<std::uint8_t> data(isShort ? 4 : 8);
    data.insert(data.end(), pages.begin(), pages.end());
    // The medium type: 70h is no medium, 71h an open tray, 01h a data CD (SFF 8020, table 59).
    const std::uint8_t medium = m_medium ? 0x01 : m_isTrayOpen ? 0x71 : 0x70;
    if (isShort) {
        data[0] = std::uint8_t(data.size() - 1);
        data[1] = medium;
    } else {
        storeBe(data.data(), std::uint16_t(data.size() - 2));
        data[2] = medium;
    }
    answer(task, data, isShort ? cdb[4] : loadBe<std::uint16_t>(cdb + 7));
}

} // namespace engine
