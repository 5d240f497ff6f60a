// SPDX-License-Identifier: GPL-3.0-or-later
// The serial port as systems probe and use it: the sequences are those of Linux
// (drivers/tty/serial/8250/8250_port.c) and SeaBIOS (src/serial.c).
#include "engine/bus/bus.h"
#include "engine/devices/uart_16550.h"
#include "tests/support/board_fakes.h"
#include "tests/support/device_conformance.h"

using namespace engine;

namespace {

// Remembers what was sent; type() is somebody at the other end.
class FakeCable final : public CharBackend
{
public:
    void attach(PollLoop *) override { }
    void write(std::span<const std::uint8_t> bytes) override
    {
        for (const std::uint8_t byte : bytes)
            sent.append(char(byte));
    }
    void setReceiver(Receiver receiver) override { m_receiver = std::move(receiver); }
    void resumeReceiving() override { isResumed = true; }

    bool hasReceiver() const { return bool(m_receiver); }
    void type(const QByteArray &text)
    {
        waiting += text;
        std::vector<std::uint8_t> bytes(waiting.begin(), waiting.end());
        const std::size_t taken = m_receiver(bytes);
        waiting.remove(0, qsizetype(taken));
    }
    void deliverIfResumed()
    {
        if (std::exchange(isResumed, false))
            type({});
    }

    QByteArray sent;
    QByteArray waiting;
    bool isResumed = false;

private:
    Receiver m_receiver;
};

struct Rig
{
    Rig() { bus.add({.base = 0x3f8, .size = 8, .device = &uart}); }

    int get(int offset) { return int(bus.read(std::uint64_t(0x3f8 + offset), 1)); }
    void set(int offset, int value)
    {
        bus.write(std::uint64_t(0x3f8 + offset), 1, std::uint64_t(value));
    }
    // OUT2 on, as a driver has it that wants interrupts.
    void use(int interrupts, int fifoControl)
    {
        set(4, 0x0b);
        set(2, fifoControl);
        set(1, interrupts);
    }
    QByteArray readAll()
    {
        QByteArray all;
        while (get(5) & 1) {
            all.append(char(get(0)));
            cable->deliverIfResumed();
        }
        return all;
    }

    // For the conformance test.
    Device &device() { return uart; }
    std::vector<tests::Region> regions() { return {{0, 8}}; }
    void disturb()
    {
        set(3, 0x83);
        set(0, 1);
        set(1, 0);
        set(3, 0x03);
        use(0x0f, 0xc7);
        set(7, 0x5a);
        cable->type("typed");
        set(0, 'x');
    }

    tests::RecordingIrq irq;
    std::shared_ptr<FakeCable> cable = std::make_shared<FakeCable>();
    Uart16550 uart{"com1", irq, cable};
    Bus bus;
};

} // namespace

