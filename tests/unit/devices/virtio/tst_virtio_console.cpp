// SPDX-License-Identifier: GPL-3.0-or-later
// VIRTIO 1.1, 5.3: ports, as Linux's virtio_console.c uses them.
#include "engine/devices/virtio/virtio_console.h"
#include "tests/support/device_conformance.h"
#include "tests/support/fake_port.h"
#include "tests/support/test_main.h"
#include "tests/support/virtio_driver.h"

using namespace engine;
using tests::FakePort;
using tests::VirtioDriver;
using virtio::VirtioConsole;

namespace {

constexpr std::uint64_t Multiport = 1 << 1;
constexpr unsigned ControlIn = 2; // to the guest
constexpr unsigned ControlOut = 3;

enum Event : std::uint16_t {
    DeviceReady = 0,
    PortAdd = 1,
    PortReady = 3,
    PortOpen = 6,
    PortName = 7
};

unsigned inputOf(unsigned port)
{
    return 2 * (port + 1);
}
unsigned outputOf(unsigned port)
{
    return 2 * (port + 1) + 1;
}

struct Rig
{
    tests::VirtioBoard board{4u << 20};
    std::shared_ptr<FakePort> first = std::make_shared<FakePort>();
    std::shared_ptr<FakePort> second = std::make_shared<FakePort>();
    VirtioConsole console{
        "virtio-console", {{"org.example.first", first}, {"org.example.second", second}}, nullptr};
    VirtioDriver driver{console, board};
    std::map<std::uint32_t, std::pair<std::uint64_t, std::uint32_t>> buffers; // by queue and head

    // The guest says something on the control queue.
    void say(std::uint32_t id, std::uint16_t event, std::uint16_t value = 1)
    {
        std::vector<std::uint8_t> message(8);
        storeLe(&message[0], id);
        storeLe(&message[4], event);
        storeLe(&message[6], value);
        driver.offer(ControlOut, {{driver.put(message), 8, false}});
        driver.notify(ControlOut);
    }
    void offerInput(unsigned queue, std::uint32_t size = 64)
    {
        const std::uint64_t address = driver.allocate(size);
        const std::uint16_t head = driver.offer(queue, {{address, size, true}});
        buffers[queue << 16 | head] = {address, size};
        driver.notify(queue);
    }
    // What came in one buffer; null: none did.
    std::optional<std::string> input(unsigned queue)
    {
        const auto used = driver.takeUsed(queue);
        if (!used)
            return std::nullopt;
        const auto bytes = driver.get(buffers.at(queue << 16 | used->head).first, used->written);
        return std::string(bytes.begin(), bytes.end());
    }
    // The next control message to the guest, as "id event value text".
    QByteArray control()
    {
        const std::optional<std::string> raw = input(ControlIn);
        if (!raw || raw->size() < 8)
            return {};
        QByteArray words = QByteArray::number(loadLe<std::uint32_t>(raw->data())) + ' '
            + QByteArray::number(loadLe<std::uint16_t>(raw->data() + 4)) + ' '
            + QByteArray::number(loadLe<std::uint16_t>(raw->data() + 6));
        if (raw->size() > 8)
            words += ' ' + QByteArray(raw->c_str() + 8);
        return words;
    }
    QList<QByteArray> controls()
    {
        QList<QByteArray> all;
        for (QByteArray one = control(); !one.isEmpty(); one = control())
            all.append(one);
        return all;
    }
    void send(unsigned port, const std::string &text)
    {
        const std::vector<std::uint8_t> bytes(text.begin(), text.end());
        driver.offer(outputOf(port), {{driver.put(bytes), std::uint32_t(bytes.size()), false}});
        driver.notify(outputOf(port));
    }
    // As Linux does it; afterwards both ports have their files, and nobody has opened one.
    bool start()
    {
        if (!driver.start(VirtioDriver::Version1 | Multiport))
            return false;
        for (int i = 0; i < 16; ++i)
            offerInput(ControlIn);
        say(0, DeviceReady);
        for (const std::uint32_t id : {1u, 2u})
            say(id, PortReady);
        return true;
    }
    void look() { console.lookAgain(); }

    Device &device() { return console; }
    std::vector<tests::Region> regions() const { return {{0, VirtioConsole::BarBytes}}; }
    void disturb()
    {
        driver.plugIn();
        start();
        first->isHostOpen = true;
        look();
        say(1, PortOpen);
        first->toGuest = "half";
        second->room = 2;
        second->isHostOpen = true;
        send(2, "hello");
    }
};

} // namespace

class TestVirtioConsole : public QObject
{
    Q_OBJECT

private slots:
    void conforms()
    {
        QVERIFY(tests::conforms([] { return std::make_unique<Rig>(); }));
    }

