// SPDX-License-Identifier: GPL-3.0-or-later
// Machines that meet without anybody in the middle.
#include "engine/net/internal_network.h"
#include "engine/net/machine_network.h"
#include "tests/support/net_guest.h"
#include "tests/support/test_main.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>

#include <sys/stat.h>
#include <sys/un.h>

using namespace engine;
using namespace engine::net;
using fakes::NetGuest;

namespace {

AdapterPlan internalPlan(const std::string &name)
{
    AdapterPlan plan;
    plan.attachment = AdapterPlan::Attachment::Internal;
    plan.internalNetwork = name;
    return plan;
}

struct Machine
{
    Machine(const QTemporaryDir &folder, const std::string &name, std::uint8_t number)
        : network(*MachineNetwork::start(folder.filePath("networks").toStdString()))
        , guest(*this->network->add(0, internalPlan(name)), {0x52, 0x54, 0, 0, 0, number})
    {
        guest.address = IpAddress::v4(192, 168, 5, number);
    }
    std::unique_ptr<MachineNetwork> network;
    NetGuest guest;

    void sendTo(const Machine &other, std::uint16_t port)
    {
        guest.gateway = other.guest.mac;
        guest.send(buildUdp(guest.datagramTo(other.guest.address, port, 1)));
    }
    bool hears(std::uint16_t port, std::chrono::milliseconds patience = std::chrono::seconds(5))
    {
        return guest
            .receive([&](const Packet &packet) { return packet.destinationPort == port; }, patience)
            .has_value();
    }
};

} // namespace

