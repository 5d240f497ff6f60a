// SPDX-License-Identifier: GPL-3.0-or-later
// Who speaks with a machine of the built-in engine: agents in its guest, clients of its screen.
#include "tests/support/kvm_driver_fixture.h"

using namespace engine;
using namespace std::chrono_literals;
using fakes::GuestEnd;
using Fixture = fakes::KvmDriverFixture;

class TestKvmAgents final : public QObject
{
    Q_OBJECT
private slots:
    void theGuestsAgentIsAskedByItsPort()
    {
        Fixture f;
        QVERIFY(f.run());
        QVERIFY(f.driver->supports(Feature::GuestAgent).isAvailable);
        QCOMPARE(f.machine.config.ports.size(), std::size_t(2));
        QCOMPARE(f.machine.config.ports[1].name, std::string("org.qemu.guest_agent.0"));
        GuestEnd guest(*f.machine.config.ports[1].backend);
        QVERIFY(!f.driver->guestAgent()->isPortOpen());
        guest.backend.setGuestOpen(true);
        QTRY_VERIFY(f.driver->guestAgent()->isPortOpen());
        QString answer;
        f.driver->guestAgent()->execute(
            {"guest-ping"}, [&answer](const Result<QJsonValue> &result) {
                answer = result ? "ok" : QString::fromStdString(result.error().text());
            });
        QTRY_VERIFY(guest.take().contains("guest-sync-delimited"));
        const QByteArray token = guest.all.mid(guest.all.indexOf("\"id\":") + 5).split('}').first();
        guest.say("\xff{\"return\": " + token + "}\n");
        QTRY_VERIFY(guest.take().contains("guest-ping"));
        guest.say("{\"return\": {}}\n");
        QTRY_COMPARE(answer, "ok");
        guest.backend.setGuestOpen(false);
        QTRY_VERIFY(!f.driver->guestAgent()->isPortOpen());
        f.driver->guestAgent()->execute(
            {"guest-ping"}, [&answer](const Result<QJsonValue> &result) {
                answer = result ? "ok" : QString::fromStdString(result.error().text());
            });
        QTRY_COMPARE(answer, "No guest agent answers in the machine");
    }

    void theDesktopsAgentSpeaksWithTheNewestWindow()
    {
        Fixture f;
        QVERIFY(f.run());
        QVERIFY(f.driver->supports(Feature::Clipboard).isAvailable);
        QCOMPARE(f.machine.config.ports[0].name, std::string("com.redhat.spice.0"));
        GuestEnd guest(*f.machine.config.ports[0].backend);
        struct Window
        {
            explicit Window(DisplayHub &hub)
                : view(hub.makeView())
            {
                view.agent->setTaker([this](Fd fd) { stream = std::move(fd), ++times; });
            }
            // One message of the type and nothing else.
            bool hears(char type)
            {
                std::array<char, 100> got = {};
                return ::recv(stream.get(), got.data(), got.size(), MSG_DONTWAIT) == 20
                    && got[4] == type;
            }
            DisplayHub::View view;
            Fd stream;
            int times = 0;
        };
        const auto message = [](char type) {
            return QByteArray("\1\0\0\0\x14\0\0\0\1\0\0\0", 12) + type + QByteArray(15, '\0');
        };
        Window first(*f.driver->display().hub);
        QCOMPARE(first.times, 0);
        guest.backend.setGuestOpen(true);
        QTRY_COMPARE(first.times, 1);
        guest.say(message(6));
        QVERIFY(first.hears(6));
        {
            Window second(*f.driver->display().hub);
            QCOMPARE(second.times, 1);
            guest.say(message(7));
            QVERIFY(second.hears(7));
        }
        QCOMPARE(first.times, 2);
        guest.say(message(8));
        QVERIFY(first.hears(8));
        guest.backend.setGuestOpen(false);
        QTRY_COMPARE(f.driver->state(), Driver::State::Running);
        char byte = 0;
        QCOMPARE(::recv(first.stream.get(), &byte, 1, MSG_DONTWAIT), ssize_t(0));
    }

