// SPDX-License-Identifier: GPL-3.0-or-later
// The guest's network: the Vm's cards are at one end of a cable each, and engine/net at the other,
// both on the network thread.
#include "engine/drivers/adapter_plan.h"
#include "engine/drivers/kvm_driver.h"
#include "engine/drivers/network_connection.h"
#include "engine/drivers/run_checks.h"
#include "engine/machine/host_networks.h"
#include "engine/machine/qt_text.h"
#include "engine/net/net_adapter.h"

#include <QtCore/QFile>

namespace engine {

Result<> KvmDriver::openNetwork()
{
    if (!m_cards.empty())
        m_network = TRY(
            net::MachineNetwork::start(QFile::encodeName(internalNetworkFolder()).toStdString()));
    return {};
}

Result<> KvmDriver::plugInCards()
{
    for (std::size_t card = 0; card < m_cards.size(); ++card) {
        const int index = int(m_cards[card].adapter);
        auto plan = adapterPlan(m_definition.adapters[index], index);
        if (!plan)
            return std::move(plan).error().context(adapterTitle(index));
        net::FrameSink *sink = nullptr;
        m_network->loop().run([&] { sink = &m_vm->cardSink(unsigned(card)); });
        auto adapter = m_network->addCard(index, *plan, *sink);
        if (!adapter)
            return std::move(adapter).error().context(adapterTitle(index));
        m_network->loop().run(
            [this, card, adapter = *adapter] { m_vm->connectCard(unsigned(card), adapter); });
    }
    return {};
}

// While the Vm is there.
void KvmDriver::unplugCards()
{
    for (std::size_t card = 0; card < m_cards.size() && m_network && m_vm != nullptr; ++card) {
        m_network->loop().run([this, card] { m_vm->connectCard(unsigned(card), nullptr); });
        m_network->removeCard(int(m_cards[card].adapter));
    }
}

bool KvmDriver::refuseAdapter(int adapter, Reply &reply)
{
    if (refuse(reply, false))
        return true;
    if (m_network && m_network->plan(adapter))
        return false;
    answerLater(std::move(reply), noSuchAdapter(adapter));
    return true;
}

void KvmDriver::showLink(int adapter)
{
    for (std::size_t card = 0; card < m_cards.size(); ++card)
        if (int(m_cards[card].adapter) == adapter)
            m_vm->setLinkUp(unsigned(card), hasLink(m_definition.adapters[adapter]));
}

void KvmDriver::setLinkConnected(int adapter, bool connected, Reply reply)
{
    if (refuseAdapter(adapter, reply))
        return;
    net::AdapterPlan plan = *m_network->plan(adapter);
    plan.isCableConnected = connected;
    Result<> changed = m_network->change(adapter, plan);
    if (changed) {
        m_definition.adapters[adapter].isCableConnected = connected;
        showLink(adapter);
    }
    answerLater(std::move(reply), std::move(changed));
}

void KvmDriver::changeAdapter(int adapter, const NetworkAdapter &wanted, Reply reply)
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
    const bool wasUp = hasLink(present);
    present = wanted;
    if (isMove && wasUp && hasLink(present)) {
        // Another network: the guest asks for an address when the cable comes back.
        for (std::size_t card = 0; card < m_cards.size(); ++card)
            if (int(m_cards[card].adapter) == adapter)
                m_vm->setLinkUp(unsigned(card), false);
        QTimer::singleShot(m_options.replugTime, this, [this, adapter] {
            if (m_vm != nullptr)
                showLink(adapter);
        });
    } else {
        showLink(adapter);
    }
    answerLater(std::move(reply), {});
}

QList<NetworkConnection> KvmDriver::connections() const
{
    return m_network && m_vm != nullptr ? connectionsOf(*m_network) : QList<NetworkConnection>();
}

} // namespace engine
