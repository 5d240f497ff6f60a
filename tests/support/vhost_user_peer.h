// SPDX-License-Identifier: GPL-3.0-or-later
// The other half of a vhost-user connection, as a test wants it: answers like a good one, but at
// the request where it is told to be silent, to lie or to go. And memory that it could map.
#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/bus/guest_memory.h"

#include <array>
#include <condition_variable>
#include <cstring>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

namespace tests {

// FakeRam in a file of the memory's.
class SharedRam final
{
public:
    explicit SharedRam(std::size_t bytes)
        : m_file(::memfd_create("guest", MFD_CLOEXEC))
        , m_bytes(map(m_file.get(), bytes))
        , memory({{.guestAddress = 0, .host = m_bytes, .descriptor = m_file.get()}})
    { }
    ~SharedRam() { ::munmap(m_bytes.data(), m_bytes.size()); }
    SharedRam(const SharedRam &) = delete;
    SharedRam &operator=(const SharedRam &) = delete;
    std::uint8_t *at(std::uint64_t address) { return m_bytes.data() + address; }
    std::size_t size() const { return m_bytes.size(); }

private:
    static std::span<std::uint8_t> map(int file, std::size_t bytes)
    {
        engine::check(::ftruncate(file, off_t(bytes)) == 0, "no memory");
        void *memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        engine::check(memory != MAP_FAILED, "no memory");
        return {static_cast<std::uint8_t *>(memory), bytes};
    }

    engine::Fd m_file;
    std::span<std::uint8_t> m_bytes;

public:
    engine::GuestMemory memory;
};

// Both ends of a connection.
inline std::array<engine::Fd, 2> connectedSockets()
{
    int ends[2] = {-1, -1};
    engine::check(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0, "no sockets");
    return {engine::Fd(ends[0]), engine::Fd(ends[1])};
}

class VhostUserPeer final
{
public:
    enum Request : std::uint32_t {
        GetFeatures = 1,
        SetFeatures = 2,
        SetOwner = 3,
        SetMemTable = 5,
        SetVringNum = 8,
        SetVringAddr = 9,
        SetVringBase = 10,
        GetVringBase = 11,
        SetVringKick = 12,
        SetVringCall = 13,
        GetProtocolFeatures = 15,
        SetProtocolFeatures = 16,
        GetQueueNum = 17,
        SetVringEnable = 18,
        GetConfig = 24,
    };
    enum class Fault {
        None,
        Silent,
        Close,
        WrongRequest,
        WrongSize,
        HugeSize,
        Refusal,
        NoFeatures
    };
    struct Behaviour
    {
        Fault fault = Fault::None;
        std::uint32_t at = 0; // the request
        std::uint64_t queues = 2;
    };
    struct Seen
    {
        std::uint32_t request = 0;
        std::string payload;
        std::size_t descriptors = 0;
    };

    explicit VhostUserPeer(engine::Fd socket)
        : VhostUserPeer(std::move(socket), Behaviour())
    { }
    VhostUserPeer(engine::Fd socket, Behaviour behaviour)
        : m_socket(std::move(socket))
        , m_behaviour(behaviour)
        , m_thread([this] { serve(); })
    { }
    ~VhostUserPeer()
    {
        ::shutdown(m_socket.get(), SHUT_RDWR);
        m_thread.join();
    }

