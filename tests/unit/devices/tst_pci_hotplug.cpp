// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/pci_hotplug.h"
#include "tests/support/board_fakes.h"
#include "tests/support/device_conformance.h"
#include "tests/support/test_main.h"

using namespace engine;

namespace {

constexpr std::uint32_t Slots = 0x00f0; // 4 to 7
constexpr std::uint32_t AtStart = 0x0010;

struct Rig
{
    Bus ports;
    std::vector<std::uint32_t> changes;
    PciHotplug chip{[this](std::uint32_t present) { changes.push_back(present); }};

    Rig()
    {
        chip.attach(ports);
        removeBattery();
        changes.clear();
    }
    Device &device() { return chip; }
    std::vector<tests::Region> regions() const { return {{0, PciHotplug::PortCount}}; }
    void disturb()
    {
        plug(5);
        plug(6);
        eject(6);
    }
    // Cards stay where they are when the machine is reset.
    void removeBattery()
    {
        const std::lock_guard lock(chip.lock());
        chip.setSlots(Slots, AtStart);
    }
    void plug(unsigned slot)
    {
        const std::lock_guard lock(chip.lock());
        chip.plug(slot);
    }
    void eject(unsigned slot)
    {
        const std::lock_guard lock(chip.lock());
        chip.requestEject(slot);
    }
    std::uint32_t get(PciHotplug::Register which)
    {
        return std::uint32_t(ports.read(PciHotplug::BasePort + which, 4));
    }
    void set(PciHotplug::Register which, std::uint32_t value)
    {
        ports.write(PciHotplug::BasePort + which, 4, value);
    }
};

} // namespace

class TestPciHotplug : public QObject
{
    Q_OBJECT
private slots:
    void conforms()
    {
        QVERIFY(tests::conforms([] { return std::make_unique<Rig>(); }));
    }

    void whatComesIsToldOnce()
    {
        Rig rig;
        QCOMPARE(rig.get(PciHotplug::Present), AtStart);
        QCOMPARE(rig.get(PciHotplug::Inserted), 0u);
        rig.plug(6);
        QCOMPARE(rig.changes, (std::vector<std::uint32_t>{0x50}));
        QCOMPARE(rig.get(PciHotplug::Present), 0x50u);
        QCOMPARE(rig.get(PciHotplug::Inserted), 0x40u);
        rig.set(PciHotplug::Inserted, 0x40);
        QCOMPARE(rig.get(PciHotplug::Inserted), 0u);
        QCOMPARE(rig.get(PciHotplug::Present), 0x50u);
    }

    void theGuestLetsGo()
    {
        Rig rig;
        rig.eject(4);
        QVERIFY(rig.changes.empty()); // it was only asked
        QCOMPARE(rig.get(PciHotplug::Leaving), 0x10u);
        rig.set(PciHotplug::Leaving, 0x10);
        QCOMPARE(rig.get(PciHotplug::Present), 0x10u);
        rig.set(PciHotplug::Present, 0x10);
        QCOMPARE(rig.changes, (std::vector<std::uint32_t>{0}));
        QCOMPARE(rig.get(PciHotplug::Present), 0u);
        // And once more, where there is nothing.
        rig.set(PciHotplug::Present, 0x10);
        rig.eject(4);
        QCOMPARE(rig.changes.size(), std::size_t(1));
        QCOMPARE(rig.get(PciHotplug::Leaving), 0u);
    }

    void whoWasToldIsNotAskedAgain()
    {
        Rig rig;
        const auto isAnyToTell = [&rig] {
            const std::lock_guard lock(rig.chip.lock());
            return rig.chip.isAnyToTell();
        };
        QVERIFY(!isAnyToTell());
        rig.eject(4);
        rig.eject(4);
        QVERIFY(isAnyToTell());
        QCOMPARE(rig.get(PciHotplug::Leaving), 0x10u);
        rig.set(PciHotplug::Leaving, 0x10);
        rig.eject(4);
        QVERIFY(!isAnyToTell());
        QCOMPARE(rig.get(PciHotplug::Leaving), 0u);
    }

    void aResetTakesWhatShallGo()
    {
        Rig rig;
        rig.plug(5);
        rig.plug(6);
        rig.eject(6);
        rig.set(PciHotplug::Leaving, ~0u); // read, and not acted upon
        tests::resetDevice(rig.chip);
        QCOMPARE(rig.get(PciHotplug::Present), 0x30u);
        QCOMPARE(rig.get(PciHotplug::Inserted), 0u);
        QCOMPARE(rig.changes.back(), 0x30u);
        rig.plug(6); // by another one
        tests::resetDevice(rig.chip);
        QCOMPARE(rig.get(PciHotplug::Present), 0x70u);
    }

    void otherSlotsAreNobodys()
    {
        Rig rig;
        rig.plug(3);
        rig.eject(9);
        rig.set(PciHotplug::Present, ~Slots);
        ports(rig, 1, 0xff);
        ports(rig, 2, 0xffff);
        QVERIFY(rig.changes.empty());
        QCOMPARE(rig.get(PciHotplug::Present), AtStart);
    }

    void aStateBringsItsCards()
    {
        Rig rig;
        rig.plug(7);
        rig.eject(4);
        const std::vector<std::uint8_t> saved = tests::savedBytes(rig.chip);
        Rig other;
        QVERIFY(tests::loadBytes(other.chip, saved));
        QCOMPARE(other.changes, (std::vector<std::uint32_t>{0x90}));
        QCOMPARE(other.get(PciHotplug::Leaving), 0x10u);
        tests::resetDevice(other.chip);
        QCOMPARE(other.get(PciHotplug::Present), 0x80u);
    }

private:
    static void ports(Rig &rig, unsigned size, std::uint64_t value)
    {
        for (unsigned at = 0; at < PciHotplug::PortCount; ++at)
            rig.ports.write(PciHotplug::BasePort + at, size, value);
    }
};

QTEST_GUILESS_MAIN(TestPciHotplug)
#include "tst_pci_hotplug.moc"
