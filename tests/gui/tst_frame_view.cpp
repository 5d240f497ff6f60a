// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/frame_view.h"
#include "display/warped_motion.h"
#include "tests/support/fake_display.h"

#include <QtCore/QTimer>
#include <QtGui/QAction>
#include <QtGui/QPaintEvent>
#include <QtGui/QWheelEvent>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMainWindow>
#include <QtWidgets/QMenuBar>
#include <QtWidgets/QVBoxLayout>

#include <thread>

using display::FrameView;
using display::ScaleMode;

namespace {

constexpr QSize GuestSize(320, 200);

QImage plain(const QSize &size, QRgb color)
{
    QImage image(size, QImage::Format_RGB32);
    image.fill(color);
    return image;
}

// A window with a view, another widget to take the focus, and a menu that wants keys.
struct Bench
{
    explicit Bench(const QSize &viewSize = GuestSize)
    {
        auto *page = new QWidget;
        auto *layout = new QVBoxLayout(page);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->addWidget(&view);
        layout->addWidget(&other);
        window.setCentralWidget(page);
        QMenu *menu = window.menuBar()->addMenu(QStringLiteral("&File"));
        action = menu->addAction(QStringLiteral("Quit"));
        action->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_Q));
        view.setFixedSize(viewSize);
        source.show(plain(GuestSize, qRgb(10, 20, 30)));
        view.setSource(&source);
        view.setSink(&sink);
        view.setScale(ScaleMode::Zoom);
    }
    ~Bench()
    {
        view.setSource(nullptr);
        view.setSink(nullptr);
        view.setParent(nullptr);
        other.setParent(nullptr);
    }
    bool show()
    {
        window.show();
        window.activateWindow();
        if (!QTest::qWaitForWindowActive(&window))
            return false;
        view.setFocus();
        QCoreApplication::processEvents();
        sink.take();
        return view.hasFocus();
    }
    void nativeKey(QEvent::Type type, unsigned evdev, int key = Qt::Key_unknown,
                   bool isRepeat = false)
    {
        QKeyEvent event(type, key, Qt::NoModifier, evdev + 8, 0, 0, QString(), isRepeat);
        QApplication::sendEvent(&view, &event);
    }

    FakeFrameSource source;
    RecordingInputSink sink;
    QMainWindow window;
    FrameView view;
    QLineEdit other;
    QAction *action = nullptr;
};

class PaintCounter final : public QObject
{
public:
    explicit PaintCounter(QObject *watched) { watched->installEventFilter(this); }
    bool eventFilter(QObject *, QEvent *event) override
    {
        if (event->type() == QEvent::Paint) {
            ++count;
            region += static_cast<QPaintEvent *>(event)->region();
        }
        return false;
    }
    int count = 0;
    QRegion region;
};

constexpr unsigned EvdevA = 30;
constexpr unsigned EvdevF = 33;
constexpr unsigned EvdevLeftCtrl = 29;
constexpr unsigned EvdevLeftAlt = 56;
constexpr unsigned EvdevShift = 42;
constexpr unsigned EvdevRightCtrl = 97;

} // namespace

class TestFrameView : public QObject
{
    Q_OBJECT
private slots:
    void keysGoToTheGuest();
    void repeatsAreFurtherPresses();
    void tabAltAndShortcutsGoToTheGuest();
    void losingTheFocusReleasesEverything();
    void hostKeyAloneTogglesCapture();
    void hostKeyChordIsForTheWindow();
    void modifierHeldBeforeTheHostKeyStaysTheGuests();
    void clickSpoilsTheHostKey();
    void twoKeysAreTheHostKeyOnlyTogether();
    void chordIsPressedInOrderAndReleasedInReverse();
    void pointerFollowsAtEveryScale_data();
    void pointerFollowsAtEveryScale();
    void clicksBesideThePictureAreNotSent();
    void everyButtonIsSent();
    void wheelCountsWholeNotches();
    void relativeModeCapturesWithAClick();
    void hiddenViewLetsGo();
    void onlyTheDamageIsRepainted();
    void manyDamagesAreOnePaint();
    void damageWithoutEndIsPainted();
    void damageFromAnotherThreadArrives();
    void newSizeIsAnnounced();
    void placeholderAndShadeArePainted();
    void guestCursorBecomesTheWidgets();
    void guestCursorGrowsWithThePicture();
    void screenshotIsACopy();
    void sourceIsToldWhetherItIsSeen();
    void warpedMotionCountsEverythingOnce();
};

