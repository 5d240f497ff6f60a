// SPDX-License-Identifier: GPL-3.0-or-later
// How large the machine window shows the guest, and on which of two screens it fills one.
#include "tests/support/console_fixture.h"
#include "ui/console_screen.h"
#include "ui/host_screens.h"
#include "ui/message_bar.h"
#include "ui/window_place.h"

#include <QtCore/QTemporaryDir>
#include <QtGui/QScreen>
#include <QtWidgets/QApplication>
#include <QtWidgets/QLabel>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QStatusBar>

using fakes::ConsoleFixture;

namespace {

constexpr QSize GuestSize(320, 200);
constexpr const char *Screens = R"({"screens": [
  {"name": "Left", "x": 0, "y": 0, "width": 1280, "height": 800},
  {"name": "Right", "x": 1280, "y": 0, "width": 1600, "height": 1000}]})";

struct Console : ConsoleFixture
{
    bool start(const QSize &guest = GuestSize)
    {
        guestSize = guest;
        open();
        return come();
    }
    bool come()
    {
        show();
        return QTest::qWaitFor([this] { return isReady() && view().guestSize() == guestSize; });
    }
    // The window goes and comes back, as with another start of the program.
    bool comeAgain()
    {
        action("background")->trigger();
        window.reset();
        return come();
    }
    QScrollArea *scrollArea() const { return window->findChild<QScrollArea *>(); }
};

} // namespace

class TestConsoleScale final : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void zoomMakesPictureAndWindowLarger();
    void stepsGoByHostChords();
    void stepsEndAtTheLimits();
    void largePictureIsScrolled();
    void fittedPictureFollowsTheWindow();
    void leavingScaledModeGoesBackToTheZoom();
    void zoomIsRemembered_data();
    void zoomIsRemembered();
    void nonsenseInTheFileIsNoZoom();
    void fullScreenShrinksWhatIsTooLarge();
    void fullScreenGoesToTheChosenScreenAndBack();
    void chosenScreenIsRemembered();
    void missingScreenIsSaidAndReplaced();
    void screensAreKnownAgain();
    void troubleWithCapturingIsShown();
};

void TestConsoleScale::initTestCase()
{
    QCOMPARE(QGuiApplication::screens().size(), 2);
}

void TestConsoleScale::zoomMakesPictureAndWindowLarger()
{
    Console console;
    QVERIFY(console.start());
    QTRY_COMPARE(console.view().height(), 200);
    QVERIFY(console.action("zoom100")->isChecked());
    console.action("zoom200")->trigger();
    QTRY_COMPARE(console.view().height(), 400);
    QCOMPARE(console.view().shownZoom(), 2.0);
    QVERIFY(console.window->height() > 400);
    QVERIFY(console.action("zoom200")->isChecked());
    QVERIFY(!console.action("zoom100")->isChecked());
    QVERIFY(console.said().contains(QLatin1String("200")));
    console.action("zoom50")->trigger();
    QTRY_COMPARE(console.view().shownZoom(), 0.5);
    // The guest's next resolution is shown at the same zoom.
    console.action("zoom150")->trigger();
    console.screen->source.setSize(400, 300);
    QTRY_COMPARE(console.view().sizeHint(), QSize(600, 450));
    QTRY_COMPARE(console.view().height(), 450);
}

void TestConsoleScale::stepsGoByHostChords()
{
    Console console;
    QVERIFY(console.start());
    const auto after = [&console](int qtKey) {
        console.chord(qtKey);
        return console.view().shownZoom();
    };
    QCOMPARE(after(Qt::Key_Plus), 1.25);
    QCOMPARE(after(Qt::Key_Equal), 1.5); // the same key without Shift
    QCOMPARE(after(Qt::Key_Minus), 1.25);
    QCOMPARE(after(Qt::Key_0), 1.0);
    QCOMPARE(after(Qt::Key_Minus), 0.75);
    // From what is seen, where that is no step.
    console.window->resize(700, 700);
    console.action("scaledMode")->trigger();
    QTRY_VERIFY(console.view().shownZoom() > 1.75);
    QVERIFY(console.view().shownZoom() < 2.25);
    const qreal fitted = console.view().shownZoom();
    QVERIFY(after(Qt::Key_Plus) > fitted);
    QVERIFY(!console.action("scaledMode")->isChecked());
}

