// SPDX-License-Identifier: GPL-3.0-or-later
// What a machine's session needs to know of this computer's USB devices; `usb` has it
// (usb/host_usb.h), and tests pretend. Main thread only.
#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/machine/usb_device.h"

#include <QtCore/QObject>

namespace engine {

class UsbHost : public QObject
{
    Q_OBJECT
public:
    explicit UsbHost(QObject *parent = nullptr)
        : QObject(parent)
    { }

    virtual void start() = 0; // from now on changed() is told
    virtual QList<UsbDevice> devices() = 0; // as they are now, without hubs
    // The device's node for reading and writing; a driver speaks to it through that.
    virtual Result<Fd> open(const UsbDevice &device) = 0;

signals:
    void changed(); // something came or went
};

} // namespace engine
