// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/network_json.h"

#include <QtCore/QJsonArray>

#include <algorithm>
#include <optional>

namespace engine {

namespace {

template <class Enum>
std::optional<Enum> fromName(const QJsonValue &value, Enum last, QString (*name)(Enum))
{
    for (int i = 0; i <= int(last); ++i) {
        if (value.toString() == name(Enum(i)))
            return Enum(i);
    }
    return std::nullopt;
}

QJsonObject toJson(const NetworkConnection &connection)
{
    return {{QStringLiteral("adapter"), connection.adapter},
            {QStringLiteral("protocol"), protocolName(connection.protocol)},
            {QStringLiteral("state"), connectionStateName(connection.state)},
            {QStringLiteral("incoming"), connection.isIncoming},
            {QStringLiteral("guestAddress"), connection.guestAddress},
            {QStringLiteral("guestPort"), connection.guestPort},
            {QStringLiteral("remoteAddress"), connection.remoteAddress},
            {QStringLiteral("remotePort"), connection.remotePort},
            {QStringLiteral("remoteName"), connection.remoteName},
            {QStringLiteral("sentBytes"), double(connection.sentBytes)},
            {QStringLiteral("receivedBytes"), double(connection.receivedBytes)},
            {QStringLiteral("since"), double(connection.sinceMilliseconds)}};
}

} // namespace

QJsonObject connectionsToJson(const QList<NetworkConnection> &connections)
{
    QJsonArray array;
    for (const NetworkConnection &connection : connections)
        array.append(toJson(connection));
    return {{QStringLiteral("connections"), array}};
}

QList<NetworkConnection> connectionsFromJson(const QJsonObject &json)
{
    QList<NetworkConnection> connections;
    const QJsonArray array = json[QLatin1String("connections")].toArray();
    for (const QJsonValue &one : array) {
        const auto protocol = fromName(one[QLatin1String("protocol")],
                                       NetworkConnection::Protocol::Icmp, &protocolName);
        const auto state = fromName(one[QLatin1String("state")], NetworkConnection::State::Refused,
                                    &connectionStateName);
        if (!protocol || !state)
            continue;
        NetworkConnection connection;
        connection.adapter = one[QLatin1String("adapter")].toInt();
        connection.protocol = *protocol;
        connection.state = *state;
        connection.isIncoming = one[QLatin1String("incoming")].toBool();
        connection.guestAddress = one[QLatin1String("guestAddress")].toString();
        connection.guestPort = one[QLatin1String("guestPort")].toInt();
        connection.remoteAddress = one[QLatin1String("remoteAddress")].toString();
        connection.remotePort = one[QLatin1String("remotePort")].toInt();
        connection.remoteName = one[QLatin1String("remoteName")].toString();
        const auto count = [&one](QLatin1String key) {
            return quint64(std::max(qint64(0), one[key].toInteger()));
        };
        connection.sentBytes = count(QLatin1String("sentBytes"));
        connection.receivedBytes = count(QLatin1String("receivedBytes"));
        connection.sinceMilliseconds = one[QLatin1String("since")].toInteger();
        connections.append(connection);
    }
    return connections;
}

} // namespace engine
