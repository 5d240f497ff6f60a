// SPDX-License-Identifier: GPL-3.0-or-later
// The host adapter and its disks; optical drives are in tst_atapi_drive.cpp.
#include "tests/support/ahci_guest.h"
#include "tests/support/test_main.h"

using namespace engine;
using namespace engine::ahci;
using tests::AhciBoard;
using tests::AhciGuest;

namespace {

constexpr std::uint8_t ReadDmaExt = 0x25;
constexpr std::uint8_t WriteDmaExt = 0x35;
constexpr std::uint8_t ReadQueued = 0x60;
constexpr std::uint8_t WriteQueued = 0x61;
constexpr std::uint8_t Flush = 0xea;
constexpr std::uint8_t Identify = 0xec;

std::string ataText(const std::uint8_t *words, std::size_t bytes)
{
    std::string text;
    for (std::size_t i = 0; i < bytes; ++i)
        text += char(words[i ^ 1]);
    while (!text.empty() && text.back() == ' ')
        text.pop_back();
    return text;
}

AhciGuest::Command queued(std::uint8_t command, unsigned slot, std::uint64_t lba,
                          std::uint16_t sectors)
{
    return {.command = command,
            .features = sectors,
            .lba = lba,
            .count = std::uint16_t(slot << 3),
            .pieces = {{AhciGuest::Buffer + 0x10000 * slot, sectors * 512u}}};
}

} // namespace

class TestAhci : public QObject
{
    Q_OBJECT
private slots:
    void conforms()
    {
        QVERIFY(tests::conforms([] { return std::make_unique<AhciBoard>(); }));
    }

    void aLinkComesUpWithItsSignature()
    {
        AhciBoard board;
        AhciGuest disk(board, 0);
        AhciGuest drive(board, 1);
        AhciGuest nothing(board, 2);
        QCOMPARE(disk.read(SataStatus), 0x133u);
        QCOMPARE(nothing.read(SataStatus), 0u);
        QVERIFY(disk.read(InterruptStatus) & IntPortChange);
        for (AhciGuest *guest : {&disk, &drive, &nothing})
            guest->start();
        QCOMPARE(disk.read(Signature), 0x00000101u);
        QCOMPARE(disk.read(TaskFile), 0x0150u);
        QCOMPARE(drive.read(Signature), 0xeb140101u);
        QCOMPARE(drive.read(TaskFile), 0x0100u);
        QCOMPARE(nothing.read(TaskFile), 0x7fu);
        QCOMPARE(disk.received(RegisterPlace)[0], 0x34);
        QCOMPARE(disk.read(InterruptStatus), 0u); // the first FIS does not interrupt
    }

    void theLinkIsReset()
    {
        AhciBoard board;
        AhciGuest guest(board, 0);
        guest.start();
        guest.run({.command = 0xff});
        QVERIFY(guest.hasFailed());
        guest.write(CommandStatus, CmdFisEnable);
        guest.write(SataControl, 0x301);
        QCOMPARE(guest.read(SataStatus), 0u);
        guest.write(SataControl, 0x300);
        QCOMPARE(guest.read(SataStatus), 0x133u);
        QVERIFY(guest.read(SataError) & ErrorExchanged);
        QCOMPARE(guest.read(TaskFile), 0x0150u);
        guest.write(SataControl, 0x310); // 1.5 Gb/s at most
        QCOMPARE(guest.read(SataStatus), 0x113u);
    }

    void aDiskIsReset()
    {
        AhciBoard board;
        AhciGuest guest(board, 0);
        guest.start();
        guest.run({.command = 0xff});
        guest.restart();
        guest.run({.control = 4});
        guest.run({.control = 0});
        QCOMPARE(guest.read(CommandIssue), 0u);
        QCOMPARE(guest.read(TaskFile), 0x0150u);
        QCOMPARE(guest.read(Signature), 0x00000101u);
    }

