// SPDX-License-Identifier: GPL-3.0-or-later
// io_uring(7). Only the loop's thread enters the kernel: requests of an exiting thread would be
// cancelled, and what a vCPU thread submits would interrupt its guest when it completes. Others
// leave their jobs in a list and wake the loop, which submits all there are at once.
#include "engine/block/io_queue.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <mutex>

#include <liburing.h>

namespace engine {

namespace {

constexpr unsigned Entries = 128;
// What is in the page cache is answered while it is submitted: look for it that often before
// sleeping, and not forever, since the loop has other sources.
constexpr int RoundsWithoutSleep = 8;

class Ring final : public PollSource
{
public:
    explicit Ring(PollLoop &loop)
        : m_loop(loop)
    { }
    ~Ring() override
    {
        if (m_isOpen)
            io_uring_queue_exit(&m_ring);
    }

    Result<> open();
    void submit(IoJob &job);
    void preparePoll(PollSet &set) override;
    void handlePoll(const PollSet &set) override;

private:
    void push();
    void fill(io_uring_sqe &entry, IoJob &job);
    bool reap(); // true: something was answered

    PollLoop &m_loop;
    io_uring m_ring = {};
    bool m_isOpen = false;
    unsigned m_inKernel = 0;
    std::deque<IoJob *> m_next; // the loop's own
    std::mutex m_mutex; // for the two below
    std::vector<IoJob *> m_submitted;
    bool m_isWakeUpPosted = false;
};

Result<> Ring::open()
{
    const int opened = io_uring_queue_init(Entries, &m_ring, 0);
    if (opened < 0)
        return Error(ErrorKind::Unsupported,
                     std::string("The kernel gives no io_uring: ") + std::strerror(-opened));
    m_isOpen = true;
    // Before 5.6 there is io_uring without fallocate.
    io_uring_probe *const probe = io_uring_get_probe_ring(&m_ring);
    const bool isEnough = probe && io_uring_opcode_supported(probe, IORING_OP_FALLOCATE) != 0;
    if (probe)
        io_uring_free_probe(probe);
    if (!isEnough)
        return Error(ErrorKind::Unsupported, "The kernel's io_uring is too old");
    return {};
}

void Ring::submit(IoJob &job)
{
    bool isWakeUpWanted = false;
    {
        const std::lock_guard lock(m_mutex);
        m_submitted.push_back(&job);
        if (!m_isWakeUpPosted && !m_loop.isOwnThread())
            isWakeUpWanted = m_isWakeUpPosted = true;
    }
    if (isWakeUpWanted)
        m_loop.post([] {}); // preparePoll() follows
}

void Ring::fill(io_uring_sqe &entry, IoJob &job)
{
    const auto count = unsigned(job.buffers.size());
    switch (job.call) {
    case IoCall::Read:
        io_uring_prep_readv(&entry, job.file, job.buffers.data(), count, job.offset);
        break;
    case IoCall::Write:
        io_uring_prep_writev(&entry, job.file, job.buffers.data(), count, job.offset);
        break;
    case IoCall::Sync:
        io_uring_prep_fsync(&entry, job.file, IORING_FSYNC_DATASYNC);
        break;
    case IoCall::Allocate:
        io_uring_prep_fallocate(&entry, job.file, job.mode, off_t(job.offset), off_t(job.length));
        break;
    }
    if (job.mayWait)
        entry.flags = std::uint8_t(entry.flags | IOSQE_ASYNC);
    io_uring_sqe_set_data(&entry, &job);
}

void Ring::push()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isWakeUpPosted = false;
        m_next.insert(m_next.end(), m_submitted.begin(), m_submitted.end());
        m_submitted.clear();
    }
    // No more in the kernel than the completion queue has room for.
    while (!m_next.empty() && m_inKernel < Entries) {
        io_uring_sqe *const entry = io_uring_get_sqe(&m_ring);
        if (!entry)
            break;
        fill(*entry, *m_next.front());
        m_next.pop_front();
        ++m_inKernel;
    }
    // What the kernel does not take now (EAGAIN, EBUSY, EINTR) stays in the queue for next time.
    if (io_uring_sq_ready(&m_ring) > 0)
        io_uring_submit(&m_ring);
}

bool Ring::reap()
{
    std::array<io_uring_cqe *, Entries> entries = {};
    struct Answer
    {
        IoJob *job;
        std::int64_t result;
    };
    std::array<Answer, Entries> answers = {};
    const unsigned count = io_uring_peek_batch_cqe(&m_ring, entries.data(), Entries);
    for (unsigned i = 0; i < count; ++i)
        // The kernel hands back what fill() gave it.
        answers[i] = {static_cast<IoJob *>(io_uring_cqe_get_data(entries[i])), entries[i]->res};
    io_uring_cq_advance(&m_ring, count);
    m_inKernel -= count;
    for (unsigned i = 0; i < count; ++i)
        answers[i].job->answered(answers[i].result);
    return count > 0;
}

void Ring::preparePoll(PollSet &set)
{
    push();
    for (int i = 0; i < RoundsWithoutSleep && reap(); ++i)
        push();
    if (io_uring_cq_ready(&m_ring) > 0 || io_uring_sq_ready(&m_ring) > 0)
        set.wakeBy(PollClock::now());
    // Readable while there are completions.
    if (m_inKernel > 0)
        set.add(m_ring.ring_fd, POLLIN);
}

// The next round's preparePoll() looks for completions.
void Ring::handlePoll(const PollSet &) { }

class UringQueue final : public IoQueue
{
public:
    UringQueue(PollLoop &loop, std::shared_ptr<Ring> ring)
        : m_loop(loop)
        , m_ring(std::move(ring))
    {
        m_loop.post([&loop, added = m_ring] { loop.add(added.get()); });
    }
    ~UringQueue() override
    {
        // Maybe from within the ring's own callback, so it goes later.
        m_loop.post([&loop = m_loop, ring = m_ring] { loop.remove(ring.get()); });
    }
    UringQueue(const UringQueue &) = delete;
    UringQueue &operator=(const UringQueue &) = delete;

    void submit(IoJob &job) override { m_ring->submit(job); }

private:
    PollLoop &m_loop;
    std::shared_ptr<Ring> m_ring;
};

} // namespace

Result<std::unique_ptr<IoQueue>> IoQueue::makeUring(PollLoop &loop)
{
    auto ring = std::make_shared<Ring>(loop);
    TRY(ring->open());
    return std::unique_ptr<IoQueue>(std::make_unique<UringQueue>(loop, std::move(ring)));
}

} // namespace engine
