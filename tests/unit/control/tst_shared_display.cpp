// SPDX-License-Identifier: GPL-3.0-or-later
// The screen of a machine in windows of other processes: hub, connection and client, over a real
// control socket.
#include "engine/control/display_client.h"
#include "engine/drivers/display_connection.h"
#include "engine/drivers/display_hub.h"
#include "tests/support/shared_window.h"

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

using Machine = fakes::SharedMachine;
using Window = fakes::SharedWindow;

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
};

QTEST_GUILESS_MAIN(TestSharedDisplay)
#include "tst_shared_display.moc"
