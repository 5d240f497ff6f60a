// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/virtio/virtio_balloon.h"
#include "tests/support/device_conformance.h"
#include "tests/support/test_main.h"
#include "tests/support/virtio_driver.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace engine;
using tests::VirtioDriver;
using virtio::VirtioBalloon;

namespace {

constexpr unsigned Inflate = 0;
constexpr unsigned Deflate = 1;
constexpr unsigned Statistics = 2;
constexpr unsigned Reports = 4;
constexpr std::uint64_t AllFeatures = VirtioDriver::Version1 | 0x2e;
constexpr std::uint64_t Page = VirtioBalloon::PageBytes;

struct Rig
{
    tests::VirtioBoard board;
    VirtioBalloon balloon{"virtio-balloon", nullptr};
    VirtioDriver driver{balloon, board};

    // The pages, as the driver names them.
    void give(unsigned queue, const std::vector<std::uint32_t> &pages)
    {
        std::vector<std::uint8_t> bytes(4 * pages.size());
        for (std::size_t i = 0; i < pages.size(); ++i)
            storeLe(&bytes[4 * i], pages[i]);
        driver.offer(queue, {{driver.put(bytes), std::uint32_t(bytes.size()), false}});
        driver.notify(queue);
    }
    void tell(const std::vector<std::pair<std::uint16_t, std::uint64_t>> &statistics)
    {
        std::vector<std::uint8_t> bytes(10 * statistics.size());
        for (std::size_t i = 0; i < statistics.size(); ++i) {
            storeLe(&bytes[10 * i], statistics[i].first);
            storeLe(&bytes[10 * i + 2], statistics[i].second);
        }
        driver.offer(Statistics, {{driver.put(bytes), std::uint32_t(bytes.size()), false}});
        driver.notify(Statistics);
    }
    void fill(std::uint64_t page, std::uint8_t value)
    {
        std::fill_n(board.ram.at(page * Page), Page, value);
    }
    bool isAll(std::uint64_t page, std::uint8_t value)
    {
        const std::uint8_t *const at = board.ram.at(page * Page);
        return std::all_of(at, at + Page, [value](std::uint8_t byte) { return byte == value; });
    }
    void setRunning(bool isRunning)
    {
        const std::lock_guard lock(balloon.lock());
        balloon.setRunning(isRunning);
    }

    Device &device() { return balloon; }
    std::vector<tests::Region> regions() const { return {{0, VirtioBalloon::BarBytes}}; }
    void disturb()
    {
        driver.plugIn();
        driver.start(AllFeatures);
        driver.deviceConfig(4, 4, 17);
        give(Inflate, {200, 201});
        tell({{4, 1000}});
        setRunning(false); // nothing is outstanding in a saved state
    }
    void settle() { setRunning(false); }
};

} // namespace

class TestVirtioBalloon : public QObject
{
    Q_OBJECT

private slots:
    void driverIsAskedToNotify()
    {
        Rig rig;
        QVERIFY(rig.driver.start(AllFeatures | virtio::FeatureEventIndex));
        for (std::uint16_t i = 1; i <= 3; ++i) {
            for (const unsigned queue : {Inflate, Deflate, Reports}) {
                rig.give(queue, {100u + i});
                QCOMPARE(rig.driver.availableEvent(queue), i);
            }
        }
    }

    void conforms()
    {
        QVERIFY(tests::conforms([] { return std::make_unique<Rig>(); }));
    }

    void theDriverHearsTheTarget()
    {
        Rig rig;
        QCOMPARE(rig.driver.config(0, 4), 0x10451af4u);
        QCOMPARE(rig.driver.offeredFeatures() & 0xff, std::uint64_t(0x2e));
        QVERIFY(rig.driver.start(AllFeatures));
        QCOMPARE(rig.driver.deviceConfig(0, 4), std::uint64_t(0));
        rig.balloon.setTarget(64 * Page + 5);
        QCOMPARE(rig.driver.deviceConfig(0, 4), std::uint64_t(64));
        QVERIFY(rig.driver.isr() & 2);
        rig.driver.deviceConfig(4, 4, 60);
        rig.driver.deviceConfig(0, 4, 1); // not the driver's to set
        const VirtioBalloon::Facts facts = rig.balloon.facts();
        QVERIFY(facts.hasDriver);
        QCOMPARE(facts.targetBytes, 64 * Page);
        QCOMPARE(facts.actualBytes, 60 * Page);
    }

    void inflatedPagesGoBackToTheHost()
    {
        Rig rig;
        QVERIFY(rig.driver.start(AllFeatures));
        for (std::uint64_t page = 100; page < 104; ++page)
            rig.fill(page, 0xaa);
        // Pages that are no memory are nobody's.
        rig.give(Inflate, {100, 102, 0xfffffff0, 4096});
        QCOMPARE(rig.driver.takeUsed(Inflate)->written, 0u);
        QVERIFY(rig.isAll(100, 0));
        QVERIFY(rig.isAll(101, 0xaa));
        QVERIFY(rig.isAll(102, 0));
        QVERIFY(rig.isAll(103, 0xaa));
        rig.give(Deflate, {100});
        QVERIFY(rig.driver.takeUsed(Deflate));
        rig.fill(100, 0xbb);
        QVERIFY(rig.isAll(100, 0xbb));
    }

