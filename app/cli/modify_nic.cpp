// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/modify_nic.h"

#include "app/cli/nic_settings.h"
#include "app/cli/vbox_network_words.h"
#include "engine/machine/host_networks.h"

namespace app {

using namespace engine;

Outcome withAdapter(MachineDefinition &definition, const Option &option,
                    const std::function<Outcome(NetworkAdapter &)> &change)
{
    if (option.number > MachineDefinition::MaxAdapters)
        return Outcome::syntax(QStringLiteral("There is no network adapter %1: they are numbered "
                                              "from 1 to %2")
                                   .arg(option.number)
                                   .arg(MachineDefinition::MaxAdapters));
    return change(adapterAt(definition, option.number));
}

Outcome setNic(MachineDefinition &definition, const Option &option)
{
    // Nothing to switch off beyond the last adapter.
    if (option.value() == QLatin1String("none") && option.number > definition.adapters.size()
        && option.number <= MachineDefinition::MaxAdapters)
        return {};
    return withAdapter(definition, option, [&](NetworkAdapter &adapter) -> Outcome {
        return setNicMode(adapter, option.value());
    });
}

Outcome setNicType(MachineDefinition &definition, const Option &option)
{
    return withAdapter(definition, option, [&](NetworkAdapter &adapter) -> Outcome {
        adapter.model = TRY(nicTypeFromWord(option.value()));
        return {};
    });
}

Outcome setMac(MachineDefinition &definition, const Option &option)
{
    return withAdapter(definition, option, [&](NetworkAdapter &adapter) -> Outcome {
        adapter.macAddress = TRY(macFromWord(option.value()));
        return {};
    });
}

Outcome setCable(MachineDefinition &definition, const Option &option)
{
    return withAdapter(definition, option, [&](NetworkAdapter &adapter) -> Outcome {
        adapter.isCableConnected = TRY(toSwitch(option.value(), option.display()));
        return {};
    });
}

Outcome setForward(MachineDefinition &definition, const Option &option)
{
    return withAdapter(definition, option, [&](NetworkAdapter &adapter) {
        return setNicForward(adapter, option.number, option.values);
    });
}

Outcome setInternalNetwork(MachineDefinition &definition, const Option &option)
{
    return withAdapter(definition, option, [&](NetworkAdapter &adapter) -> Outcome {
        TRY(checkInternalNetworkName(option.value()));
        adapter.internalNetwork = option.value();
        return {};
    });
}

Outcome setBridge(MachineDefinition &definition, const Option &option)
{
    return withAdapter(definition, option, [&](NetworkAdapter &adapter) -> Outcome {
        adapter.hostInterface =
            option.value() == QLatin1String("none") ? QString() : option.value();
        return {};
    });
}

} // namespace app
