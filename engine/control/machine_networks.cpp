// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/machine_networks.h"

#include "engine/control/machine_session.h"
#include "engine/machine/machine_check.h"
#include "engine/machine/qt_text.h"

namespace engine {

bool isOtherCard(const NetworkAdapter &present, const NetworkAdapter &wanted)
{
    return (present.mode == NetworkMode::None) != (wanted.mode == NetworkMode::None)
        || (present.mode != NetworkMode::None
            && (present.model != wanted.model || present.macAddress != wanted.macAddress));
}

Result<> checkLiveAdapterChange(const MachineDefinition &definition, int index,
                                const NetworkAdapter &wanted)
{
    const bool isThere = index >= 0 && index < definition.adapters.size()
        && definition.adapters.at(index).mode != NetworkMode::None;
    if (!isThere)
        return makeError(ErrorKind::NotFound,
                         QStringLiteral("The machine has no network adapter %1").arg(index + 1),
                         QStringLiteral("Adapters are added while the machine is off"));
    if (isOtherCard(definition.adapters.at(index), wanted))
        return makeError(ErrorKind::Invalid,
                         QStringLiteral("The card of network adapter %1 cannot be changed or taken "
                                        "out while the machine runs")
                             .arg(index + 1),
                         QStringLiteral("Power the machine off first, or attach the adapter to "
                                        "nothing"));
    MachineDefinition changed = definition;
    changed.adapters[index] = wanted;
    // What was wrong before is not this change's fault.
    const QString field = QStringLiteral("adapters/%1").arg(index);
    const QList<DefinitionProblem> problems = checkDefinition(changed);
    for (const DefinitionProblem &problem : problems) {
        if (problem.severity == DefinitionProblem::Severity::Error
            && (problem.field == field || problem.field.startsWith(field + QLatin1Char('/'))))
            return makeError(ErrorKind::Invalid, problem.text);
    }
    return {};
}

void MachineSession::changeAdapter(int adapter, const NetworkAdapter &wanted, Driver::Reply reply)
{
    Result<> allowed = checkLiveAdapterChange(m_entry.definition, adapter, wanted);
    if (!allowed) {
        reply(std::move(allowed));
        return;
    }
    m_driver->changeAdapter(adapter, wanted,
                            [this, adapter, wanted, reply = std::move(reply)](Result<> result) {
                                if (result) {
                                    m_entry.definition.adapters[adapter] = wanted;
                                    // The guest has it already; a definition that cannot be
                                    // written is worth a word but not the network.
                                    const Result<> written = rememberDefinition();
                                    if (!written)
                                        Q_EMIT failed(written.error());
                                    Q_EMIT statusChanged();
                                }
                                reply(std::move(result));
                            });
}

} // namespace engine
