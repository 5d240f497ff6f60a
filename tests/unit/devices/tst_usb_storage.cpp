// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/usb/usb_storage.h"
#include "tests/support/board_fakes.h"
#include "tests/support/usb_bus.h"

#include <QtTest/QTest>

using namespace engine;

namespace {

constexpr std::uint8_t In = 0x81;
constexpr std::uint8_t Out = 0x02;

using Desk = tests::UsbBus;
using Bytes = std::vector<std::uint8_t>;
using tests::Descriptor;
using tests::partsOf;

// A stick with a driver's view of it.
struct StickDesk : Desk
{
    std::shared_ptr<tests::FakeDisk> disk = std::make_shared<tests::FakeDisk>(64u << 10);
    std::shared_ptr<UsbStorage> stick;

    explicit StickDesk(UsbLinkSpeed speed = UsbLinkSpeed::Super,
                       UsbStorage::Kind kind = UsbStorage::Kind::Stick)
        : stick(std::make_shared<UsbStorage>(
            disk, UsbStorage::Settings{.serial = "S-0123456789ab", .kind = kind, .speed = speed},
            later()))
    {
        for (std::size_t i = 0; i < disk->bytes.size(); ++i)
            disk->bytes[i] = std::uint8_t(i / 512 + i);
        configure(*stick);
    }
    void work()
    {
        do {
            disk->answerAll();
            settle();
        } while (!disk->pending.empty());
    }
    Sent bulk(std::uint8_t endpoint, Bytes data)
    {
        Sent sent = send(*stick, UsbTransferKind::Bulk, endpoint, std::move(data));
        work();
        return sent;
    }
    void command(Bytes scsi, std::uint32_t length, bool isIn)
    {
        Bytes wrapper(31);
        storeLe(&wrapper[0], std::uint32_t(0x43425355));
        storeLe(&wrapper[4], std::uint32_t(0xabcd));
        storeLe(&wrapper[8], length);
        wrapper[12] = isIn ? 0x80 : 0;
        wrapper[14] = std::uint8_t(scsi.size());
        std::copy(scsi.begin(), scsi.end(), wrapper.begin() + 15);
        bulk(Out, std::move(wrapper));
    }
    // The status byte and the residue.
    std::pair<int, std::uint32_t> status()
    {
        const Sent sent = bulk(In, Bytes(13));
        const Bytes data = sent.data();
        if (data.size() != 13 || loadLe<std::uint32_t>(&data[4]) != 0xabcd)
            return {-1, 0};
        return {data[12], loadLe<std::uint32_t>(&data[8])};
    }
    void clearHalt(std::uint8_t endpoint)
    {
        control(*stick, 2, 1, 0, endpoint, {});
        work();
    }
};

constexpr std::pair<int, std::uint32_t> Passed = {0, 0};

} // namespace

class TestUsbStorage : public QObject
{
    Q_OBJECT

private slots:
    // USB 3.2, 9.6: at SuperSpeed, and what a device of USB 3 says at High Speed.
    void theStickIsOfUsb3_data()
    {
        QTest::addColumn<int>("speed");
        QTest::addColumn<int>("version");
        QTest::addColumn<int>("controlPacket");
        QTest::addColumn<int>("packet");
        QTest::addColumn<bool>("hasQualifier");
        QTest::newRow("super") << int(UsbLinkSpeed::Super) << 0x0300 << 9 << 1024 << false;
        QTest::newRow("high") << int(UsbLinkSpeed::High) << 0x0210 << 64 << 512 << true;
    }
    void theStickIsOfUsb3()
    {
        QFETCH(int, speed);
        QFETCH(int, version);
        QFETCH(int, controlPacket);
        QFETCH(int, packet);
        QFETCH(bool, hasQualifier);
        const bool isSuper = UsbLinkSpeed(speed) == UsbLinkSpeed::Super;
        StickDesk desk{UsbLinkSpeed(speed)};
        QCOMPARE(int(desk.stick->speed()), speed);
        const auto described = [&desk](std::uint16_t which) {
            return desk.control(*desk.stick, 0x80, 6, which, 0, Bytes(255));
        };
        const Bytes device = described(0x0100).data();
        QCOMPARE(int(loadLe<std::uint16_t>(&device[2])), version);
        QCOMPARE(int(device[7]), controlPacket);
        QCOMPARE(described(0x0600).transfer->outcome == UsbOutcome::Done, hasQualifier);
        // The serial number's last twelve are hexadecimal digits (Bulk-Only Transport, 4.1.1).
        const Bytes serial = described(0x0303).data();
        QCOMPARE(serial[serial.size() - 2], std::uint8_t('B'));

        const Bytes all = described(0x0200).data();
        int endpoints = 0;
        int companions = 0;
        for (const Descriptor &part : partsOf(all)) {
            if (part.type == 5) {
                ++endpoints;
                QCOMPARE(int(loadLe<std::uint16_t>(&all[part.at + 4])), packet);
            }
            if (part.type == 48) {
                ++companions;
                QCOMPARE(all[part.at], std::uint8_t(6));
                QCOMPARE(all[part.at + 2], std::uint8_t(15)); // packets of a burst, but one
                QCOMPARE(all[part.at - 6], std::uint8_t(5)); // it follows its endpoint
            }
        }
        QCOMPARE(endpoints, 2);
        QCOMPARE(companions, isSuper ? 2 : 0);

        const Bytes bos = described(0x0f00).data();
        const std::vector<Descriptor> parts = partsOf(bos);
        QCOMPARE(parts.size(), std::size_t(3));
        QCOMPARE(bos[4], std::uint8_t(2));
        QCOMPARE(bos[parts[1].at + 2], std::uint8_t(2)); // USB 2.0 extension
        QCOMPARE(bos[parts[2].at + 2], std::uint8_t(3)); // SuperSpeed
        QCOMPARE(int(loadLe<std::uint16_t>(&bos[parts[2].at + 4])), 0x0c);
    }

