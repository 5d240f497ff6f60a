// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/guest_ram.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace engine {

namespace {

constexpr std::uint64_t MiB = 1 << 20;
constexpr std::size_t HugePage = 2 * MiB;
constexpr std::uint64_t VgaWindow = 0xa0000;
constexpr std::uint64_t VgaWindowEnd = 0xc0000;
constexpr std::size_t SavePiece = 64 * 1024;

bool isZero(const std::uint8_t *bytes, std::size_t size)
{
    return bytes[0] == 0 && std::memcmp(bytes, bytes + 1, size - 1) == 0;
}

Result<> writeAll(int file, const std::uint8_t *bytes, std::size_t size, std::uint64_t offset)
{
    while (size > 0) {
        const ssize_t written = ::pwrite(file, bytes, size, off_t(offset));
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            const int error = written < 0 ? errno : ENOSPC;
            return Error(error == ENOSPC || error == EDQUOT ? ErrorKind::NoSpace : ErrorKind::Io,
                         std::string("Cannot write the guest's memory: ") + std::strerror(error));
        }
        bytes += written;
        size -= std::size_t(written);
        offset += std::uint64_t(written);
    }
    return {};
}

std::size_t wholeHugePages(std::uint64_t bytes)
{
    return (std::size_t(bytes) + HugePage - 1) / HugePage * HugePage;
}

Result<Fd> makeMemoryFile(std::size_t bytes)
{
    Fd file(::memfd_create("guest memory", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!file.isOpen() || ::ftruncate(file.get(), off_t(bytes)) < 0)
        return Error(ErrorKind::NoSpace,
                     std::string("Cannot make a memory file for the guest: ")
                         + std::strerror(errno));
    // Whoever maps it keeps finding all of it.
    ::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
    return file;
}

} // namespace

MemoryLayout memoryLayout(VmBoard board, std::uint64_t bytes)
{
    const std::uint64_t most = board == VmBoard::I440fx ? 3072 * MiB : 2816 * MiB;
    const std::uint64_t split = board == VmBoard::I440fx ? 3072 * MiB : 2048 * MiB;
    if (bytes <= most)
        return {bytes, 0};
    return {split, bytes - split};
}

