// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/usb/usb_hid.h"
#include "engine/devices/usb/usb_storage.h"
#include "tests/support/device_conformance.h"
#include "tests/support/usb_rig.h"

#include <QtTest/QTest>

using namespace engine;
using namespace engine::xhci;
using tests::BulkIn;
using tests::BulkOut;
using tests::FakeUsb;
using Rig = tests::UsbRig;

namespace {

// With devices that a saved state holds.
struct ConformanceRig : tests::StreamGuest
{
    std::shared_ptr<tests::FakeDisk> disk = std::make_shared<tests::FakeDisk>(4096);
    std::shared_ptr<UsbGamepad> gamepad = std::make_shared<UsbGamepad>(later());
    std::shared_ptr<FakeUsb> streaming = std::make_shared<FakeUsb>(UsbLinkSpeed::Super);

    ConformanceRig()
    {
        xhci.plug(std::make_shared<UsbTablet>(later()));
        xhci.plug(
            std::make_shared<UsbStorage>(disk, UsbStorage::Settings{.serial = "S-1"}, later()));
        xhci.plug(gamepad);
        streaming->streamCount = 15;
        streaming->name = "streaming";
        xhci.plug(streaming);
    }
    Device &device() { return xhci; }
    std::vector<tests::Region> regions() { return {{Xhci::Bar, BarBytes}}; }
    void disturb()
    {
        start();
        skipEvents();
        address(1);
        control(0, 9, 1, 0, 0);
        address(PortPairs + 2); // the stick is of USB 3
        configure({{4, EndpointBulkOut}, {BulkIn, EndpointBulkIn}});
        control(0, 9, 1, 0, 0);
        transfer(4, Data, 31); // no command: the stick halts
        ring(4);
        address(3);
        configure({{BulkIn, EndpointInterruptIn}});
        control(0, 9, 1, 0, 0);
        transfer(BulkIn, Data, 16);
        ring(BulkIn);
        gamepad->move({.leftY = -5, .buttons = 3}); // the guest knows
        address(PortPairs + 4);
        configureStreams(MaxStreamExponent);
        for (const unsigned stream : {1u, 15u}) {
            transferOf(stream, Data, 64);
            ringStream(stream);
        }
    }
    void settle()
    {
        do {
            disk->answerAll();
            tests::XhciGuest::settle();
        } while (!disk->pending.empty());
    }
};

} // namespace

class TestXhci : public QObject
{
    Q_OBJECT

private slots:
    void conforms()
    {
        QVERIFY(tests::conforms([] { return std::make_unique<ConformanceRig>(); }));
    }

    void itIsWhatInboxDriversBindTo()
    {
        Rig rig;
        const std::lock_guard lock(rig.xhci.lock());
        QCOMPARE(rig.xhci.configRead(8, 4) >> 8, 0x0c0330u);
        QCOMPARE(std::uint32_t(rig.xhci.read(Xhci::Bar, 0, 4)), 0x01100040u);
        QCOMPARE(std::uint32_t(rig.xhci.read(Xhci::Bar, CapUsb2Protocol, 4)), 0x02000402u);
        QCOMPARE(std::uint32_t(rig.xhci.read(Xhci::Bar, CapUsb3Protocol + 8, 4)), 0x809u);
    }

    void aDevicesSpeedChoosesItsPort_data()
    {
        QTest::addColumn<int>("speed");
        QTest::addColumn<unsigned>("port");
        QTest::addColumn<std::uint32_t>("status");
        QTest::newRow("full") << int(UsbLinkSpeed::Full) << 1u << 0x206e1u;
        QTest::newRow("high") << int(UsbLinkSpeed::High) << 1u << 0x20ee1u;
        QTest::newRow("super") << int(UsbLinkSpeed::Super) << PortPairs + 1 << 0x21203u;
    }
    void aDevicesSpeedChoosesItsPort()
    {
        QFETCH(int, speed);
        QFETCH(unsigned, port);
        QFETCH(std::uint32_t, status);
        tests::XhciGuest guest;
        guest.start();
        QCOMPARE(guest.xhci.plug(std::make_shared<FakeUsb>(UsbLinkSpeed(speed))).value(), 0u);
        QCOMPARE(guest.port(port), status);
        const tests::XhciEvent told = guest.event();
        QCOMPARE(told.type(), unsigned(TrbPortEvent));
        QCOMPARE(told.parameter, std::uint64_t(port) << 24);
    }

