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
        row("MAC", "adapters/0",
            [](MachineDefinition &m) { m.adapters[0].macAddress = QStringLiteral("x"); });
        row("group MAC", "adapters/0", [](MachineDefinition &m) {
            m.adapters[0].macAddress = QStringLiteral("01:00:00:00:00:01");
        });
        row("twin MACs", "adapters/1",
            [](MachineDefinition &m) { m.adapters.append(m.adapters[0]); });
        row("forward port", "adapters/0/forwards/ssh", [](MachineDefinition &m) {
            m.adapters[0].forwards = {
                {.name = QStringLiteral("ssh"), .hostPort = 0, .guestPort = 22}};
        });
        row("forward address", "adapters/0/forwards/ssh", [](MachineDefinition &m) {
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
