// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/vhost_user_fs.h"

#include "engine/base/log.h"
#include "engine/bus/guest_memory.h"
#include "engine/devices/virtio/virtqueue.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace engine {

namespace {

constexpr unsigned Queues = 2;
constexpr unsigned RequestThreads = 4;
constexpr std::uint16_t QueueSize = 1024;
constexpr std::size_t MaxRegions = 8; // and descriptors in one message
constexpr std::uint64_t NoDescriptor = 0x100; // of a ring, in SET_VRING_KICK and the like

// Feature bits: VIRTIO 1.2, 6; the last is vhost-user's own.
constexpr std::uint64_t IndirectDescriptors = std::uint64_t(1) << 28;
constexpr std::uint64_t EventIndex = std::uint64_t(1) << 29;
constexpr std::uint64_t ProtocolFeatures = std::uint64_t(1) << 30;
constexpr std::uint64_t Version1 = std::uint64_t(1) << 32;
constexpr std::uint64_t OurFeatures =
    IndirectDescriptors | EventIndex | ProtocolFeatures | Version1;
constexpr std::uint64_t MultiQueue = 1 << 0;
constexpr std::uint64_t ReplyAck = 1 << 3;
constexpr std::uint64_t OurProtocolFeatures = MultiQueue | ReplyAck;

enum Request : std::uint32_t {
    GetFeatures = 1,
    SetFeatures = 2,
    SetOwner = 3,
    ResetOwner = 4,
    SetMemTable = 5,
    SetVringNum = 8,
    SetVringAddr = 9,
    SetVringBase = 10,
    GetVringBase = 11,
    SetVringKick = 12,
    SetVringCall = 13,
    SetVringErr = 14,
    GetProtocolFeatures = 15,
    SetProtocolFeatures = 16,
    GetQueueNum = 17,
    SetVringEnable = 18,
};

struct Header
{
    std::uint32_t request;
    std::uint32_t flags;
    std::uint32_t size;
};
constexpr std::uint32_t Version = 1;
constexpr std::uint32_t IsReply = 4;
constexpr std::uint32_t NeedsReply = 8;

struct VringState
{
    std::uint32_t index;
    std::uint32_t number;
};
struct VringAddress
{
    std::uint32_t index;
    std::uint32_t flags;
    std::uint64_t descriptors; // in the front end's address space, as the next two
    std::uint64_t used;
    std::uint64_t available;
    std::uint64_t log;
};
struct MemoryRegion
{
    std::uint64_t guestAddress;
    std::uint64_t size;
    std::uint64_t userAddress; // in the front end's address space
    std::uint64_t offset; // in the descriptor
};
struct MemoryTable
{
    std::uint32_t count;
    std::uint32_t padding;
    MemoryRegion regions[MaxRegions];
};

union Payload {
    std::uint64_t number;
    VringState state;
    VringAddress address;
    MemoryTable memory;
};

struct Message
{
    Header header{};
    Payload payload{};
    std::array<Fd, MaxRegions> descriptors;
};

Error failure(const std::string &what)
{
    return Error(ErrorKind::Io, "The shared folder's connection to its machine: " + what);
}

// The guest's memory, mapped here.
class MappedMemory final
{
public:
    static Result<std::unique_ptr<MappedMemory>> map(Message &message)
    {
        const MemoryTable &table = message.payload.memory;
        if (table.count > MaxRegions
            || message.header.size
                < offsetof(MemoryTable, regions) + table.count * sizeof(MemoryRegion))
            return failure("an impossible table of memory");
        auto mapped = std::unique_ptr<MappedMemory>(new MappedMemory);
        std::vector<GuestMemory::Region> regions;
        for (std::uint32_t i = 0; i < table.count; ++i) {
            const MemoryRegion region = table.regions[i];
            const std::uint64_t total = region.size + region.offset;
            struct stat status
            { };
            if (region.size == 0 || total < region.size
                || region.guestAddress + region.size < region.guestAddress
                || ::fstat(message.descriptors[i].get(), &status) != 0
                || total > std::uint64_t(status.st_size))
                return failure("an impossible region of memory");
            void *memory = ::mmap(nullptr, total, PROT_READ | PROT_WRITE, MAP_SHARED,
                                  message.descriptors[i].get(), 0);
            if (memory == MAP_FAILED)
                return failure(std::string("cannot map the guest's memory: ")
                               + std::strerror(errno));
            mapped->m_maps.push_back({memory, total});
            mapped->m_regions.push_back(region);
            regions.push_back({.guestAddress = region.guestAddress,
                               .host = {static_cast<std::uint8_t *>(memory) + region.offset,
                                        std::size_t(region.size)}});
        }
        const auto byAddress = [](const auto &a, const auto &b) {
            return a.guestAddress < b.guestAddress;
        };
        std::sort(regions.begin(), regions.end(), byAddress);
        for (std::size_t i = 1; i < regions.size(); ++i)
            if (regions[i].guestAddress - regions[i - 1].guestAddress < regions[i - 1].host.size())
                return failure("regions of memory overlap");
        mapped->m_memory = std::make_unique<GuestMemory>(std::move(regions));
        return mapped;
    }
    ~MappedMemory()
    {
        for (const iovec &map : m_maps)
            ::munmap(map.iov_base, map.iov_len);
    }

