// SPDX-License-Identifier: GPL-3.0-or-later
// Rules, limits and the list of connections, with a network that only listens and a clock that
// moves when told to.
#include "engine/net/frame_stream.h"
#include "engine/net/net_adapter.h"
#include "engine/net/packet_builder.h"
#include "tests/support/test_main.h"

#include <array>

#include <sys/socket.h>

using namespace engine;
using namespace engine::net;
using namespace std::chrono_literals;

namespace {

const MacAddress GuestMac{0x52, 0x54, 0, 1, 2, 3};
const MacAddress GatewayMac{0x52, 0x55, 10, 0, 2, 2};
const IpAddress GuestAddress = IpAddress::v4(10, 0, 2, 15);
const IpAddress Public = IpAddress::v4(198, 51, 100, 7);

struct Recorder final : NetBackend
{
    explicit Recorder(std::vector<FrameBuffer> &list)
        : frames(list)
    { }
    void send(Frame frame) override { frames.emplace_back(frame.begin(), frame.end()); }
    std::vector<FrameBuffer> &frames;
};

struct Card final : FrameSink
{
    void deliver(Frame frame) override
    {
        bytes += frame.size();
        frames.emplace_back(frame.begin(), frame.end());
    }
    bool isReady() const override { return isListening; }
    std::vector<FrameBuffer> frames;
    std::size_t bytes = 0;
    bool isListening = true;
};

// An adapter between the two.
struct Bench
{
    explicit Bench(EgressRules rules = {})
        : adapter(card, [this] { return now; })
    {
        adapter.setBackend(std::make_unique<Recorder>(sent));
        adapter.setFilter(EgressFilter(*NatPlan::make("", 0), std::move(rules)));
    }

    Clock::time_point now = Clock::time_point(1000s);
    Card card;
    std::vector<FrameBuffer> sent;
    NetAdapter adapter;

    static Datagram outwards(const IpAddress &to, std::uint16_t port, std::uint16_t ownPort = 4000)
    {
        return {GuestMac, GatewayMac, GuestAddress, to, ownPort, port, {}};
    }
    static TcpSegment segment(const IpAddress &to, std::uint8_t flags, Frame payload = {})
    {
        return {GuestMac, GatewayMac, GuestAddress, to, 4000, 443, 1000, 2000, flags, payload};
    }
    static TcpSegment backwards(TcpSegment segment)
    {
        std::swap(segment.source, segment.destination);
        std::swap(segment.sourcePort, segment.destinationPort);
        std::swap(segment.sourceMac, segment.destinationMac);
        return segment;
    }
    // Whether a SYN to it goes out.
    bool connects(const IpAddress &to)
    {
        const std::size_t before = sent.size();
        adapter.send(buildTcp(segment(to, TcpSyn)));
        return sent.size() > before;
    }
    Connection only() { return adapter.connections().at(0); }
};

EgressRules rules(EgressRules::Policy policy, std::vector<std::string> destinations = {})
{
    return *EgressRules::make(policy, destinations);
}

FrameBuffer dnsQuestion(const std::string &name, std::uint16_t id = 7)
{
    FrameBuffer message{std::uint8_t(id >> 8), std::uint8_t(id), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0};
    std::size_t from = 0;
    while (from <= name.size()) {
        const std::size_t dot = std::min(name.find('.', from), name.size());
        message.push_back(std::uint8_t(dot - from));
        message.insert(message.end(), name.begin() + std::ptrdiff_t(from),
                       name.begin() + std::ptrdiff_t(dot));
        from = dot + 1;
    }
    message.insert(message.end(), {0, 0, 1, 0, 1});
    return message;
}

FrameBuffer dnsAnswer(const std::string &name, const IpAddress &address, std::uint8_t ttl = 60)
{
    FrameBuffer message = dnsQuestion(name);
    message[2] = 0x81;
    message[7] = 1;
    message.insert(message.end(), {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, ttl, 0, 4});
    message.insert(message.end(), address.bytes(), address.bytes() + 4);
    return message;
}

const IpAddress NameServer = IpAddress::v4(10, 0, 2, 3);

} // namespace

