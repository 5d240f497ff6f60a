// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/virtio/virtqueue.h"
#include "tests/support/board_fakes.h"
#include "tests/support/test_main.h"

using namespace engine;
using virtio::Chain;
using virtio::Virtqueue;

namespace {

constexpr std::uint16_t Size = 8;
constexpr std::uint64_t Descriptors = 0x1000;
constexpr std::uint64_t Available = 0x2000;
constexpr std::uint64_t UsedRing = 0x3000;
constexpr std::uint64_t Table = 0x4000;
constexpr std::uint64_t Data = 0x5000;
constexpr std::uint64_t RamBytes = 0x10000;
constexpr std::uint16_t Next = 1;
constexpr std::uint16_t Write = 2;
constexpr std::uint16_t Indirect = 4;

struct Ring
{
    tests::FakeRam ram{RamBytes};
    Virtqueue queue{16};

    explicit Ring(bool hasEventIndex = false, bool hasIndirect = true)
    {
        queue.setSize(Size);
        queue.addresses() = {Descriptors, Available, UsedRing};
        queue.setFeatures(hasEventIndex, hasIndirect);
        queue.enable(ram.memory);
    }
    void describe(std::uint64_t table, unsigned at, std::uint64_t address, std::uint32_t length,
                  std::uint16_t flags, std::uint16_t next = 0)
    {
        std::uint8_t *raw = ram.at(table + 16 * at);
        storeLe(raw, address);
        storeLe(raw + 8, length);
        storeLe(raw + 12, flags);
        storeLe(raw + 14, next);
    }
    void offer(std::uint16_t head)
    {
        storeLe(ram.at(Available + 4 + 2 * (index % Size)), head);
        setAvailable(++index);
    }
    void setAvailable(std::uint16_t value) { storeLe(ram.at(Available + 2), value); }
    std::uint16_t used(unsigned offset) { return loadLe<std::uint16_t>(ram.at(UsedRing + offset)); }
    void setUsedEvent(std::uint16_t value) { storeLe(ram.at(Available + 4 + 2 * Size), value); }

    std::uint16_t index = 0;
};

struct HostileRow
{
    const char *name;
    const char *reason;
    void (*prepare)(Ring &ring);
};

const HostileRow hostileRows[] = {
    {"head beyond the table", "index", [](Ring &ring) { ring.offer(Size); }},
    {"next beyond the table", "index",
     [](Ring &ring) {
         ring.describe(Descriptors, 0, Data, 16, Next, Size);
         ring.offer(0);
     }},
    {"chain to itself", "too many",
     [](Ring &ring) {
         ring.describe(Descriptors, 0, Data, 16, Next, 0);
         ring.offer(0);
     }},
    {"chain in a circle", "too many",
     [](Ring &ring) {
         for (std::uint16_t i = 0; i < Size; ++i)
             ring.describe(Descriptors, i, Data, 16, Next, std::uint16_t((i + 1) % Size));
         ring.offer(3);
     }},
    {"available index far ahead", "more chains", [](Ring &ring) { ring.setAvailable(Size + 1); }},
    {"available index went back", "more chains", [](Ring &ring) { ring.setAvailable(0xffff); }},
    {"buffer beyond memory", "not in memory",
     [](Ring &ring) {
         ring.describe(Descriptors, 0, RamBytes - 8, 16, 0);
         ring.offer(0);
     }},
    {"buffer at the end of all addresses", "not in memory",
     [](Ring &ring) {
         ring.describe(Descriptors, 0, ~std::uint64_t(0) - 3, 16, Write);
         ring.offer(0);
     }},
    {"read after write", "follows",
     [](Ring &ring) {
         ring.describe(Descriptors, 0, Data, 16, Next | Write, 1);
         ring.describe(Descriptors, 1, Data, 16, 0);
         ring.offer(0);
     }},
    {"indirect table of nothing", "wrong size",
     [](Ring &ring) {
         ring.describe(Descriptors, 0, Table, 0, Indirect);
         ring.offer(0);
     }},
    {"indirect table of odd size", "wrong size",
     [](Ring &ring) {
         ring.describe(Descriptors, 0, Table, 24, Indirect);
         ring.offer(0);
     }},
    {"indirect table and a next", "may be",
     [](Ring &ring) {
         ring.describe(Descriptors, 0, Table, 16, Indirect | Next, 1);
         ring.offer(0);
     }},
    {"indirect table in an indirect table", "may be",
     [](Ring &ring) {
         ring.describe(Descriptors, 0, Table, 16, Indirect);
         ring.describe(Table, 0, Table, 16, Indirect);
         ring.offer(0);
     }},
    {"indirect table beyond memory", "not in memory",
     [](Ring &ring) {
         ring.describe(Descriptors, 0, RamBytes, 16, Indirect);
         ring.offer(0);
     }},
    {"indirect next beyond its table", "index",
     [](Ring &ring) {
         ring.describe(Descriptors, 0, Table, 32, Indirect);
         ring.describe(Table, 0, Data, 16, Next, 2);
         ring.offer(0);
     }},
    {"indirect circle", "too many",
     [](Ring &ring) {
         ring.describe(Descriptors, 0, Table, 32, Indirect);
         ring.describe(Table, 0, Data, 16, Next, 1);
         ring.describe(Table, 1, Data, 16, Next, 0);
         ring.offer(0);
     }},
    {"indirect circle in a huge table", "too many",
     [](Ring &ring) {
         ring.describe(Descriptors, 0, Table, 0xfffffff0, Indirect);
         ring.describe(Table, 0, Data, 16, Next, 0);
         ring.offer(0);
     }},
};

} // namespace

