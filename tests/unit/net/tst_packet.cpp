// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/net/dns_message.h"
#include "engine/net/network_order.h"
#include "engine/net/packet_builder.h"
#include "tests/support/test_main.h"

#include <random>

using namespace engine::net;

namespace {

const MacAddress Guest{0x52, 0x54, 0, 1, 2, 3};
const MacAddress Gateway{0x52, 0x55, 10, 0, 2, 2};

FrameBuffer tcpFrame(std::uint8_t flags, Frame payload = {}, bool isV6 = false)
{
    TcpSegment segment;
    segment.sourceMac = Guest;
    segment.destinationMac = Gateway;
    segment.source = isV6 ? *IpAddress::parse("fec0::15") : IpAddress::v4(10, 0, 2, 15);
    segment.destination = isV6 ? *IpAddress::parse("2001:db8::7") : IpAddress::v4(192, 0, 2, 7);
    segment.sourcePort = 40000;
    segment.destinationPort = 443;
    segment.sequence = 1000;
    segment.acknowledged = 2000;
    segment.flags = flags;
    segment.payload = payload;
    return buildTcp(segment);
}

std::uint32_t sumOf(Frame bytes)
{
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        sum += i % 2 == 0 ? std::uint32_t(bytes[i] << 8) : bytes[i];
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

// A question and its answer, as a name server writes them: names compressed.
FrameBuffer dnsMessage(bool isAnswer)
{
    FrameBuffer message{0x12, 0x34, std::uint8_t(isAnswer ? 0x81 : 1), 0x80, 0,
                        1,    0,    std::uint8_t(isAnswer ? 3 : 0),    0,    0,
                        0,    0};
    for (const char c : std::string("\x03WWW\x06"
                                    "debian\x03org\0\0\x01\0\x01",
                                    20))
        message.push_back(std::uint8_t(c));
    if (!isAnswer)
        return message;
    const FrameBuffer records{
        0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 6, 3,   'c', 'd', 'n', 0xc0, 16, // an alias
        0xc0, 44, 0, 1, 0, 1, 0, 0, 2, 0,  0, 4, 192, 0,   2,   7, // its address
        0xc0, 20, 0, 1, 0, 1, 0, 0, 2, 0,  0, 4, 192, 0,   2,   8, // somebody else's
    };
    message.insert(message.end(), records.begin(), records.end());
    return message;
}

} // namespace

class TestPacket : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatIsBuiltIsRead_data()
    {
        QTest::addColumn<bool>("isV6");
        QTest::newRow("IPv4") << false;
        QTest::newRow("IPv6") << true;
    }
    void whatIsBuiltIsRead()
    {
        QFETCH(bool, isV6);
        const FrameBuffer payload{'h', 'e', 'l', 'l', 'o'};
        const FrameBuffer frame = tcpFrame(TcpAck | TcpPush, payload, isV6);
        const auto packet = parsePacket(frame);
        QVERIFY(packet && packet->isIp && packet->hasTransport);
        QCOMPARE(packet->source.isV6(), isV6);
        QCOMPARE(packet->sourcePort, 40000);
        QCOMPARE(packet->destinationPort, 443);
        QCOMPARE(packet->tcpSequence, 1000u);
        QCOMPARE(packet->tcpPayloadBytes, payload.size());
        // A sum that includes its own checksum is all ones (RFC 1071).
        if (!isV6)
            QCOMPARE(sumOf(Frame(frame).subspan(14, 20)), 0xffffu);
        FrameBuffer pseudo(Frame(frame).begin() + (isV6 ? 22 : 26),
                           Frame(frame).begin() + (isV6 ? 54 : 34));
        const std::size_t tcpBytes = frame.size() - (isV6 ? 54 : 34);
        pseudo.insert(pseudo.end(), {0, IpTcp, 0, std::uint8_t(tcpBytes)});
        pseudo.insert(pseudo.end(), frame.end() - std::ptrdiff_t(tcpBytes), frame.end());
        QCOMPARE(sumOf(pseudo), 0xffffu);
    }

    void paddingIsNoPayload()
    {
        FrameBuffer frame = tcpFrame(TcpAck);
        frame.resize(60);
        QCOMPARE(parsePacket(frame)->tcpPayloadBytes, std::size_t(0));
    }

