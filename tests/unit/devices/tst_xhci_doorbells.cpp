// SPDX-License-Identifier: GPL-3.0-or-later
// Doorbells that do not exit: xHCI 1.1, 4.7; what they ring, and before what. Where the controller
// has no loop here, a bell that is rung is not heard until something else is done.
#include "tests/support/saved_device.h"
#include "tests/support/test_main.h"
#include "tests/support/usb_rig.h"

#include <filesystem>
#include <set>

using namespace engine;
using namespace engine::xhci;
using tests::BulkIn;
using tests::BulkOut;
using tests::IsoIn;
using tests::pattern;
using G = tests::XhciGuest;
using Rig = tests::UsbRig;

namespace {

constexpr std::size_t RigBells = 4; // the control endpoint's and three others'

std::size_t openDescriptors()
{
    std::size_t count = 0;
    for ([[maybe_unused]] const auto &each : std::filesystem::directory_iterator("/proc/self/fd"))
        ++count;
    return count;
}

Completion order(G &guest, unsigned type, unsigned endpoint = 0, std::uint32_t bits = 0)
{
    return guest.command(G::Input, G::typed(type, G::ofSlot(guest.slot, endpoint) | bits)).code();
}

void setRunning(G &guest, bool isRunning)
{
    const std::lock_guard lock(guest.xhci.lock());
    guest.xhci.setRunning(isRunning);
}

void setConfig(G &guest, std::uint32_t offset, unsigned size, std::uint32_t value)
{
    const std::lock_guard lock(guest.xhci.lock());
    guest.xhci.configWrite(offset, size, value);
}

bool isIdle(G &guest)
{
    const std::lock_guard lock(guest.xhci.lock());
    return guest.xhci.isIdle();
}

// All that a device can have.
Completion configureEverything(G &guest)
{
    std::vector<std::pair<unsigned, unsigned>> endpoints;
    for (unsigned i = 2; i < EndpointCount; ++i)
        endpoints.emplace_back(i, i % 2 == 0 ? EndpointBulkOut : EndpointBulkIn);
    return guest.configure(endpoints);
}

} // namespace

class TestXhciDoorbells : public QObject
{
    Q_OBJECT

private slots:
    void aBellBeginsATransfer()
    {
        auto loop = PollLoop::start("io");
        QVERIFY_OK(loop);
        Rig rig(loop->get());
        QCOMPARE(rig.configureAll(), Completion::Success);
        QCOMPARE(rig.doorbells.bells.size(), RigBells);
        for (int round = 0; round < 3; ++round) {
            const std::uint64_t place = rig.transfer(BulkIn, G::Data, 64);
            QVERIFY(rig.ringBell(BulkIn));
            rig.settle();
            QCOMPARE(rig.usb->pending.size(), std::size_t(1));
            rig.usb->answer(UsbOutcome::Done, pattern(64));
            rig.settle();
            QCOMPARE(rig.next().parameter, place);
            QVERIFY(isIdle(rig));
        }
        rig.transfer(BulkOut, G::Data, 64);
        rig.ring(BulkOut); // by a write, which works all the same
        QCOMPARE(rig.usb->pending.size(), std::size_t(1));
    }

    void whereThereAreNoneTheWriteRings()
    {
        Rig rig;
        rig.doorbells.isProvided = false;
        QCOMPARE(rig.configureAll(), Completion::Success);
        QVERIFY(!rig.ringBell(BulkIn));
        rig.transfer(BulkIn, G::Data, 64);
        rig.ring(BulkIn);
        QCOMPARE(rig.usb->pending.size(), std::size_t(1));
    }