class TestVirtqueue : public QObject
{
    Q_OBJECT

private slots:
    void chainIsWhatTheDriverSaid()
    {
        Ring ring;
        ring.describe(Descriptors, 2, Data, 16, Next, 5);
        ring.describe(Descriptors, 5, Data + 0x100, 32, Next | Write, 7);
        ring.describe(Descriptors, 7, Data + 0x200, 8, Write);
        ring.offer(2);
        const std::optional<Chain> chain = ring.queue.pop();
        QVERIFY(chain);
        QCOMPARE(chain->head, std::uint16_t(2));
        QCOMPARE(chain->readable.size(), 1u);
        QCOMPARE(chain->readable[0].data(), ring.ram.at(Data));
        QCOMPARE(chain->readableBytes, 16u);
        QCOMPARE(chain->writable.size(), 2u);
        QCOMPARE(chain->writable[1].data(), ring.ram.at(Data + 0x200));
        QCOMPARE(chain->writableBytes, 40u);
        QVERIFY(!ring.queue.pop());
        QVERIFY(!ring.queue.isBroken());
    }

    void indirectTableMayFollowOtherDescriptors()
    {
        Ring ring;
        ring.describe(Descriptors, 0, Data, 16, Next, 1);
        ring.describe(Descriptors, 1, Table, 48, Indirect | Write); // write means nothing here
        ring.describe(Table, 0, Data + 0x100, 8, Next, 2);
        ring.describe(Table, 2, Data + 0x200, 4, Write);
        ring.offer(0);
        const std::optional<Chain> chain = ring.queue.pop();
        QVERIFY(chain);
        QCOMPARE(chain->readableBytes, 24u);
        QCOMPARE(chain->writableBytes, 4u);
    }

    void indirectTableMayBeLongerThanTheQueue()
    {
        Ring ring;
        ring.describe(Descriptors, 0, Table, 16 * 40, Indirect);
        for (std::uint16_t i = 0; i < 40; ++i)
            ring.describe(Table, i, Data, 1, i < 39 ? Next : std::uint16_t(0),
                          std::uint16_t(i + 1));
        ring.offer(0);
        const std::optional<Chain> chain = ring.queue.pop();
        QVERIFY(chain);
        QCOMPARE(chain->readableBytes, 40u);
    }

    void hostileRingBreaksTheQueueAndNothingElse_data()
    {
        QTest::addColumn<int>("row");
        for (int i = 0; i < int(std::size(hostileRows)); ++i)
            QTest::newRow(hostileRows[i].name) << i;
    }
    void hostileRingBreaksTheQueueAndNothingElse()
    {
        QFETCH(int, row);
        Ring ring;
        hostileRows[row].prepare(ring);
        QVERIFY(!ring.queue.pop());
        QVERIFY(ring.queue.isBroken());
        QVERIFY2(std::string(ring.queue.brokenBy()).find(hostileRows[row].reason)
                     != std::string::npos,
                 ring.queue.brokenBy());
        QVERIFY(!ring.queue.hasAvailable());
        ring.queue.push(0, 1);
        QVERIFY(!ring.queue.takeInterrupt());
        QCOMPARE(ring.used(2), std::uint16_t(0));
        ring.queue.reset();
        QVERIFY(!ring.queue.isBroken());
    }