void TestConsoleScale::stepsEndAtTheLimits()
{
    const QList<int> steps = ui::zoomSteps();
    for (qsizetype i = 0; i + 1 < steps.size(); ++i) {
        QCOMPARE(ui::zoomedIn(steps[i]), steps[i + 1]);
        QCOMPARE(ui::zoomedOut(steps[i + 1]), steps[i]);
        QCOMPARE(ui::zoomedOut(steps[i] + 1), steps[i]);
        QCOMPARE(ui::zoomedIn(steps[i] + 1), steps[i + 1]);
    }
    QCOMPARE(ui::zoomedIn(ui::MaxZoomPercent), ui::MaxZoomPercent);
    QCOMPARE(ui::zoomedOut(ui::MinZoomPercent), ui::MinZoomPercent);
}

void TestConsoleScale::largePictureIsScrolled()
{
    Console console;
    QVERIFY(console.start(QSize(800, 600)));
    console.action("zoom400")->trigger();
    QTRY_COMPARE(console.view().size(), QSize(3200, 2400));
    QScrollBar *vertical = console.scrollArea()->verticalScrollBar();
    QTRY_VERIFY(vertical->maximum() > 1000);
    QVERIFY(vertical->isVisible());
    vertical->setValue(vertical->maximum());
    const QPoint corner = console.view().visibleRegion().boundingRect().bottomRight();
    QCOMPARE(corner.y(), 2399);
}

void TestConsoleScale::fittedPictureFollowsTheWindow()
{
    Console console;
    QVERIFY(console.start());
    console.window->resize(1100, 780);
    console.action("zoomFitWhole")->trigger();
    QVERIFY(console.action("scaledMode")->isChecked());
    QTRY_COMPARE(console.view().shownZoom(), 3.0);
    console.action("zoomFit")->trigger();
    QTRY_VERIFY(console.view().shownZoom() > 3.0);
    QVERIFY(!console.scrollArea()->verticalScrollBar()->isVisible());
}

void TestConsoleScale::leavingScaledModeGoesBackToTheZoom()
{
    Console console;
    QVERIFY(console.start());
    console.action("zoom200")->trigger();
    console.action("zoomFit")->trigger();
    console.chord(Qt::Key_C);
    QCOMPARE(console.view().shownZoom(), 2.0);
    QVERIFY(console.action("zoom200")->isChecked());
}

void TestConsoleScale::zoomIsRemembered_data()
{
    QTest::addColumn<QByteArray>("choice");
    QTest::newRow("300 %") << QByteArray("zoom300");
    QTest::newRow("fit") << QByteArray("zoomFit");
    QTest::newRow("whole") << QByteArray("zoomFitWhole");
}

void TestConsoleScale::zoomIsRemembered()
{
    QFETCH(QByteArray, choice);
    Console console;
    QVERIFY(console.start());
    console.action("zoom150")->trigger();
    console.action(choice.constData())->trigger();
    QVERIFY(console.comeAgain());
    QVERIFY(console.action(choice.constData())->isChecked());
    if (choice.startsWith("zoomFit")) {
        console.chord(Qt::Key_C);
        QCOMPARE(console.view().shownZoom(), 1.5);
    } else {
        QCOMPARE(console.view().shownZoom(), 3.0);
    }
}

void TestConsoleScale::nonsenseInTheFileIsNoZoom()
{
    Console console;
    QVERIFY(console.start());
    ui::saveWindowPlace(console.client->status().uuid,
                        {.geometry = QRect(10, 10, 300, 300), .scale = {.percent = -7}});
    const auto place = ui::loadWindowPlace(console.client->status().uuid);
    QVERIFY(place.has_value());
    QCOMPARE(place->scale.percent, ui::MinZoomPercent);
}

void TestConsoleScale::fullScreenShrinksWhatIsTooLarge()
{
    Console console;
    QVERIFY(console.start());
    console.action("zoom400")->trigger(); // 1280 x 800, exactly the screen's
    console.chord(Qt::Key_F);
    QTRY_COMPARE(console.view().size(), QSize(1280, 800));
    QCOMPARE(console.view().shownZoom(), 4.0);
    console.screen->source.setSize(400, 300);
    QTRY_COMPARE(console.view().guestSize(), QSize(400, 300));
    // 800 / 300, in whole pixels of the width.
    QTRY_VERIFY(qAbs(console.view().shownZoom() - 800.0 / 300.0) < 0.01);
    QVERIFY(!console.scrollArea()->verticalScrollBar()->isVisible());
}

