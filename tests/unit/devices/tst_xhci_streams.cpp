// SPDX-License-Identifier: GPL-3.0-or-later
// Streams of bulk endpoints: xHCI 1.1, 4.12; a ring each, and whatever a guest may make of them.
#include "tests/support/saved_device.h"
#include "tests/support/usb_rig.h"

#include <QtTest/QTest>

using namespace engine;
using namespace engine::xhci;
using tests::BulkIn;
using tests::BulkOut;
using tests::FakeUsb;
using tests::pattern;

namespace {

constexpr std::uint8_t InAddress = 0x81;
constexpr unsigned StreamExponent = 2; // eight contexts, of which the first is none
constexpr unsigned StreamCount = 7;
constexpr unsigned DevicePort = PortPairs + 1;

// With a device that has streams and an address.
struct Rig : tests::StreamGuest
{
    std::shared_ptr<FakeUsb> usb = std::make_shared<FakeUsb>(UsbLinkSpeed::Super);

    Rig()
    {
        usb->streamCount = MaxUsbStreams;
        usb->depth = 64;
        xhci.plug(usb);
        start();
        skipEvents();
        address(DevicePort);
    }
    tests::XhciEvent next()
    {
        const tests::XhciEvent got = event();
        acknowledge();
        return got;
    }
    Completion order(unsigned type) { return command(0, typed(type, ofSlot(slot, BulkIn))).code(); }
    // The streams of what the device has, in its order.
    std::vector<unsigned> streams() const
    {
        std::vector<unsigned> list;
        for (const auto &transfer : usb->pending)
            list.push_back(transfer->stream);
        return list;
    }
    bool isRunning() { return endpointState(BulkIn) == unsigned(EndpointState::Running); }
};

using Streams = std::vector<unsigned>;

constexpr std::uint64_t pointerTo(std::uint64_t address)
{
    return address | PrimaryRing << StreamTypeShift | 1;
}

} // namespace

class TestXhciStreams : public QObject
{
    Q_OBJECT

private slots:
    // 5.3.6: Linux wants four at least (HCC_MAX_PSA in drivers/usb/host/xhci-caps.h).
    void theControllerSaysWhatItHas()
    {
        Rig rig;
        const std::uint32_t parameters = rig.read(CapParameters1);
        QCOMPARE(2u << (parameters >> 12 & 15), MaxUsbStreams + 1);
        QVERIFY((parameters & 1u << 7) != 0); // no secondary ones
    }

    void eachStreamHasItsOwnRing()
    {
        using G = Rig;
        Rig rig;
        QCOMPARE(rig.configureStreams(StreamExponent), Completion::Success);
        QCOMPARE(rig.usb->streamsOf[InAddress], StreamCount);
        const std::uint64_t first = rig.transferOf(1, G::Data, 64);
        const std::uint64_t last = rig.transferOf(StreamCount, G::Data + 0x1000, 64);
        rig.ringStream(1);
        rig.ringStream(StreamCount);
        QVERIFY(rig.streams() == (Streams{1, StreamCount}));
        QCOMPARE(rig.usb->pending[1]->endpoint, InAddress);
        // In the order that the device likes.
        rig.usb->answer(UsbOutcome::Done, pattern(64), 1);
        QCOMPARE(rig.next().parameter, last);
        QCOMPARE(*rig.ram.at(G::Data + 0x1001), std::uint8_t(8));
        rig.usb->answer(UsbOutcome::Done, pattern(10));
        const tests::XhciEvent told = rig.next();
        QCOMPARE(told.parameter, first);
        QCOMPARE(told.code(), Completion::ShortPacket);
        // The other endpoint has none.
        rig.transfer(BulkOut, G::Data, 31);
        rig.ring(BulkOut);
        QVERIFY(rig.streams() == (Streams{0}));
    }

