// SPDX-License-Identifier: GPL-3.0-or-later
// What a session does around the driver when a machine is saved and resumed, over the control
// socket and with a fake driver.
#include "engine/machine/qt_text.h"
#include "engine/machine/saved_state.h"
#include "tests/support/running_machine.h"

#include <QtTest/QSignalSpy>

using namespace engine;

namespace {

// Asks and waits for the answer: "ok" or the error.
QString ask(ControlClient &client, const QString &method)
{
    QString answer;
    client.call(method, {}, [&answer](const Result<QJsonObject> &result) {
        answer = result ? "ok" : errorText(result.error());
    });
    return QTest::qWaitFor([&answer] { return !answer.isEmpty(); }) ? answer : "no answer";
}

struct Connected
{
    explicit Connected(fakes::RunningMachine &machine)
    {
        client.connectTo(machine.socketPath());
        // The status has come, so the server knows us.
        check(QTest::qWaitFor([this] { return !client.status().uuid.isNull(); }), "no status");
    }
    ControlClient client;
};

} // namespace

class TestSavedSession final : public QObject
{
    Q_OBJECT
private slots:
    void theStateIsCompleteBeforeTheDriverEnds()
    {
        fakes::RunningMachine machine;
        machine.open();
        QSignalSpy ended(&machine.session(), &MachineSession::ended);
        bool wasComplete = false;
        connect(&machine.driver(), &Driver::stateChanged, this, [&](Driver::State state) {
            if (state == Driver::State::Saved)
                wasComplete = hasSavedState(machine.entry().folder);
        });
        Connected connected(machine);
        QCOMPARE(ask(connected.client, "machine.saveState"), QString("ok"));
        QVERIFY(wasComplete);
        QCOMPARE(ended.size(), 1);
        QCOMPARE(machine.driver().calls.last(), QString("powerOff"));
        QCOMPARE(int(readState(machine.entry().folder).state), int(PersistentState::Saved));

        // And the next session goes on from it, once.
        machine.close();
        machine.open();
        QCOMPARE(machine.driver().machinePlace.savedState,
                 savedStateFolder(machine.entry().folder));
        QVERIFY(!hasSavedState(machine.entry().folder));
        QCOMPARE(int(readState(machine.entry().folder).state), int(PersistentState::Running));
    }

    void aDriversFailureLeavesTheMachineRunning()
    {
        fakes::RunningMachine machine;
        machine.open();
        machine.driver().nextFailure = Error(ErrorKind::NoSpace, "No space left");
        Connected connected(machine);
        const QString answer = ask(connected.client, "machine.saveState");
        QVERIFY2(answer.contains("was not saved; the machine goes on: No space left"),
                 qPrintable(answer));
        QCOMPARE(machine.driver().state(), Driver::State::Running);
        QVERIFY(!hasSavedState(machine.entry().folder));
        QVERIFY(!QFile::exists(machine.entry().folder + "/saved.new"));
    }

    void aStateThatCannotBeRecordedIsAbandoned()
    {
        MachineDefinition definition = fakes::RunningMachine::sampleDefinition();
        definition.controllers[0].attachments.append(
            {.kind = MediumKind::HardDisk, .port = 0, .path = "disks/gone.raw", .format = "raw"});
        fakes::RunningMachine machine(definition);
        machine.open();
        Connected connected(machine);
        const QString answer = ask(connected.client, "machine.saveState");
        QVERIFY2(answer.contains("gone.raw"), qPrintable(answer));
        QCOMPARE(machine.driver().calls.last(), QString("abandonSave"));
        QCOMPARE(machine.driver().state(), Driver::State::Running);
        QVERIFY(!hasSavedState(machine.entry().folder));
    }

    void whatTheDriverCannotSaveIsRefusedWithItsReason()
    {
        fakes::RunningMachine machine;
        machine.open();
        machine.driver().unsupported.insert(Feature::SaveState, "a reason");
        Connected connected(machine);
        QVERIFY(ask(connected.client, "machine.saveState").contains("a reason"));
        QVERIFY(!machine.driver().calls.last().startsWith("saveState"));
    }

    void progressReachesTheClient()
    {
        fakes::RunningMachine machine;
        machine.open();
        Connected connected(machine);
        QSignalSpy progress(&connected.client, &ControlClient::progressed);
        Q_EMIT machine.driver().progressed(42);
        QTRY_COMPARE(progress.size(), 1);
        QCOMPARE(progress.first().first().toInt(), 42);
    }

    void aFailedRestoreKeepsTheState()
    {
        fakes::RunningMachine machine;
        machine.open();
        Connected connected(machine);
        QCOMPARE(ask(connected.client, "machine.saveState"), QString("ok"));
        machine.close();
        machine.open("headless", false);
        machine.driver().startFailure = Error(ErrorKind::Io, "It does not load");
        machine.session().start();
        QCOMPARE(int(readState(machine.entry().folder).state), int(PersistentState::Saved));
        QVERIFY(hasSavedState(machine.entry().folder));
    }

    void aSavedMachineHasNoDisposableRun()
    {
        fakes::RunningMachine machine;
        machine.open();
        Connected connected(machine);
        QCOMPARE(ask(connected.client, "machine.saveState"), QString("ok"));
        machine.close();
        machine.open("headless", false);
        QSignalSpy failures(&machine.session(), &MachineSession::failed);
        machine.session().start(MachineSession::Run::Disposable);
        QCOMPARE(failures.size(), 1);
        QVERIFY(machine.driver().calls.isEmpty());
        QCOMPARE(int(readState(machine.entry().folder).state), int(PersistentState::Saved));
    }
};

QTEST_GUILESS_MAIN(TestSavedSession)

#include "tst_saved_session.moc"
