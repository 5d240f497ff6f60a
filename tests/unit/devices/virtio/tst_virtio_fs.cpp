// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/vhost_user_fs.h"
#include "engine/devices/virtio/virtio_fs.h"
#include "tests/support/device_conformance.h"
#include "tests/support/test_main.h"
#include "tests/support/vhost_user_peer.h"
#include "tests/support/virtio_driver.h"

#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>

#include <atomic>
#include <cstring>
#include <future>

#include <linux/fuse.h>
#include <poll.h>

using namespace engine;
using namespace std::chrono_literals;
using tests::VhostUserPeer;
using virtio::VirtioFs;

namespace {

using SharedDriver = tests::VirtioDriverOn<tests::SharedRam>;
constexpr std::uint64_t AllFeatures =
    virtio::FeatureVersion1 | virtio::FeatureIndirect | virtio::FeatureEventIndex;

std::unique_ptr<PollLoop> startLoop()
{
    auto loop = PollLoop::start("vhost");
    check(bool(loop), "no thread");
    return std::move(*loop);
}

// Its memory can be mapped by the other half, or is the guest's alone (tests::FakeRam).
template <class Ram>
struct RigOn
{
    using Driver = tests::VirtioDriverOn<Ram>;

    tests::VirtioBoardOn<Ram> board;
    std::unique_ptr<PollLoop> loop = startLoop();
    std::atomic<int> losses = 0;
    std::string lastLoss; // look at it when losses has changed
    VirtioFs fs{"virtio-fs-0", "music", *loop, [this](const Error &error) {
                    lastLoss = error.text();
                    ++losses;
                }};
    Driver driver{fs, board};

    explicit RigOn(std::size_t ramBytes = 1 << 20)
        : board(ramBytes)
    { }

    void flush()
    {
        loop->run([] {});
        loop->run([] {});
    }
    void setRunning(bool isRunning)
    {
        const std::lock_guard lock(fs.lock());
        fs.setRunning(isRunning);
    }
    static constexpr std::uint64_t TableEntry =
        Driver::BarAddress + VirtioFs::MsixTableOffset + 2 * 16;
    // MSI-X, of which the third vector says 41h.
    bool useMessages()
    {
        std::uint32_t at = driver.config(0x34, 1);
        while (at != 0 && driver.config(at, 1) != 0x11)
            at = driver.config(at + 1, 1);
        if (at == 0)
            return false;
        driver.config(at + 2, 2, 0x8000);
        board.memory.write(TableEntry, 4, 0xfee00000);
        board.memory.write(TableEntry + 8, 4, 0x41);
        board.memory.write(TableEntry + 12, 4, 0);
        return true;
    }
    bool isIdle()
    {
        const std::lock_guard lock(fs.lock());
        return fs.isIdle();
    }

    Device &device() { return fs; }
    std::vector<tests::Region> regions() const { return {{0, VirtioFs::BarBytes}}; }
    void settle() { flush(); }
    void disturb()
    {
        driver.plugIn();
        driver.start(AllFeatures);
    }
};

using Rig = RigOn<tests::SharedRam>;
using ShadowRig = RigOn<tests::FakeRam>;

// A good peer behind it.
struct ServedRig : Rig
{
    ServedRig() { connect(); }
    ~ServedRig() { fs.disconnectPeer(); }
    void connect(VhostUserPeer::Behaviour behaviour = {},
                 virtio::VhostUserChannel::Patience patience = {})
    {
        auto [ours, theirs] = tests::connectedSockets();
        fs.disconnectPeer();
        peer.reset();
        peer = std::make_unique<VhostUserPeer>(std::move(theirs), behaviour);
        fs.connectPeer(std::move(ours), patience);
    }
    bool start()
    {
        return driver.start(AllFeatures) && peer->waitFor(VhostUserPeer::SetVringEnable, 0)
            && peer->waitFor(VhostUserPeer::SetVringEnable, 1);
    }
    void settle()
    {
        for (int i = 0; i < 1000 && !isIdle() && isStopping(); ++i)
            flush();
        flush();
    }
    // The saved bytes are those of a device that is idle, as the machine has it.
    bool isStopping() { return driver.status() != 15; }

