// SPDX-License-Identifier: GPL-3.0-or-later
// Devices ▸ USB in the machine's window: what is plugged in, with a check mark at what the guest
// has.
#include "engine/machine/usb_permission.h"
#include "tests/support/console_fixture.h"
#include "tests/support/usb_desk.h"
#include "ui/usb_menu.h"

#include <QtGui/QClipboard>
#include <QtTest/QTest>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QMessageBox>
#include <QtWidgets/QPushButton>

using namespace engine;
using fakes::usbKeyboard;
using fakes::usbStick;

namespace {

struct Window : fakes::ConsoleFixture
{
    explicit Window(const QList<UsbDevice> &plugged, const QString &whyNoUsb = {})
    {
        open();
        if (!whyNoUsb.isEmpty())
            machine.driver().unsupported.insert(Feature::UsbPassthrough, whyNoUsb);
        auto owned = std::make_unique<fakes::FakeUsbHost>();
        host = owned.get();
        host->plugged = plugged;
        machine.session().usb().setHost(std::move(owned));
        show();
        check(QTest::qWaitFor([this] { return isReady(); }, 20000), "no window");
        openMenu();
    }

    ui::UsbMenu &menu() const { return *find<ui::UsbMenu>("usbMenu"); }
    // And what it says is what is so: answers come in the order of the questions.
    void openMenu() const
    {
        emit menu().aboutToShow();
        bool isAnswered = false;
        client->call(QStringLiteral("usb.list"), {},
                     [&isAnswered](const Result<QJsonObject> &) { isAnswered = true; });
        check(QTest::qWaitFor([&isAnswered] { return isAnswered; }), "no list");
    }
    // The menu is made anew whenever something changes.
    QAction *device(const char *port) const { return action(qPrintable(QString("usb ") + port)); }
    bool isChecked(const char *port) const { return device(port) && device(port)->isChecked(); }
    QString text(const char *port) const { return device(port) ? device(port)->text() : QString(); }
    QMessageBox *box(const char *name) const { return find<QMessageBox>(name); }
    void answer(const char *boxName, const QString &button) const
    {
        for (QAbstractButton *one : box(boxName)->buttons()) {
            if (one->text().remove(u'&') == button)
                return one->click();
        }
        QFAIL(qPrintable("no button " + button));
    }

    fakes::FakeUsbHost *host = nullptr;
};

} // namespace

class TestUsbMenu final : public QObject
{
    Q_OBJECT
private slots:
    void devicesAreListedByNameSpeedAndHolder();
    void anEmptyListSaysWhy();
    void oneClickMovesADeviceToTheGuestAndBack();
    void whatIsPluggedInMeanwhileIsShown();
    void aKeyboardGoesAfterAQuestion();
    void aRefusedDevicePutsTheCheckMarkBackAndSaysWhy();
    void aDeviceWithoutPermissionNamesTheRule_data();
    void aDeviceWithoutPermissionNamesTheRule();
    void aDeviceThatStaysInTheGuestKeepsItsCheckMark();
    void filesAreInsertedAsAStickAndEjected();
    void anEngineWithoutUsbOffersNothing();
};

void TestUsbMenu::devicesAreListedByNameSpeedAndHolder()
{
    MachineDefinition definition = fakes::RunningMachine::sampleDefinition();
    definition.name = QStringLiteral("Alpine & more");
    fakes::RunningMachine other(definition);
    UsbDevice mounted = usbStick(QStringLiteral("1-4"), 7);
    mounted.mounts = {QStringLiteral("/media/me/STICK")};
    UsbDevice slow = usbKeyboard();
    slow.speed = UsbSpeed::Low;
    UsbDevice nameless; // tells nothing of itself
    nameless.port = QStringLiteral("1-5");
    nameless.bus = 1;
    nameless.address = 8;
    nameless.vendorId = 0x1234;
    nameless.productId = 0xabcd;
    nameless.isAccessible = true;
    Window window({usbStick(), slow, mounted, nameless});
    QCOMPARE(window.text("1-2"), "Kingston Stick && more 1-2 (480 Mbit/s)");
    QCOMPARE(window.text("1-3"), "Kingston Keyboard (1.5 Mbit/s)");
    QCOMPARE(window.text("1-4"), "Kingston Stick && more 1-4 (480 Mbit/s): in use here");
    QCOMPARE(window.text("1-5"), "USB device 1234:abcd");
    QVERIFY(window.device("1-2")->toolTip().contains("Port 1-2, 0951:1666\nSerial number"));
    QVERIFY(window.device("1-4")->toolTip().contains("uses it: /media/me/STICK"));
    for (const char *port : {"1-2", "1-3", "1-4", "1-5"})
        QVERIFY2(window.device(port)->isCheckable() && !window.isChecked(port), port);

    other.open(QStringLiteral("gui"), false);
    auto host = std::make_unique<fakes::FakeUsbHost>();
    host->plugged = {usbStick()};
    other.session().usb().setHost(std::move(host));
    other.session().start();
    Result<> taken = makeError(ErrorKind::Io, QStringLiteral("no answer"));
    other.session().usb().attach(QStringLiteral("1-2"), false,
                                 [&taken](const Result<> &result) { taken = result; });
    QVERIFY_OK(taken);
    window.openMenu();
    QTRY_COMPARE(window.text("1-2"),
                 "Kingston Stick && more 1-2 (480 Mbit/s): in \"Alpine && more\"");
    QVERIFY(!window.isChecked("1-2"));
    other.close();
}

