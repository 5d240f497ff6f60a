// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/machine_outlines.h"

#include "engine/machine/atomic_file.h"
#include "engine/machine/machine_scan.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QDateTime>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QTemporaryFile>

#include <cstdio>

namespace engine {

namespace {

constexpr char Header[] = "vitrine-outlines 1\n";
constexpr qsizetype Fields = 8;
// Two changes within the file system's clock tick leave one time; network file systems tick slowly.
constexpr qint64 RacySeconds = 3;

QByteArray checksum(const QByteArray &text)
{
    return QCryptographicHash::hash(text, QCryptographicHash::Sha1).toHex();
}

bool isOneLine(const QString &text)
{
    return !text.contains(QLatin1Char('\n')) && !text.contains(QLatin1Char('\t'));
}

} // namespace

MachineOutlines::MachineOutlines(const QString &cacheFolder)
    : m_path(cacheFolder + QStringLiteral("/machines.outlines"))
{
    const Result<QByteArray> bytes = readSmallFile(m_path);
    constexpr qsizetype SumBytes = 41; // and its line break
    const qsizetype begin = qsizetype(sizeof Header) - 1 + SumBytes;
    if (!bytes || !bytes->startsWith(Header) || bytes->size() < begin)
        return;
    const QByteArray text = bytes->mid(begin);
    if (bytes->mid(qsizetype(sizeof Header) - 1, SumBytes - 1) != checksum(text))
        return;
    m_trustedUntil = QFileInfo(m_path).lastModified().toSecsSinceEpoch() - RacySeconds;
    for (const QByteArray &line : text.split('\n')) {
        const QList<QByteArray> fields = line.split('\t');
        if (fields.size() != Fields)
            continue;
        Known known;
        known.stamp = {fields[0].toULongLong(), fields[1].toULongLong(), fields[2].toLongLong(),
                       fields[3].toLongLong(), fields[4].toLongLong()};
        known.outline = {QUuid::fromString(QLatin1String(fields[5])), QString::fromUtf8(fields[6])};
        m_known.insert(QString::fromUtf8(fields[7]), known);
    }
}

std::optional<MachineOutlines::Outline> MachineOutlines::find(const QString &definitionPath,
                                                              const Stamp &stamp) const
{
    const auto known = m_known.constFind(definitionPath);
    if (known == m_known.cend() || known->stamp != stamp || std::get<3>(stamp) >= m_trustedUntil)
        return std::nullopt;
    return known->outline;
}

void MachineOutlines::insert(const QString &definitionPath, const Stamp &stamp,
                             const Outline &outline)
{
    m_known.insert(definitionPath, {stamp, outline});
    m_hasNews = true;
}

void MachineOutlines::save() const
{
    if (!m_hasNews || !QDir().mkpath(QFileInfo(m_path).path()))
        return;
    QByteArray text;
    for (auto known = m_known.cbegin(); known != m_known.cend(); ++known) {
        const auto &[device, inode, size, seconds, nanoseconds] = known->stamp;
        if (!isOneLine(known.key()) || !isOneLine(known->outline.name))
            continue;
        for (const QByteArray &field :
             {QByteArray::number(device), QByteArray::number(inode), QByteArray::number(size),
              QByteArray::number(seconds), QByteArray::number(nanoseconds),
              known->outline.uuid.toByteArray(QUuid::WithoutBraces), known->outline.name.toUtf8()})
            text += field + '\t';
        text += known.key().toUtf8() + '\n';
    }
    // Not synced: the checksum tells a file that a power failure cut short.
    QTemporaryFile file(m_path + QStringLiteral(".XXXXXX"));
    if (!file.open() || file.write(Header + checksum(text) + '\n' + text) < 0 || !file.flush())
        return;
    if (std::rename(QFile::encodeName(file.fileName()).constData(),
                    QFile::encodeName(m_path).constData())
        == 0)
        file.setAutoRemove(false);
}

QList<MachineEntry> machineOutlines()
{
    return machineOutlines(paths::configFolder(), paths::defaultMachineFolder(),
                           paths::cacheFolder());
}

QList<MachineEntry> machineOutlines(const QString &configFolder, const QString &machineFolder,
                                    const QString &cacheFolder)
{
    KnownMachines known;
    if (Result<KnownMachines> read = readKnownMachines(configFolder))
        known = std::move(*read);
    MachineOutlines outlines(cacheFolder);
    MachineScan scan(&outlines);
    scan.run(known.machineFolder.isEmpty() ? machineFolder : known.machineFolder, known);
    outlines.save();
    return scan.entries();
}

} // namespace engine
