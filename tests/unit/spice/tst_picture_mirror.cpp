// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/spice/picture_mirror.h"

#include <QtTest/QTest>

#include <algorithm>
#include <array>
#include <random>

using namespace engine;
using engine::spice::PictureMirror;

namespace {

constexpr int Width = 200;
constexpr int Height = 100;
constexpr int Stride = 224; // pixels: lines may be longer than they are shown

struct Picture
{
    std::vector<std::uint32_t> pixels = std::vector<std::uint32_t>(std::size_t(Stride) * Height);

    std::uint32_t &at(int x, int y) { return pixels[std::size_t(y * Stride + x)]; }
    Frame frame() const
    {
        return {.pixels = reinterpret_cast<const std::uint8_t *>(pixels.data()),
                .width = Width,
                .height = Height,
                .strideBytes = Stride * 4,
                .format = PixelFormat::Xrgb32,
                .keepAlive = {}};
    }
};

constexpr std::array<FrameRect, 1> Everything{{{0, 0, Width, Height}}};

int areaOf(const std::vector<FrameRect> &rects)
{
    int area = 0;
    for (const FrameRect &rect : rects)
        area += rect.width * rect.height;
    return area;
}

bool covers(const std::vector<FrameRect> &rects, int x, int y)
{
    return std::any_of(rects.begin(), rects.end(), [&](const FrameRect &rect) {
        return x >= rect.x && y >= rect.y && x < rect.x + rect.width && y < rect.y + rect.height;
    });
}

} // namespace

class TestPictureMirror final : public QObject
{
    Q_OBJECT
private slots:
    void onlyWhatDiffersIsNew();
    void damageIsClipped();
    void everyChangeIsCoveredAndCopied();
    void shortPixelsBecomeLong();
    void withoutAPictureNothingIsNew();
};

void TestPictureMirror::onlyWhatDiffersIsNew()
{
    Picture picture;
    PictureMirror mirror;
    mirror.resize(Width, Height);
    QVERIFY(mirror.update(picture.frame(), Everything).empty());
    picture.at(70, 40) = 0xff0000;
    const auto changed = mirror.update(picture.frame(), Everything);
    QVERIFY(covers(changed, 70, 40));
    QVERIFY(areaOf(changed) <= 64 * 16);
    QCOMPARE(mirror.row(40)[70], 0xff0000U);
    QVERIFY(mirror.update(picture.frame(), Everything).empty());
    // A block over several tiles is one rectangle.
    for (int y = 0; y < Height; ++y)
        for (int x = 0; x < Width; ++x)
            picture.at(x, y) = 0x123456;
    QCOMPARE(mirror.update(picture.frame(), Everything).size(), std::size_t(1));
}

void TestPictureMirror::damageIsClipped()
{
    Picture picture;
    picture.at(Width - 1, Height - 1) = 1;
    picture.at(0, 0) = 1;
    PictureMirror mirror;
    mirror.resize(Width, Height);
    const std::array<FrameRect, 3> odd{
        {{Width - 1, Height - 1, 500, 500}, {-20, -20, 10, 10}, {5, 5, 0, -3}}};
    const auto changed = mirror.update(picture.frame(), odd);
    QCOMPARE(areaOf(changed), 1);
    QVERIFY(covers(changed, Width - 1, Height - 1));
    QCOMPARE(mirror.row(0)[0], 0U); // nobody said so
}

void TestPictureMirror::everyChangeIsCoveredAndCopied()
{
    std::mt19937 random(1);
    Picture picture;
    PictureMirror mirror;
    mirror.resize(Width, Height);
    for (int round = 0; round < 50; ++round) {
        const FrameRect rect{int(random() % Width), int(random() % Height), int(random() % 150) + 1,
                             int(random() % 60) + 1};
        for (int i = 0; i < 20; ++i) {
            const int x = std::min(rect.x + int(random()) % rect.width, Width - 1);
            const int y = std::min(rect.y + int(random()) % rect.height, Height - 1);
            if (x >= rect.x && y >= rect.y)
                picture.at(x, y) = std::uint32_t(random()) & 0xffffff;
        }
        PictureMirror before = mirror;
        const auto changed = mirror.update(picture.frame(), std::array{rect});
        for (int y = 0; y < Height; ++y) {
            for (int x = 0; x < Width; ++x) {
                if (mirror.row(y)[x] != before.row(y)[x])
                    QVERIFY(covers(changed, x, y));
                if (x >= rect.x && x < rect.x + rect.width && y >= rect.y
                    && y < rect.y + rect.height)
                    QCOMPARE(mirror.row(y)[x], picture.at(x, y));
            }
        }
    }
}

void TestPictureMirror::shortPixelsBecomeLong()
{
    const std::array<std::uint16_t, 4> pixels{0xf800, 0x07e0, 0x001f, 0xffff};
    Frame frame{.pixels = reinterpret_cast<const std::uint8_t *>(pixels.data()),
                .width = 4,
                .height = 1,
                .strideBytes = 8,
                .format = PixelFormat::Rgb16_565,
                .keepAlive = {}};
    const std::array<FrameRect, 1> all{{{0, 0, 4, 1}}};
    PictureMirror mirror;
    mirror.resize(4, 1);
    QCOMPARE(mirror.update(frame, all).size(), std::size_t(1));
    QCOMPARE(mirror.row(0)[0], 0xff0000U);
    QCOMPARE(mirror.row(0)[1], 0x00ff00U);
    QCOMPARE(mirror.row(0)[2], 0x0000ffU);
    QCOMPARE(mirror.row(0)[3], 0xffffffU);
    frame.format = PixelFormat::Rgb16_555;
    mirror.update(frame, all);
    QCOMPARE(mirror.row(0)[2], 0x0000ffU);
    QCOMPARE(mirror.row(0)[3], 0xffffffU);
}

void TestPictureMirror::withoutAPictureNothingIsNew()
{
    PictureMirror mirror;
    mirror.resize(Width, Height);
    QVERIFY(mirror.update({}, Everything).empty());
    Picture picture;
    Frame unknown = picture.frame();
    unknown.format = PixelFormat::None;
    QVERIFY(mirror.update(unknown, Everything).empty());
}

QTEST_GUILESS_MAIN(TestPictureMirror)
#include "tst_picture_mirror.moc"
