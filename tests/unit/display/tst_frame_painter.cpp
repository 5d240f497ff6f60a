// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/frame_painter.h"

#include <QtGui/QPainter>
#include <QtGui/QRegion>
#include <QtTest/QTest>

#include <algorithm>
#include <cstdlib>

using display::FrameGeometry;
using display::ScaleMode;
using display::ViewShape;

namespace {

// No two pixels alike, so that any shift shows.
QImage testPicture(const QSize &size)
{
    QImage image(size, QImage::Format_RGB32);
    for (int y = 0; y < size.height(); ++y) {
        for (int x = 0; x < size.width(); ++x)
            image.setPixel(x, y, qRgb((x * 37) % 256, (y * 59) % 256, (x * 7 + y * 13) % 256));
    }
    return image;
}

QImage render(const QImage &picture, const ViewShape &view, const QRegion &exposed)
{
    const QSize device = view.size * view.devicePixelRatio;
    QImage canvas(device, QImage::Format_RGB32);
    canvas.fill(Qt::magenta);
    canvas.setDevicePixelRatio(view.devicePixelRatio);
    QPainter painter(&canvas);
    display::paintFrame(painter, picture, FrameGeometry(picture.size(), view), exposed, Qt::black);
    painter.end();
    canvas.setDevicePixelRatio(1);
    return canvas;
}

QImage render(const QImage &picture, const ViewShape &view)
{
    return render(picture, view, QRect(QPoint(0, 0), view.size));
}

// Qt's smoothing steps along each clipped run in fixed point, so a run that starts elsewhere may
// round the other way; a missed guest pixel differs by far more.
constexpr int SmoothingNoise = 4;

int largestDifference(const QImage &left, const QImage &right)
{
    int largest = left.size() == right.size() ? 0 : 256;
    for (int y = 0; y < left.height() && largest < 256; ++y) {
        for (int x = 0; x < left.width(); ++x) {
            const QRgb a = left.pixel(x, y);
            const QRgb b = right.pixel(x, y);
            largest = std::max({largest, std::abs(qRed(a) - qRed(b)),
                                std::abs(qGreen(a) - qGreen(b)), std::abs(qBlue(a) - qBlue(b))});
        }
    }
    return largest;
}

const qreal Ratios[] = {1.0, 1.25, 1.5, 1.75, 2.0, 3.0};

} // namespace

class TestFramePainter : public QObject
{
    Q_OBJECT
private slots:
    void goldenActualIsCentredWithBorder();
    void goldenWholeFactorIsNearest();
    void actualIsPixelExactAtEveryRatio();
    void wholeZoomsAreSquaresAtEveryRatio();
    void wholeFitTakesTheLargestSquares_data();
    void wholeFitTakesTheLargestSquares();
    void whatAGuestLeavesInTheHighByteIsNotSeenThrough_data();
    void whatAGuestLeavesInTheHighByteIsNotSeenThrough();
    void viewThatStartsBetweenPixelsIsStillExact();
    void tooLargePictureShowsItsTopLeft();
    void fitKeepsTheAspect_data();
    void fitKeepsTheAspect();
    void pointsGoThereAndBack_data();
    void pointsGoThereAndBack();
    void pointsOutsideAreClamped();
    void damageCoversEveryChangedPixel_data();
    void damageCoversEveryChangedPixel();
    void nothingOutsideTheExposedPartIsTouched();
    void emptyShapesAreHarmless();
};

void TestFramePainter::goldenActualIsCentredWithBorder()
{
    QImage picture(2, 2, QImage::Format_RGB32);
    picture.setPixel(0, 0, qRgb(255, 0, 0));
    picture.setPixel(1, 0, qRgb(0, 255, 0));
    picture.setPixel(0, 1, qRgb(0, 0, 255));
    picture.setPixel(1, 1, qRgb(255, 255, 255));
    const QImage shown = render(picture, {.size = QSize(4, 4)});
    const QRgb black = qRgb(0, 0, 0);
    const QRgb golden[4][4] = {
        {black, black, black, black},
        {black, qRgb(255, 0, 0), qRgb(0, 255, 0), black},
        {black, qRgb(0, 0, 255), qRgb(255, 255, 255), black},
        {black, black, black, black},
    };
    for (int y = 0; y < 4; ++y) {
        for (int x = 0; x < 4; ++x)
            QCOMPARE(shown.pixel(x, y), golden[y][x]);
    }
}

