// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/bus/guest_memory.h"
#include "tests/support/test_main.h"

#include <array>

using namespace engine;

class TestGuestMemory : public QObject
{
    Q_OBJECT
private slots:
    // Low memory up to a hole, and two regions that touch.
    void init()
    {
        m_a.assign(0x1000, 0xaa);
        m_b.assign(0x1000, 0xbb);
        m_c.assign(0x1000, 0xcc);
        m_memory.emplace(std::vector<GuestMemory::Region>{
            {0, std::span(m_a)}, {0x8000, std::span(m_b)}, {0x9000, std::span(m_c)}});
    }

    void aCopyCrossesRegions()
    {
        std::array<std::uint8_t, 4> bytes = {};
        QVERIFY(m_memory->read(0x8ffe, bytes));
        QCOMPARE(bytes, (std::array<std::uint8_t, 4>{0xbb, 0xbb, 0xcc, 0xcc}));
        QVERIFY(m_memory->store(0x8ffe, std::uint32_t(0x44332211)));
        QCOMPARE(m_b[0xfff], std::uint8_t(0x22));
        QCOMPARE(m_c[0], std::uint8_t(0x33));
        QCOMPARE(m_memory->load<std::uint32_t>(0x8ffe), std::optional(std::uint32_t(0x44332211)));
    }

    void allOrNothing_data()
    {
        QTest::addColumn<quint64>("address");
        QTest::addColumn<quint64>("size");
        QTest::newRow("into the hole") << quint64(0xffe) << quint64(4);
        QTest::newRow("from the hole") << quint64(0x7ffe) << quint64(4);
        QTest::newRow("beyond the end") << quint64(0x9ffe) << quint64(4);
        QTest::newRow("wraps around") << ~quint64(0) - 1 << quint64(4);
        QTest::newRow("over the hole") << quint64(0) << quint64(0x9000);
    }

    void allOrNothing()
    {
        QFETCH(quint64, address);
        QFETCH(quint64, size);
        std::vector<std::uint8_t> bytes(size, 0x11);
        QVERIFY(!m_memory->write(address, bytes));
        QVERIFY(!m_memory->read(address, bytes));
        QVERIFY(!m_memory->fill(address, size, 0));
        QVERIFY(m_memory->span(address, size).empty());
        std::vector<std::span<std::uint8_t>> pieces;
        QVERIFY(!m_memory->spans(address, size, pieces));
        QVERIFY(pieces.empty());
        QVERIFY(std::all_of(m_a.begin(), m_a.end(), [](auto byte) { return byte == 0xaa; }));
        QVERIFY(std::all_of(m_b.begin(), m_b.end(), [](auto byte) { return byte == 0xbb; }));
    }

    void spansArePerRegion()
    {
        std::vector<std::span<std::uint8_t>> pieces;
        QVERIFY(m_memory->spans(0x8800, 0x1000, pieces));
        QCOMPARE(pieces.size(), std::size_t(2));
        QCOMPARE(pieces[0].data(), m_b.data() + 0x800);
        QCOMPARE(pieces[1].size(), std::size_t(0x800));
        QVERIFY(m_memory->span(0x8800, 0x1000).empty());
        QCOMPARE(m_memory->span(0x8800, 0x800).size(), std::size_t(0x800));
    }

private:
    std::vector<std::uint8_t> m_a;
    std::vector<std::uint8_t> m_b;
    std::vector<std::uint8_t> m_c;
    std::optional<GuestMemory> m_memory;
};

QTEST_GUILESS_MAIN(TestGuestMemory)
#include "tst_guest_memory.moc"
