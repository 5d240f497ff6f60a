// SPDX-License-Identifier: GPL-3.0-or-later
// Network adapters in both dialects: settings of a machine that is off, actions on one that runs,
// and what is shown of them.
#include "app/cli/control_nic.h"
#include "app/cli/modify_settings.h"
#include "app/cli/nic_settings.h"
#include "app/cli/show_format.h"
#include "tests/support/running_machine.h"

#include <QtCore/QThread>

using namespace app;
using namespace engine;

namespace {

Outcome modify(MachineDefinition &definition, const QStringList &words)
{
    auto arguments = parseArguments(words, modifyOptions());
    if (!arguments)
        return Outcome::syntax(std::move(arguments).error());
    return applyModifications(definition, *arguments);
}

MachineView viewOf(const MachineDefinition &definition)
{
    MachineView view;
    view.entry.definition = definition;
    view.live.word = QStringLiteral("poweroff");
    return view;
}

// As the program would: the calls wait, so they need a thread beside the machine's.
Outcome control(fakes::RunningMachine &machine, const QString &verb, const QStringList &words)
{
    const auto action = parseNicAction(verb, words);
    check(action.has_value() && action->has_value(), "no such action");
    Outcome outcome;
    const std::unique_ptr<QThread> thread(QThread::create([&] {
        ControlClient client;
        const Result<> connected = client.connectAndWait(machine.socketPath());
        outcome = connected ? applyNicAction(client, **action) : Outcome(connected.error());
    }));
    thread->start();
    check(QTest::qWaitFor([&] { return thread->isFinished(); }, 30000), "no answer came");
    return outcome;
}

} // namespace

class TestCliNetwork : public QObject
{
    Q_OBJECT
private slots:
    void bothSpellingsOfVirtualBoxAreUnderstood()
    {
        MachineDefinition definition;
        QVERIFY(modify(definition,
                       {"--nic1", "intnet", "--intnet1", "lab", "--nic2", "bridged",
                        "--bridgeadapter2", "br0", "--nic3", "nat", "--natnet3", "192.168.9.0/24",
                        "--nic4", "bridged", "--bridge-adapter4", "br1", "--nat-net3", "default"})
                    .isGood());
        QCOMPARE(definition.adapters[0].mode, NetworkMode::Internal);
        QCOMPARE(definition.adapters[0].internalNetwork, QStringLiteral("lab"));
        QCOMPARE(definition.adapters[1].mode, NetworkMode::Bridged);
        QCOMPARE(definition.adapters[1].hostInterface, QStringLiteral("br0"));
        QVERIFY(definition.adapters[2].natNetwork.isEmpty());
        QCOMPARE(definition.adapters[3].hostInterface, QStringLiteral("br1"));
    }

    void anInternalNetworkWithoutANameHasVirtualBoxs()
    {
        MachineDefinition definition;
        QVERIFY(modify(definition, {"--nic1", "intnet"}).isGood());
        QCOMPARE(definition.adapters[0].internalNetwork, QStringLiteral("intnet"));
    }

    void limitsAndRulesAreSetAndShown()
    {
        MachineDefinition definition;
        QVERIFY(modify(definition,
                       {"--nic1", "nat", "--nic-rate-limit1", "500", "--nic-egress1",
                        "list:debian.org,*.debian.org,192.0.2.0/24", "--nic2", "intnet",
                        "--nicratelimit2", "off"})
                    .isGood());
        const NetworkAdapter &nat = definition.adapters.first();
        QCOMPARE(nat.rateLimitKiBps, 500);
        QCOMPARE(nat.egress, EgressPolicy::ListOnly);
        QCOMPARE(nat.allowedDestinations.size(), 3);
        const QString lines = machineReadable(viewOf(definition));
        QVERIFY(lines.contains("natnet1=\"nat\"\n"));
        QVERIFY(lines.contains("nicratelimit1=500\n"));
        QVERIFY(lines.contains("nicegress1=\"list:debian.org,*.debian.org,192.0.2.0/24\"\n"));
        QVERIFY(lines.contains("intnet2=\"intnet\"\n"));
        const QString text = humanReadable(viewOf(definition));
        QVERIFY2(text.contains("Attachment: Internal Network 'intnet'"), qPrintable(text));
        QVERIFY2(text.contains("Limit: 500 KiB/s, Egress: list:debian.org"), qPrintable(text));
        // The list stays for the next time.
        QVERIFY(modify(definition, {"--nicegress1", "no-lan"}).isGood());
        QCOMPARE(nat.egress, EgressPolicy::NoLan);
        QCOMPARE(egressWord(nat), QStringLiteral("no-lan"));
        QCOMPARE(nat.allowedDestinations.size(), 3);
    }

