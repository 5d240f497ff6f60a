// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/media/disk_probe.h"

#include "engine/base/fd.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>

#include <fcntl.h>
#include <unistd.h>

namespace engine {

namespace {

constexpr int MaxChain = 200;
// QEMU locks single bytes of an image that it has open, one for each permission it uses or denies
// to others (QEMU, block/file-posix.c).
constexpr off_t FirstLockByte = 100;
constexpr off_t LockBytes = 200;

bool isLockedByQemu(const QString &path)
{
    const Fd file(::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC));
    if (!file.isOpen())
        return false;
    struct flock range = {};
    range.l_type = F_WRLCK;
    range.l_whence = SEEK_SET;
    range.l_start = FirstLockByte;
    range.l_len = LockBytes;
    return ::fcntl(file.get(), F_OFD_GETLK, &range) == 0 && range.l_type != F_UNLCK;
}

bool isLocked(const QString &path)
{
    // VMware puts a folder beside a disk that is in use.
    return isLockedByQemu(path) || QFileInfo(path + QStringLiteral(".lck")).isDir();
}

} // namespace

Result<DiskFacts> probeDisk(const QString &path)
{
    // Not what qemu-img makes of it, to which everything unknown is a raw disk.
    if (TRY(probeImageFormat(path)) == ImageFormat::Unknown)
        return makeError(ErrorKind::Unsupported,
                         QStringLiteral("\"%1\" is not a disk image of a known kind").arg(path),
                         QStringLiteral("Choose a raw, qcow2, VDI, VMDK, VHD or VHDX image"));
    const ImageInfo top = TRY(imageInfo(path));
    DiskFacts facts{.path = top.path,
                    .format = top.format,
                    .virtualSizeBytes = top.virtualSizeBytes,
                    .allocatedBytes = top.fileSizeBytes,
                    .isWritable = ::access(QFile::encodeName(top.path).constData(), W_OK) == 0,
                    .isLocked = isLocked(top.path)};
    QString base = top.backingPath;
    while (!base.isEmpty() && facts.chain.size() < MaxChain && !facts.chain.contains(base)) {
        facts.chain.append(base);
        if (!QFileInfo(base).isFile()) {
            facts.missingBase = base;
            break;
        }
        const ImageInfo next = TRY(imageInfo(base));
        facts.allocatedBytes += next.fileSizeBytes;
        base = next.backingPath;
    }
    return facts;
}

} // namespace engine
