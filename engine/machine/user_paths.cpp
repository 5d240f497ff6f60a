// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/user_paths.h"

#include "engine/machine/qt_text.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QStandardPaths>

#include <cerrno>
#include <cstring>

#include <sys/stat.h>
#include <unistd.h>

namespace engine::paths {

namespace {

QString userFolder(QStandardPaths::StandardLocation location)
{
    return QStandardPaths::writableLocation(location) + QStringLiteral("/vitrine");
}

// <tree>/bin/<program> is where programs are, installed and built alike; test programs are in
// <tree>/tests, helpers in <tree>/lib/vitrine.
QString treeFolder()
{
    const QString own = QCoreApplication::applicationDirPath();
    const bool isHelper = own.endsWith(QLatin1String("/lib/vitrine"));
    return QDir::cleanPath(own + (isHelper ? QStringLiteral("/../..") : QStringLiteral("/..")));
}

} // namespace

QString configFolder()
{
    return userFolder(QStandardPaths::GenericConfigLocation);
}

QString cacheFolder()
{
    return userFolder(QStandardPaths::GenericCacheLocation);
}

QString osDataFolder()
{
    return userFolder(QStandardPaths::GenericDataLocation) + QStringLiteral("/osinfo");
}

QString defaultMachineFolder()
{
    return QDir::homePath() + QStringLiteral("/Vitrine");
}

QString runtimeFolder()
{
    // Not QStandardPaths::RuntimeLocation: that one warns, and invents a folder, when the variable
    // is missing.
    const QString session = qEnvironmentVariable("XDG_RUNTIME_DIR");
    if (!session.isEmpty() && QFileInfo(session).isDir())
        return session + QStringLiteral("/vitrine");
    return QStringLiteral("/tmp/vitrine-%1").arg(::geteuid());
}

QString runFolder(const QUuid &uuid)
{
    return runtimeFolder() + QLatin1Char('/') + uuid.toString(QUuid::WithoutBraces);
}

QString controlSocket(const QUuid &uuid)
{
    return runFolder(uuid) + QStringLiteral("/control");
}

QString logFile(const QString &machineFolder)
{
    return machineFolder + QStringLiteral("/Logs/vitrine.log");
}

Result<> makePrivateFolder(const QString &folder)
{
    const QString parent = QFileInfo(folder).path();
    // A machine's run folder lies in ours, which is made with the same care.
    if (parent == runtimeFolder())
        TRY(makePrivateFolder(parent));
    else if (!QFileInfo(parent).isDir() && !QDir().mkpath(parent))
        return makeError(ErrorKind::Io,
                         QStringLiteral("Cannot create the folder \"%1\"").arg(parent));

    const QByteArray name = QFile::encodeName(folder);
    if (::mkdir(name.constData(), 0700) != 0 && errno != EEXIST) {
        return makeError(errno == EACCES ? ErrorKind::Denied : ErrorKind::Io,
                         QStringLiteral("Cannot create the folder \"%1\": %2")
                             .arg(folder, QString::fromLocal8Bit(std::strerror(errno))));
    }
    struct stat facts = {};
    // lstat: a link planted in /tmp must not lead elsewhere.
    if (::lstat(name.constData(), &facts) != 0 || !S_ISDIR(facts.st_mode)
        || facts.st_uid != ::geteuid()) {
        return makeError(
            ErrorKind::Denied,
            QStringLiteral("The folder \"%1\" belongs to somebody else").arg(folder),
            QStringLiteral("Remove it, or set XDG_RUNTIME_DIR to a folder of your own"));
    }
    if ((facts.st_mode & 077) != 0 && ::chmod(name.constData(), 0700) != 0) {
        return makeError(ErrorKind::Denied,
                         QStringLiteral("The folder \"%1\" is open to others").arg(folder));
    }
    return {};
}

QString programPath(const QString &program)
{
    return treeFolder() + QStringLiteral("/bin/") + program;
}

QString moduleFolder()
{
    return treeFolder() + QStringLiteral("/lib/vitrine");
}

QString dataFolder()
{
    const QString installed = treeFolder() + QStringLiteral("/share/vitrine");
    if (QFileInfo(installed).isDir())
        return installed;
    return QStringLiteral(VITRINE_SOURCE_DATA_DIR);
}

} // namespace engine::paths
