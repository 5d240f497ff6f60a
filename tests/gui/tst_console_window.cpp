// SPDX-License-Identifier: GPL-3.0-or-later
// The machine window's commands, menus, bars and full screen.
#include "tests/support/console_fixture.h"
#include "ui/activity_light.h"
#include "ui/console_actions.h"
#include "ui/guest_keys.h"
#include "ui/mini_tool_bar.h"
#include "ui/preferences.h"
#include "ui/window_place.h"

#include <QtCore/QLocale>
#include <QtGui/QClipboard>
#include <QtWidgets/QAbstractItemView>
#include <QtWidgets/QApplication>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QLabel>
#include <QtWidgets/QMenuBar>
#include <QtWidgets/QMessageBox>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QStatusBar>
#include <QtWidgets/QToolButton>

using engine::Feature;
using fakes::ConsoleFixture;

namespace {

QAbstractButton *buttonOf(QMessageBox *box, QMessageBox::ButtonRole role)
{
    const QList<QAbstractButton *> buttons = box->buttons();
    for (QAbstractButton *button : buttons) {
        if (box->buttonRole(button) == role)
            return button;
    }
    return nullptr;
}

} // namespace

class TestConsoleWindow final : public QObject
{
    Q_OBJECT
private slots:
    void titleNamesMachineAndState();
    void pauseAndResume();
    void pausedPictureSaysSo();
    void resetAsksFirst();
    void powerOffAsksFirst();
    void powerButtonSaysWhatWasDone();
    void whatDoesNotFitTheStatusBarIsSaidOverThePicture();
    void guestKeysGoToTheMachine_data();
    void guestKeysGoToTheMachine();
    void hostChordsTriggerCommands_data();
    void hostChordsTriggerCommands();
    void chordsStandInTheMenusWithoutShortcuts();
    void unsupportedIsGreyWithReason_data();
    void unsupportedIsGreyWithReason();
    void greyChordSaysWhy();
    void screenshotIsSavedByTheMachine();
    void sessionInformationIsLive();
    void logIsShown();
    void keyboardHelpListsChords();
    void preferencesAreRequested();
    void networkCableIsUnplugged();
    void refusedLinkKeepsItsCheckMark();
    void fullScreenHidesBarsAndShowsHint();
    void miniToolBarSlidesAndLeaves();
    void miniToolBarStaysUnderARestingPointer();
    void popUpMenuHoldsAllMenus();
    void closedMenuGivesTheKeyboardBack();
    void windowFollowsGuestSize();
    void windowStaysOnTheScreen();
    void windowComesBackWhereItWas();
    void placeOfTheWindowIsMovedInside_data();
    void placeOfTheWindowIsMovedInside();
    void scaledModeKeepsWindowSize();
    void barsCanBeHidden();
    void lightsGlowWhenCountersMove();
    void activityIsWantedOnlyWhileShown();
    void accelerationIsShown();
    void statusBarTellsPointerAndHostKey();
    void hostKeyPreferenceIsFollowed();
    void everythingHasAnAccessibleName();
};

void TestConsoleWindow::titleNamesMachineAndState()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_COMPARE(console.window->windowTitle(), QStringLiteral("Sample [Running] - Vitrine"));
    console.machine.driver().enter(engine::Driver::State::Paused);
    QTRY_COMPARE(console.window->windowTitle(), QStringLiteral("Sample [Paused] - Vitrine"));
}

void TestConsoleWindow::pauseAndResume()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    QAction *pause = console.action("pause");
    QVERIFY(!pause->isChecked());
    pause->trigger();
    QVERIFY2(!pause->isChecked(), "the mark must wait for the machine");
    QTRY_VERIFY(pause->isChecked());
    QVERIFY(console.called("pause"));
    pause->trigger();
    QTRY_VERIFY(!pause->isChecked());
    QVERIFY(console.called("resume"));
}

