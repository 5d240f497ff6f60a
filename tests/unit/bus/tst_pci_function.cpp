// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/bus/pci_function.h"
#include "tests/support/board_fakes.h"
#include "tests/support/device_conformance.h"
#include "tests/support/test_main.h"

using namespace engine;

namespace {

constexpr std::uint32_t Command = 4;
constexpr std::uint32_t Bar0 = 0x10;
constexpr std::uint32_t Bar2 = 0x18;
constexpr std::uint32_t Bar4 = 0x20;

// A card with a 4 KiB memory BAR with MSI-X, 32 ports, and 1 MiB of memory in a 64-bit BAR.
class Card final : public PciFunction
{
public:
    Card()
        : PciFunction(
            "card",
            {.vendorId = 0x1af4, .deviceId = 0x10aa, .classCode = 0x020000, .interruptPin = 1})
        , m_memory(1u << 20)
    {
        defineBar(0, BarKind::Memory32, 4096);
        defineBar(2, BarKind::Io, 32);
        defineBar(4, BarKind::Memory64, m_memory.size(), true);
        backBar(4, "card memory", m_memory);
        addMsi(4);
        addMsix(3, 0, 0x800, 0xc00);
    }
    using PciFunction::sendMsi;
    using PciFunction::sendMsix;
    using PciFunction::setInterrupt;
    std::uint8_t scratch = 0;

private:
    void resetFunction() override { scratch = 0; }
    std::uint64_t readRegion(unsigned bar, std::uint64_t offset, unsigned) override
    {
        return bar == 2 && offset == 4 ? scratch : 0x5a;
    }
    void writeRegion(unsigned bar, std::uint64_t offset, unsigned, std::uint64_t value) override
    {
        if (bar == 2 && offset == 4)
            scratch = std::uint8_t(value);
    }
    void serializeFunction(StateArchive &archive, std::uint32_t) override
    {
        archive.value(scratch);
    }
    std::vector<std::uint8_t> m_memory;
};

struct Rig
{
    Bus memory;
    Bus ports;
    tests::RecordingIrq irq;
    tests::RecordingMsi msi;
    tests::FakeMapper mapper;
    Card card;

    Rig()
    {
        card.connect({.memory = &memory,
                      .ports = &ports,
                      .interruptPin = &irq,
                      .msi = &msi,
                      .mapper = &mapper});
        tests::resetDevice(card);
    }
    Device &device() { return card; }
    std::vector<tests::Region> regions() const { return {{0, 4096}, {2, 32}}; }
    void disturb()
    {
        card.configWrite(Bar2, 4, 0xc001);
        card.configWrite(Command, 2, 7);
        card.scratch = 3;
        memory.write(0, 4, 0);
        card.write(0, 0x80c, 4, 0);
    }
};

} // namespace

class TestPciFunction : public QObject
{
    Q_OBJECT
private slots:
    void conforms()
    {
        QVERIFY(tests::conforms([] { return std::make_unique<Rig>(); }));
    }

    void barsTellTheirSize()
    {
        Rig rig;
        rig.card.configWrite(Bar0, 4, 0xffffffff);
        rig.card.configWrite(Bar2, 4, 0xffffffff);
        rig.card.configWrite(Bar4, 4, 0xffffffff);
        rig.card.configWrite(Bar4 + 4, 4, 0xffffffff);
        QCOMPARE(rig.card.configRead(Bar0, 4), 0xfffff000u);
        QCOMPARE(rig.card.configRead(Bar2, 4), 0xffffffe1u);
        QCOMPARE(rig.card.configRead(Bar4, 4), 0xfff0000cu);
        QCOMPARE(rig.card.configRead(Bar4 + 4, 4), 0xffffffffu);
    }

    void aBarAppearsWithItsDecodeBitAndMoves()
    {
        Rig rig;
        rig.card.configWrite(Bar2, 4, 0xc000);
        rig.card.configWrite(Bar4, 4, 0x10000000);
        rig.card.configWrite(Bar4 + 4, 4, 1);
        QCOMPARE(rig.ports.read(0xc004, 1), std::uint64_t(0xff));
        rig.card.configWrite(Command, 2, 3);
        rig.ports.write(0xc004, 1, 0x77);
        QCOMPARE(rig.ports.read(0xc004, 1), std::uint64_t(0x77));
        QCOMPARE(rig.mapper.window("card memory")->address,
                 std::optional(std::uint64_t(0x110000000)));
        rig.card.configWrite(Bar2, 4, 0xd000);
        QCOMPARE(rig.ports.read(0xc004, 1), std::uint64_t(0xff));
        QCOMPARE(rig.ports.read(0xd004, 1), std::uint64_t(0x77));
        rig.card.configWrite(Command, 2, 0);
        QCOMPARE(rig.ports.read(0xd004, 1), std::uint64_t(0xff));
        QVERIFY(!rig.mapper.window("card memory")->address);
    }

    void thePinHonorsInterruptDisable()
    {
        Rig rig;
        rig.card.setInterrupt(true);
        QVERIFY(rig.irq.level);
        QCOMPARE(rig.card.configRead(6, 2) & 8, 8u);
        rig.card.configWrite(Command, 2, 1 << 10);
        QVERIFY(!rig.irq.level);
        rig.card.configWrite(Command, 2, 0);
        QVERIFY(rig.irq.level);
    }

    void msiCarriesTheVector()
    {
        Rig rig;
        const std::uint32_t msi = rig.card.configRead(0x34, 1);
        QCOMPARE(rig.card.configRead(msi, 1), 5u);
        rig.card.configWrite(msi + 4, 4, 0xfee01000);
        rig.card.configWrite(msi + 12, 2, 0x4143);
        rig.card.sendMsi(0);
        QVERIFY(rig.msi.messages.empty());
        rig.card.configWrite(msi + 2, 2, 0x21); // enabled, 4 vectors
        rig.card.configWrite(Command, 2, 4);
        rig.card.sendMsi(2);
        QCOMPARE(rig.msi.messages.size(), std::size_t(1));
        QCOMPARE(rig.msi.messages[0].address, std::uint64_t(0xfee01000));
        QCOMPARE(rig.msi.messages[0].data, 0x4142u);
    }

    void aMaskedMsixVectorWaits()
    {
        Rig rig;
        const std::uint32_t msix = rig.card.configRead(rig.card.configRead(0x34, 1) + 1, 1);
        QCOMPARE(rig.card.configRead(msix, 1), 0x11u);
        QCOMPARE(rig.card.configRead(msix + 2, 2), 2u);
        rig.card.configWrite(Bar0, 4, 0xe0000000);
        rig.card.configWrite(Command, 2, 6);
        rig.memory.write(0xe0000810, 8, 0xfee00000);
        rig.memory.write(0xe0000818, 4, 0x31);
        rig.card.configWrite(msix + 2, 2, 0x8000);
        rig.card.sendMsix(1);
        QVERIFY(rig.msi.messages.empty());
        QCOMPARE(rig.memory.read(0xe0000c00, 8), std::uint64_t(2));
        rig.memory.write(0xe000081c, 4, 0);
        QCOMPARE(rig.msi.messages.size(), std::size_t(1));
        QCOMPARE(rig.msi.messages[0].data, 0x31u);
        QCOMPARE(rig.memory.read(0xe0000c00, 8), std::uint64_t(0));
    }

    void extendedSpaceIsEmpty()
    {
        Rig rig;
        rig.card.configWrite(0x100, 4, 1);
        QCOMPARE(rig.card.configRead(0x100, 4), 0u);
    }
};

QTEST_GUILESS_MAIN(TestPciFunction)
#include "tst_pci_function.moc"
