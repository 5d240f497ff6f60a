// SPDX-License-Identifier: GPL-3.0-or-later
// The controller: its rings, its streams and their pace, interrupts. What the codec answers is in
// tst_hda_codec.cpp.
#include "tests/support/device_conformance.h"
#include "tests/support/hda_guest.h"
#include "tests/support/test_main.h"

using namespace engine;
using namespace engine::hda;
using namespace std::chrono_literals;
using tests::HdaBoard;

namespace {

constexpr std::uint16_t Stereo48 = 0x0011; // 48 kHz, 16 bit, two channels
constexpr std::uint16_t Stereo44 = 0x4011;
constexpr std::uint16_t Mono96Of32Bits = 0x0840;
constexpr unsigned SetStream = 0x706;

struct Rig : HdaBoard
{
    Device &device() { return hda; }
    std::vector<tests::Region> regions() const
    {
        return {{Controller::RegisterBar, RegisterBytes}};
    }
};

void playOn(HdaBoard &board, unsigned number)
{
    board.command(HdaBoard::verb(Codec::LineOutConverter, SetStream, number << 4));
}

void recordOn(HdaBoard &board, unsigned number)
{
    board.command(HdaBoard::verb(Codec::MicrophoneConverter, SetStream, number << 4));
}

// The buffers of the stream hold frames 1, 2, 3: left, and its negative right.
void fillWithRamp(HdaBoard &board, unsigned stream, unsigned frames)
{
    for (unsigned i = 0; i < frames; ++i) {
        std::uint8_t *const at = board.ram.at(HdaBoard::Buffers + 0x10000 * stream + 4 * i);
        storeLe(at, std::uint16_t(i + 1));
        storeLe(at + 2, std::uint16_t(-int(i + 1)));
    }
}

} // namespace

class TestHdaController : public QObject
{
    Q_OBJECT

private slots:
    void conforms()
    {
        QVERIFY(tests::conforms([] { return std::make_unique<Rig>(); }));
    }

    void itIsWhatDriversKnow_data()
    {
        QTest::addColumn<int>("model");
        QTest::addColumn<quint32>("identity");
        QTest::newRow("i440fx") << int(Controller::Model::Ich6) << 0x26688086u;
        QTest::newRow("q35") << int(Controller::Model::Ich9) << 0x293e8086u;
    }
    void itIsWhatDriversKnow()
    {
        QFETCH(int, model);
        QFETCH(quint32, identity);
        tests::ManualClock clock;
        Controller hda("hda", Controller::Model(model), clock, nullptr);
        tests::resetDevice(hda);
        QCOMPARE(hda.configRead(0, 4), identity);
        QCOMPARE(hda.configRead(8, 4) >> 8, 0x040300u);
        QCOMPARE(hda.configRead(0x34, 1), 0x60u); // MSI, after the chip's own registers
        QCOMPARE(hda.configRead(0x60, 1), 5u);
    }

    void resetEndsWithACodec()
    {
        HdaBoard board;
        QCOMPARE(board.read(GlobalCapabilities, 2), 0x4401u);
        QCOMPARE(board.read(StateChange, 2), 0u);
        board.write(CorbLow, 4, 0x5000); // in reset
        board.write(GlobalControl, 4, ControlReset);
        QCOMPARE(board.read(CorbLow), 0u);
        QCOMPARE(board.read(StateChange, 2), 1u);
        board.write(StateChange, 2, 1);
        QCOMPARE(board.read(StateChange, 2), 0u);
        board.write(GlobalControl, 4, 0);
        QCOMPARE(board.read(GlobalControl), 0u);
    }

    void theWallClockRunsFromReset()
    {
        HdaBoard board;
        board.clock.advance(1s);
        board.bringUp();
        QCOMPARE(board.read(WallClock), 0u);
        board.clock.advance(10ms);
        QCOMPARE(board.read(WallClock), 240000u);
        QCOMPARE(board.read(WallClockAlias), 240000u);
    }

