// SPDX-License-Identifier: GPL-3.0-or-later
// What a machine's process does when it is told to end.
#include "app/machine_ending.h"
#include "engine/machine/preferences.h"
#include "engine/machine/saved_state.h"
#include "tests/support/running_machine.h"

#include <QtTest/QSignalSpy>

using namespace engine;

namespace {

void choose(SessionEndChoice choice)
{
    Preferences preferences = Preferences::load();
    preferences.sessionEnd = choice;
    QVERIFY_OK(preferences.save());
}

} // namespace

class TestMachineEnding final : public QObject
{
    Q_OBJECT
private slots:
    void aMachineIsSaved()
    {
        fakes::RunningMachine machine;
        machine.open();
        app::MachineEnding ending(machine.session());
        QSignalSpy ended(&machine.session(), &MachineSession::ended);
        ending.begin("the test ends it");
        QCOMPARE(ended.size(), 1);
        QVERIFY(hasSavedState(machine.entry().folder));
    }

    void theChoiceIsFollowed_data()
    {
        QTest::addColumn<int>("choice");
        QTest::addColumn<QString>("call");
        QTest::addRow("shutdown") << int(SessionEndChoice::Shutdown) << "powerButton";
        QTest::addRow("power off") << int(SessionEndChoice::PowerOff) << "powerOff";
    }

    void theChoiceIsFollowed()
    {
        QFETCH(int, choice);
        QFETCH(QString, call);
        fakes::RunningMachine machine;
        choose(SessionEndChoice(choice));
        machine.open();
        app::MachineEnding ending(machine.session());
        ending.begin("the test ends it");
        QCOMPARE(machine.driver().calls.last(), call);
        QVERIFY(!hasSavedState(machine.entry().folder));
    }

    void whatCannotBeSavedIsShutDown()
    {
        fakes::RunningMachine machine;
        machine.open();
        machine.driver().unsupported.insert(Feature::SaveState, "a reason");
        app::MachineEnding ending(machine.session());
        ending.begin("the test ends it");
        QCOMPARE(machine.driver().calls.last(), QString("powerButton"));
    }

    void whatFailsToBeSavedIsShutDown()
    {
        fakes::RunningMachine machine;
        machine.open();
        machine.driver().nextFailure = Error(ErrorKind::NoSpace, "No space left");
        app::MachineEnding ending(machine.session());
        ending.begin("the test ends it");
        QCOMPARE(machine.driver().calls.last(), QString("powerButton"));
        QVERIFY(!hasSavedState(machine.entry().folder));
    }

    void aDisposableRunIsPoweredOff()
    {
        fakes::RunningMachine machine;
        machine.open("headless", false);
        machine.session().start(MachineSession::Run::Disposable);
        QTRY_COMPARE(machine.driver().state(), Driver::State::Running);
        app::MachineEnding ending(machine.session());
        ending.begin("the test ends it");
        QCOMPARE(machine.driver().calls.last(), QString("powerOff"));
    }

    void aSecondSignalIsMoreThanTheFirst()
    {
        fakes::RunningMachine machine;
        choose(SessionEndChoice::Shutdown);
        machine.open();
        app::MachineEnding ending(machine.session());
        ending.insist("signal 15");
        QCOMPARE(machine.driver().calls.last(), QString("powerButton"));
        ending.begin("the computer shuts down"); // no more than it was asked already
        QCOMPARE(machine.driver().calls.last(), QString("powerButton"));
        ending.insist("signal 15");
        QCOMPARE(machine.driver().calls.last(), QString("powerOff"));
    }

    void aSaveUnderWayIsNotCutShort()
    {
        fakes::RunningMachine machine;
        machine.open();
        machine.driver().enter(Driver::State::Saving);
        app::MachineEnding ending(machine.session());
        const auto calls = machine.driver().calls.size();
        for (int i = 0; i < 3; ++i)
            ending.insist("signal 15");
        QCOMPARE(machine.driver().calls.size(), calls);
    }
};

QTEST_GUILESS_MAIN(TestMachineEnding)

#include "tst_machine_ending.moc"
