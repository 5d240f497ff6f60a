// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/net/network_order.h"
#include "engine/net/packet_builder.h"
#include "tests/support/device_conformance.h"
#include "tests/support/e1000_guest.h"
#include "tests/support/test_main.h"

using namespace engine;
using namespace engine::e1000;
using tests::E1000Board;
using tests::frameTo;
using tests::Other;

namespace {

// States are saved and loaded while the machine stands still.
struct Rig : E1000Board
{
    Rig() { setRunning(false); }
    Device &device() { return card; }
    std::vector<tests::Region> regions() const
    {
        return {{E1000::MemoryBar, 0x6000}, {E1000::PortBar, PortBytes}};
    }
    void disturb()
    {
        setRunning(true);
        bringUp();
        write(InterruptThrottle, 200);
        offerLegacy(std::vector<std::uint8_t>(100, 1), 0); // a packet that goes on
        send();
        write(EepromControl, 2);
        setRunning(false);
    }
};

// IPv4 and TCP with these data; checksums as a driver leaves them to the card.
std::vector<std::uint8_t> tcpPacket(std::size_t dataBytes)
{
    std::vector<std::uint8_t> packet = frameTo(Other, 54 + dataBytes);
    const std::vector<std::uint8_t> ip = {0x45, 0, 0,  0, 0x12, 0x34, 0x40, 0, 64, 6,
                                          0,    0, 10, 0, 2,    15,   10,   0, 2,  2};
    const std::vector<std::uint8_t> tcp = {0x04, 0xd2, 0,    80,   0x11, 0x22, 0x33, 0xf0, 0, 0,
                                           0,    0,    0x50, 0x19, 0x20, 0,    0,    0,    0, 0};
    std::copy(ip.begin(), ip.end(), packet.begin() + 14);
    std::copy(tcp.begin(), tcp.end(), packet.begin() + 34);
    return packet;
}

std::uint16_t sum(const std::vector<std::uint8_t> &bytes, std::size_t start, std::size_t end,
                  std::uint32_t more = 0)
{
    std::uint32_t total = more;
    for (std::size_t i = start; i < end; i += 2)
        total += std::uint32_t(bytes[i] << 8 | (i + 1 < end ? bytes[i + 1] : 0));
    while (total >> 16 != 0)
        total = (total & 0xffff) + (total >> 16);
    return std::uint16_t(total);
}
bool hasGoodIpChecksum(const net::FrameBuffer &frame)
{
    return sum(frame, 14, 34) == 0xffff;
}
// With the pseudo header: addresses, protocol, length.
bool hasGoodTcpChecksum(const net::FrameBuffer &frame)
{
    return sum(frame, 34, frame.size(), sum(frame, 26, 34) + 6u + std::uint32_t(frame.size() - 34))
        == 0xffff;
}

} // namespace

class TestE1000 : public QObject
{
    Q_OBJECT

private slots:
    void conforms()
    {
        QVERIFY(tests::conforms([] { return std::make_unique<Rig>(); }));
    }

    void itIsWhatDriversKnow()
    {
        E1000Board board;
        QCOMPARE(board.card.configRead(0, 4), 0x100e8086u);
        QCOMPARE(board.card.configRead(8, 4) >> 8, 0x020000u);
        QCOMPARE(board.read(ReceiveAddresses), 0x12005452u);
        QCOMPARE(board.read(ReceiveAddresses + 4), 0x80005634u);
        QVERIFY(board.read(Status) & StatusLinkUp);
    }

