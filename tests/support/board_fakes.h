// SPDX-License-Identifier: GPL-3.0-or-later
// What a chip is connected to, without a virtual machine: a clock that a test turns, lines and
// messages that are remembered, memory, windows and disks in memory.
#pragma once

#include "engine/base/guest_clock.h"
#include "engine/block/block_device.h"
#include "engine/bus/bus.h"
#include "engine/bus/guest_memory.h"
#include "engine/bus/irq_line.h"
#include "engine/bus/memory_mapper.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace tests {

class ManualClock final : public engine::GuestClock
{
public:
    engine::GuestTime now() const override { return m_now; }
    std::chrono::nanoseconds wallTime() const override { return m_wallStart + m_now; }
    void setWallTime(std::chrono::nanoseconds time) { m_wallStart = time - m_now; }
    std::unique_ptr<engine::Timer> makeTimer(std::mutex &lock,
                                             std::function<void()> expired) override
    {
        return std::make_unique<ManualTimer>(*this, lock, std::move(expired));
    }

    bool isAnyTimerArmed() const
    {
        return std::any_of(m_timers.begin(), m_timers.end(),
                           [](const ManualTimer *timer) { return timer->m_deadline.has_value(); });
    }

    // Lets time pass; timers expire in their order, each at its own time.
    void advance(std::chrono::nanoseconds duration)
    {
        const engine::GuestTime end = m_now + duration;
        for (;;) {
            ManualTimer *next = nullptr;
            for (ManualTimer *timer : m_timers)
                if (timer->m_deadline && *timer->m_deadline <= end
                    && (!next || *timer->m_deadline < *next->m_deadline))
                    next = timer;
            if (!next)
                break;
            m_now = std::max(m_now, *next->m_deadline);
            next->m_deadline.reset();
            const std::lock_guard lock(next->m_lock);
            next->m_expired();
        }
        m_now = end;
    }

private:
    class ManualTimer final : public engine::Timer
    {
    public:
        ManualTimer(ManualClock &clock, std::mutex &lock, std::function<void()> expired)
            : m_clock(clock)
            , m_lock(lock)
            , m_expired(std::move(expired))
        {
            m_clock.m_timers.push_back(this);
        }
        ~ManualTimer() override { std::erase(m_clock.m_timers, this); }
        void arm(engine::GuestTime deadline) override { m_deadline = deadline; }
        void disarm() override { m_deadline.reset(); }
        std::optional<engine::GuestTime> deadline() const override { return m_deadline; }

        ManualClock &m_clock;
        std::mutex &m_lock;
        std::function<void()> m_expired;
        std::optional<engine::GuestTime> m_deadline;
    };

    engine::GuestTime m_now = {};
    std::chrono::nanoseconds m_wallStart = {};
    std::vector<ManualTimer *> m_timers;
};

class RecordingIrq final : public engine::IrqLine
{
public:
    void set(bool isAsserted) override
    {
        if (isAsserted && !level)
            ++risingEdges;
        level = isAsserted;
    }
    bool level = false;
    int risingEdges = 0;
};

class RecordingMsi final : public engine::MsiSink
{
public:
    struct Message
    {
        std::uint64_t address;
        std::uint32_t data;
    };
    void send(std::uint64_t address, std::uint32_t data) override
    {
        messages.push_back({address, data});
    }
    std::vector<Message> messages;
};

// RAM from guest address 0, in whole pages of the host's; everything else is not memory. Its end is
// the end of an allocation, so that a sanitizer sees who goes beyond it.
class FakeRam final
{
public:
    explicit FakeRam(std::size_t bytes)
        : m_storage(allocate(bytes))
        , m_bytes(m_storage.get(), bytes)
        , memory({{0, m_bytes}})
    { }
    std::uint8_t *at(std::uint64_t address) { return m_bytes.data() + address; }
    std::size_t size() const { return m_bytes.size(); }

private:
    struct Free
    {
        void operator()(std::uint8_t *bytes) const { std::free(bytes); }
    };
    static std::unique_ptr<std::uint8_t[], Free> allocate(std::size_t bytes)
    {
        constexpr std::size_t PageBytes = 4096;
        void *made = nullptr;
        engine::check(::posix_memalign(&made, PageBytes, bytes) == 0, "no memory for a guest");
        std::memset(made, 0, bytes);
        return std::unique_ptr<std::uint8_t[], Free>(static_cast<std::uint8_t *>(made));
    }

    std::unique_ptr<std::uint8_t[], Free> m_storage;
    std::span<std::uint8_t> m_bytes;

public:
    engine::GuestMemory memory;
};

