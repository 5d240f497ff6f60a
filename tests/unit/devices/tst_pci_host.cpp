// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/pci_host.h"
#include "tests/support/chipset_boards.h"
#include "tests/support/device_conformance.h"
#include "tests/support/test_main.h"

using namespace engine;

namespace {

struct I440fxRig
{
    tests::PiixBoard board;
    Device &device() { return board.host; }
    std::vector<tests::Region> regions() const { return {}; }
    void disturb() { board.configWrite(0, 0, 0x59, 4, 0x33333330); }
};

struct Q35Rig
{
    tests::Q35Board board;
    Device &device() { return board.host; }
    std::vector<tests::Region> regions() const { return {}; }
    void disturb() { board.configWrite(0, 0, 0x60, 4, 0xb0000001); }
};

std::vector<Bus::Range> ecam(const tests::Q35Board &board)
{
    return board.memory.ranges();
}

} // namespace

class TestPciHost : public QObject
{
    Q_OBJECT
private slots:
    void conforms()
    {
        QVERIFY(tests::conforms([] { return std::make_unique<I440fxRig>(); }));
        QVERIFY(tests::conforms([] { return std::make_unique<Q35Rig>(); }));
    }

    void firmwareRecognizesTheBoards()
    {
        tests::PiixBoard piix;
        QCOMPARE(piix.configRead(0, 0, 0, 4), 0x12378086u);
        QCOMPARE(piix.configRead(0, 0, 8, 4), 0x06000002u);
        QCOMPARE(piix.configRead(0, 0, 0x2c, 4), 0x11001af4u);
        tests::Q35Board q35;
        QCOMPARE(q35.configRead(0, 0, 0, 4), 0x29c08086u);
        QCOMPARE(q35.configRead(0, 0, 8, 4), 0x06000000u);
        QCOMPARE(q35.configRead(0, 0, 0x2c, 4), 0x11001af4u);
    }

    void shadowRegistersKeepWhatIsWritten()
    {
        tests::PiixBoard piix;
        tests::Q35Board q35;
        QCOMPARE(piix.configRead(0, 0, 0x59, 1), 0u);
        for (unsigned i = 0; i < 7; ++i) {
            piix.configWrite(0, 0, 0x59 + i, 1, 0x30 + i);
            q35.configWrite(0, 0, 0x90 + i, 1, 0x30 + i);
        }
        for (unsigned i = 0; i < 7; ++i) {
            QCOMPARE(piix.configRead(0, 0, 0x59 + i, 1), 0x30 + i);
            QCOMPARE(q35.configRead(0, 0, 0x90 + i, 1), 0x30 + i);
        }
    }

    void theMemoryWindowFollowsItsRegister_data()
    {
        QTest::addColumn<quint64>("value");
        QTest::addColumn<quint64>("base");
        QTest::addColumn<quint64>("size"); // 0: none
        QTest::newRow("off") << quint64(0xb0000000) << quint64(0) << quint64(0);
        QTest::newRow("256 MiB") << quint64(0xb0000001) << quint64(0xb0000000)
                                 << quint64(256 << 20);
        QTest::newRow("128 MiB") << quint64(0xb8000003) << quint64(0xb8000000)
                                 << quint64(128 << 20);
        QTest::newRow("64 MiB") << quint64(0xbc000005) << quint64(0xbc000000) << quint64(64 << 20);
        QTest::newRow("bits below the size")
            << quint64(0xbc000001) << quint64(0xb0000000) << quint64(256 << 20);
        QTest::newRow("above 4 GiB")
            << quint64(0xff0000001) << quint64(0xff0000000) << quint64(256 << 20);
        QTest::newRow("reserved length") << quint64(0xb0000007) << quint64(0) << quint64(0);
    }
    void theMemoryWindowFollowsItsRegister()
    {
        QFETCH(quint64, value);
        QFETCH(quint64, base);
        QFETCH(quint64, size);
        tests::Q35Board board;
        QVERIFY(ecam(board).empty());
        board.configWrite(0, 0, 0x60, 4, 0); // OVMF's order
        board.configWrite(0, 0, 0x64, 4, std::uint32_t(value >> 32));
        board.configWrite(0, 0, 0x60, 4, std::uint32_t(value));
        const auto ranges = ecam(board);
        QCOMPARE(ranges.size(), std::size_t(size ? 1 : 0));
        if (size) {
            QCOMPARE(quint64(ranges[0].base), base);
            QCOMPARE(quint64(ranges[0].size), size);
        }
        QCOMPARE(quint64(board.access.ecamBase()), base);
    }

    void theMemoryWindowMovesByItsOwnAccess()
    {
        tests::Q35Board board;
        board.configWrite(0, 0, 0x60, 4, 0xb0000001);
        board.memory.write(0xb0000060, 4, 0xc0000001);
        QCOMPARE(board.memory.read(0xb0000000, 4), std::uint64_t(0xffffffff));
        QCOMPARE(board.memory.read(0xc0000000, 4), std::uint64_t(0x29c08086));
        board.resetAll();
        QVERIFY(ecam(board).empty());
    }

    void theMemoryWindowComesBackWithASavedState()
    {
        tests::Q35Board saved;
        saved.configWrite(0, 0, 0x60, 4, 0xb0000001);
        tests::Q35Board loaded;
        QVERIFY(tests::loadBytes(loaded.host, tests::savedBytes(saved.host)));
        QCOMPARE(loaded.memory.read(0xb0000000, 4), std::uint64_t(0x29c08086));
    }
};

QTEST_GUILESS_MAIN(TestPciHost)
#include "tst_pci_host.moc"
