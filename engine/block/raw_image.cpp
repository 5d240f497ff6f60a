// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/block/raw_image.h"

#include "engine/base/log.h"
#include "engine/block/buffer_cursor.h"
#include "engine/block/image_lock.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>

#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>

namespace engine {

namespace {

constexpr std::uint64_t SectorBytes = 512;
constexpr std::uint64_t LargeBytes = 256 << 10;
// What every device and file system takes past the cache: none has larger blocks than a page.
constexpr std::uint64_t DirectBytes = 4096;
constexpr std::uint64_t MaxImageBytes = std::uint64_t(1) << 62; // so that sums do not overflow

constexpr std::array<std::uint8_t, 65536> Zeros = {};

ErrorKind kindOf(int code)
{
    switch (code) {
    case ENOENT:
    case ENXIO:
    case ENODEV:
        return ErrorKind::NotFound;
    case EACCES:
    case EPERM:
    case EROFS:
        return ErrorKind::Denied;
    case EBUSY:
    case ETXTBSY:
        return ErrorKind::Busy;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return ErrorKind::NoSpace;
    default:
        return ErrorKind::Io;
    }
}

Error openingFailed(int code, bool isReadOnly)
{
    Error error(kindOf(code), std::strerror(code));
    if (error.kind() == ErrorKind::Denied && !isReadOnly)
        return std::move(error).withRemedy("Allow yourself to write to the file, or attach it as "
                                           "read-only");
    return error;
}

// Buffered writes that say EAGAIN instead of waiting (FMODE_NOWAIT and IOCB_NOWAIT in Linux: xfs
// since 6.0, btrfs since 6.2). Others refuse: a worker of io_uring's would do them one after the
// other, as a file is written by one at a time (inode lock), and be woken for each.
bool canWriteWithoutWaiting(int file)
{
    struct statfs status = {};
    return ::fstatfs(file, &status) == 0
        && (status.f_type == XFS_SUPER_MAGIC || status.f_type == BTRFS_SUPER_MAGIC);
}

bool isWholePages(std::uint64_t offset, std::span<const iovec> buffers)
{
    return offset % DirectBytes == 0
        && std::all_of(buffers.begin(), buffers.end(), [](const iovec &buffer) {
               return reinterpret_cast<std::uintptr_t>(buffer.iov_base) % DirectBytes == 0
                   && buffer.iov_len % DirectBytes == 0;
           });
}

bool isUnsupported(std::int64_t result)
{
    return result == -EOPNOTSUPP || result == -ENOTTY || result == -ENOSYS || result == -EINVAL
        || result == -ENODEV;
}

} // namespace

// One request on its way: as many system calls as it takes. It deletes itself when answered.
class RawImage::Request final : public IoJob
{
public:
    Request(RawImage &image, BlockRequest request)
        : m_image(image)
        , m_request(std::move(request))
        , m_buffers(std::move(m_request.buffers))
    {
        offset = m_request.offset;
        m_left = m_request.length;
    }

    void start();
    void answered(std::int64_t result) override;
    void answerLater(Result<> result);

private:
    void send();
    void chooseFile();
    IoQueue &queue() const;
    bool isDirect() const { return file == m_image.m_direct.get(); }
    void submitNext();
    void transferred(std::int64_t result);
    void allocated(std::int64_t result);
    void answer(Result<> result);
    Error failure(int code) const;

