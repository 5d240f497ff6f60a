// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/bus/bus.h"
#include "engine/devices/rtc_mc146818.h"
#include "tests/support/board_fakes.h"
#include "tests/support/device_conformance.h"

using namespace engine;
using namespace std::chrono_literals;

namespace {

// 2026-11-21 22:41:09 UTC, a Saturday.
constexpr std::chrono::seconds Start{1795300869};

struct Rig
{
    explicit Rig(const CmosPresets &presets = {})
        : rtc(irq, startedClock(), presets)
    {
        bus.add({.base = 0x70, .size = 2, .device = &rtc});
    }

    GuestClock &startedClock()
    {
        clock.setWallTime(Start);
        return clock;
    }

    int get(int index)
    {
        bus.write(0x70, 1, std::uint64_t(index));
        return int(bus.read(0x71, 1));
    }
    void set(int index, int value)
    {
        bus.write(0x70, 1, std::uint64_t(index));
        bus.write(0x71, 1, std::uint64_t(value));
    }
    // "2026-11-21 22:41:09 7", the registers as they are, in hexadecimal.
    QString shown()
    {
        return QString::asprintf("%02x%02x-%02x-%02x %02x:%02x:%02x %x", get(0x32), get(9), get(8),
                                 get(7), get(4), get(2), get(0), get(6));
    }

    // For the conformance test.
    Device &device() { return rtc; }
    std::vector<tests::Region> regions() { return {{0, 2}}; }
    void disturb()
    {
        set(0x0a, 0x2b);
        set(0x0b, 0x7a);
        set(0x40, 0x55);
        set(0x09, 0x30);
    }
    void removeBattery()
    {
        const std::lock_guard lock(rtc.lock());
        rtc.removeBattery();
    }

    tests::ManualClock clock;
    tests::RecordingIrq irq;
    RtcMc146818 rtc;
    Bus bus;
};

} // namespace

