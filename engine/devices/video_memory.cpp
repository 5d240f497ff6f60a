// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/video_memory.h"

#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <sys/mman.h>

namespace engine {

Result<std::shared_ptr<VideoMemory>> VideoMemory::create(std::size_t size)
{
    check(size > 0 && size % 4096 == 0, "video memory comes in pages");
    const auto failed = [size] {
        return Error(ErrorKind::NoSpace,
                     "Cannot make " + std::to_string(size >> 20)
                         + " MiB of video memory: " + std::strerror(errno));
    };
    Fd descriptor(::memfd_create("vitrine-video", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!descriptor.isOpen() || ::ftruncate(descriptor.get(), off_t(size)) != 0)
        return failed();
    void *start = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor.get(), 0);
    if (start == MAP_FAILED)
        return failed();
    // Who maps it too cannot pull it from under the guest, nor change it. What is mapped already
    // stays writable.
    constexpr int SizeSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    const bool isWriteSealed =
        ::fcntl(descriptor.get(), F_ADD_SEALS, SizeSeals | F_SEAL_FUTURE_WRITE) == 0;
    if (!isWriteSealed && ::fcntl(descriptor.get(), F_ADD_SEALS, SizeSeals) != 0) {
        const Error error = failed();
        ::munmap(start, size);
        return error;
    }
    return std::shared_ptr<VideoMemory>(new VideoMemory(
        std::move(descriptor), static_cast<std::uint8_t *>(start), size, isWriteSealed));
}

VideoMemory::VideoMemory(Fd descriptor, std::uint8_t *start, std::size_t size, bool isWriteSealed)
    : m_descriptor(std::move(descriptor))
    , m_start(start)
    , m_size(size)
    , m_isWriteSealed(isWriteSealed)
{ }

VideoMemory::~VideoMemory()
{
    ::munmap(m_start, m_size);
}

} // namespace engine
