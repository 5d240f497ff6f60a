// SPDX-License-Identifier: GPL-3.0-or-later
// The vitrine-sound that plays and records for a machine of this process (app/sound_streams.h). It
// dies with this process; without it the machine runs on, silently.
//
// Main thread only, which must live as long as the process (PR_SET_PDEATHSIG is per thread).
#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <QtCore/QObject>

class QProcess;

namespace engine {

class SoundProcess final : public QObject
{
    Q_OBJECT
public:
    // `program` empty: vitrine-sound, beside the engine.
    explicit SoundProcess(QString program = {}, QObject *parent = nullptr);
    ~SoundProcess() override; // kills and reaps

    // The machine's end of the socket. That the program cannot be run is told by changed().
    Result<Fd> start();

    bool isHeard() const { return m_whyNot.isEmpty(); }
    QString whyNot() const { return m_whyNot; } // a sentence; empty while it is heard

signals:
    void changed(); // what the two above say

private:
    void readLines();
    void setWhyNot(const QString &text);

    const QString m_program;
    QProcess *m_process;
    QString m_whyNot;
};

} // namespace engine