void TestConsoleWindow::pausedPictureSaysSo()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    auto *label = console.find<QLabel>("pausedLabel");
    QVERIFY(!label->isVisible());
    console.machine.driver().enter(engine::Driver::State::Paused);
    QTRY_VERIFY(label->isVisible());
    QVERIFY(!console.action("sendCtrlAltDelete")->isEnabled());
    console.machine.driver().enter(engine::Driver::State::Running);
    QTRY_VERIFY(!label->isVisible());
    QVERIFY(console.action("sendCtrlAltDelete")->isEnabled());
}

void TestConsoleWindow::resetAsksFirst()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    console.action("reset")->trigger();
    auto *box = console.find<QMessageBox>("confirmReset");
    QVERIFY(box != nullptr);
    QCOMPARE(box->defaultButton(), box->button(QMessageBox::Cancel));
    QVERIFY2(box->width() > 2 * box->height(), "the explanation is wrapped into a column");
    box->button(QMessageBox::Cancel)->click();
    QTRY_VERIFY(console.find<QMessageBox>("confirmReset") == nullptr);
    QVERIFY(!console.called("reset"));

    console.action("reset")->trigger();
    box = console.find<QMessageBox>("confirmReset");
    buttonOf(box, QMessageBox::AcceptRole)->click();
    QTRY_VERIFY(console.called("reset"));
}

void TestConsoleWindow::powerOffAsksFirst()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    QSignalSpy finished(console.window.get(), &ui::ConsoleWindow::finished);
    console.action("powerOff")->trigger();
    QVERIFY(!console.called("powerOff"));
    buttonOf(console.find<QMessageBox>("confirmPowerOff"), QMessageBox::AcceptRole)->click();
    QTRY_VERIFY(console.called("powerOff"));
    QTRY_COMPARE(finished.count(), 1);
    QVERIFY(!console.window->isVisible());
}

void TestConsoleWindow::powerButtonSaysWhatWasDone()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    console.action("powerButton")->trigger();
    QTRY_VERIFY(console.called("powerButton"));
    QTRY_VERIFY(console.said().contains("shutdown signal"));
}

void TestConsoleWindow::whatDoesNotFitTheStatusBarIsSaidOverThePicture()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    console.window->resize(2400, 600);
    const auto *hint = console.find<QLabel>("fullScreenHint");
    const QString words = QString("many words ").repeated(12);
    emit console.client->noticed(words);
    QCOMPARE(console.window->statusBar()->currentMessage(), words);
    QVERIFY(!hint->isVisible());
    console.window->resize(400, 500);
    emit console.client->noticed(words);
    QVERIFY(hint->isVisible() && hint->wordWrap());
    QCOMPARE(hint->text(), words);
    QVERIFY(hint->parentWidget()->rect().contains(hint->geometry()));
    QVERIFY(hint->height() >= hint->heightForWidth(hint->width())); // nothing is cut
    QVERIFY(console.window->statusBar()->currentMessage().isEmpty());
}

void TestConsoleWindow::guestKeysGoToTheMachine_data()
{
    QTest::addColumn<QByteArray>("action");
    QTest::addColumn<QString>("bytes");
    QTest::newRow("ctrl alt del") << QByteArray("sendCtrlAltDelete") << "1d38e053e0d3b89d";
    QTest::newRow("backspace") << QByteArray("sendCtrlAltBackspace") << "1d380e8eb89d";
    QTest::newRow("break") << QByteArray("sendCtrlBreak") << "1de046e0c69d";
    QTest::newRow("print") << QByteArray("sendPrintScreen") << "e037e0b7";
    QTest::newRow("alt print") << QByteArray("sendAltPrintScreen") << "3854d4b8";
    QTest::newRow("super") << QByteArray("sendSuper") << "e05be0db";
    QTest::newRow("host key") << QByteArray("sendHostKey") << "e01de09d";
    QTest::newRow("F1") << QByteArray("sendCtrlAltF1") << "1d383bbbb89d";
    QTest::newRow("F10") << QByteArray("sendCtrlAltF10") << "1d3844c4b89d";
    QTest::newRow("F11") << QByteArray("sendCtrlAltF11") << "1d3857d7b89d";
    QTest::newRow("F12") << QByteArray("sendCtrlAltF12") << "1d3858d8b89d";
}

