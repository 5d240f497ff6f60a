// SPDX-License-Identifier: GPL-3.0-or-later
// The optical drive, through the host adapter.
#include "tests/support/ahci_guest.h"
#include "tests/support/test_main.h"

using namespace engine;
using namespace engine::ahci;
using tests::AhciBoard;
using tests::AhciGuest;

namespace {

using Sense = std::array<int, 3>;
constexpr Sense MediumChanged = {6, 0x28, 0};
constexpr Sense NoMediumTrayOpen = {2, 0x3a, 2};
constexpr Sense NoMedium = {2, 0x3a, 1};
constexpr Sense OutOfRange = {5, 0x21, 0};
constexpr Sense InvalidField = {5, 0x24, 0};
constexpr Sense InvalidCommand = {5, 0x20, 0};
constexpr Sense RemovalPrevented = {5, 0x53, 2};

const std::vector<std::uint8_t> TestUnitReady = {0};
const std::vector<std::uint8_t> PollMedia = {0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8};
const std::vector<std::uint8_t> Lock = {0x1e, 0, 0, 0, 1};
const std::vector<std::uint8_t> Eject = {0x1b, 0, 0, 0, 2};

struct Drive
{
    AhciBoard board;
    AhciGuest guest{board, 1};

    Drive() { guest.start(); }
    // The media event and the status (MMC-6 6.6.3).
    std::array<int, 2> mediaEvent()
    {
        guest.packet(PollMedia, 8);
        return {guest.buffer()[4], guest.buffer()[5]};
    }
    Result<> insert(std::shared_ptr<BlockDevice> image, bool force = false)
    {
        return board.ahci.changeMedium(1, std::move(image), force);
    }
};

} // namespace

class TestAtapiDrive : public QObject
{
    Q_OBJECT
private slots:
    void itSaysWhatItIs()
    {
        Drive drive;
        drive.guest.run({.command = 0xa1, .device = 0, .pieces = {{AhciGuest::Buffer, 512}}});
        QCOMPARE(loadLe<std::uint16_t>(drive.guest.buffer()), 0x85c0);
        drive.guest.packet({0x12, 0, 0, 0, 36}, 36);
        QCOMPARE(drive.guest.buffer()[0], 5);
        QCOMPARE(drive.guest.buffer()[1], 0x80);
        QVERIFY(std::memcmp(drive.guest.buffer() + 8, "VITRINE DVD-ROM", 15) == 0);
        QCOMPARE(drive.guest.moved(0), 36u);
        QCOMPARE(drive.guest.received(RegisterPlace)[12], 3); // interrupt reason: the end
        drive.guest.packet({0x12, 0, 0, 0, 5}, 36);
        QCOMPARE(drive.guest.moved(0), 5u);
        QCOMPARE(drive.guest.buffer()[5], 0xee);
    }

    void aDisksIdentificationIsRefusedWithTheSignature()
    {
        Drive drive;
        drive.guest.run({.command = 0xec, .pieces = {{AhciGuest::Buffer, 512}}});
        QVERIFY(drive.guest.hasFailed());
        QCOMPARE(drive.guest.received(RegisterPlace)[5], 0x14);
        QCOMPARE(drive.guest.received(RegisterPlace)[6], 0xeb);
    }

    void blocksAreRead_data()
    {
        QTest::addColumn<QByteArray>("cdb");
        QTest::newRow("read 10") << QByteArray::fromHex("28000000001100000300");
        QTest::newRow("read 12") << QByteArray::fromHex("a80000000011000000030000");
        QTest::newRow("read cd") << QByteArray::fromHex("be0000000011000003100000");
    }

    void blocksAreRead()
    {
        QFETCH(QByteArray, cdb);
        Drive drive;
        drive.guest.packet({cdb.begin(), cdb.end()}, 3 * 2048);
        QVERIFY(!drive.guest.hasFailed());
        QCOMPARE(drive.guest.moved(0), 3u * 2048);
        QVERIFY(std::memcmp(drive.guest.buffer(), &drive.board.medium->bytes[17 * 2048], 3 * 2048)
                == 0);
    }

    void dataByPioIsAnnounced()
    {
        Drive drive;
        std::vector<std::uint8_t> packet = {0x28, 0, 0, 0, 0, 0x11, 0, 0, 1};
        packet.resize(16);
        drive.guest.run({.command = 0xa0,
                         .lba = 2048 << 8,
                         .device = 0,
                         .pieces = {{AhciGuest::Buffer, 2048}},
                         .packet = packet});
        QCOMPARE(drive.guest.read(InterruptStatus), IntPioSetup | IntRegisterFis);
        QCOMPARE(loadLe<std::uint16_t>(drive.guest.received(PioSetupPlace) + 16), 2048);
        QVERIFY(std::memcmp(drive.guest.buffer(), &drive.board.medium->bytes[17 * 2048], 2048)
                == 0);
    }

