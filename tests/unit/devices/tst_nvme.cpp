// SPDX-License-Identifier: GPL-3.0-or-later
// The NVMe disk, as Linux' driver and firmware use it.
#include "tests/support/device_conformance.h"
#include "tests/support/nvme_guest.h"
#include "tests/support/test_main.h"

#include <numeric>

using namespace engine;
using namespace engine::nvme;
using tests::NvmeBoard;
using tests::NvmeCommand;

namespace {

constexpr std::uint64_t Data = NvmeBoard::Data;
constexpr std::uint64_t Page = 4096;

// States are saved and loaded while the machine stands still.
struct Rig : NvmeBoard
{
    Rig() { setRunning(false); }
    Device &device() { return card; }
    std::vector<tests::Region> regions() const { return {{Controller::Bar, Controller::BarBytes}}; }
    void disturb()
    {
        setRunning(true);
        bringUp();
        submit(0, {.opcode = AsynchronousEvent});
        admin({.opcode = SetFeatures, .word10 = TemperatureThreshold, .word11 = 300});
        io({.opcode = nvme::Read, .prp1 = Data});
        setRunning(false);
    }
    void settle() { disk->answerAll(); }
};

std::string text(const std::uint8_t *bytes, std::size_t size)
{
    std::string all(reinterpret_cast<const char *>(bytes), size);
    all.erase(all.find_last_not_of(' ') + 1);
    return all;
}

} // namespace

class TestNvme : public QObject
{
    Q_OBJECT
private slots:
    void conforms()
    {
        QVERIFY(tests::conforms([] { return std::make_unique<Rig>(); }));
    }

    void itSaysWhatItCan()
    {
        NvmeBoard board;
        const std::uint64_t capabilities = board.read(0) | (std::uint64_t(board.read(4)) << 32);
        QCOMPARE(capabilities & 0xffff, std::uint64_t(255)); // entries of a queue, from 0 on
        QVERIFY((capabilities & (1u << 16)) != 0);
        QCOMPARE((capabilities >> 32) & 0xf, std::uint64_t(0)); // doorbells side by side
        QVERIFY((capabilities & (std::uint64_t(1) << 37)) != 0); // NVM
        QCOMPARE(capabilities >> 48, std::uint64_t(0)); // pages of 4 KiB only
        QCOMPARE(board.read(8), 0x00010400u);
        QCOMPARE(board.card.configRead(8, 4) >> 8, 0x010802u);
    }

    void itStartsAndStops()
    {
        NvmeBoard board;
        QCOMPARE(board.read(0x1c), 0u);
        board.enable();
        QCOMPARE(board.read(0x1c), 1u);
        QCOMPARE(board.read(0x24), 0x00070007u);
        board.write(0x24, 0); // not now
        QCOMPARE(board.read(0x24), 0x00070007u);
        board.write(0x14, 0);
        QCOMPARE(board.read(0x1c), 0u);
        QCOMPARE(board.read(0x28), std::uint32_t(NvmeBoard::AdminSubmissions));
        board.write(0x14, 0x00460081); // other pages than it has
        QCOMPARE(board.read(0x1c), 2u); // fatal
        board.write(0x14, 0);
        board.enable();
        QCOMPARE(board.read(0x1c), 1u);
    }

    void theControllerIsIdentified()
    {
        NvmeBoard board;
        board.enable();
        QCOMPARE(board.admin({.opcode = Identify, .space = 0, .prp1 = Data, .word10 = 1}).status,
                 std::uint16_t(Success));
        const std::uint8_t *data = board.ram.at(Data);
        QCOMPARE(loadLe<std::uint16_t>(data), std::uint16_t(0x1b36));
        QCOMPARE(text(data + 4, 20), std::string("SERIAL7"));
        QCOMPARE(text(data + 24, 40), std::string("Vitrine NVMe Disk"));
        QCOMPARE(loadLe<std::uint32_t>(data + 516), 1u);
        QCOMPARE(loadLe<std::uint16_t>(data + 520), std::uint16_t(0x0c));
        QCOMPARE(text(data + 768, 32), std::string("nqn.2014-08.org.nvmexpress:uuid:"));
        QCOMPARE(board.admin({.opcode = Identify, .prp1 = Data, .word10 = 0}).status,
                 std::uint16_t(Success));
        QCOMPARE(loadLe<std::uint64_t>(data), std::uint64_t(NvmeBoard::DiskBytes / 512));
        QCOMPARE(data[130], std::uint8_t(9));
        QCOMPARE(data[99], std::uint8_t(0));
        QCOMPARE(board.admin({.opcode = Identify, .space = 0, .prp1 = Data, .word10 = 2}).status,
                 std::uint16_t(Success));
        QCOMPARE(loadLe<std::uint64_t>(data), std::uint64_t(1)); // namespace 1, and no other
        QCOMPARE(board.admin({.opcode = Identify, .space = 1, .prp1 = Data, .word10 = 3}).status,
                 std::uint16_t(Success));
        QCOMPARE(loadLe<std::uint32_t>(data), 0x1003u); // a UUID
        QCOMPARE(board.admin({.opcode = Identify, .space = 2, .prp1 = Data, .word10 = 0}).status,
                 std::uint16_t(InvalidNamespace));
        QCOMPARE(board.admin({.opcode = Identify, .prp1 = Data, .word10 = 9}).status,
                 std::uint16_t(InvalidField));
        QCOMPARE(board.admin({.opcode = 0x7f}).status, std::uint16_t(InvalidOpcode));
    }

