// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/net/dns_message.h"

#include "engine/net/network_order.h"

#include <set>

namespace engine::net {

namespace {

constexpr std::size_t HeaderBytes = 12;
constexpr std::size_t MaxNameBytes = 255;
constexpr int MaxAnswers = 256;
enum RecordType : std::uint16_t { RecordA = 1, RecordCname = 5, RecordAaaa = 28 };
constexpr std::uint16_t ClassInternet = 1;

// Reads the name at `at` and moves it behind. A pointer may only lead backwards, so that the
// reading ends.
std::optional<std::string> readName(Frame message, std::size_t &at)
{
    std::string name;
    std::size_t position = at;
    std::size_t limit = message.size(); // pointers must lead before this
    bool hasJumped = false;
    for (;;) {
        if (position >= message.size())
            return std::nullopt;
        const std::uint8_t length = message[position];
        if ((length & 0xc0) == 0xc0) {
            if (position + 1 >= message.size())
                return std::nullopt;
            const std::size_t target = std::size_t((length & 0x3f) << 8 | message[position + 1]);
            if (!hasJumped) {
                at = position + 2;
                limit = position;
            }
            hasJumped = true;
            if (target >= limit)
                return std::nullopt;
            limit = target;
            position = target;
            continue;
        }
        if ((length & 0xc0) != 0)
            return std::nullopt;
        ++position;
        if (length == 0)
            break;
        if (length > message.size() - position || name.size() + length + 1 > MaxNameBytes)
            return std::nullopt;
        if (!name.empty())
            name += '.';
        for (std::size_t i = 0; i < length; ++i) {
            const char c = char(message[position + i]);
            // What could be mistaken for a separator, or for more than one line.
            if (c <= ' ' || c == '.' || c == 0x7f || c == '*')
                return std::nullopt;
            name += c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
        }
        position += length;
    }
    if (!hasJumped)
        at = position;
    return name;
}

} // namespace

std::optional<DnsMessage> parseDns(Frame payload)
{
    if (payload.size() < HeaderBytes || loadBig16(payload.data() + 4) != 1)
        return std::nullopt;
    DnsMessage message;
    message.id = loadBig16(payload.data());
    message.isResponse = (payload[2] & 0x80) != 0;
    std::size_t at = HeaderBytes;
    auto name = readName(payload, at);
    if (!name || payload.size() - at < 4)
        return std::nullopt;
    message.name = std::move(*name);
    at += 4; // type and class
    if (!message.isResponse)
        return message;

    std::set<std::string> names{message.name};
    int count = loadBig16(payload.data() + 6);
    if (count > MaxAnswers)
        count = MaxAnswers;
    for (int i = 0; i < count; ++i) {
        const auto owner = readName(payload, at);
        if (!owner || payload.size() - at < 10)
            break;
        const std::uint16_t type = loadBig16(payload.data() + at);
        const std::uint16_t recordClass = loadBig16(payload.data() + at + 2);
        const std::uint32_t ttl = loadBig32(payload.data() + at + 4);
        const std::size_t length = loadBig16(payload.data() + at + 8);
        at += 10;
        if (length > payload.size() - at)
            break;
        if (recordClass == ClassInternet && names.contains(*owner)) {
            if (type == RecordA && length == 4)
                message.addresses.push_back({IpAddress::fromBytes4(payload.data() + at), ttl});
            else if (type == RecordAaaa && length == 16)
                message.addresses.push_back({IpAddress::fromBytes16(payload.data() + at), ttl});
            else if (type == RecordCname) {
                std::size_t inside = at;
                if (auto alias = readName(payload, inside))
                    names.insert(std::move(*alias));
            }
        }
        at += length;
    }
    return message;
}

} // namespace engine::net
