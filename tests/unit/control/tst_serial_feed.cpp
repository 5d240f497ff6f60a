// SPDX-License-Identifier: GPL-3.0-or-later
// A machine's serial port in its windows: over a real control socket, with an engine's socket at
// the other end.
#include "engine/control/serial_client.h"
#include "engine/control/serial_feed.h"
#include "engine/drivers/serial_socket.h"
#include "engine/machine/qt_text.h"
#include "tests/support/running_machine.h"

#include <QtCore/QDir>
#include <QtNetwork/QLocalSocket>
#include <QtTest/QSignalSpy>

using namespace engine;

namespace {

MachineDefinition withPorts()
{
    MachineDefinition definition = fakes::RunningMachine::sampleDefinition();
    definition.serialPorts = {
        {.isEnabled = true}, {.isEnabled = true, .mode = SerialMode::File, .path = "log"}, {}};
    return definition;
}

// Connects to COM1's place as a driver would.
struct Machine
{
    Machine()
    {
        running.open("headless");
        path = serialSocketPath(paths::runFolder(running.entry().definition.uuid), 0);
        guest.connectToServer(path);
        engine::check(guest.waitForConnected(5000), "nobody listens at the port");
    }
    ~Machine() { running.close(); }

    void print(const QByteArray &bytes)
    {
        guest.write(bytes);
        guest.flush();
    }

    fakes::RunningMachine running{withPorts()};
    QString path;
    QLocalSocket guest;
};

struct Window
{
    explicit Window(Machine &machine, int port = 0)
        : client(machine.running.socketPath(), port)
    {
        QObject::connect(&client, &SerialClient::received, &client,
                         [this](const QByteArray &bytes, SerialText kind) {
                             (kind == SerialText::New ? fresh : remembered) += bytes;
                             text += bytes;
                         });
    }

    QByteArray remembered;
    QByteArray fresh;
    QByteArray text;
    SerialClient client;
    QSignalSpy closed{&client, &SerialClient::closed};
};

} // namespace

