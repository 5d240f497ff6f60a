// SPDX-License-Identifier: GPL-3.0-or-later
// VirtualBox's remote display: what its options do to a machine, and what programs read of it.
#include "app/cli/modify_settings.h"
#include "app/cli/show_format.h"
#include "tests/support/test_main.h"

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

QString errorOf(const Outcome &outcome)
{
    return outcome.error() ? errorText(*outcome.error()) : QString();
}

MachineView viewOf(const MachineDefinition &definition)
{
    MachineView view;
    view.entry.definition = definition;
    view.live.word = QStringLiteral("poweroff");
    return view;
}

} // namespace

class TestCliVrde final : public QObject
{
    Q_OBJECT
private slots:
    void optionsBecomeARemoteDisplay_data();
    void optionsBecomeARemoteDisplay();
    void mistakesAreRefused_data();
    void mistakesAreRefused();
    void theOrderOfAddressAndPasswordIsFree();
    void everyEngineTakesIt();
    void otherPropertiesAreKept();
    void offIsOneLine();
    void onIsVirtualBoxsLines();
    void aRunningMachineTellsItsPort();
};

void TestCliVrde::optionsBecomeARemoteDisplay_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<RemoteDisplay>("expected");
    const auto row = [](const char *name, const QStringList &words, const RemoteDisplay &expected) {
        QTest::newRow(name) << words << expected;
    };
    row("on", {"--vrde", "on"}, {.isEnabled = true});
    row("off again", {"--vrde", "on", "--vrde", "off"}, {});
    row("as older scripts say it",
        {"--vrdeaddress", "127.0.0.1", "--vrdeauthtype", "null", "--vrde", "on", "--vrdeport",
         "5905"},
        {.isEnabled = true, .address = "127.0.0.1", .ports = "5905"});
    row("any port", {"--vrdeport", "5905", "--vrde-port", "0"}, {});
    row("default port", {"--vrdeport", "5905", "--vrde-port", "default"}, {});
    row("ranges", {"--vrde-port", "5900-5910,6000"}, {.ports = "5900-5910,6000"});
    row("password and everywhere",
        {"--vrde", "on", "--vrde-address", "0.0.0.0", "--vrde-property", "SPICEPassword=a=b"},
        {.isEnabled = true, .address = "0.0.0.0", .password = "a=b"});
    row("VNC's spelling", {"--vrde-property", "VNCPassword=x"}, {.password = "x"});
    row("no password any more",
        {"--vrde-property", "VNCPassword=x", "--vrde-property", "SPICEPassword="}, {});
    row("TLS", {"--vrde-property", "Security/Method=TLS"}, {.isTlsOn = true});
    row("no TLS any more",
        {"--vrde-property", "Security/Method=TLS", "--vrde-property", "Security/Method="}, {});
    row("by properties",
        {"--vrde-property", "TCP/Ports=6001", "--vrde-property", "TCP/Address=::1"},
        {.address = "::1", .ports = "6001"});
}

void TestCliVrde::optionsBecomeARemoteDisplay()
{
    QFETCH(QStringList, words);
    QFETCH(RemoteDisplay, expected);
    MachineDefinition definition;
    const Outcome outcome = modify(definition, words);
    QVERIFY2(outcome.isGood(), qPrintable(errorOf(outcome)));
    QVERIFY(definition.remoteDisplay == expected);
}

void TestCliVrde::mistakesAreRefused_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<QString>("part");
    QTest::newRow("switch") << QStringList{"--vrde", "maybe"} << QString("maybe");
    QTest::newRow("port") << QStringList{"--vrde-port", "70000"} << QString("70000");
    QTest::newRow("word for a port") << QStringList{"--vrde-port", "spice"} << QString("spice");
    QTest::newRow("range backwards") << QStringList{"--vrde-port", "9-8"} << QString("9-8");
    QTest::newRow("property") << QStringList{"--vrde-property", "x"} << QString("name=value");
    QTest::newRow("method") << QStringList{"--vrde-property", "Security/Method=rot13"}
                            << QString("rot13");
    QTest::newRow("everywhere without a password")
        << QStringList{"--vrde", "on", "--vrde-address", "0.0.0.0"} << QString("password");
    QTest::newRow("everywhere by IPv6")
        << QStringList{"--vrde", "on", "--vrde-address", "::"} << QString("password");
    QTest::newRow("a name") << QStringList{"--vrde", "on", "--vrde-address", "example.org"}
                            << QString("example.org");
    QTest::newRow("a long password")
        << QStringList{"--vrde", "on", "--vrde-property", "SPICEPassword=" + QString(61, 'x')}
        << QString("60");
}

