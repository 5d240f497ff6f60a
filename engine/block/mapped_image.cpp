// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/block/mapped_image.h"

#include "engine/block/buffer_cursor.h"
#include "engine/block/raw_image.h"

#include <algorithm>
#include <utility>

namespace engine {

namespace {

constexpr std::uint64_t SectorBytes = 512;
constexpr std::size_t MaxChangesMeanwhile = 65536;
// What the image's format keeps about itself: a guest that could write there could name any file of
// the host as the base of its disk.
constexpr std::uint64_t HeaderBytes = 65536;

// The next `length` bytes of the buffers.
std::vector<iovec> cut(BufferCursor &buffers, std::uint64_t length)
{
    std::vector<iovec> part;
    std::uint64_t missing = length;
    for (const iovec &buffer : buffers.rest()) {
        if (missing == 0)
            break;
        const auto size = std::size_t(std::min<std::uint64_t>(missing, buffer.iov_len));
        part.push_back({buffer.iov_base, size});
        missing -= size;
    }
    buffers.advance(length);
    return part;
}

} // namespace

struct MappedImage::Files
{
    std::vector<std::unique_ptr<RawImage>> images; // null: nothing of it is in the map
};

// A request that is on its way in pieces. Only on the io thread once they are submitted.
struct MappedImage::Joint
{
    Joint(BlockRequest blockRequest, std::size_t pieces)
        : request(std::move(blockRequest))
        , left(pieces)
    { }

    // True: it was the last one.
    bool answered(Result<> answer)
    {
        if (!answer && result)
            result = std::move(answer);
        return --left == 0;
    }

