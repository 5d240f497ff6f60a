// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/piix.h"
#include "tests/support/chipset_boards.h"
#include "tests/support/device_conformance.h"
#include "tests/support/test_main.h"

using namespace engine;

namespace {

struct BridgeRig
{
    tests::PiixBoard board;
    Device &device() { return board.bridge; }
    std::vector<tests::Region> regions() const { return {}; }
    void disturb() { board.configWrite(1, 0, 0x60, 4, 0x0b0b0a0a); }
};

struct PowerRig
{
    tests::PiixBoard board;
    Device &device() { return board.powerFunction; }
    std::vector<tests::Region> regions() const { return {}; }
    void disturb()
    {
        board.configWrite(1, 3, 0x40, 4, 0x601);
        board.configWrite(1, 3, 0x80, 1, 1);
    }
};

} // namespace

class TestPiix : public QObject
{
    Q_OBJECT
private slots:
    void conforms()
    {
        QVERIFY(tests::conforms([] { return std::make_unique<BridgeRig>(); }));
        QVERIFY(tests::conforms([] { return std::make_unique<PowerRig>(); }));
    }

    void guestsRecognizeTheFunctions()
    {
        tests::PiixBoard board;
        QCOMPARE(board.configRead(1, 0, 0, 4), 0x70008086u);
        QCOMPARE(board.configRead(1, 0, 8, 4) >> 8, 0x060100u);
        QCOMPARE(board.configRead(1, 0, 0x0e, 1), 0x80u);
        QCOMPARE(board.configRead(1, 3, 0, 4), 0x71138086u);
        QCOMPARE(board.configRead(1, 3, 8, 4) >> 8, 0x068000u);
        QCOMPARE(board.configRead(1, 3, 0x3c, 2), 0x0109u);
    }

    void pirqRegistersRouteTheSlots()
    {
        tests::PiixBoard board;
        IrqLine &pin = board.router.pciPin(2, 1); // PIRQB#
        pin.set(true);
        QVERIFY(board.irqChip.levels.none());
        board.configWrite(1, 0, 0x61, 1, 11);
        QVERIFY(board.irqChip.level(11));
        board.configWrite(1, 0, 0x60, 4, 0x8a0a8a0a); // PIRQB# off, others elsewhere
        QVERIFY(board.irqChip.levels.none());
        board.configWrite(1, 0, 0x60, 4, 0xffffffff);
        QCOMPARE(board.configRead(1, 0, 0x60, 4), 0x8f8f8f8fu);
    }

    void routesComeBackWithASavedState()
    {
        tests::PiixBoard saved;
        saved.configWrite(1, 0, 0x61, 1, 11);
        tests::PiixBoard loaded;
        loaded.router.pciPin(2, 1).set(true);
        QVERIFY(tests::loadBytes(loaded.bridge, tests::savedBytes(saved.bridge)));
        QVERIFY(loaded.irqChip.level(11));
        loaded.resetAll();
        loaded.router.pciPin(2, 1).set(true);
        QVERIFY(!loaded.irqChip.level(11));
    }

    void thePowerBlockFollowsItsRegisters()
    {
        tests::PiixBoard board;
        board.configWrite(1, 3, 0x40, 4, 0xb000);
        QCOMPARE(board.configRead(1, 3, 0x40, 4), 0xb001u);
        QCOMPARE(board.ports.read(0xb004, 2), std::uint64_t(0xffff));
        board.configWrite(1, 3, 0x80, 1, 1);
        QCOMPARE(board.ports.read(0xb004, 2), std::uint64_t(0));
        board.configWrite(1, 3, 0x40, 4, 0x63f);
        QCOMPARE(board.ports.read(0xb004, 2), std::uint64_t(0xffff));
        QCOMPARE(board.ports.read(0x604, 2), std::uint64_t(0));
        QCOMPARE(board.ports.read(0x640, 2), std::uint64_t(0xffff)); // 64 ports
        tests::PiixBoard loaded;
        QVERIFY(tests::loadBytes(loaded.powerFunction, tests::savedBytes(board.powerFunction)));
        QCOMPARE(loaded.ports.read(0x604, 2), std::uint64_t(0));
        loaded.resetAll();
        QCOMPARE(loaded.ports.read(0x604, 2), std::uint64_t(0xffff));
    }

    void firmwareFindsSmisSetUp()
    {
        tests::PiixBoard board;
        QCOMPARE(board.configRead(1, 3, 0x58, 4), 1u << 25);
    }
};

QTEST_GUILESS_MAIN(TestPiix)
#include "tst_piix.moc"
