// SPDX-License-Identifier: GPL-3.0-or-later
// Session, server and client together, over a real socket, with a fake driver.
#include "engine/machine/machine_json.h"
#include "engine/machine/qt_text.h"
#include "tests/support/running_machine.h"

#include <QtNetwork/QLocalSocket>
#include <QtTest/QSignalSpy>

using namespace engine;

class TestControl : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void statusReachesTheClient()
    {
        fakes::RunningMachine machine;
        machine.open();
        ControlClient client;
        QSignalSpy statuses(&client, &ControlClient::statusChanged);
        client.connectTo(machine.socketPath());
        QTRY_VERIFY(statuses.size() > 0);
        QCOMPARE(client.status().name, QStringLiteral("Sample"));
        QCOMPARE(client.status().state, Driver::State::Running);
        QCOMPARE(client.status().controllers.size(), 1);
        QVERIFY(client.status().controllers.first().attachments.first().path.isEmpty());
        QVERIFY(client.status().supports(Feature::Pause).isAvailable);
    }

    void commandsReachTheDriver()
    {
        fakes::RunningMachine machine;
        machine.open();
        ControlClient client;
        client.connectTo(machine.socketPath());
        const QStringList methods{"machine.pause", "machine.resume", "machine.reset",
                                  "machine.powerButton"};
        int answers = 0;
        QTRY_VERIFY(client.isConnected());
        for (const QString &method : methods) {
            client.call(method, {}, [&answers](Result<QJsonObject> answer) {
                QVERIFY_OK(answer);
                ++answers;
            });
        }
        QTRY_COMPARE(answers, 4);
        QCOMPARE(machine.driver().calls.mid(1),
                 (QStringList{"pause", "resume", "reset", "powerButton"}));
    }

    void aDriverWithoutASidewaysWheelSaysSo()
    {
        fakes::RunningMachine machine;
        machine.open();
        ControlClient client;
        client.connectTo(machine.socketPath());
        QTRY_VERIFY(client.isConnected());
        std::optional<Error> received;
        client.call("machine.turnWheelSideways", {{"notches", 1}},
                    [&](Result<QJsonObject> answer) { received = answer.error(); });
        QTRY_VERIFY(received.has_value());
        QCOMPARE(received->kind(), ErrorKind::Unsupported);
    }

    void aDriversErrorKeepsItsChainAndRemedy()
    {
        fakes::RunningMachine machine;
        machine.open();
        machine.driver().nextFailure = Error(ErrorKind::Busy, "The tray is locked")
                                           .context("The medium was not changed")
                                           .withRemedy("Eject it in the guest");
        ControlClient client;
        client.connectTo(machine.socketPath());
        QTRY_VERIFY(client.isConnected());
        std::optional<Error> received;
        client.call("machine.pause", {},
                    [&](Result<QJsonObject> answer) { received = answer.error(); });
        QTRY_VERIFY(received.has_value());
        QCOMPARE(received->kind(), ErrorKind::Busy);
        QCOMPARE(received->messages().size(), std::size_t(2));
        QCOMPARE(received->remedy(), std::string("Eject it in the guest"));
    }

    void theSecondSessionOfAMachineIsRefused()
    {
        fakes::RunningMachine machine;
        machine.open();
        QVERIFY_ERROR(
            MachineSession::open(machine.entry(), "gui", std::make_unique<fakes::FakeDriver>()),
            ErrorKind::Busy);
    }

    void powerOffWritesTheStateAndEndsTheSession()
    {
        fakes::RunningMachine machine;
        machine.open();
        QCOMPARE(int(readState(machine.entry().folder).state), int(PersistentState::Running));
        QSignalSpy ended(&machine.session(), &MachineSession::ended);
        machine.driver().powerOff([](Result<>) {});
        QCOMPARE(ended.size(), 1);
        QCOMPARE(int(readState(machine.entry().folder).state), int(PersistentState::PoweredOff));
    }

    // A window may stay to tell why the machine has ended, while somebody starts it again.
    void whoeverRunsItNextKeepsItsAddress()
    {
        fakes::RunningMachine machine;
        machine.open();
        const QString address = machine.socketPath();
        ControlClient client;
        client.connectTo(address);
        QTRY_VERIFY(client.isConnected());
        QSignalSpy ended(&machine.session(), &MachineSession::ended);
        bool wasFree = false;
        connect(&machine.session(), &MachineSession::ended, this,
                [&] { wasFree = !QFileInfo::exists(address); });
        machine.driver().powerOff([](Result<>) {});
        QCOMPARE(ended.size(), 1);
        QVERIFY(wasFree);
        QVERIFY(client.isConnected()); // it is told how it ended

        QVERIFY(QDir().mkpath(QFileInfo(address).path()));
        QFile next(address);
        QVERIFY(next.open(QIODevice::WriteOnly));
        machine.close();
        QVERIFY(next.exists());
    }

    void aDeathIsAnnouncedAndRememberedAsAborted()
    {
        fakes::RunningMachine machine;
        machine.open();
        ControlClient client;
        QSignalSpy failures(&client, &ControlClient::failed);
        client.connectTo(machine.socketPath());
        QTRY_VERIFY(!client.status().uuid.isNull());
        machine.driver().die(Error(ErrorKind::Io, "QEMU was killed by signal 9"));
        QTRY_COMPARE(failures.size(), 1);
        QCOMPARE(int(readState(machine.entry().folder).state), int(PersistentState::Aborted));
    }

    void aDisposableMachineIsGoneAfterPowerOff()
    {
        MachineDefinition definition = fakes::RunningMachine::sampleDefinition();
        definition.isDisposable = true;
        fakes::RunningMachine machine(definition);
        machine.open();
        machine.driver().powerOff([](Result<>) {});
        QVERIFY(!QFileInfo::exists(machine.entry().definitionPath));
    }

    void aDisposableMachineThatFailedStays()
    {
        MachineDefinition definition = fakes::RunningMachine::sampleDefinition();
        definition.isDisposable = true;
        fakes::RunningMachine machine(definition);
        machine.open("gui", false);
        machine.driver().startFailure = Error(ErrorKind::NotFound, "No QEMU");
        machine.session().start();
        QVERIFY(QFileInfo::exists(machine.entry().definitionPath));
    }

    void textIsTypedStrokeByStroke()
    {
        fakes::RunningMachine machine;
        machine.open();
        bool isTyped = false;
        machine.session().typeText({.text = "aB\n"}, [&](Result<> result) {
            QVERIFY_OK(result);
            isTyped = true;
        });
        QTRY_VERIFY(isTyped);
        QCOMPARE(machine.driver().calls.mid(1),
                 (QStringList{"scanCodes 1e9e", "scanCodes 2a30b0aa", "scanCodes 1c9c"}));
    }

    void textThatCannotBeTypedIsRefusedWhole()
    {
        fakes::RunningMachine machine;
        machine.open();
        std::optional<Error> received;
        machine.session().typeText({.text = QStringLiteral("ab\u00e9")},
                                   [&](Result<> result) { received = result.error(); });
        QVERIFY(received.has_value());
        QVERIFY(received->message().find("U+00e9") != std::string::npos);
        QCOMPARE(machine.driver().calls.size(), 1);
    }

    void textIsTypedOnTheGuestsLayout()
    {
        fakes::RunningMachine machine;
        machine.open();
        bool isTyped = false;
        machine.session().typeText({.text = QStringLiteral("z"), .layout = "de", .rate = 250},
                                   [&](Result<> result) { isTyped = result.has_value(); });
        QTRY_VERIFY(isTyped);
        QCOMPARE(machine.driver().calls.mid(1), QStringList{"scanCodes 1595"});
        std::optional<Error> received;
        machine.session().typeText({.text = "z", .layout = "nowhere"},
                                   [&](Result<> result) { received = result.error(); });
        QVERIFY(received.has_value());
        QCOMPARE(int(received->kind()), int(ErrorKind::NotFound));
    }

    void typingTellsItsProgressAndCanBeCancelled()
    {
        fakes::RunningMachine machine;
        machine.open("headless");
        ControlClient client;
        client.connectTo(machine.socketPath());
        QTRY_VERIFY(client.isConnected());
        QSignalSpy progress(&client, &ControlClient::typingProgressed);
        std::optional<Error> received;
        client.call("machine.typeText", {{"text", QString(500, QLatin1Char('x'))}, {"rate", 50}},
                    [&](Result<QJsonObject> answer) { received = answer.error(); });
        QTRY_VERIFY(!progress.isEmpty());
        QCOMPARE(progress.first().at(1).toInt(), 500);
        QVERIFY(progress.first().at(0).toInt() > 0);
        client.call("machine.cancelTyping");
        QTRY_VERIFY(received.has_value());
        QCOMPARE(int(received->kind()), int(ErrorKind::Cancelled));
        QTRY_COMPARE(progress.last().at(1).toInt(), 0);
        const qsizetype sent = machine.driver().calls.size();
        QVERIFY(sent < 400);
        // The next text is typed at once, and nothing of the old one comes between.
        bool isTyped = false;
        client.call("machine.typeText", {{"text", "a"}},
                    [&](Result<QJsonObject> answer) { isTyped = answer.has_value(); });
        QTRY_VERIFY(isTyped);
        QCOMPARE(machine.driver().calls.mid(sent), QStringList{"scanCodes 1e9e"});
    }

    void typingWaitsWhileTheMachineIsPaused()
    {
        fakes::RunningMachine machine;
        machine.open();
        bool isTyped = false;
        machine.session().typeText({.text = "ab", .rate = 250},
                                   [&](Result<> result) { isTyped = result.has_value(); });
        machine.driver().enter(Driver::State::Paused);
        QCOMPARE(machine.driver().calls.size(), 2); // start, a
        machine.driver().enter(Driver::State::Running);
        QTRY_VERIFY(isTyped);
        QCOMPARE(machine.driver().calls.last(), QStringLiteral("scanCodes 30b0"));
    }

    void onlyOneWindowIsAttached()
    {
        fakes::RunningMachine machine;
        machine.open("headless");
        ControlClient first;
        ControlClient second;
        first.connectTo(machine.socketPath());
        second.connectTo(machine.socketPath());
        QTRY_VERIFY(first.isConnected() && second.isConnected());
        QSignalSpy raised(&first, &ControlClient::raiseRequested);

        std::optional<bool> isFirst;
        first.call("window.attach", {}, [&](Result<QJsonObject> answer) {
            isFirst = (*answer)[QLatin1String("attached")].toBool();
        });
        QTRY_VERIFY(isFirst.has_value());
        QCOMPARE(*isFirst, true);
        std::optional<bool> isSecond;
        second.call("window.attach", {}, [&](Result<QJsonObject> answer) {
            isSecond = (*answer)[QLatin1String("attached")].toBool();
        });
        QTRY_VERIFY(isSecond.has_value());
        QCOMPARE(*isSecond, false);
        QTRY_COMPARE(raised.size(), 1);

        // The window's process dies: the place is free again.
        QVERIFY(machine.session().status().hasWindow);
        first.disconnectFrom();
        QTRY_VERIFY(!machine.session().status().hasWindow);
    }

    void aWindowIsTakenOverByForce()
    {
        fakes::RunningMachine machine;
        machine.open("headless");
        ControlClient first;
        ControlClient second;
        first.connectTo(machine.socketPath());
        second.connectTo(machine.socketPath());
        QTRY_VERIFY(first.isConnected() && second.isConnected());
        first.call("window.attach");
        QTRY_VERIFY(machine.session().status().hasWindow);
        QSignalSpy detached(&first, &ControlClient::detached);
        QSignalSpy raised(&first, &ControlClient::raiseRequested);
        std::optional<bool> isAttached;
        second.call("window.attach", {{"force", true}}, [&](Result<QJsonObject> answer) {
            isAttached = (*answer)[QLatin1String("attached")].toBool();
        });
        QTRY_VERIFY(isAttached.has_value());
        QCOMPARE(*isAttached, true);
        QTRY_COMPARE(detached.size(), 1);
        QCOMPARE(raised.size(), 0);

        // The loser's end frees nothing; the winner's does.
        std::optional<bool> isDetached;
        first.call("window.detach", {},
                   [&](Result<QJsonObject> answer) { isDetached = answer.has_value(); });
        QTRY_VERIFY(isDetached.has_value());
        QVERIFY(machine.session().status().hasWindow);
        second.disconnectFrom();
        QTRY_VERIFY(!machine.session().status().hasWindow);
    }

    void aProblemStaysInTheStatusUntilTheMachineRuns()
    {
        fakes::RunningMachine machine;
        machine.open();
        machine.driver().raise(
            {RunProblem::Kind::DiskFull, "disk.qcow2 is full", "Free some space, then resume"});
        ControlClient late;
        late.connectTo(machine.socketPath());
        QTRY_VERIFY(late.status().problem.has_value());
        QCOMPARE(late.status().problem->kind, RunProblem::Kind::DiskFull);
        QCOMPARE(late.status().problem->text, QStringLiteral("disk.qcow2 is full"));
        QCOMPARE(late.status().problem->remedy, QStringLiteral("Free some space, then resume"));
        late.call("machine.resume");
        QTRY_COMPARE(late.status().state, Driver::State::Running);
        QVERIFY(!late.status().problem.has_value());
    }

    void activityIsPolledOnlyWhileSomebodyLooks()
    {
        fakes::RunningMachine machine;
        machine.open();
        auto client = std::make_unique<ControlClient>();
        client->connectTo(machine.socketPath());
        client->setActivityWanted(true);
        QTRY_VERIFY(machine.driver().isActivityWanted);
        QSignalSpy activity(client.get(), &ControlClient::activityChanged);
        ActivityCounters counters;
        counters.diskReadBytes = 4096;
        machine.driver().count(counters);
        QTRY_COMPARE(activity.size(), 1);
        client.reset();
        QTRY_VERIFY(!machine.driver().isActivityWanted);
    }

    void countersBeyondAnyNumberAreNone()
    {
        const ActivityCounters counters = activityFromJson(
            {{"diskRead", 1e300}, {"diskWritten", -7}, {"exits", "9"}, {"memoryBytes", 12.0}});
        QCOMPARE(counters.diskReadBytes, quint64(0));
        QCOMPARE(counters.diskWrittenBytes, quint64(0));
        QCOMPARE(counters.exits, quint64(0));
        QCOMPARE(counters.memoryBytes, quint64(12));
    }

    void garbageAndUnknownRequestsAreAnswered()
    {
        fakes::RunningMachine machine;
        machine.open();
        QLocalSocket socket;
        socket.connectToServer(machine.socketPath());
        socket.write("this is no json\n{\"id\":7,\"method\":\"machine.dance\"}\n");
        QByteArray all;
        QTRY_VERIFY((all += socket.readAll()).count('\n') == 2);
        QVERIFY(all.contains("-32600"));
        QVERIFY(all.contains("-32601"));
        QVERIFY(all.contains("machine.dance"));
    }

    void anEndlessLineEndsTheConnection()
    {
        fakes::RunningMachine machine;
        machine.open();
        QLocalSocket socket;
        socket.connectToServer(machine.socketPath());
        QTRY_COMPARE(socket.state(), QLocalSocket::ConnectedState);
        const QByteArray chunk(256 * 1024, 'x');
        for (int i = 0; i < 5; ++i)
            socket.write(chunk);
        QTRY_COMPARE(socket.state(), QLocalSocket::UnconnectedState);
    }

    void waitingCallsWorkFromAnotherThread()
    {
        fakes::RunningMachine machine;
        machine.open();
        std::optional<Result<QJsonObject>> answer;
        const std::unique_ptr<QThread> thread(QThread::create([&] {
            ControlClient client;
            const Result<> connected = client.connectAndWait(machine.socketPath());
            if (connected)
                answer = client.callAndWait("machine.pause");
        }));
        thread->start();
        QTRY_VERIFY(thread->isFinished());
        QVERIFY(answer.has_value());
        QVERIFY_OK(*answer);
        QCOMPARE(machine.driver().state(), Driver::State::Paused);
    }

    void nobodyListeningIsNotFound()
    {
        ControlClient client;
        QVERIFY_ERROR(client.connectAndWait("/nowhere/control"), ErrorKind::NotFound);
    }
};

QTEST_GUILESS_MAIN(TestControl)
#include "tst_control.moc"
