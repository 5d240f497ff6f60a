// SPDX-License-Identifier: GPL-3.0-or-later
// IPv4 and IPv6 addresses, networks and hardware addresses as values. Any thread.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace engine::net {

class IpAddress final
{
public:
    IpAddress() = default; // the IPv4 address 0.0.0.0
    static IpAddress v4(std::uint32_t hostOrder);
    static IpAddress v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d);
    static IpAddress fromBytes4(const std::uint8_t *bytes);
    static IpAddress fromBytes16(const std::uint8_t *bytes);
    static std::optional<IpAddress> parse(std::string_view text);

    bool isV6() const { return m_isV6; }
    std::uint32_t v4Value() const; // host order
    // Network order: 4 or 16 of them.
    const std::uint8_t *bytes() const { return m_bytes.data(); }
    std::size_t byteCount() const { return m_isV6 ? 16 : 4; }
    std::string text() const;

    // The IPv4 address that an IPv6 one stands for: mapped (::ffff:0:0/96, RFC 4291), NAT64
    // (64:ff9b::/96, RFC 6052) and 6to4 (2002::/16, RFC 3056) ones.
    std::optional<IpAddress> embeddedV4() const;

    auto operator<=>(const IpAddress &) const = default;

private:
    bool m_isV6 = false;
    std::array<std::uint8_t, 16> m_bytes{};
};

// "192.0.2.0/24", "2001:db8::/32"; a bare address is a network of one. Bits beyond the prefix are
// cleared.
class IpNetwork final
{
public:
    IpNetwork() = default; // 0.0.0.0/32
    IpNetwork(const IpAddress &address, int prefixLength);
    static std::optional<IpNetwork> parse(std::string_view text);

    const IpAddress &address() const { return m_address; }
    int prefixLength() const { return m_prefixLength; }
    bool contains(const IpAddress &address) const;
    std::string text() const;

    bool operator==(const IpNetwork &) const = default;

private:
    IpAddress m_address;
    int m_prefixLength = 32;
};

using MacAddress = std::array<std::uint8_t, 6>;

std::optional<MacAddress> parseMac(std::string_view text); // "52:54:00:12:34:56"
inline bool isGroupMac(const MacAddress &mac)
{
    return (mac[0] & 1) != 0;
}

} // namespace engine::net

template <>
struct std::hash<engine::net::IpAddress>
{
    std::size_t operator()(const engine::net::IpAddress &address) const noexcept
    {
        return std::hash<std::string_view>()(
            {reinterpret_cast<const char *>(address.bytes()), address.byteCount()});
    }
};
