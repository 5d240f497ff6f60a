// SPDX-License-Identifier: GPL-3.0-or-later
// The settings of a machine that runs or is saved, and of one that others change meanwhile.
#include "tests/support/running_machine.h"
#include "tests/support/settings_fixture.h"

#include <QtWidgets/QMessageBox>
#include <QtWidgets/QToolButton>

using namespace engine;
using fakes::SettingsHands;

namespace {

// Another program's change.
void changeOnDisk(const MachineEntry &entry, const std::function<void(MachineDefinition &)> &change)
{
    auto read = readMachine(entry.definitionPath);
    QVERIFY_OK(read);
    change(read->definition);
    QVERIFY_OK(writeMachine(*read));
}

} // namespace

class TestSettingsMeanwhile final : public QObject
{
    Q_OBJECT
private slots:
    void aRunningMachineGreysTheRest();
    void aRunningMachineIsChangedThroughItsProcess();
    void aRefusalKeepsTheDialog();
    void aMachineThatStartsMeanwhileGreysToo();
    void aSavedMachineGreysItsHardware();
    void theStateFileSaysThatItIsSaved();
    void changesOfOthersAreLoadedOrOffered();
    void keepingMineWritesOverTheOthers();
};

void TestSettingsMeanwhile::aRunningMachineGreysTheRest()
{
    fakes::RunningMachine machine;
    machine.open();
    machine.driver().unsupported.insert(Feature::ChangeNetwork, QStringLiteral("No such thing"));
    MachineStore store(machine.filePath(QStringLiteral("config/vitrine")),
                       machine.filePath(QStringLiteral("machines")));
    ui::SettingsDialog dialog(store, machine.entry());
    dialog.show();
    const SettingsHands hands(dialog);
    auto *path = hands.find<QLineEdit>("mediumPath");
    QTRY_VERIFY(path->isEnabled()); // the optical drive's
    QVERIFY(hands.find<QPlainTextEdit>("description")->isEnabled());
    QVERIFY(hands.find<QCheckBox>("adapters/0/cableConnected")->isEnabled());
    QVERIFY(hands.find<QCheckBox>("autostart")->isEnabled());
    QVERIFY(hands.find<QCheckBox>("extraData/menuBar")->isEnabled());
    for (const char *name : {"name", "memoryMiB", "cpus", "firmware", "video", "audio", "usb",
                             "slot", "adapters/0/mode", "adapters/0/model"}) {
        auto *widget = hands.find<QWidget>(name);
        QVERIFY2(!widget->isEnabled(), name);
        QVERIFY2(widget->toolTip().contains(QStringLiteral("Power the machine off")), name);
    }
    auto *mode = hands.find<QComboBox>("adapters/0/attachedTo");
    QVERIFY(!mode->isEnabled());
    QVERIFY(mode->toolTip().contains(QStringLiteral("No such thing")));
    QVERIFY(!hands.find<QToolButton>("addController")->isEnabled());
    QVERIFY(dialog.findChild<QWidget *>(QStringLiteral("machineState")));
    machine.close();
}

void TestSettingsMeanwhile::aRunningMachineIsChangedThroughItsProcess()
{
    fakes::RunningMachine machine;
    machine.open();
    MachineStore store(machine.filePath(QStringLiteral("config/vitrine")),
                       machine.filePath(QStringLiteral("machines")));
    ui::SettingsDialog dialog(store, machine.entry());
    dialog.show();
    const SettingsHands hands(dialog);
    QTRY_VERIFY(hands.find<QCheckBox>("adapters/0/cableConnected")->isEnabled());
    hands.click("adapters/0/cableConnected");
    hands.write("description", QStringLiteral("while it runs"));
    QSignalSpy saved(&dialog, &ui::SettingsDialog::saved);
    dialog.accept();
    QTRY_COMPARE(saved.size(), 1);
    QVERIFY(machine.driver().calls.contains(QStringLiteral("setLink 0 off")));
    const auto read = readMachine(machine.entry().definitionPath);
    QVERIFY_OK(read);
    QCOMPARE(read->definition.description, QStringLiteral("while it runs"));
    QVERIFY(!read->definition.adapters[0].isCableConnected);
    machine.close();
}

void TestSettingsMeanwhile::aRefusalKeepsTheDialog()
{
    fakes::RunningMachine machine;
    machine.open();
    MachineStore store(machine.filePath(QStringLiteral("config/vitrine")),
                       machine.filePath(QStringLiteral("machines")));
    ui::SettingsDialog dialog(store, machine.entry());
    dialog.show();
    const SettingsHands hands(dialog);
    QTRY_VERIFY(hands.find<QCheckBox>("adapters/0/cableConnected")->isEnabled());
    hands.click("adapters/0/cableConnected");
    machine.driver().nextFailure = Error(ErrorKind::Io, "The cable is stuck");
    dialog.accept();
    QTRY_VERIFY(dialog.findChild<QMessageBox *>(QStringLiteral("errorBox")));
    QVERIFY(dialog.isVisible());
    QTRY_VERIFY(hands.ok()->isEnabled());
    QVERIFY(!hands.find<QCheckBox>("adapters/0/cableConnected")->isChecked()); // still as asked
    machine.close();
}