    void logPagesComeInParts()
    {
        NvmeBoard board;
        board.enable();
        QCOMPARE(
            board.admin({.opcode = GetLogPage, .prp1 = Data, .word10 = 2 | (127 << 16)}).status,
            std::uint16_t(Success));
        QCOMPARE(board.ram.at(Data)[3], std::uint8_t(100));
        *board.ram.at(Data + 8) = 0x77;
        QCOMPARE(board.admin({.opcode = GetLogPage, .prp1 = Data, .word10 = 3 | (1 << 16)}).status,
                 std::uint16_t(Success));
        QCOMPARE(board.ram.at(Data)[0], std::uint8_t(1));
        QCOMPARE(*board.ram.at(Data + 8), std::uint8_t(0x77)); // eight bytes were asked for
        QCOMPARE(board.admin({.opcode = GetLogPage, .prp1 = Data, .word10 = 0x70}).status,
                 std::uint16_t(InvalidLogPage));
    }

    void featuresAreKept()
    {
        NvmeBoard board;
        board.enable();
        const auto get = [&](std::uint32_t word10) {
            return board.admin({.opcode = GetFeatures, .word10 = word10}).result;
        };
        QCOMPARE(board.admin({.opcode = SetFeatures, .word10 = 7, .word11 = 0x00030003}).result,
                 0x000f000fu); // 16 pairs
        QCOMPARE(get(6), 1u); // the cache is on
        QCOMPARE(board.admin({.opcode = SetFeatures, .word10 = 4, .word11 = 350}).status,
                 std::uint16_t(Success));
        QCOMPARE(get(4), 350u);
        QCOMPARE(get(4 | (1 << 8)), 343u); // by default
        QCOMPARE(board.admin({.opcode = SetFeatures, .word10 = 4 | 0x80000000}).status,
                 std::uint16_t(FeatureNotSaveable));
        QCOMPARE(board.admin({.opcode = SetFeatures, .word10 = 0x55}).status,
                 std::uint16_t(InvalidField));
        board.write(0x14, 0);
        board.enable();
        QCOMPARE(get(4), 343u);
    }

    void blocksAreReadAndWritten_data()
    {
        QTest::addColumn<unsigned>("blocks");
        QTest::addColumn<unsigned>("offset"); // in the first page
        for (const unsigned blocks : {1u, 8u, 9u, 16u, 17u, 128u, 1024u})
            for (const unsigned offset : {0u, 512u, 4092u})
                QTest::addRow("%u at %u", blocks, offset) << blocks << offset;
    }
    void blocksAreReadAndWritten()
    {
        QFETCH(unsigned, blocks);
        QFETCH(unsigned, offset);
        NvmeBoard board;
        board.bringUp();
        // Pages in any order: every other one, from behind.
        const std::size_t bytes = blocks * 512;
        const std::size_t pages = (offset + bytes + Page - 1) / Page;
        std::vector<std::uint64_t> addresses;
        for (std::size_t i = 0; i < pages; ++i)
            addresses.push_back(Data + 2 * (pages - i) * Page);
        const std::uint64_t list = 0x8000 - 16; // two entries, the second of which names the next
        std::uint64_t second = pages < 2 ? 0 : addresses[1];
        if (pages > 2) {
            second = list;
            std::uint64_t at = list;
            for (std::size_t i = 1; i < pages; ++i, at += 8) {
                if (at % Page == Page - 8 && i + 1 < pages) {
                    const std::uint64_t next = 0xa000;
                    storeLe(board.ram.at(at), next);
                    at = next;
                }
                storeLe(board.ram.at(at), addresses[i]);
            }
        }
        const auto byteAt = [&](std::size_t i) {
            return board.ram.at(addresses[(offset + i) / Page] + (offset + i) % Page);
        };
        NvmeCommand command = {.opcode = nvme::Read,
                               .prp1 = addresses[0] + offset,
                               .prp2 = second,
                               .word10 = 3,
                               .word12 = blocks - 1};
        QCOMPARE(board.io(command), std::uint16_t(Success));
        std::vector<std::uint8_t> expected = board.disk->bytes;
        bool isSame = true;
        for (std::size_t i = 0; i < bytes; ++i) {
            isSame = isSame && *byteAt(i) == expected[3 * 512 + i];
            expected[3 * 512 + i] ^= 0xff;
            *byteAt(i) ^= 0xff;
        }
        QVERIFY(isSame);
        command.opcode = nvme::Write;
        QCOMPARE(board.io(command), std::uint16_t(Success));
        QVERIFY(board.disk->bytes == expected);
    }

