// SPDX-License-Identifier: GPL-3.0-or-later
// The screen of a machine in windows of other processes, when one end is hostile, dead or asleep.
#include "engine/control/display_client.h"
#include "engine/drivers/display_connection.h"
#include "tests/support/shared_window.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>

using namespace engine;
using namespace std::chrono_literals;

namespace {

using Machine = fakes::SharedMachine;
using Window = fakes::SharedWindow;

} // namespace

class TestSharedDisplayTrouble final : public QObject
{
    Q_OBJECT
private slots:
    void thereIsAnEndOfWindows()
    {
        Machine machine;
        std::vector<fakes::RawPeer> peers;
        for (int i = 0; i < 17; ++i) {
            peers.push_back(machine.rawWindow());
            QTRY_VERIFY((peers.back().read(), !peers.back().received.isEmpty()));
        }
        QVERIFY(peers.front().received.first().contains("result"));
        QVERIFY(peers.back().received.first().contains("error"));
        peers.front().close();
        QTRY_VERIFY([&machine] {
            fakes::RawPeer again = machine.rawWindow();
            return QTest::qWaitFor([&again] {
                       again.read();
                       return !again.received.isEmpty();
                   })
                && again.received.first().contains("result");
        }());
    }

    void theEndOfTheMachineIsNoFailure()
    {
        Machine machine;
        Window window(machine);
        QTRY_VERIFY(window.isOpen());
        machine.running.driver().endpoint = {};
        machine.running.driver().enter(Driver::State::Stopping);
        QTRY_COMPARE(window.closed.size(), 1);
        QCOMPARE(window.closed.first().first().toString(), QString());
        // The last picture is still there.
        QCOMPARE(window.client.screen().frame().width, 64);
    }

    void aMachineWithoutAScreenSaysSo()
    {
        Machine machine;
        machine.running.driver().endpoint = {};
        Window window(machine);
        QTRY_COMPARE(window.closed.size(), 1);
        QVERIFY(window.closed.first().first().toString().contains("no screen"));
        DisplayClient nowhere;
        QSignalSpy closed(&nowhere, &DisplayClient::closed);
        nowhere.connectTo("/nonexistent/control");
        QTRY_COMPARE(closed.size(), 1);
        QVERIFY(closed.first().first().toString().contains("cannot be reached"));
    }

