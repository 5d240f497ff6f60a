// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/virtio/virtio_net.h"
#include "engine/net/packet_builder.h"
#include "tests/support/device_conformance.h"
#include "tests/support/test_main.h"
#include "tests/support/virtio_driver.h"

#include <numeric>

using namespace engine;
using tests::VirtioDriver;
using virtio::VirtioNet;

namespace {

constexpr std::uint64_t Checksums = 1 << 0;
constexpr std::uint64_t Mergeable = 1 << 15;
constexpr std::uint64_t LinkStatus = 1 << 16;
constexpr std::size_t HeaderBytes = 12;
constexpr unsigned Receive = 0;
constexpr unsigned Send = 1;
constexpr std::array<std::uint8_t, 6> Mac = {0x52, 0x54, 0, 1, 2, 3};

// Remembers what the guest sends; on request answers at once, as libslirp does.
struct FakeNetwork final : net::NetBackend
{
    void send(net::Frame frame) override
    {
        frames.emplace_back(frame.begin(), frame.end());
        if (answersTo)
            answersTo->deliver(frame);
    }
    std::vector<net::FrameBuffer> frames;
    net::NetAdapter *answersTo = nullptr;
};

struct Rig
{
    tests::VirtioBoard board{4u << 20};
    std::unique_ptr<PollLoop> loop = *PollLoop::start("network");
    VirtioNet card{"virtio-net-0", Mac, true, *loop};
    VirtioDriver driver{card, board};
    net::NetAdapter adapter{card};
    FakeNetwork *network = nullptr;

    Rig()
    {
        auto backend = std::make_unique<FakeNetwork>();
        network = backend.get();
        loop->run([&] {
            adapter.setBackend(std::move(backend));
            loop->add(&adapter);
            card.connectCard(&adapter);
        });
    }
    ~Rig()
    {
        loop->run([&] {
            card.connectCard(nullptr);
            loop->remove(&adapter);
        });
    }
    // Everything that was asked for so far has happened.
    void settle()
    {
        for (int i = 0; i < 3; ++i)
            loop->run([] {});
    }
    std::uint64_t offerBuffer(std::uint32_t size)
    {
        const std::uint64_t address = driver.allocate(size);
        driver.offer(Receive, {{address, size, true}});
        return address;
    }
    void send(const std::vector<std::uint8_t> &frame,
              std::vector<std::uint8_t> header = std::vector<std::uint8_t>(HeaderBytes))
    {
        driver.offer(Send,
                     {{driver.put(header), std::uint32_t(header.size()), false},
                      {driver.put(frame), std::uint32_t(frame.size()), false}});
        driver.notify(Send);
    }
    void deliver(const net::FrameBuffer &frame)
    {
        loop->run([&] { adapter.deliver(frame); });
    }
    std::size_t sentFrames()
    {
        std::size_t count = 0;
        loop->run([&] { count = network->frames.size(); });
        return count;
    }

    void setRunning(bool isRunning)
    {
        const std::lock_guard lock(card.lock());
        card.setRunning(isRunning);
    }
};

// For conformance: states are saved and loaded while the machine stands still.
struct StandingRig : Rig
{
    StandingRig() { setRunning(false); }
    Device &device() { return card; }
    std::vector<tests::Region> regions() const { return {{0, VirtioNet::BarBytes}}; }
    void disturb()
    {
        setRunning(true);
        driver.plugIn();
        driver.start();
        offerBuffer(2048);
        deliver(net::FrameBuffer(64, 1));
        send(net::FrameBuffer(64, 2));
        settle();
        setRunning(false);
    }
};

net::FrameBuffer frameOf(std::size_t size)
{
    net::FrameBuffer frame(size);
    std::iota(frame.begin(), frame.end(), std::uint8_t(1));
    return frame;
}

} // namespace

class TestVirtioNet : public QObject
{
    Q_OBJECT

private slots:
    void conforms()
    {
        QVERIFY(tests::conforms([] { return std::make_unique<StandingRig>(); }));
    }

