// SPDX-License-Identifier: GPL-3.0-or-later
// A film as libwebm's parser reads it, which shares nothing with what wrote it.
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QString>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <optional>

#include <webm/callback.h>
#include <webm/file_reader.h>
#include <webm/status.h>
#include <webm/webm_parser.h>

namespace fakes {

struct ReadFilm
{
    struct Picture
    {
        qint64 at = 0; // milliseconds
        bool isKey = false;
        QByteArray data;
    };
    struct Sound
    {
        QByteArray head;
        QByteArray codec;
        double rate = 0;
        quint64 channels = 0;
        quint64 delay = 0; // nanoseconds
        quint64 preRoll = 0;
        QList<Picture> packets;
    };
    bool isWhole = false; // the parser is content
    QByteArray docType;
    QByteArray codec;
    quint64 width = 0;
    quint64 height = 0;
    double duration = 0;
    QList<Picture> pictures;
    std::optional<Sound> sound;
    bool isInOrder = true; // every block is at least as late as the one before
    QList<quint64> clusters; // where they begin, in the segment
    QList<QPair<quint64, quint64>> cues; // time, cluster
    QList<quint64> seeks;
};

class FilmReader final : public webm::Callback
{
public:
    ReadFilm film;

    webm::Status OnEbml(const webm::ElementMetadata &, const webm::Ebml &ebml) override
    {
        film.docType = QByteArray::fromStdString(ebml.doc_type.value());
        return webm::Status(webm::Status::kOkCompleted);
    }
    webm::Status OnSegmentBegin(const webm::ElementMetadata &metadata,
                                webm::Action *action) override
    {
        m_segment = metadata.position + metadata.header_size;
        *action = webm::Action::kRead;
        return webm::Status(webm::Status::kOkCompleted);
    }
    webm::Status OnInfo(const webm::ElementMetadata &, const webm::Info &info) override
    {
        film.duration = info.duration.value();
        return webm::Status(webm::Status::kOkCompleted);
    }
    webm::Status OnSeek(const webm::ElementMetadata &, const webm::Seek &seek) override
    {
        film.seeks.append(seek.position.value());
        return webm::Status(webm::Status::kOkCompleted);
    }
    webm::Status OnTrackEntry(const webm::ElementMetadata &, const webm::TrackEntry &track) override
    {
        const QByteArray codec = QByteArray::fromStdString(track.codec_id.value());
        if (track.track_type.value() == webm::TrackType::kAudio) {
            const auto &head = track.codec_private.value();
            m_soundTrack = track.track_number.value();
            // Bytes as bytes.
            film.sound = ReadFilm::Sound{QByteArray(reinterpret_cast<const char *>(head.data()),
                                                    qsizetype(head.size())),
                                         codec,
                                         track.audio.value().sampling_frequency.value(),
                                         track.audio.value().channels.value(),
                                         track.codec_delay.value(),
                                         track.seek_pre_roll.value(),
                                         {}};
            return webm::Status(webm::Status::kOkCompleted);
        }
        film.codec = codec;
        film.width = track.video.value().pixel_width.value();
        film.height = track.video.value().pixel_height.value();
        return webm::Status(webm::Status::kOkCompleted);
    }
    webm::Status OnClusterBegin(const webm::ElementMetadata &metadata, const webm::Cluster &cluster,
                                webm::Action *action) override
    {
        film.clusters.append(metadata.position - m_segment);
        m_cluster = qint64(cluster.timecode.value());
        *action = webm::Action::kRead;
        return webm::Status(webm::Status::kOkCompleted);
    }
    webm::Status OnSimpleBlockBegin(const webm::ElementMetadata &, const webm::SimpleBlock &block,
                                    webm::Action *action) override
    {
        const qint64 at = m_cluster + block.timecode;
        film.isInOrder = film.isInOrder && at >= m_last;
        m_last = at;
        const bool isSound = film.sound && block.track_number == m_soundTrack;
        m_blocks = isSound ? &film.sound->packets : &film.pictures;
        m_blocks->append({at, block.is_key_frame, {}});
        *action = webm::Action::kRead;
        return webm::Status(webm::Status::kOkCompleted);
    }
    webm::Status OnFrame(const webm::FrameMetadata &, webm::Reader *reader,
                         std::uint64_t *left) override
    {
        while (*left > 0) {
            std::array<std::uint8_t, 4096> piece{};
            std::uint64_t count = 0;
            const webm::Status status =
                reader->Read(std::min<std::uint64_t>(*left, piece.size()), piece.data(), &count);
            m_blocks->last().data.append(reinterpret_cast<const char *>(piece.data()),
                                         qsizetype(count)); // bytes as bytes
            *left -= count;
            if (!status.ok())
                return status;
        }
        return webm::Status(webm::Status::kOkCompleted);
    }
    webm::Status OnCuePoint(const webm::ElementMetadata &, const webm::CuePoint &cue) override
    {
        film.cues.append(
            {cue.time.value(), cue.cue_track_positions.front().value().cluster_position.value()});
        return webm::Status(webm::Status::kOkCompleted);
    }

private:
    std::uint64_t m_segment = 0;
    qint64 m_cluster = 0;
    qint64 m_last = 0;
    std::uint64_t m_soundTrack = 0;
    QList<ReadFilm::Picture> *m_blocks = &film.pictures;
};

inline ReadFilm readFilm(const QString &path)
{
    std::FILE *const file = std::fopen(path.toLocal8Bit().constData(), "rb");
    if (file == nullptr)
        return {};
    webm::FileReader reader(file); // closes it
    FilmReader callback;
    webm::WebmParser parser;
    callback.film.isWhole = parser.Feed(&callback, &reader).completed_ok();
    return callback.film;
}

} // namespace fakes
