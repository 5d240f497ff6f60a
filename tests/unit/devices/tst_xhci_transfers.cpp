// SPDX-License-Identifier: GPL-3.0-or-later
// Transfers through the controller's rings: xHCI 1.1, 4.11.
#include "tests/support/usb_rig.h"

#include <QtTest/QTest>

using namespace engine;
using namespace engine::xhci;
using tests::BulkIn;
using tests::BulkOut;
using tests::IsoIn;
using tests::pattern;
using Rig = tests::UsbRig;

class TestXhciTransfers : public QObject
{
    Q_OBJECT

private slots:
    void aRequestReachesTheDeviceAndItsAnswerTheGuest()
    {
        Rig rig;
        rig.configureAll();
        rig.control(0x80, 6, 0x0100, 0, 18);
        QCOMPARE(rig.usb->pending.size(), std::size_t(1));
        const UsbTransfer &asked = *rig.usb->pending.front();
        QCOMPARE(asked.setup.request, std::uint8_t(6));
        QCOMPARE(asked.setup.value, std::uint16_t(0x0100));
        QCOMPARE(asked.data.size(), std::size_t(18));
        const std::vector<std::uint8_t> data = pattern(18);
        rig.usb->answer(UsbOutcome::Done, data);
        const tests::XhciEvent done = rig.next();
        QCOMPARE(done.code(), Completion::Success);
        QCOMPARE(std::memcmp(rig.ram.at(tests::XhciGuest::Data), data.data(), 18), 0);
    }

    void aRefusedRequestHaltsUntilTheGuestMendsIt()
    {
        using G = tests::XhciGuest;
        Rig rig;
        rig.configureAll();
        rig.control(0x80, 6, 0x0f00, 0, 5);
        rig.usb->answer(UsbOutcome::Stalled, {});
        const tests::XhciEvent stalled = rig.next();
        QCOMPARE(stalled.code(), Completion::Stall);
        QCOMPARE(stalled.left(), 5u);
        QCOMPARE(rig.endpointState(1), unsigned(EndpointState::Halted));
        const std::uint64_t next = rig.transferPlace(1);
        rig.control(0, 9, 1, 0, 0);
        QVERIFY(rig.usb->pending.empty());
        QCOMPARE(rig.command(0, G::typed(TrbResetEndpoint, G::ofSlot(rig.slot, 1))).code(),
                 Completion::Success);
        QCOMPARE(rig.command(next | 1, G::typed(TrbSetDequeue, G::ofSlot(rig.slot, 1))).code(),
                 Completion::Success);
        rig.ring(1);
        QCOMPARE(rig.usb->pending.size(), std::size_t(1));
    }

    void aHaltedEndpointIsBegunByTheGuestOnly()
    {
        using G = tests::XhciGuest;
        Rig rig;
        rig.configureAll();
        rig.control(0x80, 6, 0x0f00, 0, 5);
        // The answer and the guest's next command are met in one round.
        const auto setRunning = [&rig](bool isRunning) {
            const std::lock_guard lock(rig.xhci.lock());
            rig.xhci.setRunning(isRunning);
        };
        setRunning(false);
        rig.usb->answer(UsbOutcome::Stalled, {});
        rig.command(0, G::typed(TrbResetEndpoint, G::ofSlot(rig.slot, 1)));
        setRunning(true);
        QCOMPARE(rig.endpointState(1), unsigned(EndpointState::Stopped));
        QVERIFY(rig.usb->pending.empty());
    }

    void aTransferInPiecesIsOne()
    {
        using G = tests::XhciGuest;
        Rig rig;
        rig.configureAll();
        const std::vector<std::uint8_t> data = pattern(700);
        std::copy_n(data.begin(), 512, rig.ram.at(G::Data));
        std::copy_n(data.begin() + 512, 188, rig.ram.at(G::Data + 0x2000));
        rig.transfer(BulkOut, G::Data, 512, TrbChain);
        // A link in the middle of it.
        rig.putTrb(rig.transferPlace(BulkOut), rig.ringOf(BulkOut) + 0x800, 0,
                   G::typed(TrbLink, TrbChain));
        rig.transferPlace(BulkOut) = rig.ringOf(BulkOut) + 0x800;
        const std::uint64_t last = rig.transfer(BulkOut, G::Data + 0x2000, 188, TrbOnCompletion);
        rig.ring(BulkOut);
        QCOMPARE(rig.usb->pending.size(), std::size_t(1));
        QCOMPARE(rig.usb->pending.front()->endpoint, std::uint8_t(1));
        QVERIFY(rig.usb->pending.front()->data == data);
        rig.usb->answer(UsbOutcome::Done, data);
        const tests::XhciEvent done = rig.next();
        QCOMPARE(done.code(), Completion::Success);
        QCOMPARE(done.parameter, last);
    }

