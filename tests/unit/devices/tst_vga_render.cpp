// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/bytes.h"
#include "engine/devices/vga_memory.h"
#include "engine/devices/vga_render.h"
#include "tests/support/vga_modes.h"

#include <QtTest/QTest>

#include <string>
#include <vector>

using namespace engine;

namespace {

constexpr std::size_t MemoryBytes = 1u << 20;
constexpr std::uint32_t Black = 0xff000000;
constexpr std::uint32_t Blue = 0xff0000aa;
constexpr std::uint32_t Gray = 0xffaaaaaa;
constexpr std::uint32_t Yellow = 0xffffff55;
constexpr std::uint32_t White = 0xffffffff;

// A card that draws what a program writes.
struct Card
{
    explicit Card(const tests::VgaMode &mode)
        : bytes(MemoryBytes)
        , dispi(MemoryBytes)
        , memory(bytes)
    {
        registers.reset();
        const auto output = [this](std::uint16_t port, std::uint8_t value) { out(port, value); };
        tests::setVgaMode(mode, output,
                          [this](std::uint16_t port) { registers.readPort(port, {}); });
        tests::setVgaPalette(output);
    }

    void out(std::uint16_t port, int value) { registers.writePort(port, std::uint8_t(value)); }
    void setCrtc(int index, int value)
    {
        out(0x3d4, index);
        out(0x3d5, value);
    }
    void setAttribute(int index, int value)
    {
        registers.readPort(0x3da, {});
        out(0x3c0, index | 0x20);
        out(0x3c0, value);
    }
    void write(std::uint32_t offset, int value)
    {
        memory.write(decodeVgaWindow(registers, dispi, MemoryBytes), registers, offset,
                     std::uint8_t(value));
    }
    void writeCell(unsigned row, unsigned column, int character, int attribute)
    {
        write(0x18000 + (row * 80 + column) * 2, character);
        write(0x18000 + (row * 80 + column) * 2 + 1, attribute);
    }
    // Straight into plane 2, as a BIOS does through another window.
    void setGlyph(int character, unsigned line, int bits, unsigned font = 0)
    {
        bytes[(font + unsigned(character) * 32 + line) * 4 + 2] = std::uint8_t(bits);
    }
    VgaPicture picture() const
    {
        return decodeVgaPicture(registers, dispi, isBigEndian, MemoryBytes);
    }
    std::vector<std::uint32_t> line(std::uint32_t y, VgaBlink blink = {})
    {
        const VgaPicture now = picture();
        std::vector<std::uint32_t> pixels(now.width);
        VgaRenderer().drawLine(now, bytes, y, blink, pixels);
        return pixels;
    }
    // Pixels from x on, one letter for each: what `letters` maps.
    std::string letters(std::uint32_t y, std::size_t x, std::size_t count, VgaBlink blink = {})
    {
        const std::vector<std::uint32_t> pixels = line(y, blink);
        std::string text;
        for (std::size_t i = x; i < x + count; ++i) {
            const std::uint32_t pixel = pixels.at(i);
            text += pixel == Black ? '.'
                : pixel == Blue    ? 'b'
                : pixel == Gray    ? 'g'
                : pixel == Yellow  ? 'y'
                : pixel == White   ? 'w'
                                   : '?';
        }
        return text;
    }

    std::vector<std::uint8_t> bytes;
    VgaRegisters registers;
    VgaDispi dispi;
    VgaMemory memory;
    bool isBigEndian = false;
};

#define COMPARE_TEXT(actual, expected)                                                             \
    QCOMPARE(QString::fromStdString(actual), QString::fromLatin1(expected))

} // namespace

class TestVgaRender final : public QObject
{
    Q_OBJECT
private slots:
    void sizesFollowTheTiming_data();
    void sizesFollowTheTiming();
    void nothingIsShownBeforeAModeIsSet();
    void textHasNineDots();
    void theCursorCoversItsLines();
    void textBlinksOrHasBrightPaper();
    void twoFontsAreChosenByAttribute();
    void monochromeTextIsUnderlined();
    void theTextScrollsByDots();
    void theLowerPartBeginsAtTheTopOfMemory();
    void fourPlanesMakeSixteenColors();
    void cgaLinesAreInTwoBanks();
    void mode13hHasABytePerPixel();
    void unchainedBytesAreTheSamePixels();
    void packedPixelsBecomeXrgb_data();
    void packedPixelsBecomeXrgb();
    void planarBochsModesGoBeyondAPlane();
    void aDarkScreenIsBlack();
    void linesKnowTheirMemory();
};