class TestRtcMc146818 : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(".*")); }

    void conforms()
    {
        QVERIFY(tests::conforms([] { return std::make_unique<Rig>(); }));
    }

    void theTimeIsTheHostsInEveryForm_data()
    {
        QTest::addColumn<int>("registerB");
        QTest::addColumn<int>("offset");
        QTest::addColumn<QString>("shown");
        QTest::newRow("BCD, 24 h") << 0x02 << 0 << "2026-11-21 22:41:09 7";
        QTest::newRow("binary, 24 h") << 0x06 << 0 << "141a-0b-15 16:29:09 7";
        QTest::newRow("BCD, 12 h") << 0x00 << 0 << "2026-11-21 90:41:09 7";
        QTest::newRow("BCD, 12 h, morning") << 0x00 << -12 * 3600 << "2026-11-21 10:41:09 7";
        QTest::newRow("BCD, 12 h, noon") << 0x00 << -10 * 3600 << "2026-11-21 92:41:09 7";
        QTest::newRow("BCD, 12 h, midnight") << 0x00 << 2 * 3600 << "2026-11-22 12:41:09 1";
        QTest::newRow("a century earlier") << 0x02 << -1000000000 << "1995-03-15 20:54:29 4";
    }
    void theTimeIsTheHostsInEveryForm()
    {
        QFETCH(int, registerB);
        QFETCH(int, offset);
        Rig rig(CmosPresets{.clockOffsetSeconds = offset});
        rig.set(0x0b, registerB);
        QTEST(rig.shown(), "shown");
    }

    void theGuestSetsTheClock()
    {
        Rig rig;
        rig.set(0x0b, 0x82);
        rig.set(0x32, 0x19);
        rig.set(9, 0x99);
        rig.set(8, 0x12);
        rig.set(7, 0x31);
        rig.set(4, 0x23);
        rig.set(2, 0x59);
        rig.set(0, 0x58);
        rig.clock.advance(10s); // stands still meanwhile
        QCOMPARE(rig.get(0), 0x58);
        rig.set(0x0b, 0x02);
        QCOMPARE(rig.shown(), "1999-12-31 23:59:58 6");
        rig.clock.advance(2s);
        QCOMPARE(rig.shown(), "2000-01-01 00:00:00 7");
        tests::resetDevice(rig.rtc);
        QCOMPARE(rig.shown(), "2000-01-01 00:00:00 7");
    }

    void aDateThatDoesNotExistRunsOver()
    {
        Rig rig;
        rig.set(0x0b, 0x82);
        rig.set(8, 0x02);
        rig.set(7, 0x30);
        rig.set(0x0b, 0x02);
        QCOMPARE(rig.shown(), "2026-03-02 22:41:09 2");
    }

    void afterADividerResetTheFirstUpdateComesInHalfASecond()
    {
        Rig rig;
        rig.clock.advance(900ms);
        rig.set(0x0a, 0x76); // as Linux does it
        rig.set(0, 0x30);
        rig.set(0x0a, 0x26);
        rig.clock.advance(499ms);
        QCOMPARE(rig.get(0), 0x30);
        rig.clock.advance(1ms);
        QCOMPARE(rig.get(0), 0x31);
    }

    void anUpdateIsAnnounced()
    {
        Rig rig;
        QCOMPARE(rig.get(0x0a), 0x26);
        rig.clock.advance(999'755us);
        QCOMPARE(rig.get(0x0a), 0x26);
        rig.clock.advance(1us);
        QCOMPARE(rig.get(0x0a), 0xa6);
        rig.clock.advance(244us);
        QCOMPARE(rig.get(0x0a), 0x26);
        rig.set(0x0b, 0x82);
        rig.clock.advance(999'900us);
        QCOMPARE(rig.get(0x0a), 0x26);
    }

    void flagsCanBePolledWithoutATimer()
    {
        Rig rig;
        QCOMPARE(rig.get(0x0c), 0);
        rig.set(3, 0x41); // alarm at 22:41:11
        rig.set(5, 0x22);
        rig.set(1, 0x11);
        rig.clock.advance(1s);
        QCOMPARE(rig.get(0x0c), 0x50); // periodic and update
        rig.clock.advance(1s);
        QCOMPARE(rig.get(0x0c), 0x70);
        QCOMPARE(rig.get(0x0c), 0);
        QCOMPARE(rig.irq.risingEdges, 0);
        rig.clock.advance(48h); // one may look rarely
        QCOMPARE(rig.get(0x0c), 0x70);
    }

    void updateInterruptsComeWithEachSecond()
    {
        Rig rig;
        rig.clock.advance(300ms);
        rig.set(0x0b, 0x12);
        rig.clock.advance(699ms);
        QCOMPARE(rig.irq.level, false);
        rig.clock.advance(1ms);
        QCOMPARE(rig.irq.level, true);
        QCOMPARE(rig.get(0x0c) & 0x90, 0x90);
        QCOMPARE(rig.irq.level, false);
        for (int i = 0; i < 5; ++i) {
            rig.clock.advance(1s);
            rig.get(0x0c);
        }
        QCOMPARE(rig.irq.risingEdges, 6);
        rig.set(0x0b, 0x82 | 0x10);
        QCOMPARE(rig.get(0x0b), 0x82); // DS: SET clears UIE
    }

    void anAlarmComesAtItsTime_data()
    {
        QTest::addColumn<int>("hour");
        QTest::addColumn<int>("minute");
        QTest::addColumn<int>("second");
        QTest::addColumn<int>("after"); // in seconds from 22:41:09; -1: never
        QTest::newRow("soon") << 0x22 << 0x41 << 0x10 << 1;
        QTest::newRow("a full day") << 0x22 << 0x41 << 0x09 << 86400;
        QTest::newRow("tomorrow") << 0x01 << 0x00 << 0x00 << 8331;
        QTest::newRow("each second") << 0xff << 0xff << 0xff << 1;
        QTest::newRow("each minute") << 0xc0 << 0xc0 << 0x00 << 51;
        QTest::newRow("each hour") << 0xff << 0x41 << 0x09 << 3600;
        QTest::newRow("no such second") << 0xff << 0xff << 0x75 << -1;
    }
    void anAlarmComesAtItsTime()
    {
        QFETCH(int, after);
        Rig rig;
        rig.set(5, value("hour"));
        rig.set(3, value("minute"));
        rig.set(1, value("second"));
        rig.set(0x0b, 0x22);
        if (after < 0) {
            rig.clock.advance(std::chrono::hours(50));
            QCOMPARE(rig.irq.risingEdges, 0);
            return;
        }
        rig.clock.advance(std::chrono::seconds(after) - 1us);
        QCOMPARE(rig.irq.risingEdges, 0);
        rig.clock.advance(1us);
        QCOMPARE(rig.irq.risingEdges, 1);
        QCOMPARE(rig.get(0x0c) & 0xa0, 0xa0);
    }

    void periodicInterruptsHaveTheRatesOfTheTable_data()
    {
        QTest::addColumn<int>("rate");
        QTest::addColumn<int>("perFourSeconds");
        QTest::newRow("none") << 0 << 0;
        QTest::newRow("256 Hz") << 1 << 1024;
        QTest::newRow("128 Hz") << 2 << 512;
        QTest::newRow("8192 Hz") << 3 << 32768;
        QTest::newRow("1024 Hz") << 6 << 4096;
        QTest::newRow("64 Hz") << 10 << 256;
        QTest::newRow("2 Hz") << 15 << 8;
    }
    void periodicInterruptsHaveTheRatesOfTheTable()
    {
        QFETCH(int, rate);
        Rig rig;
        rig.set(0x0a, 0x20 | rate);
        rig.set(0x0b, 0x42);
        for (int i = 0; i < 4 * 16384; ++i) { // a guest that answers at once
            rig.clock.advance(i % 2 == 0 ? 61035ns : 61036ns);
            if (rig.irq.level)
                rig.get(0x0c);
        }
        rig.clock.advance(4s - (rig.clock.now()));
        QTEST(rig.irq.risingEdges, "perFourSeconds");
    }

    void periodicInterruptsThatCameTooLateAreMadeUpFor()
    {
        Rig rig;
        rig.set(0x0a, 0x2a); // 64 Hz
        rig.set(0x0b, 0x42);
        rig.clock.advance(250ms); // 16 periods and no answer
        QCOMPARE(rig.irq.risingEdges, 1);
        int answers = 0;
        for (int i = 0; i < 750; ++i) {
            if (rig.irq.level) {
                rig.get(0x0c);
                ++answers;
            }
            rig.clock.advance(1ms);
        }
        QCOMPARE(answers + (rig.irq.level ? 1 : 0), 64);
    }

    void aGuestThatWasAwayIsNotFlooded()
    {
        Rig rig;
        rig.set(0x0a, 0x2a);
        rig.set(0x0b, 0x42);
        rig.clock.advance(1h);
        int answers = 0;
        for (; rig.irq.level && answers < 1000; ++answers) {
            rig.get(0x0c);
            rig.clock.advance(7813us); // half a period
        }
        QVERIFY2(answers > 64 && answers < 200, qPrintable(QString::number(answers)));
    }

    void noTimerRunsWithoutNeed()
    {
        Rig rig;
        const auto isArmed = [&] { return rig.clock.isAnyTimerArmed(); };
        QCOMPARE(isArmed(), false);
        rig.set(0x0b, 0x52);
        QCOMPARE(isArmed(), true);
        rig.clock.advance(2s);
        QCOMPARE(isArmed(), false); // pending: the guest has to look first
        rig.get(0x0c);
        QCOMPARE(isArmed(), true);
        rig.set(0x0b, 0x02);
        QCOMPARE(isArmed(), false);
    }

    void enablingWhatIsPendingInterrupts()
    {
        Rig rig;
        rig.clock.advance(1s);
        rig.set(0x0b, 0x12);
        QCOMPARE(rig.irq.level, true);
    }

    void aHostClockThatIsPutBackDoesNoHarm()
    {
        Rig rig;
        rig.set(0x0b, 0x12);
        rig.clock.setWallTime(Start - 1h);
        rig.clock.advance(2s);
        QCOMPARE(rig.irq.level, true);
        QCOMPARE(rig.shown(), "2026-11-21 21:41:11 7");
    }

    void theMemorySizesAreThere_data()
    {
        QTest::addColumn<quint64>("below");
        QTest::addColumn<quint64>("above");
        QTest::addColumn<QString>("bytes"); // 15-18, 30/31, 34/35, 5b-5d
        QTest::newRow("8 MiB") << (quint64(8) << 20) << quint64(0) << "8002001c 001c 0000 000000";
        QTest::newRow("1 GiB") << (quint64(1) << 30) << quint64(0) << "8002ffff ffff 003f 000000";
        QTest::newRow("3 and 5 GiB")
            << (quint64(3) << 30) << (quint64(5) << 30) << "8002ffff ffff 00bf 004001";
    }
    void theMemorySizesAreThere()
    {
        QFETCH(quint64, below);
        QFETCH(quint64, above);
        Rig rig({.memoryBelow4GiB = below, .memoryAbove4GiB = above});
        QString bytes;
        for (const int index :
             {0x15, 0x16, 0x17, 0x18, -1, 0x30, 0x31, -1, 0x34, 0x35, -1, 0x5b, 0x5c, 0x5d})
            bytes += index < 0 ? " " : QString::asprintf("%02x", rig.get(index));
        QTEST(bytes, "bytes");
    }

    void processorsAndBootOrderAreThere()
    {
        Rig rig(
            {.vcpus = 4, .bootOrder = {CmosBoot::Optical, CmosBoot::HardDisk, CmosBoot::Network}});
        QCOMPARE(rig.get(0x5f), 3);
        QCOMPARE(rig.get(0x3d), 0x23);
        QCOMPARE(rig.get(0x38) & 0xf0, 0x40);
        QCOMPARE(rig.get(0x0d), 0x80);
        int sum = 0;
        for (int i = 0x10; i <= 0x2d; ++i)
            sum += rig.get(i);
        QCOMPARE(rig.get(0x2e) << 8 | rig.get(0x2f), sum);
    }

    void theTopBitOfTheIndexIsNoPartOfIt()
    {
        Rig rig;
        rig.set(0x80 | 0x44, 0x5a);
        QCOMPARE(rig.get(0x44), 0x5a);
        tests::resetDevice(rig.rtc);
        QCOMPARE(rig.get(0x44), 0x5a); // the battery
    }

    void aSavedClockGoesOnWithTheHost()
    {
        Rig rig({.clockOffsetSeconds = 3600});
        rig.set(0x0b, 0x12);
        const std::vector<std::uint8_t> saved = tests::savedBytes(rig.rtc);
        Rig later;
        later.clock.setWallTime(Start + 24h);
        QVERIFY(tests::loadBytes(later.rtc, saved));
        QCOMPARE(later.shown(), "2026-11-22 23:41:09 1");
        later.clock.advance(1s);
        QCOMPARE(later.irq.level, true);
    }

private:
    static int value(const char *column)
    {
        return *static_cast<int *>(QTest::qData(column, qMetaTypeId<int>()));
    }
};

QTEST_GUILESS_MAIN(TestRtcMc146818)
#include "tst_rtc_mc146818.moc"
