// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/sound_process.h"

#include "engine/base/log.h"
#include "engine/drivers/helper_child.h"
#include "engine/drivers/qemu_failure.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QProcess>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

namespace engine {

SoundProcess::SoundProcess(QString program, QObject *parent)
    : QObject(parent)
    , m_program(program.isEmpty() ? paths::moduleFolder() + QStringLiteral("/vitrine-sound")
                                  : std::move(program))
    , m_process(new QProcess(this))
    , m_whyNot(QStringLiteral("The sound server of this computer has not answered yet"))
{
    m_process->setStandardInputFile(QProcess::nullDevice());
    connect(m_process, &QProcess::readyReadStandardOutput, this, &SoundProcess::readLines);
}

SoundProcess::~SoundProcess()
{
    m_process->disconnect(this);
    if (m_process->state() == QProcess::NotRunning)
        return;
    m_process->kill();
    m_process->waitForFinished(5000);
}

Result<Fd> SoundProcess::start()
{
    int ends[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return makeError(ErrorKind::Io,
                         QStringLiteral("Cannot make a socket for the machine's sound: %1")
                             .arg(QString::fromLocal8Bit(std::strerror(errno))));
    Fd ours(ends[0]);
    const Fd theirs(ends[1]);
    const int descriptor = theirs.get();
    m_process->setChildProcessModifier(asHelper(SIGTERM, {descriptor}));
    connect(m_process, &QProcess::finished, this, [this](int code, QProcess::ExitStatus status) {
        QString how = howItEnded(status == QProcess::CrashExit, code);
        const QString words = QString::fromUtf8(m_process->readAllStandardError()).trimmed();
        if (!words.isEmpty())
            how += QStringLiteral(": ") + words;
        log(LogLevel::Warning, "sound", ("vitrine-sound " + how).toStdString());
        setWhyNot(QStringLiteral("The machine's sound has no way out any more: vitrine-sound %1")
                      .arg(how));
    });
    m_process->start(m_program, {QStringLiteral("--streams"), QString::number(descriptor)});
    if (!m_process->waitForStarted())
        return makeError(
            ErrorKind::Io,
            QStringLiteral("\"%1\" cannot be run: %2").arg(m_program, m_process->errorString()));
    return ours;
}

void SoundProcess::readLines()
{
    while (m_process->canReadLine()) {
        const QByteArray line = m_process->readLine().trimmed();
        if (line == "ready")
            setWhyNot({});
        else if (line == "lost")
            setWhyNot(QStringLiteral("No sound server (PipeWire or PulseAudio) answers on this "
                                     "computer"));
    }
}

void SoundProcess::setWhyNot(const QString &text)
{
    if (text == m_whyNot)
        return;
    m_whyNot = text;
    log(LogLevel::Info, "sound", text.isEmpty() ? "the sound server answers" : text.toStdString());
    emit changed();
}

} // namespace engine
