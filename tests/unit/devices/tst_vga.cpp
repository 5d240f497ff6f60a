// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/vga.h"
#include "tests/support/board_fakes.h"
#include "tests/support/device_conformance.h"

using namespace engine;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t MemoryBytes = 1u << 20;
constexpr std::uint32_t Bar0 = 0xc0000000;
constexpr std::uint32_t Bar2 = 0xd0000000;

struct Rig
{
    explicit Rig(std::size_t memoryBytes = MemoryBytes)
        : vga(*VideoMemory::create(memoryBytes), clock)
    {
        vga.connect({.memory = &memory, .ports = &ports, .mapper = &mapper});
        vga.mapLegacy(ports, memory);
        vga.reset();
        vga.configWrite(0x10, 4, Bar0);
        vga.configWrite(0x18, 4, Bar2);
        vga.configWrite(0x04, 2, 3);
    }

    Device &device() { return vga; }
    std::vector<tests::Region> regions()
    {
        return {{0, MemoryBytes},
                {2, 4096},
                {Vga::LegacyPorts, 0x30},
                {Vga::DispiPorts, 4},
                {Vga::Window, 0x20000}};
    }
    void disturb()
    {
        out(0x3c2, 0x67);
        outWord(0x3c4, 0x0f02);
        outWord(0x3ce, 0x0506);
        out(0x3c8, 3);
        out(0x3c9, 0x3f);
        setMode(640, 480, 8);
        memory.read(0xa0000, 1);
    }

    std::uint8_t in(std::uint64_t port) { return std::uint8_t(ports.read(port, 1)); }
    void out(std::uint64_t port, std::uint8_t value) { ports.write(port, 1, value); }
    void outWord(std::uint64_t port, std::uint16_t value) { ports.write(port, 2, value); }
    std::uint16_t dispi(std::uint16_t index)
    {
        ports.write(0x1ce, 2, index);
        return std::uint16_t(ports.read(0x1cf, 2));
    }
    void setDispi(std::uint16_t index, std::uint16_t value)
    {
        ports.write(0x1ce, 2, index);
        ports.write(0x1d0, 2, value);
    }
    void setMode(std::uint16_t width, std::uint16_t height, std::uint16_t depth,
                 std::uint16_t flags = 0x41)
    {
        setDispi(VgaDispi::Enable, 0);
        setDispi(VgaDispi::Width, width);
        setDispi(VgaDispi::Height, height);
        setDispi(VgaDispi::Depth, depth);
        setDispi(VgaDispi::Enable, flags);
    }
    tests::FakeMapper::Window &alias() { return *mapper.window("video window"); }
    std::uint8_t *pixels() { return vga.memory()->bytes().data(); }

    tests::ManualClock clock;
    tests::FakeMapper mapper;
    Bus memory;
    Bus ports;
    Vga vga;
};

struct CountingWatcher final : VgaWatcher
{
    void pictureChanged() override { ++changes; }
    void guestStopped() override { ++stops; }
    int changes = 0;
    int stops = 0;
};

} // namespace

class TestVga final : public QObject
{
    Q_OBJECT
private slots:
    void conforms();
    void registersKeepTheBitsTheyHave_data();
    void registersKeepTheBitsTheyHave();
    void aWordSetsIndexAndData();
    void theOtherSetOfPortsIsNotThere();
    void timingIsProtected();
    void theAttributePortTakesIndexAndDataInTurn();
    void colorsAreReadAsWritten();
    void theBeamComesBackSixtyTimesASecond();
    void firmwareFindsTheVersionItAsksFor();
    void modesAreMadeToFit_data();
    void modesAreMadeToFit();
    void enablingClearsTheScreenUnlessAsked();
    void displayStartStaysInside();
    void registersAreInMemoryToo();
    void theMonitorIsKnown();
    void theWindowIsMappedWhereBytesAreBytes();
    void theNextBankIsMappedAtOnce();
    void writesAreHarvested();
    void theWatcherIsToldOnce();
    void aStateOfAnotherSizeIsRefused();
};

