// SPDX-License-Identifier: GPL-3.0-or-later
// What the built-in engine cannot run, and what a guest would miss, is said before it starts.
#include "tests/support/kvm_plans.h"

#include <QtCore/QFile>

using namespace engine;
using fakes::controller;
using fakes::linuxMachine;
using fakes::plainHost;
using Change = fakes::DefinitionChange;

class TestKvmRefusals final : public QObject
{
    Q_OBJECT
private slots:
    void whatCannotRunIsSaid_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<QString>("reason"); // empty: none
        const auto row = [](const char *name, Change change, const char *reason) {
            QTest::newRow(name) << std::move(change) << QString(reason);
        };
        row(
            "a plain Linux", [](MachineDefinition &) {}, "");
        row(
            "UEFI", [](MachineDefinition &d) { d.firmware = Firmware::Uefi; }, "");
        row(
            "16 processors", [](MachineDefinition &d) { d.cpus = 16; }, "");
        row(
            "17 processors", [](MachineDefinition &d) { d.cpus = 17; }, "16 processors");
        row(
            "an empty IDE controller",
            [](MachineDefinition &d) { d.controllers.append(controller(ControllerKind::Ide, {})); },
            "");
        for (const auto &[kind, title] :
             {std::pair{ControllerKind::Ide, "no IDE"}, {ControllerKind::Floppy, "no floppy"}}) {
            row(
                title,
                [kind = kind](MachineDefinition &d) {
                    d.controllers.append(controller(kind, {{.path = "/a.img"}}));
                },
                title);
        }
        row(
            "a USB disk",
            [](MachineDefinition &d) {
                d.controllers.append(controller(ControllerKind::Usb, {{.path = "/a.img"}}));
            },
            "");
        row(
            "a USB disk without USB",
            [](MachineDefinition &d) {
                d.usb = UsbController::None;
                d.controllers.append(controller(ControllerKind::Usb, {{.path = "/a.img"}}));
            },
            "need the machine's USB");
        row(
            "an optical drive on USB",
            [](MachineDefinition &d) {
                d.controllers.append(controller(ControllerKind::Usb,
                                                {{.kind = MediumKind::Optical, .path = "/a.iso"}}));
            },
            "no optical drives on USB");
        const auto usbDisks = [](MachineDefinition &d, int count) {
            d.controllers.append(controller(ControllerKind::Usb, {}));
            for (int port = 0; port < count; ++port)
                d.controllers.last().attachments.append({.port = port, .path = "/a.img"});
        };
        row(
            "seven USB disks", [usbDisks](MachineDefinition &d) { usbDisks(d, 7); }, "");
        row(
            "eight USB disks beside the tablet",
            [usbDisks](MachineDefinition &d) { usbDisks(d, 8); }, "7 USB disks");
        row(
            "seven USB disks beside the tablet and a keyboard",
            [usbDisks](MachineDefinition &d) {
                d.keyboard = KeyboardDevice::Usb;
                usbDisks(d, 7);
            },
            "6 USB disks");
        row(
            "eight USB disks",
            [usbDisks](MachineDefinition &d) {
                d.pointing = PointingDevice::Ps2Mouse;
                usbDisks(d, 8);
            },
            "");
        row(
            "port 6 of SATA",
            [](MachineDefinition &d) { d.controllers[1].attachments[0].port = 6; }, "6 ports");
        row(
            "two SATA controllers",
            [](MachineDefinition &d) { d.controllers.append(d.controllers[1]); },
            "one SATA controller");
        row(
            "e1000", [](MachineDefinition &d) { d.adapters[0].model = NicModel::E1000; }, "");
        row(
            "another card", [](MachineDefinition &d) { d.adapters[0].model = NicModel::E1000e; },
            "adapter 1 is of the type Intel 82574L");
        row(
            "a card that is not there",
            [](MachineDefinition &d) {
                d.adapters[0].model = NicModel::Pcnet;
                d.adapters[0].mode = NetworkMode::None;
            },
            "");
        row(
            "TPM 2.0", [](MachineDefinition &d) { d.tpm = TpmModel::Tpm20; }, "");
        row(
            "TPM 1.2", [](MachineDefinition &d) { d.tpm = TpmModel::Tpm12; }, "no TPM 1.2");
        row(
            "Secure Boot",
            [](MachineDefinition &d) {
                d.firmware = Firmware::Uefi;
                d.isSecureBootOn = true;
            },
            QFile::exists("/usr/share/OVMF/OVMF_VARS_4M.ms.fd") ? "" : "System Management Mode");
        row(
            "no screen", [](MachineDefinition &d) { d.video = VideoModel::None; },
            "without a graphics card");
        row(
            "much video memory", [](MachineDefinition &d) { d.videoMemoryMiB = 512; },
            "256 MiB of video memory");
        row(
            "several monitors",
            [](MachineDefinition &d) {
                d.video = VideoModel::Virtio;
                d.monitors = 3;
            },
            "");
        row(
            "several monitors of a VGA", [](MachineDefinition &d) { d.monitors = 2; },
            "only the VirtIO GPU");
        row(
            "older USB", [](MachineDefinition &d) { d.usb = UsbController::Ehci; }, "");
    }
    void whatCannotRunIsSaid()
    {
        QFETCH(Change, change);
        QFETCH(QString, reason);
        MachineDefinition definition = linuxMachine();
        change(definition);
        const QStringList reasons = kvmObjections(definition);
        if (reason.isEmpty()) {
            QCOMPARE(reasons, QStringList());
            QVERIFY_OK(kvmPlan(definition, plainHost()));
            return;
        }
        QCOMPARE(reasons.size(), 1);
        QVERIFY2(reasons.first().contains(reason), qPrintable(reasons.first()));
        const Result<KvmPlan> plan = kvmPlan(definition, plainHost());
        QVERIFY_ERROR(plan, ErrorKind::Unsupported);
        QVERIFY(plan.error().text().find(reasons.first().toStdString()) != std::string::npos);
    }

    void whatWouldBeMissedIsSaid_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<QString>("loss"); // empty: none
        const auto row = [](const char *name, Change change, const char *loss) {
            QTest::newRow(name) << std::move(change) << QString(loss);
        };
        row(
            "a plain Linux", [](MachineDefinition &) {}, "");
        row(
            "older sound", [](MachineDefinition &d) { d.audio = AudioModel::Ac97; }, "no AC'97");
        row(
            "virtio graphics", [](MachineDefinition &d) { d.video = VideoModel::Virtio; }, "");
        row(
            "QXL graphics", [](MachineDefinition &d) { d.video = VideoModel::Qxl; },
            "no QXL graphics");
        row(
            "virtio graphics for Windows",
            [](MachineDefinition &d) {
                d.osId = "win10";
                d.pointing = PointingDevice::Ps2Mouse;
                d.video = VideoModel::Virtio;
            },
            "no driver for a VirtIO GPU");
        row(
            "Windows with a tablet", [](MachineDefinition &d) { d.osId = "win10"; }, "");
        row(
            "USB devices that are its own",
            [](MachineDefinition &d) { d.usbFilters = {{.name = "any", .isActive = true}}; }, "");
        row(
            "USB 1.1", [](MachineDefinition &d) { d.usb = UsbController::Uhci; }, "xHCI");
        row(
            "USB 2.0", [](MachineDefinition &d) { d.usb = UsbController::Ehci; }, "xHCI");
        row(
            "no USB", [](MachineDefinition &d) { d.usb = UsbController::None; }, "");
        row(
            "network boot by BIOS",
            [](MachineDefinition &d) { d.bootOrder.append(BootDevice::Network); },
            "from the network");
        row(
            "network boot by UEFI",
            [](MachineDefinition &d) {
                d.bootOrder.append(BootDevice::Network);
                d.firmware = Firmware::Uefi;
            },
            "");
    }
    void whatWouldBeMissedIsSaid()
    {
        QFETCH(Change, change);
        QFETCH(QString, loss);
        MachineDefinition definition = linuxMachine();
        change(definition);
        const QStringList losses = kvmLosses(definition);
        QCOMPARE(losses.size(), loss.isEmpty() ? 0 : 1);
        if (!loss.isEmpty())
            QVERIFY2(losses.first().contains(loss), qPrintable(losses.first()));
        QVERIFY_OK(kvmPlan(definition, plainHost()));
    }

    void misplacedDrivesAreRefused()
    {
        MachineDefinition definition = linuxMachine();
        definition.controllers[0].attachments[0].kind = MediumKind::Optical;
        const Result<KvmPlan> plan = kvmPlan(definition, plainHost());
        QVERIFY_ERROR(plan, ErrorKind::Unsupported);
        QVERIFY(plan.error().text().find("port 0") != std::string::npos);
        definition.controllers[0].attachments[0] = {.path = {}};
        QVERIFY_ERROR(kvmPlan(definition, plainHost()), ErrorKind::Invalid);
    }
};

QTEST_GUILESS_MAIN(TestKvmRefusals)
#include "tst_kvm_refusals.moc"
