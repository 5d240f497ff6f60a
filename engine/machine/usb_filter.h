// SPDX-License-Identifier: GPL-3.0-or-later
// Which USB devices go to a machine by themselves. As VirtualBox has it: an empty field matches
// everything, the rest have to match all; ids are hexadecimal; who wants a filter to sleep switches
// it off. Pure. Any thread.
#pragma once

#include "engine/machine/machine_definition.h"
#include "engine/machine/usb_device.h"

namespace engine {

// What is wrong with a filter's fields, as a sentence; empty: nothing.
QString usbFilterProblem(const UsbFilter &filter);

// Inactive filters, and those for devices of other computers (`remote` "yes"), match nothing.
bool matches(const UsbFilter &filter, const UsbDevice &device);
bool matchesAny(const QList<UsbFilter> &filters, const UsbDevice &device);

// "Always give this to that machine": the device, in whatever port where it can be told from its
// like, else in its port.
UsbFilter filterFor(const UsbDevice &device);

} // namespace engine
