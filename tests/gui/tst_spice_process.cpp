// SPDX-License-Identifier: GPL-3.0-or-later
// A hub's screen served by vitrine-spice to real SPICE clients, by spice-client-glib; and what
// becomes of it when clients or the program itself go at any moment.
#include "display/open_display.h"
#include "engine/drivers/spice_process.h"
#include "engine/drivers/spice_server.h"
#include "tests/support/cutting_relay.h"
#include "tests/support/fake_vdagent.h"
#include "tests/support/served_screen.h"
#include "tests/support/test_main.h"

#include <QtCore/QTemporaryDir>
#include <QtGui/QImage>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <algorithm>
#include <optional>

#include <signal.h>

using namespace engine;
using display::DisplaySession;
using fakes::CuttingRelay;
using fakes::picture;
using fakes::pixel;
using fakes::Served;

namespace {

constexpr int Patience = fakes::ServedPatience;

} // namespace

class TestSpiceProcess : public QObject
{
    Q_OBJECT
private slots:
    void thePictureArrivesAndChanges();
    void nobodyLooksBeforeTheFirstAndAfterTheLast();
    void severalClientsSeeTheSame();
    void keysAndButtonsArrive();
    void aMouseMovesWhereThereIsNoTablet();
    void whatAClientHeldIsReleasedWhenItGoes();
    void lockLightsAreTold();
    void aWrongPasswordSeesNothing();
    void tlsNeedsTheCertificate();
    void aTakenPortIsNamed();
    void theAgentTalksWithTheClient();
    void aSocketIsForThisUsersPrograms();
    void noiseAtTheDoorHarmsNobody();
    void theEndSendsClientsAway();
    void aClientMayGoAtAnyMoment();
    void clientsMayComeAndGoTogether();
    void aKilledServerComesBack();
    void itIsNotStartedForEver();
    void aProgramThatIsMissingIsNamed();
    void theAgentsWishForASizeReachesTheCard();
};

void TestSpiceProcess::thePictureArrivesAndChanges()
{
    Served s;
    s.screen.draw(3, 4, 0x112233);
    QVERIFY_OK(s.open());
    const auto client = s.connect();
    QTRY_COMPARE_WITH_TIMEOUT(picture(*client).size(), QSize(64, 48), Patience);
    QTRY_COMPARE_WITH_TIMEOUT(pixel(*client, 3, 4), 0x112233U, Patience);
    s.draw(60, 40, 0x445566);
    QTRY_COMPARE_WITH_TIMEOUT(pixel(*client, 60, 40), 0x445566U, Patience);
    s.resize(100, 80);
    QTRY_COMPARE_WITH_TIMEOUT(picture(*client).size(), QSize(100, 80), Patience);
    s.draw(99, 79, 0x778899);
    QTRY_COMPARE_WITH_TIMEOUT(pixel(*client, 99, 79), 0x778899U, Patience);
    for (int i = 0; i < 200; ++i) {
        s.resize(64 + i % 7 * 8, 48 + i % 5 * 8);
        s.draw(i % 64, i % 48, std::uint32_t(i));
        if (i % 10 == 0)
            QCoreApplication::processEvents();
    }
    s.resize(72, 56);
    s.draw(71, 55, 0xabcdef);
    QTRY_COMPARE_WITH_TIMEOUT(picture(*client).size(), QSize(72, 56), Patience);
    QTRY_COMPARE_WITH_TIMEOUT(pixel(*client, 71, 55), 0xabcdefU, Patience);
}

void TestSpiceProcess::nobodyLooksBeforeTheFirstAndAfterTheLast()
{
    Served s;
    QVERIFY_OK(s.open());
    QVERIFY(s.screen.listener == nullptr);
    auto client = s.connect();
    QTRY_COMPARE_WITH_TIMEOUT(s.server->clients(), 1, Patience);
    QTRY_VERIFY(s.screen.listener != nullptr);
    client.reset();
    QTRY_COMPARE_WITH_TIMEOUT(s.server->clients(), 0, Patience);
    QVERIFY(s.screen.listener == nullptr);
    s.draw(5, 5, 0x102030); // missed, and caught up with
    client = s.connect();
    QTRY_COMPARE_WITH_TIMEOUT(pixel(*client, 5, 5), 0x102030U, Patience);
}