void TestFramePainter::goldenWholeFactorIsNearest()
{
    const QImage picture = testPicture(QSize(5, 3));
    const ViewShape view{.size = QSize(15, 11), .scaleMode = ScaleMode::Fit};
    QVERIFY(FrameGeometry(picture.size(), view).isWholeFactor());
    const QImage shown = render(picture, view);
    for (int y = 0; y < 11; ++y) {
        for (int x = 0; x < 15; ++x) {
            const bool isInside = y >= 1 && y < 10;
            const QRgb wanted = isInside ? picture.pixel(x / 3, (y - 1) / 3) : qRgb(0, 0, 0);
            QCOMPARE(shown.pixel(x, y), wanted);
        }
    }
}

void TestFramePainter::actualIsPixelExactAtEveryRatio()
{
    const QImage picture = testPicture(QSize(40, 30));
    for (const qreal ratio : Ratios) {
        const ViewShape view{.size = QSize(80, 60), .devicePixelRatio = ratio};
        const QRect place = FrameGeometry(picture.size(), view).deviceRect();
        QCOMPARE(place.size(), picture.size());
        QCOMPARE(render(picture, view).copy(place), picture);
    }
}

// At the size of a real screen, where a step that is a trifle off has room to become a pixel.
void TestFramePainter::wholeZoomsAreSquaresAtEveryRatio()
{
    const QImage picture = testPicture(QSize(641, 481));
    for (const qreal ratio : Ratios) {
        for (const int zoom : {1, 2, 3}) {
            const ViewShape view{
                .size = QSize(2000, 1500), .devicePixelRatio = ratio, .zoom = qreal(zoom)};
            const FrameGeometry geometry(picture.size(), view);
            QVERIFY(geometry.isWholeFactor());
            QCOMPARE(geometry.deviceRect().size(), picture.size() * zoom);
            const QImage shown = render(picture, view).copy(geometry.deviceRect());
            QCOMPARE(shown, picture.scaled(picture.size() * zoom));
        }
    }
}

void TestFramePainter::wholeFitTakesTheLargestSquares_data()
{
    QTest::addColumn<QSize>("guest");
    QTest::addColumn<QSize>("view");
    QTest::addColumn<qreal>("ratio");
    QTest::addColumn<QSize>("picture");
    QTest::newRow("twice") << QSize(320, 200) << QSize(700, 500) << 1.0 << QSize(640, 400);
    QTest::newRow("in device pixels")
        << QSize(320, 200) << QSize(700, 500) << 1.5 << QSize(960, 600);
    QTest::newRow("once") << QSize(640, 480) << QSize(1000, 900) << 1.0 << QSize(640, 480);
    // No square of whole pixels fits: as large as it can be.
    QTest::newRow("too large") << QSize(640, 480) << QSize(320, 900) << 1.0 << QSize(320, 240);
}

void TestFramePainter::wholeFitTakesTheLargestSquares()
{
    QFETCH(QSize, guest);
    QFETCH(QSize, view);
    QFETCH(qreal, ratio);
    QFETCH(QSize, picture);
    const FrameGeometry geometry(
        guest, {.size = view, .devicePixelRatio = ratio, .scaleMode = ScaleMode::FitWhole});
    QCOMPARE(geometry.deviceRect().size(), picture);
}

void TestFramePainter::whatAGuestLeavesInTheHighByteIsNotSeenThrough_data()
{
    QTest::addColumn<qreal>("ratio");
    QTest::addColumn<qreal>("zoom");
    QTest::newRow("exact") << 1.0 << 1.0;
    QTest::newRow("exact between pixels") << 1.25 << 1.0;
    QTest::newRow("whole") << 1.0 << 2.0;
    QTest::newRow("smoothed") << 1.0 << 1.5;
}

