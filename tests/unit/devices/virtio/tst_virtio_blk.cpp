// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/virtio/virtio_blk.h"
#include "tests/support/device_conformance.h"
#include "tests/support/test_main.h"
#include "tests/support/virtio_driver.h"

using namespace engine;
using tests::VirtioBuffer;
using tests::VirtioDriver;
using virtio::VirtioBlk;

namespace {

constexpr std::size_t DiskBytes = 256 * 1024;
constexpr std::uint64_t ReadOnly = 1 << 5;
constexpr std::uint64_t Flushes = 1 << 9;
constexpr std::uint64_t Discards = 1 << 13;
constexpr std::uint64_t Zeroes = 1 << 14;
constexpr std::uint32_t Read = 0;
constexpr std::uint32_t Write = 1;
constexpr std::uint32_t Flush = 4;
constexpr std::uint32_t Identity = 8;
constexpr std::uint32_t Discard = 11;
constexpr std::uint32_t WriteZeroes = 13;
constexpr std::uint8_t Good = 0;
constexpr std::uint8_t Failed = 1;
constexpr std::uint8_t Unsupported = 2;
constexpr std::uint8_t Unanswered = 0xee;

std::shared_ptr<tests::FakeDisk> makeDisk(bool isReadOnly)
{
    auto disk = std::make_shared<tests::FakeDisk>(DiskBytes);
    disk->readOnly = isReadOnly;
    for (std::size_t i = 0; i < DiskBytes; ++i)
        disk->bytes[i] = std::uint8_t(i / 512 + i);
    return disk;
}

struct Rig
{
    tests::VirtioBoard board;
    std::shared_ptr<tests::FakeDisk> disk;
    VirtioBlk blk{"virtio-blk-0", disk, "vitrine-serial", nullptr};
    VirtioDriver driver{blk, board};

    explicit Rig(bool isReadOnly = false)
        : disk(makeDisk(isReadOnly))
    { }

    struct Asked
    {
        std::uint64_t data = 0;
        std::uint64_t status = 0;
        std::uint16_t head = 0;
    };
    // One request, its data in as many pieces as `lengths` has; not answered yet.
    Asked ask(std::uint32_t type, std::uint64_t sector, const std::vector<std::uint8_t> &out,
              std::vector<std::uint32_t> lengths = {}, bool isIndirect = false)
    {
        std::vector<std::uint8_t> header(16);
        storeLe(&header[0], type);
        storeLe(&header[8], sector);
        std::vector<VirtioBuffer> buffers = {{driver.put(header), 16, false}};
        Asked asked;
        if (!out.empty()) {
            asked.data = driver.put(out);
            buffers.push_back({asked.data, std::uint32_t(out.size()), false});
        }
        std::size_t total = 0;
        for (const std::uint32_t length : lengths)
            total += length;
        if (total > 0) {
            asked.data = driver.allocate(total, 512);
            std::uint64_t at = asked.data;
            for (const std::uint32_t length : lengths) {
                buffers.push_back({at, length, true});
                at += length;
            }
        }
        asked.status = driver.put({Unanswered});
        buffers.push_back({asked.status, 1, true});
        asked.head = driver.offer(0, buffers, isIndirect);
        driver.notify(0);
        return asked;
    }
    std::uint8_t statusOf(const Asked &asked) { return driver.get(asked.status, 1)[0]; }

    Device &device() { return blk; }
    std::vector<tests::Region> regions() const { return {{0, VirtioBlk::BarBytes}}; }
    void disturb()
    {
        driver.plugIn();
        driver.start();
        ask(Read, 1, {}, {512});
    }
    void settle() { disk->answerAll(); }
};

std::vector<std::uint8_t> range(std::uint64_t sector, std::uint32_t count, std::uint32_t flags)
{
    std::vector<std::uint8_t> bytes(16);
    storeLe(&bytes[0], sector);
    storeLe(&bytes[8], count);
    storeLe(&bytes[12], flags);
    return bytes;
}

} // namespace