    void whatCannotBeIsRefused_data()
    {
        QTest::addColumn<NvmeCommand>("command");
        QTest::addColumn<unsigned>("status");
        const auto row = [](const char *name, NvmeCommand command, unsigned status) {
            command.prp1 = command.prp1 ? command.prp1 : Data;
            QTest::newRow(name) << command << status;
        };
        constexpr std::uint32_t Blocks = NvmeBoard::DiskBytes / 512;
        row("beyond the end", {.opcode = nvme::Read, .word10 = Blocks}, LbaOutOfRange);
        row("over the end",
            {.opcode = nvme::Write, .prp2 = Data, .word10 = Blocks - 1, .word12 = 1},
            LbaOutOfRange);
        row("far away", {.opcode = nvme::Read, .word10 = ~0u, .word11 = ~0u}, LbaOutOfRange);
        row("too much", {.opcode = nvme::Read, .prp2 = Data, .word12 = 1024}, InvalidField);
        row("another namespace", {.opcode = nvme::Read, .space = 2}, InvalidNamespace);
        row("all namespaces", {.opcode = nvme::Read, .space = ~0u}, InvalidNamespace);
        row("an odd address", {.opcode = nvme::Read, .prp1 = Data + 1}, InvalidPrpOffset);
        row("no memory", {.opcode = nvme::Read, .prp1 = 1u << 30}, DataTransferError);
        row("half in memory",
            {.opcode = nvme::Read, .prp1 = Data + 4096 - 512, .prp2 = 1u << 30, .word12 = 1},
            DataTransferError);
        row("a second page that begins within",
            {.opcode = nvme::Read, .prp1 = Data, .prp2 = Data + 512, .word12 = 15},
            InvalidPrpOffset);
        row("a list at an odd address",
            {.opcode = nvme::Read, .prp1 = Data, .prp2 = Data + 4, .word12 = 31}, InvalidPrpOffset);
        row("a list in no memory",
            {.opcode = nvme::Read, .prp1 = Data, .prp2 = 1u << 30, .word12 = 31},
            DataTransferError);
        row("no command", {.opcode = 0x55}, InvalidOpcode);
    }
    void whatCannotBeIsRefused()
    {
        QFETCH(NvmeCommand, command);
        QFETCH(unsigned, status);
        NvmeBoard board;
        board.bringUp();
        const auto before = board.disk->bytes;
        QCOMPARE(unsigned(board.io(command)), status);
        QVERIFY(board.disk->bytes == before);
    }

    void aListMayNotNameItself()
    {
        NvmeBoard board;
        board.bringUp();
        const std::uint64_t last = Data + Page - 8; // one entry a page, and it names the next list
        storeLe(board.ram.at(last), last);
        QCOMPARE(board.io({.opcode = nvme::Read, .prp1 = Data, .prp2 = last, .word12 = 31}),
                 std::uint16_t(InvalidPrpOffset));
    }