    void aHostileWindowHarmsNothing_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("garbage") << QByteArray("\0\1\2\xff}{\n[]\nnull\n{}\n", 16);
        QTest::newRow("no params") << QByteArray("{\"method\":\"display.key\"}\n"
                                                 "{\"method\":\"display.motion\"}\n"
                                                 "{\"method\":\"display.place\"}\n"
                                                 "{\"method\":\"display.button\"}\n");
        QTest::newRow("wrong types")
            << QByteArray("{\"method\":7}\n{\"method\":\"display.key\",\"params\":[1]}\n"
                          "{\"method\":\"display.key\",\"params\":{\"code\":\"a\",\"down\":3}}\n"
                          "{\"method\":\"display.visible\",\"params\":{\"isVisible\":[]}}\n");
        QTest::newRow("wild numbers") << QByteArray(
            "{\"method\":\"display.key\",\"params\":{\"code\":65535,\"down\":true}}\n"
            "{\"method\":\"display.key\",\"params\":{\"code\":-1,\"down\":true}}\n"
            "{\"method\":\"display.button\",\"params\":{\"button\":9,\"down\":true}}\n"
            "{\"method\":\"display.motion\",\"params\":{\"x\":1e300,\"y\":-2147483648}}\n"
            "{\"method\":\"display.place\",\"params\":{\"x\":-2147483648,\"y\":2147483647}}\n");
        QTest::newRow("answers nobody waits for")
            << QByteArray("{\"method\":\"display.seen\"}\n").repeated(5000);
        QTest::newRow("control's requests")
            << QByteArray("{\"id\":1,\"method\":\"machine.powerOff\"}\n");
        QTest::newRow("an endless line") << QByteArray(3 << 20, 'x');
        QTest::newRow("seen and hidden in turn")
            << QByteArray("{\"method\":\"display.visible\",\"params\":{\"isVisible\":true}}\n"
                          "{\"method\":\"display.visible\"}\n")
                   .repeated(2000);
    }
    void aHostileWindowHarmsNothing()
    {
        QFETCH(QByteArray, bytes);
        Machine machine;
        Window window(machine);
        QTRY_VERIFY(window.isOpen());
        fakes::RawPeer peer = machine.rawWindow();
        QTRY_VERIFY(peer.count("display.update") >= 1);
        for (qsizetype at = 0; at < bytes.size(); at += 65536) {
            peer.sendBytes(bytes.mid(at, 65536));
            peer.read();
        }
        QVERIFY(machine.answers());
        QVERIFY(!machine.running.driver().calls.contains("powerOff"));
        for (const QString &entry : machine.input.take())
            QVERIFY2(entry.startsWith("by") || entry.startsWith("at"), qPrintable(entry));
        window.listener.damage.clear();
        machine.screen.listener->frameDamaged({9, 9, 1, 1});
        QTRY_VERIFY(window.listener.damage.contains(QRect(9, 9, 1, 1)));
    }

    void aDescriptorFromAWindowIsNotKept()
    {
        Machine machine;
        fakes::RawPeer peer = machine.rawWindow();
        QTRY_COMPARE(peer.count("display.update"), 1);
        const Fd file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        peer.say("display.seen", {}, file.get());
        QTRY_VERIFY((peer.read(), peer.isEnded));
        QVERIFY(machine.answers());
    }

    void aHostileMachineEndsTheWindowsPictureOnly_data()
    {
        QTest::addColumn<int>("memory"); // bytes; 0: none comes; below 0: not sealed
        QTest::addColumn<QJsonObject>("picture");
        const auto picture = [](qint64 offset, int width, int height, qint64 stride, int format) {
            return QJsonObject{{"memory", true},   {"offset", offset}, {"width", width},
                               {"height", height}, {"stride", stride}, {"format", format}};
        };
        QTest::newRow("no memory") << 0 << picture(0, 16, 16, 64, 1);
        QTest::newRow("not sealed") << -4096 << picture(0, 16, 16, 64, 1);
        QTest::newRow("too high") << 4096 << picture(0, 16, 65, 64, 1);
        QTest::newRow("too wide") << 4096 << picture(0, 17, 64, 64, 1);
        QTest::newRow("too far") << 4096 << picture(4096, 16, 1, 64, 1);
        QTest::newRow("before") << 4096 << picture(-64, 16, 1, 64, 1);
        QTest::newRow("negative") << 4096 << picture(0, -16, 16, 64, 1);
        QTest::newRow("huge") << 4096 << picture(0, 2147483647, 2147483647, 64, 1);
        QTest::newRow("backwards") << 4096 << picture(0, 16, 16, -64, 1);
        QTest::newRow("unknown format") << 4096 << picture(0, 16, 16, 64, 9);
        QTest::newRow("far beyond") << 4096 << picture(qint64(1) << 62, 16, 16, 64, 1);
    }
    void aHostileMachineEndsTheWindowsPictureOnly()
    {
        QFETCH(int, memory);
        QFETCH(QJsonObject, picture);
        QTemporaryDir folder;
        const QByteArray path = QFile::encodeName(folder.filePath("control"));
        sockaddr_un address = {};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, path.constData(), std::size_t(path.size()));
        const Fd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        QCOMPARE(::bind(listener.get(), reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
        QCOMPARE(::listen(listener.get(), 1), 0);
        DisplayClient client;
        QSignalSpy opened(&client, &DisplayClient::opened);
        QSignalSpy closed(&client, &DisplayClient::closed);
        client.connectTo(QFile::decodeName(path));
        fakes::RawPeer machine(Fd(::accept(listener.get(), nullptr, nullptr)));

        Fd file;
        if (memory != 0) {
            file = Fd(::memfd_create("hostile", MFD_CLOEXEC | MFD_ALLOW_SEALING));
            QCOMPARE(::ftruncate(file.get(), std::abs(memory)), 0);
            if (memory > 0)
                QCOMPARE(::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK), 0);
        }
        machine.say("display.update", {{"picture", picture}}, file.get());
        QTRY_COMPARE(closed.size(), 1);
        QVERIFY(closed.first().first().toString().contains("cannot be"));
        QVERIFY(opened.isEmpty());
        QVERIFY(client.screen().frame().isEmpty());
        client.input().key(0x1e, KeyMotion::Press); // goes nowhere
    }

    void aMachineThatReadsNothingIsGivenUp()
    {
        auto [ours, peer] = fakes::RawPeer::pair();
        DisplayStream stream(std::move(ours), DisplayStream::Descriptors::Taken);
        QSignalSpy closed(&stream, &DisplayStream::closed);
        for (int i = 0; i < 100'000 && stream.isOpen(); ++i)
            stream.send({{"method", "display.motion"}});
        QCOMPARE(closed.size(), 1);
        QVERIFY(!stream.isOpen());
    }

    void aWindowThatSleepsCountsAsHidden()
    {
        fakes::SharedScreen screen;
        RecordingInputSink input;
        DisplayHub hub;
        hub.setTargets(&screen, &input);
        auto [ours, peer] = fakes::RawPeer::pair();
        DisplayConnection connection(std::move(ours), {}, 1, hub.makeView());
        connection.setPatience(1ms);
        QTRY_COMPARE(peer.count("display.update"), 1);
        QTRY_VERIFY(!screen.isVisible);
        connection.setPatience(1min);
        peer.received.clear();
        peer.say("display.seen");
        QTRY_VERIFY(screen.isVisible);
        screen.listener->frameResized(); // as a screen does when somebody looks again
        QTRY_COMPARE(peer.count("display.update"), 1);
        // Hidden for itself, it is not called back by an answer.
        peer.say("display.visible", {{"isVisible", false}});
        QTRY_VERIFY(!screen.isVisible);
        peer.say("display.seen");
        peer.say("display.key", {{"code", 0x1e}, {"down", true}});
        QTRY_COMPARE(input.log, QStringList{"+1e"});
        QVERIFY(!screen.isVisible);
        hub.setTargets(nullptr, nullptr);
    }

    void whatADeadWindowHeldIsReleased()
    {
        Machine machine;
        auto window = std::make_unique<Window>(machine);
        QTRY_VERIFY(window->isOpen());
        window->client.input().key(0x2a, KeyMotion::Press);
        window->client.input().key(0x1e, KeyMotion::Press);
        window->client.input().key(0x1e, KeyMotion::Release);
        window->client.input().button(PointerButton::Left, KeyMotion::Press);
        QTRY_COMPARE(machine.input.log, (QStringList{"+2a", "+1e", "-1e", "+left"}));
        machine.input.log.clear();
        window.reset();
        QTRY_COMPARE(machine.input.log, (QStringList{"-2a", "-left"}));
        // Nobody looks any more.
        QVERIFY(machine.screen.listener == nullptr);
        QVERIFY(!machine.screen.isVisible);
    }
};

QTEST_GUILESS_MAIN(TestSharedDisplayTrouble)
#include "tst_shared_display_trouble.moc"