    void reportedPagesGoBackToTheHost()
    {
        Rig rig;
        QVERIFY(rig.driver.start(AllFeatures));
        for (std::uint64_t page = 100; page < 110; ++page)
            rig.fill(page, 0xaa);
        // Whole pages only: half a page is still used.
        rig.driver.offer(Reports,
                         {{100 * Page, std::uint32_t(4 * Page), true},
                          {106 * Page + 2048, std::uint32_t(2 * Page), true}});
        rig.driver.notify(Reports);
        QVERIFY(rig.driver.takeUsed(Reports));
        for (const std::uint64_t page : {100, 101, 102, 103, 107})
            QVERIFY(rig.isAll(page, 0));
        for (const std::uint64_t page : {104, 105, 106, 108})
            QVERIFY(rig.isAll(page, 0xaa));
        QCOMPARE(rig.balloon.facts().reportedBytes, 6 * Page);
    }

    void sharedMemoryLosesItsPages()
    {
        Rig rig;
        const int file = ::memfd_create("ram", MFD_CLOEXEC);
        const std::size_t bytes = rig.board.ram.size();
        QVERIFY(::ftruncate(file, off_t(bytes)) == 0);
        void *const shared = ::mmap(rig.board.ram.at(0), bytes, PROT_READ | PROT_WRITE,
                                    MAP_SHARED | MAP_FIXED, file, 0);
        QCOMPARE(shared, static_cast<void *>(rig.board.ram.at(0)));
        const GuestMemory memory({{.guestAddress = 0,
                                   .host = {rig.board.ram.at(0), bytes},
                                   .descriptor = file,
                                   .descriptorOffset = 0}});
        rig.balloon.connect({.memory = &rig.board.memory,
                             .ports = &rig.board.ports,
                             .ram = const_cast<GuestMemory *>(&memory),
                             .interruptPin = &rig.board.irq,
                             .msi = &rig.board.msi,
                             .doorbells = &rig.board.doorbells});
        QVERIFY(rig.driver.start(AllFeatures));
        for (std::uint64_t page = 100; page < 104; ++page)
            rig.fill(page, 0xaa);
        struct stat before
        { };
        QVERIFY(::fstat(file, &before) == 0);
        rig.driver.offer(Reports, {{100 * Page, std::uint32_t(3 * Page), true}});
        rig.driver.notify(Reports);
        struct stat after
        { };
        QVERIFY(::fstat(file, &after) == 0);
        QCOMPARE(before.st_blocks - after.st_blocks, decltype(before.st_blocks)(3 * Page / 512));
        QVERIFY(rig.isAll(101, 0));
        QVERIFY(rig.isAll(103, 0xaa));
        ::close(file);
    }

    void statisticsComeWhenTheyAreWanted()
    {
        Rig rig;
        QVERIFY(rig.driver.start(AllFeatures));
        QVERIFY(!rig.balloon.facts().statistics);
        rig.balloon.askForStatistics(); // the driver has not said anything yet
        rig.tell(
            {{4, 1000}, {5, 4000}, {0, 1}, {1, 2}, {2, 3}, {3, 4}, {6, 3000}, {7, 500}, {99, 1}});
        const virtio::MemoryStatistics expected{.swappedIn = 1,
                                                .swappedOut = 2,
                                                .majorFaults = 3,
                                                .minorFaults = 4,
                                                .free = 1000,
                                                .total = 4000,
                                                .available = 3000,
                                                .diskCaches = 500};
        QVERIFY(rig.balloon.facts().statistics == expected);
        QVERIFY(!rig.driver.takeUsed(Statistics)); // kept until there is a question
        rig.balloon.askForStatistics();
        QVERIFY(rig.driver.takeUsed(Statistics));
        rig.tell({{4, 2000}});
        QCOMPARE(rig.balloon.facts().statistics->free, std::optional<std::uint64_t>(2000));
        QVERIFY(!rig.balloon.facts().statistics->total);
    }

    void aPauseKeepsTheDriversBuffer()
    {
        Rig rig;
        QVERIFY(rig.driver.start(AllFeatures));
        rig.tell({{4, 1000}});
        rig.setRunning(false);
        const std::vector<std::uint8_t> saved = tests::savedBytes(rig.balloon);
        QVERIFY(tests::loadBytes(rig.balloon, saved));
        rig.setRunning(true);
        QCOMPARE(rig.balloon.facts().statistics->free, std::optional<std::uint64_t>(1000));
        rig.balloon.askForStatistics();
        QVERIFY(rig.driver.takeUsed(Statistics));
    }

    void aResetEndsWhatTheDriverSaid()
    {
        Rig rig;
        rig.balloon.setTarget(10 * Page);
        QVERIFY(rig.driver.start(AllFeatures));
        rig.driver.deviceConfig(4, 4, 10);
        rig.tell({{4, 1000}});
        rig.driver.setStatus(0);
        const VirtioBalloon::Facts facts = rig.balloon.facts();
        QVERIFY(!facts.hasDriver && !facts.statistics);
        QCOMPARE(facts.actualBytes, std::uint64_t(0));
        QCOMPARE(facts.targetBytes, 10 * Page); // still asked for
    }
};

QTEST_GUILESS_MAIN(TestVirtioBalloon)
#include "tst_virtio_balloon.moc"
