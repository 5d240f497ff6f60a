// SPDX-License-Identifier: GPL-3.0-or-later
// The menu of the manager's tray icon, and when there is an icon.
#include "tests/support/usb_desk.h"
#include "ui/manager_window.h"
#include "ui/tray_icon.h"
#include "ui/tray_menu.h"

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QMessageBox>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QSystemTrayIcon>

using namespace engine;
using fakes::UsbDesk;
using fakes::usbStick;

namespace {

QStringList texts(const QMenu &menu)
{
    QStringList texts;
    for (const QAction *action : menu.actions()) {
        if (!action->isSeparator())
            texts.append(action->text());
    }
    return texts;
}

QAction *entry(const QMenu &menu, const QString &text)
{
    for (QAction *action : menu.actions()) {
        if (action->text() == text)
            return action;
    }
    return nullptr;
}

} // namespace

class TestTrayMenu final : public QObject
{
    Q_OBJECT
private slots:
    void anIdleComputerHasAShortMenu();
    void runningMachinesAreCommanded();
    void aRefusalIsTold();
    void aDeviceGoesToAMachineAndBack();
    void anOpenMenuIsNotChanged();
    void theIconFollowsThePreference();
};

void TestTrayMenu::anIdleComputerHasAShortMenu()
{
    UsbDesk desk({"Debian"}); // is off
    desk.openBoard();
    QWidget window;
    ui::TrayMenu menu(*desk.board, window);
    QCOMPARE(texts(menu), (QStringList{"&Open Vitrine", "No machine is running", "&USB", "&Quit"}));
    QVERIFY(!entry(menu, "No machine is running")->isEnabled());
    auto *usb = menu.findChild<QMenu *>("trayUsb");
    QCOMPARE(texts(*usb), (QStringList{"No USB devices are plugged in", "USB &Devices…"}));
    QSignalSpy manager(&menu, &ui::TrayMenu::managerWanted);
    QSignalSpy devices(&menu, &ui::TrayMenu::usbDevicesWanted);
    QSignalSpy quit(&menu, &ui::TrayMenu::quitWanted);
    entry(menu, "&Open Vitrine")->trigger();
    entry(*usb, "USB &Devices…")->trigger();
    entry(menu, "&Quit")->trigger();
    QCOMPARE(manager.size() + devices.size() + quit.size(), 3);
}

void TestTrayMenu::runningMachinesAreCommanded()
{
    UsbDesk desk({"A & B"});
    desk.start();
    QWidget window;
    ui::TrayMenu menu(*desk.board, window);
    QTRY_VERIFY(entry(menu, "A && B") != nullptr);
    const auto machine = [&menu] { return entry(menu, "A && B")->menu(); };
    QSignalSpy shown(&menu, &ui::TrayMenu::showWanted);
    machine()->findChild<QAction *>("show")->trigger();
    QCOMPARE(shown.first().first().toUuid(), desk.machines[0]->entry().definition.uuid);
    const auto &calls = desk.machines[0]->driver().calls;
    machine()->findChild<QAction *>("powerButton")->trigger();
    QTRY_VERIFY(calls.contains("powerButton"));
    machine()->findChild<QAction *>("pause")->trigger();
    QTRY_VERIFY(calls.contains("pause"));
    QTRY_VERIFY(machine()->findChild<QAction *>("pause")->isChecked());
    QTRY_VERIFY(!machine()->findChild<QAction *>("powerButton")->isEnabled());
    QVERIFY(machine()->findChild<QAction *>("powerButton")->toolTip().contains("paused"));
    machine()->findChild<QAction *>("pause")->trigger();
    QTRY_VERIFY(calls.contains("resume"));
    desk.machines[0]->close();
    QTRY_VERIFY(entry(menu, "No machine is running") != nullptr);
}

void TestTrayMenu::aRefusalIsTold()
{
    UsbDesk desk({"Debian"});
    desk.start();
    QWidget window;
    ui::TrayMenu menu(*desk.board, window);
    QTRY_VERIFY(entry(menu, "Debian") != nullptr);
    desk.machines[0]->driver().nextFailure = makeError(ErrorKind::Io, QString("it is stuck"));
    QAction *pause = entry(menu, "Debian")->menu()->findChild<QAction *>("pause");
    pause->trigger();
    QTRY_VERIFY(window.findChild<QMessageBox *>("errorBox") != nullptr);
    QCOMPARE(window.findChild<QMessageBox *>("errorBox")->text(),
             "\"Debian\" could not be paused.");
    QTRY_VERIFY(!entry(menu, "Debian")->menu()->findChild<QAction *>("pause")->isChecked());
}