class TestVirtioBlk : public QObject
{
    Q_OBJECT

private slots:
    void conforms()
    {
        QVERIFY(tests::conforms([] { return std::make_unique<Rig>(); }));
    }

    void configurationSaysWhatTheDiskIs()
    {
        Rig rig;
        QVERIFY(rig.driver.start());
        QCOMPARE(rig.driver.config(0, 4), 0x10421af4u);
        QCOMPARE(rig.driver.deviceConfig(0, 8), std::uint64_t(DiskBytes / 512));
        QCOMPARE(rig.driver.deviceConfig(12, 4), std::uint64_t(VirtioBlk::MaxSegments));
        QCOMPARE(rig.driver.deviceConfig(20, 4), std::uint64_t(512));
        const std::uint64_t features = rig.driver.offeredFeatures();
        QCOMPARE(features & (ReadOnly | Discards | Zeroes | Flushes), Discards | Zeroes | Flushes);
        Rig readOnly(true);
        QCOMPARE(readOnly.driver.offeredFeatures() & (ReadOnly | Discards | Zeroes), ReadOnly);
    }

    void readsIntoSeveralPieces_data()
    {
        QTest::addColumn<bool>("isIndirect");
        QTest::newRow("ring") << false;
        QTest::newRow("indirect table") << true;
    }
    void readsIntoSeveralPieces()
    {
        QFETCH(bool, isIndirect);
        Rig rig;
        QVERIFY(rig.driver.start(VirtioDriver::Version1 | virtio::FeatureIndirect));
        const auto asked = rig.ask(Read, 3, {}, {100, 412, 1024}, isIndirect);
        QCOMPARE(rig.disk->pending.size(), 1u);
        QVERIFY(!rig.driver.takeUsed(0)); // not before the disk answers
        QVERIFY(!rig.blk.isIdle());
        rig.disk->answerAll();
        QVERIFY(rig.blk.isIdle());
        const auto used = rig.driver.takeUsed(0);
        QVERIFY(used);
        QCOMPARE(used->head, std::uint32_t(asked.head));
        QCOMPARE(used->written, 1537u);
        QCOMPARE(rig.statusOf(asked), Good);
        QVERIFY(std::equal(rig.disk->bytes.begin() + 3 * 512, rig.disk->bytes.begin() + 6 * 512,
                           rig.board.ram.at(asked.data)));
        QVERIFY(rig.board.irq.level);
        QCOMPARE(rig.driver.isr(), std::uint8_t(1));
        QVERIFY(!rig.board.irq.level);
    }

    void writesAndFlushes()
    {
        Rig rig;
        QVERIFY(rig.driver.start());
        const auto written = rig.ask(Write, 2, std::vector<std::uint8_t>(1024, 0x77));
        rig.disk->answerAll();
        QCOMPARE(rig.statusOf(written), Good);
        QCOMPARE(rig.driver.takeUsed(0)->written, 1u);
        QCOMPARE(rig.disk->bytes[2 * 512], std::uint8_t(0x77));
        QCOMPARE(rig.disk->bytes[4 * 512 - 1], std::uint8_t(0x77));
        QVERIFY(rig.disk->bytes[4 * 512] != 0x77);
        const auto flushed = rig.ask(Flush, 0, {});
        QCOMPARE(rig.disk->flushes, 0);
        rig.disk->answerAll();
        QCOMPARE(rig.disk->flushes, 1);
        QCOMPARE(rig.statusOf(flushed), Good);
    }

    void identityIsTheSerial()
    {
        Rig rig;
        QVERIFY(rig.driver.start());
        const auto asked = rig.ask(Identity, 0, {}, {20});
        QCOMPARE(rig.statusOf(asked), Good);
        QCOMPARE(rig.driver.get(asked.data, 20),
                 (std::vector<std::uint8_t>{'v', 'i', 't', 'r', 'i', 'n', 'e', '-', 's', 'e',
                                            'r', 'i', 'a', 'l', 0,   0,   0,   0,   0,   0}));
    }

