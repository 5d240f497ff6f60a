// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/bytes.h"
#include "engine/devices/vga_memory.h"

#include <QtTest/QTest>

#include <vector>

using namespace engine;

namespace {

constexpr std::size_t MemoryBytes = 1u << 20;

// A card of which only memory and registers are there.
struct Card
{
    Card()
        : bytes(MemoryBytes)
        , dispi(MemoryBytes)
        , memory(bytes)
    {
        registers.reset();
        registers.writePort(0x3c2, 0x63);
        setSequencer(SrMapMask, 0x0f);
        setSequencer(SrMemoryMode, 0x06); // planar
        setGraphics(GrMiscellaneous, 0x05); // graphics, 64 KiB at A0000h
        setGraphics(GrBitMask, 0xff);
    }

    void setSequencer(unsigned index, int value)
    {
        registers.writePort(0x3c4, std::uint8_t(index));
        registers.writePort(0x3c5, std::uint8_t(value));
    }
    void setGraphics(unsigned index, int value)
    {
        registers.writePort(0x3ce, std::uint8_t(index));
        registers.writePort(0x3cf, std::uint8_t(value));
    }
    VgaWindow window() const { return decodeVgaWindow(registers, dispi, MemoryBytes); }
    std::uint8_t read(std::uint32_t offset) { return memory.read(window(), registers, offset); }
    std::optional<std::uint64_t> write(std::uint32_t offset, int value)
    {
        return memory.write(window(), registers, offset, std::uint8_t(value));
    }
    // Byte n of all planes, plane 0 lowest.
    std::uint32_t planes(std::uint32_t n) { return loadLe<std::uint32_t>(&bytes[4 * n]); }
    void setPlanes(std::uint32_t n, std::uint32_t value) { storeLe(&bytes[4 * n], value); }

    std::vector<std::uint8_t> bytes;
    VgaRegisters registers;
    VgaDispi dispi;
    VgaMemory memory;
};

} // namespace

class TestVgaMemory final : public QObject
{
    Q_OBJECT
private slots:
    void writesPassTheDataPath_data();
    void writesPassTheDataPath();
    void readsChooseAPlaneOrCompareColors();
    void oddAndEvenAddressesAreTwoPlanes();
    void chain4SpreadsBytesOverThePlanes();
    void theWindowIsWhereTheRegisterSays_data();
    void theWindowIsWhereTheRegisterSays();
    void aLegacyPlaneWraps();
    void planarBanksReachLargeModes();
};

void TestVgaMemory::writesPassTheDataPath_data()
{
    // Into a byte whose planes are 3: F0h, 2: CCh, 1: AAh, 0: FFh; a read has filled the latches
    // with it.
    QTest::addColumn<QList<int>>(
        "graphics"); // set/reset, enable, rotate and function, mode, bit mask
    QTest::addColumn<int>("mapMask");
    QTest::addColumn<int>("value");
    QTest::addColumn<quint32>("result");
    const auto row = [](const char *name, QList<int> graphics, int mask, int value,
                        quint32 result) {
        QTest::newRow(name) << graphics << mask << value << result;
    };
    row("mode 0 to all", {0, 0, 0, 0, 0xff}, 15, 0x5a, 0x5a5a5a5a);
    row("mode 0 to two planes", {0, 0, 0, 0, 0xff}, 6, 0x5a, 0xf05a5aff);
    row("rotated right by 3", {0, 0, 3, 0, 0xff}, 15, 0x81, 0x30303030);
    row("with a bit mask", {0, 0, 0, 0, 0x0f}, 15, 0x55, 0xf5c5a5f5);
    row("set/reset of two planes", {5, 6, 0, 0, 0xff}, 15, 0x12, 0x12ff0012);
    row("and", {0, 0, 0x08, 0, 0xff}, 15, 0x3c, 0x300c283c);
    row("or", {0, 0, 0x10, 0, 0xff}, 15, 0x3c, 0xfcfcbeff);
    row("exclusive or", {0, 0, 0x18, 0, 0xff}, 15, 0x3c, 0xccf096c3);
    row("exclusive or with a bit mask", {0, 0, 0x18, 0, 0x0f}, 15, 0x3c, 0xfcc0a6f3);
    row("mode 1 is the latch", {0, 0, 0x18, 1, 0x01}, 15, 0x12, 0xf0ccaaff);
    row("mode 2 is a color", {0, 0, 0, 2, 0xff}, 15, 0xf9, 0xff0000ff);
    row("mode 2 with a bit mask", {0, 0, 0, 2, 0x80}, 15, 0x06, 0x70ccaa7f);
    row("mode 2 exclusive or", {0, 0, 0x18, 2, 0xff}, 15, 0x0f, 0x0f335500);
    row("mode 3 masks a color", {9, 0, 0, 3, 0xff}, 15, 0x0f, 0xffc0a0ff);
    row("mode 3 rotated and masked", {0, 0, 4, 3, 0x3c}, 15, 0xf0, 0xf0c0a2f3);
}

void TestVgaMemory::writesPassTheDataPath()
{
    QFETCH(QList<int>, graphics);
    QFETCH(int, mapMask);
    QFETCH(int, value);
    Card card;
    card.setPlanes(0x123, 0xf0ccaaff);
    card.read(0x123);
    card.setGraphics(GrSetReset, graphics[0]);
    card.setGraphics(GrEnableSetReset, graphics[1]);
    card.setGraphics(GrRotate, graphics[2]);
    card.setGraphics(GrMode, graphics[3]);
    card.setGraphics(GrBitMask, graphics[4]);
    card.setSequencer(SrMapMask, mapMask);
    QCOMPARE(card.write(0x123, value), std::optional<std::uint64_t>(0x48c));
    QTEST(quint32(card.planes(0x123)), "result");
}

