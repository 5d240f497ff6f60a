// SPDX-License-Identifier: GPL-3.0-or-later
// modifyvm's options for network adapters; Option::number is the adapter's, from 1.
#pragma once

#include "app/cli/arguments.h"
#include "app/cli/outcome.h"
#include "engine/machine/machine_definition.h"

#include <functional>

namespace app {

// On the adapter that the option names, which is made when there is none.
Outcome withAdapter(engine::MachineDefinition &definition, const Option &option,
                    const std::function<Outcome(engine::NetworkAdapter &)> &change);

Outcome setNic(engine::MachineDefinition &definition, const Option &option);
Outcome setNicType(engine::MachineDefinition &definition, const Option &option);
Outcome setMac(engine::MachineDefinition &definition, const Option &option);
Outcome setCable(engine::MachineDefinition &definition, const Option &option);
Outcome setForward(engine::MachineDefinition &definition, const Option &option);
Outcome setInternalNetwork(engine::MachineDefinition &definition, const Option &option);
Outcome setBridge(engine::MachineDefinition &definition, const Option &option);

template <engine::Result<> (*Set)(engine::NetworkAdapter &, const QString &)>
Outcome setAdapterValue(engine::MachineDefinition &definition, const Option &option)
{
    return withAdapter(definition, option, [&](engine::NetworkAdapter &adapter) -> Outcome {
        return Set(adapter, option.value());
    });
}

} // namespace app