    std::unique_ptr<VhostUserPeer> peer;
};

struct RealServer
{
    explicit RealServer(const QString &folder)
    {
        auto opened = share::FuseServer::open(
            {.folder = QFile::encodeName(folder).toStdString(), .guestUser = 1000});
        check(opened.has_value(), "no server");
        server = std::move(*opened);
        auto [ours, theirs] = tests::connectedSockets();
        m_ours = std::move(ours);
        served = std::async(std::launch::async, [end = std::move(theirs), this]() mutable {
            return serveVhostUserFs(std::move(end), *server);
        });
    }
    Fd takeEnd() { return std::move(m_ours); }

    std::unique_ptr<share::FuseServer> server;
    std::future<Result<>> served;

private:
    Fd m_ours;
};

bool isRung(int descriptor)
{
    pollfd bell{descriptor, POLLIN, 0};
    return ::poll(&bell, 1, 20000) == 1;
}

} // namespace

class TestVirtioFs : public QObject
{
    Q_OBJECT
private slots:
    void conforms();
    void conformsWithAPeer();
    void conformsWithoutSharedMemory();
    void theGuestReadsItsTag();
    void thePeerIsToldWhatItNeeds();
    void notificationsGoStraightToThePeer();
    void interruptsComeBack_data();
    void interruptsComeBack();
    void messagesGoPastTheDevice();
    void aPauseTakesTheRingsBack();
    void aResetEndsWhenThePeerHasLetGo();
    void aSavedDeviceGoesOnWithAnotherPeer();
    void aPeerThatFailsIsGivenUp_data();
    void aPeerThatFailsIsGivenUp();
    void anotherPeerTakesTheRings();
    void withoutAPeerItIsThereAndIdle();
    void aRealServerAnswers();
    void aRealServerAnswersInShadows();
    void aTagCanBeAnother();
    void aLiarOfShadowsIsGivenUp();
    void aRequestForTooMuchEndsShadows();
    void largeFilesComeWhole();
    void aServerThatEndsLeavesShadows();

private:
    template <class AnyRig>
    void talkToRealServers();
};

void TestVirtioFs::conforms()
{
    QVERIFY(tests::conforms([] { return std::make_unique<Rig>(); }));
}

void TestVirtioFs::conformsWithAPeer()
{
    QVERIFY(tests::conforms([] { return std::make_unique<ServedRig>(); }));
}

void TestVirtioFs::conformsWithoutSharedMemory()
{
    QVERIFY(tests::conforms([] { return std::make_unique<ShadowRig>(); }));
}

void TestVirtioFs::theGuestReadsItsTag()
{
    Rig rig;
    QCOMPARE(rig.driver.config(0, 4), 0x105a1af4u);
    QVERIFY(rig.driver.start());
    std::string tag;
    for (std::uint32_t i = 0; i < 36; ++i)
        tag += char(rig.driver.deviceConfig(i, 1));
    QCOMPARE(tag, std::string("music") + std::string(31, '\0'));
    QCOMPARE(rig.driver.deviceConfig(36, 4), std::uint64_t(1));
    QCOMPARE(rig.driver.offeredFeatures(), AllFeatures);
}

void TestVirtioFs::thePeerIsToldWhatItNeeds()
{
    ServedRig rig;
    QVERIFY(rig.start());
    bool hasMemory = false;
    for (const VhostUserPeer::Seen &each : rig.peer->seen()) {
        if (each.request == VhostUserPeer::SetFeatures) {
            std::uint64_t features = 0;
            std::memcpy(&features, each.payload.data(), sizeof features);
            QCOMPARE(features, AllFeatures | (std::uint64_t(1) << 30));
        }
        if (each.request == VhostUserPeer::SetMemTable) {
            hasMemory = true;
            QCOMPARE(each.descriptors, std::size_t(1));
            QCOMPARE(VhostUserPeer::word(each.payload, 0), 1u);
            QCOMPARE(VhostUserPeer::word(each.payload, 16), std::uint32_t(rig.board.ram.size()));
        }
        if (each.request == VhostUserPeer::SetVringAddr)
            QVERIFY(hasMemory);
    }
    for (std::uint32_t ring = 0; ring < 2; ++ring) {
        QCOMPARE(rig.peer->number(VhostUserPeer::SetVringNum, ring), 1024u);
        QCOMPARE(rig.peer->number(VhostUserPeer::SetVringBase, ring), 0u);
    }
}

