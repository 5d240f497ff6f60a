// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/share_process.h"

#include "engine/base/fd.h"
#include "engine/base/log.h"
#include "engine/base/write_confinement.h"
#include "engine/drivers/helper_child.h"
#include "engine/drivers/qemu_failure.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QProcess>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace engine {

namespace {

// The first user that a Linux installation makes: whoever it is sees the files as his own, and root
// may do what he may.
constexpr const char *GuestUser = "1000";

Result<sockaddr_un> socketAddress(const QString &path)
{
    const QByteArray name = QFile::encodeName(path);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (name.size() >= qsizetype(sizeof address.sun_path))
        return makeError(ErrorKind::Invalid,
                         QString("The path \"%1\" is too long for a socket").arg(path),
                         "Set XDG_RUNTIME_DIR to a folder with a shorter name");
    std::memcpy(address.sun_path, name.constData(), std::size_t(name.size()));
    return address;
}

Result<Fd> listenOn(const QString &path)
{
    const sockaddr_un address = TRY(socketAddress(path));
    QFile::remove(path);
    Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    // sockaddr_un is made to be passed as sockaddr.
    if (!socket.isOpen()
        || ::bind(socket.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0
        || ::listen(socket.get(), 1) != 0)
        return makeError(ErrorKind::Io,
                         QString("Cannot listen on \"%1\": %2")
                             .arg(path, QString::fromLocal8Bit(std::strerror(errno))));
    return socket;
}

// What may be wrong with the folder, said before a guest finds out.
Result<> checkFolder(const SharedFolder &folder)
{
    const QFileInfo info(folder.path);
    const QString what = QString("The shared folder \"%1\"").arg(folder.name);
    if (!info.isDir())
        return makeError(ErrorKind::NotFound,
                         QString("%1 is missing: there is no folder \"%2\"").arg(what, folder.path),
                         "Make it, or remove it from the machine's shared folders");
    if (!info.isReadable() || !info.isExecutable())
        return makeError(
            ErrorKind::Denied,
            QString("%1 cannot be shared: you may not read \"%2\"").arg(what, folder.path));
    const std::string real = QFile::encodeName(info.canonicalFilePath()).toStdString();
    if (!folder.isReadOnly && info.isWritable() && !mayWriteBelow(real))
        return makeError(
            ErrorKind::Denied,
            QString(
                "A machine that was started without a window writes to its own folders only, and "
                "\"%1\" is none of them")
                .arg(folder.path),
            "Add it read-only, or power the machine off and add it then");
    return {};
}

} // namespace

ShareProcess::ShareProcess(QString program, QObject *parent)
    : QObject(parent)
    , m_program(program.isEmpty() ? paths::moduleFolder() + QStringLiteral("/vitrine-share")
                                  : std::move(program))
    , m_process(new QProcess(this))
{
    m_process->setStandardInputFile(QProcess::nullDevice());
    connect(m_process, &QProcess::readyReadStandardOutput, this, &ShareProcess::readLines);
}

ShareProcess::~ShareProcess()
{
    m_process->disconnect(this);
    kill();
    if (!m_socketPath.isEmpty())
        QFile::remove(m_socketPath);
}

// Its socket is bound and listening, so that nothing is waited for.
Result<Fd> ShareProcess::connectTo() const
{
    const sockaddr_un address = TRY(socketAddress(m_socketPath));
    Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    // sockaddr_un is made to be passed as sockaddr.
    if (!socket.isOpen()
        || ::connect(socket.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address)
            != 0)
        return makeError(ErrorKind::Io,
                         QString("Cannot connect to \"%1\": %2")
                             .arg(m_socketPath, QString::fromLocal8Bit(std::strerror(errno))));
    return socket;
}

void ShareProcess::kill()
{
    if (m_process->state() == QProcess::NotRunning)
        return;
    m_process->kill();
    m_process->waitForFinished(5000);
}

qint64 ShareProcess::processId() const
{
    return m_process->processId();
}

void ShareProcess::readLines()
{
    while (m_process->canReadLine()) {
        const QByteArray line = m_process->readLine().trimmed();
        if (line == "mounted" || line == "unmounted")
            emit mounted(line == "mounted");
    }
}

Result<> ShareProcess::start(const SharedFolder &folder, const QString &socketPath)
{
    TRY(checkFolder(folder));
    Fd listener = TRY(listenOn(socketPath));
    m_socketPath = socketPath;
    const int descriptor = listener.get();
    m_process->setChildProcessModifier(asHelper(SIGTERM, {descriptor}));
    connect(m_process, &QProcess::finished, this, [this](int code, QProcess::ExitStatus status) {
        QString how = howItEnded(status == QProcess::CrashExit, code);
        const QString words = QString::fromUtf8(m_process->readAllStandardError()).trimmed();
        if (!words.isEmpty())
            how += ": " + words;
        log(LogLevel::Info, "share", ("vitrine-share " + how).toStdString());
        emit ended(how);
    });
    QStringList arguments{"--listener", QString::number(descriptor),
                          "--folder",   folder.path,
                          "--user",     GuestUser,
                          "--group",    GuestUser};
    if (folder.isReadOnly)
        arguments << "--readonly";
    m_sinceStart.start();
    m_process->start(m_program, arguments);
    if (!m_process->waitForStarted())
        return makeError(ErrorKind::Io,
                         QString("The shared folder \"%1\" has no server: \"%2\" cannot be run: %3")
                             .arg(folder.name, m_program, m_process->errorString()));
    return {};
}

} // namespace engine
