// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dropped_file.h"

#include <QtCore/QFileInfo>
#include <QtCore/QMimeData>
#include <QtCore/QUrl>

namespace ui {

DroppedKind droppedKind(const QString &path)
{
    const QFileInfo file(path);
    const QString suffix = file.suffix().toLower();
    if (file.isDir() || suffix == QLatin1String("vitrine"))
        return DroppedKind::Machine;
    if (suffix == QLatin1String("iso"))
        return DroppedKind::OpticalImage;
    for (const char *disk : {"qcow2", "vdi", "vmdk", "vhdx", "vhd", "raw", "img"})
        if (suffix == QLatin1String(disk))
            return DroppedKind::DiskImage;
    return DroppedKind::Nothing;
}

QString droppedPath(const QMimeData *data)
{
    const QList<QUrl> urls = data->urls();
    for (const QUrl &url : urls)
        if (url.isLocalFile() && droppedKind(url.toLocalFile()) != DroppedKind::Nothing)
            return url.toLocalFile();
    return {};
}

} // namespace ui
