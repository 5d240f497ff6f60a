// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/qt_text.h"
#include "engine/media/disk_image.h"
#include "engine/media/qemu_img.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QProcess>

namespace engine {

namespace {

constexpr int InfoTimeoutMs = 20000;

ImageFormat formatFromName(const QString &name)
{
    for (const ImageFormat format : {ImageFormat::Raw, ImageFormat::Qcow2, ImageFormat::Vdi,
                                     ImageFormat::Vmdk, ImageFormat::Vhd, ImageFormat::Vhdx}) {
        if (imageFormatName(format) == name)
            return format;
    }
    return ImageFormat::Unknown;
}

} // namespace

Error qemuImgMissing()
{
    return Error(ErrorKind::Unsupported, "The program qemu-img is not installed")
        .withRemedy("Install the package qemu-utils");
}

Error qemuImgError(const QByteArray &errorOutput, const QString &fallback)
{
    QString text = QString::fromLocal8Bit(errorOutput).trimmed();
    const QLatin1String prefix("qemu-img: ");
    if (text.startsWith(prefix))
        text.remove(0, prefix.size());
    if (text.isEmpty())
        text = fallback;
    const bool isFull = text.contains(QLatin1String("No space left"))
        || text.contains(QLatin1String("too large"))
        || text.contains(QLatin1String("quota exceeded"));
    const bool isDenied = text.contains(QLatin1String("Permission denied"));
    const bool isLocked = text.contains(QLatin1String("Failed to get"));
    if (isFull) {
        return makeError(ErrorKind::NoSpace, text,
                         QStringLiteral("Free some space there, or choose another folder"));
    }
    if (isLocked) {
        return makeError(ErrorKind::Busy, text,
                         QStringLiteral("Power off the machine that uses the disk"));
    }
    return makeError(isDenied ? ErrorKind::Denied : ErrorKind::Io, text);
}

Result<ImageInfo> imageInfo(const QString &path)
{
    const QString absolute = QDir::cleanPath(QFileInfo(path).absoluteFilePath());
    const ImageFormat probed = TRY(probeImageFormat(absolute));
    QStringList arguments{QStringLiteral("info"), QStringLiteral("--output=json"),
                          QStringLiteral("-U")};
    if (probed != ImageFormat::Unknown)
        arguments << QStringLiteral("-f") << imageFormatName(probed);
    arguments << absolute;

    QProcess process;
    process.setProcessEnvironment(plainEnvironment());
    process.start(QStringLiteral("qemu-img"), arguments);
    if (!process.waitForStarted())
        return qemuImgMissing();
    const std::string what =
        QStringLiteral("Cannot read the disk image \"%1\"").arg(path).toStdString();
    if (!process.waitForFinished(InfoTimeoutMs)) {
        process.kill();
        process.waitForFinished();
        return Error(ErrorKind::Io, "qemu-img did not answer within 20 seconds").context(what);
    }
    if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0) {
        return qemuImgError(process.readAllStandardError(), QStringLiteral("qemu-img failed"))
            .context(what);
    }
    const QJsonObject json = QJsonDocument::fromJson(process.readAllStandardOutput()).object();
    ImageInfo info;
    info.path = absolute;
    info.format = formatFromName(json.value(QLatin1String("format")).toString());
    info.virtualSizeBytes = json.value(QLatin1String("virtual-size")).toInteger();
    info.fileSizeBytes = json.value(QLatin1String("actual-size")).toInteger();
    QString backing = json.value(QLatin1String("full-backing-filename")).toString();
    if (backing.isEmpty())
        backing = json.value(QLatin1String("backing-filename")).toString();
    if (!backing.isEmpty() && !backing.startsWith(QLatin1String("json:")))
        info.backingPath =
            QDir::cleanPath(QFileInfo(absolute).absoluteDir().absoluteFilePath(backing));
    info.uuid = mediumUuid(absolute);
    info.isPreallocated = info.virtualSizeBytes > 0 && info.fileSizeBytes >= info.virtualSizeBytes;
    return info;
}

} // namespace engine