    void rangesAreCleared()
    {
        Rig rig;
        QVERIFY(rig.driver.start());
        for (const std::uint32_t type : {Discard, WriteZeroes}) {
            rig.disk->bytes[10 * 512] = 1;
            const auto asked = rig.ask(type, 0, range(10, 2, 0));
            rig.disk->answerAll();
            QCOMPARE(rig.statusOf(asked), Good);
            QCOMPARE(rig.disk->bytes[10 * 512], std::uint8_t(0));
        }
    }

    void whatMakesNoSenseIsAnswered_data()
    {
        QTest::addColumn<bool>("isReadOnly");
        QTest::addColumn<std::uint32_t>("type");
        QTest::addColumn<std::uint64_t>("sector");
        QTest::addColumn<std::vector<std::uint8_t>>("out");
        QTest::addColumn<std::uint32_t>("in");
        QTest::addColumn<std::uint8_t>("status");
        using Bytes = std::vector<std::uint8_t>;
        const std::uint64_t end = DiskBytes / 512;
        const auto row = [](const char *name, std::uint32_t type, std::uint64_t sector, Bytes out,
                            std::uint32_t in, std::uint8_t status, bool isReadOnly = false) {
            QTest::newRow(name) << isReadOnly << type << sector << out << in << status;
        };
        row("read at the end", Read, end, {}, 512, Failed);
        row("read across the end", Read, end - 1, {}, 1024, Failed);
        row("read so far that it overflows", Read, ~std::uint64_t(0), {}, 512, Failed);
        row("read half a sector", Read, 0, {}, 100, Failed);
        row("read nothing", Read, 0, {}, 0, Good);
        row("write across the end", Write, end - 1, Bytes(1024), 0, Failed);
        row("write half a sector", Write, 0, Bytes(100), 0, Failed);
        row("write a read-only disk", Write, 0, Bytes(512), 0, Failed, true);
        row("clear a read-only disk", WriteZeroes, 0, range(0, 1, 0), 0, Failed, true);
        row("discard beyond the end", Discard, 0, range(end, 1, 0), 0, Failed);
        row("discard too much", Discard, 0, range(0, 0xffffffff, 0), 0, Failed);
        row("discard with a flag", Discard, 0, range(0, 1, 1), 0, Unsupported);
        row("zeroes with an unknown flag", WriteZeroes, 0, range(0, 1, 2), 0, Unsupported);
        row("half a range", Discard, 0, Bytes(8), 0, Failed);
        row("several ranges", Discard, 0, Bytes(32), 0, Failed);
        row("no range", WriteZeroes, 0, {}, 0, Failed);
        row("unknown request", 99, 0, {}, 512, Unsupported);
    }
    void whatMakesNoSenseIsAnswered()
    {
        QFETCH(bool, isReadOnly);
        QFETCH(std::uint32_t, type);
        QFETCH(std::uint64_t, sector);
        QFETCH(std::vector<std::uint8_t>, out);
        QFETCH(std::uint32_t, in);
        QFETCH(std::uint8_t, status);
        Rig rig(isReadOnly);
        QVERIFY(rig.driver.start());
        const std::vector<std::uint8_t> before = rig.disk->bytes;
        const auto asked = rig.ask(type, sector, out, {in});
        QVERIFY(rig.disk->pending.empty());
        QCOMPARE(rig.statusOf(asked), status);
        QCOMPARE(rig.driver.takeUsed(0)->written, 1u);
        QCOMPARE(rig.disk->bytes, before);
        QVERIFY(!rig.blk.isBroken());
    }

    void requestWithoutHeaderOrStatusBreaksTheDevice()
    {
        for (const bool isHeaderShort : {true, false}) {
            Rig rig;
            QVERIFY(rig.driver.start());
            std::vector<VirtioBuffer> buffers = {{0x8000, isHeaderShort ? 8u : 16u, false}};
            if (isHeaderShort)
                buffers.push_back({0x9000, 1, true});
            rig.driver.offer(0, buffers);
            rig.driver.notify(0);
            QVERIFY(rig.blk.isBroken());
            QCOMPARE(rig.driver.status(), std::uint8_t(0x4f));
            QCOMPARE(rig.driver.isr(), std::uint8_t(2)); // a configuration interrupt says so
            QVERIFY(rig.driver.start()); // a reset mends it
            const auto asked = rig.ask(Flush, 0, {});
            rig.disk->answerAll();
            QCOMPARE(rig.statusOf(asked), Good);
        }
    }

