// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/usb/usb_hid.h"
#include "engine/devices/usb/usb_storage.h"
#include "tests/support/board_fakes.h"

#include <QtTest/QTest>

using namespace engine;

namespace {

constexpr std::uint8_t In = 0x81;
constexpr std::uint8_t Out = 0x02;

// A bus with one device on it.
struct Desk
{
    std::deque<std::function<void()>> posted;
    UsbModel::Later later()
    {
        return [this](std::function<void()> function) { posted.push_back(std::move(function)); };
    }
    void settle()
    {
        while (!posted.empty()) {
            const std::function<void()> function = std::move(posted.front());
            posted.pop_front();
            function();
        }
    }

    struct Sent
    {
        std::shared_ptr<UsbTransfer> transfer = std::make_shared<UsbTransfer>();
        std::shared_ptr<int> answers = std::make_shared<int>(0);
        std::vector<std::uint8_t> data() const
        {
            return {transfer->data.begin(),
                    transfer->data.begin() + std::ptrdiff_t(transfer->actual)};
        }
    };
    Sent send(UsbModel &model, UsbTransferKind kind, std::uint8_t endpoint,
              std::vector<std::uint8_t> data, const UsbSetup &setup = {})
    {
        Sent sent;
        sent.transfer->kind = kind;
        sent.transfer->endpoint = endpoint;
        sent.transfer->data = std::move(data);
        sent.transfer->setup = setup;
        sent.transfer->completed = [answers = sent.answers](UsbTransfer &) { ++*answers; };
        model.submit(sent.transfer);
        settle();
        return sent;
    }
    Sent control(UsbModel &model, std::uint8_t type, std::uint8_t request, std::uint16_t value,
                 std::uint16_t index, std::vector<std::uint8_t> data)
    {
        const auto length = std::uint16_t(data.size());
        return send(model, UsbTransferKind::Control, type & 0x80, std::move(data),
                    {type, request, value, index, length});
    }
    void configure(UsbModel &model)
    {
        model.setRunning(true);
        control(model, 0, 9, 1, 0, {});
    }
    Sent report(UsbModel &model, std::size_t size = 8)
    {
        return send(model, UsbTransferKind::Interrupt, In, std::vector<std::uint8_t>(size));
    }
};

using Bytes = std::vector<std::uint8_t>;

struct Descriptor
{
    std::size_t at = 0;
    std::uint8_t type = 0;
};
// What is in a configuration's or a BOS descriptor; none where their lengths do not add up.
std::vector<Descriptor> partsOf(const Bytes &bytes)
{
    std::vector<Descriptor> parts;
    std::size_t at = 0;
    for (; at + 2 <= bytes.size() && bytes[at] >= 2; at += bytes[at])
        parts.push_back({at, bytes[at + 1]});
    return at == bytes.size() && loadLe<std::uint16_t>(&bytes[2]) == at ? parts
                                                                        : std::vector<Descriptor>();
}

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

// A stick with a driver's view of it.
struct StickDesk : Desk
{
    std::shared_ptr<tests::FakeDisk> disk = std::make_shared<tests::FakeDisk>(64u << 10);
    std::shared_ptr<UsbStorage> stick;

    explicit StickDesk(UsbLinkSpeed speed = UsbLinkSpeed::Super,
                       UsbStorage::Kind kind = UsbStorage::Kind::Stick)
        : stick(std::make_shared<UsbStorage>(
            disk, UsbStorage::Settings{.serial = "S-0123456789ab", .kind = kind, .speed = speed},
            later()))
    {
        for (std::size_t i = 0; i < disk->bytes.size(); ++i)
            disk->bytes[i] = std::uint8_t(i / 512 + i);
        configure(*stick);
    }
    void work()
    {
        do {
            disk->answerAll();
            settle();
        } while (!disk->pending.empty());
    }
    Sent bulk(std::uint8_t endpoint, Bytes data)
    {
        Sent sent = send(*stick, UsbTransferKind::Bulk, endpoint, std::move(data));
        work();
        return sent;
    }
    void command(Bytes scsi, std::uint32_t length, bool isIn)
    {
        Bytes wrapper(31);
        storeLe(&wrapper[0], std::uint32_t(0x43425355));
        storeLe(&wrapper[4], std::uint32_t(0xabcd));
        storeLe(&wrapper[8], length);
        wrapper[12] = isIn ? 0x80 : 0;
        wrapper[14] = std::uint8_t(scsi.size());
        std::copy(scsi.begin(), scsi.end(), wrapper.begin() + 15);
        bulk(Out, std::move(wrapper));
    }
    // The status byte and the residue.
    std::pair<int, std::uint32_t> status()
    {
        const Sent sent = bulk(In, Bytes(13));
        const Bytes data = sent.data();
        if (data.size() != 13 || loadLe<std::uint32_t>(&data[4]) != 0xabcd)
            return {-1, 0};
        return {data[12], loadLe<std::uint32_t>(&data[8])};
    }
    void clearHalt(std::uint8_t endpoint)
    {
        control(*stick, 2, 1, 0, endpoint, {});
        work();
    }
};

constexpr std::pair<int, std::uint32_t> Passed = {0, 0};

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

