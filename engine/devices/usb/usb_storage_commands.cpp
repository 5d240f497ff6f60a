// SPDX-License-Identifier: GPL-3.0-or-later
// SCSI Primary Commands - 3 (SPC-3) and SCSI Block Commands - 3 (SBC-3); sense codes: SPC-3, 4.5.
#include "engine/devices/usb/usb_storage.h"

#include "engine/base/bytes.h"

#include <algorithm>

namespace engine {

namespace {

enum StickCommand : std::uint8_t {
    StickTestUnitReady = 0x00,
    StickRequestSense = 0x03,
    StickInquiry = 0x12,
    StickModeSense6 = 0x1a,
    StickStartStop = 0x1b,
    StickPreventRemoval = 0x1e,
    StickFormatCapacities = 0x23,
    StickReadCapacity10 = 0x25,
    StickRead10 = 0x28,
    StickWrite10 = 0x2a,
    StickVerify10 = 0x2f,
    StickSynchronize10 = 0x35,
    StickModeSense10 = 0x5a,
    StickRead16 = 0x88,
    StickWrite16 = 0x8a,
    StickServiceIn16 = 0x9e,
    StickReportLuns = 0xa0,
};
constexpr std::uint8_t ReadCapacity16 = 0x10; // service action
constexpr std::uint8_t VitalData = 1; // EVPD
enum VitalPage : std::uint8_t {
    SupportedPages = 0x00,
    UnitSerialNumber = 0x80,
    BlockCharacteristics = 0xb1,
};
constexpr std::uint8_t Removable = 0x80;
constexpr std::uint8_t CachingPage = 0x08;
constexpr std::uint8_t CachingPageBytes = 18; // behind the first two
constexpr std::uint8_t AllPages = 0x3f;
constexpr std::uint8_t WriteCache = 1u << 2;
constexpr std::uint8_t IllegalRequest = 5;
constexpr std::uint8_t DataProtect = 7;
constexpr std::size_t InquiryBytes = 36;
constexpr std::size_t FixedSenseBytes = 18;

template <std::unsigned_integral T>
void appendBe(std::vector<std::uint8_t> &bytes, T value)
{
    bytes.resize(bytes.size() + sizeof value);
    storeBe(&bytes[bytes.size() - sizeof value], value);
}

} // namespace

void UsbStorage::answer(std::vector<std::uint8_t> data, std::uint64_t allocated)
{
    if (m_phase != Phase::ToHost)
        return;
    if (data.size() > allocated)
        data.resize(std::size_t(allocated));
    m_buffer = std::move(data);
}

void UsbStorage::refuse(Sense sense)
{
    m_sense = sense;
    m_status = 1;
}

void UsbStorage::transferBlocks(bool isWrite, std::uint64_t lba, std::uint64_t blocks)
{
    if (lba > blockCount() || blocks > blockCount() - lba)
        return refuse({IllegalRequest, 0x21, 0}); // LOGICAL BLOCK ADDRESS OUT OF RANGE
    if (isWrite && m_image->isReadOnly())
        return refuse({DataProtect, 0x27, 0}); // WRITE PROTECTED
    if (blocks == 0)
        return;
    // 6.7: what the wrapper says and what the command says have to agree.
    if (m_phase != (isWrite ? Phase::FromHost : Phase::ToHost)) {
        m_status = 2;
        return;
    }
    m_offset = lba * BlockBytes;
    m_left = std::min(blocks * BlockBytes,
                      (std::uint64_t(m_wanted) + BlockBytes - 1) / BlockBytes * BlockBytes);
}

std::vector<std::uint8_t> UsbStorage::vitalData(std::uint8_t page) const
{
    switch (page) {
    case SupportedPages:
        return {0, SupportedPages, 0, 3, SupportedPages, UnitSerialNumber, BlockCharacteristics};
    case UnitSerialNumber: {
        std::vector<std::uint8_t> data = {0, UnitSerialNumber, 0, std::uint8_t(m_serial.size())};
        data.insert(data.end(), m_serial.begin(), m_serial.begin() + data[3]);
        return data;
    }
    case BlockCharacteristics: { // SBC-3, 6.5.3; the medium's rotation: none, or not reported
        std::vector<std::uint8_t> data(64);
        data[1] = BlockCharacteristics;
        data[3] = 60;
        data[5] = m_kind == Kind::SolidStateDisk ? 1 : 0;
        return data;
    }
    default:
        return {};
    }
}

std::vector<std::uint8_t> UsbStorage::inquiry(std::span<const std::uint8_t> command)
{
    if ((command[1] & VitalData) != 0)
        return vitalData(command[2]);
    // A disk of SPC-3; 31 more bytes.
    std::vector<std::uint8_t> data = {0, 0, 5, 2, InquiryBytes - 5, 0, 0, 0};
    if (m_kind == Kind::Stick)
        data[1] = Removable;
    const char *const product = m_kind == Kind::Stick ? "USB Stick       " : "USB Disk        ";
    for (const char *text : {"Vitrine ", product, "1.0 "})
        data.insert(data.end(), text, text + std::char_traits<char>::length(text));
    return data;
}

std::vector<std::uint8_t> UsbStorage::modeSense(std::uint8_t page, bool isLong) const
{
    const auto protection = std::uint8_t(m_image->isReadOnly() ? 0x80 : 0);
    std::vector<std::uint8_t> data = {0, 0, protection, 0};
    if (isLong)
        data = {0, 0, 0, protection, 0, 0, 0, 0};
    // SBC-3, 6.4.5: what is written may wait in a cache until SYNCHRONIZE CACHE.
    const std::uint8_t code = page & 0x3f;
    if (code == CachingPage || code == AllPages) {
        const bool isOfChangeable = page >> 6 == 1; // nothing is
        const std::uint8_t cache = isOfChangeable ? std::uint8_t(0) : WriteCache;
        data.insert(data.end(), {CachingPage, CachingPageBytes, cache});
        data.resize(data.size() + CachingPageBytes - 1);
    }
    if (isLong)
        storeBe(data.data(), std::uint16_t(data.size() - 2));
    else
        data[0] = std::uint8_t(data.size() - 1);
    return data;
}

// The command is as long as the longest one, padded with zeros.
void UsbStorage::execute(std::span<const std::uint8_t> command)
{
    const auto be16 = [command](std::size_t at) { return loadBe<std::uint16_t>(&command[at]); };
    const auto be32 = [command](std::size_t at) { return loadBe<std::uint32_t>(&command[at]); };
    const auto be64 = [command](std::size_t at) { return loadBe<std::uint64_t>(&command[at]); };
    constexpr Sense InvalidField = {IllegalRequest, 0x24, 0};
    switch (command[0]) {
    case StickTestUnitReady:
    case StickStartStop:
    case StickPreventRemoval:
    case StickVerify10:
        return;
    case StickRequestSense: {
        std::vector<std::uint8_t> sense(FixedSenseBytes, 0);
        sense[0] = 0x70;
        sense[2] = m_sense.key;
        sense[7] = FixedSenseBytes - 8;
        sense[12] = m_sense.code;
        sense[13] = m_sense.qualifier;
        m_sense = {};
        return answer(std::move(sense), command[4]);
    }
    case StickInquiry: {
        std::vector<std::uint8_t> data = inquiry(command);
        return data.empty() ? refuse(InvalidField) : answer(std::move(data), be16(3));
    }
    case StickModeSense6:
        return answer(modeSense(command[2], false), command[4]);
    case StickModeSense10:
        return answer(modeSense(command[2], true), be16(7));
    case StickFormatCapacities: { // one descriptor: formatted
        std::vector<std::uint8_t> data = {0, 0, 0, 8};
        appendBe(data, std::uint32_t(std::min<std::uint64_t>(blockCount(), 0xffffffff)));
        appendBe(data, std::uint32_t(2u << 24 | BlockBytes));
        return answer(std::move(data), be16(7));
    }
    case StickReadCapacity10: {
        std::vector<std::uint8_t> data;
        appendBe(data, std::uint32_t(std::min<std::uint64_t>(blockCount() - 1, 0xffffffff)));
        appendBe(data, std::uint32_t(BlockBytes));
        return answer(std::move(data), 8);
    }
    case StickServiceIn16: {
        if ((command[1] & 0x1f) != ReadCapacity16)
            return refuse(InvalidField);
        std::vector<std::uint8_t> data;
        appendBe(data, blockCount() - 1);
        appendBe(data, std::uint32_t(BlockBytes));
        data.resize(32);
        return answer(std::move(data), be32(10));
    }
    case StickReportLuns:
        return answer({0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, be32(6));
    case StickRead10:
    case StickWrite10:
        return transferBlocks(command[0] == StickWrite10, be32(2), be16(7));
    case StickRead16:
    case StickWrite16:
        return transferBlocks(command[0] == StickWrite16, be64(2), be32(10));
    case StickSynchronize10:
        return submit(BlockOperation::Flush, 0, 0);
    default:
        return refuse({IllegalRequest, 0x20, 0}); // INVALID COMMAND OPERATION CODE
    }
}

} // namespace engine
