// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/vm_state_file.h"

#include "engine/base/bytes.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <sys/stat.h>
#include <unistd.h>

namespace engine {

namespace {

constexpr std::array<std::uint8_t, 8> Magic = {'V', 'I', 'T', 'R', 'I', 'N', 'E', 0x1a};
constexpr std::uint32_t FormatVersion = 1;
constexpr std::uint64_t MemoryOffset = 2 << 20;
constexpr std::uint64_t MaxArchiveBytes = 1 << 30;

enum HeaderField : std::size_t {
    VersionField = 8,
    ArchiveOffsetField = 16,
    ArchiveLengthField = 24,
    ChecksumField = 32,
    MemoryOffsetField = 40,
    LowBytesField = 48,
    HighBytesField = 56,
    VideoBytesField = 64,
    HeaderBytes = 72,
};

using Header = std::array<std::uint8_t, HeaderBytes>;

std::uint64_t checksumOf(std::span<const std::uint8_t> bytes)
{
    std::uint64_t sum = 0xcbf29ce484222325u;
    for (const std::uint8_t byte : bytes)
        sum = (sum ^ byte) * 0x100000001b3u;
    return sum;
}

Error ioError(const char *what)
{
    return Error(errno == ENOSPC || errno == EDQUOT ? ErrorKind::NoSpace : ErrorKind::Io,
                 std::string(what) + ": " + std::strerror(errno));
}

Result<> writeAt(int file, std::span<const std::uint8_t> bytes, std::uint64_t offset)
{
    while (!bytes.empty()) {
        const ssize_t written = ::pwrite(file, bytes.data(), bytes.size(), off_t(offset));
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return ioError("Cannot write the machine's state");
        bytes = bytes.subspan(std::size_t(written));
        offset += std::uint64_t(written);
    }
    return {};
}

Result<> readAt(int file, std::span<std::uint8_t> bytes, std::uint64_t offset)
{
    while (!bytes.empty()) {
        const ssize_t count = ::pread(file, bytes.data(), bytes.size(), off_t(offset));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return ioError("Cannot read the saved state");
        if (count == 0)
            return Error(ErrorKind::Corrupt, "The saved state is cut short");
        bytes = bytes.subspan(std::size_t(count));
        offset += std::uint64_t(count);
    }
    return {};
}

} // namespace

Result<> writeStateFile(int file, const GuestRam &ram, std::span<const std::uint8_t> video,
                        const std::vector<std::uint8_t> &archive,
                        const std::function<bool(int)> &progressed)
{
    if (::ftruncate(file, 0) < 0)
        return ioError("Cannot write the machine's state");
    TRY(ram.save(file, MemoryOffset, progressed));
    TRY(saveSparse(file, MemoryOffset + ram.fileBytes(), video));
    const std::uint64_t archiveOffset = MemoryOffset + ram.fileBytes() + video.size();
    TRY(writeAt(file, archive, archiveOffset));

    Header header = {};
    std::copy(Magic.begin(), Magic.end(), header.begin());
    storeLe(&header[VersionField], FormatVersion);
    storeLe(&header[ArchiveOffsetField], archiveOffset);
    storeLe(&header[ArchiveLengthField], std::uint64_t(archive.size()));
    storeLe(&header[ChecksumField], checksumOf(archive));
    storeLe(&header[MemoryOffsetField], MemoryOffset);
    storeLe(&header[LowBytesField], ram.layout().lowBytes);
    storeLe(&header[HighBytesField], ram.layout().highBytes);
    storeLe(&header[VideoBytesField], std::uint64_t(video.size()));
    if (::fdatasync(file) < 0)
        return ioError("Cannot write the machine's state");
    TRY(writeAt(file, header, 0));
    if (::fsync(file) < 0)
        return ioError("Cannot write the machine's state");
    return {};
}

Result<std::vector<std::uint8_t>> readStateFile(int file, GuestRam &ram,
                                                std::span<std::uint8_t> video)
{
    Header header = {};
    TRY(readAt(file, header, 0));
    if (!std::equal(Magic.begin(), Magic.end(), header.begin()))
        return Error(ErrorKind::Corrupt, "The file holds no saved state, or an unfinished one");
    if (const auto version = loadLe<std::uint32_t>(&header[VersionField]); version != FormatVersion)
        return Error(ErrorKind::Unsupported,
                     "The saved state has format " + std::to_string(version)
                         + ", this program knows format " + std::to_string(FormatVersion));
    const auto field = [&](HeaderField at) { return loadLe<std::uint64_t>(&header[at]); };
    if (field(LowBytesField) != ram.layout().lowBytes
        || field(HighBytesField) != ram.layout().highBytes)
        return Error(ErrorKind::Invalid,
                     "The machine had another amount of memory when its state was saved")
            .withRemedy("Set the memory as it was, or discard the saved state");
    if (field(VideoBytesField) != video.size())
        return Error(ErrorKind::Invalid,
                     "The machine had another amount of video memory when its state was saved")
            .withRemedy("Set the video memory as it was, or discard the saved state");
    struct stat status = {};
    if (::fstat(file, &status) < 0)
        return ioError("Cannot read the saved state");
    const std::uint64_t memoryOffset = field(MemoryOffsetField);
    const std::uint64_t archiveLength = field(ArchiveLengthField);
    const auto fileBytes = std::uint64_t(status.st_size);
    if (memoryOffset % 4096 != 0 || memoryOffset > fileBytes
        || ram.fileBytes() + video.size() > fileBytes - memoryOffset
        || archiveLength > MaxArchiveBytes)
        return Error(ErrorKind::Corrupt, "The saved state is damaged or cut short");
    std::vector<std::uint8_t> archive(std::size_t(archiveLength), 0);
    TRY(readAt(file, archive, field(ArchiveOffsetField)));
    if (checksumOf(archive) != field(ChecksumField))
        return Error(ErrorKind::Corrupt, "The saved state is damaged: its checksum is wrong");
    TRY(readAt(file, video, memoryOffset + ram.fileBytes()));
    TRY(ram.mapFrom(file, memoryOffset));
    return archive;
}

} // namespace engine
