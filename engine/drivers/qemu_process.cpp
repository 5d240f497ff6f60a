// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/qemu_process.h"

#include "engine/base/log.h"
#include "engine/drivers/helper_child.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QProcessEnvironment>
#include <QtCore/QRegularExpression>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace engine {

namespace {

constexpr int KeptLines = 20;

} // namespace

QemuProcess::QemuProcess(QObject *parent)
    : QObject(parent)
    , m_process(new QProcess(this))
{
    m_process->setProcessChannelMode(QProcess::MergedChannels);
    m_process->setStandardInputFile(QProcess::nullDevice());
    connect(m_process, &QProcess::readyReadStandardOutput, this, &QemuProcess::readOutput);
    connect(m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            emit couldNotStart(m_process->errorString());
    });
    connect(m_process, &QProcess::finished, this, [this](int code, QProcess::ExitStatus status) {
        readOutput();
        if (!m_partialLine.isEmpty())
            takeLine(std::exchange(m_partialLine, {}));
        // For a crash Qt gives the signal as the code.
        emit ended(status == QProcess::CrashExit, code);
    });
}

QemuProcess::~QemuProcess()
{
    m_process->disconnect(this);
    if (isRunning()) {
        m_process->kill();
        m_process->waitForFinished(5000);
    }
}

Result<> QemuProcess::openChannel()
{
    std::array<int, 2> ends{-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return Error(ErrorKind::Io,
                     std::string("Cannot make a control channel for QEMU: ")
                         + std::strerror(errno));
    m_parentEnd = Fd(ends[0]);
    m_childEnd = Fd(ends[1]);
    return {};
}

int QemuProcess::handDown(Fd descriptor)
{
    m_handedDown.push_back(std::move(descriptor));
    return m_handedDown.back().get();
}

void QemuProcess::start(const QString &program, const QStringList &arguments)
{
    log(LogLevel::Info, "qemu", shellCommand(program, arguments).toStdString());
    std::vector<int> kept{m_childEnd.get()};
    for (const Fd &descriptor : m_handedDown)
        kept.push_back(descriptor.get());
    m_process->setChildProcessModifier(
        [becomeHelper = asHelper(SIGKILL, std::move(kept)), stack = m_threadStack] {
            becomeHelper();
            if (stack == 0)
                return;
            rlimit limit{};
            ::getrlimit(RLIMIT_STACK, &limit);
            limit.rlim_cur = std::min<rlim_t>(stack, limit.rlim_max);
            ::setrlimit(RLIMIT_STACK, &limit);
        });
    // Its messages are read by users, and a few by us.
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("LC_ALL", "C.UTF-8");
    m_process->setProcessEnvironment(environment);
    m_process->start(program, arguments);
    m_childEnd.reset();
    m_handedDown.clear();
}

void QemuProcess::terminate()
{
    m_process->terminate();
}

void QemuProcess::kill()
{
    m_process->kill();
}

void QemuProcess::readOutput()
{
    m_partialLine += m_process->readAllStandardOutput();
    qsizetype end = 0;
    while ((end = m_partialLine.indexOf('\n')) >= 0) {
        takeLine(m_partialLine.left(end));
        m_partialLine.remove(0, end + 1);
    }
}

void QemuProcess::takeLine(const QByteArray &line)
{
    const QByteArray text = line.trimmed();
    if (text.isEmpty())
        return;
    log(LogLevel::Info, "qemu", text.toStdString());
    static const QRegularExpression programName("^\\S*qemu\\S*: ");
    m_lastLines.append(QString::fromUtf8(text).remove(programName));
    while (m_lastLines.size() > KeptLines)
        m_lastLines.removeFirst();
}

QString shellCommand(const QString &program, const QStringList &arguments)
{
    static const QRegularExpression harmless("^[A-Za-z0-9_@%+=:,./-]+$");
    QStringList words{program};
    for (QString word : arguments) {
        if (!harmless.match(word).hasMatch())
            word = "'" + word.replace("'", "'\\''") + "'";
        words.append(word);
    }
    return words.join(' ');
}

} // namespace engine
