// SPDX-License-Identifier: GPL-3.0-or-later
// USB devices that a test plugs in and pulls out.
#pragma once

#include "engine/control/usb_host.h"
#include "engine/machine/qt_text.h"

#include <fcntl.h>

namespace fakes {

class FakeUsbHost final : public engine::UsbHost
{
public:
    QList<engine::UsbDevice> plugged;
    bool isStarted = false;

    void start() override { isStarted = true; }
    QList<engine::UsbDevice> devices() override { return plugged; }
    engine::Result<engine::Fd> open(const engine::UsbDevice &device) override
    {
        engine::Fd node(::open("/dev/null", O_RDWR | O_CLOEXEC));
        if (!node.isOpen())
            return engine::makeError(engine::ErrorKind::Io, "no " + device.node);
        return node;
    }

    void plug(const engine::UsbDevice &device)
    {
        plugged.append(device);
        Q_EMIT changed();
    }
    void pull(const QString &port)
    {
        plugged.removeIf([&port](const engine::UsbDevice &device) { return device.port == port; });
        Q_EMIT changed();
    }
};

} // namespace fakes
