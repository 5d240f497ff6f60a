// SPDX-License-Identifier: GPL-3.0-or-later
// The bulk streams of a device of this computer in a guest (USB 3.2, 8.12.1.4): whether there are
// any, and that each transfer goes to its own.
#include "engine/base/log.h"
#include "tests/support/passthrough_desk.h"
#include "tests/support/test_main.h"
#include "usb/stream_limits.h"

using namespace engine;
using tests::texts;
using Desk = tests::PassthroughDesk;

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint8_t In = 0x81;
constexpr std::uint8_t Out = 0x02;
constexpr std::size_t Piece = usb::Flight::StreamPieceBytes;

// With a device of USB 3 whose endpoints have 2^4 streams.
struct StreamDesk : Desk
{
    StreamDesk()
    {
        usb.speed = LIBUSB_SPEED_SUPER;
        usb.streamExponent = 4;
    }
};

// USB 3.2, 9.6: a disk with bulk-only transport in its first setting, and USB Attached SCSI with
// streams in its second.
Bytes configuration()
{
    return {
        9, 2,    73,   0, 1, 1, 0, 0x80, 13, // configuration
        9, 4,    0,    0, 1, 8, 6, 0x50, 0, // bulk-only transport
        7, 5,    0x81, 2, 0, 4, 0, 6,    48, 15, 0, 0, 0, //
        9, 4,    0,    1, 2, 8, 6, 0x62, 0, // USB Attached SCSI
        7, 5,    0x81, 2, 0, 4, 0, 6,    48, 15, 4, 0, 0, // with streams
        4, 0x24, 3,    0, // pipe usage
        7, 5,    0x83, 1, 0, 4, 1, 6,    48, 15, 2, 0, 0, // isochronous: that is no stream
        3, 99,   0, // of a vendor
    };
}
constexpr std::size_t BulkOnly = 9 + 7;
constexpr std::size_t AttachedScsi = 9 + 9 + 13 + 7;
constexpr std::size_t StreamsOfBulk = 9 + 9 + 13 + 9 + 7 + 3;
constexpr std::size_t MultOfIsochronous = StreamsOfBulk + 3 + 4 + 7 + 3;

} // namespace

class TestUsbStreams : public QObject
{
    Q_OBJECT

private slots:
    void theHostIsAsked()
    {
        StreamDesk desk;
        QVERIFY_OK(desk.open());
        QCOMPARE(texts(desk.usb.seen()),
                 QStringList({"open", "detach 0", "claim 0", "claim 1", "setting 0 1",
                              "streams 129 15", "no streams 129", "setting 0 0", "opened"}));
        QCOMPARE(desk.device->maxStreams(), 15u);
    }

    void notOfADeviceWithout_data()
    {
        QTest::addColumn<int>("speed");
        QTest::addColumn<int>("exponent");
        QTest::newRow("USB 2") << int(LIBUSB_SPEED_HIGH) << 4;
        QTest::newRow("no streams") << int(LIBUSB_SPEED_SUPER) << 0;
    }
    void notOfADeviceWithout()
    {
        QFETCH(int, speed);
        QFETCH(int, exponent);
        Desk desk;
        desk.usb.speed = speed;
        desk.usb.streamExponent = exponent;
        QVERIFY_OK(desk.open());
        QCOMPARE(desk.device->maxStreams(), 0u);
        QCOMPARE(texts(desk.usb.seen()).mid(3), QStringList({"claim 1", "opened"}));
    }

