// SPDX-License-Identifier: GPL-3.0-or-later
// A headless machine's process, and what it starts, write nothing of the user's but what belongs to
// the machine: engine/base/write_confinement.h, with the places of one definition.
#pragma once

#include "engine/machine/machine_store.h"

namespace engine {

// Before the process has a second thread. What cannot be confined (a bridged card needs a helper
// with rights of its own, a floppy of any folder may be inserted later) stays as it is; the log
// says which it was.
void confineHeadlessMachine(const MachineEntry &entry);

} // namespace engine