    void anEndpointHasOneAsLongAsItIsOpen()
    {
        Rig rig;
        QCOMPARE(rig.configureAll(), Completion::Success);
        std::set<std::uint64_t> values;
        for (const Doorbell &bell : rig.doorbells.bells) {
            QCOMPARE(bell.address, std::uint64_t(G::BarAddress + DoorbellBase + 4 * rig.slot));
            QCOMPARE(bell.size, 4u);
            values.insert(bell.value.value_or(0));
        }
        QVERIFY(values == (std::set<std::uint64_t>{1, BulkOut, BulkIn, IsoIn}));
        rig.clearInput(1);
        storeLe(rig.ram.at(G::Input), std::uint32_t(1u << IsoIn));
        QCOMPARE(order(rig, TrbConfigureEndpoint), Completion::Success);
        QCOMPARE(rig.doorbells.bells.size(), RigBells - 1);
        QVERIFY(!rig.ringBell(IsoIn));
        QCOMPARE(order(rig, TrbResetDevice), Completion::Success);
        QCOMPARE(rig.doorbells.bells.size(), std::size_t(1));
        QCOMPARE(order(rig, TrbDisableSlot), Completion::Success);
        QVERIFY(rig.doorbells.bells.empty());
        QCOMPARE(rig.address(1), Completion::Success);
        QCOMPARE(rig.doorbells.bells.size(), std::size_t(1));
        rig.write(OpCommand, CommandReset);
        QVERIFY(rig.doorbells.bells.empty());
    }

    void theyAreWhereTheRegistersAre()
    {
        constexpr std::uint32_t Elsewhere = 0xfd000000;
        Rig rig;
        QCOMPARE(rig.configureAll(), Completion::Success);
        rig.transfer(BulkIn, G::Data, 64);
        QVERIFY(rig.ringBell(BulkIn)); // and is heard after all
        setConfig(rig, 0x10, 4, Elsewhere);
        QVERIFY(!rig.ringBell(BulkIn));
        QCOMPARE(rig.doorbells.bells.size(), RigBells);
        for (const Doorbell &bell : rig.doorbells.bells)
            QCOMPARE(bell.address, std::uint64_t(Elsewhere + DoorbellBase + 4 * rig.slot));
        rig.ring(BulkOut);
        QCOMPARE(rig.usb->pending.size(), std::size_t(1));
        setConfig(rig, 4, 2, 4);
        QVERIFY(rig.doorbells.bells.empty());
        setConfig(rig, 0x10, 4, G::BarAddress);
        QVERIFY(rig.doorbells.bells.empty());
        setConfig(rig, 4, 2, 6);
        QCOMPARE(rig.doorbells.bells.size(), RigBells);
        rig.transfer(BulkOut, G::Data, 64);
        QVERIFY(rig.ringBell(BulkOut));
        rig.ring(BulkIn);
        QCOMPARE(rig.usb->pending.size(), std::size_t(2));
        tests::resetDevice(rig.xhci);
        QVERIFY(rig.doorbells.bells.empty());
    }

    void whatIsRungBeforeAStopIsStopped()
    {
        Rig rig;
        QCOMPARE(rig.configureAll(), Completion::Success);
        rig.transfer(BulkIn, G::Data, 64);
        for (int round = 0; round < 2; ++round) { // the second time it is stopped before
            QVERIFY(rig.ringBell(BulkIn));
            QCOMPARE(order(rig, TrbStopEndpoint, BulkIn), Completion::Success);
            QCOMPARE(rig.endpointState(BulkIn), unsigned(EndpointState::Stopped));
            rig.ring(BulkOut);
            QVERIFY(rig.usb->pending.empty());
        }
        QCOMPARE(order(rig, TrbStopEndpoint, BulkIn), Completion::ContextStateError);
        rig.ring(BulkIn);
        QCOMPARE(rig.usb->pending.size(), std::size_t(1));
    }

    // The driver is at it while the controller goes through the commands.
    void whatIsRungBetweenCommandsCountsBetweenThem()
    {
        Rig rig;
        QCOMPARE(rig.configureAll(), Completion::Success);
        rig.transfer(BulkIn, G::Data, 64);
        rig.ring(BulkIn);
        rig.transfer(BulkOut, G::Data, 64);
        std::uint64_t at = G::Commands;
        while (loadLe<std::uint32_t>(rig.ram.at(at + 12)) != 0)
            at += TrbBytes;
        at += TrbBytes; // behind the command that is given next
        rig.usb->meanwhile = [&] {
            rig.ringBell(BulkOut);
            rig.putTrb(at, 0, 0, G::typed(TrbStopEndpoint, G::ofSlot(rig.slot, BulkOut)));
        };
        QCOMPARE(order(rig, TrbStopEndpoint, BulkIn), Completion::Success);
        QCOMPARE(rig.endpointState(BulkOut), unsigned(EndpointState::Stopped));
        rig.ring(IsoIn);
        QVERIFY(rig.usb->pending.empty());
        QCOMPARE(rig.endpointState(BulkOut), unsigned(EndpointState::Stopped));
    }