    // Where the host has fewer, the guest is told so by what it reads of the device.
    void theGuestSeesWhatTheHostHas_data()
    {
        QTest::addColumn<int>("given");
        QTest::addColumn<unsigned>("streams");
        QTest::addColumn<int>("protocol");
        QTest::addColumn<int>("exponent");
        QTest::newRow("all") << 15 << 15u << 0x62 << 4;
        QTest::newRow("more than the guest's controller") << 255 << 15u << 0x62 << 4;
        QTest::newRow("some") << 7 << 7u << 0x62 << 2;
        QTest::newRow("one, which nobody can ask for") << 1 << 0u << 0xff << 0;
        QTest::newRow("an old kernel") << int(LIBUSB_ERROR_NOT_SUPPORTED) << 0u << 0xff << 0;
        QTest::newRow("a controller without") << int(LIBUSB_ERROR_OTHER) << 0u << 0xff << 0;
    }
    void theGuestSeesWhatTheHostHas()
    {
        QFETCH(int, given);
        QFETCH(unsigned, streams);
        QFETCH(int, protocol);
        QFETCH(int, exponent);
        StreamDesk desk;
        desk.usb.streamsGiven = given;
        QVERIFY_OK(desk.open());
        QCOMPARE(desk.device->maxStreams(), streams);
        const Bytes whole = configuration();
        const Desk::Sent sent = desk.control(0x80, 6, 0x0200, 0, Bytes(255));
        QVERIFY(desk.hasPending(1));
        desk.usb.land(0, LIBUSB_TRANSFER_COMPLETED, whole);
        QVERIFY(sent.isAnswered());
        const Bytes got = sent.data();
        QCOMPARE(got.size(), whole.size());
        QCOMPARE(int(got[AttachedScsi]), protocol);
        QCOMPARE(int(got[StreamsOfBulk]), exponent);
        QCOMPARE(int(got[MultOfIsochronous]), 2);
        QCOMPARE(int(got[BulkOnly]), 0x50);

        // Nothing else that is read is changed.
        const Desk::Sent text = desk.control(0x80, 6, 0x0302, 0x0409, Bytes(255));
        QVERIFY(desk.hasPending(1));
        desk.usb.land(0, LIBUSB_TRANSFER_COMPLETED, whole);
        QVERIFY(text.isAnswered());
        QCOMPARE(text.data(), whole);
    }

    void aDescriptorThatIsNoneIsSurvived()
    {
        const Bytes whole = configuration();
        for (std::size_t size = 0; size <= whole.size(); ++size) {
            Bytes cut(whole.begin(), whole.begin() + std::ptrdiff_t(size));
            usb::limitStreams(cut, 0);
            if (size > AttachedScsi + 1)
                QCOMPARE(int(cut[AttachedScsi]), 0xff);
            for (std::size_t i = 0; i < size; ++i)
                for (const int value : {0, 1, 255}) {
                    Bytes bent(whole.begin(), whole.begin() + std::ptrdiff_t(size));
                    bent[i] = std::uint8_t(value);
                    usb::limitStreams(bent, 3);
                }
        }
    }

    void transfersGoToTheirStreams()
    {
        StreamDesk desk;
        QVERIFY_OK(desk.open());
        desk.device->setStreams({{.endpoint = In, .count = 7}, {.endpoint = Out, .count = 15}});
        const Desk::Sent third = desk.sendOf(3, In, Bytes(512));
        const Desk::Sent last = desk.sendOf(15, Out, {1, 2, 3});
        QVERIFY(desk.hasPending(2)); // in the order that they came in
        QCOMPARE(desk.calls().mid(0, 2), QStringList({"streams 129 7", "streams 2 15"}));
        QCOMPARE(desk.usb.stream(0), 3u);
        QCOMPARE(desk.usb.stream(1), 15u);
        QCOMPARE(int(desk.usb.transfer(0)->type), int(LIBUSB_TRANSFER_TYPE_BULK_STREAM));
        desk.usb.land(1, LIBUSB_TRANSFER_COMPLETED, 3);
        QVERIFY(last.isAnswered());
        desk.usb.land(0, LIBUSB_TRANSFER_COMPLETED, Bytes({7}));
        QVERIFY(third.isAnswered());
        QCOMPARE(third.data(), Bytes({7}));

        // Of streams that there are not.
        for (const unsigned stream : {8u, 65535u}) {
            const Desk::Sent wrong = desk.sendOf(std::uint16_t(stream), In, Bytes(512));
            QVERIFY(wrong.isAnswered());
            QCOMPARE(int(wrong.transfer->outcome), int(UsbOutcome::Failed));
        }
        desk.device->setStreams({{.endpoint = In}});
        QTRY_VERIFY(desk.usb.has("no streams 129"));
        const Desk::Sent late = desk.sendOf(3, In, Bytes(512));
        QVERIFY(late.isAnswered());
        QCOMPARE(int(late.transfer->outcome), int(UsbOutcome::Failed));
        QVERIFY(desk.isStill(0));
    }

