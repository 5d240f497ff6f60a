// SPDX-License-Identifier: GPL-3.0-or-later
// A driver for the USB controller, as a guest's would be: rings in a FakeRam, one device at a time.
// What devices post runs when settle() is called. The controller may have a loop: what it does
// there is done then as well.
#pragma once

#include "engine/devices/usb/usb_model.h"
#include "engine/devices/usb/xhci.h"
#include "tests/support/board_fakes.h"
#include "tests/support/fake_doorbells.h"

#include <deque>
#include <functional>

namespace tests {

struct XhciEvent
{
    std::uint64_t parameter = 0;
    std::uint32_t status = 0;
    std::uint32_t control = 0;
    unsigned type() const { return (control >> 10) & 0x3f; }
    engine::xhci::Completion code() const { return engine::xhci::Completion(status >> 24); }
    std::uint32_t left() const { return status & 0xffffff; }
};

class XhciGuest
{
public:
    // Where the guest keeps what.
    static constexpr std::uint64_t Contexts = 0x1000; // the array of device contexts
    static constexpr std::uint64_t Commands = 0x2000;
    static constexpr std::uint64_t Events = 0x3000;
    static constexpr std::uint64_t Table = 0x4000;
    static constexpr std::uint64_t Input = 0x5000;
    static constexpr std::uint64_t DeviceContext = 0x6000; // 0x400 a slot
    static constexpr std::uint64_t Rings = 0x10000; // 0x1000 an endpoint
    static constexpr std::uint64_t Data = 0x40000;
    static constexpr unsigned EventCount = 32;
    static constexpr std::size_t RamBytes = 1u << 20;
    static constexpr std::uint32_t BarAddress = 0xfe000000;

    explicit XhciGuest(engine::PollLoop *loop = nullptr)
        : xhci(clock, loop)
        , m_loop(loop)
    {
        xhci.connect({.memory = &memory,
                      .ports = &ports,
                      .ram = &ram.memory,
                      .interruptPin = &irq,
                      .msi = &msi,
                      .doorbells = &doorbells});
        const std::lock_guard lock(xhci.lock());
        xhci.reset();
        xhci.configWrite(4, 2, 6);
        xhci.setRunning(true);
    }

    engine::UsbModel::Later later()
    {
        return [this](std::function<void()> function) { posted.push_back(std::move(function)); };
    }
    void settle()
    {
        while (!posted.empty()) {
            const std::function<void()> function = std::move(posted.front());
            posted.pop_front();
            function();
        }
        // What was rung, what that posted, and what the latter did.
        for (int i = 0; m_loop && i < 3; ++i)
            m_loop->run([] {});
    }

    std::uint32_t read(std::uint64_t offset)
    {
        const std::lock_guard lock(xhci.lock());
        return std::uint32_t(xhci.read(engine::Xhci::Bar, offset, 4));
    }
    void write(std::uint64_t offset, std::uint32_t value)
    {
        const std::lock_guard lock(xhci.lock());
        xhci.write(engine::Xhci::Bar, offset, 4, value);
    }
    void write64(std::uint64_t offset, std::uint64_t value)
    {
        write(offset, std::uint32_t(value));
        write(offset + 4, std::uint32_t(value >> 32));
    }
    std::uint32_t port(unsigned number)
    {
        return read(engine::xhci::PortBase + (number - 1) * engine::xhci::PortBytes);
    }
    void writePort(unsigned number, std::uint32_t value)
    {
        write(engine::xhci::PortBase + (number - 1) * engine::xhci::PortBytes, value);
    }