    void whatCannotBeIsRefused_data()
    {
        QTest::addColumn<unsigned>("exponent");
        QTest::addColumn<bool>("isLinear");
        QTest::addColumn<quint64>("array");
        QTest::addColumn<unsigned>("type");
        QTest::addColumn<unsigned>("deviceHas");
        QTest::addColumn<int>("code");
        const auto row = [](const char *name, unsigned exponent, bool isLinear, quint64 array,
                            unsigned type, unsigned deviceHas, Completion code) {
            QTest::newRow(name) << exponent << isLinear << array << type << deviceHas << int(code);
        };
        constexpr quint64 Array = Rig::StreamArray;
        constexpr unsigned In = EndpointBulkIn;
        constexpr Completion Wrong = Completion::ParameterError;
        row("as it may be", MaxStreamExponent, true, Array, In, 15, Completion::Success);
        row("too many", MaxStreamExponent + 1, true, Array, In, 15, Wrong);
        row("as many as can be said", 31, true, Array, In, 15, Wrong);
        row("with secondary ones", StreamExponent, false, Array, In, 15, Wrong);
        row("nowhere", StreamExponent, true, 0x7fff0000, In, 15, Wrong);
        row("at the end of all", StreamExponent, true, ~quint64(15), In, 15, Wrong);
        row("of no bulk endpoint", StreamExponent, true, Array, EndpointInterruptIn, 15, Wrong);
        row("of a device without", StreamExponent, true, Array, In, 0, Completion::ResourceError);
    }
    void whatCannotBeIsRefused()
    {
        QFETCH(unsigned, exponent);
        QFETCH(bool, isLinear);
        QFETCH(quint64, array);
        QFETCH(unsigned, type);
        QFETCH(unsigned, deviceHas);
        QFETCH(int, code);
        Rig rig;
        rig.usb->streamCount = deviceHas;
        QCOMPARE(int(rig.configureStreams(exponent, isLinear, array, type)), code);
        QCOMPARE(rig.usb->streamsOf.size(), std::size_t(code == int(Completion::Success) ? 1 : 0));
    }

    void whatIsNoStreamRingsNothing_data()
    {
        QTest::addColumn<unsigned>("stream");
        for (const unsigned stream : {0u, StreamCount + 1, 16u, 32u, 65533u, 65534u, 65535u})
            QTest::addRow("%u", stream) << stream;
    }
    void whatIsNoStreamRingsNothing()
    {
        QFETCH(unsigned, stream);
        Rig rig;
        QCOMPARE(rig.configureStreams(StreamExponent), Completion::Success);
        rig.transferOf(1, Rig::Data, 64);
        rig.ringStream(stream);
        QVERIFY(rig.usb->pending.empty());
        QVERIFY(!rig.hasEvent());
        QCOMPARE(rig.order(TrbStopEndpoint), Completion::Success);
        QCOMPARE(rig.setStreamDequeue(stream, pointerTo(Rig::ringOfStream(1))),
                 Completion::TrbError);
    }

    void aContextThatIsNoneHalts_data()
    {
        QTest::addColumn<quint64>("context");
        QTest::addColumn<int>("code");
        QTest::addColumn<int>("state");
        const auto type = int(Completion::InvalidStreamType);
        QTest::newRow("a secondary ring")
            << quint64(Rig::StreamRings | 1) << type << int(EndpointState::Halted);
        QTest::newRow("a secondary array")
            << quint64(Rig::StreamRings | 3 << 1) << type << int(EndpointState::Halted);
        QTest::newRow("a ring nowhere") << quint64(pointerTo(0x7fff0000))
                                        << int(Completion::TrbError) << int(EndpointState::Error);
        QTest::newRow("a ring at the end of all")
            << quint64(pointerTo(~std::uint64_t(15))) << int(Completion::TrbError)
            << int(EndpointState::Error);
    }
    void aContextThatIsNoneHalts()
    {
        QFETCH(quint64, context);
        QFETCH(int, code);
        QFETCH(int, state);
        Rig rig;
        QCOMPARE(rig.configureStreams(StreamExponent), Completion::Success);
        rig.transferOf(1, Rig::Data, 64);
        rig.ringStream(1);
        QCOMPARE(rig.usb->pending.size(), std::size_t(1));
        rig.setContextOfStream(2, context);
        rig.ringStream(2);
        QCOMPARE(int(rig.next().code()), code);
        QCOMPARE(int(rig.endpointState(BulkIn)), state);
        QVERIFY(rig.usb->pending.empty());
    }