    // The host could give them a while ago, and cannot now.
    void streamsThatAreRefusedFailTheirTransfers()
    {
        StreamDesk desk;
        QVERIFY_OK(desk.open());
        desk.usb.failNext("streams 129 7", LIBUSB_ERROR_NO_MEM);
        desk.device->setStreams({{.endpoint = In, .count = 7}});
        const Desk::Sent sent = desk.sendOf(1, In, Bytes(512));
        QVERIFY(sent.isAnswered());
        QCOMPARE(int(sent.transfer->outcome), int(UsbOutcome::Failed));
    }

    // However often a guest opens and closes its endpoints while the device is slow.
    void ordersThatWaitAreReplaced()
    {
        StreamDesk desk;
        QVERIFY_OK(desk.open());
        desk.usb.hold("streams 129 7");
        desk.device->setStreams({{.endpoint = In, .count = 7}});
        QTRY_VERIFY(desk.usb.has("streams 129 7"));
        const Desk::Sent between = desk.bulk(0x83, Bytes(512));
        for (int i = 0; i < 100; ++i) {
            desk.device->setStreams({{.endpoint = In}, {.endpoint = In, .count = 3}});
            desk.device->setStreams({{.endpoint = Out, .count = 3}});
            const Desk::Sent nobodys = desk.bulk(0x83, Bytes(512));
            desk.device->cancel(nobodys.transfer);
        }
        desk.device->setStreams({{.endpoint = In}, {.endpoint = In, .count = 15}});
        desk.settle();
        desk.usb.release();
        const Desk::Sent sent = desk.sendOf(15, In, Bytes(512));
        QVERIFY(desk.hasPending(2));
        QCOMPARE(desk.calls(),
                 QStringList({"streams 129 7", "submit", "streams 2 3", "no streams 129",
                              "streams 129 15", "submit"}));
    }

    // What comes before a reset is nothing after it.
    void aResetReplacesWhatWaits()
    {
        StreamDesk desk;
        QVERIFY_OK(desk.open());
        desk.usb.hold("streams 129 7");
        desk.device->setStreams({{.endpoint = In, .count = 7}});
        QTRY_VERIFY(desk.usb.has("streams 129 7"));
        for (int i = 0; i < 100; ++i) {
            desk.device->setStreams({{.endpoint = Out, .count = 3}});
            desk.device->resetDevice();
        }
        desk.settle();
        desk.usb.release();
        const Desk::Sent sent = desk.bulk(In, Bytes(512));
        QVERIFY(desk.hasPending(1));
        QCOMPARE(desk.calls(), QStringList({"streams 129 7", "reset", "submit"}));
    }

    void aRefusalIsLoggedOnce()
    {
        std::atomic<int> warnings = 0;
        setLogSink([&warnings](const LogRecord &record) {
            warnings += record.level == LogLevel::Warning ? 1 : 0;
        });
        {
            StreamDesk desk;
            QVERIFY_OK(desk.open());
            for (int i = 0; i < 3; ++i) {
                desk.usb.failNext("streams 129 7", LIBUSB_ERROR_NOT_FOUND);
                desk.device->setStreams({{.endpoint = In, .count = 7}});
                QVERIFY(desk.sendOf(1, In, Bytes(512)).isAnswered()); // and not in place of it
            }
            QCOMPARE(desk.calls().count(QStringLiteral("streams 129 7")), 3);
        }
        setLogSink({});
        QCOMPARE(int(warnings), 1);
    }

    // The trial of its streams, and streams without a transfer, are undone by the guest's reset.
    void aResetEndsStreamsThatNobodyUsed()
    {
        StreamDesk desk;
        QVERIFY_OK(desk.open());
        desk.device->resetDevice();
        QTRY_COMPARE(desk.calls(), QStringList({"reset"}));
        desk.device->resetDevice(); // nothing was asked of it: it is as after one
        desk.device->setStreams({{.endpoint = In, .count = 7}});
        QTRY_COMPARE(desk.calls(), QStringList({"reset", "streams 129 7"}));
        desk.device->resetDevice();
        QTRY_COMPARE(desk.calls(), QStringList({"reset", "streams 129 7", "reset"}));
    }

