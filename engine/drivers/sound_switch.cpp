// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/sound_switch.h"

#include "engine/base/log.h"
#include "engine/drivers/helper_child.h"
#include "engine/drivers/qemu_failure.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QProcess>

#include <signal.h>
#include <unistd.h>

namespace engine {

namespace {

constexpr std::chrono::milliseconds Patience{3000};

} // namespace

SoundSwitch::SoundSwitch(QString program, QObject *parent)
    : QObject(parent)
    , m_program(program.isEmpty() ? paths::moduleFolder() + QStringLiteral("/vitrine-sound")
                                  : std::move(program))
    , m_process(new QProcess(this))
{
    m_patience.setSingleShot(true);
    m_patience.setInterval(Patience);
    connect(&m_patience, &QTimer::timeout, this, [this] {
        giveUp(QStringLiteral("did not answer within %1 seconds")
                   .arg(double(m_patience.interval()) / 1000));
    });
    connect(m_process, &QProcess::readyReadStandardOutput, this, &SoundSwitch::readLines);
    connect(m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            giveUp(QStringLiteral("cannot be run: %1").arg(m_process->errorString()));
    });
    connect(m_process, &QProcess::finished, this, [this](int code, QProcess::ExitStatus status) {
        QString how = howItEnded(status == QProcess::CrashExit, code);
        const QString words = QString::fromUtf8(m_process->readAllStandardError()).trimmed();
        if (!words.isEmpty())
            how += QStringLiteral(": ") + words;
        giveUp(how);
    });
}

SoundSwitch::~SoundSwitch()
{
    stop();
}

void SoundSwitch::stop()
{
    m_isReady = false;
    m_patience.stop();
    m_process->disconnect(this);
    if (m_process->state() != QProcess::NotRunning) {
        m_process->kill();
        m_process->waitForFinished(5000);
    }
    while (!m_replies.isEmpty())
        answerFirst(makeError(ErrorKind::Cancelled, "The machine has ended"));
}

void SoundSwitch::start(Reply ready)
{
    m_replies.enqueue(std::move(ready));
    m_process->setChildProcessModifier(asHelper(SIGTERM));
    m_patience.start();
    m_process->start(m_program, {});
}

void SoundSwitch::set(qint64 processId, State state, Reply reply)
{
    if (!m_isReady) {
        reply(makeError(ErrorKind::Unsupported, "The sound server does not answer any more"));
        return;
    }
    m_replies.enqueue(std::move(reply));
    if (!m_patience.isActive())
        m_patience.start();
    m_process->write(QStringLiteral("%1 %2 %3\n")
                         .arg(processId)
                         .arg(state.isOutputOn ? "on" : "off", state.isInputOn ? "on" : "off")
                         .toLatin1());
}

void SoundSwitch::readLines()
{
    while (m_process->canReadLine()) {
        const QByteArray line = m_process->readLine().trimmed();
        if (line == "ready")
            m_isReady = true;
        if (line == "ready" || line == "done")
            answerFirst({});
    }
}

void SoundSwitch::answerFirst(const Result<> &result)
{
    if (m_replies.isEmpty())
        return;
    const Reply reply = m_replies.dequeue();
    if (m_replies.isEmpty())
        m_patience.stop();
    else
        m_patience.start();
    if (reply)
        reply(result);
}

void SoundSwitch::giveUp(const QString &how)
{
    const bool wasReady = std::exchange(m_isReady, false);
    m_patience.stop();
    log(LogLevel::Warning, "sound", ("vitrine-sound " + how).toStdString());
    m_process->disconnect(this);
    m_process->kill();
    const Error error = makeError(
        ErrorKind::Io, QStringLiteral("The sound could not be switched: vitrine-sound ") + how);
    while (!m_replies.isEmpty())
        answerFirst(error);
    if (wasReady)
        emit ended();
}

} // namespace engine
