// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/virtio/virtio_pci.h"
#include "tests/support/device_conformance.h"
#include "tests/support/test_main.h"
#include "tests/support/virtio_driver.h"

#include <functional>
#include <utility>

using namespace engine;
using tests::VirtioDriver;

namespace {

constexpr std::uint64_t Special = 1 << 3;
constexpr std::uint32_t MsixCapability = 0x11;

// Two queues; gives every chain back, its writable bytes filled with `fill`.
class Echo final : public virtio::VirtioPci
{
public:
    explicit Echo(PollLoop *loop = nullptr)
        : VirtioPci("echo",
                    {.deviceType = 40,
                     .classCode = 0xff0000,
                     .features = Special,
                     .queueSizes = {8, 16},
                     .configBytes = 6},
                    loop)
    {
        deviceConfig()[1] = 0xab;
    }
    ~Echo() override { leaveLoop(); }

    void changeConfig()
    {
        const std::lock_guard guard(lock());
        deviceConfig()[0]++;
        configChanged();
    }

    std::atomic<int> processed = 0;
    std::atomic<int> turns = 0;
    bool isBusy = false; // looks at nothing
    bool needsTwo = false; // chains, or it puts back the one that is there
    std::function<void()> foundNothing; // once, with the lock held

private:
    bool processQueue(unsigned index) override
    {
        ++turns;
        if (isBusy)
            return true;
        if (needsTwo) {
            if (queue(index).pop() && !queue(index).pop())
                queue(index).unpop();
            return true;
        }
        bool isAgain = false;
        if (const auto chain = queue(index).pop()) {
            const std::vector<std::uint8_t> fill(std::size_t(chain->writableBytes), 0x5a);
            queue(index).push(chain->head, virtio::copyTo(chain->writable, 0, fill));
            ++processed;
            isAgain = true; // one at a time: the transport comes back
        } else if (const auto hook = std::exchange(foundNothing, {})) {
            hook();
        }
        finish(index);
        return !isAgain;
    }
    void resetVirtio() override { deviceConfig()[0] = 0; }
    void writeDeviceConfig(std::uint64_t offset, unsigned size, std::uint64_t value) override
    {
        storePart(deviceConfig().subspan(2), offset - 2, offset < 2 ? 0 : size, value);
    }
    void serializeVirtio(StateArchive &archive, std::uint32_t) override
    {
        archive.value(deviceConfig()[0]);
    }
};

struct Rig
{
    tests::VirtioBoard board;
    Echo echo;
    VirtioDriver driver{echo, board};

    explicit Rig(PollLoop *loop = nullptr)
        : echo(loop)
    { }
    Device &device() { return echo; }
    std::vector<tests::Region> regions() const { return {{0, Echo::BarBytes}}; }
    void disturb()
    {
        driver.plugIn();
        driver.start();
        ask(1);
        echo.changeConfig();
    }
    std::uint64_t ask(unsigned queue)
    {
        const std::uint64_t data = driver.allocate(4);
        driver.offer(queue, {{data, 4, true}});
        driver.notify(queue);
        return data;
    }
    void enableMsix(std::uint32_t capability)
    {
        for (std::uint32_t vector = 0; vector < 3; ++vector) {
            const std::uint64_t entry =
                VirtioDriver::BarAddress + Echo::MsixTableOffset + 16 * vector;
            board.memory.write(entry, 4, 0xfee00000);
            board.memory.write(entry + 8, 4, 0x40 + vector);
            board.memory.write(entry + 12, 4, 0);
        }
        driver.config(capability + 2, 2, 0x8000);
    }
    std::uint32_t msixCapability()
    {
        for (std::uint32_t at = driver.config(0x34, 1); at != 0; at = driver.config(at + 1, 1))
            if (driver.config(at, 1) == MsixCapability)
                return at;
        return 0;
    }
};

} // namespace

class TestVirtioPci : public QObject
{
    Q_OBJECT

private slots:
    void conforms()
    {
        QVERIFY(tests::conforms([] { return std::make_unique<Rig>(); }));
    }

    void identifiesAsModernDevice()
    {
        Rig rig;
        QCOMPARE(rig.driver.config(0, 4), 0x10681af4u);
        QCOMPARE(rig.driver.config(8, 1), 1u);
        for (const int type : {1, 2, 3, 4, 5})
            QVERIFY(rig.driver.capability(type) != 0xffffffff);
    }

