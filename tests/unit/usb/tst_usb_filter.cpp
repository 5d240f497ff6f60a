// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/machine_json.h"
#include "engine/machine/usb_filter.h"

#include <QtTest/QTest>

using namespace engine;

namespace {

UsbDevice stick()
{
    UsbDevice device;
    device.port = "1-2.13";
    device.bus = 1;
    device.address = 4;
    device.vendorId = 0x0951;
    device.productId = 0x1666;
    device.revision = 0x0110;
    device.manufacturer = "Kingston";
    device.product = "DataTraveler";
    device.serial = "60A44C";
    return device;
}

} // namespace

class TestUsbFilter final : public QObject
{
    Q_OBJECT
private slots:
    void fieldsMatchAsInVirtualBox_data();
    void fieldsMatchAsInVirtualBox();
    void anInactiveFilterSleeps();
    void alwaysThisDeviceIsFoundInAnotherPortByItsSerialNumber();
    void withoutASerialNumberItIsThePortThatCounts();
    void nonsenseIsNamed();
    void filtersSurviveTheFile();
    void devicesGoByManyNames();
};

void TestUsbFilter::fieldsMatchAsInVirtualBox_data()
{
    QTest::addColumn<UsbFilter>("filter");
    QTest::addColumn<bool>("isMatching");

    QTest::newRow("nothing matches everything") << UsbFilter{} << true;
    QTest::newRow("vendor") << UsbFilter{.vendorId = "0951"} << true;
    QTest::newRow("vendor, as others write it") << UsbFilter{.vendorId = " 0X951 "} << true;
    QTest::newRow("other vendor") << UsbFilter{.vendorId = "0952"} << false;
    QTest::newRow("vendor and other product")
        << UsbFilter{.vendorId = "0951", .productId = "1"} << false;
    QTest::newRow("revision") << UsbFilter{.revision = "0110"} << true;
    QTest::newRow("other revision") << UsbFilter{.revision = "0111"} << false;
    QTest::newRow("texts") << UsbFilter{.manufacturer = "Kingston", .product = "DataTraveler"}
                           << true;
    QTest::newRow("part of a text") << UsbFilter{.manufacturer = "King"} << false;
    QTest::newRow("serial number") << UsbFilter{.serial = "60A44C"} << true;
    QTest::newRow("other serial number") << UsbFilter{.serial = "60A44D"} << false;
    QTest::newRow("port") << UsbFilter{.port = "1-2.13"} << true;
    QTest::newRow("last port, hexadecimal") << UsbFilter{.port = "d"} << true;
    QTest::newRow("other port") << UsbFilter{.port = "1-2"} << false;
    QTest::newRow("local") << UsbFilter{.remote = "no"} << true;
    QTest::newRow("remote") << UsbFilter{.remote = "yes"} << false;
    QTest::newRow("an id that is none") << UsbFilter{.vendorId = "mouse"} << false;
}

void TestUsbFilter::fieldsMatchAsInVirtualBox()
{
    QFETCH(const UsbFilter, filter);
    QTEST(matches(filter, stick()), "isMatching");
    QTEST(matchesAny({UsbFilter{.vendorId = "1"}, filter}, stick()), "isMatching");
}

void TestUsbFilter::anInactiveFilterSleeps()
{
    QVERIFY(!matches(UsbFilter{.isActive = false}, stick()));
}

void TestUsbFilter::alwaysThisDeviceIsFoundInAnotherPortByItsSerialNumber()
{
    const UsbFilter filter = filterFor(stick());
    QCOMPARE(filter.name, "Kingston DataTraveler");
    QVERIFY(usbFilterProblem(filter).isEmpty());
    UsbDevice other = stick();
    other.port = "3-1";
    QVERIFY(matches(filter, other));
    other.serial = "another";
    QVERIFY(!matches(filter, other));
}

void TestUsbFilter::withoutASerialNumberItIsThePortThatCounts()
{
    UsbDevice device = stick();
    device.serial.clear();
    const UsbFilter filter = filterFor(device);
    QVERIFY(matches(filter, device));
    device.port = "3-1";
    QVERIFY(!matches(filter, device));
}

void TestUsbFilter::nonsenseIsNamed()
{
    QVERIFY(usbFilterProblem(UsbFilter{.name = "a", .vendorId = "046d", .port = "1-2"}).isEmpty());
    QVERIFY(usbFilterProblem(UsbFilter{}).contains("name"));
    QVERIFY(usbFilterProblem(UsbFilter{.name = "a", .productId = "12345"}).contains("12345"));
    QVERIFY(usbFilterProblem(UsbFilter{.name = "a", .port = "left"}).contains("left"));
    QVERIFY(usbFilterProblem(UsbFilter{.name = "a", .remote = "maybe"}).contains("maybe"));
}

void TestUsbFilter::filtersSurviveTheFile()
{
    MachineDefinition definition;
    definition.uuid = QUuid::createUuid();
    definition.name = "m";
    definition.usbFilters = {filterFor(stick()),
                             UsbFilter{.name = "all",
                                       .isActive = false,
                                       .revision = "1",
                                       .manufacturer = "K",
                                       .product = "P",
                                       .remote = "no",
                                       .unknownKeys = {{"maskedInterfaces", 3}}}};
    const Result<MachineDefinition> read = machineFromJson(machineToJson(definition));
    QVERIFY(read);
    QCOMPARE(read->usbFilters, definition.usbFilters);
}

void TestUsbFilter::devicesGoByManyNames()
{
    UsbDevice device = stick();
    device.node = "/dev/bus/usb/001/004";
    device.systemPath = "/sys/devices/pci0000:00/usb1/1-2/1-2.13";
    for (const QString &word :
         {QString("1-2.13"), QString("001:004"), QString("1:4"), device.node,
          usbDeviceAddress(device), usbDeviceUuid(device).toString(QUuid::WithoutBraces),
          usbDeviceUuid(device).toString()})
        QVERIFY2(isNamedBy(device, word), qPrintable(word));
    for (const QString &word : {QString(), QString("1-2"), QString("1:5"), QString("a:b"),
                                QUuid::createUuid().toString()})
        QVERIFY2(!isNamedBy(device, word), qPrintable(word));
    UsbDevice later = device;
    later.address = 9;
    QCOMPARE(usbDeviceUuid(later), usbDeviceUuid(device));
}

QTEST_GUILESS_MAIN(TestUsbFilter)
#include "tst_usb_filter.moc"
