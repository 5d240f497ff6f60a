// SPDX-License-Identifier: GPL-3.0-or-later
// Which machine of this user has which USB device: a locked file per device in
// `paths::runtimeFolder()/usb/`, with the machine's name in it. The lock goes with the process, so
// that no crash leaves a device taken. Any thread.
#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/machine/usb_device.h"

namespace engine {

class UsbClaim final
{
public:
    // Busy, naming the machine, when another one has it.
    static Result<UsbClaim> acquire(const UsbDevice &device, const QString &machineName);

    UsbClaim() = default;
    UsbClaim(UsbClaim &&) = default;
    UsbClaim &operator=(UsbClaim &&other) noexcept;
    ~UsbClaim();

private:
    UsbClaim(Fd file, QString path)
        : m_file(std::move(file))
        , m_path(std::move(path))
    { }
    void release();

    Fd m_file;
    QString m_path;
};

// The machine that has the device; empty: none of this user's.
QString usbDeviceHolder(const UsbDevice &device);

} // namespace engine
