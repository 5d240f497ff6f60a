// SPDX-License-Identifier: GPL-3.0-or-later
#include "usb/stream_limits.h"

#include "engine/host/usb_backend.h"

#include <algorithm>
#include <bit>

namespace usb {

namespace {

enum DescriptorType : std::uint8_t { Interface = 4, Endpoint = 5, Companion = 48 };

// Where the fields are: 9.6.5 to 9.6.7.
constexpr std::size_t InterfaceClass = 5;
constexpr std::size_t InterfaceProtocol = 7;
constexpr std::size_t EndpointAttributes = 3;
constexpr std::size_t CompanionAttributes = 3;
constexpr std::uint8_t Bulk = 2;
constexpr std::uint8_t MaxStreams = 0x1f;

// Universal Serial Bus Mass Storage Class Specification Overview 1.4, 2 and 3.
constexpr std::uint8_t MassStorage = 8;
constexpr std::uint8_t AttachedScsi = 0x62;
constexpr std::uint8_t VendorsProtocol = 0xff;

} // namespace

void limitStreams(std::span<std::uint8_t> descriptor, unsigned streams)
{
    if (streams >= engine::MaxUsbStreams)
        return;
    // MaxStreams is an exponent: as many as there surely are.
    const auto most = std::uint8_t(streams < 2 ? 0 : std::bit_width(streams) - 1);
    bool isBulk = false;
    for (std::size_t at = 0; at + 2 <= descriptor.size();) {
        const std::size_t size = std::min<std::size_t>(descriptor[at], descriptor.size() - at);
        if (size < 2)
            return;
        const std::span<std::uint8_t> part = descriptor.subspan(at, size);
        at += size;
        if (part[1] == Interface && size > InterfaceProtocol && most == 0
            && part[InterfaceClass] == MassStorage && part[InterfaceProtocol] == AttachedScsi)
            part[InterfaceProtocol] = VendorsProtocol;
        if (part[1] == Endpoint)
            isBulk = size > EndpointAttributes && (part[EndpointAttributes] & 3) == Bulk;
        if (part[1] == Companion && isBulk && size > CompanionAttributes) {
            std::uint8_t &attributes = part[CompanionAttributes];
            const auto has = std::uint8_t(attributes & MaxStreams);
            attributes = std::uint8_t((attributes & ~MaxStreams) | std::min(has, most));
        }
    }
}

} // namespace usb