void TestVga::conforms()
{
    QVERIFY(tests::conforms([] { return std::make_unique<Rig>(); }));
}

void TestVga::registersKeepTheBitsTheyHave_data()
{
    QTest::addColumn<int>("port");
    QTest::addColumn<int>("index");
    QTest::addColumn<int>("kept"); // of FFh
    QTest::newRow("reset") << 0x3c4 << 0 << 0x03;
    QTest::newRow("clocking") << 0x3c4 << 1 << 0x3d;
    QTest::newRow("map mask") << 0x3c4 << 2 << 0x0f;
    QTest::newRow("fonts") << 0x3c4 << 3 << 0x3f;
    QTest::newRow("memory mode") << 0x3c4 << 4 << 0x0e;
    QTest::newRow("no sequencer register") << 0x3c4 << 5 << 0x00;
    QTest::newRow("set/reset") << 0x3ce << 0 << 0x0f;
    QTest::newRow("rotate") << 0x3ce << 3 << 0x1f;
    QTest::newRow("read map") << 0x3ce << 4 << 0x03;
    QTest::newRow("graphics mode") << 0x3ce << 5 << 0x7b;
    QTest::newRow("bit mask") << 0x3ce << 8 << 0xff;
    QTest::newRow("no graphics register") << 0x3ce << 9 << 0x00;
    QTest::newRow("offset") << 0x3d4 << 0x13 << 0xff;
    QTest::newRow("line compare") << 0x3d4 << 0x18 << 0xff;
    QTest::newRow("no CRT controller register") << 0x3d4 << 0x19 << 0x00;
}

void TestVga::registersKeepTheBitsTheyHave()
{
    QFETCH(int, port);
    QFETCH(int, index);
    Rig rig;
    rig.out(std::uint64_t(port), std::uint8_t(index));
    rig.out(std::uint64_t(port) + 1, 0xff);
    QTEST(int(rig.in(std::uint64_t(port) + 1)), "kept");
}

void TestVga::aWordSetsIndexAndData()
{
    Rig rig;
    rig.outWord(0x3ce, 0x5a08);
    QCOMPARE(rig.in(0x3ce), std::uint8_t(8));
    QCOMPARE(rig.in(0x3cf), std::uint8_t(0x5a));
    QCOMPARE(rig.ports.read(0x3ce, 2), std::uint64_t(0x5a08));
}

void TestVga::theOtherSetOfPortsIsNotThere()
{
    Rig rig;
    rig.outWord(0x3d4, 0x280c);
    QCOMPARE(rig.in(0x3d5), std::uint8_t(0x28));
    QCOMPARE(rig.in(0x3b5), std::uint8_t(0xff));
    rig.outWord(0x3b4, 0x110c);
    QCOMPARE(rig.in(0x3d5), std::uint8_t(0x28));
    rig.out(0x3c2, 0x66); // monochrome addresses
    QCOMPARE(rig.in(0x3cc), std::uint8_t(0x66));
    QCOMPARE(rig.in(0x3b5), std::uint8_t(0x28));
    QCOMPARE(rig.in(0x3d5), std::uint8_t(0xff));
    QCOMPARE(rig.in(0x3da), std::uint8_t(0xff));
}

void TestVga::timingIsProtected()
{
    Rig rig;
    rig.outWord(0x3d4, 0x5f00);
    rig.outWord(0x3d4, 0x0007);
    rig.outWord(0x3d4, 0x8011); // protects registers 0 to 7
    rig.outWord(0x3d4, 0x1100);
    QCOMPARE(rig.in(0x3d5), std::uint8_t(0x5f));
    rig.outWord(0x3d4, 0xff07); // but for line compare's bit 8
    QCOMPARE(rig.in(0x3d5), std::uint8_t(0x10));
    rig.outWord(0x3d4, 0x3408);
    QCOMPARE(rig.in(0x3d5), std::uint8_t(0x34));
}