// As under Wayland, where the window's memory has an alpha channel.
void TestFramePainter::whatAGuestLeavesInTheHighByteIsNotSeenThrough()
{
    QFETCH(qreal, ratio);
    QFETCH(qreal, zoom);
    const QImage opaque = testPicture(QSize(30, 80));
    QImage guest = opaque;
    for (int y = 0; y < guest.height(); ++y) {
        auto *line = reinterpret_cast<QRgb *>(guest.scanLine(y));
        for (int x = 0; x < guest.width(); ++x)
            line[x] = (line[x] & 0xffffffU) | (x % 2 == 0 ? 0U : 0x80000000U);
    }
    const ViewShape view{.size = QSize(60, 170), .devicePixelRatio = ratio, .zoom = zoom};
    QImage window(view.size * ratio, QImage::Format_ARGB32_Premultiplied);
    window.fill(Qt::transparent);
    window.setDevicePixelRatio(ratio);
    QPainter painter(&window);
    const FrameGeometry geometry(guest.size(), view);
    const QRect part(20, 50, 16, 75); // of which a moment later more was exposed
    display::paintFrame(painter, guest, geometry, part, Qt::black);
    display::paintFrame(painter, guest, geometry, QRegion(QRect(QPoint(0, 0), view.size)) - part,
                        Qt::black);
    painter.end();
    window.setDevicePixelRatio(1);
    for (int y = 0; y < window.height(); ++y) {
        for (int x = 0; x < window.width(); ++x)
            QCOMPARE(qAlpha(window.pixel(x, y)), 255);
    }
    QCOMPARE(window.convertToFormat(QImage::Format_RGB32), render(opaque, view));
}

void TestFramePainter::viewThatStartsBetweenPixelsIsStillExact()
{
    // A view 25 logical pixels down in its window starts at device pixel 31.25.
    const qreal ratio = 1.25;
    const QImage picture = testPicture(QSize(20, 20));
    const QPointF origin(0, 25);
    const ViewShape view{.size = QSize(40, 40), .devicePixelRatio = ratio, .origin = origin};
    const FrameGeometry geometry(picture.size(), view);

    QImage window(QSize(50, 82), QImage::Format_RGB32);
    window.fill(Qt::magenta);
    window.setDevicePixelRatio(ratio);
    QPainter painter(&window);
    painter.translate(origin);
    display::paintFrame(painter, picture, geometry, QRect(0, 0, 40, 40), Qt::black);
    painter.end();
    window.setDevicePixelRatio(1);

    const QRect place = geometry.deviceRect().translated((origin * ratio).toPoint());
    QCOMPARE(window.copy(place), picture);
}

void TestFramePainter::tooLargePictureShowsItsTopLeft()
{
    const QImage picture = testPicture(QSize(50, 40));
    const QImage shown = render(picture, {.size = QSize(20, 10)});
    QCOMPARE(shown, picture.copy(0, 0, 20, 10));
}

void TestFramePainter::fitKeepsTheAspect_data()
{
    QTest::addColumn<QSize>("guest");
    QTest::addColumn<QSize>("view");
    QTest::addColumn<QSize>("picture");
    QTest::newRow("wide view") << QSize(640, 480) << QSize(1000, 480) << QSize(640, 480);
    QTest::newRow("tall view") << QSize(640, 480) << QSize(320, 900) << QSize(320, 240);
    QTest::newRow("text mode") << QSize(720, 400) << QSize(1440, 900) << QSize(1440, 800);
    QTest::newRow("sliver") << QSize(3000, 1) << QSize(100, 100) << QSize(100, 1);
}

void TestFramePainter::fitKeepsTheAspect()
{
    QFETCH(QSize, guest);
    QFETCH(QSize, view);
    QFETCH(QSize, picture);
    const FrameGeometry geometry(guest, {.size = view, .scaleMode = ScaleMode::Fit});
    QCOMPARE(geometry.deviceRect().size(), picture);
    QVERIFY(QRect(QPoint(0, 0), view).contains(geometry.deviceRect()));
}

void TestFramePainter::pointsGoThereAndBack_data()
{
    QTest::addColumn<qreal>("ratio");
    QTest::addColumn<QSize>("view");
    QTest::addColumn<ScaleMode>("mode");
    QTest::addColumn<qreal>("zoom");
    for (const qreal ratio : Ratios) {
        for (const QSize &size : {QSize(200, 150), QSize(333, 217), QSize(97, 61)}) {
            const QByteArray name =
                QByteArray::number(ratio) + ' ' + QByteArray::number(size.width());
            const auto row = [&](const char *kind, ScaleMode mode, qreal zoom) {
                QTest::newRow((name + kind).constData()) << ratio << size << mode << zoom;
            };
            row(" fit", ScaleMode::Fit, 1.0);
            row(" whole", ScaleMode::FitWhole, 1.0);
            row(" 100 %", ScaleMode::Zoom, 1.0);
            row(" 125 %", ScaleMode::Zoom, 1.25);
            row(" 200 %", ScaleMode::Zoom, 2.0);
        }
    }
}

