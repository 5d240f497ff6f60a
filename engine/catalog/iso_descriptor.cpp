// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/catalog/iso_descriptor.h"

#include "engine/machine/qt_text.h"
#include "engine/media/disk_image.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QLocale>
#include <QtCore/QtEndian>

namespace engine {

namespace {

constexpr qint64 SectorBytes = 2048;
constexpr qint64 FirstDescriptor = 16;
constexpr int MaxDescriptors = 64;
// Recorders pad with up to 150 sectors that copies of a disc often lack.
constexpr qint64 PaddingBytes = 150 * SectorBytes;

QString textField(const QByteArray &sector, qsizetype offset, qsizetype size)
{
    return QString::fromUtf8(sector.mid(offset, size)).remove(QChar(u'\0')).trimmed();
}

QString sizeText(qint64 bytes)
{
    return QLocale::c().formattedDataSize(bytes, 1, QLocale::DataSizeIecFormat);
}

// Why it is no ISO image, as helpfully as its first bytes allow.
Error notAnIso(const QString &path, qint64 size)
{
    if (size == 0) {
        return makeError(ErrorKind::Corrupt, QStringLiteral("\"%1\" is empty").arg(path),
                         QStringLiteral("Download the image again"));
    }
    const Result<ImageFormat> format = probeImageFormat(path);
    if (format && *format != ImageFormat::Unknown && *format != ImageFormat::Raw) {
        return makeError(ErrorKind::Invalid,
                         QStringLiteral("\"%1\" is a disk image (%2), not an installation disc")
                             .arg(path, imageFormatName(*format)),
                         QStringLiteral("Use it as an existing disk"));
    }
    QFile file(path);
    QByteArray start;
    if (file.open(QIODevice::ReadOnly))
        start = file.read(512);
    if (start.startsWith("\x1f\x8b")
        || start.startsWith("\xfd"
                            "7zXZ")
        || start.startsWith("PK\x03\x04") || start.startsWith("BZh")
        || start.startsWith("\x28\xb5\x2f\xfd") || start.startsWith("7z\xbc\xaf")) {
        return makeError(ErrorKind::Invalid,
                         QStringLiteral("\"%1\" is a compressed file").arg(path),
                         QStringLiteral("Unpack it and choose the image inside"));
    }
    if (start.trimmed().startsWith('<')) {
        return makeError(ErrorKind::Invalid,
                         QStringLiteral("\"%1\" is a web page, not an image").arg(path),
                         QStringLiteral("Download the image again"));
    }
    if (start.size() == 512 && start.endsWith("\x55\xaa")) {
        return makeError(
            ErrorKind::Invalid,
            QStringLiteral("\"%1\" is a disk image (raw), not an installation disc").arg(path),
            QStringLiteral("Use it as an existing disk"));
    }
    return makeError(ErrorKind::Invalid, QStringLiteral("\"%1\" is not an ISO image").arg(path),
                     QStringLiteral("Choose the ISO file of an operating system"));
}

Result<> checkFile(const QFileInfo &info, const QString &path)
{
    if (!info.exists())
        return makeError(ErrorKind::NotFound, QStringLiteral("\"%1\" does not exist").arg(path));
    if (info.isDir())
        return makeError(ErrorKind::Invalid, QStringLiteral("\"%1\" is a folder").arg(path),
                         QStringLiteral("Choose the ISO file of an operating system"));
    if (!info.isFile())
        return makeError(ErrorKind::Invalid, QStringLiteral("\"%1\" is not a file").arg(path));
    return {};
}

} // namespace

Result<IsoDescriptor> readIsoDescriptor(const QString &path)
{
    const QFileInfo info(path);
    TRY(checkFile(info, path));
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return makeError(ErrorKind::Denied,
                         QStringLiteral("Cannot read \"%1\": %2").arg(path, file.errorString()),
                         QStringLiteral("Change the file's permissions"));
    }
    IsoDescriptor iso;
    iso.fileBytes = file.size();
    bool hasPrimary = false;
    for (int i = 0; i < MaxDescriptors; ++i) {
        if (!file.seek((FirstDescriptor + i) * SectorBytes))
            break;
        const QByteArray sector = file.read(SectorBytes);
        if (sector.size() < SectorBytes || sector.mid(1, 5) != "CD001")
            break;
        const auto type = quint8(sector.at(0));
        if (type == 255)
            break;
        if (type == 0 && sector.mid(7, 23) == "EL TORITO SPECIFICATION")
            iso.isBootable = true;
        if (type != 1 || hasPrimary)
            continue;
        hasPrimary = true;
        iso.systemId = textField(sector, 8, 32);
        iso.volumeId = textField(sector, 40, 32);
        iso.publisherId = textField(sector, 318, 128);
        iso.applicationId = textField(sector, 574, 128);
        iso.volumeBytes = qint64(qFromLittleEndian<quint32>(sector.constData() + 80))
            * qFromLittleEndian<quint16>(sector.constData() + 128);
    }
    if (!hasPrimary)
        return notAnIso(path, iso.fileBytes);
    if (iso.fileBytes + PaddingBytes < iso.volumeBytes) {
        return makeError(
            ErrorKind::Corrupt,
            QStringLiteral("\"%1\" is incomplete: it has %2 of %3")
                .arg(path, sizeText(iso.fileBytes), sizeText(iso.volumeBytes)),
            QStringLiteral("Wait until the download is complete, or download the image again"));
    }
    return iso;
}

} // namespace engine