void TestVga::theAttributePortTakesIndexAndDataInTurn()
{
    Rig rig;
    rig.in(0x3da);
    rig.out(0x3c0, 0x05);
    rig.out(0x3c0, 0x15);
    rig.out(0x3c0, 0x10);
    rig.in(0x3da); // the next write is an index again
    rig.out(0x3c0, 0x05);
    QCOMPARE(rig.in(0x3c1), std::uint8_t(0x15));
    QVERIFY(!rig.vga.picture().isBlank || rig.vga.picture().kind == VgaPicture::Kind::None);
    rig.setMode(640, 480, 32);
    QVERIFY(rig.vga.picture().isBlank);
    rig.in(0x3da);
    rig.out(0x3c0, 0x20);
    QVERIFY(!rig.vga.picture().isBlank);
    rig.outWord(0x3c4, 0x2101); // clocking mode: screen off
    QVERIFY(rig.vga.picture().isBlank);
}

void TestVga::colorsAreReadAsWritten()
{
    Rig rig;
    rig.out(0x3c8, 254);
    for (const int level : {1, 2, 3, 0xff, 0x20, 0x10})
        rig.out(0x3c9, std::uint8_t(level));
    QCOMPARE(rig.in(0x3c8), std::uint8_t(0)); // wrapped
    QCOMPARE(rig.in(0x3c7), std::uint8_t(0));
    rig.out(0x3c7, 254);
    QCOMPARE(rig.in(0x3c7), std::uint8_t(3));
    for (const int level : {1, 2, 3, 0x3f, 0x20, 0x10}) // six bits
        QCOMPARE(rig.in(0x3c9), std::uint8_t(level));
    rig.setMode(640, 400, 8);
    QCOMPARE(rig.vga.picture().palette[255], 0xffff8241u);
    // Eight bits when the Bochs interface says so.
    rig.setDispi(VgaDispi::Enable, 0x61);
    rig.out(0x3c8, 255);
    for (const int level : {0xfe, 0x81, 0x42})
        rig.out(0x3c9, std::uint8_t(level));
    QCOMPARE(rig.vga.picture().palette[255], 0xfffe8142u);
    rig.out(0x3c6, 0x0f); // pixel mask
    QCOMPARE(rig.vga.picture().palette[0xf3], rig.vga.picture().palette[3]);
}

void TestVga::theBeamComesBackSixtyTimesASecond()
{
    Rig rig;
    int retraces = 0;
    bool wasRetrace = false;
    for (int i = 0; i < 10000; ++i) {
        const bool isRetrace = (rig.in(0x3da) & 8) != 0;
        retraces += isRetrace && !wasRetrace;
        wasRetrace = isRetrace;
        rig.clock.advance(100us);
    }
    QCOMPARE(retraces, 60);
}

