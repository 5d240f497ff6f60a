// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/bytes.h"
#include "engine/devices/vga.h"
#include "engine/vmm/screen.h"
#include "tests/support/board_fakes.h"
#include "tests/support/vga_modes.h"

#include <QtCore/QRect>
#include <QtCore/QStringList>
#include <QtTest/QTest>

using namespace engine;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t Bar0 = 0xc0000000;

struct RecordingListener final : FrameListener
{
    void frameDamaged(FrameRect r) override { damage.append({r.x, r.y, r.width, r.height}); }
    void frameResized() override { ++resizes; }
    void cursorChanged() override { }
    QList<QRect> taken() { return std::exchange(damage, {}); }
    QList<QRect> damage;
    int resizes = 0;
};

// A card in a machine that a test is the guest of, and its screen.
struct Machine
{
    Machine()
        : vga(*VideoMemory::create(4u << 20), clock)
    {
        vga.connect({.memory = &memory, .ports = &ports, .mapper = &mapper});
        vga.mapLegacy(ports, memory);
        vga.reset();
        vga.configWrite(0x10, 4, std::uint32_t(Bar0));
        vga.configWrite(0x04, 2, 3);
        clock.advance(10s);
        screen = std::make_unique<Screen>(vga, clock, [this](std::function<void()> function) {
            posted.push_back(std::move(function));
        });
    }
    ~Machine()
    {
        screen.reset();
        runPosted();
    }

    // As somebody who watches.
    void watch()
    {
        screen->setListener(&listener);
        settle();
        listener.taken();
        listener.resizes = 0;
    }
    void runPosted()
    {
        while (!posted.empty()) {
            const std::function<void()> function = std::move(posted.front());
            posted.pop_front();
            function();
        }
    }
    void wait(GuestTime time)
    {
        runPosted();
        for (GuestTime passed = {}; passed < time; passed += 1ms) {
            clock.advance(1ms);
            runPosted();
        }
    }
    void settle() { wait(3s); }

    void out(std::uint64_t port, std::uint64_t value) { ports.write(port, 1, value); }
    void setDispi(unsigned index, unsigned value)
    {
        ports.write(0x1ce, 2, index);
        ports.write(0x1cf, 2, value);
    }
    void setMode(unsigned width, unsigned height, unsigned depth)
    {
        setDispi(VgaDispi::Enable, 0);
        setDispi(VgaDispi::Width, width);
        setDispi(VgaDispi::Height, height);
        setDispi(VgaDispi::Depth, depth);
        setDispi(VgaDispi::Enable, 0x41);
        ports.read(0x3da, 1);
        out(0x3c0, 0x20);
    }
    void setMode(const tests::VgaMode &mode)
    {
        setDispi(VgaDispi::Enable, 0);
        const auto output = [this](std::uint16_t port, std::uint8_t value) { out(port, value); };
        tests::setVgaMode(mode, output, [this](std::uint16_t port) { ports.read(port, 1); });
        tests::setVgaPalette(output);
    }
    // The guest writes, and no exit tells.
    void draw(std::vector<std::size_t> pages) { window().dirtyPages = std::move(pages); }
    tests::FakeMapper::Window &window() { return *mapper.window("video memory"); }
    std::uint8_t *pixels() { return vga.memory()->bytes().data(); }
    std::uint32_t pixel(int x, int y)
    {
        const Frame frame = screen->frame();
        return loadLe<std::uint32_t>(frame.pixels + y * frame.strideBytes + 4 * x);
    }

    tests::ManualClock clock;
    tests::FakeMapper mapper;
    Bus memory;
    Bus ports;
    Vga vga;
    std::deque<std::function<void()>> posted;
    RecordingListener listener;
    std::unique_ptr<Screen> screen;
};

} // namespace