    void theScreenIsOfferedToClientsWhileTheMachineRuns()
    {
        Fixture f;
        f.definition.remoteDisplay.isEnabled = true;
        f.start();
        QTRY_COMPARE_WITH_TIMEOUT(f.driver->state(), Driver::State::Running, 30'000);
        QCOMPARE(f.driver->display().kind, DisplayEndpoint::Kind::InProcess);
        const SpiceAddress address = f.driver->display().spice;
        QVERIFY(address.port > 0);
        QTcpSocket client;
        client.connectToHost(address.host, quint16(address.port));
        QVERIFY(client.waitForConnected());
        f.driver->powerOff(f.reply());
        QVERIFY(f.isAnswered());
        QTcpServer next; // the port is free again
        QTRY_VERIFY(next.isListening()
                    || next.listen(QHostAddress::LocalHost, quint16(address.port)));
        QCOMPARE(f.driver->display().spice.port, 0);
    }

    void theScreenIsOfferedOtherwiseAtAnyTime()
    {
        Fixture f;
        QVERIFY(f.run());
        QVERIFY(f.driver->supports(Feature::RemoteDisplayChange).isAvailable);
        QCOMPARE(f.driver->display().spice.port, 0);
        const auto change = [&f](const RemoteDisplay &remote) {
            f.driver->setRemoteDisplay(remote, f.reply());
            return QTest::qWaitFor([&f] { return f.answers > 0; }, 30'000) && f.answers == 1;
        };
        QVERIFY(change({.isEnabled = true}));
        QCOMPARE(f.answer, "ok");
        const int first = f.driver->display().spice.port;
        QVERIFY(first > 0);
        // A port that is taken: as before.
        QTcpServer other;
        QVERIFY(other.listen(QHostAddress::LocalHost));
        const QString taken = QString::number(other.serverPort());
        QVERIFY(change({.isEnabled = true, .ports = taken}));
        QVERIFY2(f.answer.contains(taken), qPrintable(f.answer));
        QTRY_VERIFY_WITH_TIMEOUT(f.driver->display().spice.port > 0, 30'000);
        // The next of a range.
        QVERIFY(change({.isEnabled = true,
                        .ports = QStringLiteral("%1,%2").arg(taken).arg(first)}));
        QCOMPARE(f.answer, "ok");
        QCOMPARE(f.driver->display().spice.port, first);
        QVERIFY(change({}));
        QCOMPARE(f.driver->display().spice.port, 0);
        QTcpServer next;
        QVERIFY(next.listen(QHostAddress::LocalHost, quint16(first)));
        QCOMPARE(f.driver->state(), Driver::State::Running);
    }

    void whoEndsWhileItsScreenIsChangedAnswers()
    {
        Fixture f;
        QVERIFY(f.run());
        int answers = 0;
        f.driver->setRemoteDisplay({.isEnabled = true}, [&answers](const Result<> &) { ++answers; });
        Result<> second;
        f.driver->setRemoteDisplay({}, [&second](Result<> result) { second = std::move(result); });
        f.driver->powerOff(f.reply());
        QVERIFY(f.isAnswered());
        QTRY_COMPARE(answers, 1);
        QVERIFY_ERROR(second, ErrorKind::Busy);
    }

    void aTakenPortIsToldBeforeTheMachineIsMade()
    {
        QTcpServer other;
        QVERIFY(other.listen(QHostAddress::LocalHost));
        Fixture f;
        f.definition.remoteDisplay = {.isEnabled = true,
                                      .ports = QString::number(other.serverPort())};
        f.start();
        QVERIFY(f.waitFor(Driver::State::Off));
        QVERIFY2(f.errorLine().contains(QString::number(other.serverPort())),
                 qPrintable(f.errorLine()));
        QVERIFY(!f.machine.has("make"));
    }

    void withoutAnotherVirtioDeviceThereAreNoPorts()
    {
        Fixture f;
        f.definition.adapters.clear();
        QVERIFY(f.run());
        QVERIFY(f.machine.config.ports.empty());
        QVERIFY(!f.driver->supports(Feature::GuestAgent).isAvailable);
        QVERIFY(f.driver->supports(Feature::Clipboard).reason.contains("from its next start on"));
        QVERIFY(f.driver->guestAgent() == nullptr);
    }
};

QTEST_GUILESS_MAIN(TestKvmAgents)
#include "tst_kvm_agents.moc"
