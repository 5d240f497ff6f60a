// SPDX-License-Identifier: GPL-3.0-or-later
// The machine window through its machine's life: media, troubles, closing, background, the end.
#include "tests/support/console_fixture.h"
#include "ui/message_bar.h"
#include "ui/preferences.h"

#include <QtCore/QFile>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QLabel>
#include <QtWidgets/QMessageBox>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QRadioButton>
#include <QtWidgets/QToolButton>

using engine::Driver;
using fakes::ConsoleFixture;
using ui::CloseChoice;
using ui::ConsoleWindow;

namespace {

QString makeImage(ConsoleFixture &console, const QString &name)
{
    const QString path = console.machine.filePath(name);
    QFile file(path);
    const bool isMade = file.open(QIODevice::WriteOnly) && file.write("image") == 5;
    return isMade ? path : QString();
}

QDialog *closeDialog(const ConsoleFixture &console)
{
    return console.find<QDialog>("closeDialog");
}

void choose(const ConsoleFixture &console, const char *choice, bool remember = false)
{
    console.find<QRadioButton>(choice)->setChecked(true);
    console.find<QCheckBox>("remember")->setChecked(remember);
    closeDialog(console)->findChild<QDialogButtonBox *>()->button(QDialogButtonBox::Ok)->click();
}

ui::MessageBar &messages(const ConsoleFixture &console)
{
    return *console.find<ui::MessageBar>("messageBar");
}

} // namespace

class TestConsoleLife final : public QObject
{
    Q_OBJECT
private slots:
    void imageIsInsertedAndRemembered();
    void recentImagesAreOfferedWhileTheyExist();
    void diskIsEjected();
    void lockedTrayIsForcedOnlyWhenAsked();
    void refusedImageIsExplained();
    void severalDrivesHaveMenusOfTheirOwn();
    void closingAsksOnce();
    void closingKeepsItRunning();
    void closingSendsShutdown();
    void closingPowersOff();
    void closingSavesTheState();
    void savingTellsHowFarItIsAndIsCalledOff();
    void closeChoiceIsRemembered();
    void closeEntryAsksNevertheless();
    void shutdownThatIsIgnoredDoesNotLockIn();
    void attachedWindowKeepsRunningByDefault();
    void shutdownIsNotOfferedWhilePaused();
    void backgroundAndBack();
    void windowProcessShowsElsewhere();
    void detachedWindowSaysSo();
    void takenOverDisplayCanBeTakenBack();
    void lostScreenCanBeConnectedAgain();
    void problemIsRetried();
    void problemIsSeenByAWindowThatComesLater();
    void slowMachineIsNoticedOnce();
    void noticesNeverCoverThePicture();
    void capturedPointerTellsTheWayOut();
    void machineOffClosesTheWindow();
    void failureIsExplainedBeforeClosing();
    void failedStartIsExplained();
    void lostProcessIsExplained();
    void preferencesKeepUnknownKeys();
};

void TestConsoleLife::imageIsInsertedAndRemembered()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    const QString image = makeImage(console, QStringLiteral("a.iso"));
    console.action("chooseMedium")->trigger();
    auto *dialog = console.find<QFileDialog>("mediumDialog");
    QVERIFY(dialog != nullptr);
    emit dialog->fileSelected(image);
    dialog->close();
    QTRY_VERIFY(console.called("setMedium SATA/1/0 " + image));
    QTRY_COMPARE(console.action("currentMedium")->text(), QStringLiteral("a.iso"));
    QVERIFY(console.action("currentMedium")->isChecked());
    QTRY_COMPARE(ui::Preferences::load().recentOpticalImages, QStringList{image});
}

void TestConsoleLife::recentImagesAreOfferedWhileTheyExist()
{
    ConsoleFixture console;
    const QString image = makeImage(console, QStringLiteral("here.iso"));
    ui::Preferences preferences;
    preferences.addRecentOptical(image);
    preferences.addRecentOptical(console.machine.filePath("gone.iso"));
    QVERIFY_OK(preferences.save());
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    const auto recent = console.window->findChildren<QAction *>(QStringLiteral("recentMedium"));
    QCOMPARE(recent.size(), 1);
    QCOMPARE(recent.first()->text(), QStringLiteral("here.iso"));
    recent.first()->trigger();
    QTRY_VERIFY(console.called("setMedium SATA/1/0 " + image));
}

