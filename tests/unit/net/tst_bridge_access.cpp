// SPDX-License-Identifier: GPL-3.0-or-later
// What a computer offers for bridging, and what to type where it does not; in a made-up /sys.
#include "engine/net/bridge_access.h"
#include "tests/support/test_main.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>

#include <array>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

using namespace engine;
using namespace engine::net;

namespace {

class Host
{
public:
    Host()
    {
        places.sysClassNet = path("net");
        places.bridgeConfiguration = path("qemu/bridge.conf");
        places.helpers = {path("nowhere"), path("helper")};
        places.tunDevice = path("tun");
        places.isRoot = true;
        interface("lo", "772");
        interface("eth0", "1", "device/x");
        interface("eth1", "1", "device/x");
        interface("wlan0", "1", "wireless/x");
        interface("br0", "1", "bridge/x");
        interface("tun0", "65534");
        QDir().mkpath(file("net/eth1/brport"));
        check(QFile::link("../../br0", file("net/eth1/brport/bridge")), "no link could be made");
        write("tun", "");
        write("helper", "#!/bin/sh\nexit 1\n");
        QFile::setPermissions(file("helper"),
                              QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    QString file(const QString &name) const { return m_folder.filePath(name); }
    std::string path(const QString &name) const { return file(name).toStdString(); }
    void write(const QString &name, const QByteArray &text) const
    {
        QDir().mkpath(QFileInfo(file(name)).path());
        QFile target(file(name));
        check(target.open(QIODevice::WriteOnly) && target.write(text) == text.size(),
              "a file could not be written");
    }
    HostPlaces places;

private:
    void interface(const QString &name, const QByteArray &type, const QString &mark = {})
    {
        write("net/" + name + "/type", type + "\n");
        write("net/" + name + "/operstate", "up\n");
        write("net/" + name + "/address", "52:54:00:00:00:01\n");
        if (!mark.isEmpty())
            write("net/" + name + "/" + mark, "");
    }
    QTemporaryDir m_folder;
};

} // namespace

class TestBridgeAccess : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void interfacesAreListedBridgesFirst()
    {
        const Host host;
        const std::vector<HostInterface> list = hostInterfaces(host.places);
        QStringList names;
        for (const HostInterface &one : list)
            names.append(QString::fromStdString(one.name));
        QCOMPARE(names, (QStringList{"br0", "eth0", "eth1", "wlan0", "tun0"}));
        QCOMPARE(list[0].kind, HostInterface::Kind::Bridge);
        QCOMPARE(list[2].bridge, std::string("br0"));
        QCOMPARE(list[3].kind, HostInterface::Kind::Wireless);
        QVERIFY(list[0].isUp);
    }

    void whatIsNoBridgeSaysWhatToDo_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("remedy");
        QTest::newRow("port of one") << "eth1"
                                     << "Choose \"br0\" instead";
        QTest::newRow("wired") << "eth0"
                               << "nmcli connection add type bridge-slave con-name "
                                  "br0-eth0 ifname eth0 master br0";
        QTest::newRow("wireless") << "wlan0"
                                  << "wired";
        QTest::newRow("not there") << "eth9"
                                   << "\"br0\"";
        QTest::newRow("nothing chosen") << ""
                                        << "\"br0\"";
    }
    void whatIsNoBridgeSaysWhatToDo()
    {
        QFETCH(QString, name);
        QFETCH(QString, remedy);
        const Host host;
        const Result<> result = bridgeAvailability(name.toStdString(), host.places);
        QVERIFY(!result.has_value());
        const QString text = QString::fromStdString(result.error().remedy());
        QVERIFY2(text.contains(remedy), qPrintable(text));
    }