    void diskErrorReachesTheGuest()
    {
        Rig rig;
        QVERIFY(rig.driver.start());
        rig.disk->failure = Error(ErrorKind::Io, "The disk is broken");
        const auto asked = rig.ask(Read, 0, {}, {512});
        rig.disk->answerAll();
        QCOMPARE(rig.statusOf(asked), Failed);
    }

    void answersComeInTheDisksOrder()
    {
        Rig rig;
        QVERIFY(rig.driver.start());
        const auto first = rig.ask(Read, 0, {}, {512});
        const auto second = rig.ask(Read, 1, {}, {512});
        std::swap(rig.disk->pending[0], rig.disk->pending[1]);
        rig.disk->answerAll();
        QCOMPARE(rig.driver.takeUsed(0)->head, std::uint32_t(second.head));
        QCOMPARE(rig.driver.takeUsed(0)->head, std::uint32_t(first.head));
    }

    void resetWaitsForWhatIsInFlight()
    {
        Rig rig;
        QVERIFY(rig.driver.start());
        const auto asked = rig.ask(Read, 0, {}, {512});
        rig.driver.setStatus(0);
        QVERIFY(rig.driver.status() != 0); // 4.1.4.3.2: the driver waits until it reads 0
        QVERIFY(!rig.blk.isIdle());
        rig.disk->answerAll();
        QCOMPARE(rig.driver.status(), std::uint8_t(0));
        QVERIFY(rig.blk.isIdle());
        QCOMPARE(rig.statusOf(asked), Unanswered);
    }

    void impatientDriverIsServedAfterTheOldRequests()
    {
        Rig rig;
        QVERIFY(rig.driver.start());
        rig.ask(Read, 0, {}, {512});
        rig.driver.start(); // does not wait for its reset
        const auto asked = rig.ask(Read, 1, {}, {512});
        QCOMPARE(rig.disk->pending.size(), 1u);
        QVERIFY(rig.disk->complete());
        QCOMPARE(rig.disk->pending.size(), 1u);
        rig.disk->answerAll();
        QCOMPARE(rig.statusOf(asked), Good);
    }

    void nothingBeginsWhileTheMachineStandsStill()
    {
        Rig rig;
        QVERIFY(rig.driver.start());
        {
            const std::lock_guard lock(rig.blk.lock());
            rig.blk.setRunning(false);
        }
        rig.ask(Read, 0, {}, {512});
        QVERIFY(rig.disk->pending.empty());
        QVERIFY(rig.blk.isIdle());
        const std::lock_guard lock(rig.blk.lock());
        rig.blk.setRunning(true);
        QCOMPARE(rig.disk->pending.size(), 1u);
    }

    void savedRingGoesOnWhereItWas()
    {
        Rig rig;
        QVERIFY(rig.driver.start(VirtioDriver::Version1 | virtio::FeatureEventIndex, 4));
        for (int i = 0; i < 7; ++i) {
            rig.ask(Flush, 0, {});
            rig.disk->answerAll();
            QVERIFY(rig.driver.takeUsed(0));
        }
        const std::vector<std::uint8_t> saved = tests::savedBytes(rig.blk);
        tests::resetDevice(rig.blk);
        QVERIFY(tests::loadBytes(rig.blk, saved));
        const auto asked = rig.ask(Flush, 0, {});
        rig.disk->answerAll();
        QCOMPARE(rig.driver.usedIndex(0), std::uint16_t(8));
        QCOMPARE(rig.statusOf(asked), Good);
    }
};

QTEST_GUILESS_MAIN(TestVirtioBlk)
#include "tst_virtio_blk.moc"