void TestUsbMenu::anEmptyListSaysWhy()
{
    Window window({});
    QTRY_COMPARE(window.menu().actions().first()->text(), "No USB devices are plugged in");
    QVERIFY(!window.menu().actions().first()->isEnabled());
    QVERIFY(window.action("usbDevices")->isEnabled());
}

void TestUsbMenu::oneClickMovesADeviceToTheGuestAndBack()
{
    Window window({usbStick(), usbKeyboard()});
    window.device("1-2")->trigger();
    QTRY_VERIFY(window.called("attachUsb usb-1-2-5"));
    QTRY_VERIFY(window.said().contains("is the guest's now"));
    window.openMenu();
    QVERIFY(window.isChecked("1-2"));
    QCOMPARE(window.text("1-2"), "Kingston Stick && more 1-2 (480 Mbit/s)"); // in this guest
    QVERIFY(!window.isChecked("1-3"));
    window.device("1-2")->trigger();
    QTRY_VERIFY(window.called("detachUsb usb-1-2-5"));
    QTRY_VERIFY(window.said().contains("is this computer's again"));
    window.openMenu();
    QVERIFY(!window.isChecked("1-2"));
    QVERIFY(window.box("errorBox") == nullptr);
}

void TestUsbMenu::whatIsPluggedInMeanwhileIsShown()
{
    Window window({usbStick()});
    window.host->plug(usbKeyboard());
    QTRY_VERIFY(window.device("1-3") != nullptr); // nobody opened the menu again
    window.host->pull(QStringLiteral("1-2"));
    QTRY_VERIFY(window.device("1-2") == nullptr);
}

void TestUsbMenu::aKeyboardGoesAfterAQuestion()
{
    Window window({usbKeyboard()});
    window.device("1-3")->trigger();
    QTRY_VERIFY(window.box("giveInput") != nullptr);
    QTRY_VERIFY(!window.isChecked("1-3")); // until it is allowed
    QVERIFY(window.box("giveInput")->informativeText().contains("keyboard or pointer"));
    window.answer("giveInput", QStringLiteral("Cancel"));
    QTRY_VERIFY(window.box("giveInput") == nullptr);
    QVERIFY(window.machine.driver().calls.filter(QStringLiteral("attachUsb")).isEmpty());
    window.device("1-3")->trigger();
    QTRY_VERIFY(window.box("giveInput") != nullptr);
    window.answer("giveInput", QStringLiteral("Give It"));
    QTRY_VERIFY(window.called("attachUsb usb-1-3-6"));
    QTRY_VERIFY(window.isChecked("1-3"));
    QCOMPARE(window.machine.session().usb().attached(), QList{usbKeyboard()});
}

void TestUsbMenu::aRefusedDevicePutsTheCheckMarkBackAndSaysWhy()
{
    UsbDevice mounted = usbStick();
    mounted.mounts = {QStringLiteral("/media/me/STICK")};
    Window window({mounted, usbStick(QStringLiteral("1-4"), 7)});
    window.device("1-2")->trigger();
    QTRY_VERIFY(window.box("errorBox") != nullptr);
    QCOMPARE(window.box("errorBox")->text(),
             "\"Kingston Stick & more 1-2\" could not be given to the guest.");
    QVERIFY(window.box("errorBox")->informativeText().contains("mounted on /media/me/STICK"));
    QVERIFY(window.box("errorBox")->informativeText().contains("Unmount it first"));
    QTRY_VERIFY(!window.isChecked("1-2"));
    window.answer("errorBox", QStringLiteral("Close"));
    QTRY_VERIFY(window.box("errorBox") == nullptr);

    // The engine says no.
    window.machine.driver().nextFailure = makeError(ErrorKind::Io, QStringLiteral("it bites"));
    window.device("1-4")->trigger();
    QTRY_VERIFY(window.box("errorBox") != nullptr);
    QVERIFY(window.box("errorBox")->informativeText().contains("bites"));
    QTRY_VERIFY(!window.isChecked("1-4"));
    QVERIFY(window.machine.session().usb().attached().isEmpty());
}

void TestUsbMenu::aDeviceWithoutPermissionNamesTheRule_data()
{
    QTest::addColumn<bool>("isInstalled");
    QTest::newRow("rule missing") << false;
    QTest::newRow("rule installed") << true;
}