    void whatIsHaltedIsNotRung()
    {
        Rig rig;
        QCOMPARE(rig.configureAll(), Completion::Success);
        rig.transfer(BulkIn, G::Data, 64);
        rig.ring(BulkIn);
        rig.usb->answer(UsbOutcome::Stalled, {});
        QCOMPARE(rig.endpointState(BulkIn), unsigned(EndpointState::Halted));
        QVERIFY(rig.ringBell(BulkIn));
        QCOMPARE(order(rig, TrbResetEndpoint, BulkIn), Completion::Success);
        QCOMPARE(rig.endpointState(BulkIn), unsigned(EndpointState::Stopped));
        QVERIFY(rig.usb->pending.empty());
        QVERIFY(rig.ringBell(BulkIn));
        rig.ring(BulkOut);
        QCOMPARE(rig.usb->pending.size(), std::size_t(1));
    }

    void aControllerThatStandsHearsNothing()
    {
        Rig rig;
        QCOMPARE(rig.configureAll(), Completion::Success);
        rig.transfer(BulkIn, G::Data, 64);
        rig.transfer(BulkOut, G::Data, 64);
        QVERIFY(rig.ringBell(BulkIn)); // before it stops
        rig.write(OpCommand, 0);
        QVERIFY(rig.ringBell(BulkOut));
        rig.write(OpCommand, CommandRun | CommandInterrupts);
        QCOMPARE(rig.usb->pending.size(), std::size_t(1));
        QCOMPARE(rig.usb->pending.front()->endpoint, std::uint8_t(0x81));
    }

    // The other CPU writes to a controller that runs, after the bell and before anybody has looked.
    void whatIsHeardByTheWayIsServed()
    {
        Rig rig;
        QCOMPARE(rig.configureAll(), Completion::Success);
        rig.transfer(BulkIn, G::Data, 64);
        QVERIFY(rig.ringBell(BulkIn));
        rig.write(OpCommand, CommandRun);
        QCOMPARE(rig.usb->pending.size(), std::size_t(1));
    }

    void whatIsRungEndsWithAReset()
    {
        Rig rig;
        QCOMPARE(rig.configureAll(), Completion::Success);
        QVERIFY(rig.ringBell(BulkIn));
        rig.write(OpCommand, CommandReset);
        QVERIFY(isIdle(rig));
        QVERIFY(rig.doorbells.bells.empty());
    }

    // Each stream has its own, and what a disk is given stays in the driver's order.
    void theyAreHeardInTheirOrder()
    {
        constexpr unsigned StreamExponent = 2;
        tests::StreamGuest guest;
        auto usb = std::make_shared<tests::FakeUsb>(UsbLinkSpeed::Super);
        usb->streamCount = MaxUsbStreams;
        guest.xhci.plug(usb);
        guest.start();
        guest.skipEvents();
        QCOMPARE(guest.address(PortPairs + 1), Completion::Success);
        QCOMPARE(guest.configureStreams(StreamExponent), Completion::Success);
        QCOMPARE(guest.doorbells.bells.size(), std::size_t(2 + 7));
        QVERIFY(!guest.ringBell(BulkIn)); // without a stream it is none's
        QVERIFY(!guest.ringBell(BulkIn, 8));
        for (const unsigned stream : {7u, 3u, 5u, 1u})
            guest.transferOf(stream, G::Data, 64);
        guest.transfer(BulkOut, G::Data, 31);
        for (const unsigned stream : {7u, 3u, 7u})
            QVERIFY(guest.ringBell(BulkIn, stream));
        QVERIFY(guest.ringBell(BulkOut));
        QVERIFY(guest.ringBell(BulkIn, 5));
        guest.ringStream(1); // by a write: after all of them
        std::vector<unsigned> streams;
        for (const auto &transfer : usb->pending)
            streams.push_back(transfer->stream);
        QVERIFY(streams == (std::vector<unsigned>{7, 3, 0, 5, 1}));
    }

