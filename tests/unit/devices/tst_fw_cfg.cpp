// SPDX-License-Identifier: GPL-3.0-or-later
// The firmware configuration device as SeaBIOS, OVMF and Linux use it.
#include "engine/devices/fw_cfg.h"
#include "tests/support/board_fakes.h"
#include "tests/support/device_conformance.h"

#include <string>

using namespace engine;

namespace {

std::vector<std::uint8_t> bytes(std::string_view text)
{
    return {text.begin(), text.end()};
}

struct Rig
{
    Rig()
    {
        fwCfg.add16(FwCfgKey::PresentCpus, 0x0102);
        fwCfg.addFile("zebra", bytes("stripes"));
        fwCfg.addFile("etc/note", bytes("blank"), FwCfg::Access::Writable);
        fwCfg.addFile("apple", bytes("red"));
        fwCfg.addComputedFile("count", 1, [this] { return std::vector<std::uint8_t>{++computed}; });
        fwCfg.reset();
    }
    Device &device() { return fwCfg; }
    std::vector<tests::Region> regions() { return {{0, FwCfg::PortCount}}; }
    void disturb()
    {
        select(note());
        put(0x1000, "BLANK");
        dma(0x10, 5, 0x1000);
        select(FwCfgKey::Signature);
        in();
        fwCfg.write(0, 4, 4, 0x12345678);
    }

    void select(std::uint16_t key) { fwCfg.write(0, 0, 2, key); }
    void select(FwCfgKey key) { select(std::uint16_t(key)); }
    std::uint8_t in() { return std::uint8_t(fwCfg.read(0, 1, 1)); }
    std::string in(int count)
    {
        std::string text;
        while (count-- > 0)
            text += char(in());
        return text;
    }
    void put(std::uint64_t address, std::string_view text)
    {
        std::copy(text.begin(), text.end(), ram.at(address));
    }
    std::string get(std::uint64_t address, std::size_t size)
    {
        return {ram.at(address), ram.at(address) + size};
    }
    // Answers the control word as the device left it.
    std::uint32_t dma(std::uint32_t control, std::uint32_t length, std::uint64_t address,
                      std::uint64_t descriptor = 0x800)
    {
        storeBe(ram.at(descriptor), control);
        storeBe(ram.at(descriptor + 4), length);
        storeBe(ram.at(descriptor + 8), address);
        fwCfg.write(0, 4, 4, byteSwapped(std::uint32_t(descriptor >> 32)));
        fwCfg.write(0, 8, 4, byteSwapped(std::uint32_t(descriptor)));
        return loadBe<std::uint32_t>(ram.at(descriptor));
    }
    // Sorted: apple, count, etc/note, zebra.
    static constexpr std::uint16_t apple() { return 0x20; }
    static constexpr std::uint16_t count() { return 0x21; }
    static constexpr std::uint16_t note() { return 0x22; }

    tests::FakeRam ram{0x4000};
    FwCfg fwCfg{ram.memory};
    std::uint8_t computed = 0;
};

} // namespace

class TestFwCfg : public QObject
{
    Q_OBJECT

private slots:
    void conforms()
    {
        QVERIFY(tests::conforms([] { return std::make_unique<Rig>(); }));
    }

    void saysWhoItIs()
    {
        Rig rig;
        QCOMPARE(rig.in(6), std::string("QEMU\0\0", 6)); // selected after reset
        rig.select(FwCfgKey::Id);
        QCOMPARE(rig.in(4), std::string("\3\0\0\0", 4));
        rig.select(FwCfgKey::PresentCpus);
        QCOMPARE(rig.in(3), std::string("\2\1\0", 3));
    }

    void unknownKeysAndTheEndReadAsZeros()
    {
        Rig rig;
        for (const int key : {0x06, 0x24, 0x3fff, 0x8003, 0xffff}) {
            rig.select(std::uint16_t(key));
            QCOMPARE(rig.in(3), std::string(3, '\0'));
        }
        rig.select(Rig::apple());
        QCOMPARE(rig.in(5), std::string("red\0\0", 5));
    }

