// SPDX-License-Identifier: GPL-3.0-or-later
// The guest's network: QEMU's cards are at one end of a cable each, and engine/net at the other.
#include "engine/base/log.h"
#include "engine/drivers/adapter_plan.h"
#include "engine/drivers/network_connection.h"
#include "engine/drivers/qemu_command_line.h"
#include "engine/drivers/qemu_driver.h"
#include "engine/drivers/qemu_process.h"
#include "engine/drivers/run_checks.h"
#include "engine/machine/host_networks.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QFile>

namespace engine {

namespace {

// Long enough for a guest's network service to see that the cable was out.
constexpr std::chrono::milliseconds ReplugTime{1000};

} // namespace

bool QemuDriver::isLinkUp(int adapter) const
{
    return hasLink(m_definition.adapters[adapter]);
}

Result<> QemuDriver::openNetwork(QemuProcess &process, QemuLaunch &launch)
{
    for (int index = 0; index < int(m_definition.adapters.size()); ++index) {
        const NetworkAdapter &adapter = m_definition.adapters[index];
        if (adapter.mode == NetworkMode::None)
            continue;
        if (index >= MachineDefinition::MaxAdapters)
            return makeError(ErrorKind::Unsupported,
                             QString("A machine can have at most %1 network adapters")
                                 .arg(MachineDefinition::MaxAdapters));
        if (!m_network)
            m_network = TRY(net::MachineNetwork::start(
                QFile::encodeName(internalNetworkFolder()).toStdString()));
        auto plan = adapterPlan(adapter, index);
        if (!plan)
            return std::move(plan).error().context(adapterTitle(index));
        auto card = m_network->add(index, *plan);
        if (!card)
            return std::move(card).error().context(adapterTitle(index));
        launch.adapterDescriptors.insert(index, process.handDown(std::move(*card)));
    }
    return {};
}

void QemuDriver::setLink(int adapter, Reply reply)
{
    execute("set_link", {{"name", nicId(adapter)}, {"up", isLinkUp(adapter)}}, std::move(reply));
}

bool QemuDriver::refuseAdapter(int adapter, Reply &reply)
{
    if (refuse(reply, false))
        return true;
    if (m_network && m_network->plan(adapter))
        return false;
    answerLater(std::move(reply), noSuchAdapter(adapter));
    return true;
}

void QemuDriver::setLinkConnected(int adapter, bool connected, Reply reply)
{
    if (refuseAdapter(adapter, reply))
        return;
    net::AdapterPlan plan = *m_network->plan(adapter);
    plan.isCableConnected = connected;
    Result<> changed = m_network->change(adapter, plan);
    if (!changed) {
        answerLater(std::move(reply), std::move(changed));
        return;
    }
    m_definition.adapters[adapter].isCableConnected = connected;
    setLink(adapter, std::move(reply));
}

void QemuDriver::changeAdapter(int adapter, const NetworkAdapter &wanted, Reply reply)
{
    if (refuseAdapter(adapter, reply))
        return;
    NetworkAdapter &present = m_definition.adapters[adapter];
    if (const Result<> same = checkSameCard(present, wanted, adapter); !same) {
        answerLater(std::move(reply), same.error());
        return;
    }
    auto plan = adapterPlan(wanted, adapter);
    const bool isMove = plan && !plan->isSameNetwork(*m_network->plan(adapter));
    Result<> changed = plan ? m_network->change(adapter, *plan) : Result<>(plan.error());
    if (!changed) {
        answerLater(std::move(reply), std::move(changed).error().context(adapterTitle(adapter)));
        return;
    }
    const bool wasUp = isLinkUp(adapter);
    present = wanted;
    if (!isMove || !wasUp || !isLinkUp(adapter)) {
        setLink(adapter, std::move(reply));
        return;
    }
    // Another network: the guest asks for an address when the cable comes back.
    execute("set_link", {{"name", nicId(adapter)}, {"up", false}},
            [this, adapter, reply = std::move(reply)](Result<> result) {
                QTimer::singleShot(ReplugTime, this, [this, adapter] {
                    if (isAlive() && m_qmp && m_qmp->isReady())
                        setLink(adapter, {});
                });
                if (reply)
                    reply(std::move(result));
            });
}

QList<NetworkConnection> QemuDriver::connections() const
{
    return m_network ? connectionsOf(*m_network) : QList<NetworkConnection>();
}

void QemuDriver::countNetwork(ActivityCounters &counters) const
{
    if (!m_network)
        return;
    countPackets(*m_network, counters);
}

} // namespace engine
