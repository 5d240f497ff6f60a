// SPDX-License-Identifier: GPL-3.0-or-later
// The same without io_uring: four threads.
#include "engine/base/thread_filter.h"
#include "engine/block/io_queue.h"

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/prctl.h>

namespace engine {

namespace {

constexpr unsigned ThreadCount = 4;

struct Answer
{
    IoJob *job;
    std::int64_t result;
};

// What the threads share with answers that are posted: these may outlive the queue for a moment.
struct Shared
{
    explicit Shared(PollLoop &pollLoop)
        : loop(pollLoop)
    { }

    PollLoop &loop;
    std::mutex mutex; // for all below
    std::condition_variable work;
    std::deque<IoJob *> jobs;
    std::vector<Answer> answers;
    bool isAnswerPosted = false;
    bool isEnding = false;
};

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

void deliver(Shared &shared)
{
    std::vector<Answer> answers;
    {
        const std::lock_guard lock(shared.mutex);
        answers.swap(shared.answers);
        shared.isAnswerPosted = false;
    }
    for (const Answer &answer : answers)
        answer.job->answered(answer.result);
}

void work(const std::shared_ptr<Shared> &shared) noexcept
{
    ::prctl(PR_SET_NAME, "block");
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
    confineThread(ThreadRole::Block);
    std::unique_lock lock(shared->mutex);
    for (;;) {
        shared->work.wait(lock, [&] { return shared->isEnding || !shared->jobs.empty(); });
        if (shared->jobs.empty())
            return;
        IoJob *const job = shared->jobs.front();
        shared->jobs.pop_front();
        lock.unlock();
        const std::int64_t result = perform(*job);
        lock.lock();
        shared->answers.push_back({job, result});
        if (std::exchange(shared->isAnswerPosted, true))
            continue;
        lock.unlock();
        shared->loop.post([shared] { deliver(*shared); });
        lock.lock();
    }
}

class ThreadQueue final : public IoQueue
{
public:
    explicit ThreadQueue(PollLoop &loop)
        : m_shared(std::make_shared<Shared>(loop))
    {
        // Now and not when there is something to do: who submits may be a vCPU, which may not make
        // threads.
        for (unsigned i = 0; i < ThreadCount; ++i)
            m_threads.emplace_back([shared = m_shared]() noexcept { work(shared); });
    }
    ~ThreadQueue() override
    {
        {
            const std::lock_guard lock(m_shared->mutex);
            m_shared->isEnding = true;
        }
        m_shared->work.notify_all();
        for (std::thread &thread : m_threads)
            thread.join();
    }
    ThreadQueue(const ThreadQueue &) = delete;
    ThreadQueue &operator=(const ThreadQueue &) = delete;

    void submit(IoJob &job) override
    {
        // A copy, as the queue may be gone after the lock: its last job was answered.
        const std::shared_ptr<Shared> shared = m_shared;
        {
            const std::lock_guard lock(shared->mutex);
            shared->jobs.push_back(&job);
        }
        shared->work.notify_one();
    }

private:
    std::shared_ptr<Shared> m_shared;
    std::vector<std::thread> m_threads;
};

} // namespace

std::unique_ptr<IoQueue> IoQueue::makeThreads(PollLoop &loop)
{
    return std::make_unique<ThreadQueue>(loop);
}

} // namespace engine
