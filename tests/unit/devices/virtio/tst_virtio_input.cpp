// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/virtio/virtio_input.h"
#include "tests/support/device_conformance.h"
#include "tests/support/test_main.h"
#include "tests/support/virtio_driver.h"

using namespace engine;
using tests::VirtioDriver;
using virtio::VirtioInput;

namespace {

struct Event
{
    int type = 0;
    int code = 0;
    int value = 0;
    bool operator==(const Event &) const = default;
};
using Events = std::vector<Event>;

// linux/input-event-codes.h
constexpr Event End = {0, 0, 0};
Event key(int code, int value)
{
    return {1, code, value};
}
Event wheel(int value)
{
    return {2, 8, value};
}
Event sideways(int value)
{
    return {2, 6, value};
}
Event x(int value)
{
    return {3, 0, value};
}
Event y(int value)
{
    return {3, 1, value};
}
constexpr int Left = 0x110;

struct Rig
{
    tests::VirtioBoard board;
    VirtioInput tablet{"virtio-tablet", nullptr};
    VirtioDriver driver{tablet, board};
    std::vector<std::uint64_t> buffers; // by descriptor

    explicit Rig(int count = 0)
    {
        if (count > 0) {
            driver.start();
            offer(count);
        }
    }
    void offer(int count)
    {
        buffers.resize(VirtioInput::QueueSize);
        for (int i = 0; i < count; ++i) {
            const std::uint64_t address = driver.allocate(8);
            buffers[driver.offer(0, {{address, 8, true}})] = address;
        }
        driver.notify(0);
    }
    Events take()
    {
        Events events;
        while (const auto used = driver.takeUsed(0)) {
            const std::uint8_t *raw = board.ram.at(buffers[used->head]);
            if (used->written == 8)
                events.push_back({loadLe<std::uint16_t>(raw), loadLe<std::uint16_t>(raw + 2),
                                  int(loadLe<std::uint32_t>(raw + 4))});
        }
        return events;
    }
    std::vector<std::uint8_t> select(std::uint8_t what, std::uint8_t part)
    {
        driver.deviceConfig(0, 1, what);
        driver.deviceConfig(1, 1, part);
        std::vector<std::uint8_t> payload;
        for (std::uint32_t i = 0; i < driver.deviceConfig(2, 1); ++i)
            payload.push_back(std::uint8_t(driver.deviceConfig(8 + i, 1)));
        return payload;
    }

    Device &device() { return tablet; }
    std::vector<tests::Region> regions() const { return {{0, VirtioInput::BarBytes}}; }
    void disturb()
    {
        driver.plugIn();
        driver.start();
        select(1, 0);
        offer(10);
        tablet.moveTo(100, 200);
        tablet.setButton(PointerButton::Left, KeyMotion::Press);
    }
};

} // namespace

class TestVirtioInput : public QObject
{
    Q_OBJECT

private slots:
    void conforms()
    {
        QVERIFY(tests::conforms([] { return std::make_unique<Rig>(); }));
    }

    void configurationDescribesATablet()
    {
        Rig rig;
        QCOMPARE(rig.driver.config(0, 4), 0x10521af4u);
        const auto name = rig.select(0x01, 0);
        QCOMPARE(std::string(name.begin(), name.end()), std::string("Vitrine Tablet"));
        QCOMPARE(rig.select(0x03, 0), (std::vector<std::uint8_t>{6, 0, 0x27, 6, 3, 0, 2, 0}));
        std::vector<std::uint8_t> keys(35);
        keys[34] = 0x1f; // BTN_LEFT to BTN_EXTRA
        QCOMPARE(rig.select(0x11, 1), keys);
        QCOMPARE(rig.select(0x11, 2), (std::vector<std::uint8_t>{0x40, 0x01}));
        QCOMPARE(rig.select(0x11, 3), (std::vector<std::uint8_t>{3}));
        std::vector<std::uint8_t> axis(20);
        axis[4] = 0xff;
        axis[5] = 0x7f;
        QCOMPARE(rig.select(0x12, 1), axis);
        for (const auto &[what, part] :
             {std::pair(0, 0), {0x01, 1}, {0x02, 0}, {0x10, 0}, {0x11, 4}, {0x12, 2}, {0xff, 0xff}})
            QVERIFY(rig.select(std::uint8_t(what), std::uint8_t(part)).empty());
        rig.driver.deviceConfig(2, 4, 0xffffffff); // not the driver's
        QCOMPARE(rig.driver.deviceConfig(2, 4), std::uint64_t(0));
    }

    void movesAndButtonsBecomeEvents()
    {
        Rig rig(40);
        rig.tablet.moveTo(100, 200);
        QCOMPARE(rig.take(), (Events{x(100), y(200), End}));
        QVERIFY(rig.board.irq.level);
        rig.tablet.moveTo(100, 201);
        QCOMPARE(rig.take(), (Events{y(201), End}));
        rig.tablet.moveTo(100, 201);
        QCOMPARE(rig.take(), Events{});
        rig.tablet.setButton(PointerButton::Left, KeyMotion::Press);
        rig.tablet.setButton(PointerButton::Left, KeyMotion::Release);
        QCOMPARE(rig.take(), (Events{key(Left, 1), End, key(Left, 0), End}));
        rig.tablet.turnWheel(0, -1);
        rig.tablet.turnWheel(2, 0);
        QCOMPARE(rig.take(), (Events{wheel(-1), End, sideways(2), End}));
        rig.tablet.moveTo(65535, 65535);
        QCOMPARE(rig.take(), (Events{x(32767), y(32767), End}));
    }

