// SPDX-License-Identifier: GPL-3.0-or-later
// An image whose bytes are the disk's: a file or a block device of the host, through its page
// cache, or past it (open(2), O_DIRECT) where the file system can and a request's place and memory
// are whole pages. A last sector that is there only in part reads as if filled with zeros.
//
// open() on any thread; destroyed on any thread, and in the answer to its last request.
#pragma once

#include "engine/base/fd.h"
#include "engine/block/block_device.h"
#include "engine/block/io_queue.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace engine {

enum class RawImageEngine : std::uint8_t {
    // io_uring, or threads where it is refused. Threads also for large reads, which several of them
    // copy faster and besides the io thread, and one for writes through the page cache.
    Automatic,
    Uring,
    Threads,
};

struct RawImageOptions
{
    std::string path;
    bool isReadOnly = false;
    RawImageEngine engine = RawImageEngine::Automatic;
    bool isPastCache = false; // where that can be done
    bool isLockedAlready = false; // by who let us have it
};

class RawImage final : public BlockDevice
{
public:
    // Locked against other writers (image_lock.h). `io` outlives the image.
    static Result<std::unique_ptr<RawImage>> open(const RawImageOptions &options, PollLoop &io);
    ~RawImage() override;

    std::uint64_t sizeBytes() const override { return m_sizeBytes; }
    bool isReadOnly() const override { return m_isReadOnly; }
    bool canDiscard() const override { return !m_isReadOnly && m_canPunchHoles.load(); }
    void submit(BlockRequest request) override;

    const std::string &path() const { return m_path; }
    std::uint64_t fileBytes() const { return m_fileBytes; } // when it was opened
    bool usesUring() const { return m_usesUring; }
    bool isPastCache() const { return m_direct.isOpen() && m_canGoPastCache; }

private:
    class Request;
    friend class Request;

    RawImage(const RawImageOptions &options, PollLoop &io, Fd file, std::uint64_t fileBytes);

    const std::string m_path;
    const bool m_isReadOnly;
    PollLoop &m_io;
    Fd m_file;
    Fd m_direct; // the same one past the page cache; not open: everything goes through it
    std::atomic<bool> m_canGoPastCache = true; // until the file system says no
    const std::uint64_t m_fileBytes; // when it was opened
    const std::uint64_t m_sizeBytes;
    bool m_usesUring = false;
    std::unique_ptr<IoQueue> m_queue;
    std::unique_ptr<IoQueue> m_readers; // for large reads; null: no others than m_queue's
    std::unique_ptr<IoQueue> m_writer; // for writes through the cache; null: m_queue does them
    std::atomic<bool> m_canPunchHoles = true; // until the file system says no
    std::atomic<bool> m_canZeroRanges = true;
    std::atomic<unsigned> m_inFlight = 0;
};

} // namespace engine
