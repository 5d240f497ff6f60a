// SPDX-License-Identifier: GPL-3.0-or-later
// The controller and its two devices as guests use them: the sequences are those of SeaBIOS
// (src/hw/ps2port.c), Linux (drivers/input/serio/i8042.c, libps2.c, atkbd.c, psmouse-base.c) and
// Windows.
#include "engine/bus/bus.h"
#include "engine/devices/i8042.h"
#include "tests/support/board_fakes.h"
#include "tests/support/device_conformance.h"

using namespace engine;

namespace {

constexpr KeyMotion Press = KeyMotion::Press;
constexpr KeyMotion Release = KeyMotion::Release;

struct Rig
{
    Rig()
        : controller(keyboardIrq, mouseIrq,
                     {.resetPulsed = [this] { ++resets; },
                      .a20Changed = [this](bool isOn) { a20 += isOn ? "1" : "0"; }})
    {
        controller.setLightsListener([this](LockLights lights) {
            lit += QString("%1%2%3 ")
                       .arg(int(lights.scrollLock))
                       .arg(int(lights.numLock))
                       .arg(int(lights.capsLock));
        });
        bus.add({.base = 0x60, .size = 1, .device = &controller});
        bus.add({.base = 0x64, .size = 1, .device = &controller, .offset = 4});
    }

    int status() { return int(bus.read(0x64, 1)); }
    int data() { return int(bus.read(0x60, 1)); }
    void command(int value) { bus.write(0x64, 1, std::uint64_t(value)); }
    void send(int value) { bus.write(0x60, 1, std::uint64_t(value)); }
    void command(int value, int parameter)
    {
        command(value);
        send(parameter);
    }
    // All there is to read: "fa ab 83", what the mouse said in brackets.
    QString said()
    {
        QStringList words;
        for (int i = 0; i < 1000 && (status() & 1); ++i) {
            const bool isMouses = (status() & 0x20) != 0;
            words << QString::asprintf(isMouses ? "(%02x)" : "%02x", data());
        }
        return words.join(' ');
    }
    // Bytes for the keyboard, or the mouse; what is answered.
    QString keyboard(std::initializer_list<int> bytes)
    {
        for (const int byte : bytes)
            send(byte);
        return said();
    }
    QString mouse(std::initializer_list<int> bytes)
    {
        QString all;
        for (const int byte : bytes) {
            command(0xd4, byte);
            all += (all.isEmpty() ? "" : " ") + said();
        }
        return all.remove('(').remove(')');
    }
    void press(ScanCode code, KeyMotion motion = Press)
    {
        const std::lock_guard lock(controller.lock());
        controller.pressKey(code, motion);
    }
    void move(const MouseMotion &motion)
    {
        const std::lock_guard lock(controller.lock());
        controller.moveMouse(motion);
    }
    // As firmware and systems leave it: translation, both interrupts.
    void useTranslation() { command(0x60, 0x47); }

    // For the conformance test.
    Device &device() { return controller; }
    std::vector<tests::Region> regions() { return {{0, 5}}; }
    void disturb()
    {
        command(0x60, 0x47);
        command(0x65, 0x12);
        mouse({0xf3, 200, 0xf3, 100, 0xf3, 80, 0xe8, 3, 0xf4});
        keyboard({0xed, 5});
        press(0x1e, Release);
        press(0x11c);
        move({.right = 1000, .down = -3, .wheelDown = 1, .buttons = MouseLeft});
        move({.right = 0, .down = 7, .buttons = 0});
        command(0xd1, 0x01);
        command(0xd4);
    }

    tests::RecordingIrq keyboardIrq;
    tests::RecordingIrq mouseIrq;
    int resets = 0;
    QString a20;
    QString lit;
    I8042 controller;
    Bus bus;
};

} // namespace

