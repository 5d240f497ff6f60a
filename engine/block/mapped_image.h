// SPDX-License-Identifier: GPL-3.0-or-later
// An image whose format another BlockDevice understands, and of which is known where most of its
// contents lie in its files: what is there is read and written in place, as that format's driver
// would do it itself, and everything else goes through the image.
//
// What the image is asked to change may be somewhere else afterwards, so it is forgotten, whole
// clusters at a time, and the image is not asked before all that is being written there in place is
// written: it might land in what the freed cluster has become, the image's own tables even. A map is taken while the image is in use: what was changed meanwhile, or may
// not have reached the file when it was begun, is forgotten of it, too.
//
// Nobody but the image may move or free a cluster. submit() and learn() on any thread; destroyed
// on any thread, and in the answer to its last request.
#pragma once

#include "engine/base/poll_loop.h"
#include "engine/block/block_device.h"
#include "engine/block/extent_map.h"

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace engine {

class MappedImage final : public BlockDevice
{
public:
    struct Options
    {
        bool isPastCache = false; // raw_image.h
        // Changes through the image after which another map is worth its trouble, and the least
        // time from one map to the next.
        std::uint64_t changedBytes = 32 << 20;
        std::chrono::milliseconds pause = std::chrono::seconds(10);
    };

    // The first map is wanted at once. `io` outlives the image.
    MappedImage(std::unique_ptr<BlockDevice> image, const Options &options, PollLoop &io);
    ~MappedImage() override;

    std::uint64_t sizeBytes() const override { return m_image->sizeBytes(); }
    bool isReadOnly() const override { return m_image->isReadOnly(); }
    bool canDiscard() const override { return m_image->canDiscard(); }
    void submit(BlockRequest request) override;

    // Called on the io thread when another map is wanted: of what is in the file from now on. Each
    // call is answered by learn() or cannotLearn(). Set before the first request.
    void whenMapIsWanted(std::function<void()> wish) { m_wish = std::move(wish); }
    // Opens the map's files. An error leaves everything to the image.
    Result<> learn(ImageMap map);
    void cannotLearn();
    // Nobody knows any more who else uses the files: everything goes through the image until the
    // next map.
    void forget();

    // For tests and statistics: bytes that went past the image.
    std::uint64_t bytesInPlace() const;

private:
    struct Files;
    struct Joint;
    struct Range
    {
        std::uint64_t offset = 0;
        std::uint64_t length = 0;
    };
    using Ranges = std::list<Range>;

    void transfer(BlockRequest request);
    // `writing`: its place in m_writing, if it is a write.
    void sendInPlace(BlockRequest request, const ExtentMap::Pieces &pieces,
                     const std::shared_ptr<Files> &files, Ranges::iterator writing);
    void writtenInPlace(Ranges::iterator writing);
    bool isBeingWritten(const Range &clusters) const;
    void change(BlockRequest request, std::unique_lock<std::mutex> lock);
    void flush(BlockRequest request);
    void sendFlush(BlockDevice &device, const std::shared_ptr<Joint> &joint,
                   std::uint64_t MappedImage::*flushed, std::uint64_t covered,
                   const std::shared_ptr<Files> &files);
    void remember(const Range &range);
    Range inClusters(const Range &range) const;
    Result<std::shared_ptr<Files>> open(const ImageMap &map);

    const std::unique_ptr<BlockDevice> m_image;
    const Options m_options;
    PollLoop &m_io;
    std::function<void()> m_wish;

    mutable std::mutex m_mutex; // for all below
    ExtentMap m_map;
    std::shared_ptr<Files> m_files; // the map's; null without one
    std::uint64_t m_clusterBytes;
    std::uint64_t m_bytesInPlace = 0;
    // What the image is to change and has not answered.
    Ranges m_changing;
    Ranges m_writing; // in place
    struct Waiting
    {
        BlockRequest request;
        Range clusters;
    };
    std::list<Waiting> m_waiting; // to be submitted to the image, until nothing is written there
    // Since a map was begun; none: nobody makes one. What does not fit in spoils the map.
    std::optional<std::vector<Range>> m_changedMeanwhile;
    bool m_isSpoilt = false;
    std::uint64_t m_changedBytes = 0; // through the image, since the last map
    PollClock::time_point m_learnedAt;
    // Changes that were answered, and those of them that a flush covers.
    std::uint64_t m_imageChanges = 0;
    std::uint64_t m_imageFlushed = 0;
    std::uint64_t m_placeChanges = 0;
    std::uint64_t m_placeFlushed = 0;
};

} // namespace engine
