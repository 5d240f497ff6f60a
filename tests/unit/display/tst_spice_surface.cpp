// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/spice_surface.h"

#include <QtTest/QTest>

#include <cstring>
#include <memory>

using display::SpiceSurface;

namespace {

// What the display channel owns, and frees at a mode switch.
struct Screen
{
    Screen(int w, int h, std::uint32_t color)
        : width(w)
        , height(h)
        , pixels(std::size_t(w) * std::size_t(h), color)
    { }
    SpiceSurface::Primary primary() const
    {
        return {.pixels = reinterpret_cast<const std::uint8_t *>(pixels.data()),
                .width = width,
                .height = height,
                .strideBytes = width * 4,
                .format = engine::PixelFormat::Xrgb32};
    }
    int width;
    int height;
    std::vector<std::uint32_t> pixels;
};

std::uint32_t pixelAt(const engine::Frame &frame, int x, int y)
{
    std::uint32_t value = 0;
    std::memcpy(&value, frame.pixels + y * frame.strideBytes + x * 4, sizeof(value));
    return value;
}

} // namespace

class TestSpiceSurface : public QObject
{
    Q_OBJECT
private slots:
    void surfaceIsLentWithoutACopy();
    void whoBorrowedIsToldBeforeTheSurfaceGoes();
    void framesOutliveModeSwitches();
    void lastPictureStaysWithoutASurface();
    void onlyDamageIsBroughtOver();
    void monitorIsCutOut();
    void pointerIsDrawnInRelativeMode();
    void oddFormatsAndDamageAreHarmless();
};

void TestSpiceSurface::surfaceIsLentWithoutACopy()
{
    Screen screen(10, 10, 1U);
    SpiceSurface surface;
    surface.setPrimary(screen.primary());
    const engine::Frame frame = surface.frame();
    QCOMPARE(frame.pixels, reinterpret_cast<const std::uint8_t *>(screen.pixels.data()));
    QVERIFY(!frame.keepAlive);
    // With the guest's pointer in it, it is a copy that may be kept.
    surface.setCursorDrawn(true);
    QVERIFY(surface.frame().keepAlive);
    surface.setCursorDrawn(false);
    QVERIFY(!surface.frame().keepAlive);
    // QImage could not take lines that start between words: these are copied, too.
    SpiceSurface::Primary narrow = screen.primary();
    narrow.format = engine::PixelFormat::Rgb16_565;
    narrow.width = 20;
    surface.setPrimary(narrow);
    QVERIFY(!surface.frame().keepAlive);
    surface.setMonitor(QRect(1, 0, 4, 4));
    QVERIFY(surface.frame().keepAlive);
}

void TestSpiceSurface::whoBorrowedIsToldBeforeTheSurfaceGoes()
{
    struct Borrower final : engine::FrameListener
    {
        void frameDamaged(engine::FrameRect) override { }
        void frameResized() override { frame = surface->frame(); }
        void cursorChanged() override { }
        SpiceSurface *surface = nullptr;
        engine::Frame frame;
    };
    SpiceSurface surface;
    Borrower borrower;
    borrower.surface = &surface;
    surface.setListener(&borrower);
    auto screen = std::make_unique<Screen>(10, 10, 3U);
    surface.setPrimary(screen->primary());
    QVERIFY(!borrower.frame.keepAlive);
    surface.dropPrimary();
    screen.reset();
    QVERIFY(borrower.frame.keepAlive);
    QCOMPARE(pixelAt(borrower.frame, 9, 9), 3U);
    surface.setListener(nullptr);
}

void TestSpiceSurface::framesOutliveModeSwitches()
{
    SpiceSurface surface;
    std::vector<engine::Frame> held;
    for (int i = 1; i <= 200; ++i) {
        auto screen = std::make_unique<Screen>(8 * i, 4 * i, std::uint32_t(i));
        surface.setPrimary(screen->primary());
        surface.setCursorDrawn(i % 2 == 0); // copied while it is there, or when it goes
        if (i % 2 == 0)
            held.push_back(surface.frame());
        surface.dropPrimary();
        screen.reset();
        if (i % 2 != 0)
            held.push_back(surface.frame());
    }
    for (int i = 1; i <= 200; ++i) {
        const engine::Frame &frame = held[std::size_t(i - 1)];
        QCOMPARE(frame.width, 8 * i);
        QCOMPARE(pixelAt(frame, frame.width - 1, frame.height - 1), std::uint32_t(i));
    }
}