void TestConsoleLife::diskIsEjected()
{
    auto definition = fakes::RunningMachine::sampleDefinition();
    definition.controllers[0].attachments[0].path = QStringLiteral("/images/live.iso");
    ConsoleFixture console(definition);
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    QCOMPARE(console.action("currentMedium")->text(), QStringLiteral("live.iso"));
    console.action("ejectMedium")->trigger();
    QTRY_VERIFY(console.called("setMedium SATA/1/0 eject"));
    QTRY_COMPARE(console.action("currentMedium")->text(), QStringLiteral("Empty"));
    QVERIFY(!console.action("ejectMedium")->isEnabled());
}

void TestConsoleLife::lockedTrayIsForcedOnlyWhenAsked()
{
    auto definition = fakes::RunningMachine::sampleDefinition();
    definition.controllers[0].attachments[0].path = QStringLiteral("/images/live.iso");
    ConsoleFixture console(definition);
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    console.machine.driver().nextFailure =
        engine::Error(engine::ErrorKind::Busy, "the guest has locked the tray");
    console.action("ejectMedium")->trigger();
    QTRY_VERIFY(console.find<QMessageBox>("confirmForce") != nullptr);
    QVERIFY(!console.called("setMedium SATA/1/0 eject force"));
    auto *box = console.find<QMessageBox>("confirmForce");
    for (QAbstractButton *button : box->buttons()) {
        if (box->buttonRole(button) == QMessageBox::AcceptRole)
            button->click();
    }
    QTRY_VERIFY(console.called("setMedium SATA/1/0 eject force"));
}

void TestConsoleLife::refusedImageIsExplained()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    const QString image = makeImage(console, QStringLiteral("bad.iso"));
    console.machine.driver().nextFailure =
        engine::Error(engine::ErrorKind::Corrupt, "the image ends too early")
            .withRemedy("Download it again");
    console.action("chooseMedium")->trigger();
    emit console.find<QFileDialog>("mediumDialog")->fileSelected(image);
    QTRY_VERIFY(console.find<QMessageBox>("errorBox") != nullptr);
    const auto *box = console.find<QMessageBox>("errorBox");
    QCOMPARE(box->text(), QStringLiteral("\"bad.iso\" could not be inserted."));
    QVERIFY(box->informativeText().contains("The image ends too early."));
    QVERIFY(box->informativeText().contains("Download it again."));
    QVERIFY(ui::Preferences::load().recentOpticalImages.isEmpty());
}

void TestConsoleLife::severalDrivesHaveMenusOfTheirOwn()
{
    auto definition = fakes::RunningMachine::sampleDefinition();
    engine::StorageAttachment second;
    second.kind = engine::MediumKind::Optical;
    second.path = QStringLiteral("/second.iso");
    definition.controllers[0].attachments.append(second);
    ConsoleFixture console(definition);
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    const auto menus = console.find<QMenu>("opticalMenu")
                           ->findChildren<QMenu *>(QString(), Qt::FindDirectChildrenOnly);
    QCOMPARE(menus.size(), 2);
    QCOMPARE(menus[1]->title(), QStringLiteral("SATA, port 0"));
    menus[1]->findChild<QAction *>(QStringLiteral("ejectMedium"))->trigger();
    QTRY_VERIFY(console.called("setMedium SATA/0/0 eject"));
}

void TestConsoleLife::closingAsksOnce()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    console.window->close();
    console.window->close();
    QVERIFY(console.window->isVisible());
    QCOMPARE(console.window->findChildren<QDialog *>(QStringLiteral("closeDialog")).size(), 1);
    closeDialog(console)->reject();
    QTRY_VERIFY(closeDialog(console) == nullptr);
    QVERIFY(console.window->isVisible());
}

