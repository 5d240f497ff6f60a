// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/usb/usb_hid.h"
#include "tests/support/usb_bus.h"

#include <QtTest/QTest>

using namespace engine;

namespace {

using Desk = tests::UsbBus;
using Bytes = std::vector<std::uint8_t>;
using tests::Descriptor;
using tests::partsOf;

// What a report descriptor says (HID 1.11, 6.2.2.2): its fields in their order, each with its
// usage, as a page above a number, and its bits. Constant ones have none.
struct Field
{
    std::uint32_t usage = 0;
    int bits = 0;
    int least = 0;
    int greatest = 0;
    std::uint32_t flags = 0;
};
std::vector<Field> fieldsOf(const Bytes &descriptor)
{
    std::vector<Field> fields;
    std::vector<std::uint32_t> usages;
    Field global;
    std::uint32_t page = 0;
    std::uint32_t firstUsage = 0;
    unsigned count = 0;
    for (std::size_t at = 0; at < descriptor.size();) {
        const std::uint8_t item = descriptor[at++];
        const unsigned size = (item & 3) == 3 ? 4 : item & 3;
        std::uint32_t value = 0;
        for (unsigned i = 0; i < size; ++i)
            value |= std::uint32_t(descriptor.at(at++)) << 8 * i;
        const int number = size == 1 ? std::int8_t(value) : std::int16_t(value);
        switch (item & 0xfc) {
        case 0x04:
            page = value << 16;
            break;
        case 0x08:
            usages.push_back(page | value);
            break;
        case 0x18:
            firstUsage = value;
            break;
        case 0x28:
            for (std::uint32_t usage = firstUsage; usage <= value; ++usage)
                usages.push_back(page | usage);
            break;
        case 0x14:
            global.least = number;
            break;
        case 0x24:
            global.greatest = number;
            break;
        case 0x74:
            global.bits = int(value);
            break;
        case 0x94:
            count = value;
            break;
        case 0x80:
            for (unsigned i = 0; i < count; ++i) {
                Field field = global;
                field.flags = value;
                field.usage = (value & 1) == 0 ? usages.at(i) : 0;
                fields.push_back(field);
            }
            usages.clear();
            break;
        case 0xa0: // a collection
        case 0xc0:
            usages.clear();
            break;
        default:
            break;
        }
    }
    return fields;
}

} // namespace