    // USB 3.2, 9.6: at SuperSpeed, and what a device of USB 3 says at High Speed.
    void theStickIsOfUsb3_data()
    {
        QTest::addColumn<int>("speed");
        QTest::addColumn<int>("version");
        QTest::addColumn<int>("controlPacket");
        QTest::addColumn<int>("packet");
        QTest::addColumn<bool>("hasQualifier");
        QTest::newRow("super") << int(UsbLinkSpeed::Super) << 0x0300 << 9 << 1024 << false;
        QTest::newRow("high") << int(UsbLinkSpeed::High) << 0x0210 << 64 << 512 << true;
    }
    void theStickIsOfUsb3()
    {
        QFETCH(int, speed);
        QFETCH(int, version);
        QFETCH(int, controlPacket);
        QFETCH(int, packet);
        QFETCH(bool, hasQualifier);
        const bool isSuper = UsbLinkSpeed(speed) == UsbLinkSpeed::Super;
        StickDesk desk{UsbLinkSpeed(speed)};
        QCOMPARE(int(desk.stick->speed()), speed);
        const auto described = [&desk](std::uint16_t which) {
            return desk.control(*desk.stick, 0x80, 6, which, 0, Bytes(255));
        };
        const Bytes device = described(0x0100).data();
        QCOMPARE(int(loadLe<std::uint16_t>(&device[2])), version);
        QCOMPARE(int(device[7]), controlPacket);
        QCOMPARE(described(0x0600).transfer->outcome == UsbOutcome::Done, hasQualifier);
        // The serial number's last twelve are hexadecimal digits (Bulk-Only Transport, 4.1.1).
        const Bytes serial = described(0x0303).data();
        QCOMPARE(serial[serial.size() - 2], std::uint8_t('B'));

        const Bytes all = described(0x0200).data();
        int endpoints = 0;
        int companions = 0;
        for (const Descriptor &part : partsOf(all)) {
            if (part.type == 5) {
                ++endpoints;
                QCOMPARE(int(loadLe<std::uint16_t>(&all[part.at + 4])), packet);
            }
            if (part.type == 48) {
                ++companions;
                QCOMPARE(all[part.at], std::uint8_t(6));
                QCOMPARE(all[part.at + 2], std::uint8_t(15)); // packets of a burst, but one
                QCOMPARE(all[part.at - 6], std::uint8_t(5)); // it follows its endpoint
            }
        }
        QCOMPARE(endpoints, 2);
        QCOMPARE(companions, isSuper ? 2 : 0);

        const Bytes bos = described(0x0f00).data();
        const std::vector<Descriptor> parts = partsOf(bos);
        QCOMPARE(parts.size(), std::size_t(3));
        QCOMPARE(bos[4], std::uint8_t(2));
        QCOMPARE(bos[parts[1].at + 2], std::uint8_t(2)); // USB 2.0 extension
        QCOMPARE(bos[parts[2].at + 2], std::uint8_t(3)); // SuperSpeed
        QCOMPARE(int(loadLe<std::uint16_t>(&bos[parts[2].at + 4])), 0x0c);
    }

