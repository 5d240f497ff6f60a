// SPDX-License-Identifier: GPL-3.0-or-later
// The guest's picture in a window on a screen of 125 and 150 %, as it stands in the window's
// memory: one guest pixel is one pixel there, also after partial updates and scrolling.
#include "display/frame_view.h"
#include "tests/support/fake_display.h"

#include <QtCore/QProcess>
#include <QtCore/QRandomGenerator>
#include <QtGui/QScreen>
#include <QtGui/QWindow>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QLabel>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QVBoxLayout>

using display::FrameGeometry;
using display::FrameView;
using display::ScaleMode;

namespace {

constexpr const char *RatioVariable = "QT_SCALE_FACTOR";

QImage noise(const QSize &size)
{
    QRandomGenerator random(1);
    QImage image(size, QImage::Format_RGB32);
    for (int y = 0; y < size.height(); ++y) {
        for (int x = 0; x < size.width(); ++x)
            image.setPixel(x, y, 0xff000000U | (random.generate() & 0xffffffU));
    }
    return image;
}

// A line of text above the view, so that the view begins between two device pixels.
struct Bench
{
    explicit Bench(const QImage &guest, const QSize &windowSize)
        : layout(&window)
        , view(new FrameView)
    {
        layout.setContentsMargins(3, 0, 0, 0);
        layout.setSpacing(0);
        label.setFixedHeight(13);
        layout.addWidget(&label);
        layout.addWidget(&area);
        area.setFrameShape(QFrame::NoFrame);
        area.setWidgetResizable(true);
        area.setWidget(view);
        source.show(guest);
        view->setSource(&source);
        window.resize(windowSize);
    }
    ~Bench() { view->setSource(nullptr); }

    bool show(ScaleMode mode, qreal zoom)
    {
        view->setScale(mode, zoom);
        view->setMinimumSize(mode == ScaleMode::Zoom ? view->sizeHint() : QSize());
        window.show();
        return QTest::qWaitForWindowExposed(&window);
    }

    // Where the picture is in the window's memory, in its pixels, and what of it is seen.
    QRect place() const
    {
        const FrameGeometry geometry(view->guestSize(),
                                     {.size = view->size(),
                                      .devicePixelRatio = view->devicePixelRatioF(),
                                      .origin = view->mapTo(&window, QPointF(0, 0)),
                                      .scaleMode = view->scaleMode(),
                                      .zoom = view->zoom()});
        const QPointF origin = view->mapTo(&window, QPointF(0, 0)) * view->devicePixelRatioF();
        return geometry.deviceRect().translated(origin.toPoint());
    }
    QImage memory() const
    {
        QCoreApplication::processEvents();
        QImage image = window.screen()->grabWindow(window.winId()).toImage();
        image.setDevicePixelRatio(1);
        return image.convertToFormat(QImage::Format_RGB32);
    }

    // Whether the window's memory holds the guest's picture, magnified, wherever it is seen.
    bool isSharp(const QImage &guest, int factor)
    {
        const QImage shown = memory();
        const QRect picture = place();
        const qreal ratio = view->devicePixelRatioF();
        const QRectF logical(area.viewport()->mapTo(&window, QPoint(0, 0)),
                             QSizeF(area.viewport()->size()));
        // Pixels that are the viewport's only in part may be its neighbor's.
        const QRect seen(
            QPoint(qCeil(logical.left() * ratio), qCeil(logical.top() * ratio)),
            QPoint(qFloor(logical.right() * ratio) - 1, qFloor(logical.bottom() * ratio) - 1));
        const QRect checked = seen.intersected(picture).intersected(shown.rect());
        mismatch = QStringLiteral("next to nothing is seen");
        if (checked.width() < 50 || checked.height() < 50)
            return false;
        for (int y = checked.top(); y <= checked.bottom(); ++y) {
            for (int x = checked.left(); x <= checked.right(); ++x) {
                const QPoint pixel((x - picture.x()) / factor, (y - picture.y()) / factor);
                if (shown.pixel(x, y) != guest.pixel(pixel)) {
                    mismatch = QStringLiteral("device pixel %1,%2 is not guest pixel %3,%4")
                                   .arg(x)
                                   .arg(y)
                                   .arg(pixel.x())
                                   .arg(pixel.y());
                    return false;
                }
            }
        }
        return true;
    }