    void aFlushAndWhatWritesThrough()
    {
        NvmeBoard board;
        board.bringUp();
        QCOMPARE(board.io({.opcode = nvme::Flush}), std::uint16_t(Success));
        QCOMPARE(board.disk->flushes, 1);
        QCOMPARE(board.io({.opcode = nvme::Flush, .space = AllNamespaces}), std::uint16_t(Success));
        QCOMPARE(board.io({.opcode = nvme::Write, .prp1 = Data}), std::uint16_t(Success));
        QCOMPARE(board.disk->flushes, 2);
        QCOMPARE(board.io({.opcode = nvme::Write, .prp1 = Data, .word12 = 1u << 30}),
                 std::uint16_t(Success));
        QCOMPARE(board.disk->flushes, 3);
        board.admin({.opcode = SetFeatures, .word10 = VolatileWriteCache, .word11 = 0});
        QCOMPARE(board.io({.opcode = nvme::Write, .prp1 = Data}), std::uint16_t(Success));
        QCOMPARE(board.io({.opcode = nvme::WriteZeroes, .word12 = 3}), std::uint16_t(Success));
        QCOMPARE(board.disk->flushes, 5);
    }

    void blocksAreGivenBackAndZeroed()
    {
        NvmeBoard board;
        board.bringUp();
        QCOMPARE(board.io({.opcode = nvme::WriteZeroes, .word10 = 8, .word12 = 7}),
                 std::uint16_t(Success));
        const auto isZero = [&](std::size_t block) {
            const auto begin = board.disk->bytes.begin() + std::ptrdiff_t(512 * block);
            return std::all_of(begin, begin + 512, [](std::uint8_t byte) { return byte == 0; });
        };
        QVERIFY(!isZero(7) && isZero(8) && isZero(15) && !isZero(16));
        for (const auto &[at, count, first] :
             {std::tuple{0u, 2u, 100u}, {16u, 0u, 5u}, {32u, 1u, 200u}}) {
            storeLe(board.ram.at(Data + at + 4), count);
            storeLe(board.ram.at(Data + at + 8), std::uint64_t(first));
        }
        NvmeCommand command = {.opcode = DatasetManagement, .prp1 = Data, .word10 = 2};
        QCOMPARE(board.io(command), std::uint16_t(Success)); // advice only
        QVERIFY(!isZero(100));
        command.word11 = 1u << 2;
        QCOMPARE(board.io(command), std::uint16_t(Success));
        QVERIFY(isZero(100) && isZero(101) && !isZero(102) && isZero(200) && !isZero(201));
        storeLe(board.ram.at(Data + 32 + 8), std::uint64_t(1) << 40);
        QCOMPARE(board.io(command), std::uint16_t(LbaOutOfRange));
    }

    void aReadOnlyDiskStaysAsItIs()
    {
        NvmeBoard board;
        board.disk->readOnly = true;
        board.bringUp();
        board.admin({.opcode = Identify, .prp1 = Data, .word10 = 0});
        QCOMPARE(board.ram.at(Data)[99], std::uint8_t(1));
        QCOMPARE(board.io({.opcode = nvme::Write, .prp1 = Data}), std::uint16_t(ReadOnlyRange));
        QCOMPARE(board.io({.opcode = nvme::WriteZeroes}), std::uint16_t(ReadOnlyRange));
        QCOMPARE(board.io({.opcode = nvme::Read, .prp1 = Data}), std::uint16_t(Success));
        QCOMPARE(board.io({.opcode = nvme::Flush}), std::uint16_t(Success));
        QVERIFY(board.disk->pending.empty());
    }

    void theDisksFailureReachesTheGuest()
    {
        NvmeBoard board;
        board.bringUp();
        board.disk->failure = Error(ErrorKind::Io, "no");
        QCOMPARE(board.io({.opcode = nvme::Read, .prp1 = Data}), std::uint16_t(UnrecoveredRead));
        QCOMPARE(board.io({.opcode = nvme::Write, .prp1 = Data}), std::uint16_t(WriteFault));
    }

    void commandsAreAnsweredInTheDisksOrder()
    {
        NvmeBoard board;
        board.bringUp();
        const std::uint16_t first = board.submit(1, {.opcode = nvme::Read, .prp1 = Data});
        const std::uint16_t second = board.submit(1, {.opcode = nvme::Read, .prp1 = Data + Page});
        QCOMPARE(board.disk->pending.size(), std::size_t(2));
        std::swap(board.disk->pending[0], board.disk->pending[1]);
        board.disk->complete();
        QCOMPARE(board.take(1)->id, second);
        QVERIFY(!board.take(1));
        board.disk->complete();
        const auto completion = board.take(1);
        QCOMPARE(completion->id, first);
        QCOMPARE(completion->queue, std::uint16_t(1));
    }