    // 4.12.2: where it is in each ring is written when it stops.
    void aStoppedEndpointShowsItsStreamsAndGoesOn()
    {
        using G = Rig;
        Rig rig;
        QCOMPARE(rig.configureStreams(StreamExponent), Completion::Success);
        rig.transferOf(1, G::Data, 64);
        const std::uint64_t second = rig.transferOf(1, G::Data, 64);
        const std::uint64_t other = rig.transferOf(2, G::Data, 32);
        rig.ringStream(1);
        rig.ringStream(2);
        rig.usb->answer(UsbOutcome::Done, pattern(64));
        rig.skipEvents();
        rig.others.clear();
        QCOMPARE(rig.order(TrbStopEndpoint), Completion::Success);
        QVERIFY(rig.streams() == (Streams{1, 2})); // whose bytes may be on their way
        QCOMPARE(rig.others.size(), std::size_t(1));
        QCOMPARE(rig.others[0].code(), Completion::Stopped);
        QCOMPARE(rig.others[0].parameter, second);
        QCOMPARE(rig.contextOfStream(1), pointerTo(second));
        QCOMPARE(rig.contextOfStream(2), pointerTo(other));
        QCOMPARE(rig.contextOfStream(3), pointerTo(G::ringOfStream(3)));

        // The first one's is given up, the other goes on where it was.
        QCOMPARE(rig.setStreamDequeue(1, (second + 16) | 1), Completion::InvalidStreamType);
        QCOMPARE(rig.setStreamDequeue(1, pointerTo(second + 16)), Completion::Success);
        QCOMPARE(rig.contextOfStream(1), pointerTo(second + 16));
        QVERIFY(rig.streams() == (Streams{2}));
        const std::shared_ptr<UsbTransfer> kept = rig.usb->pending.front();
        const std::uint64_t third = rig.transferOf(1, G::Data, 16);
        rig.ringStream(2);
        rig.ringStream(1);
        QVERIFY(rig.streams() == (Streams{2, 1}));
        QCOMPARE(rig.usb->pending[0], kept);
        QCOMPARE(rig.usb->pending[1]->data.size(), std::size_t(16));
        rig.usb->answer(UsbOutcome::Done, pattern(16), 1);
        QCOMPARE(rig.next().parameter, third);
    }

    // An answer that comes meanwhile is told when the guest wants to hear of that stream again.
    void answersWaitForAStoppedEndpoint()
    {
        using G = Rig;
        Rig rig;
        QCOMPARE(rig.configureStreams(StreamExponent), Completion::Success);
        const std::uint64_t first = rig.transferOf(1, G::Data, 16);
        rig.transferOf(2, G::Data + 0x1000, 16);
        rig.transferOf(2, G::Data + 0x2000, 16);
        rig.ringStream(1);
        rig.ringStream(2);
        QCOMPARE(rig.order(TrbStopEndpoint), Completion::Success);
        const std::shared_ptr<UsbTransfer> second = rig.usb->pending[1];
        rig.usb->answer(UsbOutcome::Done, pattern(16));
        QVERIFY(!rig.hasEvent());
        QCOMPARE(*rig.ram.at(G::Data), std::uint8_t(0));
        // What the guest takes back by making it nothing is not moved for it.
        std::uint64_t place = G::ringOfStream(2) + 16;
        rig.putTrb(place, 0, 0, G::typed(TrbNoOp));
        rig.ringStream(2);
        QVERIFY(!rig.hasEvent());
        QCOMPARE(rig.usb->pending.size(), std::size_t(1));
        QCOMPARE(rig.usb->pending.front(), second);
        rig.usb->answer(UsbOutcome::Done, pattern(16));
        QCOMPARE(rig.next().parameter, G::ringOfStream(2));
        QVERIFY(rig.usb->pending.empty());
        QCOMPARE(*rig.ram.at(G::Data + 0x2000), std::uint8_t(0));
        rig.ringStream(1);
        QCOMPARE(rig.next().parameter, first);
        QCOMPARE(*rig.ram.at(G::Data), std::uint8_t(1));
    }