void TestConsoleWindow::guestKeysGoToTheMachine()
{
    QFETCH(QByteArray, action);
    QFETCH(QString, bytes);
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    console.action(action.constData())->trigger();
    QTRY_COMPARE(console.machine.driver().calls.last(), "scanCodes " + bytes);
}

void TestConsoleWindow::hostChordsTriggerCommands_data()
{
    QTest::addColumn<int>("key");
    QTest::addColumn<QByteArray>("action");
    QTest::newRow("P") << int(Qt::Key_P) << QByteArray("pause");
    QTest::newRow("R") << int(Qt::Key_R) << QByteArray("reset");
    QTest::newRow("H") << int(Qt::Key_H) << QByteArray("powerButton");
    QTest::newRow("N") << int(Qt::Key_N) << QByteArray("sessionInformation");
    QTest::newRow("Q") << int(Qt::Key_Q) << QByteArray("close");
    QTest::newRow("F") << int(Qt::Key_F) << QByteArray("fullScreen");
    QTest::newRow("C") << int(Qt::Key_C) << QByteArray("scaledMode");
    QTest::newRow("A") << int(Qt::Key_A) << QByteArray("fitWindow");
    QTest::newRow("M") << int(Qt::Key_M) << QByteArray("minimize");
    QTest::newRow("E") << int(Qt::Key_E) << QByteArray("screenshot");
    QTest::newRow("Home") << int(Qt::Key_Home) << QByteArray("popUpMenu");
    QTest::newRow("Del") << int(Qt::Key_Delete) << QByteArray("sendCtrlAltDelete");
    QTest::newRow("Backspace") << int(Qt::Key_Backspace) << QByteArray("sendCtrlAltBackspace");
    QTest::newRow("Insert") << int(Qt::Key_Insert) << QByteArray("sendHostKey");
    QTest::newRow("F7") << int(Qt::Key_F7) << QByteArray("sendCtrlAltF7");
}

void TestConsoleWindow::hostChordsTriggerCommands()
{
    QFETCH(int, key);
    QFETCH(QByteArray, action);
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    QSignalSpy triggered(console.action(action.constData()), &QAction::triggered);
    console.chord(key);
    QCOMPARE(triggered.count(), 1);
}

void TestConsoleWindow::chordsStandInTheMenusWithoutShortcuts()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    QVERIFY(console.action("fullScreen")->text().endsWith("\tHost+F"));
    QVERIFY(console.action("sendCtrlAltDelete")->text().endsWith("\tHost+Del"));
    const QList<QAction *> actions = console.window->findChildren<QAction *>();
    for (const QAction *action : actions)
        QVERIFY2(action->shortcut().isEmpty(), qPrintable(action->text()));
}

void TestConsoleWindow::unsupportedIsGreyWithReason_data()
{
    QTest::addColumn<Feature>("feature");
    QTest::addColumn<QByteArray>("action");
    QTest::newRow("pause") << Feature::Pause << QByteArray("pause");
    QTest::newRow("reset") << Feature::Reset << QByteArray("reset");
    QTest::newRow("power button") << Feature::PowerButton << QByteArray("powerButton");
    QTest::newRow("screenshot") << Feature::Screenshot << QByteArray("screenshot");
    QTest::newRow("medium") << Feature::ChangeMedium << QByteArray("chooseMedium");
    QTest::newRow("link") << Feature::LinkState << QByteArray("adapter0");
}

void TestConsoleWindow::unsupportedIsGreyWithReason()
{
    QFETCH(Feature, feature);
    QFETCH(QByteArray, action);
    ConsoleFixture console;
    console.open();
    const QString reason = QStringLiteral("Not with this engine");
    console.machine.driver().unsupported.insert(feature, reason);
    console.show();
    QTRY_VERIFY(console.isReady());
    QVERIFY(!console.action(action.constData())->isEnabled());
    QCOMPARE(console.action(action.constData())->toolTip(), reason);
    QCOMPARE(console.action(action.constData())->statusTip(), reason);
}

