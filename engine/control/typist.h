// SPDX-License-Identifier: GPL-3.0-or-later
// Types strokes into a guest one after the other, each when the engine has taken the one before and
// not faster than asked for: a guest that is slow to read loses keys. While the machine is paused
// the typing waits.
//
// Main thread only.
#pragma once

#include "engine/drivers/driver.h"

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QObject>
#include <QtCore/QTimer>

namespace engine {

class Typist final : public QObject
{
    Q_OBJECT
public:
    // A quick typist does twelve a second; BIOS prompts follow this many.
    static constexpr int UsualRate = 40;
    static constexpr int HighestRate = 250;

    explicit Typist(Driver &driver);

    // `rate`: strokes a second, 0: the usual one. Texts queue; the reply comes when all of this one
    // is typed, or with Cancelled.
    void type(const QList<QByteArray> &strokes, int rate, Driver::Reply reply);
    // Everything that waits; a stroke that was sent is sent.
    void cancel(const Error &why);

    int done() const { return m_done; }
    int total() const { return m_total; } // 0: nothing to type

signals:
    void progressed(); // some ten times a second, and at the end with total() 0

private:
    struct Job
    {
        QList<QByteArray> strokes;
        int rate = UsualRate;
        qsizetype next = 0;
        Driver::Reply reply;
    };

    void step();
    void tell();

    Driver &m_driver;
    QList<Job> m_jobs;
    QTimer m_pace;
    QTimer m_report;
    int m_done = 0;
    int m_total = 0;
    bool m_isSending = false;
};

} // namespace engine