void TestVirtioFs::notificationsGoStraightToThePeer()
{
    ServedRig rig;
    QVERIFY(rig.start());
    rig.flush();
    for (std::uint32_t ring = 0; ring < 2; ++ring) {
        QVERIFY(isRung(rig.peer->kick(ring))); // once at the start, so that nothing is missed
        eventfd_t count = 0;
        ::eventfd_read(rig.peer->kick(ring), &count);
    }
    rig.driver.notify(1);
    QVERIFY(isRung(rig.peer->kick(1)));
    eventfd_t count = 0;
    ::eventfd_read(rig.peer->kick(1), &count);
    // Without KVM's help the write arrives on the bus.
    rig.board.memory.write(SharedDriver::BarAddress + rig.driver.capability(2) + 4, 2, 1);
    QVERIFY(isRung(rig.peer->kick(1)));
}

void TestVirtioFs::interruptsComeBack_data()
{
    QTest::addColumn<bool>("isMessage");
    QTest::newRow("pin") << false;
    QTest::newRow("MSI-X") << true;
}

void TestVirtioFs::interruptsComeBack()
{
    QFETCH(bool, isMessage);
    ServedRig rig;
    QVERIFY(rig.driver.negotiate(AllFeatures));
    if (isMessage)
        QVERIFY(rig.useMessages());
    rig.driver.setUpQueue(0, 0, 1);
    rig.driver.setUpQueue(1, 0, 2);
    rig.driver.ready();
    QVERIFY(rig.peer->waitFor(VhostUserPeer::SetVringEnable, 1));
    rig.flush();
    ::eventfd_write(rig.peer->call(1), 1);
    const auto locked = [&rig](auto &&look) {
        const std::lock_guard lock(rig.fs.lock());
        return look();
    };
    if (isMessage) {
        QTRY_COMPARE(locked([&] { return rig.board.msi.messages.size(); }), std::size_t(1));
        QCOMPARE(rig.board.msi.messages.front().data, 0x41u);
    } else {
        QTRY_VERIFY(locked([&] { return rig.board.irq.level; }));
        QCOMPARE(rig.driver.isr(), std::uint8_t(1));
        QVERIFY(!rig.board.irq.level);
    }
}

void TestVirtioFs::messagesGoPastTheDevice()
{
    ServedRig rig;
    rig.board.events.isProvided = true;
    QVERIFY(rig.driver.negotiate(AllFeatures));
    QVERIFY(rig.useMessages());
    rig.driver.setUpQueue(0, 0, 0xffff);
    rig.driver.setUpQueue(1, 0, 2);
    rig.driver.ready();
    QVERIFY(rig.peer->waitFor(VhostUserPeer::SetVringEnable, 1));
    rig.flush();
    const auto locked = [&rig](auto &&look) {
        const std::lock_guard lock(rig.fs.lock());
        return look();
    };
    const auto connected = [&] { return locked([&] { return rig.board.events.connected; }); };
    QCOMPARE(connected().size(), std::size_t(1)); // the other ring has no vector
    QCOMPARE(connected().begin()->second, (MsiMessage{0xfee00000, 0x41}));

    // Masked, it is the device that remembers.
    rig.board.memory.write(Rig::TableEntry + 12, 4, 1);
    QVERIFY(connected().empty());
    ::eventfd_write(rig.peer->call(1), 1);
    QTRY_COMPARE(rig.board.memory.read(SharedDriver::BarAddress + VirtioFs::MsixPendingOffset, 4),
                 std::uint64_t(4));
    rig.board.memory.write(Rig::TableEntry + 8, 4, 0x51);
    rig.board.memory.write(Rig::TableEntry + 12, 4, 0);
    QCOMPARE(locked([&] { return rig.board.msi.messages.size(); }), std::size_t(1));
    QCOMPARE(connected().begin()->second, (MsiMessage{0xfee00000, 0x51}));

    rig.setRunning(false);
    QTRY_VERIFY(rig.isIdle());
    QVERIFY(connected().empty());
    rig.setRunning(true);
    QTRY_COMPARE(connected().size(), std::size_t(1));
    rig.driver.setStatus(0);
    QVERIFY(connected().empty());
}