void TestConsoleLife::closingKeepsItRunning()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    QTRY_VERIFY(console.client->status().hasWindow);
    QSignalSpy background(console.window.get(), &ConsoleWindow::sentToBackground);
    console.window->close();
    choose(console, "chooseBackground");
    QCOMPARE(background.count(), 1);
    QVERIFY(!console.window->isVisible());
    QTRY_VERIFY(!console.client->status().hasWindow);
    QCOMPARE(int(console.machine.driver().state()), int(Driver::State::Running));
}

void TestConsoleLife::closingSendsShutdown()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    console.window->close();
    choose(console, "chooseShutdown");
    QTRY_VERIFY(console.called("powerButton"));
    QVERIFY(console.window->isVisible());
    QCOMPARE(int(ui::Preferences::load().closeChoice), int(CloseChoice::Ask));
}

void TestConsoleLife::closingPowersOff()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    QSignalSpy finished(console.window.get(), &ConsoleWindow::finished);
    console.window->close();
    choose(console, "choosePowerOff");
    QTRY_COMPARE(finished.count(), 1);
    QVERIFY(console.called("powerOff"));
}

void TestConsoleLife::closingSavesTheState()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    QSignalSpy finished(console.window.get(), &ConsoleWindow::finished);
    console.window->close();
    choose(console, "chooseSaveState");
    QTRY_COMPARE(finished.count(), 1);
    QCOMPARE(int(engine::readState(console.machine.entry().folder).state),
             int(engine::PersistentState::Saved));
}

void TestConsoleLife::savingTellsHowFarItIsAndIsCalledOff()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    console.machine.driver().enter(Driver::State::Saving);
    QTRY_VERIFY(messages(console).has("saving"));
    auto *cancel = console.find<QPushButton>("cancelSave");
    QVERIFY(cancel != nullptr);
    emit console.machine.driver().progressed(42);
    QTRY_VERIFY(messages(console).findChild<QWidget *>("saving")->accessibleName().contains("42"));
    QCOMPARE(console.find<QPushButton>("cancelSave"), cancel); // the same, or a click is lost
    cancel->click();
    QTRY_VERIFY(console.called("abandonSave"));
    QTRY_VERIFY(!messages(console).has("saving"));
    QTRY_VERIFY(console.action("saveState")->isEnabled());
}

void TestConsoleLife::closeChoiceIsRemembered()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    console.window->close();
    choose(console, "chooseBackground", true);
    QCOMPARE(int(ui::Preferences::load().closeChoice), int(CloseChoice::Background));
    console.window->present();
    QSignalSpy background(console.window.get(), &ConsoleWindow::sentToBackground);
    console.window->close();
    QCOMPARE(background.count(), 1);
}

void TestConsoleLife::closeEntryAsksNevertheless()
{
    ConsoleFixture console;
    ui::Preferences preferences;
    preferences.closeChoice = CloseChoice::PowerOff;
    QVERIFY_OK(preferences.save());
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    console.action("close")->trigger();
    QVERIFY(closeDialog(console) != nullptr);
    QVERIFY(!console.called("powerOff"));
}

void TestConsoleLife::shutdownThatIsIgnoredDoesNotLockIn()
{
    ConsoleFixture console;
    ui::Preferences preferences;
    preferences.closeChoice = CloseChoice::Shutdown;
    QVERIFY_OK(preferences.save());
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    console.window->close();
    QVERIFY(closeDialog(console) == nullptr);
    QTRY_VERIFY(console.called("powerButton"));
    console.window->close();
    QVERIFY(closeDialog(console) != nullptr);
}

void TestConsoleLife::attachedWindowKeepsRunningByDefault()
{
    ConsoleFixture console;
    console.openAndShow(ConsoleWindow::Place::WindowProcess);
    QTRY_VERIFY(console.isReady());
    console.window->close();
    QVERIFY(console.find<QRadioButton>("chooseBackground")->isChecked());
}

void TestConsoleLife::shutdownIsNotOfferedWhilePaused()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    console.window->close();
    QVERIFY(console.find<QRadioButton>("chooseShutdown")->isChecked());
    console.machine.driver().enter(Driver::State::Paused);
    QTRY_VERIFY(!console.find<QRadioButton>("chooseShutdown")->isEnabled());
    QVERIFY(console.find<QRadioButton>("chooseBackground")->isChecked());
    QVERIFY(console.find<QLabel>("chooseShutdownExplanation")->text().contains("paused"));
}