void TestVgaRender::sizesFollowTheTiming_data()
{
    QTest::addColumn<const tests::VgaMode *>("mode");
    QTest::addColumn<QSize>("size");
    QTest::newRow("text") << &tests::VgaText80x25 << QSize(720, 400);
    QTest::newRow("CGA") << &tests::VgaCga320x200 << QSize(640, 400);
    QTest::newRow("planar") << &tests::VgaPlanar640x480 << QSize(640, 480);
    QTest::newRow("bytes") << &tests::VgaBytes320x200 << QSize(640, 400);
}

void TestVgaRender::sizesFollowTheTiming()
{
    QFETCH(const tests::VgaMode *, mode);
    const VgaPicture picture = Card(*mode).picture();
    QTEST(QSize(int(picture.width), int(picture.height)), "size");
    QVERIFY(!picture.isBlank);
}

void TestVgaRender::nothingIsShownBeforeAModeIsSet()
{
    VgaRegisters registers;
    registers.reset();
    const VgaPicture picture =
        decodeVgaPicture(registers, VgaDispi(MemoryBytes), false, MemoryBytes);
    QCOMPARE(int(picture.kind), int(VgaPicture::Kind::None));
}

void TestVgaRender::textHasNineDots()
{
    Card card(tests::VgaText80x25);
    card.setCrtc(CrCursorStart, 0x20); // no cursor
    card.setGlyph('A', 3, 0b10100101);
    card.setGlyph(0xc4, 3, 0b11111111);
    card.writeCell(1, 2, 'A', 0x1e); // yellow on blue
    card.writeCell(1, 3, 0xc4, 0x07);
    COMPARE_TEXT(card.letters(16 + 3, 2 * 9, 18), "ybybbybybggggggggg");
    COMPARE_TEXT(card.letters(16 + 4, 2 * 9, 18), "bbbbbbbbb.........");
    COMPARE_TEXT(card.letters(3, 2 * 9, 9), ".........");
}

void TestVgaRender::theCursorCoversItsLines()
{
    Card card(tests::VgaText80x25);
    card.writeCell(1, 1, ' ', 0x17);
    card.setCrtc(CrCursorStart, 13);
    card.setCrtc(CrCursorEnd, 14);
    card.setCrtc(CrCursorLow, 81);
    COMPARE_TEXT(card.letters(16 + 12, 9, 9), "bbbbbbbbb");
    COMPARE_TEXT(card.letters(16 + 13, 9, 9), "ggggggggg");
    COMPARE_TEXT(card.letters(16 + 14, 9, 9), "ggggggggg");
    COMPARE_TEXT(card.letters(16 + 15, 9, 9), "bbbbbbbbb");
    COMPARE_TEXT(card.letters(16 + 13, 9, 9, {.isCursorShown = false}), "bbbbbbbbb");
    const VgaLines lines = vgaCursorLines(card.picture());
    QCOMPARE(lines.first, 16u);
    QCOMPARE(lines.last, 31u);
    card.setCrtc(CrCursorStart, 0x20);
    const VgaLines none = vgaCursorLines(card.picture());
    QVERIFY(none.first > none.last);
}

void TestVgaRender::textBlinksOrHasBrightPaper()
{
    Card card(tests::VgaText80x25);
    card.setCrtc(CrCursorStart, 0x20);
    card.setGlyph('x', 0, 0xf0);
    card.writeCell(0, 0, 'x', 0x97); // gray on blue, and bit 7
    COMPARE_TEXT(card.letters(0, 0, 8), "ggggbbbb");
    COMPARE_TEXT(card.letters(0, 0, 8, {.isTextShown = false}), "bbbbbbbb");
    card.setAttribute(ArMode, 0x04); // no blinking: 16 paper colors
    card.writeCell(0, 0, 'x', 0xf1);
    COMPARE_TEXT(card.letters(0, 0, 8, {.isTextShown = false}), "bbbbwwww");
}

void TestVgaRender::twoFontsAreChosenByAttribute()
{
    Card card(tests::VgaText80x25);
    card.setCrtc(CrCursorStart, 0x20);
    card.setGlyph('x', 0, 0x80, 0x4000);
    card.setGlyph('x', 0, 0x01, 0x2000);
    card.out(0x3c4, SrFontSelect);
    card.out(0x3c5, 0x05 | 0x10); // A: 1 (4000h); B: 5 (6000h)
    card.setGlyph('x', 0, 0x01, 0x6000);
    card.writeCell(0, 0, 'x', 0x0f);
    card.writeCell(0, 1, 'x', 0x07);
    COMPARE_TEXT(card.letters(0, 0, 18), "w...............g.");
}