    void aFrameCutAnywhereIsReadAsFarAsItGoes()
    {
        for (const bool isV6 : {false, true}) {
            const FrameBuffer whole = tcpFrame(TcpSyn, {}, isV6);
            for (std::size_t size = 0; size < whole.size(); ++size) {
                // A buffer of its own, so that a sanitizer sees a byte too far.
                const FrameBuffer cut(whole.begin(), whole.begin() + std::ptrdiff_t(size));
                const auto packet = parsePacket(cut);
                QCOMPARE(packet.has_value(), size >= 14);
                QVERIFY(!packet || !packet->isIp);
            }
        }
    }

    void damagedFramesDoNoHarm()
    {
        std::mt19937 random(1);
        const FrameBuffer dns = dnsMessage(true);
        Datagram datagram;
        datagram.source = IpAddress::v4(10, 0, 2, 3);
        datagram.destination = IpAddress::v4(10, 0, 2, 15);
        datagram.sourcePort = 53;
        datagram.payload = dns;
        for (const FrameBuffer &whole :
             {tcpFrame(TcpSyn), tcpFrame(TcpAck, dns, true), buildUdp(datagram)}) {
            for (int i = 0; i < 20000; ++i) {
                FrameBuffer frame = whole;
                for (int change = 0; change < 3; ++change)
                    frame[random() % frame.size()] = std::uint8_t(random());
                frame.resize(random() % (frame.size() + 1));
                const auto packet = parsePacket(frame);
                if (!packet)
                    continue;
                const FrameBuffer refusal = buildRefusal(frame, *packet);
                QVERIFY(refusal.size() < 14 + 40 + 8 + 65536);
                if (packet->hasTransport && packet->protocol == IpUdp)
                    parseDns(packet->udpPayload);
            }
        }
    }

    void lengthsThatLieAreSeen()
    {
        FrameBuffer frame = tcpFrame(TcpSyn);
        storeBig16(frame.data() + 16, 1500); // the IP packet is said to be longer than the frame
        QVERIFY(!parsePacket(frame)->isIp);
        frame = tcpFrame(TcpSyn);
        frame[14] = 0x4f; // 60 bytes of header in a packet of 40
        QVERIFY(!parsePacket(frame)->isIp);
        frame = tcpFrame(TcpSyn);
        frame[46] = 0xf0; // a TCP header that is longer than what there is
        QVERIFY(parsePacket(frame)->isIp);
        QVERIFY(!parsePacket(frame)->hasTransport);
    }

    void aLaterFragmentHasNoPorts()
    {
        FrameBuffer frame = tcpFrame(TcpSyn);
        storeBig16(frame.data() + 20, 100);
        const auto packet = parsePacket(frame);
        QVERIFY(packet->isIp && packet->isFragment && !packet->isFirstFragment);
        QVERIFY(!packet->hasTransport);
    }

    void extensionHeadersAreSkippedAndEnd()
    {
        FrameBuffer frame = tcpFrame(TcpSyn, {}, true);
        const FrameBuffer options{IpTcp, 0, 1, 4, 0, 0, 0, 0}; // padding alone
        frame.insert(frame.begin() + 54, options.begin(), options.end());
        frame[20] = 60; // destination options
        storeBig16(frame.data() + 18, std::uint16_t(frame.size() - 54));
        auto packet = parsePacket(frame);
        QVERIFY(packet->hasTransport);
        QCOMPARE(packet->destinationPort, 443);
        // One that never ends.
        for (int i = 0; i < 20; ++i)
            frame.insert(frame.begin() + 54, {60, 0, 1, 4, 0, 0, 0, 0});
        storeBig16(frame.data() + 18, std::uint16_t(frame.size() - 54));
        packet = parsePacket(frame);
        QVERIFY(!packet->isIp);
    }

