// SPDX-License-Identifier: GPL-3.0-or-later
// Pins, messages, and event descriptors that send messages (Documentation/virt/kvm/api.rst:
// KVM_IRQ_LINE, KVM_SIGNAL_MSI, KVM_SET_GSI_ROUTING, KVM_IRQFD).
#include "engine/vmm/kvm_flexible.h"
#include "engine/vmm/kvm_machine.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <linux/kvm.h>
#include <sys/ioctl.h>

namespace engine {

namespace {

constexpr unsigned IoapicPins = 24;
constexpr unsigned IsaIrqs = 16;
// Kernels of today have 4096 routes (KVM_CAP_IRQ_ROUTING).
constexpr std::size_t MaxEventRoutes = 256;

} // namespace

void KvmMachine::setGsi(unsigned gsi, bool level)
{
    kvm_irq_level line = {};
    line.irq = gsi;
    line.level = level ? 1 : 0;
    ::ioctl(descriptor(), KVM_IRQ_LINE, &line);
}

void KvmMachine::send(std::uint64_t address, std::uint32_t data)
{
    kvm_msi message = {};
    message.address_lo = std::uint32_t(address);
    message.address_hi = std::uint32_t(address >> 32);
    message.data = data;
    // A message to no processor at all is the guest's mistake.
    ::ioctl(descriptor(), KVM_SIGNAL_MSI, &message);
}

// The kernel takes them as a whole.
bool KvmMachine::setRoutes()
{
    // The ISA timer is on pin 2 of the IOAPIC, as the MADT's override says; pin 2 of the PIC is
    // where the second PIC is.
    std::vector<kvm_irq_routing_entry> routes;
    const auto addRoute = [&](unsigned gsi, unsigned chip, unsigned pin) {
        kvm_irq_routing_entry route = {};
        route.gsi = gsi;
        route.type = KVM_IRQ_ROUTING_IRQCHIP;
        route.u.irqchip.irqchip = chip;
        route.u.irqchip.pin = pin;
        routes.push_back(route);
    };
    for (unsigned gsi = 0; gsi < IsaIrqs; ++gsi)
        if (gsi != 2)
            addRoute(gsi, gsi < 8 ? KVM_IRQCHIP_PIC_MASTER : KVM_IRQCHIP_PIC_SLAVE, gsi % 8);
    for (unsigned gsi = 0; gsi < IoapicPins; ++gsi)
        if (gsi != 2)
            addRoute(gsi, KVM_IRQCHIP_IOAPIC, gsi == 0 ? 2 : gsi);
    for (std::size_t i = 0; i < m_eventRoutes.size(); ++i) {
        const MsiMessage &message = m_eventRoutes[i].message;
        kvm_irq_routing_entry route = {};
        route.gsi = unsigned(IoapicPins + i);
        route.type = KVM_IRQ_ROUTING_MSI;
        route.u.msi.address_lo = std::uint32_t(message.address);
        route.u.msi.address_hi = std::uint32_t(message.address >> 32);
        route.u.msi.data = message.data;
        routes.push_back(route);
    }
    errno = vitrineKvmSetRouting(descriptor(), routes.data(), unsigned(routes.size()));
    return errno == 0;
}

bool KvmMachine::attach(std::size_t route, bool isAttached)
{
    kvm_irqfd event = {};
    event.fd = std::uint32_t(m_eventRoutes[route].eventFd);
    event.gsi = std::uint32_t(IoapicPins + route);
    event.flags = isAttached ? 0 : std::uint32_t(KVM_IRQFD_FLAG_DEASSIGN);
    return ::ioctl(descriptor(), KVM_IRQFD, &event) == 0;
}

// A route costs the kernel a wait for all its readers, an attachment does not: so a route stays,
// and a vector that is masked and unmasked again changes none.
bool KvmMachine::connectEvent(int eventFd, const MsiMessage &message)
{
    const std::lock_guard lock(m_routeMutex);
    const auto known = std::find_if(m_eventRoutes.begin(), m_eventRoutes.end(),
                                    [&](const EventRoute &one) { return one.eventFd == eventFd; });
    const auto index = std::size_t(known - m_eventRoutes.begin());
    if (known != m_eventRoutes.end() && known->isConnected && known->message == message)
        return true;
    if (known == m_eventRoutes.end()) {
        if (index >= MaxEventRoutes || capability(KVM_CAP_IRQFD) == 0)
            return false;
        m_eventRoutes.push_back({eventFd, message, false});
        if (!setRoutes()) {
            m_eventRoutes.pop_back();
            return false;
        }
    } else if (!(known->message == message)) {
        const MsiMessage before = std::exchange(known->message, message);
        if (!setRoutes()) {
            known->message = before;
            return false;
        }
    }
    EventRoute &route = m_eventRoutes[index];
    route.isConnected = route.isConnected || attach(index, true);
    return route.isConnected;
}

void KvmMachine::disconnectEvent(int eventFd)
{
    const std::lock_guard lock(m_routeMutex);
    for (std::size_t i = 0; i < m_eventRoutes.size(); ++i)
        if (m_eventRoutes[i].eventFd == eventFd
            && std::exchange(m_eventRoutes[i].isConnected, false))
            attach(i, false);
}

} // namespace engine