    void start(unsigned eventCount = EventCount)
    {
        using namespace engine::xhci;
        {
            const std::lock_guard lock(xhci.lock());
            xhci.configWrite(0x10, 4, BarAddress);
            xhci.configWrite(4, 2, 6);
        }
        write(OpConfig, SlotCount);
        write64(OpContextsLow, Contexts);
        write64(OpRingLow, Commands | RingCycle);
        engine::storeLe(ram.at(Table), std::uint64_t(Events));
        engine::storeLe(ram.at(Table + 8), std::uint64_t(eventCount));
        m_eventCount = eventCount;
        write(RtTableSize, 1);
        write64(RtDequeueLow, Events | DequeueBusy);
        write64(RtTableLow, Table);
        write(RtManagement, ManagementEnable);
        for (unsigned i = 1; i <= 4; ++i)
            engine::storeLe(ram.at(Contexts + 8 * i), DeviceContext + 0x400 * i);
        write(OpCommand, CommandRun | CommandInterrupts);
    }

    std::uint64_t putTrb(std::uint64_t &at, std::uint64_t parameter, std::uint32_t status,
                         std::uint32_t control)
    {
        const std::uint64_t here = at;
        engine::storeLe(ram.at(at), parameter);
        engine::storeLe(ram.at(at + 8), status);
        engine::storeLe(ram.at(at + 12), control | engine::xhci::TrbCycle);
        at += 16;
        return here;
    }
    static std::uint32_t typed(unsigned type, std::uint32_t bits = 0) { return type << 10 | bits; }

    bool hasEvent()
    {
        return (engine::loadLe<std::uint32_t>(ram.at(m_event + 12)) & 1)
            == (m_eventCycle ? 1u : 0u);
    }
    // The next one; its type is 0 when there is none.
    XhciEvent event()
    {
        XhciEvent event;
        if (!hasEvent())
            return event;
        event.parameter = engine::loadLe<std::uint64_t>(ram.at(m_event));
        event.status = engine::loadLe<std::uint32_t>(ram.at(m_event + 8));
        event.control = engine::loadLe<std::uint32_t>(ram.at(m_event + 12));
        m_event += 16;
        if (m_event == Events + 16 * m_eventCount) {
            m_event = Events;
            m_eventCycle = !m_eventCycle;
        }
        return event;
    }
    void acknowledge() { write64(engine::xhci::RtDequeueLow, m_event | engine::xhci::DequeueBusy); }
    void skipEvents()
    {
        while (hasEvent())
            event();
        acknowledge();
    }

    // Its event; of others before it nothing is kept.
    XhciEvent command(std::uint64_t parameter, std::uint32_t control, std::uint32_t status = 0)
    {
        constexpr std::uint64_t Last = 0xf00 - engine::xhci::TrbBytes;
        if (m_command == Commands)
            std::memset(ram.at(Commands + Last), 0, engine::xhci::TrbBytes);
        putTrb(m_command, parameter, status, control);
        if (m_command > Commands + Last) { // with the cycle bits as they are, it begins anew
            std::memset(ram.at(Commands), 0, Last);
            putTrb(m_command, Commands, 0, typed(engine::xhci::TrbLink));
            m_command = Commands;
        }
        write(engine::xhci::DoorbellBase, 0);
        settle();
        XhciEvent answer;
        while (hasEvent()) {
            const XhciEvent next = event();
            if (next.type() == engine::xhci::TrbCommandEvent)
                answer = next;
            else
                others.push_back(next);
        }
        acknowledge();
        return answer;
    }
    static std::uint32_t ofSlot(unsigned slot, unsigned endpoint = 0)
    {
        return slot << 24 | endpoint << 16;
    }

