// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/driver.h"
#include "engine/drivers/qmp_client.h"
#include "tests/support/fake_qmp_server.h"
#include "tests/support/test_main.h"

#include <QtTest/QSignalSpy>

using namespace engine;
using namespace std::chrono_literals;

namespace {

// Error has no empty value, which QVariant::value() would want.
const Error &errorOf(const QSignalSpy &spy)
{
    return *static_cast<const Error *>(spy[0][0].constData());
}

} // namespace

class TestQmpClient final : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase() { qRegisterMetaType<engine::Error>(); }
    void init() { QTest::failOnWarning(QRegularExpression(".?")); }

    void greetingGivesTheVersion()
    {
        FakeQmpServer server;
        QmpClient client(server.takeClientEnd());
        QSignalSpy ready(&client, &QmpClient::ready);
        server.greet();
        QVERIFY(ready.wait());
        QCOMPARE(client.version(), "7.2.22");
        QVERIFY(client.isReady());
    }

    void commandsWaitForTheGreeting()
    {
        FakeQmpServer server;
        QmpClient client(server.takeClientEnd());
        QString answer;
        client.execute("query-status", {}, [&](const Result<QJsonValue> &result) {
            answer = result ? (*result)["status"].toString() : "error";
        });
        server.greet();
        QTRY_COMPARE(server.requests.size(), 1);
        QCOMPARE(server.requests[0]["execute"].toString(), "query-status");
        QVERIFY(!server.requests[0].contains("arguments"));
        server.send("{\"return\":{\"status\":\"running\"},\"id\":"
                    + QByteArray::number(server.requests[0]["id"].toInt()) + "}\n");
        QTRY_COMPARE(answer, "running");
    }

    void answersFindTheirCommandsInAnyOrder()
    {
        FakeQmpServer server;
        QmpClient client(server.takeClientEnd());
        QStringList answers;
        for (const QString name : {"a", "b"})
            client.execute(name, {{"x", 1}}, [&, name](const Result<QJsonValue> &result) {
                answers.append(name + (result ? result->toString() : ""));
            });
        server.greet();
        QTRY_COMPARE(server.requests.size(), 2);
        const int first = server.requests[0]["id"].toInt();
        const int second = server.requests[1]["id"].toInt();
        server.send("{\"return\":\"2\",\"id\":" + QByteArray::number(second)
                    + "}\n{\"return\":\"1\",\"id\":" + QByteArray::number(first) + "}\n");
        QTRY_COMPARE(answers, QStringList({"b2", "a1"}));
    }

    void jsonSplitAcrossReadsIsPutTogether()
    {
        FakeQmpServer server;
        QmpClient client(server.takeClientEnd());
        QSignalSpy events(&client, &QmpClient::eventReceived);
        QSignalSpy ready(&client, &QmpClient::ready);
        server.greet();
        QVERIFY(ready.wait());
        const QByteArray event =
            "{\"timestamp\":{},\"event\":\"STOP\",\"data\":{\"a\":\"\xc3\xa4\"}}\n";
        for (const char byte : event) {
            server.send(QByteArray(1, byte));
            QCoreApplication::processEvents();
        }
        QTRY_COMPARE(events.size(), 1);
        QCOMPARE(events[0][0].toString(), "STOP");
        QCOMPARE(events[0][1].toJsonObject()["a"].toString(), QString::fromUtf8("\xc3\xa4"));
    }

    void qemusErrorsKeepTheirWordsAndKind()
    {
        FakeQmpServer server;
        QmpClient client(server.takeClientEnd());
        std::optional<Error> error;
        client.execute("x", {}, [&](const Result<QJsonValue> &result) { error = result.error(); });
        server.greet();
        QTRY_COMPARE(server.requests.size(), 1);
        server.send("{\"error\":{\"class\":\"DeviceNotFound\",\"desc\":\"No such drive.\"},\"id\":"
                    + QByteArray::number(server.requests[0]["id"].toInt()) + "}\n");
        QTRY_VERIFY(error.has_value());
        QCOMPARE(int(error->kind()), int(ErrorKind::NotFound));
        QCOMPARE(error->text(), std::string("No such drive"));
    }

    void timeOutNamesCommandAndTime()
    {
        FakeQmpServer server;
        QmpClient client(server.takeClientEnd());
        std::optional<Error> error;
        int answers = 0;
        client.execute(
            "query-status", {},
            [&](const Result<QJsonValue> &result) {
                ++answers;
                if (!result)
                    error = result.error();
            },
            150ms);
        server.greet();
        QTRY_VERIFY(error.has_value());
        QCOMPARE(error->text(), std::string("QEMU did not answer \"query-status\" within 0.15 s"));
        // The late answer is not a second one.
        QTRY_COMPARE(server.requests.size(), 1);
        QSignalSpy events(&client, &QmpClient::eventReceived);
        server.send("{\"return\":{},\"id\":" + QByteArray::number(server.requests[0]["id"].toInt())
                    + "}\n{\"event\":\"X\"}\n");
        QVERIFY(events.wait());
        QCOMPARE(answers, 1);
    }

    void silentServerIsGivenUp()
    {
        FakeQmpServer server;
        QmpClient client(server.takeClientEnd(), nullptr, 100ms);
        QSignalSpy broken(&client, &QmpClient::broken);
        QSignalSpy closed(&client, &QmpClient::closed);
        QVERIFY(broken.wait());
        QVERIFY(QString::fromStdString(errorOf(broken).text()).contains("0.1 s"));
        QCOMPARE(closed.size(), 1);
    }

    void garbageEndsTheConnection()
    {
        FakeQmpServer server;
        QmpClient client(server.takeClientEnd());
        QSignalSpy broken(&client, &QmpClient::broken);
        server.send("Segmentation fault\n");
        QVERIFY(broken.wait());
        QCOMPARE(int(errorOf(broken).kind()), int(ErrorKind::Corrupt));
        QVERIFY(QString::fromStdString(errorOf(broken).text())
                    .contains("Segmentation fault"));
    }

    void hangUpAnswersWhatIsPending()
    {
        FakeQmpServer server;
        QmpClient client(server.takeClientEnd());
        std::optional<Error> error;
        client.execute("quit", {},
                       [&](const Result<QJsonValue> &result) { error = result.error(); });
        QSignalSpy closed(&client, &QmpClient::closed);
        server.greet();
        QTRY_COMPARE(server.requests.size(), 1);
        server.hangUp();
        QTRY_VERIFY(error.has_value());
        QCOMPARE(error->text(),
                 std::string("QEMU closed its control connection before it answered \"quit\""));
        QCOMPARE(closed.size(), 1);
        // And what is asked later is answered, too.
        error.reset();
        client.execute("stop", {},
                       [&](const Result<QJsonValue> &result) { error = result.error(); });
        QVERIFY(!error.has_value());
        QTRY_VERIFY(error.has_value());
    }

    void destructionAnswersWhatIsPending()
    {
        FakeQmpServer server;
        int answers = 0;
        {
            QmpClient client(server.takeClientEnd());
            client.execute("a", {},
                           [&](const Result<QJsonValue> &result) { answers += result ? 100 : 1; });
        }
        QCOMPARE(answers, 1);
    }

    void clientMayBeDeletedInAHandler()
    {
        FakeQmpServer server;
        auto *client = new QmpClient(server.takeClientEnd());
        bool isDeleted = false;
        connect(client, &QmpClient::eventReceived, this, [&] {
            isDeleted = true;
            delete client;
        });
        server.greet();
        server.send("{\"event\":\"A\"}\n{\"event\":\"B\"}\n");
        QTRY_VERIFY(isDeleted);
    }
};

QTEST_GUILESS_MAIN(TestQmpClient)
#include "tst_qmp_client.moc"
