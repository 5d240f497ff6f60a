// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/typist.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace engine {

namespace {

constexpr auto ReportInterval = std::chrono::milliseconds(100);

} // namespace

Typist::Typist(Driver &driver)
    : m_driver(driver)
{
    m_pace.setSingleShot(true);
    m_pace.setTimerType(Qt::PreciseTimer);
    connect(&m_pace, &QTimer::timeout, this, &Typist::step);
    m_report.setSingleShot(true);
    m_report.setInterval(ReportInterval);
    connect(&m_report, &QTimer::timeout, this, &Typist::progressed);
    connect(&driver, &Driver::stateChanged, this, &Typist::step);
}

void Typist::type(const QList<QByteArray> &strokes, int rate, Driver::Reply reply)
{
    if (strokes.isEmpty()) {
        reply({});
        return;
    }
    m_jobs.append(
        {strokes, std::clamp(rate > 0 ? rate : UsualRate, 1, HighestRate), 0, std::move(reply)});
    m_total += int(strokes.size());
    step();
}

void Typist::step()
{
    if (m_jobs.isEmpty() || m_isSending || m_pace.isActive()
        || m_driver.state() == Driver::State::Paused)
        return;
    Job &job = m_jobs.first();
    m_isSending = true;
    m_driver.sendScanCodes(job.strokes[job.next++], [this](Result<> result) {
        m_isSending = false;
        if (m_jobs.isEmpty())
            return; // cancelled meanwhile
        Job &current = m_jobs.first();
        ++m_done;
        const bool isDone = !result || current.next == current.strokes.size();
        m_pace.start(std::chrono::milliseconds(1000 / current.rate));
        if (isDone) {
            m_done += int(current.strokes.size() - current.next);
            const Job finished = m_jobs.takeFirst();
            tell();
            finished.reply(std::move(result));
            return;
        }
        tell();
    });
}

void Typist::tell()
{
    if (!m_jobs.isEmpty()) {
        if (!m_report.isActive())
            m_report.start();
        return;
    }
    m_done = 0;
    m_total = 0;
    m_report.stop();
    Q_EMIT progressed();
}

void Typist::cancel(const Error &why)
{
    const QList<Job> jobs = std::exchange(m_jobs, {});
    m_pace.stop();
    if (m_total > 0)
        tell();
    for (const Job &job : jobs)
        job.reply(why);
}

} // namespace engine