void TestVgaRender::monochromeTextIsUnderlined()
{
    Card card(tests::VgaText80x25);
    card.setCrtc(CrCursorStart, 0x20);
    card.setCrtc(CrUnderline, 13);
    card.setAttribute(ArMode, 0x0e);
    card.writeCell(0, 0, ' ', 0x01);
    card.writeCell(0, 1, ' ', 0x07);
    COMPARE_TEXT(card.letters(13, 0, 18), "bbbbbbbbb.........");
    COMPARE_TEXT(card.letters(12, 0, 9), ".........");
}

void TestVgaRender::theTextScrollsByDots()
{
    Card card(tests::VgaText80x25);
    card.setCrtc(CrCursorStart, 0x20);
    card.setGlyph('x', 5, 0x80);
    for (unsigned column = 0; column < 81; ++column)
        card.writeCell(0, column, 'x', 0x07);
    COMPARE_TEXT(card.letters(5, 0, 10), "g........g");
    card.setAttribute(ArPanning, 2); // three dots
    COMPARE_TEXT(card.letters(5, 0, 10), "......g...");
    COMPARE_TEXT(card.letters(5, 714, 6), "...g..");
    card.setCrtc(CrPresetRow, 5);
    COMPARE_TEXT(card.letters(0, 0, 10), "......g...");
    card.setCrtc(CrStartLow, 80); // the second row is blank
    COMPARE_TEXT(card.letters(0, 9, 9), ".........");
}

void TestVgaRender::theLowerPartBeginsAtTheTopOfMemory()
{
    Card card(tests::VgaPlanar640x480);
    card.setCrtc(CrStartHigh, 0x40);
    card.setCrtc(CrLineCompare, 99);
    card.setCrtc(CrOverflow, 0x3e & ~0x10);
    card.setCrtc(CrMaximumScanLine, 0);
    card.write(0, 0xff);
    card.write(0x4000 + 80, 0x80);
    COMPARE_TEXT(card.letters(0, 0, 8), "........");
    COMPARE_TEXT(card.letters(1, 0, 8), "w.......");
    COMPARE_TEXT(card.letters(99, 0, 8), "........");
    COMPARE_TEXT(card.letters(100, 0, 8), "wwwwwwww");
}

void TestVgaRender::fourPlanesMakeSixteenColors()
{
    Card card(tests::VgaPlanar640x480);
    const auto setMap = [&card](int mask) {
        card.out(0x3c4, SrMapMask);
        card.out(0x3c5, mask);
    };
    setMap(1);
    card.write(80 + 1, 0b11001100);
    setMap(6);
    card.write(80 + 1, 0b10101010);
    setMap(8);
    card.write(80 + 1, 0b11110000);
    const std::vector<std::uint32_t> line = card.line(1);
    const auto color = [&card](unsigned index) { return card.picture().scan.colors[index]; };
    for (unsigned i = 0; i < 8; ++i) {
        const unsigned index = (i % 4 < 2 ? 1u : 0) | (i % 2 == 0 ? 6u : 0) | (i < 4 ? 8u : 0);
        QCOMPARE(line[8 + i], color(index));
    }
    QCOMPARE(color(15), White);
    QCOMPARE(color(7), Gray);
    card.setAttribute(ArPlaneEnable, 1); // the others count as 0
    COMPARE_TEXT(card.letters(1, 8, 8), "bb..bb..");
}

void TestVgaRender::cgaLinesAreInTwoBanks()
{
    Card card(tests::VgaCga320x200);
    card.setAttribute(1, 1);
    card.setAttribute(2, 7);
    card.setAttribute(3, 0x3e);
    card.write(0x18000, 0b00011011);
    card.write(0x18001, 0b11000000);
    card.write(0x18000 + 0x2000, 0b01010101); // line 1
    card.write(0x18000 + 80, 0b10000000); // line 2
    COMPARE_TEXT(card.letters(0, 0, 12), "..bbggyyyy..");
    COMPARE_TEXT(card.letters(1, 0, 12), "..bbggyyyy..");
    COMPARE_TEXT(card.letters(2, 0, 10), "bbbbbbbb..");
    COMPARE_TEXT(card.letters(4, 0, 4), "gg..");
}

void TestVgaRender::mode13hHasABytePerPixel()
{
    Card card(tests::VgaBytes320x200);
    card.write(0, 0x3f);
    card.write(1, 0x01);
    card.write(320, 0x07);
    COMPARE_TEXT(card.letters(0, 0, 6), "wwbb..");
    COMPARE_TEXT(card.letters(1, 0, 6), "wwbb..");
    COMPARE_TEXT(card.letters(2, 0, 4), "gg..");
    card.setAttribute(ArPanning, 2); // one pixel
    COMPARE_TEXT(card.letters(0, 0, 4), "bb..");
}

