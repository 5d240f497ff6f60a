// SPDX-License-Identifier: GPL-3.0-or-later
// A device of this computer in a guest, with a libusb that has no device (fake_libusb.h): what is
// asked of it, and that nothing it does is told twice, late or out of order.
#include "tests/support/passthrough_desk.h"
#include "tests/support/test_main.h"

using namespace engine;
using tests::texts;
using Desk = tests::PassthroughDesk;

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint8_t In = 0x81;
constexpr std::uint8_t Out = 0x02;

} // namespace

class TestUsbPassthrough : public QObject
{
    Q_OBJECT

private slots:
    void theKernelsDriversComeBack()
    {
        Desk desk;
        QVERIFY_OK(desk.open());
        QCOMPARE(int(desk.device->speed()), int(UsbLinkSpeed::High));
        desk.device.reset();
        QCOMPARE(texts(desk.usb.seen()),
                 QStringList({"open", "detach 0", "claim 0", "claim 1", "opened", "release 0",
                              "release 1", "reset", "attach 0", "close", "exit"}));
    }

    void aDeviceThatSomebodyHasIsRefused()
    {
        Desk desk;
        desk.usb.failNext("claim 1", LIBUSB_ERROR_BUSY);
        QVERIFY_ERROR(desk.open(), ErrorKind::Busy);
        QCOMPARE(texts(desk.usb.seen()).mid(4),
                 QStringList({"release 0", "reset", "attach 0", "close", "exit"}));

        Desk another;
        another.usb.failNext("open", LIBUSB_ERROR_ACCESS);
        QVERIFY_ERROR(another.open(), ErrorKind::Denied);
        QCOMPARE(texts(another.usb.seen()), QStringList({"open", "exit"}));
    }

    void bytesGoBothWays()
    {
        Desk desk;
        QVERIFY_OK(desk.open());
        const Desk::Sent out = desk.bulk(Out, {1, 2, 3});
        QVERIFY(desk.hasPending(1));
        const libusb_transfer *transfer = desk.usb.transfer(0);
        QCOMPARE(transfer->endpoint, Out);
        QCOMPARE(int(transfer->type), int(LIBUSB_TRANSFER_TYPE_BULK));
        QCOMPARE(Bytes(transfer->buffer, transfer->buffer + transfer->length), Bytes({1, 2, 3}));
        desk.usb.land(0, LIBUSB_TRANSFER_COMPLETED, 3);
        QVERIFY(out.isAnswered());
        QCOMPARE(out.transfer->actual, std::size_t(3));

        const Desk::Sent in = desk.send(UsbTransferKind::Interrupt, In, Bytes(8));
        QVERIFY(desk.hasPending(1));
        QCOMPARE(int(desk.usb.transfer(0)->type), int(LIBUSB_TRANSFER_TYPE_INTERRUPT));
        desk.usb.land(0, LIBUSB_TRANSFER_COMPLETED, Bytes({7, 8}));
        QVERIFY(in.isAnswered());
        QCOMPARE(int(in.transfer->outcome), int(UsbOutcome::Done));
        QCOMPARE(in.data(), Bytes({7, 8}));

        const Desk::Sent ask = desk.control(0x80, 6, 0x0100, 0x0409, Bytes(18));
        QVERIFY(desk.hasPending(1));
        transfer = desk.usb.transfer(0);
        QCOMPARE(transfer->endpoint, std::uint8_t(0));
        QCOMPARE(Bytes(transfer->buffer, transfer->buffer + 8),
                 Bytes({0x80, 6, 0, 1, 9, 4, 18, 0}));
        desk.usb.land(0, LIBUSB_TRANSFER_COMPLETED, Bytes({18, 1}));
        QVERIFY(ask.isAnswered());
        QCOMPARE(ask.data(), Bytes({18, 1}));

        const Desk::Sent tell = desk.control(0x21, 9, 0x0200, 0, Bytes({5}));
        QVERIFY(desk.hasPending(1));
        QCOMPARE(desk.usb.transfer(0)->length, 9);
        QCOMPARE(desk.usb.transfer(0)->buffer[8], std::uint8_t(5));
        desk.usb.land(0, LIBUSB_TRANSFER_COMPLETED, 1);
        QVERIFY(tell.isAnswered());
    }