void TestSpiceProcess::severalClientsSeeTheSame()
{
    Served s;
    QVERIFY_OK(s.open());
    auto one = s.connect();
    QTRY_COMPARE_WITH_TIMEOUT(s.server->clients(), 1, Patience);
    auto two = s.connect();
    auto three = s.connect();
    QTRY_COMPARE_WITH_TIMEOUT(s.server->clients(), 3, Patience);
    s.draw(7, 7, 0x0a0b0c);
    for (DisplaySession *client : {one.get(), two.get(), three.get()})
        QTRY_COMPARE_WITH_TIMEOUT(pixel(*client, 7, 7), 0x0a0b0cU, Patience);
    two.reset();
    QTRY_COMPARE_WITH_TIMEOUT(s.server->clients(), 2, Patience);
    s.draw(8, 8, 0x0d0e0f);
    for (DisplaySession *client : {one.get(), three.get()})
        QTRY_COMPARE_WITH_TIMEOUT(pixel(*client, 8, 8), 0x0d0e0fU, Patience);
    one->inputSink().key(0x1e, KeyMotion::Press);
    one->inputSink().key(0x1e, KeyMotion::Release);
    QTRY_COMPARE_WITH_TIMEOUT(s.input.log.filter(QStringLiteral("1e")).size(), 2, Patience);
}

void TestSpiceProcess::keysAndButtonsArrive()
{
    Served s;
    QVERIFY_OK(s.open());
    const auto client = s.connect();
    InputSink &sink = client->inputSink();
    QTRY_COMPARE_WITH_TIMEOUT(int(sink.pointerMode()), int(PointerMode::Absolute), Patience);
    const auto sends = [&](auto send, const QStringList &expected) {
        s.input.take();
        send();
        return QTest::qWaitFor(
            [&] {
                // The lights' state is told in between.
                s.input.log.removeIf([](const QString &one) { return one.startsWith(u"locks"); });
                return s.input.log == expected;
            },
            Patience);
    };
    // The inputs channel comes up a moment after the main one.
    QTRY_VERIFY_WITH_TIMEOUT((sink.key(0x1e, KeyMotion::Press), sink.key(0x1e, KeyMotion::Release),
                              QCoreApplication::processEvents(), !s.input.log.isEmpty()),
                             Patience);
    QTest::qWait(200);
    for (const ScanCode code : {ScanCode(0x1e), ScanCode(0x11d), ScanCode(0x56), ScanCodePause}) {
        const QString name = QString::number(code, 16);
        QVERIFY2(sends(
                     [&] {
                         sink.key(code, KeyMotion::Press);
                         sink.key(code, KeyMotion::Release);
                     },
                     {u'+' + name, u'-' + name}),
                 qPrintable(s.input.log.join(u' ')));
    }
    QVERIFY2(sends([&] { sink.position(20, 30); }, {QStringLiteral("at 20,30")}),
             qPrintable(s.input.log.join(u' ')));
    for (const auto &[button, text] :
         {std::pair{PointerButton::Left, "left"}, std::pair{PointerButton::Middle, "middle"},
          std::pair{PointerButton::Right, "right"}, std::pair{PointerButton::Side, "side"},
          std::pair{PointerButton::Extra, "extra"}, std::pair{PointerButton::WheelUp, "wheelUp"},
          std::pair{PointerButton::WheelDown, "wheelDown"}}) {
        const QString name = QLatin1String(text);
        QVERIFY2(sends(
                     [&, which = button] {
                         sink.button(which, KeyMotion::Press);
                         sink.button(which, KeyMotion::Release);
                     },
                     {u'+' + name, u'-' + name}),
                 qPrintable(s.input.log.join(u' ')));
    }
}

