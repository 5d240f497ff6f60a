// SPDX-License-Identifier: GPL-3.0-or-later
// Which devices a running machine gets, and when the host keeps them.
#include "engine/control/machine_usb.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/usb_filter.h"
#include "engine/machine/usb_permission.h"
#include "tests/support/fake_driver.h"
#include "tests/support/fake_usb_host.h"

#include <QtCore/QDir>
#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace engine;
using State = Driver::State;

namespace {

UsbDevice device(const QString &port, int address = 5)
{
    UsbDevice device;
    device.port = port;
    device.bus = 1;
    device.address = address;
    device.vendorId = 0x0951;
    device.productId = 0x1666;
    device.product = "Stick " + port;
    device.serial = "serial of " + port;
    device.isAccessible = true;
    device.node = QStringLiteral("/dev/bus/usb/001/%1").arg(address, 3, 10, QLatin1Char('0'));
    return device;
}

} // namespace

class TestMachineUsb final : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void aDeviceGoesToTheGuestAndBack();
    void theHostKeepsWhatItNeeds_data();
    void theHostKeepsWhatItNeeds();
    void aMissingRuleIsNamedWithWhatInstallsIt();
    void aKeyboardGoesByForce();
    void anotherMachinesDeviceIsNamedAfterIt();
    void aFailureGivesTheDeviceBack();
    void filtersTakeWhatIsThereAtTheStart();
    void filtersTakeWhatComesLater();
    void aFilterTakesNoKeyboard();
    void whatAUserTookBackStaysUntilItIsPluggedInAnew();
    void aDeviceThatWasGivenByHandReturnsAfterReplug();
    void aDeviceThatTheDriverLostReturnsToo();
    void anEngineWithoutUsbSaysWhy();
    void aSavedMachineGetsItsDevicesBack();
    void aFailedSaveGivesThemBackAtOnce();
    void theEndFreesEverything();
    void twoHundredTimesThereAndBack();

private:
    struct Machine
    {
        explicit Machine(const QString &name)
        {
            definition.name = name;
            auto owned = std::make_unique<fakes::FakeUsbHost>();
            host = owned.get();
            usb.setHost(std::move(owned));
        }
        Result<> attach(const QString &word, bool isForced = false)
        {
            Result<> answer = makeError(ErrorKind::Io, "no answer");
            usb.attach(word, isForced, [&answer](Result<> result) { answer = std::move(result); });
            return answer;
        }
        Result<> detach(const QString &word)
        {
            Result<> answer = makeError(ErrorKind::Io, "no answer");
            usb.detach(word, [&answer](Result<> result) { answer = std::move(result); });
            return answer;
        }
        void start() { driver.start(definition, {}); }

        MachineDefinition definition;
        fakes::FakeDriver driver;
        fakes::FakeUsbHost *host = nullptr;
        MachineUsb usb{driver, [this]() -> const MachineDefinition & { return definition; }};
    };

    QTemporaryDir m_runtime;
};

void TestMachineUsb::init()
{
    qputenv("XDG_RUNTIME_DIR", m_runtime.path().toUtf8());
}

void TestMachineUsb::aDeviceGoesToTheGuestAndBack()
{
    Machine machine("one");
    machine.host->plugged = {device("1-2"), device("1-3", 6)};
    QVERIFY(!machine.attach("1-2")); // not running
    machine.start();
    QVERIFY(machine.host->isStarted);
    QSignalSpy changed(&machine.usb, &MachineUsb::changed);
    QVERIFY(machine.attach("1-2"));
    QCOMPARE(machine.driver.calls.last(), "attachUsb usb-1-2-5");
    QVERIFY(!changed.isEmpty());
    QCOMPARE(machine.usb.attached(), QList{device("1-2")});
    const QList<UsbChoice> choices = machine.usb.choices();
    QCOMPARE(choices.size(), 2);
    QVERIFY(choices[0].isOurs && choices[0].holder == "one");
    QVERIFY(!choices[1].isOurs && choices[1].holder.isEmpty());
    const UsbChoice again = usbChoiceFromJson(toJson(choices[0]));
    QVERIFY(again.isOurs && again.holder == "one" && again.device == choices[0].device);

    QVERIFY(machine.attach("1-2")); // it is there
    QVERIFY(machine.detach(usbDeviceUuid(device("1-2")).toString()));
    QCOMPARE(machine.driver.calls.last(), "detachUsb usb-1-2-5");
    QVERIFY(machine.usb.attached().isEmpty());
    QVERIFY(usbDeviceHolder(device("1-2")).isEmpty());
    QVERIFY(!machine.detach("1-2"));
    QVERIFY(!machine.attach("1-9"));
}

