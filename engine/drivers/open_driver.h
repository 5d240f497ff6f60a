// SPDX-License-Identifier: GPL-3.0-or-later
// Which driver runs a definition: the one place that knows them all.
#pragma once

#include "engine/drivers/driver.h"
#include "engine/host/usb_backend.h"

namespace engine {

// As engine_choice.h says; may run the self-test, for up to 200 ms. `savedBy`: savedStateDriver()
// of engine/machine/saved_state.h. Unsupported with the reason when the definition insists on a
// driver that cannot run it here. `openUsb`: for drivers that speak to USB devices in this process.
Result<std::unique_ptr<Driver>> openDriver(const MachineDefinition &definition,
                                           const QString &savedBy = {},
                                           const OpenUsbDevice &openUsb = {});

} // namespace engine
