// SPDX-License-Identifier: GPL-3.0-or-later
// This computer's USB devices for a machine's process: engine/control/usb_host.h on sysfs and
// libusb. Main thread only.
#pragma once

#include "engine/control/usb_host.h"
#include "usb/host_roots.h"
#include "usb/hot_plug.h"
#include "usb/usb_names.h"

#include <QtCore/QTimer>

namespace usb {

class HostUsb final : public engine::UsbHost
{
    Q_OBJECT
public:
    // Who tells of changes; tests have a source of their own.
    using Watch =
        std::function<engine::Result<std::unique_ptr<HotPlug>>(std::function<void()> changed)>;

    explicit HostUsb(HostRoots roots = {}, Watch watch = HotPlug::watch, QObject *parent = nullptr);
    ~HostUsb() override;

    void start() override;
    QList<engine::UsbDevice> devices() override;
    engine::Result<engine::Fd> open(const engine::UsbDevice &device) override;

private:
    HostRoots m_roots;
    UsbNames m_names;
    Watch m_watch;
    QTimer m_settle;
    std::unique_ptr<HotPlug> m_hotPlug; // goes first: it calls into the rest
};

} // namespace usb
