// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/atomic_file.h"

#include "engine/base/fd.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QSaveFile>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace engine {

namespace {

constexpr qint64 MaxFileBytes = 16 * 1024 * 1024;

ErrorKind kindOf(int reason)
{
    switch (reason) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return ErrorKind::NoSpace;
    case EACCES:
    case EPERM:
    case EROFS:
        return ErrorKind::Denied;
    case ENOENT:
    case ENOTDIR:
        return ErrorKind::NotFound;
    default:
        return ErrorKind::Io;
    }
}

// The old file gets a second name, or where there are no hard links is copied.
Result<> keepPrevious(const QString &path, const QString &previousPath)
{
    const QByteArray from = QFile::encodeName(path);
    const QString temporary = previousPath + QStringLiteral(".new");
    const QByteArray between = QFile::encodeName(temporary);
    const QByteArray to = QFile::encodeName(previousPath);
    ::unlink(between.constData());
    if (::link(from.constData(), between.constData()) != 0) {
        if (errno == ENOENT)
            return {};
        if (!QFile::copy(path, temporary))
            return fileError("keep the previous version of", path, errno,
                             QString::fromLocal8Bit(std::strerror(errno)));
    }
    if (::rename(between.constData(), to.constData()) != 0) {
        const Error error =
            fileError("replace", previousPath, errno, QString::fromLocal8Bit(std::strerror(errno)));
        ::unlink(between.constData());
        return error;
    }
    // rename(2) does nothing when both names are the same file already.
    ::unlink(between.constData());
    return {};
}

} // namespace

Error fileError(const char *verb, const QString &path, int reason)
{
    return fileError(verb, path, reason, QString::fromLocal8Bit(std::strerror(reason)));
}

Error fileError(const char *verb, const QString &path, int reason, const QString &text)
{
    const ErrorKind kind = kindOf(reason);
    Error error = makeError(
        kind, QStringLiteral("Cannot %1 \"%2\": %3").arg(QLatin1String(verb), path, text));
    if (kind == ErrorKind::NoSpace)
        return std::move(error).withRemedy("Free some space on that file system");
    if (kind == ErrorKind::Denied)
        return std::move(error).withRemedy("Change the permissions of the folder and its files");
    return error;
}

void syncFolder(const QString &folder)
{
    const int descriptor =
        ::open(QFile::encodeName(folder).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return;
    // Some file systems cannot; the rename is atomic all the same.
    [[maybe_unused]] const int ignored = ::fsync(descriptor);
    ::close(descriptor);
}

Result<QByteArray> readSmallFile(const QString &path)
{
    const auto failed = [&path] {
        return fileError("read", path, errno, QString::fromLocal8Bit(std::strerror(errno)));
    };
    // A pipe must not keep us waiting for its writer.
    const Fd file(::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat facts = {};
    if (!file.isOpen() || ::fstat(file.get(), &facts) != 0)
        return failed();
    if (!S_ISREG(facts.st_mode)) {
        return makeError(ErrorKind::Corrupt,
                         QStringLiteral("\"%1\" is not a regular file").arg(path));
    }
    if (facts.st_size > MaxFileBytes)
        return makeError(ErrorKind::Corrupt, QStringLiteral("\"%1\" is too large").arg(path));
    QByteArray bytes(facts.st_size, Qt::Uninitialized);
    qsizetype done = 0;
    while (done < bytes.size()) {
        const ssize_t got =
            ::read(file.get(), bytes.data() + done, std::size_t(bytes.size() - done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failed();
        if (got == 0)
            break;
        done += got;
    }
    bytes.truncate(done);
    return bytes;
}

Result<> writeFileAtomically(const QString &path, const QByteArray &bytes,
                             const QString &previousPath, Readers readers)
{
    QSaveFile file(path);
    errno = 0;
    if (!file.open(QIODevice::WriteOnly)
        || (readers == Readers::Owner
            && !file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner)))
        return fileError("write", path, errno, file.errorString());
    // QSaveFile syncs too, but does not tell when that fails.
    if (file.write(bytes) != bytes.size() || !file.flush() || ::fsync(file.handle()) != 0) {
        const Error error = fileError("write", path, errno,
                                      file.error() == QFileDevice::NoError
                                          ? QString::fromLocal8Bit(std::strerror(errno))
                                          : file.errorString());
        file.cancelWriting();
        return error;
    }
    if (!previousPath.isEmpty())
        TRY(keepPrevious(path, previousPath));
    if (!file.commit())
        return fileError("write", path, errno, file.errorString());
    syncFolder(QFileInfo(path).absolutePath());
    return {};
}

} // namespace engine
