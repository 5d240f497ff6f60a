// SPDX-License-Identifier: GPL-3.0-or-later
// A USB device of this computer while it is a guest's: its interfaces are claimed and the kernel's
// drivers are off it. They get it back when this goes, in the configuration that it came in.
//
// Threads: everything may wait for the device, so not on an io thread; one caller at a time. What
// libusb's transfers need (handle(), context(), node()) and what stays as it is (speed(),
// streams(), wasTried()) may be used beside that.
#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/host/usb_backend.h"

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <vector>

struct libusb_context;
struct libusb_device_handle;

namespace usb {

class ClaimedDevice final
{
public:
    // By the open usbfs node. Busy: another program has one of its interfaces.
    static engine::Result<std::unique_ptr<ClaimedDevice>> open(engine::Fd node);
    ~ClaimedDevice(); // every transfer has ended
    ClaimedDevice(const ClaimedDevice &) = delete;
    ClaimedDevice &operator=(const ClaimedDevice &) = delete;

    libusb_context *context() const { return m_context; }
    libusb_device_handle *handle() const { return m_handle; }
    int node() const { return m_node.get(); }
    engine::UsbLinkSpeed speed() const { return m_speed; }

    // The requests of which the kernel has to know (USB 2.0, 9.4); by libusb's codes.
    int setConfiguration(std::uint8_t value);
    int setInterface(std::uint8_t interface, std::uint8_t setting);
    int clearHalt(std::uint8_t endpoint);
    int reset();

    // Streams that its bulk endpoints can have here; 0: the device, the kernel or the host's
    // controller has none.
    unsigned streams() const { return m_streams; }
    // To find that out, the device was asked for what no guest knows of.
    bool wasTried() const { return m_wasTried; }
    void setStreams(const std::vector<engine::UsbStreams> &streams);
    unsigned streamsOf(std::uint8_t endpoint) const; // that it has now

private:
    explicit ClaimedDevice(engine::Fd node)
        : m_node(std::move(node))
    { }
    engine::Result<> start();
    std::vector<std::uint8_t> interfaces() const; // of the configuration that it is in
    int claim();
    unsigned tryStreams();
    void warn(std::string_view what, int code);
    std::set<std::uint8_t> endpointsOf(std::uint8_t interface) const; // in any of its settings
    void release();
    void giveBack();

    engine::Fd m_node;
    libusb_context *m_context = nullptr;
    libusb_device_handle *m_handle = nullptr;
    engine::UsbLinkSpeed m_speed = engine::UsbLinkSpeed::High;
    unsigned m_configurations = 1; // how many it has
    int m_firstConfiguration = 0; // the one it came in
    std::vector<std::uint8_t> m_claimed;
    std::set<std::uint8_t> m_otherSettings; // interfaces that are not in setting 0
    unsigned m_streams = 0;
    bool m_wasTried = false;
    std::set<std::string_view> m_warnings; // that were logged
    std::map<std::uint8_t, unsigned> m_streamsOf; // by the endpoint's address
    std::set<std::uint8_t> m_drivers; // interfaces that had a driver of the kernel's
};

} // namespace usb