    void aLinksFeaturesAreOfSuperSpeed()
    {
        StickDesk desk;
        const auto status = [&desk] {
            return desk.control(*desk.stick, 0x80, 0, 0, 0, Bytes(2)).data();
        };
        const auto ask = [](StickDesk &of, std::uint8_t request, std::uint16_t value, Bytes data) {
            return of.control(*of.stick, 0, request, value, 0, std::move(data)).transfer->outcome;
        };
        QCOMPARE(ask(desk, 48, 0, Bytes(6)), UsbOutcome::Done); // SET_SEL
        QCOMPARE(ask(desk, 48, 0, Bytes(5)), UsbOutcome::Stalled);
        QCOMPARE(ask(desk, 49, 40, {}), UsbOutcome::Done); // SET_ISOCH_DELAY
        QVERIFY(status() == (Bytes{0, 0}));
        QCOMPARE(ask(desk, 3, 48, {}), UsbOutcome::Done); // U1
        QCOMPARE(ask(desk, 3, 49, {}), UsbOutcome::Done); // U2
        QVERIFY(status() == (Bytes{0x0c, 0}));
        StateArchive saved;
        desk.stick->serialize(saved);
        QCOMPARE(ask(desk, 1, 48, {}), UsbOutcome::Done);
        QVERIFY(status() == (Bytes{0x08, 0}));
        StateArchive loaded(saved.take());
        desk.stick->serialize(loaded);
        QVERIFY(!loaded.hasFailed());
        QVERIFY(status() == (Bytes{0x0c, 0}));
        desk.control(*desk.stick, 0, 9, 0, 0, {}); // unconfigured
        QCOMPARE(ask(desk, 3, 48, {}), UsbOutcome::Stalled);

        StickDesk slow(UsbLinkSpeed::High);
        QCOMPARE(ask(slow, 48, 0, Bytes(6)), UsbOutcome::Stalled);
        QCOMPARE(ask(slow, 3, 48, {}), UsbOutcome::Stalled);
    }

    // As a version wrote it that knew High Speed only.
    void anOlderStateIsLoaded()
    {
        StickDesk desk;
        desk.command({0x28, 0, 0, 0, 0, 4, 0, 0, 16, 0}, 16 * 512, true);
        StateArchive current;
        desk.stick->serialize(current);
        Bytes bytes = current.take();
        const std::size_t versionAt = 1 + std::string_view("usb-storage").size();
        storeLe(&bytes[versionAt], std::uint32_t(1));
        bytes.erase(bytes.begin() + std::ptrdiff_t(versionAt + 8 + 1)); // behind the configuration
        storeLe(&bytes[versionAt + 4], std::uint32_t(bytes.size() - versionAt - 8));
        desk.stick->resetDevice();
        StateArchive old(bytes);
        desk.stick->serialize(old);
        QVERIFY(!old.hasFailed() && old.isAtEnd());
        const Bytes got = desk.bulk(In, Bytes(16 * 512)).data();
        QVERIFY(std::equal(got.begin(), got.end(), desk.disk->bytes.begin() + 4 * 512));
        QCOMPARE(got.size(), std::size_t(16 * 512));
        QVERIFY(desk.status() == Passed);
    }

