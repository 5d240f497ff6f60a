// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/usb_claims.h"

#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QFile>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>

namespace engine {

namespace {

constexpr int Attempts = 16;
constexpr std::size_t LongestName = 1024;

QString claimFolder()
{
    return paths::runtimeFolder() + QStringLiteral("/usb");
}

QString claimPath(const UsbDevice &device)
{
    return QStringLiteral("%1/%2-%3").arg(claimFolder()).arg(device.bus).arg(device.address);
}

QString holderIn(int file)
{
    std::string name(LongestName, '\0');
    const ssize_t size = ::pread(file, name.data(), name.size(), 0);
    return size > 0 ? QString::fromUtf8(name.data(), qsizetype(size)) : QString();
}

// Of the open file, not of the process: two machines may share one in a test, and asking who has it
// takes nothing.
struct flock wholeFile(short type)
{
    struct flock lock = {};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    return lock;
}

Error cannot(const QString &path)
{
    return makeError(ErrorKind::Io,
                     QStringLiteral("Cannot write \"%1\": %2")
                         .arg(path, QString::fromLocal8Bit(std::strerror(errno))));
}

} // namespace

Result<UsbClaim> UsbClaim::acquire(const UsbDevice &device, const QString &machineName)
{
    TRY(paths::makePrivateFolder(claimFolder()));
    const QString path = claimPath(device);
    const QByteArray name = QFile::encodeName(path);
    // Whoever lets go removes the file: one that was opened just before is not it any more.
    for (int attempt = 0; attempt < Attempts; ++attempt) {
        Fd file(::open(name.constData(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (!file.isOpen())
            return cannot(path);
        struct flock lock = wholeFile(F_WRLCK);
        if (::fcntl(file.get(), F_OFD_SETLK, &lock) != 0) {
            const QString holder = holderIn(file.get());
            return makeError(
                ErrorKind::Busy,
                QStringLiteral("The machine \"%1\" has \"%2\"")
                    .arg(holder.isEmpty() ? QStringLiteral("?") : holder, usbDeviceName(device)),
                QStringLiteral("Detach it there first"));
        }
        struct stat ours = {};
        struct stat current = {};
        if (::fstat(file.get(), &ours) != 0 || ::stat(name.constData(), &current) != 0
            || ours.st_ino != current.st_ino)
            continue;
        const QByteArray text = machineName.toUtf8();
        if (::ftruncate(file.get(), 0) != 0
            || ::pwrite(file.get(), text.constData(), std::size_t(text.size()), 0) != text.size())
            return cannot(path);
        return UsbClaim(std::move(file), path);
    }
    return makeError(ErrorKind::Busy,
                     QStringLiteral("Another machine is about to take or give back \"%1\"")
                         .arg(usbDeviceName(device)),
                     QStringLiteral("Try again"));
}

UsbClaim &UsbClaim::operator=(UsbClaim &&other) noexcept
{
    if (this != &other) {
        release();
        m_file = std::move(other.m_file);
        m_path = std::move(other.m_path);
    }
    return *this;
}

UsbClaim::~UsbClaim()
{
    release();
}

void UsbClaim::release()
{
    if (!m_file.isOpen())
        return;
    QFile::remove(m_path); // while the lock is held
    m_file.reset();
}

QString usbDeviceHolder(const UsbDevice &device)
{
    Fd file(::open(QFile::encodeName(claimPath(device)).constData(),
                   O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    struct flock lock = wholeFile(F_WRLCK);
    if (!file.isOpen() || ::fcntl(file.get(), F_OFD_GETLK, &lock) != 0 || lock.l_type == F_UNLCK)
        return {};
    return holderIn(file.get());
}

} // namespace engine