void TestVirtioFs::aPauseTakesTheRingsBack()
{
    ServedRig rig;
    QVERIFY(rig.start());
    QVERIFY(!rig.isIdle());
    rig.peer->setPosition(0, 3);
    rig.peer->setPosition(1, 700);
    rig.setRunning(false);
    QTRY_VERIFY(rig.isIdle());
    rig.setRunning(true);
    QVERIFY(rig.peer->waitFor(VhostUserPeer::SetVringEnable, 1));
    QCOMPARE(rig.peer->number(VhostUserPeer::SetVringBase, 0), 3u);
    QCOMPARE(rig.peer->number(VhostUserPeer::SetVringBase, 1), 700u);
}

void TestVirtioFs::aResetEndsWhenThePeerHasLetGo()
{
    ServedRig rig;
    QVERIFY(rig.start());
    rig.peer->setPosition(1, 9);
    rig.driver.setStatus(0);
    QVERIFY(rig.peer->waitFor(VhostUserPeer::GetVringBase, 1));
    QTRY_COMPARE(rig.driver.status(), std::uint8_t(0));
    // And begins anew where a driver begins.
    QVERIFY(rig.start());
    QCOMPARE(rig.peer->number(VhostUserPeer::SetVringBase, 1), 0u);
}

void TestVirtioFs::aSavedDeviceGoesOnWithAnotherPeer()
{
    ServedRig rig;
    QVERIFY(rig.start());
    rig.peer->setPosition(1, 5);
    rig.setRunning(false);
    QTRY_VERIFY(rig.isIdle());
    const std::vector<std::uint8_t> saved = tests::savedBytes(rig.fs);

    ServedRig other;
    QVERIFY(tests::loadBytes(other.fs, saved));
    other.setRunning(true);
    QVERIFY(other.peer->waitFor(VhostUserPeer::SetVringEnable, 1));
    QCOMPARE(other.peer->number(VhostUserPeer::SetVringBase, 1), 5u);
}

void TestVirtioFs::aPeerThatFailsIsGivenUp_data()
{
    using Fault = VhostUserPeer::Fault;
    QTest::addColumn<int>("fault");
    QTest::addColumn<unsigned>("at");
    QTest::addColumn<unsigned>("queues");
    QTest::addColumn<QString>("why");
    const auto row = [](const char *name, Fault fault, unsigned at, const char *why,
                        unsigned queues = 2) {
        QTest::newRow(name) << int(fault) << at << queues << QString(why);
    };
    row("silent at once", Fault::Silent, VhostUserPeer::GetFeatures, "does not answer");
    row("silent at the memory", Fault::Silent, VhostUserPeer::SetMemTable, "does not answer");
    row("closes at once", Fault::Close, VhostUserPeer::SetOwner, "closed the connection");
    row("closes at a ring", Fault::Close, VhostUserPeer::SetVringAddr, "closed the connection");
    row("another request", Fault::WrongRequest, VhostUserPeer::GetFeatures, "something else");
    row("half a number", Fault::WrongSize, VhostUserPeer::GetProtocolFeatures, "something else");
    row("endless", Fault::HugeSize, VhostUserPeer::GetQueueNum, "something else");
    row("refuses the memory", Fault::Refusal, VhostUserPeer::SetMemTable, "refuses");
    row("an old one", Fault::NoFeatures, VhostUserPeer::GetFeatures, "lacks features");
    row("one ring", Fault::None, 0, "has 1 rings", 1);
}