void TestSettingsMeanwhile::aMachineThatStartsMeanwhileGreysToo()
{
    fakes::RunningMachine machine;
    MachineStore store(machine.filePath(QStringLiteral("config/vitrine")),
                       machine.filePath(QStringLiteral("machines")));
    ui::SettingsDialog dialog(store, machine.entry());
    dialog.show();
    const SettingsHands hands(dialog);
    QVERIFY(hands.find<QWidget>("memoryMiB")->isEnabled());
    machine.open();
    QTRY_VERIFY(!hands.find<QWidget>("memoryMiB")->isEnabled());
    QTRY_VERIFY(hands.find<QCheckBox>("adapters/0/cableConnected")->isEnabled());
    machine.driver().enter(Driver::State::Off);
    machine.close();
    QTRY_VERIFY(hands.find<QWidget>("memoryMiB")->isEnabled());
}

void TestSettingsMeanwhile::aSavedMachineGreysItsHardware()
{
    fakes::SettingsFixture fixture;
    ui::SettingsDialog dialog(fixture.store, fixture.entry);
    const SettingsHands hands(dialog);
    const auto pages = dialog.findChildren<ui::SettingsPage *>();
    for (ui::SettingsPage *page : pages)
        page->applyRules({.condition = MachineCondition::Saved});
    for (const char *name :
         {"memoryMiB", "video", "mediumPath", "adapters/0/model", "serialPorts/0/enabled", "usb"}) {
        QVERIFY2(!hands.find<QWidget>(name)->isEnabled(), name);
    }
    QVERIFY(hands.find<QWidget>("memoryMiB")->toolTip().contains(QStringLiteral("saved state")));
    QVERIFY(hands.find<QWidget>("description")->isEnabled());
    QVERIFY(hands.find<QWidget>("adapters/0/cableConnected")->isEnabled());
    QVERIFY(hands.find<QWidget>("extraData/closing")->isEnabled());
}

void TestSettingsMeanwhile::theStateFileSaysThatItIsSaved()
{
    fakes::SettingsFixture fixture;
    ui::SettingsDialog dialog(fixture.store, fixture.entry);
    dialog.show();
    const SettingsHands hands(dialog);
    QVERIFY(hands.find<QWidget>("memoryMiB")->isEnabled());
    QVERIFY(QDir(fixture.entry.folder).mkdir(QStringLiteral("saved")));
    QVERIFY_OK(writeState(fixture.entry.folder, PersistentState::Saved));
    QTRY_VERIFY(!hands.find<QWidget>("memoryMiB")->isEnabled());
    QVERIFY(QDir(fixture.entry.folder).rmdir(QStringLiteral("saved")));
    QVERIFY_OK(writeState(fixture.entry.folder, PersistentState::PoweredOff));
    QTRY_VERIFY(hands.find<QWidget>("memoryMiB")->isEnabled());
}

void TestSettingsMeanwhile::changesOfOthersAreLoadedOrOffered()
{
    fakes::SettingsFixture fixture;
    ui::SettingsDialog dialog(fixture.store, fixture.entry);
    dialog.show();
    const SettingsHands hands(dialog);
    changeOnDisk(fixture.entry, [](MachineDefinition &m) { m.memoryMiB = 640; });
    QTRY_COMPARE(hands.shownOver({}).memoryMiB, 640); // nothing was typed yet

    hands.write("description", QStringLiteral("mine"));
    changeOnDisk(fixture.entry, [](MachineDefinition &m) { m.memoryMiB = 768; });
    QTRY_VERIFY(dialog.findChild<QWidget *>(QStringLiteral("changedMeanwhile")));
    QCOMPARE(hands.shownOver({}).memoryMiB, 640);
    QCOMPARE(hands.shownOver({}).description, QStringLiteral("mine"));
    hands.click("reload");
    QCOMPARE(hands.shownOver({}).memoryMiB, 768);
    QVERIFY(hands.shownOver({}).description.isEmpty());
    QTRY_VERIFY(!dialog.findChild<QWidget *>(QStringLiteral("changedMeanwhile")));
}

void TestSettingsMeanwhile::keepingMineWritesOverTheOthers()
{
    fakes::SettingsFixture fixture;
    ui::SettingsDialog dialog(fixture.store, fixture.entry);
    dialog.show();
    const SettingsHands hands(dialog);
    hands.write("description", QStringLiteral("mine"));
    changeOnDisk(fixture.entry, [](MachineDefinition &m) { m.memoryMiB = 768; });
    QTRY_VERIFY(dialog.findChild<QWidget *>(QStringLiteral("changedMeanwhile")));
    hands.click("keepMine");
    QSignalSpy saved(&dialog, &ui::SettingsDialog::saved);
    dialog.accept();
    QTRY_COMPARE(saved.size(), 1);
    QCOMPARE(fixture.onDisk().description, QStringLiteral("mine"));
    QCOMPARE(fixture.onDisk().memoryMiB, 512);
}

QTEST_MAIN(TestSettingsMeanwhile)
#include "tst_settings_meanwhile.moc"
