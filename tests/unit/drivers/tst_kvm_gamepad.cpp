// SPDX-License-Identifier: GPL-3.0-or-later
// The guest's gamepad of the built-in engine: windows come with one of this computer's and go.
#include "tests/support/kvm_driver_fixture.h"

using namespace engine;
using namespace std::chrono_literals;
using fakes::texts;
using Fixture = fakes::KvmDriverFixture;

namespace {

struct GamepadFixture : Fixture
{
    GamepadFixture()
    {
        make();
        QObject::connect(driver.get(), &Driver::noticed, driver.get(),
                         [this](const QString &text) { notices.append(text); });
    }
    DisplayHub::View window() { return driver->display().hub->makeView(); }
    QStringList plugs() // and what was pulled out
    {
        return texts(machine.seen()).filter(QRegularExpression("^(plugGamepad|unplugUsb)"));
    }

    QStringList notices;
};

} // namespace

class TestKvmGamepad final : public QObject
{
    Q_OBJECT
private slots:
    void aWindowsGamepadIsPluggedIn()
    {
        GamepadFixture f;
        QVERIFY(f.run());
        QVERIFY(f.driver->supports(Feature::Gamepad).isAvailable);
        const DisplayHub::View window = f.window();
        QVERIFY(f.plugs().isEmpty()); // nobody has one
        window.input->plugGamepad("Pad A");
        QTRY_COMPARE(f.notices, QStringList("The guest has the gamepad \"Pad A\""));
        QCOMPARE(f.plugs(), QStringList("plugGamepad 0"));
        window.input->moveGamepad({.leftX = 7});
        QCOMPARE(int(f.machine.input->gamepad.leftX), 7);

        // Another one takes its place; the guest's is the same.
        window.input->plugGamepad("Pad B");
        QTRY_COMPARE(f.notices.last(), "The guest has the gamepad \"Pad B\"");
        QCOMPARE(f.plugs().size(), 1);

        window.input->unplugGamepad();
        QTRY_COMPARE(f.notices.last(), "The guest has no gamepad any more");
        QCOMPARE(f.plugs().last(), "unplugUsb 1");
        QCOMPARE(int(f.machine.input->gamepad.leftX), 0);
    }

    void theNewestWindowsIsTheGuests()
    {
        GamepadFixture f;
        QVERIFY(f.run());
        const DisplayHub::View first = f.window();
        first.input->plugGamepad("Pad A");
        first.input->moveGamepad({.leftX = 1});
        {
            const DisplayHub::View second = f.window();
            second.input->plugGamepad("Pad B");
            QTRY_COMPARE(f.notices.value(0), "The guest has the gamepad \"Pad B\"");
            QCOMPARE(int(f.machine.input->gamepad.leftX), 0);
            second.input->moveGamepad({.leftX = 2});
            first.input->moveGamepad({.leftX = 3});
            QCOMPARE(int(f.machine.input->gamepad.leftX), 2);
        } // the window is closed
        QTRY_COMPARE(f.notices.last(), "The guest has the gamepad \"Pad A\"");
        QCOMPARE(int(f.machine.input->gamepad.leftX), 3);
        QCOMPARE(f.plugs().size(), 1);
    }

    void whatChangesOnTheWayIsSettledAfterwards()
    {
        GamepadFixture f;
        QVERIFY(f.run());
        const DisplayHub::View window = f.window();
        f.machine.hold("plugGamepad 0");
        window.input->plugGamepad("Pad A");
        window.input->unplugGamepad();
        window.input->plugGamepad("Pad A");
        window.input->unplugGamepad();
        f.machine.release();
        QTRY_COMPARE(f.plugs(), QStringList({"plugGamepad 0", "unplugUsb 1"}));
        QCOMPARE(f.driver->state(), Driver::State::Running);
        QVERIFY(f.notices.isEmpty());
    }

    void oneThatDoesNotFitIsSaidOnce()
    {
        GamepadFixture f;
        QVERIFY(f.run());
        const DisplayHub::View window = f.window();
        f.machine.failNext("plugGamepad 0", Error(ErrorKind::Busy, "All ports are in use"));
        window.input->plugGamepad("Pad A");
        QTRY_COMPARE(f.notices,
                     QStringList("The guest could not be given the gamepad: All ports are in use"));
        f.driver->pause(f.reply()); // settled at every turn, but not tried again
        QVERIFY(f.isAnswered());
        QCOMPARE(f.plugs().size(), 1);
        window.input->plugGamepad("Pad A");
        QTRY_COMPARE(f.notices.size(), 2);
        QCOMPARE(f.notices.last(), "The guest has the gamepad \"Pad A\"");
    }

    void aMachineWithoutAUsbControllerHasNone()
    {
        GamepadFixture f;
        f.definition.usb = UsbController::None;
        QVERIFY(f.run());
        QVERIFY(f.driver->supports(Feature::Gamepad).reason.contains("no USB controller"));
        const DisplayHub::View window = f.window();
        window.input->plugGamepad("Pad A");
        f.driver->pause(f.reply());
        QVERIFY(f.isAnswered());
        QVERIFY(f.plugs().isEmpty());
    }

    // Saved with one: it is there before the guest goes on, and stays for a window that has one.
    void aSavedGuestKeepsIt_data()
    {
        QTest::addColumn<bool>("isWindowComing");
        QTest::addColumn<bool>("isOld");
        QTest::newRow("for a window") << true << false;
        QTest::newRow("until none has come") << false << false;
        QTest::newRow("of a version without gamepads") << true << true;
    }
    void aSavedGuestKeepsIt()
    {
        QFETCH(bool, isWindowComing);
        QFETCH(bool, isOld);
        GamepadFixture f;
        QVERIFY(f.run());
        const DisplayHub::View window = f.window();
        window.input->plugGamepad("Pad A");
        QTRY_COMPARE(f.notices.size(), 1);
        const QString saved = f.folder.path() + "/saved";
        QVERIFY(QDir().mkpath(saved));
        f.driver->saveState(saved, f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        window.input->unplugGamepad(); // too late for the state
        QCOMPARE(f.plugs().size(), 1);
        if (isOld) {
            QFile file(saved + "/kvm.json");
            QVERIFY(file.open(QIODevice::ReadOnly));
            QJsonObject facts = QJsonDocument::fromJson(file.readAll()).object();
            QCOMPARE(facts["gamepad"].toInt(-1), 1);
            facts.remove("gamepad");
            Fixture::write(saved + "/kvm.json", QJsonDocument(facts).toJson());
        }

        GamepadFixture next;
        next.gamepadTime = isWindowComing ? 60s : 50ms;
        next.make();
        next.place.savedState = saved;
        QVERIFY(next.run());
        QStringList calls = texts(next.machine.seen());
        QCOMPARE(calls.contains("plugGamepad 1"), !isOld);
        QVERIFY(isOld || calls.indexOf("plugGamepad 1") < calls.indexOf("restore"));
        const DisplayHub::View other = next.window();
        if (isWindowComing) {
            other.input->plugGamepad("Pad A");
            QTRY_VERIFY(next.plugs() == QStringList(isOld ? "plugGamepad 0" : "plugGamepad 1"));
        } else {
            QTRY_COMPARE(next.plugs(), QStringList({"plugGamepad 1", "unplugUsb 1"}));
        }
    }
};

QTEST_GUILESS_MAIN(TestKvmGamepad)
#include "tst_kvm_gamepad.moc"