    void noCompletionIsWrittenOverAnother()
    {
        NvmeBoard board;
        board.bringUp();
        // Twice as many as the completion queue takes, of which the host takes none at first.
        for (unsigned i = 0; i < NvmeBoard::Entries - 1; ++i)
            board.submit(1, {.opcode = nvme::Read, .prp1 = Data});
        board.disk->answerAll();
        for (unsigned i = 0; i < NvmeBoard::Entries - 1; ++i)
            board.submit(1, {.opcode = nvme::Read, .prp1 = Data});
        QVERIFY(board.disk->pending.empty()); // no room
        for (unsigned i = 0; i < 2 * (NvmeBoard::Entries - 1); ++i) {
            const auto completion = board.take(1);
            QVERIFY(completion.has_value());
            QCOMPARE(completion->id, std::uint16_t(3 + i)); // behind the two that made the queues
            board.disk->answerAll();
        }
        QVERIFY(!board.take(1));
    }

    void queuesAreMadeAndTakenAway()
    {
        NvmeBoard board;
        board.enable();
        const auto status = [&](const NvmeCommand &command) {
            return unsigned(board.admin(command).status);
        };
        NvmeCommand completions = {
            .opcode = CreateCompletionQueue, .prp1 = 0x4000, .word10 = 1 | (7 << 16), .word11 = 3};
        NvmeCommand submissions = {.opcode = CreateSubmissionQueue,
                                   .prp1 = 0x3000,
                                   .word10 = 1 | (7 << 16),
                                   .word11 = 1 | (1 << 16)};
        QCOMPARE(status(submissions), unsigned(InvalidCompletionQueue));
        completions.word10 = 1 | (256 << 16);
        QCOMPARE(status(completions), unsigned(InvalidQueueSize));
        completions.word10 = 17 | (7 << 16);
        QCOMPARE(status(completions), unsigned(InvalidQueueId));
        completions.word10 = 1 | (7 << 16);
        completions.word11 = 3 | (1 << 16);
        QCOMPARE(status(completions), unsigned(InvalidVector)); // without MSI-X
        completions.word11 = 2;
        QCOMPARE(status(completions), unsigned(InvalidField)); // in pieces
        completions.word11 = 3;
        completions.prp1 = 0x4010;
        QCOMPARE(status(completions), unsigned(InvalidPrpOffset));
        completions.prp1 = 0x4000;
        QCOMPARE(status(completions), unsigned(Success));
        QCOMPARE(status(completions), unsigned(InvalidQueueId));
        QCOMPARE(status(submissions), unsigned(Success));
        QCOMPARE(status({.opcode = DeleteCompletionQueue, .word10 = 1}),
                 unsigned(InvalidQueueDeletion));
        // One with a command under way waits for it.
        board.submit(1, {.opcode = nvme::Read, .prp1 = Data});
        board.submit(0, {.opcode = DeleteSubmissionQueue, .word10 = 1});
        QVERIFY(!board.take(0));
        board.disk->answerAll();
        QVERIFY(board.take(1).has_value());
        QCOMPARE(board.take(0)->status, std::uint16_t(Success));
        QCOMPARE(status({.opcode = DeleteSubmissionQueue, .word10 = 1}), unsigned(InvalidQueueId));
        QCOMPARE(status({.opcode = DeleteCompletionQueue, .word10 = 1}), unsigned(Success));
    }

    void eventsAreWaitedForAndNeverCome()
    {
        NvmeBoard board;
        board.enable();
        for (unsigned i = 0; i < Controller::MostEventRequests; ++i)
            board.submit(0, {.opcode = AsynchronousEvent});
        QVERIFY(!board.take(0));
        QVERIFY(board.card.isIdle());
        QCOMPARE(board.admin({.opcode = AsynchronousEvent}).status,
                 std::uint16_t(TooManyEventRequests));
        QCOMPARE(board.admin({.opcode = AbortCommand}).result, 1u);
    }

    void thePinIsAssertedWhileThereIsSomethingToSee()
    {
        NvmeBoard board;
        board.bringUp();
        QVERIFY(!board.irq.level);
        board.submit(1, {.opcode = nvme::Read, .prp1 = Data});
        board.disk->answerAll();
        QVERIFY(board.irq.level);
        board.write(0x0c, 1); // masked
        QVERIFY(!board.irq.level);
        board.write(0x10, 1);
        QVERIFY(board.irq.level);
        QVERIFY(board.take(1).has_value());
        QVERIFY(!board.irq.level);
    }

