// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/bytes.h"
#include "engine/base/fd.h"
#include "engine/devices/vhost_user_fs.h"
#include "tests/support/test_main.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QScopeGuard>
#include <QtCore/QTemporaryDir>
#include <QtCore/QThread>

#include <cstring>
#include <functional>
#include <future>
#include <optional>
#include <semaphore>
#include <set>
#include <thread>

#include <linux/fuse.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace engine;

namespace {

// QEMU docs/interop/vhost-user.rst.
enum Request : std::uint32_t {
    GetFeatures = 1,
    SetFeatures = 2,
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
};
constexpr std::uint32_t WithReply = 1 | 8;
constexpr std::uint64_t EventIndex = std::uint64_t(1) << 29;
constexpr std::uint64_t Features = (std::uint64_t(1) << 32) | (1 << 30) | (1 << 28) | EventIndex;
constexpr std::uint64_t ReplyAck = 1 << 3;

constexpr std::uint64_t MemoryBytes = 4 << 20;
constexpr std::uint64_t GuestBase = 0x100000; // of the memory, as the guest sees it
constexpr std::uint64_t UserBase = 0x7f0000000000; // as QEMU does
constexpr std::uint16_t RingSize = 256;
constexpr std::uint64_t RingRoom = 0x10000; // each has so much of the memory, from its beginning
constexpr std::uint64_t SlotBytes = 4096; // of a request and its reply
constexpr std::uint64_t ReplyAt = 1024; // in a slot
constexpr int Patience = 20000;

template <class T>
std::string bytesOf(const T &value)
{
    return {reinterpret_cast<const char *>(&value), sizeof value};
}

// What QEMU and the guest behind it do, on memory of the test's.
class FrontEnd final
{
public:
    explicit FrontEnd(const QString &folder, std::function<void(bool)> onMounted = {})
        : m_memory(::memfd_create("guest", MFD_CLOEXEC))
    {
        check(::ftruncate(m_memory.get(), MemoryBytes) == 0, "no memory");
        void *memory =
            ::mmap(nullptr, MemoryBytes, PROT_READ | PROT_WRITE, MAP_SHARED, m_memory.get(), 0);
        check(memory != MAP_FAILED, "no memory");
        m_bytes = static_cast<std::uint8_t *>(memory);
        int ends[2] = {-1, -1};
        check(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0, "no sockets");
        m_socket = Fd(ends[0]);
        auto server = share::FuseServer::open({.folder = QFile::encodeName(folder).toStdString(),
                                               .guestUser = 1000,
                                               .onMounted = std::move(onMounted)});
        check(bool(server), "no server");
        m_server = std::move(*server);
        m_served = std::async(std::launch::async, [this, end = Fd(ends[1])]() mutable {
            return serveVhostUserFs(std::move(end), *m_server);
        });
    }
    ~FrontEnd()
    {
        m_socket.reset();
        if (m_served.valid())
            m_served.wait();
        ::munmap(m_bytes, MemoryBytes);
    }

    // -- the connection

    void send(std::uint32_t request, const std::string &payload = {}, int descriptor = -1,
              std::uint32_t flags = 1)
    {
        const std::uint32_t header[3] = {request, flags, std::uint32_t(payload.size())};
        std::string all = bytesOf(header) + payload;
        iovec part{all.data(), all.size()};
        alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
        msghdr head{};
        head.msg_iov = &part;
        head.msg_iovlen = 1;
        if (descriptor >= 0) {
            head.msg_control = control;
            head.msg_controllen = sizeof control;
            cmsghdr *one = CMSG_FIRSTHDR(&head);
            one->cmsg_level = SOL_SOCKET;
            one->cmsg_type = SCM_RIGHTS;
            one->cmsg_len = CMSG_LEN(sizeof(int));
            std::memcpy(CMSG_DATA(one), &descriptor, sizeof descriptor);
        }
        check(::sendmsg(m_socket.get(), &head, MSG_NOSIGNAL) == ssize_t(all.size()), "not sent");
    }
    // The first eight bytes of the reply; nothing when the other end has closed.
    std::optional<std::uint64_t> receive()
    {
        std::uint32_t header[3] = {};
        if (::recv(m_socket.get(), header, sizeof header, MSG_WAITALL) != sizeof header)
            return std::nullopt;
        std::string payload(header[2], '\0');
        if (::recv(m_socket.get(), payload.data(), payload.size(), MSG_WAITALL)
            != ssize_t(payload.size()))
            return std::nullopt;
        std::uint64_t number = 0;
        std::memcpy(&number, payload.data(), std::min(payload.size(), sizeof number));
        return number;
    }
    std::optional<std::uint64_t> ask(std::uint32_t request, const std::string &payload = {},
                                     int descriptor = -1)
    {
        send(request, payload, descriptor, WithReply);
        return receive();
    }
    void sendHalf() { check(::send(m_socket.get(), "abc", 3, MSG_NOSIGNAL) == 3, "not sent"); }
    void close() { ::shutdown(m_socket.get(), SHUT_WR); }
    Result<> end() { return m_served.get(); }