void TestVirtioFs::aPeerThatFailsIsGivenUp()
{
    QFETCH(int, fault);
    QFETCH(unsigned, at);
    QFETCH(unsigned, queues);
    QFETCH(QString, why);
    ServedRig rig;
    rig.connect({.fault = VhostUserPeer::Fault(fault), .at = at, .queues = queues},
                {.answer = 200ms, .stop = 200ms});
    QVERIFY(rig.driver.start(AllFeatures)); // which waits for nobody
    QTRY_COMPARE(rig.losses.load(), 1);
    QVERIFY2(QString::fromStdString(rig.lastLoss).contains(why), rig.lastLoss.c_str());
    QVERIFY(!rig.fs.hasPeer());
    QVERIFY(rig.isIdle());
    QCOMPARE(rig.driver.status(), std::uint8_t(15));
    rig.driver.setStatus(0);
    QCOMPARE(rig.driver.status(), std::uint8_t(0));
}

// What the first had taken is lost; what comes later is not.
void TestVirtioFs::anotherPeerTakesTheRings()
{
    ServedRig rig;
    QVERIFY(rig.start());
    rig.driver.offer(1, {{0x8000, 16, false}});
    rig.driver.offer(1, {{0x8000, 16, false}});
    rig.peer->close();
    QTRY_COMPARE(rig.losses.load(), 1);
    QVERIFY(QString::fromStdString(rig.lastLoss).contains("closed"));
    rig.connect();
    QVERIFY(rig.peer->waitFor(VhostUserPeer::SetVringEnable, 1));
    QCOMPARE(rig.peer->number(VhostUserPeer::SetVringBase, 0), 0u);
    QCOMPARE(rig.peer->number(VhostUserPeer::SetVringBase, 1), 2u);
    // Who says what nobody asked for is as bad as who goes.
    rig.flush(); // its last answer is taken
    rig.peer->say("hello");
    QTRY_COMPARE(rig.losses.load(), 2);
    QVERIFY(QString::fromStdString(rig.lastLoss).contains("not asked"));
}

void TestVirtioFs::withoutAPeerItIsThereAndIdle()
{
    Rig rig;
    QVERIFY(rig.driver.start(AllFeatures));
    rig.driver.offer(1, {{0x8000, 16, false}});
    rig.driver.notify(1);
    rig.flush();
    QVERIFY(rig.isIdle());
    QCOMPARE(rig.driver.usedIndex(1), std::uint16_t(0));
    rig.driver.setStatus(0);
    QCOMPARE(rig.driver.status(), std::uint8_t(0));
    QCOMPARE(rig.losses.load(), 0);
}

void TestVirtioFs::aRealServerAnswers()
{
    talkToRealServers<Rig>();
}

void TestVirtioFs::aRealServerAnswersInShadows()
{
    talkToRealServers<ShadowRig>();
}

