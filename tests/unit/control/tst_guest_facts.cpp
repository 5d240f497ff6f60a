// SPDX-License-Identifier: GPL-3.0-or-later
// What a guest says of itself, also when it lies: facts, properties, a folder's listing.
#include "engine/control/guest_facts.h"
#include "engine/control/guest_files.h"
#include "engine/control/guest_program.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtTest/QTest>

using namespace engine;

namespace {

QJsonValue json(const QByteArray &text)
{
    return QJsonDocument::fromJson("{\"it\":" + text + "}").object()["it"];
}

QString valueOf(const GuestFacts &facts, const QString &name)
{
    for (const GuestValue &one : guestValues(facts))
        if (one.name == name)
            return one.value;
    return "none";
}

constexpr char Interfaces[] = R"([
    {"name": "lo", "hardware-address": "00:00:00:00:00:00",
     "ip-addresses": [{"ip-address-type": "ipv4", "ip-address": "127.0.0.1", "prefix": 8}]},
    {"name": "eth0", "hardware-address": "52:54:00:12:34:56", "ip-addresses": [
        {"ip-address-type": "ipv6", "ip-address": "fe80::5054:ff:fe12:3456", "prefix": 64},
        {"ip-address-type": "ipv6", "ip-address": "fec0::15", "prefix": 64},
        {"ip-address-type": "ipv4", "ip-address": "10.0.2.15", "prefix": 22}]},
    {"name": "eth1", "hardware-address": "52:54:00:12:34:57"}])";

} // namespace

class TestGuestFacts final : public QObject
{
    Q_OBJECT
private slots:
    void interfacesAreCountedAsVirtualBoxDoes();
    void usersAndSystemHaveVirtualBoxsNames();
    void aWindowsGuestIsNoLinux();
    void liesAreLeftOut_data();
    void liesAreLeftOut();
    void thereIsAnEndToEverything();
    void listingsKnowEveryName();
    void listingsLeaveOutWhatIsNoName();
    void commandLinesAreWrappedInsideOut();
};

void TestGuestFacts::interfacesAreCountedAsVirtualBoxDoes()
{
    GuestFacts facts;
    takeInterfaces(facts, json(Interfaces));
    takeAgent(facts, json("{\"version\": \"7.2.22\"}"));
    QCOMPARE(reachableAddresses(facts), (QStringList{"10.0.2.15", "fec0::15"}));
    QCOMPARE(valueOf(facts, "/VirtualBox/GuestInfo/Net/Count"), "2");
    QCOMPARE(valueOf(facts, "/VirtualBox/GuestInfo/Net/0/V4/IP"), "10.0.2.15");
    QCOMPARE(valueOf(facts, "/VirtualBox/GuestInfo/Net/0/V4/Netmask"), "255.255.252.0");
    QCOMPARE(valueOf(facts, "/VirtualBox/GuestInfo/Net/0/V4/Broadcast"), "10.0.3.255");
    QCOMPARE(valueOf(facts, "/VirtualBox/GuestInfo/Net/0/V6/IP"), "fec0::15");
    QCOMPARE(valueOf(facts, "/VirtualBox/GuestInfo/Net/0/MAC"), "525400123456");
    QCOMPARE(valueOf(facts, "/VirtualBox/GuestInfo/Net/0/Status"), "Up");
    QCOMPARE(valueOf(facts, "/VirtualBox/GuestInfo/Net/1/Name"), "eth1");
    QCOMPARE(valueOf(facts, "/VirtualBox/GuestInfo/Net/1/Status"), "Down");
}

void TestGuestFacts::usersAndSystemHaveVirtualBoxsNames()
{
    GuestFacts facts;
    takeUsers(facts, json(R"([{"user": "eva"}, {"user": "root"}, {"user": "eva"}])"));
    takeSystem(facts, json(R"({"id": "debian", "pretty-name": "Debian GNU/Linux 12",
                               "kernel-release": "6.1.0-18-amd64", "kernel-version": "#1 SMP"})"));
    takeAgent(facts, json("{\"version\": \"7.2.22\"}"));
    takeHostName(facts, json("{\"host-name\": \"box\"}"));
    QCOMPARE(valueOf(facts, "/VirtualBox/GuestInfo/OS/Product"), "Linux");
    QCOMPARE(valueOf(facts, "/VirtualBox/GuestInfo/OS/Release"), "6.1.0-18-amd64");
    QCOMPARE(valueOf(facts, "/VirtualBox/GuestInfo/OS/Version"), "#1 SMP");
    QCOMPARE(valueOf(facts, "/VirtualBox/GuestInfo/OS/LoggedInUsers"), "2");
    QCOMPARE(valueOf(facts, "/VirtualBox/GuestInfo/OS/LoggedInUsersList"), "eva,root");
    QCOMPARE(valueOf(facts, "/VirtualBox/GuestInfo/OS/NoLoggedInUsers"), "false");
    QCOMPARE(valueOf(facts, "/Vitrine/GuestInfo/HostName"), "box");
    QCOMPARE(valueOf(facts, "/Vitrine/GuestInfo/OS/Name"), "Debian GNU/Linux 12");
}

void TestGuestFacts::aWindowsGuestIsNoLinux()
{
    GuestFacts facts;
    takeSystem(facts, json(R"({"id": "mswindows", "pretty-name": "Windows 10 Pro"})"));
    QVERIFY(facts.isWindows());
    QCOMPARE(valueOf(facts, "/VirtualBox/GuestInfo/OS/Product"), "Windows 10 Pro");
}

