// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/storage_daemon.h"

#include "engine/base/log.h"
#include "engine/base/thread_stacks.h"
#include "engine/drivers/qemu_failure.h"
#include "engine/drivers/qemu_process.h"
#include "engine/drivers/qmp_client.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QStandardPaths>
#include <QtCore/QTimer>

#include <cerrno>
#include <chrono>
#include <cstring>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace engine {

namespace {

constexpr int Backlog = 16;
constexpr int MaxReplacements = 3;
constexpr std::chrono::seconds ReplacementPeriod{60};
constexpr std::chrono::seconds StopPatience{10};

} // namespace

Result<QString> findStorageDaemon()
{
    const QString chosen = qEnvironmentVariable("VITRINE_STORAGE_DAEMON");
    const QString found =
        chosen.isEmpty() ? QStandardPaths::findExecutable("qemu-storage-daemon") : chosen;
    if (found.isEmpty())
        return makeError(ErrorKind::NotFound,
                         "qemu-storage-daemon is not installed, which disks of the formats vdi, "
                         "vmdk, vhd and vhdx need",
                         "Install the package qemu-system-common");
    return found;
}

QStringList storageDaemonArguments(const QList<DaemonDisk> &disks, int listener, int monitor)
{
    QStringList arguments{"--nbd-server", QString("addr.type=fd,addr.str=%1").arg(listener)};
    for (const DaemonDisk &disk : disks) {
        arguments << "--blockdev"
                  << QString::fromUtf8(QJsonDocument(disk.node).toJson(QJsonDocument::Compact))
                  << "--export"
                  << QString("type=nbd,id=%1,node-name=%2,name=%1,writable=%3")
                         .arg(disk.exportName, disk.node["node-name"].toString(),
                              disk.isWritable ? "on" : "off");
    }
    // Options are done in their order: who is greeted knows that all disks are open.
    arguments << "--chardev" << QString("socket,id=monitor,fd=%1").arg(monitor) << "--monitor"
              << "chardev=monitor";
    return arguments;
}

StorageDaemon::StorageDaemon(QString program, QList<DaemonDisk> disks, QString socketPath,
                             QObject *parent)
    : QObject(parent)
    , m_program(std::move(program))
    , m_disks(std::move(disks))
    , m_socketPath(std::move(socketPath))
{ }

StorageDaemon::~StorageDaemon()
{
    blockSignals(true);
    m_reply = {};
    m_stopped = {};
    m_isStopping = true;
    drop();
    if (m_listener.isOpen())
        QFile::remove(m_socketPath);
}

QJsonObject StorageDaemon::nodeOf(const QString &exportName) const
{
    for (const DaemonDisk &disk : m_disks)
        if (disk.exportName == exportName)
            return disk.node;
    return {};
}

bool StorageDaemon::isRunning() const
{
    return m_process != nullptr && m_process->isRunning();
}

qint64 StorageDaemon::processId() const
{
    return m_process != nullptr ? m_process->processId() : 0;
}

Result<> StorageDaemon::listen()
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const QByteArray path = QFile::encodeName(m_socketPath);
    if (path.size() >= qsizetype(sizeof address.sun_path))
        return makeError(ErrorKind::Invalid,
                         QString("The path \"%1\" is too long for a socket").arg(m_socketPath),
                         "Set XDG_RUNTIME_DIR to a folder with a shorter name");
    std::memcpy(address.sun_path, path.constData(), std::size_t(path.size()));
    QFile::remove(m_socketPath);
    Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    // sockaddr_un is made to be passed as sockaddr.
    if (!socket.isOpen()
        || ::bind(socket.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0
        || ::listen(socket.get(), Backlog) != 0)
        return makeError(ErrorKind::Io,
                         QString("Cannot listen on \"%1\": %2")
                             .arg(m_socketPath, QString::fromLocal8Bit(std::strerror(errno))));
    m_listener = std::move(socket);
    return {};
}