    void aDiskSaysWhatItIs()
    {
        AhciBoard board;
        AhciGuest guest(board, 0);
        guest.start();
        guest.run({.command = Identify, .pieces = {{AhciGuest::Buffer, 512}}});
        const std::uint8_t *const data = guest.buffer();
        const auto word = [&](std::size_t index) {
            return loadLe<std::uint16_t>(data + 2 * index);
        };
        QCOMPARE(ataText(data + 54, 40), "Vitrine SSD");
        QCOMPARE(ataText(data + 20, 20), "VT-0001");
        QCOMPARE(word(100), 2048); // sectors
        QCOMPARE(word(75), 31);
        QVERIFY(word(76) & 0x100);
        QCOMPARE(word(217), 1);
        std::uint8_t sum = 0;
        for (std::size_t i = 0; i < 512; ++i)
            sum = std::uint8_t(sum + data[i]);
        QCOMPARE(sum, std::uint8_t(0));
        QCOMPARE(guest.read(CommandIssue), 0u);
        QCOMPARE(guest.read(TaskFile), 0x50u);
        QCOMPARE(guest.read(InterruptStatus), IntPioSetup);
        QCOMPARE(guest.received(PioSetupPlace)[0], 0x5f);
        QCOMPARE(guest.moved(0), 512u);
    }

    void dataIsReadAndWritten_data()
    {
        QTest::addColumn<int>("read");
        QTest::addColumn<int>("write");
        QTest::addColumn<quint32>("readInterrupt");
        QTest::newRow("pio 28") << 0x20 << 0x30 << IntPioSetup;
        QTest::newRow("pio 48") << 0x24 << 0x34 << IntPioSetup;
        QTest::newRow("multiple") << 0xc4 << 0xc5 << IntPioSetup;
        QTest::newRow("multiple 48, through") << 0x29 << 0xce << IntPioSetup;
        QTest::newRow("dma 28") << 0xc8 << 0xca << IntRegisterFis;
        QTest::newRow("dma 48") << 0x25 << 0x35 << IntRegisterFis;
        QTest::newRow("dma 48, through") << 0x25 << 0x3d << IntRegisterFis;
    }

    void dataIsReadAndWritten()
    {
        QFETCH(int, read);
        QFETCH(int, write);
        QFETCH(quint32, readInterrupt);
        AhciBoard board;
        AhciGuest guest(board, 0);
        guest.start();
        // Three sectors from three pieces that are no sectors.
        const std::vector<tests::AhciPiece> pieces = {{AhciGuest::Buffer, 100},
                                                      {AhciGuest::Buffer + 0x2002, 1000},
                                                      {AhciGuest::Buffer + 0x1000, 436}};
        guest.run({.command = std::uint8_t(read), .lba = 7, .count = 3, .pieces = pieces});
        QCOMPARE(guest.read(InterruptStatus), readInterrupt);
        QCOMPARE(guest.read(CommandIssue), 0u);
        QCOMPARE(guest.moved(0), 1536u);
        const std::uint8_t *const source = &board.disk->bytes[7 * 512];
        QVERIFY(std::memcmp(guest.buffer(), source, 100) == 0);
        QVERIFY(std::memcmp(guest.buffer() + 0x2002, source + 100, 1000) == 0);
        QVERIFY(std::memcmp(guest.buffer() + 0x1000, source + 1100, 436) == 0);

        guest.run({.command = std::uint8_t(write), .lba = 100, .count = 3, .pieces = pieces});
        QCOMPARE(guest.read(InterruptStatus), IntRegisterFis);
        QCOMPARE(guest.read(TaskFile), 0x50u);
        QVERIFY(std::memcmp(&board.disk->bytes[100 * 512], &board.disk->bytes[7 * 512], 1536) == 0);
        const bool isThrough = write == 0x3d || write == 0xce;
        QCOMPARE(board.disk->flushes, isThrough ? 1 : 0);
    }

    void placesByCylinderHeadAndSectorAreFound()
    {
        AhciBoard board;
        AhciGuest guest(board, 0);
        guest.start();
        // Cylinder 1, head 2, sector 3 of 16 heads and 63 sectors.
        const std::size_t sector = (1 * 16 + 2) * 63 + 3 - 1;
        guest.run({.command = 0xc8,
                   .lba = 0x000103,
                   .count = 1,
                   .device = 0x02,
                   .pieces = {{AhciGuest::Buffer, 512}}});
        QVERIFY(!guest.hasFailed());
        QVERIFY(std::memcmp(guest.buffer(), &board.disk->bytes[sector * 512], 512) == 0);
    }