template <class AnyRig>
void TestVirtioFs::talkToRealServers()
{
    QTemporaryDir folder;
    QVERIFY(QFile(folder.path() + "/there").open(QIODevice::WriteOnly));
    RealServer first(folder.path());
    RealServer second(folder.path());
    {
        AnyRig rig;
        rig.fs.connectPeer(first.takeEnd());
        QVERIFY(rig.driver.start(AllFeatures));
        const auto ask = [&rig](std::uint32_t opcode, std::uint64_t node,
                                const std::vector<std::uint8_t> &arguments) {
            fuse_in_header header{};
            header.len = std::uint32_t(sizeof header + arguments.size());
            header.opcode = opcode;
            header.unique = 1;
            header.nodeid = node;
            std::vector<std::uint8_t> bytes(sizeof header);
            std::memcpy(bytes.data(), &header, sizeof header);
            bytes.insert(bytes.end(), arguments.begin(), arguments.end());
            const std::uint64_t at = rig.driver.put(bytes);
            const std::uint64_t reply = rig.driver.allocate(1024);
            const std::uint16_t before = rig.driver.usedIndex(1);
            rig.driver.offer(1, {{at, std::uint32_t(bytes.size()), false}, {reply, 1024, true}});
            rig.driver.notify(1);
            [&] { QTRY_COMPARE(rig.driver.usedIndex(1), std::uint16_t(before + 1)); }();
            fuse_out_header answer{};
            std::memcpy(&answer, rig.board.ram.at(reply), sizeof answer);
            return -answer.error;
        };
        fuse_init_in in{};
        in.major = FUSE_KERNEL_VERSION;
        in.minor = 36;
        std::vector<std::uint8_t> init(sizeof in);
        std::memcpy(init.data(), &in, sizeof in);
        QCOMPARE(ask(FUSE_INIT, 0, init), 0);
        QCOMPARE(ask(FUSE_LOOKUP, FUSE_ROOT_ID, {'t', 'h', 'e', 'r', 'e', 0}), 0);
        QCOMPARE(ask(FUSE_LOOKUP, FUSE_ROOT_ID, {'g', 'o', 'n', 'e', 0}), ENOENT);
        // A pause in between is not noticed.
        rig.setRunning(false);
        QTRY_VERIFY(rig.isIdle());
        rig.setRunning(true);
        QCOMPARE(ask(FUSE_LOOKUP, FUSE_ROOT_ID, {'t', 'h', 'e', 'r', 'e', 0}), 0);
        QTRY_VERIFY([&rig] {
            const std::lock_guard lock(rig.fs.lock());
            return rig.board.irq.level;
        }());
        // The guest goes on with another server, and never knows.
        rig.setRunning(false);
        QTRY_VERIFY(rig.isIdle());
        const std::vector<std::uint8_t> saved = tests::savedBytes(rig.fs);
        rig.fs.disconnectPeer();
        rig.flush();
        QVERIFY(tests::loadBytes(rig.fs, saved));
        rig.fs.connectPeer(second.takeEnd());
        QTRY_VERIFY(second.server->knownFiles() == 1);
        rig.setRunning(true);
        QCOMPARE(ask(FUSE_LOOKUP, FUSE_ROOT_ID, {'t', 'h', 'e', 'r', 'e', 0}), 0);
        QCOMPARE(rig.losses.load(), 0);
        // An open file that was deleted would be lost.
        const std::vector<std::uint8_t> opened(sizeof(fuse_open_in));
        QCOMPARE(ask(FUSE_OPEN, 2, opened), 0);
        QVERIFY(QFile::remove(folder.path() + "/there"));
        rig.setRunning(false);
        QTRY_VERIFY(rig.isIdle());
        StateArchive archive;
        serializeDevice(archive, rig.fs);
        QVERIFY(archive.hasFailed());
        QCOMPARE(archive.error().kind(), ErrorKind::Busy);
        rig.setRunning(true);
        QCOMPARE(ask(FUSE_LOOKUP, FUSE_ROOT_ID, {'g', 'o', 'n', 'e', 0}), ENOENT);
        QCOMPARE(rig.losses.load(), 0);
    }
    QVERIFY_OK(first.served.get());
    QVERIFY_OK(second.served.get());
}

void TestVirtioFs::aTagCanBeAnother()
{
    Rig rig;
    rig.fs.setTag("a");
    QVERIFY(rig.driver.start());
    QCOMPARE(rig.driver.deviceConfig(0, 4), std::uint64_t('a'));
    QCOMPARE(rig.driver.deviceConfig(36, 4), std::uint64_t(1));
}