    void aRefusedConnectionIsReset()
    {
        const FrameBuffer syn = tcpFrame(TcpSyn);
        const auto answer = parsePacket(buildRefusal(syn, *parsePacket(syn)));
        QVERIFY(answer && answer->hasTransport);
        QCOMPARE(answer->source, IpAddress::v4(192, 0, 2, 7));
        QCOMPARE(answer->destinationPort, 40000);
        QCOMPARE(answer->tcpFlags, TcpReset | TcpAck);
        QCOMPARE(answer->tcpAcknowledged, 1001u);
        QVERIFY(answer->destinationMac == Guest);
        // A reset is not answered by a reset, or they would go on for ever.
        const FrameBuffer reset = tcpFrame(TcpReset);
        QVERIFY(buildRefusal(reset, *parsePacket(reset)).empty());
    }

    void aRefusedDatagramIsToldWhy()
    {
        Datagram datagram;
        datagram.sourceMac = Guest;
        datagram.destinationMac = Gateway;
        datagram.source = IpAddress::v4(10, 0, 2, 15);
        datagram.destination = IpAddress::v4(192, 0, 2, 7);
        datagram.destinationPort = 123;
        const FrameBuffer payload(100);
        datagram.payload = payload;
        const FrameBuffer frame = buildUdp(datagram);
        const FrameBuffer answer = buildRefusal(frame, *parsePacket(frame));
        const auto packet = parsePacket(answer);
        QVERIFY(packet && packet->protocol == IpIcmp);
        QCOMPARE(packet->icmpType, 3);
        QCOMPARE(answer[35], 13);
        QCOMPARE(answer.size(), std::size_t(14 + 20 + 8 + 28)); // their header and eight bytes
    }

    void namesAndAddressesAreReadFromAnswers()
    {
        const auto question = parseDns(dnsMessage(false));
        QVERIFY(question && !question->isResponse);
        QCOMPARE(question->name, std::string("www.debian.org"));
        const auto answer = parseDns(dnsMessage(true));
        QVERIFY(answer && answer->isResponse);
        QCOMPARE(answer->id, 0x1234);
        // The alias's address counts; one of a name that was not asked for does not.
        QCOMPARE(answer->addresses.size(), std::size_t(1));
        QCOMPARE(answer->addresses.front().address, IpAddress::v4(192, 0, 2, 7));
        QCOMPARE(answer->addresses.front().ttlSeconds, 512u);
    }

    void namesThatPointAtThemselvesEnd()
    {
        FrameBuffer message{0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1};
        QVERIFY(!parseDns(message));
        message = {0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 0xc0, 12, 0, 1, 0, 1};
        QVERIFY(!parseDns(message));
    }

    void addressesAndNetworksAreRead()
    {
        QCOMPARE(IpAddress::parse("192.0.2.7")->text(), std::string("192.0.2.7"));
        QCOMPARE(IpAddress::parse("2001:DB8::7")->text(), std::string("2001:db8::7"));
        for (const char *wrong : {"", "192.0.2", "192.0.2.256", "1.2.3.4.5", "::g", "a"})
            QVERIFY2(!IpAddress::parse(wrong), wrong);
        QCOMPARE(IpNetwork::parse("192.0.2.77/24")->text(), std::string("192.0.2.0/24"));
        QVERIFY(IpNetwork::parse("10.0.0.0/9")->contains(IpAddress::v4(10, 127, 1, 1)));
        QVERIFY(!IpNetwork::parse("10.0.0.0/9")->contains(IpAddress::v4(10, 128, 1, 1)));
        QVERIFY(IpNetwork::parse("0.0.0.0/0")->contains(IpAddress::v4(255, 1, 1, 1)));
        QVERIFY(!IpNetwork::parse("0.0.0.0/0")->contains(*IpAddress::parse("::1")));
        for (const char *wrong : {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "/8", "::/129", "1/8"})
            QVERIFY2(!IpNetwork::parse(wrong), wrong);
        QCOMPARE(IpAddress::parse("::ffff:192.0.2.7")->embeddedV4()->text(),
                 std::string("192.0.2.7"));
        QCOMPARE(IpAddress::parse("2002:c000:207::1")->embeddedV4()->text(),
                 std::string("192.0.2.7"));
        QVERIFY(parseMac("52:54:00:12:34:56").has_value());
        QVERIFY(!parseMac("52:54:00:12:34:5g").has_value());
        QVERIFY(!parseMac("52-54-00-12-34-56").has_value());
    }
};

QTEST_GUILESS_MAIN(TestPacket)
#include "tst_packet.moc"