void TestSpiceProcess::aMouseMovesWhereThereIsNoTablet()
{
    Served s;
    s.input.mode = PointerMode::Relative;
    QVERIFY_OK(s.open());
    const auto client = s.connect();
    InputSink &sink = client->inputSink();
    QTRY_VERIFY_WITH_TIMEOUT((sink.motion(3, -2), QCoreApplication::processEvents(),
                              s.input.log.contains(QStringLiteral("by 3,-2"))),
                             Patience);
    QCOMPARE(int(sink.pointerMode()), int(PointerMode::Relative));
    // Its driver starts.
    s.input.mode = PointerMode::Absolute;
    s.input.changed();
    QTRY_COMPARE_WITH_TIMEOUT(int(sink.pointerMode()), int(PointerMode::Absolute), Patience);
    QTRY_VERIFY_WITH_TIMEOUT((sink.position(9, 8), QCoreApplication::processEvents(),
                              s.input.log.contains(QStringLiteral("at 9,8"))),
                             Patience);
    s.input.mode = PointerMode::Relative;
    s.input.changed();
    QTRY_COMPARE_WITH_TIMEOUT(int(sink.pointerMode()), int(PointerMode::Relative), Patience);
}

void TestSpiceProcess::whatAClientHeldIsReleasedWhenItGoes()
{
    Served s;
    QVERIFY_OK(s.open());
    auto client = s.connect();
    QTRY_VERIFY_WITH_TIMEOUT((client->inputSink().key(0x2a, KeyMotion::Press),
                              QCoreApplication::processEvents(),
                              s.input.log.contains(QStringLiteral("+2a"))),
                             Patience);
    QTRY_VERIFY_WITH_TIMEOUT((client->inputSink().button(PointerButton::Left, KeyMotion::Press),
                              QCoreApplication::processEvents(),
                              s.input.log.contains(QStringLiteral("+left"))),
                             Patience);
    client.reset();
    QTRY_VERIFY_WITH_TIMEOUT(s.input.log.contains(QStringLiteral("-2a")), Patience);
    QTRY_VERIFY_WITH_TIMEOUT(s.input.log.contains(QStringLiteral("-left")), Patience);
}

void TestSpiceProcess::lockLightsAreTold()
{
    Served s;
    s.input.lights = LockLights{.capsLock = true};
    QVERIFY_OK(s.open());
    const auto client = s.connect();
    QTRY_VERIFY_WITH_TIMEOUT(client->inputSink().lockLights()
                                 == (LockLights{.capsLock = true}),
                             Patience);
    s.input.lights = LockLights{.numLock = true};
    s.input.changed();
    QTRY_VERIFY_WITH_TIMEOUT(client->inputSink().lockLights() == (LockLights{.numLock = true}),
                             Patience);
}

void TestSpiceProcess::aWrongPasswordSeesNothing()
{
    Served s;
    s.definition.remoteDisplay.password = QStringLiteral("corréct horse");
    QVERIFY_OK(s.open());
    for (const QString &wrong : {QString(), QStringLiteral("mule")}) {
        const auto stranger = s.connect(wrong);
        QSignalSpy closed(stranger.get(), &DisplaySession::closed);
        QVERIFY(closed.wait(Patience));
        QVERIFY(stranger->wantsPassword());
        QVERIFY(stranger->frameSource().frame().isEmpty());
    }
    QCOMPARE(s.server->clients(), 0);
    const auto friendly = s.connect(s.definition.remoteDisplay.password);
    QTRY_COMPARE_WITH_TIMEOUT(picture(*friendly).size(), QSize(64, 48), Patience);
}

