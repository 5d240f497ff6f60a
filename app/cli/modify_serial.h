// SPDX-License-Identifier: GPL-3.0-or-later
// modifyvm's --uart<N> and --uart-mode<N>.
#pragma once

#include "app/cli/arguments.h"
#include "app/cli/outcome.h"
#include "engine/machine/machine_definition.h"

namespace app {

// How many words follow, by the first of them.
int serialPortWords(const QString &first);
int serialModeWords(const QString &first);

Outcome setSerialPort(engine::MachineDefinition &definition, const Option &option);
Outcome setSerialMode(engine::MachineDefinition &definition, const Option &option);

QString serialPlaceWord(int number); // "0x03f8,4" for 1
QString serialModeWord(const engine::SerialPort &port); // "server,/run/com1"

} // namespace app
