// SPDX-License-Identifier: GPL-3.0-or-later
// Shadow rings between a guest's ring and another process's, both played here.
#include "engine/devices/virtio/shadow_rings.h"
#include "tests/support/board_fakes.h"
#include "tests/support/test_main.h"

#include <cstring>
#include <numeric>

#include <sys/mman.h>

using namespace engine;
using virtio::Chain;
using virtio::ShadowArena;
using virtio::ShadowRings;
using virtio::Virtqueue;

namespace {

constexpr std::uint16_t Size = 64;
constexpr std::uint64_t Descriptors = 0x1000;
constexpr std::uint64_t Available = 0x2000;
constexpr std::uint64_t UsedRing = 0x3000;
constexpr std::uint64_t Data = 0x10000;

// The guest's ring, whose chains are one buffer to read and one to write.
struct Guest
{
    explicit Guest(std::size_t ramBytes = 1 << 20)
        : ram(ramBytes)
    {
        queue.addresses() = {Descriptors, Available, UsedRing};
        queue.enable(ram.memory);
    }
    void describe(unsigned at, std::uint64_t address, std::uint64_t length, std::uint16_t flags)
    {
        std::uint8_t *raw = ram.at(Descriptors + 16 * at);
        storeLe(raw, address);
        storeLe(raw + 8, std::uint32_t(length));
        storeLe(raw + 12, flags);
        storeLe(raw + 14, std::uint16_t(at + 1));
    }
    // Returns where the answer goes.
    std::uint64_t offer(unsigned number, std::size_t request, std::size_t answer,
                        std::uint64_t at = Data)
    {
        const auto head = std::uint16_t(2 * number);
        describe(head, at, request, answer > 0 ? 1 : 0);
        describe(head + 1u, at + request, answer, 2);
        storeLe(ram.at(Available + 4 + 2 * (index % Size)), head);
        storeLe(ram.at(Available + 2), ++index);
        return at + request;
    }
    std::uint16_t used() { return loadLe<std::uint16_t>(ram.at(UsedRing + 2)); }
    std::uint32_t usedLength(unsigned at)
    {
        return loadLe<std::uint32_t>(ram.at(UsedRing + 4 + 8 * at + 4));
    }

    tests::FakeRam ram;
    Virtqueue queue{Size};
    std::uint16_t index = 0;
};

// The other process, which sees the file and nothing else.
struct Server
{
    explicit Server(const ShadowRings &rings)
        : region(rings.region())
        , size(std::size_t(region.size))
        , bytes(static_cast<std::uint8_t *>(
              ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, region.descriptor, 0)))
        , memory({{.guestAddress = region.guestAddress, .host = {bytes, size}}})
        , ring(rings.describe(1))
    {
        check(bytes != MAP_FAILED, "the file cannot be mapped");
        queue.addresses() = {at(ring.descriptors), at(ring.available), at(ring.used)};
        check(queue.enable(memory), "the rings are wrong");
    }
    ~Server() { ::munmap(bytes, size); }
    Server(const Server &) = delete;
    std::uint64_t at(std::uint64_t userAddress) const { return userAddress - region.userAddress; }
    std::uint8_t *used() { return bytes + at(ring.used); }
    // As if it had answered.
    void say(std::uint16_t index, std::uint32_t head, std::uint32_t length)
    {
        storeLe(used() + 4 + 8 * ((index - 1u) % ShadowRings::RingSize), head);
        storeLe(used() + 4 + 8 * ((index - 1u) % ShadowRings::RingSize) + 4, length);
        storeLe(used() + 2, index);
    }

    virtio::VhostUserRegion region;
    std::size_t size;
    std::uint8_t *bytes;
    GuestMemory memory;
    virtio::VhostUserRing ring;
    Virtqueue queue{ShadowRings::RingSize};
};

struct Both
{
    explicit Both(std::size_t ramBytes = 1 << 20)
        : guest(ramBytes)
    { }
    std::unique_ptr<ShadowRings> rings = [] {
        auto made = ShadowRings::create(2);
        check(bool(made), "no rings");
        return std::move(*made);
    }();
    Guest guest;
    Server server{*rings};
};

} // namespace