void TestFrameView::keysGoToTheGuest()
{
    Bench bench;
    QVERIFY(bench.show());
    bench.nativeKey(QEvent::KeyPress, EvdevA);
    bench.nativeKey(QEvent::KeyRelease, EvdevA);
    QCOMPARE(bench.sink.take(), QStringList({"+1e", "-1e"}));
    QTest::keyClick(&bench.view, Qt::Key_Delete);
    QCOMPARE(bench.sink.take(), QStringList({"+153", "-153"}));
    // A release without a press, as after a focus change with the key held.
    bench.nativeKey(QEvent::KeyRelease, EvdevA);
    QCOMPARE(bench.sink.take(), QStringList());
}

void TestFrameView::repeatsAreFurtherPresses()
{
    Bench bench;
    QVERIFY(bench.show());
    bench.nativeKey(QEvent::KeyPress, EvdevA);
    for (int i = 0; i < 2; ++i) {
        bench.nativeKey(QEvent::KeyRelease, EvdevA, Qt::Key_A, true);
        bench.nativeKey(QEvent::KeyPress, EvdevA, Qt::Key_A, true);
    }
    bench.nativeKey(QEvent::KeyRelease, EvdevA);
    QCOMPARE(bench.sink.take(), QStringList({"+1e", "+1e", "+1e", "-1e"}));
    // Held since before the view had the focus: not the guest's.
    bench.nativeKey(QEvent::KeyPress, EvdevA, Qt::Key_A, true);
    QCOMPARE(bench.sink.take(), QStringList());
}

void TestFrameView::tabAltAndShortcutsGoToTheGuest()
{
    Bench bench;
    QVERIFY(bench.show());
    QSignalSpy triggered(bench.action, &QAction::triggered);
    QTest::keyClick(bench.window.windowHandle(), Qt::Key_Tab);
    QVERIFY(bench.view.hasFocus());
    QCOMPARE(bench.sink.take(), QStringList({"+f", "-f"}));
    QTest::keyClick(bench.window.windowHandle(), Qt::Key_Backtab, Qt::ShiftModifier);
    QVERIFY(bench.sink.take().contains("+f"));
    QTest::keyClick(bench.window.windowHandle(), Qt::Key_Q, Qt::ControlModifier);
    QVERIFY(bench.sink.take().contains("+10"));
    QTest::keyClick(bench.window.windowHandle(), Qt::Key_F, Qt::AltModifier);
    QVERIFY(bench.sink.take().contains("+21"));
    QTest::keyClick(bench.window.windowHandle(), Qt::Key_F10);
    QVERIFY(bench.sink.take().contains("+44"));
    QCOMPARE(triggered.count(), 0);
    QVERIFY(!QApplication::activePopupWidget());
    QVERIFY(bench.view.hasFocus());
}

void TestFrameView::losingTheFocusReleasesEverything()
{
    Bench bench;
    QVERIFY(bench.show());
    bench.nativeKey(QEvent::KeyPress, EvdevShift);
    bench.nativeKey(QEvent::KeyPress, EvdevA);
    QTest::mousePress(&bench.view, Qt::LeftButton, {}, QPoint(1, 2));
    bench.sink.take();
    bench.other.setFocus();
    QCOMPARE(bench.sink.take(), QStringList({"-1e", "-2a", "-left"}));
    bench.view.setFocus();
    bench.nativeKey(QEvent::KeyRelease, EvdevShift);
    QCOMPARE(bench.sink.take(), QStringList());
}

void TestFrameView::hostKeyAloneTogglesCapture()
{
    Bench bench;
    QVERIFY(bench.show());
    QSignalSpy changed(&bench.view, &FrameView::captureChanged);
    for (const bool isCaptured : {true, false, true}) {
        bench.nativeKey(QEvent::KeyPress, EvdevRightCtrl);
        bench.nativeKey(QEvent::KeyRelease, EvdevRightCtrl);
        QCOMPARE(bench.view.isKeyboardCaptured(), isCaptured);
    }
    QCOMPARE(changed.count(), 3);
    QCOMPARE(bench.sink.take(), QStringList());
    // It is an ordinary key when another one is the host key.
    bench.view.setHostKey(0x36);
    bench.nativeKey(QEvent::KeyPress, EvdevRightCtrl);
    bench.nativeKey(QEvent::KeyRelease, EvdevRightCtrl);
    QCOMPARE(bench.sink.take(), QStringList({"+11d", "-11d"}));
    bench.other.setFocus();
    QVERIFY(!bench.view.isKeyboardCaptured());
}