    void indirectTableNeedsItsFeature()
    {
        Ring ring(false, false);
        ring.describe(Descriptors, 0, Table, 16, Indirect);
        ring.describe(Table, 0, Data, 1, 0);
        ring.offer(0);
        QVERIFY(!ring.queue.pop());
        QVERIFY(ring.queue.isBroken());
    }

    void impossibleRingsAreRefused_data()
    {
        QTest::addColumn<int>("size");
        QTest::addColumn<std::uint64_t>("descriptors");
        QTest::addColumn<std::uint64_t>("available");
        QTest::addColumn<std::uint64_t>("used");
        QTest::newRow("size is no power of two") << 6 << Descriptors << Available << UsedRing;
        QTest::newRow("descriptors not in memory") << 8 << RamBytes << Available << UsedRing;
        QTest::newRow("descriptors half in memory") << 8 << RamBytes - 64 << Available << UsedRing;
        QTest::newRow("available ring far away")
            << 8 << Descriptors << ~std::uint64_t(1) << UsedRing;
        QTest::newRow("used ring at the edge") << 8 << Descriptors << Available << RamBytes - 64;
        QTest::newRow("descriptors not aligned") << 8 << Descriptors + 8 << Available << UsedRing;
        QTest::newRow("available ring not aligned")
            << 8 << Descriptors << Available + 1 << UsedRing;
        QTest::newRow("used ring not aligned") << 8 << Descriptors << Available << UsedRing + 2;
    }
    void impossibleRingsAreRefused()
    {
        QFETCH(int, size);
        QFETCH(std::uint64_t, descriptors);
        QFETCH(std::uint64_t, available);
        QFETCH(std::uint64_t, used);
        tests::FakeRam ram(RamBytes);
        Virtqueue queue(16);
        queue.setSize(std::uint16_t(size));
        queue.addresses() = {descriptors, available, used};
        QVERIFY(!queue.enable(ram.memory));
        QVERIFY(queue.isBroken());
        QVERIFY(!queue.isEnabled());
        QVERIFY(!queue.pop());
    }

    void moreChainsThanDescriptorsBreak()
    {
        Ring ring;
        ring.describe(Descriptors, 0, Data, 16, 0);
        for (unsigned i = 0; i < Size; ++i) {
            ring.offer(0); // again and again the same
            QVERIFY(ring.queue.pop());
        }
        ring.offer(0);
        QVERIFY(!ring.queue.pop());
        QVERIFY(ring.queue.isBroken());
    }

    void usedEntriesWrapAround()
    {
        Ring ring;
        ring.describe(Descriptors, 3, Data, 16, Write);
        for (unsigned i = 1; i <= 3 * Size; ++i) {
            ring.offer(3);
            QVERIFY(ring.queue.pop());
            ring.queue.push(3, i);
            QCOMPARE(ring.used(2), std::uint16_t(i));
            const unsigned entry = 4 + 8 * ((i - 1) % Size);
            QCOMPARE(ring.used(entry), std::uint16_t(3));
            QCOMPARE(ring.used(entry + 4), std::uint16_t(i));
        }
    }

    void unpopGivesTheChainAgain()
    {
        Ring ring;
        ring.describe(Descriptors, 1, Data, 16, Write);
        ring.offer(1);
        QVERIFY(ring.queue.pop());
        ring.queue.unpop();
        QCOMPARE(ring.queue.outstanding(), 0u);
        QVERIFY(ring.queue.pop());
        QVERIFY(!ring.queue.pop());
        ring.queue.push(1, 0);
        ring.queue.unpop(); // nothing to take back
        QVERIFY(!ring.queue.hasAvailable());
    }

    void flagKeepsInterruptsAway()
    {
        Ring ring;
        ring.describe(Descriptors, 0, Data, 16, Write);
        QVERIFY(!ring.queue.takeInterrupt());
        ring.offer(0);
        ring.queue.pop();
        ring.queue.push(0, 0);
        QVERIFY(ring.queue.takeInterrupt());
        QVERIFY(!ring.queue.takeInterrupt()); // once for what was pushed
        storeLe(ring.ram.at(Available), std::uint16_t(1));
        ring.offer(0);
        ring.queue.pop();
        ring.queue.push(0, 0);
        QVERIFY(!ring.queue.takeInterrupt());
    }