    BlockRequest request;
    std::size_t left;
    Result<> result;
};

MappedImage::MappedImage(std::unique_ptr<BlockDevice> image, const Options &options, PollLoop &io)
    : m_image(std::move(image))
    , m_options(options)
    , m_io(io)
    , m_clusterBytes(SectorBytes)
    , m_changedMeanwhile(std::in_place)
    , m_learnedAt(PollClock::now())
{ }

MappedImage::~MappedImage() = default;

std::uint64_t MappedImage::bytesInPlace() const
{
    const std::lock_guard lock(m_mutex);
    return m_bytesInPlace;
}

void MappedImage::submit(BlockRequest request)
{
    switch (request.operation) {
    case BlockOperation::Read:
    case BlockOperation::Write:
        return transfer(std::move(request));
    case BlockOperation::Flush:
        return flush(std::move(request));
    case BlockOperation::Discard:
    case BlockOperation::WriteZeroes:
        return change(std::move(request), std::unique_lock(m_mutex));
    }
}

void MappedImage::transfer(BlockRequest request)
{
    const bool isWriting = request.operation == BlockOperation::Write;
    std::unique_lock lock(m_mutex);
    const ExtentMap::Pieces pieces = m_map.find(request.offset, request.length, isWriting);
    if (pieces.areFound()) {
        m_bytesInPlace += request.length;
        const std::shared_ptr<Files> files = m_files;
        const auto writing = isWriting
            ? m_writing.insert(m_writing.end(), {request.offset, request.length})
            : m_writing.end();
        lock.unlock();
        return sendInPlace(std::move(request), pieces, files, writing);
    }
    if (isWriting)
        return change(std::move(request), std::move(lock));
    lock.unlock();
    m_image->submit(std::move(request));
}

void MappedImage::sendInPlace(BlockRequest request, const ExtentMap::Pieces &pieces,
                              const std::shared_ptr<Files> &files, Ranges::iterator writing)
{
    const BlockOperation operation = request.operation;
    BufferCursor buffers(std::move(request.buffers));
    const auto joint = std::make_shared<Joint>(std::move(request), pieces.all().size());
    for (const ExtentMap::Piece &piece : pieces.all()) {
        BlockRequest part{.operation = operation,
                          .offset = piece.place,
                          .length = piece.length,
                          .buffers = cut(buffers, piece.length)};
        // The files stay until they have answered, whatever map there is by then.
        part.completed = [this, joint, files, writing](Result<> result) {
            if (!joint->answered(std::move(result)))
                return;
            if (joint->request.operation == BlockOperation::Write)
                writtenInPlace(writing);
            joint->request.completed(std::move(joint->result));
        };
        files->images[piece.file]->submit(std::move(part));
    }
}

void MappedImage::writtenInPlace(Ranges::iterator writing)
{
    std::list<Waiting> ready;
    {
        const std::lock_guard lock(m_mutex);
        m_writing.erase(writing);
        ++m_placeChanges;
        for (auto next = m_waiting.begin(); next != m_waiting.end();) {
            const auto waiting = next++;
            if (!isBeingWritten(waiting->clusters))
                ready.splice(ready.end(), m_waiting, waiting);
        }
    }
    for (Waiting &waiting : ready)
        m_image->submit(std::move(waiting.request));
}

bool MappedImage::isBeingWritten(const Range &clusters) const
{
    return std::any_of(m_writing.begin(), m_writing.end(), [&](const Range &range) {
        return range.offset < clusters.offset + clusters.length
            && clusters.offset < range.offset + range.length;
    });
}

MappedImage::Range MappedImage::inClusters(const Range &range) const
{
    const std::uint64_t mask = m_clusterBytes - 1;
    const std::uint64_t begin = range.offset & ~mask;
    return {begin, ((range.offset + range.length + mask) & ~mask) - begin};
}

void MappedImage::remember(const Range &range)
{
    if (!m_changedMeanwhile)
        return;
    if (!m_changedMeanwhile->empty()) {
        Range &last = m_changedMeanwhile->back();
        if (range.offset >= last.offset && range.offset <= last.offset + last.length) {
            last.length = std::max(last.length, range.offset + range.length - last.offset);
            return;
        }
    }
    if (m_changedMeanwhile->size() < MaxChangesMeanwhile)
        m_changedMeanwhile->push_back(range);
    else
        m_isSpoilt = true;
}

void MappedImage::change(BlockRequest request, std::unique_lock<std::mutex> lock)
{
    const std::uint64_t bytes = m_image->sizeBytes();
    // Refused by the image, and no sum for us.
    if (request.offset > bytes || request.length > bytes - request.offset) {
        lock.unlock();
        return m_image->submit(std::move(request));
    }
    const Range range = {request.offset, request.length};
    const Range clusters = inClusters(range);
    m_map.forget(clusters.offset, clusters.length);
    remember(range);
    m_changedBytes += request.length;
    const auto entry = m_changing.insert(m_changing.end(), range);
    request.completed = [this, entry, completed = std::move(request.completed)](Result<> result) {
        {
            const std::lock_guard guard(m_mutex);
            m_changing.erase(entry);
            ++m_imageChanges;
        }
        completed(std::move(result));
    };
    if (isBeingWritten(clusters)) {
        m_waiting.push_back({std::move(request), clusters});
        return;
    }
    lock.unlock();
    m_image->submit(std::move(request));
}

// Both the image and the file that was written past it, whichever has something to flush.
void MappedImage::flush(BlockRequest request)
{
    std::unique_lock lock(m_mutex);
    const std::uint64_t imageChanges = m_imageChanges;
    const std::uint64_t placeChanges = m_placeChanges;
    const bool isForImage = imageChanges != m_imageFlushed;
    const bool isForPlace = placeChanges != m_placeFlushed;
    const std::shared_ptr<Files> files = m_files;
    bool isMapWanted = false;
    if (isForImage && m_wish && !m_changedMeanwhile && m_changedBytes >= m_options.changedBytes
        && PollClock::now() - m_learnedAt >= m_options.pause) {
        // With it all that is answered by now is in the file.
        isMapWanted = true;
        m_changedMeanwhile.emplace(m_changing.begin(), m_changing.end());
        m_isSpoilt = false;
    }
    lock.unlock();
    const auto joint = std::make_shared<Joint>(std::move(request),
                                               std::size_t(isForImage) + std::size_t(isForPlace));
    if (isMapWanted)
        joint->request.completed =
            [this, completed = std::move(joint->request.completed)](Result<> result) {
                if (result)
                    m_wish();
                else
                    cannotLearn();
                completed(std::move(result));
            };
    if (!isForImage && !isForPlace) {
        m_io.post([joint] { joint->request.completed({}); });
        return;
    }
    if (isForImage)
        sendFlush(*m_image, joint, &MappedImage::m_imageFlushed, imageChanges, {});
    if (isForPlace)
        sendFlush(*files->images.front(), joint, &MappedImage::m_placeFlushed, placeChanges, files);
}

void MappedImage::sendFlush(BlockDevice &device, const std::shared_ptr<Joint> &joint,
                            std::uint64_t MappedImage::*flushed, std::uint64_t covered,
                            const std::shared_ptr<Files> &files)
{
    BlockRequest part{.operation = BlockOperation::Flush};
    // The files stay until they have answered.
    part.completed = [this, joint, flushed, covered, files](Result<> result) {
        if (result) {
            const std::lock_guard lock(m_mutex);
            this->*flushed = std::max(this->*flushed, covered);
        }
        if (joint->answered(std::move(result)))
            joint->request.completed(std::move(joint->result));
    };
    device.submit(std::move(part));
}

Result<std::shared_ptr<MappedImage::Files>> MappedImage::open(const ImageMap &map)
{
    auto files = std::make_shared<Files>();
    files->images.resize(map.files.size());
    std::vector<bool> isUsed(map.files.size());
    if (!isUsed.empty())
        isUsed.front() = true; // flush() needs it
    for (const ImageExtent &extent : map.extents) {
        if (extent.file >= isUsed.size())
            return Error(ErrorKind::Invalid, "The map names a file that it does not have");
        isUsed[extent.file] = true;
    }
    for (std::size_t i = 0; i < isUsed.size(); ++i) {
        if (!isUsed[i])
            continue;
        RawImageOptions options{.path = map.files[i],
                                .isReadOnly = i > 0 || isReadOnly(),
                                .isPastCache = m_options.isPastCache,
                                .isLockedAlready = true};
        if (i > 0)
            options.engine = RawImageEngine::Uring; // no threads for each base
        files->images[i] = TRY(RawImage::open(options, m_io));
    }
    return files;
}

Result<> MappedImage::learn(ImageMap map)
{
    Result<std::shared_ptr<Files>> files = open(map);
    if (!files) {
        cannotLearn();
        return std::move(files).error();
    }
    const auto isOutside = [&](const ImageExtent &extent) {
        return extent.length > (*files)->images[extent.file]->fileBytes()
            || extent.place > (*files)->images[extent.file]->fileBytes() - extent.length;
    };
    std::erase_if(map.extents, isOutside);
    for (ImageExtent &extent : map.extents)
        extent.isWritable = extent.isWritable && extent.file == 0 && !isReadOnly()
            && extent.place >= std::max(HeaderBytes, map.clusterBytes);
    ExtentMap learned(std::move(map.extents));
    std::shared_ptr<Files> old; // closed without the lock
    const std::lock_guard lock(m_mutex);
    m_clusterBytes = std::max(map.clusterBytes, SectorBytes);
    const auto changed = std::exchange(m_changedMeanwhile, std::nullopt);
    m_learnedAt = PollClock::now();
    m_changedBytes = 0;
    if (!changed || m_isSpoilt)
        return {};
    for (const Range &range : *changed) {
        const Range clusters = inClusters(range);
        learned.forget(clusters.offset, clusters.length);
    }
    m_map = std::move(learned);
    old = std::exchange(m_files, *std::move(files));
    return {};
}

void MappedImage::cannotLearn()
{
    const std::lock_guard lock(m_mutex);
    m_changedMeanwhile.reset();
    m_learnedAt = PollClock::now();
}

void MappedImage::forget()
{
    const std::lock_guard lock(m_mutex);
    m_map = {};
    m_isSpoilt = true;
}

} // namespace engine
