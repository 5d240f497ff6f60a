// SPDX-License-Identifier: GPL-3.0-or-later
// The screen of a machine in windows of other processes: hub, connection and client, over a real
// control socket; and what happens when one end is hostile, dead or asleep.
#include "engine/control/display_client.h"
#include "engine/drivers/display_connection.h"
#include "engine/drivers/display_hub.h"
#include "tests/support/recording_input.h"
#include "tests/support/running_machine.h"
#include "tests/support/shared_screen.h"

#include <QtCore/QJsonArray>
#include <QtCore/QRect>
#include <QtTest/QSignalSpy>

#include <array>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>

using namespace engine;
using namespace std::chrono_literals;

namespace {

struct Listener final : FrameListener
{
    void frameDamaged(FrameRect r) override { damage.append({r.x, r.y, r.width, r.height}); }
    void frameResized() override { ++resizes; }
    void cursorChanged() override { ++cursors; }

    QList<QRect> damage;
    int resizes = 0;
    int cursors = 0;
};

// A machine that shows a screen and has a keyboard.
struct Machine
{
    Machine()
    {
        input.mode = PointerMode::Relative;
        hub.setTargets(&screen, &input);
        running.open("headless");
        running.driver().endpoint = {
            .kind = DisplayEndpoint::Kind::InProcess, .spice = {}, .hub = &hub};
    }
    ~Machine()
    {
        running.close();
        hub.setTargets(nullptr, nullptr);
    }

    // A window that does what it likes.
    fakes::RawPeer rawWindow()
    {
        fakes::RawPeer peer = fakes::RawPeer::connectedTo(running.socketPath());
        peer.send({{"id", 7}, {"method", "display.open"}});
        return peer;
    }
    bool answers()
    {
        ControlClient client;
        client.connectTo(running.socketPath());
        bool hasAnswer = false;
        const bool isConnected = QTest::qWaitFor([&client] { return client.isConnected(); });
        client.call("machine.info", {},
                    [&hasAnswer](const Result<QJsonObject> &answer) { hasAnswer = bool(answer); });
        return isConnected && QTest::qWaitFor([&hasAnswer] { return hasAnswer; });
    }

    fakes::SharedScreen screen;
    RecordingInputSink input;
    DisplayHub hub;
    fakes::RunningMachine running;
};

struct Window
{
    explicit Window(Machine &machine, int monitor = 0)
    {
        client.screen().setListener(&listener);
        client.connectTo(machine.running.socketPath(), monitor);
    }
    ~Window() { client.screen().setListener(nullptr); }

    bool isOpen() const { return opened.size() == 1; }
    std::uint32_t pixel(int x, int y)
    {
        const Frame frame = client.screen().frame();
        std::uint32_t value = 0;
        std::memcpy(&value, frame.pixels + y * frame.strideBytes + 4 * x, 4);
        return value;
    }

    DisplayClient client;
    Listener listener;
    QSignalSpy opened{&client, &DisplayClient::opened};
    QSignalSpy closed{&client, &DisplayClient::closed};
};

QList<QRect> rectsOf(const QJsonArray &numbers)
{
    QList<QRect> rects;
    for (qsizetype i = 0; i + 3 < numbers.size(); i += 4)
        rects.append({numbers[i].toInt(), numbers[i + 1].toInt(), numbers[i + 2].toInt(),
                      numbers[i + 3].toInt()});
    return rects;
}

} // namespace

