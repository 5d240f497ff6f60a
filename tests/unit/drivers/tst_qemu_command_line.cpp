// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/qemu_command_line.h"
#include "engine/drivers/qemu_host.h"
#include "engine/drivers/qemu_storage.h"
#include "tests/support/test_main.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QRegularExpression>
#include <QtCore/QTemporaryDir>

#include <functional>

using namespace engine;

namespace {

using Change = std::function<void(MachineDefinition &)>;

MachineDefinition plainMachine()
{
    MachineDefinition definition;
    definition.uuid = QUuid("{11111111-2222-3333-4444-555555555555}");
    definition.name = "plain";
    definition.usb = UsbController::None;
    definition.pointing = PointingDevice::Ps2Mouse;
    return definition;
}

QemuLaunch plainLaunch()
{
    QemuLaunch launch;
    launch.place = {"/machines/plain", "/run/plain"};
    launch.qmpDescriptor = 5;
    launch.spicePort = 5907;
    for (int i = 0; i < MachineDefinition::MaxAdapters; ++i)
        launch.adapterDescriptors.insert(i, 20 + i);
    launch.imageFormat = [](const QString &path) -> Result<QString> {
        return path.endsWith(".img") ? QString("raw") : QString("qcow2");
    };
    launch.isBlockDevice = [](const QString &path) { return path.startsWith("/dev/"); };
    return launch;
}

StorageAttachment medium(MediumKind kind, int port, int device, const QString &path)
{
    StorageAttachment attachment;
    attachment.kind = kind;
    attachment.port = port;
    attachment.device = device;
    attachment.path = path;
    return attachment;
}

StorageController controller(ControllerKind kind, QList<StorageAttachment> attachments)
{
    StorageController value;
    value.name = "C" + QString::number(int(kind));
    value.kind = kind;
    value.attachments = std::move(attachments);
    return value;
}

} // namespace

Q_DECLARE_METATYPE(Change)