    void theEepromIsReadBothWays()
    {
        E1000Board board;
        std::uint16_t total = 0;
        for (std::uint32_t word = 0; word < 64; ++word) {
            board.write(EepromRead, word << 8 | 1);
            const std::uint32_t answer = board.read(EepromRead);
            QVERIFY(answer & 0x10);
            // The same by the wires, as Linux does: select, start bit, 10, six bits, sixteen back.
            const auto clock = [&](bool bit) {
                board.write(EepromControl, 0x42u | (bit ? 4u : 0u));
                board.write(EepromControl, 0x43u | (bit ? 4u : 0u));
                return (board.read(EepromControl) & 8) != 0;
            };
            board.write(EepromControl, 0x40);
            QVERIFY(board.read(EepromControl) & 0x80); // granted
            board.write(EepromControl, 0x42);
            for (const bool bit : {true, true, false})
                clock(bit);
            for (int i = 5; i >= 0; --i)
                clock((word >> i & 1) != 0);
            std::uint32_t value = 0;
            for (int i = 0; i < 16; ++i)
                value = value << 1 | (clock(false) ? 1 : 0);
            QCOMPARE(value, answer >> 16);
            board.write(EepromControl, 0);
            total = std::uint16_t(total + value);
            if (word < 3)
                QCOMPARE(
                    value,
                    std::uint32_t(E1000Board::Mac[2 * word] | E1000Board::Mac[2 * word + 1] << 8));
        }
        QCOMPARE(total, std::uint16_t(0xbaba));
    }

    void thePhyKnowsTheCable()
    {
        E1000Board board;
        const auto phy = [&board](std::uint32_t number) {
            board.write(PhyAccess, 2u << 26 | 1u << 21 | number << 16);
            return board.read(PhyAccess);
        };
        QCOMPARE(phy(2), 0x18000000u | 1u << 21 | 2u << 16 | 0x0141u);
        QCOMPARE(phy(3) & 0xffff, 0x0c20u);
        QVERIFY(phy(1) & 4);
        board.bringUp();
        board.card.setLinkUp(false);
        QVERIFY(board.irq.level);
        QCOMPARE(board.read(InterruptCause), CauseLinkChanged | CauseAsserted);
        QVERIFY(!board.irq.level);
        QVERIFY((phy(1) & 4) == 0);
        QVERIFY((board.read(Status) & StatusLinkUp) == 0);
        board.write(PhyAccess, 2u << 26 | 5u << 21); // another PHY: there is none
        QVERIFY(board.read(PhyAccess) & 1u << 30);
    }

    void registersAreReachedByPorts()
    {
        E1000Board board;
        const std::lock_guard lock(board.card.lock());
        board.card.write(E1000::PortBar, 0, 4, ReceiveAddresses);
        QCOMPARE(board.card.read(E1000::PortBar, 4, 4), std::uint64_t(0x12005452));
    }

    void aFrameIsSent()
    {
        E1000Board board;
        board.bringUp();
        const net::FrameBuffer frame = frameTo(Other, 300);
        board.offerLegacy({frame.begin(), frame.begin() + 100}, 0);
        board.send();
        QVERIFY(board.sent().empty()); // it goes on
        board.offerLegacy({frame.begin() + 100, frame.end()}, CommandEnd | CommandReport);
        board.send();
        QCOMPARE(board.sent(), std::vector<net::FrameBuffer>{frame});
        QCOMPARE(*board.ram.at(E1000Board::TransmitRing + 12), std::uint8_t(0));
        QCOMPARE(*board.ram.at(E1000Board::TransmitRing + 16 + 12), std::uint8_t(1));
        QCOMPARE(board.read(TransmitHead), 2u);
        QVERIFY(board.irq.level);
        QCOMPARE(board.read(InterruptCause), CauseSent | CauseQueueEmpty | CauseAsserted);
        QCOMPARE(board.read(GoodSent), 1u);
        QCOMPARE(board.read(GoodSent), 0u); // reading clears
    }

    void aShortFrameIsPaddedAndALongOneIsNot()
    {
        E1000Board board;
        board.bringUp();
        const net::FrameBuffer little = frameTo(Other, 20);
        board.offerLegacy(little, CommandEnd);
        for (int i = 0; i < 3; ++i) // beyond all that a frame can be
            board.offer(E1000Board::TransmitBuffers, 0xfff0u, 0);
        board.offer(E1000Board::TransmitBuffers, std::uint32_t(CommandEnd) << 24 | 0xfff0u, 0);
        board.offerLegacy(frameTo(Other, 60), CommandEnd);
        board.send();
        const auto sent = board.sent();
        QCOMPARE(sent.size(), std::size_t(2));
        QCOMPARE(sent[0].size(), std::size_t(60));
        QCOMPARE(sent[1], frameTo(Other, 60));
    }