void TestVgaMemory::readsChooseAPlaneOrCompareColors()
{
    Card card;
    card.setPlanes(7, 0xf0ccaaff);
    for (const auto &[plane, byte] : {std::pair{0, 0xff}, {1, 0xaa}, {2, 0xcc}, {3, 0xf0}}) {
        card.setGraphics(GrReadMap, plane);
        QCOMPARE(int(card.read(7)), byte);
    }
    card.setGraphics(GrMode, 0x08);
    card.setGraphics(GrColorCare, 0x0f);
    card.setGraphics(GrColorCompare, 0x0f);
    QCOMPARE(int(card.read(7)), 0x80); // the dot where every plane is set
    card.setGraphics(GrColorCompare, 0x0b);
    QCOMPARE(int(card.read(7)), 0x20);
    card.setGraphics(GrColorCare, 0x03);
    QCOMPARE(int(card.read(7)), 0xaa);
    card.setGraphics(GrColorCare, 0);
    QCOMPARE(int(card.read(7)), 0xff);
}

void TestVgaMemory::oddAndEvenAddressesAreTwoPlanes()
{
    Card card;
    card.setSequencer(SrMemoryMode, 0x02);
    card.setSequencer(SrMapMask, 0x03);
    card.setGraphics(GrMode, 0x10);
    card.setGraphics(GrMiscellaneous, 0x0e); // text, 32 KiB at B8000h
    card.write(0x18004, 'A');
    card.write(0x18005, 0x1f);
    QCOMPARE(card.planes(4), std::uint32_t(0x1f00 | 'A'));
    QCOMPARE(card.planes(5), std::uint32_t(0));
    QCOMPARE(int(card.read(0x18004)), int('A'));
    QCOMPARE(int(card.read(0x18005)), 0x1f);
    QCOMPARE(int(card.read(0x10004)), 0xff); // not in the window
    QVERIFY(!card.write(0x4, 1));
}

void TestVgaMemory::chain4SpreadsBytesOverThePlanes()
{
    Card card;
    card.setSequencer(SrMemoryMode, 0x0e);
    QCOMPARE(int(card.window().kind), int(VgaWindow::Kind::Plain));
    for (int i = 0; i < 8; ++i)
        card.write(std::uint32_t(0x100 + i), i + 1);
    QCOMPARE(card.planes(0x40), std::uint32_t(0x04030201));
    QCOMPARE(int(card.read(0x106)), 7);
    // With a register in the way the bytes pass the data path, at the same places.
    card.setSequencer(SrMapMask, 0x05);
    QCOMPARE(int(card.window().kind), int(VgaWindow::Kind::Chain4));
    for (int i = 0; i < 4; ++i)
        card.write(std::uint32_t(0x100 + i), 0xee);
    QCOMPARE(card.planes(0x40), std::uint32_t(0x04ee02ee));
    QCOMPARE(int(card.read(0x103)), 4);
}

void TestVgaMemory::theWindowIsWhereTheRegisterSays_data()
{
    QTest::addColumn<int>("select");
    QTest::addColumn<quint32>("start");
    QTest::addColumn<quint32>("size");
    QTest::newRow("128 KiB") << 0 << 0u << 0x20000u;
    QTest::newRow("graphics") << 1 << 0u << 0x10000u;
    QTest::newRow("monochrome text") << 2 << 0x10000u << 0x8000u;
    QTest::newRow("color text") << 3 << 0x18000u << 0x8000u;
}

void TestVgaMemory::theWindowIsWhereTheRegisterSays()
{
    QFETCH(int, select);
    QFETCH(quint32, start);
    QFETCH(quint32, size);
    Card card;
    card.setGraphics(GrMiscellaneous, select << 2 | 1);
    QCOMPARE(quint32(card.window().start), start);
    QCOMPARE(quint32(card.window().size), size);
    QVERIFY(card.write(start, 1).has_value());
    QVERIFY(card.write(start + size - 1, 1).has_value());
    QVERIFY(!card.write(start + size, 1));
    QCOMPARE(int(card.read(start + size)), 0xff);
}

void TestVgaMemory::aLegacyPlaneWraps()
{
    Card card;
    card.setGraphics(GrMiscellaneous, 0x01); // 128 KiB
    QCOMPARE(card.write(0x10001, 0x42), std::optional<std::uint64_t>(4));
    QCOMPARE(card.planes(1), std::uint32_t(0x42424242));
}

void TestVgaMemory::planarBanksReachLargeModes()
{
    Card card;
    card.dispi.write(VgaDispi::Width, 1024);
    card.dispi.write(VgaDispi::Height, 768);
    card.dispi.write(VgaDispi::Depth, 4);
    card.dispi.write(VgaDispi::Enable, 0x81);
    card.dispi.write(VgaDispi::Bank, 1);
    QCOMPARE(card.write(0x2000, 0x11), std::optional<std::uint64_t>(4u * 0x12000));
    card.dispi.write(VgaDispi::Bank, 3);
    QVERIFY(card.write(0xffff, 1).has_value()); // the last one
    QCOMPARE(card.planes(0x3ffff), std::uint32_t(0x01010101));
    card.dispi.write(VgaDispi::Bank, 4); // there are four
    QCOMPARE(card.write(0, 2), std::optional<std::uint64_t>(0));
}

QTEST_GUILESS_MAIN(TestVgaMemory)
#include "tst_vga_memory.moc"
