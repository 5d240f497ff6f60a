// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/guest_ram.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

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

} // namespace

MemoryLayout memoryLayout(VmBoard board, std::uint64_t bytes)
{
    const std::uint64_t most = board == VmBoard::I440fx ? 3072 * MiB : 2816 * MiB;
    const std::uint64_t split = board == VmBoard::I440fx ? 3072 * MiB : 2048 * MiB;
    if (bytes <= most)
        return {bytes, 0};
    return {split, bytes - split};
}

Result<std::unique_ptr<GuestRam>> GuestRam::allocate(const MemoryLayout &layout)
{
    std::unique_ptr<GuestRam> ram(new GuestRam);
    ram->m_layout = layout;
    const auto rounded = [](std::uint64_t bytes) {
        return (std::size_t(bytes) + HugePage - 1) / HugePage * HugePage;
    };
    ram->m_reservedBytes = rounded(layout.lowBytes) + rounded(layout.highBytes) + HugePage;
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
    ram->m_high = ram->m_low + rounded(layout.lowBytes);
    // What the kernel cannot do of these costs speed, nothing else.
    ::madvise(memory, ram->m_reservedBytes, MADV_HUGEPAGE);
    ::madvise(memory, ram->m_reservedBytes, MADV_DONTFORK);
    ::madvise(memory, ram->m_reservedBytes, MADV_DONTDUMP);

    const std::span<std::uint8_t> low = ram->low();
    std::vector<GuestMemory::Region> regions;
    regions.push_back({0, low.first(std::min<std::size_t>(low.size(), VgaWindow))});
    if (low.size() > VgaWindowEnd)
        regions.push_back({VgaWindowEnd, low.subspan(VgaWindowEnd)});
    if (layout.highBytes > 0)
        regions.push_back({FourGiB, ram->high()});
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
    for (const std::span<std::uint8_t> part : {low(), high()}) {
        TRY(saveSparse(file, fileOffset + before, part, [&](std::uint64_t done) {
            const int percent = int((before + done) * 100 / total);
            return percent == std::exchange(lastPercent, percent) || !goOn || goOn(percent);
        }));
        before += part.size();
    }
    return {};
}

Result<> GuestRam::mapFrom(int file, std::uint64_t fileOffset)
{
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
