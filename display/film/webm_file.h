// SPDX-License-Identifier: GPL-3.0-or-later
// A WebM file with a VP8 track and perhaps one of Opus, written a whole cluster at a time, so that it can be played to
// there at every moment, also when nobody comes to finish it. RFC 9559 (Matroska), RFC 8794 (EBML),
// https://www.webmproject.org/docs/container/, https://wiki.xiph.org/MatroskaOpus. One thread.
#pragma once

#include "display/film/film_packets.h"
#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace display {

using FilmBytes = std::vector<std::uint8_t>;

class WebmFile final
{
public:
    struct PictureTrack
    {
        int width = 0;
        int height = 0;
    };

    // Never over a file that is there: Invalid.
    static engine::Result<std::unique_ptr<WebmFile>> create(
        const std::string &path, const PictureTrack &pictures,
        const std::optional<SoundTrack> &sound = {});

    // Pictures come in their order, the first is a key picture; sound likewise. What is ahead of
    // the other track waits for it: blocks are written by their time.
    engine::Result<> add(const EncodedPicture &picture);
    engine::Result<> add(const SoundPacket &sound);
    // The index, and how long it is.
    engine::Result<> finish(std::chrono::milliseconds duration);
    std::uint64_t bytes() const { return m_end + m_cluster.size(); }
    const std::string &path() const { return m_path; }

private:
    explicit WebmFile(std::string path)
        : m_path(std::move(path))
    { }
    struct Block
    {
        std::uint8_t track = 0;
        std::chrono::milliseconds at{0};
        bool isKey = false; // of a picture
        FilmBytes data;
    };

    engine::Result<> begin(const PictureTrack &pictures, const std::optional<SoundTrack> &sound);
    engine::Result<> mix(bool isAll);
    engine::Result<> put(const Block &block);
    engine::Result<> flush(std::chrono::milliseconds until);
    engine::Result<> write(std::span<const std::uint8_t> bytes, std::uint64_t at) const;
    engine::Result<> append(std::span<const std::uint8_t> bytes);

    struct KeyPicture
    {
        std::chrono::milliseconds at;
        std::uint64_t cluster; // from the segment's first byte
    };

    std::string m_path;
    engine::Fd m_file;
    std::uint64_t m_end = 0; // of what can be played
    std::uint64_t m_segment = 0; // its first byte
    std::uint64_t m_seekHead = 0; // room for it
    std::uint64_t m_duration = 0; // where it is
    std::uint64_t m_info = 0;
    std::uint64_t m_tracks = 0;
    bool m_hasSound = false;
    std::deque<Block> m_pictures; // that wait
    std::deque<Block> m_sounds;
    FilmBytes m_cluster; // the blocks of the one that is being filled
    std::chrono::milliseconds m_clusterTime{0};
    std::chrono::milliseconds m_last{0};
    std::vector<KeyPicture> m_keys;
};

} // namespace display
