// SPDX-License-Identifier: GPL-3.0-or-later
// USB devices in two columns: this computer's and a guest's.
#include "tests/support/console_fixture.h"
#include "tests/support/usb_desk.h"
#include "ui/manager_window.h"
#include "ui/usb_always.h"
#include "ui/usb_device_list.h"
#include "ui/usb_window.h"

#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QMessageBox>
#include <QtWidgets/QPushButton>

using namespace engine;
using fakes::UsbDesk;
using fakes::usbKeyboard;
using fakes::usbStick;
using ui::UsbDeviceList;

namespace {

struct Window
{
    explicit Window(UsbDesk &desk)
        : window(new ui::UsbWindow(*desk.board, nullptr))
    {
        window->show();
    }
    ~Window() { delete window; }

    template <class T>
    T *find(const char *name) const
    {
        return window->findChild<T *>(QString::fromLatin1(name));
    }
    UsbDeviceList &host() const { return *find<UsbDeviceList>("hostDevices"); }
    UsbDeviceList &guest() const { return *find<UsbDeviceList>("guestDevices"); }
    QCheckBox &always() const { return *find<QCheckBox>("alwaysGiveUsb"); }
    QString facts() const { return find<QLabel>("usbFacts")->text(); }
    QString message() const { return find<QLabel>("usbMessage")->text(); }
    QMessageBox *box(const char *name) const { return find<QMessageBox>(name); }
    QStringList names(const UsbDeviceList &list) const
    {
        QStringList names;
        for (int row = 0; row < list.topLevelItemCount(); ++row)
            names.append(list.topLevelItem(row)->text(UsbDeviceList::Name));
        return names;
    }
    void press(const char *button) const { find<QPushButton>(button)->click(); }
    void answer(const char *boxName, const QString &button) const
    {
        for (QAbstractButton *one : box(boxName)->buttons()) {
            if (one->text().remove(u'&') == button)
                return one->click();
        }
        QFAIL(qPrintable("no button " + button));
    }

    QPointer<ui::UsbWindow> window;
};

QList<UsbFilter> filtersOnDisk(const UsbDesk &desk)
{
    return readMachine(desk.machines.front()->entry().definitionPath)->definition.usbFilters;
}

const QString StickName = QStringLiteral("Kingston Stick & more 1-2");
const QString StickKey = QStringLiteral("1-2@5");

} // namespace

class TestUsbWindow final : public QObject
{
    Q_OBJECT
private slots:
    void devicesStandInTheirColumns();
    void aColumnStaysAsWideAsItWasDragged();
    void aDeviceIsMovedByButtonsAndStaysChosen();
    void enterAndDoubleClickMove();
    void aDropMoves();
    void aKeyboardGoesAfterAQuestion();
    void whatTheHostNeedsIsRefusedWithTheReason_data();
    void whatTheHostNeedsIsRefusedWithTheReason();
    void pluggingAndPullingIsFollowed();
    void aDeviceIsTakenFromAnotherMachineAfterAQuestion();
    void alwaysWritesTheMachinesFilter();
    void aWiderFilterIsNamed();
    void filtersForOneDeviceAreToldApart();
    void withoutAMachineTheColumnSaysSo();
    void aMachineWithoutUsbSaysWhy();
    void theMachinesWindowOpensItWithItsOwnGuest();
    void theManagerOpensOneWithTheSelectedMachine();
};

void TestUsbWindow::devicesStandInTheirColumns()
{
    UsbDesk desk({"Debian"});
    desk.plugged = {usbStick(), usbKeyboard()};
    desk.start();
    Window window(desk);
    QTRY_COMPARE(window.find<QComboBox>("usbGuest")->currentText(), "Debian");
    QCOMPARE(window.names(window.host()), (QStringList{StickName, "Kingston Keyboard"}));
    QCOMPARE(window.host().topLevelItem(0)->text(UsbDeviceList::Speed), "480 Mbit/s");
    QCOMPARE(window.host().topLevelItem(0)->text(UsbDeviceList::State), "Driver usb-storage");
    QCOMPARE(window.host().topLevelItem(1)->text(UsbDeviceList::State), "Keyboard or pointer");
    QVERIFY(window.names(window.guest()).isEmpty());
    QVERIFY(window.guest().accessibleDescription().contains("has none"));
    QVERIFY(!window.find<QPushButton>("giveUsb")->isEnabled()); // nothing is chosen
    QVERIFY(!window.always().isEnabled());
    window.host().select(StickKey);
    QVERIFY(window.find<QPushButton>("giveUsb")->isEnabled());
    QVERIFY(!window.find<QPushButton>("takeBackUsb")->isEnabled());
    QVERIFY(window.facts().contains("Port 1-2, 0951:1666. Serial number serial 1-2."));
}