    RawImage &m_image;
    BlockRequest m_request; // without its buffers
    BufferCursor m_buffers;
    std::uint64_t m_left = 0; // bytes
    std::vector<iovec> m_zeroBuffers; // while zeros have to be written
};

void RawImage::Request::start()
{
    switch (m_request.operation) {
    case BlockOperation::Read:
        call = IoCall::Read;
        break;
    case BlockOperation::Write:
        call = IoCall::Write;
        break;
    case BlockOperation::Flush:
        if (m_image.m_isReadOnly)
            return answerLater({});
        call = IoCall::Sync;
        m_left = 0;
        return send();
    case BlockOperation::Discard:
        if (!m_image.m_canPunchHoles)
            return answerLater({});
        call = IoCall::Allocate;
        mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
        break;
    case BlockOperation::WriteZeroes:
        call = IoCall::Allocate;
        mode = FALLOC_FL_KEEP_SIZE
            | (m_image.m_canZeroRanges ? FALLOC_FL_ZERO_RANGE : FALLOC_FL_PUNCH_HOLE);
        if (!m_image.m_canZeroRanges && !m_image.m_canPunchHoles)
            call = IoCall::Write;
        break;
    }
    if (m_left == 0)
        return answerLater({});
    submitNext();
}

void RawImage::Request::chooseFile()
{
    const bool isTransfer = call == IoCall::Read || call == IoCall::Write;
    const bool isPast = isTransfer && m_image.isPastCache() && isWholePages(offset, buffers);
    file = isPast ? m_image.m_direct.get() : m_image.m_file.get();
}

void RawImage::Request::send()
{
    chooseFile();
    queue().submit(*this);
}

// io_uring does what is in the page cache on the io thread: quick for a few pages, and for many it
// would keep timers waiting.
IoQueue &RawImage::Request::queue() const
{
    if (m_image.m_readers && call == IoCall::Read && m_left >= LargeBytes && !isDirect())
        return *m_image.m_readers;
    if (m_image.m_writer && call == IoCall::Write && !isDirect())
        return *m_image.m_writer;
    return *m_image.m_queue;
}

void RawImage::Request::submitNext()
{
    if (call == IoCall::Allocate) {
        length = m_left;
    } else if (m_request.operation == BlockOperation::WriteZeroes) {
        m_zeroBuffers.clear();
        for (std::uint64_t covered = 0;
             covered < m_left && m_zeroBuffers.size() < std::size_t(IOV_MAX);) {
            const auto size = std::size_t(std::min<std::uint64_t>(Zeros.size(), m_left - covered));
            // pwritev() only reads from it.
            m_zeroBuffers.push_back({const_cast<std::uint8_t *>(Zeros.data()), size});
            covered += size;
        }
        buffers = m_zeroBuffers;
    } else {
        const std::span<const iovec> rest = m_buffers.rest();
        buffers = rest.first(std::min(rest.size(), std::size_t(IOV_MAX)));
    }
    send();
}

void RawImage::Request::answered(std::int64_t result)
{
    if (result == -EINTR || result == -EAGAIN) {
        mayWait = true;
        return send();
    }
    switch (call) {
    case IoCall::Sync:
        return answer(result < 0 ? Result<>(failure(int(-result))) : Result<>());
    case IoCall::Allocate:
        return allocated(result);
    case IoCall::Read:
    case IoCall::Write:
        return transferred(result);
    }
}

void RawImage::Request::allocated(std::int64_t result)
{
    if (result >= 0)
        return answer({});
    if (!isUnsupported(result))
        return answer(failure(int(-result)));
    const bool wasHole = (mode & FALLOC_FL_PUNCH_HOLE) != 0;
    (wasHole ? m_image.m_canPunchHoles : m_image.m_canZeroRanges) = false;
    if (m_request.operation == BlockOperation::Discard)
        return answer({});
    if (!wasHole && m_image.m_canPunchHoles)
        mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
    else
        call = IoCall::Write;
    submitNext();
}

void RawImage::Request::transferred(std::int64_t result)
{
    if (result == -EINVAL && isDirect()) {
        m_image.m_canGoPastCache = false;
        return submitNext();
    }
    if (result < 0)
        return answer(failure(int(-result)));
    if (result == 0) {
        // Only beyond the last byte may a read find nothing; a write never writes nothing.
        if (call == IoCall::Write || offset < m_image.m_fileBytes)
            return answer(Error(ErrorKind::Io, "It has become shorter while it was in use"));
        m_buffers.fillWithZeros();
        return answer({});
    }
    const auto done = std::min(std::uint64_t(result), m_left);
    if (m_request.operation != BlockOperation::WriteZeroes)
        m_buffers.advance(done);
    m_left -= done;
    offset += done;
    if (m_left == 0)
        return answer({});
    submitNext();
}

Error RawImage::Request::failure(int code) const
{
    return Error(kindOf(code), std::strerror(code));
}

// The image may be gone when completed() returns.
void RawImage::Request::answer(Result<> result)
{
    const std::unique_ptr<Request> self(this);
    if (!result) {
        const bool isReading = m_request.operation == BlockOperation::Read;
        Error error = std::move(result).error().context(
            (isReading ? "Cannot read from the disk image \"" : "Cannot write to the disk image \"")
            + m_image.m_path + "\"");
        if (error.kind() == ErrorKind::NoSpace)
            error = std::move(error).withRemedy("Free space where the image is");
        result = std::move(error);
    }
    --m_image.m_inFlight;
    m_request.completed(std::move(result));
}

void RawImage::Request::answerLater(Result<> result)
{
    m_image.m_io.post([this, result = std::move(result)]() mutable { answer(std::move(result)); });
}

RawImage::RawImage(const RawImageOptions &options, PollLoop &io, Fd file, std::uint64_t fileBytes)
    : m_path(options.path)
    , m_isReadOnly(options.isReadOnly)
    , m_io(io)
    , m_file(std::move(file))
    , m_fileBytes(fileBytes)
    , m_sizeBytes((fileBytes + SectorBytes - 1) & ~(SectorBytes - 1))
{ }

RawImage::~RawImage()
{
    check(m_inFlight == 0, "an image is closed while it is in use");
}

Result<std::unique_ptr<RawImage>> RawImage::open(const RawImageOptions &options, PollLoop &io)
{
    const auto refuse = [&](Error error) {
        return std::move(error).context("Cannot open the disk image \"" + options.path + "\"");
    };
    // Without O_NONBLOCK a FIFO would keep us here.
    const int flags = (options.isReadOnly ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NONBLOCK;
    Fd file(::open(options.path.c_str(), flags));
    if (!file.isOpen())
        return refuse(openingFailed(errno, options.isReadOnly));
    struct stat status = {};
    if (::fstat(file.get(), &status) != 0)
        return refuse(Error(ErrorKind::Io, std::strerror(errno)));
    std::uint64_t bytes = std::uint64_t(status.st_size);
    if (S_ISBLK(status.st_mode)) {
        if (::ioctl(file.get(), BLKGETSIZE64, &bytes) != 0)
            return refuse(Error(ErrorKind::Io, std::strerror(errno)));
    } else if (!S_ISREG(status.st_mode)) {
        return refuse(Error(ErrorKind::Invalid, "It is neither a file nor a block device"));
    }
    if (bytes == 0)
        return refuse(Error(ErrorKind::Invalid, "It is empty"));
    if (bytes > MaxImageBytes)
        return refuse(Error(ErrorKind::Invalid, "It is too large"));
    // io_uring would hand O_NONBLOCK's EAGAIN to us instead of waiting.
    if (::fcntl(file.get(), F_SETFL, flags & ~O_NONBLOCK) != 0)
        return refuse(Error(ErrorKind::Io, std::strerror(errno)));
    if (!options.isLockedAlready) {
        Result<> locked =
            lockImage(file.get(), options.isReadOnly ? ImageUse::Read : ImageUse::Write);
        if (!locked)
            return refuse(std::move(locked).error());
    }

    std::unique_ptr<RawImage> image(new RawImage(options, io, std::move(file), bytes));
    if (options.isPastCache) {
        // The same file, whatever its name leads to by now, and locked already (proc(5)).
        const std::string same = "/proc/self/fd/" + std::to_string(image->m_file.get());
        image->m_direct = Fd(::open(same.c_str(), (flags & ~O_NONBLOCK) | O_DIRECT));
        if (!image->m_direct.isOpen())
            log(LogLevel::Warning, "disk",
                "\"" + options.path + "\" goes through the page cache: " + std::strerror(errno));
    }
    if (options.engine != RawImageEngine::Threads) {
        Result<std::unique_ptr<IoQueue>> queue = IoQueue::makeUring(io);
        if (queue) {
            image->m_queue = *std::move(queue);
            image->m_usesUring = true;
            if (options.engine == RawImageEngine::Uring)
                return image;
            image->m_readers = IoQueue::makeThreads(io);
            if (!image->m_isReadOnly && !canWriteWithoutWaiting(image->m_file.get()))
                image->m_writer = IoQueue::makeWriter(io);
            return image;
        }
        if (options.engine == RawImageEngine::Uring)
            return refuse(std::move(queue).error());
        log(LogLevel::Debug, "disk", queue.error().text() + "; threads are used instead");
    }
    image->m_queue = IoQueue::makeThreads(io);
    if (!image->m_isReadOnly)
        image->m_writer = IoQueue::makeWriter(io);
    return image;
}

void RawImage::submit(BlockRequest request)
{
    ++m_inFlight;
    const bool isFlush = request.operation == BlockOperation::Flush;
    const bool isChange = !isFlush && request.operation != BlockOperation::Read;
    const std::uint64_t begin = request.offset;
    const std::uint64_t bytes = request.length;
    auto *const job = new Request(*this, std::move(request)); // deletes itself
    if (isChange && m_isReadOnly)
        return job->answerLater(Error(ErrorKind::Denied, "It is read-only"));
    if (!isFlush && (begin > m_sizeBytes || bytes > m_sizeBytes - begin))
        return job->answerLater(Error(ErrorKind::Invalid, "It ends before that place"));
    job->start();
}

} // namespace engine