    void queuedCommandsEndInAnyOrder()
    {
        AhciBoard board;
        AhciGuest guest(board, 0);
        guest.start();
        for (const unsigned slot : {1u, 5u, 31u})
            guest.prepare(slot, queued(ReadQueued, slot, slot * 10, 2));
        guest.issueQueued(1u << 1 | 1u << 5 | 1u << 31);
        QCOMPARE(guest.read(CommandIssue), 0u); // all taken
        QCOMPARE(guest.read(SataActive), 1u << 1 | 1u << 5 | 1u << 31);
        QCOMPARE(board.disk->pending.size(), std::size_t(3));
        QVERIFY(!board.ahci.isIdle());
        std::swap(board.disk->pending.front(), board.disk->pending.back());
        QVERIFY(board.disk->complete());
        QCOMPARE(guest.read(SataActive), 1u << 1 | 1u << 5);
        QCOMPARE(guest.read(InterruptStatus), IntDeviceBits);
        QCOMPARE(loadLe<std::uint32_t>(guest.received(DeviceBitsPlace) + 4), 1u << 31);
        board.settle();
        QCOMPARE(guest.read(SataActive), 0u);
        QVERIFY(board.ahci.isIdle());
        for (const unsigned slot : {1u, 5u, 31u})
            QVERIFY(std::memcmp(board.ram.at(AhciGuest::Buffer + 0x10000 * slot),
                                &board.disk->bytes[slot * 10 * 512], 1024)
                    == 0);
    }

    void aQueuedCommandThatFailsIsInTheLog()
    {
        AhciBoard board;
        AhciGuest guest(board, 0);
        guest.start();
        guest.prepare(3, queued(ReadQueued, 3, 5, 1));
        guest.prepare(4, queued(WriteQueued, 4, 0x123456, 1)); // beyond the end
        guest.issueQueued(1u << 3 | 1u << 4);
        QVERIFY(guest.read(InterruptStatus) & IntTaskFileError);
        QCOMPARE(guest.read(TaskFile), 0x1051u | 0u);
        QCOMPARE(guest.read(SataActive), 1u << 3 | 1u << 4);
        board.settle(); // the other's answer changes nothing any more
        QCOMPARE(guest.read(SataActive), 1u << 3 | 1u << 4);
        guest.restart();
        QCOMPARE(guest.read(SataActive), 0u);
        // Nothing works until the log was read.
        guest.run({.command = Flush});
        QVERIFY(guest.hasFailed());
        guest.restart();
        guest.run({.command = 0x2f, .lba = 0x10, .count = 1, .pieces = {{AhciGuest::Buffer, 512}}});
        QVERIFY(!guest.hasFailed());
        const std::uint8_t *const log = guest.buffer();
        QCOMPARE(log[0], 4); // the tag
        QCOMPARE(log[3], 0x10); // not found
        QCOMPARE(loadLe<std::uint32_t>(log + 4) & 0xffffff, 0x123456u);
        guest.run({.command = Flush});
        QVERIFY(!guest.hasFailed());
    }

    void aCommandThatFailsHaltsThePort()
    {
        AhciBoard board;
        AhciGuest guest(board, 0);
        guest.start();
        guest.prepare(
            2,
            {.command = ReadDmaExt, .lba = 2048, .count = 1, .pieces = {{AhciGuest::Buffer, 512}}});
        guest.prepare(3, {.command = Identify, .pieces = {{AhciGuest::Buffer, 512}}});
        guest.issue(1u << 2 | 1u << 3);
        QCOMPARE(guest.read(CommandIssue), 1u << 2 | 1u << 3);
        QCOMPARE(guest.read(TaskFile), 0x1051u);
        QCOMPARE((guest.read(CommandStatus) >> 8) & 31, 2u); // the slot that failed
        QCOMPARE(guest.read(InterruptStatus), IntTaskFileError | IntRegisterFis);
        guest.restart();
        QCOMPARE(guest.read(CommandIssue), 0u);
        guest.issue(1u << 3);
        QCOMPARE(guest.read(CommandIssue), 0u);
        QVERIFY(!guest.hasFailed());
    }

    void whatTheImageCannotReadIsAnError()
    {
        AhciBoard board;
        AhciGuest guest(board, 0);
        guest.start();
        board.disk->failure = Error(ErrorKind::Io, "broken");
        guest.run({.command = ReadDmaExt, .count = 1, .pieces = {{AhciGuest::Buffer, 512}}});
        QCOMPARE(guest.read(TaskFile), 0x4051u);
        guest.restart();
        guest.run({.command = Flush});
        QCOMPARE(guest.read(TaskFile), 0x0451u);
    }

