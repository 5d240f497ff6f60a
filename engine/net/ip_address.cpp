// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/net/ip_address.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include <arpa/inet.h>

namespace engine::net {

IpAddress IpAddress::v4(std::uint32_t hostOrder)
{
    return v4(std::uint8_t(hostOrder >> 24), std::uint8_t(hostOrder >> 16),
              std::uint8_t(hostOrder >> 8), std::uint8_t(hostOrder));
}

IpAddress IpAddress::v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d)
{
    IpAddress address;
    address.m_bytes[0] = a;
    address.m_bytes[1] = b;
    address.m_bytes[2] = c;
    address.m_bytes[3] = d;
    return address;
}

IpAddress IpAddress::fromBytes4(const std::uint8_t *bytes)
{
    return v4(bytes[0], bytes[1], bytes[2], bytes[3]);
}

IpAddress IpAddress::fromBytes16(const std::uint8_t *bytes)
{
    IpAddress address;
    address.m_isV6 = true;
    std::copy_n(bytes, 16, address.m_bytes.begin());
    return address;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text)
{
    // Nothing longer is an address, and inet_pton wants a terminated string.
    if (text.empty() || text.size() >= INET6_ADDRSTRLEN)
        return std::nullopt;
    const std::string terminated(text);
    std::array<std::uint8_t, 16> bytes{};
    if (::inet_pton(AF_INET, terminated.c_str(), bytes.data()) == 1)
        return fromBytes4(bytes.data());
    if (::inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1)
        return fromBytes16(bytes.data());
    return std::nullopt;
}

std::uint32_t IpAddress::v4Value() const
{
    return std::uint32_t(m_bytes[0]) << 24 | std::uint32_t(m_bytes[1]) << 16
        | std::uint32_t(m_bytes[2]) << 8 | m_bytes[3];
}

std::string IpAddress::text() const
{
    char buffer[INET6_ADDRSTRLEN] = {};
    ::inet_ntop(m_isV6 ? AF_INET6 : AF_INET, m_bytes.data(), buffer, sizeof buffer);
    return buffer;
}

std::optional<IpAddress> IpAddress::embeddedV4() const
{
    static constexpr std::array<std::uint8_t, 12> Mapped = {0, 0, 0, 0, 0,    0,
                                                            0, 0, 0, 0, 0xff, 0xff};
    static constexpr std::array<std::uint8_t, 12> Compatible = {};
    static constexpr std::array<std::uint8_t, 12> Nat64 = {0, 0x64, 0xff, 0x9b, 0, 0,
                                                           0, 0,    0,    0,    0, 0};
    if (!m_isV6)
        return std::nullopt;
    for (const auto &prefix : {Mapped, Compatible, Nat64}) {
        if (std::equal(prefix.begin(), prefix.end(), m_bytes.begin()))
            return fromBytes4(m_bytes.data() + 12);
    }
    if (m_bytes[0] == 0x20 && m_bytes[1] == 0x02)
        return fromBytes4(m_bytes.data() + 2);
    return std::nullopt;
}

IpNetwork::IpNetwork(const IpAddress &address, int prefixLength)
    : m_prefixLength(std::clamp(prefixLength, 0, int(address.byteCount()) * 8))
{
    std::array<std::uint8_t, 16> bytes{};
    std::copy_n(address.bytes(), address.byteCount(), bytes.begin());
    for (int bit = m_prefixLength; bit < int(address.byteCount()) * 8; ++bit)
        bytes[std::size_t(bit / 8)] &= std::uint8_t(~(0x80 >> (bit % 8)));
    m_address =
        address.isV6() ? IpAddress::fromBytes16(bytes.data()) : IpAddress::fromBytes4(bytes.data());
}

std::optional<IpNetwork> IpNetwork::parse(std::string_view text)
{
    const std::size_t slash = text.find('/');
    const auto address = IpAddress::parse(text.substr(0, slash));
    if (!address)
        return std::nullopt;
    const int most = int(address->byteCount()) * 8;
    if (slash == std::string_view::npos)
        return IpNetwork(*address, most);
    const std::string_view digits = text.substr(slash + 1);
    int length = -1;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (error != std::errc() || end != digits.data() + digits.size() || length < 0 || length > most)
        return std::nullopt;
    return IpNetwork(*address, length);
}

bool IpNetwork::contains(const IpAddress &address) const
{
    if (address.isV6() != m_address.isV6())
        return false;
    const int whole = m_prefixLength / 8;
    if (std::memcmp(address.bytes(), m_address.bytes(), std::size_t(whole)) != 0)
        return false;
    const int rest = m_prefixLength % 8;
    return rest == 0
        || ((address.bytes()[whole] ^ m_address.bytes()[whole]) & (0xff00 >> rest) & 0xff) == 0;
}

std::string IpNetwork::text() const
{
    return m_address.text() + "/" + std::to_string(m_prefixLength);
}

std::optional<MacAddress> parseMac(std::string_view text)
{
    MacAddress mac{};
    if (text.size() != 17)
        return std::nullopt;
    for (std::size_t i = 0; i < 6; ++i) {
        const char *const digits = text.data() + i * 3;
        const auto [end, error] = std::from_chars(digits, digits + 2, mac[i], 16);
        if (error != std::errc() || end != digits + 2 || (i < 5 && digits[2] != ':'))
            return std::nullopt;
    }
    return mac;
}

} // namespace engine::net