    void messagesGoToTheQueuesVector()
    {
        NvmeBoard board;
        board.enable();
        {
            const std::lock_guard lock(board.card.lock());
            std::uint32_t at = board.card.configRead(0x34, 1);
            while (at != 0 && board.card.configRead(at, 1) != 0x11)
                at = board.card.configRead(at + 1, 1);
            QVERIFY(at != 0);
            board.card.configWrite(at + 2, 2, 0x8000);
        }
        for (const std::uint32_t vector : {0u, 5u}) {
            board.write(0x2000 + 16 * vector, 0xfee00000);
            board.write(0x2008 + 16 * vector, 0x40 + vector);
            board.write(0x200c + 16 * vector, 0);
        }
        board.admin({.opcode = CreateCompletionQueue,
                     .prp1 = 0x4000,
                     .word10 = 1 | (7 << 16),
                     .word11 = 3 | (5 << 16)});
        board.admin({.opcode = CreateSubmissionQueue,
                     .prp1 = 0x3000,
                     .word10 = 1 | (7 << 16),
                     .word11 = 1 | (1 << 16)});
        QCOMPARE(board.msi.messages.size(), std::size_t(2));
        QCOMPARE(board.msi.messages.back().data, 0x40u);
        QCOMPARE(board.io({.opcode = nvme::Read, .prp1 = Data}), std::uint16_t(Success));
        QCOMPARE(board.msi.messages.back().data, 0x45u);
        QVERIFY(!board.irq.level);
    }

    void aResetForgetsWhatIsUnderWay()
    {
        NvmeBoard board;
        board.bringUp();
        board.submit(1, {.opcode = nvme::Read, .prp1 = Data});
        board.write(0x14, 0);
        QCOMPARE(board.read(0x1c), 1u); // until memory is nobody's
        QVERIFY(!board.card.isIdle());
        board.write(0x14, 0x00460001);
        board.disk->answerAll();
        QVERIFY(board.card.isIdle());
        QCOMPARE(board.read(0x1c), 1u); // started now
        board.positions = {};
        QCOMPARE(board.admin({.opcode = GetFeatures, .word10 = 6}).result, 1u);
        QCOMPARE(board.admin({.opcode = DeleteSubmissionQueue, .word10 = 1}).status,
                 std::uint16_t(InvalidQueueId));
    }

    void aShutdownFlushes()
    {
        NvmeBoard board;
        board.bringUp();
        board.write(0x14, 0x00464001);
        QCOMPARE(board.read(0x1c), 5u);
        board.disk->answerAll();
        QCOMPARE(board.disk->flushes, 1);
        QCOMPARE(board.read(0x1c), 9u);
        board.write(0x14, 0);
        board.enable();
        QCOMPARE(board.read(0x1c), 1u);
    }

    void aPausedMachinesRingsStandStill()
    {
        NvmeBoard board;
        board.bringUp();
        board.setRunning(false);
        board.submit(1, {.opcode = nvme::Read, .prp1 = Data});
        QVERIFY(board.disk->pending.empty());
        const auto saved = tests::savedBytes(board.card);
        board.setRunning(true);
        QCOMPARE(board.disk->pending.size(), std::size_t(1));
        board.disk->answerAll();
        // And go on where they were saved.
        NvmeBoard other;
        other.setRunning(false);
        std::copy_n(board.ram.at(0), NvmeBoard::RamBytes, other.ram.at(0));
        std::fill_n(other.ram.at(NvmeBoard::Completions), 4096, std::uint8_t(0));
        QVERIFY(tests::loadBytes(other.card, saved));
        other.positions = board.positions;
        other.setRunning(true);
        QCOMPARE(other.disk->pending.size(), std::size_t(1));
        other.disk->answerAll();
        QCOMPARE(other.take(1)->status, std::uint16_t(Success));
    }

    void queuesOutsideOfMemoryAreFatal()
    {
        NvmeBoard board;
        board.enable();
        board.admin({.opcode = CreateCompletionQueue,
                     .prp1 = 1u << 30,
                     .word10 = 1 | (7 << 16),
                     .word11 = 3});
        board.admin({.opcode = CreateSubmissionQueue,
                     .prp1 = 0x3000,
                     .word10 = 1 | (7 << 16),
                     .word11 = 1 | (1 << 16)});
        board.submit(1, {.opcode = nvme::Flush});
        board.disk->answerAll();
        QCOMPARE(board.read(0x1c) & 2, 2u);
        board.write(0x14, 0);
        board.enable();
        QCOMPARE(board.read(0x1c), 1u);
    }
};

Q_DECLARE_METATYPE(NvmeCommand)

QTEST_GUILESS_MAIN(TestNvme)
#include "tst_nvme.moc"
