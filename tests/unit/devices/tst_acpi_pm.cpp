// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/acpi_pm.h"
#include "tests/support/board_fakes.h"
#include "tests/support/device_conformance.h"
#include "tests/support/test_main.h"

using namespace engine;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t Base = 0x600;
constexpr std::uint64_t Status = Base;
constexpr std::uint64_t Enable = Base + 2;
constexpr std::uint64_t Control = Base + 4;
constexpr std::uint64_t PmTimer = Base + 8;
constexpr std::uint64_t PowerButton = 0x100;

struct Rig
{
    Bus ports;
    tests::ManualClock clock;
    tests::RecordingIrq sci;
    int powerOffs = 0;
    AcpiPm::Kind kind;
    AcpiPm chip;

    explicit Rig(AcpiPm::Kind boardKind = AcpiPm::Kind::Piix4)
        : kind(boardKind)
        , chip(kind, clock, sci, [this] { ++powerOffs; })
    {
        chip.attach(ports);
        chip.place(ports, std::uint16_t(Base));
        tests::resetDevice(chip);
    }
    Device &device() { return chip; }
    std::vector<tests::Region> regions() const
    {
        std::vector<tests::Region> all = {{AcpiPm::Block, AcpiPm::blockBytes(kind)},
                                          {AcpiPm::Apm, 2}};
        if (kind == AcpiPm::Kind::Piix4)
            all.push_back({AcpiPm::Gpe, AcpiPm::PiixGpeBytes});
        return all;
    }
    void disturb()
    {
        ports.write(0xb2, 2, 0x3300u | AcpiPm::enableValue(kind));
        ports.write(Enable, 2, 0x101);
        ports.write(Base + 0x60, 4, 0xffffffff);
        clock.advance(3s);
        press();
        const std::lock_guard lock(chip.lock());
        chip.raiseGpe(3);
    }
    void press()
    {
        const std::lock_guard lock(chip.lock());
        chip.pressPowerButton();
    }
};

} // namespace

Q_DECLARE_METATYPE(engine::AcpiPm::Kind)

class TestAcpiPm : public QObject
{
    Q_OBJECT
private slots:
    void conforms()
    {
        QVERIFY(tests::conforms([] { return std::make_unique<Rig>(AcpiPm::Kind::Piix4); }));
        QVERIFY(tests::conforms([] { return std::make_unique<Rig>(AcpiPm::Kind::Ich9); }));
    }

    void theTimerRunsAtItsRate()
    {
        Rig rig;
        QCOMPARE(rig.ports.read(PmTimer, 4), std::uint64_t(0));
        rig.clock.advance(1s);
        QCOMPARE(rig.ports.read(PmTimer, 4), std::uint64_t(3'579'545));
        rig.clock.advance(4s);
        QCOMPARE(rig.ports.read(PmTimer, 4), std::uint64_t(5 * 3'579'545 - 0x1000000));
        QCOMPARE(rig.ports.read(PmTimer + 1, 2),
                 std::uint64_t(((5 * 3'579'545 - 0x1000000) >> 8) & 0xffff));
        // A year later nothing has overflowed in here.
        rig.clock.advance(std::chrono::hours(24 * 365));
        const std::uint64_t ticks = std::uint64_t(24 * 365 * 3600 + 5) * 3'579'545;
        QCOMPARE(rig.ports.read(PmTimer, 4), ticks & 0xffffff);
        rig.ports.write(PmTimer, 4, 0);
        QCOMPARE(rig.ports.read(PmTimer, 4), ticks & 0xffffff);
    }

    void theHighestBitSetsTheTimersStatus()
    {
        Rig rig;
        rig.clock.advance(2343ms); // 0x800000 ticks are 2343.4 ms
        QCOMPARE(rig.ports.read(Status, 2), std::uint64_t(0));
        rig.clock.advance(1ms);
        QCOMPARE(rig.ports.read(Status, 2), std::uint64_t(1));
        rig.ports.write(Status, 2, 1);
        QCOMPARE(rig.ports.read(Status, 2), std::uint64_t(0));
        rig.clock.advance(2344ms);
        QCOMPARE(rig.ports.read(Status, 2), std::uint64_t(1));
        QVERIFY(!rig.sci.level);
    }

    void theTimerInterruptsWhenAsked()
    {
        Rig rig;
        rig.ports.write(Enable, 2, 1);
        rig.ports.write(Control, 2, 1);
        rig.clock.advance(2343ms);
        QVERIFY(!rig.sci.level);
        rig.clock.advance(1ms);
        QVERIFY(rig.sci.level);
        rig.ports.write(Status, 2, 1);
        QVERIFY(!rig.sci.level);
        rig.clock.advance(2344ms);
        QVERIFY(rig.sci.level);
        QCOMPARE(rig.sci.risingEdges, 2);
    }

    void thePowerButtonInterrupts_data()
    {
        QTest::addColumn<AcpiPm::Kind>("kind");
        QTest::newRow("PIIX4") << AcpiPm::Kind::Piix4;
        QTest::newRow("ICH9") << AcpiPm::Kind::Ich9;
    }
    void thePowerButtonInterrupts()
    {
        QFETCH(AcpiPm::Kind, kind);
        Rig rig(kind);
        rig.press();
        QCOMPARE(rig.ports.read(Status, 2), PowerButton);
        rig.ports.write(Enable, 2, PowerButton);
        QVERIFY(!rig.sci.level); // it would be an SMI
        rig.ports.write(0xb2, 1, AcpiPm::enableValue(kind));
        QCOMPARE(rig.ports.read(Control, 2), std::uint64_t(1));
        QVERIFY(rig.sci.level);
        rig.ports.write(Status + 1, 1, 1);
        QVERIFY(!rig.sci.level);
        QCOMPARE(rig.ports.read(Status, 2), std::uint64_t(0));
        rig.press();
        QVERIFY(rig.sci.level);
        rig.ports.write(0xb2, 1, AcpiPm::disableValue(kind));
        QCOMPARE(rig.ports.read(Control, 2), std::uint64_t(0));
        QVERIFY(!rig.sci.level);
    }

