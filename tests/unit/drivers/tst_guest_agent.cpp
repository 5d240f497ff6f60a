// SPDX-License-Identifier: GPL-3.0-or-later
// Talking to a guest's agent, which the test plays: a good one, a late one, a malicious one.
#include "engine/drivers/guest_agent.h"
#include "tests/support/fake_agent.h"
#include "tests/support/test_main.h"

#include <QtCore/QDateTime>
#include <QtCore/QPointer>
#include <QtTest/QSignalSpy>

using namespace engine;
using namespace std::chrono_literals;
using Answers = QList<Result<QJsonValue>>;

namespace {

void ask(GuestAgent &agent, const QString &command, Answers &answers,
         std::chrono::milliseconds patience = 5s)
{
    agent.execute({.command = command, .patience = patience},
                  [&answers](Result<QJsonValue> answer) { answers.append(std::move(answer)); });
}

} // namespace

class TestGuestAgent final : public QObject
{
    Q_OBJECT
private slots:
    void commandsAreAnsweredInOrder();
    void withoutAnAgentTheRemedyIsNamed();
    void aSilentAgentIsGivenUp();
    void whatWasInTheChannelIsNoAnswer();
    void aLateAnswerIsNotTheNextCommands();
    void nonsenseEndsTheCommandAndNotTheAgent_data();
    void nonsenseEndsTheCommandAndNotTheAgent();
    void anEndlessAnswerIsCutOff();
    void aFloodBeforeTheSyncIsNotKept();
    void unaskedAnswersStartOver();
    void aRefusalKeepsItsWords();
    void aForbiddenCommandIsUnsupported();
    void theGuestsWordsAreTamed();
    void whatEndsTheAgentAnswersEverybody();
    void theObjectMayGoInsideAReply();
    void tooManyCommandsAreRefused();
    void theGuestGetsThisComputersTime();
};

void TestGuestAgent::commandsAreAnsweredInOrder()
{
    fakes::FakeAgent fake;
    fake.answer = [](const QString &command, const QJsonObject &) {
        return fakes::FakeAgent::returned(command);
    };
    GuestAgent agent(fake.opener());
    agent.setPortOpen(true);
    Answers answers;
    for (const char *command : {"one", "two", "three"})
        ask(agent, command, answers);
    QVERIFY(answers.isEmpty()); // not from inside the call
    QTRY_COMPARE(answers.size(), 3);
    QVERIFY_OK(answers[0]);
    QCOMPARE(answers[0]->toString(), "one");
    QCOMPARE(answers[2]->toString(), "three");
    QVERIFY(fake.wasDelimited);
    QCOMPARE(fake.connections, 1);
}

void TestGuestAgent::withoutAnAgentTheRemedyIsNamed()
{
    fakes::FakeAgent fake;
    GuestAgent agent(fake.opener());
    Answers answers;
    ask(agent, "guest-ping", answers);
    QTRY_COMPARE(answers.size(), 1);
    QVERIFY_ERROR(answers[0], ErrorKind::NotFound);
    QVERIFY(answers[0].error().remedy().find("qemu-guest-agent") != std::string::npos);
    QCOMPARE(fake.connections, 0); // nothing stays in the channel for a later agent to do
}

void TestGuestAgent::aSilentAgentIsGivenUp()
{
    fakes::FakeAgent fake;
    fake.isSyncing = false;
    GuestAgent agent(fake.opener(), nullptr, 50ms);
    agent.setPortOpen(true);
    Answers answers;
    ask(agent, "one", answers);
    ask(agent, "two", answers);
    QTRY_COMPARE(answers.size(), 2); // together, not one after the other
    QVERIFY_ERROR(answers[0], ErrorKind::NotFound);
    QVERIFY(fake.commands.isEmpty());
    fake.isSyncing = true;
    ask(agent, "three", answers);
    QTRY_COMPARE(answers.size(), 3);
    QVERIFY_OK(answers[2]);
}

void TestGuestAgent::whatWasInTheChannelIsNoAnswer()
{
    fakes::FakeAgent fake;
    fake.stale =
        QByteArray("{\"return\": 7}\n\xff{\"return\": 8}\n\xff\xff{\"retu\n\xff{\"return\":");
    fake.answer = [](const QString &, const QJsonObject &) {
        return fakes::FakeAgent::returned("mine");
    };
    GuestAgent agent(fake.opener());
    agent.setPortOpen(true);
    Answers answers;
    ask(agent, "one", answers);
    QTRY_COMPARE(answers.size(), 1);
    QVERIFY_OK(answers[0]);
    QCOMPARE(answers[0]->toString(), "mine");
}