    void chainGoesThereAndBack()
    {
        Rig rig;
        QVERIFY(rig.driver.start(VirtioDriver::Version1 | Special));
        const std::uint64_t data = rig.ask(1);
        QCOMPARE(rig.driver.takeUsed(1)->written, 4u);
        QCOMPARE(rig.driver.get(data, 4), std::vector<std::uint8_t>(4, 0x5a));
        QCOMPARE(rig.driver.usedIndex(0), std::uint16_t(0));
    }

    // The driver looks whether it is to notify before the device asks it to.
    void whatComesJustAfterTheLastLookIsServed()
    {
        Rig rig;
        QVERIFY(rig.driver.start(VirtioDriver::Version1 | Special | virtio::FeatureEventIndex));
        rig.ask(0);
        QCOMPARE(rig.echo.processed.load(), 1);
        const std::uint16_t asked = rig.driver.availableEvent(0);
        QCOMPARE(asked, std::uint16_t(1));
        rig.echo.foundNothing = [&rig] {
            rig.driver.offer(0, {{rig.driver.allocate(4), 4, true}});
        };
        rig.ask(0);
        QCOMPARE(rig.echo.processed.load(), 3);
        QCOMPARE(rig.driver.availableEvent(0), std::uint16_t(3));
    }

    void whoWaitsForSomethingElseIsNotAskedAgain()
    {
        Rig rig;
        QVERIFY(rig.driver.start(VirtioDriver::Version1 | Special | virtio::FeatureEventIndex));
        rig.ask(0);
        QCOMPARE(rig.echo.processed.load(), 1);
        rig.echo.isBusy = true;
        rig.echo.turns = 0;
        rig.ask(0);
        QCOMPARE(rig.echo.turns.load(), 1);
        QCOMPARE(rig.echo.processed.load(), 1);
    }

    void whoPutsBackWhatIsTooLittleIsNotAskedAgain()
    {
        Rig rig;
        QVERIFY(rig.driver.start(VirtioDriver::Version1 | Special | virtio::FeatureEventIndex));
        rig.echo.needsTwo = true;
        rig.echo.turns = 0;
        rig.ask(0);
        QCOMPARE(rig.echo.turns.load(), 1);
    }

    void featuresAreAgreed_data()
    {
        QTest::addColumn<quint64>("features");
        QTest::addColumn<bool>("isAgreed");
        QTest::newRow("modern") << quint64(VirtioDriver::Version1) << true;
        QTest::newRow("all of it") << quint64(VirtioDriver::Version1 | Special
                                              | virtio::FeatureEventIndex | virtio::FeatureIndirect)
                                   << true;
        QTest::newRow("legacy") << quint64(Special) << false;
        QTest::newRow("not offered") << quint64(VirtioDriver::Version1 | 1) << false;
        QTest::newRow("packed ring") << quint64(VirtioDriver::Version1 | (1ull << 34)) << false;
    }
    void featuresAreAgreed()
    {
        QFETCH(quint64, features);
        QFETCH(bool, isAgreed);
        Rig rig;
        QCOMPARE(rig.driver.offeredFeatures(),
                 VirtioDriver::Version1 | Special | virtio::FeatureEventIndex
                     | virtio::FeatureIndirect);
        QCOMPARE(rig.driver.negotiate(features), isAgreed);
        if (isAgreed)
            return;
        rig.driver.ready(); // all the same
        QVERIFY(rig.echo.isBroken());
    }

    void featuresStayAsAgreed()
    {
        Rig rig;
        QVERIFY(rig.driver.negotiate(VirtioDriver::Version1));
        rig.driver.common(0x08, 4, 0);
        rig.driver.common(0x0c, 4, Special);
        QCOMPARE(rig.driver.common(0x0c, 4), std::uint64_t(0));
    }

    void nothingHappensBeforeTheDriverIsReady()
    {
        Rig rig;
        QVERIFY(rig.driver.negotiate(VirtioDriver::Version1));
        rig.driver.setUpQueue(0);
        rig.ask(0);
        QCOMPARE(rig.echo.processed.load(), 0);
        rig.driver.ready();
        QCOMPARE(rig.echo.processed.load(), 1);
    }