    void aPortsResetEnablesIt()
    {
        Rig rig;
        rig.start();
        rig.writePort(1, PortPower | PortReset);
        QCOMPARE(rig.usb->resets, 1);
        QVERIFY(rig.port(1) & PortEnabled);
        QVERIFY(rig.port(1) & PortResetChange);
        rig.writePort(1, PortPower | PortResetChange | PortConnectChange);
        QCOMPARE(rig.port(1) & PortChanges, 0u);
        rig.writePort(1, PortPower | PortEnabled);
        QVERIFY(!(rig.port(1) & PortEnabled));
    }

    void anInterruptComesOnceUntilItIsHandled()
    {
        Rig rig;
        rig.start();
        QCOMPARE(rig.irq.level, false);
        rig.writePort(1, PortPower | PortReset | PortConnectChange);
        QCOMPARE(rig.irq.level, true);
        QVERIFY(rig.read(OpStatus) & StatusEvent);
        rig.write(RtManagement, ManagementEnable | ManagementPending);
        QCOMPARE(rig.irq.level, false);
        rig.xhci.unplug(0); // while it is handled
        QCOMPARE(rig.irq.level, false);
        rig.event();
        rig.acknowledge(); // of one of two
        QCOMPARE(rig.irq.level, true);
        rig.write(RtManagement, ManagementEnable | ManagementPending);
        rig.event();
        rig.acknowledge();
        QCOMPARE(rig.irq.level, false);
    }

    // Half of the dequeue pointer, and doorbells that are read; wherever the controller is.
    void someOfItsRegistersCostNoExit()
    {
        using Places = std::vector<std::pair<std::uint64_t, std::uint64_t>>;
        constexpr std::uint32_t First = 0xfe000000;
        constexpr std::uint32_t Second = 0xfd000000;
        tests::XhciGuest board;
        tests::FakeMapper mapper;
        Xhci xhci(board.clock, nullptr);
        xhci.connect({.memory = &board.memory,
                      .ports = &board.ports,
                      .ram = &board.ram.memory,
                      .interruptPin = &board.irq,
                      .msi = &board.msi,
                      .mapper = &mapper});
        const std::lock_guard lock(xhci.lock());
        xhci.reset();
        xhci.configWrite(0x10, 4, First);
        QVERIFY(mapper.gathered.empty());
        xhci.configWrite(4, 2, 2);
        const tests::FakeMapper::Window *const doorbells = mapper.window("xhci-doorbells");
        QVERIFY(doorbells != nullptr);
        QVERIFY(doorbells->access == MappedAccess::ReadOnly);
        for (const std::uint32_t place : {First, Second}) {
            xhci.configWrite(0x10, 4, place);
            QVERIFY(mapper.gathered == (Places{{place + RtDequeueLow, 4}}));
            QCOMPARE(doorbells->address, std::optional<std::uint64_t>(place + DoorbellBase));
            QCOMPARE(doorbells->size, DoorbellPage);
        }
        for (const std::uint8_t byte : doorbells->host)
            QCOMPARE(byte, std::uint8_t(0));
        xhci.configWrite(4, 2, 0);
        QVERIFY(mapper.gathered.empty());
        QVERIFY(!doorbells->address);
    }

    void commandsAreAnswered()
    {
        Rig rig;
        rig.start();
        rig.skipEvents();
        using G = tests::XhciGuest;
        QCOMPARE(rig.command(0, G::typed(TrbNoOpCommand)).code(), Completion::Success);
        QCOMPARE(rig.command(0, G::typed(63)).code(), Completion::TrbError);
        QCOMPARE(rig.command(0, G::typed(TrbStopEndpoint, G::ofSlot(1, 1))).code(),
                 Completion::SlotNotEnabled);
        QCOMPARE(rig.command(0, G::typed(TrbDisableSlot, G::ofSlot(200))).code(),
                 Completion::SlotNotEnabled);
        for (unsigned slot = 1; slot <= SlotCount; ++slot)
            QCOMPARE(rig.command(0, G::typed(TrbEnableSlot)).control >> 24, slot);
        QCOMPARE(rig.command(0, G::typed(TrbEnableSlot)).code(), Completion::NoSlots);
        QCOMPARE(rig.command(0, G::typed(TrbDisableSlot, G::ofSlot(7))).code(),
                 Completion::Success);
        QCOMPARE(rig.command(0, G::typed(TrbEnableSlot)).control >> 24, 7u);
    }