class TestScreen final : public QObject
{
    Q_OBJECT
private slots:
    void thereIsNoFrameBeforeAMode();
    void packedPixelsAreTheMemoryItself_data();
    void packedPixelsAreTheMemoryItself();
    void otherDepthsAreConverted();
    void writtenPagesBecomeRows_data();
    void writtenPagesBecomeRows();
    void aFlipIsShownAtOnce();
    void flipsBeyondTheScreensRateAreSkipped();
    void anAnswerToAKeyIsSeenInAMillisecond();
    void aHiddenWindowCostsNothing();
    void aHiddenPictureCanBeTaken();
    void steadyDrawingGivesUpTheLog();
    void aNewSizeIsToldOnce();
    void aModeIsBelievedWhenItIsComplete();
    void aDarkScreenKeepsItsSize();
    void textIsRepaintedWhereItChanged();
    void theCursorBlinks();
    void blinkingTextIsRepainted();
    void newColorsRepaintAll();
    void whatWasDrawnLastIsShownWhenTheGuestStops();
    void windowsComeAndGo();
};

void TestScreen::thereIsNoFrameBeforeAMode()
{
    Machine machine;
    QVERIFY(machine.screen->frame().isEmpty());
    machine.watch();
    QVERIFY(machine.screen->frame().isEmpty());
    QVERIFY(!machine.screen->cursor().isVisible);
}

void TestScreen::packedPixelsAreTheMemoryItself_data()
{
    QTest::addColumn<int>("depth");
    QTest::addColumn<int>("format");
    QTest::newRow("32") << 32 << int(PixelFormat::Xrgb32);
    QTest::newRow("16") << 16 << int(PixelFormat::Rgb16_565);
    QTest::newRow("15") << 15 << int(PixelFormat::Rgb16_555);
}

void TestScreen::packedPixelsAreTheMemoryItself()
{
    QFETCH(int, depth);
    QFETCH(int, format);
    Machine machine;
    machine.watch();
    machine.setMode(640, 480, unsigned(depth));
    machine.setDispi(VgaDispi::VirtualWidth, 800);
    machine.setDispi(VgaDispi::OffsetY, 10);
    machine.runPosted();
    const std::ptrdiff_t stride = 800 * (depth == 32 ? 4 : 2);
    const Frame frame = machine.screen->frame();
    QCOMPARE(frame.pixels, machine.pixels() + 10 * stride);
    QCOMPARE(int(frame.format), format);
    QCOMPARE(frame.strideBytes, stride);
    QCOMPARE(QSize(frame.width, frame.height), QSize(640, 480));
    // It stays mapped as long as it is held.
    QVERIFY(frame.keepAlive == machine.vga.memory());
}

void TestScreen::otherDepthsAreConverted()
{
    Machine machine;
    machine.watch();
    machine.setMode(320, 200, 24);
    machine.settle();
    machine.pixels()[960 * 5 + 3] = 0x12;
    machine.draw({960 * 5 / 4096});
    machine.wait(50ms);
    QCOMPARE(machine.pixel(1, 5), 0xff000012u);
    const Frame held = machine.screen->frame();
    // What was not told is not converted.
    machine.pixels()[960 * 100] = 0x34;
    QCOMPARE(machine.pixel(0, 100), 0xff000000u);
    QCOMPARE(int(held.format), int(PixelFormat::Xrgb32));
}

void TestScreen::writtenPagesBecomeRows_data()
{
    QTest::addColumn<QList<int>>("pages");
    QTest::addColumn<QList<QRect>>("damage");
    // 1024 pixels of 32 bits: a row is a page.
    QTest::newRow("one") << QList<int>{7} << QList<QRect>{{0, 7, 1024, 1}};
    QTest::newRow("neighbours") << QList<int>{7, 8, 9} << QList<QRect>{{0, 7, 1024, 3}};
    QTest::newRow("near") << QList<int>{7, 12} << QList<QRect>{{0, 7, 1024, 6}};
    QTest::newRow("far") << QList<int>{0, 599} << QList<QRect>{{0, 0, 1024, 1}, {0, 599, 1024, 1}};
    QTest::newRow("unseen") << QList<int>{600, 1023} << QList<QRect>{};
}

void TestScreen::writtenPagesBecomeRows()
{
    QFETCH(QList<int>, pages);
    Machine machine;
    machine.watch();
    machine.setMode(1024, 600, 32);
    machine.settle();
    machine.listener.taken();
    machine.draw(std::vector<std::size_t>(pages.begin(), pages.end()));
    machine.wait(40ms);
    QTEST(machine.listener.taken(), "damage");
    machine.settle();
    QVERIFY(machine.listener.taken().isEmpty());
}

