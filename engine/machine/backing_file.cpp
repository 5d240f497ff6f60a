// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/backing_file.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QtEndian>

namespace engine {

QString qcow2BackingFile(const QString &path)
{
    constexpr qint64 HeaderBytes = 20;
    constexpr quint32 MaxNameBytes = 1023;
    // Not a FIFO: opening one would wait.
    if (!QFileInfo(path).isFile())
        return {};
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray header = file.read(HeaderBytes);
    if (header.size() < HeaderBytes || !header.startsWith("QFI\xfb"))
        return {};
    const quint64 offset = qFromBigEndian<quint64>(header.constData() + 8);
    const quint32 size = qFromBigEndian<quint32>(header.constData() + 16);
    if (offset == 0 || size == 0 || size > MaxNameBytes || !file.seek(qint64(offset)))
        return {};
    const QByteArray name = file.read(size);
    if (name.size() != qsizetype(size) || name.startsWith("json:"))
        return {};
    const QString base = QFile::decodeName(name.startsWith("file:") ? name.mid(5) : name);
    return QDir::cleanPath(QFileInfo(path).absoluteDir().absoluteFilePath(base));
}

} // namespace engine
