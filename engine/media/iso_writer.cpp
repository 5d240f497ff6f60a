// SPDX-License-Identifier: GPL-3.0-or-later
// By libarchive (archive_write(3), archive_write_set_options(3)).
#include "engine/media/iso_writer.h"

#include "engine/machine/qt_text.h"

#include <QtCore/QDateTime>
#include <QtCore/QFile>
#include <QtCore/QSet>
#include <QtCore/QTemporaryFile>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>
#include <unistd.h>

namespace engine {

namespace {

struct CloseIso
{
    void operator()(struct archive *writer) const { archive_write_free(writer); }
};

struct FreeIsoEntry
{
    void operator()(struct archive_entry *entry) const { archive_entry_free(entry); }
};

Error isoFailure(const QString &path, const QString &reason, int number)
{
    const ErrorKind kind = number == ENOSPC || number == EDQUOT  ? ErrorKind::NoSpace
        : number == EACCES || number == EPERM || number == EROFS ? ErrorKind::Denied
                                                                 : ErrorKind::Io;
    Error error =
        makeError(kind, QStringLiteral("Cannot write the image \"%1\": %2").arg(path, reason));
    if (kind == ErrorKind::NoSpace)
        error = std::move(error).withRemedy("Free some space");
    return error;
}

Error isoFailure(const QString &path, int number)
{
    return isoFailure(path, QString::fromLocal8Bit(std::strerror(number)), number);
}

class IsoWriter final
{
public:
    explicit IsoWriter(const QString &path)
        : m_path(path)
        , m_archive(archive_write_new())
    { }

    Result<> open(int descriptor, const QString &volume)
    {
        const QByteArray options =
            "volume-id=" + volume.toLatin1() + ",rockridge=useful,joliet,pad";
        if (archive_write_set_format_iso9660(m_archive.get()) != ARCHIVE_OK
            || archive_write_set_options(m_archive.get(), options.constData()) != ARCHIVE_OK
            || archive_write_open_fd(m_archive.get(), descriptor) != ARCHIVE_OK)
            return failure();
        return {};
    }

    Result<> add(const IsoFile &file)
    {
        const QString folder = file.name.section(QLatin1Char('/'), 0, -2);
        if (!folder.isEmpty() && !m_folders.contains(folder)) {
            m_folders.insert(folder);
            TRY(addEntry(folder, AE_IFDIR, 0755, {}));
        }
        return addEntry(file.name, AE_IFREG, file.isExecutable ? 0755 : 0644, file.bytes);
    }

    Result<> close()
    {
        if (archive_write_close(m_archive.get()) != ARCHIVE_OK)
            return failure();
        return {};
    }

private:
    Result<> addEntry(const QString &name, unsigned type, unsigned mode, const QByteArray &bytes)
    {
        const std::unique_ptr<struct archive_entry, FreeIsoEntry> entry(archive_entry_new());
        const QByteArray inside = name.toUtf8();
        archive_entry_set_pathname_utf8(entry.get(), inside.constData());
        archive_entry_set_pathname(entry.get(), inside.constData());
        archive_entry_set_size(entry.get(), bytes.size());
        archive_entry_set_filetype(entry.get(), type);
        archive_entry_set_perm(entry.get(), mode_t(mode));
        archive_entry_set_mtime(entry.get(), m_now, 0);
        if (archive_write_header(m_archive.get(), entry.get()) < ARCHIVE_WARN)
            return failure();
        if (!bytes.isEmpty()
            && archive_write_data(m_archive.get(), bytes.constData(), std::size_t(bytes.size()))
                < 0)
            return failure();
        return {};
    }

    Error failure() const
    {
        return isoFailure(m_path, QString::fromLocal8Bit(archive_error_string(m_archive.get())),
                          archive_errno(m_archive.get()));
    }

    const QString m_path;
    const std::unique_ptr<struct archive, CloseIso> m_archive;
    const qint64 m_now = QDateTime::currentSecsSinceEpoch();
    QSet<QString> m_folders;
};

} // namespace

Result<> writeIso(const QString &path, const QString &volume, const QList<IsoFile> &files)
{
    QTemporaryFile image(path + QStringLiteral(".XXXXXX"));
    if (!image.open())
        return isoFailure(path, image.errorString(), errno);
    IsoWriter writer(path);
    TRY(writer.open(image.handle(), volume));
    for (const IsoFile &file : files)
        TRY(writer.add(file));
    TRY(writer.close());
    if (::fchmod(image.handle(), 0644) != 0 || ::fsync(image.handle()) != 0
        || std::rename(QFile::encodeName(image.fileName()).constData(),
                       QFile::encodeName(path).constData())
            != 0)
        return isoFailure(path, errno);
    image.setAutoRemove(false);
    return {};
}

} // namespace engine