void TestMachineUsb::theHostKeepsWhatItNeeds_data()
{
    QTest::addColumn<UsbDevice>("kept");
    QTest::addColumn<QString>("reason");
    QTest::addColumn<QString>("remedy");

    UsbDevice mounted = device("1-2");
    mounted.mounts = QStringList{"/media/stick"};
    QTest::newRow("mounted") << mounted << "/media/stick"
                             << "Unmount";
    UsbDevice denied = device("1-2");
    denied.isAccessible = false;
    QTest::newRow("no permission") << denied << "permission to use \"Stick 1-2\" (/dev/bus/usb/"
                                   << "70-vitrine-usb.rules";
    UsbDevice keyboard = device("1-2");
    keyboard.isInput = true;
    QTest::newRow("keyboard") << keyboard << "keyboard or pointer"
                              << "--force";
}

void TestMachineUsb::theHostKeepsWhatItNeeds()
{
    QFETCH(const UsbDevice, kept);
    QFETCH(const QString, reason);
    QFETCH(const QString, remedy);
    Machine machine("one");
    machine.host->plugged = {kept};
    machine.start();
    const Result<> answer = machine.attach("1-2");
    QVERIFY(!answer);
    QVERIFY2(errorText(answer.error()).contains(reason), answer.error().text().c_str());
    QVERIFY2(toQString(answer.error().remedy()).contains(remedy), answer.error().remedy().c_str());
    QVERIFY(machine.driver.calls.filter("attachUsb").isEmpty());
    QVERIFY(usbDeviceHolder(kept).isEmpty());
}

void TestMachineUsb::aMissingRuleIsNamedWithWhatInstallsIt()
{
    const QTemporaryDir folder;
    qputenv("VITRINE_UDEV_RULES", folder.path().toLocal8Bit());
    const auto remedy = [] {
        UsbDevice denied = device("1-2");
        denied.isAccessible = false;
        const Result<> allowed = mayLeaveHost(denied, true);
        return allowed ? QString() : toQString(allowed.error().remedy());
    };
    UsbRule rule = usbRule();
    QVERIFY(!rule.isInstalled());
    QVERIFY2(remedy().startsWith("The udev rule 70-vitrine-usb.rules is missing"),
             qPrintable(remedy()));
    QVERIFY(remedy().endsWith(rule.command));
    // What is to be copied is there, as a shell reads it.
    const QString source = rule.command.section('\'', 1, 1);
    QVERIFY2(QFile::exists(source), qPrintable(source));
    QVERIFY(rule.command.startsWith("sudo cp '" + source + "' /etc/udev/rules.d/ && "));

    const QString installed = folder.filePath("70-vitrine-usb.rules");
    QVERIFY(QFile::copy(source, installed));
    rule = usbRule();
    QCOMPARE(rule.installed, installed);
    QVERIFY2(remedy().startsWith("The udev rule " + installed + " allows it"),
             qPrintable(remedy()));
    QVERIFY(remedy().contains("plug it in again"));
    QVERIFY(!remedy().contains("sudo"));
    QCOMPARE(usbRule({"/nowhere", folder.path()}).installed, installed);
    QVERIFY(!usbRule({"/nowhere"}).isInstalled());
    qunsetenv("VITRINE_UDEV_RULES");
    QVERIFY(udevRuleFolders().contains("/etc/udev/rules.d"));
}

void TestMachineUsb::aKeyboardGoesByForce()
{
    Machine machine("one");
    UsbDevice keyboard = device("1-2");
    keyboard.isInput = true;
    machine.host->plugged = {keyboard};
    machine.start();
    QVERIFY(machine.attach("1-2", true));
    // Force is for that alone.
    keyboard = device("1-3", 6);
    keyboard.mounts = QStringList{"/"};
    machine.host->plugged.append(keyboard);
    QVERIFY(!machine.attach("1-3", true));
}