class TestNetAdapter : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void eachPolicyKnowsWhereToGo_data()
    {
        using Policy = EgressRules::Policy;
        QTest::addColumn<int>("policy");
        QTest::addColumn<QString>("address");
        QTest::addColumn<bool>("isAllowed");
        const auto add = [](Policy policy, const char *address, bool isAllowed) {
            const char *const names[] = {"open", "no LAN", "list", "off"};
            QTest::addRow("%s %s", names[int(policy)], address)
                << int(policy) << QString::fromLatin1(address) << isAllowed;
        };
        add(Policy::Open, "198.51.100.7", true);
        add(Policy::Open, "10.0.2.2", true);
        add(Policy::Open, "192.168.1.1", true);
        add(Policy::NoLan, "198.51.100.7", true);
        add(Policy::NoLan, "2001:db8::7", true);
        for (const char *near :
             {"10.0.2.2", "10.0.2.99", "10.9.9.9", "172.16.0.1", "192.168.1.1", "169.254.169.254",
              "100.64.0.1", "127.0.0.1", "0.0.0.0", "fe80::1", "fd00::1", "fec0::2", "::1",
              "::ffff:192.168.1.1", "64:ff9b::c0a8:101", "2002:c0a8:101::1"})
            add(Policy::NoLan, near, false);
        add(Policy::ListOnly, "203.0.113.9", true);
        add(Policy::ListOnly, "203.0.113.10", false);
        add(Policy::ListOnly, "198.18.5.5", true);
        add(Policy::ListOnly, "2001:db8:1::9", true);
        add(Policy::ListOnly, "198.51.100.7", false);
        add(Policy::ListOnly, "10.0.2.2", false);
        add(Policy::Off, "198.51.100.7", false);
        add(Policy::Off, "10.0.2.2", false);
    }
    void eachPolicyKnowsWhereToGo()
    {
        QFETCH(int, policy);
        QFETCH(QString, address);
        QFETCH(bool, isAllowed);
        Bench bench(rules(EgressRules::Policy(policy),
                          {"203.0.113.9", "198.18.0.0/16", "2001:db8:1::/48", "debian.org"}));
        const IpAddress to = *IpAddress::parse(address.toStdString());
        TcpSegment syn = Bench::segment(to, TcpSyn);
        if (to.isV6())
            syn.source = *IpAddress::parse("fec0::15");
        bench.adapter.send(buildTcp(syn));
        QCOMPARE(bench.sent.size(), std::size_t(isAllowed ? 1 : 0));
        // Who is refused hears of it at once, and so does who looks at the list.
        QCOMPARE(bench.card.frames.size(), std::size_t(isAllowed ? 0 : 1));
        QCOMPARE(bench.only().state,
                 isAllowed ? Connection::State::Opening : Connection::State::Refused);
        if (!isAllowed)
            QCOMPARE(parsePacket(bench.card.frames.front())->tcpFlags, TcpReset | TcpAck);
    }

    void whatTheNetworkItselfAnswersStaysOpen()
    {
        Bench bench(rules(EgressRules::Policy::Off));
        Datagram discover = Bench::outwards(IpAddress::v4(255, 255, 255, 255), 67, 68);
        discover.destinationMac = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
        bench.adapter.send(buildUdp(discover));
        FrameBuffer arp(42);
        std::copy(GuestMac.begin(), GuestMac.end(), arp.begin() + 6);
        arp[12] = 8;
        arp[13] = 6;
        bench.adapter.send(arp);
        bench.adapter.send(buildIcmpEcho(Bench::outwards(IpAddress::v4(10, 0, 2, 2), 0), 1, 1));
        QCOMPARE(bench.sent.size(), std::size_t(3));
        bench.adapter.send(buildIcmpEcho(Bench::outwards(Public, 0), 1, 1));
        QCOMPARE(bench.sent.size(), std::size_t(3));
    }

    void chatterIsDroppedWithoutNoise()
    {
        Bench bench(rules(EgressRules::Policy::NoLan));
        Datagram multicast = Bench::outwards(IpAddress::v4(224, 0, 0, 251), 5353, 5353);
        multicast.destinationMac = {1, 0, 0x5e, 0, 0, 0xfb};
        bench.adapter.send(buildUdp(multicast));
        QVERIFY(bench.sent.empty());
        QVERIFY(bench.card.frames.empty());
        QVERIFY(bench.adapter.connections().empty());
    }

    void onlyListedNamesAreAskedFor()
    {
        Bench bench(rules(EgressRules::Policy::ListOnly, {"debian.org", "*.Example.com"}));
        const auto asks = [&](const std::string &name) {
            const std::size_t before = bench.sent.size();
            Datagram question = Bench::outwards(NameServer, 53);
            const FrameBuffer message = dnsQuestion(name);
            question.payload = message;
            bench.adapter.send(buildUdp(question));
            return bench.sent.size() > before;
        };
        QVERIFY(asks("debian.org"));
        QVERIFY(asks("DEBIAN.org"));
        QVERIFY(asks("a.b.example.com"));
        QVERIFY(!asks("example.com"));
        QVERIFY(!asks("notexample.com"));
        QVERIFY(!asks("secret.data.leaves.by.name.evil.net"));
        // The refusal is an answer to that very question.
        const auto answer = parsePacket(bench.card.frames.back());
        QVERIFY(answer && answer->protocol == IpUdp);
        QCOMPARE(answer->source, NameServer);
        QCOMPARE(answer->udpPayload[1], 7);
        QCOMPARE(answer->udpPayload[3] & 0xf, 5);
        QCOMPARE(bench.adapter.connections().back().remoteName,
                 std::string("secret.data.leaves.by.name.evil.net"));
        // Over TCP nobody could tell what is asked.
        TcpSegment syn = Bench::segment(NameServer, TcpSyn);
        syn.destinationPort = 53;
        const std::size_t before = bench.sent.size();
        bench.adapter.send(buildTcp(syn));
        QCOMPARE(bench.sent.size(), before);
    }

    void aListedNameOpensTheAddressesItIsAnsweredToBe()
    {
        Bench bench(rules(EgressRules::Policy::ListOnly, {"*.debian.org"}));
        QVERIFY(!bench.connects(Public));
        const auto answered = [&](const std::string &name, const IpAddress &address,
                                  const IpAddress &server) {
            const FrameBuffer message = dnsAnswer(name, address);
            bench.adapter.deliver(
                buildUdp({GatewayMac, GuestMac, server, GuestAddress, 53, 4000, message}));
        };
        // Only the network's own name server is believed, and only for listed names.
        answered("deb.debian.org", Public, IpAddress::v4(198, 51, 100, 99));
        QVERIFY(!bench.connects(Public));
        answered("evil.net", Public, NameServer);
        QVERIFY(!bench.connects(Public));
        answered("deb.debian.org", Public, NameServer);
        QVERIFY(bench.connects(Public));
        QCOMPARE(bench.adapter.connections().back().remoteName, std::string("deb.debian.org"));
        // A name's owner cannot give away this computer.
        answered("rebound.debian.org", IpAddress::v4(10, 0, 2, 2), NameServer);
        QVERIFY(!bench.connects(IpAddress::v4(10, 0, 2, 2)));
        // Nor does an answer hold for ever.
        bench.now += 25h;
        QVERIFY(!bench.connects(Public));
    }

    void newRulesEndConversationsAtBothEnds()
    {
        Bench bench;
        QVERIFY(bench.connects(Public));
        bench.adapter.deliver(buildTcp(Bench::backwards(Bench::segment(Public, TcpSyn | TcpAck))));
        QCOMPARE(bench.only().state, Connection::State::Open);
        bench.adapter.filter()->setRules(rules(EgressRules::Policy::Off));
        bench.sent.clear();
        bench.card.frames.clear();
        bench.adapter.send(buildTcp(Bench::segment(Public, TcpAck, FrameBuffer(10))));
        QCOMPARE(bench.sent.size(), std::size_t(1));
        QVERIFY((parsePacket(bench.sent.front())->tcpFlags & TcpReset) != 0);
        QCOMPARE(parsePacket(bench.card.frames.at(0))->tcpFlags, TcpReset);
        QCOMPARE(bench.only().state, Connection::State::Refused);
        // What the other end had still on its way does not arrive.
        bench.card.frames.clear();
        bench.adapter.deliver(
            buildTcp(Bench::backwards(Bench::segment(Public, TcpAck, FrameBuffer(10)))));
        QVERIFY(bench.card.frames.empty());
        // And once allowed again it can be begun anew.
        bench.adapter.filter()->setRules({});
        QVERIFY(bench.connects(Public));
        QCOMPARE(bench.only().state, Connection::State::Opening);
    }

    void answersThroughAPortForwardPassEveryRule()
    {
        Bench bench(rules(EgressRules::Policy::Off));
        const IpAddress host = IpAddress::v4(10, 0, 2, 2);
        const TcpSegment answer = Bench::segment(host, TcpSyn | TcpAck);
        bench.adapter.send(buildTcp(answer));
        QVERIFY(bench.sent.empty()); // nobody asked
        Bench fresh(rules(EgressRules::Policy::Off));
        fresh.adapter.filter()->setForwardedPorts({{IpTcp, 4000}});
        fresh.adapter.deliver(buildTcp(Bench::backwards(Bench::segment(host, TcpSyn))));
        fresh.adapter.send(buildTcp(answer));
        QCOMPARE(fresh.sent.size(), std::size_t(1));
        QVERIFY(fresh.only().isIncoming);
        QCOMPARE(fresh.only().state, Connection::State::Open);
        QCOMPARE(fresh.only().guestPort, 4000);
    }

    void whatOnlyLooksLikeAnAnswerIsJudged()
    {
        // An answer that comes when its question is forgotten does not open the way out.
        Bench bench(rules(EgressRules::Policy::Off));
        bench.adapter.filter()->setForwardedPorts({{IpUdp, 4000}});
        const FrameBuffer message = dnsAnswer("a.org", Public);
        bench.adapter.deliver(
            buildUdp({GatewayMac, GuestMac, NameServer, GuestAddress, 53, 4000, message}));
        bench.adapter.deliver(buildTcp(Bench::backwards(Bench::segment(Public, TcpSyn))));
        Datagram question = Bench::outwards(NameServer, 53);
        const FrameBuffer name = dnsQuestion("b.org");
        question.payload = name;
        bench.adapter.send(buildUdp(question));
        bench.adapter.send(buildTcp(Bench::segment(Public, TcpSyn | TcpAck)));
        QVERIFY(bench.sent.empty());
    }

    void aConnectionIsFollowedFromBeginToEnd()
    {
        Bench bench;
        bench.adapter.send(buildTcp(Bench::segment(Public, TcpSyn)));
        QCOMPARE(bench.only().state, Connection::State::Opening);
        bench.adapter.deliver(buildTcp(Bench::backwards(Bench::segment(Public, TcpSyn | TcpAck))));
        QCOMPARE(bench.only().state, Connection::State::Open);
        bench.adapter.send(buildTcp(Bench::segment(Public, TcpAck, FrameBuffer(100))));
        bench.adapter.send(buildTcp(Bench::segment(Public, TcpAck | TcpFin)));
        QCOMPARE(bench.only().state, Connection::State::Closing);
        bench.adapter.deliver(buildTcp(Bench::backwards(Bench::segment(Public, TcpAck | TcpFin))));
        QCOMPARE(bench.only().state, Connection::State::Closed);
        QCOMPARE(bench.only().sentBytes, std::uint64_t(54 * 3 + 100));
        QCOMPARE(bench.only().receivedBytes, std::uint64_t(54 * 2));
        QVERIFY(!bench.only().isIncoming);
        QCOMPARE(bench.adapter.counters().sentPackets.load(), std::uint64_t(3));
        bench.now += 1min;
        QVERIFY(bench.adapter.connections().empty());
    }

    void aGuestCannotFillTheList()
    {
        Bench bench;
        for (unsigned i = 0; i < 3 * ConnectionTable::MaxConnections; ++i) {
            TcpSegment syn = Bench::segment(IpAddress::v4(0x2d000000 + i), TcpSyn);
            bench.adapter.send(buildTcp(syn));
        }
        const std::vector<Connection> list = bench.adapter.connections();
        QVERIFY(list.size() <= ConnectionTable::MaxConnections);
        QVERIFY(list.size() > ConnectionTable::MaxConnections / 2);
        QCOMPARE(
            list.back().remote,
            IpAddress::v4(std::uint32_t(0x2d000000 + 3 * ConnectionTable::MaxConnections - 1)));
        QCOMPARE(bench.sent.size(), 3 * ConnectionTable::MaxConnections);
    }

    void theLimitHoldsOverTimeAndDropsNothing()
    {
        Bench bench;
        constexpr std::uint64_t Rate = 100 * 1024;
        bench.adapter.setLimit(Rate);
        const FrameBuffer payload(1400);
        Datagram datagram = Bench::outwards(Public, 9);
        datagram.payload = payload;
        const FrameBuffer frame = buildUdp(datagram);
        // Out: as a card does that sends whenever it may.
        const Clock::time_point begin = bench.now;
        std::size_t bytes = 0;
        while (bench.now - begin < 10s) {
            if (!bench.adapter.canSend()) {
                bench.now = bench.adapter.nextSendTime();
                continue;
            }
            bench.adapter.send(frame);
            bytes += frame.size();
        }
        QVERIFY2(std::abs(double(bytes) / (10.0 * Rate) - 1) < 0.03,
                 qPrintable(QString::number(bytes)));
        QCOMPARE(bench.sent.size() * frame.size(), bytes);

        // In: a burst waits in the queue and says that it is enough.
        Bench inward;
        inward.adapter.setLimit(Rate);
        int delivered = 0;
        while (inward.adapter.isReady()) {
            inward.adapter.deliver(frame);
            ++delivered;
        }
        QVERIFY(delivered > 40);
        QVERIFY(int(inward.card.frames.size()) < delivered);
        // Nothing is lost, and no faster than allowed.
        for (int second = 0; second < 20; ++second) {
            inward.now += 100ms;
            inward.adapter.flush();
            QVERIFY(double(inward.card.bytes)
                    <= double(Rate) * (0.1 * (second + 1) + 0.1) + double(frame.size()));
        }
        QCOMPARE(int(inward.card.frames.size()), delivered);
    }

    void aPulledCableCarriesNothing()
    {
        Bench bench;
        bench.adapter.setLinkUp(false);
        QVERIFY(!bench.connects(Public));
        bench.adapter.deliver(buildTcp(Bench::segment(Public, TcpSyn)));
        QVERIFY(bench.card.frames.empty());
        bench.adapter.setLinkUp(true);
        QVERIFY(bench.connects(Public));
    }

    void aCardThatDoesNotListenIsWaitedFor()
    {
        Bench bench;
        bench.card.isListening = false;
        bench.adapter.deliver(buildTcp(Bench::segment(Public, TcpSyn)));
        QVERIFY(bench.card.frames.empty());
        bench.card.isListening = true;
        bench.adapter.flush();
        QCOMPARE(bench.card.frames.size(), std::size_t(1));
    }

    void aStreamThatLiesAboutALengthIsCut()
    {
        std::array<int, 2> ends{};
        QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
        FrameStream stream{Fd(ends[0])};
        const Fd other(ends[1]);
        std::vector<FrameBuffer> sent;
        stream.adapter().setBackend(std::make_unique<Recorder>(sent));
        const auto pump = [&](const FrameBuffer &bytes) {
            QCOMPARE(::send(other.get(), bytes.data(), bytes.size(), 0), ssize_t(bytes.size()));
            const auto loop = NetLoop::start("network");
            QVERIFY_OK(loop);
            // Two rounds: one that reads, one that is seen to come after it.
            (*loop)->run([&] { (*loop)->add(&stream); });
            (*loop)->run([] {});
            (*loop)->run([] {});
            (*loop)->run([&] { (*loop)->remove(&stream); });
        };
        FrameBuffer inPieces{0, 0, 0, 20};
        inPieces.resize(24);
        pump(FrameBuffer(inPieces.begin(), inPieces.begin() + 10));
        QVERIFY(sent.empty());
        pump(FrameBuffer(inPieces.begin() + 10, inPieces.end()));
        QCOMPARE(sent.size(), std::size_t(1));
        QCOMPARE(sent.front().size(), std::size_t(20));
        pump({0x7f, 0xff, 0xff, 0xff});
        QVERIFY(!stream.isOpen());
    }

    void whatIsNoDestinationIsRefused()
    {
        for (const char *good : {"debian.org", "*.debian.org", "192.0.2.7", "192.0.2.0/24",
                                 "2001:db8::/32", "localhost", "xn--bcher-kva.example", "a_b.c"})
            QVERIFY2(checkDestination(good).has_value(), good);
        for (const char *wrong :
             {"", "*", "*.", "a..b", ".a", "192.0.2", "192.0.2.0/33", "a b", "http://debian.org",
              "debian.org:443", "*.*.org", "a/24", "b\xc3\xbc"})
            QVERIFY2(!checkDestination(wrong).has_value(), wrong);
        QVERIFY_ERROR(EgressRules::make(EgressRules::Policy::ListOnly, {"a b"}),
                      ErrorKind::Invalid);
    }

    void natNetworksHaveRoom()
    {
        const auto second = NatPlan::make("", 1);
        QVERIFY_OK(second);
        QCOMPARE(second->network.text(), std::string("10.0.3.0/24"));
        QCOMPARE(second->nameServer.text(), std::string("10.0.3.3"));
        QCOMPARE(NatPlan::make("192.168.9.0/27", 0)->firstGuest.text(),
                 std::string("192.168.9.15"));
        for (const char *wrong : {"192.168.9.0/28", "1.2.3.4", "fd00::/64", "10.0.0.0/7", "a"})
            QVERIFY2(!NatPlan::make(wrong, 0).has_value(), wrong);
    }
};

QTEST_GUILESS_MAIN(TestNetAdapter)
#include "tst_net_adapter.moc"