    std::string memoryTable(std::uint64_t size) const
    {
        const std::uint64_t region[] = {GuestBase, size, UserBase, 0};
        return bytesOf(std::uint64_t(1)) + bytesOf(region);
    }
    void agree(std::uint64_t features = Features)
    {
        send(SetFeatures, bytesOf(features));
        send(SetProtocolFeatures, bytesOf(ReplyAck));
        send(SetMemTable, memoryTable(MemoryBytes), m_memory.get());
    }
    void startRing(std::uint32_t ring, std::uint32_t position)
    {
        m_kick[ring] = Fd(::eventfd(0, EFD_CLOEXEC));
        m_call[ring] = Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
        const auto state = [ring](std::uint32_t number) {
            const std::uint32_t both[] = {ring, number};
            return bytesOf(both);
        };
        const std::uint64_t at = UserBase + ring * RingRoom;
        send(SetVringNum, state(RingSize));
        send(SetVringBase, state(position));
        const std::uint64_t address[] = {ring, at, at + UsedAt, at + AvailableAt, 0};
        send(SetVringAddr, bytesOf(address));
        send(SetVringKick, bytesOf(std::uint64_t(ring)), m_kick[ring].get());
        send(SetVringCall, bytesOf(std::uint64_t(ring)), m_call[ring].get());
        send(SetVringEnable, state(1));
    }

    // -- the guest

