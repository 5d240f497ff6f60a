// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/usb/usb_hid.h"
#include "tests/support/usb_bus.h"

#include <QtTest/QTest>

#include <set>

using namespace engine;

namespace {

using Desk = tests::UsbBus;
using Bytes = std::vector<std::uint8_t>;

} // namespace

class TestUsbModels : public QObject
{
    Q_OBJECT

private slots:
    void descriptorsAreWhole()
    {
        Desk desk;
        UsbTablet tablet(desk.later());
        const Bytes device = desk.control(tablet, 0x80, 6, 0x0100, 0, Bytes(64)).data();
        QCOMPARE(device.size(), std::size_t(18));
        QCOMPARE(device[17], std::uint8_t(1));
        const Bytes all = desk.control(tablet, 0x80, 6, 0x0200, 0, Bytes(255)).data();
        QCOMPARE(std::size_t(loadLe<std::uint16_t>(&all[2])), all.size());
        std::size_t at = 0;
        while (at < all.size() && all[at] != 0)
            at += all[at];
        QCOMPARE(at, all.size());
        const auto reportBytes = loadLe<std::uint16_t>(&all[9 + 9 + 7]);
        QCOMPARE(desk.control(tablet, 0x81, 6, 0x2200, 0, Bytes(255)).data().size(),
                 std::size_t(reportBytes));
        const Bytes name = desk.control(tablet, 0x80, 6, 0x0302, 0x0409, Bytes(255)).data();
        QCOMPARE(std::size_t(name[0]), name.size());
        QCOMPARE(name[2], std::uint8_t('U'));
    }

    // They have the same vendor and product, and a system remembers devices by all three.
    void eachKindHasASerialNumberOfItsOwn()
    {
        Desk desk;
        UsbTablet tablet(desk.later());
        UsbKeyboard keyboard(desk.later());
        UsbGamepad gamepad(desk.later());
        std::set<Bytes> serials;
        for (UsbModel *const model :
             {static_cast<UsbModel *>(&tablet), static_cast<UsbModel *>(&keyboard),
              static_cast<UsbModel *>(&gamepad)})
            serials.insert(desk.control(*model, 0x80, 6, 0x0303, 0x0409, Bytes(255)).data());
        QCOMPARE(serials.size(), std::size_t(3));
    }

    void whatIsNotKnownIsStalled_data()
    {
        QTest::addColumn<int>("type");
        QTest::addColumn<int>("request");
        QTest::addColumn<int>("value");
        QTest::newRow("another descriptor") << 0x80 << 6 << 0x0f00;
        QTest::newRow("a string too many") << 0x80 << 6 << 0x0309;
        QTest::newRow("the other speed's, of a device without one") << 0x80 << 6 << 0x0600;
        QTest::newRow("a second configuration") << 0x00 << 9 << 2;
        QTest::newRow("a vendor's") << 0xc0 << 1 << 0;
        QTest::newRow("a wake-up") << 0x00 << 3 << 1;
    }
    void whatIsNotKnownIsStalled()
    {
        QFETCH(int, type);
        QFETCH(int, request);
        QFETCH(int, value);
        Desk desk;
        UsbTablet tablet(desk.later());
        const Desk::Sent sent = desk.control(tablet, std::uint8_t(type), std::uint8_t(request),
                                             std::uint16_t(value), 0, Bytes(type & 0x80 ? 8 : 0));
        QCOMPARE(sent.transfer->outcome, UsbOutcome::Stalled);
    }