void TestSpiceSurface::lastPictureStaysWithoutASurface()
{
    SpiceSurface surface;
    QVERIFY(surface.frame().isEmpty());
    auto screen = std::make_unique<Screen>(10, 10, 7U);
    surface.setPrimary(screen->primary());
    surface.dropPrimary(); // never pulled until now
    screen.reset();
    QCOMPARE(pixelAt(surface.frame(), 9, 9), 7U);
    surface.addDamage(QRect(0, 0, 10, 10));
    QCOMPARE(pixelAt(surface.frame(), 9, 9), 7U);
}

void TestSpiceSurface::onlyDamageIsBroughtOver()
{
    Screen screen(10, 10, 1U);
    SpiceSurface surface;
    surface.setCursorDrawn(true);
    surface.setPrimary(screen.primary());
    QCOMPARE(pixelAt(surface.frame(), 5, 5), 1U);
    screen.pixels.assign(screen.pixels.size(), 2U);
    surface.addDamage(QRect(5, 5, 2, 2));
    const engine::Frame frame = surface.frame();
    QCOMPARE(pixelAt(frame, 5, 5), 2U);
    QCOMPARE(pixelAt(frame, 6, 6), 2U);
    QCOMPARE(pixelAt(frame, 4, 5), 1U);
    QCOMPARE(pixelAt(frame, 7, 6), 1U);
}

void TestSpiceSurface::monitorIsCutOut()
{
    Screen screen(10, 10, 1U);
    screen.pixels[2 * 10 + 3] = 9U;
    SpiceSurface surface;
    surface.setPrimary(screen.primary());
    surface.setMonitor(QRect(3, 2, 4, 5));
    QCOMPARE(surface.frame().width, 4);
    QCOMPARE(surface.frame().height, 5);
    QCOMPARE(pixelAt(surface.frame(), 0, 0), 9U);
    QCOMPARE(surface.monitorOrigin(), QPoint(3, 2));
    surface.setMonitor(QRect(3, 2, 400, 5)); // nonsense: all of it
    QCOMPARE(surface.frame().width, 10);
}

void TestSpiceSurface::pointerIsDrawnInRelativeMode()
{
    Screen screen(10, 10, 0xff000000U);
    SpiceSurface surface;
    surface.setPrimary(screen.primary());
    engine::CursorImage cursor;
    cursor.width = 1;
    cursor.height = 1;
    cursor.pixels = {0xffffffffU};
    surface.setCursor(cursor);
    surface.moveCursor(QPoint(4, 4));
    QCOMPARE(pixelAt(surface.frame(), 4, 4), 0xff000000U);
    surface.setCursorDrawn(true);
    QCOMPARE(pixelAt(surface.frame(), 4, 4), 0xffffffffU);
    surface.moveCursor(QPoint(6, 6));
    QCOMPARE(pixelAt(surface.frame(), 4, 4), 0xff000000U);
    QCOMPARE(pixelAt(surface.frame(), 6, 6), 0xffffffffU);
    surface.setCursorDrawn(false);
    QCOMPARE(pixelAt(surface.frame(), 6, 6), 0xff000000U);
}

void TestSpiceSurface::oddFormatsAndDamageAreHarmless()
{
    Screen screen(10, 10, 1U);
    SpiceSurface surface;
    SpiceSurface::Primary odd = screen.primary();
    odd.format = engine::PixelFormat::None;
    surface.setPrimary(odd);
    QVERIFY(surface.frame().isEmpty());
    surface.setPrimary(screen.primary());
    surface.addDamage(QRect(-5, -5, 1000, 1000));
    surface.addDamage(QRect(20, 20, 5, 5));
    QCOMPARE(pixelAt(surface.frame(), 9, 9), 1U);
}

QTEST_GUILESS_MAIN(TestSpiceSurface)
#include "tst_spice_surface.moc"