    void theStickTellsOfItself()
    {
        StickDesk desk;
        desk.command({0x12, 0, 0, 0, 36, 0}, 36, true);
        const Bytes inquiry = desk.bulk(In, Bytes(36)).data();
        QCOMPARE(inquiry.size(), std::size_t(36));
        QVERIFY(desk.status() == Passed);
        desk.command({0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 8, true);
        const Bytes capacity = desk.bulk(In, Bytes(8)).data();
        QCOMPARE(loadBe<std::uint32_t>(&capacity[0]), 127u);
        QCOMPARE(loadBe<std::uint32_t>(&capacity[4]), 512u);
        QVERIFY(desk.status() == Passed);
    }

    void aDiskTellsItsKind_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("removable");
        QTest::addColumn<int>("rotation");
        QTest::newRow("stick") << int(UsbStorage::Kind::Stick) << 0x80 << 0;
        QTest::newRow("disk") << int(UsbStorage::Kind::Disk) << 0 << 0;
        QTest::newRow("solid state") << int(UsbStorage::Kind::SolidStateDisk) << 0 << 1;
    }
    void aDiskTellsItsKind()
    {
        QFETCH(int, kind);
        QFETCH(int, removable);
        QFETCH(int, rotation);
        StickDesk desk(UsbLinkSpeed::Super, UsbStorage::Kind(kind));
        desk.command({0x12, 0, 0, 0, 36, 0}, 36, true);
        QCOMPARE(int(desk.bulk(In, Bytes(36)).data().at(1)), removable);
        QVERIFY(desk.status() == Passed);
        desk.command({0x12, 1, 0xb1, 0, 64, 0}, 64, true);
        QCOMPARE(int(desk.bulk(In, Bytes(64)).data().at(5)), rotation);
        QVERIFY(desk.status() == Passed);
        desk.command({0x12, 1, 0x80, 0, 64, 0}, 18, true);
        const Bytes serial = desk.bulk(In, Bytes(18)).data();
        QCOMPARE(std::string(serial.begin() + 4, serial.end()), std::string("S-0123456789ab"));
        QVERIFY(desk.status() == Passed);
    }

    // Or a system would not ask it to flush.
    void theWriteCacheIsTold_data()
    {
        QTest::addColumn<int>("page");
        QTest::addColumn<int>("bytes");
        QTest::addColumn<int>("cache");
        QTest::newRow("caching") << 0x08 << 24 << 4;
        QTest::newRow("all") << 0x3f << 24 << 4;
        QTest::newRow("what can be changed") << 0x48 << 24 << 0;
        QTest::newRow("another") << 0x1c << 4 << -1;
    }
    void theWriteCacheIsTold()
    {
        QFETCH(int, page);
        QFETCH(int, bytes);
        QFETCH(int, cache);
        StickDesk desk;
        desk.command({0x1a, 0, std::uint8_t(page), 0, 192, 0}, 192, true);
        const Bytes data = desk.bulk(In, Bytes(192)).data();
        QCOMPARE(int(data.size()), bytes);
        QCOMPARE(int(data[0]), bytes - 1);
        if (cache >= 0) {
            QCOMPARE(data[4], std::uint8_t(8));
            QCOMPARE(int(data[5]), bytes - 6);
            QCOMPARE(int(data[6]), cache);
        }
        QCOMPARE(desk.status().first, 0);
        desk.command({0x5a, 0, std::uint8_t(page), 0, 0, 0, 0, 0, 192, 0}, 192, true);
        const Bytes longer = desk.bulk(In, Bytes(192)).data();
        QCOMPARE(int(longer.size()), bytes + 4);
        QCOMPARE(int(loadBe<std::uint16_t>(&longer[0])), bytes + 2);
        QCOMPARE(desk.status().first, 0);
    }