    void aDeviceIsAddressedAndConfigured()
    {
        Rig rig;
        QCOMPARE(rig.configureAll(), Completion::Success);
        const std::uint8_t *const context =
            rig.ram.at(tests::XhciGuest::DeviceContext + 0x400 * rig.slot);
        QCOMPARE(loadLe<std::uint32_t>(context + 12), 3u << 27 | rig.slot);
        QCOMPARE(rig.endpointState(1), unsigned(EndpointState::Running));
        QCOMPARE(rig.endpointState(BulkIn), unsigned(EndpointState::Running));
        QCOMPARE(rig.endpointState(4), unsigned(EndpointState::Disabled));
    }

    void whoIsNotThereCannotBeAddressed()
    {
        Rig rig;
        rig.start();
        rig.skipEvents();
        QCOMPARE(rig.address(2), Completion::TransactionError);
        QCOMPARE(rig.address(PortCount + 1), Completion::ParameterError);
    }

    // With a request at its image when it goes.
    void whoComesAndGoesLeavesNothingBehind()
    {
        constexpr unsigned StickOut = 4;
        tests::XhciGuest guest;
        auto disk = std::make_shared<tests::FakeDisk>(4096);
        guest.start();
        for (int round = 0; round < 200; ++round) {
            auto stick = std::make_shared<UsbStorage>(disk, UsbStorage::Settings{.serial = "S-1"},
                                                      guest.later());
            const std::weak_ptr<UsbStorage> left = stick;
            QCOMPARE(guest.xhci.plug(std::move(stick)).value(), 0u);
            guest.skipEvents();
            QCOMPARE(guest.address(PortPairs + 1), Completion::Success);
            QCOMPARE(guest.configure({{StickOut, EndpointBulkOut}, {BulkIn, EndpointBulkIn}}),
                     Completion::Success);
            guest.control(0, 9, 1, 0, 0);
            std::uint8_t *const wrapper = guest.ram.at(tests::XhciGuest::Data);
            std::memset(wrapper, 0, 31);
            storeLe(wrapper, std::uint32_t(0x43425355));
            storeLe(wrapper + 8, 512u);
            wrapper[12] = UsbToHost;
            wrapper[14] = 10;
            wrapper[15] = 0x28; // READ(10)
            wrapper[23] = 1;
            guest.transfer(StickOut, tests::XhciGuest::Data, 31);
            guest.ring(StickOut);
            guest.transfer(BulkIn, tests::XhciGuest::Data, 512);
            guest.ring(BulkIn);
            QCOMPARE(disk->pending.size(), std::size_t(1));
            QVERIFY(guest.xhci.unplug(0) != nullptr);
            disk->answerAll();
            guest.settle();
            guest.skipEvents();
            QCOMPARE(guest
                         .command(0,
                                  tests::XhciGuest::typed(TrbDisableSlot,
                                                          tests::XhciGuest::ofSlot(guest.slot)))
                         .code(),
                     Completion::Success);
            QVERIFY(left.expired());
        }
        QCOMPARE(disk.use_count(), 1L);
    }

    void aFullEventRingWaitsForTheGuest()
    {
        using G = tests::XhciGuest;
        Rig rig;
        rig.start(16);
        rig.skipEvents();
        std::uint64_t at = G::Commands;
        for (int i = 0; i < 40; ++i)
            rig.putTrb(at, 0, 0, G::typed(TrbNoOpCommand));
        rig.write(DoorbellBase, 0);
        std::uint64_t expected = G::Commands;
        int rounds = 0;
        while (rig.hasEvent() && ++rounds < 10) {
            while (rig.hasEvent()) {
                QCOMPARE(rig.event().parameter, expected);
                expected += 16;
            }
            rig.acknowledge();
        }
        QCOMPARE(expected, at);
        QVERIFY(rounds > 2);
    }