    void manyFramesGoThroughTheRing()
    {
        E1000Board board;
        board.bringUp();
        for (unsigned round = 0; round < 20; ++round) {
            for (unsigned i = 0; i < E1000Board::RingCount - 1; ++i)
                board.offerLegacy(frameTo(Other, 60 + i), CommandEnd | CommandReport);
            board.send();
            board.settle();
            const auto sent = board.sent();
            QCOMPARE(sent.size(), std::size_t(E1000Board::RingCount - 1));
            for (unsigned i = 0; i < sent.size(); ++i)
                QCOMPARE(sent[i].size(), std::size_t(60 + i));
        }
    }

    void checksumsAreInserted()
    {
        E1000Board board;
        board.bringUp();
        std::vector<std::uint8_t> packet = tcpPacket(101);
        packet[17] = std::uint8_t(packet.size() - 14);
        const std::uint16_t pseudo = sum(packet, 26, 34, 6u + std::uint32_t(packet.size() - 34));
        net::storeBig16(&packet[50], pseudo);
        // Context: IP at 14, its checksum at 24, to 33; TCP at 34, at 50, to the end.
        board.offer(0x0000'3222'0021'180e, 1u << 29 | std::uint32_t(ContextTcp | ContextIpv4) << 24,
                    0);
        board.offer(board.put(packet),
                    std::uint32_t(packet.size()) | 1u << 20
                        | std::uint32_t(CommandEnd | CommandReport | CommandExtended) << 24,
                    std::uint32_t(InsertIpChecksum | InsertTransportChecksum) << 8);
        board.send();
        const auto sent = board.sent();
        QCOMPARE(sent.size(), std::size_t(1));
        QVERIFY(hasGoodIpChecksum(sent[0]));
        QVERIFY(hasGoodTcpChecksum(sent[0]));
    }

    void packetsAreSegmented()
    {
        E1000Board board;
        board.bringUp();
        constexpr std::size_t Data = 4000;
        constexpr std::size_t Most = 1460;
        std::vector<std::uint8_t> packet = tcpPacket(Data);
        net::storeBig16(&packet[50], sum(packet, 26, 34, 6)); // without the length
        board.offer(0x0000'3222'0021'180e,
                    std::uint32_t(Data)
                        | std::uint32_t(ContextTcp | ContextIpv4 | CommandSegment | CommandExtended)
                            << 24,
                    54u << 8 | std::uint32_t(Most) << 16);
        const std::uint32_t command =
            1u << 20 | std::uint32_t(CommandExtended | CommandSegment | CommandReport) << 24;
        const std::uint32_t options = std::uint32_t(InsertIpChecksum | InsertTransportChecksum)
            << 8;
        board.offer(board.put({packet.begin(), packet.begin() + 54}), command | 54u, options);
        board.offer(board.put({packet.begin() + 54, packet.end()}),
                    command | std::uint32_t(CommandEnd) << 24 | std::uint32_t(Data), options);
        board.send();
        const auto sent = board.sent();
        QCOMPARE(sent.size(), std::size_t(3));
        std::vector<std::uint8_t> data;
        for (std::size_t i = 0; i < sent.size(); ++i) {
            QVERIFY(hasGoodIpChecksum(sent[i]));
            QVERIFY(hasGoodTcpChecksum(sent[i]));
            QCOMPARE(std::size_t(net::loadBig16(&sent[i][16])), sent[i].size() - 14);
            QCOMPARE(int(net::loadBig16(&sent[i][18])), int(0x1234 + i)); // identification
            QCOMPARE(net::loadBig32(&sent[i][38]), 0x112233f0u + std::uint32_t(i * Most));
            QCOMPARE(int(sent[i][47]), i + 1 == sent.size() ? 0x19 : 0x10); // PSH and FIN
            data.insert(data.end(), sent[i].begin() + 54, sent[i].end());
        }
        QCOMPARE(data, std::vector<std::uint8_t>(packet.begin() + 54, packet.end()));
    }

