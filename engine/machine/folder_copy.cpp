// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/folder_copy.h"

#include "engine/base/fd.h"
#include "engine/machine/atomic_file.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QByteArray>
#include <QtCore/QDir>
#include <QtCore/QDirIterator>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace engine {

namespace {

// Small enough that cancelling is felt, large enough to cost nothing.
constexpr qint64 ChunkBytes = 4 * 1024 * 1024;
constexpr qint64 BlockBytes = 512; // st_blocks, whatever the file system's block is

Error cancelled()
{
    return Error(ErrorKind::Cancelled, "Cancelled");
}

struct Copying
{
    const QString &source;
    const QString &target;
    const CopyMeter &meter;
    int from = -1;
    int to = -1;
    bool canCopyRange = true;
    std::vector<char> buffer = {};

    Result<> writeAll(const char *bytes, qint64 size, off_t offset)
    {
        while (size > 0) {
            const ssize_t put = ::pwrite(to, bytes, std::size_t(size), offset);
            if (put < 0 && errno == EINTR)
                continue;
            if (put <= 0)
                return fileError("write", target, put < 0 ? errno : EIO);
            bytes += put;
            offset += put;
            size -= put;
        }
        return {};
    }

    // How much was copied at `offset`; 0 at the end of a file that became shorter.
    Result<qint64> chunk(off_t offset, qint64 wanted)
    {
        if (canCopyRange) {
            off_t in = offset;
            off_t out = offset;
            const ssize_t got = ::copy_file_range(from, &in, to, &out, std::size_t(wanted), 0);
            if (got >= 0)
                return qint64(got);
            if (errno == EINTR)
                return qint64(0);
            if (errno != EXDEV && errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP)
                return fileError("write", target, errno);
            canCopyRange = false; // older kernels between file systems
        }
        buffer.resize(std::size_t(std::min(wanted, ChunkBytes)));
        ssize_t got = -1;
        do
            got = ::pread(from, buffer.data(), buffer.size(), offset);
        while (got < 0 && errno == EINTR);
        if (got < 0)
            return fileError("read", source, errno);
        TRY(writeAll(buffer.data(), got, offset));
        return qint64(got);
    }

    Result<> range(off_t begin, off_t end)
    {
        int idle = 0;
        while (begin < end) {
            const qint64 done = TRY(chunk(begin, std::min<qint64>(end - begin, ChunkBytes)));
            idle = done == 0 ? idle + 1 : 0;
            if (idle > 100) // shorter than it was: what is missing reads as zeros
                return {};
            begin += done;
            if (!meter(done))
                return cancelled();
        }
        return {};
    }

    Result<> allData(off_t size)
    {
        off_t begin = 0;
        while (begin < size) {
            const off_t data = ::lseek(from, begin, SEEK_DATA);
            if (data < 0 && errno == ENXIO)
                return {}; // a hole to the end
            if (data < 0)
                return range(begin, size); // a file system without holes
            off_t hole = ::lseek(from, data, SEEK_HOLE);
            if (hole < 0)
                hole = size;
            TRY(range(data, std::min(hole, size)));
            begin = hole;
        }
        return {};
    }