class TestQemuCommandLine final : public QObject
{
    Q_OBJECT
private slots:
    void definitionBecomesOptions_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<QStringList>("expected");
        const auto row = [](const char *name, Change change, QStringList expected) {
            QTest::newRow(name) << change << expected;
        };
        row("always", [](MachineDefinition &) {},
            {"-nodefaults", "-no-user-config", "-name guest=plain,debug-threads=on",
             "-uuid 11111111-2222-3333-4444-555555555555",
             "-sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
             "-chardev socket,id=qmp,fd=5 -mon chardev=qmp,mode=control", "-S",
             "-machine q35,vmport=off,dump-guest-core=off,sata=off",
             "-accel tcg,thread=multi,tb-size=128 -cpu max,erms=off,fsrm=off -smp", "-m size=1024M",
             "-rtc base=utc,driftfix=slew", "unix=on,addr=/run/plain/spice.sock,",
             "image-compression=off", "VGA,id=video,bus=pcie.0,addr=0x2,vgamem_mb=16"});
        row("commas are doubled", [](MachineDefinition &d) { d.name = "a,b"; },
            {"-name guest=a,,b,"});
        row("i440fx", [](MachineDefinition &d) { d.chipset = Chipset::I440fx; },
            {"-machine pc,vmport=off,dump-guest-core=off -accel", "bus=pci.0,addr=0x2"});
        row("processors", [](MachineDefinition &d) { d.cpus = 4; },
            {"-smp cpus=4,sockets=1,cores=4,threads=1"});
        row("local time", [](MachineDefinition &d) { d.clock = ClockBase::LocalTime; },
            {"-rtc base=localtime,"});
        row("video memory is a power of two", [](MachineDefinition &d) { d.videoMemoryMiB = 20; },
            {"vgamem_mb=32"});
        row("qxl", [](MachineDefinition &d) { d.video = VideoModel::Qxl; }, {"-device qxl-vga,"});
        row("virtio video brings the agent",
            [](MachineDefinition &d) { d.video = VideoModel::Virtio; },
            {"-device virtio-vga,", "-device virtio-serial-pci,", "name=com.redhat.spice.0",
             "-device virtio-rng-pci,"});
        row("what the guest does not use goes back", [](MachineDefinition &) {},
            {"-device virtio-balloon-pci,id=balloon,free-page-reporting=on,bus=pcie.0,addr=0xb"});
        row("tablet on xHCI",
            [](MachineDefinition &d) {
                d.usb = UsbController::Xhci;
                d.pointing = PointingDevice::UsbTablet;
            },
            {"-device qemu-xhci,id=usb,p2=15,p3=15,bus=pcie.0,addr=0xc",
             "-device usb-tablet,id=tablet,bus=usb.0"});
        row("keyboard on xHCI",
            [](MachineDefinition &d) {
                d.usb = UsbController::Xhci;
                d.keyboard = KeyboardDevice::Usb;
            },
            {"-device qemu-xhci,id=usb,p2=15,p3=15,bus=pcie.0,addr=0xc",
             "-device usb-kbd,id=keyboard,bus=usb.0"});
        row("with a tablet the agent leaves the pointer alone",
            [](MachineDefinition &d) {
                d.usb = UsbController::Xhci;
                d.pointing = PointingDevice::UsbTablet;
            },
            {"disable-copy-paste=off,disable-agent-file-xfer=off,agent-mouse=off"});
        row("a mouse is helped by the agent", [](MachineDefinition &) {}, {"agent-mouse=on"});
        row("a screen on TCP", [](MachineDefinition &d) { d.remoteDisplay.isEnabled = true; },
            {"-spice addr=127.0.0.1,port=5907,disable-ticketing=on,image-compression=off"});
        row("with a password, which is in a file",
            [](MachineDefinition &d) {
                d.remoteDisplay = {
                    .isEnabled = true, .address = "0.0.0.0", .password = "not-to-be-seen"};
            },
            {"-object secret,id=spice-password,file=/run/plain/spice-password "
             "-display none -spice addr=0.0.0.0,port=5907,password-secret=spice-password,"
             "image-compression=auto_glz,"});
        row("encrypted and not otherwise",
            [](MachineDefinition &d) { d.remoteDisplay = {.isEnabled = true, .isTlsOn = true}; },
            {"-spice addr=127.0.0.1,tls-port=5907,x509-dir=/machines/plain/spice-tls,"
             "disable-ticketing=on,"});
        row("a shared clipboard brings the agent",
            [](MachineDefinition &d) { d.clipboard = SharingMode::HostToGuest; },
            {"-device virtio-serial-pci,", "name=com.redhat.spice.0"});
        row("so do drops", [](MachineDefinition &d) { d.dragAndDrop = SharingMode::HostToGuest; },
            {"-device virtio-serial-pci,", "name=com.redhat.spice.0"});
        row("EHCI has companions", [](MachineDefinition &d) { d.usb = UsbController::Ehci; },
            {"ich9-usb-ehci1,id=usb,multifunction=on,bus=pcie.0,addr=0xb.0x7",
             "ich9-usb-uhci3,masterbus=usb.0,firstport=4"});
        row("sound", [](MachineDefinition &d) { d.audio = AudioModel::Hda; },
            {"-audiodev none,id=sound,in.voices=0 -device intel-hda,id=hda,bus=pcie.0,addr=0x5 "
             "-device hda-output,bus=hda.0,audiodev=sound"});
        row("microphone",
            [](MachineDefinition &d) {
                d.audio = AudioModel::Hda;
                d.isAudioInputOn = true;
            },
            {"-audiodev none,id=sound -device intel-hda,", "-device hda-duplex,bus=hda.0,"});
        row("AC97 without microphone", [](MachineDefinition &d) { d.audio = AudioModel::Ac97; },
            {"-audiodev none,id=sound,in.voices=0 -device AC97,audiodev=sound"});
        row("nested virtualization",
            [](MachineDefinition &d) { d.isNestedVirtualizationOn = true; }, {"-cpu max,erms=off,fsrm=off -smp"});
        row("serial ports",
            [](MachineDefinition &d) {
                d.serialPorts = {
                    {.isEnabled = true},
                    {.isEnabled = true, .mode = SerialMode::File, .path = "a,b.txt"},
                    {.isEnabled = true, .mode = SerialMode::SocketServer, .path = "/run/s"},
                    {.isEnabled = true, .mode = SerialMode::SocketClient, .path = "c"}};
            },
            {"-chardev socket,id=com1,path=/run/plain/serial1.sock,server=off -device "
             "isa-serial,chardev=com1,index=0",
             "-chardev file,id=com2,path=/machines/plain/a,,b.txt,append=on -device "
             "isa-serial,chardev=com2,index=1",
             "-chardev socket,id=com3,path=/run/s,server=on,wait=off -device "
             "isa-serial,chardev=com3,index=2",
             "-chardev socket,id=com4,path=/machines/plain/c,server=off -device "
             "isa-serial,chardev=com4,index=3"});
        row("a port that is off keeps its number's place",
            [](MachineDefinition &d) {
                d.serialPorts = {{}, {.isEnabled = true}};
            },
            {"-chardev socket,id=com2,path=/run/plain/serial2.sock,server=off -device "
             "isa-serial,chardev=com2,index=1"});
        row("solid state",
            [](MachineDefinition &d) {
                StorageAttachment disk = medium(MediumKind::HardDisk, 0, 0, "disks/a.qcow2");
                disk.isSolidState = true;
                d.controllers = {controller(ControllerKind::Sata, {disk})};
            },
            {"rotation_rate=1,werror=stop"});
        row("a card at the end of a stream",
            [](MachineDefinition &d) {
                NetworkAdapter adapter;
                adapter.mode = NetworkMode::Nat;
                adapter.model = NicModel::E1000;
                adapter.macAddress = "52:54:00:12:34:56";
                d.adapters = {adapter};
            },
            {"-netdev stream,id=net0,server=off,addr.type=fd,addr.str=20 -device "
             "e1000,id=nic0,netdev=net0,bus=pcie.0,addr=0x3,mac=52:54:00:12:34:56,romfile="});
        row("an old card",
            [](MachineDefinition &d) {
                NetworkAdapter adapter;
                adapter.mode = NetworkMode::Internal;
                adapter.model = NicModel::Pcnet;
                d.adapters = {adapter};
            },
            {"-device pcnet,id=nic0,netdev=net0,bus=pcie.0,addr=0x3"});
        row("network boot has its ROM",
            [](MachineDefinition &d) {
                NetworkAdapter adapter;
                adapter.mode = NetworkMode::Nat;
                d.adapters = {NetworkAdapter(), adapter};
                d.bootOrder = {BootDevice::Network};
            },
            {"-netdev stream,id=net1,server=off,addr.type=fd,addr.str=21 -device "
             "virtio-net-pci,id=nic1,netdev=net1,bus=pcie.0,addr=0x8,bootindex=1"});
        row("SATA on q35 is the board's",
            [](MachineDefinition &d) {
                d.controllers = {controller(ControllerKind::Sata,
                                            {medium(MediumKind::HardDisk, 0, 0, "disks/a.qcow2"),
                                             medium(MediumKind::Optical, 1, 0, "")})};
            },
            {"-machine q35,vmport=off,dump-guest-core=off -accel",
             "\"filename\":\"/machines/plain/disks/a.qcow2\"",
             "-device ide-hd,bus=ide.0,id=drive-0-0-0,drive=drive-0-0-0-m0,serial=VT",
             "werror=stop,rerror=report,bootindex=0",
             "-device ide-cd,bus=ide.1,id=drive-0-1-0,bootindex=101"});
        row("a solid-state disk does not rotate",
            [](MachineDefinition &d) {
                StorageAttachment disk = medium(MediumKind::HardDisk, 0, 0, "/a.qcow2");
                disk.isSolidState = true;
                d.controllers = {controller(ControllerKind::Sata, {disk})};
            },
            {",rotation_rate=1,werror=stop"});
        row("seventh SATA port is on a second AHCI",
            [](MachineDefinition &d) {
                d.chipset = Chipset::I440fx;
                d.controllers = {controller(ControllerKind::Sata,
                                            {medium(MediumKind::Optical, 7, 0, "/a.iso")})};
            },
            {"ich9-ahci,id=sata0,bus=pci.0,addr=0xd", "ich9-ahci,id=sata0-1,bus=pci.0,addr=0x14",
             "ide-cd,bus=sata0-1.1,"});
        row("VirtIO SCSI",
            [](MachineDefinition &d) {
                d.chipset = Chipset::I440fx;
                StorageAttachment disk = medium(MediumKind::HardDisk, 2, 0, "/a.img");
                disk.isSolidState = true;
                d.controllers = {controller(ControllerKind::VirtioScsi,
                                            {disk, medium(MediumKind::Optical, 3, 0, "/a.iso")})};
            },
            {"-device virtio-scsi-pci,id=scsi0,bus=pci.0,addr=0x14",
             "-device scsi-hd,bus=scsi0.0,scsi-id=2,id=drive-0-2-0,drive=drive-0-2-0-m0,serial=",
             ",rotation_rate=1,werror=stop",
             "-device scsi-cd,bus=scsi0.0,scsi-id=3,id=drive-0-3-0,"});
        row("IDE, NVMe, virtio, USB, floppy",
            [](MachineDefinition &d) {
                d.chipset = Chipset::I440fx;
                d.usb = UsbController::Xhci;
                d.bootOrder = {BootDevice::Floppy, BootDevice::HardDisk};
                d.controllers = {
                    controller(ControllerKind::Ide, {medium(MediumKind::Optical, 1, 0, "/a.iso")}),
                    controller(ControllerKind::Nvme,
                               {medium(MediumKind::HardDisk, 0, 0, "/n.img")}),
                    controller(ControllerKind::Virtio,
                               {medium(MediumKind::HardDisk, 0, 0, "/v.img"),
                                medium(MediumKind::HardDisk, 1, 0, "/dev/sdz")}),
                    controller(ControllerKind::Usb, {medium(MediumKind::Optical, 0, 0, "/a.iso")}),
                    controller(ControllerKind::Floppy,
                               {medium(MediumKind::Floppy, 0, 0, "/f.img")})};
            },
            {"ide-cd,bus=ide.1,unit=0,id=drive-0-1-0,drive=drive-0-1-0-m0 -device nvme,id=nvme1",
             "-device nvme-ns,bus=nvme1,nsid=1,id=drive-1-0-0,drive=drive-1-0-0-m0,bootindex=101",
             "-device virtio-blk-pci,bus=pci.0,addr=0xf,id=drive-2-0-0",
             "-device virtio-blk-pci,bus=pci.0,addr=0x14,id=drive-2-1-0",
             "\"driver\":\"host_device\",\"filename\":\"/dev/sdz\"",
             "-device usb-bot,id=usb-drive-3-0-0,bus=usb.0 -device scsi-cd,bus=usb-drive-3-0-0.0,",
             "-global isa-fdc.bootindexA=5", "-device floppy,unit=0,id=drive-4-0-0"});
    }
    void definitionBecomesOptions()
    {
        QFETCH(Change, change);
        QFETCH(QStringList, expected);
        MachineDefinition definition = plainMachine();
        change(definition);
        QemuLaunch launch = plainLaunch();
        launch.hasAgentChannel = wantsAgentChannel(definition);
        launch.hasBalloon = true;
        launch.hasMicrophone = definition.isAudioInputOn;
        const Result<QStringList> arguments = qemuArguments(definition, launch);
        QVERIFY_OK(arguments);
        const QString line = arguments->join(' ');
        for (const QString &part : expected)
            QVERIFY2(line.contains(part), qPrintable(part + "\nis not in\n" + line));
        QVERIFY(!line.contains("tcp:0.0.0.0"));
    }

    void sharedFoldersHavePlaces_data()
    {
        QTest::addColumn<Chipset>("chipset");
        QTest::addColumn<QStringList>("expected");
        const QString memory =
            "-object memory-backend-memfd,id=pc.ram,size=1024M,share=on -machine ";
        const QString server = "-chardev socket,id=folder1-server,path=/run/a,,b.sock -device "
                               "vhost-user-fs-pci,id=folder1,";
        QTest::newRow("q35: root ports")
            << Chipset::Q35
            << QStringList{memory + "q35,", ",memory-backend=pc.ram",
                           "-device pcie-root-port,id=share-port0,bus=pcie.0,addr=0x1.0x0,"
                           "chassis=1,slot=1,io-reserve=0,multifunction=on",
                           "-device pcie-root-port,id=share-port7,bus=pcie.0,addr=0x1.0x7,"
                           "chassis=1,slot=8,io-reserve=0 ",
                           server
                               + "bus=share-port2,chardev=folder1-server,queue-size=1024,"
                                 "tag=a,,b"};
        QTest::newRow("i440fx: the last slots")
            << Chipset::I440fx
            << QStringList{memory + "pc,", server + "bus=pci.0,addr=0x1c,chardev="};
    }
    void sharedFoldersHavePlaces()
    {
        QFETCH(Chipset, chipset);
        QFETCH(QStringList, expected);
        MachineDefinition definition = plainMachine();
        definition.chipset = chipset;
        QemuLaunch launch = plainLaunch();
        const Result<QStringList> without = qemuArguments(definition, launch);
        QVERIFY_OK(without);
        QVERIFY(!without->join(' ').contains("memfd"));
        QVERIFY(!without->join(' ').contains("root-port"));
        launch.hasRoomForFolders = true;
        launch.shares = {{.place = 2, .id = "folder1", .socket = "/run/a,b.sock", .tag = "a,b"}};
        const Result<QStringList> arguments = qemuArguments(definition, launch);
        QVERIFY_OK(arguments);
        const QString line = arguments->join(' ') + ' ';
        for (const QString &part : expected)
            QVERIFY2(line.contains(part), qPrintable(part + "\nis not in\n" + line));
    }
    void roomForFoldersIsWhereVirtioIs()
    {
        MachineDefinition definition = plainMachine();
        QVERIFY(!hasRoomForFolders(definition));
        definition.sharedFolders = {{.name = "a", .path = "/a"}};
        QVERIFY(hasRoomForFolders(definition));
        definition.sharedFolders.clear();
        definition.video = VideoModel::Virtio;
        QVERIFY(hasRoomForFolders(definition));
    }

    void hardwareUsesKvm()
    {
        QemuLaunch launch = plainLaunch();
        launch.acceleration = Acceleration::Kind::Hardware;
        MachineDefinition definition = plainMachine();
        QString line = qemuArguments(definition, launch)->join(' ');
        QVERIFY(line.contains("-accel kvm -cpu host,vmx=off,svm=off -smp"));
        definition.osId = "win10";
        line = qemuArguments(definition, launch)->join(' ');
        QVERIFY(line.contains("-cpu host,vmx=off,svm=off,hv-relaxed=on"));
    }

    void alsaMayForkItsMixer()
    {
        QemuLaunch launch = plainLaunch();
        launch.audioDriver = "alsa";
        QVERIFY(qemuArguments(plainMachine(), launch)->join(' ').contains("spawn=allow"));
    }

    void firmwareIsFlash()
    {
        QemuLaunch launch = plainLaunch();
        launch.firmware = UefiFirmware{"/fw/CODE, 4M.fd", "/fw/VARS.fd"};
        const QString line = qemuArguments(plainMachine(), launch)->join(' ');
        QVERIFY(line.contains("\"filename\":\"/fw/CODE, 4M.fd\""));
        QVERIFY(line.contains("\"filename\":\"/machines/plain/nvram\""));
        QVERIFY(line.contains("pflash0=firmware-code,pflash1=firmware-variables"));
        QVERIFY(!line.contains("smm=on"));
        QVERIFY(!line.contains("disable_s3"));
    }

    void secureBootNeedsSystemManagementMode()
    {
        QemuLaunch launch = plainLaunch();
        launch.firmware = UefiFirmware{"/fw/CODE.fd", "/fw/VARS.fd", true, false};
        const QString line = qemuArguments(plainMachine(), launch)->join(' ');
        QVERIFY(line.contains("pflash1=firmware-variables,smm=on"));
        QVERIFY(line.contains("-global driver=cfi.pflash01,property=secure,value=on"));
        QVERIFY(line.contains("-global ICH9-LPC.disable_s3=1"));
    }

    void tpmIsOnItsSocket()
    {
        MachineDefinition definition = plainMachine();
        QemuLaunch launch = plainLaunch();
        launch.tpmSocket = "/run/a,b/tpm.sock";
        QVERIFY(!qemuArguments(definition, launch)->join(' ').contains("tpm"));
        definition.tpm = TpmModel::Tpm20;
        QString line = qemuArguments(definition, launch)->join(' ');
        QVERIFY(line.contains("-chardev socket,id=tpm-control,path=/run/a,,b/tpm.sock "
                              "-tpmdev emulator,id=tpm-backend,chardev=tpm-control "
                              "-device tpm-crb,id=tpm,tpmdev=tpm-backend"));
        definition.tpm = TpmModel::Tpm12;
        line = qemuArguments(definition, launch)->join(' ');
        QVERIFY(line.contains("-device tpm-tis,id=tpm,tpmdev=tpm-backend"));
    }

    void theCacheFollowsTheDiskAndItsController()
    {
        const StorageAttachment disk = medium(MediumKind::HardDisk, 0, 0, "/a");
        const auto can = [](const QString &) { return true; };
        const auto cannot = [](const QString &) { return false; };
        StorageController controller;
        QVERIFY(imageCache(controller, disk, "/a", can) == ImageCache::Host);
        controller.isHostCacheOn = false;
        QVERIFY(imageCache(controller, disk, "/a", can) == ImageCache::Bypassed);
        QVERIFY(imageCache(controller, disk, "/a", cannot) == ImageCache::Host);
        QVERIFY(imageCache(controller, disk, "/a", {}) == ImageCache::Host);
        QVERIFY(imageCache(controller, medium(MediumKind::Optical, 0, 0, "/a"), "/a", can)
                == ImageCache::Host);
        StorageAttachment own = disk;
        own.hostCache = DiskCache::On;
        QVERIFY(imageCache(controller, own, "/a", can) == ImageCache::Host);
        own.hostCache = DiskCache::Off;
        controller.isHostCacheOn = true;
        QVERIFY(imageCache(controller, own, "/a", can) == ImageCache::Bypassed);
        QVERIFY(imageCache(controller, own, "/a", cannot) == ImageCache::Host);
        own.kind = MediumKind::Optical;
        QVERIFY(imageCache(controller, own, "/a", can) == ImageCache::Host);
        const auto isDirect = [&disk](ImageCache cache) {
            const QJsonObject node = blockNode(disk, "/a", "n", "qcow2", false, cache);
            return QList<bool>{node["cache"].toObject()["direct"].toBool(),
                               node["file"].toObject()["cache"].toObject()["direct"].toBool()};
        };
        QCOMPARE(isDirect(ImageCache::Host), (QList<bool>{false, false}));
        QCOMPARE(isDirect(ImageCache::Bypassed), (QList<bool>{true, true}));
    }

    void discardFollowsTheAttachment()
    {
        StorageAttachment disk = medium(MediumKind::HardDisk, 0, 0, "/a");
        QJsonObject node = blockNode(disk, "/a", "n", "qcow2", false);
        QCOMPARE(node["discard"].toString(), "unmap");
        QCOMPARE(node["detect-zeroes"].toString(), "unmap");
        QCOMPARE(node["cache"].toObject()["no-flush"].toBool(true), false);
        disk.isDiscardOn = false;
        node = blockNode(disk, "/a", "n", "qcow2", false);
        QCOMPARE(node["discard"].toString(), "ignore");
        QVERIFY(!node.contains("detect-zeroes"));
        const QJsonObject disc =
            blockNode(medium(MediumKind::Optical, 0, 0, "/a"), "/a", "n", "raw", false);
        QVERIFY(disc["read-only"].toBool());
        QVERIFY(disc["file"].toObject()["read-only"].toBool());
    }

    void whatCannotBeIsRefused_data()
    {
        QTest::addColumn<StorageController>("value");
        QTest::newRow("CD on NVMe")
            << controller(ControllerKind::Nvme, {medium(MediumKind::Optical, 0, 0, "/a")});
        QTest::newRow("CD on virtio")
            << controller(ControllerKind::Virtio, {medium(MediumKind::Optical, 0, 0, "/a")});
        QTest::newRow("floppy on IDE")
            << controller(ControllerKind::Ide, {medium(MediumKind::Floppy, 0, 0, "/a")});
        QTest::newRow("disk on floppy")
            << controller(ControllerKind::Floppy, {medium(MediumKind::HardDisk, 0, 0, "/a")});
        QTest::newRow("IDE port 2")
            << controller(ControllerKind::Ide, {medium(MediumKind::HardDisk, 2, 0, "/a")});
        QTest::newRow("USB disk without USB")
            << controller(ControllerKind::Usb, {medium(MediumKind::HardDisk, 0, 0, "/a")});
    }
    void whatCannotBeIsRefused()
    {
        QFETCH(StorageController, value);
        MachineDefinition definition = plainMachine();
        definition.controllers = {value};
        QVERIFY_ERROR(qemuArguments(definition, plainLaunch()), ErrorKind::Unsupported);
    }

    void devicesFindTheirSlots()
    {
        MachineDefinition definition = plainMachine();
        definition.controllers = {
            controller(ControllerKind::Ide, {medium(MediumKind::Optical, 1, 0, "")})};
        QCOMPARE(deviceId(definition, {"C0", 1, 0}), "drive-0-1-0");
        QVERIFY(slotOfDevice(definition, "/machine/peripheral/drive-0-1-0/x").has_value());
        QVERIFY(!slotOfDevice(definition, "drive-0-1-1").has_value());
        QCOMPARE(deviceOfNode(nodeName("drive-0-1-0", 12)), "drive-0-1-0");
    }

    void aSavedGuestKeepsTheMicrophoneThatItHad()
    {
        MachineDefinition definition = plainMachine();
        definition.audio = AudioModel::Hda;
        QemuLaunch launch = plainLaunch();
        launch.hasMicrophone = true; // the definition has none any more
        const Result<QStringList> silent = qemuArguments(definition, launch);
        QVERIFY_OK(silent);
        QVERIFY(silent->contains("none,id=sound,in.voices=0"));
        QVERIFY(silent->contains("hda-duplex,bus=hda.0,audiodev=sound"));
        definition.isAudioInputOn = true; // but had none when it was saved
        launch.hasMicrophone = false;
        const Result<QStringList> without = qemuArguments(definition, launch);
        QVERIFY_OK(without);
        QVERIFY(without->contains("none,id=sound,in.voices=0"));
        QVERIFY(without->contains("hda-output,bus=hda.0,audiodev=sound"));
    }

    void audioHelpIsRead()
    {
        QCOMPARE(parseAudioHelp("Available audio drivers:\nnone\nalsa\npa\n"),
                 QStringList({"none", "alsa", "pa"}));
    }
};

QTEST_GUILESS_MAIN(TestQemuCommandLine)
#include "tst_qemu_command_line.moc"