Result<std::unique_ptr<GuestRam>> GuestRam::allocate(const MemoryLayout &layout, RamKind kind)
{
    std::unique_ptr<GuestRam> ram(new GuestRam);
    ram->m_layout = layout;
    const std::size_t usedBytes =
        wholeHugePages(layout.lowBytes) + wholeHugePages(layout.highBytes);
    ram->m_reservedBytes = usedBytes + HugePage;
    void *memory = ::mmap(nullptr, ram->m_reservedBytes, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return Error(ErrorKind::NoSpace,
                     "Cannot get " + std::to_string((layout.lowBytes + layout.highBytes) / MiB)
                         + " MiB of memory for the guest: " + std::strerror(errno))
            .withRemedy("Close other programs, or give the machine less memory");
    ram->m_reservation = static_cast<std::uint8_t *>(memory);
    const auto address = reinterpret_cast<std::uintptr_t>(memory);
    ram->m_low = ram->m_reservation + (HugePage - address % HugePage) % HugePage;
    ram->m_high = ram->m_low + wholeHugePages(layout.lowBytes);
    if (kind == RamKind::Shared) {
        ram->m_sharedFile = TRY(makeMemoryFile(usedBytes));
        // Over our own reservation, which nothing else points into.
        if (::mmap(ram->m_low, usedBytes, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_FIXED | MAP_NORESERVE, ram->m_sharedFile.get(), 0)
            == MAP_FAILED)
            return Error(ErrorKind::NoSpace,
                         std::string("Cannot map the guest's memory: ") + std::strerror(errno));
    }
    // What the kernel cannot do of these costs speed, nothing else.
    ::madvise(memory, ram->m_reservedBytes, MADV_HUGEPAGE);
    ::madvise(memory, ram->m_reservedBytes, MADV_DONTFORK);
    ::madvise(memory, ram->m_reservedBytes, MADV_DONTDUMP);

    const std::span<std::uint8_t> low = ram->low();
    std::vector<GuestMemory::Region> regions;
    const auto add = [&regions, &ram](std::uint64_t guestAddress, std::span<std::uint8_t> host) {
        regions.push_back({.guestAddress = guestAddress,
                           .host = host,
                           .descriptor = ram->m_sharedFile.get(),
                           .descriptorOffset = std::uint64_t(host.data() - ram->m_low)});
    };
    add(0, low.first(std::min<std::size_t>(low.size(), VgaWindow)));
    if (low.size() > VgaWindowEnd)
        add(VgaWindowEnd, low.subspan(VgaWindowEnd));
    if (layout.highBytes > 0)
        add(FourGiB, ram->high());
    ram->m_memory = std::make_unique<GuestMemory>(std::move(regions));
    return ram;
}

GuestRam::~GuestRam()
{
    if (m_reservation)
        ::munmap(m_reservation, m_reservedBytes);
}

void GuestRam::clear()
{
    if (m_sharedFile.isOpen())
        ::madvise(m_low, std::size_t(m_high - m_low) + wholeHugePages(m_layout.highBytes),
                  MADV_REMOVE);
    else
        ::madvise(m_reservation, m_reservedBytes, MADV_DONTNEED);
}

Result<> saveSparse(int file, std::uint64_t fileOffset, std::span<const std::uint8_t> bytes,
                    const std::function<bool(std::uint64_t)> &goOn)
{
    for (std::size_t at = 0; at < bytes.size(); at += SavePiece) {
        const std::size_t size = std::min(SavePiece, bytes.size() - at);
        if (!isZero(bytes.data() + at, size))
            TRY(writeAll(file, bytes.data() + at, size, fileOffset + at));
        if (goOn && !goOn(at + size))
            return Error(ErrorKind::Cancelled, "Saving was called off");
    }
    if (::ftruncate(file, off_t(fileOffset + bytes.size())) < 0)
        return Error(ErrorKind::Io,
                     std::string("Cannot write the guest's memory: ") + std::strerror(errno));
    return {};
}

Result<> GuestRam::save(int file, std::uint64_t fileOffset,
                        const std::function<bool(int)> &goOn) const
{
    const std::uint64_t total = fileBytes();
    std::uint64_t before = 0;
    int lastPercent = -1;
    const auto told = [&](std::uint64_t done) {
        const int percent = int((before + done) * 100 / total);
        return percent == std::exchange(lastPercent, percent) || !goOn || goOn(percent);
    };
    if (m_sharedFile.isOpen())
        return saveShared(file, fileOffset, told);
    for (const std::span<std::uint8_t> part : {low(), high()}) {
        TRY(saveSparse(file, fileOffset + before, part, told));
        before += part.size();
    }
    return {};
}

// Reading a hole of a memory file would fill it, so holes are left out.
Result<> GuestRam::saveShared(int file, std::uint64_t fileOffset,
                              const std::function<bool(std::uint64_t)> &goOn) const
{
    std::uint64_t before = 0;
    for (const std::span<std::uint8_t> part : {low(), high()}) {
        const auto start = off_t(part.data() - m_low);
        const off_t end = start + off_t(part.size());
        for (off_t at = start; at < end;) {
            const off_t data = ::lseek(m_sharedFile.get(), at, SEEK_DATA);
            if (data < 0 || data >= end) // ENXIO: nothing follows
                break;
            const off_t hole = std::min(end, ::lseek(m_sharedFile.get(), data, SEEK_HOLE));
            const auto offset = std::size_t(data - start);
            TRY(saveSparse(
                file, fileOffset + before + offset, part.subspan(offset, std::size_t(hole - data)),
                [&](std::uint64_t done) { return !goOn || goOn(before + offset + done); }));
            at = hole;
        }
        before += part.size();
    }
    if (::ftruncate(file, off_t(fileOffset + before)) < 0)
        return Error(ErrorKind::Io,
                     std::string("Cannot write the guest's memory: ") + std::strerror(errno));
    return {};
}

// What the file has no data for is zeros here as well.
Result<> GuestRam::readFrom(int file, std::uint64_t fileOffset)
{
    clear();
    for (const std::span<std::uint8_t> part : {low(), high()}) {
        const auto start = off_t(fileOffset);
        const off_t end = start + off_t(part.size());
        for (off_t at = start; at < end;) {
            const off_t data = ::lseek(file, at, SEEK_DATA);
            if (data < 0 || data >= end)
                break;
            const off_t hole = std::min(end, ::lseek(file, data, SEEK_HOLE));
            const off_t size = std::min<off_t>(hole - data, off_t(SavePiece));
            const ssize_t count =
                ::pread(file, part.data() + (data - start), std::size_t(size), data);
            if (count < 0 && errno == EINTR)
                continue;
            if (count <= 0)
                return Error(ErrorKind::Io,
                             std::string("Cannot read the saved memory: ")
                                 + (count < 0 ? std::strerror(errno) : "it is cut short"));
            at = data + count;
        }
        fileOffset += part.size();
    }
    return {};
}

Result<> GuestRam::mapFrom(int file, std::uint64_t fileOffset)
{
    if (m_sharedFile.isOpen())
        return readFrom(file, fileOffset);
    for (const std::span<std::uint8_t> part : {low(), high()}) {
        if (part.empty())
            continue;
        // Over our own reservation, which nothing else points into.
        if (::mmap(part.data(), part.size(), PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, file, off_t(fileOffset))
            == MAP_FAILED)
            return Error(ErrorKind::Io,
                         std::string("Cannot map the saved memory: ") + std::strerror(errno));
        ::madvise(part.data(), part.size(), MADV_DONTFORK);
        fileOffset += part.size();
    }
    return {};
}

} // namespace engine