// Through a peer that plays with the used ring of a file that it was given.
void TestVirtioFs::aLiarOfShadowsIsGivenUp()
{
    ShadowRig rig;
    auto [ours, theirs] = tests::connectedSockets();
    VhostUserPeer peer(std::move(theirs));
    rig.fs.connectPeer(std::move(ours));
    QVERIFY(rig.driver.start(AllFeatures));
    QVERIFY(peer.waitFor(VhostUserPeer::SetVringEnable, 1));
    std::uint64_t features = 0;
    std::uint64_t usedAt = 0;
    for (const VhostUserPeer::Seen &each : peer.seen()) {
        if (each.request == VhostUserPeer::SetFeatures)
            std::memcpy(&features, each.payload.data(), sizeof features);
        if (each.request == VhostUserPeer::SetVringAddr
            && VhostUserPeer::word(each.payload, 0) == 1)
            std::memcpy(&usedAt, each.payload.data() + 16, sizeof usedAt);
        if (each.request == VhostUserPeer::SetMemTable)
            QVERIFY(VhostUserPeer::word(each.payload, 16) != std::uint32_t(rig.board.ram.size()));
    }
    // What the guest agreed on is its own.
    QCOMPARE(features, virtio::FeatureVersion1 | (std::uint64_t(1) << 30));
    rig.driver.offer(1, {{0x8000, 16, false}});
    rig.driver.notify(1);
    QVERIFY(isRung(peer.kick(1)));
    rig.flush();
    // The same process here, so its address is good: nine answers to one request.
    std::atomic_ref(*reinterpret_cast<std::uint16_t *>(usedAt + 2)).store(9);
    ::eventfd_write(peer.call(1), 1);
    QTRY_COMPARE(rig.losses.load(), 1);
    QVERIFY(QString::fromStdString(rig.lastLoss).contains("more than it was asked"));
    QCOMPARE(rig.driver.usedIndex(1), std::uint16_t(0));
    QVERIFY(rig.isIdle());
    rig.fs.disconnectPeer();
}

// The guest's driver is at fault, not the other half.
void TestVirtioFs::aRequestForTooMuchEndsShadows()
{
    constexpr std::uint32_t MiB = 1 << 20;
    ShadowRig rig(std::size_t(32) * MiB);
    auto [ours, theirs] = tests::connectedSockets();
    VhostUserPeer peer(std::move(theirs));
    rig.fs.connectPeer(std::move(ours));
    QVERIFY(rig.driver.start(AllFeatures));
    QVERIFY(peer.waitFor(VhostUserPeer::SetVringEnable, 1));
    rig.flush();
    rig.driver.offer(1, {{0x8000, 16, false}, {MiB, 20 * MiB, true}});
    rig.driver.notify(1);
    QTRY_COMPARE(rig.driver.status() & virtio::StatusNeedsReset, int(virtio::StatusNeedsReset));
    QCOMPARE(rig.driver.usedIndex(1), std::uint16_t(0));
    rig.driver.setStatus(0);
    QTRY_COMPARE(rig.driver.status(), std::uint8_t(0));
    QCOMPARE(rig.losses.load(), 0);
    rig.fs.disconnectPeer();
}

