// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/kvm_firmware.h"
#include "tests/support/kvm_plans.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>

using namespace engine;
using fakes::controller;
using fakes::linuxMachine;
using fakes::plainHost;
using Change = fakes::DefinitionChange;

namespace {

// What matters of a plan, in one line.
QString summary(const KvmPlan &plan)
{
    const VmConfig &config = plan.config;
    QStringList words;
    words << (config.board == VmBoard::Q35 ? "q35" : "i440fx")
          << QString("cpus=%1").arg(config.vcpus)
          << QString("memory=%1M").arg(config.memoryBytes >> 20)
          << QString("video=%1M").arg(config.videoMemoryBytes >> 20)
          << QString("clock=%1").arg(config.clockOffsetSeconds)
          << (config.hasUsb ? "usb" : "no-usb")
          << (config.pointer == VmPointer::UsbTablet ? "tablet" : "mouse")
          << (config.isNestedVirtualizationOn ? "nested" : "flat");
    if (config.hasUsbKeyboard)
        words << "usb-keyboard";
    if (config.hasSoundCard)
        words << "sound";
    if (config.hasBalloon)
        words << "balloon";
    if (config.isHyperV)
        words << "hyperv";
    const char *const kinds[] = {"ahci-disk", "ahci-cd",   "virtio-disk", "nvme-disk",
                                 "usb-disk",  "scsi-disk", "scsi-cd"};
    for (std::size_t i = 0; i < config.drives.size(); ++i) {
        const VmDrive &drive = config.drives[i];
        const KvmDrive &facts = plan.drives[qsizetype(i)];
        QString kind = kinds[int(drive.kind)];
        if (drive.kind == VmDriveKind::ScsiDisk || drive.kind == VmDriveKind::ScsiOptical)
            kind += QString("@%1").arg(drive.scsiCard);
        words << QString("%1:%2=%3").arg(kind).arg(drive.port).arg(facts.path)
              << QString("boot=%1").arg(drive.bootIndex ? int(*drive.bootIndex) : -1);
        if (!facts.exportName.isEmpty())
            words << "export=" + facts.exportName;
        if (facts.isReadOnly)
            words << "ro";
        if (drive.isSolidState)
            words << "ssd";
        if (facts.isDiscardOn)
            words << "discard";
        if (facts.isPastCache)
            words << "direct";
    }
    for (const VmNetworkCard &card : config.networkCards)
        words << QString("nic%1=%2%3")
                     .arg(card.adapter)
                     .arg(QString::fromLatin1(
                         QByteArray(reinterpret_cast<const char *>(card.macAddress.data()), 6)
                             .toHex()))
                     .arg(QString(card.isLinkUp ? "" : " down")
                          + (card.model == VmNetworkModel::E1000 ? " e1000" : ""))
              << QString("boot=%1").arg(card.bootIndex ? int(*card.bootIndex) : -1);
    for (const KvmSerialPort &port : plan.serialPorts)
        words << QString("com%1=%2:%3").arg(port.index + 1).arg(int(port.mode)).arg(port.path);
    return words.join(' ');
}

} // namespace