void TestTrayMenu::aDeviceGoesToAMachineAndBack()
{
    UsbDesk desk({"Alpine", "Debian"});
    desk.plugged = {usbStick()};
    desk.start();
    QWidget window;
    ui::TrayMenu menu(*desk.board, window);
    QTRY_VERIFY(desk.isReady());
    const auto places = [&menu] { return menu.findChild<QMenu *>("usb 1-2"); };
    QTRY_COMPARE(texts(*places()), (QStringList{"This Computer", "Alpine", "Debian"}));
    QVERIFY(entry(*places(), "This Computer")->isChecked());
    entry(*places(), "Alpine")->trigger();
    QTRY_COMPARE(desk.board->places().first().holder, "Alpine");
    QVERIFY(desk.machines[0]->driver().calls.contains("attachUsb usb-1-2-5"));
    QTRY_VERIFY(entry(*places(), "Alpine")->isChecked());
    // From one machine to the other after a question, until which nothing is moved.
    entry(*places(), "Debian")->trigger();
    QTRY_VERIFY(window.findChild<QMessageBox *>("takeFromMachine") != nullptr);
    QTRY_VERIFY(entry(*places(), "Alpine")->isChecked());
    auto *box = window.findChild<QMessageBox *>("takeFromMachine");
    for (QAbstractButton *button : box->buttons()) {
        if (box->buttonRole(button) == QMessageBox::AcceptRole)
            button->click();
    }
    QTRY_COMPARE(desk.board->places().first().holder, "Debian");
    QTRY_VERIFY(entry(*places(), "Debian")->isChecked());
    entry(*places(), "This Computer")->trigger();
    QTRY_COMPARE(desk.board->places().first().holder, "");
    QTRY_VERIFY(entry(*places(), "This Computer")->isChecked());
    QVERIFY(desk.machines[1]->driver().calls.contains("detachUsb usb-1-2-5"));
    desk.pull("1-2");
    QTRY_VERIFY(places() == nullptr);
}

void TestTrayMenu::anOpenMenuIsNotChanged()
{
    UsbDesk desk({});
    QTemporaryDir folder;
    qputenv("XDG_RUNTIME_DIR", folder.path().toLocal8Bit());
    desk.openBoard();
    QWidget window;
    ui::TrayMenu menu(*desk.board, window);
    menu.popup({});
    QTRY_VERIFY(menu.isVisible());
    QSignalSpy boardChanged(desk.board.get(), &ui::UsbBoard::changed);
    QSignalSpy menuChanged(&menu, &ui::TrayMenu::changed);
    desk.plug(usbStick());
    QTRY_COMPARE(boardChanged.size(), 1);
    QCoreApplication::processEvents();
    QCOMPARE(menuChanged.size(), 0);
    menu.hide();
    QTRY_VERIFY(menu.findChild<QMenu *>("usb 1-2") != nullptr);
}

void TestTrayMenu::theIconFollowsThePreference()
{
    QTemporaryDir folder;
    qputenv("XDG_CONFIG_HOME", folder.path().toLocal8Bit());
    qputenv("XDG_RUNTIME_DIR", folder.path().toLocal8Bit());
    QVERIFY(!Preferences::load().isTrayIconShown);
    MachineStore store(folder.filePath("config"), folder.filePath("machines"));
    ui::ManagerWindow window(store);
    ui::TrayIcon tray(window);
    const auto icon = [&tray] { return tray.findChild<QSystemTrayIcon *>("trayIcon"); };
    QVERIFY(icon() == nullptr && !tray.isReachable());
    Preferences preferences = Preferences::load();
    preferences.isTrayIconShown = true;
    QVERIFY_OK(preferences.save());
    QTRY_VERIFY(icon() != nullptr);
    QVERIFY(icon()->isVisible());
    QCOMPARE(icon()->toolTip(), "Vitrine");
    // A program without a window must be reachable, which only a desktop with a tray makes it.
    QCOMPARE(tray.isReachable(), QSystemTrayIcon::isSystemTrayAvailable());
    QSignalSpy managerWanted(&tray, &ui::TrayIcon::managerWanted);
    emit icon()->activated(QSystemTrayIcon::Trigger);
    QCOMPARE(managerWanted.size(), 1);
    preferences.isTrayIconShown = false;
    QVERIFY_OK(preferences.save());
    QTRY_VERIFY(icon() == nullptr);
}

QTEST_MAIN(TestTrayMenu)
#include "tst_tray_menu.moc"
