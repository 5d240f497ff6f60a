// SPDX-License-Identifier: GPL-3.0-or-later
// The guest's conversations, told from the frames that pass. Bounded: a guest that opens more than
// MaxConnections loses the oldest ended or idle ones from the list, not from the network. The
// network thread's.
#pragma once

#include "engine/net/dns_names.h"
#include "engine/net/packet.h"

#include <chrono>
#include <unordered_map>

namespace engine::net {

enum class Direction { FromGuest, ToGuest };

struct Connection
{
    enum class State { Opening, Open, Closing, Closed, Refused };

    std::uint8_t protocol = IpTcp; // IpTcp, IpUdp, IpIcmp (of both families)
    IpAddress guest;
    IpAddress remote;
    std::uint16_t guestPort = 0; // ICMP: the number of the echo
    std::uint16_t remotePort = 0;
    State state = State::Opening;
    bool isIncoming = false; // the other end began it
    std::string remoteName;
    std::uint64_t sentBytes = 0; // by the guest; whole frames
    std::uint64_t receivedBytes = 0;
    std::chrono::system_clock::time_point since;
};

class ConnectionTable final
{
public:
    static constexpr std::size_t MaxConnections = 2048;

    // A frame that passes. The name is for a conversation seen for the first time.
    void note(const Packet &packet, Direction direction, std::size_t frameBytes,
              Clock::time_point now, const DnsNames &names);
    // One from the guest that a rule stopped; a name to show when the address says nothing.
    // True when it belonged to a conversation that was going on until now.
    bool refuse(const Packet &packet, std::size_t frameBytes, Clock::time_point now,
                const DnsNames &names, const std::string &name = {});
    bool isRefused(const Packet &packet, Direction direction) const;
    // Whether the other end began this conversation.
    bool isIncoming(const Packet &packet, Direction direction) const;

    // The oldest first; what ended a while ago is gone.
    std::vector<Connection> list(Clock::time_point now);

private:
    struct Key
    {
        std::uint8_t protocol = 0;
        std::uint16_t guestPort = 0;
        std::uint16_t remotePort = 0;
        IpAddress guest;
        IpAddress remote;
        bool operator==(const Key &) const = default;
    };
    struct KeyHash
    {
        std::size_t operator()(const Key &key) const noexcept;
    };
    struct Entry
    {
        Connection connection;
        Clock::time_point lastSeen;
        bool hasGuestEnded = false;
        bool hasRemoteEnded = false;
        std::uint64_t number = 0; // the order they came in
    };

    static std::optional<Key> keyOf(const Packet &packet, Direction direction);
    Entry &entryFor(const Key &key, Direction direction, Clock::time_point now,
                    const DnsNames &names);
    void forgetOld(Clock::time_point now);
    void makeRoom(Clock::time_point now);

    std::unordered_map<Key, Entry, KeyHash> m_entries;
    std::uint64_t m_number = 0;
};

} // namespace engine::net