void StorageDaemon::start(Reply reply)
{
    m_reply = std::move(reply);
    m_isStopping = false;
    Result<> launched = m_listener.isOpen() ? Result<>() : listen();
    if (launched)
        launched = launch();
    if (!launched)
        answer(std::move(launched));
}

void StorageDaemon::restart(Reply reply)
{
    m_replacements = 0;
    if (!isRunning()) {
        start(std::move(reply));
        return;
    }
    m_reply = std::move(reply);
    m_isRestarting = true;
    m_process->terminate();
}

Result<> StorageDaemon::launch()
{
    drop();
    auto *process = new QemuProcess(this);
    m_process = process;
    process->setThreadStack(ThreadStackBytes);
    TRY(process->openChannel());
    const int listener = process->handDown(Fd(::fcntl(m_listener.get(), F_DUPFD_CLOEXEC, 0)));
    const QStringList arguments =
        storageDaemonArguments(m_disks, listener, process->childEnd());
    m_qmp = new QmpClient(process->takeParentEnd(), this);
    connect(m_qmp, &QmpClient::ready, this, [this] { answer({}); });
    connect(m_qmp, &QmpClient::broken, this, [this](const Error &error) {
        log(LogLevel::Error, "disks", error.text());
        if (m_process != nullptr)
            m_process->kill();
    });
    connect(process, &QemuProcess::ended, this, &StorageDaemon::ended);
    connect(process, &QemuProcess::couldNotStart, this, [this](const QString &reason) {
        answer(
            makeError(ErrorKind::Io, QString("\"%1\" cannot be run: %2").arg(m_program, reason)));
    });
    process->start(m_program, arguments);
    return {};
}

void StorageDaemon::ended(bool isCrash, int codeOrSignal)
{
    const QString ending = howItEnded(isCrash, codeOrSignal);
    log(LogLevel::Info, "disks", ("qemu-storage-daemon " + ending).toStdString());
    m_lastLines = m_process->lastLines();
    if (m_isStopping) {
        drop();
        if (const auto stopped = std::exchange(m_stopped, {}))
            stopped();
        return;
    }
    if (std::exchange(m_isRestarting, false)) {
        start(std::exchange(m_reply, {}));
        return;
    }
    const QString said = m_lastLines.isEmpty() ? QString("it said nothing") : m_lastLines.last();
    if (m_reply) {
        answer(makeError(ErrorKind::Io, QString("qemu-storage-daemon %1: %2").arg(ending, said)));
        return;
    }
    if (m_replacementPeriod.hasExpired())
        m_replacements = 0;
    if (m_replacements++ == 0)
        m_replacementPeriod.setRemainingTime(ReplacementPeriod);
    const QString reason = QString("The helper that opens the disks %1: %2").arg(ending, said);
    if (m_replacements > MaxReplacements) {
        emit gaveUp(reason);
        return;
    }
    log(LogLevel::Warning, "disks", (reason + "; another one takes its place").toStdString());
    start([this, reason](const Result<> &started) {
        if (!started)
            emit gaveUp(reason + "; " + errorText(started.error()));
    });
}

void StorageDaemon::stop(std::function<void()> stopped)
{
    m_isStopping = true;
    m_reply = {};
    if (!isRunning()) {
        drop();
        stopped();
        return;
    }
    m_stopped = std::move(stopped);
    m_process->terminate();
    QTimer::singleShot(StopPatience, m_process, [this] {
        log(LogLevel::Warning, "disks", "qemu-storage-daemon did not end by itself and is killed");
        m_process->kill();
    });
}

void StorageDaemon::answer(Result<> result)
{
    if (const Reply reply = std::exchange(m_reply, {}))
        reply(std::move(result));
}

// Often called from inside their signals.
void StorageDaemon::drop()
{
    if (QmpClient *qmp = std::exchange(m_qmp, nullptr)) {
        qmp->disconnect(this);
        qmp->close();
        qmp->deleteLater();
    }
    if (QemuProcess *process = std::exchange(m_process, nullptr)) {
        process->disconnect(this);
        if (process->isRunning())
            delete process; // kills and reaps
        else
            process->deleteLater();
    }
}

} // namespace engine