    // In a slot of its own: requests of a test use different ones. Nobody is told.
    void offer(std::uint32_t ring, std::uint16_t slot, std::uint32_t opcode, std::uint64_t node,
               const std::string &arguments = {})
    {
        fuse_in_header header{};
        header.len = std::uint32_t(sizeof header + arguments.size());
        header.opcode = opcode;
        header.unique = 1000u + slot;
        header.nodeid = node;
        const std::string request = bytesOf(header) + arguments;
        const std::uint64_t at = slotAt(slot);
        std::memcpy(m_bytes + at, request.data(), request.size());
        describe(ring, std::uint16_t(2 * slot), GuestBase + at, request.size(), 1,
                 std::uint16_t(2 * slot + 1));
        describe(ring, std::uint16_t(2 * slot + 1), GuestBase + at + ReplyAt, SlotBytes - ReplyAt,
                 2, 0);
        makeAvailable(ring, std::uint16_t(2 * slot));
    }
    void describe(std::uint32_t ring, std::uint16_t index, std::uint64_t address, std::size_t size,
                  std::uint16_t flags, std::uint16_t next)
    {
        std::uint8_t *raw = m_bytes + ring * RingRoom + 16 * index;
        storeLe(raw, address);
        storeLe(raw + 8, std::uint32_t(size));
        storeLe(raw + 12, flags);
        storeLe(raw + 14, next);
    }
    void makeAvailable(std::uint32_t ring, std::uint16_t head)
    {
        std::uint8_t *available = m_bytes + ring * RingRoom + AvailableAt;
        storeLe(available + 4 + 2 * (m_nextAvailable[ring] % RingSize), head);
        ++m_nextAvailable[ring];
        std::atomic_thread_fence(std::memory_order_seq_cst);
        storeLe(available + 2, m_nextAvailable[ring]);
        std::atomic_thread_fence(std::memory_order_seq_cst);
    }
    // As a driver that starts anew.
    void forget(std::uint32_t ring)
    {
        std::memset(m_bytes + ring * RingRoom, 0, RingRoom);
        m_nextAvailable[ring] = 0;
        m_seen[ring] = 0;
    }
    void kick(std::uint32_t ring) { ::eventfd_write(m_kick[ring].get(), 1); }
    // As a driver decides it (VIRTIO 1.2, 2.7.10): whether the device wants to hear of it.
    bool isKickWanted(std::uint32_t ring, std::uint16_t before) const
    {
        // First what is offered is seen, then the device's wish is read (VIRTIO 1.2, 2.7.13.4.1).
        std::atomic_thread_fence(std::memory_order_seq_cst);
        const std::uint16_t event =
            loadLe<std::uint16_t>(m_bytes + ring * RingRoom + UsedAt + 4 + 8 * RingSize);
        return std::uint16_t(m_nextAvailable[ring] - event - 1)
            < std::uint16_t(m_nextAvailable[ring] - before);
    }
    // How many have come back, once these have; waits by the interrupt alone.
    bool waitFor(std::uint32_t ring, std::uint16_t count)
    {
        for (;;) {
            // An interrupt for the next one, unless that is here already.
            const std::uint16_t before = usedIndex(ring);
            if (std::uint16_t(before - m_seen[ring]) >= count)
                break;
            storeLe(m_bytes + ring * RingRoom + AvailableAt + 4 + 2 * RingSize, before);
            std::atomic_thread_fence(std::memory_order_seq_cst);
            if (usedIndex(ring) != before) // it came too late for that one
                continue;
            pollfd bell{m_call[ring].get(), POLLIN, 0};
            if (::poll(&bell, 1, Patience) != 1)
                return false;
            eventfd_t times = 0;
            ::eventfd_read(m_call[ring].get(), &times);
        }
        m_seen[ring] = std::uint16_t(m_seen[ring] + count);
        return true;
    }
    std::uint16_t usedIndex(std::uint32_t ring) const
    {
        std::atomic_thread_fence(std::memory_order_seq_cst);
        return loadLe<std::uint16_t>(m_bytes + ring * RingRoom + UsedAt + 2);
    }
    std::uint16_t usedHead(std::uint32_t ring, std::uint16_t position) const
    {
        return std::uint16_t(loadLe<std::uint32_t>(m_bytes + ring * RingRoom + UsedAt + 4
                                                   + 8 * (position % RingSize)));
    }
    fuse_out_header answer(std::uint16_t slot) const
    {
        fuse_out_header header{};
        std::memcpy(&header, m_bytes + slotAt(slot) + ReplyAt, sizeof header);
        return header;
    }
    // One request and its answer; a hang is a failure with errno ETIME.
    int run(std::uint16_t slot, std::uint32_t opcode, std::uint64_t node,
            const std::string &arguments = {})
    {
        offer(1, slot, opcode, node, arguments);
        kick(1);
        return waitFor(1, 1) ? -answer(slot).error : ETIME;
    }
    int mount()
    {
        fuse_init_in in{};
        in.major = FUSE_KERNEL_VERSION;
        in.minor = 36;
        return run(0, FUSE_INIT, 0, bytesOf(in));
    }

private:
    static constexpr std::uint64_t AvailableAt = 0x4000;
    static constexpr std::uint64_t UsedAt = 0x8000;

    static std::uint64_t slotAt(std::uint16_t slot) { return 0x100000 + slot * SlotBytes; }

    Fd m_memory;
    std::uint8_t *m_bytes = nullptr;
    Fd m_socket;
    std::unique_ptr<share::FuseServer> m_server;
    std::future<Result<>> m_served;
    Fd m_kick[2];
    Fd m_call[2];
    std::uint16_t m_nextAvailable[2] = {};
    std::uint16_t m_seen[2] = {};
};

} // namespace

