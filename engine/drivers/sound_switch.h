// SPDX-License-Identifier: GPL-3.0-or-later
// Switches what a running program plays and records on this computer's sound server (PulseAudio,
// or PipeWire in its place): by a vitrine-sound as a child, which mutes the program's streams
// there, those to come included (app/sound_main.cpp). It dies with this process.
//
// Main thread only, which must live as long as the process (PR_SET_PDEATHSIG is per thread).
#pragma once

#include "engine/base/result.h"

#include <QtCore/QObject>
#include <QtCore/QQueue>
#include <QtCore/QTimer>

#include <chrono>
#include <functional>

class QProcess;

namespace engine {

class SoundSwitch final : public QObject
{
    Q_OBJECT
public:
    using Reply = std::function<void(Result<>)>;

    // `program` empty: vitrine-sound, beside the engine.
    explicit SoundSwitch(QString program = {}, QObject *parent = nullptr);
    ~SoundSwitch() override; // kills and reaps

    // Answers once, later: whether the sound server is there.
    void start(Reply ready);
    // Of the process with this id, from now on. Answers when its streams of now are switched.
    struct State
    {
        bool isOutputOn = true;
        bool isInputOn = true;
    };
    void set(qint64 processId, State state, Reply reply);
    bool isUsable() const { return m_isReady; }
    void stop(); // who waits is told that the machine has ended

    void setPatience(std::chrono::milliseconds patience) { m_patience.setInterval(patience); }

signals:
    void ended(); // of itself: nothing can be switched any more

private:
    void readLines();
    void answerFirst(const Result<> &result);
    void giveUp(const QString &how);

    const QString m_program;
    QProcess *m_process;
    QQueue<Reply> m_replies;
    QTimer m_patience; // until the first of them is answered
    bool m_isReady = false;
};

} // namespace engine