    void aCodecWakesUp()
    {
        HdaBoard board;
        board.write(WakeEnable, 2, 1);
        board.bringUp();
        QVERIFY(board.irq.level);
        QCOMPARE(board.read(InterruptStatus), InterruptGlobal | InterruptController);
        board.write(StateChange, 2, 1);
        QVERIFY(!board.irq.level);
    }

    void commandsAreAnsweredInTheRing()
    {
        HdaBoard board;
        board.bringUp();
        storeLe(board.ram.at(HdaBoard::CommandRing + 4), HdaBoard::verb(0, 0xf00, 0));
        storeLe(board.ram.at(HdaBoard::CommandRing + 8), HdaBoard::verb(1, 0xf00, 5));
        storeLe(board.ram.at(HdaBoard::CommandRing + 12), std::uint32_t(3u << 28)); // nobody
        board.write(CorbWritePointer, 2, 3);
        QCOMPARE(board.read(CorbReadPointer, 2), 3u);
        QCOMPARE(board.read(RirbWritePointer, 2), 2u);
        QCOMPARE(loadLe<std::uint64_t>(board.ram.at(HdaBoard::ResponseRing + 8)), 0x1af44844u);
        QCOMPARE(loadLe<std::uint64_t>(board.ram.at(HdaBoard::ResponseRing + 16)), 1u);
        QVERIFY(board.irq.level);
        board.write(RirbStatus, 1, RirbInterrupt);
        QVERIFY(!board.irq.level);
    }

    void theRingsGoRound()
    {
        HdaBoard board;
        board.bringUp();
        for (unsigned i = 0; i < 600; ++i)
            QCOMPARE(board.command(HdaBoard::verb(0, 0xf00, 2)), std::optional(0x00100100u));
    }

    void aRingOutsideMemoryIsAnError()
    {
        HdaBoard board;
        board.bringUp();
        board.write(CorbControl, 1, CorbRun | CorbErrorInterrupt);
        board.write(CorbLow, 4, 0x40000000);
        board.write(CorbWritePointer, 2, 1);
        QCOMPARE(board.read(CorbStatus, 1), std::uint32_t(CorbMemoryError));
        QCOMPARE(board.read(CorbControl, 1) & CorbRun, 0u);
        QVERIFY(board.irq.level);
    }

    void immediateCommandsNeedNoRing()
    {
        HdaBoard board;
        board.bringUp();
        board.write(ImmediateCommand, 4, HdaBoard::verb(0, 0xf00, 0));
        board.write(ImmediateStatus, 2, ImmediateBusy);
        QCOMPARE(board.read(ImmediateStatus, 2), std::uint32_t(ImmediateValid));
        QCOMPARE(board.read(ImmediateResponse), 0x1af44844u);
        board.write(ImmediateStatus, 2, ImmediateValid);
        QCOMPARE(board.read(ImmediateStatus, 2), 0u);
    }

    void soundIsPlayedAtItsPace_data()
    {
        QTest::addColumn<int>("format");
        QTest::addColumn<unsigned>("rate");
        QTest::newRow("48 kHz") << int(Stereo48) << 48000u;
        QTest::newRow("44.1 kHz") << int(Stereo44) << 44100u;
    }
    void soundIsPlayedAtItsPace()
    {
        QFETCH(int, format);
        QFETCH(unsigned, rate);
        HdaBoard board;
        board.bringUp();
        playOn(board, 5);
        board.layOut(HdaBoard::PlayStream, 4, 0x1000); // 4096 frames, round and round
        fillWithRamp(board, HdaBoard::PlayStream, 4096);
        board.setFormat(HdaBoard::PlayStream, std::uint16_t(format));
        board.run(HdaBoard::PlayStream, 5);
        board.clock.advance(1s);
        QCOMPARE(board.sound->played.size(), std::size_t(2 * rate));
        QCOMPARE(board.sound->outputRates, std::vector<unsigned>{rate});
        for (std::size_t i = 0; i < rate; ++i) {
            QCOMPARE(board.sound->played[2 * i], std::int16_t(i % 4096 + 1));
            QCOMPARE(board.sound->played[2 * i + 1], std::int16_t(-int(i % 4096 + 1)));
        }
        QCOMPARE(board.read(HdaBoard::streamAt(HdaBoard::PlayStream) + StreamPosition),
                 4 * rate % 0x4000);
        QCOMPARE(board.read(PositionAliasBase + HdaBoard::PlayStream * StreamBytes),
                 4 * rate % 0x4000);
        board.stop(HdaBoard::PlayStream);
        QCOMPARE(board.sound->openOutputs, 0);
        QVERIFY(!board.clock.isAnyTimerArmed()); // a silent machine is left alone
    }