    void nonsenseToSegmentIsNotSent_data()
    {
        QTest::addColumn<unsigned>("header");
        QTest::addColumn<unsigned>("most");
        QTest::newRow("no size") << 54u << 0u;
        QTest::newRow("no header") << 0u << 100u;
        QTest::newRow("nothing but a header") << 200u << 100u;
        QTest::newRow("thousands of frames") << 54u << 1u;
    }
    void nonsenseToSegmentIsNotSent()
    {
        QFETCH(unsigned, header);
        QFETCH(unsigned, most);
        E1000Board board;
        board.bringUp();
        const std::size_t size = most == 1 ? 3000 : 150;
        board.offer(0xffff'ffff'ffff'ffff,
                    std::uint32_t(ContextTcp | CommandSegment | CommandExtended) << 24,
                    header << 8 | most << 16);
        board.offer(board.put(tcpPacket(size)),
                    1u << 20 | std::uint32_t(size)
                        | std::uint32_t(CommandExtended | CommandSegment | CommandEnd) << 24,
                    0x300);
        board.send();
        QVERIFY(board.sent().empty());
    }

    void vlanTagsComeAndGo()
    {
        E1000Board board;
        board.bringUp();
        board.write(VlanType, 0x8100);
        board.write(Control, board.read(Control) | ControlVlan);
        board.offerLegacy(frameTo(Other, 60), CommandEnd | CommandVlan, 0, 0, 0x0123);
        board.send();
        const auto sent = board.sent();
        QCOMPARE(sent.size(), std::size_t(1));
        QCOMPARE(sent[0].size(), std::size_t(64));
        QCOMPARE(net::loadBig32(&sent[0][12]), 0x81000123u);
        net::FrameBuffer back = frameTo(E1000Board::Mac, 64);
        net::storeBig32(&back[12], 0x81000456);
        board.deliver(back);
        const auto received = board.takeReceived();
        QVERIFY(received);
        QCOMPARE(received->vlan, std::uint16_t(0x456));
        QVERIFY(received->status & ReceivedVlan);
        QCOMPARE(received->bytes.size(), std::size_t(60));
    }

    void framesComeIn()
    {
        E1000Board board;
        board.bringUp();
        const net::FrameBuffer frame = frameTo(E1000Board::Mac, 200);
        board.deliver(frame);
        const auto received = board.takeReceived();
        QVERIFY(received);
        QCOMPARE(received->bytes, frame);
        QCOMPARE(received->status, std::uint8_t(ReceivedDone | ReceivedEnd | ReceivedNoChecksum));
        QVERIFY(board.irq.level);
        QVERIFY(board.read(InterruptCause) & CauseReceived);
        QCOMPARE(board.read(ReceiveHead), 1u);
        QCOMPARE(board.read(GoodReceived), 1u);
    }

    void aLongFrameTakesSeveralBuffers()
    {
        E1000Board board;
        board.bringUp(ReceiveBroadcast | ReceiveLong); // with the four check bytes
        const net::FrameBuffer frame = frameTo(E1000Board::Mac, 5000);
        board.deliver(frame);
        std::vector<std::uint8_t> bytes;
        for (const std::size_t size : {2048u, 2048u, 908u}) {
            const auto received = board.takeReceived();
            QVERIFY(received);
            QCOMPARE(received->bytes.size(), size);
            QCOMPARE((received->status & ReceivedEnd) != 0, size == 908);
            bytes.insert(bytes.end(), received->bytes.begin(), received->bytes.end());
        }
        bytes.resize(5000);
        QCOMPARE(bytes, frame);
    }