class TestShadowRings : public QObject
{
    Q_OBJECT
private slots:
    void requestsAndAnswersAreCopied()
    {
        Both both;
        const std::uint64_t answerAt = both.guest.offer(3, 100, 200);
        std::iota(both.guest.ram.at(Data), both.guest.ram.at(Data + 100), std::uint8_t(7));
        QVERIFY(*both.rings->forward(1, both.guest.queue));
        QVERIFY(!*both.rings->forward(1, both.guest.queue)); // nothing is left
        auto chain = both.server.queue.pop();
        QVERIFY(chain);
        QCOMPARE(chain->readableBytes, std::uint64_t(100));
        QCOMPARE(chain->writableBytes, std::uint64_t(200));
        QVERIFY(std::memcmp(chain->readable[0].data(), both.guest.ram.at(Data), 100) == 0);
        std::memset(chain->writable[0].data(), 0x5a, 200);
        both.server.queue.push(chain->head, 150);
        QVERIFY_OK(both.rings->collect(1, both.guest.queue));
        QCOMPARE(both.guest.used(), std::uint16_t(1));
        QCOMPARE(both.guest.usedLength(0), 150u);
        QCOMPARE(*both.guest.ram.at(answerAt + 149), std::uint8_t(0x5a));
        QCOMPARE(*both.guest.ram.at(answerAt + 150), std::uint8_t(0)); // was not said
        QCOMPARE(both.rings->underWay(1), std::size_t(0));
    }

    void answersComeInAnyOrder()
    {
        Both both;
        for (unsigned turn = 0; turn < 200; ++turn) { // around the rings
            for (unsigned i = 0; i < 4; ++i)
                *both.guest.ram.at(both.guest.offer(i, 8, 8, Data + 64 * i)) = 0;
            QVERIFY_OK(both.rings->forward(1, both.guest.queue));
            std::vector<Chain> chains;
            while (auto chain = both.server.queue.pop())
                chains.push_back(*chain);
            QCOMPARE(chains.size(), std::size_t(4));
            for (const std::size_t i : {2, 0, 3, 1}) {
                chains[i].writable[0][0] = std::uint8_t(10 + i);
                both.server.queue.push(chains[i].head, 8);
            }
            QVERIFY_OK(both.rings->collect(1, both.guest.queue));
            for (unsigned i = 0; i < 4; ++i)
                QCOMPARE(*both.guest.ram.at(Data + 64 * i + 8), std::uint8_t(10 + i));
        }
        QCOMPARE(both.guest.used(), std::uint16_t(800));
    }

    void whatDoesNotFitWaits()
    {
        constexpr std::size_t MiB = 1 << 20;
        Both both(std::size_t(2) * MiB);
        for (unsigned i = 0; i < 20; ++i)
            both.guest.offer(i, 64, MiB);
        QVERIFY(*both.rings->forward(1, both.guest.queue));
        const std::size_t first = both.rings->underWay(1);
        QVERIFY(first >= 12 && first < 20);
        QVERIFY(!both.guest.queue.isBroken());
        std::size_t answered = 0;
        for (int turn = 0; turn < 40 && answered < 20; ++turn) {
            if (const auto chain = both.server.queue.pop()) {
                both.server.queue.push(chain->head, MiB);
                ++answered;
            }
            QVERIFY_OK(both.rings->collect(1, both.guest.queue));
            QVERIFY_OK(both.rings->forward(1, both.guest.queue));
        }
        QCOMPARE(both.guest.used(), std::uint16_t(20));
    }

    // No driver means it. Nothing goes on, or a guest that always has another one would keep the
    // device to itself; and what was sent before is what is put back.
    void aRequestForTooMuchIsAnError()
    {
        Both both(std::size_t(40) << 20);
        both.guest.offer(0, 64, 64);
        both.guest.offer(1, 64, std::size_t(32) << 20);
        both.guest.offer(2, 64, 64);
        QVERIFY_ERROR(both.rings->forward(1, both.guest.queue), ErrorKind::Invalid);
        QCOMPARE(both.guest.used(), std::uint16_t(0));
        QCOMPARE(both.rings->underWay(1), std::size_t(1));
        QCOMPARE(both.guest.queue.position(), std::uint16_t(1));
        QVERIFY_ERROR(both.rings->forward(1, both.guest.queue), ErrorKind::Invalid);
        QVERIFY_OK(both.rings->end(1, both.guest.queue, 0));
        QCOMPARE(both.guest.queue.position(), std::uint16_t(0));
        QCOMPARE(both.guest.queue.outstanding(), 0u);
    }

    void requestsWithoutAnAnswerPass()
    {
        Both both;
        both.guest.offer(0, 40, 0);
        QVERIFY(*both.rings->forward(1, both.guest.queue));
        const auto chain = both.server.queue.pop();
        QVERIFY(chain && chain->writable.empty() && chain->readableBytes == 40);
        both.server.queue.push(chain->head, 99);
        QVERIFY_OK(both.rings->collect(1, both.guest.queue));
        QCOMPARE(both.guest.usedLength(0), 0u);
    }