    void thePositionIsToldInMemory()
    {
        HdaBoard board;
        board.bringUp();
        board.write(PositionLow, 4, std::uint32_t(HdaBoard::Positions | PositionEnable));
        board.layOut(HdaBoard::PlayStream, 2, 0x1000);
        board.setFormat(HdaBoard::PlayStream, Stereo48);
        board.run(HdaBoard::PlayStream, 1);
        board.clock.advance(20ms);
        QCOMPARE(
            loadLe<std::uint32_t>(board.ram.at(HdaBoard::Positions + 8 * HdaBoard::PlayStream)),
            4u * 960);
    }

    void aBuffersEndInterrupts()
    {
        HdaBoard board;
        board.bringUp();
        board.layOut(HdaBoard::PlayStream, 2, 960 * 2); // 20 ms in all
        board.setFormat(HdaBoard::PlayStream, Stereo48);
        board.run(HdaBoard::PlayStream, 1);
        board.clock.advance(19ms);
        QVERIFY(!board.irq.level);
        board.clock.advance(1ms);
        QVERIFY(board.irq.level);
        const std::uint32_t bit = 1u << HdaBoard::PlayStream;
        QCOMPARE(board.read(InterruptStatus), InterruptGlobal | bit);
        const std::uint64_t status = HdaBoard::streamAt(HdaBoard::PlayStream) + StreamStatus;
        QCOMPARE(board.read(status, 1), std::uint32_t(StreamCompleted | StreamFifoReady));
        board.write(status, 1, StreamCompleted);
        QVERIFY(!board.irq.level);
        board.clock.advance(20ms);
        QVERIFY(board.irq.level);
    }

    void interruptsGoByMessage()
    {
        HdaBoard board;
        {
            const std::lock_guard lock(board.hda.lock());
            board.hda.configWrite(0x64, 4, 0xfee00000);
            board.hda.configWrite(0x6c, 2, 0x41);
            board.hda.configWrite(0x62, 2, 1);
        }
        board.bringUp();
        board.layOut(HdaBoard::PlayStream, 2, 960 * 2);
        board.setFormat(HdaBoard::PlayStream, Stereo48);
        board.run(HdaBoard::PlayStream, 1);
        board.clock.advance(20ms);
        QCOMPARE(board.msi.messages.size(), std::size_t(1));
        QCOMPARE(board.msi.messages[0].data, 0x41u);
        // The driver looks, and something else is left: it hears of it.
        board.command(HdaBoard::verb(0, 0xf00, 0));
        QVERIFY(board.msi.messages.size() >= 2);
        QVERIFY(!board.irq.level);
    }

    void streamsThatWaitForEachOtherBeginTogether()
    {
        HdaBoard board;
        board.bringUp();
        board.layOut(HdaBoard::PlayStream, 2, 0x1000);
        board.setFormat(HdaBoard::PlayStream, Stereo48);
        board.write(OldStreamSync, 4, 1u << HdaBoard::PlayStream);
        QCOMPARE(board.read(StreamSync), 1u << HdaBoard::PlayStream);
        board.run(HdaBoard::PlayStream, 1);
        board.clock.advance(50ms);
        const std::uint64_t position = HdaBoard::streamAt(HdaBoard::PlayStream) + StreamPosition;
        QCOMPARE(board.read(position), 0u);
        board.write(StreamSync, 4, 0);
        board.clock.advance(10ms);
        QCOMPARE(board.read(position), 4u * 480);
    }