    void apmPortsKeepTheirValues()
    {
        Rig rig;
        rig.ports.write(0xb3, 1, 0x5a);
        rig.ports.write(0xb2, 1, 0x12);
        QCOMPARE(rig.ports.read(0xb2, 2), std::uint64_t(0x5a12));
        QCOMPARE(rig.ports.read(Control, 2), std::uint64_t(0));
    }

    void sleepingIsPowerOff_data()
    {
        QTest::addColumn<AcpiPm::Kind>("kind");
        QTest::addColumn<unsigned>("control");
        QTest::addColumn<int>("powerOffs");
        QTest::newRow("PIIX4 S5") << AcpiPm::Kind::Piix4 << 0x2001u << 1;
        QTest::newRow("PIIX4 without SLP_EN") << AcpiPm::Kind::Piix4 << 0x0001u << 0;
        QTest::newRow("PIIX4 S3") << AcpiPm::Kind::Piix4 << 0x2401u << 0;
        QTest::newRow("ICH9 S5 as in our tables") << AcpiPm::Kind::Ich9 << 0x2001u << 1;
        QTest::newRow("ICH9 S5 of the datasheet") << AcpiPm::Kind::Ich9 << 0x3c01u << 1;
        QTest::newRow("ICH9 S3") << AcpiPm::Kind::Ich9 << 0x3401u << 0;
    }
    void sleepingIsPowerOff()
    {
        QFETCH(AcpiPm::Kind, kind);
        QFETCH(unsigned, control);
        Rig rig(kind);
        rig.ports.write(Control, 2, control);
        QTEST(rig.powerOffs, "powerOffs");
        QCOMPARE(rig.ports.read(Control, 2), std::uint64_t(control & 0x1c01)); // SLP_EN reads as 0
    }

    void generalPurposeEventsInterrupt_data()
    {
        QTest::addColumn<AcpiPm::Kind>("kind");
        QTest::addColumn<unsigned>("status");
        QTest::addColumn<unsigned>("enable");
        QTest::newRow("PIIX4") << AcpiPm::Kind::Piix4 << 0xafe0u << 0xafe2u;
        QTest::newRow("ICH9") << AcpiPm::Kind::Ich9 << unsigned(Base + 0x20)
                              << unsigned(Base + 0x28);
    }
    void generalPurposeEventsInterrupt()
    {
        QFETCH(AcpiPm::Kind, kind);
        QFETCH(unsigned, status);
        QFETCH(unsigned, enable);
        Rig rig(kind);
        rig.ports.write(Control, 2, 1);
        {
            const std::lock_guard lock(rig.chip.lock());
            rig.chip.raiseGpe(9);
        }
        QCOMPARE(rig.ports.read(status, 2), std::uint64_t(0x200));
        QVERIFY(!rig.sci.level);
        rig.ports.write(enable, 2, 0x200);
        QVERIFY(rig.sci.level);
        rig.ports.write(status, 2, 0x200);
        QVERIFY(!rig.sci.level);
        QCOMPARE(rig.ports.read(enable, 2), std::uint64_t(0x200));
    }

    void firmwareFindsSmisSetUpAndTheWatchdogHalted()
    {
        Rig rig(AcpiPm::Kind::Ich9);
        QCOMPARE(rig.ports.read(Base + 0x30, 4), std::uint64_t(0x20));
        rig.ports.write(Base + 0x30, 4, 0x21);
        QCOMPARE(rig.ports.read(Base + 0x30, 4), std::uint64_t(0x21));
        rig.ports.write(Base + 0x68, 2, 0);
        QCOMPARE(rig.ports.read(Base + 0x68, 2), std::uint64_t(0x800));
    }

    void aPendingOverflowIsSaved()
    {
        Rig saved;
        saved.clock.advance(3s);
        Rig loaded; // whose clock stands elsewhere
        loaded.clock.advance(100s);
        tests::resetDevice(loaded.chip);
        QVERIFY(tests::loadBytes(loaded.chip, tests::savedBytes(saved.chip)));
        QCOMPARE(loaded.ports.read(Status, 2), std::uint64_t(1));
        loaded.ports.write(Status, 2, 1);
        QVERIFY(tests::loadBytes(saved.chip, tests::savedBytes(loaded.chip)));
        QCOMPARE(saved.ports.read(Status, 2), std::uint64_t(0));
    }

    void theBlockMovesAndGoes()
    {
        Rig rig;
        QCOMPARE(rig.chip.base(), std::uint16_t(Base));
        rig.chip.place(rig.ports, std::uint16_t(0xb000));
        QCOMPARE(rig.chip.base(), std::uint16_t(0xb000));
        QCOMPARE(rig.ports.read(Control, 2), std::uint64_t(0xffff));
        QCOMPARE(rig.ports.read(0xb004, 2), std::uint64_t(0));
        rig.chip.place(rig.ports, std::nullopt);
        QCOMPARE(rig.ports.read(0xb004, 2), std::uint64_t(0xffff));
    }
};

QTEST_GUILESS_MAIN(TestAcpiPm)
#include "tst_acpi_pm.moc"