    void selectionIgnoresTheOldWriteBit()
    {
        Rig rig;
        rig.select(Rig::apple() | 0x4000);
        QCOMPARE(rig.in(3), std::string("red"));
    }

    void directoryIsSortedByName()
    {
        Rig rig;
        rig.select(FwCfgKey::FileDirectory);
        const std::string all = rig.in(4 + 4 * 64);
        QCOMPARE(all.substr(0, 4), std::string("\0\0\0\4", 4));
        const char *names[] = {"apple", "count", "etc/note", "zebra"};
        const unsigned sizes[] = {3, 1, 5, 7};
        for (unsigned i = 0; i < 4; ++i) {
            const char *entry = all.data() + 4 + 64 * i;
            QCOMPARE(loadBe<std::uint32_t>(entry), sizes[i]);
            QCOMPARE(loadBe<std::uint16_t>(entry + 4), 0x20 + i);
            QCOMPARE(loadBe<std::uint16_t>(entry + 6), 0);
            QCOMPARE(std::string(entry + 8), std::string(names[i]));
        }
    }

    void dataRegisterIgnoresWritesAndOddSizes()
    {
        Rig rig;
        rig.select(Rig::apple());
        rig.fwCfg.write(0, 1, 1, 'X');
        QCOMPARE(rig.fwCfg.read(0, 1, 2), 0xffffu);
        QCOMPARE(rig.fwCfg.read(0, 0, 2), 0xffffu);
        QCOMPARE(rig.fwCfg.read(0, 2, 2), 0xffffu);
        rig.fwCfg.write(0, 0, 1, 0x19); // a selection has 16 bits
        QCOMPARE(rig.in(3), std::string("red"));
    }

    void dmaAddressRegisterShowsTheSignature()
    {
        Rig rig;
        QCOMPARE(byteSwapped(std::uint32_t(rig.fwCfg.read(0, 4, 4))), 0x51454d55u); // "QEMU"
        QCOMPARE(byteSwapped(std::uint32_t(rig.fwCfg.read(0, 8, 4))), 0x20434647u); // " CFG"
        QCOMPARE(byteSwapped(rig.fwCfg.read(0, 4, 8)), 0x51454d5520434647u);
    }

    void dmaReadsAnItemInParts()
    {
        Rig rig;
        rig.put(0x1000, "~~~~~~~~~~");
        QCOMPARE(rig.dma(0x2000a, 2, 0x1000), 0u); // there is no item 2
        QCOMPARE(rig.get(0x1000, 3), std::string("\0\0~", 3));
        QCOMPARE(rig.dma(std::uint32_t(Rig::apple()) << 16 | 0x0a, 2, 0x1000), 0u);
        QCOMPARE(rig.dma(0x02, 4, 0x1002), 0u);
        QCOMPARE(rig.get(0x1000, 7), std::string("red\0\0\0~", 7));
    }

    void dmaSkipsAndMixesWithTheDataRegister()
    {
        Rig rig;
        QCOMPARE(rig.dma(std::uint32_t(0x23) << 16 | 0x0c, 3, 0), 0u); // zebra
        QCOMPARE(rig.in(), std::uint8_t('i'));
        QCOMPARE(rig.dma(0x02, 3, 0x1000), 0u);
        QCOMPARE(rig.get(0x1000, 3), std::string("pes"));
        QCOMPARE(rig.dma(0x04, 0xffffffff, 0), 0u); // past the end: stays there
        QCOMPARE(rig.in(), std::uint8_t(0));
    }

    void dmaWithoutATaskOnlySelects()
    {
        Rig rig;
        QCOMPARE(rig.dma(std::uint32_t(Rig::apple()) << 16 | 0x08, 0xffffffff, ~0ull), 0u);
        QCOMPARE(rig.in(3), std::string("red"));
    }