    void whatGoesWrongIsTold_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<int>("outcome");
        QTest::newRow("stall") << int(LIBUSB_TRANSFER_STALL) << int(UsbOutcome::Stalled);
        QTest::newRow("babble") << int(LIBUSB_TRANSFER_OVERFLOW) << int(UsbOutcome::Babble);
        QTest::newRow("error") << int(LIBUSB_TRANSFER_ERROR) << int(UsbOutcome::Failed);
        QTest::newRow("gone") << int(LIBUSB_TRANSFER_NO_DEVICE) << int(UsbOutcome::Gone);
    }
    void whatGoesWrongIsTold()
    {
        QFETCH(int, status);
        QFETCH(int, outcome);
        Desk desk;
        QVERIFY_OK(desk.open());
        const Desk::Sent sent = desk.bulk(In, Bytes(512));
        QVERIFY(desk.hasPending(1));
        desk.usb.land(0, status, 64);
        QVERIFY(sent.isAnswered());
        QCOMPARE(int(sent.transfer->outcome), outcome);
        QCOMPARE(sent.transfer->actual, std::size_t(64));

        // The kernel does not take it: an endpoint that there is not, or of another kind.
        desk.usb.failNext("submit", LIBUSB_ERROR_IO);
        const Desk::Sent refused = desk.bulk(0x8f, Bytes(512));
        QVERIFY(refused.isAnswered());
        QCOMPARE(int(refused.transfer->outcome), int(UsbOutcome::Failed));
    }

    void severalAreUnderWay()
    {
        Desk desk;
        QVERIFY_OK(desk.open());
        QVERIFY(desk.device->queueDepth() >= 16);
        std::vector<Desk::Sent> sent;
        for (int i = 0; i < 16; ++i)
            sent.push_back(desk.bulk(In, Bytes(1024)));
        QVERIFY(desk.hasPending(16));
        for (int i = 0; i < 16; ++i)
            desk.usb.land(0, LIBUSB_TRANSFER_COMPLETED, i);
        for (int i = 0; i < 16; ++i) {
            QVERIFY(sent[std::size_t(i)].isAnswered());
            QCOMPARE(sent[std::size_t(i)].transfer->actual, std::size_t(i));
            QCOMPARE(desk.answered[std::size_t(i)], sent[std::size_t(i)].transfer.get());
        }
    }

    void aLongTransferGoesInPieces()
    {
        Desk desk;
        QVERIFY_OK(desk.open());
        constexpr std::size_t Piece = usb::Flight::PieceBytes;
        const Desk::Sent whole = desk.bulk(In, Bytes(2 * Piece + 512));
        const Desk::Sent after = desk.bulk(In, Bytes(512));
        for (const std::size_t size : {Piece, Piece, std::size_t(512)}) {
            QVERIFY(desk.hasPending(1));
            QCOMPARE(std::size_t(desk.usb.transfer(0)->length), size);
            desk.usb.land(0, LIBUSB_TRANSFER_COMPLETED, Bytes(size, std::uint8_t(size)));
        }
        QVERIFY(whole.isAnswered());
        QCOMPARE(whole.transfer->actual, 2 * Piece + 512);
        QVERIFY(desk.hasPending(1));
        desk.usb.land(0, LIBUSB_TRANSFER_COMPLETED, 512);
        QVERIFY(after.isAnswered());

        // A piece that is short is the last one.
        const Desk::Sent cut = desk.bulk(In, Bytes(3 * Piece));
        QVERIFY(desk.hasPending(1));
        desk.usb.land(0, LIBUSB_TRANSFER_COMPLETED, int(Piece));
        QVERIFY(desk.hasPending(1));
        desk.usb.land(0, LIBUSB_TRANSFER_COMPLETED, 100);
        QVERIFY(cut.isAnswered());
        QCOMPARE(cut.transfer->actual, Piece + 100);
        QVERIFY(desk.isStill(0));
    }

    void theKernelGetsNoMoreThanItMay()
    {
        Desk desk;
        QVERIFY_OK(desk.open());
        constexpr std::size_t Size = usb::UsbPassthrough::MaxBytesInKernel / 8;
        std::vector<Desk::Sent> sent;
        for (int i = 0; i < 12; ++i)
            sent.push_back(desk.bulk(Out, Bytes(Size)));
        QVERIFY(desk.hasPending(8));
        desk.usb.land(0, LIBUSB_TRANSFER_COMPLETED, int(Size));
        QVERIFY(sent[0].isAnswered());
        QVERIFY(desk.hasPending(8));

        // Other devices have what there is: later, and in the same order.
        desk.usb.failNext("submit", LIBUSB_ERROR_NO_MEM);
        desk.usb.land(0, LIBUSB_TRANSFER_COMPLETED, int(Size));
        QVERIFY(sent[1].isAnswered());
        QVERIFY(desk.isStill(7));
        desk.usb.land(0, LIBUSB_TRANSFER_COMPLETED, int(Size));
        QVERIFY(desk.hasPending(8));
        // Nobody else has anything: then there is none for this one.
        for (std::size_t i = 3; i < sent.size(); ++i) {
            QTRY_VERIFY(desk.usb.pending() > 0);
            desk.usb.land(0, LIBUSB_TRANSFER_COMPLETED, int(Size));
            QVERIFY(sent[i].isAnswered());
        }
        desk.usb.failNext("submit", LIBUSB_ERROR_NO_MEM);
        const Desk::Sent last = desk.bulk(Out, Bytes(Size));
        QVERIFY(last.isAnswered());
        QCOMPARE(int(last.transfer->outcome), int(UsbOutcome::Failed));
    }

    // Only bulk transfers are cut, so that others count as a whole.
    void aLongInterruptWaitsForItsRoom()
    {
        Desk desk;
        QVERIFY_OK(desk.open());
        constexpr std::size_t Most = usb::UsbPassthrough::MaxBytesInKernel;
        const Desk::Sent first = desk.bulk(Out, Bytes(512));
        QVERIFY(desk.hasPending(1));
        const Desk::Sent large = desk.send(UsbTransferKind::Interrupt, 0x83, Bytes(Most));
        QVERIFY(desk.isStill(1));
        desk.usb.land(0, LIBUSB_TRANSFER_COMPLETED, 512);
        QVERIFY(first.isAnswered());
        QVERIFY(desk.hasPending(1));
        QCOMPARE(std::size_t(desk.usb.transfer(0)->length), Most);
        desk.usb.land(0, LIBUSB_TRANSFER_COMPLETED, int(Most));
        QVERIFY(large.isAnswered());
        QCOMPARE(large.transfer->actual, Most);
    }

    void isochronousPacketsGoTogether()
    {
        Desk desk;
        QVERIFY_OK(desk.open());
        std::vector<Desk::Sent> sent;
        desk.io->run([&] { // one order, so to say
            for (int i = 0; i < 32; ++i)
                sent.push_back(
                    desk.send(UsbTransferKind::Isochronous, Out, Bytes(10, std::uint8_t(i))));
        });
        QVERIFY(desk.hasPending(4));
        const libusb_transfer *transfer = desk.usb.transfer(1);
        QCOMPARE(transfer->num_iso_packets, 8);
        QCOMPARE(transfer->length, 80);
        QCOMPARE(transfer->iso_packet_desc[3].length, 10u);
        QCOMPARE(transfer->buffer[35], std::uint8_t(11));
        desk.device->cancel(sent[2].transfer);
        desk.settle();
        libusb_transfer *const first = desk.usb.transfer(0);
        for (int i = 0; i < 8; ++i)
            first->iso_packet_desc[i].actual_length = unsigned(i);
        first->iso_packet_desc[4].status = LIBUSB_TRANSFER_ERROR;
        desk.usb.land(0, LIBUSB_TRANSFER_COMPLETED, 0);
        QVERIFY(sent[7].isAnswered());
        for (std::size_t i = 0; i < 8; ++i) {
            QCOMPARE(int(*sent[i].answers), i == 2 ? 0 : 1);
            if (i == 2)
                continue;
            QCOMPARE(sent[i].transfer->actual, i);
            QCOMPARE(int(sent[i].transfer->outcome),
                     int(i == 4 ? UsbOutcome::Failed : UsbOutcome::Done));
        }
        // What comes to the guest is in the packet that it is for.
        const Desk::Sent in = desk.send(UsbTransferKind::Isochronous, In, Bytes(4));
        const Desk::Sent large = desk.send(UsbTransferKind::Isochronous, In, Bytes(1 << 20));
        QVERIFY(large.isAnswered());
        QCOMPARE(int(large.transfer->outcome), int(UsbOutcome::Failed));
        QVERIFY(desk.hasPending(4));
        libusb_transfer *const last = desk.usb.transfer(3);
        last->iso_packet_desc[0].actual_length = 3;
        desk.usb.land(3, LIBUSB_TRANSFER_COMPLETED, Bytes({9, 8, 7}));
        QVERIFY(in.isAnswered());
        QCOMPARE(in.data(), Bytes({9, 8, 7}));
    }

    void someRequestsAreTheKernels()
    {
        Desk desk;
        QVERIFY_OK(desk.open());
        desk.usb.configurations = 2;
        // Nothing overtakes the one that waits.
        desk.usb.hold("configure 2");
        const Desk::Sent configure = desk.control(0, 9, 2, 0);
        QTRY_VERIFY(desk.usb.has("configure 2"));
        const Desk::Sent read = desk.bulk(In, Bytes(13));
        QVERIFY(desk.isStill(0));
        desk.usb.release();
        QVERIFY(configure.isAnswered());
        QCOMPARE(int(configure.transfer->outcome), int(UsbOutcome::Done));
        QVERIFY(desk.hasPending(1));
        QVERIFY(desk.control(1, 11, 3, 1).isAnswered());
        QVERIFY(desk.control(2, 1, 0, In).isAnswered());
        desk.usb.failNext("setting 1 9", LIBUSB_ERROR_NOT_FOUND);
        const Desk::Sent wrong = desk.control(1, 11, 9, 1);
        QVERIFY(wrong.isAnswered());
        QCOMPARE(int(wrong.transfer->outcome), int(UsbOutcome::Stalled));
        const Desk::Sent address = desk.control(0, 5, 7, 0);
        QVERIFY(address.isAnswered());
        QCOMPARE(int(address.transfer->outcome), int(UsbOutcome::Stalled));
        QCOMPARE(desk.usb.pending(), std::size_t(1));
        QCOMPARE(desk.calls(),
                 QStringList({"release 0", "release 1", "configure 2", "claim 0", "claim 1",
                              "submit", "setting 1 3", "clear 129", "setting 1 9"}));
        desk.device.reset();
        // In the configuration that it came in.
        QVERIFY(desk.usb.has("configure 1"));
        QCOMPARE(desk.usb.configuration, 1);
    }

    void theOnlyConfigurationIsNotSetAgain()
    {
        Desk desk;
        QVERIFY_OK(desk.open());
        QVERIFY(desk.control(1, 11, 3, 1).isAnswered());
        QVERIFY(desk.control(0, 9, 1, 0).isAnswered());
        QCOMPARE(desk.calls(),
                 QStringList({"setting 1 3", "release 0", "release 1", "claim 0", "claim 1",
                              "setting 1 0"}));
    }

    void aCancelledTransferIsNotAnswered()
    {
        Desk desk;
        QVERIFY_OK(desk.open());
        const Desk::Sent inKernel = desk.bulk(In, Bytes(512));
        QVERIFY(desk.hasPending(1));
        desk.usb.hold("clear 129");
        const Desk::Sent call = desk.control(2, 1, 0, In);
        const Desk::Sent behind = desk.bulk(In, Bytes(512));
        QTRY_VERIFY(desk.usb.has("clear 129"));
        for (const Desk::Sent &each : {behind, call, inKernel})
            desk.device->cancel(each.transfer);
        desk.settle();
        desk.usb.release();
        const Desk::Sent last = desk.bulk(In, Bytes(512));
        QVERIFY(desk.hasPending(1));
        desk.usb.land(0, LIBUSB_TRANSFER_COMPLETED, 1);
        QVERIFY(last.isAnswered());
        QCOMPARE(int(*inKernel.answers) + *call.answers + *behind.answers, 0);
        QCOMPARE(desk.calls(), QStringList({"submit", "clear 129", "cancel", "submit"}));
    }

    void aDeviceThatVanishesIsToldOnce()
    {
        Desk desk;
        QVERIFY_OK(desk.open());
        const Desk::Sent one = desk.bulk(In, Bytes(512));
        const Desk::Sent two = desk.control(0x80, 6, 0x0100, 0, Bytes(18));
        QVERIFY(desk.hasPending(2));
        desk.usb.vanish();
        QVERIFY(one.isAnswered());
        QVERIFY(two.isAnswered());
        QCOMPARE(int(one.transfer->outcome), int(UsbOutcome::Gone));
        QTRY_COMPARE(int(desk.timesLeft), 1);
        const Desk::Sent late = desk.bulk(In, Bytes(512));
        QVERIFY(late.isAnswered());
        QCOMPARE(int(late.transfer->outcome), int(UsbOutcome::Gone));
        desk.device->resetDevice();
        desk.settle();
        desk.device.reset();
        QCOMPARE(int(desk.timesLeft), 1);
        QVERIFY(!desk.usb.has("attach 0")); // nothing to give back
    }

    void aResetThatFindsAnotherDeviceIsItsEnd()
    {
        Desk desk;
        QVERIFY_OK(desk.open());
        desk.device->resetDevice(); // nothing was asked of it: it is as after one
        const Desk::Sent ask = desk.control(0x80, 6, 0x0100, 0, Bytes(8));
        QVERIFY(desk.hasPending(1));
        QVERIFY(!desk.usb.has("reset"));
        desk.usb.land(0, LIBUSB_TRANSFER_COMPLETED, 8);
        QVERIFY(ask.isAnswered());
        desk.device->resetDevice();
        QTRY_VERIFY(desk.usb.has("reset"));
        QCOMPARE(int(desk.timesLeft), 0);
        const Desk::Sent again = desk.control(0x80, 6, 0x0100, 0, Bytes(8));
        QVERIFY(desk.hasPending(1));
        desk.usb.land(0, LIBUSB_TRANSFER_COMPLETED, 8);
        QVERIFY(again.isAnswered());
        desk.usb.failNext("reset", LIBUSB_ERROR_NOT_FOUND);
        desk.device->resetDevice();
        QTRY_COMPARE(int(desk.timesLeft), 1);
    }

    void answersWaitWhileTheMachineStandsStill()
    {
        Desk desk;
        QVERIFY_OK(desk.open());
        const Desk::Sent sent = desk.bulk(In, Bytes(512));
        const Desk::Sent cancelled = desk.bulk(In, Bytes(512));
        QVERIFY(desk.hasPending(2));
        desk.device->setRunning(false);
        QVERIFY(desk.device->isIdle());
        desk.usb.land(0, LIBUSB_TRANSFER_COMPLETED, 5);
        desk.usb.land(0, LIBUSB_TRANSFER_COMPLETED, 5);
        QTRY_COMPARE(desk.usb.pending(), std::size_t(0));
        desk.settle();
        QCOMPARE(int(*sent.answers), 0);
        desk.device->cancel(cancelled.transfer); // a reset of the machine's
        desk.device->setRunning(true);
        QVERIFY(sent.isAnswered());
        desk.settle();
        QCOMPARE(int(*cancelled.answers), 0);
    }

    void itGoesWithTransfersUnderWay()
    {
        Desk desk;
        QVERIFY_OK(desk.open());
        const Desk::Sent one = desk.bulk(In, Bytes(512));
        const Desk::Sent two = desk.send(UsbTransferKind::Isochronous, In, Bytes(4));
        QVERIFY(desk.hasPending(2));
        desk.device.reset();
        QCOMPARE(desk.usb.pending(), std::size_t(0));
        QCOMPARE(int(*one.answers) + *two.answers, 0);
        QVERIFY(desk.usb.has("attach 0"));
    }
};

QTEST_GUILESS_MAIN(TestUsbPassthrough)
#include "tst_usb_passthrough.moc"
