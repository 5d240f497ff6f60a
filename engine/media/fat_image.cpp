// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/media/fat_image.h"

#include "engine/machine/qt_text.h"

#include <QtCore/QDateTime>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QSet>

#include <algorithm>
#include <memory>
#include <vector>

namespace engine {

namespace {

constexpr qint64 SectorBytes = 512;
constexpr quint32 PartitionStart = 63; // where DOS looks for it
constexpr int EntryBytes = 32;
constexpr int LongNamePart = 13; // characters of a long name in one entry
constexpr int LongestName = 255;
// Fewer make a FAT12, more a FAT32 (section "FAT Type Determination").
constexpr qint64 FewestClusters = 4085 + 16;
constexpr qint64 MostClusters = 65524 - 16;
constexpr int SmallestCluster = 4; // sectors
constexpr int LargestCluster = 64;
constexpr int RootEntryStep = 512;
constexpr int MostRootEntries = 65024;
constexpr int DeepestFolder = 32;

enum Attribute : quint8 { VolumeLabel = 8, Directory = 0x10, Archive = 0x20 };
constexpr quint8 LongName = 0x0f;

struct Node
{
    QString path; // on the host
    QString name; // as FAT has it
    QByteArray shortName; // 11 bytes
    bool isFolder = false;
    qint64 size = 0;
    QDateTime changed;
    std::vector<std::unique_ptr<Node>> children;
    quint32 cluster = 0;
    quint32 clusters = 0;
};

void put16(QByteArray &bytes, qsizetype at, quint32 value)
{
    bytes[at] = char(value & 0xff);
    bytes[at + 1] = char(value >> 8 & 0xff);
}

void put32(QByteArray &bytes, qsizetype at, quint32 value)
{
    put16(bytes, at, value);
    put16(bytes, at + 2, value >> 16);
}

Error ioError(const QFile &file, const char *verb)
{
    const bool isFull = file.error() == QFileDevice::ResourceError;
    return makeError(isFull ? ErrorKind::NoSpace : ErrorKind::Io,
                     QStringLiteral("Cannot %1 \"%2\": %3")
                         .arg(QLatin1String(verb), file.fileName(), file.errorString()),
                     isFull ? QStringLiteral("Choose fewer files, or free some space there")
                            : QString());
}

QString withoutForbidden(QString name)
{
    for (QChar &c : name)
        if (c.unicode() < 0x20 || QStringLiteral("\\/:*?\"<>|").contains(c))
            c = QLatin1Char('_');
    // Trailing blanks and dots are lost (section "Long Directory Entries").
    while (name.endsWith(QLatin1Char('.')) || name.endsWith(QLatin1Char(' ')))
        name.chop(1);
    return name.isEmpty() ? QStringLiteral("_") : name.left(LongestName);
}

// "report.txt" -> "report (2).txt"
QString numbered(const QString &name, int number)
{
    const qsizetype dot = name.lastIndexOf(QLatin1Char('.'));
    const QString suffix = dot > 0 ? name.mid(dot) : QString();
    const QString extra = QStringLiteral(" (%1)").arg(number) + suffix;
    return name.left(std::min(dot > 0 ? dot : name.size(), LongestName - extra.size())) + extra;
}

QByteArray shortPart(const QString &text, int length)
{
    QByteArray part;
    for (const QChar c : text.toUpper()) {
        if (part.size() == length)
            break;
        const char latin = c.unicode() < 0x80 ? char(c.unicode()) : '_';
        if (latin == ' ' || latin == '.')
            continue;
        const bool isPlain = (latin >= 'A' && latin <= 'Z') || (latin >= '0' && latin <= '9')
            || QByteArray("$%'-_@~`!(){}^#&").contains(latin);
        part.append(isPlain ? latin : '_');
    }
    return part;
}

// Section "Generating the basis-name" and "numeric-tail".
QByteArray shortNameFor(const QString &name, const QSet<QByteArray> &taken)
{
    const qsizetype dot = name.lastIndexOf(QLatin1Char('.'));
    const QByteArray base = shortPart(dot > 0 ? name.left(dot) : name, 8);
    const QByteArray suffix = dot > 0 ? shortPart(name.mid(dot + 1), 3) : QByteArray();
    const auto joined = [&suffix](const QByteArray &first) {
        return first.leftJustified(8, ' ') + suffix.leftJustified(3, ' ');
    };
    const QString plain = QString::fromLatin1(base)
        + (suffix.isEmpty() ? QString() : u'.' + QString::fromLatin1(suffix));
    if (plain == name && !taken.contains(joined(base)))
        return joined(base);
    // Among thousands of similar names counting takes long, so a hash goes on (as Windows has it).
    constexpr int Counted = 4;
    const size_t hash = qHash(name, 0);
    for (int number = 1;; ++number) {
        const QByteArray start = number <= Counted ? base
                                                   : base.left(2)
                + QByteArray::number(quint16(hash + size_t(number)), 16)
                      .toUpper()
                      .rightJustified(4, '0');
        const QByteArray tail = '~' + QByteArray::number(number <= Counted ? number : 1);
        const QByteArray whole = joined(start.left(8 - tail.size()) + tail);
        if (!taken.contains(whole))
            return whole;
    }
}

bool needsLongName(const Node &node)
{
    const QByteArray base = node.shortName.left(8).trimmed();
    const QByteArray suffix = node.shortName.mid(8).trimmed();
    return node.name != QString::fromLatin1(suffix.isEmpty() ? base : base + '.' + suffix);
}

int entryCount(const Node &node)
{
    return 1
        + (needsLongName(node) ? int((node.name.size() + LongNamePart - 1) / LongNamePart) : 0);
}

class FatWriter final
{
public:
    Result<> write(const QStringList &paths, const QString &image)
    {
        QSet<QString> names;
        QSet<QByteArray> shortNames;
        for (const QString &path : paths) {
            const QFileInfo info(path);
            if (!info.exists())
                return makeError(ErrorKind::NotFound,
                                 QStringLiteral("There is no file \"%1\"").arg(path));
            TRY(add(QFileInfo(info.absoluteFilePath()), m_root, names, shortNames, 0));
        }
        if (m_root.children.empty())
            return makeError(ErrorKind::Invalid, QStringLiteral("There are no files to insert"));
        TRY(layOut());
        QFile file(image);
        if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate))
            return ioError(file, "write");
        if (!file.resize(qint64(PartitionStart + m_sectors) * SectorBytes))
            return ioError(file, "write");
        TRY(writeHead(file));
        TRY(writeTree(file));
        if (!file.flush())
            return ioError(file, "write");
        return {};
    }

private:
    Result<> add(const QFileInfo &info, Node &parent, QSet<QString> &names,
                 QSet<QByteArray> &shortNames, int depth)
    {
        if (!info.isFile() && !info.isDir())
            return depth > 0
                ? Result<>()
                : makeError(
                    ErrorKind::Invalid,
                    QStringLiteral("\"%1\" is neither file nor folder").arg(info.filePath()));
        if (!info.isReadable())
            return makeError(
                ErrorKind::Denied,
                QStringLiteral("You do not have permission to read \"%1\"").arg(info.filePath()));
        if (++m_entries > MostFatEntries)
            return makeError(
                ErrorKind::Invalid,
                QStringLiteral("These are more than %1 files and folders").arg(MostFatEntries),
                QStringLiteral("Pack them into an archive and insert that"));
        auto node = std::make_unique<Node>();
        node->path = info.filePath();
        node->isFolder = info.isDir();
        node->changed = info.lastModified();
        const QString plain = withoutForbidden(info.fileName());
        node->name = plain;
        for (int number = 2; names.contains(node->name.toUpper()); ++number)
            node->name = numbered(plain, number);
        names.insert(node->name.toUpper());
        node->shortName = shortNameFor(node->name, shortNames);
        shortNames.insert(node->shortName);
        if (node->isFolder) {
            if (depth >= DeepestFolder)
                return makeError(ErrorKind::Invalid,
                                 QStringLiteral("The folder \"%1\" is too deep").arg(node->path));
            QSet<QString> innerNames;
            QSet<QByteArray> innerShortNames;
            const QFileInfoList inside =
                QDir(node->path)
                    .entryInfoList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot
                                       | QDir::NoSymLinks,
                                   QDir::Name);
            for (const QFileInfo &child : inside)
                TRY(add(child, *node, innerNames, innerShortNames, depth + 1));
        } else {
            node->size = info.size();
            m_bytes += node->size;
            if (m_bytes > LargestFatContents)
                return makeError(ErrorKind::NoSpace,
                                 QStringLiteral("The files are larger than %1 MiB together")
                                     .arg(LargestFatContents / 1024 / 1024),
                                 QStringLiteral("Insert fewer at once, or use a disk image"));
        }
        parent.children.push_back(std::move(node));
        return {};
    }

    qint64 clusterBytes() const { return m_sectorsPerCluster * SectorBytes; }

    // The bytes of a folder; the root's first entry is the label, others begin with . and ..
    static qint64 folderBytes(const Node &node)
    {
        qint64 entries = 2;
        for (const auto &child : node.children)
            entries += entryCount(*child);
        return entries * EntryBytes;
    }

    qint64 clustersBelow(const Node &node) const
    {
        qint64 clusters = 0;
        for (const auto &child : node.children) {
            const qint64 bytes = child->isFolder ? folderBytes(*child) : child->size;
            clusters += (bytes + clusterBytes() - 1) / clusterBytes() + clustersBelow(*child);
        }
        return clusters;
    }

    void assign(Node &node)
    {
        for (const auto &child : node.children) {
            const qint64 bytes = child->isFolder ? folderBytes(*child) : child->size;
            child->clusters = quint32((bytes + clusterBytes() - 1) / clusterBytes());
            if (child->clusters > 0) {
                child->cluster = m_nextCluster;
                m_nextCluster += child->clusters;
                for (quint32 i = 1; i < child->clusters; ++i)
                    m_table[child->cluster + i - 1] = quint16(child->cluster + i);
                m_table[m_nextCluster - 1] = 0xffff;
            }
            assign(*child);
        }
    }

    Result<> layOut()
    {
        const qint64 rootEntries = folderBytes(m_root) / EntryBytes;
        if (rootEntries > MostRootEntries)
            return makeError(ErrorKind::Invalid,
                             QStringLiteral("These are too many files for one folder"),
                             QStringLiteral("Put them into folders, or into an archive"));
        m_rootEntries = quint32((rootEntries + RootEntryStep - 1) / RootEntryStep * RootEntryStep);
        qint64 clusters = 0;
        for (m_sectorsPerCluster = SmallestCluster;; m_sectorsPerCluster *= 2) {
            clusters = clustersBelow(m_root);
            if (clusters <= MostClusters)
                break;
            if (m_sectorsPerCluster == LargestCluster)
                return makeError(ErrorKind::NoSpace,
                                 QStringLiteral("The files do not fit on a stick"),
                                 QStringLiteral("Insert fewer at once, or use a disk image"));
        }
        clusters = std::max(clusters, FewestClusters);
        m_table.assign(std::size_t(clusters) + 2, 0);
        m_table[0] = 0xfff8;
        m_table[1] = 0xffff;
        assign(m_root);
        m_tableSectors = quint32((qint64(m_table.size()) * 2 + SectorBytes - 1) / SectorBytes);
        m_dataSector = 1 + 2 * m_tableSectors + quint32(m_rootEntries * EntryBytes / SectorBytes);
        m_sectors = m_dataSector + quint32(clusters) * quint32(m_sectorsPerCluster);
        return {};
    }

    static Result<> writeAt(QFile &file, qint64 sector, const QByteArray &bytes)
    {
        if (!file.seek((PartitionStart + sector) * SectorBytes)
            || file.write(bytes) != bytes.size())
            return ioError(file, "write");
        return {};
    }

    Result<> writeHead(QFile &file) const
    {
        QByteArray mbr(SectorBytes, '\0');
        put32(mbr, 440, 0x56545249); // disk signature
        // One entry, section "partition table": CHS of its ends as the largest there is.
        mbr.replace(446, 8,
                    QByteArray::fromHex("00010100"
                                        "06feffff"));
        put32(mbr, 454, PartitionStart);
        put32(mbr, 458, m_sectors);
        put16(mbr, 510, 0xaa55);
        TRY(writeAt(file, -qint64(PartitionStart), mbr));

        QByteArray boot(SectorBytes, '\0'); // section "Boot Sector and BPB"
        boot.replace(0, 11, QByteArray::fromHex("eb3c90") + "MSDOS5.0");
        put16(boot, 11, quint32(SectorBytes));
        boot[13] = char(m_sectorsPerCluster);
        put16(boot, 14, 1); // reserved sectors
        boot[16] = 2; // tables
        put16(boot, 17, m_rootEntries);
        put16(boot, 19, m_sectors < 0x10000 ? m_sectors : 0);
        boot[21] = char(0xf8); // a fixed disk
        put16(boot, 22, m_tableSectors);
        put16(boot, 24, 63);
        put16(boot, 26, 255);
        put32(boot, 28, PartitionStart);
        put32(boot, 32, m_sectors < 0x10000 ? 0 : m_sectors);
        boot[36] = char(0x80);
        boot[38] = 0x29;
        put32(boot, 39, quint32(QDateTime::currentSecsSinceEpoch()));
        boot.replace(43, 19, "VITRINE    FAT16   ");
        put16(boot, 510, 0xaa55);
        TRY(writeAt(file, 0, boot));

        QByteArray table(qsizetype(m_tableSectors) * SectorBytes, '\0');
        for (std::size_t i = 0; i < m_table.size(); ++i)
            put16(table, qsizetype(i) * 2, m_table[i]);
        TRY(writeAt(file, 1, table));
        return writeAt(file, 1 + m_tableSectors, table);
    }

    static void putTime(QByteArray &entry, const QDateTime &changed)
    {
        const QDate date = changed.date();
        const QTime time = changed.time();
        const int year = std::clamp(date.year(), 1980, 2107);
        const quint32 day = quint32((year - 1980) << 9 | date.month() << 5 | date.day());
        const quint32 clock = quint32(time.hour() << 11 | time.minute() << 5 | time.second() / 2);
        put16(entry, 14, clock);
        put16(entry, 16, day);
        put16(entry, 18, day);
        put16(entry, 22, clock);
        put16(entry, 24, day);
    }

    static QByteArray shortEntry(const QByteArray &name, quint8 attributes, const Node &node)
    {
        QByteArray entry(EntryBytes, '\0');
        entry.replace(0, 11, name);
        entry[11] = char(attributes);
        putTime(entry, node.changed.isValid() ? node.changed : QDateTime::currentDateTime());
        put16(entry, 26, node.cluster);
        put32(entry, 28, node.isFolder ? 0 : quint32(node.size));
        return entry;
    }

    // Section "Long Directory Entries": the last part comes first.
    static QByteArray longEntries(const Node &node)
    {
        quint8 sum = 0;
        for (const char c : node.shortName)
            sum = quint8(((sum & 1) << 7) + (sum >> 1) + quint8(c));
        QByteArray entries;
        const int parts = entryCount(node) - 1;
        for (int part = parts; part > 0; --part) {
            QByteArray entry(EntryBytes, '\0');
            entry[0] = char(part | (part == parts ? 0x40 : 0));
            entry[11] = char(LongName);
            entry[13] = char(sum);
            static constexpr int Places[LongNamePart] = {1,  3,  5,  7,  9,  14, 16,
                                                         18, 20, 22, 24, 28, 30};
            for (int i = 0; i < LongNamePart; ++i) {
                const qsizetype at = qsizetype(part - 1) * LongNamePart + i;
                const quint32 unit = at < node.name.size() ? node.name.at(at).unicode()
                    : at == node.name.size()               ? 0
                                                           : 0xffff;
                put16(entry, Places[i], unit);
            }
            entries += entry;
        }
        return entries;
    }

    Result<> writeTree(QFile &file) const
    {
        const Node label;
        return writeFolder(file, m_root, 1 + 2 * m_tableSectors,
                           shortEntry("VITRINE    ", VolumeLabel, label));
    }

    // `head`: the entries that are in the folder anyway.
    Result<> writeFolder(QFile &file, const Node &node, qint64 sector, QByteArray head) const
    {
        for (const auto &child : node.children) {
            if (entryCount(*child) > 1)
                head += longEntries(*child);
            head += shortEntry(child->shortName, child->isFolder ? Directory : Archive, *child);
        }
        TRY(writeAt(file, sector, head));
        for (const auto &child : node.children) {
            if (!child->isFolder) {
                TRY(copyFile(file, *child));
                continue;
            }
            Node parent;
            parent.isFolder = true;
            parent.changed = child->changed;
            parent.cluster = node.cluster; // 0 is the root
            TRY(writeFolder(file, *child, sectorOf(*child),
                            shortEntry(".          ", Directory, *child)
                                + shortEntry("..         ", Directory, parent)));
        }
        return {};
    }

    qint64 sectorOf(const Node &node) const
    {
        return m_dataSector + qint64(node.cluster - 2) * m_sectorsPerCluster;
    }

    Result<> copyFile(QFile &file, const Node &node) const
    {
        if (node.size == 0)
            return {};
        QFile source(node.path);
        if (!source.open(QIODevice::ReadOnly))
            return ioError(source, "read");
        constexpr qint64 Piece = 1024 * 1024;
        if (!file.seek((PartitionStart + sectorOf(node)) * SectorBytes))
            return ioError(file, "write");
        for (qint64 left = node.size; left > 0;) {
            const QByteArray bytes = source.read(std::min(left, Piece));
            if (bytes.isEmpty())
                return makeError(
                    ErrorKind::Io,
                    QStringLiteral("\"%1\" became shorter while it was copied").arg(node.path),
                    QStringLiteral("Insert it again when nobody writes to it"));
            if (file.write(bytes) != bytes.size())
                return ioError(file, "write");
            left -= bytes.size();
        }
        return {};
    }

    Node m_root;
    int m_entries = 0;
    qint64 m_bytes = 0;
    qint64 m_sectorsPerCluster = SmallestCluster;
    quint32 m_rootEntries = 0;
    quint32 m_nextCluster = 2;
    std::vector<quint16> m_table;
    quint32 m_tableSectors = 0;
    quint32 m_dataSector = 0;
    quint32 m_sectors = 0;
};

} // namespace

Result<> writeFatImage(const QStringList &paths, const QString &image)
{
    return FatWriter().write(paths, image);
}

} // namespace engine