    // What is held has its turn as what is new does: here commands without end come first.
    void heldStreamsKeepToTheBudget()
    {
        using G = Rig;
        Rig rig;
        QCOMPARE(rig.configureStreams(StreamExponent), Completion::Success);
        const std::uint64_t first = rig.transferOf(1, G::Data, 16);
        rig.ringStream(1);
        const tests::XhciEvent stopped =
            rig.command(0, G::typed(TrbStopEndpoint, G::ofSlot(rig.slot, BulkIn)));
        QCOMPARE(stopped.code(), Completion::Success);
        rig.usb->answer(UsbOutcome::Done, pattern(16));
        const std::uint64_t link = stopped.parameter + TrbBytes;
        std::uint64_t place = link;
        rig.putTrb(place, link, 0, G::typed(TrbLink)); // to itself
        rig.write(DoorbellBase, 0);
        rig.ringStream(1);
        QVERIFY(!rig.hasEvent());
        storeLe(rig.ram.at(link + 12), std::uint32_t(0));
        rig.ringStream(1);
        QCOMPARE(rig.next().parameter, first);
    }

    // A pause rings no stream that the guest has not rung since it stopped.
    void aPauseLeavesHeldStreamsAlone()
    {
        using G = Rig;
        Rig rig;
        QCOMPARE(rig.configureStreams(StreamExponent), Completion::Success);
        const std::uint64_t first = rig.transferOf(1, G::Data, 16);
        rig.transferOf(2, G::Data, 16);
        rig.ringStream(1);
        rig.ringStream(2);
        QCOMPARE(rig.order(TrbStopEndpoint), Completion::Success);
        rig.usb->answer(UsbOutcome::Done, pattern(16));
        rig.ringStream(2);
        QVERIFY(rig.isRunning());
        {
            const std::lock_guard lock(rig.xhci.lock());
            rig.xhci.setRunning(false);
            rig.xhci.setRunning(true);
        }
        QVERIFY(!rig.hasEvent());
        rig.ringStream(1);
        QCOMPARE(rig.next().parameter, first);
    }

    // A disk's command must not come before what is there for its answer.
    void doorbellsAreServedInTheirOrder()
    {
        Rig rig;
        QCOMPARE(rig.configureStreams(StreamExponent), Completion::Success);
        const auto setRunning = [&rig](bool isRunning) {
            const std::lock_guard lock(rig.xhci.lock());
            rig.xhci.setRunning(isRunning);
        };
        setRunning(false);
        rig.transferOf(7, Rig::Data, 64);
        rig.ringStream(7);
        rig.transferOf(3, Rig::Data, 64);
        rig.ringStream(3);
        rig.transfer(BulkOut, Rig::Data, 31);
        rig.ring(BulkOut);
        setRunning(true);
        QVERIFY(rig.streams() == (Streams{7, 3, 0}));
    }

    void oneStreamHaltsThemAll()
    {
        using G = Rig;
        Rig rig;
        QCOMPARE(rig.configureStreams(StreamExponent), Completion::Success);
        rig.transferOf(1, G::Data, 64);
        const std::uint64_t bad = rig.transferOf(2, G::Data, 64);
        rig.ringStream(1);
        rig.ringStream(2);
        rig.usb->answer(UsbOutcome::Stalled, {}, 1);
        const tests::XhciEvent told = rig.next();
        QCOMPARE(told.code(), Completion::Stall);
        QCOMPARE(told.parameter, bad);
        QCOMPARE(rig.endpointState(BulkIn), unsigned(EndpointState::Halted));
        QVERIFY(rig.usb->pending.empty());
        rig.ringStream(1); // not yet
        QCOMPARE(rig.order(TrbResetEndpoint), Completion::Success);
        QVERIFY(rig.usb->pending.empty());
        QCOMPARE(rig.setStreamDequeue(2, pointerTo(bad + 16)), Completion::Success);
        rig.ringStream(2);
        QVERIFY(rig.usb->pending.empty()); // what is rung is one stream
        rig.ringStream(1);
        QVERIFY(rig.streams() == (Streams{1}));
        QVERIFY(rig.isRunning());
    }

