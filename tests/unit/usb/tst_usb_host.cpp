// SPDX-License-Identifier: GPL-3.0-or-later
// This computer's USB devices, read from a tree that looks like sysfs.
#include "tests/support/fake_usb_tree.h"
#include "usb/device_reader.h"
#include "usb/host_usb.h"
#include "usb/mount_watch.h"

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <thread>

#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace engine;

class TestUsbHost final : public QObject
{
    Q_OBJECT
private slots:
    void aDeviceIsReadWithAllThatIsKnown();
    void hubsAndInterfacesAreNoDevices();
    void namesComeFromTheListWhereTheDeviceHasNone();
    void whatADeviceClaimsDoesNoHarm();
    void aMountedDiskIsTold();
    void diskUseIsSeenThroughLayers();
    void keyboardsAndPointersAreTold_data();
    void keyboardsAndPointersAreTold();
    void portsAreSortedAsNumbers();
    void changesAreToldOnceTheyHaveSettled();
    void aDeviceThatMayNotBeOpenedSaysSo();
    void mountsAreToldAsTheyHappen();

private:
    QList<UsbDevice> read(const fakes::FakeUsbTree &tree)
    {
        usb::UsbNames names(tree.roots().names);
        return usb::readDevices(tree.roots(), names);
    }
};

void TestUsbHost::aDeviceIsReadWithAllThatIsKnown()
{
    fakes::FakeUsbTree tree;
    tree.addDevice({.port = "1-2.3",
                    .address = 7,
                    .vendor = "0951",
                    .product = "1666",
                    .speed = "480",
                    .manufacturer = "Kingston",
                    .name = "DataTraveler",
                    .serial = "60A44C"});
    tree.addInterface("1-2.3", {.classCode = "08", .driver = "usb-storage"});
    const QList<UsbDevice> devices = read(tree);
    QCOMPARE(devices.size(), 1);
    const UsbDevice &stick = devices.first();
    QCOMPARE(stick.port, "1-2.3");
    QCOMPARE(stick.bus, 1);
    QCOMPARE(stick.address, 7);
    QCOMPARE(int(stick.vendorId), 0x0951);
    QCOMPARE(int(stick.productId), 0x1666);
    QCOMPARE(int(stick.revision), 0x0110);
    QCOMPARE(int(stick.usbVersion), 0x0200);
    QCOMPARE(stick.speed, UsbSpeed::High);
    QCOMPARE(usbDeviceName(stick), "Kingston DataTraveler");
    QCOMPARE(stick.serial, "60A44C");
    QCOMPARE(stick.drivers(), QStringList{"usb-storage"});
    QCOMPARE(stick.node, tree.roots().dev + "/bus/usb/001/007");
    QVERIFY(stick.isAccessible);
    QVERIFY(stick.mounts.isEmpty());
    QVERIFY(!stick.isInput);
    QCOMPARE(usbDeviceFromJson(toJson(stick)), stick);
}

void TestUsbHost::hubsAndInterfacesAreNoDevices()
{
    fakes::FakeUsbTree tree;
    tree.addDevice({.port = "1-1", .address = 2, .deviceClass = "09"});
    tree.addDevice({.port = "1-1.4", .address = 3});
    tree.addInterface("1-1.4", {});
    const QList<UsbDevice> devices = read(tree);
    QCOMPARE(devices.size(), 1);
    QCOMPARE(devices.first().port, "1-1.4");
}

void TestUsbHost::namesComeFromTheListWhereTheDeviceHasNone()
{
    fakes::FakeUsbTree tree;
    tree.writeNames("# a list\n\n046d  Logitech, Inc.\n\tc077  Mouse\n\t\t01  an interface\n"
                    "0951  Kingston Technology\n\nC 03  Human Interface Device\n\t01  Boot\n");
    tree.addDevice({.port = "1-1", .address = 2, .vendor = "046d", .product = "c077"});
    tree.addDevice({.port = "1-2", .address = 3, .vendor = "0951", .product = "0001"});
    tree.addDevice({.port = "1-3", .address = 4, .vendor = "ffff", .product = "0001"});
    const QList<UsbDevice> devices = read(tree);
    QCOMPARE(devices.size(), 3);
    QCOMPARE(usbDeviceName(devices[0]), "Logitech, Inc. Mouse");
    QCOMPARE(usbDeviceName(devices[1]), "Kingston Technology 0951:0001");
    QCOMPARE(usbDeviceName(devices[2]), "USB device ffff:0001");
}

