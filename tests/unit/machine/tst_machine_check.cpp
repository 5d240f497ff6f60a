// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/machine_check.h"
#include "tests/support/test_main.h"

#include <QtTest/QTest>

#include <functional>

using namespace engine;

using Change = std::function<void(MachineDefinition &)>;
Q_DECLARE_METATYPE(Change)

class TestMachineCheck final : public QObject
{
    Q_OBJECT

private slots:
    void soundDefinitionHasNoProblems()
    {
        QVERIFY(checkDefinition(sound(), everything()).isEmpty());
    }

    void mistakesAreFound_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<QString>("field");
        const auto row = [](const char *name, const char *field, Change change) {
            QTest::newRow(name) << change << QString::fromLatin1(field);
        };
        row("no uuid", "uuid", [](MachineDefinition &m) { m.uuid = {}; });
        row("name", "name", [](MachineDefinition &m) { m.name = QStringLiteral("a/b"); });
        row("little memory", "memoryMiB", [](MachineDefinition &m) { m.memoryMiB = 3; });
        row("much memory", "memoryMiB", [](MachineDefinition &m) { m.memoryMiB = 1048577; });
        row("no cpu", "cpus", [](MachineDefinition &m) { m.cpus = 0; });
        row("65 cpus", "cpus", [](MachineDefinition &m) { m.cpus = 65; });
        row("tablet without USB", "pointing",
            [](MachineDefinition &m) { m.usb = UsbController::None; });
        row("keyboard without USB", "keyboard", [](MachineDefinition &m) {
            m.pointing = PointingDevice::Ps2Mouse;
            m.keyboard = KeyboardDevice::Usb;
            m.usb = UsbController::None;
        });
        row("several monitors of a VGA", "monitors", [](MachineDefinition &m) { m.monitors = 2; });
        row("too many monitors", "monitors", [](MachineDefinition &m) {
            m.video = VideoModel::Virtio;
            m.monitors = 5;
        });
        row("Secure Boot without UEFI", "secureBoot",
            [](MachineDefinition &m) { m.isSecureBootOn = true; });
        row("Secure Boot on the old board", "secureBoot", [](MachineDefinition &m) {
            m.isSecureBootOn = true;
            m.firmware = Firmware::Uefi;
            m.chipset = Chipset::I440fx;
        });
        row("boot order", "bootOrder",
            [](MachineDefinition &m) { m.bootOrder.append(m.bootOrder.front()); });
        row("twin controllers", "controllers/SATA", [](MachineDefinition &m) {
            StorageController twin{.name = m.controllers[0].name};
            m.controllers.append(twin);
        });
        row("two IDE", "controllers/b", [](MachineDefinition &m) {
            for (const char *name : {"a", "b"})
                m.controllers.append(
                    {.name = QString::fromLatin1(name), .kind = ControllerKind::Ide});
        });
        row("place used twice", "controllers/SATA/0/0",
            [](MachineDefinition &m) { m.controllers[0].attachments[1].port = 0; });
        row("no such port", "controllers/SATA/2/0",
            [](MachineDefinition &m) { m.controllers[0].attachments[1].port = 2; });
        row("no such device", "controllers/SATA/1/1",
            [](MachineDefinition &m) { m.controllers[0].attachments[1].device = 1; });
        row("optical on NVMe", "controllers/SATA/1/0",
            [](MachineDefinition &m) { m.controllers[0].kind = ControllerKind::Nvme; });
        row("disk without file", "controllers/SATA/0/0",
            [](MachineDefinition &m) { m.controllers[0].attachments[0].path.clear(); });
        row("missing disk", "controllers/SATA/0/0", [](MachineDefinition &m) {
            m.controllers[0].attachments[0].path = QStringLiteral("missing");
        });
        row("MAC", "adapters/0/mac",
            [](MachineDefinition &m) { m.adapters[0].macAddress = QStringLiteral("x"); });
        row("group MAC", "adapters/0/mac", [](MachineDefinition &m) {
            m.adapters[0].macAddress = QStringLiteral("01:00:00:00:00:01");
        });
        row("twin MACs", "adapters/1/mac",
            [](MachineDefinition &m) { m.adapters.append(m.adapters[0]); });
        row("two on one disk", "controllers/SATA/1/0", [](MachineDefinition &m) {
            m.controllers[0].attachments[1] = {.port = 1, .path = QStringLiteral("disks/a.qcow2")};
        });
        row("third IDE port", "controllers/b", [](MachineDefinition &m) {
            m.controllers.append(
                {.name = QStringLiteral("b"), .kind = ControllerKind::Ide, .portCount = 3});
        });
        row("25th NVMe port", "controllers/b", [](MachineDefinition &m) {
            m.controllers.append(
                {.name = QStringLiteral("b"), .kind = ControllerKind::Nvme, .portCount = 25});
        });
        row("25th SCSI target", "controllers/b", [](MachineDefinition &m) {
            m.controllers.append(
                {.name = QStringLiteral("b"), .kind = ControllerKind::VirtioScsi, .portCount = 25});
        });
        row("USB disks without USB", "controllers/b", [](MachineDefinition &m) {
            m.usb = UsbController::None;
            m.pointing = PointingDevice::Ps2Mouse;
            m.controllers.append({.name = QStringLiteral("b"), .kind = ControllerKind::Usb});
        });
        row("Secure Boot without UEFI", "secureBoot",
            [](MachineDefinition &m) { m.isSecureBootOn = true; });
        row("Secure Boot on the old board", "secureBoot", [](MachineDefinition &m) {
            m.isSecureBootOn = true;
            m.firmware = Firmware::Uefi;
            m.chipset = Chipset::I440fx;
        });
        row("nine adapters", "adapters", [](MachineDefinition &m) { m.adapters.resize(9); });
        row("internal network without name", "adapters/0/internalNetwork",
            [](MachineDefinition &m) { m.adapters[0].mode = NetworkMode::Internal; });
        row("bridge without interface", "adapters/0/hostInterface",
            [](MachineDefinition &m) { m.adapters[0].mode = NetworkMode::Bridged; });
        row("bridge to nonsense", "adapters/0/hostInterface", [](MachineDefinition &m) {
            m.adapters[0].mode = NetworkMode::Bridged;
            m.adapters[0].hostInterface = QStringLiteral("a b");
        });
        for (const char *network : {"10.0.2.0", "10.0.2.0/28", "x"}) {
            row(network, "adapters/0/natNetwork", [network](MachineDefinition &m) {
                m.adapters[0].natNetwork = QString::fromLatin1(network);
            });
        }
        for (const char *destination : {"a b", "1.2.3.4/33"}) {
            row(destination, "adapters/0/allowedDestinations", [destination](MachineDefinition &m) {
                m.adapters[0].egress = EgressPolicy::ListOnly;
                m.adapters[0].allowedDestinations = {QString::fromLatin1(destination)};
            });
        }
        row("twin forwards", "adapters/0/forwards/1/hostPort", [](MachineDefinition &m) {
            m.adapters[0].forwards = {
                {.hostAddress = QStringLiteral("0.0.0.0"), .hostPort = 5, .guestPort = 22},
                {.hostPort = 5, .guestPort = 23}};
        });
        row("serial port without a file", "serialPorts/1/path", [](MachineDefinition &m) {
            m.serialPorts = {{}, {.isEnabled = true, .mode = SerialMode::File}};
        });
        row("two serial ports on one file", "serialPorts/1/path", [](MachineDefinition &m) {
            const SerialPort port{
                .isEnabled = true, .mode = SerialMode::File, .path = QStringLiteral("a")};
            m.serialPorts = {port, port};
        });
        row("long socket path", "serialPorts/0/path", [](MachineDefinition &m) {
            m.serialPorts = {{.isEnabled = true,
                              .mode = SerialMode::SocketServer,
                              .path = QString(106, QLatin1Char('a'))}};
        });
        row("screen at no address", "remoteDisplay/address", [](MachineDefinition &m) {
            m.remoteDisplay = {.isEnabled = true, .address = QStringLiteral("example.org")};
        });
        row("screen at no port", "remoteDisplay/ports", [](MachineDefinition &m) {
            m.remoteDisplay = {.isEnabled = true, .ports = QStringLiteral("99999")};
        });
        row("screen for everybody", "remoteDisplay/password", [](MachineDefinition &m) {
            m.remoteDisplay = {.isEnabled = true, .address = QStringLiteral("0.0.0.0")};
        });
        row("forward port", "adapters/0/forwards/0/hostPort", [](MachineDefinition &m) {
            m.adapters[0].forwards = {
                {.name = QStringLiteral("ssh"), .hostPort = 0, .guestPort = 22}};
        });
        row("forward address", "adapters/0/forwards/0/hostAddress", [](MachineDefinition &m) {
            m.adapters[0].forwards = {{.name = QStringLiteral("ssh"),
                                       .hostAddress = QStringLiteral("1.2.3"),
                                       .hostPort = 1,
                                       .guestPort = 22}};
        });
    }

    void mistakesAreFound()
    {
        QFETCH(Change, change);
        MachineDefinition definition = sound();
        change(definition);
        const auto problems = checkDefinition(definition, everything());
        QCOMPARE(problems.size(), 1);
        QTEST(problems.front().field, "field");
        QCOMPARE(problems.front().severity, DefinitionProblem::Severity::Error);
    }

    void whatAnAdapterJoinsIsChecked_data()
    {
        QTest::addColumn<NetworkAdapter>("adapter");
        QTest::addColumn<QString>("field");
        QTest::newRow("internal") << NetworkAdapter{.mode = NetworkMode::Internal,
                                                    .internalNetwork = QStringLiteral("lab")}
                                  << QString();
        QTest::newRow("no path") << NetworkAdapter{.mode = NetworkMode::Internal,
                                                   .internalNetwork = QStringLiteral("../lab")}
                                 << QStringLiteral("adapters/0/internalNetwork");
        QTest::newRow("bridge to nothing") << NetworkAdapter{.mode = NetworkMode::Bridged}
                                           << QStringLiteral("adapters/0/hostInterface");
        QTest::newRow("no room") << NetworkAdapter{.mode = NetworkMode::Nat,
                                                   .natNetwork = QStringLiteral("10.0.2.0/30")}
                                 << QStringLiteral("adapters/0/natNetwork");
        QTest::newRow("destinations")
            << NetworkAdapter{.mode = NetworkMode::Nat,
                              .egress = EgressPolicy::ListOnly,
                              .allowedDestinations = {QStringLiteral("a.org"),
                                                      QStringLiteral("http://a.org")}}
            << QStringLiteral("adapters/0/allowedDestinations");
    }
    void whatAnAdapterJoinsIsChecked()
    {
        QFETCH(NetworkAdapter, adapter);
        QFETCH(QString, field);
        MachineDefinition definition = sound();
        adapter.macAddress = definition.adapters.first().macAddress;
        definition.adapters = {adapter};
        const auto problems = checkDefinition(definition, everything());
        QCOMPARE(problems.size(), field.isEmpty() ? 0 : 1);
        if (!field.isEmpty())
            QCOMPARE(problems.front().field, field);
    }

    void doubtsAreWarnings_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<QString>("field");
        const auto row = [](const char *field, Change change) {
            QTest::newRow(field) << change << QString::fromLatin1(field);
        };
        row("memoryMiB", [](MachineDefinition &m) { m.memoryMiB = 8193; });
        row("cpus", [](MachineDefinition &m) { m.cpus = 5; });
        row("bootOrder", [](MachineDefinition &m) { m.bootOrder.clear(); });
        row("audioInput", [](MachineDefinition &m) { m.isAudioInputOn = true; });
        row("controllers/SATA/0/0", [](MachineDefinition &m) {
            m.controllers[0].attachments[0].path = QStringLiteral("/other/disks/b.qcow2");
        });
        row("adapters/0/allowedDestinations",
            [](MachineDefinition &m) { m.adapters[0].egress = EgressPolicy::ListOnly; });
        row("adapters/0/forwards/0/hostPort", [](MachineDefinition &m) {
            m.adapters[0].forwards = {{.hostPort = 2222, .guestPort = 22}};
        });
    }

    void doubtsAreWarnings()
    {
        QFETCH(Change, change);
        CheckContext context = everything();
        context.hostMemoryMiB = 8192;
        context.hostCpus = 4;
        MachineDefinition other = sound();
        other.name = QStringLiteral("other");
        other.controllers[0].attachments[0].path = QStringLiteral("disks/b.qcow2");
        other.adapters[0].forwards = {{.hostPort = 2222, .guestPort = 22}};
        context.others = {{QStringLiteral("/other"), other}};
        QVERIFY(checkDefinition(sound(), context).isEmpty());
        MachineDefinition definition = sound();
        change(definition);
        const auto problems = checkDefinition(definition, context);
        QCOMPARE(problems.size(), 1);
        QTEST(problems.front().field, "field");
        QCOMPARE(problems.front().severity, DefinitionProblem::Severity::Warning);
    }

    void aNameThatAnotherMachineHasIsAnError()
    {
        CheckContext context = everything();
        MachineDefinition other = sound();
        other.name = QStringLiteral("A");
        other.controllers.clear();
        context.others = {{QStringLiteral("/other"), other}};
        const auto problems = checkDefinition(sound(), context);
        QCOMPARE(problems.size(), 1);
        QCOMPARE(problems.front().field, QStringLiteral("name"));
        QCOMPARE(problems.front().severity, DefinitionProblem::Severity::Error);
    }

    void soundNetworksHaveNoProblems()
    {
        MachineDefinition definition = sound();
        definition.adapters[0].natNetwork = QStringLiteral("192.168.9.0/24");
        definition.adapters[0].egress = EgressPolicy::ListOnly;
        definition.adapters[0].allowedDestinations = {
            QStringLiteral("debian.org"),   QStringLiteral("*.debian.org"),
            QStringLiteral("localhost"),    QStringLiteral("192.0.2.7"),
            QStringLiteral("192.0.2.0/24"), QStringLiteral("2001:db8::/32")};
        definition.adapters[0].forwards = {
            {.protocol = ForwardProtocol::Udp, .hostPort = 5, .guestPort = 22},
            {.hostAddress = QStringLiteral("127.0.0.2"), .hostPort = 5, .guestPort = 22},
            {.hostPort = 5, .guestPort = 22}};
        QVERIFY(checkDefinition(definition, everything()).isEmpty());
    }

    void missingDiscIsAWarning()
    {
        MachineDefinition definition = sound();
        definition.controllers[0].attachments[1].path = QStringLiteral("missing");
        const auto problems = checkDefinition(definition, everything());
        QCOMPARE(problems.size(), 1);
        QCOMPARE(problems.front().severity, DefinitionProblem::Severity::Warning);
        QVERIFY(problems.front().text.contains(QStringLiteral("/m/missing")));
    }

private:
    static CheckContext everything()
    {
        return {QStringLiteral("/m"),
                [](const QString &path) { return path != QStringLiteral("/m/missing"); }};
    }

    static MachineDefinition sound()
    {
        MachineDefinition definition;
        definition.uuid = QUuid::createUuid();
        definition.name = QStringLiteral("a");
        definition.controllers = {{.name = QStringLiteral("SATA"),
                                   .attachments = {{.path = QStringLiteral("disks/a.qcow2")},
                                                   {.kind = MediumKind::Optical, .port = 1}}}};
        definition.adapters = {
            {.mode = NetworkMode::Nat, .macAddress = QStringLiteral("52:54:00:12:34:56")}};
        return definition;
    }
};

QTEST_GUILESS_MAIN(TestMachineCheck)
#include "tst_machine_check.moc"