    void aLinksFeaturesAreOfSuperSpeed()
    {
        StickDesk desk;
        const auto status = [&desk] {
            return desk.control(*desk.stick, 0x80, 0, 0, 0, Bytes(2)).data();
        };
        const auto ask = [](StickDesk &of, std::uint8_t request, std::uint16_t value, Bytes data) {
            return of.control(*of.stick, 0, request, value, 0, std::move(data)).transfer->outcome;
        };
        QCOMPARE(ask(desk, 48, 0, Bytes(6)), UsbOutcome::Done); // SET_SEL
        QCOMPARE(ask(desk, 48, 0, Bytes(5)), UsbOutcome::Stalled);
        QCOMPARE(ask(desk, 49, 40, {}), UsbOutcome::Done); // SET_ISOCH_DELAY
        QVERIFY(status() == (Bytes{0, 0}));
        QCOMPARE(ask(desk, 3, 48, {}), UsbOutcome::Done); // U1
        QCOMPARE(ask(desk, 3, 49, {}), UsbOutcome::Done); // U2
        QVERIFY(status() == (Bytes{0x0c, 0}));
        StateArchive saved;
        desk.stick->serialize(saved);
        QCOMPARE(ask(desk, 1, 48, {}), UsbOutcome::Done);
        QVERIFY(status() == (Bytes{0x08, 0}));
        StateArchive loaded(saved.take());
        desk.stick->serialize(loaded);
        QVERIFY(!loaded.hasFailed());
        QVERIFY(status() == (Bytes{0x0c, 0}));
        desk.control(*desk.stick, 0, 9, 0, 0, {}); // unconfigured
        QCOMPARE(ask(desk, 3, 48, {}), UsbOutcome::Stalled);

        StickDesk slow(UsbLinkSpeed::High);
        QCOMPARE(ask(slow, 48, 0, Bytes(6)), UsbOutcome::Stalled);
        QCOMPARE(ask(slow, 3, 48, {}), UsbOutcome::Stalled);
    }