void TestUsbWindow::aColumnStaysAsWideAsItWasDragged()
{
    UsbDesk desk({"Debian"});
    desk.plugged = {usbStick()};
    desk.start();
    Window window(desk);
    const int before = window.host().columnWidth(UsbDeviceList::Name);
    window.window->resize(window.window->width() - 200, window.window->height());
    QTRY_VERIFY(window.host().columnWidth(UsbDeviceList::Name) < before); // by itself
    window.host().header()->resizeSection(UsbDeviceList::Name, 77);
    const int width = window.host().width();
    window.window->resize(window.window->width() + 200, window.window->height());
    QTRY_VERIFY(window.host().width() > width);
    QCOMPARE(window.host().columnWidth(UsbDeviceList::Name), 77);
}

void TestUsbWindow::aDeviceIsMovedByButtonsAndStaysChosen()
{
    UsbDesk desk({"Debian"});
    desk.plugged = {usbStick(), usbStick("1-4", 7)};
    desk.start();
    Window window(desk);
    QTRY_VERIFY(desk.isReady());
    window.host().select(StickKey);
    window.press("giveUsb");
    QTRY_COMPARE(window.names(window.guest()), QStringList{StickName});
    QCOMPARE(window.names(window.host()), QStringList{"Kingston Stick & more 1-4"});
    QCOMPARE(window.guest().selectedKey(), StickKey);
    QCOMPARE(window.host().selectedKey(), "");
    QTRY_VERIFY(window.message().contains("is the guest's now"));
    QVERIFY(desk.machines[0]->driver().calls.contains("attachUsb usb-1-2-5"));
    window.press("takeBackUsb");
    QTRY_COMPARE(window.names(window.host()).size(), 2);
    QCOMPARE(window.host().selectedKey(), StickKey);
    QVERIFY(window.names(window.guest()).isEmpty());
    QTRY_VERIFY(window.message().contains("is this computer's again"));
}

void TestUsbWindow::enterAndDoubleClickMove()
{
    UsbDesk desk({"Debian"});
    desk.plugged = {usbStick()};
    desk.start();
    Window window(desk);
    QTRY_VERIFY(desk.isReady());
    window.host().select(StickKey);
    QTest::keyClick(&window.host(), Qt::Key_Return);
    QTRY_COMPARE(window.names(window.guest()), QStringList{StickName});
    QVERIFY(window.window->isVisible()); // Enter closed nothing
    const QRect row = window.guest().visualItemRect(window.guest().topLevelItem(0));
    QTest::mouseClick(window.guest().viewport(), Qt::LeftButton, {}, row.center());
    QTest::mouseDClick(window.guest().viewport(), Qt::LeftButton, {}, row.center());
    QTRY_COMPARE(window.names(window.host()), QStringList{StickName});
}

void TestUsbWindow::aDropMoves()
{
    UsbDesk desk({"Debian"});
    desk.plugged = {usbStick()};
    desk.start();
    Window window(desk);
    QTRY_VERIFY(desk.isReady());
    emit window.guest().dropped(StickKey);
    QTRY_COMPARE(window.names(window.guest()), QStringList{StickName});
    emit window.host().dropped(StickKey);
    QTRY_COMPARE(window.names(window.host()), QStringList{StickName});
}

void TestUsbWindow::aKeyboardGoesAfterAQuestion()
{
    UsbDesk desk({"Debian"});
    desk.plugged = {usbKeyboard()};
    desk.start();
    Window window(desk);
    QTRY_VERIFY(desk.isReady());
    window.host().select("1-3@6");
    window.press("giveUsb");
    QTRY_VERIFY(window.box("giveInput") != nullptr);
    QVERIFY(window.box("giveInput")->informativeText().contains("keyboard or pointer"));
    window.answer("giveInput", "Cancel");
    QTRY_VERIFY(window.box("giveInput") == nullptr);
    QVERIFY(window.names(window.guest()).isEmpty());
    window.press("giveUsb");
    QTRY_VERIFY(window.box("giveInput") != nullptr);
    window.answer("giveInput", "Give It");
    QTRY_COMPARE(window.names(window.guest()), QStringList{"Kingston Keyboard"});
}

