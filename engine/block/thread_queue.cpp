// SPDX-License-Identifier: GPL-3.0-or-later
// The same without io_uring, by threads; and the one thread that writes where writing waits.
#include "engine/base/patience.h"
#include "engine/base/thread_filter.h"
#include "engine/block/io_queue.h"

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/prctl.h>

namespace engine {

namespace {

constexpr unsigned ThreadCount = 4;
// Answers that the loop looks for before it turns to its other sources.
constexpr int RoundsWithoutSleep = 8;

std::int64_t perform(const IoJob &job)
{
    const auto offset = off_t(job.offset);
    const int count = int(job.buffers.size());
    std::int64_t result = -1;
    switch (job.call) {
    case IoCall::Read:
        result = ::preadv(job.file, job.buffers.data(), count, offset);
        break;
    case IoCall::Write:
        result = ::pwritev(job.file, job.buffers.data(), count, offset);
        break;
    case IoCall::Sync:
        result = ::fdatasync(job.file);
        break;
    case IoCall::Allocate:
        result = ::fallocate(job.file, job.mode, offset, off_t(job.length));
        break;
    }
    return result < 0 ? -errno : result;
}

// What the threads share with the loop, which may use it for a moment after the queue is gone.
class Crew final : public PollSource, public std::enable_shared_from_this<Crew>
{
public:
    Crew(PollLoop &loop, bool isPatient)
        : m_loop(loop)
        , m_isPatient(isPatient)
    { }

    void submit(IoJob &job);
    void work() noexcept; // a thread's life
    void end();
    void preparePoll(PollSet &set) override;
    void handlePoll(const PollSet &) override { }

private:
    void deliver();
    void lookForJob(std::unique_lock<std::mutex> &lock, Patience &patience);
    void add(IoJob &job, std::int64_t result, std::unique_lock<std::mutex> &lock);

    struct Answer
    {
        IoJob *job;
        std::int64_t result;
    };

    PollLoop &m_loop;
    // Threads and loop look for one another for a moment before they sleep.
    const bool m_isPatient;
    Patience m_loopPatience; // the loop's own
    // To be looked at without the lock, and changed with it.
    std::atomic<bool> m_hasJobs = false;
    std::atomic<bool> m_hasAnswers = false;

    std::mutex m_mutex; // for all below
    std::condition_variable m_work;
    std::deque<IoJob *> m_jobs;
    std::vector<Answer> m_answers;
    unsigned m_unanswered = 0;
    bool m_isThreadLooking = false; // one that takes the next job unasked
    bool m_isLoopLooking = false;
    bool m_isAnswerPosted = false;
    bool m_isEnding = false;
};

void Crew::submit(IoJob &job)
{
    bool isSeen = false;
    {
        const std::lock_guard lock(m_mutex);
        m_jobs.push_back(&job);
        m_hasJobs = true;
        ++m_unanswered;
        isSeen = std::exchange(m_isThreadLooking, false);
    }
    if (!isSeen)
        m_work.notify_one();
}

void Crew::lookForJob(std::unique_lock<std::mutex> &lock, Patience &patience)
{
    if (!m_isPatient || m_isEnding || m_isThreadLooking)
        return;
    m_isThreadLooking = true;
    lock.unlock();
    patience.sees([this] { return m_hasJobs.load(std::memory_order_relaxed); });
    lock.lock();
    m_isThreadLooking = false;
}

void Crew::work() noexcept
{
    ::prctl(PR_SET_NAME, "block");
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
    confineThread(ThreadRole::Block);
    Patience patience;
    std::unique_lock lock(m_mutex);
    for (;;) {
        if (m_jobs.empty())
            lookForJob(lock, patience);
        m_work.wait(lock, [this] { return m_isEnding || !m_jobs.empty(); });
        if (m_jobs.empty())
            return;
        IoJob *const job = m_jobs.front();
        m_jobs.pop_front();
        m_hasJobs = !m_jobs.empty();
        lock.unlock();
        const std::int64_t result = perform(*job);
        lock.lock();
        add(*job, result, lock);
    }
}

void Crew::add(IoJob &job, std::int64_t result, std::unique_lock<std::mutex> &lock)
{
    m_answers.push_back({&job, result});
    m_hasAnswers = true;
    if (m_isLoopLooking || std::exchange(m_isAnswerPosted, true))
        return;
    lock.unlock();
    m_loop.post([crew = shared_from_this()] { crew->deliver(); });
    lock.lock();
}

void Crew::deliver()
{
    std::vector<Answer> answers;
    {
        const std::lock_guard lock(m_mutex);
        answers.swap(m_answers);
        m_hasAnswers = false;
        m_unanswered -= unsigned(answers.size());
        m_isLoopLooking = false;
        m_isAnswerPosted = false;
    }
    for (const Answer &answer : answers)
        answer.job->answered(answer.result);
}

void Crew::preparePoll(PollSet &set)
{
    bool isThere = m_isPatient;
    for (int i = 0; i < RoundsWithoutSleep && isThere; ++i) {
        {
            const std::lock_guard lock(m_mutex);
            m_isLoopLooking = m_unanswered > 0;
            if (!m_isLoopLooking)
                return;
        }
        isThere =
            m_loopPatience.sees([this] { return m_hasAnswers.load(std::memory_order_relaxed); });
        deliver();
    }
    // The loop comes back to those that it would have seen now.
    if (isThere)
        set.wakeBy(PollClock::now());
}

void Crew::end()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isEnding = true;
    }
    m_work.notify_all();
}

class ThreadQueue final : public IoQueue
{
public:
    ThreadQueue(PollLoop &loop, unsigned threads, bool isPatient)
        : m_loop(loop)
        , m_crew(std::make_shared<Crew>(loop, isPatient))
    {
        // Now and not when there is something to do: who submits may be a vCPU, which may not make
        // threads.
        for (unsigned i = 0; i < threads; ++i)
            m_threads.emplace_back([crew = m_crew]() noexcept { crew->work(); });
        if (isPatient)
            m_loop.post([&loop, added = m_crew] { loop.add(added.get()); });
    }
    ~ThreadQueue() override
    {
        m_crew->end();
        for (std::thread &thread : m_threads)
            thread.join();
        // Maybe from within the crew's own callback, so it goes later.
        m_loop.post([&loop = m_loop, crew = m_crew] { loop.remove(crew.get()); });
    }
    ThreadQueue(const ThreadQueue &) = delete;
    ThreadQueue &operator=(const ThreadQueue &) = delete;

    void submit(IoJob &job) override
    {
        // A copy, as the queue may be gone before it returns: its last job was answered.
        const std::shared_ptr<Crew> crew = m_crew;
        crew->submit(job);
    }

private:
    PollLoop &m_loop;
    std::shared_ptr<Crew> m_crew;
    std::vector<std::thread> m_threads;
};

} // namespace

std::unique_ptr<IoQueue> IoQueue::makeThreads(PollLoop &loop)
{
    return std::make_unique<ThreadQueue>(loop, ThreadCount, false);
}

std::unique_ptr<IoQueue> IoQueue::makeWriter(PollLoop &loop)
{
    return std::make_unique<ThreadQueue>(loop, 1, true);
}

} // namespace engine