void TestConsoleScale::fullScreenGoesToTheChosenScreenAndBack()
{
    const QList<QScreen *> screens = QGuiApplication::screens();
    Console console;
    QVERIFY(console.start());
    const QPoint before = console.window->pos();
    QCOMPARE(console.window->screen(), screens[0]);
    QVERIFY(console.action("screen2")->text().contains(QStringLiteral("2: Right (1600 × 1000)")));
    console.action("screen2")->trigger();
    QVERIFY(console.window->isFullScreen());
    QTRY_COMPARE(console.window->screen(), screens[1]);
    QTRY_COMPARE(console.window->geometry(), screens[1]->geometry());
    QVERIFY(console.action("screen2")->isChecked());
    console.chord(Qt::Key_F);
    QVERIFY(!console.window->isFullScreen());
    QTRY_COMPARE(console.window->screen(), screens[0]);
    QTRY_COMPARE(console.window->pos(), before);
    // From one to the other without leaving.
    console.action("screen2")->trigger();
    QTRY_COMPARE(console.window->geometry(), screens[1]->geometry());
    console.action("screen1")->trigger();
    QTRY_COMPARE(console.window->geometry(), screens[0]->geometry());
}

void TestConsoleScale::chosenScreenIsRemembered()
{
    const QList<QScreen *> screens = QGuiApplication::screens();
    Console console;
    QVERIFY(console.start());
    console.action("screen2")->trigger();
    QTRY_COMPARE(console.window->screen(), screens[1]);
    QVERIFY(console.comeAgain());
    QVERIFY(!console.window->isFullScreen());
    QVERIFY(console.action("screen2")->isChecked());
    console.chord(Qt::Key_F);
    QTRY_COMPARE(console.window->geometry(), screens[1]->geometry());
    console.chord(Qt::Key_F);
    console.action("screenOfTheWindow")->trigger();
    QTRY_COMPARE(console.window->geometry(), screens[0]->geometry());
    QVERIFY(ui::loadWindowPlace(console.client->status().uuid)->fullScreenOn.isEmpty());
}

void TestConsoleScale::missingScreenIsSaidAndReplaced()
{
    Console console;
    QVERIFY(console.start());
    ui::saveWindowPlace(console.client->status().uuid,
                        {.geometry = console.window->geometry(),
                         .fullScreenOn = {.maker = QStringLiteral("Acme"),
                                          .model = QStringLiteral("Wide & High"),
                                          .connector = QStringLiteral("DP-9")}});
    console.window.reset();
    QVERIFY(console.come());
    QAction *missing = console.action("missingScreen");
    QVERIFY(missing != nullptr);
    QVERIFY(!missing->isEnabled());
    QVERIFY(missing->text().contains(QLatin1String("Wide && High")));
    console.chord(Qt::Key_F);
    QVERIFY(console.window->isFullScreen());
    QTRY_COMPARE(console.window->geometry(), QGuiApplication::screens().at(0)->geometry());
    // It is still wanted when it comes back.
    QVERIFY(console.comeAgain());
    QVERIFY(console.action("missingScreen") != nullptr);
}

void TestConsoleScale::screensAreKnownAgain()
{
    const QList<QScreen *> screens = QGuiApplication::screens();
    const ui::ScreenIdentity right = ui::identityOf(*screens[1]);
    QCOMPARE(ui::ScreenIdentity::fromText(right.toText()), right);
    QCOMPARE(ui::findScreen(right), screens[1]);
    QVERIFY(ui::findScreen({}) == nullptr);
    QVERIFY(ui::ScreenIdentity::fromText(QStringLiteral("nonsense")).isEmpty());
    ui::ScreenIdentity other = right;
    other.connector = QStringLiteral("Elsewhere");
    QVERIFY(ui::findScreen(other) == nullptr); // nothing else to tell it by
    const ui::ScreenIdentity odd{.model = QStringLiteral("a|b"), .connector = QStringLiteral("c")};
    QCOMPARE(ui::ScreenIdentity::fromText(odd.toText()).connector, QStringLiteral("c"));
}

void TestConsoleScale::troubleWithCapturingIsShown()
{
    Console console;
    QVERIFY(console.start());
    const QString reason = QStringLiteral("This desktop keeps its own shortcuts.");
    emit console.view().captureFailed(reason);
    const QList<QLabel *> labels = console.window->findChildren<QLabel *>();
    QVERIFY(std::any_of(labels.begin(), labels.end(), [&](const QLabel *label) {
        return label->isVisible() && label->text() == reason;
    }));
}

int main(int argc, char **argv)
{
    QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("screens.json")));
    if (!file.open(QIODevice::WriteOnly) || file.write(Screens) < 0)
        return 1;
    file.close();
    qputenv("QT_QPA_PLATFORM", "offscreen:configfile=" + QFile::encodeName(file.fileName()));
    QApplication application(argc, argv);
    TestConsoleScale test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_console_scale.moc"