class TestSharedDisplay final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aWindowsSizeReachesTheCard()
    {
        Machine machine;
        Window window(machine);
        QTRY_VERIFY(window.isOpen());
        int changes = 0;
        window.client.screen().setSizeWatcher([&changes] { ++changes; });
        QVERIFY(!window.client.screen().takesSize());
        machine.screen.setResizable(true);
        QTRY_VERIFY(window.client.screen().takesSize());
        QCOMPARE(changes, 1);
        window.client.screen().wantSize(1000, 700);
        QTRY_COMPARE(machine.screen.wanted.size(), 1);
        QCOMPARE(machine.screen.wanted.first(), std::pair(1000, 700));
        Window late(machine); // is told at once
        QTRY_VERIFY(late.isOpen());
        QVERIFY(late.client.screen().takesSize());
        fakes::RawPeer raw = machine.rawWindow();
        raw.send({{"method", "display.size"},
                  {"params", QJsonObject{{"width", 1e300}, {"height", -5}}}});
        QTRY_COMPARE(machine.screen.wanted.size(), 2);
        QCOMPARE(machine.screen.wanted.last().second, 1);
        window.client.screen().setSizeWatcher({});
    }

    // One half of a pair of sockets goes over; the other is the agent's.
    void theNewestWindowHasTheAgent()
    {
        Machine machine;
        std::vector<std::unique_ptr<Fd>> ends;
        const auto connectAgent = [&ends] {
            std::array<int, 2> pair = {};
            check(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) == 0, "pair");
            ends.push_back(std::make_unique<Fd>(pair[0]));
            return Fd(pair[1]);
        };
        const auto hears = [](const Fd &window, const Fd &agent, char word) {
            char heard = 0;
            return ::send(agent.get(), &word, 1, MSG_NOSIGNAL) == 1
                && ::recv(window.get(), &heard, 1, MSG_DONTWAIT) == 1 && heard == word;
        };
        Fd first;
        Fd second;
        DisplayClient one;
        one.setAgentTaker([&first](Fd stream) { first = std::move(stream); });
        one.connectTo(machine.running.socketPath());
        QSignalSpy opened(&one, &DisplayClient::opened);
        QTRY_COMPARE(opened.size(), 1);
        QVERIFY(!first.isOpen()); // there is none yet
        machine.hub.setAgent(connectAgent);
        QTRY_VERIFY(first.isOpen());
        QVERIFY(hears(first, *ends[0], 'a'));
        {
            DisplayClient two;
            two.setAgentTaker([&second](Fd stream) { second = std::move(stream); });
            two.connectTo(machine.running.socketPath());
            QTRY_VERIFY(second.isOpen());
            QVERIFY(hears(second, *ends[1], 'b'));
            first.reset();
        }
        QTRY_VERIFY(first.isOpen()); // the one before has it again
        QVERIFY(hears(first, *ends[2], 'c'));
        // A window that asks again and again has it once.
        fakes::RawPeer raw = machine.rawWindow();
        for (int i = 0; i < 3; ++i)
            raw.say("display.wantAgent");
        QTRY_COMPARE(raw.count("display.agent"), 1);
        machine.hub.setAgent({});
        QCOMPARE(ends.size(), std::size_t(4));
    }

    void aWindowSeesTheMachinesOwnMemory()
    {
        Machine machine;
        machine.screen.draw(3, 2, 0xff123456);
        Window window(machine);
        QTRY_VERIFY(window.isOpen());
        const Frame frame = window.client.screen().frame();
        QCOMPARE(frame.width, 64);
        QCOMPARE(frame.height, 48);
        QVERIFY(frame.format == PixelFormat::Xrgb32);
        QCOMPARE(window.listener.resizes, 1);
        QCOMPARE(window.pixel(3, 2), 0xff123456u);
        // Without a word.
        machine.screen.draw(5, 5, 0xff00ff00);
        QCOMPARE(window.pixel(5, 5), 0xff00ff00u);
    }

    void theWindowCannotChangeIt()
    {
        Machine machine;
        fakes::RawPeer peer = machine.rawWindow();
        QTRY_VERIFY(peer.count("display.update") == 1 && peer.descriptor.isOpen());
        const int file = peer.descriptor.get();
        const int seals = ::fcntl(file, F_GET_SEALS);
        QCOMPARE(seals & (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL),
                 F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL);
        QCOMPARE(::ftruncate(file, 4096), -1);
        QCOMPARE(::ftruncate(file, 4u << 20), -1);
        QCOMPARE(::pwrite(file, "x", 1, 0), ssize_t(-1));
        QVERIFY(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) == MAP_FAILED);
        void *const seen = ::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, file, 0);
        QVERIFY(seen != MAP_FAILED);
        QCOMPARE(::mprotect(seen, 4096, PROT_READ | PROT_WRITE), -1);
        ::munmap(seen, 4096);
        // Nor by opening it anew, as its owner.
        const Fd anew(
            ::open(qPrintable(QString("/proc/self/fd/%1").arg(file)), O_RDWR | O_CLOEXEC));
        if (anew.isOpen()) {
            QVERIFY(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, anew.get(), 0)
                    == MAP_FAILED);
            QCOMPARE(::pwrite(anew.get(), "x", 1, 0), ssize_t(-1));
        }
        // The guest still can.
        machine.screen.draw(0, 0, 0xff00aa00);
    }

    void changesAreTold()
    {
        Machine machine;
        Window window(machine);
        QTRY_VERIFY(window.isOpen());
        machine.screen.listener->frameDamaged({1, 2, 3, 4});
        QTRY_COMPARE(window.listener.damage, QList<QRect>{QRect(1, 2, 3, 4)});
        QCOMPARE(window.listener.resizes, 1);

        // Another page of the same memory: nothing but the place is told.
        window.listener.damage.clear();
        machine.screen.offset = 64 * 48 * 4;
        machine.screen.draw(1, 1, 0xff0000ff);
        machine.screen.listener->frameDamaged({0, 0, 64, 48});
        QTRY_COMPARE(window.listener.damage, QList<QRect>{QRect(0, 0, 64, 48)});
        QCOMPARE(window.pixel(1, 1), 0xff0000ffu);
        QCOMPARE(window.listener.resizes, 1);

        // Another mode, in other memory.
        const Frame before = window.client.screen().frame();
        machine.screen.memory = *VideoMemory::create(1u << 20);
        machine.screen.offset = 0;
        machine.screen.width = 80;
        machine.screen.height = 25;
        machine.screen.draw(79, 24, 0xffff0000);
        machine.screen.listener->frameResized();
        QTRY_COMPARE(window.listener.resizes, 2);
        QCOMPARE(window.client.screen().frame().width, 80);
        QCOMPARE(window.pixel(79, 24), 0xffff0000u);
        QCOMPARE(int(before.pixels[0]), int(before.pixels[0])); // still mapped

        // No picture, and one again.
        machine.screen.width = 0;
        machine.screen.listener->frameResized();
        QTRY_VERIFY(window.client.screen().frame().isEmpty());
        machine.screen.width = 80;
        machine.screen.listener->frameResized();
        QTRY_COMPARE(window.client.screen().frame().width, 80);
        QVERIFY(window.closed.isEmpty());
    }

    void cursorAndLightsAreTold()
    {
        Machine machine;
        Window window(machine);
        QTRY_VERIFY(window.isOpen());
        QVERIFY(window.client.input().pointerMode() == PointerMode::Relative);
        QVERIFY(!window.client.input().lockLights());
        QSignalSpy inputChanged(&window.client, &DisplayClient::inputChanged);
        machine.input.mode = PointerMode::Absolute;
        machine.input.lights = LockLights{.capsLock = true};
        machine.input.changed();
        QTRY_COMPARE(inputChanged.size(), 1);
        QVERIFY(window.client.input().pointerMode() == PointerMode::Absolute);
        QVERIFY(window.client.input().lockLights() == LockLights{.capsLock = true});

        machine.screen.image = {.width = 2,
                                .height = 1,
                                .hotSpotX = 1,
                                .hotSpotY = 0,
                                .pixels = {0xff112233, 0x80000000}};
        const int before = window.listener.cursors;
        machine.screen.listener->cursorChanged();
        QTRY_VERIFY(window.listener.cursors > before);
        const CursorImage cursor = window.client.screen().cursor();
        QCOMPARE(cursor.width, 2);
        QCOMPARE(cursor.hotSpotX, 1);
        QVERIFY(cursor.pixels == machine.screen.image.pixels);
    }

    void keysAndPointerReachTheMachine()
    {
        Machine machine;
        Window window(machine);
        QTRY_VERIFY(window.isOpen());
        InputSink &input = window.client.input();
        input.key(0x1d, KeyMotion::Press);
        input.key(ScanCodeExtended | 0x48, KeyMotion::Press);
        input.button(PointerButton::Right, KeyMotion::Press);
        input.motion(-5, 7);
        input.position(10, 20);
        input.setLockLights(true, false);
        input.button(PointerButton::WheelUp, KeyMotion::Press);
        input.button(PointerButton::WheelUp, KeyMotion::Release);
        QTRY_COMPARE(machine.input.log,
                     (QStringList{"+1d", "+148", "+right", "by -5,7", "at 10,20", "locks 10",
                                  "+wheelUp", "-wheelUp"}));
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

    void aHiddenWindowCostsNothing()
    {
        Machine machine;
        Window window(machine);
        QTRY_VERIFY(window.isOpen());
        QVERIFY(machine.screen.isVisible);
        window.client.screen().setVisible(false);
        QTRY_VERIFY(!machine.screen.isVisible);
        QVERIFY(machine.screen.listener == nullptr);
        machine.screen.draw(1, 1, 0xff445566);
        window.client.screen().setVisible(true);
        QTRY_VERIFY(machine.screen.isVisible);
        // Everything may be another by now.
        QTRY_VERIFY(window.listener.damage.contains(QRect(0, 0, 64, 48)));
    }

    void whatChangesBeforeTheAnswerIsGathered()
    {
        Machine machine;
        fakes::RawPeer peer = machine.rawWindow();
        QTRY_COMPARE(peer.count("display.update"), 1);
        for (int i = 0; i < 1000; ++i) {
            machine.screen.listener->frameDamaged({i % 60, i % 40, 2, 2});
            if (i % 100 == 0)
                QCOMPARE(peer.count("display.update"), 1);
        }
        QVERIFY(peer.params("display.update").has_value());
        peer.say("display.seen");
        QTRY_COMPARE(peer.count("display.update"), 1);
        const std::optional<QJsonObject> update = peer.params("display.update");
        QVERIFY(!update->contains("picture"));
        const QList<QRect> rects = rectsOf((*update)["damage"].toArray());
        QVERIFY(!rects.isEmpty() && rects.size() <= 17);
        QRect all;
        for (const QRect &rect : rects)
            all |= rect;
        QCOMPARE(all, QRect(0, 0, 61, 41));
        QCOMPARE(peer.count("display.update"), 0);
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

    void everyMonitorHasItsOwnWindow()
    {
        Machine machine;
        fakes::SharedScreen other;
        other.width = 40;
        machine.hub.setTargets({&machine.screen, &other}, &machine.input);
        machine.running.driver().endpoint.monitorCount = 2;
        machine.screen.draw(1, 1, 0xff111111);
        other.draw(1, 1, 0xff222222);
        Window first(machine);
        Window second(machine, 1);
        QTRY_VERIFY(first.isOpen() && second.isOpen());
        QCOMPARE(first.client.screen().frame().width, 64);
        QCOMPARE(second.client.screen().frame().width, 40);
        QCOMPARE(first.pixel(1, 1), 0xff111111u);
        QCOMPARE(second.pixel(1, 1), 0xff222222u);
        first.listener.damage.clear();
        other.listener->frameDamaged({4, 4, 2, 2});
        QTRY_VERIFY(second.listener.damage.contains(QRect(4, 4, 2, 2)));
        QVERIFY(first.listener.damage.isEmpty());

        machine.input.mode = PointerMode::Absolute;
        second.client.input().position(3, 4);
        QTRY_COMPARE(machine.input.log, QStringList{"at 3,4 on 1"});
        first.client.input().position(5, 6);
        QTRY_COMPARE(machine.input.log.last(), "at 5,6");

        // Nobody looks at one of them only.
        second.client.screen().setVisible(false);
        QTRY_VERIFY(!other.isVisible);
        QVERIFY(machine.screen.isVisible);

        Window none(machine, 2);
        QTRY_COMPARE(none.closed.size(), 1);
        QVERIFY(!none.closed[0][0].toString().isEmpty());
        QVERIFY(machine.answers());
        machine.hub.setTargets(nullptr, nullptr);
    }

    void severalWindowsShowTheSame()
    {
        Machine machine;
        Window first(machine);
        QTRY_VERIFY(first.isOpen());
        Window second(machine);
        QTRY_VERIFY(second.isOpen());
        first.listener.damage.clear();
        machine.screen.draw(4, 4, 0xffabcdef);
        machine.screen.listener->frameDamaged({4, 4, 1, 1});
        QTRY_VERIFY(first.listener.damage.contains(QRect(4, 4, 1, 1)));
        QTRY_VERIFY(second.listener.damage.contains(QRect(4, 4, 1, 1)));
        QCOMPARE(first.pixel(4, 4), second.pixel(4, 4));
        // A hidden one does not take the other's picture away.
        second.client.screen().setVisible(false);
        second.client.input().key(0x1e, KeyMotion::Press);
        QTRY_COMPARE(machine.input.log, QStringList{"+1e"});
        QVERIFY(machine.screen.isVisible);

        // Neither has to give way.
        ControlClient one;
        ControlClient other;
        one.connectTo(machine.running.socketPath());
        other.connectTo(machine.running.socketPath());
        QTRY_VERIFY(one.isConnected() && other.isConnected());
        QSignalSpy detached(&one, &ControlClient::detached);
        QSignalSpy raised(&one, &ControlClient::raiseRequested);
        one.call("window.attach");
        std::optional<bool> isAttached;
        other.call("window.attach", {}, [&isAttached](Result<QJsonObject> answer) {
            isAttached = (*answer)[QLatin1String("attached")].toBool();
        });
        QTRY_VERIFY(isAttached.has_value());
        QVERIFY(*isAttached);
        QVERIFY(detached.isEmpty() && raised.isEmpty());
        other.disconnectFrom();
        QVERIFY(machine.running.session().status().hasWindow);
        one.disconnectFrom();
        QTRY_VERIFY(!machine.running.session().status().hasWindow);
    }

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
};

QTEST_GUILESS_MAIN(TestSharedDisplay)
#include "tst_shared_display.moc"