    // However full a stream's ring is, the others have their turn.
    void noStreamKeepsTheOthersWaiting()
    {
        Rig rig;
        QCOMPARE(rig.configureStreams(MaxStreamExponent), Completion::Success);
        for (unsigned stream = 1; stream <= MaxUsbStreams; ++stream)
            for (int i = 0; i < 40; ++i)
                rig.transferOf(stream, Rig::Data, 16);
        for (unsigned stream = 1; stream <= MaxUsbStreams; ++stream)
            rig.ringStream(stream);
        QCOMPARE(rig.usb->pending.size(), std::size_t(2 * MaxUsbStreams));
        rig.usb->answer(UsbOutcome::Done, pattern(16), 2);
        QCOMPARE(rig.usb->pending.size(), std::size_t(2 * MaxUsbStreams));
        QCOMPARE(rig.usb->pending.back()->stream, std::uint16_t(2));
    }

    void streamsEndWithTheirEndpoint_data()
    {
        QTest::addColumn<int>("how");
        QTest::newRow("its slot is disabled") << int(TrbDisableSlot);
        QTest::newRow("the device is reset") << int(TrbResetDevice);
        QTest::newRow("another configuration") << int(TrbConfigureEndpoint);
    }
    void streamsEndWithTheirEndpoint()
    {
        QFETCH(int, how);
        Rig rig;
        QCOMPARE(rig.configureStreams(StreamExponent), Completion::Success);
        rig.transferOf(5, Rig::Data, 64);
        rig.ringStream(5);
        const std::shared_ptr<UsbTransfer> late = rig.usb->pending.front();
        if (how == TrbConfigureEndpoint)
            QCOMPARE(rig.configure({{BulkIn, EndpointBulkIn}}), Completion::Success);
        else
            QCOMPARE(rig.order(unsigned(how)), Completion::Success);
        QCOMPARE(rig.usb->streamsOf[InAddress], 0u);
        QVERIFY(rig.usb->pending.empty());
        late->completed(*late);
        rig.ringStream(5);
        QVERIFY(!rig.hasEvent());
        QVERIFY(rig.usb->pending.empty());
    }

    void aDeviceThatLeavesEndsItsStreams()
    {
        Rig rig;
        QCOMPARE(rig.configureStreams(StreamExponent), Completion::Success);
        const std::uint64_t place = rig.transferOf(3, Rig::Data, 64);
        rig.ringStream(3);
        rig.transferOf(4, Rig::Data, 64);
        rig.ringStream(4);
        QCOMPARE(rig.xhci.unplug(0), rig.usb);
        QCOMPARE(rig.usb->cancelled, 2);
        const tests::XhciEvent ended = rig.next();
        QCOMPARE(ended.code(), Completion::TransactionError);
        QCOMPARE(ended.parameter, place);
        QCOMPARE(rig.endpointState(BulkIn), unsigned(EndpointState::Halted));
        QCOMPARE(rig.order(TrbResetEndpoint), Completion::Success);
        rig.ringStream(4); // nobody is there
        QCOMPARE(rig.next().code(), Completion::TransactionError);
    }

    // Nothing is told of a stopped endpoint, which software may be tidying up.
    void aDeviceThatLeavesAStoppedEndpointHaltsNothing()
    {
        Rig rig;
        QCOMPARE(rig.configureStreams(StreamExponent), Completion::Success);
        const std::uint64_t place = rig.transferOf(3, Rig::Data, 64);
        rig.ringStream(3);
        QCOMPARE(rig.order(TrbStopEndpoint), Completion::Success);
        QCOMPARE(rig.xhci.unplug(0), rig.usb);
        QVERIFY(rig.usb->pending.empty());
        QCOMPARE(rig.next().type(), unsigned(TrbPortEvent));
        QVERIFY(!rig.hasEvent());
        QCOMPARE(rig.endpointState(BulkIn), unsigned(EndpointState::Stopped));
        QCOMPARE(rig.setStreamDequeue(3, pointerTo(place + 16)), Completion::Success);
    }