void TestGuestAgent::aLateAnswerIsNotTheNextCommands()
{
    fakes::FakeAgent fake;
    fake.answer = [](const QString &command, const QJsonObject &) {
        return command == "slow" ? QByteArray() : fakes::FakeAgent::returned(command);
    };
    GuestAgent agent(fake.opener());
    agent.setPortOpen(true);
    Answers answers;
    ask(agent, "slow", answers, 50ms);
    QTRY_COMPARE(answers.size(), 1);
    QVERIFY_ERROR(answers[0], ErrorKind::Io);
    // What it would have said comes before anything else on the new connection.
    fake.stale = fakes::FakeAgent::returned("slow") + '\n';
    ask(agent, "next", answers);
    QTRY_COMPARE(answers.size(), 2);
    QVERIFY_OK(answers[1]);
    QCOMPARE(answers[1]->toString(), "next");
    QCOMPARE(fake.connections, 2);
}

void TestGuestAgent::nonsenseEndsTheCommandAndNotTheAgent_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("no JSON") << QByteArray("hello");
    QTest::newRow("an array") << QByteArray("[1,2]");
    QTest::newRow("half an object") << QByteArray("{\"return\":");
    QTest::newRow("deep") << QByteArray(100000, '[');
    QTest::newRow("bytes") << QByteArray("\x00\x80\xfe{\"return\":1}", 15);
}

void TestGuestAgent::nonsenseEndsTheCommandAndNotTheAgent()
{
    QFETCH(QByteArray, line);
    fakes::FakeAgent fake;
    fake.answer = [line](const QString &command, const QJsonObject &) {
        return command == "bad" ? line : fakes::FakeAgent::returned(command);
    };
    GuestAgent agent(fake.opener());
    agent.setPortOpen(true);
    Answers answers;
    ask(agent, "bad", answers);
    ask(agent, "good", answers);
    QTRY_COMPARE(answers.size(), 2);
    QVERIFY_ERROR(answers[0], ErrorKind::Corrupt);
    QVERIFY_OK(answers[1]);
    QCOMPARE(fake.connections, 2);
}

void TestGuestAgent::anEndlessAnswerIsCutOff()
{
    fakes::FakeAgent fake;
    fake.answer = [](const QString &command, const QJsonObject &) {
        return command == "long" ? QByteArray(AgentReader::UsualBytes + 1000, ' ')
                                 : fakes::FakeAgent::returned(command);
    };
    GuestAgent agent(fake.opener());
    agent.setPortOpen(true);
    Answers answers;
    ask(agent, "long", answers);
    ask(agent, "good", answers);
    QTRY_COMPARE(answers.size(), 2);
    QVERIFY_ERROR(answers[0], ErrorKind::Corrupt);
    QVERIFY_OK(answers[1]);
}

void TestGuestAgent::aFloodBeforeTheSyncIsNotKept()
{
    AgentReader reader;
    reader.synchronize(5);
    for (int i = 0; i < 64; ++i)
        QVERIFY_OK(reader.feed(QByteArray(64 * 1024, i % 2 == 0 ? 'x' : char(0xff))));
    QVERIFY(!reader.isSynchronized());
    QVERIFY_OK(reader.feed("\xff{\"return\": 5}\n{\"return\": 6}\n"));
    QVERIFY(reader.isSynchronized());
    const auto next = reader.next();
    QVERIFY(next.has_value());
    QVERIFY_OK(*next);
    QCOMPARE((**next)["return"].toInt(), 6);
    QVERIFY(!reader.next().has_value());
}

void TestGuestAgent::unaskedAnswersStartOver()
{
    fakes::FakeAgent fake;
    GuestAgent agent(fake.opener());
    agent.setPortOpen(true);
    Answers answers;
    ask(agent, "one", answers);
    QTRY_COMPARE(answers.size(), 1);
    fake.send("{\"return\": \"trap\"}\n");
    fake.answer = [](const QString &, const QJsonObject &) {
        return fakes::FakeAgent::returned("real");
    };
    // Whichever comes first, the trap is not taken for the answer.
    ask(agent, "two", answers);
    ask(agent, "three", answers);
    QTRY_COMPARE(answers.size(), 3);
    QVERIFY_OK(answers[2]);
    QCOMPARE(answers[2]->toString(), "real");
}

void TestGuestAgent::aRefusalKeepsItsWords()
{
    fakes::FakeAgent fake;
    fake.answer = [](const QString &, const QJsonObject &) {
        return fakes::FakeAgent::refused("failed to open file '/x': No such file or directory.");
    };
    GuestAgent agent(fake.opener());
    agent.setPortOpen(true);
    Answers answers;
    ask(agent, "guest-file-open", answers);
    QTRY_COMPARE(answers.size(), 1);
    QVERIFY_ERROR(answers[0], ErrorKind::Io);
    QCOMPARE(answers[0].error().text(),
             "The guest says: failed to open file '/x': No such file or directory");
}

