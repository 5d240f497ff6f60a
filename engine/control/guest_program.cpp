// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/guest_program.h"

#include "engine/machine/qt_text.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>
#include <QtCore/QPointer>

#include <algorithm>
#include <utility>

namespace engine {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds FirstPause = 10ms;
constexpr std::chrono::milliseconds LongestPause = 500ms;
// The answer to guest-exec-status may be tens of megabytes.
constexpr std::chrono::milliseconds StatusPatience = 120s;
// A program that was told to end and does not is left alone after this.
constexpr std::chrono::milliseconds KillPatience = 10s;

QString shell()
{
    return QStringLiteral("/bin/sh");
}

GuestOutcome outcomeOf(const QJsonObject &status)
{
    GuestOutcome outcome;
    const auto bytes = [&status](QLatin1String key) {
        return QByteArray::fromBase64(status[key].toString().toLatin1());
    };
    outcome.output = bytes(QLatin1String("out-data"));
    outcome.errors = bytes(QLatin1String("err-data"));
    outcome.isCut = status[QLatin1String("out-truncated")].toBool()
        || status[QLatin1String("err-truncated")].toBool();
    if (status.contains(QLatin1String("signal"))) {
        outcome.end = GuestOutcome::End::Killed;
        outcome.code = status[QLatin1String("signal")].toInt();
    } else {
        outcome.code = status[QLatin1String("exitcode")].toInt();
    }
    return outcome;
}

} // namespace

QStringList unixCommandLine(const GuestCommand &command)
{
    QStringList words = QStringList{command.program} + command.arguments;
    if (!command.environment.isEmpty())
        words = QStringList{QStringLiteral("env")} + command.environment + words;
    if (!command.folder.isEmpty())
        words = QStringList{shell(), QStringLiteral("-c"),
                            QStringLiteral("cd -- \"$1\" || exit 126; shift; exec \"$@\""),
                            QStringLiteral("sh"), command.folder}
            + words;
    // Root needs no password for either. Busybox has su only, which reads options like its own
    // until "--".
    if (!command.user.isEmpty())
        words =
            QStringList{shell(), QStringLiteral("-c"),
                        QStringLiteral("u=$1; shift; if command -v runuser >/dev/null 2>&1; then "
                                       "exec runuser -u \"$u\" -- \"$@\"; fi; "
                                       "exec su -s /bin/sh -c 'exec \"$@\"' -- \"$u\" sh \"$@\""),
                        QStringLiteral("sh"), command.user}
            + words;
    return words;
}

GuestProgram::GuestProgram(GuestLink &link, GuestCommand command, QObject *parent)
    : QObject(parent)
    , m_link(link)
    , m_command(std::move(command))
{
    m_poll.setSingleShot(true);
    m_poll.setInterval(FirstPause);
    connect(&m_poll, &QTimer::timeout, this, &GuestProgram::poll);
}

void GuestProgram::run(Reply reply)
{
    m_reply = std::move(reply);
    launch(true, [this](Result<qint64> started) {
        if (!started) {
            finish(std::move(started).error());
            return;
        }
        m_process = *started;
        m_since.start();
        if (m_isCancelled)
            cancel();
        m_poll.start();
    });
}

void GuestProgram::start(StartReply reply)
{
    launch(false, std::move(reply));
}

void GuestProgram::launch(bool isOutputWanted, StartReply reply)
{
    const bool needsShell = !m_command.user.isEmpty() || !m_command.folder.isEmpty()
        || !m_command.environment.isEmpty();
    const auto go = [this, isOutputWanted, reply](const QStringList &words,
                                                  const QStringList &environment) {
        QJsonObject arguments{{QStringLiteral("path"), words.value(0)},
                              {QStringLiteral("arg"), QJsonArray::fromStringList(words.mid(1))},
                              {QStringLiteral("capture-output"), isOutputWanted}};
        if (!environment.isEmpty())
            arguments[QLatin1String("env")] = QJsonArray::fromStringList(environment);
        if (!m_command.input.isEmpty())
            arguments[QLatin1String("input-data")] =
                QString::fromLatin1(m_command.input.toBase64());
        m_link.execute(
            QStringLiteral("guest-exec"), arguments,
            [self = QPointer(this), reply](const Result<QJsonValue> &answer) {
                if (!self)
                    return;
                const qint64 process = answer ? (*answer)[QLatin1String("pid")].toInteger(-1) : -1;
                if (!answer)
                    reply(Error(answer.error())
                              .context(QStringLiteral("\"%1\" was not started in the guest")
                                           .arg(self->m_command.program)
                                           .toStdString()));
                else if (process < 0)
                    reply(makeError(ErrorKind::Corrupt,
                                    QStringLiteral("The guest's agent did not say what it "
                                                   "started")));
                else
                    reply(process);
            });
    };
    if (!needsShell) {
        go(QStringList{m_command.program} + m_command.arguments, {});
        return;
    }
    m_link.askFamily([self = QPointer(this), go, reply](Result<GuestLink::Family> family) {
        if (!self)
            return;
        const GuestCommand &command = self->m_command;
        if (!family)
            reply(std::move(family).error());
        else if (*family == GuestLink::Family::Unix)
            go(unixCommandLine(command), {});
        else if (!command.user.isEmpty() || !command.folder.isEmpty())
            reply(makeError(ErrorKind::Unsupported,
                            QStringLiteral("In a Windows guest the agent runs programs as the "
                                           "system only, and in the folder it is in")));
        else
            go(QStringList{command.program} + command.arguments, command.environment);
    });
}