    const GuestMemory &memory() const { return *m_memory; }
    // The front end's own address as the guest's; one that is nowhere is none of the guest's.
    std::uint64_t toGuest(std::uint64_t userAddress) const
    {
        for (const MemoryRegion &region : m_regions)
            if (userAddress >= region.userAddress && userAddress - region.userAddress < region.size)
                return region.guestAddress + (userAddress - region.userAddress);
        return ~std::uint64_t(0);
    }

private:
    MappedMemory() = default;

    std::vector<iovec> m_maps;
    std::vector<MemoryRegion> m_regions;
    std::unique_ptr<GuestMemory> m_memory;
};

std::vector<iovec> toPieces(const virtio::Chain::Pieces &pieces)
{
    std::vector<iovec> all;
    all.reserve(pieces.size());
    for (const std::span<std::uint8_t> piece : pieces)
        all.push_back({piece.data(), piece.size()});
    return all;
}

void ring(const Fd &bell)
{
    const std::uint64_t one = 1;
    if (bell.isOpen() && ::write(bell.get(), &one, sizeof one) < 0 && errno != EAGAIN)
        log(LogLevel::Warning, "share", std::string("An eventfd: ") + std::strerror(errno));
}

class Ring final
{
public:
    Ring(share::FuseServer &server, Fd wakeUp, unsigned threads)
        : m_server(server)
        , m_wakeUp(std::move(wakeUp))
    {
        for (unsigned i = 0; i < threads; ++i)
            m_threads.emplace_back([this] { work(); });
    }
    ~Ring()
    {
        stop();
        {
            const std::scoped_lock lock(m_mutex);
            m_isEnding = true;
            m_changed.notify_all();
        }
        for (std::thread &thread : m_threads)
            thread.join();
    }

    // What the front end says; all while it stands still, but for the last.
    void setSize(std::uint32_t size) { m_size = size; }
    void setAddress(const VringAddress &address) { m_address = address; }
    void setPosition(std::uint32_t position) { m_position = std::uint16_t(position); }
    std::uint16_t position() const { return m_position; }
    void setKick(Fd kick) { m_kick = std::move(kick); }
    void setEnabled(bool isEnabled) { m_isEnabled = isEnabled; }
    void setCall(Fd call)
    {
        const std::scoped_lock lock(m_mutex);
        m_call = std::move(call);
        // QEMU says it last: what was answered before rang the one before, or nobody.
        ring(m_call);
    }