void TestGuestAgent::aForbiddenCommandIsUnsupported()
{
    fakes::FakeAgent fake;
    fake.answer = [](const QString &, const QJsonObject &) {
        return fakes::FakeAgent::refused("The command guest-exec has been disabled",
                                         "CommandNotFound");
    };
    GuestAgent agent(fake.opener());
    agent.setPortOpen(true);
    Answers answers;
    ask(agent, "guest-exec", answers);
    QTRY_COMPARE(answers.size(), 1);
    QVERIFY_ERROR(answers[0], ErrorKind::Unsupported);
    QVERIFY(answers[0].error().remedy().find("qemu-ga") != std::string::npos);
}

void TestGuestAgent::theGuestsWordsAreTamed()
{
    fakes::FakeAgent fake;
    fake.answer = [](const QString &, const QJsonObject &) {
        return fakes::FakeAgent::refused(QString("\x1b[31mred\n") + QString(100000, 'x'));
    };
    GuestAgent agent(fake.opener());
    agent.setPortOpen(true);
    Answers answers;
    ask(agent, "one", answers);
    QTRY_COMPARE(answers.size(), 1);
    const std::string text = answers[0].error().text();
    QVERIFY2(text.size() < 600, text.c_str());
    QVERIFY(text.find('\x1b') == std::string::npos);
    QVERIFY(text.find('\n') == std::string::npos);
}

void TestGuestAgent::whatEndsTheAgentAnswersEverybody()
{
    fakes::FakeAgent fake;
    fake.answer = [](const QString &, const QJsonObject &) { return QByteArray(); };
    Answers answers;
    {
        GuestAgent agent(fake.opener());
        QSignalSpy changes(&agent, &GuestAgent::portChanged);
        agent.setPortOpen(true);
        ask(agent, "one", answers);
        ask(agent, "two", answers);
        QTRY_COMPARE(fake.commands.size(), 1);
        agent.setPortOpen(false); // its service was stopped
        QCOMPARE(answers.size(), 2);
        QVERIFY_ERROR(answers[1], ErrorKind::NotFound);
        QCOMPARE(changes.size(), 2);
        agent.setPortOpen(true);
        ask(agent, "three", answers);
        QTRY_COMPARE(fake.commands.size(), 2);
        fake.close(); // QEMU has ended
        QTRY_COMPARE(answers.size(), 3);
        ask(agent, "four", answers);
    }
    QCOMPARE(answers.size(), 4);
    QVERIFY_ERROR(answers[3], ErrorKind::Cancelled);
}

void TestGuestAgent::theObjectMayGoInsideAReply()
{
    fakes::FakeAgent fake;
    QPointer<GuestAgent> agent = new GuestAgent(fake.opener());
    agent->setPortOpen(true);
    int answers = 0;
    agent->execute({.command = "one"}, [&](const Result<QJsonValue> &) {
        ++answers;
        delete agent.data();
    });
    agent->execute({.command = "two"}, [&](const Result<QJsonValue> &) { ++answers; });
    QTRY_COMPARE(answers, 2);
    QVERIFY(!agent);
}

void TestGuestAgent::tooManyCommandsAreRefused()
{
    fakes::FakeAgent fake;
    GuestAgent agent(fake.opener());
    agent.setPortOpen(true);
    Answers answers;
    for (int i = 0; i < 300; ++i)
        ask(agent, "one", answers);
    QTRY_COMPARE(answers.size(), 300);
    const auto busy = std::count_if(answers.cbegin(), answers.cend(), [](const auto &answer) {
        return !answer && answer.error().kind() == ErrorKind::Busy;
    });
    QCOMPARE(int(busy), 300 - 256);
}

void TestGuestAgent::theGuestGetsThisComputersTime()
{
    fakes::FakeAgent fake;
    std::optional<qint64> time;
    fake.answer = [&time](const QString &command, const QJsonObject &arguments) {
        if (command == "guest-set-time")
            time = arguments["time"].toInteger();
        return fakes::FakeAgent::returned(QJsonObject());
    };
    GuestAgent agent(fake.opener());
    agent.setPortOpen(true);
    agent.setClock();
    QTRY_VERIFY(time.has_value());
    const qint64 off = *time / 1000000 - QDateTime::currentMSecsSinceEpoch();
    QVERIFY2(qAbs(off) < 60000, qPrintable(QString::number(off)));
}

QTEST_GUILESS_MAIN(TestGuestAgent)

#include "tst_guest_agent.moc"