    void everyButtonHasItsCode_data()
    {
        QTest::addColumn<PointerButton>("button");
        QTest::addColumn<int>("code");
        QTest::newRow("left") << PointerButton::Left << 0x110;
        QTest::newRow("right") << PointerButton::Right << 0x111;
        QTest::newRow("middle") << PointerButton::Middle << 0x112;
        QTest::newRow("side") << PointerButton::Side << 0x113;
        QTest::newRow("extra") << PointerButton::Extra << 0x114;
    }
    void everyButtonHasItsCode()
    {
        QFETCH(PointerButton, button);
        QFETCH(int, code);
        Rig rig(10);
        rig.tablet.setButton(button, KeyMotion::Press);
        QCOMPARE(rig.take(), (Events{key(code, 1), End}));
    }

    void wheelIsNoButton()
    {
        Rig rig(10);
        rig.tablet.setButton(PointerButton::WheelUp, KeyMotion::Press);
        QCOMPARE(rig.take(), Events{});
    }

    void slowGuestGetsTheLastPlaceAndEveryClick()
    {
        Rig rig(2); // too few for a move in both directions
        rig.tablet.moveTo(10, 10);
        rig.tablet.moveTo(20, 20);
        rig.tablet.setButton(PointerButton::Left, KeyMotion::Press);
        rig.tablet.moveTo(30, 30);
        rig.tablet.setButton(PointerButton::Left, KeyMotion::Release);
        rig.tablet.moveTo(40, 40);
        rig.tablet.moveTo(50, 50);
        QCOMPARE(rig.take(), Events{});
        rig.offer(30);
        QCOMPARE(rig.take(),
                 (Events{x(20), y(20), End, key(Left, 1), End, x(30), y(30), End, key(Left, 0), End,
                         x(50), y(50), End}));
    }

    void waitingReportsAreBounded()
    {
        Rig rig(1);
        for (int i = 0; i < 1000; ++i) {
            rig.tablet.moveTo(std::uint16_t(i), 0);
            rig.tablet.setButton(PointerButton::Left,
                                 i % 2 == 0 ? KeyMotion::Press : KeyMotion::Release);
        }
        Events all;
        for (int i = 0; i < 20; ++i) {
            rig.offer(30);
            const Events some = rig.take();
            all.insert(all.end(), some.begin(), some.end());
        }
        QVERIFY(all.size() <= 10 * VirtioInput::MaxWaiting);
        int place = 0;
        int button = -1;
        for (const Event &event : all) {
            if (event.type == 3)
                place = event.value;
            if (event.type == 1)
                button = event.value;
        }
        QCOMPARE(place, 999); // where everything ended up
        QCOMPARE(button, 0);
    }

    void readinessIsTold()
    {
        Rig rig;
        int changes = 0;
        rig.tablet.setReadyListener([&] { ++changes; });
        QVERIFY(!rig.tablet.isReady());
        rig.tablet.moveTo(1, 1); // goes nowhere, also not later
        QVERIFY(rig.driver.start());
        QVERIFY(rig.tablet.isReady());
        QCOMPARE(changes, 1);
        rig.offer(10);
        QCOMPARE(rig.take(), Events{});
        rig.driver.setStatus(0);
        QVERIFY(!rig.tablet.isReady());
        QCOMPARE(changes, 2);
        QVERIFY(rig.driver.start());
        rig.driver.makeAvailable(0, 64); // breaks the ring
        rig.driver.notify(0);
        rig.tablet.moveTo(1, 1);
        QVERIFY(!rig.tablet.isReady());
        QCOMPARE(changes, 4);
    }

    void statusQueueIsDrained()
    {
        Rig rig(1);
        rig.driver.offer(1, {{0x8000, 8, false}});
        rig.driver.notify(1);
        QCOMPARE(rig.driver.takeUsed(1)->written, 0u);
    }

    void nothingIsSentWhileTheMachineStandsStill()
    {
        Rig rig(10);
        {
            const std::lock_guard lock(rig.tablet.lock());
            rig.tablet.setRunning(false);
        }
        rig.tablet.moveTo(5, 5);
        QCOMPARE(rig.take(), Events{});
        {
            const std::lock_guard lock(rig.tablet.lock());
            rig.tablet.setRunning(true);
        }
        QCOMPARE(rig.take(), (Events{x(5), y(5), End}));
    }

    void buttonHeldWhileSavedIsReleased()
    {
        Rig rig(20);
        rig.tablet.moveTo(5, 5);
        rig.tablet.setButton(PointerButton::Left, KeyMotion::Press);
        rig.take();
        const std::vector<std::uint8_t> saved = tests::savedBytes(rig.tablet);
        tests::resetDevice(rig.tablet);
        QVERIFY(tests::loadBytes(rig.tablet, saved));
        const std::lock_guard lock(rig.tablet.lock());
        rig.tablet.setRunning(true);
        QCOMPARE(rig.take(), (Events{key(Left, 0), End}));
    }
};

QTEST_GUILESS_MAIN(TestVirtioInput)
#include "tst_virtio_input.moc"