    // Every request that was taken is answered when it returns.
    void stop()
    {
        std::unique_lock lock(m_mutex);
        if (!m_isRunning)
            return;
        m_isRunning = false;
        ring(m_wakeUp);
        m_changed.notify_all();
        m_idle.wait(lock, [this] { return m_busy == 0 && !m_hasWaiter; });
        std::uint64_t count = 0;
        while (::read(m_wakeUp.get(), &count, sizeof count) > 0) { }
        m_position = m_queue.position();
    }
    // When all that it needs is there.
    void start(const MappedMemory *memory, std::uint64_t features)
    {
        const std::scoped_lock lock(m_mutex);
        if (m_isRunning || !memory || !m_isEnabled || !m_kick.isOpen()
            || m_address.descriptors == 0)
            return;
        m_queue.reset();
        m_queue.setSize(std::uint16_t(std::min<std::uint32_t>(m_size, 65535)));
        m_queue.setFeatures((features & EventIndex) != 0, (features & IndirectDescriptors) != 0);
        m_queue.addresses() = {memory->toGuest(m_address.descriptors),
                               memory->toGuest(m_address.available),
                               memory->toGuest(m_address.used)};
        if (!m_queue.enable(memory->memory())) {
            tellBroken();
            return;
        }
        // Requests that a server before this one took and never answered stay behind.
        m_queue.setPositions(m_position, m_queue.usedIndex());
        m_isTold = false;
        m_isRunning = true;
        m_changed.notify_all();
    }

private:
    void work()
    {
        std::unique_lock lock(m_mutex);
        while (!m_isEnding) {
            if (!m_isRunning) {
                m_changed.wait(lock);
            } else if (const auto chain = m_queue.pop()) {
                ++m_busy;
                m_changed.notify_one(); // for the next one, or to wait for it
                lock.unlock();
                const std::vector<iovec> request = toPieces(chain->readable);
                const std::vector<iovec> reply = toPieces(chain->writable);
                const std::size_t written = m_server.handle(request, reply);
                lock.lock();
                m_queue.push(chain->head, written);
                if (m_queue.takeInterrupt())
                    ring(m_call);
                --m_busy;
                m_idle.notify_all();
            } else if (m_queue.isBroken()) {
                tellBroken();
                m_changed.wait(lock);
            } else if (m_hasWaiter) {
                m_changed.wait(lock);
            } else {
                waitForDoorbell(lock);
            }
        }
    }
    void waitForDoorbell(std::unique_lock<std::mutex> &lock)
    {
        m_hasWaiter = true;
        m_queue.setNotified(true);
        if (!m_queue.hasAvailable()) {
            pollfd both[] = {{m_kick.get(), POLLIN, 0}, {m_wakeUp.get(), POLLIN, 0}};
            lock.unlock();
            ::poll(both, 2, -1); // interrupted, it looks again
            std::uint64_t count = 0;
            if ((both[0].revents & POLLIN) != 0 && ::read(both[0].fd, &count, sizeof count) < 0)
                count = 0; // somebody else took it
            lock.lock();
        }
        m_queue.setNotified(false);
        m_hasWaiter = false;
        m_idle.notify_all();
    }
    void tellBroken()
    {
        if (!m_isTold && m_queue.brokenBy())
            log(LogLevel::Debug, "share",
                std::string("The guest's driver broke a queue: ") + m_queue.brokenBy());
        m_isTold = true;
    }

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
    unsigned m_busy = 0;
    bool m_hasWaiter = false;
    bool m_isRunning = false;
    bool m_isEnding = false;
    bool m_isTold = false;
    std::vector<std::thread> m_threads;
};

class BackEnd final
{
public:
    static Result<std::unique_ptr<BackEnd>> make(Fd connection, share::FuseServer &server)
    {
        auto backEnd = std::unique_ptr<BackEnd>(new BackEnd(std::move(connection)));
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
    explicit BackEnd(Fd connection)
        : m_connection(std::move(connection))
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
