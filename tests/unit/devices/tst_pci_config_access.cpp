// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/pci_config_access.h"
#include "tests/support/chipset_boards.h"
#include "tests/support/device_conformance.h"
#include "tests/support/test_main.h"

using namespace engine;

namespace {

struct Rig
{
    tests::Q35Board board;
    Device &device() { return board.access; }
    // Bus 0 and the beginning of bus 1, which is as empty as all that follow.
    std::vector<tests::Region> regions() const
    {
        return {{PciConfigAccess::Ports, 8}, {PciConfigAccess::Ecam, 0x110000}};
    }
    void disturb() { board.ports.write(0xcf8, 4, 0x80000860); }
};

} // namespace

class TestPciConfigAccess : public QObject
{
    Q_OBJECT
private slots:
    void conforms()
    {
        QVERIFY(tests::conforms([] { return std::make_unique<Rig>(); }));
    }

    void theAddressPortIsADword()
    {
        tests::PiixBoard board;
        board.ports.write(0xcf8, 4, 0xffffffff);
        QCOMPARE(board.ports.read(0xcf8, 4), std::uint64_t(0x80fffffc));
        board.ports.write(0xcf8, 4, 0x80000000);
        QCOMPARE(board.ports.read(0xcf8, 4), std::uint64_t(0x80000000)); // Linux probes so
        QCOMPARE(board.ports.read(0xcf8, 2), std::uint64_t(0xffff));
        board.ports.write(0xcf8, 1, 0x12);
        QCOMPARE(board.ports.read(0xcf8, 4), std::uint64_t(0x80000000));
    }

    void theDataPortsTakeEverySizeAndOffset_data()
    {
        QTest::addColumn<unsigned>("offset");
        QTest::addColumn<unsigned>("size");
        QTest::addColumn<unsigned>("answer");
        QTest::newRow("dword") << 0u << 4u << 0x12378086u;
        QTest::newRow("low word") << 0u << 2u << 0x8086u;
        QTest::newRow("middle word") << 1u << 2u << 0x3780u;
        QTest::newRow("high word") << 2u << 2u << 0x1237u;
        QTest::newRow("byte 0") << 0u << 1u << 0x86u;
        QTest::newRow("byte 1") << 1u << 1u << 0x80u;
        QTest::newRow("byte 2") << 2u << 1u << 0x37u;
        QTest::newRow("byte 3") << 3u << 1u << 0x12u;
    }
    void theDataPortsTakeEverySizeAndOffset()
    {
        QFETCH(unsigned, offset);
        QFETCH(unsigned, size);
        tests::PiixBoard board;
        board.ports.write(0xcf8, 4, 0x80000000);
        QTEST(unsigned(board.ports.read(0xcfc + offset, size)), "answer");
    }

    void writesReachTheRegister()
    {
        tests::PiixBoard board;
        board.configWrite(0, 0, 0x59, 1, 0x30);
        board.configWrite(0, 0, 0x5a, 2, 0x3333);
        QCOMPARE(board.configRead(0, 0, 0x58, 4), 0x33333000u);
    }

    void withoutTheEnableBitNothingAnswers()
    {
        tests::PiixBoard board;
        board.ports.write(0xcf8, 4, 0);
        QCOMPARE(board.ports.read(0xcfc, 4), std::uint64_t(0xffffffff));
    }

    void theResetPortWithinIsAnothersDevice()
    {
        tests::PiixBoard board;
        board.ports.write(0xcf8, 4, 0x80000000);
        board.ports.write(0xcf9, 1, 0x02);
        QCOMPARE(board.ports.read(0xcf9, 1), std::uint64_t(2));
        QCOMPARE(board.ports.read(0xcf8, 4), std::uint64_t(0x80000000));
        board.ports.write(0xcf9, 1, 0x06);
        QCOMPARE(board.resets, 1);
    }

    void theMemoryWindowReachesEveryFunction()
    {
        tests::Q35Board board;
        board.configWrite(0, 0, 0x60, 4, 0xb0000001);
        const std::uint64_t lpc = 0xb0000000 + (31u << 15);
        QCOMPARE(board.memory.read(0xb0000000, 4), std::uint64_t(0x29c08086));
        QCOMPARE(board.memory.read(lpc, 2), std::uint64_t(0x8086));
        board.memory.write(lpc + 0x61, 1, 0x0a);
        QCOMPARE(board.memory.read(lpc + 0x60, 4), std::uint64_t(0x80800a80));
        QCOMPARE(board.memory.read(lpc, 8), std::uint64_t(0x0007'2918'8086) | 0x0200ull << 48);
        QCOMPARE(board.memory.read(lpc + 0x100, 4), std::uint64_t(0)); // extended space
        QCOMPARE(board.memory.read(0xb0000000 + (1u << 15), 4), std::uint64_t(0xffffffff));
        QCOMPARE(board.memory.read(0xb0100000, 4), std::uint64_t(0xffffffff)); // bus 1
    }
};

QTEST_GUILESS_MAIN(TestPciConfigAccess)
#include "tst_pci_config_access.moc"
