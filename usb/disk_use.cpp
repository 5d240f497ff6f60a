// SPDX-License-Identifier: GPL-3.0-or-later
#include "usb/disk_use.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>

namespace usb {

namespace {

constexpr int MostLayers = 8;

QByteArray contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// mountinfo writes blanks, tabs, line ends and backslashes as \040 and so on.
QString unescaped(const QByteArray &text)
{
    QByteArray plain;
    for (qsizetype i = 0; i < text.size(); ++i) {
        bool isOctal = false;
        const int code = text.mid(i + 1, 3).toInt(&isOctal, 8);
        if (text[i] == '\\' && isOctal && i + 3 < text.size()) {
            plain.append(char(code));
            i += 3;
        } else {
            plain.append(text[i]);
        }
    }
    return QFile::decodeName(plain);
}

} // namespace

DiskUse::DiskUse(HostRoots roots)
    : m_roots(std::move(roots))
{
    const QList<QByteArray> lines = contents(m_roots.proc + "/self/mountinfo").split('\n');
    for (const QByteArray &line : lines) {
        // id parent major:minor root place options [optional...] - type source superoptions
        const QList<QByteArray> words = line.split(' ');
        const qsizetype dash = words.indexOf("-");
        if (words.size() > 5 && dash > 5)
            m_mounts.append({QString::fromLatin1(words[2]), unescaped(words.value(dash + 2)),
                             unescaped(words[4])});
    }
    const QList<QByteArray> swaps = contents(m_roots.proc + "/swaps").split('\n');
    for (qsizetype i = 1; i < swaps.size(); ++i) // the first line is a heading
        m_swaps.append(unescaped(swaps[i].left(swaps[i].indexOf(' '))));
}

QStringList DiskUse::blockDevicesBelow(const QString &systemPath) const
{
    QStringList names;
    const QDir all(m_roots.sys + "/class/block");
    const QStringList entries = all.entryList(QDir::AllEntries | QDir::NoDotAndDotDot);
    for (const QString &name : entries) {
        const QString place = QFileInfo(all.filePath(name)).canonicalFilePath();
        if (place.startsWith(systemPath + QLatin1Char('/')) && !names.contains(name)) {
            names.append(name);
            addHolders(name, names, MostLayers);
        }
    }
    return names;
}

void DiskUse::addHolders(const QString &name, QStringList &names, int depth) const
{
    if (depth == 0)
        return;
    const QStringList holders = QDir(m_roots.sys + "/class/block/" + name + "/holders")
                                    .entryList(QDir::AllEntries | QDir::NoDotAndDotDot);
    for (const QString &holder : holders) {
        if (names.contains(holder))
            continue;
        names.append(holder);
        addHolders(holder, names, depth - 1);
    }
}

QStringList DiskUse::usesBelow(const QString &systemPath) const
{
    QStringList uses;
    const auto add = [&uses](const QString &use) {
        if (!uses.contains(use))
            uses.append(use);
    };
    for (const QString &name : blockDevicesBelow(systemPath)) {
        const QString number =
            QString::fromLatin1(contents(m_roots.sys + "/class/block/" + name + "/dev").trimmed());
        const QString mapped = QString::fromUtf8(
            contents(m_roots.sys + "/class/block/" + name + "/dm/name").trimmed());
        QStringList nodes{m_roots.dev + QLatin1Char('/') + name};
        if (!mapped.isEmpty())
            nodes.append(m_roots.dev + "/mapper/" + mapped);
        for (const Mount &mount : m_mounts)
            if ((!number.isEmpty() && mount.number == number) || nodes.contains(mount.source))
                add(mount.place);
        for (const QString &swap : m_swaps)
            if (nodes.contains(swap))
                add(QStringLiteral("swap"));
    }
    return uses;
}

} // namespace usb