void TestUsbWindow::whatTheHostNeedsIsRefusedWithTheReason_data()
{
    QTest::addColumn<UsbDevice>("device");
    QTest::addColumn<QString>("state");
    QTest::addColumn<QString>("reason");
    UsbDevice mounted = usbStick();
    mounted.mounts = {"/media/me/STICK"};
    QTest::newRow("mounted") << mounted << "Mounted on /media/me/STICK"
                             << "it is mounted on /media/me/STICK";
    UsbDevice locked = usbStick();
    locked.isAccessible = false;
    QTest::newRow("no permission") << locked << "No permission"
                                   << "70-vitrine-usb.rules";
}

void TestUsbWindow::whatTheHostNeedsIsRefusedWithTheReason()
{
    QFETCH(UsbDevice, device);
    QFETCH(QString, state);
    QFETCH(QString, reason);
    UsbDesk desk({"Debian"});
    desk.plugged = {device};
    desk.start();
    Window window(desk);
    QTRY_VERIFY(desk.isReady());
    QCOMPARE(window.host().topLevelItem(0)->text(UsbDeviceList::State), state);
    window.host().select(StickKey);
    QVERIFY2(window.facts().contains(reason), qPrintable(window.facts()));
    window.press("giveUsb");
    QTRY_VERIFY(window.box("errorBox") != nullptr);
    QVERIFY(window.box("errorBox")->informativeText().contains(reason));
    QCOMPARE(window.names(window.host()), QStringList{StickName});
}

void TestUsbWindow::pluggingAndPullingIsFollowed()
{
    UsbDesk desk({"Debian"});
    desk.start();
    Window window(desk);
    QTRY_VERIFY(desk.isReady());
    QVERIFY(window.host().accessibleDescription().contains("No USB devices"));
    desk.plug(usbStick());
    QTRY_COMPARE(window.names(window.host()), QStringList{StickName});
    window.host().select(StickKey);
    window.press("giveUsb");
    QTRY_COMPARE(window.names(window.guest()), QStringList{StickName});
    desk.pull("1-2");
    QTRY_VERIFY(window.names(window.guest()).isEmpty());
    QVERIFY(window.names(window.host()).isEmpty());
    QTRY_VERIFY(window.message().contains("was unplugged"));
}

void TestUsbWindow::aDeviceIsTakenFromAnotherMachineAfterAQuestion()
{
    UsbDesk desk({"Alpine", "Debian"});
    desk.plugged = {usbStick()};
    desk.start();
    Window window(desk);
    QTRY_VERIFY(desk.isReady());
    window.host().select(StickKey);
    window.press("giveUsb");
    QTRY_COMPARE(window.names(window.guest()), QStringList{StickName});
    window.window->choose(desk.machine(1).uuid);
    QCOMPARE(window.find<QComboBox>("usbGuest")->currentText(), "Debian");
    QCOMPARE(window.names(window.host()), QStringList{StickName});
    QCOMPARE(window.host().topLevelItem(0)->text(UsbDeviceList::State), "In \"Alpine\"");
    window.host().select(StickKey);
    QVERIFY(window.facts().contains("\"Alpine\" has it"));
    window.press("giveUsb");
    QTRY_VERIFY(window.box("takeFromMachine") != nullptr);
    QVERIFY(window.box("takeFromMachine")->text().contains("Alpine"));
    window.answer("takeFromMachine", "Take It");
    QTRY_COMPARE(window.names(window.guest()), QStringList{StickName});
    QVERIFY(desk.machines[0]->driver().calls.contains("detachUsb usb-1-2-5"));
    QVERIFY(desk.machines[1]->driver().calls.contains("attachUsb usb-1-2-5"));
}

void TestUsbWindow::alwaysWritesTheMachinesFilter()
{
    UsbDesk desk({"Debian"});
    desk.plugged = {usbStick()};
    desk.start();
    Window window(desk);
    QTRY_VERIFY(desk.isReady());
    window.host().select(StickKey);
    QVERIFY(window.always().text().contains("\"Debian\""));
    QVERIFY(!window.always().isChecked());
    window.always().click();
    QTRY_COMPARE(filtersOnDisk(desk), QList{filterFor(usbStick())});
    QTRY_COMPARE(window.names(window.guest()), QStringList{StickName}); // and goes at once
    QVERIFY(window.always().isChecked() && window.always().isEnabled());
    window.always().click();
    QTRY_VERIFY(filtersOnDisk(desk).isEmpty());
    QTRY_VERIFY(window.message().contains("no longer goes"));
    QVERIFY(!window.always().isChecked());
    QCOMPARE(window.names(window.guest()), QStringList{StickName}); // until it is taken back
}

