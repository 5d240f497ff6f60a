// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/live_changes.h"
#include "tests/support/test_main.h"

#include <functional>

using namespace engine;

using Change = std::function<void(MachineDefinition &)>;
using When = FieldChange::When;
Q_DECLARE_METATYPE(Change)

class TestLiveChanges final : public QObject
{
    Q_OBJECT

private slots:
    void everyFieldIsNamedAndJudged_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<QString>("field");
        QTest::addColumn<bool>("isLive"); // while it runs
        QTest::addColumn<bool>("isFree"); // also on a saved machine
        const auto row = [](const char *field, Change change, bool isLive = false,
                            bool isFree = false) {
            QTest::newRow(field) << change << QString::fromLatin1(field) << isLive << isFree;
        };
        using M = MachineDefinition;
        row(
            "name", [](M &m) { m.name = QStringLiteral("b"); }, false, true);
        row(
            "description", [](M &m) { m.description = QStringLiteral("b"); }, true, true);
        row(
            "groups", [](M &m) { m.groups = {QStringLiteral("/b")}; }, true, true);
        row("osId", [](M &m) { m.osId = QStringLiteral("b"); });
        row("engine", [](M &m) { m.engine = EngineChoice::Qemu; });
        row("memoryMiB", [](M &m) { m.memoryMiB = 2; });
        row(
            "balloonMiB", [](M &m) { m.balloonMiB = 1; }, true, true);
        row("cpus", [](M &m) { m.cpus = 2; });
        row("nestedVirtualization", [](M &m) { m.isNestedVirtualizationOn = true; });
        row("firmware", [](M &m) { m.firmware = Firmware::Uefi; });
        row("secureBoot", [](M &m) { m.isSecureBootOn = true; });
        row("tpm", [](M &m) { m.tpm = TpmModel::Tpm20; });
        row("chipset", [](M &m) { m.chipset = Chipset::I440fx; });
        row("clock", [](M &m) { m.clock = ClockBase::LocalTime; });
        row("bootOrder", [](M &m) { m.bootOrder = {}; });
        row("video", [](M &m) { m.video = VideoModel::Qxl; });
        row("monitors", [](M &m) { m.monitors = 2; });
        row("videoMemoryMiB", [](M &m) { m.videoMemoryMiB = 64; });
        row("audio", [](M &m) { m.audio = AudioModel::Hda; });
        row(
            "audioOutput", [](M &m) { m.isAudioOutputOn = false; }, true, true);
        row(
            "audioInput", [](M &m) { m.isAudioInputOn = true; }, true);
        row(
            "recording", [](M &m) { m.recording.isOn = true; }, true, true);
        row(
            "remoteDisplay", [](M &m) { m.remoteDisplay.isEnabled = true; }, true, true);
        row("pointing", [](M &m) { m.pointing = PointingDevice::Ps2Mouse; });
        row("keyboard", [](M &m) { m.keyboard = KeyboardDevice::Usb; });
        row("usb", [](M &m) { m.usb = UsbController::Uhci; });
        row(
            "clipboard", [](M &m) { m.clipboard = SharingMode::HostToGuest; }, true, true);
        row(
            "dragAndDrop", [](M &m) { m.dragAndDrop = SharingMode::HostToGuest; }, true, true);
        row(
            "autostart", [](M &m) { m.isAutostartOn = true; }, true, true);
        row(
            "autostartDelaySeconds", [](M &m) { m.autostartDelaySeconds = 4; }, true, true);
        row("disposable", [](M &m) { m.isDisposable = true; });
        row(
            "extraData",
            [](M &m) {
                m.extraData = {{QStringLiteral("a"), 1}};
            },
            true, true);
        row(
            "sharedFolders", [](M &m) { m.sharedFolders = {{.name = "a", .path = "/a"}}; }, true);
        row("controllers/SATA/kind", [](M &m) { m.controllers[0].kind = ControllerKind::Virtio; });
        row("controllers/SATA/ports", [](M &m) { m.controllers[0].portCount = 5; });
        row("controllers/SATA/bootable", [](M &m) { m.controllers[0].isBootable = false; });
        row(
            "controllers/SATA/hostCache", [](M &m) { m.controllers[0].isHostCacheOn = false; },
            false, true);
        row("controllers/SATA", [](M &m) { m.controllers.removeFirst(); });
        row("controllers/NVMe", [](M &m) {
            m.controllers.append({.name = QStringLiteral("NVMe"), .kind = ControllerKind::Nvme});
        });
        row("controllers", [](M &m) { m.controllers.swapItemsAt(0, 1); });
        row("controllers/SATA/0/0", [](M &m) { m.controllers[0].attachments.removeFirst(); });
        row("controllers/SATA/0/0/path",
            [](M &m) { m.controllers[0].attachments[0].path = QStringLiteral("x"); });
        row(
            "controllers/SATA/1/0/path",
            [](M &m) { m.controllers[0].attachments[1].path = QStringLiteral("x"); }, true);
        row("controllers/SATA/0/0/readOnly",
            [](M &m) { m.controllers[0].attachments[0].isReadOnly = true; });
        row("controllers/SATA/0/0/discard",
            [](M &m) { m.controllers[0].attachments[0].isDiscardOn = false; });
        row("controllers/SATA/0/0/solidState",
            [](M &m) { m.controllers[0].attachments[0].isSolidState = true; });
        row(
            "controllers/SATA/0/0/hostCache",
            [](M &m) { m.controllers[0].attachments[0].hostCache = DiskCache::Off; }, false, true);
        row("adapters/0/mode", [](M &m) { m.adapters[0].mode = NetworkMode::None; });
        row(
            "adapters/0/attachedTo", [](M &m) { m.adapters[0].mode = NetworkMode::NotAttached; },
            true, true);
        row("adapters/0/model", [](M &m) { m.adapters[0].model = NicModel::Pcnet; });
        row("adapters/0/mac",
            [](M &m) { m.adapters[0].macAddress = QStringLiteral("52:54:00:00:00:01"); });
        row(
            "adapters/0/cableConnected", [](M &m) { m.adapters[0].isCableConnected = false; }, true,
            true);
        row(
            "adapters/0/internalNetwork",
            [](M &m) { m.adapters[0].internalNetwork = QStringLiteral("lab"); }, true, true);
        row(
            "adapters/0/hostInterface",
            [](M &m) { m.adapters[0].hostInterface = QStringLiteral("br0"); }, true, true);
        row(
            "adapters/0/rateLimitKiBps", [](M &m) { m.adapters[0].rateLimitKiBps = 7; }, true,
            true);
        row(
            "adapters/0/forwards", [](M &m) { m.adapters[0].forwards.append(PortForward()); }, true,
            true);
        row(
            "adapters/0/natNetwork",
            [](M &m) { m.adapters[0].natNetwork = QStringLiteral("10.9.0.0/24"); }, true, true);
        row(
            "adapters/0/egress", [](M &m) { m.adapters[0].egress = EgressPolicy::NoLan; }, true,
            true);
        row(
            "adapters/0/allowedDestinations",
            [](M &m) { m.adapters[0].allowedDestinations = {QStringLiteral("a")}; }, true, true);
        row(
            "serialPorts/1/path",
            [](M &m) {
                m.serialPorts = {{}, {.path = QStringLiteral("x")}};
            },
            false, true);
        row("serialPorts/0/enabled", [](M &m) { m.serialPorts = {{.isEnabled = true}}; });
    }

    void everyFieldIsNamedAndJudged()
    {
        QFETCH(Change, change);
        QFETCH(QString, field);
        QFETCH(bool, isLive);
        QFETCH(bool, isFree);
        MachineDefinition after = sample();
        change(after);
        const QList<FieldChange> off = changedFields(sample(), after, MachineCondition::Off);
        QCOMPARE(off.size(), 1);
        QCOMPARE(off.front(), (FieldChange{field, When::Now, {}}));

        const QList<FieldChange> live = changedFields(sample(), after, MachineCondition::Running);
        QCOMPARE(live.front().when, isLive ? When::Now : When::AfterPowerOff);
        QCOMPARE(live.front().reason.isEmpty(), isLive);
        const QList<FieldChange> saved = changedFields(sample(), after, MachineCondition::Saved);
        QCOMPARE(saved.front().when, isFree ? When::Now : When::AfterDiscard);
        QVERIFY(isFree || saved.front().reason.contains(QStringLiteral("saved state")));
        QVERIFY(fieldTitle(field) != field || field.contains(QStringLiteral("uuid")));
    }

    void aDriverThatCannotSaysWhy()
    {
        MachineDefinition after = sample();
        after.adapters[0].forwards.append(PortForward());
        const auto changes =
            changedFields(sample(), after, MachineCondition::Running,
                          {.whyNoNetworkChange = QStringLiteral("No such thing here")});
        QCOMPARE(changes.front().when, When::AfterPowerOff);
        QVERIFY(changes.front().reason.startsWith(QStringLiteral("No such thing here. Power")));
    }

    void aUuidIsForEver()
    {
        MachineDefinition after = sample();
        after.uuid = QUuid::createUuid();
        QCOMPARE(changedFields(sample(), after, MachineCondition::Off).front().when, When::Never);
    }

    void sameDefinitionsDoNotDiffer()
    {
        QVERIFY(changedFields(sample(), sample(), MachineCondition::Running).isEmpty());
        // A list that ends earlier means "none" for the rest.
        MachineDefinition shorter = sample();
        MachineDefinition longer = sample();
        longer.serialPorts = {{}, {}};
        longer.adapters.append(NetworkAdapter());
        QVERIFY(changedFields(shorter, longer, MachineCondition::Running).isEmpty());
    }

private:
    static MachineDefinition sample()
    {
        MachineDefinition definition;
        definition.name = QStringLiteral("a");
        definition.controllers = {
            {.name = QStringLiteral("SATA"),
             .attachments = {{.path = QStringLiteral("disks/a.qcow2")},
                             {.kind = MediumKind::Optical, .port = 1}}},
            {.name = QStringLiteral("Floppy"), .kind = ControllerKind::Floppy, .portCount = 1}};
        definition.adapters = {
            {.mode = NetworkMode::Nat, .macAddress = QStringLiteral("52:54:00:12:34:56")}};
        return definition;
    }
};

QTEST_GUILESS_MAIN(TestLiveChanges)
#include "tst_live_changes.moc"