// A megabyte each way in several pieces, and four at a time.
void TestVirtioFs::largeFilesComeWhole()
{
    constexpr std::uint32_t MiB = 1 << 20;
    QTemporaryDir folder;
    QByteArray contents(4 * MiB, '\0');
    for (qsizetype i = 0; i < contents.size(); ++i)
        contents[i] = char(i * 7 + i / 4096);
    QFile file(folder.path() + "/large");
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(contents), contents.size());
    file.close();
    RealServer real(folder.path());
    {
        ShadowRig rig(std::size_t(8) * MiB);
        rig.fs.connectPeer(real.takeEnd());
        QVERIFY(rig.driver.start(AllFeatures));
        std::vector<std::uint64_t> replies;
        const auto ask = [&](std::uint32_t opcode, std::uint64_t node, const void *arguments,
                             std::size_t size, std::uint32_t answer) {
            fuse_in_header header{};
            header.len = std::uint32_t(sizeof header + size);
            header.opcode = opcode;
            header.unique = replies.size() + 1;
            header.nodeid = node;
            std::vector<std::uint8_t> bytes(sizeof header + size);
            std::memcpy(bytes.data(), &header, sizeof header);
            std::memcpy(bytes.data() + sizeof header, arguments, size);
            const std::uint64_t at = rig.driver.put(bytes);
            const std::uint64_t reply = rig.driver.allocate(answer, 4096);
            // In two pieces each way.
            rig.driver.offer(1,
                             {{at, 10, false},
                              {at + 10, std::uint32_t(bytes.size() - 10), false},
                              {reply, 16, true},
                              {reply + 16, answer - 16, true}});
            rig.driver.notify(1);
            replies.push_back(reply);
        };
        const auto waitForAll = [&] {
            QTRY_COMPARE(rig.driver.usedIndex(1), std::uint16_t(replies.size()));
        };
        fuse_init_in init{};
        init.major = FUSE_KERNEL_VERSION;
        init.minor = 36;
        ask(FUSE_INIT, 0, &init, sizeof init, 1024);
        waitForAll();
        ask(FUSE_LOOKUP, FUSE_ROOT_ID, "large", 6, 1024);
        waitForAll();
        fuse_entry_out entry{};
        std::memcpy(&entry, rig.board.ram.at(replies.back() + sizeof(fuse_out_header)),
                    sizeof entry);
        const fuse_open_in open{};
        ask(FUSE_OPEN, entry.nodeid, &open, sizeof open, 1024);
        waitForAll();
        fuse_open_out opened{};
        std::memcpy(&opened, rig.board.ram.at(replies.back() + sizeof(fuse_out_header)),
                    sizeof opened);
        const std::size_t first = replies.size();
        for (unsigned i = 0; i < 4; ++i) {
            fuse_read_in read{};
            read.fh = opened.fh;
            read.offset = std::uint64_t(i) * MiB;
            read.size = MiB;
            ask(FUSE_READ, entry.nodeid, &read, sizeof read, MiB + 16);
        }
        waitForAll();
        for (unsigned i = 0; i < 4; ++i)
            QVERIFY(std::memcmp(rig.board.ram.at(replies[first + i] + sizeof(fuse_out_header)),
                                contents.constData() + std::size_t(i) * MiB, MiB)
                    == 0);
        QCOMPARE(rig.losses.load(), 0);
    }
    QVERIFY_OK(real.served.get());
}

// Nobody answers what the first had taken; the second gets what comes.
void TestVirtioFs::aServerThatEndsLeavesShadows()
{
    ShadowRig rig;
    const auto connect = [&rig] {
        auto [ours, theirs] = tests::connectedSockets();
        auto peer = std::make_unique<VhostUserPeer>(std::move(theirs));
        rig.fs.connectPeer(std::move(ours));
        return peer;
    };
    auto first = connect();
    QVERIFY(rig.driver.start(AllFeatures));
    QVERIFY(first->waitFor(VhostUserPeer::SetVringEnable, 1));
    rig.driver.offer(1, {{0x8000, 16, false}, {0x9000, 16, true}});
    rig.driver.notify(1);
    QVERIFY(isRung(first->kick(1)));
    rig.flush();
    first->close();
    QTRY_COMPARE(rig.losses.load(), 1);
    auto second = connect();
    QVERIFY(second->waitFor(VhostUserPeer::SetVringEnable, 1));
    rig.flush();
    // A pause gives back what came meanwhile: the peer took none of it.
    rig.driver.offer(1, {{0x8000, 16, false}, {0x9000, 16, true}});
    rig.driver.notify(1);
    rig.flush();
    rig.setRunning(false);
    QTRY_VERIFY(rig.isIdle());
    QCOMPARE(rig.losses.load(), 1);
    const std::vector<std::uint8_t> saved = tests::savedBytes(rig.fs);
    QVERIFY(!saved.empty());
    rig.setRunning(true);
    QVERIFY(second->waitFor(VhostUserPeer::SetVringEnable, 1));
    QCOMPARE(rig.driver.usedIndex(1), std::uint16_t(0));
    // And the driver may begin anew at any time.
    rig.driver.setStatus(0);
    QTRY_COMPARE(rig.driver.status(), std::uint8_t(0));
    rig.fs.disconnectPeer();
}

QTEST_GUILESS_MAIN(TestVirtioFs)
#include "tst_virtio_fs.moc"