    void anotherStreamsNumberIsNotHeard()
    {
        HdaBoard board;
        board.bringUp();
        playOn(board, 7);
        board.layOut(HdaBoard::PlayStream, 2, 0x1000);
        board.setFormat(HdaBoard::PlayStream, Stereo48);
        board.run(HdaBoard::PlayStream, 5);
        board.clock.advance(100ms);
        QVERIFY(board.sound->played.empty());
        QVERIFY(board.read(HdaBoard::streamAt(HdaBoard::PlayStream) + StreamPosition) != 0);
        playOn(board, 5);
        board.clock.advance(100ms);
        QCOMPARE(board.sound->played.size(), std::size_t(2 * 4800));
    }

    void theMicrophoneIsRecorded()
    {
        HdaBoard board;
        board.bringUp();
        recordOn(board, 3);
        board.layOut(HdaBoard::RecordStream, 2, 0x1000);
        board.setFormat(HdaBoard::RecordStream, Stereo48);
        board.run(HdaBoard::RecordStream, 3);
        board.clock.advance(20ms);
        const std::uint8_t *const at = board.ram.at(HdaBoard::Buffers);
        for (unsigned frame = 0; frame < 960; ++frame) {
            QCOMPARE(loadLe<std::uint16_t>(at + 4 * frame), std::uint16_t(frame + 1));
            QCOMPARE(loadLe<std::uint16_t>(at + 4 * frame + 2), std::uint16_t(frame + 1));
        }
        QCOMPARE(loadLe<std::uint32_t>(at + 4 * 960), 0u);
        board.stop(HdaBoard::RecordStream);
        QCOMPARE(board.sound->openInputs, 0); // nobody listens any more
    }

    void otherFormatsAreConverted()
    {
        HdaBoard board;
        board.bringUp();
        playOn(board, 1);
        board.layOut(HdaBoard::PlayStream, 2, 0x2000);
        for (unsigned i = 0; i < 0x1000; ++i)
            storeLe(board.ram.at(HdaBoard::Buffers + 0x10000 * HdaBoard::PlayStream + 4 * i),
                    std::uint32_t((i + 1) << 16 | 0x1234));
        board.setFormat(HdaBoard::PlayStream, Mono96Of32Bits);
        board.run(HdaBoard::PlayStream, 1);
        board.clock.advance(10ms);
        QCOMPARE(board.sound->outputRates, std::vector<unsigned>{96000});
        QCOMPARE(board.sound->played.size(), std::size_t(2 * 960));
        QCOMPARE(board.sound->played[100], std::int16_t(51));
        QCOMPARE(board.sound->played[101], std::int16_t(51));
    }

    // A sound card of this computer whose clock goes differently is followed, by half a percent.
    void thePaceFollowsTheOtherEnd_data()
    {
        QTest::addColumn<int>("excess");
        QTest::addColumn<int>("frames");
        QTest::newRow("as it should be") << 0 << 48000;
        QTest::newRow("too much is waiting") << 1'000'000 << 47760;
        QTest::newRow("too little is waiting") << -1'000'000 << 48240;
    }
    void thePaceFollowsTheOtherEnd()
    {
        QFETCH(int, excess);
        QFETCH(int, frames);
        HdaBoard board;
        board.sound->excess = std::chrono::microseconds(excess);
        board.bringUp();
        playOn(board, 1);
        board.layOut(HdaBoard::PlayStream, 4, 0x1000);
        board.setFormat(HdaBoard::PlayStream, Stereo48);
        board.run(HdaBoard::PlayStream, 1);
        board.clock.advance(1s);
        // The stream is open from the first round on.
        QVERIFY(std::abs(int(board.sound->played.size() / 2) - frames) <= 2);
    }

    void aHostThatStoodStillDoesNotMakeUpForIt()
    {
        HdaBoard board;
        board.bringUp();
        playOn(board, 1);
        board.layOut(HdaBoard::PlayStream, 4, 0x1000);
        board.setFormat(HdaBoard::PlayStream, Stereo48);
        board.run(HdaBoard::PlayStream, 1);
        board.clock.advance(10ms);
        {
            const std::lock_guard lock(board.hda.lock());
            board.hda.setRunning(false);
        }
        QCOMPARE(board.sound->openOutputs, 0);
        board.clock.advance(5s);
        QCOMPARE(board.sound->played.size(), std::size_t(2 * 480));
        {
            const std::lock_guard lock(board.hda.lock());
            board.hda.setRunning(true);
        }
        board.clock.advance(5ms);
        QVERIFY(board.sound->played.size() <= std::size_t(2 * (480 + 4800)));
    }