    void framesAreFiltered_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<unsigned>("control");
        QTest::addColumn<bool>("isTaken");
        const QByteArray own = QByteArray::fromHex("525400123456");
        const QByteArray other = QByteArray::fromHex("525400123457");
        const QByteArray all = QByteArray::fromHex("ffffffffffff");
        const QByteArray several = QByteArray::fromHex("01005e0000fb");
        QTest::newRow("ours") << own << 0u << true;
        QTest::newRow("another's") << other << unsigned(ReceiveBroadcast) << false;
        QTest::newRow("another's, promiscuous") << other << unsigned(ReceiveAllUnicast) << true;
        QTest::newRow("everybody's") << all << unsigned(ReceiveBroadcast) << true;
        QTest::newRow("everybody's, not wanted") << all << 0u << false;
        QTest::newRow("several's") << several << 0u << false;
        QTest::newRow("several's, all wanted") << several << unsigned(ReceiveAllMulticast) << true;
        QTest::newRow("several's, in the table") << several << 0x80000000u << true;
    }
    void framesAreFiltered()
    {
        QFETCH(QByteArray, target);
        QFETCH(unsigned, control);
        QFETCH(bool, isTaken);
        E1000Board board;
        board.bringUp(control & 0x7fffffff);
        if (control >> 31 != 0) { // 01005e0000fb: bits 47:36 of the address, 0xfb0
            board.write(MulticastTable + 4 * (0xfb0 >> 5), 1u << (0xfb0 & 31));
        }
        std::array<std::uint8_t, 6> address = {};
        std::copy(target.begin(), target.end(), address.begin());
        board.deliver(frameTo(address, 60));
        QCOMPARE(board.takeReceived().has_value(), isTaken);
    }

    void withoutBuffersTheNetworkWaits()
    {
        E1000Board board;
        QVERIFY(board.card.isReady()); // nobody listens: lost, as with a real card
        board.bringUp();
        board.write(ReceiveTail, 1);
        QVERIFY(board.card.isReady());
        board.deliver(frameTo(E1000Board::Mac, 60));
        QVERIFY(!board.card.isReady());
        board.deliver(frameTo(E1000Board::Mac, 61)); // waits in the adapter
        QVERIFY(board.takeReceived());
        QVERIFY(!board.takeReceived());
        board.write(ReceiveTail, 2);
        board.settle();
        QCOMPARE(board.takeReceived()->bytes.size(), std::size_t(61));
    }

    void ringsThatAreNoneHarmNobody_data()
    {
        QTest::addColumn<unsigned>("offset");
        QTest::addColumn<unsigned>("value");
        QTest::newRow("no length") << unsigned(TransmitLength) << 0u;
        QTest::newRow("head beyond") << unsigned(TransmitHead) << 0xffffu;
        QTest::newRow("tail beyond") << unsigned(TransmitTail) << 0xffffu;
        QTest::newRow("outside memory") << unsigned(TransmitBaseHigh) << 0xffffffffu;
        QTest::newRow("receive: no length") << unsigned(ReceiveLength) << 0u;
        QTest::newRow("receive: head beyond") << unsigned(ReceiveHead) << 0xffffu;
        QTest::newRow("receive: outside memory") << unsigned(ReceiveBaseHigh) << 0xffffffffu;
    }
    void ringsThatAreNoneHarmNobody()
    {
        QFETCH(unsigned, offset);
        QFETCH(unsigned, value);
        E1000Board board;
        board.bringUp();
        board.write(offset, value);
        board.offerLegacy(frameTo(Other, 60), CommandEnd | CommandReport);
        if (offset != TransmitTail)
            board.send();
        board.deliver(frameTo(E1000Board::Mac, 60));
        board.settle();
        board.write(Control, ControlReset);
        QVERIFY(!board.irq.level);
        board.transmitTail = 0;
        board.bringUp();
        board.sent();
        board.offerLegacy(frameTo(Other, 60), CommandEnd);
        board.send();
        QCOMPARE(board.sent().size(), std::size_t(1));
    }

    void aSavedCardGoesOnInTheMiddleOfAPacket()
    {
        E1000Board board;
        board.bringUp();
        const net::FrameBuffer frame = frameTo(Other, 300);
        board.offerLegacy({frame.begin(), frame.begin() + 100}, 0);
        board.send();
        board.setRunning(false);
        const std::vector<std::uint8_t> saved = tests::savedBytes(board.card);
        E1000Board other;
        std::copy_n(board.ram.at(0), E1000Board::RamBytes, other.ram.at(0));
        other.setRunning(false);
        QVERIFY(tests::loadBytes(other.card, saved));
        other.setRunning(true);
        other.transmitTail = board.transmitTail;
        other.freeBytes = board.freeBytes;
        other.offerLegacy({frame.begin() + 100, frame.end()}, CommandEnd);
        other.send();
        QCOMPARE(other.sent(), std::vector<net::FrameBuffer>{frame});
    }
};

QTEST_GUILESS_MAIN(TestE1000)
#include "tst_e1000.moc"
