// SPDX-License-Identifier: GPL-3.0-or-later
// The archive of a report, by libarchive (archive_write(3)).
#include "engine/control/report.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QDateTime>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QTemporaryFile>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include <archive.h>
#include <archive_entry.h>
#include <unistd.h>

namespace engine {

namespace {

struct CloseArchive
{
    void operator()(struct archive *writer) const { archive_write_free(writer); }
};
using Writer = std::unique_ptr<struct archive, CloseArchive>;

struct FreeEntry
{
    void operator()(struct archive_entry *entry) const { archive_entry_free(entry); }
};

Error failure(const QString &path, const QString &reason, int number = 0)
{
    const ErrorKind kind = number == ENOSPC || number == EDQUOT  ? ErrorKind::NoSpace
        : number == EACCES || number == EPERM || number == EROFS ? ErrorKind::Denied
                                                                 : ErrorKind::Io;
    return makeError(kind, QStringLiteral("Cannot write the report \"%1\": %2").arg(path, reason),
                     kind == ErrorKind::NoSpace
                         ? QStringLiteral("Free some space, or choose another folder")
                         : QStringLiteral("Choose another folder"));
}

Error failure(const QString &path, struct archive *writer)
{
    return failure(path, QString::fromLocal8Bit(archive_error_string(writer)),
                   archive_errno(writer));
}

Result<> writeParts(const QList<ReportPart> &parts, const QString &path, int descriptor)
{
    const Writer writer(archive_write_new());
    // By the ending: tar.gz, tar.xz, zip, and others that archive_write_format(3) names.
    const QByteArray name = QFile::encodeName(path);
    if (archive_write_set_format_filter_by_ext(writer.get(), name.constData()) != ARCHIVE_OK) {
        return makeError(
            ErrorKind::Invalid,
            QStringLiteral("The report's name \"%1\" does not say what it shall be").arg(path),
            QStringLiteral("Give it a name that ends in .tar.gz or .zip"));
    }
    if (archive_write_open_fd(writer.get(), descriptor) != ARCHIVE_OK)
        return failure(path, writer.get());
    const QString folder = QFileInfo(path).fileName().section(QLatin1Char('.'), 0, 0);
    const auto now = QDateTime::currentSecsSinceEpoch();
    for (const ReportPart &part : parts) {
        const std::unique_ptr<struct archive_entry, FreeEntry> entry(archive_entry_new());
        const QByteArray inside = (folder + QLatin1Char('/') + part.name).toUtf8();
        archive_entry_set_pathname_utf8(entry.get(), inside.constData());
        archive_entry_set_pathname(entry.get(), inside.constData());
        archive_entry_set_size(entry.get(), part.bytes.size());
        archive_entry_set_filetype(entry.get(), AE_IFREG);
        archive_entry_set_perm(entry.get(), 0644);
        archive_entry_set_mtime(entry.get(), now, 0);
        // No owner: that would be the user's name.
        if (archive_write_header(writer.get(), entry.get()) < ARCHIVE_WARN
            || archive_write_data(writer.get(), part.bytes.constData(),
                                  std::size_t(part.bytes.size()))
                < 0)
            return failure(path, writer.get());
    }
    if (archive_write_close(writer.get()) != ARCHIVE_OK)
        return failure(path, writer.get());
    return {};
}

} // namespace

Result<> writeReport(const QList<ReportPart> &parts, const QString &path)
{
    const QString absolute = QFileInfo(path).absoluteFilePath();
    QTemporaryFile file(absolute + QStringLiteral(".XXXXXX"));
    if (!file.open())
        return failure(absolute, file.errorString(), errno);
    Result<> written = writeParts(parts, absolute, file.handle());
    if (!written)
        return written;
    if (::fsync(file.handle()) != 0)
        return failure(absolute, QString::fromLocal8Bit(std::strerror(errno)), errno);
    if (std::rename(QFile::encodeName(file.fileName()).constData(),
                    QFile::encodeName(absolute).constData())
        != 0)
        return failure(absolute, QString::fromLocal8Bit(std::strerror(errno)), errno);
    file.setAutoRemove(false);
    return {};
}

} // namespace engine