    void memoryThatIsNoneIsABusError_data()
    {
        QTest::addColumn<quint64>("buffer");
        QTest::newRow("above") << quint64(0xffffffff00000000);
        QTest::newRow("wraps") << ~quint64(0) - 255;
        QTest::newRow("half") << quint64((4u << 20) - 256);
    }

    void memoryThatIsNoneIsABusError()
    {
        QFETCH(quint64, buffer);
        AhciBoard board;
        AhciGuest guest(board, 0);
        guest.start();
        guest.run({.command = ReadDmaExt, .count = 1, .pieces = {{buffer, 512}}});
        QVERIFY(guest.read(InterruptStatus) & IntHostBusFatal);
        QVERIFY(board.disk->pending.empty());
        guest.restart();
        guest.run({.command = Identify, .pieces = {{AhciGuest::Buffer, 512}}});
        QVERIFY(!guest.hasFailed());
    }

    void aListOutsideOfMemoryIsABusError()
    {
        AhciBoard board;
        AhciGuest guest(board, 0);
        guest.start();
        guest.write(CommandListHigh, 0xffffffff);
        guest.issue(0xffffffff);
        QVERIFY(guest.read(InterruptStatus) & IntHostBusFatal);
    }

    void tooLittleRoomMovesNothing()
    {
        AhciBoard board;
        AhciGuest guest(board, 0);
        guest.start();
        guest.run({.command = WriteDmaExt, .count = 2, .pieces = {{AhciGuest::Buffer, 512}}});
        QVERIFY(guest.read(InterruptStatus) & IntOverflow);
        QVERIFY(guest.hasFailed());
        QVERIFY(board.disk->pending.empty());
    }

    void interruptsAreALevelOnThePin()
    {
        AhciBoard board;
        AhciGuest guest(board, 0);
        guest.start();
        board.write(HostInterrupts, 0xffffffff);
        guest.write(InterruptEnable, IntRegisterFis);
        guest.run({.command = Flush});
        QVERIFY(!board.irq.level); // not yet for the whole adapter
        QCOMPARE(board.read(HostInterrupts), 1u);
        board.write(HostControl, ControlEnable | ControlInterrupts);
        QVERIFY(board.irq.level);
        board.write(HostInterrupts, 1); // too early: the port still has it
        QVERIFY(board.irq.level);
        guest.write(InterruptStatus, IntRegisterFis);
        board.write(HostInterrupts, 1);
        QVERIFY(!board.irq.level);
        QCOMPARE(board.read(HostInterrupts), 0u);
    }

    void interruptsAreMessages()
    {
        AhciBoard board;
        board.ahci.configWrite(0x44, 4, 0xfee00000);
        board.ahci.configWrite(0x4c, 2, 0x41);
        board.ahci.configWrite(0x42, 2, 1);
        board.write(HostControl, ControlInterrupts);
        AhciGuest guest(board, 0);
        guest.start();
        guest.write(InterruptEnable, IntRegisterFis);
        guest.run({.command = Flush});
        QCOMPARE(board.msi.messages.size(), std::size_t(1));
        QCOMPARE(board.msi.messages[0].data, 0x41u);
        QVERIFY(!board.irq.level);
        // What comes before software has cleared the adapter's bit is told after that.
        guest.write(InterruptStatus, IntRegisterFis);
        guest.run({.command = Flush});
        QCOMPARE(board.msi.messages.size(), std::size_t(1));
        board.write(HostInterrupts, 1);
        QCOMPARE(board.msi.messages.size(), std::size_t(2));
        guest.write(InterruptStatus, IntRegisterFis);
        board.write(HostInterrupts, 1);
        QCOMPARE(board.msi.messages.size(), std::size_t(2));
    }