    // As Linux makes them of 1 MiB in blocks of 512 bytes that lie anywhere.
    void aTransferMayHaveManyPieces()
    {
        using G = tests::XhciGuest;
        constexpr std::uint64_t Far = 0x80000;
        constexpr unsigned Pieces = 2048;
        constexpr std::uint32_t PieceBytes = 64;
        Rig rig;
        rig.configureAll();
        const std::vector<std::uint8_t> data = pattern(Pieces * PieceBytes);
        std::copy(data.begin(), data.end(), rig.ram.at(G::Data));
        rig.putTrb(rig.transferPlace(BulkOut), Far, 0, G::typed(TrbLink));
        std::uint64_t &at = rig.transferPlace(BulkOut) = Far;
        for (unsigned i = 0; i < Pieces; ++i) {
            if (i % 254 == 253) { // which leads to the next one
                const std::uint64_t behind = at + TrbBytes;
                rig.putTrb(at, behind, 0, G::typed(TrbLink, TrbChain));
            }
            rig.transfer(BulkOut, G::Data + i * PieceBytes, PieceBytes,
                         i + 1 < Pieces ? TrbChain : TrbOnCompletion);
        }
        rig.ring(BulkOut);
        QCOMPARE(rig.usb->pending.size(), std::size_t(1));
        QVERIFY(rig.usb->pending.front()->data == data);
        rig.usb->answer(UsbOutcome::Done, data);
        QCOMPARE(rig.next().code(), Completion::Success);
    }

    void aShortPacketIsToldWhereItWas()
    {
        using G = tests::XhciGuest;
        Rig rig;
        rig.configureAll();
        rig.transfer(BulkIn, G::Data, 64, TrbChain | TrbOnShort);
        const std::uint64_t second = rig.transfer(BulkIn, G::Data + 64, 64, TrbChain | TrbOnShort);
        rig.transfer(BulkIn, G::Data + 128, 64, TrbOnCompletion);
        rig.ring(BulkIn);
        rig.usb->answer(UsbOutcome::Done, pattern(100));
        const tests::XhciEvent told = rig.next();
        QCOMPARE(told.code(), Completion::ShortPacket);
        QCOMPARE(told.parameter, second);
        QCOMPARE(told.left(), 28u);
        QVERIFY(!rig.hasEvent());
    }

    void eventDataTellsHowMuchItWas()
    {
        using G = tests::XhciGuest;
        Rig rig;
        rig.configureAll();
        rig.transfer(BulkIn, G::Data, 64, TrbChain);
        rig.transfer(BulkIn, G::Data + 64, 64, TrbChain);
        rig.putTrb(rig.transferPlace(BulkIn), 0x1234, 0, G::typed(TrbEventData, TrbOnCompletion));
        rig.ring(BulkIn);
        rig.usb->answer(UsbOutcome::Done, pattern(70));
        const tests::XhciEvent told = rig.next();
        QCOMPARE(told.parameter, std::uint64_t(0x1234));
        QCOMPARE(told.left(), 70u);
        QVERIFY(told.control & TrbEventDataFlag);
        QCOMPARE(told.code(), Completion::ShortPacket);
    }

    void manyTransfersAreUnderWayAndEndInTheirOrder()
    {
        using G = tests::XhciGuest;
        Rig rig;
        rig.configureAll();
        std::vector<std::uint64_t> places;
        for (int i = 0; i < 6; ++i)
            places.push_back(rig.transfer(BulkIn, G::Data + 64 * unsigned(i), 64));
        rig.ring(BulkIn);
        QCOMPARE(rig.usb->pending.size(), std::size_t(4));
        std::swap(rig.usb->pending[0], rig.usb->pending[1]);
        rig.usb->answer(UsbOutcome::Done, pattern(64));
        QVERIFY(!rig.hasEvent()); // the first one is not done
        rig.usb->answer(UsbOutcome::Done, pattern(64));
        QCOMPARE(rig.next().parameter, places[0]);
        QCOMPARE(rig.next().parameter, places[1]);
        QCOMPARE(rig.usb->pending.size(), std::size_t(4));
    }

    void aStoppedEndpointGoesOnWhereItWas()
    {
        using G = tests::XhciGuest;
        Rig rig;
        rig.configureAll();
        const std::uint64_t place = rig.transfer(BulkIn, G::Data, 64);
        rig.transfer(BulkIn, G::Data + 64, 64);
        rig.ring(BulkIn);
        rig.others.clear();
        QCOMPARE(rig.command(0, G::typed(TrbStopEndpoint, G::ofSlot(rig.slot, BulkIn))).code(),
                 Completion::Success);
        QCOMPARE(rig.usb->cancelled, 2);
        QCOMPARE(rig.others.size(), std::size_t(1));
        QCOMPARE(rig.others[0].code(), Completion::Stopped);
        QCOMPARE(rig.others[0].parameter, place);
        QCOMPARE(rig.endpointState(BulkIn), unsigned(EndpointState::Stopped));
        rig.ring(BulkIn);
        QCOMPARE(rig.usb->pending.size(), std::size_t(2));
        rig.usb->answer(UsbOutcome::Done, pattern(64));
        QCOMPARE(rig.next().parameter, place);
    }

