// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/machine_input.h"
#include "tests/support/board_fakes.h"
#include "tests/support/usb_bus.h"

#include <QtTest/QTest>

#include <map>

using namespace engine;

namespace {

class FakeTablet final : public AbsolutePointer
{
public:
    bool isReady() const override { return m_isReady; }
    void setReadyListener(std::function<void()> readyChanged) override
    {
        m_readyChanged = std::move(readyChanged);
    }
    void moveTo(std::uint16_t x, std::uint16_t y) override
    {
        reports << QString("at %1,%2").arg(x).arg(y);
    }
    void setButton(PointerButton button, KeyMotion motion) override
    {
        reports << QString("button %1 %2")
                       .arg(int(button))
                       .arg(motion == KeyMotion::Press ? "down" : "up");
    }
    void turnWheel(int right, int up) override
    {
        reports << QString("wheel %1,%2").arg(right).arg(up);
    }

    void setReady(bool isReady)
    {
        m_isReady = isReady;
        if (m_readyChanged)
            m_readyChanged();
    }
    bool hasListener() const { return bool(m_readyChanged); }
    QStringList reports;

private:
    bool m_isReady = false;
    std::function<void()> m_readyChanged;
};

struct Rig
{
    explicit Rig(bool hasUsbKeyboard = false)
        : isUsbThere(hasUsbKeyboard)
    {
        // As a driver of a wheel mouse leaves it; a keyboard by set 1.
        send(0x64, {0x60});
        send(0x60, {0x47});
        for (const int byte : {0xf3, 200, 0xf3, 200, 0xf3, 80, 0xf4}) {
            send(0x64, {0xd4});
            send(0x60, {byte});
            said();
        }
    }
    void send(int port, std::initializer_list<int> bytes)
    {
        const std::lock_guard lock(controller.lock());
        for (const int byte : bytes)
            controller.write(0, std::uint64_t(port - 0x60), 1, std::uint64_t(byte));
    }
    QString said()
    {
        const std::lock_guard lock(controller.lock());
        QStringList bytes;
        while (controller.read(0, 4, 1) & 1)
            bytes << QString::asprintf("%02x", unsigned(controller.read(0, 0, 1)));
        return bytes.join(' ');
    }
    void setGuestLights(int lights)
    {
        send(0x60, {0xed, lights});
        QCOMPARE(said(), "fa fa");
    }

    const bool isUsbThere;
    tests::RecordingIrq keyboardIrq;
    tests::RecordingIrq mouseIrq;
    I8042 controller{keyboardIrq, mouseIrq, {}};
    FakeTablet tablet;
    tests::UsbBus bus;
    UsbKeyboard usbKeyboard{bus.later()};
    UsbGamepad gamepad{[](const std::function<void()> &function) { function(); }};
    std::map<unsigned, MachineInput::MonitorPlace> places = {
        {0, {.areaWidth = 800, .areaHeight = 600}}};
    int uses = 0;
    MachineInput input{controller,
                       {.tablet = &tablet,
                        .keyboard = isUsbThere ? &usbKeyboard : nullptr,
                        .gamepad = &gamepad},
                       {.placeOf = [this](unsigned monitor) { return places[monitor]; },
                        .wasUsed = [this] { ++uses; }}};
};

} // namespace