    // Lists that would keep a careless controller busy for ever.
    void nonsenseStopsTheStream_data()
    {
        QTest::addColumn<quint64>("list");
        QTest::addColumn<unsigned>("bytes");
        QTest::addColumn<unsigned>("cyclic");
        QTest::newRow("no lengths") << quint64(HdaBoard::List) << 0u << 0x1000u;
        QTest::newRow("no cyclic buffer") << quint64(HdaBoard::List) << 0x100u << 0u;
        QTest::newRow("a list outside memory") << quint64(0x4000'0000) << 0x100u << 0x1000u;
    }
    void nonsenseStopsTheStream()
    {
        QFETCH(quint64, list);
        QFETCH(unsigned, bytes);
        QFETCH(unsigned, cyclic);
        HdaBoard board;
        board.bringUp();
        const std::uint64_t registers = HdaBoard::streamAt(HdaBoard::PlayStream);
        board.layOut(HdaBoard::PlayStream, 2, bytes);
        board.write(registers + CyclicLength, 4, cyclic);
        if (list != HdaBoard::List)
            board.write(registers + ListLow, 4, std::uint32_t(list));
        board.setFormat(HdaBoard::PlayStream, Stereo48);
        board.run(HdaBoard::PlayStream, 1);
        board.clock.advance(50ms);
        QVERIFY(board.read(registers + StreamStatus, 1) & StreamDescriptorError);
        QCOMPARE(board.read(registers + StreamControl) & StreamRun, 0u);
        QVERIFY(!board.clock.isAnyTimerArmed());
    }

    void buffersOutsideMemoryAreSilence()
    {
        HdaBoard board;
        board.bringUp();
        playOn(board, 1);
        board.layOut(HdaBoard::PlayStream, 2, 0x1000);
        const std::uint64_t list = HdaBoard::List + 0x1000 * HdaBoard::PlayStream;
        storeLe(board.ram.at(list), std::uint64_t(0x4000'0000));
        board.setFormat(HdaBoard::PlayStream, Stereo48);
        board.run(HdaBoard::PlayStream, 1);
        board.clock.advance(10ms);
        QCOMPARE(board.sound->played, std::vector<std::int16_t>(2 * 480));
        QVERIFY(board.read(HdaBoard::streamAt(HdaBoard::PlayStream) + StreamControl) & StreamRun);
    }

    void aSavedMachinePlaysOn()
    {
        HdaBoard board;
        board.bringUp();
        playOn(board, 5);
        board.layOut(HdaBoard::PlayStream, 4, 0x1000);
        fillWithRamp(board, HdaBoard::PlayStream, 4096);
        board.setFormat(HdaBoard::PlayStream, Stereo48);
        board.run(HdaBoard::PlayStream, 5);
        board.clock.advance(100ms);
        const std::vector<std::uint8_t> saved = tests::savedBytes(board.hda);
        {
            const std::lock_guard lock(board.hda.lock());
            board.hda.setRunning(false);
        }

        HdaBoard other;
        fillWithRamp(other, HdaBoard::PlayStream, 4096);
        std::copy_n(board.ram.at(0), HdaBoard::RamBytes, other.ram.at(0));
        other.clock.advance(100ms);
        {
            const std::lock_guard lock(other.hda.lock());
            other.hda.setRunning(false);
        }
        QVERIFY(tests::loadBytes(other.hda, saved));
        {
            const std::lock_guard lock(other.hda.lock());
            other.hda.setRunning(true);
        }
        other.clock.advance(100ms);
        QCOMPARE(other.sound->played.size(), std::size_t(2 * 4800));
        QCOMPARE(other.sound->played[0], std::int16_t(4800 % 4096 + 1));
    }
};

QTEST_GUILESS_MAIN(TestHdaController)
#include "tst_hda_controller.moc"