    void configurationNamesTheCard()
    {
        Rig rig;
        QVERIFY(rig.driver.start(VirtioDriver::Version1 | LinkStatus));
        QCOMPARE(rig.driver.config(0, 4), 0x10411af4u);
        QCOMPARE(rig.driver.deviceConfig(0, 4), std::uint64_t(0x01005452));
        QCOMPARE(rig.driver.deviceConfig(4, 4), std::uint64_t(0x00010302));
    }

    void framesLeaveTheGuest()
    {
        Rig rig;
        QVERIFY(rig.driver.start());
        const net::FrameBuffer frame = frameOf(1514);
        rig.send(frame);
        QTRY_COMPARE(rig.sentFrames(), 1u);
        QCOMPARE(rig.network->frames[0], frame);
        QTRY_COMPARE(rig.driver.usedIndex(Send), std::uint16_t(1));
    }

    void manyFramesLeaveInOrder()
    {
        Rig rig;
        QVERIFY(rig.driver.start(VirtioDriver::Version1 | virtio::FeatureEventIndex));
        for (int i = 0; i < 500; ++i) {
            rig.send(net::FrameBuffer(60, std::uint8_t(i)));
            if (i % 100 == 99)
                QTRY_COMPARE(rig.driver.usedIndex(Send), std::uint16_t(i + 1));
        }
        QCOMPARE(rig.sentFrames(), 500u);
        for (std::size_t i = 0; i < 500; ++i)
            QCOMPARE(rig.network->frames[i][59], std::uint8_t(i));
    }

    void whatIsNoFrameIsDroppedAndGivenBack_data()
    {
        QTest::addColumn<int>("size");
        QTest::addColumn<int>("headerSize");
        QTest::addColumn<int>("field");
        QTest::addColumn<int>("value");
        QTest::newRow("no header") << 4 << 4 << 0 << 0;
        QTest::newRow("shorter than its addresses") << 13 << 12 << 0 << 0;
        QTest::newRow("longer than any") << int(net::MaxFrameBytes + 1) << 12 << 0 << 0;
        QTest::newRow("to be segmented") << 4000 << 12 << 1 << 1;
        QTest::newRow("checksum not agreed on") << 100 << 12 << 0 << 1;
    }
    void whatIsNoFrameIsDroppedAndGivenBack()
    {
        QFETCH(int, size);
        QFETCH(int, headerSize);
        QFETCH(int, field);
        QFETCH(int, value);
        Rig rig;
        QVERIFY(rig.driver.start());
        std::vector<std::uint8_t> header(std::size_t(headerSize), 0);
        header[std::size_t(field)] = std::uint8_t(value);
        rig.send(net::FrameBuffer(std::size_t(size)), header);
        QTRY_COMPARE(rig.driver.usedIndex(Send), std::uint16_t(1));
        QCOMPARE(rig.sentFrames(), 0u);
        QVERIFY(!rig.card.isBroken());
    }

    void checksumsAreCompleted()
    {
        Rig rig;
        QVERIFY(rig.driver.start(VirtioDriver::Version1 | Checksums));
        net::Datagram datagram;
        datagram.source = net::IpAddress::v4(10, 0, 2, 15);
        datagram.destination = net::IpAddress::v4(10, 0, 2, 2);
        datagram.sourcePort = 1000;
        datagram.destinationPort = 53;
        const std::vector<std::uint8_t> payload = {1, 2, 3, 4, 5};
        datagram.payload = payload;
        const net::FrameBuffer right = net::buildUdp(datagram);
        constexpr std::size_t Udp = 14 + 20;
        net::FrameBuffer partial = right;
        // The pseudo header's sum (RFC 768): addresses, protocol, length.
        const std::uint32_t sum = 0x0a00 + 0x020f + 0x0a00 + 0x0202 + 17 + 8 + 5;
        storeBe(&partial[Udp + 6], std::uint16_t(sum));
        std::vector<std::uint8_t> header(HeaderBytes);
        header[0] = 1;
        storeLe(&header[6], std::uint16_t(Udp));
        storeLe(&header[8], std::uint16_t(6));
        rig.send(partial, header);
        QTRY_COMPARE(rig.sentFrames(), 1u);
        QCOMPARE(rig.network->frames[0], right);
        // One whose place is beyond the frame.
        storeLe(&header[6], std::uint16_t(0xffff));
        storeLe(&header[8], std::uint16_t(0xffff));
        rig.send(partial, header);
        QTRY_COMPARE(rig.driver.usedIndex(Send), std::uint16_t(2));
        QCOMPARE(rig.sentFrames(), 1u);
    }