    void nothingHappensWithoutBusMaster()
    {
        Rig rig;
        QVERIFY(rig.driver.start());
        rig.driver.config(4, 2, 2);
        rig.ask(0);
        QCOMPARE(rig.echo.processed.load(), 0);
        rig.driver.config(4, 2, 6);
        QCOMPARE(rig.echo.processed.load(), 1);
    }

    void queueRegistersBelongToTheSelectedQueue()
    {
        Rig rig;
        QVERIFY(rig.driver.negotiate(VirtioDriver::Version1));
        QCOMPARE(rig.driver.common(0x12, 2), std::uint64_t(2));
        rig.driver.common(0x16, 2, 1);
        QCOMPARE(rig.driver.common(0x18, 2), std::uint64_t(16));
        rig.driver.common(0x18, 2, 32); // more than there is
        QCOMPARE(rig.driver.common(0x18, 2), std::uint64_t(16));
        rig.driver.common(0x18, 2, 4);
        rig.driver.common(0x24, 4, 0x12345678);
        rig.driver.common(0x16, 2, 0);
        QCOMPARE(rig.driver.common(0x18, 2), std::uint64_t(8));
        QCOMPARE(rig.driver.common(0x20, 8), std::uint64_t(0));
        rig.driver.common(0x16, 2, 1);
        QCOMPARE(rig.driver.common(0x18, 2), std::uint64_t(4));
        QCOMPARE(rig.driver.common(0x20, 8), std::uint64_t(0x1234567800000000));
        rig.driver.common(0x16, 2, 2); // there is none
        QCOMPARE(rig.driver.common(0x18, 2), std::uint64_t(0));
    }

    void enabledQueueStaysWhereItIs()
    {
        Rig rig;
        QVERIFY(rig.driver.start());
        rig.driver.common(0x16, 2, 0);
        const std::uint64_t before = rig.driver.common(0x20, 8);
        rig.driver.common(0x20, 8, 0);
        rig.driver.common(0x18, 2, 2);
        QCOMPARE(rig.driver.common(0x20, 8), before);
        QCOMPARE(rig.driver.common(0x18, 2), std::uint64_t(8));
    }

    void brokenRingAsksForReset()
    {
        Rig rig;
        QVERIFY(rig.driver.start());
        rig.driver.makeAvailable(0, 8);
        rig.driver.notify(0);
        QCOMPARE(rig.driver.status(), std::uint8_t(0x4f));
        QCOMPARE(rig.driver.isr(), std::uint8_t(2));
        rig.ask(1); // the other queue stands still too
        QCOMPARE(rig.echo.processed.load(), 0);
        QVERIFY(rig.driver.start());
        rig.ask(1);
        QCOMPARE(rig.echo.processed.load(), 1);
    }

    void impossibleRingAsksForReset()
    {
        Rig rig;
        QVERIFY(rig.driver.negotiate(VirtioDriver::Version1));
        rig.driver.common(0x16, 2, 0);
        rig.driver.common(0x20, 8, 0xffffffff00000000);
        rig.driver.common(0x1c, 2, 1);
        QCOMPARE(rig.driver.common(0x1c, 2), std::uint64_t(0));
        QCOMPARE(rig.driver.status(), std::uint8_t(0x4b));
        QVERIFY(!rig.board.irq.level); // the driver is not ready for one
    }

    void pinFollowsTheIsr()
    {
        Rig rig;
        QVERIFY(rig.driver.start());
        rig.ask(0);
        rig.ask(1);
        QVERIFY(rig.board.irq.level);
        QCOMPARE(rig.board.irq.risingEdges, 1);
        rig.echo.changeConfig();
        QCOMPARE(rig.driver.isr(), std::uint8_t(3));
        QVERIFY(!rig.board.irq.level);
        QCOMPARE(rig.driver.isr(), std::uint8_t(0));
    }