class TestKvmPlan final : public QObject
{
    Q_OBJECT
private slots:
    void definitionBecomesPlan_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char *name, Change change, const char *expected) {
            QTest::newRow(name) << std::move(change) << QString(expected);
        };
        row(
            "board", [](MachineDefinition &) {},
            "q35 cpus=2 memory=2048M video=16M clock=0 usb tablet flat sound balloon ");
        row(
            "i440fx", [](MachineDefinition &d) { d.chipset = Chipset::I440fx; }, "i440fx cpus=2");
        row(
            "local time", [](MachineDefinition &d) { d.clock = ClockBase::LocalTime; },
            "clock=7200");
        row(
            "video memory is a power of two", [](MachineDefinition &d) { d.videoMemoryMiB = 20; },
            "video=32M");
        row(
            "nested", [](MachineDefinition &d) { d.isNestedVirtualizationOn = true; },
            "tablet nested");
        row(
            "Windows has no driver for the balloon, and its own idea of a hypervisor",
            [](MachineDefinition &d) {
                d.osId = "win11";
                d.audio = AudioModel::None;
            },
            "tablet flat hyperv virtio-disk");
        row(
            "Intel's network card",
            [](MachineDefinition &d) { d.adapters[0].model = NicModel::E1000; },
            "nic0=525400123456 e1000 boot=-1");
        row(
            "mouse", [](MachineDefinition &d) { d.pointing = PointingDevice::Ps2Mouse; },
            "clock=0 usb mouse");
        row(
            "a USB mouse is the PS/2 mouse",
            [](MachineDefinition &d) { d.pointing = PointingDevice::UsbMouse; },
            "clock=0 usb mouse");
        row(
            "a USB keyboard", [](MachineDefinition &d) { d.keyboard = KeyboardDevice::Usb; },
            "usb tablet flat usb-keyboard sound");
        row(
            "a USB keyboard without its controller is the PS/2 keyboard",
            [](MachineDefinition &d) {
                d.keyboard = KeyboardDevice::Usb;
                d.usb = UsbController::None;
            },
            "no-usb mouse flat sound");
        row(
            "xHCI serves older USB, too", [](MachineDefinition &d) { d.usb = UsbController::Uhci; },
            "clock=0 usb tablet");
        row(
            "a tablet without its controller is a mouse",
            [](MachineDefinition &d) { d.usb = UsbController::None; }, "clock=0 no-usb mouse");
        row(
            "other formats are the daemon's", [](MachineDefinition &) {},
            "virtio-disk:0=/machines/plain/disks/a.qcow2 boot=0 export=drive-0-0-0 discard ");
        row(
            "raw is opened here",
            [](MachineDefinition &d) {
                d.controllers[0].attachments[0] = {.path = "a.img", .isReadOnly = true};
            },
            "virtio-disk:0=/machines/plain/a.img boot=0 ro ");
        row(
            "a format that is known is not asked for",
            [](MachineDefinition &d) {
                d.controllers[0].attachments[0] = {.path = "a.vdi", .format = "raw"};
            },
            "virtio-disk:0=/machines/plain/a.vdi boot=0 discard ");
        row(
            "NVMe disks are cards of their own",
            [](MachineDefinition &d) {
                d.controllers[0] = controller(ControllerKind::Nvme,
                                              {{.port = 2, .path = "/c.img", .format = "raw"}});
            },
            "nvme-disk:2=/c.img boot=0 discard ");
        row(
            "VirtIO SCSI has disks and optical drives",
            [](MachineDefinition &d) {
                d.controllers = {
                    controller(
                        ControllerKind::VirtioScsi,
                        {{.port = 2, .path = "/c.img", .format = "raw", .isSolidState = true},
                         {.kind = MediumKind::Optical, .port = 3, .path = "/d.iso"}}),
                    controller(ControllerKind::VirtioScsi, {}),
                    controller(ControllerKind::VirtioScsi,
                               {{.port = 0, .path = "/e.img", .format = "raw"}})};
                d.controllers[1].name = "empty";
                d.controllers[2].name = "second";
            },
            "scsi-disk@1:2=/c.img boot=0 ssd discard scsi-cd@1:3=/d.iso boot=101 ro "
            "scsi-disk@2:0=/e.img boot=2 discard ");
        row(
            "solid state on SATA",
            [](MachineDefinition &d) {
                d.controllers[1].attachments.append({.port = 3,
                                                     .path = "/b.img",
                                                     .format = "raw",
                                                     .isDiscardOn = false,
                                                     .isSolidState = true});
            },
            "ahci-disk:3=/b.img boot=2 ssd nic0");
        row(
            "optical", [](MachineDefinition &) {}, "ahci-cd:1=/isos/debian.iso boot=101 ro");
        row(
            "optical without a medium",
            [](MachineDefinition &d) { d.controllers[1].attachments[0].path.clear(); },
            "ahci-cd:1= boot=101 ro");
        row(
            "past the cache", [](MachineDefinition &d) { d.controllers[0].isHostCacheOn = false; },
            "a.qcow2 boot=0 export=drive-0-0-0 discard direct ahci-cd:1=/isos/debian.iso boot=101");
        row(
            "one disk past the cache",
            [](MachineDefinition &d) { d.controllers[0].attachments[0].hostCache = DiskCache::Off; },
            "a.qcow2 boot=0 export=drive-0-0-0 discard direct ahci-cd:1=/isos/debian.iso boot=101");
        row(
            "one disk through the cache that its controller's others go past",
            [](MachineDefinition &d) {
                d.controllers[0].isHostCacheOn = false;
                d.controllers[0].attachments[0].hostCache = DiskCache::On;
            },
            "a.qcow2 boot=0 export=drive-0-0-0 discard ahci-cd:1=/isos/debian.iso boot=101");
        row(
            "not bootable", [](MachineDefinition &d) { d.controllers[0].isBootable = false; },
            "a.qcow2 boot=-1 export=drive-0-0-0 discard ahci-cd:1=/isos/debian.iso boot=100");
        row(
            "boot order", [](MachineDefinition &d) { d.bootOrder = {BootDevice::Optical}; },
            "a.qcow2 boot=-1 export=drive-0-0-0 discard ahci-cd:1=/isos/debian.iso boot=1 ro");
        row(
            "network", [](MachineDefinition &) {}, "nic0=525400123456 boot=-1");
        row(
            "network boot", [](MachineDefinition &d) { d.bootOrder.prepend(BootDevice::Network); },
            "nic0=525400123456 boot=0");
        row(
            "cable out", [](MachineDefinition &d) { d.adapters[0].isCableConnected = false; },
            "nic0=525400123456 down");
        row(
            "attached to nothing",
            [](MachineDefinition &d) { d.adapters[0].mode = NetworkMode::NotAttached; },
            "nic0=525400123456 down");
        row(
            "the second adapter only",
            [](MachineDefinition &d) { d.adapters.prepend(NetworkAdapter()); },
            "nic1=525400123456 boot=-1");
        row(
            "serial ports",
            [](MachineDefinition &d) {
                d.serialPorts = {{}, {.isEnabled = true, .mode = SerialMode::File, .path = "o"}};
            },
            "com2=1:/machines/plain/o");
    }
    void definitionBecomesPlan()
    {
        QFETCH(Change, change);
        QFETCH(QString, expected);
        MachineDefinition definition = linuxMachine();
        change(definition);
        const Result<KvmPlan> plan = kvmPlan(definition, plainHost());
        QVERIFY_OK(plan);
        const QString got = summary(*plan);
        QVERIFY2(got.contains(expected), qPrintable(got));
    }

    void theGuestSeesTheSameNamesAsWithQemu()
    {
        const Result<KvmPlan> plan = kvmPlan(linuxMachine(), plainHost());
        QVERIFY_OK(plan);
        QCOMPARE(plan->config.name, "plain");
        QCOMPARE(int(plan->config.uuid[0]), 0x11);
        QCOMPARE(int(plan->config.uuid[15]), 0x55);
        const std::string &serial = plan->config.drives[0].serial;
        QCOMPARE(serial.size(), std::size_t(14));
        QVERIFY(serial.starts_with("VT"));
        QVERIFY(plan->config.drives[1].serial.empty());
        QCOMPARE(plan->config.drives[0].label, "a.qcow2");
    }

    void theDaemonOpensWhatTheQemuDriversDoes()
    {
        const Result<KvmPlan> plan = kvmPlan(linuxMachine(), plainHost());
        QVERIFY_OK(plan);
        QCOMPARE(plan->daemonDisks.size(), 1);
        const DaemonDisk &disk = plan->daemonDisks.first();
        QCOMPARE(disk.exportName, "drive-0-0-0");
        QVERIFY(disk.isWritable);
        QCOMPARE(disk.node["driver"].toString(), "qcow2");
        QCOMPARE(disk.node["file"].toObject()["filename"].toString(),
                 "/machines/plain/disks/a.qcow2");
    }

    void onlyWhoHasADriverGetsAVirtioGpu()
    {
        MachineDefinition definition = linuxMachine();
        QCOMPARE(kvmPlan(definition, plainHost())->config.graphics, VmGraphics::Vga);
        definition.video = VideoModel::Qxl;
        QCOMPARE(kvmPlan(definition, plainHost())->config.graphics, VmGraphics::Vga);
        definition.video = VideoModel::Virtio;
        QCOMPARE(kvmPlan(definition, plainHost())->config.graphics, VmGraphics::VirtioGpu);
        QCOMPARE(kvmPlan(definition, plainHost())->config.monitors, 1u);
        definition.monitors = 4;
        QCOMPARE(kvmPlan(definition, plainHost())->config.monitors, 4u);
        definition.monitors = 1;
        definition.osId = "win11";
        QCOMPARE(kvmPlan(definition, plainHost())->config.graphics, VmGraphics::Vga);
    }

    void firmwareComesFromItsPackages()
    {
        QTemporaryDir root;
        const QString folder = root.path() + "/usr/share/seabios";
        MachineDefinition definition;
        const Result<KvmFirmware> missing =
            openKvmFirmware(definition, root.path(), root.path() + "/nvram");
        QVERIFY_ERROR(missing, ErrorKind::NotFound);
        QVERIFY(missing.error().remedy().find("seabios") != std::string::npos);

        QVERIFY(QDir().mkpath(folder));
        const auto write = [&folder](const char *name, const QByteArray &bytes) {
            QFile file(folder + '/' + name);
            return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
        };
        QVERIFY(write("bios-256k.bin", QByteArray(262144, 'b')));
        QVERIFY(write("vgabios-stdvga.bin", ""));
        QVERIFY_ERROR(openKvmFirmware(definition, root.path(), {}), ErrorKind::Corrupt);
        QVERIFY(write("vgabios-stdvga.bin", "vga"));
        const Result<KvmFirmware> found = openKvmFirmware(definition, root.path(), {});
        QVERIFY_OK(found);
        QCOMPARE(found->firmware.image.size(), std::size_t(262144));
        QCOMPARE(found->firmware.vgaBios.size(), std::size_t(3));
        QVERIFY(found->firmware.variables.empty());
    }

    void uefiHasTheMachinesOwnVariables()
    {
        QTemporaryDir root;
        const QString folder = root.path() + "/usr/share/OVMF";
        QVERIFY(QDir().mkpath(folder));
        for (const char *name : {"OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd"}) {
            QFile file(folder + '/' + name);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(name);
        }
        MachineDefinition definition;
        definition.firmware = Firmware::Uefi;
        const QString nvram = root.path() + "/nvram";
        const Result<KvmFirmware> fresh = openKvmFirmware(definition, root.path(), nvram);
        QVERIFY_OK(fresh);
        QCOMPARE(fresh->firmware.variablesPath, nvram.toStdString());
        QVERIFY(QFile::exists(nvram));
        QFile file(nvram);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("OVMF_VARS_4M.me");
        file.close();
        const Result<KvmFirmware> again = openKvmFirmware(definition, root.path(), nvram);
        QVERIFY_OK(again);
        const std::vector<std::uint8_t> &variables = again->firmware.variables;
        QCOMPARE(std::string(variables.begin(), variables.end()), "OVMF_VARS_4M.me");
    }
};

QTEST_GUILESS_MAIN(TestKvmPlan)
#include "tst_kvm_plan.moc"
