// SPDX-License-Identifier: GPL-3.0-or-later
// Formats by their first bytes: qcow2 (QEMU docs/interop/qcow2.txt), VDI (VirtualBox's header, the
// signature behind the text), VMDK (VMware Virtual Disk Format 1.1: sparse "KDMV", ESX "COWD", or a
// descriptor in text), VHD (Microsoft VHD Specification 1.0: a footer, copied to the front in
// dynamic disks), VHDX (MS-VHDX 2.2.1).
#include "engine/machine/qt_text.h"
#include "engine/media/disk_image.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QtEndian>

#include <sys/statvfs.h>

namespace engine {

namespace {

struct FormatName
{
    ImageFormat format;
    const char *name;
    const char *suffixes; // separated by spaces
};

constexpr FormatName Names[] = {
    {ImageFormat::Raw, "raw", " raw img dd bin iso ima flp vfd "},
    {ImageFormat::Qcow2, "qcow2", " qcow2 qcow "},
    {ImageFormat::Vdi, "vdi", " vdi "},
    {ImageFormat::Vmdk, "vmdk", " vmdk "},
    {ImageFormat::Vhd, "vpc", " vhd vpc "},
    {ImageFormat::Vhdx, "vhdx", " vhdx "},
};

constexpr qint64 HeaderBytes = 512;
constexpr qint64 FooterBytes = 512;
constexpr quint32 VdiSignature = 0xbeda107f;
constexpr qsizetype VdiSignatureOffset = 0x40;

} // namespace

QString imageFormatName(ImageFormat format)
{
    for (const FormatName &name : Names) {
        if (name.format == format)
            return QString::fromLatin1(name.name);
    }
    return {};
}

ImageFormat imageFormatFromSuffix(const QString &path)
{
    const QString word = QLatin1Char(' ') + QFileInfo(path).suffix().toLower() + QLatin1Char(' ');
    for (const FormatName &name : Names) {
        if (word.size() > 2 && QLatin1String(name.suffixes).contains(word))
            return name.format;
    }
    return ImageFormat::Unknown;
}

Result<ImageFormat> probeImageFormat(const QString &path)
{
    const QFileInfo info(path);
    if (!info.exists())
        return makeError(ErrorKind::NotFound, QStringLiteral("\"%1\" does not exist").arg(path));
    if (info.isDir())
        return makeError(ErrorKind::Invalid, QStringLiteral("\"%1\" is a folder").arg(path));
    if (!info.isFile())
        return makeError(ErrorKind::Invalid, QStringLiteral("\"%1\" is not a file").arg(path));
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return makeError(ErrorKind::Denied,
                         QStringLiteral("Cannot open \"%1\": %2").arg(path, file.errorString()));
    }
    // What a guest writes into its raw disk must not make it another format.
    if (info.suffix().compare(QLatin1String("raw"), Qt::CaseInsensitive) == 0)
        return ImageFormat::Raw;
    const QByteArray header = file.read(HeaderBytes);
    if (header.startsWith("QFI\xfb"))
        return ImageFormat::Qcow2;
    if (header.size() >= VdiSignatureOffset + 4
        && qFromLittleEndian<quint32>(header.constData() + VdiSignatureOffset) == VdiSignature)
        return ImageFormat::Vdi;
    if (header.startsWith("KDMV") || header.startsWith("COWD")
        || header.startsWith("# Disk DescriptorFile"))
        return ImageFormat::Vmdk;
    if (header.startsWith("vhdxfile"))
        return ImageFormat::Vhdx;
    if (header.startsWith("conectix"))
        return ImageFormat::Vhd;
    if (file.size() >= FooterBytes && file.seek(file.size() - FooterBytes)
        && file.read(8) == "conectix")
        return ImageFormat::Vhd;
    const bool hasBootSector = header.size() == HeaderBytes && header.endsWith("\x55\xaa");
    if (imageFormatFromSuffix(path) == ImageFormat::Raw || hasBootSector)
        return ImageFormat::Raw;
    return ImageFormat::Unknown;
}

QUuid mediumUuid(const QString &path)
{
    static const QUuid Namespace(QStringLiteral("{3f1c2f0e-7f4b-5d3c-9c56-2f6f1d8a4b10}"));
    return QUuid::createUuidV5(Namespace, QDir::cleanPath(QFileInfo(path).absoluteFilePath()));
}

qint64 freeBytesFor(const QString &path)
{
    QString existing = QDir::cleanPath(QFileInfo(path).absoluteFilePath());
    while (!QFileInfo::exists(existing) && !QDir(existing).isRoot())
        existing = QFileInfo(existing).absolutePath();
    struct statvfs facts = {};
    if (::statvfs(QFile::encodeName(existing).constData(), &facts) != 0)
        return -1;
    return qint64(facts.f_bavail) * qint64(facts.f_frsize);
}

} // namespace engine