    // Also one that was rung when nobody looked any more, of an endpoint that does not run.
    void aSavedStateHoldsWhatWasRung()
    {
        Rig rig;
        rig.usb->name = "saved";
        QCOMPARE(rig.configureAll(), Completion::Success);
        rig.transfer(BulkIn, G::Data, 64);
        QCOMPARE(order(rig, TrbStopEndpoint, BulkIn), Completion::Success);
        QVERIFY(rig.ringBell(BulkIn));
        QVERIFY(!isIdle(rig));
        setRunning(rig, false);
        QVERIFY(isIdle(rig));
        const std::vector<std::uint8_t> saved = tests::savedBytes(rig.xhci);

        Rig other;
        other.usb->name = "saved";
        std::copy_n(rig.ram.at(0), rig.ram.size(), other.ram.at(0));
        tests::resetDevice(other.xhci);
        setRunning(other, false);
        QVERIFY(tests::loadBytes(other.xhci, saved));
        QVERIFY(tests::savedBytes(other.xhci) == saved);
        QVERIFY(other.usb->pending.empty());
        setRunning(other, true);
        QCOMPARE(other.usb->pending.size(), std::size_t(1));
        other.slot = rig.slot;
        QCOMPARE(other.endpointState(BulkIn), unsigned(EndpointState::Running));
        QCOMPARE(other.doorbells.bells.size(), RigBells);
        QVERIFY(other.ringBell(BulkOut));
        setRunning(rig, true); // and here it goes on
        QCOMPARE(rig.usb->pending.size(), std::size_t(1));
    }

    void thereAreOnlySoMany()
    {
        constexpr unsigned Slots = 5;
        constexpr std::size_t SlotBells = EndpointCount - 1;
        static_assert(Bells::Max > (Slots - 1) * SlotBells && Bells::Max < Slots * SlotBells);
        Rig rig;
        rig.start();
        rig.skipEvents();
        for (unsigned i = 1; i <= Slots; ++i) {
            storeLe(rig.ram.at(G::Contexts + 8 * i), G::DeviceContext + 0x400 * i);
            QCOMPARE(rig.address(1), Completion::Success);
            QCOMPARE(configureEverything(rig), Completion::Success);
        }
        QCOMPARE(rig.doorbells.bells.size(), Bells::Max);
        QVERIFY(!rig.ringBell(EndpointCount - 1));
        rig.transfer(EndpointCount - 1, G::Data, 64);
        rig.ring(EndpointCount - 1);
        QCOMPARE(rig.usb->pending.size(), std::size_t(1));
        // Who has one keeps it, whoever comes.
        rig.slot = 1;
        QCOMPARE(order(rig, TrbConfigureEndpoint, 0, TrbDeconfigure), Completion::Success);
        QCOMPARE(rig.doorbells.bells.size(), (Slots - 1) * SlotBells + 1);
        QCOMPARE(configureEverything(rig), Completion::Success);
        QCOMPARE(rig.doorbells.bells.size(), Bells::Max);
        rig.slot = Slots;
        for (unsigned i = 1; i < EndpointCount; ++i)
            QVERIFY(rig.ringBell(i));
    }

    void whoConfiguresForEverLeavesNothingBehind()
    {
        Rig rig;
        QCOMPARE(rig.configureAll(), Completion::Success);
        const std::size_t before = openDescriptors();
        for (int round = 0; round < 300; ++round) {
            QCOMPARE(configureEverything(rig), Completion::Success);
            QCOMPARE(rig.doorbells.bells.size(), std::size_t(EndpointCount - 1));
            QVERIFY(rig.ringBell(BulkIn));
            QCOMPARE(order(rig, TrbConfigureEndpoint, 0, TrbDeconfigure), Completion::Success);
            QCOMPARE(rig.doorbells.bells.size(), std::size_t(1));
        }
        QCOMPARE(openDescriptors(), before - (RigBells - 1));
        rig.write(OpCommand, CommandReset);
        QCOMPARE(openDescriptors(), before - RigBells);
    }
};

QTEST_GUILESS_MAIN(TestXhciDoorbells)
#include "tst_xhci_doorbells.moc"
