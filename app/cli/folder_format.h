// SPDX-License-Identifier: GPL-3.0-or-later
// Shared folders as VBoxManage prints them. Pure: values in, text out.
#pragma once

#include "engine/control/control_protocol.h"
#include "engine/machine/machine_definition.h"

namespace app {

// showvminfo's section; `live`: of a running machine, those with troubles and the transient ones.
QString sharedFoldersText(const QList<engine::SharedFolder> &folders,
                          const QList<engine::MachineFolder> &live);
// key="value" lines.
QString sharedFoldersReadable(const QList<engine::SharedFolder> &folders,
                              const QList<engine::MachineFolder> &live);

} // namespace app