void TestConsoleWindow::greyChordSaysWhy()
{
    ConsoleFixture console;
    console.open();
    console.machine.driver().unsupported.insert(Feature::Reset, QStringLiteral("No button"));
    console.show();
    QTRY_VERIFY(console.isReady());
    console.chord(Qt::Key_R);
    QCOMPARE(console.said(), QStringLiteral("No button"));
}

void TestConsoleWindow::screenshotIsSavedByTheMachine()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    console.action("screenshot")->trigger();
    auto *dialog = console.find<QFileDialog>("screenshotDialog");
    QVERIFY(dialog != nullptr);
    QVERIFY(dialog->selectedFiles().first().contains("Sample 2"));
    const QString path = console.machine.filePath("shot.png");
    emit dialog->fileSelected(path);
    QTRY_VERIFY(console.called("screenshot png"));
    QTRY_VERIFY(console.said().contains(path));
    QVERIFY(QFile::exists(path));
    dialog->close();
}

void TestConsoleWindow::sessionInformationIsLive()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    console.action("sessionInformation")->trigger();
    auto *dialog = console.find<QDialog>("sessionInformationDialog");
    QVERIFY(dialog != nullptr && dialog->isVisible());
    const auto row = [dialog](const char *name) {
        return dialog->findChild<QLabel *>(QString::fromLatin1(name))->text();
    };
    QCOMPARE(row("state"), QStringLiteral("Running"));
    QCOMPARE(row("engine"), QStringLiteral("fake 1.0"));
    QCOMPARE(row("acceleration"), QStringLiteral("KVM"));
    QTRY_COMPARE(row("screen"), QStringLiteral("800 × 600 pixels"));
    QCOMPARE(row("disks"), QStringLiteral("SATA 1: empty"));
    QVERIFY(row("network").contains("52:54:00:12:34:56"));
    console.machine.driver().enter(engine::Driver::State::Paused);
    QTRY_COMPARE(row("state"), QStringLiteral("Paused"));
    console.machine.driver().count({.diskReadBytes = 2048});
    const QString twoKilobytes =
        QLocale().formattedDataSize(2048, 1, QLocale::DataSizeTraditionalFormat);
    QTRY_VERIFY(row("diskActivity").startsWith(twoKilobytes));
    const QList<QLabel *> rows = dialog->findChildren<QLabel *>();
    for (const QLabel *label : rows)
        QVERIFY2(label->height() >= label->heightForWidth(label->width()),
                 qPrintable(label->text()));
    dialog->findChild<QPushButton *>("copy")->click();
    QVERIFY(QGuiApplication::clipboard()->text().contains("fake 1.0"));
}

void TestConsoleWindow::logIsShown()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    const QString path = engine::paths::logFile(console.client->status().folder);
    QDir().mkpath(QFileInfo(path).path());
    QFile log(path);
    QVERIFY(log.open(QIODevice::WriteOnly));
    log.write("the first line\n");
    log.flush();
    console.action("showLog")->trigger();
    auto *text = console.find<QPlainTextEdit>("logText");
    QVERIFY(text != nullptr);
    QVERIFY(text->toPlainText().contains("the first line"));
    log.write("the second line\n");
    log.flush();
    QTRY_VERIFY(text->toPlainText().contains("the second line"));
}

void TestConsoleWindow::keyboardHelpListsChords()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    console.action("keyboardHelp")->trigger();
    auto *table = console.find<QAbstractItemView>("chords");
    QVERIFY(table != nullptr);
    const QAbstractItemModel *model = table->model();
    const auto found =
        model->match(model->index(0, 0), Qt::DisplayRole, "Host+F", 1, Qt::MatchExactly);
    QCOMPARE(found.size(), 1);
    QCOMPARE(found.first().siblingAtColumn(1).data().toString(), QStringLiteral("Full Screen"));
}

void TestConsoleWindow::preferencesAreRequested()
{
    ConsoleFixture console;
    console.openAndShow();
    QSignalSpy requested(console.window.get(), &ui::ConsoleWindow::preferencesRequested);
    console.action("preferences")->trigger();
    QCOMPARE(requested.count(), 1);
}

