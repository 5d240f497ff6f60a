// SPDX-License-Identifier: GPL-3.0-or-later
// Adapters of a running machine, changed over the control socket, with a fake driver.
#include "engine/control/machine_networks.h"
#include "engine/control/network_json.h"
#include "engine/machine/machine_json.h"
#include "tests/support/running_machine.h"

using namespace engine;

namespace {

// The answer to one request; waits for it.
std::optional<Result<QJsonObject>> ask(ControlClient &client, const QString &method,
                                       const QJsonObject &params)
{
    std::optional<Result<QJsonObject>> answer;
    client.call(method, params, [&](Result<QJsonObject> result) { answer = std::move(result); });
    [[maybe_unused]] const bool isAnswered = QTest::qWaitFor([&] { return answer.has_value(); });
    return answer;
}

} // namespace

class TestMachineNetworks : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aChangedAdapterReachesDriverStatusAndDefinition()
    {
        fakes::RunningMachine machine;
        machine.open();
        ControlClient client;
        client.connectTo(machine.socketPath());
        QTRY_VERIFY(client.isConnected());
        NetworkAdapter wanted = machine.entry().definition.adapters.first();
        wanted.forwards = {{.name = QStringLiteral("ssh"), .hostPort = 2222, .guestPort = 22}};
        wanted.rateLimitKiBps = 300;
        wanted.egress = EgressPolicy::NoLan;
        const auto answer = ask(client, QStringLiteral("machine.setAdapter"),
                                {{"adapter", 0}, {"settings", adapterToJson(wanted)}});
        QVERIFY(answer.has_value());
        QVERIFY_OK(*answer);
        QCOMPARE(machine.driver().calls.last(), QStringLiteral("changeAdapter 0 nat"));
        const auto read = readMachine(machine.entry().definitionPath);
        QVERIFY_OK(read);
        QCOMPARE(read->definition.adapters.first(), wanted);
        QTRY_COMPARE(client.status().adapters.value(0), wanted);
    }

    void whatTheDriverCannotDoIsNotWritten()
    {
        fakes::RunningMachine machine;
        machine.open();
        machine.driver().nextFailure = Error(ErrorKind::Busy, "Port 2222 is taken");
        NetworkAdapter wanted = machine.entry().definition.adapters.first();
        wanted.forwards = {{.name = QStringLiteral("ssh"), .hostPort = 2222, .guestPort = 22}};
        std::optional<Result<>> answer;
        machine.session().changeAdapter(0, wanted, [&](Result<> result) { answer = result; });
        QTRY_VERIFY(answer.has_value());
        QVERIFY_ERROR(*answer, ErrorKind::Busy);
        const auto read = readMachine(machine.entry().definitionPath);
        QVERIFY_OK(read);
        QVERIFY(read->definition.adapters.first().forwards.isEmpty());
    }

    void theCardStaysWhileTheMachineRuns_data()
    {
        QTest::addColumn<int>("index");
        QTest::addColumn<NetworkMode>("mode");
        QTest::addColumn<NicModel>("model");
        QTest::addColumn<bool>("isAllowed");
        QTest::newRow("other network") << 0 << NetworkMode::NotAttached << NicModel::Virtio << true;
        QTest::newRow("other model") << 0 << NetworkMode::Nat << NicModel::E1000 << false;
        QTest::newRow("taken out") << 0 << NetworkMode::None << NicModel::Virtio << false;
        QTest::newRow("put in") << 1 << NetworkMode::Nat << NicModel::Virtio << false;
        QTest::newRow("no slot") << -1 << NetworkMode::Nat << NicModel::Virtio << false;
    }
    void theCardStaysWhileTheMachineRuns()
    {
        QFETCH(int, index);
        QFETCH(NetworkMode, mode);
        QFETCH(NicModel, model);
        QFETCH(bool, isAllowed);
        const MachineDefinition definition = fakes::RunningMachine::sampleDefinition();
        NetworkAdapter wanted = definition.adapters.first();
        wanted.mode = mode;
        wanted.model = model;
        QCOMPARE(checkLiveAdapterChange(definition, index, wanted).has_value(), isAllowed);
    }

    void aWrongForwardIsRefusedBeforeTheDriverHearsOfIt()
    {
        fakes::RunningMachine machine;
        machine.open();
        NetworkAdapter wanted = machine.entry().definition.adapters.first();
        wanted.forwards = {{.name = QStringLiteral("a"), .hostPort = 70000, .guestPort = 22}};
        std::optional<Result<>> answer;
        machine.session().changeAdapter(0, wanted, [&](Result<> result) { answer = result; });
        QTRY_VERIFY(answer.has_value());
        QVERIFY_ERROR(*answer, ErrorKind::Invalid);
        QCOMPARE(machine.driver().calls.size(), 1);
    }

    void connectionsTravelWhole()
    {
        fakes::RunningMachine machine;
        machine.open();
        machine.driver().fakeConnections = {{.adapter = 1,
                                             .protocol = NetworkConnection::Protocol::Udp,
                                             .state = NetworkConnection::State::Refused,
                                             .isIncoming = true,
                                             .guestAddress = QStringLiteral("10.0.3.15"),
                                             .guestPort = 40000,
                                             .remoteAddress = QStringLiteral("192.0.2.7"),
                                             .remotePort = 53,
                                             .remoteName = QStringLiteral("dns.example.org"),
                                             .sentBytes = 5'000'000'000,
                                             .receivedBytes = 7,
                                             .sinceMilliseconds = 1'790'000'000'123}};
        ControlClient client;
        client.connectTo(machine.socketPath());
        QTRY_VERIFY(client.isConnected());
        const auto answer = ask(client, QStringLiteral("network.connections"), {});
        QVERIFY(answer.has_value());
        QVERIFY_OK(*answer);
        QCOMPARE(connectionsFromJson(**answer), machine.driver().fakeConnections);
    }
};

QTEST_GUILESS_MAIN(TestMachineNetworks)
#include "tst_machine_networks.moc"
