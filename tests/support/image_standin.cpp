// SPDX-License-Identifier: GPL-3.0-or-later
// Until engine/media is merged: what the driver asks of it, for its tests alone. Delete then.
#include "engine/media/disk_image.h"

#include <QtCore/QFile>

namespace engine {

QString imageFormatName(ImageFormat format)
{
    return format == ImageFormat::Qcow2 ? "qcow2" : "raw";
}

Result<ImageFormat> probeImageFormat(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error(ErrorKind::Io, "Cannot read the image");
    return path.endsWith(".qcow2") || file.read(4) == "QFI\xfb" ? ImageFormat::Qcow2
                                                                : ImageFormat::Raw;
}

} // namespace engine