    void theTabletReportsWhenItIsAsked()
    {
        Desk desk;
        UsbTablet tablet(desk.later());
        int changes = 0;
        tablet.setReadyListener([&changes] { ++changes; });
        tablet.moveTo(1, 1); // nobody listens
        desk.configure(tablet);
        QVERIFY(!tablet.isReady());
        const Desk::Sent first = desk.report(tablet);
        QVERIFY(tablet.isReady());
        QVERIFY(changes > 0);
        QCOMPARE(*first.answers, 0);
        tablet.moveTo(0x1234, 40000);
        desk.settle();
        QCOMPARE(*first.answers, 1);
        QVERIFY(first.data() == (Bytes{0, 0x34, 0x12, 0xff, 0x7f, 0, 0}));
        // Movements melt, a click between them does not.
        tablet.moveTo(1, 1);
        tablet.moveTo(2, 2);
        tablet.setButton(PointerButton::Right, KeyMotion::Press);
        tablet.moveTo(3, 3);
        tablet.turnWheel(0, -1);
        QVERIFY(desk.report(tablet).data() == (Bytes{0, 2, 0, 2, 0, 0, 0}));
        QVERIFY(desk.report(tablet).data() == (Bytes{2, 2, 0, 2, 0, 0, 0}));
        QVERIFY(desk.report(tablet).data() == (Bytes{2, 3, 0, 3, 0, 0, 0}));
        QVERIFY(desk.report(tablet).data() == (Bytes{2, 3, 0, 3, 0, 0xff, 0}));
        QCOMPARE(*desk.report(tablet).answers, 0);
        tablet.resetDevice();
        QVERIFY(!tablet.isReady());
    }

    void aMachineThatStandsStillHearsNothing()
    {
        Desk desk;
        UsbTablet tablet(desk.later());
        desk.configure(tablet);
        const Desk::Sent waiting = desk.report(tablet);
        tablet.setRunning(false);
        tablet.moveTo(5, 5);
        desk.settle();
        QCOMPARE(*waiting.answers, 0);
        QVERIFY(tablet.isIdle());
        tablet.setRunning(true);
        QVERIFY(!tablet.isIdle());
        desk.settle();
        QCOMPARE(*waiting.answers, 1);
    }

    void reportsThatNobodyTakesAreBounded()
    {
        Desk desk;
        UsbTablet tablet(desk.later());
        desk.configure(tablet);
        const Desk::Sent first = desk.report(tablet);
        for (int i = 0; i < 1000; ++i)
            tablet.setButton(PointerButton::Left,
                             i % 2 == 0 ? KeyMotion::Press : KeyMotion::Release);
        desk.settle();
        std::size_t count = 0;
        Bytes last;
        for (Desk::Sent sent = desk.report(tablet); *sent.answers == 1;
             sent = desk.report(tablet)) {
            ++count;
            last = sent.data();
        }
        QCOMPARE(count, UsbHid::MaxWaiting);
        QCOMPARE(last[0], std::uint8_t(0)); // the buttons end up where they are
    }

    void keysAreReported()
    {
        Desk desk;
        UsbKeyboard keyboard(desk.later());
        desk.configure(keyboard);
        const Desk::Sent first = desk.report(keyboard);
        keyboard.key(0x1d, KeyMotion::Press); // Ctrl
        keyboard.key(0x1e, KeyMotion::Press); // A
        keyboard.key(0x1e, KeyMotion::Press);
        keyboard.key(ScanCodeExtended | 0x53, KeyMotion::Press); // Delete
        keyboard.key(0x1d, KeyMotion::Release);
        desk.settle();
        QVERIFY(first.data() == (Bytes{1, 0, 0, 0, 0, 0, 0, 0}));
        QVERIFY(desk.report(keyboard).data() == (Bytes{1, 0, 4, 0, 0, 0, 0, 0}));
        QVERIFY(desk.report(keyboard).data() == (Bytes{1, 0, 4, 0x4c, 0, 0, 0, 0}));
        QVERIFY(desk.report(keyboard).data() == (Bytes{0, 0, 4, 0x4c, 0, 0, 0, 0}));
        for (const ScanCode code : std::array<ScanCode, 5>{0x10, 0x11, 0x12, 0x13, 0x14})
            keyboard.key(code, KeyMotion::Press);
        Bytes last;
        for (int i = 0; i < 5; ++i)
            last = desk.report(keyboard).data();
        QVERIFY(last == (Bytes{0, 0, 1, 1, 1, 1, 1, 1}));
    }

    void theGuestSetsTheLights()
    {
        Desk desk;
        UsbKeyboard keyboard(desk.later());
        int changes = 0;
        desk.configure(keyboard);
        keyboard.setListener([&changes] { ++changes; });
        desk.control(keyboard, 0x21, 9, 0x0200, 0, {0x03});
        QCOMPARE(changes, 1);
        QVERIFY((keyboard.lockLights() == LockLights{.capsLock = true, .numLock = true}));
    }
};

QTEST_GUILESS_MAIN(TestUsbModels)
#include "tst_usb_models.moc"
