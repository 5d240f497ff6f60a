// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/film/webm_file.h"

#include <array>
#include <bit>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace display {

using engine::Error;
using engine::ErrorKind;
using engine::Result;

namespace {

// RFC 9559, 5.1; the length of an ID is in its first bits (RFC 8794, 5).
namespace id {
constexpr std::uint32_t Ebml = 0x1A45DFA3;
constexpr std::uint32_t EbmlVersion = 0x4286;
constexpr std::uint32_t EbmlReadVersion = 0x42F7;
constexpr std::uint32_t EbmlMaxIdLength = 0x42F2;
constexpr std::uint32_t EbmlMaxSizeLength = 0x42F3;
constexpr std::uint32_t DocType = 0x4282;
constexpr std::uint32_t DocTypeVersion = 0x4287;
constexpr std::uint32_t DocTypeReadVersion = 0x4285;
constexpr std::uint32_t Void = 0xEC;
constexpr std::uint32_t Segment = 0x18538067;
constexpr std::uint32_t SeekHead = 0x114D9B74;
constexpr std::uint32_t Seek = 0x4DBB;
constexpr std::uint32_t SeekId = 0x53AB;
constexpr std::uint32_t SeekPosition = 0x53AC;
constexpr std::uint32_t Info = 0x1549A966;
constexpr std::uint32_t TimestampScale = 0x2AD7B1;
constexpr std::uint32_t Duration = 0x4489;
constexpr std::uint32_t MuxingApp = 0x4D80;
constexpr std::uint32_t WritingApp = 0x5741;
constexpr std::uint32_t Tracks = 0x1654AE6B;
constexpr std::uint32_t TrackEntry = 0xAE;
constexpr std::uint32_t TrackNumber = 0xD7;
constexpr std::uint32_t TrackUid = 0x73C5;
constexpr std::uint32_t TrackType = 0x83;
constexpr std::uint32_t FlagLacing = 0x9C;
constexpr std::uint32_t CodecId = 0x86;
constexpr std::uint32_t Video = 0xE0;
constexpr std::uint32_t PixelWidth = 0xB0;
constexpr std::uint32_t PixelHeight = 0xBA;
constexpr std::uint32_t CodecPrivate = 0x63A2;
constexpr std::uint32_t CodecDelay = 0x56AA;
constexpr std::uint32_t SeekPreRoll = 0x56BB;
constexpr std::uint32_t Audio = 0xE1;
constexpr std::uint32_t SamplingFrequency = 0xB5;
constexpr std::uint32_t Channels = 0x9F;
constexpr std::uint32_t Cluster = 0x1F43B675;
constexpr std::uint32_t Timestamp = 0xE7;
constexpr std::uint32_t SimpleBlock = 0xA3;
constexpr std::uint32_t Cues = 0x1C53BB6B;
constexpr std::uint32_t CuePoint = 0xBB;
constexpr std::uint32_t CueTime = 0xB3;
constexpr std::uint32_t CueTrackPositions = 0xB7;
constexpr std::uint32_t CueTrack = 0xF7;
constexpr std::uint32_t CueClusterPosition = 0xF1;
} // namespace id

constexpr int SizeBytes = 8; // of every size: what it will be need not be known
constexpr std::uint64_t UnknownSize = 0x00FF'FFFF'FFFF'FFFF; // RFC 8794, 6.2
constexpr std::size_t SeekHeadRoom = 256;
constexpr std::uint64_t MillisecondTicks = 1'000'000; // nanoseconds
constexpr std::uint8_t VideoTrack = 1; // as a track's type, and ours as its number
constexpr std::uint8_t SoundTrackNumber = 2; // likewise
constexpr std::uint8_t KeyFlag = 0x80; // RFC 9559, 10.2
// Not longer than what may be lost; a block's time within its cluster has 16 bits.
constexpr std::chrono::milliseconds LongestCluster{1000};

void putBytes(FilmBytes &to, std::uint64_t value, int count)
{
    for (int shift = (count - 1) * 8; shift >= 0; shift -= 8)
        to.push_back(std::uint8_t(value >> unsigned(shift)));
}

void putId(FilmBytes &to, std::uint32_t element)
{
    const int count = (std::bit_width(element) + 7) / 8;
    putBytes(to, element, count);
}

void putHead(FilmBytes &to, std::uint32_t element, std::uint64_t size)
{
    putId(to, element);
    putBytes(to, std::uint64_t(1) << 56 | size, SizeBytes);
}

void putData(FilmBytes &to, std::uint32_t element, std::span<const std::uint8_t> data)
{
    putHead(to, element, data.size());
    to.insert(to.end(), data.begin(), data.end());
}

void putNumber(FilmBytes &to, std::uint32_t element, std::uint64_t value)
{
    putHead(to, element, 8);
    putBytes(to, value, 8);
}

void putText(FilmBytes &to, std::uint32_t element, std::string_view text)
{
    putHead(to, element, text.size());
    to.insert(to.end(), text.begin(), text.end());
}

void putFraction(FilmBytes &to, std::uint32_t element, double value)
{
    putHead(to, element, 8);
    putBytes(to, std::bit_cast<std::uint64_t>(value), 8);
}

FilmBytes durationElement(std::chrono::milliseconds duration)
{
    FilmBytes bytes;
    putFraction(bytes, id::Duration, double(duration.count()));
    return bytes;
}

FilmBytes trackEntry(std::uint8_t number, std::string_view codec)
{
    FilmBytes track;
    putNumber(track, id::TrackNumber, number);
    putNumber(track, id::TrackUid, number);
    putNumber(track, id::TrackType, number);
    putNumber(track, id::FlagLacing, 0);
    putText(track, id::CodecId, codec);
    return track;
}

Error fileError(const std::string &what, const std::string &path, int number)
{
    const bool isFull = number == ENOSPC || number == EDQUOT || number == EFBIG;
    Error error(number == EEXIST       ? ErrorKind::Invalid
                    : number == EACCES ? ErrorKind::Denied
                    : isFull           ? ErrorKind::NoSpace
                                       : ErrorKind::Io,
                what + " \"" + path + "\": " + std::strerror(number));
    return isFull ? std::move(error).withRemedy("Make room there and begin another film; this one "
                                                "can be played up to here")
                  : error;
}

} // namespace