    void dmaWritesOnlyWhereMarked()
    {
        Rig rig;
        rig.put(0x1000, "green");
        QCOMPARE(rig.dma(std::uint32_t(Rig::note()) << 16 | 0x18, 5, 0x1000), 0u);
        QCOMPARE(rig.dma(std::uint32_t(Rig::note()) << 16 | 0x18, 6, 0x1000), 1u); // too long
        QCOMPARE(rig.dma(std::uint32_t(Rig::apple()) << 16 | 0x18, 3, 0x1000), 1u);
        QCOMPARE(rig.dma(0x10, 1, 0x1000), 1u);
        rig.select(Rig::note());
        QCOMPARE(rig.in(5), std::string("green"));
        rig.select(Rig::apple());
        QCOMPARE(rig.in(3), std::string("red"));
        rig.fwCfg.reset();
        const auto note = rig.fwCfg.file("etc/note");
        QCOMPARE(std::string(note.begin(), note.end()), std::string("blank"));
    }

    void dmaOutsideOfMemoryFails_data()
    {
        QTest::addColumn<quint64>("address");
        QTest::addColumn<quint32>("length");
        QTest::newRow("beyond") << quint64(0x4000) << 1u;
        QTest::newRow("across the end") << quint64(0x3fff) << 2u;
        QTest::newRow("zeros across the end") << quint64(0x3ff0) << 0xffffffffu;
        QTest::newRow("wraps") << ~quint64(0) << 3u;
    }
    void dmaOutsideOfMemoryFails()
    {
        QFETCH(quint64, address);
        QFETCH(quint32, length);
        Rig rig;
        QCOMPARE(rig.dma(std::uint32_t(Rig::apple()) << 16 | 0x0a, length, address), 1u);
        QCOMPARE(rig.dma(std::uint32_t(Rig::note()) << 16 | 0x18, 5, 0x3ffe), 1u);
    }

    void descriptorOutsideOfMemoryIsIgnored()
    {
        Rig rig;
        rig.select(Rig::apple());
        rig.fwCfg.write(0, 8, 4, byteSwapped(std::uint32_t(0x3ff8)));
        rig.fwCfg.write(0, 4, 8, ~std::uint64_t(0));
        QCOMPARE(loadBe<std::uint32_t>(rig.ram.at(0x3ff8)), 1u); // what can be told is told
        QCOMPARE(rig.in(3), std::string("red"));
    }

    void upperHalfOfTheAddressIsUsedOnce()
    {
        Rig rig;
        rig.fwCfg.write(0, 4, 4, byteSwapped(std::uint32_t(1)));
        rig.fwCfg.write(0, 8, 4, byteSwapped(std::uint32_t(0x800))); // at 4 GiB: nothing there
        storeBe(rig.ram.at(0x800), std::uint32_t(Rig::apple()) << 16 | 0x08);
        rig.fwCfg.write(0, 8, 4, byteSwapped(std::uint32_t(0x800)));
        QCOMPARE(rig.in(3), std::string("red"));
    }

    void computedFileIsMadeOncePerSelection()
    {
        Rig rig;
        rig.select(Rig::count());
        QCOMPARE(rig.computed, std::uint8_t(0)); // not before it is read
        QCOMPARE(rig.in(), std::uint8_t(1));
        QCOMPARE(rig.in(), std::uint8_t(0));
        rig.select(Rig::count());
        QCOMPARE(rig.in(), std::uint8_t(2));
        // Loading a state makes it anew, from what the other chips are by then.
        const auto saved = tests::savedBytes(rig.fwCfg);
        QVERIFY(tests::loadBytes(rig.fwCfg, saved));
        QCOMPARE(rig.in(), std::uint8_t(0));
        QCOMPARE(rig.computed, std::uint8_t(3));
    }
};

QTEST_GUILESS_MAIN(TestFwCfg)
#include "tst_fw_cfg.moc"
