// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/machine_recording.h"

#include "engine/base/log.h"
#include "engine/base/write_confinement.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QDateTime>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>

#include <utility>

namespace engine {

namespace {

using Phase = RecordingStatus::Phase;

const QString Suffix = QStringLiteral(".webm");
constexpr int MostNames = 10'000;

} // namespace

Result<QString> filmFile(const QString &wanted, const QString &machineFolder,
                         const QString &machineName, const QDateTime &now)
{
    QString name = wanted;
    if (name.isEmpty()) {
        name = machineName;
        name.replace(u'/', u'-');
        name += now.toString(QStringLiteral(" yyyy-MM-dd hh-mm-ss"));
    }
    if (name.endsWith(Suffix, Qt::CaseInsensitive))
        name.chop(Suffix.size());
    const QString stem = QDir::cleanPath(QDir(machineFolder).absoluteFilePath(name));
    const QFileInfo folder(QFileInfo(stem).absolutePath());
    if (!folder.isDir())
        return makeError(
            ErrorKind::NotFound,
            QStringLiteral("There is no folder \"%1\" for the film").arg(folder.absoluteFilePath()),
            QStringLiteral("Make it, or choose another file"));
    if (!folder.isWritable())
        return makeError(ErrorKind::Denied,
                         QStringLiteral("You may not write into the folder \"%1\"")
                             .arg(folder.absoluteFilePath()),
                         QStringLiteral("Choose another file for the film"));
    if (!mayWriteBelow(QFile::encodeName(folder.canonicalFilePath()).toStdString()))
        return makeError(
            ErrorKind::Denied,
            QStringLiteral("A machine that was started without a window writes to its own folders "
                           "only, and \"%1\" is none of them")
                .arg(folder.absoluteFilePath()),
            QStringLiteral("Set the film's file before the machine starts, or choose one in the "
                           "machine's folder"));
    for (int number = 1; number < MostNames; ++number) {
        const QString path = number == 1
            ? stem + Suffix
            : QStringLiteral("%1 (%2)%3").arg(stem).arg(number).arg(Suffix);
        // Nor a link that leads nowhere: what is written would land there.
        if (!QFileInfo::exists(path) && !QFileInfo(path).isSymLink())
            return path;
    }
    return makeError(
        ErrorKind::Invalid,
        QStringLiteral("\"%1\" is there already, as are all numbers after it").arg(stem + Suffix),
        QStringLiteral("Choose another file for the film"));
}

MachineRecording::MachineRecording(std::chrono::milliseconds patience, QObject *parent)
    : QObject(parent)
    , m_usualPatience(patience)
{
    m_patience.setSingleShot(true);
    connect(&m_patience, &QTimer::timeout, this, [this] {
        fail(m_status.phase == Phase::Starting
                 ? QStringLiteral("The film did not begin in time")
                 : QStringLiteral("The film was not finished in time"));
        emit endWanted(); // it may be late only
    });
}

void MachineRecording::start(const RecordingSettings &settings, const QString &file, Reply reply,
                             bool isUnattended)
{
    if (m_status.isActive()) {
        reply(makeError(ErrorKind::Busy,
                        QStringLiteral("The machine's screen is being recorded already, to \"%1\"")
                            .arg(m_status.file),
                        QStringLiteral("Stop that first")));
        return;
    }
    m_status = {.number = m_status.number + 1, .file = file, .settings = settings};
    m_begun.append(std::move(reply));
    m_patience.start(isUnattended ? UnattendedPatience : m_usualPatience);
    enter(Phase::Starting);
    emit beginWanted();
}

void MachineRecording::stop(Reply reply)
{
    if (!m_status.isActive()) {
        reply(makeError(ErrorKind::Invalid,
                        QStringLiteral("The machine's screen is not being recorded")));
        return;
    }
    m_ended.append(std::move(reply));
    if (m_status.phase == Phase::Stopping)
        return;
    m_patience.start(m_usualPatience);
    enter(Phase::Stopping);
    emit endWanted();
}

void MachineRecording::report(int number, Phase phase, const QString &trouble)
{
    if (number != m_status.number || !m_status.isActive())
        return;
    if (phase == Phase::Running && m_status.phase == Phase::Starting) {
        m_patience.stop();
        m_status.startedMs = QDateTime::currentMSecsSinceEpoch();
        log(LogLevel::Info, "recording", "begins: " + m_status.file.toStdString());
        enter(phase);
        answer(m_begun, m_status.file);
    } else if (phase == Phase::Failed) {
        fail(trouble.isEmpty() ? QStringLiteral("It does not say why") : trouble);
    } else if (phase == Phase::Done) {
        m_patience.stop();
        log(LogLevel::Info, "recording", "is whole: " + m_status.file.toStdString());
        enter(phase);
        answer(m_begun, m_status.file);
        answer(m_ended, m_status.file);
    }
}

void MachineRecording::makerCame()
{
    if (m_status.phase == Phase::Starting)
        m_patience.start();
}

void MachineRecording::makerGone(const QString &maker)
{
    if (m_status.isActive())
        fail(QStringLiteral("%1 that recorded the screen is gone; what it had recorded by then can "
                            "be played")
                 .arg(maker));
}

void MachineRecording::fail(const QString &trouble)
{
    m_patience.stop();
    m_status.trouble = trouble;
    log(LogLevel::Warning, "recording", trouble.toStdString());
    enter(Phase::Failed);
    const Error error = makeError(ErrorKind::Io, trouble)
                            .context(QStringLiteral("The screen could not be recorded to \"%1\"")
                                         .arg(m_status.file)
                                         .toStdString());
    answer(m_begun, error);
    answer(m_ended, error);
}

void MachineRecording::enter(Phase phase)
{
    m_status.phase = phase;
    emit changed();
}

void MachineRecording::answer(QList<Reply> &replies, const Result<QString> &result)
{
    const QList<Reply> waiting = std::exchange(replies, {});
    for (const Reply &reply : waiting)
        if (reply)
            reply(result);
}

} // namespace engine
