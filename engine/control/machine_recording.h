// SPDX-License-Identifier: GPL-3.0-or-later
// The films of a running machine's screen: one at a time, made by the window that has the picture,
// or by a program when none has (display/film/screen_recorder.h), which is asked by beginWanted()
// and endWanted() and tells by report() how it goes. Here is who may begin, what the file is
// called, and what everybody is told.
//
// Main thread only.
#pragma once

#include "engine/control/control_protocol.h"

#include <QtCore/QList>
#include <QtCore/QObject>
#include <QtCore/QTimer>

#include <chrono>
#include <functional>

class QDateTime;

namespace engine {

// Where a film goes: never a file that is there already. `settings.file` may be empty or relative
// to the machine's folder. NotFound, Denied: the folder it would be in.
Result<QString> filmFile(const QString &wanted, const QString &machineFolder,
                         const QString &machineName, const QDateTime &now);

class MachineRecording final : public QObject
{
    Q_OBJECT
public:
    using Reply = std::function<void(Result<QString>)>; // the file

    // One that nobody waits for: a guest may take long until it shows anything.
    static constexpr std::chrono::minutes UnattendedPatience{5};

    // Until the window has begun, and until the file is whole.
    explicit MachineRecording(std::chrono::milliseconds patience = std::chrono::seconds(10),
                              QObject *parent = nullptr);

    const RecordingStatus &status() const { return m_status; }
    // `file`: of filmFile(). Busy while there is one. `isUnattended`: see UnattendedPatience.
    void start(const RecordingSettings &settings, const QString &file, Reply reply,
               bool isUnattended = false);
    void stop(Reply reply);
    // From the window. What it says of another film than the one of now counts for nothing.
    void report(int number, RecordingStatus::Phase phase, const QString &trouble);
    void makerCame(); // a program; its patience counts from here
    void makerGone(const QString &maker); // "The window"

signals:
    void changed();
    void beginWanted();
    void endWanted();

private:
    void enter(RecordingStatus::Phase phase);
    void fail(const QString &trouble);
    void answer(QList<Reply> &replies, const Result<QString> &result);

    RecordingStatus m_status;
    QList<Reply> m_begun; // who waits for it to run
    QList<Reply> m_ended; // who waits for it to be whole
    const std::chrono::milliseconds m_usualPatience;
    QTimer m_patience;
};

} // namespace engine
