// SPDX-License-Identifier: GPL-3.0-or-later
// What programs that read VBoxManage's output get to see of USB.
#include "app/cli/usb_format.h"
#include "app/cli/verbs.h"

#include <QtTest/QTest>

using namespace app;
using namespace engine;

namespace {

UsbDevice mouse()
{
    UsbDevice device;
    device.port = "1-2.3";
    device.bus = 1;
    device.address = 5;
    device.vendorId = 0x046d;
    device.productId = 0xc077;
    device.revision = 0x7200;
    device.usbVersion = 0x0200;
    device.manufacturer = "Logitech";
    device.product = "USB Optical Mouse";
    device.speed = UsbSpeed::Low;
    device.interfaces = {UsbInterface{3, 1, 2, "usbhid"}};
    device.node = "/dev/bus/usb/001/005";
    device.systemPath = "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2.3";
    device.isAccessible = true;
    return device;
}

} // namespace

class TestCliUsb final : public QObject
{
    Q_OBJECT
private slots:
    void aHostDeviceIsABlockOfVBoxManages();
    void whatIsUnknownHasNoLine();
    void statesAreVirtualBoxs();
    void filtersAreShownInBothForms();
    void attachedDevicesAreShownInBothForms();
};

void TestCliUsb::aHostDeviceIsABlockOfVBoxManages()
{
    const QString uuid = usbDeviceUuid(mouse()).toString(QUuid::WithoutBraces);
    QCOMPARE(usbDeviceText(mouse(), {}),
             QString("UUID:               %1\n"
                     "VendorId:           0x046d (046D)\n"
                     "ProductId:          0xc077 (C077)\n"
                     "Revision:           114.0 (11400)\n"
                     "Port:               3\n"
                     "USB version/speed:  2/Low\n"
                     "Manufacturer:       Logitech\n"
                     "Product:            USB Optical Mouse\n"
                     "Address:            sysfs:/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2/"
                     "1-2.3//device:/dev/bus/usb/001/005\n"
                     "Current State:      Busy\n\n")
                 .arg(uuid));
}

void TestCliUsb::whatIsUnknownHasNoLine()
{
    UsbDevice device = mouse();
    device.manufacturer.clear();
    device.product.clear();
    device.speed = UsbSpeed::Unknown;
    const QString text = usbDeviceText(device, {});
    QVERIFY(!text.contains("Manufacturer:"));
    QVERIFY(!text.contains("SerialNumber:"));
    QVERIFY(text.contains("USB version/speed:  2/?\n"));
    device.serial = "123";
    QVERIFY(usbDeviceText(device, {}).contains("SerialNumber:       123\n"));
}

void TestCliUsb::statesAreVirtualBoxs()
{
    UsbDevice device = mouse();
    QCOMPARE(usbStateWord(device, {}), "Busy");
    QCOMPARE(usbStateWord(device, "one"), "Captured");
    device.interfaces.clear();
    QCOMPARE(usbStateWord(device, {}), "Available");
    device.mounts = QStringList{"/mnt"};
    QCOMPARE(usbStateWord(device, {}), "Unavailable");
    device.mounts.clear();
    device.isAccessible = false;
    QCOMPARE(usbStateWord(device, {}), "Unavailable");
}

void TestCliUsb::filtersAreShownInBothForms()
{
    QVERIFY(usbFiltersText({}).isEmpty());
    QVERIFY(usbFiltersReadable({}).isEmpty());
    const QList<UsbFilter> filters{UsbFilter{.name = "Key", .vendorId = "1050"},
                                   UsbFilter{.name = "Off \"one\"", .isActive = false}};
    QCOMPARE(usbFiltersReadable(filters),
             "USBFilterActive1=\"on\"\nUSBFilterName1=\"Key\"\nUSBFilterVendorId1=\"1050\"\n"
             "USBFilterProductId1=\"\"\nUSBFilterRevision1=\"\"\nUSBFilterManufacturer1=\"\"\n"
             "USBFilterProduct1=\"\"\nUSBFilterRemote1=\"\"\nUSBFilterSerialNumber1=\"\"\n"
             "USBFilterActive2=\"off\"\nUSBFilterName2=\"Off \\\"one\\\"\"\n"
             "USBFilterVendorId2=\"\"\nUSBFilterProductId2=\"\"\nUSBFilterRevision2=\"\"\n"
             "USBFilterManufacturer2=\"\"\nUSBFilterProduct2=\"\"\nUSBFilterRemote2=\"\"\n"
             "USBFilterSerialNumber2=\"\"\n");
    const QString text = usbFiltersText(filters);
    QVERIFY(text.startsWith("\nUSB Device Filters:\n\nIndex:            0\nActive:           yes\n"
                            "Name:             Key\n"));
}

void TestCliUsb::attachedDevicesAreShownInBothForms()
{
    QVERIFY(attachedUsbText({}).isEmpty());
    const QString readable = attachedUsbReadable({mouse()});
    QVERIFY(readable.startsWith("USBAttachActive1=\""
                                + usbDeviceUuid(mouse()).toString(QUuid::WithoutBraces) + "\"\n"));
    QVERIFY(readable.contains("USBAttachVendorId1=\"0x046d (046D)\"\n"));
    QVERIFY(attachedUsbText({mouse()}).contains("Product:            USB Optical Mouse\n"));
}

QTEST_GUILESS_MAIN(TestCliUsb)
#include "tst_cli_usb.moc"