void GuestProgram::poll()
{
    if (m_command.timeout > 0ms && !m_hasTimedOut
        && m_since.hasExpired(m_command.timeout.count())) {
        m_hasTimedOut = true;
        cancel();
    }
    m_link.execute(
        QStringLiteral("guest-exec-status"), {{QStringLiteral("pid"), m_process}},
        [self = QPointer(this)](Result<QJsonValue> answer) {
            if (!self)
                return;
            if (!answer) {
                self->finish(std::move(answer).error());
                return;
            }
            const QJsonObject status = answer->toObject();
            const bool isOver = status[QLatin1String("exited")].toBool();
            const bool isStubborn = (self->m_hasTimedOut || self->m_isCancelled)
                && self->m_since.hasExpired((self->m_command.timeout + KillPatience).count());
            if (!isOver && !isStubborn) {
                self->m_poll.start();
                self->m_poll.setInterval(
                    std::min(self->m_poll.intervalAsDuration() * 3 / 2 + 1ms, LongestPause));
                return;
            }
            GuestOutcome outcome = isOver ? outcomeOf(status) : GuestOutcome{};
            if (self->m_hasTimedOut)
                outcome.end = GuestOutcome::End::TimedOut;
            if (self->m_isCancelled)
                self->finish(
                    makeError(ErrorKind::Cancelled, QStringLiteral("The program was ended")));
            else
                self->finish(std::move(outcome));
        },
        StatusPatience);
}

void GuestProgram::cancel()
{
    if (!m_hasTimedOut)
        m_isCancelled = true;
    if (m_process == 0)
        return; // when it has started
    m_link.askFamily([self = QPointer(this)](const Result<GuestLink::Family> &family) {
        if (!self || !family)
            return;
        const QString number = QString::number(self->m_process);
        const bool isUnix = *family == GuestLink::Family::Unix;
        // What it started itself as well, where it is the head of a group.
        const QStringList words = isUnix
            ? QStringList{QStringLiteral("-c"),
                          QStringLiteral("kill -9 -- \"-$1\" 2>/dev/null; kill -9 \"$1\""),
                          QStringLiteral("sh"), number}
            : QStringList{QStringLiteral("/F"), QStringLiteral("/T"), QStringLiteral("/PID"),
                          number};
        self->m_link.execute(
            QStringLiteral("guest-exec"),
            {{QStringLiteral("path"), isUnix ? shell() : QStringLiteral("taskkill.exe")},
             {QStringLiteral("arg"), QJsonArray::fromStringList(words)}},
            [](const Result<QJsonValue> &) { /* poll() sees what came of it */ });
    });
}

void GuestProgram::finish(Result<GuestOutcome> result)
{
    m_poll.stop();
    if (const Reply reply = std::exchange(m_reply, {}))
        reply(std::move(result));
}

void runInGuest(GuestLink &link, GuestCommand command,
                std::function<void(Result<QByteArray>)> reply)
{
    const QString name = command.program;
    auto *const program = new GuestProgram(link, std::move(command), &link);
    program->run([program, name, reply = std::move(reply)](Result<GuestOutcome> result) {
        program->deleteLater();
        if (!result) {
            reply(std::move(result).error());
            return;
        }
        if (result->end == GuestOutcome::End::Exited && result->code == 0) {
            reply(std::move(result->output));
            return;
        }
        const QList<QByteArray> lines = result->errors.trimmed().split('\n');
        QString said = QString::fromUtf8(lines.last().left(300)).simplified();
        said.removeIf([](QChar character) { return !character.isPrint(); });
        if (result->end == GuestOutcome::End::TimedOut)
            reply(makeError(ErrorKind::Io, QStringLiteral("It took the guest too long")));
        else if (said.isEmpty())
            reply(makeError(
                ErrorKind::Io,
                QStringLiteral("\"%1\" failed in the guest (%2)").arg(name).arg(result->code)));
        else
            reply(makeError(ErrorKind::Io, QStringLiteral("The guest says: %1").arg(said)));
    });
}

} // namespace engine
