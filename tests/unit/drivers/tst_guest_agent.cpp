// SPDX-License-Identifier: GPL-3.0-or-later
// Setting a guest's clock, with a guest agent played by the test.
#include "engine/drivers/guest_agent.h"
#include "tests/support/test_main.h"

#include <QtCore/QDateTime>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QTemporaryDir>
#include <QtNetwork/QLocalServer>
#include <QtNetwork/QLocalSocket>

namespace {

constexpr char Delimiter = char(0xff);

class FakeAgent final : public QObject
{
public:
    FakeAgent()
    {
        m_server.listen(path());
        connect(&m_server, &QLocalServer::newConnection, this, [this] {
            m_socket = m_server.nextPendingConnection();
            connect(m_socket, &QLocalSocket::disconnected, this, [this] { isLeft = true; });
            connect(m_socket, &QLocalSocket::readyRead, this, [this] { read(); });
        });
    }
    QString path() const { return m_folder.filePath("agent.sock"); }

    QByteArray stale; // what an earlier question left in the line
    bool isRefusing = false;
    bool wasDelimited = false;
    QJsonObject setTime; // the arguments
    bool isLeft = false;

private:
    void read()
    {
        while (m_socket->canReadLine()) {
            QByteArray line = m_socket->readLine();
            wasDelimited = wasDelimited || line.startsWith(Delimiter);
            line = line.mid(line.lastIndexOf(Delimiter) + 1);
            const QJsonObject request = QJsonDocument::fromJson(line).object();
            const QJsonObject arguments = request["arguments"].toObject();
            if (request["execute"] == "guest-sync-delimited") {
                m_socket->write(stale + Delimiter
                                + QJsonDocument(QJsonObject{{"return", arguments["id"]}})
                                      .toJson(QJsonDocument::Compact)
                                + '\n');
            } else if (request["execute"] == "guest-set-time") {
                setTime = arguments;
                m_socket->write(isRefusing ? "{\"error\":{\"class\":\"GenericError\",\"desc\":"
                                             "\"not allowed\"}}\n"
                                           : "{\"return\":{}}\n");
            }
        }
    }

    QTemporaryDir m_folder;
    QLocalServer m_server;
    QLocalSocket *m_socket = nullptr;
};

} // namespace

class TestGuestAgent final : public QObject
{
    Q_OBJECT
private slots:
    void theGuestGetsThisComputersTime()
    {
        FakeAgent agent;
        agent.stale = "{\"return\": 7}\n{\"return\":"; // half an answer to somebody else
        engine::setGuestClock(agent.path(), this);
        QTRY_VERIFY(agent.setTime.contains("time"));
        QVERIFY(agent.wasDelimited);
        const qint64 off =
            agent.setTime["time"].toInteger() / 1000000 - QDateTime::currentMSecsSinceEpoch();
        QVERIFY2(qAbs(off) < 60000, qPrintable(QString::number(off)));
        QTRY_VERIFY(agent.isLeft);
    }

    void aRefusalIsTheEndOfIt()
    {
        FakeAgent agent;
        agent.isRefusing = true;
        engine::setGuestClock(agent.path(), this);
        QTRY_VERIFY(agent.isLeft);
        QVERIFY(agent.setTime.contains("time"));
    }

    void aSocketThatIsNotThereIsNoTrouble()
    {
        QObject context;
        engine::setGuestClock("/nowhere/agent.sock", &context);
        QTRY_VERIFY(context.children().isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestGuestAgent)

#include "tst_guest_agent.moc"
