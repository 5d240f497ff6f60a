// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/vhost_user_fs.h"

#include "engine/base/log.h"
#include "engine/devices/vhost_user_ring.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace engine {

namespace {

using namespace vhost_user;

constexpr unsigned Queues = 2;
constexpr unsigned RequestThreads = 4;

constexpr std::uint64_t OurFeatures =
    IndirectDescriptors | EventIndex | ProtocolFeatures | Version1;
constexpr std::uint64_t MultiQueue = 1 << 0;
constexpr std::uint64_t ReplyAck = 1 << 3;
constexpr std::uint64_t DeviceState = 1 << 19;
constexpr std::uint64_t OurProtocolFeatures = MultiQueue | ReplyAck | DeviceState;

Result<> writeAll(const Fd &file, std::span<const std::uint8_t> bytes)
{
    while (!bytes.empty()) {
        const ssize_t count = ::write(file.get(), bytes.data(), bytes.size());
        if (count > 0)
            bytes = bytes.subspan(std::size_t(count));
        else if (count == 0 || errno != EINTR)
            return failure(std::string("the state: ") + std::strerror(errno));
    }
    return {};
}

Result<std::vector<std::uint8_t>> readAll(const Fd &file)
{
    std::vector<std::uint8_t> bytes;
    std::array<std::uint8_t, 65536> part;
    for (;;) {
        const ssize_t count = ::read(file.get(), part.data(), part.size());
        if (count > 0)
            bytes.insert(bytes.end(), part.begin(), part.begin() + count);
        else if (count == 0)
            return bytes;
        else if (errno != EINTR)
            return failure(std::string("the state: ") + std::strerror(errno));
    }
}

class BackEnd final
{
public:
    static Result<std::unique_ptr<BackEnd>> make(Fd connection, share::FuseServer &server)
    {
        auto backEnd = std::unique_ptr<BackEnd>(new BackEnd(std::move(connection), server));
        for (unsigned i = 0; i < Queues; ++i) {
            Fd wakeUp(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
            if (!wakeUp.isOpen())
                return failure(std::string("no eventfd: ") + std::strerror(errno));
            backEnd->m_rings[i] =
                std::make_unique<Ring>(server, std::move(wakeUp), i == 0 ? 1 : RequestThreads);
        }
        return backEnd;
    }

    Result<> serve()
    {
        for (;;) {
            Message message;
            const bool isThere = TRY(receive(message));
            if (!isThere)
                return {};
            TRY(handle(message));
        }
    }

private:
    BackEnd(Fd connection, share::FuseServer &server)
        : m_connection(std::move(connection))
        , m_server(server)
    { }
    Result<bool> receive(Message &message)
    {
        iovec part{&message.header, sizeof message.header};
        alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * MaxRegions)];
        msghdr head{};
        head.msg_iov = &part;
        head.msg_iovlen = 1;
        head.msg_control = control;
        head.msg_controllen = sizeof control;
        ssize_t size = 0;
        do {
            size = ::recvmsg(m_connection.get(), &head, MSG_CMSG_CLOEXEC | MSG_WAITALL);
        } while (size < 0 && errno == EINTR);
        for (cmsghdr *one = CMSG_FIRSTHDR(&head); one; one = CMSG_NXTHDR(&head, one))
            if (one->cmsg_level == SOL_SOCKET && one->cmsg_type == SCM_RIGHTS) {
                const std::size_t count = (one->cmsg_len - CMSG_LEN(0)) / sizeof(int);
                for (std::size_t i = 0; i < std::min(count, MaxRegions); ++i) {
                    int descriptor = -1;
                    std::memcpy(&descriptor, CMSG_DATA(one) + i * sizeof(int), sizeof descriptor);
                    message.descriptors[i] = Fd(descriptor);
                }
            }
        if (size == 0 || (size < 0 && errno == ECONNRESET))
            return false;
        if (size != ssize_t(sizeof message.header))
            return failure(size < 0 ? std::strerror(errno) : "half a message");
        if (message.header.size > sizeof message.payload)
            return failure("a message that is too long");
        if (message.header.size == 0)
            return true;
        do {
            size = ::recv(m_connection.get(), &message.payload, message.header.size, MSG_WAITALL);
        } while (size < 0 && errno == EINTR);
        if (size != ssize_t(message.header.size))
            return failure("half a message");
        return true;
    }

    Result<> reply(const Message &message, const void *payload, std::uint32_t size)
    {
        const Header header{message.header.request, Version | IsReply, size};
        iovec parts[] = {{const_cast<Header *>(&header), sizeof header},
                         {const_cast<void *>(payload), size}};
        msghdr head{};
        head.msg_iov = parts;
        head.msg_iovlen = 2;
        if (::sendmsg(m_connection.get(), &head, MSG_NOSIGNAL) != ssize_t(sizeof header + size))
            return failure(std::strerror(errno));
        return {};
    }
    Result<> reply(const Message &message, std::uint64_t number)
    {
        return reply(message, &number, sizeof number);
    }

    // Null: there is no such ring.
    Ring *ringAt(std::uint64_t index) { return index < Queues ? m_rings[index].get() : nullptr; }
    void startAll()
    {
        for (const auto &ring : m_rings)
            ring->start(m_memory.get(), m_features);
    }