void TestFramePainter::pointsGoThereAndBack()
{
    QFETCH(qreal, ratio);
    QFETCH(QSize, view);
    QFETCH(ScaleMode, mode);
    QFETCH(qreal, zoom);
    const QSize guest(64, 48);
    const FrameGeometry geometry(guest,
                                 {.size = view,
                                  .devicePixelRatio = ratio,
                                  .origin = QPointF(7, 25),
                                  .scaleMode = mode,
                                  .zoom = zoom});
    for (int y = 0; y < guest.height(); ++y) {
        for (int x = 0; x < guest.width(); ++x)
            QCOMPARE(geometry.viewToGuest(geometry.guestToView(QPoint(x, y))), QPoint(x, y));
    }
}

void TestFramePainter::pointsOutsideAreClamped()
{
    const FrameGeometry geometry(QSize(64, 48), {.size = QSize(100, 100)});
    QCOMPARE(geometry.viewToGuest(QPointF(-1000, -1000)), QPoint(0, 0));
    QCOMPARE(geometry.viewToGuest(QPointF(1000, 50)), QPoint(63, 24));
    QCOMPARE(geometry.viewToGuest(QPointF(1e12, 1e12)), QPoint(63, 47));
}

void TestFramePainter::damageCoversEveryChangedPixel_data()
{
    pointsGoThereAndBack_data();
}

// Repainting only what damageToView() says gives the same as repainting all.
void TestFramePainter::damageCoversEveryChangedPixel()
{
    QFETCH(qreal, ratio);
    QFETCH(QSize, view);
    QFETCH(ScaleMode, mode);
    QFETCH(qreal, zoom);
    const ViewShape shape{.size = view, .devicePixelRatio = ratio, .scaleMode = mode, .zoom = zoom};
    const QImage before = testPicture(QSize(64, 48));
    const FrameGeometry geometry(before.size(), shape);
    for (const QRect &damage : {QRect(0, 0, 1, 1), QRect(63, 47, 1, 1), QRect(10, 20, 7, 3)}) {
        QImage after = before;
        for (int y = damage.top(); y <= damage.bottom(); ++y) {
            for (int x = damage.left(); x <= damage.right(); ++x)
                after.setPixel(x, y, qRgb(255, 255, 255));
        }
        QImage canvas = render(before, shape);
        canvas.setDevicePixelRatio(ratio);
        QPainter painter(&canvas);
        const QRect repaint = geometry.damageToView(damage) & QRect(QPoint(0, 0), view);
        display::paintFrame(painter, after, geometry, repaint, Qt::black);
        painter.end();
        canvas.setDevicePixelRatio(1);
        QVERIFY2(largestDifference(canvas, render(after, shape)) <= SmoothingNoise,
                 qPrintable(QString::number(largestDifference(canvas, render(after, shape)))));
    }
}

void TestFramePainter::nothingOutsideTheExposedPartIsTouched()
{
    const QImage shown =
        render(testPicture(QSize(20, 20)), {.size = QSize(40, 40)}, QRect(5, 5, 10, 10));
    QCOMPARE(shown.pixel(4, 5), QColor(Qt::magenta).rgb());
    QCOMPARE(shown.pixel(15, 5), QColor(Qt::magenta).rgb());
    QCOMPARE(shown.pixel(5, 5), QColor(Qt::black).rgb());
    QCOMPARE(shown.pixel(14, 14), testPicture(QSize(20, 20)).pixel(4, 4));
}

void TestFramePainter::emptyShapesAreHarmless()
{
    const FrameGeometry none;
    QVERIFY(none.isEmpty());
    QCOMPARE(none.viewToGuest(QPointF(5, 5)), QPoint());
    QCOMPARE(none.damageToView(QRect(0, 0, 5, 5)), QRect());
    QVERIFY(FrameGeometry(QSize(10, 10), {.size = QSize()}).isEmpty());
    QCOMPARE(render(QImage(), {.size = QSize(3, 3)}).pixel(1, 1), QColor(Qt::black).rgb());
}

QTEST_GUILESS_MAIN(TestFramePainter)
#include "tst_frame_painter.moc"