    // The kernel has ended them though the device refused.
    void aRefusedSettingEndsTheStreams()
    {
        StreamDesk desk;
        QVERIFY_OK(desk.open());
        desk.device->setStreams({{.endpoint = In, .count = 7}});
        desk.usb.failNext("setting 0 9", LIBUSB_ERROR_NOT_FOUND);
        QVERIFY(desk.control(1, 11, 9, 0).isAnswered());
        const Desk::Sent sent = desk.sendOf(3, In, Bytes(512));
        QVERIFY(desk.hasPending(1));
        desk.usb.failNext("setting 0 1", LIBUSB_ERROR_PIPE);
        const Desk::Sent setting = desk.control(1, 11, 1, 0);
        QVERIFY(setting.isAnswered());
        QCOMPARE(int(setting.transfer->outcome), int(UsbOutcome::Stalled));
        const Desk::Sent late = desk.sendOf(3, In, Bytes(512));
        QVERIFY(late.isAnswered());
        QCOMPARE(int(late.transfer->outcome), int(UsbOutcome::Failed));
        QVERIFY(desk.isStill(1));
    }

    // It is tried again when the guest configures the device.
    void aTrialThatCannotGoBackIsMadeUpFor()
    {
        StreamDesk desk;
        desk.usb.failNext("setting 0 0", LIBUSB_ERROR_TIMEOUT);
        QVERIFY_OK(desk.open());
        QVERIFY(desk.control(0, 9, 1, 0).isAnswered());
        QCOMPARE(desk.calls(),
                 QStringList({"release 0", "release 1", "claim 0", "claim 1", "setting 0 0"}));
    }

    void nothingOvertakesTheStreams()
    {
        StreamDesk desk;
        QVERIFY_OK(desk.open());
        desk.usb.hold("streams 129 7");
        desk.device->setStreams({{.endpoint = In, .count = 7}});
        const Desk::Sent sent = desk.sendOf(1, In, Bytes(512));
        QTRY_VERIFY(desk.usb.has("streams 129 7"));
        QVERIFY(desk.isStill(0));
        desk.usb.release();
        QVERIFY(desk.hasPending(1));
    }

    // The kernel ends them by itself then.
    void streamsEndWithTheirSetting_data()
    {
        QTest::addColumn<int>("how");
        QTest::newRow("another setting") << 0;
        QTest::newRow("a reset") << 1;
        QTest::newRow("another configuration") << 2;
    }
    void streamsEndWithTheirSetting()
    {
        QFETCH(int, how);
        StreamDesk desk;
        QVERIFY_OK(desk.open());
        desk.device->setStreams({{.endpoint = In, .count = 7}});
        if (how == 0)
            QVERIFY(desk.control(1, 11, 0, 0).isAnswered());
        else if (how == 1) {
            QVERIFY(desk.control(1, 11, 1, 1).isAnswered());
            desk.device->resetDevice();
        } else {
            QVERIFY(desk.control(0, 9, 1, 0).isAnswered());
        }
        const Desk::Sent late = desk.sendOf(3, In, Bytes(512));
        QVERIFY(late.isAnswered());
        QCOMPARE(int(late.transfer->outcome), int(UsbOutcome::Failed));
        desk.device->setStreams({{.endpoint = In, .count = 15}});
        const Desk::Sent sent = desk.sendOf(15, In, Bytes(512));
        QVERIFY(desk.hasPending(1));
        QVERIFY(!desk.calls().contains(QStringLiteral("no streams 129")));
    }

    // Another interface's setting is no business of theirs.
    void anotherInterfaceLeavesThem()
    {
        StreamDesk desk;
        QVERIFY_OK(desk.open());
        desk.device->setStreams({{.endpoint = In, .count = 7}});
        QVERIFY(desk.control(1, 11, 0, 1).isAnswered());
        const Desk::Sent sent = desk.sendOf(3, In, Bytes(512));
        QVERIFY(desk.hasPending(1));
    }