    void messagesGoToTheVectorsTheDriverChose()
    {
        Rig rig;
        QVERIFY(rig.driver.negotiate(VirtioDriver::Version1));
        rig.enableMsix(rig.msixCapability());
        rig.driver.common(0x10, 2, 2);
        rig.driver.setUpQueue(0, 0, 1);
        rig.driver.setUpQueue(1, 0, 3); // there are only 0, 1 and 2
        rig.driver.common(0x16, 2, 1);
        QCOMPARE(rig.driver.common(0x1a, 2), std::uint64_t(0xffff));
        rig.driver.ready();
        rig.ask(0);
        rig.ask(1);
        rig.echo.changeConfig();
        QCOMPARE(rig.board.msi.messages.size(), 2u);
        QCOMPARE(rig.board.msi.messages[0].data, 0x41u);
        QCOMPARE(rig.board.msi.messages[1].data, 0x42u);
        QVERIFY(!rig.board.irq.level);
        QCOMPARE(rig.driver.isr(), std::uint8_t(0));
    }

    void configurationHasAGeneration()
    {
        Rig rig;
        QVERIFY(rig.driver.start());
        QCOMPARE(rig.driver.deviceConfig(0, 2), std::uint64_t(0xab00));
        const std::uint64_t before = rig.driver.common(0x15, 1);
        rig.echo.changeConfig();
        QCOMPARE(rig.driver.deviceConfig(0, 2), std::uint64_t(0xab01));
        QVERIFY(rig.driver.common(0x15, 1) != before);
        rig.driver.deviceConfig(2, 4, 0x11223344);
        QCOMPARE(rig.driver.deviceConfig(2, 4), std::uint64_t(0x11223344));
        QCOMPARE(rig.driver.deviceConfig(6, 4), std::uint64_t(0)); // behind its end
    }

    void configurationSpaceReachesTheBar()
    {
        Rig rig;
        const std::uint32_t window = rig.driver.windowCapability();
        const auto select = [&](std::uint32_t offset, std::uint32_t size) {
            rig.driver.config(window + 4, 1, 0);
            rig.driver.config(window + 8, 4, offset);
            rig.driver.config(window + 12, 4, size);
        };
        select(Echo::CommonOffset + 0x12, 2);
        QCOMPARE(rig.driver.config(window + 16, 2), 2u);
        select(Echo::CommonOffset + 0x14, 1);
        rig.driver.config(window + 16, 1, 3);
        QCOMPARE(rig.driver.status(), std::uint8_t(3));
        // Lengths and places that are none lead nowhere.
        for (const auto &[offset, size] :
             {std::pair(0x14u, 3u), {0x14u, 0x1000u}, {0xffffffffu, 1u}, {0x15u, 4u}}) {
            select(offset, size);
            rig.driver.config(window + 16, 1, 0);
            rig.driver.config(window + 16, 4);
        }
        QCOMPARE(rig.driver.status(), std::uint8_t(3));
    }

    void doorbellsAreHandledOnTheLoop()
    {
        auto loop = PollLoop::start("io");
        QVERIFY_OK(loop);
        Rig rig(loop->get());
        QVERIFY(rig.board.doorbells.bells.empty()); // not before the driver is ready
        QVERIFY(rig.driver.start());
        QCOMPARE(rig.board.doorbells.bells.size(), 2u);
        rig.ask(0);
        rig.ask(1);
        QTRY_COMPARE(rig.echo.processed.load(), 2);
        QTRY_COMPARE(rig.driver.usedIndex(1), std::uint16_t(1));
        rig.driver.config(0x10, 4, 0xfeb00000); // the BAR moves: so do they
        QCOMPARE(rig.board.doorbells.bells.size(), 2u);
        QCOMPARE(rig.board.doorbells.bells[1].address, std::uint64_t(0xfeb04004));
        rig.driver.config(0x10, 4, VirtioDriver::BarAddress);
        rig.ask(0);
        QTRY_COMPARE(rig.echo.processed.load(), 3);
        rig.driver.setStatus(0);
        QVERIFY(rig.board.doorbells.bells.empty());
    }

    void writesToTheBusAreHandledOnTheLoopToo()
    {
        auto loop = PollLoop::start("io");
        QVERIFY_OK(loop);
        Rig rig(loop->get());
        rig.board.doorbells.isProvided = false;
        QVERIFY(rig.driver.start());
        for (int i = 1; i <= 20; ++i) {
            rig.ask(0);
            QTRY_COMPARE(rig.echo.processed.load(), i);
            rig.driver.takeUsed(0);
        }
    }
};

QTEST_GUILESS_MAIN(TestVirtioPci)
#include "tst_virtio_pci.moc"
