// SPDX-License-Identifier: GPL-3.0-or-later
// What a SPICE client says on its main channel, byte by byte, with the server's answer played.
#include "display/spice_agent_filter.h"

#include <QtCore/QtEndian>
#include <QtTest/QTest>

using display::SpiceAgentFilter;

namespace {

// Of spice/protocol.h and spice/vd_agent.h, said again so that the test knows them by itself.
enum Capability : quint32 { AuthSelection = 1, AuthSpice = 2, AuthSasl = 4, MiniHeader = 8 };
constexpr quint32 Usual = AuthSelection | AuthSpice | MiniHeader;
constexpr quint16 AgentStart = 106;
constexpr quint16 AgentData = 107;
constexpr quint32 MonitorsConfig = 2;
constexpr quint32 Clipboard = 4;

template <class Value>
QByteArray number(Value value)
{
    QByteArray bytes(sizeof(Value), '\0');
    qToLittleEndian(value, bytes.data());
    return bytes;
}

QByteArray word(quint32 value)
{
    return number(value);
}

QByteArray link(const QByteArray &body)
{
    return "REDQ" + word(2) + word(2) + word(quint32(body.size())) + body;
}

// No channel capability behind the common one.
QByteArray clientLink(quint32 caps)
{
    return link(word(0) + QByteArray("\1\0", 2) + word(1) + word(0) + word(18) + word(caps));
}

QByteArray serverLink(quint32 caps)
{
    return link(word(0) + QByteArray(162, 'k') + word(1) + word(0) + word(178) + word(caps));
}

QByteArray ticket()
{
    return word(1) + QByteArray(128, 't');
}

QByteArray message(quint16 type, const QByteArray &body)
{
    return number(type) + word(quint32(body.size())) + body;
}

QByteArray toAgent(quint32 type, const QByteArray &data)
{
    return word(1) + word(type) + number(quint64(0)) + word(quint32(data.size())) + data;
}

QByteArray monitors(int count, quint32 flags, bool hasSizes)
{
    QByteArray data = word(quint32(count)) + word(flags);
    for (int i = 0; i < count; ++i)
        data += word(600) + word(800) + word(32) + word(0) + word(0);
    if (hasSizes)
        data += QByteArray(count * 4, 'm');
    return message(AgentData, toAgent(MonitorsConfig, data));
}

// In pieces of so many bytes.
QByteArray through(SpiceAgentFilter &filter, const QByteArray &bytes, qsizetype piece)
{
    QByteArray out;
    for (qsizetype at = 0; at < bytes.size(); at += piece)
        out += filter.fromClient(bytes.mid(at, piece));
    return out;
}

} // namespace

class TestSpiceAgentFilter : public QObject
{
    Q_OBJECT

private slots:
    void sizesAreTakenOff_data()
    {
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("piece");
        for (const int count : {1, 2, 16}) {
            for (const int piece : {1, 7, 100, 100'000})
                QTest::addRow("%d monitors in pieces of %d", count, piece) << count << piece;
        }
    }
    void sizesAreTakenOff()
    {
        QFETCH(const int, count);
        QFETCH(const int, piece);
        SpiceAgentFilter filter;
        QCOMPARE(through(filter, clientLink(Usual), piece), clientLink(Usual));
        const QByteArray reply = serverLink(Usual);
        for (qsizetype at = 0; at < reply.size(); at += piece)
            filter.fromServer(reply.mid(at, piece));
        const QByteArray before = message(1, "sync") + message(AgentStart, word(10));
        const QByteArray after = message(105, QByteArray(2, 'x'));
        const QByteArray said =
            ticket() + before + monitors(count, 3, true) + monitors(count, 2, true) + after;
        const QByteArray heard =
            ticket() + before + monitors(count, 1, false) + monitors(count, 0, false) + after;
        QCOMPARE(through(filter, said, piece), heard);
    }
    void theRestIsLeftAlone()
    {
        SpiceAgentFilter filter;
        filter.fromClient(clientLink(Usual));
        filter.fromServer(serverLink(Usual));
        // A clipboard over three messages, whose middle looks like monitors from its first byte on.
        const QByteArray tricky = toAgent(MonitorsConfig, word(1) + word(2) + QByteArray(24, 'p'));
        const QByteArray text = QByteArray(100, 'a') + tricky + QByteArray(100, 'b');
        const QByteArray whole = toAgent(Clipboard, text);
        QByteArray said = ticket() + message(AgentData, whole.first(120))
            + message(AgentData, whole.mid(120, tricky.size()))
            + message(AgentData, whole.mid(120 + tricky.size()));
        // Larger than the library sends; one that is only begun; one that says more than it has.
        said += message(AgentData, toAgent(Clipboard, QByteArray(5000, 'c')));
        said += monitors(2, 1, false);
        said +=
            message(AgentData, toAgent(MonitorsConfig, word(9) + word(2) + QByteArray(24, 'q')));
        said += message(AgentData, toAgent(MonitorsConfig, word(1)));
        said += message(AgentData, "short");
        QCOMPARE(through(filter, said, 100'000), said);
        // What was begun for an agent that has gone does not count for the next one.
        said = message(AgentData, whole.first(120)) + message(AgentStart, word(10));
        QCOMPARE(through(filter, said + monitors(1, 2, true), 50), said + monitors(1, 0, false));
    }
    void unknownPeersGoThrough_data()
    {
        QTest::addColumn<QByteArray>("client");
        QTest::addColumn<QByteArray>("server");
        QTest::addColumn<QByteArray>("mechanism");
        const QByteArray plain = clientLink(Usual);
        QTest::newRow("no mini header of the server's")
            << plain << serverLink(AuthSelection | AuthSpice) << word(1);
        QTest::newRow("no mini header of the client's")
            << clientLink(AuthSelection | AuthSpice) << serverLink(Usual) << word(1);
        QTest::newRow("SASL") << clientLink(Usual | AuthSasl) << serverLink(Usual | AuthSasl)
                              << word(2);
        QTest::newRow("no SPICE") << QByteArray("GET / HTTP/1.1\r\n\r\n") << serverLink(Usual)
                                  << QByteArray();
        QTest::newRow("no SPICE server")
            << plain << QByteArray("HTTP/1.1 400 Bad Request\r\n\r\n") << word(1);
        QTest::newRow("capabilities beyond the message")
            << link(word(0) + QByteArray("\1\0", 2) + word(1) + word(0) + word(4000) + word(Usual))
            << serverLink(Usual) << word(1);
        QTest::newRow("an endless link message")
            << "REDQ" + word(2) + word(2) + word(0xffffffff) << serverLink(Usual) << QByteArray();
    }
    void unknownPeersGoThrough()
    {
        QFETCH(const QByteArray, client);
        QFETCH(const QByteArray, server);
        QFETCH(const QByteArray, mechanism);
        SpiceAgentFilter filter;
        QCOMPARE(filter.fromClient(client), client);
        filter.fromServer(server);
        const QByteArray said = mechanism + QByteArray(128, 't') + monitors(1, 2, true);
        QCOMPARE(through(filter, said, 33), said);
    }
    // Without the choice the ticket comes bare.
    void thereMayBeNoChoiceOfAuthentication()
    {
        SpiceAgentFilter filter;
        filter.fromClient(clientLink(MiniHeader));
        filter.fromServer(serverLink(Usual));
        const QByteArray bare(128, 't');
        QCOMPARE(through(filter, bare + monitors(1, 3, true), 10), bare + monitors(1, 1, false));
    }
};

QTEST_APPLESS_MAIN(TestSpiceAgentFilter)
#include "tst_spice_agent_filter.moc"
