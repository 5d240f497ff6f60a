// SPDX-License-Identifier: GPL-3.0-or-later
// System calls on files, done in the background and answered on a poll loop's thread: by io_uring
// where the kernel lets us, else by a few threads.
#pragma once

#include "engine/base/poll_loop.h"
#include "engine/base/result.h"

#include <cstdint>
#include <memory>
#include <span>

#include <sys/uio.h>

namespace engine {

enum class IoCall : std::uint8_t { Read, Write, Sync, Allocate };

// One call. It belongs to who submits it and stays where it is until answered() is called.
class IoJob
{
public:
    virtual ~IoJob() = default;
    // On the loop's thread, never from within submit(). What the call returned, or minus its errno.
    virtual void answered(std::int64_t result) = 0;

    IoCall call = IoCall::Read;
    int file = -1;
    std::uint64_t offset = 0;
    std::span<const iovec> buffers; // Read and Write: preadv(2), pwritev(2); at most IOV_MAX
    std::uint64_t length = 0; // Allocate: fallocate(2)
    int mode = 0; // Allocate
    bool mayWait = false; // from the start: the call said EAGAIN before
};

class IoQueue
{
public:
    virtual ~IoQueue() = default; // nothing is in flight; also from within answered()
    virtual void submit(IoJob &job) = 0; // any thread

    // Fails where the kernel has no io_uring, or refuses it (sysctl kernel.io_uring_disabled, a
    // seccomp filter, RLIMIT_MEMLOCK).
    static Result<std::unique_ptr<IoQueue>> makeUring(PollLoop &loop);
    static std::unique_ptr<IoQueue> makeThreads(PollLoop &loop);
    // One thread, for calls that are short and exclude one another. It and the loop look for each
    // other's next word for a moment before they sleep (patience.h).
    static std::unique_ptr<IoQueue> makeWriter(PollLoop &loop);
};

} // namespace engine