void TestSpiceProcess::tlsNeedsTheCertificate()
{
    if (!checkSpiceCertificateTool())
        QSKIP("openssl is not installed");
    Served s;
    s.definition.remoteDisplay.isTlsOn = true;
    QVERIFY(!s.open()); // there is none yet
    std::optional<bool> isMade;
    prepareSpiceCertificate(s.folder.path() + QStringLiteral("/tls"), QStringLiteral("127.0.0.1"),
                            this, [&](Result<> made) { isMade = made.has_value(); });
    QTRY_VERIFY_WITH_TIMEOUT(isMade.has_value(), 60'000);
    QVERIFY(*isMade);
    QVERIFY_OK(s.open(s.folder.path() + QStringLiteral("/tls")));
    QVERIFY(s.server->address().tlsPort > 0);
    QTcpSocket plain; // somebody who knows no better
    plain.connectToHost(QStringLiteral("127.0.0.1"), quint16(s.server->address().tlsPort));
    QVERIFY(plain.waitForConnected(5000));
    plain.write(QByteArray("REDQ").append(12, '\0'));
    QVERIFY(plain.waitForDisconnected(5000));
    const auto client = s.connect();
    QTRY_COMPARE_WITH_TIMEOUT(picture(*client).size(), QSize(64, 48), Patience);
    InputSink &sink = client->inputSink();
    QTRY_COMPARE_WITH_TIMEOUT(int(sink.pointerMode()), int(PointerMode::Absolute), Patience);
    QTest::qWait(500); // the inputs channel comes up a moment after the main one
    s.input.take();
    sink.key(0x1e, KeyMotion::Press);
    sink.key(0x1e, KeyMotion::Release);
    QTRY_COMPARE_WITH_TIMEOUT(s.input.log.filter(QStringLiteral("1e")).size(), 2, Patience);
}

void TestSpiceProcess::aTakenPortIsNamed()
{
    QTcpServer other;
    QVERIFY(other.listen(QHostAddress::LocalHost));
    Served s;
    s.definition.remoteDisplay.ports = QString::number(other.serverPort());
    const Result<> opened = s.open();
    QVERIFY_ERROR(opened, ErrorKind::Busy);
    QVERIFY(opened.error().text().find(std::to_string(other.serverPort())) != std::string::npos);
    other.close();
    QVERIFY_OK(s.open());
}

void TestSpiceProcess::theAgentTalksWithTheClient()
{
    Served s;
    fakes::FakeVdagent agent;
    using Message = fakes::FakeVdagent::Message;
    int connections = 0;
    s.hub.setAgent([&] {
        ++connections;
        return agent.open();
    });
    QVERIFY_OK(s.open());
    QCOMPARE(connections, 0); // the windows' as long as no client comes
    auto client = s.connect();
    display::GuestLink *const link = client->guestLink();
    QVERIFY(link != nullptr);
    QTRY_VERIFY_WITH_TIMEOUT(connections > 0, Patience);
    const auto came = [&](Message type) {
        agent.read();
        return std::any_of(agent.all.cbegin(), agent.all.cend(),
                           [type](const auto &message) { return message.type == type; });
    };
    QTRY_VERIFY_WITH_TIMEOUT(came(Message::AnnounceCapabilities), Patience);
    agent.announce({fakes::FakeVdagent::Capability::ClipboardByDemand,
                    fakes::FakeVdagent::Capability::ClipboardSelection,
                    fakes::FakeVdagent::Capability::MonitorsConfig});
    QTRY_VERIFY_WITH_TIMEOUT(link->abilities().hasAgent, Patience);
    client.reset();
    QTRY_COMPARE_WITH_TIMEOUT(s.server->clients(), 0, Patience);
    // The agent's end of it is over as well.
    const int before = connections;
    client = s.connect();
    QTRY_VERIFY_WITH_TIMEOUT(connections > before, Patience);
    QTRY_VERIFY_WITH_TIMEOUT(came(Message::AnnounceCapabilities), Patience);
}

void TestSpiceProcess::aSocketIsForThisUsersPrograms()
{
    Served machine;
    machine.definition.remoteDisplay.address = QStringLiteral("unix");
    machine.definition.remoteDisplay.password = QStringLiteral("secret");
    machine.options.socket = machine.folder.filePath(QStringLiteral("spice.sock"));
    QVERIFY_OK(machine.open());
    QCOMPARE(machine.server->address().port, 0);
    const auto client = machine.connect(QStringLiteral("secret"));
    machine.draw(3, 4, 0x445566);
    QTRY_COMPARE_WITH_TIMEOUT(pixel(*client, 3, 4), 0x445566u, Patience);
    const auto stranger = machine.connect(QStringLiteral("guess"));
    const QSignalSpy refused(stranger.get(), &DisplaySession::closed);
    QTRY_COMPARE_WITH_TIMEOUT(refused.size(), 1, Patience);
    // At the same place again, where the one that was killed has left its socket.
    ::kill(pid_t(machine.server->processId()), SIGKILL);
    QTRY_VERIFY_WITH_TIMEOUT(machine.server->processId() != 0
                                 && machine.server->processId() != machine.pid,
                             Patience);
    std::unique_ptr<DisplaySession> next;
    QTRY_VERIFY_WITH_TIMEOUT((next = machine.connect(QStringLiteral("secret")),
                              QTest::qWaitFor([&] { return pixel(*next, 3, 4) == 0x445566u; }, 2000)),
                             Patience);
}

void TestSpiceProcess::noiseAtTheDoorHarmsNobody()
{
    Served s;
    QVERIFY_OK(s.open());
    const auto client = s.connect();
    QTRY_COMPARE_WITH_TIMEOUT(picture(*client).size(), QSize(64, 48), Patience);
    const quint16 port = quint16(s.server->address().port);
    for (int i = 0; i < 150; ++i) {
        QTcpSocket noise;
        noise.connectToHost(QStringLiteral("127.0.0.1"), port);
        if (!noise.waitForConnected(1000))
            continue;
        QByteArray bytes(1 + i * 7, char(i * 37));
        if (i % 3 == 0)
            bytes.prepend(QByteArray("REDQ\x02\x00\x00\x00\x02\x00\x00\x00", 12));
        noise.write(bytes);
        noise.waitForBytesWritten(1000);
    }
    s.draw(1, 1, 0x010203);
    QTRY_COMPARE_WITH_TIMEOUT(pixel(*client, 1, 1), 0x010203U, Patience);
    const auto another = s.connect();
    QTRY_COMPARE_WITH_TIMEOUT(pixel(*another, 1, 1), 0x010203U, Patience);
}

void TestSpiceProcess::theEndSendsClientsAway()
{
    Served s;
    QVERIFY_OK(s.open());
    const auto client = s.connect();
    QTRY_COMPARE_WITH_TIMEOUT(picture(*client).size(), QSize(64, 48), Patience);
    QSignalSpy closed(client.get(), &DisplaySession::closed);
    const quint16 port = quint16(s.server->address().port);
    s.server.reset();
    QVERIFY(s.screen.listener == nullptr);
    QVERIFY(::kill(pid_t(s.pid), 0) != 0); // no process is left
    QTRY_COMPARE_WITH_TIMEOUT(closed.count(), 1, Patience);
    QTcpServer next;
    QVERIFY(next.listen(QHostAddress::LocalHost, port));
}

// Every step of the links of a client's channels, and what follows.
void TestSpiceProcess::aClientMayGoAtAnyMoment()
{
    Served s;
    QVERIFY_OK(s.open());
    CuttingRelay relay(quint16(s.server->address().port));
    int cut = 0;
    for (qint64 bytes = 1; bytes < 4000; bytes += 47) {
        relay.cutAfter(bytes);
        const auto early = s.connect({}, relay.port());
        // One that sends fewer goes by itself, when it is up.
        if (!QTest::qWaitFor([&] { return relay.isCut; }, 3000))
            break;
        ++cut;
    }
    QVERIFY2(cut > 12, qPrintable(QString::number(cut)));
    QVERIFY(s.stillServes());
}

void TestSpiceProcess::clientsMayComeAndGoTogether()
{
    Served s;
    QVERIFY_OK(s.open());
    for (int round = 0; round < 40; ++round) {
        auto one = s.connect();
        auto two = s.connect();
        QTest::qWait(round % 20 * 3);
        one.reset();
        QTest::qWait(round % 7);
        if (round % 2 == 0)
            QTRY_VERIFY_WITH_TIMEOUT(s.server->clients() > 0, Patience);
    }
    QTRY_COMPARE_WITH_TIMEOUT(s.server->clients(), 0, Patience);
    QVERIFY(s.stillServes());
}

void TestSpiceProcess::aKilledServerComesBack()
{
    Served s;
    QVERIFY_OK(s.open());
    const SpiceAddress address = s.server->address();
    auto client = s.connect();
    QTRY_COMPARE_WITH_TIMEOUT(picture(*client).size(), QSize(64, 48), Patience);
    client->inputSink().key(0x2a, KeyMotion::Press);
    QTRY_VERIFY_WITH_TIMEOUT((client->inputSink().key(0x2a, KeyMotion::Press),
                              QCoreApplication::processEvents(),
                              s.input.log.contains(QStringLiteral("+2a"))),
                             Patience);
    QSignalSpy closed(client.get(), &DisplaySession::closed);
    QCOMPARE(::kill(pid_t(s.pid), SIGKILL), 0);
    QTRY_COMPARE_WITH_TIMEOUT(closed.count(), 1, Patience);
    QTRY_VERIFY_WITH_TIMEOUT(s.input.log.contains(QStringLiteral("-2a")), Patience);
    QTRY_COMPARE_WITH_TIMEOUT(s.server->clients(), 0, Patience);
    QTRY_VERIFY_WITH_TIMEOUT(s.server->processId() != 0 && s.server->processId() != s.pid,
                             Patience);
    QVERIFY(s.server->address() == address);
    QTRY_VERIFY_WITH_TIMEOUT(
        [&] {
            QTcpSocket probe;
            probe.connectToHost(address.host, quint16(address.port));
            return probe.waitForConnected(1000);
        }(),
        Patience);
    s.pid = s.server->processId();
    QVERIFY(s.stillServes());
    QVERIFY(s.gaveUp.isEmpty());
}

void TestSpiceProcess::itIsNotStartedForEver()
{
    Served s;
    s.options.firstPause = std::chrono::milliseconds(1);
    QVERIFY_OK(s.open());
    const QString port = QString::number(s.server->address().port);
    int killed = 0;
    for (qint64 last = 0; s.gaveUp.isEmpty() && killed < 20;) {
        QTRY_VERIFY_WITH_TIMEOUT(!s.gaveUp.isEmpty()
                                     || (s.server->processId() > 0
                                         && s.server->processId() != last),
                                 Patience);
        if (!s.gaveUp.isEmpty())
            break;
        last = s.server->processId();
        ::kill(pid_t(last), SIGKILL);
        ++killed;
    }
    QCOMPARE(killed, SpiceProcess::MaxRestarts + 1);
    QVERIFY2(s.gaveUp.contains(port), qPrintable(s.gaveUp));
    QCOMPARE(s.server->address().port, 0);
    QCOMPARE(s.server->processId(), 0);
}

void TestSpiceProcess::aProgramThatIsMissingIsNamed()
{
    Served s;
    s.options.program = QStringLiteral("/nowhere/vitrine-spice");
    const Result<> opened = s.open();
    QVERIFY(!opened);
    QVERIFY(opened.error().text().find("vitrine-spice") != std::string::npos);
}

void TestSpiceProcess::theAgentsWishForASizeReachesTheCard()
{
    Served s;
    fakes::FakeVdagent agent;
    s.hub.setAgent([&] { return agent.open(); });
    s.screen.setResizable(true);
    QVERIFY_OK(s.open());
    const auto client = s.connect();
    display::GuestLink *const link = client->guestLink();
    QTRY_COMPARE_WITH_TIMEOUT(picture(*client).size(), QSize(64, 48), Patience);
    agent.announce({fakes::FakeVdagent::Capability::MonitorsConfig});
    QTRY_VERIFY_WITH_TIMEOUT(link->abilities().canResize, Patience);
    link->setMonitors({QRect(0, 0, 1000, 700)});
    QTRY_VERIFY_WITH_TIMEOUT(s.screen.wanted.contains(std::pair(1000, 700)), Patience);
    using Message = fakes::FakeVdagent::Message;
    QTRY_VERIFY_WITH_TIMEOUT(
        (agent.read(), std::any_of(agent.all.cbegin(), agent.all.cend(),
                                   [](const auto &message) {
                                       return message.type == Message::MonitorsConfig;
                                   })),
        Patience);
}

QTEST_MAIN(TestSpiceProcess)
#include "tst_spice_process.moc"
