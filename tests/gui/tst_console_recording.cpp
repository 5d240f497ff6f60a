// SPDX-License-Identifier: GPL-3.0-or-later
// Sound and films in the machine window: the menus, the mute and the red sign, and the film that a
// window makes when it is asked to.
#include "display/film/screen_recorder.h"
#include "engine/machine/qt_text.h"
#include "tests/support/console_fixture.h"
#include "tests/support/test_main.h"
#include "ui/console_display.h"
#include "ui/message_bar.h"

#include <QtCore/QDir>
#include <QtCore/QElapsedTimer>
#include <QtCore/QFileInfo>
#include <QtWidgets/QLabel>
#include <QtWidgets/QMessageBox>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QToolButton>

#include <unistd.h>

using engine::Driver;
using engine::Feature;
using fakes::ConsoleFixture;
using Phase = engine::RecordingStatus::Phase;
using std::chrono::milliseconds;

namespace {

engine::MachineDefinition withSound()
{
    engine::MachineDefinition definition = fakes::RunningMachine::sampleDefinition();
    definition.audio = engine::AudioModel::Hda;
    return definition;
}

struct Window : ConsoleFixture
{
    explicit Window(engine::MachineDefinition definition = withSound())
        : ConsoleFixture(std::move(definition))
    {
        openAndShow();
        engine::check(QTest::qWaitFor([this] { return isReady(); }, 20000), "no window");
    }
    QToolButton *sign() const { return find<QToolButton>("recordingSign"); }
    QToolButton *miniSign() const { return find<QToolButton>("miniRecording"); }
    QToolButton *mute() const { return find<QToolButton>("audioMute"); }
    Phase phase() const { return client->status().recording.phase; }
    QString file() const { return client->status().recording.file; }
    bool hasNotice(const QString &text) const
    {
        for (const QLabel *label : window->findChildren<QLabel *>())
            if (label->isVisible() && label->text().contains(text))
                return true;
        return false;
    }
};

// What a recorder tells a film.
struct FakeFilm final : display::Film
{
    QList<qint64> &offers;
    qint64 &end;
    bool &hears;
    display::FilmState current;

    FakeFilm(QList<qint64> &offered, qint64 &ended, bool &heard)
        : offers(offered)
        , end(ended)
        , hears(heard)
    { }
    void offer(const engine::Frame &, milliseconds at) override
    {
        offers.append(at.count());
        ++current.pictures;
    }
    bool isBusy() const override { return false; }
    void hear(engine::Fd socket) override { hears = socket.isOpen(); }
    void finish(milliseconds at) override
    {
        end = at.count();
        current.isOver = true;
    }
    display::FilmState state() const override { return current; }
    display::FilmState waitUntilOver() override { return current; }
};

} // namespace

class TestConsoleRecording final : public QObject
{
    Q_OBJECT
private slots:
    void soundIsSwitchedInTheMenuAndTheStatusBar()
    {
        Window window;
        QVERIFY(window.mute()->isVisible());
        QVERIFY(!window.mute()->isChecked());
        QVERIFY(window.action("audioOutput")->isChecked());
        QVERIFY(!window.action("audioInput")->isChecked());
        window.mute()->click();
        QTRY_VERIFY(window.mute()->isChecked());
        QVERIFY(window.called("audioOutput off"));
        QVERIFY(!window.action("audioOutput")->isChecked());
        QVERIFY(window.mute()->toolTip().contains("off"));
        QCOMPARE(window.mute()->accessibleName(), "Sound: off");
        window.action("audioOutput")->trigger();
        QTRY_VERIFY(!window.mute()->isChecked());
        window.action("audioInput")->trigger();
        QTRY_VERIFY(window.called("audioInput on"));
        QTRY_VERIFY(window.mute()->toolTip().contains("hears your microphone"));
    }

