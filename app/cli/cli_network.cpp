// SPDX-License-Identifier: GPL-3.0-or-later
// network
#include "app/cli/verbs.h"
#include "engine/control/network_json.h"

#include <QtCore/QDateTime>
#include <QtCore/QJsonArray>
#include <QtCore/QLocale>

namespace app {

using namespace engine;

namespace {

QString endText(const QString &address, int port)
{
    if (port == 0)
        return address;
    const QString host =
        address.contains(QLatin1Char(':')) ? QStringLiteral("[%1]").arg(address) : address;
    return QStringLiteral("%1:%2").arg(host).arg(port);
}

QString sizeText(quint64 bytes)
{
    return QLocale::c().formattedDataSize(qint64(bytes), 1);
}

QStringList columns(const NetworkConnection &connection)
{
    const QString remote = endText(connection.remoteAddress, connection.remotePort);
    return {QString::number(connection.adapter + 1),
            protocolName(connection.protocol),
            connection.state == NetworkConnection::State::Refused
                ? QStringLiteral("refused by rule")
                : connectionStateName(connection.state),
            endText(connection.guestAddress, connection.guestPort),
            connection.isIncoming ? QStringLiteral("<-") : QStringLiteral("->"),
            connection.remoteName.isEmpty()
                ? remote
                : QStringLiteral("%1 (%2)").arg(remote, connection.remoteName),
            sizeText(connection.sentBytes),
            sizeText(connection.receivedBytes),
            QDateTime::fromMSecsSinceEpoch(connection.sinceMilliseconds)
                .toString(QStringLiteral("hh:mm:ss"))};
}

QString tableText(const QList<NetworkConnection> &connections)
{
    QList<QStringList> rows{{QStringLiteral("NIC"), QStringLiteral("PROTOCOL"),
                             QStringLiteral("STATE"), QStringLiteral("GUEST"), QString(),
                             QStringLiteral("OTHER END"), QStringLiteral("SENT"),
                             QStringLiteral("RECEIVED"), QStringLiteral("SINCE")}};
    for (const NetworkConnection &connection : connections)
        rows.append(columns(connection));
    QList<qsizetype> widths(rows.first().size());
    for (const QStringList &row : std::as_const(rows))
        for (qsizetype i = 0; i < row.size(); ++i)
            widths[i] = qMax(widths[i], row[i].size());
    QString text;
    for (const QStringList &row : std::as_const(rows)) {
        QString line;
        for (qsizetype i = 0; i < row.size(); ++i)
            line += row[i].leftJustified(int(widths[i]) + 2);
        text += line.trimmed() + QLatin1Char('\n');
    }
    return text;
}

Outcome showConnections(Session &session, const Arguments &arguments)
{
    if (arguments.words.at(1) != QLatin1String("connections"))
        return Outcome::syntax(QStringLiteral("Unknown word \"%1\": connections is what there is")
                                   .arg(arguments.words.at(1)));
    const MachineEntry entry = TRY(session.machine(arguments.words.first()));
    ControlClient client;
    const Outcome connected = session.connect(entry, client);
    if (!connected.isGood())
        return connected;
    const QJsonObject answer = TRY(client.callAndWait(QStringLiteral("network.connections")));
    if (session.isJson())
        session.output().json(answer[QLatin1String("connections")].toArray());
    else
        session.output().print(tableText(connectionsFromJson(answer)));
    return {};
}

constexpr Verb Verbs[] = {
    {.name = "network",
     .aliases = "",
     .summary = "Show whom a running machine is talking to",
     .usage = "<machine> connections [--json]",
     .help = "One line for each conversation of the guest's, and for each that a rule refused\n"
             "(modifyvm --nic-egress<N>, controlvm nicegress<N>). What has ended stays for a\n"
             "while. Names are those that the guest asked for by DNS; <- marks conversations\n"
             "that the other end began, through a port forward for one.",
     .options = {},
     .minimumWords = 2,
     .maximumWords = 2,
     .literalAfter = -1,
     .run = showConnections},
};

} // namespace

std::span<const Verb> networkVerbs()
{
    return Verbs;
}

} // namespace app