    // A device that wants the last one's bytes first gets them.
    void everyStreamHasAPieceUnderWay()
    {
        StreamDesk desk;
        QVERIFY_OK(desk.open());
        desk.device->setStreams({{.endpoint = In, .count = 15}});
        std::vector<Desk::Sent> sent;
        for (int round = 0; round < 2; ++round)
            for (unsigned stream = 1; stream <= 15; ++stream)
                sent.push_back(desk.sendOf(std::uint16_t(stream), In, Bytes(2 * Piece)));
        QVERIFY(desk.hasPending(15));
        for (std::size_t i = 0; i < 15; ++i) {
            QCOMPARE(desk.usb.stream(i), unsigned(i + 1));
            QCOMPARE(std::size_t(desk.usb.transfer(i)->length), Piece);
        }
        const Desk::Sent command = desk.bulk(Out, Bytes(32)); // which they all wait for
        QVERIFY(desk.hasPending(16));
        desk.usb.land(15, LIBUSB_TRANSFER_COMPLETED, 32);
        QVERIFY(command.isAnswered());
        desk.usb.land(14, LIBUSB_TRANSFER_COMPLETED, int(Piece));
        QVERIFY(desk.hasPending(15));
        QCOMPARE(desk.usb.stream(14), 15u);
        desk.usb.land(14, LIBUSB_TRANSFER_COMPLETED, int(Piece));
        QVERIFY(sent[14].isAnswered());
        QCOMPARE(sent[14].transfer->actual, 2 * Piece);
        QVERIFY(desk.hasPending(15));
        QCOMPARE(int(*sent[29].answers), 0);
    }

    // Even where other devices have the kernel's memory.
    void smallerPiecesAreTried()
    {
        StreamDesk desk;
        QVERIFY_OK(desk.open());
        desk.device->setStreams({{.endpoint = In, .count = 15}});
        const Desk::Sent first = desk.sendOf(1, In, Bytes(Piece));
        QVERIFY(desk.hasPending(1));
        desk.usb.failNext("submit", LIBUSB_ERROR_NO_MEM);
        desk.usb.failNext("submit", LIBUSB_ERROR_NO_MEM);
        const Desk::Sent sent = desk.sendOf(2, In, Bytes(Piece));
        QVERIFY(desk.hasPending(2));
        QCOMPARE(std::size_t(desk.usb.transfer(1)->length), Piece / 4);
        desk.usb.failNext("submit", LIBUSB_ERROR_NO_MEM); // and so does the rest
        desk.usb.land(1, LIBUSB_TRANSFER_COMPLETED, int(Piece / 4));
        QVERIFY(desk.hasPending(2));
        QCOMPARE(std::size_t(desk.usb.transfer(1)->length), Piece / 2);
        desk.usb.land(1, LIBUSB_TRANSFER_COMPLETED, int(Piece / 2));
        QVERIFY(desk.hasPending(2));
        QCOMPARE(std::size_t(desk.usb.transfer(1)->length), Piece / 4);
        desk.usb.land(1, LIBUSB_TRANSFER_COMPLETED, int(Piece / 4));
        QVERIFY(sent.isAnswered());
        QCOMPARE(sent.transfer->actual, Piece);
    }

    void aDeviceThatVanishesEndsThemAll()
    {
        StreamDesk desk;
        QVERIFY_OK(desk.open());
        desk.device->setStreams({{.endpoint = In, .count = 15}});
        const Desk::Sent one = desk.sendOf(1, In, Bytes(512));
        const Desk::Sent two = desk.sendOf(2, In, Bytes(2 * Piece));
        QVERIFY(desk.hasPending(2));
        desk.usb.vanish();
        for (const Desk::Sent &each : {one, two}) {
            QVERIFY(each.isAnswered());
            QCOMPARE(int(each.transfer->outcome), int(UsbOutcome::Gone));
        }
        QTRY_COMPARE(int(desk.timesLeft), 1);
        desk.device->setStreams({{.endpoint = In}}); // a guest that tidies up
        const Desk::Sent late = desk.sendOf(1, In, Bytes(512));
        QVERIFY(late.isAnswered());
        QCOMPARE(int(late.transfer->outcome), int(UsbOutcome::Gone));
    }
};

QTEST_GUILESS_MAIN(TestUsbStreams)
#include "tst_usb_streams.moc"