    void theConfigurationDecides_data()
    {
        QTest::addColumn<QByteArray>("configuration");
        QTest::addColumn<bool>("isAllowed");
        QTest::newRow("this one") << QByteArray("# ours\nallow br0\n") << true;
        QTest::newRow("all") << QByteArray("allow all") << true;
        QTest::newRow("another one") << QByteArray("allow br1\n") << false;
        QTest::newRow("none") << QByteArray() << false;
        QTest::newRow("denied") << QByteArray("allow all\ndeny br0\n") << false;
        QTest::newRow("a comment") << QByteArray("#allow br0\n") << false;
    }
    void theConfigurationDecides()
    {
        QFETCH(QByteArray, configuration);
        QFETCH(bool, isAllowed);
        const Host host;
        host.write("qemu/bridge.conf", configuration);
        const Result<> result = bridgeAvailability("br0", host.places);
        QCOMPARE(result.has_value(), isAllowed);
        if (!isAllowed)
            QVERIFY(result.error().text().find("bridge.conf") != std::string::npos);
    }

    void includedFilesCountAndMayGoInCircles()
    {
        const Host host;
        host.write("qemu/bridge.conf", "include " + host.file("qemu/more.conf").toUtf8() + "\n");
        host.write("qemu/more.conf",
                   "include " + host.file("qemu/bridge.conf").toUtf8() + "\nallow br0\n");
        QVERIFY_OK(bridgeAvailability("br0", host.places));
    }

    void everythingThatIsMissingIsNamedAtOnce()
    {
        // Root needs no rights of the helper's.
        if (::geteuid() == 0) {
            const pid_t child = ::fork();
            if (child == 0)
                ::_exit(::setuid(65534) == 0 && isWholeRemedyGiven() ? 0 : 1);
            int status = 0;
            QCOMPARE(::waitpid(child, &status, 0), child);
            QCOMPARE(status, 0);
        } else {
            QVERIFY(isWholeRemedyGiven());
        }
    }

    void aMissingHelperIsNamedWithItsPackage()
    {
        Host host;
        host.places.helpers = {host.path("nowhere")};
        const Result<> result = bridgeAvailability("br0", host.places);
        QVERIFY_ERROR(result, ErrorKind::NotFound);
        QVERIFY(result.error().remedy().find("apt install qemu-system-common")
                != std::string::npos);
    }

    void whatTheHelperSaysIsTheReason()
    {
        const Host host;
        host.write("qemu/bridge.conf", "allow br0\n");
        host.write("helper", "#!/bin/sh\necho 'failed to add interface' >&2\nexit 1\n");
        const Result<Fd> tap = openBridgeTap("br0", host.places);
        QVERIFY_ERROR(tap, ErrorKind::Io);
        QVERIFY(tap.error().text().find("failed to add interface") != std::string::npos);
    }

    void theDeviceTheHelperSendsIsOurs()
    {
        const Host host;
        host.write("qemu/bridge.conf", "allow br0\n");
        // Stands for a tap device: the descriptor of a file, sent as the helper sends it.
        host.write("helper",
                   "#!/usr/bin/python3\nimport array, os, socket, sys\n"
                   "assert '--br=br0' in sys.argv and '--fd=3' in sys.argv\n"
                   "s = socket.socket(fileno=3)\nr, w = os.pipe()\nos.write(w, b'tap')\n"
                   "s.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, "
                   "array.array('i', [r]))])\n");
        const Result<Fd> tap = openBridgeTap("br0", host.places);
        QVERIFY_OK(tap);
        char text[4] = {};
        QCOMPARE(::read(tap->get(), text, sizeof text), ssize_t(3));
        QCOMPARE(std::string(text), std::string("tap"));
        QVERIFY((::fcntl(tap->get(), F_GETFL) & O_NONBLOCK) != 0);
    }

private:
    // In folders that anybody may read.
    static bool isWholeRemedyGiven()
    {
        const Host host;
        HostPlaces places = host.places;
        places.isRoot = false;
        const Result<> result = bridgeAvailability("br0", places);
        if (result)
            return false;
        const std::string &remedy = result.error().remedy();
        return remedy.find("echo \"allow br0\" >> " + host.path("qemu/bridge.conf"))
            != std::string::npos
            && remedy.find("dpkg-statoverride --update --add root root 4755 " + host.path("helper"))
            != std::string::npos;
    }
};

QTEST_GUILESS_MAIN(TestBridgeAccess)
#include "tst_bridge_access.moc"
