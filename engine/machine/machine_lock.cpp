// SPDX-License-Identifier: GPL-3.0-or-later
// Open file description locks (fcntl(2)): like flock they belong to the descriptor and die with the
// process, and unlike flock they can be asked about without being taken for a moment.
#include "engine/machine/machine_store.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QFile>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace engine {

namespace {

QByteArray lockPath(const QString &machineFolder)
{
    return QFile::encodeName(machineFolder + QStringLiteral("/.lock"));
}

struct flock wholeFile(short type)
{
    struct flock range = {};
    range.l_type = type;
    range.l_whence = SEEK_SET;
    return range;
}

Error lockError(const QString &machineFolder)
{
    const int reason = errno;
    ErrorKind kind = ErrorKind::Io;
    if (reason == ENOENT || reason == ENOTDIR)
        kind = ErrorKind::NotFound;
    else if (reason == EACCES || reason == EPERM || reason == EROFS)
        kind = ErrorKind::Denied;
    else if (reason == ENOSPC || reason == EDQUOT)
        kind = ErrorKind::NoSpace;
    return makeError(kind,
                     QStringLiteral("The machine's folder \"%1\" cannot be locked: %2")
                         .arg(machineFolder, QString::fromLocal8Bit(std::strerror(reason))));
}

} // namespace

Result<MachineLock> MachineLock::acquire(const QString &machineFolder)
{
    const int descriptor =
        ::open(lockPath(machineFolder).constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return lockError(machineFolder);
    MachineLock lock(descriptor);
    struct flock range = wholeFile(F_WRLCK);
    if (::fcntl(descriptor, F_OFD_SETLK, &range) == 0)
        return lock;
    if (errno != EAGAIN && errno != EACCES)
        return lockError(machineFolder);
    return makeError(
        ErrorKind::Busy,
        QStringLiteral("The machine is running, or another program is changing it"),
        QStringLiteral("Power the machine off, or wait until the other program is done"));
}

bool MachineLock::isHeld(const QString &machineFolder)
{
    const int descriptor = ::open(lockPath(machineFolder).constData(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    struct flock range = wholeFile(F_WRLCK);
    const bool isKnown = ::fcntl(descriptor, F_OFD_GETLK, &range) == 0;
    ::close(descriptor);
    return isKnown && range.l_type != F_UNLCK;
}

MachineLock::MachineLock(MachineLock &&other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1))
{ }

MachineLock &MachineLock::operator=(MachineLock &&other) noexcept
{
    std::swap(m_descriptor, other.m_descriptor);
    return *this;
}

MachineLock::~MachineLock()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

} // namespace engine
