// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/irq_router.h"
#include "tests/support/chipset_boards.h"
#include "tests/support/device_conformance.h"
#include "tests/support/test_main.h"

#include <thread>

using namespace engine;

namespace {

struct Rig
{
    tests::RecordingIrqChip chip;
    IrqRouter router{IrqRouter::Wiring::Ich9, chip};
    IrqLine &isa = router.isaLine(4);
    IrqLine &card = router.pciPin(1, 1);
    Device &device() { return router; }
    std::vector<tests::Region> regions() const { return {}; }
    void disturb()
    {
        isa.set(true);
        card.set(true);
    }
};

} // namespace

class TestIrqRouter : public QObject
{
    Q_OBJECT
private slots:
    void conforms()
    {
        QVERIFY(tests::conforms([] { return std::make_unique<Rig>(); }));
    }

    void anIsaInterruptIsItsGsi()
    {
        Rig rig;
        rig.isa.set(true);
        QCOMPARE(rig.chip.levels.to_ulong(), 1ul << 4);
        rig.isa.set(false);
        QVERIFY(rig.chip.levels.none());
    }

    void aLevelItHasTellsTheChipNothing()
    {
        Rig rig;
        rig.isa.set(false);
        QCOMPARE(rig.chip.calls, 0);
        rig.isa.set(true);
        rig.isa.set(true);
        QCOMPARE(rig.chip.calls, 1);
        rig.isa.pulse();
        QCOMPARE(rig.chip.calls, 2); // it was up already
    }

    // Its own state, which the machine loads last, may be of another moment than the pins'.
    void aLoadedChipGetsItsEdgesAnew()
    {
        Rig saved;
        saved.isa.set(true);
        saved.card.set(true);
        StateArchive archive;
        serializeDevice(archive, saved.router);
        Rig loaded;
        StateArchive again(archive.take());
        serializeDevice(again, loaded.router);
        QVERIFY(again.result());
        const auto levels = loaded.chip.levels;
        QVERIFY(levels.test(4));
        loaded.chip.levels.reset();
        loaded.chip.levels.set(7); // what the pins do not say
        loaded.router.setRunning(true);
        QCOMPARE(loaded.chip.levels, levels);
        const int calls = loaded.chip.calls;
        QCOMPARE(loaded.chip.edges.count(4), std::size_t(2)); // when loaded, and when running
        loaded.router.setRunning(false);
        loaded.router.setRunning(true);
        QCOMPARE(loaded.chip.calls, calls);
    }

    void sharedInputsStayUpUntilTheLastLetsGo()
    {
        tests::RecordingIrqChip chip;
        IrqRouter router(IrqRouter::Wiring::Piix, chip);
        router.setRoute(0, pci::SciIrq);
        IrqLine &sci = router.isaLine(pci::SciIrq);
        IrqLine &first = router.pciPin(1, 1); // PIRQA#
        IrqLine &second = router.pciPin(5, 1); // PIRQA# again
        sci.set(true);
        first.set(true);
        second.set(true);
        first.set(false);
        sci.set(false);
        QVERIFY(chip.level(9));
        QCOMPARE(chip.calls, 1);
        second.set(false);
        QVERIFY(!chip.level(9));
    }

    void aRouteThatChangesMovesTheLevel()
    {
        tests::RecordingIrqChip chip;
        IrqRouter router(IrqRouter::Wiring::Piix, chip);
        router.pciPin(3, 1).set(true); // PIRQC#
        router.setRoute(2, 10);
        QCOMPARE(chip.levels.to_ulong(), 1ul << 10);
        router.setRoute(2, 5);
        QCOMPARE(chip.levels.to_ulong(), 1ul << 5);
        router.setRoute(2, 0x85); // off
        QVERIFY(chip.levels.none());
        router.setRoute(2, 8); // reserved: the RTC's
        QVERIFY(chip.levels.none());
    }

    void loadingRestoresTheLevels()
    {
        Rig saved;
        saved.disturb();
        Rig loaded;
        QVERIFY(tests::loadBytes(loaded.router, tests::savedBytes(saved.router)));
        QCOMPARE(loaded.chip.levels.to_ulong(), 1ul << 4 | 1ul << 21);
        loaded.card.set(false);
        QCOMPARE(loaded.chip.levels.to_ulong(), 1ul << 4);
    }

    // Two devices on two threads, whose interrupts share an input: the chip hears every change in
    // its order, so the last it heard is true.
    void threadsShareAnInput()
    {
        tests::RecordingIrqChip chip;
        IrqRouter router(IrqRouter::Wiring::Ich9, chip);
        IrqLine &sci = router.isaLine(pci::SciIrq);
        IrqLine &card = router.pciPin(31, 1); // PIRQA#
        const auto toggle = [](IrqLine &line) {
            for (int i = 0; i < 10000; ++i)
                line.set(i % 2 == 0);
        };
        std::thread first([&] { toggle(sci); });
        std::thread second([&] { toggle(card); });
        for (int i = 0; i < 1000; ++i)
            router.setRoute(0, i % 2 == 0 ? std::uint8_t(pci::SciIrq) : pci::PirqRegisterReset);
        router.setRoute(0, pci::SciIrq);
        first.join();
        second.join();
        QVERIFY(chip.levels.none());
        card.set(true);
        QCOMPARE(chip.levels.to_ulong(), 1ul << 9 | 1ul << 16);
    }

    void aBoardWithFewerPinsDoesNotLoad()
    {
        Rig saved;
        Rig loaded;
        saved.router.isaLine(5);
        QVERIFY(!tests::loadBytes(loaded.router, tests::savedBytes(saved.router)));
    }

    // Cards that are newer than the saved state are plugged in last.
    void newPinsAreLow()
    {
        Rig saved;
        Rig loaded;
        saved.card.set(true);
        IrqLine &added = loaded.router.isaLine(5);
        QVERIFY(tests::loadBytes(loaded.router, tests::savedBytes(saved.router)));
        QCOMPARE(loaded.chip.levels, saved.chip.levels);
        added.set(true);
        QVERIFY(loaded.chip.levels[5]);
    }
};

QTEST_GUILESS_MAIN(TestIrqRouter)
#include "tst_irq_router.moc"
