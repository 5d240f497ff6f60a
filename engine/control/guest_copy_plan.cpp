// SPDX-License-Identifier: GPL-3.0-or-later
// What a copy consists of: every folder and file, before the first one is copied.
#include "engine/control/guest_copy.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>

namespace engine {

namespace {

constexpr int DeepestFolder = 100;
constexpr qsizetype MostSteps = 1000000;

Error tooMany()
{
    return makeError(ErrorKind::NoSpace,
                     QStringLiteral("There are too many files, or too many folders in each other, "
                                    "to be copied at once"));
}

} // namespace

// Nothing is asked of the guest: what is here is known at once.
void GuestCopy::planToGuest(bool isTargetFolder)
{
    if (!isTargetFolder && m_order.sources.size() > 1) {
        fail(makeError(ErrorKind::Invalid,
                       QStringLiteral("\"%1\" is no folder in the guest, and several files cannot "
                                      "become one")
                           .arg(m_order.target)));
        return;
    }
    for (const QString &source : std::as_const(m_order.sources)) {
        const QFileInfo info(source);
        const QString to =
            isTargetFolder ? guestPath(m_order.target, info.fileName()) : m_order.target;
        if (!info.exists()) {
            fail(makeError(ErrorKind::NotFound,
                           QStringLiteral("\"%1\" does not exist on this computer").arg(source)));
            return;
        }
        if (info.isDir() && !m_order.isRecursive) {
            fail(makeError(ErrorKind::Invalid, QStringLiteral("\"%1\" is a folder").arg(source),
                           QStringLiteral("Copy it with --recursive")));
            return;
        }
        if (info.isDir())
            planFolderToGuest(info.absoluteFilePath(), to);
        else if (info.isFile())
            m_steps.append({.from = source,
                            .to = to,
                            .sizeBytes = info.size(),
                            .isExecutable = info.isExecutable()});
        else
            m_result.leftOut.append(source);
    }
    if (m_steps.size() > MostSteps) {
        fail(tooMany());
        return;
    }
    for (const Step &step : std::as_const(m_steps))
        m_totalBytes += step.sizeBytes;
    next();
}

void GuestCopy::planFolderToGuest(const QString &from, const QString &to)
{
    QList<std::pair<QString, QString>> folders{{from, to}};
    while (!folders.isEmpty() && m_steps.size() <= MostSteps) {
        const auto [folder, place] = folders.takeFirst();
        m_steps.append({.isFolder = true, .from = folder, .to = place});
        const QFileInfoList entries = QDir(folder).entryInfoList(
            QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot, QDir::Name);
        for (const QFileInfo &entry : entries) {
            const QString target = guestPath(place, entry.fileName());
            if (entry.isFile())
                m_steps.append({.from = entry.absoluteFilePath(),
                                .to = target,
                                .sizeBytes = entry.size(),
                                .isExecutable = entry.isExecutable()});
            else if (entry.isDir() && !entry.isSymLink())
                folders.append({entry.absoluteFilePath(), target});
            else
                m_result.leftOut.append(entry.absoluteFilePath());
        }
    }
}

void GuestCopy::planFromGuest(int source)
{
    if (source >= m_order.sources.size()) {
        planNextFolder();
        return;
    }
    const QString from = m_order.sources[source];
    m_files.stat(from, [this, from, source](Result<GuestEntry> entry) {
        if (isStopped())
            return;
        const bool isFolderHere = QFileInfo(m_order.target).isDir();
        if (!isFolderHere && m_order.sources.size() > 1) {
            fail(makeError(ErrorKind::Invalid,
                           QStringLiteral("\"%1\" is no folder, and several files cannot become "
                                          "one")
                               .arg(m_order.target)));
            return;
        }
        const QString name = from.section(QLatin1Char('/'), -1, -1, QString::SectionSkipEmpty);
        QString to = m_order.target;
        if (isFolderHere)
            to = guestPath(to, name.section(QLatin1Char('\\'), -1));
        if (!entry && entry.error().kind() == ErrorKind::Unsupported) {
            m_steps.append({.from = from, .to = to}); // without tools in the guest: as a file
            planFromGuest(source + 1);
            return;
        }
        if (!entry) {
            fail(entry.error());
            return;
        }
        if (entry->isFolder() && !m_order.isRecursive) {
            fail(makeError(ErrorKind::Invalid,
                           QStringLiteral("\"%1\" is a folder in the guest").arg(from),
                           QStringLiteral("Copy it with --recursive")));
            return;
        }
        // What the user names is meant, be it by a link.
        GuestEntry meant = *entry;
        if (meant.kind == GuestEntry::Kind::Link)
            meant.kind = meant.leadsToFolder ? GuestEntry::Kind::Folder : GuestEntry::Kind::File;
        planEntry(meant, from, to, 0);
        planFromGuest(source + 1);
    });
}

void GuestCopy::planEntry(const GuestEntry &entry, const QString &from, const QString &to,
                          int depth)
{
    switch (entry.kind) {
    case GuestEntry::Kind::Folder:
        m_steps.append({.isFolder = true, .from = from, .to = to});
        m_folders.append({from, to, depth});
        return;
    case GuestEntry::Kind::File:
        m_steps.append({.from = from,
                        .to = to,
                        .sizeBytes = entry.sizeBytes,
                        .isExecutable = (entry.mode & 0111) != 0,
                        .modified = entry.modified});
        m_totalBytes += entry.sizeBytes;
        return;
    case GuestEntry::Kind::Link:
    case GuestEntry::Kind::Other:
        m_result.leftOut.append(from);
        return;
    }
}

void GuestCopy::planNextFolder()
{
    if (m_folders.isEmpty()) {
        next();
        return;
    }
    const Folder folder = m_folders.takeFirst();
    m_files.list(folder.from, [this, folder](Result<QList<GuestEntry>> entries) {
        if (isStopped())
            return;
        if (!entries) {
            fail(entries.error());
            return;
        }
        if (folder.depth >= DeepestFolder || m_steps.size() + entries->size() > MostSteps) {
            fail(tooMany());
            return;
        }
        for (const GuestEntry &entry : std::as_const(*entries))
            planEntry(entry, guestPath(folder.from, entry.name), guestPath(folder.to, entry.name),
                      folder.depth + 1);
        planNextFolder();
    });
}

} // namespace engine