    void framesReachTheGuest()
    {
        Rig rig;
        QVERIFY(rig.driver.start());
        const std::uint64_t buffer = rig.offerBuffer(2048);
        const net::FrameBuffer frame = frameOf(1000);
        rig.deliver(frame);
        const auto used = rig.driver.takeUsed(Receive);
        QVERIFY(used);
        QCOMPARE(used->written, std::uint32_t(HeaderBytes + 1000));
        std::vector<std::uint8_t> expected(HeaderBytes);
        expected[10] = 1; // one buffer
        expected.insert(expected.end(), frame.begin(), frame.end());
        QCOMPARE(rig.driver.get(buffer, expected.size()), expected);
        QVERIFY(rig.board.irq.level);
    }

    void largeFrameTakesSeveralBuffers()
    {
        Rig rig;
        QVERIFY(rig.driver.start(VirtioDriver::Version1 | Mergeable));
        std::vector<std::uint64_t> buffers;
        for (int i = 0; i < 4; ++i)
            buffers.push_back(rig.offerBuffer(512));
        const net::FrameBuffer frame = frameOf(1400);
        rig.deliver(frame);
        QCOMPARE(rig.driver.usedIndex(Receive), std::uint16_t(3));
        std::vector<std::uint8_t> received;
        for (const std::uint64_t buffer : buffers) {
            const auto used = rig.driver.takeUsed(Receive);
            if (!used)
                break;
            const auto part = rig.driver.get(buffer, used->written);
            received.insert(received.end(), part.begin(), part.end());
        }
        QCOMPARE(received[10], std::uint8_t(3));
        received.erase(received.begin(), received.begin() + HeaderBytes);
        QCOMPARE(received, frame);
        // One that there is no room for is lost whole, and the buffer stays.
        rig.deliver(frame);
        QCOMPARE(rig.driver.usedIndex(Receive), std::uint16_t(3));
        rig.deliver(frameOf(100));
        QCOMPARE(rig.driver.usedIndex(Receive), std::uint16_t(4));
    }

    void smallBufferWithoutMergingLosesTheFrame()
    {
        Rig rig;
        QVERIFY(rig.driver.start());
        rig.offerBuffer(512);
        rig.offerBuffer(512);
        rig.deliver(frameOf(800));
        QCOMPARE(rig.driver.usedIndex(Receive), std::uint16_t(0));
        rig.deliver(frameOf(500));
        QCOMPARE(rig.driver.usedIndex(Receive), std::uint16_t(1));
    }

    void framesWaitForBuffers_data()
    {
        QTest::addColumn<std::uint64_t>("features");
        QTest::newRow("flags") << VirtioDriver::Version1;
        QTest::newRow("event index")
            << std::uint64_t(VirtioDriver::Version1 | virtio::FeatureEventIndex);
    }
    void framesWaitForBuffers()
    {
        QFETCH(std::uint64_t, features);
        Rig rig;
        QVERIFY(rig.driver.start(features));
        for (int i = 0; i < 3; ++i)
            rig.deliver(frameOf(100));
        QCOMPARE(rig.driver.usedIndex(Receive), std::uint16_t(0));
        for (std::uint16_t i = 1; i <= 3; ++i) {
            rig.offerBuffer(2048);
            // The driver is told to say so.
            if ((features & virtio::FeatureEventIndex) != 0)
                QCOMPARE(rig.driver.availableEvent(Receive), std::uint16_t(i - 1));
            else
                QCOMPARE(rig.driver.usedFlags(Receive), std::uint16_t(0));
            rig.driver.notify(Receive);
            QTRY_COMPARE(rig.driver.usedIndex(Receive), i);
            rig.settle();
        }
    }