void TestFrameView::hostKeyChordIsForTheWindow()
{
    Bench bench;
    QVERIFY(bench.show());
    QSignalSpy chord(&bench.view, &FrameView::hostKeyChord);
    bench.nativeKey(QEvent::KeyPress, EvdevRightCtrl);
    bench.nativeKey(QEvent::KeyPress, EvdevF, Qt::Key_F);
    bench.nativeKey(QEvent::KeyPress, EvdevF, Qt::Key_F, true);
    bench.nativeKey(QEvent::KeyRelease, EvdevRightCtrl);
    bench.nativeKey(QEvent::KeyRelease, EvdevF, Qt::Key_F);
    QCOMPARE(chord.count(), 1);
    QCOMPARE(chord.first().first().toInt(), int(Qt::Key_F));
    QVERIFY(!bench.view.isKeyboardCaptured());
    QCOMPARE(bench.sink.take(), QStringList());
}

void TestFrameView::modifierHeldBeforeTheHostKeyStaysTheGuests()
{
    Bench bench;
    QVERIFY(bench.show());
    bench.nativeKey(QEvent::KeyPress, EvdevShift);
    bench.nativeKey(QEvent::KeyPress, EvdevRightCtrl);
    bench.nativeKey(QEvent::KeyRelease, EvdevRightCtrl);
    QVERIFY(!bench.view.isKeyboardCaptured()); // not alone
    bench.nativeKey(QEvent::KeyPress, EvdevRightCtrl);
    bench.nativeKey(QEvent::KeyRelease, EvdevShift);
    bench.nativeKey(QEvent::KeyRelease, EvdevRightCtrl);
    QCOMPARE(bench.sink.take(), QStringList({"+2a", "-2a"}));
}

void TestFrameView::clickSpoilsTheHostKey()
{
    Bench bench;
    QVERIFY(bench.show());
    bench.nativeKey(QEvent::KeyPress, EvdevRightCtrl);
    QTest::mouseClick(&bench.view, Qt::LeftButton, {}, QPoint(5, 5));
    bench.nativeKey(QEvent::KeyRelease, EvdevRightCtrl);
    QVERIFY(!bench.view.isKeyboardCaptured());
}

void TestFrameView::twoKeysAreTheHostKeyOnlyTogether()
{
    Bench bench;
    QVERIFY(bench.show());
    bench.view.setHostKeys({0x1d, 0x38}); // Ctrl and Alt
    QSignalSpy chord(&bench.view, &FrameView::hostKeyChord);
    // Alone each is the guest's.
    bench.nativeKey(QEvent::KeyPress, EvdevLeftCtrl);
    bench.nativeKey(QEvent::KeyPress, EvdevA);
    bench.nativeKey(QEvent::KeyRelease, EvdevA);
    bench.nativeKey(QEvent::KeyRelease, EvdevLeftCtrl);
    QCOMPARE(bench.sink.take(), QStringList({"+1d", "+1e", "-1e", "-1d"}));
    QVERIFY(!bench.view.isKeyboardCaptured());
    // Together they are the host key, in either order, and nothing stays down in the guest.
    bench.nativeKey(QEvent::KeyPress, EvdevLeftAlt);
    bench.nativeKey(QEvent::KeyPress, EvdevLeftCtrl);
    bench.nativeKey(QEvent::KeyPress, EvdevF, Qt::Key_F);
    bench.nativeKey(QEvent::KeyRelease, EvdevF, Qt::Key_F);
    bench.nativeKey(QEvent::KeyRelease, EvdevLeftCtrl);
    bench.nativeKey(QEvent::KeyRelease, EvdevLeftAlt);
    QCOMPARE(bench.sink.take(), QStringList({"+38", "-38"}));
    QCOMPARE(chord.count(), 1);
    QVERIFY(!bench.view.isKeyboardCaptured());
    // Tapped together: capture.
    bench.nativeKey(QEvent::KeyPress, EvdevLeftCtrl);
    bench.nativeKey(QEvent::KeyPress, EvdevLeftAlt);
    bench.nativeKey(QEvent::KeyRelease, EvdevLeftAlt);
    bench.nativeKey(QEvent::KeyRelease, EvdevLeftCtrl);
    QVERIFY(bench.view.isKeyboardCaptured());
    QCOMPARE(bench.sink.take(), QStringList({"+1d", "-1d"}));
}