void TestConsoleLife::backgroundAndBack()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    QCOMPARE(console.displaysOpened, 1);
    console.chord(Qt::Key_B);
    QVERIFY(!console.window->isVisible());
    QTRY_VERIFY(console.screen == nullptr);
    console.window->present();
    QTRY_VERIFY(console.screen != nullptr);
    QCOMPARE(console.displaysOpened, 2);
    QTRY_VERIFY(console.client->status().hasWindow);
}

void TestConsoleLife::windowProcessShowsElsewhere()
{
    ConsoleFixture console;
    console.open();
    engine::ControlClient other;
    other.connectTo(console.machine.socketPath());
    QTRY_VERIFY(other.isConnected());
    std::optional<bool> isAttached;
    other.call(QStringLiteral("window.attach"), {},
               [&](const engine::Result<QJsonObject> &r) { isAttached = r.has_value(); });
    QTRY_VERIFY(isAttached.has_value());
    QSignalSpy detached(&other, &engine::ControlClient::detached);
    console.show(ConsoleWindow::Place::WindowProcess);
    QTRY_VERIFY(messages(console).has(QStringLiteral("shownElsewhere")));
    QCOMPARE(console.displaysOpened, 0);
    console.find<QPushButton>("showHere")->click();
    QTRY_COMPARE(console.displaysOpened, 1);
    QVERIFY(!messages(console).has(QStringLiteral("shownElsewhere")));
    QTRY_COMPARE(detached.count(), 1);
}

void TestConsoleLife::detachedWindowSaysSo()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    QTRY_VERIFY(console.client->status().hasWindow);
    engine::ControlClient other;
    other.connectTo(console.machine.socketPath());
    QTRY_VERIFY(other.isConnected());
    other.call(QStringLiteral("window.attach"), {{QStringLiteral("force"), true}});
    QTRY_VERIFY(messages(console).has(QStringLiteral("shownElsewhere")));
    QVERIFY(console.screen == nullptr);
    // The other one goes: the way back is still there.
    other.disconnectFrom();
    QTRY_VERIFY(!console.client->status().hasWindow);
    console.find<QPushButton>("showHere")->click();
    QTRY_VERIFY(console.screen != nullptr);
    QTRY_VERIFY(console.client->status().hasWindow);
}

void TestConsoleLife::takenOverDisplayCanBeTakenBack()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    emit console.screen->closed(QString());
    QTRY_VERIFY(messages(console).has(QStringLiteral("shownElsewhere")));
    QVERIFY(console.screen == nullptr);
    console.find<QPushButton>("showHere")->click();
    QTRY_VERIFY(console.screen != nullptr);
}

void TestConsoleLife::lostScreenCanBeConnectedAgain()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    emit console.screen->closed(QStringLiteral("the connection broke"));
    QTRY_VERIFY(messages(console).has(QStringLiteral("screenLost")));
    console.find<QPushButton>("reconnect")->click();
    QTRY_VERIFY(console.screen != nullptr);
    QVERIFY(!messages(console).has(QStringLiteral("screenLost")));
}

void TestConsoleLife::problemIsRetried()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    console.machine.driver().raise(
        {engine::RunProblem::Kind::DiskFull, "The disk is full", "Free some space, then retry"});
    QTRY_VERIFY(messages(console).has(QStringLiteral("problem")));
    QVERIFY(messages(console).isVisible());
    console.find<QPushButton>("retry")->click();
    QTRY_VERIFY(console.called("resume"));
    QTRY_VERIFY(!messages(console).has(QStringLiteral("problem")));
}

void TestConsoleLife::problemIsSeenByAWindowThatComesLater()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    console.action("background")->trigger();
    console.machine.driver().raise(
        {engine::RunProblem::Kind::DiskFull, "The disk is full", "Free some space, then retry"});
    engine::ControlClient late;
    late.connectTo(console.machine.socketPath());
    ConsoleWindow window(late, ConsoleWindow::Place::WindowProcess,
                         [](const engine::DisplayEndpoint &) { return nullptr; });
    window.present();
    const auto *bar = window.findChild<ui::MessageBar *>(QStringLiteral("messageBar"));
    QTRY_VERIFY(bar->has(QStringLiteral("problem")));
    QVERIFY(bar->findChild<QWidget *>(QStringLiteral("problem"))
                ->findChild<QLabel *>(QStringLiteral("text"))
                ->text()
                .contains("Free some space"));
    window.findChild<QPushButton *>(QStringLiteral("retry"))->click();
    QTRY_VERIFY(!bar->has(QStringLiteral("problem")));
}

