// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/catalog/udf_files.h"

#include <QtCore/QtEndian>

#include <algorithm>

namespace engine {

namespace {

constexpr qint64 BlockBytes = 2048;
constexpr qint64 AnchorBlock = 256;
constexpr qint64 MaxFolderBytes = 1024 * 1024;
constexpr int MaxDescriptors = 64;
constexpr qint64 TagBytes = 16;

// ECMA-167, 3/7.2.1 and 4/7.2.1.
enum Tag : quint16 {
    TagAnchor = 2,
    TagPartition = 5,
    TagLogicalVolume = 6,
    TagTerminator = 8,
    TagFileSet = 256,
    TagFileIdentifier = 257,
    TagFileEntry = 261,
    TagExtendedFileEntry = 266,
};

template <class Number>
Number number(const QByteArray &bytes, qsizetype offset)
{
    if (offset < 0 || offset + qsizetype(sizeof(Number)) > bytes.size())
        return 0;
    return qFromLittleEndian<Number>(bytes.constData() + offset);
}

// 0 when the checksum is wrong: then it is no descriptor.
quint16 tagOf(const QByteArray &block)
{
    if (block.size() < BlockBytes)
        return 0;
    quint8 sum = 0;
    for (int i = 0; i < TagBytes; ++i)
        sum = i == 4 ? sum : quint8(sum + quint8(block.at(i)));
    return sum == quint8(block.at(4)) ? number<quint16>(block, 0) : 0;
}

// OSTA UDF 2.1.1: the first byte says how wide the characters are.
QString nameOf(const QByteArray &identifier)
{
    if (identifier.isEmpty())
        return {};
    if (identifier.front() == 8)
        return QString::fromLatin1(identifier.mid(1));
    QString name;
    for (qsizetype i = 1; i + 1 < identifier.size(); i += 2)
        name.append(QChar(qFromBigEndian<quint16>(identifier.constData() + i)));
    return name;
}

} // namespace

std::optional<UdfVolume> UdfVolume::open(const QString &path)
{
    UdfVolume volume;
    volume.m_image = std::make_unique<QFile>(path);
    if (!volume.m_image->open(QIODevice::ReadOnly))
        return std::nullopt;
    const QByteArray anchor = volume.readImage(AnchorBlock * BlockBytes, BlockBytes);
    if (tagOf(anchor) != TagAnchor)
        return std::nullopt;
    const qint64 sequence = number<quint32>(anchor, 20);
    std::optional<quint32> fileSet;
    bool hasPartition = false;
    for (int i = 0; i < MaxDescriptors; ++i) {
        const QByteArray block = volume.readImage((sequence + i) * BlockBytes, BlockBytes);
        const quint16 tag = tagOf(block);
        if (tag == TagPartition) {
            volume.m_partitionStart = number<quint32>(block, 188);
            hasPartition = true;
        } else if (tag == TagLogicalVolume) {
            // Another block size, or a partition that is mapped, is none of a pressed disc.
            const quint8 mapType = quint8(block.at(440));
            if (number<quint32>(block, 212) != BlockBytes || mapType != 1)
                return std::nullopt;
            fileSet = number<quint32>(block, 252);
        } else if (tag == TagTerminator || tag == 0) {
            break;
        }
    }
    if (!fileSet || !hasPartition)
        return std::nullopt;
    const QByteArray set =
        volume.readImage((qint64(volume.m_partitionStart) + *fileSet) * BlockBytes, BlockBytes);
    if (tagOf(set) != TagFileSet)
        return std::nullopt;
    volume.m_rootBlock = number<quint32>(set, 404);
    return volume;
}

QByteArray UdfVolume::readImage(qint64 offset, qint64 bytes)
{
    if (offset < 0 || bytes <= 0 || !m_image->seek(offset))
        return {};
    return m_image->read(bytes);
}

std::optional<UdfFile> UdfVolume::fileAt(quint32 block)
{
    const qint64 start = (qint64(m_partitionStart) + block) * BlockBytes;
    const QByteArray entry = readImage(start, BlockBytes);
    const quint16 tag = tagOf(entry);
    if (tag != TagFileEntry && tag != TagExtendedFileEntry)
        return std::nullopt;
    const bool isExtended = tag == TagExtendedFileEntry;
    UdfFile file;
    file.isFolder = entry.at(27) == 4;
    file.bytes = qint64(number<quint64>(entry, 56));
    const qint64 attributes = number<quint32>(entry, isExtended ? 208 : 168);
    const qint64 allocations = number<quint32>(entry, isExtended ? 212 : 172);
    const qint64 first = (isExtended ? 216 : 176) + attributes;
    if (file.bytes < 0 || first + allocations > entry.size())
        return std::nullopt;
    const int kind = number<quint16>(entry, 34) & 7;
    if (kind == 3) { // the contents themselves
        file.extents.append({start + first, std::min(file.bytes, allocations)});
        return file;
    }
    if (kind > 1)
        return std::nullopt;
    const qint64 step = kind == 0 ? 8 : 16;
    for (qint64 at = first; at + step <= first + allocations; at += step) {
        const quint32 length = number<quint32>(entry, at);
        const qint64 bytes = length & 0x3fffffff;
        if (bytes == 0)
            break;
        if (length >> 30 != 0) // not recorded, or a continuation: no file of an installer
            return std::nullopt;
        file.extents.append(
            {(qint64(m_partitionStart) + number<quint32>(entry, at + 4)) * BlockBytes, bytes});
    }
    return file;
}

QByteArray UdfVolume::read(const UdfFile &file, qint64 offset, qint64 bytes)
{
    QByteArray result;
    bytes = std::min(bytes, file.bytes - offset);
    for (const UdfExtent &extent : file.extents) {
        if (bytes <= 0)
            break;
        if (offset >= extent.bytes) {
            offset -= extent.bytes;
            continue;
        }
        const qint64 part = std::min(bytes, extent.bytes - offset);
        const QByteArray piece = readImage(extent.offset + offset, part);
        result += piece;
        if (piece.size() < part)
            break;
        bytes -= part;
        offset = 0;
    }
    return result;
}

std::optional<quint32> UdfVolume::entryIn(const UdfFile &folder, const QString &name)
{
    if (!folder.isFolder || folder.bytes > MaxFolderBytes)
        return std::nullopt;
    const QByteArray data = read(folder, 0, folder.bytes);
    qsizetype at = 0;
    while (at + 38 <= data.size()) {
        if (number<quint16>(data, at) != TagFileIdentifier)
            return std::nullopt;
        const int characteristics = quint8(data.at(at + 18));
        const qsizetype nameBytes = quint8(data.at(at + 19));
        const qsizetype useBytes = number<quint16>(data, at + 36);
        constexpr int Deleted = 4;
        constexpr int Parent = 8;
        if (!(characteristics & (Deleted | Parent))
            && nameOf(data.mid(at + 38 + useBytes, nameBytes)).compare(name, Qt::CaseInsensitive)
                == 0)
            return number<quint32>(data, at + 24);
        at += (38 + useBytes + nameBytes + 3) / 4 * 4;
    }
    return std::nullopt;
}

std::optional<UdfFile> UdfVolume::find(const QString &path)
{
    std::optional<UdfFile> file = fileAt(m_rootBlock);
    for (const QString &part : path.split(u'/', Qt::SkipEmptyParts)) {
        if (!file)
            return std::nullopt;
        const std::optional<quint32> block = entryIn(*file, part);
        if (!block)
            return std::nullopt;
        file = fileAt(*block);
    }
    return file;
}

} // namespace engine
