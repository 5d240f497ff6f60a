// SPDX-License-Identifier: GPL-3.0-or-later
// Universal Serial Bus Specification 2.0: descriptors 9.6; where it says USB 3.2, the sections are
// those of the Universal Serial Bus 3.2 Specification.
#include "engine/base/bytes.h"
#include "engine/devices/usb/usb_model.h"

#include <algorithm>

namespace engine {

namespace {

enum DescriptorType : std::uint8_t {
    DeviceDescriptor = 1,
    ConfigurationDescriptor = 2,
    StringDescriptor = 3,
    InterfaceDescriptor = 4,
    EndpointDescriptor = 5,
    QualifierDescriptor = 6,
    BosDescriptor = 15, // USB 3.2, 9.6.2, and what is in it
    CapabilityDescriptor = 16,
    CompanionDescriptor = 48, // of an endpoint at SuperSpeed: USB 3.2, 9.6.7
};
constexpr std::size_t DeviceDescriptorBytes = 18;
constexpr std::size_t QualifierBytes = 10;
constexpr std::size_t HeaderBytes = 9; // of configuration and interface

enum StringIndex : std::uint8_t { NoString = 0, Manufacturer = 1, Product = 2, Serial = 3 };
constexpr std::uint8_t PlainAttributes = 0x80; // bus-powered
constexpr std::uint8_t PowerIn2Milliamperes = 50;
constexpr std::uint8_t PowerIn8Milliamperes = 13; // at SuperSpeed: USB 3.2, 9.6.3
// bcdUSB, 9.6.1: a device that tells of SuperSpeed at High Speed is of 2.1.
constexpr std::uint16_t Usb20 = 0x0200;
constexpr std::uint16_t Usb21 = 0x0210;
constexpr std::uint16_t Usb30 = 0x0300;
constexpr std::uint8_t ControlPacket = 64;
constexpr std::uint8_t SuperSpeedControlPacketExponent = 9; // USB 3.2, 9.6.1: 512 bytes
constexpr std::uint16_t EnglishUs = 0x0409;
constexpr std::size_t LongestString = 126;

void append16(std::vector<std::uint8_t> &bytes, std::uint16_t value)
{
    bytes.push_back(std::uint8_t(value));
    bytes.push_back(std::uint8_t(value >> 8));
}

std::vector<std::uint8_t> stringDescriptor(const std::string &text)
{
    const std::size_t length = std::min(text.size(), LongestString);
    std::vector<std::uint8_t> bytes = {std::uint8_t(2 + 2 * length), StringDescriptor};
    for (std::size_t i = 0; i < length; ++i)
        append16(bytes, std::uint8_t(text[i]));
    return bytes;
}

std::uint8_t attributesOf(UsbTransferKind kind)
{
    switch (kind) {
    case UsbTransferKind::Control:
        return 0;
    case UsbTransferKind::Isochronous:
        return 1;
    case UsbTransferKind::Bulk:
        return 2;
    case UsbTransferKind::Interrupt:
        return 3;
    }
    return 0;
}

} // namespace

bool UsbModel::describe(const UsbSetup &setup, std::vector<std::uint8_t> &data)
{
    const auto index = std::uint8_t(setup.value);
    switch (setup.value >> 8) {
    case DeviceDescriptor:
        data = deviceDescriptor();
        return index == 0;
    case ConfigurationDescriptor:
        data = configurationDescriptor();
        return index == 0;
    case QualifierDescriptor: {
        // 9.6.2: what it would be at the other speed, the same; only of those that have two.
        const std::vector<std::uint8_t> device = deviceDescriptor();
        data.assign(device.begin(), device.begin() + 8);
        data[0] = QualifierBytes;
        data[1] = QualifierDescriptor;
        data.insert(data.end(), {1, 0});
        return m_identity.speed == UsbLinkSpeed::High;
    }
    case BosDescriptor:
        data = capabilities();
        return index == 0 && m_identity.knowsSuperSpeed;
    case StringDescriptor:
        switch (index) {
        case NoString:
            data = {4, StringDescriptor, std::uint8_t(EnglishUs), EnglishUs >> 8};
            return true;
        case Manufacturer:
            data = stringDescriptor("Vitrine");
            return true;
        case Product:
            data = stringDescriptor(m_identity.product);
            return true;
        case Serial:
            data = stringDescriptor(m_identity.serial);
            return !m_identity.serial.empty();
        default:
            return false;
        }
    default:
        return false;
    }
}

std::vector<std::uint8_t> UsbModel::deviceDescriptor() const
{
    std::vector<std::uint8_t> bytes = {DeviceDescriptorBytes, DeviceDescriptor};
    append16(bytes, isSuperSpeed() ? Usb30 : m_identity.knowsSuperSpeed ? Usb21 : Usb20);
    bytes.insert(bytes.end(), {0, 0, 0}); // the class is the interface's
    bytes.push_back(isSuperSpeed() ? SuperSpeedControlPacketExponent : ControlPacket);
    append16(bytes, m_identity.vendorId);
    append16(bytes, m_identity.productId);
    append16(bytes, 0);
    bytes.insert(
        bytes.end(),
        {Manufacturer, Product, std::uint8_t(m_identity.serial.empty() ? NoString : Serial), 1});
    return bytes;
}

std::vector<std::uint8_t> UsbModel::configurationDescriptor() const
{
    const auto &of = m_identity.interfaceClass;
    std::vector<std::uint8_t> bytes = {HeaderBytes,
                                       ConfigurationDescriptor,
                                       0,
                                       0,
                                       1,
                                       1,
                                       NoString,
                                       PlainAttributes,
                                       isSuperSpeed() ? PowerIn8Milliamperes
                                                      : PowerIn2Milliamperes};
    bytes.insert(bytes.end(),
                 {HeaderBytes, InterfaceDescriptor, 0, 0, std::uint8_t(m_queues.size()), of[0],
                  of[1], of[2], NoString});
    bytes.insert(bytes.end(), m_identity.classDescriptor.begin(), m_identity.classDescriptor.end());
    for (const Endpoint &endpoint : m_identity.endpoints) {
        bytes.insert(bytes.end(),
                     {7, EndpointDescriptor, endpoint.address, attributesOf(endpoint.kind)});
        append16(bytes, endpoint.packetBytes);
        bytes.push_back(endpoint.interval);
        if (!isSuperSpeed())
            continue;
        // USB 3.2, 9.6.7: without streams; what an interval moves is one packet and its burst.
        const bool isPeriodic = endpoint.kind == UsbTransferKind::Interrupt
            || endpoint.kind == UsbTransferKind::Isochronous;
        bytes.insert(bytes.end(), {6, CompanionDescriptor, endpoint.burst, 0});
        append16(bytes,
                 std::uint16_t(isPeriodic ? endpoint.packetBytes * (endpoint.burst + 1u) : 0u));
    }
    storeLe(&bytes[2], std::uint16_t(bytes.size()));
    return bytes;
}

// USB 3.2, 9.6.2: what it can beyond USB 2.0, at any speed.
std::vector<std::uint8_t> UsbModel::capabilities() const
{
    constexpr std::uint8_t LinkPowerManagement = 1u << 1; // 9.6.2.1: has to be of SuperSpeed ones
    constexpr std::uint8_t HighAndSuperSpeed = 1u << 2 | 1u << 3; // 9.6.2.2
    constexpr std::uint8_t HighSpeed = 2; // as a bit of these: all works from there on
    // Systems manage no link's power that takes no time to wake.
    constexpr std::uint8_t U1Microseconds = 10;
    constexpr std::uint8_t U2Microseconds = 32;
    std::vector<std::uint8_t> bytes = {5, BosDescriptor, 0, 0, 2};
    bytes.insert(bytes.end(), {7, CapabilityDescriptor, 2, LinkPowerManagement, 0, 0, 0});
    bytes.insert(bytes.end(),
                 {10, CapabilityDescriptor, 3, 0, HighAndSuperSpeed, 0, HighSpeed, U1Microseconds,
                  U2Microseconds, 0});
    storeLe(&bytes[2], std::uint16_t(bytes.size()));
    return bytes;
}

} // namespace engine