    void aSavedControllerGoesOnWithItsTransfers()
    {
        using G = tests::XhciGuest;
        Rig rig;
        auto tablet = std::make_shared<UsbTablet>(rig.later());
        rig.xhci.unplug(0);
        rig.xhci.plug(tablet);
        rig.start();
        rig.skipEvents();
        QCOMPARE(rig.address(1), Completion::Success);
        QCOMPARE(rig.configure({{3, EndpointInterruptIn}}), Completion::Success);
        QCOMPARE(rig.control(0, 9, 1, 0, 0).code(), Completion::Success);
        rig.transfer(3, G::Data, 7);
        rig.ring(3);
        QVERIFY(tablet->isReady());
        QVERIFY(rig.xhci.isIdle());
        const std::vector<std::uint8_t> saved = tests::savedBytes(rig.xhci);

        Rig other;
        other.xhci.unplug(0);
        auto second = std::make_shared<UsbTablet>(other.later());
        other.xhci.plug(second);
        std::copy_n(rig.ram.at(0), rig.ram.size(), other.ram.at(0));
        tests::resetDevice(other.xhci);
        QVERIFY(tests::loadBytes(other.xhci, saved));
        {
            const std::lock_guard lock(other.xhci.lock());
            other.xhci.setRunning(false);
            other.xhci.setRunning(true);
        }
        QVERIFY(second->isReady());
        second->moveTo(0x1234, 0x5678);
        other.settle();
        QCOMPARE(loadLe<std::uint16_t>(other.ram.at(G::Data + 1)), std::uint16_t(0x1234));
        QCOMPARE(loadLe<std::uint16_t>(other.ram.at(G::Data + 3)), std::uint16_t(0x5678));
    }

    void aGamepadComesReportsAndGoes()
    {
        using G = tests::XhciGuest;
        Rig rig;
        rig.start();
        auto gamepad = std::make_shared<UsbGamepad>(rig.later());
        QCOMPARE(rig.xhci.plug(std::make_shared<FakeUsb>(), 3), std::optional(3u));
        QCOMPARE(rig.xhci.plug(gamepad, 3), std::optional(4u)); // the first free from there on
        QVERIFY((rig.port(5) & PortConnected) != 0);
        rig.skipEvents();
        QCOMPARE(rig.address(5), Completion::Success);
        QCOMPARE(rig.configure({{3, EndpointInterruptIn}}), Completion::Success);
        QCOMPARE(rig.control(0, 9, 1, 0, 0).code(), Completion::Success);
        const std::uint64_t at = rig.transfer(3, G::Data, 16);
        rig.ring(3);
        QVERIFY(!rig.hasEvent());
        gamepad->move({.leftX = 0x0102, .buttons = 1});
        rig.settle();
        const tests::XhciEvent report = rig.next();
        QCOMPARE(report.parameter, at);
        QCOMPARE(report.code(), Completion::ShortPacket);
        QCOMPARE(int(*rig.ram.at(G::Data)), 1);
        QCOMPARE(loadLe<std::uint16_t>(rig.ram.at(G::Data + 3)), std::uint16_t(0x0102));

        rig.transfer(3, G::Data, 16);
        rig.ring(3);
        QVERIFY(rig.xhci.unplug(4) != nullptr);
        rig.settle();
        QVERIFY((rig.port(5) & PortConnected) == 0);
        gamepad->move({}); // nobody hears
        QVERIFY(gamepad->isIdle());
        QCOMPARE(rig.xhci.plug(gamepad), std::optional(1u));
    }

    // In the connector that it was in, though one before it is free.
    void aSavedGamepadStays()
    {
        Rig rig;
        QCOMPARE(rig.xhci.plug(std::make_shared<UsbGamepad>(rig.later()), 2), std::optional(2u));
        rig.start();
        QCOMPARE(rig.address(3), Completion::Success);
        QCOMPARE(rig.control(0, 9, 1, 0, 0).code(), Completion::Success);
        const std::vector<std::uint8_t> saved = tests::savedBytes(rig.xhci);
        for (const unsigned connector : {2u, 1u}) {
            Rig other;
            auto gamepad = std::make_shared<UsbGamepad>(other.later());
            other.xhci.plug(gamepad, connector);
            tests::resetDevice(other.xhci);
            QVERIFY(tests::loadBytes(other.xhci, saved));
            const bool isThere = (other.port(3) & PortConnected) != 0;
            const bool isEnabled = (other.port(3) & PortEnabled) != 0;
            QCOMPARE(isThere && isEnabled, connector == 2);
        }
    }
};

QTEST_GUILESS_MAIN(TestXhci)
#include "tst_xhci.moc"