    void answersWithinSendingArrive()
    {
        Rig rig;
        QVERIFY(rig.driver.start());
        rig.loop->run([&] { rig.network->answersTo = &rig.adapter; });
        rig.offerBuffer(2048);
        rig.send(frameOf(100));
        QTRY_COMPARE(rig.driver.usedIndex(Receive), std::uint16_t(1));
    }

    void limitHoldsTheGuestBack()
    {
        Rig rig;
        QVERIFY(rig.driver.start());
        // A tenth of a second's worth at once: two frames; the others when their time has come.
        rig.loop->run([&] { rig.adapter.setLimit(20000); });
        for (int i = 0; i < 4; ++i)
            rig.send(frameOf(1100));
        QTRY_COMPARE(rig.sentFrames(), 2u);
        QCOMPARE(rig.driver.usedIndex(Send), std::uint16_t(2)); // the ring waits, not a queue here
        QTRY_COMPARE(rig.sentFrames(), 4u);
    }

    void linkIsShownAndChangesInterrupt()
    {
        Rig rig;
        QVERIFY(rig.driver.start(VirtioDriver::Version1 | LinkStatus));
        QCOMPARE(rig.driver.deviceConfig(6, 2), std::uint64_t(1));
        rig.card.setLinkUp(true); // it is
        QCOMPARE(rig.driver.isr(), std::uint8_t(0));
        rig.card.setLinkUp(false);
        QCOMPARE(rig.driver.deviceConfig(6, 2), std::uint64_t(0));
        QCOMPARE(rig.driver.isr(), std::uint8_t(2));
        rig.offerBuffer(2048);
        rig.deliver(frameOf(100));
        QCOMPARE(rig.driver.usedIndex(Receive), std::uint16_t(0));
        rig.card.setLinkUp(true);
        rig.deliver(frameOf(100));
        QCOMPARE(rig.driver.usedIndex(Receive), std::uint16_t(1));
    }

    void nothingMovesWhileTheMachineStandsStill()
    {
        Rig rig;
        QVERIFY(rig.driver.start(VirtioDriver::Version1 | LinkStatus));
        rig.settle();
        rig.setRunning(false);
        rig.offerBuffer(2048);
        rig.deliver(frameOf(100));
        rig.send(frameOf(100));
        rig.card.setLinkUp(false);
        rig.settle();
        QCOMPARE(rig.driver.usedIndex(Receive), std::uint16_t(0));
        QCOMPARE(rig.driver.usedIndex(Send), std::uint16_t(0));
        QVERIFY(!rig.board.irq.level);
        rig.card.setLinkUp(true);
        rig.setRunning(true);
        QTRY_COMPARE(rig.driver.usedIndex(Receive), std::uint16_t(1));
        QTRY_COMPARE(rig.driver.usedIndex(Send), std::uint16_t(1));
    }

    void withoutCableFramesAreTakenAndLost()
    {
        Rig rig;
        QVERIFY(rig.driver.start());
        rig.loop->run([&] { rig.card.connectCard(nullptr); });
        rig.send(frameOf(100));
        QTRY_COMPARE(rig.driver.usedIndex(Send), std::uint16_t(1));
        QCOMPARE(rig.sentFrames(), 0u);
    }

    void readableReceiveBufferBreaksTheDevice()
    {
        Rig rig;
        QVERIFY(rig.driver.start());
        rig.driver.offer(Receive, {{rig.driver.allocate(64), 64, false}});
        rig.deliver(frameOf(100));
        QVERIFY(rig.card.isBroken());
    }
};

QTEST_GUILESS_MAIN(TestVirtioNet)
#include "tst_virtio_net.moc"