void TestConsoleLife::slowMachineIsNoticedOnce()
{
    ConsoleFixture console;
    console.open();
    console.machine.driver().fakeAcceleration = {engine::Acceleration::Kind::Emulated,
                                                 "Software emulation (slow)",
                                                 "/dev/kvm cannot be opened", "Log in at the seat"};
    console.show();
    QTRY_VERIFY(messages(console).has(QStringLiteral("softwareEmulation")));
    auto *button = console.find<QToolButton>("acceleration");
    QCOMPARE(button->text(), QStringLiteral("Slow: software emulation"));
    QVERIFY(button->toolTip().contains("/dev/kvm cannot be opened"));
    QVERIFY(button->toolTip().contains("Log in at the seat"));
    messages(console)
        .findChild<QWidget *>(QStringLiteral("softwareEmulation"))
        ->findChild<QToolButton *>(QStringLiteral("dismiss"))
        ->click();
    QVERIFY(!messages(console).has(QStringLiteral("softwareEmulation")));
    console.machine.driver().enter(Driver::State::Paused);
    QTRY_VERIFY(console.window->windowTitle().contains("Paused"));
    QVERIFY(!messages(console).has(QStringLiteral("softwareEmulation")));
}

void TestConsoleLife::noticesNeverCoverThePicture()
{
    ConsoleFixture console;
    console.guestSize = {640, 400};
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    QTRY_COMPARE(console.view().size(), QSize(640, 400));
    const int before = console.window->height();
    const auto isWhole = [&console] {
        return console.view().size() == QSize(640, 400)
            && console.view().visibleRegion().boundingRect() == console.view().rect();
    };
    ui::MessageBar &bar = messages(console);
    bar.post({.key = QStringLiteral("first"), .text = QStringLiteral("First")});
    QTRY_VERIFY(isWhole());
    QVERIFY(bar.isVisible());
    QCOMPARE(console.window->height(), before + bar.height());
    bar.post({.key = QStringLiteral("second"), .text = QStringLiteral("Second")});
    QTRY_COMPARE(console.window->height(), before + bar.heightForWidth(640));
    QTRY_VERIFY(isWhole());
    console.screen->source.setSize(640, 480);
    QTRY_COMPARE(console.view().size(), QSize(640, 480));
    QTRY_COMPARE(console.view().visibleRegion().boundingRect(), console.view().rect());
    bar.dismiss(QStringLiteral("first"));
    bar.dismiss(QStringLiteral("second"));
    QTRY_COMPARE(console.window->height(), before + 80);
}

void TestConsoleLife::capturedPointerTellsTheWayOut()
{
    ConsoleFixture console;
    console.pointerMode = engine::PointerMode::Relative;
    console.open();
    console.machine.driver().isPointerAbsolute = false;
    console.show();
    QTRY_VERIFY(console.isReady());
    QTRY_COMPARE(console.find<QToolButton>("pointerState")->text(), QStringLiteral("Free"));
    QVERIFY(QTest::qWaitForWindowActive(console.window.get()));
    console.action("capturePointer")->trigger();
    QTRY_VERIFY(console.view().isPointerCaptured());
    const auto *hint = console.find<QLabel>("fullScreenHint");
    QTRY_VERIFY(hint->isVisible());
    QVERIFY(hint->text().contains("Right Ctrl"));
    QCOMPARE(console.find<QToolButton>("pointerState")->text(), QStringLiteral("Captured"));
    console.view().releaseCapture();
    QTRY_VERIFY(!hint->isVisible());
    QCOMPARE(console.find<QToolButton>("pointerState")->text(), QStringLiteral("Free"));
}