    void whatCannotBeSwitchedSaysWhy()
    {
        Window window;
        window.machine.driver().unsupported.insert(Feature::AudioInputSwitch, "No microphone");
        emit window.machine.driver().supportChanged();
        QTRY_VERIFY(!window.action("audioInput")->isEnabled());
        QCOMPARE(window.action("audioInput")->toolTip(), "No microphone");
        QVERIFY(window.action("audioOutput")->isEnabled());
        Window silent(fakes::RunningMachine::sampleDefinition());
        QVERIFY(!silent.mute()->isVisible());
        QVERIFY(!silent.find<QMenu>("audioMenu")->menuAction()->isEnabled());
    }

    void aRefusalPutsTheMarkBack()
    {
        Window window;
        window.machine.driver().nextFailure =
            engine::makeError(engine::ErrorKind::Io, "The server is gone");
        window.action("audioOutput")->trigger();
        QTRY_VERIFY(window.window->findChild<QMessageBox *>() != nullptr);
        QTRY_VERIFY(window.action("audioOutput")->isChecked());
        window.window->findChild<QMessageBox *>()->close();
    }

    void aFilmIsMadeUnderARedSign()
    {
        Window window;
        QVERIFY(!window.sign()->isVisible());
        QVERIFY(window.action("record")->isEnabled());
        QVERIFY(!window.action("record")->isChecked());
        window.action("record")->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(window.phase(), Phase::Running, 10000);
        QTRY_VERIFY(window.sign()->isVisible());
        QVERIFY(window.sign()->isEnabled());
        QVERIFY(window.action("record")->isChecked());
        QVERIFY2(window.sign()->text().startsWith("0:"), qPrintable(window.sign()->text()));
        QVERIFY(window.sign()->toolTip().contains(window.file()));
        QVERIFY(!window.miniSign()->isHidden()); // with its bar
        QVERIFY(QFileInfo::exists(window.file()));
        QCOMPARE(QFileInfo(window.file()).absolutePath(), window.machine.entry().folder);

        window.sign()->click();
        QTRY_COMPARE(window.phase(), Phase::Done);
        QTRY_VERIFY(!window.sign()->isVisible());
        QVERIFY(window.miniSign()->isHidden());
        QVERIFY(!window.action("record")->isChecked());
        QVERIFY(window.hasNotice(QFileInfo(window.file()).fileName()));
        QVERIFY(window.find<QPushButton>("openFilmFolder") != nullptr
                || window.find<QAbstractButton>("openFilmFolder") != nullptr);
        QVERIFY(QFileInfo(window.file()).size() > 100);
    }

    void theNextFilmIsAnotherFile()
    {
        Window window;
        window.action("record")->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(window.phase(), Phase::Running, 10000);
        const QString first = window.file();
        window.action("record")->trigger();
        QTRY_COMPARE(window.phase(), Phase::Done);
        window.action("record")->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(window.phase() == Phase::Running && window.file() != first, 10000);
    }

    void aFailureIsSaid()
    {
        Window window;
        const QString folder = window.machine.entry().folder;
        engine::MachineDefinition changed = window.machine.entry().definition;
        bool isAnswered = false;
        window.client->call(
            "recording.start", {{"file", folder + "/none/film.webm"}},
            [&isAnswered](const engine::Result<QJsonObject> &answer) { isAnswered = !answer; });
        QTRY_VERIFY(isAnswered);
        QCOMPARE(window.phase(), Phase::None);
        // As the window's own recorder would say it.
        window.action("record")->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(window.phase(), Phase::Running, 10000);
        window.client->call(
            "recording.report",
            {{"number", 1}, {"phase", "failed"}, {"trouble", "No space left on device"}});
        QTRY_VERIFY(window.hasNotice("No space left on device"));
        QVERIFY(!window.sign()->isVisible());
    }

    void theDisplayThatGoesEndsIt()
    {
        Window window;
        window.action("record")->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(window.phase(), Phase::Running, 10000);
        emit window.screen->closed("gone");
        QTRY_COMPARE(window.phase(), Phase::Done);
    }