    void aStoppedPortRunsUntilItsRequestsAreAnswered()
    {
        AhciBoard board;
        AhciGuest guest(board, 0);
        guest.start();
        guest.prepare(0, {.command = ReadDmaExt, .count = 1, .pieces = {{AhciGuest::Buffer, 512}}});
        guest.issue(1);
        guest.write(CommandStatus, CmdFisEnable);
        QCOMPARE(guest.read(CommandIssue), 0u);
        QVERIFY(guest.read(CommandStatus) & CmdListRunning);
        // Software that does not wait starts nothing.
        guest.write(CommandStatus, CmdFisEnable | CmdStart);
        guest.issue(1);
        QCOMPARE(board.disk->pending.size(), std::size_t(1));
        QVERIFY(board.disk->complete());
        QCOMPARE(guest.read(InterruptStatus), 0u); // nobody waits for it
        QCOMPARE(board.disk->pending.size(), std::size_t(1)); // now it does
        board.settle();
        QCOMPARE(guest.read(InterruptStatus), IntRegisterFis);
    }

    void theAdaptersResetWaitsForRequests()
    {
        AhciBoard board;
        AhciGuest guest(board, 0);
        guest.start();
        guest.prepare(0, {.command = ReadDmaExt, .count = 1, .pieces = {{AhciGuest::Buffer, 512}}});
        guest.issue(1);
        board.write(HostControl, ControlReset);
        QVERIFY(board.read(HostControl) & ControlReset);
        board.settle();
        QCOMPARE(board.read(HostControl), ControlEnable);
        QCOMPARE(guest.read(InterruptStatus), IntPortChange | IntPhyReady);
        QVERIFY(!(guest.read(CommandStatus) & CmdStart));
        guest.start();
        guest.run({.command = Identify, .pieces = {{AhciGuest::Buffer, 512}}});
        QCOMPARE(guest.moved(0), 512u);
    }

    void trimDiscards()
    {
        AhciBoard board;
        AhciGuest guest(board, 0);
        guest.start();
        std::memset(guest.buffer(), 0, 512);
        storeLe(guest.buffer(), std::uint64_t(10) | std::uint64_t(4) << 48);
        storeLe(guest.buffer() + 16, std::uint64_t(2047) | std::uint64_t(1) << 48);
        guest.run({.command = 6, .features = 1, .count = 1, .pieces = {{AhciGuest::Buffer, 512}}});
        QVERIFY(!guest.hasFailed());
        QVERIFY(std::all_of(&board.disk->bytes[10 * 512], &board.disk->bytes[14 * 512],
                            [](std::uint8_t byte) { return byte == 0; }));
        QCOMPARE(board.disk->bytes[2047 * 512 + 1], std::uint8_t(0));
        QVERIFY(board.disk->bytes[14 * 512 + 1] != 0);
        storeLe(guest.buffer() + 8, std::uint64_t(2047) | std::uint64_t(2) << 48);
        guest.run({.command = 6, .features = 1, .count = 1, .pieces = {{AhciGuest::Buffer, 512}}});
        QCOMPARE(guest.error(), std::uint8_t(0x10));
    }

    void writesReachTheMediumWithoutAWriteCache()
    {
        AhciBoard board;
        AhciGuest guest(board, 0);
        guest.start();
        guest.run({.command = 0xef, .features = 0x82});
        QCOMPARE(board.disk->flushes, 1);
        guest.run({.command = WriteDmaExt, .count = 1, .pieces = {{AhciGuest::Buffer, 512}}});
        QCOMPARE(board.disk->flushes, 2);
        guest.run({.command = Flush});
        QCOMPARE(board.disk->flushes, 3);
    }

    void aReadOnlyDiskRefusesWrites()
    {
        AhciBoard board;
        board.disk->readOnly = true;
        AhciGuest guest(board, 0);
        guest.start();
        guest.run({.command = WriteDmaExt, .count = 1, .pieces = {{AhciGuest::Buffer, 512}}});
        QCOMPARE(guest.error(), std::uint8_t(0x04));
    }

    void commandsNeedABusMaster()
    {
        AhciBoard board;
        AhciGuest guest(board, 0);
        guest.start();
        board.ahci.configWrite(4, 2, 2);
        guest.run({.command = Identify, .pieces = {{AhciGuest::Buffer, 512}}});
        QVERIFY(guest.read(InterruptStatus) & IntHostBusFatal);
    }

    void aStateOfOtherDrivesIsRefused()
    {
        AhciBoard board;
        engine::Ahci empty;
        tests::resetDevice(empty);
        QVERIFY(!tests::loadBytes(empty, tests::savedBytes(board.ahci)));
    }
};

QTEST_GUILESS_MAIN(TestAhci)
#include "tst_ahci.moc"
