// SPDX-License-Identifier: GPL-3.0-or-later
// The life of a machine of the built-in engine, its problems and its commands.
#include "tests/support/kvm_driver_fixture.h"

using namespace engine;
using namespace std::chrono_literals;
using fakes::texts;
using Fixture = fakes::KvmDriverFixture;

class TestKvmDriver final : public QObject
{
    Q_OBJECT
private slots:
    void aMachineStartsRunsAndEnds()
    {
        Fixture f;
        QVERIFY(f.run());
        QCOMPARE(f.states, QStringList({"starting", "running"}));
        QCOMPARE(texts(f.machine.seen()),
                 QStringList({"open a.img", "open b.iso", "make", "connect 0", "resume"}));
        QCOMPARE(f.machine.config.memoryBytes, std::uint64_t(64) << 20);
        QCOMPARE(f.machine.config.firmware.image.size(), std::size_t(4));
        QCOMPARE(f.machine.hadImage, (std::vector<bool>{true, true}));
        QVERIFY(f.hadNetwork);
        QCOMPARE(f.driver->display().kind, DisplayEndpoint::Kind::InProcess);
        QVERIFY(f.driver->name().startsWith("kvm "));
        f.driver->powerOff(f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        QCOMPARE(f.states, QStringList({"starting", "running", "stopping", "poweroff"}));
        // The card first, then the Vm, then its images.
        QCOMPARE(texts(f.machine.seen()).mid(5),
                 QStringList({"disconnect 0", "destroyed", "closed a.img", "closed b.iso"}));
        QVERIFY(!f.error);
    }

    void everyCommandReachesTheVm()
    {
        Fixture f;
        QVERIFY(f.run());
        f.driver->pause(f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        QCOMPARE(f.driver->state(), Driver::State::Paused);
        f.driver->reset(f.reply());
        QVERIFY(f.isAnswered());
        f.driver->resume(f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.driver->state(), Driver::State::Running);
        f.driver->pressPowerButton(f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(texts(f.machine.seen()).mid(5),
                 QStringList({"pause", "reset", "resume", "powerButton"}));
    }

    void commandsThatDoNotFitTheStateAreRefused()
    {
        Fixture f;
        f.make();
        f.driver->pause(f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "The machine is not running");
        f.driver->powerOff(f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "The machine is not running");
        QVERIFY(f.run());
        f.driver->resume(f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "The machine is not paused");
        f.driver->pause({});
        QVERIFY(f.waitFor(Driver::State::Paused));
        for (const auto command : {&Driver::pause, &Driver::pressPowerButton}) {
            ((*f.driver).*command)(f.reply());
            QVERIFY(f.isAnswered());
            QCOMPARE(f.answer, "The machine is paused");
        }
        f.driver->abandonSave(f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "The machine is not being saved");
    }

    void aFailureOfTheVmIsTheAnswer()
    {
        Fixture f;
        QVERIFY(f.run());
        f.machine.failNext("pause", Error(ErrorKind::Io, "no"));
        f.driver->pause(f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "no");
        QCOMPARE(f.driver->state(), Driver::State::Running);
        f.machine.failNext("reset", Error(ErrorKind::Io, "neither"));
        f.driver->reset(f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "neither");
    }

    void whatCannotStartSaysWhyAndIsOff_data()
    {
        QTest::addColumn<QString>("failing");
        QTest::newRow("image") << "open a.img";
        QTest::newRow("vm") << "make";
        QTest::newRow("first resume") << "resume";
    }

    void whatCannotStartSaysWhyAndIsOff()
    {
        QFETCH(QString, failing);
        Fixture f;
        f.machine.failNext(failing.toStdString(), Error(ErrorKind::Io, "it broke"));
        f.start();
        QVERIFY(f.waitFor(Driver::State::Off));
        QCOMPARE(f.errorLine(), "Cannot start the machine \"test\": it broke");
        QCOMPARE(f.states, QStringList({"starting", "poweroff"}));
        QCOMPARE(f.driver->display().kind, DisplayEndpoint::Kind::None);
    }

    void whatIsMissingIsNamedBeforeAnythingIsOpened()
    {
        Fixture f;
        QFile::remove(f.folder.path() + "/b.iso");
        f.start();
        QVERIFY(f.waitFor(Driver::State::Off));
        QVERIFY2(f.errorLine().contains("There is no file \"" + f.folder.path() + "/b.iso\""),
                 qPrintable(f.errorLine()));
        QCOMPARE(texts(f.machine.seen()), QStringList());
    }

    void aMachineThisEngineCannotRunIsRefused()
    {
        Fixture f;
        f.definition.adapters[0].model = NicModel::Rtl8139;
        f.start();
        QVERIFY(f.waitFor(Driver::State::Off));
        QCOMPARE(f.error->kind(), ErrorKind::Unsupported);
    }

    void poweringOffAtOnceStartsNothing()
    {
        Fixture f;
        f.start();
        f.driver->powerOff(f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        QCOMPARE(f.states, QStringList({"starting", "stopping", "poweroff"}));
        QCOMPARE(texts(f.machine.seen()), QStringList());
    }

    void poweringOffWhileTheVmIsMadeTakesItAway()
    {
        Fixture f;
        f.machine.hold("make");
        f.start();
        QTRY_VERIFY(f.machine.has("make"));
        f.driver->powerOff(f.reply());
        f.machine.release();
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        QVERIFY(f.machine.has("destroyed"));
        QVERIFY(!f.machine.has("resume"));
        QVERIFY(!f.error);
    }

    void theGuestSwitchesItselfOff()
    {
        Fixture f;
        QVERIFY(f.run());
        f.machine.events->stopped(VmStop::PoweredOff, {}, {});
        QVERIFY(f.waitFor(Driver::State::Off));
        QCOMPARE(f.states.mid(2), QStringList({"stopping", "poweroff"}));
        QVERIFY(!f.error);
    }

    void aGuestThatCannotGoOnIsAborted()
    {
        Fixture f;
        QVERIFY(f.run());
        f.machine.events->stopped(VmStop::Failed, "The guest's processor has shut down",
                                  "rip 0000fff0\ncode f4");
        QVERIFY(f.waitFor(Driver::State::Aborted));
        QCOMPARE(f.errorLine(),
                 "The machine \"test\" has stopped unexpectedly: The guest's processor has shut "
                 "down");
        QVERIFY(f.error->remedy().find("vitrine.log") != std::string::npos);
        QVERIFY(f.machine.has("destroyed"));
    }

    void aFullDiskPausesUntilItIsTriedAgain()
    {
        Fixture f;
        QVERIFY(f.run());
        const VmProblem full{VmProblem::Kind::DiskFull, "a.img is full", "make room"};
        f.machine.events->problemRaised(full);
        f.machine.events->problemRaised(full); // several requests at once are one problem
        QTRY_COMPARE(f.problems.size(), 1);
        QCOMPARE(f.driver->state(), Driver::State::Paused);
        QCOMPARE(f.problems[0].kind, RunProblem::Kind::DiskFull);
        QCOMPARE(f.problems[0].text, "a.img is full");
        QCOMPARE(f.problems[0].remedy, "make room");
        QVERIFY(f.machine.has("pause"));
        f.driver->resume(f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.driver->state(), Driver::State::Running);
        f.machine.events->problemRaised(full);
        QTRY_COMPARE(f.problems.size(), 2);
        QCOMPARE(f.driver->state(), Driver::State::Paused);
    }

    void aRetryThatFailsAtOncePausesAgain()
    {
        Fixture f;
        QVERIFY(f.run());
        const VmProblem full{VmProblem::Kind::DiskFull, "full", {}};
        f.machine.events->problemRaised(full);
        QTRY_COMPARE(f.problems.size(), 1);
        f.machine.hold("resume");
        f.driver->resume(f.reply());
        f.machine.events->problemRaised(full); // before the answer to the command is here
        QCoreApplication::processEvents();
        f.machine.release();
        QVERIFY(f.isAnswered());
        QTRY_COMPARE(f.problems.size(), 2);
        QCOMPARE(f.driver->state(), Driver::State::Paused);
    }

    void aProblemWhileThePersonPausesIsToldAsWell()
    {
        Fixture f;
        QVERIFY(f.run());
        f.driver->pause(f.reply());
        QVERIFY(f.isAnswered());
        f.machine.events->problemRaised({VmProblem::Kind::DiskError, "broken", {}});
        QTRY_COMPARE(f.problems.size(), 1);
        QCOMPARE(f.driver->state(), Driver::State::Paused);
    }

    void aDisposableRunKeepsNothing()
    {
        Fixture f;
        f.place.isDisposableRun = true;
        QVERIFY(f.run());
        QVERIFY(!f.driver->supports(Feature::SaveState).isAvailable);
        f.driver->saveState(f.folder.path(), f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.kind, ErrorKind::Unsupported);
    }

    void keysGoIn()
    {
        Fixture f;
        QVERIFY(f.run());
        f.driver->sendScanCodes(QByteArray::fromHex("1e9ee04de0cde11d45e19dc5"), f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        QCOMPARE(f.machine.input->keys, "+30 -30 +333 -333 +541 -541 ");
    }

    void theScreenIsWrittenAsAFile()
    {
        Fixture f;
        QVERIFY(f.run());
        const QString path = f.folder.path() + "/shot.ppm";
        f.driver->screenshot(path, "ppm", 0, f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        QVERIFY(bytes.startsWith("P6\n4 2\n255\n\x33\x66\x99"));
        QCOMPARE(bytes.size(), 11 + 4 * 2 * 3);
        f.driver->screenshot(path, "bmp", 0, f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.kind, ErrorKind::Unsupported);
        f.driver->screenshot(f.folder.path() + "/nowhere/shot.png", "png", 0, f.reply());
        QVERIFY(f.isAnswered());
        QVERIFY(f.answer.startsWith("Cannot write the screenshot"));
    }

    void everyMonitorIsReached()
    {
        Fixture f;
        for (int i = 0; i < 2; ++i)
            f.machine.furtherScreens.push_back(std::make_unique<fakes::FakeScreen>());
        fakes::FakeScreen &third = *f.machine.furtherScreens[1];
        std::fill(third.pixels->begin(), third.pixels->end(), 0xff112233u);
        f.definition.video = VideoModel::Virtio;
        f.definition.monitors = 3;
        QVERIFY(f.run());
        QCOMPARE(f.driver->display().monitorCount, 3);
        QCOMPARE(f.driver->monitors(), (QList<bool>{true, true, true}));
        const DisplayHub::View view = f.driver->display().hub->makeView(2);
        QCOMPARE(int(view.screen->frame().pixels[0]), 0x33);
        const QString path = f.folder.path() + "/shot.ppm";
        f.driver->screenshot(path, "ppm", 2, f.reply());
        QVERIFY(f.isAnswered());
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().startsWith("P6\n4 2\n255\n\x11\x22\x33"));
        f.driver->screenshot(path, "ppm", 3, f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.kind, ErrorKind::NotFound);

        QVERIFY(f.driver->supports(Feature::Monitors).isAvailable);
        QSignalSpy changed(f.driver.get(), &Driver::monitorsChanged);
        f.driver->setMonitor(2, false, 0, 0, f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        QCOMPARE(f.driver->monitors(), (QList<bool>{true, true, false}));
        QCOMPARE(changed.count(), 1);
        f.driver->setMonitor(2, true, 800, 600, f.reply()); // no driver in the guest
        QVERIFY(f.isAnswered());
        QCOMPARE(f.kind, ErrorKind::Unsupported);
        QVERIFY(!third.isPlugged);
        third.canTakeSize = true;
        f.driver->setMonitor(2, true, 800, 600, f.reply());
        QVERIFY(f.isAnswered());
        QVERIFY(third.isPlugged);
        QCOMPARE(third.wanted, std::pair(800, 600));
        f.driver->setMonitor(0, false, 0, 0, f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.kind, ErrorKind::Invalid);
        f.driver->setMonitor(3, true, 0, 0, f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.kind, ErrorKind::NotFound);
    }

    void aMachineWithOneMonitorSaysNothingOfMonitors()
    {
        Fixture f;
        QVERIFY(f.run());
        QCOMPARE(f.driver->monitors(), QList<bool>());
        QCOMPARE(f.driver->display().monitorCount, 1);
        QVERIFY(!f.driver->supports(Feature::Monitors).isAvailable); // a VGA's
        f.driver->setMonitor(0, true, 800, 600, f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.kind, ErrorKind::Unsupported);
    }

    void theLastPictureStaysWhenTheMachineIsGone()
    {
        Fixture f;
        QVERIFY(f.run());
        struct Listener final : FrameListener
        {
            void frameDamaged(FrameRect) override { }
            void frameResized() override { }
            void cursorChanged() override { }
        } listener;
        const DisplayHub::View view = f.driver->display().hub->makeView();
        view.screen->setListener(&listener);
        QVERIFY(f.machine.screen->listener != nullptr);
        QVERIFY(f.machine.screen->isVisible);
        view.screen->setVisible(false);
        QVERIFY(f.machine.screen->listener == nullptr);
        QVERIFY(!f.machine.screen->isVisible);
        f.driver->powerOff(f.reply());
        QVERIFY(f.isAnswered());
        const Frame frame = view.screen->frame();
        QCOMPARE(frame.width, 4);
        QCOMPARE(int(frame.pixels[0]), 0x99);
        view.input->key(30, KeyMotion::Press); // goes nowhere
        view.screen->setListener(nullptr);
    }

    void thePointersModeIsTold()
    {
        Fixture f;
        QVERIFY(f.run());
        QVERIFY(!f.driver->hasAbsolutePointer());
        QSignalSpy changed(f.driver.get(), &Driver::displayChanged);
        f.machine.input->mode = PointerMode::Absolute;
        QTRY_VERIFY(f.driver->hasAbsolutePointer());
        QCOMPARE(changed.size(), 1);
    }

    void activityIsCountedWhileSomebodyLooks()
    {
        Fixture f;
        QVERIFY(f.run());
        QSignalSpy changed(f.driver.get(), &Driver::activityChanged);
        {
            const std::lock_guard lock(f.machine.mutex);
            f.machine.statistics.total = 1234;
        }
        f.driver->setActivityWanted(true);
        QTRY_VERIFY(!changed.isEmpty());
        const ActivityCounters counters = f.driver->activity();
        QVERIFY(counters.areExitsCounted);
        QCOMPARE(counters.exits, quint64(1234));
        QVERIFY(counters.isNetworkCounted);
        QVERIFY(counters.cpuNanoseconds > 0);
        QVERIFY(counters.memoryBytes > 0);
        f.driver->setActivityWanted(false);
    }

    void exitStatisticsBeginAnew()
    {
        Fixture f;
        f.make();
        QVERIFY(!f.driver->exitStatistics());
        QVERIFY(f.run());
        const auto set = [&f](std::uint64_t total, std::uint64_t reads) {
            const std::lock_guard lock(f.machine.mutex);
            f.machine.statistics.total = total;
            f.machine.statistics.byReason["io"] = total;
            f.machine.statistics.ports[0x3f8] = {reads, 1};
            f.machine.statistics.addresses[0xfee00000] = {1, 1};
        };
        set(10, 4);
        QCOMPARE(f.driver->exitStatistics()->total, std::uint64_t(10));
        f.driver->resetExitStatistics();
        QCOMPARE(f.driver->exitStatistics()->total, std::uint64_t(0));
        QVERIFY(f.driver->exitStatistics()->byReason.empty());
        set(15, 6);
        const ExitStatistics now = *f.driver->exitStatistics();
        QCOMPARE(now.total, std::uint64_t(5));
        QCOMPARE(now.ports.at(0x3f8).reads, std::uint64_t(2));
        QCOMPARE(now.ports.at(0x3f8).writes, std::uint64_t(0));
        QVERIFY(now.addresses.empty());
    }

    void aResetIsTold()
    {
        Fixture f;
        QVERIFY(f.run());
        QSignalSpy reset(f.driver.get(), &Driver::wasReset);
        f.machine.events->wasReset();
        QTRY_COMPARE(reset.size(), 1);
    }

    void commandsUnderWayAreAnsweredWhenTheMachineEnds()
    {
        Fixture f;
        QVERIFY(f.run());
        f.machine.hold("reset");
        f.driver->reset(f.reply());
        QTRY_VERIFY(f.machine.has("reset"));
        QString tray;
        f.driver->changeMedium({"SATA", 1, 0}, {}, false, [&](const Result<> &result) {
            tray = result ? "ok" : QString::fromStdString(result.error().text());
        });
        QString keys;
        f.driver->sendScanCodes(QByteArray(200, '\x1e'), [&](const Result<> &result) {
            keys = result ? "ok" : QString::fromStdString(result.error().text());
        });
        f.driver->powerOff({});
        f.machine.release();
        QVERIFY(f.waitFor(Driver::State::Off));
        QVERIFY(f.isAnswered());
        QTRY_COMPARE(tray, "The machine has ended");
        QCOMPARE(keys, "The machine has ended");
    }

    void aDriverThatIsThrownAwayAnswersAndStopsTheVm()
    {
        Fixture f;
        QVERIFY(f.run());
        f.driver->pause(f.reply());
        f.driver.reset();
        QCOMPARE(f.answers, 1);
        QVERIFY(f.machine.has("destroyed"));
        QVERIFY(f.machine.has("closed a.img"));
    }
};

QTEST_GUILESS_MAIN(TestKvmDriver)
#include "tst_kvm_driver.moc"