void TestUsbHost::whatADeviceClaimsDoesNoHarm()
{
    fakes::FakeUsbTree tree;
    tree.addDevice({.port = "1-1",
                    .address = 2,
                    .vendor = "zzzz",
                    .product = "",
                    .speed = "fast",
                    .manufacturer = QByteArray(5000, 'A'),
                    .name = QByteArray("Evil\n\x1b[2J\xff\xfe \x01stick"),
                    .serial = QByteArray("\0\0", 2)});
    for (int i = 0; i < 100; ++i)
        tree.addInterface("1-1", {.number = i, .classCode = "not hex"});
    const QList<UsbDevice> devices = read(tree);
    QCOMPARE(devices.size(), 1);
    const UsbDevice &evil = devices.first();
    QCOMPARE(int(evil.vendorId), 0);
    QCOMPARE(evil.speed, UsbSpeed::Unknown);
    QVERIFY(evil.manufacturer.size() <= 126);
    QVERIFY(evil.interfaces.size() <= 32);
    QVERIFY(evil.product.startsWith("Evil"));
    for (const QChar c : evil.product)
        QVERIFY(c.isPrint());
    // One that went while it was read: a folder without attributes.
    tree.addEmptyFolder("1-9");
    QCOMPARE(read(tree).size(), 1);
}

