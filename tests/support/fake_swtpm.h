// SPDX-License-Identifier: GPL-3.0-or-later
// The other end of swtpm's control channel, and of the data channel that it is handed: a TPM whose
// answers the test decides, on a thread of its own.
#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <poll.h>
#include <sys/socket.h>

namespace tests {

class FakeSwtpm final
{
public:
    using Bytes = std::vector<std::uint8_t>;

    FakeSwtpm()
    {
        int pair[2] = {-1, -1};
        engine::check(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0, "a pair");
        client = engine::Fd(pair[0]);
        m_control = engine::Fd(pair[1]);
        m_thread = std::thread([this] { loop(); });
    }
    ~FakeSwtpm()
    {
        end();
        m_thread.join();
    }

    // Closes both channels.
    void end()
    {
        const std::lock_guard lock(m_mutex);
        m_isEnding = true;
    }
    // To the command that waits, or out of turn; `pieces` at a time.
    void respond(const Bytes &bytes, std::size_t pieces = SIZE_MAX)
    {
        for (std::size_t at = 0; at < bytes.size();) {
            const std::size_t size = std::min(pieces, bytes.size() - at);
            engine::check(::send(m_data.get(), bytes.data() + at, size, MSG_NOSIGNAL)
                              == ssize_t(size),
                          "the data channel is full");
            at += size;
            std::this_thread::yield();
        }
    }
    // Once it has come.
    bool hasSeen(std::uint32_t command, std::size_t times = 1)
    {
        return wait([&] { return std::size_t(count(command)) >= times; });
    }
    Bytes nextCommand()
    {
        engine::check(wait([&] { return !m_commands.empty(); }), "no command came");
        const std::lock_guard lock(m_mutex);
        Bytes command = std::move(m_commands.front());
        m_commands.erase(m_commands.begin());
        return command;
    }
    std::vector<std::uint32_t> seen() const
    {
        const std::lock_guard lock(m_mutex);
        return m_seen;
    }
    // Held ones are not answered until let go.
    void hold(std::uint32_t command)
    {
        set([&] { m_held = command; });
    }
    void letGo()
    {
        set([&] { m_held = 0; });
    }
    void refuse(std::uint32_t command, std::uint32_t result)
    {
        set([&] { results[command] = result; });
    }

    engine::Fd client; // for who uses the TPM
    std::map<std::uint32_t, std::uint32_t> results; // by command, unless 0
    std::uint64_t capabilities = 0x3fff;
    std::array<Bytes, 3> blobs = {Bytes{1, 2, 3}, Bytes(5000, 7), Bytes{}};
    std::uint32_t blobLie = 0; // added to the length of what follows
    std::uint32_t lastInitFlags = 0;
    std::uint32_t mostBytes = 0x1000;

private:
    template <class Function>
    void set(Function function)
    {
        const std::lock_guard lock(m_mutex);
        function();
    }
    template <class Condition>
    bool wait(Condition condition)
    {
        using namespace std::chrono_literals;
        for (int i = 0; i < 10000; ++i) {
            {
                const std::lock_guard lock(m_mutex);
                if (condition())
                    return true;
            }
            std::this_thread::sleep_for(1ms);
        }
        return false;
    }
    std::ptrdiff_t count(std::uint32_t command) const
    {
        return std::count(m_seen.begin(), m_seen.end(), command);
    }

    static std::uint32_t number(const Bytes &bytes, std::size_t at)
    {
        std::uint32_t value = 0;
        for (std::size_t i = at; i < at + 4 && i < bytes.size(); ++i)
            value = (value << 8) | bytes[i];
        return value;
    }
    void say(std::initializer_list<std::uint32_t> numbers, const Bytes &more = {})
    {
        Bytes bytes;
        for (const std::uint32_t value : numbers)
            for (int shift = 24; shift >= 0; shift -= 8)
                bytes.push_back(std::uint8_t(value >> shift));
        bytes.insert(bytes.end(), more.begin(), more.end());
        [[maybe_unused]] const ssize_t sent =
            ::send(m_control.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    }

    void loop()
    {
        for (;;) {
            {
                const std::lock_guard lock(m_mutex);
                if (m_isEnding) {
                    m_control.reset();
                    m_data.reset();
                    return;
                }
                if (m_held == 0 && !m_waiting.empty())
                    handle(std::exchange(m_waiting, {}));
            }
            std::array<pollfd, 2> fds = {
                {{m_control.get(), POLLIN, 0}, {m_data.isOpen() ? m_data.get() : -1, POLLIN, 0}}};
            if (::poll(fds.data(), fds.size(), 2) <= 0)
                continue;
            const std::lock_guard lock(m_mutex);
            if (fds[0].revents != 0)
                readControl();
            if (fds[1].revents != 0)
                readData();
        }
    }

    // As swtpm: whatever is there is one request.
    void readControl()
    {
        Bytes request(8192);
        alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> space = {};
        iovec part = {request.data(), request.size()};
        msghdr message = {};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = space.data();
        message.msg_controllen = space.size();
        const ssize_t size = ::recvmsg(m_control.get(), &message, MSG_CMSG_CLOEXEC);
        if (size <= 0) {
            m_isEnding = true;
            return;
        }
        request.resize(std::size_t(size));
        if (const cmsghdr *header = CMSG_FIRSTHDR(&message)) {
            int descriptor = -1;
            std::memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
            m_data = engine::Fd(descriptor);
        }
        m_seen.push_back(number(request, 0));
        if (m_held == m_seen.back())
            m_waiting = std::move(request);
        else
            handle(request);
    }

    void handle(const Bytes &request)
    {
        const std::uint32_t command = number(request, 0);
        const std::uint32_t result = results.contains(command) ? results[command] : 0;
        switch (command) {
        case 0x01:
            return say({std::uint32_t(capabilities >> 32), std::uint32_t(capabilities)});
        case 0x02:
            lastInitFlags = number(request, 4);
            return say({result});
        case 0x0c: {
            const Bytes &blob = blobs.at(number(request, 8) - 1);
            return say({blob.empty() ? 0x800 : result, 1, std::uint32_t(blob.size()),
                        std::uint32_t(blob.size()) + blobLie},
                       blob);
        }
        case 0x0d: {
            Bytes blob(request.begin() + 16, request.end());
            const std::size_t size = number(request, 12);
            while (blob.size() < size) {
                Bytes more(size - blob.size());
                const ssize_t got = ::recv(m_control.get(), more.data(), more.size(), 0);
                if (got <= 0)
                    return;
                blob.insert(blob.end(), more.begin(), more.begin() + got);
            }
            blobs.at(number(request, 8) - 1) = blob;
            return say({result});
        }
        case 0x11:
            return say({result, std::min(number(request, 4), mostBytes), 16, mostBytes});
        default:
            return say({result});
        }
    }

    void readData()
    {
        Bytes command(8192);
        const ssize_t size = ::recv(m_data.get(), command.data(), command.size(), 0);
        if (size <= 0) {
            m_data.reset();
            return;
        }
        command.resize(std::size_t(size));
        m_commands.push_back(std::move(command));
    }

    mutable std::mutex m_mutex;
    bool m_isEnding = false;
    engine::Fd m_control;
    engine::Fd m_data;
    std::vector<std::uint32_t> m_seen; // requests
    std::vector<Bytes> m_commands;
    std::uint32_t m_held = 0;
    Bytes m_waiting;
    std::thread m_thread;
};

} // namespace tests