    void eventIndexSaysWhichInterrupt_data()
    {
        QTest::addColumn<int>("event");
        QTest::addColumn<bool>("isWanted");
        // Three entries are pushed at once: used index from 0 to 3.
        QTest::newRow("the first") << 0 << true;
        QTest::newRow("the last") << 2 << true;
        QTest::newRow("one to come") << 3 << false;
        QTest::newRow("long ago") << 0xfff0 << false;
    }
    void eventIndexSaysWhichInterrupt()
    {
        QFETCH(int, event);
        QFETCH(bool, isWanted);
        Ring ring(true);
        ring.setUsedEvent(std::uint16_t(event));
        for (std::uint16_t i = 0; i < 3; ++i) {
            ring.describe(Descriptors, i, Data, 16, Write);
            ring.offer(i);
            ring.queue.pop();
            ring.queue.push(i, 0);
        }
        QCOMPARE(ring.queue.takeInterrupt(), isWanted);
    }

    void notificationsAreTurnedOffAndOn()
    {
        Ring flags;
        flags.queue.setNotified(false);
        QCOMPARE(flags.used(0), std::uint16_t(1));
        flags.queue.setNotified(true);
        QCOMPARE(flags.used(0), std::uint16_t(0));
        Ring events(true);
        events.describe(Descriptors, 0, Data, 16, 0);
        events.offer(0);
        events.queue.pop();
        events.queue.setNotified(true);
        QCOMPARE(events.used(4 + 8 * Size), std::uint16_t(1)); // about the next one
        QCOMPARE(events.used(0), std::uint16_t(0));
    }

    // Another one took the chains before: a back end that was stopped, and is started again.
    void aQueueGoesOnWhereAnotherStood()
    {
        Ring ring;
        ring.describe(Descriptors, 3, Data, 16, Write);
        ring.offer(3);
        const auto first = ring.queue.pop();
        QVERIFY(first);
        ring.queue.push(first->head, 16);
        QCOMPARE(ring.queue.position(), std::uint16_t(1));

        Virtqueue next(16);
        next.setSize(Size);
        next.addresses() = {Descriptors, Available, UsedRing};
        next.setFeatures(false, true);
        QVERIFY(next.enable(ring.ram.memory));
        next.setPositions(1, next.usedIndex());
        QVERIFY(!next.hasAvailable());
        ring.describe(Descriptors, 5, Data, 8, Write);
        ring.offer(5);
        const auto second = next.pop();
        QVERIFY(second && second->head == 5);
        next.push(second->head, 8);
        QCOMPARE(ring.used(2), std::uint16_t(2)); // the used index
    }

    void savedQueueGoesOn()
    {
        Ring ring;
        ring.describe(Descriptors, 0, Data, 16, Write);
        for (int i = 0; i < 11; ++i) {
            ring.offer(0);
            ring.queue.pop();
            ring.queue.push(0, 0);
        }
        StateArchive saved;
        saved.beginChunk("q", 1);
        ring.queue.serialize(saved, &ring.ram.memory);
        saved.endChunk();
        StateArchive loaded(saved.take());
        loaded.beginChunk("q", 1);
        Virtqueue other(16);
        other.serialize(loaded, &ring.ram.memory);
        loaded.endChunk();
        QVERIFY(!loaded.hasFailed());
        ring.offer(0);
        QVERIFY(other.pop());
        other.push(0, 5);
        QCOMPARE(ring.used(2), std::uint16_t(12));
    }

    void savedQueueOutsideMemoryIsRefused()
    {
        Ring ring;
        StateArchive saved;
        saved.beginChunk("q", 1);
        ring.queue.serialize(saved, &ring.ram.memory);
        saved.endChunk();
        StateArchive loaded(saved.take());
        loaded.beginChunk("q", 1);
        tests::FakeRam small(0x1000);
        Virtqueue other(16);
        other.serialize(loaded, &small.memory);
        QVERIFY(loaded.hasFailed());
        QVERIFY(!other.isEnabled());
    }
};

QTEST_GUILESS_MAIN(TestVirtqueue)
#include "tst_virtqueue.moc"