void TestScreen::aFlipIsShownAtOnce()
{
    Machine machine;
    machine.watch();
    machine.setMode(640, 400, 32);
    machine.settle();
    machine.listener.taken();
    const int resizes = machine.listener.resizes;
    machine.setDispi(VgaDispi::OffsetY, 400);
    machine.runPosted(); // no time passes
    QCOMPARE(machine.listener.taken(), QList<QRect>{QRect(0, 0, 640, 400)});
    QCOMPARE(machine.screen->frame().pixels, machine.pixels() + 400 * 2560);
    QCOMPARE(machine.listener.resizes, resizes);
    // What is drawn on the other page is not damage of this one.
    machine.draw({0, 1, 2});
    machine.wait(40ms);
    QVERIFY(machine.listener.taken().isEmpty());
}

void TestScreen::flipsBeyondTheScreensRateAreSkipped()
{
    Machine machine;
    machine.watch();
    machine.setMode(640, 400, 32);
    machine.settle();
    machine.listener.taken();
    for (unsigned i = 0; i < 1000; ++i) {
        machine.setDispi(VgaDispi::OffsetY, i % 2 * 400);
        machine.wait(1ms);
    }
    const qsizetype shown = machine.listener.taken().size();
    QVERIFY2(shown >= 60 && shown <= 67, qPrintable(QString::number(shown)));
    // The last one is not forgotten.
    machine.wait(20ms);
    QCOMPARE(machine.screen->frame().pixels, machine.pixels() + 400 * 2560);
}

void TestScreen::anAnswerToAKeyIsSeenInAMillisecond()
{
    Machine machine;
    machine.watch();
    machine.setMode(1024, 600, 32);
    machine.settle();
    machine.listener.taken();
    for (int i = 0; i < 5; ++i) {
        machine.screen->expectChange();
        machine.wait(GuestTime(3ms + i * 10ms)); // the guest thinks
        QVERIFY(machine.listener.taken().isEmpty());
        machine.draw({5});
        machine.wait(1ms);
        QCOMPARE(machine.listener.taken().size(), 1);
        machine.wait(200ms);
    }
}

void TestScreen::aHiddenWindowCostsNothing()
{
    Machine machine;
    machine.watch();
    machine.setMode(1024, 600, 32);
    machine.settle();
    QVERIFY(machine.window().isLogged);
    machine.screen->setVisible(false);
    machine.runPosted();
    QVERIFY(!machine.window().isLogged);
    machine.listener.taken();
    machine.setDispi(VgaDispi::OffsetY, 100);
    machine.screen->expectChange();
    QVERIFY(machine.posted.empty());
    machine.draw({1});
    machine.settle();
    QVERIFY(machine.listener.taken().isEmpty());
    // Shown again, all of it is new.
    machine.screen->setVisible(true);
    machine.runPosted();
    QCOMPARE(machine.listener.resizes, 2);
    QVERIFY(machine.window().isLogged);
    QCOMPARE(machine.screen->frame().pixels, machine.pixels() + 100 * 4096);
}

void TestScreen::aHiddenPictureCanBeTaken()
{
    Machine machine;
    machine.setMode(tests::VgaBytes320x200);
    machine.memory.write(0xa0000, 1, 0x3f);
    QCOMPARE(machine.pixel(0, 0), 0xffffffffu);
    machine.memory.write(0xa0000, 1, 0x01);
    QCOMPARE(machine.pixel(0, 0), 0xff0000aau);
    machine.setMode(640, 480, 32);
    QCOMPARE(machine.screen->frame().width, 640);
    QVERIFY(!machine.window().isLogged);
}