class TestUart16550 : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(".*")); }

    void conforms()
    {
        QVERIFY(tests::conforms([] { return std::make_unique<Rig>(); }));
    }

    void linuxFindsA16550A()
    {
        Rig rig;
        rig.set(1, 0); // is there anything?
        QCOMPARE(rig.get(1), 0);
        rig.set(1, 0xff);
        QCOMPARE(rig.get(1), 0x0f);
        rig.set(1, 0);
        rig.set(4, 0x1a); // loopback
        QCOMPARE(rig.get(6) & 0xf0, 0x90);
        rig.set(4, 0x15);
        QCOMPARE(rig.get(6) & 0xf0, 0x60);
        rig.set(4, 0);
        rig.set(2, 1);
        QCOMPARE(rig.get(2), 0xc1);
        rig.set(3, 0xbf); // an enhanced feature register?
        QVERIFY(rig.get(2) != 0);
        rig.set(3, 0x80);
        QVERIFY(rig.get(2) != 0);
        rig.set(3, 0);
        rig.set(2, 0xa1); // 64 bytes?
        QCOMPARE(rig.get(2) & 0x20, 0);
        rig.set(2, 0);
        QCOMPARE(rig.get(2), 0x01);
    }

    void seabiosFindsAPort()
    {
        Rig rig;
        rig.set(1, 0x02);
        QCOMPARE(rig.get(1), 0x02);
        QCOMPARE(rig.get(2), 0x02);
        rig.set(1, 0);
    }

    void linuxTrustsTheTransmitterInterrupt()
    {
        Rig rig;
        rig.use(0x02, 0x01);
        QCOMPARE(rig.get(2), 0xc2);
        rig.set(1, 0);
        rig.set(1, 2);
        QCOMPARE(rig.get(2), 0xc2);
        QCOMPARE(rig.get(2), 0xc1); // reading it was the answer
    }

    void whatIsSentGoesOutAtOnce()
    {
        Rig rig;
        QCOMPARE(rig.get(5), 0x60);
        for (const char letter : QByteArray("login: "))
            rig.set(0, letter);
        QCOMPARE(rig.get(5), 0x60);
        QCOMPARE(rig.cable->sent, "login: ");
    }

    void eachByteSentMakesAnEdge()
    {
        Rig rig;
        rig.use(0x02, 0x01);
        QCOMPARE(rig.irq.risingEdges, 1);
        rig.set(0, 'a');
        QCOMPARE(rig.irq.risingEdges, 2);
        QCOMPARE(rig.get(2), 0xc2);
        QCOMPARE(rig.irq.level, false);
        rig.set(0, 'b');
        QCOMPARE(rig.irq.risingEdges, 3);
    }

    void out2LetsInterruptsThrough()
    {
        Rig rig;
        rig.set(1, 0x02);
        QCOMPARE(rig.irq.level, false);
        QCOMPARE(rig.get(2), 0x02); // but it can be polled
        rig.set(0, 'a');
        rig.set(4, 0x08);
        QCOMPARE(rig.irq.level, true);
        rig.set(4, 0x18);
        QCOMPARE(rig.irq.level, false);
    }

    void theDivisorIsKept()
    {
        Rig rig;
        const auto baud = [&] {
            const std::lock_guard lock(rig.uart.lock());
            return rig.uart.baudRate();
        };
        QCOMPARE(baud(), 9600u);
        rig.set(3, 0x83);
        rig.set(0, 1);
        rig.set(1, 0);
        QCOMPARE(rig.get(0), 1);
        QCOMPARE(rig.get(1), 0);
        QCOMPARE(baud(), 115200u);
        rig.set(0, 0);
        QCOMPARE(baud(), 115200u); // not by zero
        rig.set(3, 0x03);
        QCOMPARE(rig.get(3), 0x03);
        QCOMPARE(rig.get(1), 0);
        QCOMPARE(rig.cable->sent, "");
    }

    void whatComesInterruptsByItsTriggerLevel_data()
    {
        QTest::addColumn<int>("fifoControl");
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("id");
        QTest::newRow("no FIFO") << 0x00 << 1 << 0x04;
        QTest::newRow("level 1") << 0x01 << 1 << 0xc4;
        QTest::newRow("below 4") << 0x41 << 3 << 0xcc;
        QTest::newRow("4") << 0x41 << 4 << 0xc4;
        QTest::newRow("below 8") << 0x81 << 7 << 0xcc;
        QTest::newRow("below 14") << 0xc1 << 13 << 0xcc;
        QTest::newRow("14") << 0xc1 << 14 << 0xc4;
    }
    void whatComesInterruptsByItsTriggerLevel()
    {
        QFETCH(int, fifoControl);
        QFETCH(int, count);
        Rig rig;
        rig.use(0x01, fifoControl);
        QCOMPARE(rig.irq.level, false);
        rig.cable->type(QByteArray(count, 'x'));
        QCOMPARE(rig.irq.level, true);
        QTEST(rig.get(2), "id");
        QCOMPARE(rig.readAll(), QByteArray(count, 'x'));
        QCOMPARE(rig.irq.level, false);
    }

    void moreThanThereIsRoomForWaits()
    {
        Rig rig;
        rig.use(0x01, 0x01);
        QByteArray text;
        for (int i = 0; i < 100; ++i)
            text.append(char(i));
        rig.cable->type(text);
        QCOMPARE(rig.cable->waiting.size(), 84);
        QCOMPARE(rig.readAll(), text);
        QCOMPARE(rig.get(5) & 2, 0); // nothing was overrun
    }

    void withoutAFifoBytesComeOneByOne()
    {
        Rig rig;
        rig.cable->type("abc");
        QCOMPARE(rig.cable->waiting, "bc");
        QCOMPARE(rig.readAll(), "abc");
    }

    void clearingTheFifoLetsTheRestIn()
    {
        Rig rig;
        rig.use(0x01, 0x01);
        rig.cable->type(QByteArray(16, 'x') + "new");
        rig.set(2, 0x07);
        rig.cable->deliverIfResumed();
        QCOMPARE(rig.readAll(), "new");
    }

    void loopbackReturnsBytesAndOverruns()
    {
        Rig rig;
        rig.set(2, 0x01);
        rig.set(4, 0x10);
        for (int i = 0; i < 16; ++i)
            rig.set(0, 'a' + i);
        QCOMPARE(rig.get(5), 0x61);
        rig.set(0, 'z');
        QCOMPARE(rig.get(5), 0x63);
        QCOMPARE(rig.get(5), 0x61); // told once
        rig.cable->type("outside");
        QCOMPARE(rig.readAll(), "abcdefghijklmnop");
        QCOMPARE(rig.cable->sent, "");
        rig.set(4, 0x03);
        rig.cable->deliverIfResumed();
        QCOMPARE(rig.readAll(), "outside");
    }

    void lineErrorsComeBeforeEverythingElse()
    {
        Rig rig;
        rig.set(4, 0x10);
        rig.set(1, 0x0f);
        rig.set(0, 'a');
        rig.set(0, 'b');
        QCOMPARE(rig.get(2), 0x06);
        rig.get(5);
        QCOMPARE(rig.get(2), 0x04);
        QCOMPARE(rig.get(0), 'a');
        QCOMPARE(rig.get(2), 0x02);
        QCOMPARE(rig.get(2), 0x00); // the modem's lines fell
        rig.get(6);
        QCOMPARE(rig.get(2), 0x01);
    }

    void theModemTellsWhatChanged()
    {
        Rig rig;
        QCOMPARE(rig.get(6), 0xb0);
        rig.set(4, 0x14); // loopback, OUT1: ring
        QCOMPARE(rig.get(6), 0x4b);
        QCOMPARE(rig.get(6), 0x40);
        rig.set(4, 0x10);
        QCOMPARE(rig.get(6), 0x04);
        rig.set(4, 0x00);
        QCOMPARE(rig.get(6), 0xbb);
    }

    void aPortWithoutABackendWorks()
    {
        tests::RecordingIrq irq;
        Uart16550 uart("com2", irq, nullptr);
        const std::lock_guard lock(uart.lock());
        uart.write(0, 0, 1, 'x');
        QCOMPARE(uart.read(0, 5, 1), std::uint64_t(0x60));
        QCOMPARE(uart.read(0, 0, 1), std::uint64_t(0));
    }

    void aPortThatIsGoneReceivesNothing()
    {
        tests::RecordingIrq irq;
        const auto cable = std::make_shared<FakeCable>();
        {
            const Uart16550 uart("com1", irq, cable);
            QVERIFY(cable->hasReceiver());
        }
        QVERIFY(!cable->hasReceiver());
    }

    void aSavedPortGoesOn()
    {
        Rig rig;
        rig.use(0x01, 0x41);
        rig.cable->type("ab");
        Rig other;
        QVERIFY(tests::loadBytes(other.uart, tests::savedBytes(rig.uart)));
        QCOMPARE(other.irq.level, true);
        QCOMPARE(other.readAll(), "ab");
    }
};

QTEST_GUILESS_MAIN(TestUart16550)
#include "tst_uart_16550.moc"