    void aSavedControllerGoesOnWithItsStreams()
    {
        Rig rig;
        rig.usb->name = "streaming";
        QCOMPARE(rig.configureStreams(StreamExponent), Completion::Success);
        for (const unsigned stream : {2u, 6u}) {
            rig.transferOf(stream, Rig::Data, 64);
            rig.transferOf(stream, Rig::Data, stream);
            rig.ringStream(stream);
        }
        rig.usb->answer(UsbOutcome::Done, pattern(64), 2); // the first of the sixth
        const std::vector<std::uint8_t> saved = tests::savedBytes(rig.xhci);

        Rig other;
        other.usb->name = "streaming";
        std::copy_n(rig.ram.at(0), rig.ram.size(), other.ram.at(0));
        tests::resetDevice(other.xhci);
        QVERIFY(tests::loadBytes(other.xhci, saved));
        {
            const std::lock_guard lock(other.xhci.lock());
            other.xhci.setRunning(false);
            other.xhci.setRunning(true);
        }
        QVERIFY(other.streams() == (Streams{2, 2, 6}));
        QCOMPARE(other.usb->pending[2]->data.size(), std::size_t(6));
    }

    // As older versions wrote it, without streams or what was rung, and as nobody writes it.
    void otherStatesAreLoadedOrRefused()
    {
        constexpr std::size_t RingBytes = 1 + 1 + 9; // state, type, position
        constexpr std::size_t StreamBytes = 8 + 1;
        constexpr std::size_t RungBytes = 4;
        Rig rig;
        rig.usb->name = "streaming";
        QCOMPARE(rig.configure({{BulkIn, EndpointBulkIn}}), Completion::Success);
        const std::vector<std::uint8_t> current = tests::savedBytes(rig.xhci);
        std::array<std::uint8_t, 10> slot = {std::uint8_t(SlotState::Configured), DevicePort};
        storeLe(&slot[2], Rig::DeviceContext + 0x400 * rig.slot);
        auto found = std::ranges::search(current, slot);
        QVERIFY(!found.empty());
        const auto begin = std::size_t(found.end() - current.begin());
        const std::size_t version = 1 + rig.xhci.name().size();
        QCOMPARE(loadLe<std::uint32_t>(&current[version]), 3u);

        for (const unsigned number : {1u, 2u}) {
            const std::size_t kept = RingBytes + (number > 1 ? StreamBytes : 0);
            std::vector<std::uint8_t> old = current;
            for (unsigned i = 0; i + 1 < EndpointCount; ++i) {
                const auto at = old.begin() + std::ptrdiff_t(begin + i * kept);
                old.erase(at + std::ptrdiff_t(kept), at + RingBytes + StreamBytes + RungBytes);
            }
            storeLe(&old[version], number);
            storeLe(&old[version + 4], std::uint32_t(old.size() - version - 8));
            tests::resetDevice(rig.xhci);
            QVERIFY(tests::loadBytes(rig.xhci, old));
            QVERIFY(tests::savedBytes(rig.xhci) == current);
        }

        const std::size_t count = begin + (BulkIn - 1) * (RingBytes + StreamBytes + RungBytes)
            + RingBytes + StreamBytes - 1;
        for (const int wrong : {1, 2, 3, 5, 15, 17, 32, 255}) {
            std::vector<std::uint8_t> bad = current;
            bad[count] = std::uint8_t(wrong);
            tests::resetDevice(rig.xhci);
            QVERIFY(!tests::loadBytes(rig.xhci, bad));
        }
    }
};

QTEST_GUILESS_MAIN(TestXhciStreams)
#include "tst_xhci_streams.moc"