    // The next one of this kind that was not asked for yet; empty when it does not come.
    bool waitFor(std::uint32_t request, std::uint32_t ring = NoRing)
    {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, std::chrono::seconds(20), [&] {
            for (std::size_t i = m_looked; i < m_seen.size(); ++i) {
                if (m_seen[i].request != request
                    || (ring != NoRing && word(m_seen[i].payload, 0) != ring))
                    continue;
                m_looked = i + 1;
                return true;
            }
            return false;
        });
    }
    std::vector<Seen> seen() const
    {
        const std::lock_guard lock(m_mutex);
        return m_seen;
    }
    // The last one's number, of a ring: what was set as its position, say.
    std::uint32_t number(std::uint32_t request, std::uint32_t ring) const
    {
        const std::lock_guard lock(m_mutex);
        std::uint32_t number = ~0u;
        for (const Seen &each : m_seen)
            if (each.request == request && word(each.payload, 0) == ring)
                number = word(each.payload, 4);
        return number;
    }
    int kick(std::uint32_t ring) const
    {
        const std::lock_guard lock(m_mutex);
        return m_kicks.at(ring).get();
    }
    int call(std::uint32_t ring) const
    {
        const std::lock_guard lock(m_mutex);
        return m_calls.at(ring).get();
    }
    // What GET_VRING_BASE is answered with.
    void setPosition(std::uint32_t ring, std::uint32_t position)
    {
        const std::lock_guard lock(m_mutex);
        m_positions[ring] = position;
    }
    void close() { ::shutdown(m_socket.get(), SHUT_RDWR); }
    void say(const std::string &bytes)
    {
        // Who does not listen any more misses it.
        [[maybe_unused]] const ssize_t sent =
            ::send(m_socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    }

    static std::uint32_t word(const std::string &payload, std::size_t at)
    {
        std::uint32_t value = ~0u;
        if (at + sizeof value <= payload.size())
            std::memcpy(&value, payload.data() + at, sizeof value);
        return value;
    }

private:
    static constexpr std::uint32_t NoRing = ~0u;
    static constexpr std::uint64_t Features = (std::uint64_t(1) << 32) | (std::uint64_t(7) << 28);
    static constexpr std::uint64_t ProtocolFeatures = 1 | 8 | (1 << 9);

    void serve()
    {
        std::uint32_t header[3] = {};
        std::vector<engine::Fd> descriptors;
        while (receive(header, sizeof header, descriptors)) {
            std::string payload(header[2], '\0');
            if (!receive(payload.data(), payload.size(), descriptors))
                return;
            if (!handle(header, payload, descriptors))
                return;
            descriptors.clear();
        }
    }

    bool receive(void *bytes, std::size_t size, std::vector<engine::Fd> &descriptors)
    {
        auto *at = static_cast<char *>(bytes);
        while (size > 0) {
            iovec part{at, size};
            alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * 8)];
            msghdr head{};
            head.msg_iov = &part;
            head.msg_iovlen = 1;
            head.msg_control = control;
            head.msg_controllen = sizeof control;
            const ssize_t count = ::recvmsg(m_socket.get(), &head, MSG_CMSG_CLOEXEC);
            if (count <= 0)
                return false;
            for (cmsghdr *one = CMSG_FIRSTHDR(&head); one; one = CMSG_NXTHDR(&head, one))
                for (std::size_t i = 0; CMSG_LEN((i + 1) * sizeof(int)) <= one->cmsg_len; ++i) {
                    int descriptor = -1;
                    std::memcpy(&descriptor, CMSG_DATA(one) + i * sizeof(int), sizeof descriptor);
                    descriptors.emplace_back(descriptor);
                }
            at += count;
            size -= std::size_t(count);
        }
        return true;
    }

    bool handle(const std::uint32_t (&header)[3], const std::string &payload,
                std::vector<engine::Fd> &descriptors)
    {
        const std::uint32_t request = header[0];
        std::string answer;
        {
            const std::lock_guard lock(m_mutex);
            m_seen.push_back({request, payload, descriptors.size()});
            if (request == SetVringKick && !descriptors.empty())
                m_kicks[word(payload, 0)] = std::move(descriptors.front());
            if (request == SetVringCall && !descriptors.empty())
                m_calls[word(payload, 0)] = std::move(descriptors.front());
            answer = answerTo(header, payload);
            m_changed.notify_all();
        }
        const bool isFaulty = m_behaviour.at == request;
        if (isFaulty && m_behaviour.fault == Fault::Close) {
            ::shutdown(m_socket.get(), SHUT_RDWR);
            return false;
        }
        if (answer.empty() || (isFaulty && m_behaviour.fault == Fault::Silent))
            return true;
        std::uint32_t reply[3] = {request, 5, std::uint32_t(answer.size())};
        if (isFaulty && m_behaviour.fault == Fault::WrongRequest)
            reply[0] = 77;
        if (isFaulty && m_behaviour.fault == Fault::WrongSize)
            answer.resize(reply[2] = 4);
        if (isFaulty && m_behaviour.fault == Fault::HugeSize)
            reply[2] = 0x7fffffff;
        if (isFaulty && m_behaviour.fault == Fault::Refusal)
            answer[0] = 1;
        if (isFaulty && m_behaviour.fault == Fault::NoFeatures)
            answer.assign(answer.size(), '\0');
        say(std::string(reinterpret_cast<const char *>(reply), sizeof reply) + answer);
        return true;
    }

    std::string answerTo(const std::uint32_t (&header)[3], const std::string &payload)
    {
        const auto bytes = [](std::uint64_t number) {
            return std::string(reinterpret_cast<const char *>(&number), sizeof number);
        };
        switch (header[0]) {
        case GetFeatures:
            return bytes(Features);
        case GetProtocolFeatures:
            return bytes(ProtocolFeatures);
        case GetQueueNum:
            return bytes(m_behaviour.queues);
        case GetVringBase:
            return bytes(word(payload, 0) | std::uint64_t(m_positions[word(payload, 0)]) << 32);
        case GetConfig:
            return payload.substr(0, 12) + std::string(payload.size() - 12, 'c');
        default:
            return (header[1] & 8) != 0 ? bytes(0) : std::string();
        }
    }

    engine::Fd m_socket;
    const Behaviour m_behaviour;
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<Seen> m_seen;
    std::size_t m_looked = 0;
    std::map<std::uint32_t, engine::Fd> m_kicks;
    std::map<std::uint32_t, engine::Fd> m_calls;
    std::map<std::uint32_t, std::uint32_t> m_positions;
    std::thread m_thread;
};

} // namespace tests