void TestUsbWindow::aWiderFilterIsNamed()
{
    UsbDesk desk({"Debian"});
    MachineEntry entry = desk.machines[0]->entry();
    entry.definition.usbFilters = {{.name = "All Kingston", .vendorId = "0951"}};
    MachineStore store;
    QVERIFY_OK(store.save(entry));
    desk.plugged = {usbStick()};
    desk.start();
    Window window(desk);
    QTRY_COMPARE(window.names(window.guest()), QStringList{StickName});
    window.guest().select(StickKey);
    QVERIFY(window.always().isChecked() && !window.always().isEnabled());
    QVERIFY(window.always().toolTip().contains("All Kingston"));
}

void TestUsbWindow::filtersForOneDeviceAreToldApart()
{
    const UsbDevice stick = usbStick();
    UsbFilter own = filterFor(stick);
    own.name = "Mine";
    own.isActive = false;
    const UsbFilter other{.name = "Other", .vendorId = "1234"};
    QVERIFY(!ui::usbAlways({own, other}, stick).isGiven);
    const QList<UsbFilter> given = ui::withUsbAlways({own, other}, stick, true);
    QCOMPARE(given.size(), 2); // the one that slept wakes up
    QVERIFY(ui::usbAlways(given, stick).isGiven);
    QVERIFY(ui::usbAlways(given, stick).otherFilter.isEmpty());
    QCOMPARE(ui::withUsbAlways(given, stick, false), QList{other});
    QVERIFY(!ui::usbAlways(given, usbStick("1-9")).isGiven); // its like, with another serial number
}

void TestUsbWindow::withoutAMachineTheColumnSaysSo()
{
    UsbDesk desk({"Debian"}); // is off
    desk.plugged = {usbStick()};
    desk.openBoard();
    Window window(desk);
    QVERIFY(window.guest().accessibleDescription().contains("No machine is running"));
    QVERIFY(!window.find<QComboBox>("usbGuest")->isEnabled());
    window.host().select(StickKey);
    QVERIFY(!window.find<QPushButton>("giveUsb")->isEnabled());
    QVERIFY(!window.always().isEnabled());
    QTest::keyClick(&window.host(), Qt::Key_Return); // and nothing happens
    QVERIFY(window.box("errorBox") == nullptr);
}

void TestUsbWindow::aMachineWithoutUsbSaysWhy()
{
    UsbDesk desk({"Debian"});
    desk.plugged = {usbStick()};
    desk.machines[0]->open(QStringLiteral("gui"), false);
    desk.machines[0]->driver().unsupported[Feature::UsbPassthrough] = "it has no USB controller";
    desk.machines[0]->session().start();
    desk.openBoard();
    Window window(desk);
    QTRY_VERIFY(desk.isReady());
    QCOMPARE(window.find<QComboBox>("usbGuest")->count(), 0);
    QVERIFY(window.guest().accessibleDescription().contains("it has no USB controller"));
    window.window->choose(desk.machine(0).uuid); // as from its own window
    QCOMPARE(window.find<QComboBox>("usbGuest")->currentText(), "Debian");
    QCOMPARE(window.guest().accessibleDescription(), "It has no USB controller.");
    window.host().select(StickKey);
    QVERIFY(!window.find<QPushButton>("giveUsb")->isEnabled());
}

void TestUsbWindow::theMachinesWindowOpensItWithItsOwnGuest()
{
    fakes::ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    console.action("usbDevices")->trigger();
    auto *window = console.find<ui::UsbWindow>("usbWindow");
    QVERIFY(window != nullptr && window->isVisible());
    QTRY_COMPARE(window->findChild<QComboBox *>("usbGuest")->currentText(), "Sample");
    console.action("usbDevices")->trigger();
    QCOMPARE(console.window->findChildren<ui::UsbWindow *>().size(), 1);
}

void TestUsbWindow::theManagerOpensOneWithTheSelectedMachine()
{
    UsbDesk desk({"Alpine", "Debian"});
    desk.start();
    MachineStore store({}, desk.machines[1]->entry().folder + "/..");
    store.refresh();
    ui::ManagerWindow manager(store);
    QTRY_COMPARE(manager.usbBoard().machines().size(), 2);
    manager.selectMachine(desk.machines[1]->entry().folder);
    QAction *action = manager.findChild<QAction *>("usbDevices");
    action->trigger();
    auto *window = manager.findChild<ui::UsbWindow *>("usbWindow");
    QVERIFY(window != nullptr && window->isVisible());
    QCOMPARE(window->findChild<QComboBox *>("usbGuest")->currentText(), "Debian");
    action->trigger();
    QCOMPARE(manager.findChildren<ui::UsbWindow *>().size(), 1);
}

QTEST_MAIN(TestUsbWindow)
#include "tst_usb_window.moc"