    void anAnswerThatComesAfterAllChangesNothing()
    {
        using G = tests::XhciGuest;
        Rig rig;
        rig.configureAll();
        rig.transfer(BulkIn, G::Data, 64);
        rig.ring(BulkIn);
        const std::shared_ptr<UsbTransfer> late = rig.usb->pending.front();
        rig.command(0, G::typed(TrbStopEndpoint, G::ofSlot(rig.slot, BulkIn)));
        late->actual = 64;
        std::ranges::fill(late->data, std::uint8_t(0xee));
        late->completed(*late);
        QVERIFY(!rig.hasEvent());
        QCOMPARE(*rig.ram.at(G::Data), std::uint8_t(0));
    }

    void aDeviceThatLeavesEndsItsTransfers()
    {
        using G = tests::XhciGuest;
        Rig rig;
        rig.configureAll();
        const std::uint64_t place = rig.transfer(BulkIn, G::Data, 64);
        rig.ring(BulkIn);
        QCOMPARE(rig.xhci.unplug(0), rig.usb);
        const tests::XhciEvent ended = rig.next();
        QCOMPARE(ended.code(), Completion::TransactionError);
        QCOMPARE(ended.parameter, place);
        QCOMPARE(rig.next().type(), unsigned(TrbPortEvent));
        QVERIFY(!(rig.port(1) & PortConnected));
        QVERIFY(!rig.xhci.unplug(0));
        QVERIFY(!rig.xhci.unplug(77));
    }

    void isochronousFailuresDoNotHalt()
    {
        using G = tests::XhciGuest;
        Rig rig;
        rig.configureAll();
        for (unsigned i = 0; i < 2; ++i)
            rig.putTrb(rig.transferPlace(IsoIn), G::Data, 64,
                       G::typed(TrbIsochronous, TrbOnCompletion));
        rig.ring(IsoIn);
        rig.usb->answer(UsbOutcome::Failed, {});
        rig.usb->answer(UsbOutcome::Done, pattern(64));
        QCOMPARE(rig.next().code(), Completion::TransactionError);
        QCOMPARE(rig.next().code(), Completion::Success);
        QCOMPARE(rig.endpointState(IsoIn), unsigned(EndpointState::Running));
    }

    void ringsWithoutAnEndEnd_data()
    {
        QTest::addColumn<unsigned>("type");
        QTest::addColumn<std::uint32_t>("bits");
        QTest::newRow("a link to itself") << unsigned(TrbLink) << 0u;
        QTest::newRow("a transfer that goes on for ever") << unsigned(TrbNormal) << 0x10u;
        QTest::newRow("nothing, again and again") << unsigned(TrbNoOp) << 0u;
    }
    void ringsWithoutAnEndEnd()
    {
        using G = tests::XhciGuest;
        QFETCH(unsigned, type);
        QFETCH(std::uint32_t, bits);
        Rig rig;
        rig.configureAll();
        const std::uint64_t begin = rig.ringOf(BulkOut);
        std::uint64_t at = begin;
        if (type != TrbLink)
            rig.putTrb(at, 0, 0, G::typed(type, bits));
        rig.putTrb(at, begin, 0, G::typed(TrbLink, bits));
        rig.ring(BulkOut);
        // No-ops go on as long as somebody rings; the others are an error.
        const unsigned state = rig.endpointState(BulkOut);
        QCOMPARE(state, unsigned(type == TrbNoOp ? EndpointState::Running : EndpointState::Error));
        QVERIFY(rig.usb->pending.empty());
    }

    void ringsOutsideOfMemoryAreErrors()
    {
        using G = tests::XhciGuest;
        Rig rig;
        rig.configureAll();
        rig.putTrb(rig.transferPlace(BulkOut), ~std::uint64_t(15), 0, G::typed(TrbLink));
        rig.ring(BulkOut);
        QCOMPARE(rig.next().code(), Completion::TrbError);
        rig.transfer(BulkIn, 0x7fffff00, 64);
        rig.ring(BulkIn);
        rig.usb->answer(UsbOutcome::Done, pattern(64)); // nowhere
        QCOMPARE(rig.next().code(), Completion::Success);
        rig.write64(OpRingLow, 1);
        rig.write64(RtTableLow, 0x7fffff00);
        QVERIFY(rig.read(OpStatus) & StatusSystemError);
    }
};

QTEST_GUILESS_MAIN(TestXhciTransfers)
#include "tst_xhci_transfers.moc"