class FakeMapper final : public engine::MemoryMapper
{
public:
    class Window final : public engine::MappedMemory
    {
    public:
        Window(FakeMapper &mapper, std::string windowName, std::span<std::uint8_t> hostMemory,
               engine::MappedAccess windowAccess)
            : name(std::move(windowName))
            , host(hostMemory)
            , access(windowAccess)
            , m_mapper(mapper)
        {
            m_mapper.windows.push_back(this);
        }
        ~Window() override { std::erase(m_mapper.windows, this); }
        void map(std::uint64_t guestAddress, std::uint64_t offset, std::uint64_t bytes) override
        {
            address = guestAddress;
            hostOffset = offset;
            size = bytes;
        }
        void unmap() override { address.reset(); }
        void setDirtyLogged(bool logged) override { isLogged = logged; }
        bool collectDirty(std::span<std::uint64_t> bitmap) override
        {
            if (!address || !isLogged)
                return false;
            for (const std::size_t page : dirtyPages)
                if (page / 64 < bitmap.size())
                    bitmap[page / 64] |= std::uint64_t(1) << (page % 64);
            dirtyPages.clear();
            return true;
        }

        std::string name;
        std::span<std::uint8_t> host;
        engine::MappedAccess access;
        std::optional<std::uint64_t> address;
        std::uint64_t hostOffset = 0;
        std::uint64_t size = 0;
        bool isLogged = false;
        std::vector<std::size_t> dirtyPages; // the test fills it

    private:
        FakeMapper &m_mapper;
    };

    std::unique_ptr<engine::MappedMemory> makeWindow(std::string name, std::span<std::uint8_t> host,
                                                     engine::MappedAccess access) override
    {
        return std::make_unique<Window>(*this, std::move(name), host, access);
    }
    void setCoalesced(std::uint64_t guestAddress, std::uint64_t size, bool isOn) override
    {
        const std::pair zone(guestAddress, size);
        if (isOn)
            gathered.push_back(zone);
        else
            std::erase(gathered, zone);
    }
    void drainCoalesced() override
    {
        if (const auto write = std::exchange(pendingWrite, nullptr))
            write();
    }

    Window *window(std::string_view name)
    {
        for (Window *each : windows)
            if (each->name == name)
                return each;
        return nullptr;
    }
    std::vector<Window *> windows;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> gathered; // address, size
    std::function<void()> pendingWrite; // what comes when it is drained; the test's
};

// A disk in memory. Requests wait until complete() (or are answered at once by answerAll()).
class FakeDisk final : public engine::BlockDevice
{
public:
    explicit FakeDisk(std::size_t size)
        : bytes(size)
    { }
    std::uint64_t sizeBytes() const override { return bytes.size(); }
    bool isReadOnly() const override { return readOnly; }
    bool canDiscard() const override { return true; }
    void submit(engine::BlockRequest request) override { pending.push_back(std::move(request)); }

    // Answers the oldest request; false when there is none.
    bool complete()
    {
        if (pending.empty())
            return false;
        engine::BlockRequest request = std::move(pending.front());
        pending.pop_front();
        engine::Result<> result =
            failure ? engine::Result<>(engine::Error(*failure)) : perform(request);
        request.completed(std::move(result));
        return true;
    }
    void answerAll()
    {
        while (complete()) { }
    }

    std::vector<std::uint8_t> bytes;
    bool readOnly = false;
    std::optional<engine::Error> failure; // what requests are answered with
    std::deque<engine::BlockRequest> pending;
    int flushes = 0;

private:
    engine::Result<> perform(const engine::BlockRequest &request)
    {
        using engine::BlockOperation;
        if (request.operation == BlockOperation::Flush) {
            ++flushes;
            return {};
        }
        if (request.offset > bytes.size() || request.length > bytes.size() - request.offset)
            return engine::Error(engine::ErrorKind::Invalid, "beyond the end");
        std::uint8_t *at = bytes.data() + request.offset;
        if (request.operation == BlockOperation::WriteZeroes
            || request.operation == BlockOperation::Discard) {
            std::memset(at, 0, std::size_t(request.length));
            return {};
        }
        for (const iovec &buffer : request.buffers) {
            if (request.operation == BlockOperation::Read)
                std::memcpy(buffer.iov_base, at, buffer.iov_len);
            else
                std::memcpy(at, buffer.iov_base, buffer.iov_len);
            at += buffer.iov_len;
        }
        return {};
    }
};

} // namespace tests