void TestMachineUsb::anotherMachinesDeviceIsNamedAfterIt()
{
    Machine one("one");
    Machine two("two");
    one.host->plugged = two.host->plugged = {device("1-2")};
    one.start();
    two.start();
    QVERIFY(one.attach("1-2"));
    const Result<> refused = two.attach("1-2");
    QVERIFY(!refused);
    QCOMPARE(refused.error().kind(), ErrorKind::Busy);
    QVERIFY(errorText(refused.error()).contains("\"one\""));
    QCOMPARE(two.usb.choices().first().holder, "one");
    QVERIFY(!two.usb.choices().first().isOurs);
    QVERIFY(one.detach("1-2"));
    QVERIFY(two.attach("1-2"));
}

void TestMachineUsb::aFailureGivesTheDeviceBack()
{
    Machine machine("one");
    machine.host->plugged = {device("1-2")};
    machine.start();
    machine.driver.nextFailure = makeError(ErrorKind::Io, "it bites");
    const Result<> answer = machine.attach("1-2");
    QVERIFY(!answer);
    QVERIFY(errorText(answer.error()).contains("it bites"));
    QVERIFY(machine.usb.attached().isEmpty());
    QVERIFY(usbDeviceHolder(device("1-2")).isEmpty());
    QVERIFY(machine.attach("1-2"));
}

void TestMachineUsb::filtersTakeWhatIsThereAtTheStart()
{
    Machine machine("one");
    machine.host->plugged = {device("1-2"), device("1-3", 6)};
    machine.definition.usbFilters = {filterFor(device("1-3"))};
    machine.start();
    QCOMPARE(machine.usb.attached(), QList{device("1-3", 6)});
}

void TestMachineUsb::filtersTakeWhatComesLater()
{
    Machine machine("one");
    machine.definition.usbFilters = {filterFor(device("1-3"))};
    machine.start();
    QSignalSpy noticed(&machine.usb, &MachineUsb::noticed);
    machine.host->plug(device("1-3", 6));
    QCOMPARE(machine.usb.attached().size(), 1);
    QVERIFY(noticed.first().first().toString().contains("Stick 1-3"));
    machine.host->pull("1-3");
    QCOMPARE(machine.driver.calls.last(), "detachUsb usb-1-3-6");
    QVERIFY(machine.usb.attached().isEmpty());
    machine.host->plug(device("1-3", 7));
    QCOMPARE(machine.driver.calls.last(), "attachUsb usb-1-3-7");

    // A filter that is added while the machine runs works at once.
    machine.host->plug(device("1-4", 8));
    QCOMPARE(machine.usb.attached().size(), 1);
    machine.definition.usbFilters.append(filterFor(device("1-4")));
    machine.usb.applyFilters();
    QCOMPARE(machine.usb.attached().size(), 2);
}

void TestMachineUsb::aFilterTakesNoKeyboard()
{
    Machine machine("one");
    machine.definition.usbFilters = {UsbFilter{.name = "everything"}};
    UsbDevice keyboard = device("1-2");
    keyboard.isInput = true;
    machine.host->plugged = {keyboard};
    QSignalSpy noticed(&machine.usb, &MachineUsb::noticed);
    machine.start();
    QVERIFY(machine.usb.attached().isEmpty());
    QVERIFY(noticed.first().first().toString().contains("keyboard"));
}

void TestMachineUsb::whatAUserTookBackStaysUntilItIsPluggedInAnew()
{
    Machine machine("one");
    machine.definition.usbFilters = {UsbFilter{.name = "everything"}};
    machine.host->plugged = {device("1-2")};
    machine.start();
    QVERIFY(machine.detach("1-2"));
    Q_EMIT machine.host->changed();
    machine.driver.enter(State::Paused);
    machine.driver.enter(State::Running);
    QVERIFY(machine.usb.attached().isEmpty());
    machine.host->pull("1-2");
    machine.host->plug(device("1-2", 9));
    QCOMPARE(machine.usb.attached().size(), 1);
}

void TestMachineUsb::aDeviceThatWasGivenByHandReturnsAfterReplug()
{
    Machine machine("one");
    machine.host->plugged = {device("1-2")};
    machine.start();
    QVERIFY(machine.attach("1-2"));
    machine.host->pull("1-2");
    QVERIFY(machine.usb.attached().isEmpty());
    UsbDevice elsewhere = device("1-2", 9);
    elsewhere.port = "1-7"; // its serial number is the same
    machine.host->plug(elsewhere);
    QCOMPARE(machine.usb.attached(), QList{elsewhere});
    QVERIFY(machine.detach("1-7"));
    machine.host->pull("1-7");
    machine.host->plug(device("1-2", 10));
    QVERIFY(machine.usb.attached().isEmpty());
}