    QWidget window;
    QVBoxLayout layout;
    QLabel label{QStringLiteral("Menu")};
    QScrollArea area;
    FrameView *view; // the scroll area's
    FakeFrameSource source;
    QString mismatch; // why it is not sharp
};

} // namespace

class TestFractionalScreen final : public QObject
{
    Q_OBJECT
private slots:
    void pictureIsSharp_data();
    void pictureIsSharp();
    void partialUpdatesLeaveNoSeams();
    void scrolledPictureIsSharp();
};

void TestFractionalScreen::pictureIsSharp_data()
{
    QTest::addColumn<ScaleMode>("mode");
    QTest::addColumn<int>("factor");
    QTest::newRow("100 %") << ScaleMode::Zoom << 1;
    QTest::newRow("200 %") << ScaleMode::Zoom << 2;
    QTest::newRow("whole") << ScaleMode::FitWhole << 3;
}

void TestFractionalScreen::pictureIsSharp()
{
    QFETCH(ScaleMode, mode);
    QFETCH(int, factor);
    const QImage guest = noise(QSize(200, 150));
    // Room for three times the picture, not for four times.
    const QSize device = guest.size() * 3 + QSize(80, 80);
    Bench bench(guest, device / qApp->devicePixelRatio());
    QVERIFY(bench.show(mode, factor));
    QTRY_COMPARE(bench.view->shownZoom(), qreal(factor));
    QTRY_VERIFY2(bench.isSharp(guest, factor), qPrintable(bench.mismatch));
}

void TestFractionalScreen::partialUpdatesLeaveNoSeams()
{
    QImage guest = noise(QSize(300, 200));
    Bench bench(guest, QSize(500, 400));
    QVERIFY(bench.show(ScaleMode::Zoom, 1.0));
    QTRY_VERIFY2(bench.isSharp(guest, 1), qPrintable(bench.mismatch));
    QRandomGenerator random(2);
    for (int i = 0; i < 60; ++i) {
        const QPoint corner(random.bounded(guest.width()), random.bounded(guest.height()));
        const QRect rect = QRect(corner, QSize(1 + random.bounded(40), 1 + random.bounded(40)))
                               .intersected(guest.rect());
        const QRgb color = 0xff000000U | (random.generate() & 0xffffffU);
        for (int y = rect.top(); y <= rect.bottom(); ++y) {
            for (int x = rect.left(); x <= rect.right(); ++x)
                guest.setPixel(x, y, color);
        }
        bench.source.fill(rect, color);
        QTRY_VERIFY2(bench.isSharp(guest, 1), qPrintable(bench.mismatch));
    }
}

void TestFractionalScreen::scrolledPictureIsSharp()
{
    const QImage guest = noise(QSize(900, 700));
    Bench bench(guest, QSize(400, 300));
    QVERIFY(bench.show(ScaleMode::Zoom, 1.0));
    for (int i = 1; i <= 12; ++i) {
        bench.area.verticalScrollBar()->setValue(i * 7);
        bench.area.horizontalScrollBar()->setValue(i * 5);
        QTRY_VERIFY2(bench.isSharp(guest, 1), qPrintable(bench.mismatch));
    }
}

// Qt takes the ratio once, at the start: without one this runs itself at each.
int main(int argc, char **argv)
{
    if (qEnvironmentVariableIsEmpty(RatioVariable)) {
        for (const char *ratio : {"1.25", "1.5", "1.75"}) {
            qputenv(RatioVariable, ratio);
            QStringList arguments;
            for (int i = 1; i < argc; ++i)
                arguments.append(QString::fromLocal8Bit(argv[i]));
            if (const int code = QProcess::execute(QString::fromLocal8Bit(argv[0]), arguments))
                return code;
        }
        return 0;
    }
    QApplication application(argc, argv);
    TestFractionalScreen test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_fractional_screen.moc"