    void aShortLastBlockIsFilledUp()
    {
        Drive drive;
        auto image = std::make_shared<tests::FakeDisk>(2048 + 512);
        std::fill(image->bytes.begin(), image->bytes.end(), std::uint8_t(7));
        QVERIFY_OK(drive.insert(image));
        drive.guest.packet(TestUnitReady);
        QCOMPARE(drive.guest.sense(), MediumChanged);
        drive.guest.packet({0x28, 0, 0, 0, 0, 0, 0, 0, 2}, 4096);
        image->answerAll();
        QVERIFY(!drive.guest.hasFailed());
        QCOMPARE(drive.guest.buffer()[2048 + 511], 7);
        QCOMPARE(drive.guest.buffer()[2048 + 512], 0);
        QCOMPARE(drive.guest.buffer()[4095], 0);
        QCOMPARE(drive.guest.buffer()[4096], 0xee);
    }

    void wrongRequestsAreRefused_data()
    {
        QTest::addColumn<QByteArray>("cdb");
        QTest::addColumn<int>("code");
        QTest::newRow("beyond the end") << QByteArray::fromHex("28000000012b00000200") << 0x21;
        QTest::newRow("far beyond") << QByteArray::fromHex("2800ffffffff00ffff00") << 0x21;
        QTest::newRow("unknown") << QByteArray::fromHex("ff") << 0x20;
        QTest::newRow("events as they come") << QByteArray::fromHex("4a0000001000000008") << 0x24;
        QTest::newRow("raw blocks") << QByteArray::fromHex("be0000000011000001f80000") << 0x24;
        QTest::newRow("saved pages") << QByteArray::fromHex("5a00ea00000000001000") << 0x39;
        QTest::newRow("unknown page") << QByteArray::fromHex("5a001100000000001000") << 0x24;
        QTest::newRow("toc of kind 5") << QByteArray::fromHex("43000500000000001000") << 0x24;
    }

    void wrongRequestsAreRefused()
    {
        QFETCH(QByteArray, cdb);
        QFETCH(int, code);
        Drive drive;
        drive.guest.packet({cdb.begin(), cdb.end()}, 2048);
        QVERIFY(drive.guest.hasFailed());
        QCOMPARE(drive.guest.error() >> 4, 5);
        QCOMPARE(drive.guest.sense(), (Sense{5, code, 0}));
        QCOMPARE(drive.guest.sense(), (Sense{0, 0, 0})); // told once
    }

    void theMediumIsDescribed()
    {
        Drive drive;
        drive.guest.packet({0x25}, 8);
        QCOMPARE(loadBe<std::uint32_t>(drive.guest.buffer()),
                 std::uint32_t(AhciBoard::CdBlocks - 1));
        QCOMPARE(loadBe<std::uint32_t>(drive.guest.buffer() + 4), 2048u);
        // Contents: one data track, lead-out at the end; by blocks and by time.
        drive.guest.packet({0x43, 0, 0, 0, 0, 0, 0, 0, 32}, 32);
        QCOMPARE(QByteArray::fromRawData(reinterpret_cast<const char *>(drive.guest.buffer()), 20),
                 QByteArray::fromHex("0012010100140100000000000014aa000000012c"));
        drive.guest.packet({0x43, 2, 0, 0, 0, 0, 0xaa, 0, 32}, 32);
        QCOMPARE(QByteArray::fromRawData(reinterpret_cast<const char *>(drive.guest.buffer()), 12),
                 QByteArray::fromHex("000a01010014aa0000000600")); // 300 + 150 frames are 6 s
        drive.guest.packet({0x43, 0, 1, 0, 0, 0, 0, 0, 32}, 32);
        QCOMPARE(QByteArray::fromRawData(reinterpret_cast<const char *>(drive.guest.buffer()), 12),
                 QByteArray::fromHex("000a01010014010000000000"));
        drive.guest.packet({0x46, 0, 0, 0, 0, 0, 0, 0, 8}, 8);
        QCOMPARE(loadBe<std::uint16_t>(drive.guest.buffer() + 6), 8); // a CD
        drive.guest.packet({0x51, 0, 0, 0, 0, 0, 0, 0, 34}, 34);
        QCOMPARE(drive.guest.buffer()[2], 0x0e);
        drive.guest.packet({0x5a, 0, 0x2a, 0, 0, 0, 0, 0, 64}, 64);
        QCOMPARE(loadBe<std::uint16_t>(drive.guest.buffer()), 26);
        QCOMPARE(drive.guest.buffer()[8], 0x2a);
    }

