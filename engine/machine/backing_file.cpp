// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/backing_file.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QtEndian>

namespace engine {

QString qcow2BackingName(const QString &path)
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
    return QFile::decodeName(name.startsWith("file:") ? name.mid(5) : name);
}

QString qcow2BackingFile(const QString &path)
{
    const QString base = qcow2BackingName(path);
    if (base.isEmpty())
        return {};
    return QDir::cleanPath(QFileInfo(path).absoluteDir().absoluteFilePath(base));
}

bool qcow2HasExternalData(const QString &path)
{
    constexpr qint64 HeaderBytes = 80;
    constexpr quint64 ExternalDataBit = 1 << 2;
    if (!QFileInfo(path).isFile())
        return false;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return false;
    const QByteArray header = file.read(HeaderBytes);
    // Version 2 has no feature bits.
    return header.size() == HeaderBytes && header.startsWith("QFI\xfb")
        && qFromBigEndian<quint32>(header.constData() + 4) >= 3
        && (qFromBigEndian<quint64>(header.constData() + 72) & ExternalDataBit) != 0;
}

} // namespace engine
