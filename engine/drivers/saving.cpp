// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/saving.h"

#include "engine/machine/qt_text.h"
#include "engine/media/disk_image.h"

#include <QtCore/QFile>

#include <unistd.h>

namespace engine {

namespace {

constexpr qint64 MiB = 1024 * 1024;
// Devices, firmware, and what the file system needs for itself.
constexpr qint64 SpaceForRest = 64 * MiB;

QString inMiB(qint64 bytes)
{
    return QString("%1 MiB").arg((bytes + MiB - 1) / MiB);
}

} // namespace

QString processorName()
{
    QFile file("/proc/cpuinfo");
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray text = file.readAll();
    for (const QByteArray &line : text.split('\n'))
        if (line.startsWith("model name"))
            return QString::fromUtf8(line.mid(line.indexOf(':') + 1)).trimmed();
    return {};
}

qint64 residentBytes(qint64 processId)
{
    QFile file(QString("/proc/%1/statm").arg(processId));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    return file.readAll().split(' ').value(1).toLongLong() * ::sysconf(_SC_PAGESIZE);
}

Result<> checkSpaceForMemory(const QString &folder, qint64 memoryBytes, qint64 residentBytes,
                             const QString &machineFolder)
{
    const qint64 needed =
        (residentBytes > 0 ? qMin(memoryBytes, residentBytes) : memoryBytes) + SpaceForRest;
    const qint64 available = freeBytesFor(folder);
    if (available < 0 || available >= needed)
        return {};
    return makeError(ErrorKind::NoSpace,
                     QString("The guest's memory may need %1, and only %2 are free where the "
                             "machine is (\"%3\")")
                         .arg(inMiB(needed), inMiB(available), machineFolder),
                     "Free some space there, or shut the guest down instead");
}

} // namespace engine
