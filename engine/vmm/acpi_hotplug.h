// SPDX-License-Identifier: GPL-3.0-or-later
// What the DSDT says of slots whose cards come and go (pci_hotplug.h): a device for each, and the
// method of the event that tells of them (ACPI Specification 6.4, 5.6.4 and 6.3). Pure, any thread.
#pragma once

#include "engine/vmm/aml_writer.h"

#include <vector>

namespace engine {

// In the host bridge's device, which is \_SB.PCI0.
void writeHotplugSlots(AmlWriter &bridge, const std::vector<unsigned> &slots);
// At the root.
void writeHotplugEvent(AmlWriter &aml);

} // namespace engine
