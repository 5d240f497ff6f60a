// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connection_model.h"

#include "ui/icons.h"

#include <QtCore/QDateTime>
#include <QtCore/QLocale>

#include <algorithm>

namespace ui {

namespace {

using engine::NetworkConnection;

QString endText(const QString &address, int port)
{
    if (port == 0)
        return address;
    return address.contains(u':') ? QStringLiteral("[%1]:%2").arg(address).arg(port)
                                  : QStringLiteral("%1:%2").arg(address).arg(port);
}

QString protocolText(NetworkConnection::Protocol protocol)
{
    return protocol == NetworkConnection::Protocol::Icmp ? QStringLiteral("ping")
                                                         : engine::protocolName(protocol).toUpper();
}

QString stateText(NetworkConnection::State state)
{
    switch (state) {
    case NetworkConnection::State::Opening:
        return ConnectionModel::tr("Waiting for an answer");
    case NetworkConnection::State::Open:
        return ConnectionModel::tr("Open");
    case NetworkConnection::State::Closing:
        return ConnectionModel::tr("Closing");
    case NetworkConnection::State::Closed:
        return ConnectionModel::tr("Closed");
    case NetworkConnection::State::Refused:
        return ConnectionModel::tr("Refused by rule");
    }
    return {};
}

QString sizeText(quint64 bytes)
{
    return QLocale().formattedDataSize(qint64(bytes), 1, QLocale::DataSizeTraditionalFormat);
}

bool isSameConversation(const NetworkConnection &left, const NetworkConnection &right)
{
    return left.adapter == right.adapter && left.protocol == right.protocol
        && left.guestPort == right.guestPort && left.remotePort == right.remotePort
        && left.guestAddress == right.guestAddress && left.remoteAddress == right.remoteAddress
        && left.sinceMilliseconds == right.sinceMilliseconds;
}

} // namespace

// Both lists have the oldest first, so that rows only go in between and come at the end.
void ConnectionModel::setConnections(const QList<NetworkConnection> &connections)
{
    for (qsizetype row = m_connections.size() - 1; row >= 0; --row) {
        const bool isThere = std::any_of(
            connections.cbegin(), connections.cend(), [&](const NetworkConnection &connection) {
                return isSameConversation(connection, m_connections[row]);
            });
        if (isThere)
            continue;
        beginRemoveRows({}, int(row), int(row));
        m_connections.removeAt(row);
        endRemoveRows();
    }
    for (qsizetype row = 0; row < connections.size(); ++row) {
        const NetworkConnection &connection = connections[row];
        if (row >= m_connections.size() || !isSameConversation(connection, m_connections[row])) {
            beginInsertRows({}, int(row), int(row));
            m_connections.insert(row, connection);
            endInsertRows();
        } else if (m_connections[row] != connection) {
            m_connections[row] = connection;
            emit dataChanged(index(int(row), 0), index(int(row), Columns - 1));
        }
    }
    // What is left over came in another order.
    if (m_connections.size() > connections.size()) {
        beginRemoveRows({}, int(connections.size()), int(m_connections.size()) - 1);
        m_connections.resize(connections.size());
        endRemoveRows();
    }
}

int ConnectionModel::refusedCount() const
{
    return int(std::count_if(m_connections.cbegin(), m_connections.cend(),
                             [](const NetworkConnection &connection) {
                                 return connection.state == NetworkConnection::State::Refused;
                             }));
}

int ConnectionModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_connections.size());
}

int ConnectionModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : Columns;
}

QVariant ConnectionModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= m_connections.size())
        return {};
    const NetworkConnection &connection = m_connections[index.row()];
    if (role == Qt::DecorationRole && index.column() == State
        && connection.state == NetworkConnection::State::Refused)
        return icon(QStringLiteral("dialog-warning"));
    if (role == Qt::TextAlignmentRole && (index.column() == Sent || index.column() == Received))
        return int(Qt::AlignRight | Qt::AlignVCenter);
    const bool isSorting = role == Qt::UserRole;
    if (role != Qt::DisplayRole && !isSorting)
        return {};
    switch (index.column()) {
    case Adapter:
        return connection.adapter + 1;
    case Protocol:
        return protocolText(connection.protocol);
    case State:
        return connection.isIncoming && !isSorting
            ? tr("%1, from outside").arg(stateText(connection.state))
            : stateText(connection.state);
    case Guest:
        return endText(connection.guestAddress, connection.guestPort);
    case Remote:
        return endText(connection.remoteAddress, connection.remotePort);
    case Name:
        return connection.remoteName;
    case Sent:
        return isSorting ? QVariant(connection.sentBytes) : sizeText(connection.sentBytes);
    case Received:
        return isSorting ? QVariant(connection.receivedBytes) : sizeText(connection.receivedBytes);
    case Since:
        return isSorting ? QVariant(connection.sinceMilliseconds)
                         : QLocale().toString(
                             QDateTime::fromMSecsSinceEpoch(connection.sinceMilliseconds).time(),
                             QLocale::LongFormat);
    default:
        return {};
    }
}

QVariant ConnectionModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Adapter:
        return tr("Adapter");
    case Protocol:
        return tr("Protocol");
    case State:
        return tr("State");
    case Guest:
        return tr("Guest");
    case Remote:
        return tr("Other End");
    case Name:
        return tr("Name");
    case Sent:
        return tr("Sent");
    case Received:
        return tr("Received");
    case Since:
        return tr("Since");
    default:
        return {};
    }
}

} // namespace ui
