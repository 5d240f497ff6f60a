// SPDX-License-Identifier: GPL-3.0-or-later
// The SMBIOS structures, walked as a guest does.
#include "engine/base/bytes.h"
#include "engine/vmm/smbios_tables.h"
#include "tests/support/loaded_tables.h"

#include <QtTest/QTest>

#include <algorithm>

using namespace engine;

namespace {

struct Structure
{
    unsigned type = 0;
    std::uint16_t handle = 0;
    std::vector<std::uint8_t> fields; // with the header: offsets are the standard's
    std::vector<std::string> strings;

    std::uint64_t number(std::size_t at, unsigned size) const { return loadPart(fields, at, size); }
    std::string string(std::size_t at) const
    {
        const std::uint64_t index = number(at, 1);
        return index == 0 || index > strings.size() ? std::string() : strings[index - 1];
    }
};

// Empty when they do not end where the table does.
std::vector<Structure> walk(const std::vector<std::uint8_t> &table)
{
    std::vector<Structure> all;
    std::size_t at = 0;
    while (at + 4 <= table.size()) {
        Structure each;
        each.type = table[at];
        const std::size_t length = table[at + 1];
        each.handle = loadLe<std::uint16_t>(&table[at + 2]);
        if (length < 4 || at + length + 2 > table.size())
            return {};
        each.fields.assign(table.begin() + std::ptrdiff_t(at),
                           table.begin() + std::ptrdiff_t(at + length));
        at += length;
        if (table[at] == 0)
            ++at;
        while (at < table.size() && table[at] != 0) {
            each.strings.emplace_back(reinterpret_cast<const char *>(&table[at]));
            at += each.strings.back().size() + 1;
        }
        ++at;
        all.push_back(each);
    }
    return at == table.size() ? all : std::vector<Structure>();
}

std::vector<Structure> ofType(const std::vector<Structure> &all, unsigned type)
{
    std::vector<Structure> some;
    std::ranges::copy_if(all, std::back_inserter(some),
                         [type](const Structure &each) { return each.type == type; });
    return some;
}

SmbiosTables build(std::uint64_t low, std::uint64_t high, unsigned vcpus = 4)
{
    VmConfig config;
    for (std::size_t i = 0; i < 16; ++i)
        config.uuid[i] = std::uint8_t(0x11 * i);
    BoardFacts facts;
    facts.vcpus = vcpus;
    facts.lowMemoryBytes = low;
    facts.highMemoryBytes = high;
    return buildSmbiosTables(config, facts);
}

constexpr std::uint64_t GiB = 1u << 30;

} // namespace

class TestSmbiosTables : public QObject
{
    Q_OBJECT

private slots:
    void anchorDescribesTheTable()
    {
        const SmbiosTables tables = build(2 * GiB, GiB);
        const auto &anchor = tables.anchor;
        QCOMPARE(anchor.size(), std::size_t(31));
        QCOMPARE(std::memcmp(anchor.data(), "_SM_", 4), 0);
        QCOMPARE(std::memcmp(&anchor[16], "_DMI_", 5), 0);
        QCOMPARE(tests::sumOf(anchor), std::uint8_t(0));
        QCOMPARE(tests::sumOf(std::span(anchor).subspan(16)), std::uint8_t(0));
        QCOMPARE(std::size_t(loadLe<std::uint16_t>(&anchor[22])), tables.tables.size());
        QCOMPARE(std::size_t(loadLe<std::uint16_t>(&anchor[28])), walk(tables.tables).size());
        QCOMPARE(anchor[6], std::uint8_t(2));
        QCOMPARE(anchor[7], std::uint8_t(8));
    }