    void theStickIsReadAndWritten_data()
    {
        QTest::addColumn<int>("transfer");
        QTest::newRow("whole") << 16 * 512;
        QTest::newRow("by blocks") << 512;
        QTest::newRow("by packets") << 64;
        QTest::newRow("crooked") << 1000;
    }
    void theStickIsReadAndWritten()
    {
        QFETCH(int, transfer);
        StickDesk desk;
        constexpr std::uint32_t Length = 16 * 512;
        desk.command({0x28, 0, 0, 0, 0, 4, 0, 0, 16, 0}, Length, true);
        Bytes got;
        while (got.size() < Length) {
            const std::size_t left = Length - got.size();
            const Bytes part = desk.bulk(In, Bytes(std::min(left, std::size_t(transfer)))).data();
            QVERIFY(!part.empty());
            got.insert(got.end(), part.begin(), part.end());
        }
        QVERIFY(std::equal(got.begin(), got.end(), desk.disk->bytes.begin() + 4 * 512));
        QVERIFY(desk.status() == Passed);

        desk.command({0x2a, 0, 0, 0, 0, 64, 0, 0, 16, 0}, Length, false);
        for (std::size_t at = 0; at < Length;) {
            const std::size_t count = std::min(Length - at, std::size_t(transfer));
            const Desk::Sent sent =
                desk.bulk(Out, Bytes(got.begin() + long(at), got.begin() + long(at + count)));
            QCOMPARE(*sent.answers, 1);
            at += count;
        }
        QVERIFY(desk.status() == Passed);
        QVERIFY(std::equal(got.begin(), got.end(), desk.disk->bytes.begin() + 64 * 512));
        desk.command({0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 0, false);
        QVERIFY(desk.status() == Passed);
        QCOMPARE(desk.disk->flushes, 1);
        QVERIFY(desk.stick->isIdle());
    }

    void whatCannotBeIsRefusedAndSensed_data()
    {
        QTest::addColumn<QByteArray>("command");
        QTest::addColumn<bool>("isIn");
        QTest::addColumn<int>("key");
        QTest::addColumn<int>("code");
        QTest::newRow("beyond the end")
            << QByteArray::fromHex("28000000007f00000200") << true << 5 << 0x21;
        QTest::newRow("unknown") << QByteArray::fromHex("fe0000000000") << true << 5 << 0x20;
        QTest::newRow("read-only")
            << QByteArray::fromHex("2a000000000000000100") << false << 7 << 0x27;
    }
    void whatCannotBeIsRefusedAndSensed()
    {
        QFETCH(QByteArray, command);
        QFETCH(bool, isIn);
        QFETCH(int, key);
        QFETCH(int, code);
        StickDesk desk;
        desk.disk->readOnly = true;
        desk.command(Bytes(command.begin(), command.end()), 512, isIn);
        const std::uint8_t endpoint = isIn ? In : Out;
        QCOMPARE(desk.bulk(endpoint, Bytes(512)).transfer->outcome, UsbOutcome::Stalled);
        QCOMPARE(desk.bulk(endpoint, Bytes(512)).transfer->outcome, UsbOutcome::Stalled);
        desk.clearHalt(endpoint);
        QVERIFY(desk.status() == std::make_pair(1, 512u));
        desk.command({3, 0, 0, 0, 18, 0}, 18, true);
        const Bytes sense = desk.bulk(In, Bytes(18)).data();
        QCOMPARE(int(sense[2]), key);
        QCOMPARE(int(sense[12]), code);
        QVERIFY(desk.status() == Passed);
    }

    void anImageThatFailsIsAMediumError()
    {
        StickDesk desk;
        desk.disk->failure = Error(ErrorKind::Io, "broken");
        desk.command({0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0}, 512, true);
        QCOMPARE(desk.bulk(In, Bytes(512)).transfer->outcome, UsbOutcome::Stalled);
        desk.clearHalt(In);
        QCOMPARE(desk.status().first, 1);
    }

    void nonsenseHaltsTheStickUntilItIsReset()
    {
        StickDesk desk;
        QCOMPARE(desk.bulk(Out, Bytes(31)).transfer->outcome, UsbOutcome::Stalled);
        QCOMPARE(desk.bulk(In, Bytes(13)).transfer->outcome, UsbOutcome::Stalled);
        desk.control(*desk.stick, 0x21, 0xff, 0, 0, {});
        desk.clearHalt(In);
        desk.clearHalt(Out);
        desk.command({0, 0, 0, 0, 0, 0}, 0, false);
        QVERIFY(desk.status() == Passed);
    }

    void aResetDoesNotWaitForTheImage()
    {
        StickDesk desk;
        Bytes wrapper(31);
        storeLe(&wrapper[0], std::uint32_t(0x43425355));
        storeLe(&wrapper[8], 512u);
        wrapper[12] = 0x80;
        wrapper[14] = 10;
        wrapper[15] = 0x28;
        wrapper[23] = 1;
        desk.send(*desk.stick, UsbTransferKind::Bulk, Out, wrapper);
        const Desk::Sent read = desk.send(*desk.stick, UsbTransferKind::Bulk, In, Bytes(512));
        QCOMPARE(desk.disk->pending.size(), std::size_t(1));
        QVERIFY(!desk.stick->isIdle());
        desk.stick->cancel(read.transfer);
        desk.stick->resetDevice();
        desk.configure(*desk.stick);
        desk.work();
        QCOMPARE(*read.answers, 0);
        QVERIFY(desk.stick->isIdle());
        desk.command({0, 0, 0, 0, 0, 0}, 0, false);
        QVERIFY(desk.status() == Passed);
    }
};

QTEST_GUILESS_MAIN(TestUsbStorage)
#include "tst_usb_storage.moc"