void TestVga::firmwareFindsTheVersionItAsksFor()
{
    Rig rig;
    for (int id = 0xb0c0; id <= 0xb0c5; ++id) {
        rig.setDispi(VgaDispi::Id, std::uint16_t(id));
        QCOMPARE(rig.dispi(VgaDispi::Id), std::uint16_t(id));
    }
    rig.setDispi(VgaDispi::Id, 0xb0c6);
    QCOMPARE(rig.dispi(VgaDispi::Id), std::uint16_t(0xb0c5));
    QCOMPARE(rig.dispi(VgaDispi::Memory64K), std::uint16_t(MemoryBytes / 65536));
    rig.setDispi(VgaDispi::Enable, 2); // greatest values
    QCOMPARE(rig.dispi(VgaDispi::Width), VgaDispi::MaxWidth);
    QCOMPARE(rig.dispi(VgaDispi::Height), VgaDispi::MaxHeight);
    QCOMPARE(rig.dispi(VgaDispi::Depth), std::uint16_t(32));
    // One 32-bit write does index and data.
    rig.ports.write(0x1ce, 4, 0x0320'0001);
    rig.setDispi(VgaDispi::Enable, 0);
    QCOMPARE(rig.dispi(VgaDispi::Width), std::uint16_t(0x320));
}

void TestVga::modesAreMadeToFit_data()
{
    QTest::addColumn<QList<int>>("asked"); // width, height, depth, virtual width
    QTest::addColumn<QList<int>>("got"); // and virtual height, pitch
    const auto row = [](const char *name, QList<int> asked, QList<int> got) {
        QTest::newRow(name) << asked << got;
    };
    row("as asked", {640, 400, 32, 0}, {640, 400, 32, 640, 409, 2560});
    row("fifteen bits", {640, 400, 15, 800}, {640, 400, 15, 800, 655, 1600});
    row("planar", {800, 600, 4, 0}, {800, 600, 4, 800, 2621, 400});
    row("24 bits", {640, 480, 24, 0}, {640, 480, 24, 640, 546, 1920});
    row("odd width", {641, 100, 8, 645}, {640, 100, 8, 640, 1638, 640});
    row("nothing", {0, 0, 0, 0}, {8, 1, 8, 8, 65535, 8});
    row("too tall", {1024, 768, 32, 0}, {1024, 256, 32, 1024, 256, 4096});
    row("too wide", {65535, 65535, 32, 65535}, {8192, 4, 32, 65528, 4, 262112});
    row("no such depth", {320, 200, 17, 0}, {320, 200, 8, 320, 3276, 320});
}

void TestVga::modesAreMadeToFit()
{
    QFETCH(QList<int>, asked);
    Rig rig;
    rig.setMode(std::uint16_t(asked[0]), std::uint16_t(asked[1]), std::uint16_t(asked[2]));
    rig.setDispi(VgaDispi::VirtualWidth, std::uint16_t(asked[3]));
    const VgaPicture picture = rig.vga.picture();
    const bool isPlanar = picture.kind == VgaPicture::Kind::Scanned;
    const QList<int> got = {
        rig.dispi(VgaDispi::Width),         rig.dispi(VgaDispi::Height),
        rig.dispi(VgaDispi::Depth),         rig.dispi(VgaDispi::VirtualWidth),
        rig.dispi(VgaDispi::VirtualHeight), int(isPlanar ? picture.scan.pitch * 4 : picture.pitch)};
    QTEST(got, "got");
    QCOMPARE(int(picture.width), got[0]);
    QCOMPARE(int(picture.height), got[1]);
}

void TestVga::enablingClearsTheScreenUnlessAsked()
{
    Rig rig;
    rig.pixels()[0] = rig.pixels()[640 * 400 * 2 - 1] = 1;
    rig.pixels()[640 * 400 * 2] = 2;
    rig.setMode(640, 400, 16, 0xc1); // no clear
    QCOMPARE(rig.pixels()[0], std::uint8_t(1));
    rig.setMode(640, 400, 16);
    QCOMPARE(rig.pixels()[0], std::uint8_t(0));
    QCOMPARE(rig.pixels()[640 * 400 * 2 - 1], std::uint8_t(0));
    QCOMPARE(rig.pixels()[640 * 400 * 2], std::uint8_t(2));
}

void TestVga::displayStartStaysInside()
{
    Rig rig;
    rig.setMode(640, 100, 32);
    rig.setDispi(VgaDispi::OffsetY, 300);
    QCOMPARE(rig.vga.picture().start, std::uint64_t(300 * 2560));
    rig.setDispi(VgaDispi::OffsetY, 0xffff);
    QCOMPARE(rig.dispi(VgaDispi::OffsetY), std::uint16_t(309));
    rig.setDispi(VgaDispi::VirtualWidth, 800);
    rig.setDispi(VgaDispi::OffsetX, 400);
    QCOMPARE(rig.dispi(VgaDispi::OffsetX), std::uint16_t(160));
    const VgaPicture picture = rig.vga.picture();
    QVERIFY(picture.start + std::uint64_t(picture.pitch) * (picture.height - 1) + picture.width * 4
            <= MemoryBytes);
}

void TestVga::registersAreInMemoryToo()
{
    Rig rig;
    rig.memory.write(Bar2 + 0x502, 2, 640);
    rig.memory.write(Bar2 + 0x504, 4, 8u << 16 | 480);
    QCOMPARE(rig.dispi(VgaDispi::Width), std::uint16_t(640));
    QCOMPARE(rig.dispi(VgaDispi::Height), std::uint16_t(480));
    QCOMPARE(rig.dispi(VgaDispi::Depth), std::uint16_t(8));
    QCOMPARE(rig.memory.read(Bar2 + 0x500, 2), std::uint64_t(0xb0c5));
    rig.memory.write(Bar2 + 0x40e, 2, 0x3408); // graphics controller: bit mask
    QCOMPARE(rig.ports.read(0x3ce, 2), std::uint64_t(0x3408));
    QCOMPARE(rig.memory.read(Bar2 + 0x600, 4), std::uint64_t(8));
    QCOMPARE(rig.memory.read(Bar2 + 0x604, 4), std::uint64_t(0x1e1e1e1e));
    rig.memory.write(Bar2 + 0x604, 4, 0xbebebebe);
    rig.memory.write(Bar2 + 0x604, 4, 0x12345678);
    QCOMPARE(rig.memory.read(Bar2 + 0x604, 4), std::uint64_t(0xbebebebe));
    rig.setMode(640, 400, 32);
    QVERIFY(rig.vga.picture().isBigEndian);
}

void TestVga::theMonitorIsKnown()
{
    Rig rig;
    std::uint8_t sum = 0;
    for (unsigned i = 0; i < 128; ++i)
        sum = std::uint8_t(sum + rig.memory.read(Bar2 + i, 1));
    QCOMPARE(sum, std::uint8_t(0));
    QCOMPARE(rig.memory.read(Bar2, 8), std::uint64_t(0x00ffffffffffff00));
    // The preferred timing: 1280 by 800, in the first descriptor.
    const auto low = [&](unsigned at) { return rig.memory.read(Bar2 + at, 1); };
    QCOMPARE(low(56) | (low(58) & 0xf0) << 4, std::uint64_t(1280));
    QCOMPARE(low(59) | (low(61) & 0xf0) << 4, std::uint64_t(800));
    QCOMPARE(low(200), std::uint64_t(0));
}

void TestVga::theWindowIsMappedWhereBytesAreBytes()
{
    Rig rig;
    rig.out(0x3c2, 0x63);
    rig.outWord(0x3c4, 0x0604); // planar
    rig.outWord(0x3c4, 0x0f02);
    rig.outWord(0x3ce, 0xff08);
    rig.outWord(0x3ce, 0x0506); // graphics, 64 KiB at A0000h
    rig.memory.write(0xa0000, 1, 0x55);
    QVERIFY(!rig.alias().address);
    rig.outWord(0x3c4, 0x0e04); // chain-4
    QVERIFY(!rig.alias().address); // until it is used
    rig.memory.write(0xa1235, 1, 0x77);
    QCOMPARE(rig.alias().address, std::optional<std::uint64_t>(0xa0000));
    QCOMPARE(rig.alias().hostOffset, std::uint64_t(0));
    QCOMPARE(rig.alias().size, std::uint64_t(0x10000));
    QCOMPARE(rig.pixels()[0x1235], std::uint8_t(0x77));
    QCOMPARE(rig.memory.read(0xa1234, 2), std::uint64_t(0x7700));
    rig.outWord(0x3ce, 0x0f08); // a bit mask: bytes are no longer bytes
    QVERIFY(!rig.alias().address);
    rig.memory.read(0xa1235, 1);
    rig.memory.write(0xa1235, 1, 0x08);
    QCOMPARE(rig.pixels()[0x1235], std::uint8_t(0x78));
    rig.outWord(0x3ce, 0xff08);
    rig.memory.read(0xa0000, 1);
    QVERIFY(rig.alias().address.has_value());
    rig.out(0x3c2, 0x61); // memory off
    QVERIFY(!rig.alias().address);
    QCOMPARE(rig.memory.read(0xa1235, 1), std::uint64_t(0xff));
}

void TestVga::theNextBankIsMappedAtOnce()
{
    Rig rig;
    rig.setMode(640, 480, 8, 0x01);
    rig.memory.write(0xa0000, 1, 1);
    QCOMPARE(rig.alias().hostOffset, std::uint64_t(0));
    rig.setDispi(VgaDispi::Bank, 3);
    QCOMPARE(rig.alias().address, std::optional<std::uint64_t>(0xa0000));
    QCOMPARE(rig.alias().hostOffset, std::uint64_t(0x30000));
    rig.memory.write(0xa0005, 1, 9);
    QCOMPARE(rig.pixels()[0x30005], std::uint8_t(9));
    rig.setDispi(VgaDispi::Enable, 0);
    QVERIFY(!rig.alias().address);
}

void TestVga::writesAreHarvested()
{
    Rig rig;
    std::vector<std::uint64_t> pages(rig.vga.pageCount() / 64);
    rig.vga.harvest(pages);
    std::fill(pages.begin(), pages.end(), 0);
    rig.memory.write(Bar0 + 5 * 4096 - 1, 2, 0x1234); // not mapped by a fake: by way of the device
    rig.mapper.window("video memory")->dirtyPages = {7};
    rig.vga.harvest(pages);
    QCOMPARE(pages[0], std::uint64_t(0x30)); // not logged yet
    rig.vga.setDirtyLogged(true);
    rig.vga.harvest(pages);
    QCOMPARE(pages[0], std::uint64_t(0xb0));
    std::fill(pages.begin(), pages.end(), 0);
    rig.setMode(320, 200, 8, 0x81);
    rig.memory.read(0xa0000, 1);
    rig.alias().dirtyPages = {2};
    rig.vga.harvest(pages);
    QCOMPARE(pages[0], std::uint64_t(4));
    // Where it was mapped when it goes away counts as written.
    rig.setDispi(VgaDispi::Bank, 1);
    std::fill(pages.begin(), pages.end(), 0);
    rig.vga.harvest(pages);
    QCOMPARE(pages[0], std::uint64_t(0xffff));
}

void TestVga::theWatcherIsToldOnce()
{
    Rig rig;
    CountingWatcher watcher;
    std::vector<std::uint64_t> pages(rig.vga.pageCount() / 64);
    rig.vga.harvest(pages);
    rig.vga.setWatcher(&watcher);
    rig.outWord(0x3d4, 0x010c);
    QCOMPARE(watcher.changes, 1);
    rig.outWord(0x3d4, 0x020c);
    QCOMPARE(watcher.changes, 1);
    rig.vga.harvest(pages);
    rig.outWord(0x3d4, 0x020c); // the same again
    rig.in(0x3da);
    rig.out(0x3c0, 0x01); // an index changes nothing
    QCOMPARE(watcher.changes, 1);
    rig.out(0x3c2, 0x67);
    rig.vga.harvest(pages);
    rig.memory.write(0xb8000, 1, 'A');
    QCOMPARE(watcher.changes, 2); // no plane is enabled: only the output register counted
    rig.outWord(0x3c4, 0x0302);
    rig.outWord(0x3ce, 0x0e06);
    rig.vga.harvest(pages);
    rig.memory.write(0xb8000, 1, 'A');
    QCOMPARE(watcher.changes, 4);
    rig.vga.setRunning(false);
    QCOMPARE(watcher.stops, 1);
    rig.vga.setWatcher(nullptr);
}

void TestVga::aStateOfAnotherSizeIsRefused()
{
    Rig rig;
    rig.setMode(640, 400, 8);
    const std::vector<std::uint8_t> saved = tests::savedBytes(rig.vga);
    Rig larger(2 * MemoryBytes);
    QVERIFY(!tests::loadBytes(larger.vga, saved));
    QVERIFY(tests::loadBytes(rig.vga, saved));
}

QTEST_GUILESS_MAIN(TestVga)
#include "tst_vga.moc"
