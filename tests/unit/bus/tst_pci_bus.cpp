// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/bus/pci_bus.h"
#include "tests/support/test_main.h"

#include <thread>

using namespace engine;

namespace {

class Card final : public PciFunction
{
public:
    explicit Card(std::uint16_t deviceId)
        : PciFunction("card", {.vendorId = 0x1af4, .deviceId = deviceId})
    { }
    bool wasLocked = false;

private:
    void aboutToReadConfig(std::uint32_t, unsigned) override
    {
        std::thread([this] {
            wasLocked = !lock().try_lock();
            if (!wasLocked)
                lock().unlock();
        }).join();
    }
    void serializeFunction(StateArchive &, std::uint32_t) override { }
};

} // namespace

class TestPciBus : public QObject
{
    Q_OBJECT
private slots:
    void accessesReachTheFunctionInItsPlace()
    {
        PciBus bus;
        Card first(1);
        Card second(2);
        bus.add(first, 3);
        bus.add(second, 3, 5);
        QCOMPARE(bus.configRead(0, 3 * 8, 0, 4), 0x00011af4u);
        QCOMPARE(bus.configRead(0, 3 * 8 + 5, 2, 2), 2u);
        bus.configWrite(0, 3 * 8 + 5, 0x3c, 1, 11);
        QCOMPARE(bus.configRead(0, 3 * 8 + 5, 0x3c, 1), 11u);
        QCOMPARE(bus.configRead(0, 3 * 8, 0x3c, 1), 0u);
        QCOMPARE(bus.functions().size(), std::size_t(2));
        QCOMPARE(bus.function(3, 5), &second);
        QVERIFY(!bus.function(3, 1));
    }

    void aHiddenSlotIsEmpty()
    {
        PciBus bus;
        Card card(1);
        bus.add(card, 3);
        bus.configWrite(0, 3 * 8, 0x3c, 1, 11);
        bus.setHidden(3, true);
        QVERIFY(bus.isHidden(3) && !bus.isHidden(4));
        QCOMPARE(bus.configRead(0, 3 * 8, 0, 4), 0xffffffffu);
        bus.configWrite(0, 3 * 8, 0x3c, 1, 5);
        QCOMPARE(bus.function(3), &card);
        bus.setHidden(3, false);
        QCOMPARE(bus.configRead(0, 3 * 8, 0, 4), 0x00011af4u);
        QCOMPARE(bus.configRead(0, 3 * 8, 0x3c, 1), 11u);
    }

    void theFunctionsLockIsHeld()
    {
        PciBus bus;
        Card card(1);
        bus.add(card, 0);
        bus.configRead(0, 0, 0, 4);
        QVERIFY(card.wasLocked);
    }

    void whatIsAbsentReadsAsOnes_data()
    {
        QTest::addColumn<unsigned>("bus");
        QTest::addColumn<unsigned>("deviceFunction");
        QTest::addColumn<unsigned>("offset");
        QTest::addColumn<unsigned>("size");
        QTest::addColumn<unsigned>("answer");
        QTest::newRow("other slot") << 0u << 9u << 0u << 4u << 0xffffffffu;
        QTest::newRow("other bus") << 1u << 8u << 0u << 2u << 0xffffu;
        QTest::newRow("beyond the bus") << 0u << 256u << 0u << 1u << 0xffu;
        QTest::newRow("across two dwords") << 0u << 8u << 2u << 4u << 0xffffffffu;
    }
    void whatIsAbsentReadsAsOnes()
    {
        QFETCH(unsigned, bus);
        QFETCH(unsigned, deviceFunction);
        QFETCH(unsigned, offset);
        QFETCH(unsigned, size);
        PciBus pci;
        Card card(1);
        pci.add(card, 1);
        pci.configWrite(bus, deviceFunction, offset, size, 0);
        QTEST(pci.configRead(bus, deviceFunction, offset, size), "answer");
    }
};

QTEST_GUILESS_MAIN(TestPciBus)
#include "tst_pci_bus.moc"