void TestUsbHost::aMountedDiskIsTold()
{
    fakes::FakeUsbTree tree;
    tree.addDevice({.port = "2-1", .address = 2});
    tree.addInterface("2-1", {.classCode = "08", .driver = "usb-storage"});
    tree.addBlockDevice("2-1", "sdb", "8:16");
    tree.addBlockDevice("2-1", "sdb1", "8:17");
    tree.setMounts("22 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
    QVERIFY(read(tree).first().mounts.isEmpty());
    tree.setMounts("22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
                   "30 22 8:17 / /media/my\\040stick rw,nosuid shared:5 - vfat /dev/sdb1 rw\n");
    QCOMPARE(read(tree).first().mounts, QStringList{"/media/my stick"});
}

void TestUsbHost::diskUseIsSeenThroughLayers()
{
    fakes::FakeUsbTree tree;
    tree.addDevice({.port = "2-1", .address = 2});
    tree.addBlockDevice("2-1", "sdb", "8:16");
    tree.addBlockDevice("2-1", "sdb2", "8:18");
    tree.addMapped("dm-0", "254:0", "secret", {"sdb"});
    tree.setSwaps("Filename Type Size Used Priority\n" + tree.roots().dev.toUtf8()
                  + "/sdb2 partition 1024 0 -2\n");
    tree.setMounts("30 22 254:0 / /secret rw - ext4 /dev/mapper/secret rw\n");
    QStringList mounts = read(tree).first().mounts;
    mounts.sort();
    QCOMPARE(mounts, (QStringList{"/secret", "swap"}));
    // A file system of several disks has a number of its own; its source names one of them.
    tree.setSwaps("");
    tree.setMounts("30 22 0:45 / /pool rw - btrfs " + tree.roots().dev.toUtf8() + "/sdb rw\n");
    QCOMPARE(read(tree).first().mounts, QStringList{"/pool"});
}

void TestUsbHost::keyboardsAndPointersAreTold_data()
{
    QTest::addColumn<QByteArray>("protocol");
    QTest::addColumn<QByteArray>("events");
    QTest::addColumn<QByteArray>("keys");
    QTest::addColumn<bool>("isInput");

    QTest::newRow("boot keyboard") << QByteArray("01") << QByteArray() << QByteArray() << true;
    QTest::newRow("boot mouse") << QByteArray("02") << QByteArray() << QByteArray() << true;
    // /sys/class/input/inputN/capabilities as kernels write it.
    QTest::newRow("keyboard without a boot protocol")
        << QByteArray("00") << QByteArray("120013")
        << QByteArray("1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe") << true;
    QTest::newRow("tablet") << QByteArray("00") << QByteArray("1f") << QByteArray("70000 0 0 0 0")
                            << true;
    QTest::newRow("gamepad") << QByteArray("00") << QByteArray("20000b")
                             << QByteArray("7cdb000000000000 0 0 0 0") << false;
    QTest::newRow("security key") << QByteArray("00") << QByteArray() << QByteArray() << false;
}

void TestUsbHost::keyboardsAndPointersAreTold()
{
    QFETCH(const QByteArray, protocol);
    QFETCH(const QByteArray, events);
    QFETCH(const QByteArray, keys);
    fakes::FakeUsbTree tree;
    tree.addDevice({.port = "1-1", .address = 2});
    tree.addInterface("1-1", {.classCode = "03", .protocol = protocol, .driver = "usbhid"});
    if (!events.isEmpty())
        tree.addInput("1-1", events, keys);
    QTEST(read(tree).first().isInput, "isInput");
}

void TestUsbHost::portsAreSortedAsNumbers()
{
    fakes::FakeUsbTree tree;
    int address = 1;
    for (const char *port : {"1-10", "1-2", "1-2.11", "1-2.2"})
        tree.addDevice({.port = port, .address = ++address});
    QStringList ports;
    for (const UsbDevice &device : read(tree))
        ports.append(device.port);
    QCOMPARE(ports, (QStringList{"1-2", "1-2.2", "1-2.11", "1-10"}));
}

void TestUsbHost::changesAreToldOnceTheyHaveSettled()
{
    fakes::FakeUsbTree tree;
    std::function<void()> tell;
    struct Watch final : usb::HotPlug
    { };
    usb::HostUsb host(tree.roots(), [&tell](std::function<void()> changed) {
        tell = std::move(changed);
        return Result<std::unique_ptr<usb::HotPlug>>(std::make_unique<Watch>());
    });
    QSignalSpy changed(&host, &UsbHost::changed);
    host.start();
    QVERIFY(tell);
    tree.addDevice({.port = "1-1", .address = 2});
    std::thread other([&tell] { // as libusb does
        for (int i = 0; i < 20; ++i)
            tell();
    });
    other.join();
    QVERIFY(changed.wait());
    QCOMPARE(changed.size(), 1);
    QCOMPARE(host.devices().size(), 1);
}

void TestUsbHost::aDeviceThatMayNotBeOpenedSaysSo()
{
    fakes::FakeUsbTree tree;
    tree.addDevice({.port = "1-1", .address = 2});
    usb::HostUsb host(tree.roots());
    UsbDevice device = host.devices().first();
    QVERIFY(host.open(device));
    device.address = 99;
    device.node = tree.roots().dev + "/bus/usb/001/099";
    const Result<Fd> gone = host.open(device);
    QVERIFY(!gone);
    QCOMPARE(gone.error().kind(), ErrorKind::NotFound);
}

// A child with mounts of its own, so that nobody has to be root and nothing stays.
void TestUsbHost::mountsAreToldAsTheyHappen()
{
    QTemporaryDir folder;
    const QByteArray place = QFile::encodeName(folder.path());
    int toChild[2];
    int toParent[2];
    QVERIFY(::pipe(toChild) == 0 && ::pipe(toParent) == 0);
    const pid_t child = ::fork();
    QVERIFY(child >= 0);
    if (child == 0) {
        ::close(toChild[1]);
        char word = ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 ? 'r' : 'n';
        if (::write(toParent[1], &word, 1) != 1 || ::read(toChild[0], &word, 1) != 1)
            ::_exit(1);
        ::_exit(::mount("none", place.constData(), "tmpfs", 0, nullptr) == 0
                        && ::read(toChild[0], &word, 1) == 0
                    ? 0
                    : 1);
    }
    ::close(toChild[0]);
    char word = 0;
    QCOMPARE(::read(toParent[0], &word, 1), 1);
    {
        usb::HostRoots roots;
        roots.proc = folder.filePath("proc");
        QDir().mkpath(roots.proc);
        QVERIFY(QFile::link(QString("/proc/%1").arg(child), roots.proc + "/self"));
        usb::MountWatch watch(roots);
        QSignalSpy changed(&watch, &usb::MountWatch::changed);
        if (word == 'r') {
            QVERIFY(!changed.wait(100)); // not before something is mounted
            QCOMPARE(::write(toChild[1], "m", 1), 1);
            QVERIFY(changed.wait());
        }
    }
    ::close(toChild[1]);
    ::close(toParent[0]);
    ::close(toParent[1]);
    int status = 0;
    QCOMPARE(::waitpid(child, &status, 0), child);
    if (word != 'r')
        QSKIP("This computer lets users make no mounts of their own");
    QCOMPARE(status, 0);
}

QTEST_GUILESS_MAIN(TestUsbHost)
#include "tst_usb_host.moc"