void TestConsoleLife::machineOffClosesTheWindow()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    QSignalSpy finished(console.window.get(), &ConsoleWindow::finished);
    console.machine.driver().enter(Driver::State::Off);
    QTRY_COMPARE(finished.count(), 1);
    QVERIFY(!console.window->isVisible());
    console.machine.close();
    QTRY_VERIFY(!console.client->isConnected());
    QCOMPARE(finished.count(), 1);
    QVERIFY(console.find<QMessageBox>("errorBox") == nullptr);
}

void TestConsoleLife::failureIsExplainedBeforeClosing()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    QSignalSpy finished(console.window.get(), &ConsoleWindow::finished);
    console.machine.driver().die(
        engine::Error(engine::ErrorKind::Io, "QEMU was killed by signal 9"));
    QTRY_VERIFY(console.find<QMessageBox>("errorBox") != nullptr);
    auto *box = console.find<QMessageBox>("errorBox");
    QCOMPARE(box->text(), QStringLiteral("\"Sample\" was stopped by an error."));
    QVERIFY(box->informativeText().contains("killed by signal 9"));
    QVERIFY(box->detailedText().contains("vitrine.log"));
    console.machine.close();
    QTRY_VERIFY(!console.client->isConnected());
    QCOMPARE(finished.count(), 0);
    box->close();
    QTRY_COMPARE(finished.count(), 1);
}

void TestConsoleLife::failedStartIsExplained()
{
    ConsoleFixture failing;
    failing.open();
    failing.client = std::make_unique<engine::ControlClient>();
    failing.client->connectTo(failing.machine.socketPath());
    failing.window =
        std::make_unique<ConsoleWindow>(*failing.client, ConsoleWindow::Place::EngineProcess,
                                        [](const engine::DisplayEndpoint &) { return nullptr; });
    failing.window->present();
    QSignalSpy finished(failing.window.get(), &ConsoleWindow::finished);
    QSignalSpy status(failing.client.get(), &engine::ControlClient::statusChanged);
    QTRY_VERIFY(status.count() > 0);
    QCOMPARE(finished.count(), 0);
    failing.machine.driver().startFailure =
        engine::Error(engine::ErrorKind::NotFound, "QEMU is not installed");
    failing.machine.session().start();
    QTRY_VERIFY(failing.find<QMessageBox>("errorBox") != nullptr);
    QCOMPARE(failing.find<QMessageBox>("errorBox")->text(),
             QStringLiteral("\"Sample\" could not be started."));
    failing.find<QMessageBox>("errorBox")->close();
    QTRY_COMPARE(finished.count(), 1);
}

void TestConsoleLife::lostProcessIsExplained()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    QSignalSpy finished(console.window.get(), &ConsoleWindow::finished);
    console.client->disconnectFrom();
    QTRY_VERIFY(console.find<QMessageBox>("errorBox") != nullptr);
    QVERIFY(console.find<QMessageBox>("errorBox")->text().contains("stopped unexpectedly"));
    console.find<QMessageBox>("errorBox")->close();
    QTRY_COMPARE(finished.count(), 1);
}

void TestConsoleLife::preferencesKeepUnknownKeys()
{
    ConsoleFixture console;
    ui::Preferences preferences;
    preferences.unknownKeys[QStringLiteral("fromTheFuture")] = 7;
    preferences.closeChoice = CloseChoice::PowerOff;
    preferences.showMiniToolBar = false;
    for (int i = 0; i < 12; ++i)
        preferences.addRecentOptical(QStringLiteral("/images/%1.iso").arg(i));
    preferences.addRecentOptical(QStringLiteral("/images/5.iso"));
    QVERIFY_OK(preferences.save());
    const ui::Preferences again = ui::Preferences::load();
    QCOMPARE(again.unknownKeys[QStringLiteral("fromTheFuture")].toInt(), 7);
    QCOMPARE(int(again.closeChoice), int(CloseChoice::PowerOff));
    QVERIFY(!again.showMiniToolBar);
    QCOMPARE(again.recentOpticalImages.size(), 10);
    QCOMPARE(again.recentOpticalImages.first(), QStringLiteral("/images/5.iso"));
}

QTEST_MAIN(TestConsoleLife)
#include "tst_console_life.moc"