    std::uint64_t ringOf(unsigned endpoint) const { return Rings + 0x1000 * endpoint; }
    // The device at the port gets slot 1 (or the next) and an address.
    engine::xhci::Completion address(unsigned portNumber)
    {
        using namespace engine::xhci;
        writePort(portNumber, PortPower | PortReset | PortConnectChange);
        slot = command(0, typed(TrbEnableSlot)).control >> 24;
        clearInput(3);
        engine::storeLe(ram.at(Input + 32), std::uint32_t(1u << 27));
        engine::storeLe(ram.at(Input + 36), std::uint32_t(portNumber << 16));
        fillEndpoint(1, EndpointControl, 64);
        return command(Input, typed(TrbAddressDevice, ofSlot(slot))).code();
    }
    void clearInput(std::uint32_t added)
    {
        std::memset(ram.at(Input), 0, 34 * 32);
        engine::storeLe(ram.at(Input + 4), added);
    }
    void fillEndpoint(unsigned index, unsigned type, unsigned packetBytes)
    {
        std::uint8_t *const context = ram.at(Input + 32 * (index + 1));
        engine::storeLe(context + 4, std::uint32_t(3u << 1 | type << 3 | packetBytes << 16));
        engine::storeLe(context + 8, ringOf(index) | 1);
        m_transfers[index] = ringOf(index);
        std::memset(ram.at(ringOf(index)), 0, 0x1000);
    }
    engine::xhci::Completion configure(const std::vector<std::pair<unsigned, unsigned>> &endpoints)
    {
        std::uint32_t added = 1;
        for (const auto &[index, type] : endpoints)
            added |= 1u << index;
        clearInput(added);
        engine::storeLe(ram.at(Input + 32), std::uint32_t(31u << 27));
        for (const auto &[index, type] : endpoints)
            fillEndpoint(index, type, 64);
        return command(Input, typed(engine::xhci::TrbConfigureEndpoint, ofSlot(slot))).code();
    }
    void ring(unsigned endpoint)
    {
        write(engine::xhci::DoorbellBase + 4 * slot, endpoint);
        settle();
    }

    // As a vCPU's write that does not exit; false: this one does. Who looks, does so later.
    bool ringBell(unsigned endpoint, unsigned stream = 0)
    {
        return doorbells.ring(BarAddress + engine::xhci::DoorbellBase + 4 * slot, 4,
                              stream << 16 | endpoint);
    }

    // A control transfer with its data at Data; the last event.
    XhciEvent control(std::uint8_t type, std::uint8_t request, std::uint16_t value,
                      std::uint16_t index, std::uint16_t length)
    {
        using namespace engine::xhci;
        std::uint64_t &at = m_transfers[1];
        putTrb(at,
               type | std::uint64_t(request) << 8 | std::uint64_t(value) << 16
                   | std::uint64_t(index) << 32 | std::uint64_t(length) << 48,
               8, typed(TrbSetup, TrbImmediate));
        if (length > 0)
            putTrb(at, Data, length,
                   typed(TrbData, TrbOnShort | (type & 0x80 ? TrbToHost : TrbBit(0))));
        putTrb(at, 0, 0, typed(TrbStatus, TrbOnCompletion));
        ring(1);
        XhciEvent last;
        while (hasEvent())
            last = event();
        acknowledge();
        return last;
    }
    // The address of its TRB.
    std::uint64_t transfer(unsigned endpoint, std::uint64_t data, std::uint32_t length,
                           std::uint32_t bits = engine::xhci::TrbOnCompletion
                               | engine::xhci::TrbOnShort)
    {
        return putTrb(m_transfers[endpoint], data, length, typed(engine::xhci::TrbNormal, bits));
    }
    std::uint64_t &transferPlace(unsigned endpoint) { return m_transfers[endpoint]; }
    std::uint32_t endpointState(unsigned endpoint)
    {
        return engine::loadLe<std::uint32_t>(ram.at(DeviceContext + 0x400 * slot + 32 * endpoint))
            & 7;
    }

    engine::Bus memory;
    engine::Bus ports;
    RecordingIrq irq;
    RecordingMsi msi;
    FakeRam ram{RamBytes};
    ManualClock clock;
    FakeDoorbells doorbells;
    std::deque<std::function<void()>> posted;
    std::vector<XhciEvent> others;
    unsigned slot = 0;
    engine::Xhci xhci;

private:
    engine::PollLoop *const m_loop;
    std::uint64_t m_command = Commands;
    std::uint64_t m_event = Events;
    unsigned m_eventCount = EventCount;
    bool m_eventCycle = true;
    std::array<std::uint64_t, 32> m_transfers = {};
};

} // namespace tests