    // As a version wrote it that knew High Speed only.
    void anOlderStateIsLoaded()
    {
        StickDesk desk;
        desk.command({0x28, 0, 0, 0, 0, 4, 0, 0, 16, 0}, 16 * 512, true);
        StateArchive current;
        desk.stick->serialize(current);
        Bytes bytes = current.take();
        const std::size_t versionAt = 1 + std::string_view("usb-storage").size();
        storeLe(&bytes[versionAt], std::uint32_t(1));
        bytes.erase(bytes.begin() + std::ptrdiff_t(versionAt + 8 + 1)); // behind the configuration
        storeLe(&bytes[versionAt + 4], std::uint32_t(bytes.size() - versionAt - 8));
        desk.stick->resetDevice();
        StateArchive old(bytes);
        desk.stick->serialize(old);
        QVERIFY(!old.hasFailed() && old.isAtEnd());
        const Bytes got = desk.bulk(In, Bytes(16 * 512)).data();
        QVERIFY(std::equal(got.begin(), got.end(), desk.disk->bytes.begin() + 4 * 512));
        QCOMPARE(got.size(), std::size_t(16 * 512));
        QVERIFY(desk.status() == Passed);
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

    void theStickTellsOfItself()
    {
        StickDesk desk;
        desk.command({0x12, 0, 0, 0, 36, 0}, 36, true);
        const Bytes inquiry = desk.bulk(In, Bytes(36)).data();
        QCOMPARE(inquiry.size(), std::size_t(36));
        QVERIFY(desk.status() == Passed);
        desk.command({0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 8, true);
        const Bytes capacity = desk.bulk(In, Bytes(8)).data();
        QCOMPARE(loadBe<std::uint32_t>(&capacity[0]), 127u);
        QCOMPARE(loadBe<std::uint32_t>(&capacity[4]), 512u);
        QVERIFY(desk.status() == Passed);
    }

    void aDiskTellsItsKind_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("removable");
        QTest::addColumn<int>("rotation");
        QTest::newRow("stick") << int(UsbStorage::Kind::Stick) << 0x80 << 0;
        QTest::newRow("disk") << int(UsbStorage::Kind::Disk) << 0 << 0;
        QTest::newRow("solid state") << int(UsbStorage::Kind::SolidStateDisk) << 0 << 1;
    }
    void aDiskTellsItsKind()
    {
        QFETCH(int, kind);
        QFETCH(int, removable);
        QFETCH(int, rotation);
        StickDesk desk(UsbLinkSpeed::Super, UsbStorage::Kind(kind));
        desk.command({0x12, 0, 0, 0, 36, 0}, 36, true);
        QCOMPARE(int(desk.bulk(In, Bytes(36)).data().at(1)), removable);
        QVERIFY(desk.status() == Passed);
        desk.command({0x12, 1, 0xb1, 0, 64, 0}, 64, true);
        QCOMPARE(int(desk.bulk(In, Bytes(64)).data().at(5)), rotation);
        QVERIFY(desk.status() == Passed);
        desk.command({0x12, 1, 0x80, 0, 64, 0}, 18, true);
        const Bytes serial = desk.bulk(In, Bytes(18)).data();
        QCOMPARE(std::string(serial.begin() + 4, serial.end()), std::string("S-0123456789ab"));
        QVERIFY(desk.status() == Passed);
    }

    // Or a system would not ask it to flush.
    void theWriteCacheIsTold_data()
    {
        QTest::addColumn<int>("page");
        QTest::addColumn<int>("bytes");
        QTest::addColumn<int>("cache");
        QTest::newRow("caching") << 0x08 << 24 << 4;
        QTest::newRow("all") << 0x3f << 24 << 4;
        QTest::newRow("what can be changed") << 0x48 << 24 << 0;
        QTest::newRow("another") << 0x1c << 4 << -1;
    }
    void theWriteCacheIsTold()
    {
        QFETCH(int, page);
        QFETCH(int, bytes);
        QFETCH(int, cache);
        StickDesk desk;
        desk.command({0x1a, 0, std::uint8_t(page), 0, 192, 0}, 192, true);
        const Bytes data = desk.bulk(In, Bytes(192)).data();
        QCOMPARE(int(data.size()), bytes);
        QCOMPARE(int(data[0]), bytes - 1);
        if (cache >= 0) {
            QCOMPARE(data[4], std::uint8_t(8));
            QCOMPARE(int(data[5]), bytes - 6);
            QCOMPARE(int(data[6]), cache);
        }
        QCOMPARE(desk.status().first, 0);
        desk.command({0x5a, 0, std::uint8_t(page), 0, 0, 0, 0, 0, 192, 0}, 192, true);
        const Bytes longer = desk.bulk(In, Bytes(192)).data();
        QCOMPARE(int(longer.size()), bytes + 4);
        QCOMPARE(int(loadBe<std::uint16_t>(&longer[0])), bytes + 2);
        QCOMPARE(desk.status().first, 0);
    }

    void theStickIsReadAndWritten_data()
    {
        QTest::addColumn<int>("transfer");
        QTest::newRow("whole") << 16 * 512;
        QTest::newRow("by blocks") << 512;
        QTest::newRow("by packets") << 64;
        QTest::newRow("crooked") << 1000;
    }
    void theStickIsReadAndWritten()
    {
        QFETCH(int, transfer);
        StickDesk desk;
        constexpr std::uint32_t Length = 16 * 512;
        desk.command({0x28, 0, 0, 0, 0, 4, 0, 0, 16, 0}, Length, true);
        Bytes got;
        while (got.size() < Length) {
            const std::size_t left = Length - got.size();
            const Bytes part = desk.bulk(In, Bytes(std::min(left, std::size_t(transfer)))).data();
            QVERIFY(!part.empty());
            got.insert(got.end(), part.begin(), part.end());
        }
        QVERIFY(std::equal(got.begin(), got.end(), desk.disk->bytes.begin() + 4 * 512));
        QVERIFY(desk.status() == Passed);

        desk.command({0x2a, 0, 0, 0, 0, 64, 0, 0, 16, 0}, Length, false);
        for (std::size_t at = 0; at < Length;) {
            const std::size_t count = std::min(Length - at, std::size_t(transfer));
            const Desk::Sent sent =
                desk.bulk(Out, Bytes(got.begin() + long(at), got.begin() + long(at + count)));
            QCOMPARE(*sent.answers, 1);
            at += count;
        }
        QVERIFY(desk.status() == Passed);
        QVERIFY(std::equal(got.begin(), got.end(), desk.disk->bytes.begin() + 64 * 512));
        desk.command({0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 0, false);
        QVERIFY(desk.status() == Passed);
        QCOMPARE(desk.disk->flushes, 1);
        QVERIFY(desk.stick->isIdle());
    }

    void whatCannotBeIsRefusedAndSensed_data()
    {
        QTest::addColumn<QByteArray>("command");
        QTest::addColumn<bool>("isIn");
        QTest::addColumn<int>("key");
        QTest::addColumn<int>("code");
        QTest::newRow("beyond the end")
            << QByteArray::fromHex("28000000007f00000200") << true << 5 << 0x21;
        QTest::newRow("unknown") << QByteArray::fromHex("fe0000000000") << true << 5 << 0x20;
        QTest::newRow("read-only")
            << QByteArray::fromHex("2a000000000000000100") << false << 7 << 0x27;
    }
    void whatCannotBeIsRefusedAndSensed()
    {
        QFETCH(QByteArray, command);
        QFETCH(bool, isIn);
        QFETCH(int, key);
        QFETCH(int, code);
        StickDesk desk;
        desk.disk->readOnly = true;
        desk.command(Bytes(command.begin(), command.end()), 512, isIn);
        const std::uint8_t endpoint = isIn ? In : Out;
        QCOMPARE(desk.bulk(endpoint, Bytes(512)).transfer->outcome, UsbOutcome::Stalled);
        QCOMPARE(desk.bulk(endpoint, Bytes(512)).transfer->outcome, UsbOutcome::Stalled);
        desk.clearHalt(endpoint);
        QVERIFY(desk.status() == std::make_pair(1, 512u));
        desk.command({3, 0, 0, 0, 18, 0}, 18, true);
        const Bytes sense = desk.bulk(In, Bytes(18)).data();
        QCOMPARE(int(sense[2]), key);
        QCOMPARE(int(sense[12]), code);
        QVERIFY(desk.status() == Passed);
    }

    void anImageThatFailsIsAMediumError()
    {
        StickDesk desk;
        desk.disk->failure = Error(ErrorKind::Io, "broken");
        desk.command({0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0}, 512, true);
        QCOMPARE(desk.bulk(In, Bytes(512)).transfer->outcome, UsbOutcome::Stalled);
        desk.clearHalt(In);
        QCOMPARE(desk.status().first, 1);
    }

    void nonsenseHaltsTheStickUntilItIsReset()
    {
        StickDesk desk;
        QCOMPARE(desk.bulk(Out, Bytes(31)).transfer->outcome, UsbOutcome::Stalled);
        QCOMPARE(desk.bulk(In, Bytes(13)).transfer->outcome, UsbOutcome::Stalled);
        desk.control(*desk.stick, 0x21, 0xff, 0, 0, {});
        desk.clearHalt(In);
        desk.clearHalt(Out);
        desk.command({0, 0, 0, 0, 0, 0}, 0, false);
        QVERIFY(desk.status() == Passed);
    }

    void aResetDoesNotWaitForTheImage()
    {
        StickDesk desk;
        Bytes wrapper(31);
        storeLe(&wrapper[0], std::uint32_t(0x43425355));
        storeLe(&wrapper[8], 512u);
        wrapper[12] = 0x80;
        wrapper[14] = 10;
        wrapper[15] = 0x28;
        wrapper[23] = 1;
        desk.send(*desk.stick, UsbTransferKind::Bulk, Out, wrapper);
        const Desk::Sent read = desk.send(*desk.stick, UsbTransferKind::Bulk, In, Bytes(512));
        QCOMPARE(desk.disk->pending.size(), std::size_t(1));
        QVERIFY(!desk.stick->isIdle());
        desk.stick->cancel(read.transfer);
        desk.stick->resetDevice();
        desk.configure(*desk.stick);
        desk.work();
        QCOMPARE(*read.answers, 0);
        QVERIFY(desk.stick->isIdle());
        desk.command({0, 0, 0, 0, 0, 0}, 0, false);
        QVERIFY(desk.status() == Passed);
    }
};

QTEST_GUILESS_MAIN(TestUsbModels)
#include "tst_usb_models.moc"