class TestInternalNetwork : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void machinesWithOneNameMeet()
    {
        const QTemporaryDir folder;
        Machine a(folder, "lab", 1);
        Machine b(folder, "lab", 2);
        Machine elsewhere(folder, "other", 3);
        a.sendTo(b, 100);
        QVERIFY(b.hears(100));
        b.sendTo(a, 101);
        QVERIFY(a.hears(101));
        // A ping and its answer's way.
        a.guest.gateway = b.guest.mac;
        a.guest.send(buildIcmpEcho(a.guest.datagramTo(b.guest.address, 0, 0), 7, 1));
        QVERIFY(b.guest.receive([](const Packet &packet) { return packet.icmpId == 7; }));
        // What is sent last in this network would come after anything that leaked out of the
        // other one.
        elsewhere.sendTo(b, 102);
        a.sendTo(b, 103);
        QVERIFY(!b.guest
                     .receive([](const Packet &packet) {
                         return packet.destinationPort == 102 || packet.destinationPort == 103;
                     })
                     ->empty());
        QVERIFY(!b.hears(102, std::chrono::milliseconds(0)));
        QCOMPARE(activeInternalNetworks(folder.filePath("networks").toStdString()),
                 (std::vector<std::string>{"lab", "other"}));
    }

    void aKnownCardsFramesGoToItAlone()
    {
        const QTemporaryDir folder;
        Machine a(folder, "lab", 1);
        Machine b(folder, "lab", 2);
        Machine c(folder, "lab", 3);
        a.sendTo(b, 100); // to everybody, for nobody knows b
        QVERIFY(b.hears(100));
        QVERIFY(c.hears(100));
        b.sendTo(a, 101);
        QVERIFY(a.hears(101)); // now a knows b
        a.sendTo(b, 102);
        QVERIFY(b.hears(102));
        a.sendTo(c, 103);
        const auto next = c.guest.receive([](const Packet &packet) { return packet.isIp; });
        QVERIFY(next.has_value());
        QCOMPARE(parsePacket(*next)->destinationPort, 103); // and not 102
    }

    void whoLeavesIsForgottenAndWhoComesIsFound()
    {
        const QTemporaryDir folder;
        Machine a(folder, "lab", 1);
        {
            Machine b(folder, "lab", 2);
            a.sendTo(b, 100);
            QVERIFY(b.hears(100));
        }
        QCOMPARE(QDir(folder.filePath("networks/lab")).entryList(QDir::System).size(), 1);
        Machine c(folder, "lab", 3);
        c.sendTo(a, 101);
        QVERIFY(a.hears(101));
        a.sendTo(c, 102);
        QVERIFY(c.hears(102));
    }

    void aProcessThatDiedLeavesNothingBehind()
    {
        const QTemporaryDir folder;
        QVERIFY(QDir(folder.path()).mkpath("networks/lab"));
        for (const char *path : {"networks", "networks/lab"})
            QCOMPARE(::chmod(qPrintable(folder.filePath(path)), 0700), 0);
        const QByteArray stale = folder.filePath("networks/lab/1-1.port").toLocal8Bit();
        {
            const Fd dead(::socket(AF_UNIX, SOCK_DGRAM, 0));
            sockaddr_un address = {};
            address.sun_family = AF_UNIX;
            QVERIFY(stale.size() < qsizetype(sizeof address.sun_path));
            std::copy(stale.begin(), stale.end(), address.sun_path);
            QCOMPARE(
                ::bind(dead.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address),
                0);
        }
        QVERIFY(activeInternalNetworks(folder.filePath("networks").toStdString()).empty());
        {
            Machine a(folder, "lab", 1);
            Machine b(folder, "lab", 2);
            a.sendTo(b, 100);
            QVERIFY(b.hears(100));
            QVERIFY(!QFile::exists(stale));
        }
        QVERIFY(!QFile::exists(folder.filePath("networks/lab")));
    }

    void whoDoesNotReadHoldsNobodyUp()
    {
        const QTemporaryDir folder;
        Machine a(folder, "lab", 1);
        Machine b(folder, "lab", 2);
        Machine deaf(folder, "lab", 3);
        for (std::uint16_t i = 0; i < 3000; ++i) {
            a.guest.gateway = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
            Datagram datagram = a.guest.datagramTo(b.guest.address, 7, 1);
            const FrameBuffer payload(1400);
            datagram.payload = payload;
            a.guest.send(buildUdp(datagram));
            QVERIFY(i % 50 != 0 || b.hears(7));
        }
    }

    void aMachineMovesBetweenNetworks()
    {
        const QTemporaryDir folder;
        Machine a(folder, "one", 1);
        Machine b(folder, "two", 2);
        QVERIFY_OK(b.network->change(0, internalPlan("one")));
        a.sendTo(b, 100);
        QVERIFY(b.hears(100));
        QVERIFY(!QFile::exists(folder.filePath("networks/two")));
    }

    void namesAreNoPaths()
    {
        for (const char *wrong : {"", ".", "..", "../x", "a/b", ".hidden", " a", "a ", "a\nb"})
            QVERIFY2(!checkInternalNetworkName(wrong).has_value(), wrong);
        QVERIFY(!checkInternalNetworkName(std::string(65, 'a')).has_value());
        for (const char *good : {"intnet", "my lab", "b\xc3\xbcro", "a.b", "x_-1"})
            QVERIFY2(checkInternalNetworkName(good).has_value(), good);
        const QTemporaryDir folder;
        const auto network = MachineNetwork::start(folder.filePath("networks").toStdString());
        QVERIFY_OK(network);
        QVERIFY_ERROR((*network)->add(0, internalPlan("../../x")), ErrorKind::Invalid);
    }

    void aFolderThatOthersMayReadIsNotUsed()
    {
        const QTemporaryDir folder;
        QVERIFY(QDir(folder.path()).mkpath("networks"));
        QCOMPARE(::chmod(qPrintable(folder.filePath("networks")), 0755), 0);
        const auto network = MachineNetwork::start(folder.filePath("networks").toStdString());
        QVERIFY_ERROR((*network)->add(0, internalPlan("lab")), ErrorKind::Denied);
    }

    void foldersWithLongNamesWork()
    {
        const QTemporaryDir folder;
        const QString deep = folder.filePath(QString(200, 'x'));
        QVERIFY(QDir().mkpath(deep));
        auto a = MachineNetwork::start(deep.toStdString() + "/networks");
        auto b = MachineNetwork::start(deep.toStdString() + "/networks");
        NetGuest first(*(*a)->add(0, internalPlan("lab")), {2, 0, 0, 0, 0, 1});
        NetGuest second(*(*b)->add(0, internalPlan("lab")), {2, 0, 0, 0, 0, 2});
        first.gateway = second.mac;
        first.send(buildUdp(first.datagramTo(IpAddress::v4(1, 2, 3, 4), 100, 1)));
        QVERIFY(second.receive([](const Packet &packet) { return packet.destinationPort == 100; }));
    }
};

QTEST_GUILESS_MAIN(TestInternalNetwork)
#include "tst_internal_network.moc"