class TestVhostUserFs : public QObject
{
    Q_OBJECT
private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void itSaysWhatItCanDo();
    void aRequestIsAnswered();
    void manyAtATimeAreAllAnswered();
    void aDriverThatSavesKicksIsServed();
    void aLongRequestKeepsNobodyWaiting();
    void aRingGoesOnWhereItStood();
    void whatADriverMustNotDoEndsTheRingOnly();
    void impossibleMemoryIsRefused();
    void anUnknownRequestIsRefused();
    void itEndsWithItsConnection();
    void brokenMessagesEndIt_data();
    void brokenMessagesEndIt();

private:
    QString path() const { return m_folder->path(); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestVhostUserFs::itSaysWhatItCanDo()
{
    FrontEnd end(path());
    end.send(GetFeatures);
    QCOMPARE(end.receive(), Features);
    end.send(GetProtocolFeatures);
    QVERIFY((end.receive().value_or(0) & ReplyAck) != 0);
    end.send(GetQueueNum);
    QCOMPARE(end.receive(), std::uint64_t(2));
}

void TestVhostUserFs::aRequestIsAnswered()
{
    QFile(path() + "/there").open(QIODevice::WriteOnly);
    FrontEnd end(path());
    end.agree();
    end.startRing(0, 0);
    end.startRing(1, 0);
    QCOMPARE(end.mount(), 0);
    QCOMPARE(end.run(1, FUSE_GETATTR, FUSE_ROOT_ID, bytesOf(fuse_getattr_in{})), 0);
    QCOMPARE(end.run(2, FUSE_LOOKUP, FUSE_ROOT_ID, std::string("there\0", 6)), 0);
    QCOMPARE(end.run(3, FUSE_LOOKUP, FUSE_ROOT_ID, std::string("gone\0", 5)), ENOENT);
    QCOMPARE(end.answer(2).unique, std::uint64_t(1002));
}

void TestVhostUserFs::manyAtATimeAreAllAnswered()
{
    FrontEnd end(path());
    end.agree();
    end.startRing(1, 0);
    QCOMPARE(end.mount(), 0);
    constexpr std::uint16_t Many = 100;
    for (int round = 0; round < 50; ++round) {
        for (std::uint16_t slot = 1; slot <= Many; ++slot)
            end.offer(1, slot, FUSE_LOOKUP, FUSE_ROOT_ID, std::string("gone\0", 5));
        end.kick(1);
        QVERIFY(end.waitFor(1, Many));
        std::set<std::uint16_t> heads;
        for (std::uint16_t i = 0; i < Many; ++i)
            heads.insert(end.usedHead(1, std::uint16_t(1 + round * Many + i)));
        QCOMPARE(heads.size(), std::size_t(Many)); // each once, in whatever order
    }
}

// Linux kicks only when the device asked for it, one request at a time from several processors:
// whoever decides wrongly waits for ever.
void TestVhostUserFs::aDriverThatSavesKicksIsServed()
{
    FrontEnd end(path());
    end.agree();
    end.startRing(1, 0);
    QCOMPARE(end.mount(), 0);
    std::uint16_t before = 1;
    for (int i = 0; i < 5000; ++i) {
        const int batch = 1 + i % 3;
        for (int j = 0; j < batch; ++j) {
            end.offer(1, std::uint16_t(1 + j), FUSE_LOOKUP, FUSE_ROOT_ID, std::string("gone\0", 5));
            if (end.isKickWanted(1, before))
                end.kick(1);
            ++before;
        }
        QVERIFY2(end.waitFor(1, std::uint16_t(batch)), qPrintable(QString::number(i)));
    }
}

// Whoever takes a request need not know how long it will be: while mounting takes its time here,
// there is somebody for what comes meanwhile.
void TestVhostUserFs::aLongRequestKeepsNobodyWaiting()
{
    std::binary_semaphore hasBegun(0);
    std::binary_semaphore mayEnd(0);
    FrontEnd end(path(), [&](bool) {
        hasBegun.release();
        mayEnd.acquire();
    });
    const auto letGo = qScopeGuard([&] { mayEnd.release(); }); // of a test that has failed
    end.agree();
    end.startRing(1, 0);
    fuse_init_in in{};
    in.major = FUSE_KERNEL_VERSION;
    in.minor = 36;
    end.offer(1, 0, FUSE_INIT, 0, bytesOf(in));
    end.kick(1);
    hasBegun.acquire();
    for (std::uint16_t i = 1; i <= 50; ++i) {
        end.offer(1, i, FUSE_GETATTR, FUSE_ROOT_ID, bytesOf(fuse_getattr_in{}));
        if (end.isKickWanted(1, i))
            end.kick(1);
        QVERIFY(end.waitFor(1, 1));
        QCOMPARE(end.usedHead(1, std::uint16_t(i - 1)), std::uint16_t(2 * i));
        QCOMPARE(end.answer(i).error, 0);
        if (i % 10 == 0) // all of them have gone to sleep
            QThread::msleep(40);
    }
    mayEnd.release();
    QVERIFY(end.waitFor(1, 1));
    QCOMPARE(end.answer(0).error, 0);
}

// QEMU stops the rings when the machine is paused.
void TestVhostUserFs::aRingGoesOnWhereItStood()
{
    FrontEnd end(path());
    end.agree();
    end.startRing(1, 0);
    QCOMPARE(end.mount(), 0);
    QCOMPARE(end.run(1, FUSE_GETATTR, FUSE_ROOT_ID, bytesOf(fuse_getattr_in{})), 0);
    const std::uint32_t state[] = {1, 0};
    end.send(GetVringBase, bytesOf(state));
    const std::uint64_t answer = end.receive().value_or(0);
    QCOMPARE(std::uint32_t(answer), 1u);
    QCOMPARE(std::uint32_t(answer >> 32), 2u); // two requests were taken

    end.offer(1, 2, FUSE_GETATTR, FUSE_ROOT_ID, bytesOf(fuse_getattr_in{})); // while it stands
    end.startRing(1, 2);
    QVERIFY(end.waitFor(1, 1));
    QCOMPARE(end.answer(2).error, 0);
    QCOMPARE(end.run(3, FUSE_GETATTR, FUSE_ROOT_ID, bytesOf(fuse_getattr_in{})), 0);
}

void TestVhostUserFs::whatADriverMustNotDoEndsTheRingOnly()
{
    FrontEnd end(path());
    end.agree();
    end.startRing(1, 0);
    QCOMPARE(end.mount(), 0);
    end.describe(1, 2, 0, 64, 0, 0); // no memory of the guest's
    end.makeAvailable(1, 2);
    end.kick(1);
    // It still answers QEMU, and a guest that starts anew is served.
    const std::uint32_t state[] = {1, 0};
    end.send(GetVringBase, bytesOf(state));
    QVERIFY(end.receive().has_value());
    end.forget(1);
    end.startRing(1, 0);
    QCOMPARE(end.run(2, FUSE_GETATTR, FUSE_ROOT_ID, bytesOf(fuse_getattr_in{})), 0);
}

void TestVhostUserFs::impossibleMemoryIsRefused()
{
    FrontEnd end(path());
    end.agree();
    const Fd small(::memfd_create("small", MFD_CLOEXEC));
    QVERIFY(end.ask(SetMemTable, end.memoryTable(MemoryBytes), small.get()).value_or(0) != 0);
    QCOMPARE(end.ask(SetVringEnable, bytesOf(std::uint64_t(1))), std::uint64_t(0)); // goes on
}

void TestVhostUserFs::anUnknownRequestIsRefused()
{
    FrontEnd end(path());
    end.agree();
    QVERIFY(end.ask(77, bytesOf(std::uint64_t(0))).value_or(0) != 0);
}

void TestVhostUserFs::itEndsWithItsConnection()
{
    FrontEnd end(path());
    end.agree();
    end.startRing(1, 0);
    QCOMPARE(end.mount(), 0);
    end.close();
    QVERIFY_OK(end.end());
}

void TestVhostUserFs::brokenMessagesEndIt_data()
{
    QTest::addColumn<int>("what");
    QTest::newRow("half a message") << 0;
    QTest::newRow("one that is too long") << 1;
    QTest::newRow("a ring that is not there") << 2;
}

void TestVhostUserFs::brokenMessagesEndIt()
{
    QFETCH(int, what);
    FrontEnd end(path());
    const std::uint32_t state[] = {7, 0};
    if (what == 0)
        end.sendHalf();
    else if (what == 1)
        end.send(SetMemTable, std::string(4096, 'x'));
    else
        end.send(GetVringBase, bytesOf(state));
    end.close();
    const Result<> served = end.end();
    QVERIFY(!served);
    QVERIFY(QString::fromStdString(served.error().text()).contains("connection to its machine"));
}

QTEST_GUILESS_MAIN(TestVhostUserFs)
#include "tst_vhost_user_fs.moc"