void TestScreen::steadyDrawingGivesUpTheLog()
{
    Machine machine;
    machine.watch();
    machine.setMode(1024, 600, 32);
    machine.settle();
    std::vector<std::size_t> most;
    for (std::size_t page = 0; page < 300; ++page)
        most.push_back(page);
    std::uint8_t shade = 0;
    for (int i = 0; i < 60 && machine.window().isLogged; ++i) {
        machine.draw(most);
        machine.wait(16ms);
    }
    QVERIFY(!machine.window().isLogged);
    machine.listener.taken();
    for (int i = 0; i < 125; ++i) {
        machine.pixels()[0] = ++shade;
        machine.wait(16ms);
    }
    const QList<QRect> damage = machine.listener.taken();
    QVERIFY2(damage.size() >= 110 && damage.size() <= 130,
             qPrintable(QString::number(damage.size())));
    QCOMPARE(damage.last(), QRect(0, 0, 1024, 600));
    QVERIFY(!machine.window().isLogged);
    // A second of rest brings it back; what changed meanwhile is shown.
    machine.wait(1200ms);
    QVERIFY(machine.window().isLogged);
    machine.settle();
    QVERIFY(!machine.listener.taken().isEmpty());
    machine.settle();
    QVERIFY(machine.listener.taken().isEmpty());
}

void TestScreen::aNewSizeIsToldOnce()
{
    Machine machine;
    machine.watch();
    machine.setMode(640, 480, 32);
    machine.settle();
    QCOMPARE(machine.listener.resizes, 1);
    machine.setDispi(VgaDispi::OffsetY, 5);
    machine.settle();
    QCOMPARE(machine.listener.resizes, 1);
    machine.setMode(640, 480, 16); // another format is news as well
    machine.settle();
    QCOMPARE(machine.listener.resizes, 2);
}

void TestScreen::aModeIsBelievedWhenItIsComplete()
{
    Machine machine;
    machine.watch();
    machine.setMode(tests::VgaText80x25);
    machine.settle();
    QCOMPARE(machine.listener.resizes, 1);
    // Width and height come one after the other, the screen stays on.
    machine.out(0x3d4, CrRetraceEnd); // no longer protected
    machine.out(0x3d5, 0x0e);
    machine.out(0x3d4, CrHorizontalEnd);
    machine.out(0x3d5, 39);
    machine.wait(5ms);
    QCOMPARE(machine.screen->frame().width, 720);
    machine.out(0x3d4, CrVerticalEnd);
    machine.out(0x3d5, 0xdf);
    machine.wait(10ms);
    QCOMPARE(machine.screen->frame().width, 720);
    machine.wait(60ms);
    QCOMPARE(machine.listener.resizes, 2);
    QCOMPARE(machine.screen->frame().width, 360);
    QCOMPARE(machine.screen->frame().height, 480);
}

void TestScreen::aDarkScreenKeepsItsSize()
{
    Machine machine;
    machine.watch();
    machine.setMode(640, 480, 8);
    machine.settle();
    machine.vga.reset();
    machine.vga.configWrite(0x10, 4, std::uint32_t(Bar0));
    machine.vga.configWrite(0x04, 2, 3);
    machine.settle();
    QCOMPARE(machine.listener.resizes, 1);
    QCOMPARE(machine.screen->frame().width, 640);
    QCOMPARE(machine.pixel(3, 3), 0xff000000u);
    machine.setMode(tests::VgaText80x25);
    machine.settle();
    QCOMPARE(machine.screen->frame().width, 720);
    QCOMPARE(machine.listener.resizes, 2);
}

void TestScreen::textIsRepaintedWhereItChanged()
{
    Machine machine;
    machine.watch();
    machine.setMode(tests::VgaText80x25);
    machine.out(0x3d4, CrCursorStart);
    machine.out(0x3d5, 0x20);
    machine.settle();
    machine.listener.taken();
    machine.memory.write(0xb8000 + 24 * 160, 2, 0x1f20); // blue in the last row
    machine.wait(1ms);
    const QList<QRect> damage = machine.listener.taken();
    QCOMPARE(damage.size(), 1);
    QVERIFY(damage[0].contains(QRect(0, 384, 720, 16)));
    QVERIFY(damage[0].top() >= 400 * 12 / 16); // no more than that page's rows
    QCOMPARE(machine.pixel(0, 384), 0xff0000aau);
    // Another shape for a character concerns all.
    machine.out(0x3c4, SrMapMask);
    machine.out(0x3c5, 4);
    machine.memory.write(0xb8000, 1, 0xff);
    machine.wait(50ms);
    QCOMPARE(machine.listener.taken(), QList<QRect>{QRect(0, 0, 720, 400)});
}

