// SPDX-License-Identifier: GPL-3.0-or-later
// The real libslirp with a tiny guest, and servers of the test's own on the loopback: nothing here
// needs a network.
#include "engine/net/machine_network.h"
#include "tests/support/net_guest.h"
#include "tests/support/test_main.h"

#include <QtCore/QTemporaryDir>

#include <arpa/inet.h>

using namespace engine;
using namespace engine::net;
using fakes::NetGuest;

namespace {

const IpAddress Host = IpAddress::v4(10, 0, 2, 2);
const IpAddress Loopback = IpAddress::v4(127, 0, 0, 1);

sockaddr_in loopback(std::uint16_t port)
{
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

// A socket on a free port of the loopback.
struct Server
{
    explicit Server(int type)
        : socket(::socket(AF_INET, type | SOCK_CLOEXEC, 0))
    {
        sockaddr_in address = loopback(0);
        socklen_t size = sizeof address;
        auto *const plain = reinterpret_cast<sockaddr *>(&address);
        check(::bind(socket.get(), plain, size) == 0, "no port is free");
        check(::getsockname(socket.get(), plain, &size) == 0, "a socket has no name");
        port = ntohs(address.sin_port);
        if (type == SOCK_STREAM)
            check(::listen(socket.get(), 5) == 0, "cannot listen");
    }
    // Waits for who connects.
    Fd accept()
    {
        pollfd waiting = {socket.get(), POLLIN, 0};
        return ::poll(&waiting, 1, 5000) > 0 ? Fd(::accept(socket.get(), nullptr, nullptr)) : Fd();
    }
    Fd socket;
    std::uint16_t port = 0;
};

std::uint16_t freePort()
{
    return Server(SOCK_STREAM).port;
}

Fd connectToLoopback(std::uint16_t port)
{
    Fd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_in address = loopback(port);
    if (::connect(client.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        client.reset();
    return client;
}

AdapterPlan natPlan()
{
    AdapterPlan plan;
    plan.attachment = AdapterPlan::Attachment::Nat;
    plan.nat = *NatPlan::make("", 0);
    return plan;
}

NatForward forward(std::uint16_t hostPort, bool isUdp = false)
{
    NatForward rule;
    rule.name = "test";
    rule.isUdp = isUdp;
    rule.hostPort = hostPort;
    rule.guestPort = 22;
    return rule;
}

// A machine with one adapter and the guest behind it.
struct Bench
{
    explicit Bench(const AdapterPlan &plan = natPlan())
        : network(*MachineNetwork::start(folder.filePath("networks").toStdString()))
        , guest(*network->add(0, plan))
    { }
    QTemporaryDir folder;
    std::unique_ptr<MachineNetwork> network;
    NetGuest guest;

    // Whether a connection to a port of the host's comes out at the guest.
    bool reachesGuest(std::uint16_t hostPort)
    {
        const Fd client = connectToLoopback(hostPort);
        return client.isOpen() && guest.receive([](const Packet &packet) {
            return packet.protocol == IpTcp && packet.destinationPort == 22
                && packet.tcpFlags == TcpSyn;
        });
    }
};

} // namespace

class TestNatNetwork : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theGuestGetsTheUsualAddress()
    {
        Bench bench;
        const auto address = bench.guest.askForAddress();
        QVERIFY(address.has_value());
        QCOMPARE(address->text(), std::string("10.0.2.15"));
        const MachineNetwork::Totals totals = bench.network->totals();
        QVERIFY(totals.sentPackets >= 1 && totals.receivedPackets >= 1);
        QVERIFY(totals.sentBytes > 240 && totals.receivedBytes > 240);
    }

    void aNetworkOfOnesOwnHasItsAddresses()
    {
        AdapterPlan plan = natPlan();
        plan.nat = *NatPlan::make("192.168.77.0/24", 0);
        Bench bench(plan);
        QCOMPARE(bench.guest.askForAddress()->text(), std::string("192.168.77.15"));
    }

    void aConnectionCarriesBytesBothWays()
    {
        Server server(SOCK_STREAM);
        Bench bench;
        QVERIFY(bench.guest.askForAddress());
        const auto answer = bench.guest.connectTo(Host, server.port, 40000);
        QVERIFY(answer.has_value());
        QCOMPARE(answer->tcpFlags, TcpSyn | TcpAck);
        const Fd peer = server.accept();
        QVERIFY(peer.isOpen());

        TcpSegment data = bench.guest.segmentTo(Host, server.port, 40000);
        data.sequence = 1001;
        data.acknowledged = answer->tcpSequence + 1;
        data.flags = TcpAck | TcpPush;
        const FrameBuffer hello{'h', 'e', 'l', 'l', 'o'};
        data.payload = hello;
        bench.guest.send(buildTcp(data));
        char buffer[16] = {};
        pollfd waiting = {peer.get(), POLLIN, 0};
        QVERIFY(::poll(&waiting, 1, 5000) > 0);
        QCOMPARE(::recv(peer.get(), buffer, sizeof buffer, 0), ssize_t(5));
        QCOMPARE(std::string(buffer), std::string("hello"));

        QCOMPARE(::send(peer.get(), "world!", 6, MSG_NOSIGNAL), ssize_t(6));
        const auto reply = bench.guest.receive([](const Packet &packet) {
            return packet.protocol == IpTcp && packet.tcpPayloadBytes == 6;
        });
        QVERIFY(reply.has_value());
        QCOMPARE(std::string(reply->end() - 6, reply->end()), std::string("world!"));

        const std::vector<AdapterConnection> list = bench.network->connections();
        QCOMPARE(list.size(), std::size_t(1));
        QCOMPARE(list.front().connection.state, Connection::State::Open);
        QCOMPARE(list.front().connection.remotePort, server.port);
    }

    void withoutTheLanThisComputerIsOutOfReach()
    {
        Server server(SOCK_STREAM);
        AdapterPlan plan = natPlan();
        plan.egress = *EgressRules::make(EgressRules::Policy::NoLan, {});
        Bench bench(plan);
        QVERIFY(bench.guest.askForAddress()); // its own DHCP still answers
        auto answer = bench.guest.connectTo(Host, server.port, 40000);
        QVERIFY(answer && (answer->tcpFlags & TcpReset) != 0);
        QCOMPARE(bench.network->connections().at(0).connection.state, Connection::State::Refused);

        // The rule goes while the machine runs.
        plan.egress = {};
        QVERIFY_OK(bench.network->change(0, plan));
        answer = bench.guest.connectTo(Host, server.port, 40001);
        QVERIFY(answer.has_value());
        QCOMPARE(answer->tcpFlags, TcpSyn | TcpAck);
    }

    void forwardsComeAndGoWhileTheMachineRuns()
    {
        AdapterPlan plan = natPlan();
        const std::uint16_t first = freePort();
        plan.forwards = {forward(first)};
        Bench bench(plan);
        QVERIFY(bench.guest.askForAddress());
        QVERIFY(bench.reachesGuest(first));

        const std::uint16_t second = freePort();
        plan.forwards.push_back(forward(second));
        QVERIFY_OK(bench.network->change(0, plan));
        QVERIFY(bench.reachesGuest(second));
        QVERIFY(bench.reachesGuest(first));

        plan.forwards = {forward(second)};
        QVERIFY_OK(bench.network->change(0, plan));
        QVERIFY(!connectToLoopback(first).isOpen());
        QVERIFY(bench.reachesGuest(second));
        // Where rules forbid everything a forward still works: the user asked for it.
        plan.egress = *EgressRules::make(EgressRules::Policy::Off, {});
        QVERIFY_OK(bench.network->change(0, plan));
        QVERIFY(bench.reachesGuest(second));
        QVERIFY(bench.network->connections().back().connection.isIncoming);
    }

    void datagramsAreForwardedToo()
    {
        AdapterPlan plan = natPlan();
        const std::uint16_t port = Server(SOCK_DGRAM).port;
        plan.forwards = {forward(port, true)};
        Bench bench(plan);
        QVERIFY(bench.guest.askForAddress());
        const Fd client(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        const sockaddr_in address = loopback(port);
        QCOMPARE(::sendto(client.get(), "ping", 4, 0, reinterpret_cast<const sockaddr *>(&address),
                          sizeof address),
                 ssize_t(4));
        QVERIFY(bench.guest.receive([](const Packet &packet) {
            return packet.protocol == IpUdp && packet.destinationPort == 22
                && packet.udpPayload.size() == 4;
        }));
    }

    void aTakenPortIsNamedWithWhoHasIt()
    {
        Server server(SOCK_STREAM);
        Bench bench;
        AdapterPlan plan = natPlan();
        const std::uint16_t good = freePort();
        plan.forwards = {forward(good), forward(server.port)};
        const Result<> changed = bench.network->change(0, plan);
        QVERIFY_ERROR(changed, ErrorKind::Busy);
        const std::string text = changed.error().text();
        QVERIFY2(text.find(std::to_string(server.port)) != std::string::npos, text.c_str());
        QVERIFY2(text.find("tst_nat_network (process " + std::to_string(::getpid()))
                     != std::string::npos,
                 text.c_str());
        // All or nothing.
        QVERIFY(!connectToLoopback(good).isOpen());
        QVERIFY(bench.network->plan(0)->forwards.empty());
        QVERIFY(bench.guest.askForAddress());
    }

    void theSamePortServesTheNextNetwork()
    {
        AdapterPlan plan = natPlan();
        const std::uint16_t port = freePort();
        plan.forwards = {forward(port)};
        Bench bench(plan);
        plan.nat = *NatPlan::make("10.77.0.0/24", 0);
        QVERIFY_OK(bench.network->change(0, plan));
        QCOMPARE(bench.guest.askForAddress()->text(), std::string("10.77.0.15"));
        QVERIFY(bench.reachesGuest(port));
        // What cannot be had leaves the network as it was, with its ports.
        Server server(SOCK_STREAM);
        AdapterPlan wrong = natPlan();
        wrong.forwards = {forward(server.port)};
        QVERIFY_ERROR(bench.network->change(0, wrong), ErrorKind::Busy);
        QCOMPARE(bench.guest.askForAddress()->text(), std::string("10.77.0.15"));
        QVERIFY(bench.reachesGuest(port));
    }

    void theCableLeadsElsewhereAndBack()
    {
        Bench bench;
        QVERIFY(bench.guest.askForAddress());
        AdapterPlan plan;
        QVERIFY_OK(bench.network->change(0, plan));
        // What was sent before the way back is lost; what comes after it is answered.
        bench.guest.send(buildTcp(bench.guest.segmentTo(Host, 9, 1)));
        QVERIFY_OK(bench.network->change(0, natPlan()));
        QVERIFY(bench.guest.askForAddress());
    }

    void hostileFramesAreSurvived()
    {
        Bench bench;
        QVERIFY(bench.guest.askForAddress());
        const FrameBuffer syn = buildTcp(bench.guest.segmentTo(Host, 9, 40000));
        for (std::size_t size = 0; size <= syn.size(); ++size)
            bench.guest.send(FrameBuffer(syn.begin(), syn.begin() + std::ptrdiff_t(size)));
        for (std::size_t i = 12; i < syn.size(); ++i) {
            FrameBuffer damaged = syn;
            damaged[i] ^= 0xff;
            bench.guest.send(damaged);
        }
        bench.guest.send(FrameBuffer(MaxFrameBytes, 0x45));
        QVERIFY(bench.guest.askForAddress());
    }
};

QTEST_GUILESS_MAIN(TestNatNetwork)
#include "tst_nat_network.moc"