    void aNewMediumIsNoticed()
    {
        Drive drive;
        drive.guest.packet(TestUnitReady);
        QVERIFY(!drive.guest.hasFailed());
        QCOMPARE(drive.mediaEvent(), (std::array{0, 2}));
        auto other = std::make_shared<tests::FakeDisk>(10 * 2048);
        QVERIFY_OK(drive.insert(other));
        QCOMPARE(drive.mediaEvent(), (std::array{2, 2}));
        QCOMPARE(drive.mediaEvent(), (std::array{0, 2})); // told once
        drive.guest.packet({0x25}, 8);
        QVERIFY(drive.guest.hasFailed());
        QCOMPARE(drive.guest.sense(), MediumChanged);
        drive.guest.packet({0x25}, 8);
        QCOMPARE(loadBe<std::uint32_t>(drive.guest.buffer()), 9u);
    }

    void aMediumGoes()
    {
        Drive drive;
        QVERIFY_OK(drive.insert(nullptr));
        QCOMPARE(drive.mediaEvent(), (std::array{3, 1}));
        drive.guest.packet(TestUnitReady);
        QCOMPARE(drive.guest.sense(), NoMediumTrayOpen);
        drive.guest.packet({0x28, 0, 0, 0, 0, 0, 0, 0, 1}, 2048);
        QCOMPARE(drive.guest.sense(), NoMediumTrayOpen);
        drive.guest.packet({0x1b, 0, 0, 0, 3}); // closes the tray
        drive.guest.packet(TestUnitReady);
        QCOMPARE(drive.guest.sense(), NoMedium);
    }

    void aLockedTrayStaysShut()
    {
        Drive drive;
        drive.guest.packet(Lock);
        auto other = std::make_shared<tests::FakeDisk>(2048);
        QVERIFY_ERROR(drive.insert(other), ErrorKind::Busy);
        QCOMPARE(drive.mediaEvent(), (std::array{1, 2})); // somebody pressed the button
        drive.guest.packet(Eject);
        QVERIFY(drive.guest.hasFailed());
        QCOMPARE(drive.guest.sense(), RemovalPrevented);
        QVERIFY(drive.board.ejected.empty());
        QVERIFY_OK(drive.insert(other, true));
        QCOMPARE(drive.mediaEvent(), (std::array{2, 2}));
    }

    void theGuestEjects()
    {
        Drive drive;
        const std::weak_ptr<tests::FakeDisk> medium = drive.board.medium;
        drive.guest.packet(Eject);
        QVERIFY(!drive.guest.hasFailed());
        QCOMPARE(drive.board.ejected, std::vector<unsigned>{1});
        QCOMPARE(medium.use_count(), 1); // only the test's own
        drive.guest.packet(TestUnitReady);
        QCOMPARE(drive.guest.sense(), NoMediumTrayOpen);
    }

    void aMediumThatIsChangedDuringAReadStaysUntilItsAnswer()
    {
        Drive drive;
        std::vector<std::uint8_t> packet = {0x28, 0, 0, 0, 0, 0, 0, 0, 1};
        packet.resize(16);
        drive.guest.prepare(0,
                            {.command = 0xa0,
                             .features = 1,
                             .device = 0,
                             .pieces = {{AhciGuest::Buffer, 2048}},
                             .packet = packet});
        drive.guest.issue(1);
        QVERIFY_OK(drive.insert(nullptr));
        QVERIFY(!drive.board.ahci.isIdle());
        drive.board.settle();
        QVERIFY(!drive.guest.hasFailed());
        QVERIFY(drive.board.ahci.isIdle());
    }

    void anUnreadableMediumIsTheGuestsToKnow()
    {
        Drive drive;
        drive.board.medium->failure = Error(ErrorKind::Io, "a scratch");
        drive.guest.packet({0x28, 0, 0, 0, 0, 0, 0, 0, 1}, 2048);
        QCOMPARE(drive.guest.sense(), (Sense{3, 0x11, 0}));
    }

    void resetUnlocksTheTray()
    {
        Drive drive;
        drive.guest.packet(Lock);
        tests::resetDevice(drive.board.ahci);
        QVERIFY_OK(drive.insert(nullptr));
    }
};

QTEST_GUILESS_MAIN(TestAtapiDrive)
#include "tst_atapi_drive.moc"
