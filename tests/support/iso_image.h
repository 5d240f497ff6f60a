// SPDX-License-Identifier: GPL-3.0-or-later
// The descriptors of an ISO 9660 image (ECMA-119) and nothing behind them; and, as on Windows'
// installation discs, a UDF volume (ECMA-167) with one file, sources/install.wim.
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QString>
#include <QtCore/QtEndian>

#include <algorithm>

namespace testing {

constexpr qsizetype IsoSector = 2048;

struct IsoText
{
    QByteArray volumeId;
    QByteArray systemId = "LINUX";
    QByteArray publisherId = {};
    QByteArray applicationId = {};
};

inline void putText(QByteArray &image, qsizetype offset, qsizetype size, const QByteArray &text)
{
    image.replace(offset, size, text.left(size).leftJustified(size, ' '));
}

inline QByteArray isoImage(const IsoText &text, bool isBootable, quint32 sectors = 64)
{
    QByteArray image(64 * IsoSector, '\0');
    const auto descriptor = [&image](qsizetype sector, char type) {
        image.replace(sector * IsoSector, 7, type + QByteArray("CD001\x01", 6));
    };
    descriptor(16, '\x01');
    putText(image, 16 * IsoSector + 8, 32, text.systemId);
    putText(image, 16 * IsoSector + 40, 32, text.volumeId);
    putText(image, 16 * IsoSector + 318, 128, text.publisherId);
    putText(image, 16 * IsoSector + 574, 128, text.applicationId);
    qToLittleEndian<quint32>(sectors, image.data() + 16 * IsoSector + 80);
    qToLittleEndian<quint16>(quint16(IsoSector), image.data() + 16 * IsoSector + 128);
    qsizetype next = 17;
    if (isBootable) {
        descriptor(next, '\x00');
        image.replace(next * IsoSector + 7, 23, "EL TORITO SPECIFICATION");
        ++next;
    }
    descriptor(next, '\xff');
    return image;
}

// A WIM file: its header, and its description at the end.
inline QByteArray wimFile(const QString &xml)
{
    QByteArray text("\xff\xfe", 2);
    for (const QChar character : xml) {
        text.append(char(character.unicode() & 0xff));
        text.append(char(character.unicode() >> 8));
    }
    constexpr qsizetype XmlOffset = 3000; // in the second extent of the file
    QByteArray file(XmlOffset, '\0');
    file.replace(0, 8, QByteArray("MSWIM\0\0\0", 8));
    qToLittleEndian<quint32>(208, file.data() + 8);
    qToLittleEndian<quint64>(quint64(text.size()) | quint64(2) << 56, file.data() + 72);
    qToLittleEndian<quint64>(XmlOffset, file.data() + 80);
    return file + text;
}

inline QString wimXml(int build, const QString &productType, int architecture, int major = 10,
                      int minor = 0)
{
    return QStringLiteral(
               "<WIM><TOTALBYTES>1</TOTALBYTES><IMAGE INDEX=\"1\"><NAME>x</NAME><WINDOWS>"
               "<ARCH>%1</ARCH><PRODUCTTYPE>%2</PRODUCTTYPE><VERSION><MAJOR>%3</MAJOR>"
               "<MINOR>%4</MINOR><BUILD>%5</BUILD><SPBUILD>1</SPBUILD></VERSION>"
               "</WINDOWS></IMAGE></WIM>")
        .arg(architecture)
        .arg(productType)
        .arg(major)
        .arg(minor)
        .arg(build);
}

class UdfBuilder final
{
public:
    explicit UdfBuilder(QByteArray iso)
        : m_image(std::move(iso))
    {
        m_image.append(QByteArray((PartitionStart + 20) * IsoSector - m_image.size(), '\0'));
    }

    // Root, "sources" and the file, whose contents are in two pieces.
    QByteArray withInstallWim(const QByteArray &wim)
    {
        char *anchor = block(256);
        put32(anchor, 16, 16 * IsoSector);
        put32(anchor, 20, 257);
        tag(anchor, 2);
        char *partition = block(257);
        put32(partition, 188, PartitionStart);
        tag(partition, 5);
        char *volume = block(258);
        put32(volume, 212, IsoSector);
        put32(volume, 252, 0); // of the file set
        volume[440] = 1;
        tag(volume, 6);
        tag(block(259), 8);
        char *fileSet = block(PartitionStart);
        put32(fileSet, 404, 1);
        tag(fileSet, 256);
        folder(1, 2, "sources", 3);
        folder(3, 4, "install.wim", 5);
        const qsizetype first = IsoSector;
        putFile(5, 5, qint64(wim.size()), {{6, first}, {9, wim.size() - first}});
        const qsizetype need = (PartitionStart + 9) * IsoSector + wim.size();
        if (m_image.size() < need)
            m_image.append(QByteArray(need - m_image.size(), '\0'));
        m_image.replace((PartitionStart + 6) * IsoSector, first, wim.left(first));
        m_image.replace((PartitionStart + 9) * IsoSector, wim.size() - first, wim.mid(first));
        return m_image;
    }

private:
    static constexpr qsizetype PartitionStart = 270;

    struct Piece
    {
        quint32 block;
        qsizetype bytes;
    };

    char *block(qsizetype number) { return m_image.data() + number * IsoSector; }

    static void put32(char *at, qsizetype offset, qint64 value)
    {
        qToLittleEndian<quint32>(quint32(value), at + offset);
    }

    static void tag(char *at, quint16 identifier)
    {
        qToLittleEndian<quint16>(identifier, at);
        at[4] = 0;
        quint8 sum = 0;
        for (int i = 0; i < 16; ++i)
            sum = quint8(sum + quint8(at[i]));
        at[4] = char(sum);
    }

    void putFile(quint32 at, char type, qint64 bytes, const QList<Piece> &pieces)
    {
        char *entry = block(PartitionStart + at);
        entry[27] = type;
        qToLittleEndian<quint64>(quint64(bytes), entry + 56);
        put32(entry, 172, pieces.size() * 8);
        for (qsizetype i = 0; i < pieces.size(); ++i) {
            put32(entry, 176 + i * 8, pieces.at(i).bytes);
            put32(entry, 180 + i * 8, pieces.at(i).block);
        }
        tag(entry, 261);
    }

    // With the parent's entry, as every folder has.
    void folder(quint32 at, quint32 data, const QByteArray &name, quint32 child)
    {
        QByteArray entries = identifier({}, 0, 10) + identifier(name, child, 0);
        putFile(at, 4, entries.size(), {{data, entries.size()}});
        m_image.replace((PartitionStart + data) * IsoSector, entries.size(), entries);
    }

    static QByteArray identifier(const QByteArray &name, quint32 icb, char characteristics)
    {
        const qsizetype nameBytes = name.isEmpty() ? 0 : name.size() + 1;
        QByteArray bytes((38 + nameBytes + 3) / 4 * 4, '\0');
        bytes[18] = characteristics;
        bytes[19] = char(nameBytes);
        put32(bytes.data(), 24, icb);
        if (!name.isEmpty()) {
            bytes[38] = 8;
            bytes.replace(39, name.size(), name);
        }
        tag(bytes.data(), 257);
        return bytes;
    }

    QByteArray m_image;
};

} // namespace testing