void TestMachineUsb::aDeviceThatTheDriverLostReturnsToo()
{
    Machine machine("one");
    machine.host->plugged = {device("1-2")};
    machine.start();
    QVERIFY(machine.attach("1-2"));
    QSignalSpy noticed(&machine.usb, &MachineUsb::noticed);
    // The engine may know of it before this computer's list does.
    Q_EMIT machine.driver.usbDetached(QString("usb-1-2-%1").arg(device("1-2").address));
    QVERIFY(machine.usb.attached().isEmpty());
    QCOMPARE(noticed.size(), 1);
    machine.host->pull("1-2");
    QVERIFY(!machine.driver.calls.join(' ').contains("detachUsb"));
    machine.host->plug(device("1-2", 9));
    QCOMPARE(machine.usb.attached(), QList{device("1-2", 9)});
}

void TestMachineUsb::anEngineWithoutUsbSaysWhy()
{
    Machine machine("one");
    machine.host->plugged = {device("1-2")};
    machine.definition.usbFilters = {UsbFilter{.name = "everything"}};
    machine.driver.unsupported.insert(Feature::UsbPassthrough, "not this one");
    machine.start();
    QVERIFY(!machine.host->isStarted);
    const Result<> answer = machine.attach("1-2");
    QCOMPARE(answer.error().kind(), ErrorKind::Unsupported);
    QVERIFY(errorText(answer.error()).contains("not this one"));
}

void TestMachineUsb::aSavedMachineGetsItsDevicesBack()
{
    const QTemporaryDir folder;
    {
        Machine machine("one");
        machine.host->plugged = {device("1-2"), device("1-3", 6)};
        machine.start();
        QVERIFY(machine.attach("1-2"));
        QVERIFY(machine.attach("1-3"));
        bool isDone = false;
        machine.usb.detachAll(
            folder.path(), [&isDone](const Result<> &result) { isDone = result ? true : false; });
        QVERIFY(isDone);
        QVERIFY(machine.usb.attached().isEmpty());
        Q_EMIT machine.host->changed(); // is no reason to take them again
        QVERIFY(machine.usb.attached().isEmpty());
        QVERIFY(!machine.attach("1-2"));
    }
    Machine machine("one");
    machine.host->plugged = {device("1-2", 11)}; // the computer was started anew
    machine.usb.expect(folder.path());
    machine.start();
    QCOMPARE(machine.usb.attached(), QList{device("1-2", 11)});
    machine.host->plug(device("1-3", 12));
    QCOMPARE(machine.usb.attached().size(), 2);
}

void TestMachineUsb::aFailedSaveGivesThemBackAtOnce()
{
    const QTemporaryDir folder;
    Machine machine("one");
    machine.host->plugged = {device("1-2")};
    machine.start();
    QVERIFY(machine.attach("1-2"));
    machine.usb.detachAll(folder.path(), [](const Result<> &) {});
    QVERIFY(machine.usb.attached().isEmpty());
    machine.usb.attachAgain();
    QCOMPARE(machine.usb.attached().size(), 1);
}

void TestMachineUsb::theEndFreesEverything()
{
    Machine machine("one");
    machine.host->plugged = {device("1-2")};
    machine.start();
    QVERIFY(machine.attach("1-2"));
    QCOMPARE(usbDeviceHolder(device("1-2")), "one");
    machine.driver.die(makeError(ErrorKind::Io, "killed"));
    QVERIFY(machine.usb.attached().isEmpty());
    QVERIFY(usbDeviceHolder(device("1-2")).isEmpty());
}

void TestMachineUsb::twoHundredTimesThereAndBack()
{
    const auto openFiles = [] { return QDir("/proc/self/fd").count(); };
    Machine machine("one");
    machine.host->plugged = {device("1-2")};
    machine.start();
    const auto before = openFiles();
    for (int i = 0; i < 200; ++i) {
        QVERIFY(machine.attach("1-2"));
        QVERIFY(machine.detach("1-2"));
    }
    QCOMPARE(openFiles(), before);
    QCOMPARE(QDir(m_runtime.path() + "/vitrine/usb").entryList(QDir::Files).size(), 0);
}

QTEST_GUILESS_MAIN(TestMachineUsb)
#include "tst_machine_usb.moc"