    void driverLearnsOfThePorts()
    {
        Rig rig;
        QCOMPARE(rig.driver.config(0, 4), 0x10431af4u);
        QCOMPARE(rig.driver.deviceConfig(4, 4), std::uint64_t(3)); // with port 0
        QCOMPARE(rig.driver.common(0x12, 2), std::uint64_t(8)); // queues
        QVERIFY(rig.start());
        QCOMPARE(rig.controls(),
                 QList<QByteArray>(
                     {"1 1 1", "2 1 1", "1 7 1 org.example.first", "2 7 1 org.example.second"}));
        rig.second->isHostOpen = true;
        rig.look();
        QCOMPARE(rig.controls(), QList<QByteArray>({"2 6 1"}));
        rig.second->isHostOpen = false;
        rig.look();
        QCOMPARE(rig.controls(), QList<QByteArray>({"2 6 0"}));
    }

    // A driver with event indexes notifies only of what it was asked to; Linux waits for the
    // answer to each control message without sleeping.
    void driverIsAskedToNotify()
    {
        Rig rig;
        QVERIFY(rig.driver.start(VirtioDriver::Version1 | Multiport | virtio::FeatureEventIndex));
        rig.first->isHostOpen = true;
        for (std::uint16_t i = 1; i <= 3; ++i) {
            rig.say(0, DeviceReady);
            QCOMPARE(rig.driver.availableEvent(ControlOut), i);
            rig.send(1, "x");
            QCOMPARE(rig.driver.availableEvent(outputOf(1)), i);
            rig.offerInput(ControlIn);
            QCOMPARE(rig.driver.availableEvent(ControlIn), i); // the second port waits
        }
        rig.say(1, PortOpen);
        rig.first->toGuest = "abc";
        for (std::uint16_t i = 1; i <= 3; ++i) {
            rig.offerInput(inputOf(1), 1);
            QCOMPARE(rig.driver.availableEvent(inputOf(1)), i);
        }
    }

    void newHostEndClosesAndOpens()
    {
        Rig rig;
        rig.first->isHostOpen = true;
        QVERIFY(rig.start());
        rig.controls();
        rig.first->isBroken = true;
        rig.look();
        QCOMPARE(rig.controls(), QList<QByteArray>({"1 6 0", "1 6 1"}));
    }

    void controlMessagesWaitForBuffers()
    {
        Rig rig;
        QVERIFY(rig.driver.start(VirtioDriver::Version1 | Multiport));
        rig.say(0, DeviceReady);
        rig.say(1, PortReady);
        rig.first->isHostOpen = true;
        rig.look();
        QList<QByteArray> all;
        for (int i = 0; i < 6; ++i) {
            rig.offerInput(ControlIn);
            all += rig.controls();
        }
        QCOMPARE(all, QList<QByteArray>({"1 1 1", "1 7 1 org.example.first", "1 6 1", "2 1 1"}));
    }

    void guestOpensAndCloses()
    {
        Rig rig;
        QVERIFY(rig.start());
        rig.say(1, PortOpen, 1);
        rig.say(1, PortOpen, 1); // once is enough
        rig.say(1, PortOpen, 0);
        rig.say(9, PortOpen, 1); // there is none
        rig.say(0, PortOpen, 1);
        rig.say(1, 99, 1);
        QCOMPARE(rig.first->guest, std::vector<bool>({true, false}));
        QVERIFY(rig.second->guest.empty());
        rig.say(2, PortOpen, 1);
        rig.driver.setStatus(0);
        QCOMPARE(rig.second->guest, std::vector<bool>({true, false}));
    }

    void dataGoesBothWays()
    {
        Rig rig;
        QVERIFY(rig.start());
        rig.first->isHostOpen = true;
        rig.look();
        rig.say(1, PortOpen);
        rig.offerInput(inputOf(1), 4);
        rig.offerInput(inputOf(1), 16);
        rig.first->toGuest = "hello guest";
        rig.look();
        QCOMPARE(rig.input(inputOf(1)), std::optional<std::string>("hell"));
        QCOMPARE(rig.input(inputOf(1)), std::optional<std::string>("o guest"));
        QCOMPARE(rig.input(inputOf(1)), std::optional<std::string>());
        rig.send(1, "hello host");
        QCOMPARE(rig.first->got, std::string("hello host"));
        QVERIFY(rig.driver.takeUsed(outputOf(1)));
        QVERIFY(rig.second->got.empty());
    }

