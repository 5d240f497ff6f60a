// SPDX-License-Identifier: GPL-3.0-or-later
// One queue of a vhost-user device, with threads of its own. Commands come on the connection's
// thread, one at a time.
//
// Requests are short and come one after the other, mostly, so whoever answers one takes the next,
// or waits for the doorbell; to wake somebody else for it would take longer than it does. Another
// one is woken where more than one request is there, and before one that goes to the disk. One more
// looks every moment, as long as requests come, whether a request takes long after all, and waits
// for the doorbell then.
#pragma once

#include "engine/base/patience.h"
#include "engine/devices/vhost_user_memory.h"
#include "engine/devices/virtio/virtqueue.h"
#include "engine/share/fuse_server.h"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace engine::vhost_user {

class Ring final
{
public:
    Ring(share::FuseServer &server, Fd wakeUp, unsigned threads);
    ~Ring();

    // What the front end says; all while it stands still, but for the last.
    void setSize(std::uint32_t size) { m_size = size; }
    void setAddress(const VringAddress &address) { m_address = address; }
    void setPosition(std::uint32_t position) { m_position = std::uint16_t(position); }
    std::uint16_t position() const { return m_position; }
    void setKick(Fd kick) { m_kick = std::move(kick); }
    void setEnabled(bool isEnabled) { m_isEnabled = isEnabled; }
    void setCall(Fd call);

    // Every request that was taken is answered when it returns.
    void stop();
    // When all that it needs is there.
    void start(const MappedMemory *memory, std::uint64_t features);

private:
    static constexpr std::uint16_t QueueSize = 1024;

    void work();
    void answer(const virtio::Chain &chain, std::unique_lock<std::mutex> &lock);
    void waitForDoorbell(std::unique_lock<std::mutex> &lock);
    void watch(std::unique_lock<std::mutex> &lock);
    void tellBroken();

    share::FuseServer &m_server;
    const Fd m_wakeUp;
    Fd m_kick;
    std::uint32_t m_size = QueueSize;
    std::uint16_t m_position = 0;
    VringAddress m_address{};
    bool m_isEnabled = false;

    std::mutex m_mutex; // for all below
    std::condition_variable m_changed;
    std::condition_variable m_idle;
    virtio::Virtqueue m_queue{QueueSize};
    Fd m_call;
    unsigned m_busy = 0; // requests that are being answered
    unsigned m_busyLong = 0; // those of them that were expected to take long
    std::uint64_t m_taken = 0; // requests so far
    bool m_hasWaiter = false; // for the doorbell
    bool m_hasWatcher = false;
    bool m_isRunning = false;
    bool m_isEnding = false;
    bool m_isTold = false;
    Patience m_patience; // the waiter's
    std::vector<std::thread> m_threads;
};

} // namespace engine::vhost_user