void TestGuestFacts::liesAreLeftOut_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::newRow("a number") << QByteArray("7");
    QTest::newRow("nothing") << QByteArray("null");
    QTest::newRow("no name") << QByteArray(R"([{"ip-addresses": []}])");
    QTest::newRow("strings") << QByteArray(R"(["eth0", [], {}])");
    QTest::newRow("bad address") << QByteArray(
        R"([{"name": "e", "ip-addresses": [{"ip-address": "1.2.3.4.5", "prefix": 8},
            {"ip-address": "10.0.0.1", "prefix": 33}, {"ip-address": "10.0.0.1", "prefix": -1},
            {"ip-address": "10.0.0.1"}, {"ip-address": "::1%eth0; rm", "prefix": 8}, 5]}])");
}

void TestGuestFacts::liesAreLeftOut()
{
    QFETCH(QByteArray, answer);
    GuestFacts facts;
    takeInterfaces(facts, json(answer));
    takeUsers(facts, json(answer));
    takeSystem(facts, json(answer));
    takeHostName(facts, json(answer));
    takeAgent(facts, json(answer));
    QVERIFY(reachableAddresses(facts).isEmpty());
    QVERIFY(facts.users.isEmpty());
    QVERIFY(facts.osId.isEmpty());
}

void TestGuestFacts::thereIsAnEndToEverything()
{
    QJsonArray addresses;
    for (int i = 0; i < 500; ++i)
        addresses.append(QJsonObject{
            {"ip-address", QString("10.0.%1.%2").arg(i / 250).arg(i % 250)}, {"prefix", 24}});
    QJsonArray many;
    for (int i = 0; i < 500; ++i)
        many.append(QJsonObject{{"name", QString("eth%1").arg(i)},
                                {"user", QString("user%1").arg(i)},
                                {"ip-addresses", addresses}});
    GuestFacts facts;
    takeInterfaces(facts, many);
    takeUsers(facts, many);
    takeHostName(facts, QJsonObject{{"host-name", QString(100000, 'x') + "\x1b[31m\n"}});
    QCOMPARE(facts.interfaces.size(), 64);
    QCOMPARE(facts.interfaces.first().addresses.size(), 16);
    QCOMPARE(facts.users.size(), 64);
    QVERIFY(facts.hostName.size() <= 200);
}

void TestGuestFacts::listingsKnowEveryName()
{
    const QByteArray text = "/81a4/12/1700000000/root/adm/./plain\n"
                            "/41ed/4096/1700000001/eva/eva/./two\nlines\n"
                            "/a1ff/5/1700000002/eva/eva/./link \n"
                            "/2190/0/1700000003/root/tty/./ \xc3\xa4\n"
                            "/>/./link \n";
    const QList<GuestEntry> entries = parseGuestListing(text);
    QCOMPARE(entries.size(), 4);
    QCOMPARE(entries[0].name, "plain");
    QCOMPARE(entries[0].kind, GuestEntry::Kind::File);
    QCOMPARE(entries[0].sizeBytes, 12);
    QCOMPARE(entries[0].mode, 0644);
    QCOMPARE(entries[0].group, "adm");
    QCOMPARE(entries[1].name, "two\nlines");
    QVERIFY(entries[1].isFolder());
    QCOMPARE(entries[2].name, "link ");
    QVERIFY(entries[2].leadsToFolder);
    QCOMPARE(entries[3].name, QString::fromUtf8(" \xc3\xa4"));
    QCOMPARE(entries[3].kind, GuestEntry::Kind::Other);
}

void TestGuestFacts::listingsLeaveOutWhatIsNoName()
{
    const QByteArray text = "/81a4/1/1/r/r/./../../etc/passwd\n"
                            "/81a4/1/1/r/r/./..\n/81a4/1/1/r/r/./\n/81a4/1/1/r/r/name\n"
                            "/81a4/-1/1/r/r/./negative\n/xyz/1/1/r/r/./mode\n/81a4/1/1/r\n"
                            "/81a4/1/1/r/r/./bad\xff\n/81a4/1/1/r/r/./good\n"
                            "/81a4/2/1/r/r/./good\n/>/./good\n/>/./nobody\n/";
    const QList<GuestEntry> entries = parseGuestListing(text);
    QCOMPARE(entries.size(), 1);
    QCOMPARE(entries[0].name, "good");
    QCOMPARE(entries[0].sizeBytes, 1);
    QVERIFY(!entries[0].leadsToFolder);
    QVERIFY(parseGuestListing("sh: not found\n").isEmpty());
    QVERIFY(parseGuestListing({}).isEmpty());
}

void TestGuestFacts::commandLinesAreWrappedInsideOut()
{
    QCOMPARE(unixCommandLine({.program = "/bin/ls", .arguments = {"-l"}}),
             (QStringList{"/bin/ls", "-l"}));
    const QStringList words = unixCommandLine({.program = "/bin/ls",
                                               .arguments = {"a b", "$c"},
                                               .environment = {"A=1 2"},
                                               .user = "eva",
                                               .folder = "/tmp"});
    QCOMPARE(words.first(), "/bin/sh");
    QVERIFY(words[2].contains("runuser"));
    QCOMPARE(words[4], "eva");
    QCOMPARE(words[9], "/tmp");
    // Never part of a script: what is quoted there is none of the shell's business.
    QCOMPARE(words.mid(10), (QStringList{"env", "A=1 2", "/bin/ls", "a b", "$c"}));
}

QTEST_GUILESS_MAIN(TestGuestFacts)

#include "tst_guest_facts.moc"