    Result<> run()
    {
        struct stat facts = {};
        if (::fstat(from, &facts) != 0)
            return fileError("read", source, errno);
        if (!S_ISREG(facts.st_mode)) {
            return makeError(ErrorKind::Invalid,
                             QStringLiteral("\"%1\" is not a file").arg(source));
        }
        if (::ioctl(to, FICLONE, from) == 0) {
            if (!meter(qint64(facts.st_blocks) * BlockBytes))
                return cancelled();
        } else {
            if (::ftruncate(to, facts.st_size) != 0)
                return fileError("write", target, errno);
            TRY(allData(facts.st_size));
        }
        // A file system that knows no permissions may refuse.
        [[maybe_unused]] const int mode = ::fchmod(to, facts.st_mode & 0777);
        const struct timespec times[2] = {facts.st_atim, facts.st_mtim};
        [[maybe_unused]] const int time = ::futimens(to, times);
        if (::fsync(to) != 0)
            return fileError("write", target, errno);
        return {};
    }
};

Result<> copyLink(const QString &from, const QString &to, const QString &root)
{
    QString target = QFileInfo(from).symLinkTarget(); // absolute
    const QByteArray text = [&from] {
        QByteArray buffer(4096, Qt::Uninitialized);
        const ssize_t size =
            ::readlink(QFile::encodeName(from).constData(), buffer.data(), std::size_t(4096));
        return size > 0 ? buffer.left(size) : QByteArray();
    }();
    // Inside the folder it means the same in the copy; what leads out by a way relative to the old
    // place has to say where it goes.
    const bool isInside = target.startsWith(root + QLatin1Char('/'));
    const bool keepsText = text.startsWith('/') ? !isInside : isInside;
    QByteArray kept = text;
    if (!keepsText && isInside)
        kept = QFile::encodeName(QFileInfo(from).dir().relativeFilePath(target));
    else if (!keepsText)
        kept = QFile::encodeName(target);
    if (::symlink(kept.constData(), QFile::encodeName(to).constData()) != 0)
        return fileError("write", to, errno);
    return {};
}

Result<> copyInto(const QString &from, const QString &to, const QString &root,
                  const QStringList &skip, const CopyMeter &meter)
{
    const QDir::Filters all = QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot;
    const QFileInfoList items = QDir(from).entryInfoList(all, QDir::Name);
    for (const QFileInfo &item : items) {
        if (skip.contains(item.fileName()))
            continue;
        const QString source = item.absoluteFilePath();
        const QString target = to + QLatin1Char('/') + item.fileName();
        if (item.isSymLink()) {
            TRY(copyLink(source, target, root));
        } else if (item.isDir()) {
            if (!item.isReadable())
                return fileError("read", source, EACCES);
            if (::mkdir(QFile::encodeName(target).constData(), 0700) != 0)
                return fileError("make the folder", target, errno);
            TRY(copyInto(source, target, root, {}, meter));
            struct stat facts = {};
            if (::stat(QFile::encodeName(source).constData(), &facts) == 0) {
                [[maybe_unused]] const int ignored =
                    ::chmod(QFile::encodeName(target).constData(), facts.st_mode & 0777);
            }
        } else if (item.isFile()) {
            TRY(copyFile(source, target, meter));
        }
    }
    syncFolder(to);
    return {};
}

} // namespace

qint64 allocatedBytes(const QString &path)
{
    struct stat facts = {};
    if (::lstat(QFile::encodeName(path).constData(), &facts) != 0)
        return 0;
    qint64 bytes = qint64(facts.st_blocks) * BlockBytes;
    if (!S_ISDIR(facts.st_mode))
        return bytes;
    const QDir::Filters all = QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot;
    for (const QString &name : QDir(path).entryList(all))
        bytes += allocatedBytes(path + QLatin1Char('/') + name);
    return bytes;
}

qint64 availableBytes(const QString &folder)
{
    QString existing = QDir::cleanPath(QFileInfo(folder).absoluteFilePath());
    while (!QFileInfo::exists(existing) && !QDir(existing).isRoot())
        existing = QFileInfo(existing).absolutePath();
    struct statvfs facts = {};
    if (::statvfs(QFile::encodeName(existing).constData(), &facts) != 0)
        return -1;
    return qint64(facts.f_bavail) * qint64(facts.f_frsize);
}

Result<> copyFile(const QString &source, const QString &target, const CopyMeter &meter)
{
    const Fd from(::open(QFile::encodeName(source).constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!from.isOpen())
        return fileError("read", source, errno);
    const Fd to(::open(QFile::encodeName(target).constData(),
                       O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!to.isOpen())
        return fileError("write", target, errno);
    Copying copying{source, target, meter, from.get(), to.get()};
    Result<> copied = copying.run();
    if (!copied)
        ::unlink(QFile::encodeName(target).constData());
    return copied;
}

Result<> copyFolder(const QString &from, const QString &to, const QStringList &skip,
                    const CopyMeter &meter)
{
    return copyInto(from, to, from, skip, meter);
}

int renameExclusively(const QString &from, const QString &to)
{
    const QByteArray source = QFile::encodeName(from);
    const QByteArray target = QFile::encodeName(to);
    if (::renameat2(AT_FDCWD, source.constData(), AT_FDCWD, target.constData(), RENAME_NOREPLACE)
        == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return errno;
    // A file system without that flag (renameat2(2), EINVAL): the window between is ours alone, as
    // the names are below folders that we hold the lock of or have just made up.
    struct stat facts = {};
    if (::lstat(target.constData(), &facts) == 0)
        return EEXIST;
    return ::rename(source.constData(), target.constData()) == 0 ? 0 : errno;
}

} // namespace engine
