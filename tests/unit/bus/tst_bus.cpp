// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/bus/bus.h"
#include "tests/support/test_main.h"

using namespace engine;

namespace {

// Remembers accesses; reads give the offset in every byte.
class Recorder final : public Device
{
public:
    using Device::Device;
    void reset() override { }
    void serialize(StateArchive &, std::uint32_t) override { }
    std::uint64_t read(unsigned region, std::uint64_t offset, unsigned size) override
    {
        log << QString("r%1 %2 %3").arg(region).arg(offset).arg(size);
        return 0x0101010101010101u * (offset & 0xff);
    }
    void write(unsigned region, std::uint64_t offset, unsigned size, std::uint64_t value) override
    {
        log << QString("w%1 %2 %3 %4").arg(region).arg(offset).arg(size).arg(value, 0, 16);
    }
    QStringList log;
};

} // namespace

class TestBus : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(".*")); }

    void offsetsAreTheRegionsOwn()
    {
        Bus bus;
        Recorder device("a");
        bus.add({.base = 0x60, .size = 1, .device = &device, .region = 0});
        bus.add({.base = 0x64, .size = 1, .device = &device, .region = 0, .offset = 4});
        QCOMPARE(bus.read(0x64, 1), std::uint64_t(4));
        bus.write(0x60, 1, 0x1ab);
        QCOMPARE(device.log, QStringList({"r0 4 1", "w0 0 1 ab"}));
    }

    void nothingThereReadsAllOnesAndIsCounted()
    {
        Bus bus;
        QCOMPARE(bus.read(0x80, 1), std::uint64_t(0xff));
        QCOMPARE(bus.read(0x80, 4), std::uint64_t(0xffffffff));
        bus.write(0x80, 2, 1);
        QCOMPARE(bus.unclaimedAccesses(), std::uint64_t(3));
    }

    void anAccessAcrossTheEndIsSplit()
    {
        Bus bus;
        Recorder device("a");
        bus.add({.base = 0x3f8, .size = 2, .device = &device, .region = 1});
        QCOMPARE(bus.read(0x3f9, 2), std::uint64_t(0xff01));
        bus.write(0x3f7, 4, 0x44332211);
        QCOMPARE(device.log, QStringList({"r1 1 1", "w1 0 1 22", "w1 1 1 33"}));
    }

    void oddSizesBecomeBytes()
    {
        Bus bus;
        Recorder device("a");
        bus.add({.base = 0, .size = 16, .device = &device, .region = 0});
        QCOMPARE(bus.read(4, 3), std::uint64_t(0x060504));
        QCOMPARE(device.log.size(), 3);
    }

    void theBoardsRangeWinsOverTheGuests()
    {
        Bus bus;
        Recorder guestPlaced("bar");
        Recorder fixed("rom");
        bus.add({.base = 0,
                 .size = 0x1000,
                 .device = &guestPlaced,
                 .priority = BusPriority::GuestPlaced});
        bus.add({.base = 0x10, .size = 0x10, .device = &fixed});
        bus.read(0x12, 1);
        bus.read(0x30, 1);
        QCOMPARE(fixed.log, QStringList({"r0 2 1"}));
        QCOMPARE(guestPlaced.log, QStringList({"r0 48 1"}));
        bus.remove(guestPlaced, 0);
        QCOMPARE(bus.read(0x30, 1), std::uint64_t(0xff));
    }
};

QTEST_GUILESS_MAIN(TestBus)
#include "tst_bus.moc"