class TestI8042 : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(".*")); }

    void conforms()
    {
        QVERIFY(tests::conforms([] { return std::make_unique<Rig>(); }));
    }

    void theControllerAnswersCommands_data()
    {
        QTest::addColumn<int>("command");
        QTest::addColumn<QString>("said");
        QTest::newRow("self-test") << 0xaa << "55";
        QTest::newRow("keyboard port") << 0xab << "00";
        QTest::newRow("mouse port") << 0xa9 << "00";
        QTest::newRow("no password") << 0xa4 << "f1";
        QTest::newRow("command byte") << 0x20 << "03";
        QTest::newRow("output port, A20 on, its own byte in it") << 0xd0 << "c3";
        QTest::newRow("input port") << 0xc0 << "80";
        QTest::newRow("nothing") << 0x99 << "";
    }
    void theControllerAnswersCommands()
    {
        QFETCH(int, command);
        Rig rig;
        rig.command(command);
        QTEST(rig.said(), "said");
        QCOMPARE(rig.status() & 1, 0);
    }

    void theStatusTellsPortFlagAndLock()
    {
        Rig rig;
        rig.command(0xaa);
        QCOMPARE(rig.status(), 0x1d); // full, system flag, command, not locked
        rig.data();
        rig.command(0x60, 0x03); // clears the system flag again
        QCOMPARE(rig.status(), 0x10);
    }

    void ramKeepsBytes()
    {
        Rig rig;
        rig.command(0x7f, 0xa5);
        rig.command(0x3f);
        QCOMPARE(rig.said(), "a5");
    }

    void linuxFindsAMousePortAndNoMultiplexer()
    {
        Rig rig;
        rig.command(0x60, 0x30 | 0x03);
        rig.command(0xd3, 0x5a); // loop
        QCOMPARE(rig.said(), "(5a)");
        rig.command(0xa7);
        rig.command(0x20);
        QCOMPARE(rig.said(), "33");
        rig.command(0xa8);
        rig.command(0x20);
        QCOMPARE(rig.said(), "13");
        for (const int value : {0xf0, 0x56, 0xa4}) { // a multiplexer answers the last otherwise
            rig.command(0xd3, value);
            QCOMPARE(rig.said(), QString("(%1)").arg(value, 2, 16, QChar('0')));
        }
        const int edges = rig.mouseIrq.risingEdges; // its interrupt test
        rig.command(0xd3, 0xa5);
        QCOMPARE(rig.mouseIrq.risingEdges, edges + 1);
        QCOMPARE(rig.said(), "(a5)");
        QCOMPARE(rig.mouseIrq.level, false);
    }

    void seabiosFindsItsKeyboard()
    {
        Rig rig;
        rig.command(0xaa);
        QCOMPARE(rig.said(), "55");
        rig.command(0xab);
        QCOMPARE(rig.said(), "00");
        rig.command(0x60, 0x30); // both ports closed, no interrupts
        rig.command(0x60, 0x20);
        QCOMPARE(rig.keyboard({0xff}), "fa aa");
        QCOMPARE(rig.keyboard({0xf5}), "fa");
        QCOMPARE(rig.keyboard({0xf0}), "fa");
        QCOMPARE(rig.keyboard({0x02}), "fa");
        rig.command(0x60, 0x61);
        QCOMPARE(rig.keyboard({0xf4}), "fa");
        rig.press(0x1e);
        QCOMPARE(rig.keyboardIrq.level, true);
        QCOMPARE(rig.said(), "1e");
        QCOMPARE(rig.keyboardIrq.level, false);
    }

    void theKeyboardAnswersCommands_data()
    {
        QTest::addColumn<QList<int>>("bytes");
        QTest::addColumn<QString>("said");
        QTest::newRow("identify") << QList{0xf2} << "fa ab 83";
        QTest::newRow("echo") << QList{0xee} << "ee";
        QTest::newRow("typematic rate") << QList{0xf3, 0x00} << "fa fa";
        QTest::newRow("which set") << QList{0xf0, 0x00} << "fa fa 02";
        QTest::newRow("set 1") << QList{0xf0, 0x01, 0xf0, 0x00} << "fa fa fa fa 01";
        QTest::newRow("set 3 is not there") << QList{0xf0, 0x03, 0xf0, 0x00} << "fa fe fa fa 02";
        QTest::newRow("a command ends another") << QList{0xed, 0xf2} << "fa fa ab 83";
        QTest::newRow("keys of set 3") << QList{0xfb, 0x1c, 0x1b, 0xf4} << "fa fa fa fa";
        QTest::newRow("unknown") << QList{0x05} << "fe";
        QTest::newRow("again") << QList{0xee} << "ee";
    }
    void theKeyboardAnswersCommands()
    {
        QFETCH(QList<int>, bytes);
        Rig rig;
        for (const int byte : bytes)
            rig.send(byte);
        QTEST(rig.said(), "said");
    }

    void whatWasSaidLastIsRepeated()
    {
        Rig rig;
        rig.press(0x1e);
        QCOMPARE(rig.said(), "1c");
        QCOMPARE(rig.keyboard({0xfe}), "1c");
    }

    void keysAreSentInTheSetTheGuestWants_data()
    {
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("translated");
        QTest::addColumn<QString>("setTwo");
        QTest::addColumn<QString>("setOne");
        QTest::newRow("A") << 0x1e << "1e 9e"
                           << "1c f0 1c"
                           << "1e 9e";
        QTest::newRow("Esc") << 0x01 << "01 81"
                             << "76 f0 76"
                             << "01 81";
        QTest::newRow("F7") << 0x41 << "41 c1"
                            << "83 f0 83"
                            << "41 c1";
        QTest::newRow("F12") << 0x58 << "58 d8"
                             << "07 f0 07"
                             << "58 d8";
        QTest::newRow("right Ctrl") << 0x11d << "e0 1d e0 9d"
                                    << "e0 14 e0 f0 14"
                                    << "e0 1d e0 9d";
        QTest::newRow("up") << 0x148 << "e0 48 e0 c8"
                            << "e0 75 e0 f0 75"
                            << "e0 48 e0 c8";
        QTest::newRow("102nd") << 0x56 << "56 d6"
                               << "61 f0 61"
                               << "56 d6";
        QTest::newRow("Pause") << int(ScanCodePause) << "e1 1d 45 e1 9d c5"
                               << "e1 14 77 e1 f0 14 f0 77"
                               << "e1 1d 45 e1 9d c5";
        QTest::newRow("Print") << 0x137 << "e0 2a e0 37 e0 b7 e0 aa"
                               << "e0 12 e0 7c e0 f0 7c e0 f0 12"
                               << "e0 2a e0 37 e0 b7 e0 aa";
        QTest::newRow("none") << 0x100 << ""
                              << ""
                              << "";
    }
    void keysAreSentInTheSetTheGuestWants()
    {
        QFETCH(int, code);
        Rig rig;
        const auto pressed = [&] {
            rig.press(ScanCode(code));
            rig.press(ScanCode(code), Release);
            return rig.said();
        };
        QTEST(pressed(), "setTwo");
        rig.useTranslation();
        QTEST(pressed(), "translated");
        rig.command(0x60, 0x07);
        rig.keyboard({0xf0, 1});
        QTEST(pressed(), "setOne");
    }

    void modifiersMakeOtherKeysOfPrintAndPause()
    {
        Rig rig;
        rig.useTranslation();
        rig.press(0x38);
        rig.press(0x137);
        rig.press(0x137, Release);
        rig.press(0x38, Release);
        QCOMPARE(rig.said(), "38 54 d4 b8"); // SysRq
        rig.press(0x1d);
        rig.press(ScanCodePause);
        rig.press(ScanCodePause, Release);
        rig.press(0x1d, Release);
        QCOMPARE(rig.said(), "1d e0 46 e0 c6 9d"); // Break
    }

    void everyKeyTranslatesBackToItself()
    {
        Rig rig;
        rig.useTranslation();
        for (int code = 1; code < 0x80; ++code) {
            rig.press(ScanCode(code));
            rig.press(ScanCode(code), Release);
            QCOMPARE(rig.said(), QString::asprintf("%02x %02x", code, code | 0x80));
        }
    }

    void eachByteMakesAnEdge()
    {
        Rig rig;
        rig.useTranslation();
        rig.press(0x148);
        rig.press(0x148, Release);
        QCOMPARE(rig.keyboardIrq.risingEdges, 1);
        for (int i = 2; i <= 4; ++i) {
            rig.data();
            QCOMPARE(rig.keyboardIrq.risingEdges, i);
        }
        QCOMPARE(rig.data(), 0xc8);
        QCOMPARE(rig.keyboardIrq.level, false);
        QCOMPARE(rig.data(), 0xc8); // what was read last stays
    }

    void anAnswerGoesBeforeAKeyAndLosesNone()
    {
        Rig rig;
        rig.useTranslation();
        rig.press(0x1e, Release); // f0 1c: the prefix is taken already
        rig.command(0x20);
        QCOMPARE(rig.said(), "47 9e");
        rig.press(0x1e, Release);
        QCOMPARE(rig.keyboard({0xf2}), "fa ab 41 9e"); // as the controller translates
        rig.press(0x1e, Release);
        QCOMPARE(rig.keyboard({0xf4}), "fa"); // forgets what was
        rig.press(0x1e);
        QCOMPARE(rig.said(), "1e");
    }

    void aClosedPortKeepsItsKeys()
    {
        Rig rig;
        rig.useTranslation();
        rig.command(0xad);
        rig.press(0x1e);
        QCOMPARE(rig.said(), "");
        rig.command(0xae);
        QCOMPARE(rig.said(), "1e");
        rig.command(0xad);
        QCOMPARE(rig.keyboard({0xee}), "ee"); // talking opens it
    }

    void aSilentKeyboardSaysNothing()
    {
        Rig rig;
        rig.keyboard({0xf5});
        rig.press(0x1e);
        QCOMPARE(rig.said(), "");
    }

    void aGuestThatDoesNotReadLosesPressesFirst()
    {
        Rig rig;
        rig.useTranslation();
        for (int i = 0; i < 10000; ++i)
            rig.press(0x1e);
        rig.press(0x1e, Release);
        const QString said = rig.said();
        QVERIFY(said.startsWith("1e 1e"));
        QVERIFY(said.endsWith("9e"));
        QVERIFY(said.size() < 1000);
    }

    void lightsAreTold()
    {
        Rig rig;
        rig.keyboard({0xed, 0x04});
        rig.keyboard({0xed, 0x04});
        rig.keyboard({0xed, 0x02});
        rig.keyboard({0xff});
        QCOMPARE(rig.lit, "001 010 000 ");
    }

    void resetAndA20ArePassedOn()
    {
        Rig rig;
        rig.command(0xfe);
        QCOMPARE(rig.resets, 1);
        rig.command(0xff); // pulses nothing
        rig.command(0xf1);
        QCOMPARE(rig.resets, 1);
        rig.command(0xd1, 0xdd);
        rig.command(0xd1, 0xdf);
        rig.command(0xdd);
        rig.command(0xdf);
        QCOMPARE(rig.a20, "0101");
        rig.command(0xd1, 0x02); // the reset line low
        QCOMPARE(rig.resets, 2);
    }

    void theMouseSaysWhatItIs()
    {
        Rig rig;
        QCOMPARE(rig.mouse({0xff}), "fa aa 00");
        QCOMPARE(rig.mouse({0xf2}), "fa 00");
        QCOMPARE(rig.mouse({0xf3, 200, 0xf3, 100, 0xf3, 80, 0xf2}), "fa fa fa fa fa fa fa 03");
        QCOMPARE(rig.mouse({0xf3, 200, 0xf3, 200, 0xf3, 80, 0xf2}), "fa fa fa fa fa fa fa 04");
        QCOMPARE(rig.mouse({0xe8, 3, 0xf3, 40, 0xe7, 0xf4, 0xe9}), "fa fa fa fa fa fa fa 30 03 28");
        QCOMPARE(rig.mouse({0xf6, 0xe9}), "fa fa 00 02 64");
        QCOMPARE(rig.mouse({0xff, 0xf2}), "fa aa 00 fa 00");
        QCOMPARE(rig.mouse({0x42}), "fe");
        QCOMPARE(rig.mouse({0xee, 0x42, 0xf2, 0xec}), "fa 42 f2 fa");
    }

    void movesAndButtonsArePackets_data()
    {
        QTest::addColumn<int>("id");
        QTest::addColumn<QList<int>>("motion"); // right, down, wheel down, buttons
        QTest::addColumn<QString>("said");
        QTest::newRow("right and down") << 0 << QList{3, 5, 0, 0} << "(28) (03) (fb)";
        QTest::newRow("left and up") << 0 << QList{-3, -5, 0, 0} << "(18) (fd) (05)";
        QTest::newRow("buttons") << 0 << QList{0, 0, 0, 7} << "(0f) (00) (00)";
        QTest::newRow("far") << 0 << QList{300, 0, 0, 0} << "(08) (ff) (00) (08) (2d) (00)";
        QTest::newRow("no wheel") << 0 << QList{0, 0, 1, 0} << "";
        QTest::newRow("wheel down") << 3 << QList{0, 0, 1, 0} << "(08) (00) (00) (01)";
        QTest::newRow("wheel up") << 3 << QList{0, 0, -2, 0} << "(08) (00) (00) (fe)";
        QTest::newRow("five buttons") << 4 << QList{0, 0, -1, 24} << "(08) (00) (00) (3f)";
        QTest::newRow("much wheel")
            << 4 << QList{0, 0, 9, 0} << "(08) (00) (00) (07) (08) (00) (00) (02)";
    }
    void movesAndButtonsArePackets()
    {
        QFETCH(int, id);
        QFETCH(QList<int>, motion);
        Rig rig;
        if (id != 0)
            rig.mouse({0xf3, 200, 0xf3, id == 3 ? 100 : 200, 0xf3, 80});
        rig.mouse({0xf4});
        rig.move({.right = motion[0],
                  .down = motion[1],
                  .wheelDown = motion[2],
                  .buttons = std::uint8_t(motion[3])});
        QTEST(rig.said(), "said");
    }

    void waysAddUpWhileTheGuestIsBusyAndClicksStay()
    {
        Rig rig;
        rig.mouse({0xf4});
        rig.move({.right = 1}); // offered at once
        for (int i = 0; i < 20; ++i)
            rig.move({.right = 2, .down = 1});
        rig.move({.buttons = MouseLeft});
        rig.move({.buttons = 0});
        QCOMPARE(rig.said(), "(08) (01) (00) (28) (28) (ec) (09) (00) (00) (08) (00) (00)");
    }

    void aGuestThatNeverReadsCostsNothing()
    {
        Rig rig;
        rig.mouse({0xf4});
        for (int i = 0; i < 100000; ++i)
            rig.move({.right = 1000, .buttons = std::uint8_t(i % 2)});
        QVERIFY(tests::savedBytes(rig.controller).size() < 2000);
    }

    void theMouseIsQuietUntilEnabled()
    {
        Rig rig;
        rig.move({.right = 5, .buttons = MouseRight});
        QCOMPARE(rig.said(), "");
        QCOMPARE(rig.mouse({0xe9}), "fa 01 02 64"); // but the status shows the button
    }

    void remoteModeAnswersWhenAsked()
    {
        Rig rig;
        rig.mouse({0xf0});
        rig.move({.right = 5});
        QCOMPARE(rig.said(), "");
        QCOMPARE(rig.mouse({0xeb}), "fa 08 05 00");
        QCOMPARE(rig.mouse({0xeb}), "fa 08 00 00");
    }

    void scalingFollowsItsTable_data()
    {
        QTest::addColumn<int>("way");
        QTest::addColumn<int>("scaled");
        const int table[] = {0, 1, 1, 3, 6, 9, 12, 14};
        for (int way = 1; way < 8; ++way)
            QTest::addRow("%d", way) << way << table[way];
        QTest::newRow("-4") << -4 << -6;
        QTest::newRow("200") << 200 << 255;
    }
    void scalingFollowsItsTable()
    {
        QFETCH(int, way);
        QFETCH(int, scaled);
        Rig rig;
        rig.mouse({0xe7, 0xf4});
        rig.move({.right = way});
        QCOMPARE(rig.said(),
                 QString::asprintf("(%02x) (%02x) (00)", scaled < 0 ? 0x18 : 8, scaled & 0xff));
    }

    void aCommandEndsAPacket()
    {
        Rig rig;
        rig.mouse({0xf4});
        rig.move({.right = 5});
        QCOMPARE(rig.data(), 0x08);
        QCOMPARE(rig.mouse({0xf2}), "fa 00");
    }

    void mouseAndKeyboardShareTheBuffer()
    {
        Rig rig;
        rig.useTranslation();
        rig.mouse({0xf4});
        rig.move({.right = 1});
        QCOMPARE(rig.mouseIrq.level, true);
        rig.press(0x1e);
        QCOMPARE(rig.keyboardIrq.level, false); // the mouse's byte is in it
        QCOMPARE(rig.said(), "(08) 1e (01) (00)");
    }

    void aSavedControllerGoesOn()
    {
        Rig rig;
        rig.useTranslation();
        rig.mouse({0xf4});
        rig.keyboard({0xed, 2});
        rig.press(0x148, Release);
        rig.move({.right = 600});
        QCOMPARE(rig.data(), 0xe0);
        Rig other;
        QVERIFY(tests::loadBytes(other.controller, tests::savedBytes(rig.controller)));
        QCOMPARE(other.lit, "010 ");
        QCOMPARE(other.keyboardIrq.level, true);
        QCOMPARE(other.said(), rig.said());
    }
};

QTEST_GUILESS_MAIN(TestI8042)
#include "tst_i8042.moc"
