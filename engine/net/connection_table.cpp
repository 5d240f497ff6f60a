// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/net/connection_table.h"

#include <algorithm>

namespace engine::net {

namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t PortDns = 53;

bool isGroup(const IpAddress &address)
{
    return address.isV6() ? address.bytes()[0] == 0xff : address.bytes()[0] >= 224;
}

// Seeking and handing out addresses is no conversation anybody wants to see.
bool isHousekeeping(const Packet &packet)
{
    if (packet.protocol != IpUdp)
        return false;
    const auto [low, high] = std::minmax(packet.sourcePort, packet.destinationPort);
    return (low == 67 && high == 68) || (low == 546 && high == 547);
}

// How long a silent conversation stays in the list.
Clock::duration patience(const Connection &connection)
{
    switch (connection.state) {
    case Connection::State::Closed:
        return 30s;
    case Connection::State::Refused:
        return 5min;
    case Connection::State::Closing:
        return 2min;
    case Connection::State::Opening:
    case Connection::State::Open:
        break;
    }
    if (connection.protocol == IpUdp)
        return connection.remotePort == PortDns ? 15s : 2min;
    if (connection.protocol == IpIcmp)
        return 30s;
    return connection.state == Connection::State::Opening ? Clock::duration(3min) : 2h;
}

} // namespace

std::size_t ConnectionTable::KeyHash::operator()(const Key &key) const noexcept
{
    const std::hash<IpAddress> address;
    std::size_t hash = address(key.remote) * 31 + address(key.guest);
    hash = hash * 31 + (std::size_t(key.guestPort) << 16 | key.remotePort);
    return hash * 31 + key.protocol;
}

std::optional<ConnectionTable::Key> ConnectionTable::keyOf(const Packet &packet,
                                                           Direction direction)
{
    if (!packet.isIp || !packet.hasTransport || isHousekeeping(packet))
        return std::nullopt;
    Key key;
    const bool isOut = direction == Direction::FromGuest;
    key.guest = isOut ? packet.source : packet.destination;
    key.remote = isOut ? packet.destination : packet.source;
    if (isGroup(key.remote) || isGroup(key.guest))
        return std::nullopt;
    switch (packet.protocol) {
    case IpTcp:
    case IpUdp:
        key.protocol = packet.protocol;
        key.guestPort = isOut ? packet.sourcePort : packet.destinationPort;
        key.remotePort = isOut ? packet.destinationPort : packet.sourcePort;
        return key;
    case IpIcmp:
        if (packet.icmpType != 0 && packet.icmpType != 8)
            return std::nullopt;
        break;
    case IpIcmpV6:
        if (packet.icmpType != 128 && packet.icmpType != 129)
            return std::nullopt;
        break;
    default:
        return std::nullopt;
    }
    key.protocol = IpIcmp;
    key.guestPort = packet.icmpId;
    return key;
}

ConnectionTable::Entry &ConnectionTable::entryFor(const Key &key, Direction direction,
                                                  Clock::time_point now, const DnsNames &names)
{
    const auto found = m_entries.find(key);
    if (found != m_entries.end())
        return found->second;
    if (m_entries.size() >= MaxConnections)
        makeRoom(now);
    Entry &entry = m_entries[key];
    entry.number = ++m_number;
    entry.lastSeen = now;
    Connection &connection = entry.connection;
    connection.protocol = key.protocol;
    connection.guest = key.guest;
    connection.guestPort = key.guestPort;
    connection.remote = key.remote;
    connection.remotePort = key.remotePort;
    connection.isIncoming = direction == Direction::ToGuest;
    connection.remoteName = names.nameOf(key.remote);
    connection.since = std::chrono::system_clock::now();
    return entry;
}

