// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/reset_ports.h"
#include "tests/support/board_fakes.h"
#include "tests/support/device_conformance.h"
#include "tests/support/test_main.h"

using namespace engine;

namespace {

struct Rig
{
    Bus ports;
    int requests = 0;
    ResetPorts chip{[this] { ++requests; }};

    Rig()
    {
        chip.attach(ports);
        tests::resetDevice(chip);
    }
    Device &device() { return chip; }
    std::vector<tests::Region> regions() const { return {{0, 1}, {1, 1}, {2, 1}}; }
    void disturb()
    {
        ports.write(0x92, 1, 0);
        ports.write(0xcf9, 1, 2);
        ports.write(0x80, 1, 0x55);
    }
};

} // namespace

class TestResetPorts : public QObject
{
    Q_OBJECT
private slots:
    void conforms()
    {
        QVERIFY(tests::conforms([] { return std::make_unique<Rig>(); }));
    }

    void resetControlAsksOnlyWithItsBit_data()
    {
        QTest::addColumn<unsigned>("value");
        QTest::addColumn<int>("requests");
        QTest::addColumn<unsigned>("kept");
        QTest::newRow("prepare hard reset") << 0x02u << 0 << 0x02u;
        QTest::newRow("hard reset") << 0x06u << 1 << 0x02u;
        QTest::newRow("soft reset") << 0x04u << 1 << 0x00u;
        QTest::newRow("power cycle") << 0x0eu << 1 << 0x0au;
        QTest::newRow("FADT") << 0x0fu << 1 << 0x0au;
    }
    void resetControlAsksOnlyWithItsBit()
    {
        QFETCH(unsigned, value);
        Rig rig;
        rig.ports.write(0xcf9, 1, value);
        QTEST(rig.requests, "requests");
        QTEST(unsigned(rig.ports.read(0xcf9, 1)), "kept");
    }

    void portAKeepsTheA20Gate()
    {
        Rig rig;
        QCOMPARE(rig.ports.read(0x92, 1), std::uint64_t(2));
        rig.ports.write(0x92, 1, 0);
        QCOMPARE(rig.ports.read(0x92, 1), std::uint64_t(0));
        rig.ports.write(0x92, 1, 0xfe);
        QCOMPARE(rig.ports.read(0x92, 1), std::uint64_t(2));
        QCOMPARE(rig.requests, 0);
    }

    void theFastResetIsAnEdge()
    {
        Rig rig;
        rig.ports.write(0x92, 1, 3);
        QCOMPARE(rig.requests, 1);
        rig.ports.write(0x92, 1, 3);
        QCOMPARE(rig.requests, 1);
        rig.ports.write(0x92, 1, 2);
        rig.ports.write(0x92, 1, 3);
        QCOMPARE(rig.requests, 2);
    }
};

QTEST_GUILESS_MAIN(TestResetPorts)
#include "tst_reset_ports.moc"
