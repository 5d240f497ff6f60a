// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/virtio/virtio_rng.h"
#include "tests/support/device_conformance.h"
#include "tests/support/test_main.h"
#include "tests/support/virtio_driver.h"

#include <algorithm>
#include <numeric>

using namespace engine;
using tests::VirtioDriver;
using virtio::VirtioRng;

namespace {

struct Rig
{
    tests::VirtioBoard board;
    tests::ManualClock clock;
    VirtioRng rng{"virtio-rng", clock, nullptr};
    VirtioDriver driver{rng, board};

    std::uint64_t ask(std::uint32_t bytes)
    {
        const std::uint64_t data = driver.allocate(bytes);
        std::fill_n(board.ram.at(data), bytes, std::uint8_t(0));
        driver.offer(0, {{data, bytes, true}});
        driver.notify(0);
        return data;
    }

    Device &device() { return rng; }
    std::vector<tests::Region> regions() const { return {{0, VirtioRng::BarBytes}}; }
    void disturb()
    {
        driver.plugIn();
        driver.start();
        ask(100);
    }
};

} // namespace

class TestVirtioRng : public QObject
{
    Q_OBJECT

private slots:
    void conforms()
    {
        QVERIFY(tests::conforms([] { return std::make_unique<Rig>(); }));
    }

    void buffersAreFilledWithDifferentBytes()
    {
        Rig rig;
        QVERIFY(rig.driver.start());
        QCOMPARE(rig.driver.config(0, 4), 0x10441af4u);
        const std::uint64_t first = rig.ask(64);
        const std::uint64_t second = rig.ask(64);
        QCOMPARE(rig.driver.takeUsed(0)->written, 64u);
        QCOMPARE(rig.driver.takeUsed(0)->written, 64u);
        QVERIFY(rig.driver.get(first, 64) != std::vector<std::uint8_t>(64));
        QVERIFY(rig.driver.get(first, 64) != rig.driver.get(second, 64));
    }

    void driverIsAskedToNotify()
    {
        Rig rig;
        QVERIFY(rig.driver.start(VirtioDriver::Version1 | virtio::FeatureEventIndex));
        for (std::uint16_t i = 1; i <= 3; ++i) {
            rig.ask(64);
            QCOMPARE(rig.driver.availableEvent(0), i);
        }
    }

    void largeBufferIsFilledInPart()
    {
        Rig rig;
        QVERIFY(rig.driver.start());
        const std::uint64_t data = rig.ask(10000);
        QCOMPARE(rig.driver.takeUsed(0)->written, 4096u);
        QCOMPARE(rig.driver.get(data + 4096, 5904), std::vector<std::uint8_t>(5904));
    }

    void readableBufferGetsNothing()
    {
        Rig rig;
        QVERIFY(rig.driver.start());
        rig.driver.offer(0, {{0x8000, 16, false}});
        rig.driver.notify(0);
        QCOMPARE(rig.driver.takeUsed(0)->written, 0u);
    }

    void rateIsLimited()
    {
        Rig rig;
        QVERIFY(rig.driver.start());
        const auto written = [&rig] {
            std::size_t sum = 0;
            while (const auto used = rig.driver.takeUsed(0))
                sum += used->written;
            return sum;
        };
        std::size_t total = 0;
        for (int i = 0; i < 20; ++i)
            rig.ask(4096);
        total += written();
        QCOMPARE(total, VirtioRng::BytesPerPeriod);
        rig.clock.advance(VirtioRng::Period / 2);
        rig.driver.notify(0); // asking again does not help
        QCOMPARE(written(), 0u);
        rig.clock.advance(VirtioRng::Period);
        QCOMPARE(written(), 20u * 4096 - VirtioRng::BytesPerPeriod);
    }

    void resetForgetsWhatWaits()
    {
        Rig rig;
        QVERIFY(rig.driver.start());
        for (int i = 0; i < 20; ++i)
            rig.ask(4096);
        rig.driver.setStatus(0);
        QVERIFY(rig.driver.start());
        rig.clock.advance(VirtioRng::Period * 2);
        QCOMPARE(rig.driver.usedIndex(0), std::uint16_t(0));
        rig.ask(10);
        QCOMPARE(rig.driver.takeUsed(0)->written, 10u);
    }
};

QTEST_GUILESS_MAIN(TestVirtioRng)
#include "tst_virtio_rng.moc"
