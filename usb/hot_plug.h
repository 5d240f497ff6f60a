// SPDX-License-Identifier: GPL-3.0-or-later
// Tells when USB devices come and go, by libusb's hot-plug events. One context and one thread that
// waits in the kernel; nothing is polled.
#pragma once

#include "engine/base/result.h"

#include <functional>
#include <memory>

namespace usb {

class HotPlug
{
public:
    virtual ~HotPlug() = default; // no call comes any more once it is gone

    // `changed` is called on a thread of its own and must not wait. Unsupported where this
    // computer has no USB or libusb cannot watch it.
    static engine::Result<std::unique_ptr<HotPlug>> watch(std::function<void()> changed);
};

} // namespace usb
