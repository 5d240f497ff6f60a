// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/usb/xhci_port.h"

namespace engine::xhci {

namespace {

constexpr std::size_t MaxStateBytes = 2u << 20; // a disk's, with what it read and has not sent

std::uint32_t speedId(UsbLinkSpeed speed) // 7.2.2.1.1: the default speed ids
{
    switch (speed) {
    case UsbLinkSpeed::Full:
        return 1;
    case UsbLinkSpeed::Low:
        return 2;
    case UsbLinkSpeed::High:
        return 3;
    case UsbLinkSpeed::Super:
        return 4;
    }
    return 0;
}

} // namespace

std::uint32_t Port::change(std::uint32_t bits)
{
    const std::uint32_t fresh = bits & ~m_value;
    m_value |= bits;
    return fresh;
}

void Port::setLink(LinkState link)
{
    m_value = (m_value & ~(std::uint32_t(LinkMask) << PortLinkShift))
        | std::uint32_t(link) << PortLinkShift;
}

std::uint32_t Port::plug(std::shared_ptr<UsbBackend> backend)
{
    m_backend = std::move(backend);
    m_value &= ~(PortEnabled | 15u << PortSpeedShift);
    m_value |= PortConnected | speedId(m_backend->speed()) << PortSpeedShift;
    // A USB 2 port waits for its reset; a USB 3 link trains by itself.
    if (m_kind == Kind::Usb3)
        m_value |= PortEnabled;
    setLink(m_kind == Kind::Usb3 ? LinkU0 : LinkPolling);
    return change(PortConnectChange);
}

std::uint32_t Port::unplug()
{
    m_backend.reset();
    m_value &= ~(PortConnected | PortEnabled | 15u << PortSpeedShift);
    setLink(LinkRxDetect);
    return change(PortConnectChange);
}

void Port::reset()
{
    m_value = PortPower;
    setLink(LinkRxDetect);
    if (m_backend) {
        m_backend->resetDevice();
        plug(m_backend);
    }
}

std::uint32_t Port::resetLink(bool isWarm)
{
    if (!m_backend)
        return 0; // 4.19.5: nothing answers
    m_value |= PortEnabled;
    setLink(LinkU0);
    return change(PortResetChange | (isWarm ? std::uint32_t(PortWarmResetChange) : 0u));
}

std::uint32_t Port::write(std::uint32_t value, bool &isDeviceReset)
{
    isDeviceReset = false;
    const bool isWarm = m_kind == Kind::Usb3 && (value & PortWarmReset) != 0;
    m_value &= ~(value & PortChanges);
    m_value = (m_value & ~std::uint32_t(PortWakes)) | (value & PortWakes);
    if ((value & PortReset) != 0 || isWarm) {
        isDeviceReset = m_backend != nullptr;
        return resetLink(isWarm);
    }
    if ((value & PortEnabled) != 0 && isEnabled()) { // writing a one disables
        m_value &= ~std::uint32_t(PortEnabled);
        setLink(LinkDisabled);
        return 0;
    }
    if ((value & PortLinkStrobe) == 0 || !isEnabled())
        return 0;
    const auto wanted = LinkState((value >> PortLinkShift) & LinkMask);
    if (wanted == LinkU0 && link() != LinkU0) {
        setLink(LinkU0);
        return change(PortLinkChange);
    }
    if (wanted == LinkU2 || wanted == LinkU3 || (wanted == LinkResume && link() == LinkU3))
        setLink(wanted);
    return 0;
}

bool Port::serialize(StateArchive &archive)
{
    const std::string here = m_backend ? m_backend->stateName() : std::string();
    std::string saved = here;
    archive.value(m_value);
    archive.list(saved, StateArchive::MaxNameBytes);
    std::vector<std::uint8_t> state;
    if (archive.isSaving() && !here.empty()) {
        StateArchive device;
        m_backend->serialize(device);
        state = device.take();
    }
    archive.list(state, MaxStateBytes);
    if (!archive.isLoading() || archive.hasFailed())
        return false;
    m_value = (m_value & ~(std::uint32_t(PortReset) | PortWarmReset | PortLinkStrobe)) | PortPower;
    if (saved == here && !here.empty()) {
        StateArchive device(std::move(state));
        m_backend->serialize(device);
        if (device.hasFailed() || !device.isAtEnd())
            archive.fail("the device \"" + here + "\" at its port is damaged");
        return false;
    }
    const bool wasConnected = (m_value & PortConnected) != 0;
    if (!wasConnected && !m_backend)
        return false;
    std::shared_ptr<UsbBackend> backend = m_backend;
    unplug();
    if (backend)
        plug(std::move(backend));
    return true;
}

} // namespace engine::xhci