    void whatCannotBeIsASyntaxError_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::newRow("rule") << QStringList{"--nic-egress1", "some"};
        QTest::newRow("destination") << QStringList{"--nic-egress1", "list:http://a"};
        QTest::newRow("limit") << QStringList{"--nic-rate-limit1", "-5"};
        QTest::newRow("network") << QStringList{"--nat-net1", "10.0.2.0/30"};
        QTest::newRow("internal network") << QStringList{"--intnet1", "../x"};
        QTest::newRow("ninth card") << QStringList{"--intnet9", "lab"};
    }
    void whatCannotBeIsASyntaxError()
    {
        QFETCH(QStringList, words);
        MachineDefinition definition;
        QCOMPARE(modify(definition, words).exitCode(), 2);
    }

    void actionsAreToldApartFromOthers()
    {
        QVERIFY(parseNicAction("natpf1", {"delete", "ssh"})->has_value());
        QVERIFY(parseNicAction("nic-rate-limit2", {"off"})->has_value());
        for (const char *other : {"pause", "nictrace1", "nicproperty1", "setlinkstate1"})
            QVERIFY2(!parseNicAction(other, {"on"})->has_value(), other);
        for (const char *wrong : {"natpf9", "natpf", "nic0"})
            QVERIFY_ERROR(parseNicAction(wrong, {"nat"}), ErrorKind::Invalid);
        QVERIFY_ERROR(parseNicAction("natpf1", {"delete"}), ErrorKind::Invalid);
        QVERIFY_ERROR(parseNicAction("natpf1", {}), ErrorKind::Invalid);
    }

    void aRunningMachineIsChanged()
    {
        fakes::RunningMachine machine;
        machine.open();
        QVERIFY(control(machine, "natpf1", {"ssh,tcp,,2222,,22"}).isGood());
        QVERIFY(control(machine, "nicegress1", {"no-lan"}).isGood());
        QVERIFY(control(machine, "nicratelimit1", {"100"}).isGood());
        auto read = readMachine(machine.entry().definitionPath);
        QVERIFY_OK(read);
        const NetworkAdapter nat = read->definition.adapters.first();
        QCOMPARE(nat.forwards.size(), 1);
        QCOMPARE(nat.egress, EgressPolicy::NoLan);
        QCOMPARE(nat.rateLimitKiBps, 100);

        const Outcome twice = control(machine, "natpf1", {"ssh,tcp,,2223,,22"});
        QVERIFY(twice.error()
                && twice.error()->text().find("A NAT rule of this name already exists")
                    != std::string::npos);
        QVERIFY(control(machine, "natpf1", {"delete", "ssh"}).isGood());
        QVERIFY(control(machine, "nic1", {"intnet", "lab"}).isGood());
        QCOMPARE(machine.driver().calls.last(), QStringLiteral("changeAdapter 0 internal"));
        read = readMachine(machine.entry().definitionPath);
        QCOMPARE(read->definition.adapters.first().internalNetwork, QStringLiteral("lab"));

        QCOMPARE(control(machine, "nic1", {"none"}).code(), ResultCode::NotSupported);
        QCOMPARE(control(machine, "nic1", {"nat", "lab"}).exitCode(), 2);
        QCOMPARE(control(machine, "nic1", {"intnet", "../x"}).exitCode(), 2);
        const Outcome missing = control(machine, "nic2", {"nat"});
        QVERIFY(missing.error()
                && missing.error()->text() == "The machine has no network adapter 2");
    }
};

QTEST_GUILESS_MAIN(TestCliNetwork)
#include "tst_cli_network.moc"