void TestConsoleWindow::networkCableIsUnplugged()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    QVERIFY(console.action("adapter0")->isChecked());
    console.action("adapter0")->trigger();
    QTRY_VERIFY(console.called("setLink 0 off"));
    QTRY_VERIFY(!console.client->status().adapters.first().isCableConnected);
    QTRY_VERIFY(!console.action("adapter0")->isChecked());
    QVERIFY(console.find<ui::ActivityLight>("networkLight")->toolTip().contains("unplugged"));
}

void TestConsoleWindow::refusedLinkKeepsItsCheckMark()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    console.machine.driver().nextFailure = engine::Error(engine::ErrorKind::Io, "no such card");
    console.action("adapter0")->trigger();
    QTRY_VERIFY(console.find<QMessageBox>("errorBox") != nullptr);
    QVERIFY(console.find<QMessageBox>("errorBox")->text().contains("unplugged"));
    QVERIFY(console.action("adapter0")->isChecked());
}

void TestConsoleWindow::fullScreenHidesBarsAndShowsHint()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    console.chord(Qt::Key_F);
    QTRY_VERIFY(console.window->isFullScreen());
    QVERIFY(console.action("fullScreen")->isChecked());
    QVERIFY(!console.window->menuBar()->isVisible());
    QVERIFY(!console.window->statusBar()->isVisible());
    auto *hint = console.find<QLabel>("fullScreenHint");
    QVERIFY(hint->isVisible());
    QVERIFY(hint->text().contains("Right Ctrl+F"));
    QTRY_VERIFY_WITH_TIMEOUT(!hint->isVisible(), 8000);
    console.chord(Qt::Key_F);
    QTRY_VERIFY(!console.window->isFullScreen());
    QVERIFY(console.window->menuBar()->isVisible());
    QVERIFY(console.window->statusBar()->isVisible());
    console.chord(Qt::Key_F);
    QVERIFY2(!hint->isVisible(), "once is enough");
}

void TestConsoleWindow::miniToolBarSlidesAndLeaves()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    auto *bar = console.find<ui::MiniToolBar>("miniToolBar");
    QVERIFY(!bar->isVisible());
    console.chord(Qt::Key_F);
    QTRY_VERIFY(bar->isVisible());
    QCOMPARE(console.find<QLabel>("miniName")->text(), QStringLiteral("Sample"));
    QTRY_VERIFY_WITH_TIMEOUT(!bar->isVisible(), 6000);
    bar->pointerMoved({400, 300});
    QVERIFY(!bar->isSlidIn());
    bar->pointerMoved({400, 0});
    QTRY_VERIFY(bar->isVisible());
    console.find<QToolButton>("miniPin")->click();
    QSignalSpy wouldLeave(bar->findChild<QTimer *>(), &QTimer::timeout);
    bar->pointerMoved({400, 300});
    QVERIFY(wouldLeave.count() > 0 || wouldLeave.wait());
    QVERIFY(bar->isSlidIn());
    console.find<QToolButton>("miniRestore")->click();
    QTRY_VERIFY(!console.window->isFullScreen());
    QVERIFY(!bar->isVisible());

    console.action("showMiniToolBar")->trigger();
    QVERIFY(!ui::Preferences::load().showMiniToolBar);
    console.chord(Qt::Key_F);
    QTRY_VERIFY(console.window->isFullScreen());
    bar->pointerMoved({400, 0});
    QVERIFY(!bar->isSlidIn());
}

void TestConsoleWindow::miniToolBarStaysUnderARestingPointer()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    auto *bar = console.find<ui::MiniToolBar>("miniToolBar");
    const auto *leave = bar->findChild<QTimer *>();
    console.chord(Qt::Key_F);
    QTRY_VERIFY_WITH_TIMEOUT(!bar->isSlidIn(), 6000);
    bar->pointerMoved({400, 0});
    QVERIFY(bar->isSlidIn());
    QVERIFY2(!leave->isActive(), "the pointer has not moved away");
    bar->pointerMoved({400, 300});
    QVERIFY(leave->isActive());
    QTRY_VERIFY(!bar->isSlidIn());
}