    void theClockStandsWhileTheMachineDoes()
    {
        fakes::RunningMachine machine;
        machine.open("gui");
        machine.driver().endpoint.kind = engine::DisplayEndpoint::Kind::Spice;
        engine::ControlClient client;
        client.connectTo(machine.socketPath());
        QTRY_VERIFY(client.isConnected() && client.status().state == Driver::State::Running);
        display::FrameView view;
        ui::MessageBar bar(nullptr);
        QPointer<fakes::FakeScreen> screen;
        ui::ConsoleDisplay shown(client, view, bar, [&screen](const engine::DisplayEndpoint &) {
            auto session =
                std::make_unique<fakes::FakeScreen>(320, 200, engine::PointerMode::Absolute);
            screen = session.get();
            return session;
        });
        QList<qint64> offers;
        qint64 end = -1;
        bool hears = false;
        std::shared_ptr<const display::FilmClock> clock;
        const display::ScreenRecorder recorder(client, shown, [&](const display::FilmRequest &request) {
            engine::check(request.framesPerSecond == 50, "other settings");
            clock = request.soundClock;
            return engine::Result<std::unique_ptr<display::Film>>(
                std::make_unique<FakeFilm>(offers, end, hears));
        });
        machine.driver().soundTap = [] {
            return engine::Result<engine::Fd>(engine::Fd(::dup(STDOUT_FILENO)));
        };
        shown.setStatus(client.status());
        shown.setWanted(true);
        QTRY_VERIFY(screen != nullptr);
        client.call("recording.start", {{"framesPerSecond", 50}});
        QTRY_COMPARE(client.status().recording.phase, Phase::Running);
        QCOMPARE(offers.first(), 0);
        QTRY_VERIFY(hears);
        QVERIFY(clock->isRunning());
        // A picture that stays is offered seldom, one that changes as it does.
        const qsizetype before = offers.size();
        shown.tee()->frame();
        QTRY_VERIFY_WITH_TIMEOUT(offers.size() > before, 5000);
        QVERIFY(offers.last() - offers.first() >= 1000);

        client.call("machine.pause");
        QTRY_COMPARE(client.status().state, Driver::State::Paused);
        const qsizetype paused = offers.size();
        const qint64 last = offers.last();
        QVERIFY(!clock->isRunning());
        QElapsedTimer standing; // longer than any picture may stay
        standing.start();
        QTRY_VERIFY(standing.elapsed() > 1500);
        QCOMPARE(offers.size(), paused);
        client.call("machine.resume");
        QTRY_VERIFY_WITH_TIMEOUT(offers.size() > paused, 5000);
        QVERIFY2(offers.last() - last < 1400, qPrintable(QString::number(offers.last() - last)));
        client.call("recording.stop");
        QTRY_COMPARE(client.status().recording.phase, Phase::Done);
        QVERIFY(end >= offers.last());
        // One without, and one that cannot have it.
        client.call("recording.start", {{"framesPerSecond", 50}, {"sound", false}});
        QTRY_COMPARE(client.status().recording.phase, Phase::Running);
        QVERIFY(clock == nullptr);
        client.call("recording.stop");
        QTRY_COMPARE(client.status().recording.phase, Phase::Done);
        machine.driver().unsupported.insert(Feature::SoundTap, "It has no ears");
        emit machine.driver().supportChanged();
        QTRY_VERIFY(!client.status().supports(Feature::SoundTap).isAvailable);
        client.call("recording.start", {{"framesPerSecond", 50}, {"sound", true}});
        QTRY_COMPARE(client.status().recording.phase, Phase::Running);
        QVERIFY(clock == nullptr);
        client.call("recording.stop");
        QTRY_COMPARE(client.status().recording.phase, Phase::Done);
        shown.setWanted(false);
    }
};

QTEST_MAIN(TestConsoleRecording)
#include "tst_console_recording.moc"
