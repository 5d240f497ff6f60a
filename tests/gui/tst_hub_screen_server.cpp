// SPDX-License-Identifier: GPL-3.0-or-later
// A hub's screen served to real SPICE clients, by spice-client-glib.
#include "display/open_display.h"
#include "engine/drivers/hub_screen_server.h"
#include "engine/drivers/spice_server.h"
#include "tests/support/fake_vdagent.h"
#include "tests/support/recording_input.h"
#include "tests/support/shared_screen.h"
#include "tests/support/test_main.h"

#include <QtCore/QTemporaryDir>
#include <QtGui/QImage>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <optional>

using namespace engine;
using display::DisplaySession;

namespace {

constexpr int Patience = 20'000;

QImage picture(DisplaySession &session)
{
    const Frame frame = session.frameSource().frame();
    if (frame.isEmpty() || frame.format != PixelFormat::Xrgb32)
        return {};
    return QImage(frame.pixels, frame.width, frame.height, int(frame.strideBytes),
                  QImage::Format_RGB32)
        .copy();
}

QRgb pixel(DisplaySession &session, int x, int y)
{
    const QImage image = picture(session);
    return image.valid(x, y) ? image.pixel(x, y) & 0xffffff : 1;
}

struct Served
{
    fakes::SharedScreen screen;
    RecordingInputSink input;
    DisplayHub hub;
    MachineDefinition definition;
    QTemporaryDir folder;
    std::unique_ptr<HubScreenServer> server;

    Served()
    {
        definition.name = QStringLiteral("served");
        definition.uuid = QUuid::createUuid();
        definition.remoteDisplay.isEnabled = true;
        hub.setTargets(&screen, &input);
    }
    ~Served() { hub.setTargets(nullptr, nullptr); }

    Result<> open()
    {
        server = TRY(HubScreenServer::open(definition, folder.path(), hub));
        return {};
    }
    std::unique_ptr<DisplaySession> connect(const QString &password = {})
    {
        DisplayEndpoint endpoint;
        endpoint.kind = DisplayEndpoint::Kind::Spice;
        endpoint.spice = server->address();
        endpoint.spice.password = password;
        return display::openDisplay(endpoint);
    }
    void draw(int x, int y, std::uint32_t value)
    {
        screen.draw(x, y, value);
        if (screen.listener != nullptr)
            screen.listener->frameDamaged({x, y, 1, 1});
    }
    void resize(int width, int height)
    {
        screen.width = width;
        screen.height = height;
        if (screen.listener != nullptr)
            screen.listener->frameResized();
    }
};

} // namespace

class TestHubScreenServer : public QObject
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
    void noiseAtTheDoorHarmsNobody();
    void theEndSendsClientsAway();
};

void TestHubScreenServer::thePictureArrivesAndChanges()
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

void TestHubScreenServer::nobodyLooksBeforeTheFirstAndAfterTheLast()
{
    Served s;
    QVERIFY_OK(s.open());
    QVERIFY(s.screen.listener == nullptr);
    auto client = s.connect();
    QTRY_COMPARE_WITH_TIMEOUT(s.server->clients(), 1, Patience);
    QVERIFY(s.screen.listener != nullptr);
    client.reset();
    QTRY_COMPARE_WITH_TIMEOUT(s.server->clients(), 0, Patience);
    QVERIFY(s.screen.listener == nullptr);
    s.draw(5, 5, 0x102030); // missed, and caught up with
    client = s.connect();
    QTRY_COMPARE_WITH_TIMEOUT(pixel(*client, 5, 5), 0x102030U, Patience);
}

void TestHubScreenServer::severalClientsSeeTheSame()
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

void TestHubScreenServer::keysAndButtonsArrive()
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

void TestHubScreenServer::aMouseMovesWhereThereIsNoTablet()
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

void TestHubScreenServer::whatAClientHeldIsReleasedWhenItGoes()
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

void TestHubScreenServer::lockLightsAreTold()
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

void TestHubScreenServer::aWrongPasswordSeesNothing()
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

void TestHubScreenServer::tlsNeedsTheCertificate()
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
    auto server =
        HubScreenServer::open(s.definition, s.folder.path() + QStringLiteral("/tls"), s.hub);
    QVERIFY_OK(server);
    s.server = std::move(*server);
    QVERIFY(s.server->address().tlsPort > 0);
    const auto client = s.connect();
    QTRY_COMPARE_WITH_TIMEOUT(picture(*client).size(), QSize(64, 48), Patience);
}

void TestHubScreenServer::aTakenPortIsNamed()
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

void TestHubScreenServer::theAgentTalksWithTheClient()
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

void TestHubScreenServer::noiseAtTheDoorHarmsNobody()
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

void TestHubScreenServer::theEndSendsClientsAway()
{
    Served s;
    QVERIFY_OK(s.open());
    const auto client = s.connect();
    QTRY_COMPARE_WITH_TIMEOUT(picture(*client).size(), QSize(64, 48), Patience);
    QSignalSpy closed(client.get(), &DisplaySession::closed);
    const quint16 port = quint16(s.server->address().port);
    {
        const auto server = s.server->release();
        QVERIFY(server != nullptr);
    }
    QVERIFY(s.screen.listener == nullptr);
    QTRY_COMPARE_WITH_TIMEOUT(closed.count(), 1, Patience);
    QTcpServer next;
    QVERIFY(next.listen(QHostAddress::LocalHost, port));
}

QTEST_MAIN(TestHubScreenServer)
#include "tst_hub_screen_server.moc"