void TestUsbMenu::aDeviceWithoutPermissionNamesTheRule()
{
    QFETCH(const bool, isInstalled);
    const QTemporaryDir folder;
    qputenv("VITRINE_UDEV_RULES", folder.path().toLocal8Bit());
    const QString installed = folder.filePath(QStringLiteral("70-vitrine-usb.rules"));
    if (isInstalled) {
        QFile rule(installed);
        QVERIFY(rule.open(QIODevice::WriteOnly));
    }
    UsbDevice denied = usbStick();
    denied.isAccessible = false;
    Window window({denied});
    QCOMPARE(window.text("1-2"), "Kingston Stick && more 1-2 (480 Mbit/s): no permission");
    const QString tip = window.device("1-2")->toolTip();
    QVERIFY2(tip.contains(isInstalled ? installed : "70-vitrine-usb.rules is missing"),
             qPrintable(tip));
    window.device("1-2")->trigger();
    QTRY_VERIFY(window.box("errorBox") != nullptr);
    const QString words = window.box("errorBox")->informativeText();
    QVERIFY2(words.contains("do not have permission"), qPrintable(words));
    QVERIFY2(words.contains(isInstalled ? installed : "70-vitrine-usb.rules is missing"),
             qPrintable(words));
    QTRY_VERIFY(!window.isChecked("1-2"));
    auto *copy = window.box("errorBox")->findChild<QPushButton *>("copyCommand");
    if (isInstalled) { // nothing to install
        QVERIFY(copy == nullptr);
    } else {
        copy->click();
        QCOMPARE(QGuiApplication::clipboard()->text(), usbRule().command);
        QVERIFY(words.contains(usbRule().command));
        QVERIFY(window.box("errorBox") != nullptr); // and is read on
        QCOMPARE(copy->text(), "Copied");
    }
    window.answer("errorBox", QStringLiteral("Close"));
    QTRY_VERIFY(window.box("errorBox") == nullptr);
    qunsetenv("VITRINE_UDEV_RULES");
}

void TestUsbMenu::aDeviceThatStaysInTheGuestKeepsItsCheckMark()
{
    Window window({usbStick()});
    window.device("1-2")->trigger();
    QTRY_COMPARE(window.machine.session().usb().attached().size(), 1);
    window.openMenu();
    window.machine.driver().nextFailure = makeError(ErrorKind::Io, QStringLiteral("it clings"));
    window.device("1-2")->trigger();
    QTRY_VERIFY(window.box("errorBox") != nullptr);
    QCOMPARE(window.box("errorBox")->text(),
             "\"Kingston Stick & more 1-2\" could not be taken back.");
    QTRY_VERIFY(window.isChecked("1-2"));
}

void TestUsbMenu::filesAreInsertedAsAStickAndEjected()
{
    Window window({});
    const QString path = window.machine.filePath(QStringLiteral("letter.txt"));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("Dear guest") == 10);
    file.close();
    QVERIFY(!window.action("ejectUsbStick")->isEnabled());
    QCOMPARE(window.action("ejectUsbStick")->toolTip(), "No files are inserted.");
    QTRY_VERIFY(window.action("insertUsbStick")->isEnabled());
    window.action("insertUsbStick")->trigger();
    auto *dialog = window.find<QFileDialog>("stickFiles");
    QVERIFY(dialog != nullptr && dialog->fileMode() == QFileDialog::ExistingFiles);
    emit dialog->filesSelected({path});
    dialog->close();
    QTRY_VERIFY(window.called("attachUsbStick stick"));
    QVERIFY(window.machine.driver().lastStick.endsWith("stick.img"));
    QTRY_VERIFY(window.said().contains("files on a USB stick"));
    QTRY_VERIFY(window.action("ejectUsbStick")->isEnabled());
    window.action("ejectUsbStick")->trigger();
    QTRY_VERIFY(window.called("detachUsb stick"));
    QTRY_VERIFY(!window.action("ejectUsbStick")->isEnabled());

    // What cannot be put on one is told.
    window.action("insertUsbStick")->trigger();
    emit window.find<QFileDialog>("stickFiles")->filesSelected({path + ".none"});
    QTRY_VERIFY(window.box("errorBox") != nullptr);
    QCOMPARE(window.box("errorBox")->text(), "The files could not be inserted.");
    QVERIFY(!window.action("ejectUsbStick")->isEnabled());
}

void TestUsbMenu::anEngineWithoutUsbOffersNothing()
{
    Window window({usbStick()}, QStringLiteral("It has no USB controller"));
    QTRY_VERIFY(!window.device("1-2")->isEnabled());
    QVERIFY(window.device("1-2")->toolTip().contains("no USB controller"));
    QVERIFY(!window.action("insertUsbStick")->isEnabled());
    QVERIFY(window.action("usbDevices")->isEnabled());
}

QTEST_MAIN(TestUsbMenu)
#include "tst_usb_menu.moc"