void TestCliVrde::mistakesAreRefused()
{
    QFETCH(QStringList, words);
    MachineDefinition definition;
    const Outcome outcome = modify(definition, words);
    QVERIFY(!outcome.isGood());
    QFETCH(QString, part);
    QVERIFY2(errorOf(outcome).contains(part), qPrintable(errorOf(outcome)));
}

void TestCliVrde::theOrderOfAddressAndPasswordIsFree()
{
    MachineDefinition definition;
    QVERIFY(modify(definition,
                   {"--vrde-address", "192.0.2.1", "--vrde", "on", "--vrde-property",
                    "SPICEPassword=x"})
                .isGood());
    QVERIFY(!modify(definition, {"--vrde-property", "SPICEPassword="}).isGood());
}

void TestCliVrde::everyEngineTakesIt()
{
    for (const char *engine : {"kvm", "qemu", "auto"}) {
        MachineDefinition definition;
        QVERIFY(modify(definition, {"--engine", engine, "--vrde", "on"}).isGood());
        QVERIFY(definition.remoteDisplay.isEnabled);
    }
}

void TestCliVrde::otherPropertiesAreKept()
{
    MachineDefinition definition;
    QVERIFY(
        modify(definition, {"--vrde", "on", "--vrde-property", "Client/DisableUSB=1"}).isGood());
    QVERIFY(
        machineReadable(viewOf(definition)).contains("vrdeproperty[Client/DisableUSB]=\"1\"\n"));
    QVERIFY(modify(definition, {"--vrde-property", "Client/DisableUSB="}).isGood());
    QVERIFY(!machineReadable(viewOf(definition)).contains("DisableUSB"));
}

void TestCliVrde::offIsOneLine()
{
    const QString text = machineReadable(viewOf({}));
    QVERIFY(text.contains("\nvrde=\"off\"\n"));
    QCOMPARE(text.count("\nvrde"), 1);
    QVERIFY(humanReadable(viewOf({})).contains("VRDE:                        disabled\n"));
}

void TestCliVrde::onIsVirtualBoxsLines()
{
    MachineDefinition definition;
    definition.remoteDisplay = {
        .isEnabled = true, .ports = "5900-5910", .password = "not-to-be-seen", .isTlsOn = true};
    const QString text = machineReadable(viewOf(definition));
    QVERIFY2(text.contains("vrde=\"on\"\nvrdeport=-1\nvrdeports=\"5900-5910\"\n"
                           "vrdeaddress=\"127.0.0.1\"\nvrdeauthtype=\"null\"\n"
                           "vrdemulticon=\"off\"\nvrdereusecon=\"off\"\nvrdevideochannel=\"off\"\n"
                           "vrdeproperty[TCP/Ports]=\"5900-5910\"\n"
                           "vrdeproperty[TCP/Address]=\"127.0.0.1\"\n"
                           "vrdeproperty[Security/Method]=\"TLS\"\n"
                           "vrdeproperty[SPICEPassword]=\"********\"\n"),
             qPrintable(text));
    const QString human = humanReadable(viewOf(definition));
    QVERIFY2(
        human.contains("VRDE:                        enabled (Address 127.0.0.1, Ports 5900-5910, "
                       "MultiConn: off, ReuseSingleConn: off, Authentication type: null)\n"
                       "Video redirection:           disabled\n"
                       "VRDE property               : TCP/Ports  = \"5900-5910\"\n"
                       "VRDE property               : TCP/Address = \"127.0.0.1\"\n"
                       "VRDE property               : Security/Method = \"TLS\"\n"
                       "VRDE property               : SPICEPassword = \"********\"\n"),
        qPrintable(human));
    QVERIFY(!(text + human).contains("not-to-be-seen"));
}

void TestCliVrde::aRunningMachineTellsItsPort()
{
    MachineDefinition definition;
    definition.remoteDisplay.isEnabled = true;
    MachineView view = viewOf(definition);
    view.live.status.emplace();
    view.live.status->spice = {.host = "127.0.0.1", .port = 40123, .password = "not-to-be-seen"};
    const QString text = machineReadable(view);
    QVERIFY(text.contains("vrdeport=40123\n"));
    QVERIFY(text.contains("vrdeproperty[SPICEPassword]=<not set>\n"));
    const QString human = humanReadable(view);
    QVERIFY(human.contains("\nVRDE port:                   40123\nVideo redirection:"));
    QVERIFY(human.contains("VRDE property               : SPICEPassword = <not set>\n"));
    QVERIFY(human.contains("\nVRDE client address:         spice://127.0.0.1:40123\n"));
    QVERIFY(!humanReadable(view).contains("not-to-be-seen"));
}

Q_DECLARE_METATYPE(engine::RemoteDisplay)

QTEST_GUILESS_MAIN(TestCliVrde)
#include "tst_cli_vrde.moc"