void TestConsoleWindow::popUpMenuHoldsAllMenus()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    console.chord(Qt::Key_Home);
    auto *menu = console.find<QMenu>("popUpMenu");
    QVERIFY(menu->isVisible());
    QCOMPARE(menu->actions().size(), console.window->menuBar()->actions().size());
    menu->close();
}

void TestConsoleWindow::closedMenuGivesTheKeyboardBack()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    QVERIFY(QTest::qWaitForWindowActive(console.window.get()));
    QMenuBar *bar = console.window->menuBar();
    QTest::mouseClick(bar, Qt::LeftButton, Qt::NoModifier,
                      bar->actionGeometry(bar->actions().first()).center());
    QTRY_VERIFY(QApplication::activePopupWidget() != nullptr);
    QTest::keyClick(QApplication::activePopupWidget(), Qt::Key_Escape);
    QTRY_VERIFY(QApplication::activePopupWidget() == nullptr);
    QTRY_COMPARE(console.window->focusWidget(), &console.view());
}

void TestConsoleWindow::windowFollowsGuestSize()
{
    ConsoleFixture console;
    console.guestSize = {400, 300};
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    QTRY_COMPARE(console.view().height(), 300);
    console.screen->source.setSize(640, 480);
    QTRY_COMPARE(console.view().size(), QSize(640, 480));
    // Larger than the screen: as large as the screen, and no larger.
    console.screen->source.setSize(4000, 3000);
    const QSize free = console.window->screen()->availableGeometry().size();
    QTRY_COMPARE(console.view().size(), QSize(4000, 3000));
    QVERIFY(console.window->width() <= free.width());
    QVERIFY(console.window->height() <= free.height());
}

void TestConsoleWindow::windowStaysOnTheScreen()
{
    ConsoleFixture console;
    console.guestSize = {400, 300};
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    const QRect free = console.window->screen()->availableGeometry();
    console.window->move(free.bottomRight() - QPoint(100, 100));
    console.screen->source.setSize(640, 480);
    QTRY_COMPARE(console.view().size(), QSize(640, 480));
    QTRY_VERIFY(free.contains(console.window->frameGeometry()));
}

void TestConsoleWindow::windowComesBackWhereItWas()
{
    ConsoleFixture console;
    console.guestSize = {640, 400};
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    QTRY_COMPARE(console.view().size(), QSize(640, 400));
    console.window->setGeometry(50, 90, 700, 500);
    console.chord(Qt::Key_C);
    console.action("background")->trigger();
    console.window.reset();
    console.show();
    QTRY_VERIFY(console.isReady());
    QVERIFY(console.action("scaledMode")->isChecked());
    QCOMPARE(console.window->geometry(), QRect(50, 90, 700, 500));
    // Without scaled mode the place is kept, but the size is the guest's.
    console.chord(Qt::Key_C);
    console.window->setGeometry(60, 60, 700, 500);
    console.action("background")->trigger();
    console.window.reset();
    console.show();
    QTRY_VERIFY(console.isReady());
    QTRY_COMPARE(console.view().size(), QSize(640, 400));
    QCOMPARE(console.window->geometry().topLeft(), QPoint(60, 60));
}

void TestConsoleWindow::placeOfTheWindowIsMovedInside_data()
{
    QTest::addColumn<QRect>("window");
    QTest::addColumn<QRect>("inside");
    QTest::newRow("as it is") << QRect(10, 30, 100, 50) << QRect(10, 30, 100, 50);
    QTest::newRow("too far left and up") << QRect(-50, 0, 100, 50) << QRect(0, 20, 100, 50);
    QTest::newRow("too far right and down") << QRect(780, 590, 100, 50) << QRect(700, 550, 100, 50);
    QTest::newRow("too large") << QRect(100, 100, 900, 700) << QRect(0, 20, 800, 580);
}

void TestConsoleWindow::placeOfTheWindowIsMovedInside()
{
    QFETCH(QRect, window);
    QFETCH(QRect, inside);
    QCOMPARE(ui::movedInside(window, QRect(0, 20, 800, 580)), inside);
}

