// SPDX-License-Identifier: GPL-3.0-or-later
// "Always give this device to that machine": a filter in the definition of a machine that runs.
// Its process writes it (machine.changeDefinition) and applies it at once.
//
// Main thread only.
#pragma once

#include "engine/control/control_client.h"
#include "engine/machine/usb_filter.h"

namespace ui {

struct UsbAlways
{
    bool isGiven = false; // a filter of the machine's fits
    QString otherFilter; // one that is not only about this device does; its name
};

UsbAlways usbAlways(const QList<engine::UsbFilter> &filters, const engine::UsbDevice &device);

// With a filter for this device that is active, or with none.
QList<engine::UsbFilter> withUsbAlways(QList<engine::UsbFilter> filters,
                                       const engine::UsbDevice &device, bool isGiven);

// What the machine in this folder has in its file; empty when it cannot be read.
QList<engine::UsbFilter> usbFiltersIn(const QString &machineFolder);

// `reply` once, also when the file cannot be read.
void setUsbAlways(engine::ControlClient &machine, const engine::UsbDevice &device, bool isGiven,
                  engine::ControlClient::Reply reply);

} // namespace ui
