// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/ich9_lpc.h"
#include "tests/support/chipset_boards.h"
#include "tests/support/device_conformance.h"
#include "tests/support/test_main.h"

using namespace engine;

namespace {

struct Rig
{
    tests::Q35Board board;
    Device &device() { return board.bridge; }
    std::vector<tests::Region> regions() const
    {
        return {{Ich9Lpc::ChipsetRegion, Ich9Lpc::ChipsetBytes}};
    }
    void disturb()
    {
        board.configWrite(31, 0, 0x60, 4, 0x0b0b0a0a);
        board.configWrite(31, 0, 0x40, 4, 0x600);
        board.configWrite(31, 0, 0x44, 1, 0x80);
        board.configWrite(31, 0, 0xf0, 4, 0xfed1c001);
    }
};

} // namespace

class TestIch9Lpc : public QObject
{
    Q_OBJECT
private slots:
    void conforms()
    {
        QVERIFY(tests::conforms([] { return std::make_unique<Rig>(); }));
    }

    void guestsRecognizeIt()
    {
        tests::Q35Board board;
        QCOMPARE(board.configRead(31, 0, 0, 4), 0x29188086u);
        QCOMPARE(board.configRead(31, 0, 8, 4), 0x06010002u);
        QCOMPARE(board.configRead(31, 0, 0x0e, 1), 0x80u);
    }

    void pirqRegistersRouteTheSlots_data()
    {
        QTest::addColumn<unsigned>("slot");
        QTest::addColumn<unsigned>("configRegister");
        QTest::addColumn<unsigned>("gsi");
        QTest::newRow("slot 1: PIRQF#") << 1u << 0x69u << 21u;
        QTest::newRow("slot 4: PIRQE#") << 4u << 0x68u << 20u;
        QTest::newRow("slot 31: PIRQA#") << 31u << 0x60u << 16u;
    }
    void pirqRegistersRouteTheSlots()
    {
        QFETCH(unsigned, slot);
        QFETCH(unsigned, configRegister);
        QFETCH(unsigned, gsi);
        tests::Q35Board board;
        board.router.pciPin(slot, 1).set(true);
        QCOMPARE(board.irqChip.levels.to_ulong(), 1ul << gsi);
        board.configWrite(31, 0, configRegister, 1, 10);
        QCOMPARE(board.irqChip.levels.to_ulong(), 1ul << gsi | 1ul << 10);
        board.configWrite(31, 0, configRegister, 1, 0x8a);
        QCOMPARE(board.irqChip.levels.to_ulong(), 1ul << gsi);
    }

    void thePowerBlockFollowsItsRegisters()
    {
        tests::Q35Board board;
        board.configWrite(31, 0, 0x40, 4, 0x600);
        QCOMPARE(board.configRead(31, 0, 0x40, 4), 0x601u);
        QCOMPARE(board.ports.read(0x604, 2), std::uint64_t(0xffff));
        board.configWrite(31, 0, 0x44, 1, 0x80);
        QCOMPARE(board.ports.read(0x604, 2), std::uint64_t(0));
        QCOMPARE(board.ports.read(0x67f, 1), std::uint64_t(0));
        QCOMPARE(board.ports.read(0x680, 1), std::uint64_t(0xff)); // 128 ports
        board.configWrite(31, 0, 0x40, 4, 0xb000);
        QCOMPARE(board.ports.read(0x604, 2), std::uint64_t(0xffff));
        QCOMPARE(board.ports.read(0xb004, 2), std::uint64_t(0));
        board.configWrite(31, 0, 0x44, 1, 0);
        QCOMPARE(board.ports.read(0xb004, 2), std::uint64_t(0xffff));
    }

    void chipsetRegistersAreWhereTheirBaseSays()
    {
        tests::Q35Board board;
        QCOMPARE(board.memory.read(0xfed1f140, 2), std::uint64_t(0xffff));
        board.configWrite(31, 0, 0xf0, 4, 0xfed1c001);
        QCOMPARE(board.memory.read(0xfed1f140, 2), std::uint64_t(0x3210)); // D31IR
        QCOMPARE(board.memory.read(0xfed1f410, 4) & 0x20, std::uint64_t(0x20)); // NO_REBOOT
        QCOMPARE(board.memory.read(0xfed1f40e, 4), std::uint64_t(0x200000)); // across registers
        board.memory.write(0xfed1f140, 2, 0);
        QCOMPARE(board.memory.read(0xfed1f140, 2), std::uint64_t(0x3210));
        board.configWrite(31, 0, 0xf0, 4, 0xfed20001);
        QCOMPARE(board.memory.read(0xfed23140, 2), std::uint64_t(0x3210));
        QCOMPARE(board.memory.read(0xfed1f140, 2), std::uint64_t(0xffff));
    }

    void everythingComesBackWithASavedState()
    {
        Rig saved;
        saved.disturb();
        tests::Q35Board loaded;
        QVERIFY(tests::loadBytes(loaded.bridge, tests::savedBytes(saved.board.bridge)));
        QCOMPARE(loaded.ports.read(0x604, 2), std::uint64_t(0));
        QCOMPARE(loaded.memory.read(0xfed1f140, 2), std::uint64_t(0x3210));
        loaded.router.pciPin(31, 1).set(true);
        QVERIFY(loaded.irqChip.level(10));
        loaded.resetAll();
        QCOMPARE(loaded.ports.read(0x604, 2), std::uint64_t(0xffff));
        QCOMPARE(loaded.memory.read(0xfed1f140, 2), std::uint64_t(0xffff));
    }
};

QTEST_GUILESS_MAIN(TestIch9Lpc)
#include "tst_ich9_lpc.moc"