void TestConsoleWindow::scaledModeKeepsWindowSize()
{
    ConsoleFixture console;
    console.guestSize = {640, 480};
    console.openAndShow();
    QTRY_COMPARE(console.view().guestSize(), QSize(640, 480));
    console.chord(Qt::Key_C);
    QVERIFY(console.view().scaleMode() == display::ScaleMode::Fit);
    const QSize before = console.window->size();
    console.screen->source.setSize(1024, 768);
    QTRY_COMPARE(console.view().guestSize(), QSize(1024, 768));
    QCOMPARE(console.window->size(), before);
    console.chord(Qt::Key_C);
    QVERIFY(console.view().scaleMode() == display::ScaleMode::Zoom);
}

void TestConsoleWindow::barsCanBeHidden()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    console.action("showMenuBar")->trigger();
    QVERIFY(!console.window->menuBar()->isVisible());
    console.action("showStatusBar")->trigger();
    QVERIFY(!console.window->statusBar()->isVisible());
    console.action("showMenuBar")->trigger();
    QVERIFY(console.window->menuBar()->isVisible());
}

void TestConsoleWindow::lightsGlowWhenCountersMove()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    auto *optical = console.find<ui::ActivityLight>("opticalLight");
    auto *network = console.find<ui::ActivityLight>("networkLight");
    QVERIFY(optical->isVisible());
    QVERIFY2(!console.find<ui::ActivityLight>("hardDiskLight")->isVisible(), "there is no disk");
    QTRY_VERIFY(console.machine.driver().isActivityWanted);
    console.machine.driver().count({.opticalReadBytes = 100, .networkSentPackets = 5});
    QTRY_VERIFY(optical->toolTip().contains("100 bytes"));
    QVERIFY(!optical->isGlowing());
    console.machine.driver().count({.opticalReadBytes = 200, .networkSentPackets = 5});
    QTRY_VERIFY(optical->isGlowing());
    QVERIFY(!network->isGlowing());
    QTRY_VERIFY(!optical->isGlowing());
}

void TestConsoleWindow::activityIsWantedOnlyWhileShown()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    QTRY_VERIFY(console.machine.driver().isActivityWanted);
    console.action("background")->trigger();
    QTRY_VERIFY(!console.machine.driver().isActivityWanted);
}

void TestConsoleWindow::accelerationIsShown()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    auto *button = console.find<QToolButton>("acceleration");
    QCOMPARE(button->text(), QStringLiteral("KVM"));
    button->click();
    QVERIFY(console.find<QMessageBox>("accelerationBox") != nullptr);
}

void TestConsoleWindow::statusBarTellsPointerAndHostKey()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    QCOMPARE(console.find<QToolButton>("pointerState")->accessibleName(),
             QStringLiteral("Pointer: Integrated"));
    QVERIFY(!console.action("capturePointer")->isEnabled());
    QCOMPARE(console.find<QLabel>("hostKey")->text(), QStringLiteral("Right Ctrl"));
    QTRY_COMPARE(console.find<QLabel>("guestSize")->text(), QStringLiteral("800 × 600"));
}

void TestConsoleWindow::hostKeyPreferenceIsFollowed()
{
    ConsoleFixture console;
    ui::Preferences preferences;
    preferences.hostKeys = {0x15d}; // Menu
    QVERIFY_OK(preferences.save());
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    QCOMPARE(console.view().hostKeys(), QList<engine::ScanCode>{0x15d});
    console.action("sendHostKey")->trigger();
    QTRY_VERIFY(console.called("scanCodes e05de0dd"));
    QVERIFY(console.find<QLabel>("hostKey")->text() != QStringLiteral("Right Ctrl"));
}

void TestConsoleWindow::everythingHasAnAccessibleName()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    const QList<QAbstractButton *> buttons = console.window->findChildren<QAbstractButton *>();
    for (const QAbstractButton *button : buttons) {
        if (button->objectName().startsWith(QLatin1String("qt_")))
            continue; // Qt's own
        QVERIFY2(!button->accessibleName().isEmpty() || !button->text().isEmpty(),
                 qPrintable(button->objectName()));
    }
    QVERIFY(!console.view().accessibleName().isEmpty());
}

QTEST_MAIN(TestConsoleWindow)
#include "tst_console_window.moc"