    void everyStructureIsWhole()
    {
        const auto all = walk(build(2 * GiB, GiB).tables);
        std::vector<unsigned> types;
        std::vector<std::uint16_t> handles;
        for (const Structure &each : all) {
            types.push_back(each.type);
            handles.push_back(each.handle);
        }
        QCOMPARE(types, (std::vector<unsigned>{1, 3, 4, 16, 17, 19, 19, 32, 127}));
        std::ranges::sort(handles);
        QVERIFY(std::ranges::adjacent_find(handles) == handles.end());
        // Lengths as version 2.8 has them (DSP0134, 7.2 and following).
        const std::map<unsigned, std::size_t> lengths = {{1, 0x1b},  {3, 0x16},  {4, 0x2a},
                                                         {16, 0x17}, {17, 0x28}, {19, 0x1f},
                                                         {32, 0x0b}, {127, 4}};
        for (const Structure &each : all)
            QCOMPARE(each.fields.size(), lengths.at(each.type));
    }

    void systemHasTheUuid()
    {
        const auto system = ofType(walk(build(GiB, 0).tables), 1).at(0);
        QCOMPARE(system.string(5), std::string("Vitrine"));
        QCOMPARE(system.string(7), std::string("00112233-4455-6677-8899-aabbccddeeff"));
        const QByteArray uuid(reinterpret_cast<const char *>(&system.fields[8]), 16);
        QCOMPARE(uuid.toHex(), QByteArray("33221100554477668899aabbccddeeff"));
    }

    void processorHasAllCores()
    {
        const auto processor = ofType(walk(build(GiB, 0, 6).tables), 4).at(0);
        QCOMPARE(processor.number(0x23, 3), 0x060606u);
        QCOMPARE(processor.number(0x26, 2), 0x0cu);
        QCOMPARE(ofType(walk(build(GiB, 0, 1).tables), 4).at(0).number(0x26, 2), 0x04u);
    }

    void memoryAddsUp_data()
    {
        QTest::addColumn<quint64>("low");
        QTest::addColumn<quint64>("high");
        QTest::addColumn<int>("modules");
        QTest::addColumn<int>("ranges");
        QTest::newRow("small") << quint64(64 << 20) << quint64(0) << 1 << 1;
        QTest::newRow("split") << quint64(2 * GiB) << quint64(2 * GiB) << 1 << 2;
        QTest::newRow("two modules") << quint64(3 * GiB) << quint64(14 * GiB) << 2 << 2;
        QTest::newRow("large") << quint64(2 * GiB) << quint64(4094 * GiB) << 256 << 2;
    }
    void memoryAddsUp()
    {
        QFETCH(quint64, low);
        QFETCH(quint64, high);
        QFETCH(int, modules);
        QFETCH(int, ranges);
        const auto all = walk(build(low, high).tables);
        const auto array = ofType(all, 16).at(0);
        const std::uint64_t kiB = array.number(7, 4);
        QCOMPARE(kiB == 0x80000000 ? array.number(0x0f, 8) : kiB << 10, low + high);
        QCOMPARE(int(array.number(0x0d, 2)), modules);
        std::uint64_t total = 0;
        for (const Structure &module : ofType(all, 17)) {
            QCOMPARE(module.number(4, 2), array.handle);
            total += module.number(0x0c, 2) << 20;
        }
        QCOMPARE(total, low + high);
        QCOMPARE(int(ofType(all, 17).size()), modules);
        std::vector<std::pair<std::uint64_t, std::uint64_t>> mapped; // with the first byte beyond
        for (const Structure &each : ofType(all, 19)) {
            if (each.number(4, 4) == 0xffffffff)
                mapped.emplace_back(each.number(0x0f, 8), each.number(0x17, 8) + 1);
            else
                mapped.emplace_back(each.number(4, 4) << 10, (each.number(8, 4) + 1) << 10);
        }
        QCOMPARE(int(mapped.size()), ranges);
        QCOMPARE(mapped[0], std::pair(std::uint64_t(0), std::uint64_t(low)));
        if (ranges == 2)
            QCOMPARE(mapped[1], std::pair(4 * GiB, 4 * GiB + std::uint64_t(high)));
    }
};

QTEST_GUILESS_MAIN(TestSmbiosTables)
#include "tst_smbios_tables.moc"