void TestFrameView::chordIsPressedInOrderAndReleasedInReverse()
{
    Bench bench;
    QVERIFY(bench.show());
    bench.view.sendChord({0x1d, 0x38, 0x153});
    QCOMPARE(bench.sink.take(), QStringList({"+1d", "+38", "+153", "-153", "-38", "-1d"}));
}

void TestFrameView::pointerFollowsAtEveryScale_data()
{
    QTest::addColumn<QSize>("view");
    QTest::addColumn<ScaleMode>("mode");
    QTest::addColumn<qreal>("zoom");
    QTest::addColumn<QPoint>("mouse");
    QTest::addColumn<QString>("wanted");
    const auto zoom = ScaleMode::Zoom;
    const auto fit = ScaleMode::Fit;
    QTest::newRow("actual") << GuestSize << zoom << 1.0 << QPoint(7, 9) << "at 7,9";
    QTest::newRow("centred") << QSize(420, 300) << zoom << 1.0 << QPoint(57, 59) << "at 7,9";
    QTest::newRow("beside") << QSize(420, 300) << zoom << 1.0 << QPoint(2, 299) << "at 0,199";
    QTest::newRow("double") << GuestSize * 2 << fit << 1.0 << QPoint(15, 18) << "at 7,9";
    QTest::newRow("half") << GuestSize / 2 << fit << 1.0 << QPoint(50, 40) << "at 100,80";
    QTest::newRow("last") << GuestSize * 2 << fit << 1.0 << QPoint(639, 399) << "at 319,199";
    QTest::newRow("400 %") << GuestSize * 4 << zoom << 4.0 << QPoint(1279, 3) << "at 319,0";
    QTest::newRow("150 %") << GuestSize * 3 / 2 << zoom << 1.5 << QPoint(30, 45) << "at 20,30";
    QTest::newRow("50 %") << GuestSize / 2 << zoom << 0.5 << QPoint(159, 99) << "at 318,198";
    // 700 x 500 has room for twice 320 x 200, which leaves a border of 30 and 50.
    QTest::newRow("whole") << QSize(700, 500) << ScaleMode::FitWhole << 1.0 << QPoint(33, 52)
                           << "at 1,1";
}

void TestFrameView::pointerFollowsAtEveryScale()
{
    QFETCH(QSize, view);
    QFETCH(ScaleMode, mode);
    QFETCH(qreal, zoom);
    QFETCH(QPoint, mouse);
    QFETCH(QString, wanted);
    Bench bench(view);
    bench.view.setScale(mode, zoom);
    QVERIFY(bench.show());
    QTest::mouseMove(&bench.view, mouse);
    QTRY_VERIFY(!bench.sink.log.isEmpty());
    QCOMPARE(bench.sink.take().last(), wanted);
}

void TestFrameView::clicksBesideThePictureAreNotSent()
{
    Bench bench(QSize(420, 300));
    QVERIFY(bench.show());
    QTest::mouseClick(&bench.view, Qt::LeftButton, {}, QPoint(2, 2));
    QVERIFY(!bench.sink.take().contains("+left"));
    // A drag that ends there is released all the same.
    QTest::mousePress(&bench.view, Qt::LeftButton, {}, QPoint(60, 60));
    QTest::mouseRelease(&bench.view, Qt::LeftButton, {}, QPoint(2, 2));
    QCOMPARE(bench.sink.take(), QStringList({"at 10,10", "+left", "at 0,0", "-left"}));
}

void TestFrameView::everyButtonIsSent()
{
    Bench bench;
    QVERIFY(bench.show());
    const std::pair<Qt::MouseButton, QString> buttons[] = {
        {Qt::LeftButton, "left"}, {Qt::MiddleButton, "middle"}, {Qt::RightButton, "right"},
        {Qt::BackButton, "side"}, {Qt::ForwardButton, "extra"},
    };
    for (const auto &[button, name] : buttons) {
        QTest::mouseClick(&bench.view, button, {}, QPoint(3, 4));
        QCOMPARE(bench.sink.take(), QStringList({"at 3,4", "+" + name, "at 3,4", "-" + name}));
    }
    QTest::mouseDClick(&bench.view, Qt::LeftButton, {}, QPoint(3, 4));
    QVERIFY(bench.sink.take().contains("+left"));
}