void TestVgaRender::unchainedBytesAreTheSamePixels()
{
    Card card(tests::VgaBytes320x200);
    card.out(0x3c4, SrMemoryMode);
    card.out(0x3c5, 0x06);
    card.setCrtc(CrUnderline, 0);
    card.setCrtc(CrMode, 0xe3);
    card.out(0x3c4, SrMapMask);
    card.out(0x3c5, 0x02); // pixels 1, 5, 9...
    card.write(1, 0x3f);
    COMPARE_TEXT(card.letters(0, 0, 14), "..........ww..");
}

void TestVgaRender::packedPixelsBecomeXrgb_data()
{
    QTest::addColumn<int>("depth");
    QTest::addColumn<bool>("isBig");
    QTest::addColumn<QByteArray>("memory"); // two pixels
    QTest::addColumn<quint32>("first");
    QTest::addColumn<quint32>("second");
    const auto row = [](const char *name, int depth, bool isBig, const char *hex, quint32 first,
                        quint32 second) {
        QTest::newRow(name) << depth << isBig << QByteArray::fromHex(hex) << first << second;
    };
    row("8", 8, false, "3f01", White, Blue);
    row("15", 15, false, "00fc e003", 0xffff0000, 0xff00ff00);
    row("16", 16, false, "00f8 e007", 0xffff0000, 0xff00ff00);
    row("16, not saturated", 16, false, "0000 2108", Black, 0xff080408);
    row("16, big-endian", 16, true, "f800 001f", 0xffff0000, 0xff0000ff);
    row("24", 24, false, "332211 665544", 0xff112233, 0xff445566);
    row("32", 32, false, "33221100 66554477", 0xff112233, 0xff445566);
    row("32, big-endian", 32, true, "00112233 77445566", 0xff112233, 0xff445566);
}

void TestVgaRender::packedPixelsBecomeXrgb()
{
    QFETCH(int, depth);
    QFETCH(bool, isBig);
    QFETCH(QByteArray, memory);
    Card card(tests::VgaBytes320x200);
    card.isBigEndian = isBig;
    card.dispi.write(VgaDispi::Width, 320);
    card.dispi.write(VgaDispi::Height, 240);
    card.dispi.write(VgaDispi::Depth, std::uint16_t(depth));
    card.dispi.write(VgaDispi::Enable, 0x41);
    const VgaPicture picture = card.picture();
    std::copy(memory.begin(), memory.end(), card.bytes.begin() + 7 * picture.pitch);
    const std::vector<std::uint32_t> line = card.line(7);
    QTEST(quint32(line[0]), "first");
    QTEST(quint32(line[1]), "second");
}

void TestVgaRender::planarBochsModesGoBeyondAPlane()
{
    Card card(tests::VgaPlanar640x480);
    card.dispi.write(VgaDispi::Width, 1024);
    card.dispi.write(VgaDispi::Height, 768);
    card.dispi.write(VgaDispi::Depth, 4);
    card.dispi.write(VgaDispi::Enable, 0x41);
    card.dispi.write(VgaDispi::Bank, 1);
    card.write(700 * 128 - 0x10000 + 2, 0x0f);
    COMPARE_TEXT(card.letters(700, 16, 9), "....wwww.");
    card.dispi.write(VgaDispi::OffsetY, 10);
    COMPARE_TEXT(card.letters(690, 16, 9), "....wwww.");
}

void TestVgaRender::aDarkScreenIsBlack()
{
    Card card(tests::VgaBytes320x200);
    card.write(0, 0x3f);
    card.registers.readPort(0x3da, {});
    card.out(0x3c0, 0x00);
    QCOMPARE(card.picture().width, 640u);
    COMPARE_TEXT(card.letters(0, 0, 4), "....");
}

void TestVgaRender::linesKnowTheirMemory()
{
    const auto memoryOf = [](const Card &card, std::uint32_t y) {
        const VgaLineMemory place = vgaLineMemory(card.picture(), y);
        return std::pair(place.first, place.first + place.size);
    };
    // The second row of text: cells 80 to 159, at every other address.
    const auto text = memoryOf(Card(tests::VgaText80x25), 20);
    QCOMPARE(text, std::pair(std::uint64_t(80 * 8), std::uint64_t(159 * 8 + 4)));
    const auto planar = memoryOf(Card(tests::VgaPlanar640x480), 3);
    QCOMPARE(planar, std::pair(std::uint64_t(240 * 4), std::uint64_t(320 * 4)));
    Card wrapping(tests::VgaPlanar640x480);
    wrapping.setCrtc(CrStartHigh, 0xff);
    wrapping.setCrtc(CrStartLow, 0xf0);
    QCOMPARE(memoryOf(wrapping, 0), std::pair(std::uint64_t(0), std::uint64_t(0x40000)));
}

QTEST_GUILESS_MAIN(TestVgaRender)
#include "tst_vga_render.moc"
