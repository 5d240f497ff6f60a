// SPDX-License-Identifier: GPL-3.0-or-later
// A plan in words: one line for the first step, a table for the last.
#pragma once

#include "engine/catalog/machine_maker.h"

namespace wizards {

QString briefSummary(const engine::NewMachinePlan &plan);
// Rich text. `system` is the system's name, `machineFolder` where machines usually are.
QString fullSummary(const engine::NewMachinePlan &plan, const QString &system,
                    const QString &machineFolder);

} // namespace wizards