Result<std::unique_ptr<WebmFile>> WebmFile::create(const std::string &path,
                                                   const PictureTrack &pictures,
                                                   const std::optional<SoundTrack> &sound)
{
    std::unique_ptr<WebmFile> file(new WebmFile(path));
    file->m_hasSound = sound.has_value();
    file->m_file = engine::Fd(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
    if (!file->m_file.isOpen())
        return fileError("Cannot make the film", path, errno);
    TRY(file->begin(pictures, sound));
    return file;
}

Result<> WebmFile::begin(const PictureTrack &pictures, const std::optional<SoundTrack> &sound)
{
    FilmBytes ebml;
    putNumber(ebml, id::EbmlVersion, 1);
    putNumber(ebml, id::EbmlReadVersion, 1);
    putNumber(ebml, id::EbmlMaxIdLength, 4);
    putNumber(ebml, id::EbmlMaxSizeLength, 8);
    putText(ebml, id::DocType, "webm");
    putNumber(ebml, id::DocTypeVersion, 4);
    putNumber(ebml, id::DocTypeReadVersion, 2);
    FilmBytes head;
    putData(head, id::Ebml, ebml);
    putHead(head, id::Segment, UnknownSize);
    m_segment = head.size();
    m_seekHead = head.size();
    putHead(head, id::Void, SeekHeadRoom - 1 - SizeBytes);
    head.resize(std::size_t(m_seekHead) + SeekHeadRoom);

    FilmBytes info;
    putNumber(info, id::TimestampScale, MillisecondTicks);
    putText(info, id::MuxingApp, "Vitrine");
    putText(info, id::WritingApp, "Vitrine");
    const std::size_t durationInInfo = info.size();
    const FilmBytes duration = durationElement(std::chrono::milliseconds(0));
    info.insert(info.end(), duration.begin(), duration.end());
    m_info = head.size();
    putHead(head, id::Info, info.size());
    m_duration = head.size() + durationInInfo;
    head.insert(head.end(), info.begin(), info.end());

    FilmBytes video;
    putNumber(video, id::PixelWidth, std::uint64_t(pictures.width));
    putNumber(video, id::PixelHeight, std::uint64_t(pictures.height));
    FilmBytes track = trackEntry(VideoTrack, "V_VP8");
    putData(track, id::Video, video);
    FilmBytes tracks;
    putData(tracks, id::TrackEntry, track);
    if (sound) {
        FilmBytes audio;
        putFraction(audio, id::SamplingFrequency, sound->rate);
        putNumber(audio, id::Channels, sound->channels);
        track = trackEntry(SoundTrackNumber, "A_OPUS");
        putData(track, id::CodecPrivate, sound->codecHead);
        putNumber(track, id::CodecDelay, std::uint64_t(sound->delay.count()));
        putNumber(track, id::SeekPreRoll, std::uint64_t(sound->preRoll.count()));
        putData(track, id::Audio, audio);
        putData(tracks, id::TrackEntry, track);
    }
    m_tracks = head.size();
    putData(head, id::Tracks, tracks);
    return append(head);
}

Result<> WebmFile::add(const EncodedPicture &picture)
{
    m_pictures.push_back({VideoTrack,
                          picture.at,
                          picture.isKey,
                          {picture.data.begin(), picture.data.end()}});
    return mix(false);
}

Result<> WebmFile::add(const SoundPacket &sound)
{
    m_sounds.push_back({SoundTrackNumber, sound.at, false, sound.data});
    return mix(false);
}

// `isAll`: nothing more comes on either track.
Result<> WebmFile::mix(bool isAll)
{
    while (!m_pictures.empty() || !m_sounds.empty()) {
        const bool isOneMissing = m_pictures.empty() || m_sounds.empty();
        if (m_hasSound && !isAll && isOneMissing)
            return {};
        const bool isPicture = m_sounds.empty()
            || (!m_pictures.empty() && m_pictures.front().at <= m_sounds.front().at);
        std::deque<Block> &queue = isPicture ? m_pictures : m_sounds;
        const Block block = std::move(queue.front());
        queue.pop_front();
        TRY(put(block));
    }
    return {};
}

Result<> WebmFile::put(const Block &block)
{
    const bool isNew =
        m_cluster.empty() || block.isKey || block.at - m_clusterTime >= LongestCluster;
    if (isNew) {
        TRY(flush(block.at));
        m_clusterTime = block.at;
        putNumber(m_cluster, id::Timestamp, std::uint64_t(block.at.count()));
        if (block.isKey)
            m_keys.push_back({block.at, m_end - m_segment});
    }
    FilmBytes head{std::uint8_t(0x80 | block.track)};
    putBytes(head, std::uint64_t((block.at - m_clusterTime).count()), 2);
    // Every packet of sound can be begun with.
    head.push_back(block.isKey || block.track == SoundTrackNumber ? KeyFlag : 0);
    putHead(m_cluster, id::SimpleBlock, head.size() + block.data.size());
    m_cluster.insert(m_cluster.end(), head.begin(), head.end());
    m_cluster.insert(m_cluster.end(), block.data.begin(), block.data.end());
    m_last = block.at;
    return {};
}

Result<> WebmFile::flush(std::chrono::milliseconds until)
{
    if (m_cluster.empty())
        return {};
    FilmBytes cluster;
    cluster.reserve(m_cluster.size() + 16);
    putData(cluster, id::Cluster, m_cluster);
    m_cluster.clear();
    TRY(append(cluster));
    return write(durationElement(until), m_duration);
}

Result<> WebmFile::finish(std::chrono::milliseconds duration)
{
    TRY(mix(true));
    TRY(flush(std::max(duration, m_last)));
    const std::uint64_t cuesAt = m_end;
    FilmBytes points;
    for (const KeyPicture &key : m_keys) {
        FilmBytes place;
        putNumber(place, id::CueTrack, VideoTrack);
        putNumber(place, id::CueClusterPosition, key.cluster);
        FilmBytes point;
        putNumber(point, id::CueTime, std::uint64_t(key.at.count()));
        putData(point, id::CueTrackPositions, place);
        putData(points, id::CuePoint, point);
    }
    FilmBytes cues;
    putData(cues, id::Cues, points);
    if (!m_keys.empty())
        TRY(append(cues));

    FilmBytes seeks;
    const auto seek = [this, &seeks](std::uint32_t element, std::uint64_t at) {
        FilmBytes name;
        putId(name, element);
        FilmBytes one;
        putData(one, id::SeekId, name);
        putNumber(one, id::SeekPosition, at - m_segment);
        putData(seeks, id::Seek, one);
    };
    seek(id::Info, m_info);
    seek(id::Tracks, m_tracks);
    if (!m_keys.empty())
        seek(id::Cues, cuesAt);
    FilmBytes seekHead;
    putData(seekHead, id::SeekHead, seeks);
    // What is left of its room stays void.
    putHead(seekHead, id::Void, SeekHeadRoom - seekHead.size() - 1 - SizeBytes);
    FilmBytes size;
    putHead(size, id::Segment, m_end - m_segment);
    TRY(write(seekHead, m_seekHead));
    TRY(write(size, m_segment - size.size()));
    if (::fsync(m_file.get()) != 0 && errno != EINVAL && errno != EROFS)
        return fileError("Cannot write the film", m_path, errno);
    return {};
}

Result<> WebmFile::append(std::span<const std::uint8_t> bytes)
{
    const Result<> written = write(bytes, m_end);
    if (written) {
        m_end += bytes.size();
        return {};
    }
    // Half a cluster is of no use to anybody. That it is shortened may fail as well.
    if (::ftruncate(m_file.get(), off_t(m_end)) != 0)
        return written.error();
    return written.error();
}

Result<> WebmFile::write(std::span<const std::uint8_t> bytes, std::uint64_t at) const
{
    while (!bytes.empty()) {
        const ssize_t count = ::pwrite(m_file.get(), bytes.data(), bytes.size(), off_t(at));
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return fileError("Cannot write the film", m_path, count < 0 ? errno : EIO);
        bytes = bytes.subspan(std::size_t(count));
        at += std::uint64_t(count);
    }
    return {};
}

} // namespace display
