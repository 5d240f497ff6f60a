// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/test_device.h"
#include "tests/support/board_fakes.h"
#include "tests/support/device_conformance.h"
#include "tests/support/test_main.h"

#include <string>

using namespace engine;

namespace {

struct Rig
{
    Bus ports;
    std::vector<std::uint32_t> exits;
    std::string text;
    TestDevice chip{[this](std::uint32_t value) { exits.push_back(value); },
                    [this](std::uint8_t byte) { text.push_back(char(byte)); }};

    Rig() { chip.attach(ports); }
    Device &device() { return chip; }
    std::vector<tests::Region> regions() const { return {{0, 4}, {1, 1}}; }
    void disturb() { ports.write(0xf4, 4, 7); }
};

} // namespace

class TestTestDevice : public QObject
{
    Q_OBJECT
private slots:
    void conforms()
    {
        QVERIFY(tests::conforms([] { return std::make_unique<Rig>(); }));
    }

    void firmwareFindsTheConsoleAndPrints()
    {
        Rig rig;
        QCOMPARE(rig.ports.read(0x402, 1), std::uint64_t(0xe9));
        for (const char c : std::string("SeaBIOS\n"))
            rig.ports.write(0x402, 1, std::uint8_t(c));
        QCOMPARE(rig.text, std::string("SeaBIOS\n"));
    }

    void theExitValueArrives()
    {
        Rig rig;
        rig.ports.write(0xf4, 4, 0x12345678);
        rig.ports.write(0xf4, 1, 3);
        rig.ports.write(0xf5, 1, 9); // not its first port
        QCOMPARE(rig.exits, (std::vector<std::uint32_t>{0x12345678, 3}));
        QCOMPARE(rig.ports.read(0xf4, 1), std::uint64_t(3));
    }

    void nobodyNeedsToListen()
    {
        Bus ports;
        TestDevice chip({}, {});
        chip.attach(ports);
        ports.write(0xf4, 1, 1);
        ports.write(0x402, 1, 'a');
        QCOMPARE(ports.read(0xf4, 1), std::uint64_t(1));
    }
};

QTEST_GUILESS_MAIN(TestTestDevice)
#include "tst_test_device.moc"