    void aLiarIsFound_data()
    {
        QTest::addColumn<unsigned>("index");
        QTest::addColumn<unsigned>("head");
        QTest::newRow("more than it was asked") << 3u << 0u;
        QTest::newRow("half a request") << 1u << 1u;
        QTest::newRow("no request") << 1u << 10u;
        QTest::newRow("beyond all requests") << 1u << 0x10000u;
        QTest::newRow("the same twice") << 2u << 0u;
        QTest::newRow("backwards") << 0xffffu << 0u;
    }
    void aLiarIsFound()
    {
        QFETCH(unsigned, index);
        QFETCH(unsigned, head);
        Both both;
        both.guest.offer(0, 8, 8);
        both.guest.offer(1, 8, 8);
        QVERIFY_OK(both.rings->forward(1, both.guest.queue));
        for (unsigned i = 1; i < index && index < 10; ++i)
            both.server.say(std::uint16_t(i), head, 8);
        both.server.say(std::uint16_t(index), head, 8);
        QVERIFY(!both.rings->collect(1, both.guest.queue));
    }

    void aLongAnswerEndsWithItsBuffer()
    {
        Both both;
        const std::uint64_t answerAt = both.guest.offer(0, 8, 8);
        QVERIFY_OK(both.rings->forward(1, both.guest.queue));
        both.server.say(1, 0, 0xffffffff);
        QVERIFY_OK(both.rings->collect(1, both.guest.queue));
        QCOMPARE(both.guest.usedLength(0), 8u);
        QCOMPARE(*both.guest.ram.at(answerAt + 8), std::uint8_t(0));
    }

    void whatWasNotTakenIsTheGuestsAgain()
    {
        Both both;
        for (unsigned i = 0; i < 5; ++i)
            both.guest.offer(i, 8, 8, Data + 64 * i);
        QVERIFY_OK(both.rings->forward(1, both.guest.queue));
        for (int i = 0; i < 2; ++i)
            both.server.queue.push(both.server.queue.pop()->head, 8);
        QVERIFY_OK(both.rings->end(1, both.guest.queue, both.server.queue.position()));
        QCOMPARE(both.guest.used(), std::uint16_t(2));
        QCOMPARE(both.guest.queue.position(), std::uint16_t(2));
        QCOMPARE(both.guest.queue.outstanding(), 0u);
        // Another one begins there.
        Both other;
        QVERIFY(*other.rings->forward(1, both.guest.queue));
        QCOMPARE(other.rings->underWay(1), std::size_t(3));
    }

    void whoStopsWithRequestsIsALiar()
    {
        Both both;
        both.guest.offer(0, 8, 8);
        QVERIFY_OK(both.rings->forward(1, both.guest.queue));
        both.server.queue.pop();
        QVERIFY(!both.rings->end(1, both.guest.queue, 1));
    }

    // It took two, answered the second, and says that it took one: as many as are under way, but
    // another one.
    void whoStopsInTheWrongPlaceIsALiar()
    {
        Both both;
        both.guest.offer(0, 8, 8);
        both.guest.offer(1, 8, 8);
        QVERIFY(*both.rings->forward(1, both.guest.queue));
        both.server.queue.pop();
        both.server.queue.push(both.server.queue.pop()->head, 8);
        QVERIFY(!both.rings->end(1, both.guest.queue, 1));
        QCOMPARE(both.guest.used(), std::uint16_t(1));
        QCOMPARE(both.guest.queue.position(), std::uint16_t(2));
    }

    void theFileCannotBeCut()
    {
        Both both;
        QVERIFY(::ftruncate(both.rings->region().descriptor, 0) != 0);
    }

    void theArenaComesTogetherAgain()
    {
        ShadowArena arena(10 * ShadowArena::Unit);
        const auto a = arena.take(1);
        const auto b = arena.take(ShadowArena::Unit + 1);
        const auto c = arena.take(0);
        QVERIFY(a && b && c);
        QCOMPARE(*b, ShadowArena::Unit);
        QCOMPARE(*c, 3 * ShadowArena::Unit);
        QVERIFY(!arena.take(7 * ShadowArena::Unit));
        arena.give(*b, ShadowArena::Unit + 1);
        QCOMPARE(arena.freePieces(), std::size_t(2));
        QCOMPARE(*arena.take(5), *b); // the lowest
        arena.give(*b, 5);
        arena.give(*a, 1);
        arena.give(*c, 0);
        QCOMPARE(arena.freePieces(), std::size_t(1));
        QVERIFY(arena.take(10 * ShadowArena::Unit));
    }
};

QTEST_GUILESS_MAIN(TestShadowRings)
#include "tst_shadow_rings.moc"