void ConnectionTable::note(const Packet &packet, Direction direction, std::size_t frameBytes,
                           Clock::time_point now, const DnsNames &names)
{
    const auto key = keyOf(packet, direction);
    if (!key)
        return;
    const bool isTcp = packet.protocol == IpTcp;
    const bool isSyn = isTcp && (packet.tcpFlags & (TcpSyn | TcpAck)) == TcpSyn;
    const auto known = m_entries.find(*key);
    if (known != m_entries.end()) {
        const Connection::State state = known->second.connection.state;
        if (state == Connection::State::Refused && direction == Direction::ToGuest) {
            known->second.connection.receivedBytes += frameBytes;
            return;
        }
        // The same ports once more, or a rule that went away: a conversation of its own.
        const bool isOver = state == Connection::State::Refused
            || (state == Connection::State::Closed && (isSyn || !isTcp));
        if (isOver)
            m_entries.erase(known);
    } else if (isTcp && (packet.tcpFlags & TcpReset) != 0) {
        return; // the end of something never seen
    }
    Entry &entry = entryFor(*key, direction, now, names);
    Connection &connection = entry.connection;
    entry.lastSeen = now;
    (direction == Direction::FromGuest ? connection.sentBytes : connection.receivedBytes) +=
        frameBytes;
    const bool isFromStarter = connection.isIncoming == (direction == Direction::ToGuest);
    if (!isTcp) {
        if (!isFromStarter)
            connection.state = Connection::State::Open;
        return;
    }
    if ((packet.tcpFlags & TcpReset) != 0) {
        connection.state = Connection::State::Closed;
        return;
    }
    if (connection.state == Connection::State::Opening && !isSyn
        && (!isFromStarter || packet.tcpPayloadBytes > 0))
        connection.state = Connection::State::Open;
    if ((packet.tcpFlags & TcpFin) != 0) {
        (direction == Direction::FromGuest ? entry.hasGuestEnded : entry.hasRemoteEnded) = true;
        connection.state = entry.hasGuestEnded && entry.hasRemoteEnded ? Connection::State::Closed
                                                                       : Connection::State::Closing;
    }
}

bool ConnectionTable::refuse(const Packet &packet, std::size_t frameBytes, Clock::time_point now,
                             const DnsNames &names, const std::string &name)
{
    const auto key = keyOf(packet, Direction::FromGuest);
    if (!key)
        return false;
    const auto known = m_entries.find(*key);
    const bool wasGoingOn = known != m_entries.end()
        && known->second.connection.state != Connection::State::Refused
        && known->second.connection.state != Connection::State::Closed;
    Entry &entry = entryFor(*key, Direction::FromGuest, now, names);
    entry.lastSeen = now;
    entry.connection.state = Connection::State::Refused;
    entry.connection.sentBytes += frameBytes;
    if (!name.empty())
        entry.connection.remoteName = name;
    return wasGoingOn;
}

bool ConnectionTable::isRefused(const Packet &packet, Direction direction) const
{
    const auto key = keyOf(packet, direction);
    const auto found = key ? m_entries.find(*key) : m_entries.end();
    return found != m_entries.end() && found->second.connection.state == Connection::State::Refused;
}

bool ConnectionTable::isIncoming(const Packet &packet, Direction direction) const
{
    const auto key = keyOf(packet, direction);
    const auto found = key ? m_entries.find(*key) : m_entries.end();
    return found != m_entries.end() && found->second.connection.isIncoming
        && found->second.connection.state != Connection::State::Closed;
}

std::vector<Connection> ConnectionTable::list(Clock::time_point now)
{
    forgetOld(now);
    std::vector<const Entry *> entries;
    for (const auto &[key, entry] : m_entries)
        entries.push_back(&entry);
    std::sort(entries.begin(), entries.end(),
              [](const Entry *left, const Entry *right) { return left->number < right->number; });
    std::vector<Connection> connections;
    for (const Entry *entry : entries)
        connections.push_back(entry->connection);
    return connections;
}

void ConnectionTable::forgetOld(Clock::time_point now)
{
    std::erase_if(m_entries, [now](const auto &item) {
        return now - item.second.lastSeen > patience(item.second.connection);
    });
}

// A quarter at once, so that a guest that opens one after the other does not make every frame
// search the whole table.
void ConnectionTable::makeRoom(Clock::time_point now)
{
    forgetOld(now);
    constexpr std::size_t Wanted = MaxConnections - MaxConnections / 4;
    if (m_entries.size() <= Wanted)
        return;
    struct Candidate
    {
        bool isAlive;
        Clock::time_point lastSeen;
        Key key;
    };
    std::vector<Candidate> candidates;
    for (const auto &[key, entry] : m_entries) {
        const Connection::State state = entry.connection.state;
        candidates.push_back({state == Connection::State::Open, entry.lastSeen, key});
    }
    const auto end = candidates.begin() + std::ptrdiff_t(m_entries.size() - Wanted);
    std::nth_element(candidates.begin(), end, candidates.end(),
                     [](const Candidate &left, const Candidate &right) {
                         return std::pair(left.isAlive, left.lastSeen)
                             < std::pair(right.isAlive, right.lastSeen);
                     });
    for (auto it = candidates.begin(); it != end; ++it)
        m_entries.erase(it->key);
}

} // namespace engine::net