    void nothingComesBeforeTheGuestHasOpened()
    {
        Rig rig;
        QVERIFY(rig.start());
        rig.first->isHostOpen = true;
        rig.offerInput(inputOf(1), 16);
        rig.first->toGuest = "early";
        rig.look();
        QCOMPARE(rig.input(inputOf(1)), std::optional<std::string>());
        rig.say(1, PortOpen);
        QCOMPARE(rig.input(inputOf(1)), std::optional<std::string>("early"));
    }

    void whatNobodyHearsIsDropped()
    {
        Rig rig;
        QVERIFY(rig.start());
        rig.send(1, "is there anybody?");
        QVERIFY(rig.driver.takeUsed(outputOf(1)));
        QVERIFY(rig.first->got.empty());
        rig.driver.offer(1, {{0x8000, 16, false}}); // port 0
        rig.driver.notify(1);
        QVERIFY(rig.driver.takeUsed(1));
    }

    void slowHostHoldsTheGuestBack()
    {
        Rig rig;
        QVERIFY(rig.start());
        rig.first->isHostOpen = true;
        rig.first->room = 7;
        rig.send(1, "0123456789");
        rig.send(1, "abc");
        QVERIFY(!rig.driver.takeUsed(outputOf(1)));
        QCOMPARE(rig.first->got, std::string("0123456"));
        rig.first->room = 4;
        rig.look();
        QCOMPARE(rig.first->got, std::string("0123456789a"));
        QVERIFY(rig.driver.takeUsed(outputOf(1)));
        QVERIFY(!rig.driver.takeUsed(outputOf(1)));
        // Saved in between, and gone on with elsewhere.
        const std::vector<std::uint8_t> saved = tests::savedBytes(rig.console);
        QVERIFY(tests::loadBytes(rig.console, saved));
        rig.first->room = 10;
        rig.look();
        QCOMPARE(rig.first->got, std::string("0123456789abc"));
        QVERIFY(rig.driver.takeUsed(outputOf(1)));
    }

    void hostThatGoesLetsTheGuestGoOn()
    {
        Rig rig;
        QVERIFY(rig.start());
        rig.first->isHostOpen = true;
        rig.first->room = 2;
        rig.send(1, "0123456789");
        rig.first->isHostOpen = false;
        rig.look();
        QVERIFY(rig.driver.takeUsed(outputOf(1)));
        rig.first->isHostOpen = true;
        rig.first->room = 100;
        rig.send(1, "new");
        QCOMPARE(rig.first->got, std::string("01new"));
    }

    void stoppedMachineMovesNothing()
    {
        Rig rig;
        QVERIFY(rig.start());
        rig.first->isHostOpen = true;
        rig.say(1, PortOpen);
        rig.offerInput(inputOf(1), 16);
        const auto setRunning = [&rig](bool isRunning) {
            const std::lock_guard lock(rig.console.lock());
            rig.console.setRunning(isRunning);
        };
        setRunning(false);
        rig.first->toGuest = "later";
        rig.look();
        rig.send(1, "word");
        QCOMPARE(rig.first->toGuest, std::string("later"));
        QVERIFY(rig.first->got.empty());
        setRunning(true);
        QCOMPARE(rig.input(inputOf(1)), std::optional<std::string>("later"));
        QCOMPARE(rig.first->got, std::string("word"));
    }

    void savedStateKeepsWhatIsUnderWay()
    {
        Rig rig;
        QVERIFY(rig.start());
        rig.first->isHostOpen = true;
        rig.look();
        rig.say(1, PortOpen);
        rig.first->toGuest = "half of it";
        const std::vector<std::uint8_t> saved = tests::savedBytes(rig.console);
        // Nobody is at the new process's end yet; the guest is.
        rig.first->isHostOpen = false;
        rig.first->guest.clear();
        rig.first->toGuest.clear();
        rig.controls();
        tests::resetDevice(rig.console);
        rig.first->guest.clear();
        QVERIFY(tests::loadBytes(rig.console, saved));
        QCOMPARE(rig.first->guest, std::vector<bool>({true}));
        QCOMPARE(rig.first->toGuest, std::string("half of it"));
        rig.driver.plugIn();
        rig.look();
        QCOMPARE(rig.controls(), QList<QByteArray>({"1 6 0"}));
    }

    void endlessChainIsTakenInTurns()
    {
        Rig rig;
        QVERIFY(rig.start());
        rig.first->isHostOpen = true;
        // A mebibyte that is named four times.
        std::vector<tests::VirtioBuffer> pieces(4, {0x100000, 1u << 20, false});
        rig.driver.offer(outputOf(1), pieces);
        rig.driver.notify(outputOf(1));
        QCOMPARE(rig.first->got.size(), std::size_t(4) << 20);
        QVERIFY(rig.driver.takeUsed(outputOf(1)));
    }
};

QTEST_GUILESS_MAIN(TestVirtioConsole)
#include "tst_virtio_console.moc"