class TestMachineInput : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(".*")); }

    void keysGoToTheKeyboard()
    {
        Rig rig;
        rig.input.key(0x1e, KeyMotion::Press);
        rig.input.key(0x1e, KeyMotion::Release);
        rig.input.key(ScanCodeExtended | 0x48, KeyMotion::Press);
        rig.input.key(ScanCodePause, KeyMotion::Press);
        QCOMPARE(rig.said(), "1e 9e e0 48 e1 1d 45 e1 9d c5");
    }

    void aUsbKeyboardHasTheKeysWhileTheGuestListens()
    {
        using Bytes = std::vector<std::uint8_t>;
        Rig rig(true);
        int changes = 0;
        rig.input.setChangeListener([&changes] { ++changes; });
        rig.input.key(0x1e, KeyMotion::Press); // A
        QCOMPARE(rig.said(), "1e"); // firmware may know no other
        rig.bus.configure(rig.usbKeyboard);
        const auto first = rig.bus.report(rig.usbKeyboard); // now the guest asks for keys
        rig.input.key(0x1e, KeyMotion::Release);
        QCOMPARE(rig.said(), "9e"); // where it was pressed
        rig.input.key(0x1f, KeyMotion::Press); // S
        rig.bus.settle();
        QVERIFY(first.data() == (Bytes{0, 0, 0x16, 0, 0, 0, 0, 0}));
        rig.input.key(0x1f, KeyMotion::Release);
        QVERIFY(rig.bus.report(rig.usbKeyboard).data() == Bytes(8));
        QCOMPARE(rig.said(), "");
        changes = 0;
        rig.bus.control(rig.usbKeyboard, 0x21, 9, 0x0200, 0, {0x02});
        QVERIFY((rig.input.lockLights() == LockLights{.capsLock = true}));
        QCOMPARE(changes, 1);
        rig.bus.control(rig.usbKeyboard, 0, 9, 0, 0, {}); // another system starts
        rig.input.key(0x20, KeyMotion::Press);
        QCOMPARE(rig.said(), "20");
        QVERIFY(rig.input.lockLights() == LockLights());
        rig.input.setChangeListener({});
    }

    void withoutATabletTheMouseMoves()
    {
        Rig rig;
        QCOMPARE(rig.input.pointerMode(), PointerMode::Relative);
        rig.input.motion(3, -2);
        QCOMPARE(rig.said(), "08 03 02 00");
        rig.input.button(PointerButton::Left, KeyMotion::Press);
        rig.input.button(PointerButton::Extra, KeyMotion::Press);
        rig.input.button(PointerButton::Left, KeyMotion::Release);
        rig.input.button(PointerButton::Extra, KeyMotion::Release);
        QCOMPARE(rig.said(), "09 00 00 00 09 00 00 20 08 00 00 20 08 00 00 00");
        rig.input.button(PointerButton::WheelUp, KeyMotion::Press);
        rig.input.button(PointerButton::WheelUp, KeyMotion::Release);
        QCOMPARE(rig.said(), "08 00 00 0f");
        rig.input.button(PointerButton::WheelDown, KeyMotion::Press);
        QCOMPARE(rig.said(), "08 00 00 01");
        rig.input.button(PointerButton::WheelLeft, KeyMotion::Press);
        rig.input.position(5, 5);
        QCOMPARE(rig.said(), "");
        QCOMPARE(rig.tablet.reports, QStringList());
    }

    void aTabletThatIsReadyTakesThePointer()
    {
        Rig rig;
        rig.tablet.setReady(true);
        QCOMPARE(rig.input.pointerMode(), PointerMode::Absolute);
        rig.input.position(400, 300);
        rig.input.button(PointerButton::Right, KeyMotion::Press);
        rig.input.button(PointerButton::Right, KeyMotion::Release);
        rig.input.button(PointerButton::WheelUp, KeyMotion::Press);
        rig.input.button(PointerButton::WheelUp, KeyMotion::Release);
        rig.input.button(PointerButton::WheelRight, KeyMotion::Press);
        rig.input.motion(3, 3);
        QCOMPARE(rig.tablet.reports,
                 QStringList(
                     {"at 16404,16411", "button 2 down", "button 2 up", "wheel 0,1", "wheel 1,0"}));
        QCOMPARE(rig.said(), "");
    }

    void everyPixelComesBack_data()
    {
        QTest::addColumn<int>("width");
        for (const int width : {1, 320, 640, 720, 800, 1024, 1366, 1920, 3840, 7680})
            QTest::addRow("%d", width) << width;
    }
    void everyPixelComesBack()
    {
        QFETCH(int, width);
        Rig rig;
        rig.tablet.setReady(true);
        rig.places[0] = {.areaWidth = width, .areaHeight = 1};
        for (int x = 0; x < width; ++x) {
            rig.input.position(x, 0);
            const int place =
                rig.tablet.reports.takeLast().section(' ', 1).section(',', 0, 0).toInt();
            QVERIFY(place <= AbsolutePointer::Maximum);
            QCOMPARE(place * width / (AbsolutePointer::Maximum + 1), x);
        }
    }

    void aPlaceOutsideIsTheEdge()
    {
        Rig rig;
        rig.tablet.setReady(true);
        rig.input.position(-5, 10000);
        QCOMPARE(rig.tablet.reports, QStringList("at 20,32740"));
        rig.places[0] = {};
        rig.input.position(1, 1); // no picture, no place
        QCOMPARE(rig.tablet.reports.size(), 1);
    }

    void whatIsSentIsNoted()
    {
        Rig rig;
        rig.input.key(0x1e, KeyMotion::Press);
        QCOMPARE(rig.uses, 1);
        rig.input.motion(1, 1);
        QCOMPARE(rig.uses, 2);
        rig.input.position(1, 1); // goes nowhere
        QCOMPARE(rig.uses, 2);
        rig.tablet.setReady(true);
        rig.input.position(1, 1);
        rig.input.button(PointerButton::Left, KeyMotion::Press);
        QCOMPARE(rig.uses, 4);
    }

    void aButtonIsReleasedWhereItWasPressed()
    {
        Rig rig;
        rig.input.button(PointerButton::Left, KeyMotion::Press);
        rig.said();
        rig.tablet.setReady(true);
        rig.input.button(PointerButton::Left, KeyMotion::Release);
        QCOMPARE(rig.said(), "08 00 00 00");
        QCOMPARE(rig.tablet.reports, QStringList());
    }

    void changesAreAnnounced()
    {
        Rig rig;
        int announced = 0;
        rig.input.setChangeListener([&] { ++announced; });
        rig.tablet.setReady(true);
        QCOMPARE(announced, 1);
        rig.tablet.setReady(false);
        QCOMPARE(announced, 2);
        QCOMPARE(rig.input.pointerMode(), PointerMode::Relative);
        rig.setGuestLights(4);
        QCOMPARE(announced, 3);
        rig.input.setChangeListener({});
        rig.tablet.setReady(true);
        QCOMPARE(announced, 3);
    }

    void lightsAreMadeEqualByKeys_data()
    {
        QTest::addColumn<int>("guest"); // as the keyboard's command has them
        QTest::addColumn<bool>("capsLock");
        QTest::addColumn<bool>("numLock");
        QTest::addColumn<QString>("said");
        QTest::newRow("equal") << 0 << false << false << "";
        QTest::newRow("caps on") << 0 << true << false << "3a ba";
        QTest::newRow("caps off") << 4 << false << false << "3a ba";
        QTest::newRow("num on") << 0 << false << true << "45 c5";
        QTest::newRow("both") << 2 << true << false << "3a ba 45 c5";
        QTest::newRow("scroll is the guest's") << 1 << false << false << "";
    }
    void lightsAreMadeEqualByKeys()
    {
        QFETCH(int, guest);
        QFETCH(bool, capsLock);
        QFETCH(bool, numLock);
        Rig rig;
        rig.setGuestLights(guest);
        rig.input.setLockLights(capsLock, numLock);
        QTEST(rig.said(), "said");
        rig.input.setLockLights(capsLock, numLock); // whether the guest has a light or not
        QCOMPARE(rig.said(), "");
        QCOMPARE(rig.input.lockLights()->capsLock, capsLock);
        QCOMPARE(rig.input.lockLights()->numLock, numLock);
    }

    void whatTheGuestSetsCounts()
    {
        Rig rig;
        rig.input.key(0x3a, KeyMotion::Press);
        rig.input.key(0x3a, KeyMotion::Release);
        QCOMPARE(rig.input.lockLights()->capsLock, true);
        rig.said();
        rig.setGuestLights(4);
        QCOMPARE(rig.input.lockLights()->capsLock, true);
        rig.setGuestLights(3);
        QCOMPARE(*rig.input.lockLights(),
                 (LockLights{.capsLock = false, .numLock = true, .scrollLock = true}));
    }

    void nobodyIsCalledAfterTheEnd()
    {
        tests::RecordingIrq irq;
        I8042 controller(irq, irq, {});
        FakeTablet tablet;
        {
            const MachineInput input(
                controller, {.tablet = &tablet},
                {.placeOf = [](unsigned) { return MachineInput::MonitorPlace(); }, .wasUsed = {}});
            QVERIFY(tablet.hasListener());
        }
        QVERIFY(!tablet.hasListener());
        const std::lock_guard lock(controller.lock());
        controller.write(0, 0, 1, 0xed);
        controller.write(0, 0, 1, 0x07);
    }

    void aFurtherMonitorsPlaceIsInTheWholeDesktop()
    {
        Rig rig;
        rig.tablet.setReady(true);
        rig.places[0] = {.areaWidth = 2048, .areaHeight = 768};
        rig.places[1] = {.x = 1024, .y = 100, .areaWidth = 2048, .areaHeight = 768};
        rig.input.positionOn(1, 0, 0);
        QCOMPARE(rig.tablet.reports.size(), 1);
        rig.input.position(1024, 100); // the same place, as the first one says it
        QCOMPARE(rig.tablet.reports.size(), 2);
        QCOMPARE(rig.tablet.reports[0], rig.tablet.reports[1]);
        rig.input.positionOn(1, 5000, 5000); // beyond the desktop
        QCOMPARE(rig.tablet.reports.size(), 3);
        rig.input.positionOn(2, 1, 1); // nothing is shown there
        QCOMPARE(rig.tablet.reports.size(), 3);
    }

    void aMachineWithoutATabletHasAMouse()
    {
        tests::RecordingIrq irq;
        I8042 controller(irq, irq, {});
        MachineInput input(controller, {},
                           {.placeOf =
                                [](unsigned) {
                                    return MachineInput::MonitorPlace{.areaWidth = 10,
                                                                      .areaHeight = 10};
                                },
                            .wasUsed = {}});
        QCOMPARE(input.pointerMode(), PointerMode::Relative);
        input.position(1, 1);
        input.button(PointerButton::Left, KeyMotion::Press);
        input.button(PointerButton::Left, KeyMotion::Release);
        input.moveGamepad({.leftX = 1}); // nor is there one of these
    }

    void theGamepadIsMoved()
    {
        Rig rig;
        rig.gamepad.setRunning(true);
        const auto send = [&rig](UsbTransferKind kind, const UsbSetup &setup, std::size_t bytes) {
            auto transfer = std::make_shared<UsbTransfer>();
            transfer->kind = kind;
            transfer->endpoint = kind == UsbTransferKind::Control ? 0 : 0x81;
            transfer->setup = setup;
            transfer->data.resize(bytes);
            transfer->completed = [](UsbTransfer &) {};
            rig.gamepad.submit(transfer);
            return transfer;
        };
        send(UsbTransferKind::Control, {.request = 9, .value = 1}, 0);
        const auto report = send(UsbTransferKind::Interrupt, {}, 16);
        QCOMPARE(report->actual, std::size_t(0));
        rig.input.moveGamepad({.leftX = 0x1234});
        QCOMPARE(report->actual, std::size_t(13));
        QCOMPARE(int(report->data[3]), 0x34);
        QCOMPARE(rig.uses, 1);
    }
};

QTEST_GUILESS_MAIN(TestMachineInput)
#include "tst_machine_input.moc"
