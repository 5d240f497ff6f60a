// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/machine_task.h"

#include <QtCore/QThread>
#include <QtCore/QTimer>

#include <algorithm>
#include <chrono>
#include <utility>

namespace engine {

using namespace std::chrono_literals;

namespace {

constexpr auto PollInterval = 50ms;

} // namespace

int TaskProgress::percent() const
{
    const qint64 total = m_total;
    if (total <= 0)
        return 0;
    return int(std::clamp<qint64>(m_done * 100 / total, 0, 100));
}

struct MachineTask::Private
{
    TaskProgress progress;
    // A thread of Qt's, because the work may run programs.
    std::unique_ptr<QThread> thread;
    std::optional<Result<MachineEntry>> result; // the thread's until it has ended
    Finished finished;
    QTimer timer;
    int shownPercent = -1;
};

MachineTask::MachineTask(Work work, Finished finished, QObject *parent)
    : QObject(parent)
    , m_private(std::make_unique<Private>())
{
    m_private->finished = std::move(finished);
    m_private->thread.reset(
        QThread::create([state = m_private.get(), work = std::move(work)]() mutable {
            state->result = work(state->progress);
            work = nullptr; // with what it holds
        }));
    m_private->thread->start();
    connect(&m_private->timer, &QTimer::timeout, this, &MachineTask::poll);
    m_private->timer.start(PollInterval);
}

MachineTask::~MachineTask()
{
    m_private->progress.cancel();
    m_private->thread->wait();
}

void MachineTask::cancel()
{
    m_private->progress.cancel();
}

void MachineTask::poll()
{
    const int percent = m_private->progress.percent();
    if (percent != std::exchange(m_private->shownPercent, percent))
        emit progressed(percent);
    if (!m_private->thread->isFinished())
        return;
    m_private->timer.stop();
    const Finished finished = std::exchange(m_private->finished, nullptr);
    if (finished)
        finished(*m_private->result); // may want this deleted later
}

void MachineTask::waitForFinished()
{
    while (m_private->finished) {
        m_private->thread->wait(PollInterval);
        poll();
    }
}

} // namespace engine