void TestScreen::theCursorBlinks()
{
    Machine machine;
    machine.watch();
    machine.setMode(tests::VgaText80x25);
    machine.memory.write(0xb8000, 2, 0x0720);
    machine.settle();
    machine.listener.taken();
    QSet<std::uint32_t> seen;
    for (int i = 0; i < 100; ++i) {
        machine.wait(10ms);
        seen.insert(machine.pixel(2, 14)); // the cursor's lines are 13 and 14
    }
    QCOMPARE(seen, (QSet<std::uint32_t>{0xff000000u, 0xffaaaaaau}));
    const QList<QRect> damage = machine.listener.taken();
    QVERIFY2(damage.size() >= 6 && damage.size() <= 9, qPrintable(QString::number(damage.size())));
    for (const QRect &rect : damage)
        QCOMPARE(rect, QRect(0, 0, 720, 16));
    // Moved, both places are repainted.
    machine.out(0x3d4, CrCursorLow);
    machine.out(0x3d5, 160);
    machine.runPosted();
    const QList<QRect> moved = machine.listener.taken();
    QVERIFY(moved.contains(QRect(0, 0, 720, 16)));
    QVERIFY(moved.contains(QRect(0, 32, 720, 16)));
}

void TestScreen::blinkingTextIsRepainted()
{
    Machine machine;
    machine.watch();
    machine.setMode(tests::VgaText80x25);
    machine.out(0x3d4, CrCursorStart);
    machine.out(0x3d5, 0x20);
    machine.memory.write(0xb8000 + 160 * 3, 2, 0x9720);
    machine.settle();
    machine.listener.taken();
    machine.wait(1s);
    const QList<QRect> damage = machine.listener.taken();
    QVERIFY2(damage.size() >= 3 && damage.size() <= 4, qPrintable(QString::number(damage.size())));
    QCOMPARE(damage[0], QRect(0, 48, 720, 16));
}

void TestScreen::newColorsRepaintAll()
{
    Machine machine;
    machine.watch();
    machine.setMode(320, 200, 8);
    machine.settle();
    machine.listener.taken();
    machine.out(0x3c8, 0);
    for (int i = 0; i < 3; ++i)
        machine.out(0x3c9, 0x3f);
    machine.wait(1ms);
    QCOMPARE(machine.listener.taken(), QList<QRect>{QRect(0, 0, 320, 200)});
    QCOMPARE(machine.pixel(9, 9), 0xffffffffu);
}

void TestScreen::whatWasDrawnLastIsShownWhenTheGuestStops()
{
    Machine machine;
    machine.watch();
    machine.setMode(1024, 600, 32);
    machine.settle();
    machine.listener.taken();
    machine.draw({9});
    {
        const std::lock_guard lock(machine.vga.lock());
        machine.vga.setRunning(false);
    }
    machine.runPosted(); // the clock stands still
    QCOMPARE(machine.listener.taken(), QList<QRect>{QRect(0, 9, 1024, 1)});
}

void TestScreen::windowsComeAndGo()
{
    Machine machine;
    machine.watch();
    machine.setMode(1024, 600, 32);
    machine.screen->setListener(nullptr);
    machine.settle();
    QCOMPARE(machine.listener.resizes, 0);
    QVERIFY(!machine.window().isLogged);
    machine.screen->setListener(&machine.listener);
    machine.settle();
    QCOMPARE(machine.listener.resizes, 1);
    // A screen that goes away leaves nothing behind that would call it.
    machine.screen->setVisible(false);
    machine.screen->setVisible(true);
    machine.screen.reset();
    machine.setDispi(VgaDispi::OffsetY, 5);
    machine.settle();
    QVERIFY(!machine.window().isLogged);
}

QTEST_GUILESS_MAIN(TestScreen)
#include "tst_screen.moc"