class TestUsbGamepad : public QObject
{
    Q_OBJECT

private slots:
    void theGamepadDescribesItself()
    {
        Desk desk;
        UsbGamepad gamepad(desk.later());
        const Bytes configuration = desk.control(gamepad, 0x80, 6, 0x0200, 0, Bytes(255)).data();
        const std::vector<Descriptor> parts = partsOf(configuration);
        QCOMPARE(parts.size(), std::size_t(4)); // itself, interface, HID, endpoint
        QVERIFY(parts[2].type == 0x21 && parts[3].type == 5);
        const Bytes report = desk.control(gamepad, 0x81, 6, 0x2200, 0, Bytes(255)).data();
        QCOMPARE(std::size_t(loadLe<std::uint16_t>(&configuration[parts[2].at + 7])),
                 report.size());
        QCOMPARE(report[3], std::uint8_t(5)); // a game pad
        QCOMPARE(report.back(), std::uint8_t(0xc0));

        const std::vector<Field> fields = fieldsOf(report);
        int bits = 0;
        int buttons = 0;
        std::vector<std::uint32_t> axes;
        for (const Field &field : fields) {
            bits += field.bits;
            if (field.usage >> 16 == 9) {
                ++buttons;
                QCOMPARE(field.bits, 1);
                QCOMPARE(int(field.usage & 0xffff), buttons);
            } else if (field.usage != 0) {
                axes.push_back(field.usage);
            }
            if (field.usage == 0x10039) {
                QCOMPARE(field.least, 0);
                QCOMPARE(field.greatest, 7);
                QVERIFY((field.flags & 0x40) != 0); // it has a place of rest
            } else if (field.bits == 16) {
                QCOMPARE(field.least, -32768);
                QCOMPARE(field.greatest, 32767);
            } else if (field.bits == 8) {
                QCOMPARE(field.least, 0);
                QCOMPARE(field.greatest, 255);
            }
        }
        QCOMPARE(buttons, 15);
        QVERIFY(axes
                == (std::vector<std::uint32_t>{0x10039, 0x10030, 0x10031, 0x10032, 0x10035, 0x200c5,
                                               0x200c4}));
        // What it says is what it sends, and fits its endpoint.
        const Bytes now = desk.control(gamepad, 0xa1, 1, 0x0100, 0, Bytes(64)).data();
        QCOMPARE(int(now.size()) * 8, bits);
        QVERIFY(now.size() <= loadLe<std::uint16_t>(&configuration[parts[3].at + 4]));
        QVERIFY(now == (Bytes{0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
    }

    void theGamepadsButtonsAreNumbered_data()
    {
        QTest::addColumn<int>("button");
        QTest::addColumn<int>("bits");
        QTest::addColumn<int>("hat");
        const auto row = [](const char *name, GamepadButton button, int number) {
            QTest::newRow(name) << int(button) << (number > 0 ? 1 << (number - 1) : 0)
                                << (number > 0 ? 8 : -number);
        };
        row("south", GamepadButton::South, 1);
        row("east", GamepadButton::East, 2);
        row("west", GamepadButton::West, 4);
        row("north", GamepadButton::North, 5);
        row("left shoulder", GamepadButton::LeftShoulder, 7);
        row("right shoulder", GamepadButton::RightShoulder, 8);
        row("select", GamepadButton::Select, 11);
        row("start", GamepadButton::Start, 12);
        row("guide", GamepadButton::Guide, 13);
        row("left stick", GamepadButton::LeftStick, 14);
        row("right stick", GamepadButton::RightStick, 15);
        row("up", GamepadButton::Up, 0);
        row("right", GamepadButton::Right, -2);
        row("down", GamepadButton::Down, -4);
        row("left", GamepadButton::Left, -6);
    }
    void theGamepadsButtonsAreNumbered()
    {
        QFETCH(int, button);
        QFETCH(int, bits);
        QFETCH(int, hat);
        Desk desk;
        UsbGamepad gamepad(desk.later());
        desk.configure(gamepad);
        const Desk::Sent sent = desk.report(gamepad, 16);
        GamepadState state;
        state.press(GamepadButton(button));
        gamepad.move(state);
        desk.settle();
        const Bytes report = sent.data();
        QCOMPARE(report.size(), std::size_t(13));
        QCOMPARE(int(loadLe<std::uint16_t>(&report[0])), bits);
        QCOMPARE(int(report[2]), hat);
    }

    void theGamepadReportsWhatHandsDo()
    {
        Desk desk;
        UsbGamepad gamepad(desk.later());
        GamepadState state{.leftX = -32768, .leftY = 32767, .rightX = 0x1234, .rightTrigger = 200};
        state.press(GamepadButton::Down);
        state.press(GamepadButton::Right);
        gamepad.move(state); // nobody listens yet, but it is so
        desk.configure(gamepad);
        QVERIFY(desk.report(gamepad, 16).data()
                == (Bytes{0, 2, 3, 0, 0x80, 0xff, 0x7f, 0x34, 0x12, 0, 0, 0, 200}));
        QCOMPARE(*desk.report(gamepad, 16).answers, 0);
        gamepad.move(state); // nothing new
        QVERIFY(gamepad.isIdle());
        // What is opposite on the cross is nothing, as nobody can press both.
        gamepad.move({});
        desk.settle();
        GamepadState cross;
        cross.press(GamepadButton::Left);
        cross.press(GamepadButton::Right);
        cross.press(GamepadButton::Up);
        gamepad.move(cross);
        QCOMPARE(desk.report(gamepad, 16).data().at(2), std::uint8_t(0));

        // Movements melt, a button between them does not, nor does a trigger that is one.
        gamepad.move({.leftX = 1});
        gamepad.move({.leftX = 2});
        gamepad.move({.leftX = 3});
        gamepad.move({.leftX = 3, .leftTrigger = 255});
        gamepad.move({.leftX = 4});
        gamepad.move({.leftX = 5});
        std::vector<int> seen;
        for (Desk::Sent sent = desk.report(gamepad, 16); *sent.answers == 1;
             sent = desk.report(gamepad, 16))
            seen.push_back(sent.data().at(3) + 1000 * (sent.data().at(1) & 1));
        QVERIFY(seen == (std::vector<int>{3, 1003, 5}));
    }

    void aGamepadsReportsThatNobodyTakesAreBounded()
    {
        Desk desk;
        UsbGamepad gamepad(desk.later());
        desk.configure(gamepad);
        const Desk::Sent first = desk.report(gamepad, 16);
        for (int i = 1; i <= 1001; ++i)
            gamepad.move({.buttons = std::uint16_t(i & 1)});
        desk.settle();
        std::size_t count = 0;
        Bytes last;
        for (Desk::Sent sent = desk.report(gamepad, 16); *sent.answers == 1;
             sent = desk.report(gamepad, 16)) {
            ++count;
            last = sent.data();
        }
        QCOMPARE(count, UsbHid::MaxWaiting);
        QCOMPARE(last.at(0), std::uint8_t(1)); // as the hands are
    }

    // A saved guest that held a button is told that nobody does, or what somebody does now.
    void aResumedGamepadIsAsHandsAre_data()
    {
        QTest::addColumn<int>("now");
        QTest::newRow("nobody") << 0;
        QTest::newRow("another") << 2;
        QTest::newRow("the same") << 1;
    }
    void aResumedGamepadIsAsHandsAre()
    {
        QFETCH(int, now);
        Desk desk;
        UsbGamepad gamepad(desk.later());
        desk.configure(gamepad);
        const Desk::Sent first = desk.report(gamepad, 16);
        gamepad.move({.buttons = 1});
        desk.settle();
        QCOMPARE(*first.answers, 1);
        StateArchive saved;
        gamepad.serialize(saved);

        UsbGamepad next(desk.later());
        next.move({.buttons = std::uint16_t(now)});
        StateArchive loaded(saved.take());
        next.serialize(loaded);
        QVERIFY(!loaded.hasFailed());
        next.setRunning(true);
        const Desk::Sent sent = desk.report(next, 16);
        QCOMPARE(*sent.answers, now == 1 ? 0 : 1);
        if (now != 1)
            QCOMPARE(int(sent.data().at(0)), now);
    }
};

QTEST_GUILESS_MAIN(TestUsbGamepad)
#include "tst_usb_gamepad.moc"