class TestSerialFeed final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theStatusNamesThePorts()
    {
        Machine machine;
        ControlClient client;
        client.connectTo(machine.running.socketPath());
        QTRY_COMPARE(client.status().serialPorts.size(), 3);
        QVERIFY(isForWindows(client.status().serialPorts[0]));
        QVERIFY(!isForWindows(client.status().serialPorts[1])); // a file's
        QVERIFY(!isForWindows(client.status().serialPorts[2])); // not there
    }

    void aPlaceWhereNobodyCanListenIsSaid()
    {
        fakes::RunningMachine running{withPorts()};
        running.open("headless", false);
        const QString folder = paths::runFolder(running.entry().definition.uuid);
        QVERIFY(QDir(folder).mkpath("serial1.sock/occupied"));
        QString said;
        QObject::connect(&running.session(), &MachineSession::failed, &running.session(),
                         [&said](const Error &error) { said = errorText(error); });
        running.session().start();
        QVERIFY2(said.contains("COM1"), qPrintable(said));
        QVERIFY(running.driver().calls.isEmpty());
        running.close();
    }

    void oneEngineAtATime()
    {
        Machine machine;
        machine.print("first ");
        Window window(machine);
        QTRY_COMPARE(window.text, QByteArray("first "));
        QLocalSocket other;
        other.connectToServer(machine.path);
        QTRY_COMPARE(other.state(), QLocalSocket::UnconnectedState); // and out again
        machine.print("again");
        QTRY_COMPARE(window.text, QByteArray("first again"));
        machine.guest.abort();
        // Refused until it is noticed that the one before has gone.
        const auto isBack = [&] {
            if (machine.guest.state() == QLocalSocket::UnconnectedState) {
                machine.guest.connectToServer(machine.path);
                if (machine.guest.waitForConnected())
                    machine.print(" and back");
            }
            return window.text.endsWith("back");
        };
        QTRY_VERIFY(isBack());
        QCOMPARE(window.text, QByteArray("first again and back"));
    }

    void whoComesLateSeesWhatWasSent()
    {
        Machine machine;
        machine.print("Booting\r\nlogin: ");
        Window first(machine);
        QTRY_COMPARE(first.text, QByteArray("Booting\r\nlogin: "));
        Window second(machine);
        QTRY_COMPARE(second.text, QByteArray("Booting\r\nlogin: "));
        machine.print("!");
        QTRY_COMPARE(first.text, QByteArray("Booting\r\nlogin: !"));
        QTRY_COMPARE(second.text, QByteArray("Booting\r\nlogin: !"));
        QCOMPARE(second.remembered, QByteArray("Booting\r\nlogin: "));
        QCOMPARE(second.fresh, QByteArray("!"));
    }

    void theLastWordsArrive()
    {
        Machine machine;
        Window window(machine);
        machine.print(QByteArray(100'000, '.'));
        machine.print("Power down.");
        machine.guest.disconnectFromServer();
        QTRY_VERIFY(window.text.endsWith("Power down."));
        QCOMPARE(window.text.size(), 100'011);
    }

    void whatIsTypedReachesTheGuest()
    {
        Machine machine;
        machine.print("login: ");
        Window window(machine);
        QTRY_COMPARE(window.text, QByteArray("login: "));
        window.client.type("root\r");
        QTRY_COMPARE(machine.guest.bytesAvailable(), qint64(5));
        QCOMPARE(machine.guest.readAll(), QByteArray("root\r"));
    }

    void onlyTheNewestIsRemembered()
    {
        Machine machine;
        QByteArray all;
        for (int i = 0; i < 900; ++i) {
            const QByteArray line = QByteArray(997, 'x') + QByteArray::number(100 + i) + '\n';
            all += line;
            machine.print(line);
            if (i % 20 == 0)
                QTest::qWait(0);
        }
        QTRY_COMPARE(machine.guest.bytesToWrite(), qint64(0));
        Window window(machine);
        QTRY_VERIFY(window.text.endsWith("999\n"));
        QVERIFY(window.text.size() >= SerialFeed::MaxText);
        QVERIFY(window.text.size() < 2 * SerialFeed::MaxText);
        QVERIFY(window.text.startsWith('x')); // a line's begin
        QVERIFY(all.endsWith('\n' + window.text));
    }

    void aWindowThatDoesNotReadHoldsNobodyUp()
    {
        Machine machine;
        QLocalSocket deaf;
        deaf.setReadBufferSize(1024);
        deaf.connectToServer(machine.running.socketPath());
        QTRY_VERIFY(deaf.state() == QLocalSocket::ConnectedState);
        deaf.write("{\"id\":1,\"method\":\"serial.open\",\"params\":{\"port\":0}}\n");
        Window window(machine);
        machine.print("begin");
        QTRY_VERIFY(window.text.endsWith("begin"));
        for (int i = 0; i < 2000; ++i) {
            machine.print(QByteArray(1000, 'y'));
            if (i % 10 == 0)
                QTest::qWait(0);
        }
        machine.print("end");
        QTRY_VERIFY(window.text.endsWith("end"));
    }

    void noOtherPortIsOpened_data()
    {
        QTest::addColumn<int>("port");
        for (const int port : {-1, 1, 2, 3, 1000})
            QTest::addRow("%d", port) << port;
    }
    void noOtherPortIsOpened()
    {
        QFETCH(int, port);
        Machine machine;
        Window window(machine, port);
        QTRY_COMPARE(window.closed.size(), 1);
        QVERIFY(window.closed.first().first().toString().contains("no such serial port"));
    }

    void theEndOfTheMachineIsTold()
    {
        auto machine = std::make_unique<Machine>();
        Window window(*machine);
        machine->print("x");
        QTRY_COMPARE(window.text, QByteArray("x"));
        machine.reset();
        QTRY_COMPARE(window.closed.size(), 1);
        QCOMPARE(window.closed.first().first().toString(), QString());
    }
};

QTEST_GUILESS_MAIN(TestSerialFeed)
#include "tst_serial_feed.moc"
