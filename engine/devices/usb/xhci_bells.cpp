// SPDX-License-Identifier: GPL-3.0-or-later
// epoll(7): an instance's ready list is in the order in which its descriptors became ready, and
// what becomes ready while it is taken comes behind it.
#include "engine/devices/usb/xhci_bells.h"

#include <algorithm>
#include <array>
#include <utility>

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

namespace engine::xhci {

namespace {

constexpr unsigned SlotShift = 32; // in an event's data, above the value

} // namespace

Bells::Bells()
    : m_rung(::epoll_create1(EPOLL_CLOEXEC))
{ }

bool Bells::isAnyRung() const
{
    pollfd waited = {.fd = m_rung.get(), .events = POLLIN, .revents = 0};
    return !m_bells.empty() && ::poll(&waited, 1, 0) > 0;
}

std::vector<Bell> Bells::takeRung()
{
    std::vector<Bell> rung;
    if (m_bells.empty())
        return rung;
    std::array<epoll_event, Max> events; // all there can be: the order is within one call
    const int count = ::epoll_wait(m_rung.get(), events.data(), int(events.size()), 0);
    for (int i = 0; i < count; ++i)
        rung.push_back({.slot = unsigned(events[std::size_t(i)].data.u64 >> SlotShift),
                        .value = std::uint32_t(events[std::size_t(i)].data.u64)});
    return rung;
}

void Bells::setWanted(DoorbellMapper *mapper, std::vector<Bell> wanted)
{
    if (!mapper || !m_rung.isOpen())
        return;
    std::ranges::sort(wanted);
    for (auto each = m_bells.begin(); each != m_bells.end();) {
        auto &[bell, wire] = *each;
        if (std::ranges::binary_search(wanted, bell)) {
            ++each;
            continue;
        }
        disconnect(mapper, bell, wire);
        ::epoll_ctl(m_rung.get(), EPOLL_CTL_DEL, wire.event.get(), nullptr);
        each = m_bells.erase(each);
    }
    for (const Bell &bell : wanted) {
        if (m_bells.size() >= Max)
            return;
        if (m_bells.contains(bell))
            continue;
        Wire wire{.event = Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))};
        epoll_event event = {};
        event.events = EPOLLIN | EPOLLET;
        event.data.u64 = std::uint64_t(bell.slot) << SlotShift | bell.value;
        if (!wire.event.isOpen()
            || ::epoll_ctl(m_rung.get(), EPOLL_CTL_ADD, wire.event.get(), &event) != 0)
            return; // the process has no more: it exits
        connect(mapper, bell, m_bells.emplace(bell, std::move(wire)).first->second);
    }
}

void Bells::place(DoorbellMapper *mapper, std::optional<std::uint64_t> address)
{
    if (!mapper || address == m_address)
        return;
    for (auto &[bell, wire] : m_bells)
        disconnect(mapper, bell, wire);
    m_address = address;
    for (auto &[bell, wire] : m_bells)
        connect(mapper, bell, wire);
}

Doorbell Bells::doorbellOf(const Bell &bell, const Wire &wire) const
{
    return {.address = *m_address + sizeof(std::uint32_t) * bell.slot,
            .size = sizeof(std::uint32_t),
            .value = bell.value,
            .eventFd = wire.event.get()};
}

void Bells::connect(DoorbellMapper *mapper, const Bell &bell, Wire &wire)
{
    wire.isConnected = m_address && mapper->add(doorbellOf(bell, wire));
}

void Bells::disconnect(DoorbellMapper *mapper, const Bell &bell, Wire &wire)
{
    if (std::exchange(wire.isConnected, false))
        mapper->remove(doorbellOf(bell, wire));
}

} // namespace engine::xhci