    Result<> handle(Message &message)
    {
        Payload &payload = message.payload;
        switch (message.header.request) {
        case GetFeatures:
            return reply(message, OurFeatures);
        case GetProtocolFeatures:
            return reply(message, OurProtocolFeatures);
        case GetQueueNum:
            return reply(message, Queues);
        case GetVringBase: {
            Ring *ring = ringAt(payload.state.index);
            if (!ring)
                return failure("a ring that is not there");
            ring->stop();
            ring->setKick({});
            const VringState state{payload.state.index, ring->position()};
            return reply(message, &state, sizeof state);
        }
        case SetDeviceStateFd:
            return moveState(message);
        case CheckDeviceState:
            return reply(message, m_stateOutcome);
        default:
            break;
        }
        const bool isDone = change(message);
        if (!isDone)
            log(LogLevel::Debug, "share",
                "vhost-user request " + std::to_string(message.header.request) + " was refused");
        if ((message.header.flags & NeedsReply) != 0 && (m_protocolFeatures & ReplyAck) != 0)
            return reply(message, isDone ? 0 : 1);
        return {};
    }

    // The answer first: the other half may be waiting for it before it reads.
    Result<> moveState(Message &message)
    {
        const StateTransfer transfer = message.payload.transfer;
        const Fd file = std::move(message.descriptors[0]);
        m_stateOutcome = 1;
        if (!file.isOpen() || transfer.phase != 0 || transfer.direction > StateTransfer::Load)
            return reply(message, NoDescriptorBack | 1);
        for (const auto &ring : m_rings)
            ring->stop();
        TRY(reply(message, NoDescriptorBack));
        const Result<> moved =
            transfer.direction == StateTransfer::Save ? saveTo(file) : loadFrom(file);
        if (moved)
            m_stateOutcome = 0;
        else
            log(LogLevel::Warning, "share", moved.error().text());
        if (!moved && moved.error().kind() == ErrorKind::Busy)
            m_stateOutcome = StateIsBusy;
        return {};
    }
    Result<> saveTo(const Fd &file)
    {
        const std::vector<std::uint8_t> state = TRY(m_server.save());
        return writeAll(file, state);
    }
    Result<> loadFrom(const Fd &file) { return m_server.load(TRY(readAll(file))); }

    bool change(Message &message)
    {
        Payload &payload = message.payload;
        switch (message.header.request) {
        case SetOwner:
        case ResetOwner:
            return true;
        case SetProtocolFeatures:
            m_protocolFeatures = payload.number & OurProtocolFeatures;
            return true;
        case SetFeatures:
            m_features = payload.number & OurFeatures;
            if ((m_features & ProtocolFeatures) == 0) // then rings need no enabling
                for (const auto &ring : m_rings)
                    ring->setEnabled(true);
            return true;
        case SetMemTable:
            return setMemory(message);
        default:
            return changeRing(message);
        }
    }

    bool setMemory(Message &message)
    {
        auto mapped = MappedMemory::map(message);
        if (!mapped) {
            log(LogLevel::Warning, "share", mapped.error().text());
            return false;
        }
        for (const auto &ring : m_rings)
            ring->stop();
        m_memory = std::move(*mapped);
        startAll();
        return true;
    }

    bool changeRing(Message &message)
    {
        Payload &payload = message.payload;
        const std::uint32_t request = message.header.request;
        const bool hasDescriptor =
            request == SetVringKick || request == SetVringCall || request == SetVringErr;
        Ring *ring = ringAt(hasDescriptor ? payload.number & 0xff : payload.state.index);
        if (!ring)
            return false;
        if (request == SetVringCall) {
            ring->setCall(std::move(message.descriptors[0]));
            return true;
        }
        if (request == SetVringErr)
            return true; // the front end learns of nothing by it that it would act on
        ring->stop();
        switch (request) {
        case SetVringNum:
            ring->setSize(payload.state.number);
            break;
        case SetVringAddr:
            ring->setAddress(payload.address);
            break;
        case SetVringBase:
            ring->setPosition(payload.state.number);
            break;
        case SetVringKick:
            if ((payload.number & NoDescriptor) != 0) // polling is for others
                return false;
            ring->setKick(std::move(message.descriptors[0]));
            break;
        case SetVringEnable:
            ring->setEnabled(payload.state.number != 0);
            break;
        default:
            return false;
        }
        ring->start(m_memory.get(), m_features);
        return true;
    }

    Fd m_connection;
    share::FuseServer &m_server;
    std::uint64_t m_stateOutcome = 1; // of the last transfer; 0: it is whole
    std::uint64_t m_features = 0;
    std::uint64_t m_protocolFeatures = 0;
    std::unique_ptr<MappedMemory> m_memory; // outlives the rings' use of it
    std::array<std::unique_ptr<Ring>, Queues> m_rings;
};

} // namespace

Result<> serveVhostUserFs(Fd connection, share::FuseServer &server)
{
    const auto backEnd = TRY(BackEnd::make(std::move(connection), server));
    return backEnd->serve();
}

} // namespace engine
