// SPDX-License-Identifier: GPL-3.0-or-later
// A port of the root hub: its status and control register (xHCI 1.1, 5.4.8; states: 4.19.1) and
// what is plugged into it. With the controller's lock held.
#pragma once

#include "engine/bus/state_archive.h"
#include "engine/devices/usb/xhci_registers.h"
#include "engine/host/usb_backend.h"

#include <memory>

namespace engine::xhci {

class Port final
{
public:
    enum class Kind : std::uint8_t { Usb2, Usb3 };
    explicit Port(Kind kind)
        : m_kind(kind)
    { }

    // Each of these answers with the change bits that are new.
    std::uint32_t plug(std::shared_ptr<UsbBackend> backend);
    std::uint32_t unplug();
    // The caller ends the transfers when `isDeviceReset` says so, before the next one is begun.
    std::uint32_t write(std::uint32_t value, bool &isDeviceReset);
    void reset(); // the controller's

    std::uint32_t value() const { return m_value; }
    UsbBackend *backend() const { return m_backend.get(); }
    const std::shared_ptr<UsbBackend> &owner() const { return m_backend; }
    bool isEnabled() const { return (m_value & PortEnabled) != 0; }

    // True: something else is there than was saved, which counts as plugged in just now.
    bool serialize(StateArchive &archive);

private:
    std::uint32_t change(std::uint32_t bits);
    void setLink(LinkState link);
    LinkState link() const { return LinkState((m_value >> PortLinkShift) & LinkMask); }
    std::uint32_t resetLink(bool isWarm);

    Kind m_kind;
    std::uint32_t m_value = PortPower | std::uint32_t(LinkRxDetect) << PortLinkShift;
    std::shared_ptr<UsbBackend> m_backend;
};

} // namespace engine::xhci