void TestFrameView::wheelCountsWholeNotches()
{
    Bench bench;
    QVERIFY(bench.show());
    const auto turnBy = [&bench](const QPoint &angle) {
        QWheelEvent event(QPointF(5, 5), bench.view.mapToGlobal(QPointF(5, 5)), QPoint(), angle,
                          Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
        QApplication::sendEvent(&bench.view, &event);
        return bench.sink.take();
    };
    const auto turn = [&turnBy](int angle) { return turnBy(QPoint(0, angle)); };
    QCOMPARE(turn(120), QStringList({"+wheelUp", "-wheelUp"}));
    QCOMPARE(turn(-240), QStringList({"+wheelDown", "-wheelDown", "+wheelDown", "-wheelDown"}));
    QCOMPARE(turn(50), QStringList());
    QCOMPARE(turn(50), QStringList());
    QCOMPARE(turn(50), QStringList({"+wheelUp", "-wheelUp"}));
    // Turned back, what was left over of the other direction (30) does not count.
    QCOMPARE(turn(-119), QStringList());
    QCOMPARE(turn(-1), QStringList({"+wheelDown", "-wheelDown"}));
    // Wheels of a higher resolution send many small turns; nothing is lost between them.
    QStringList notches;
    for (int i = 0; i < 48; ++i)
        notches += turn(-15);
    QCOMPARE(notches.count("+wheelDown"), 6);
    // Sideways, and both at once.
    QCOMPARE(turnBy(QPoint(60, 0)), QStringList());
    QCOMPARE(turnBy(QPoint(60, 120)),
             QStringList({"+wheelUp", "-wheelUp", "+wheelLeft", "-wheelLeft"}));
    QCOMPARE(turnBy(QPoint(-120, 0)), QStringList({"+wheelRight", "-wheelRight"}));
}

void TestFrameView::relativeModeCapturesWithAClick()
{
    Bench bench;
    bench.sink.mode = engine::PointerMode::Relative;
    QVERIFY(bench.show());
    QTest::mouseMove(&bench.view, QPoint(20, 20));
    QCoreApplication::processEvents();
    QCOMPARE(bench.sink.take(), QStringList()); // not ours yet
    QTest::mouseClick(&bench.view, Qt::LeftButton, {}, QPoint(20, 20));
    QVERIFY(bench.view.isPointerCaptured());
    QVERIFY(!bench.sink.log.contains("+left")); // that click only captured
    QCoreApplication::processEvents();
    bench.sink.take();

    const QPoint middle = bench.view.rect().center();
    QTest::mouseMove(&bench.view, middle);
    QCoreApplication::processEvents();
    bench.sink.take();
    QTest::mouseMove(&bench.view, middle + QPoint(7, -3));
    QTRY_COMPARE(bench.sink.log, QStringList({"by 7,-3"}));
    bench.sink.take();
    QTest::mousePress(&bench.view, Qt::RightButton, {}, middle + QPoint(7, -3));
    QCOMPARE(bench.sink.take(), QStringList({"+right"}));

    bench.nativeKey(QEvent::KeyPress, EvdevRightCtrl);
    bench.nativeKey(QEvent::KeyRelease, EvdevRightCtrl);
    QVERIFY(!bench.view.isPointerCaptured());
    QVERIFY(bench.sink.take().contains("-right")); // nothing stays pressed

    bench.view.capture();
    QVERIFY(bench.view.isPointerCaptured());
    bench.sink.mode = engine::PointerMode::Absolute;
    bench.view.updatePointerMode();
    QVERIFY(!bench.view.isPointerCaptured());
}

void TestFrameView::hiddenViewLetsGo()
{
    Bench bench;
    bench.sink.mode = engine::PointerMode::Relative;
    QVERIFY(bench.show());
    bench.view.capture();
    QVERIFY(bench.view.isPointerCaptured());
    bench.window.hide();
    QVERIFY(!bench.view.isPointerCaptured());
    QVERIFY(!bench.view.isKeyboardCaptured());
}

void TestFrameView::onlyTheDamageIsRepainted()
{
    Bench bench;
    QVERIFY(bench.show());
    QTRY_COMPARE(bench.view.guestSize(), GuestSize);
    QCoreApplication::processEvents();
    PaintCounter counter(&bench.view);
    QSignalSpy painted(&bench.view, &FrameView::framePainted);
    bench.source.fill(QRect(10, 20, 30, 40), qRgb(200, 100, 50));
    QTRY_COMPARE(counter.count, 1);
    QCOMPARE(counter.region, QRegion(10, 20, 30, 40));
    QCOMPARE(painted.count(), 1);
    const QImage shown = bench.view.grab().toImage();
    QCOMPARE(shown.pixel(10, 20), qRgb(200, 100, 50));
    QCOMPARE(shown.pixel(9, 20), qRgb(10, 20, 30));
}

void TestFrameView::manyDamagesAreOnePaint()
{
    Bench bench;
    QVERIFY(bench.show());
    QCoreApplication::processEvents();
    PaintCounter counter(&bench.view);
    for (int i = 0; i < 100; ++i)
        bench.source.fill(QRect(i, i, 2, 2), qRgb(255, 255, 255));
    QTRY_VERIFY(counter.count > 0);
    QCoreApplication::processEvents();
    QCOMPARE(counter.count, 1);
    QVERIFY(counter.region.contains(QPoint(50, 50)));
    QVERIFY(!counter.region.contains(QPoint(200, 150)));
}

void TestFrameView::damageWithoutEndIsPainted()
{
    Bench bench;
    QVERIFY(bench.show());
    QCoreApplication::processEvents();
    PaintCounter counter(&bench.view);
    QTimer guest;
    connect(&guest, &QTimer::timeout, &guest,
            [&bench] { bench.source.fill(QRect(0, 0, 5, 5), qRgb(1, 2, 3)); });
    guest.start(0); // never quiet for a millisecond
    QTRY_VERIFY(counter.count >= 5);
}

void TestFrameView::damageFromAnotherThreadArrives()
{
    Bench bench;
    QVERIFY(bench.show());
    QCoreApplication::processEvents();
    PaintCounter counter(&bench.view);
    std::thread guest([&bench] {
        for (int i = 0; i < 100; ++i)
            bench.source.fill(QRect(i, 0, 1, 200), qRgb(1, 2, 3));
    });
    guest.join();
    QTRY_VERIFY(counter.region.contains(QRect(0, 0, 100, 200)));
    QCOMPARE(bench.view.grab().toImage().pixel(99, 199), qRgb(1, 2, 3));
}

void TestFrameView::newSizeIsAnnounced()
{
    Bench bench;
    QVERIFY(bench.show());
    QSignalSpy resized(&bench.view, &FrameView::guestSizeChanged);
    bench.source.show(plain(QSize(64, 48), qRgb(0, 0, 255)));
    QTRY_COMPARE(resized.count(), 1);
    QCOMPARE(resized.first().first().toSize(), QSize(64, 48));
    QCOMPARE(bench.view.sizeHint(), QSize(64, 48));
    // The same size elsewhere in memory is painted, not announced.
    bench.source.show(plain(QSize(64, 48), qRgb(0, 255, 0)));
    QTRY_COMPARE(bench.view.grab().toImage().pixel(160, 100), qRgb(0, 255, 0));
    QCOMPARE(resized.count(), 1);
    bench.source.clear();
    QTRY_COMPARE(resized.count(), 2);
    QVERIFY(bench.view.guestSize().isEmpty());
}

void TestFrameView::placeholderAndShadeArePainted()
{
    Bench bench;
    QVERIFY(bench.show());
    const QImage bright = bench.view.grab().toImage();
    bench.view.setDimmed(true);
    const QImage dim = bench.view.grab().toImage();
    QVERIFY(qBlue(dim.pixel(0, 0)) < qBlue(bright.pixel(0, 0)));
    bench.view.setDimmed(false);
    QCOMPARE(bench.view.grab().toImage(), bright);

    bench.source.clear();
    QTRY_VERIFY(bench.view.guestSize().isEmpty());
    const QImage empty = bench.view.grab().toImage();
    bench.view.setPlaceholderText(QStringLiteral("Starting..."));
    QVERIFY(bench.view.grab().toImage() != empty);
}

void TestFrameView::guestCursorBecomesTheWidgets()
{
    Bench bench;
    QVERIFY(bench.show());
    QCOMPARE(bench.view.cursor().shape(), Qt::ArrowCursor);
    engine::CursorImage cursor;
    cursor.width = 2;
    cursor.height = 2;
    cursor.hotSpotX = 1;
    cursor.pixels = {0xffff0000, 0xff00ff00, 0xff0000ff, 0x00000000};
    bench.source.setCursor(cursor);
    QTRY_COMPARE(bench.view.cursor().shape(), Qt::BitmapCursor);
    QCOMPARE(bench.view.cursor().hotSpot(), QPoint(1, 0));
    QCOMPARE(bench.view.cursor().pixmap().toImage().pixel(1, 0), 0xff00ff00U);
    cursor.isVisible = false;
    bench.source.setCursor(cursor);
    QTRY_COMPARE(bench.view.cursor().shape(), Qt::BlankCursor);
    // In Relative mode the host's pointer is not the guest's.
    bench.sink.mode = engine::PointerMode::Relative;
    bench.view.updatePointerMode();
    QCOMPARE(bench.view.cursor().shape(), Qt::ArrowCursor);
}

void TestFrameView::guestCursorGrowsWithThePicture()
{
    Bench bench(GuestSize * 2);
    QVERIFY(bench.show());
    engine::CursorImage cursor;
    cursor.width = 2;
    cursor.height = 2;
    cursor.hotSpotX = 1;
    cursor.pixels = {0xffff0000, 0xff00ff00, 0xff0000ff, 0x00000000};
    bench.source.setCursor(cursor);
    QTRY_COMPARE(bench.view.cursor().pixmap().size(), QSize(2, 2));
    bench.view.setScale(ScaleMode::Zoom, 2.0);
    QCOMPARE(bench.view.cursor().pixmap().size(), QSize(4, 4));
    QCOMPARE(bench.view.cursor().hotSpot(), QPoint(2, 0));
    QCOMPARE(bench.view.cursor().pixmap().toImage().pixel(2, 1), 0xff00ff00U);
    QCOMPARE(bench.view.shownZoom(), 2.0);
    bench.view.setScale(ScaleMode::Fit);
    bench.view.setFixedSize(GuestSize * 3);
    QTRY_COMPARE(bench.view.cursor().pixmap().size(), QSize(6, 6));
}

void TestFrameView::screenshotIsACopy()
{
    Bench bench;
    const QImage shot = bench.view.screenshot();
    QCOMPARE(shot.size(), GuestSize);
    bench.source.fill(QRect(0, 0, 5, 5), qRgb(255, 0, 0));
    QCOMPARE(shot.pixel(0, 0), qRgb(10, 20, 30));
    bench.view.setSource(nullptr);
    QVERIFY(!bench.source.hasListener());
    QVERIFY(bench.view.screenshot().isNull());
}

void TestFrameView::sourceIsToldWhetherItIsSeen()
{
    Bench bench;
    QVERIFY(!bench.source.isVisible());
    QVERIFY(bench.show());
    QVERIFY(bench.source.isVisible());
    bench.window.hide();
    QVERIFY(!bench.source.isVisible());
}

void TestFrameView::warpedMotionCountsEverythingOnce()
{
    display::WarpedMotion motion;
    motion.start(QPoint(100, 100), QPoint(100, 100), 10);
    QCOMPARE(motion.moveTo(QPoint(105, 100)), QPoint(5, 0));
    QVERIFY(!motion.isHomeWanted());
    QCOMPARE(motion.moveTo(QPoint(112, 100)), QPoint(7, 0));
    QVERIFY(motion.isHomeWanted());
    // Moved on before the pointer was put back.
    QCOMPARE(motion.moveTo(QPoint(115, 101)), QPoint(3, 1));
    QVERIFY(!motion.isHomeWanted());
    // The return itself is no motion; what came with it is.
    QCOMPARE(motion.moveTo(QPoint(100, 100)), QPoint(0, 0));
    QCOMPARE(motion.moveTo(QPoint(98, 103)), QPoint(-2, 3));
}

QTEST_MAIN(TestFrameView)
#include "tst_frame_view.moc"
