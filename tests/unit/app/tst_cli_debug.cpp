// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/exit_format.h"
#include "app/cli/verbs.h"
#include "engine/control/exit_json.h"

#include <QtTest/QTest>

using namespace app;
using engine::ExitStatistics;

namespace {

ExitStatistics example()
{
    ExitStatistics statistics;
    statistics.total = 100;
    statistics.coalescedWrites = 7;
    statistics.byReason = {{"io", 30}, {"mmio", 70}, {"hlt", 0}};
    statistics.ports = {{0x70, {1, 2}}, {0x3f8, {0, 27}}};
    statistics.addresses = {{0xfed00000, {9007199254740991u, 0}}};
    return statistics;
}

QStringList names(const QList<Counter> &counters)
{
    QStringList list;
    for (const Counter &counter : counters)
        list.append(QStringLiteral("%1=%2").arg(counter.name).arg(counter.value));
    return list;
}

} // namespace

class TestCliDebug final : public QObject
{
    Q_OBJECT
private slots:
    void theMostComesFirst()
    {
        QCOMPARE(names(countersOf(example())),
                 QStringList({"/Exits/Total=100", "/Exits/Coalesced=7", "/Exits/Unclaimed=0",
                              "/Exits/Reason/mmio=70", "/Exits/Reason/io=30",
                              "/Exits/Port/0x03f8/Writes=27", "/Exits/Port/0x0070/Reads=1",
                              "/Exits/Port/0x0070/Writes=2",
                              "/Exits/Address/0x00000000fed00000/Reads=9007199254740991"}));
    }

    void theSocketCarriesItAll()
    {
        const ExitStatistics sent = example();
        const ExitStatistics got = engine::exitStatisticsFromJson(engine::toJson(sent));
        QCOMPARE(names(countersOf(got)), names(countersOf(sent)));
        // What another version says is not believed blindly.
        const ExitStatistics odd = engine::exitStatisticsFromJson(
            {{"total", -5}, {"ports", QJsonObject{{"0x12345", 1}, {"x", 2}}}});
        QCOMPARE(odd.total, std::uint64_t(0));
        QVERIFY(odd.ports.empty());
    }

    void patternsChoose_data()
    {
        QTest::addColumn<QString>("patterns");
        QTest::addColumn<int>("count");
        QTest::newRow("everything") << "" << 9;
        QTest::newRow("one") << "/Exits/Total" << 1;
        QTest::newRow("below") << "/Exits/Port/*" << 3;
        QTest::newRow("two") << "/Exits/Reason/*|/Exits/Total" << 3;
        QTest::newRow("one letter") << "/Exits/Port/0x?3f8/*" << 1;
        QTest::newRow("nothing") << "/Devices" << 0;
    }
    void patternsChoose()
    {
        QFETCH(QString, patterns);
        QFETCH(int, count);
        QCOMPARE(matching(countersOf(example()), patterns).size(), count);
    }

    void textStandsInColumns()
    {
        const QList<Counter> counters{{"/a", 5, "the a"}, {"/long", 12345, "b & c"}};
        QCOMPARE(countersText(counters, CounterDetail::NamesOnly),
                 "/a                5\n/long         12345\n");
        QVERIFY(countersText(counters, CounterDetail::Described).contains("5  the a\n"));
        QCOMPARE(countersXml(counters, CounterDetail::Described),
                 "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n<Statistics>\n"
                 "<Counter c=\"5\" unit=\"occurrences\" name=\"/a\" desc=\"the a\"/>\n"
                 "<Counter c=\"12345\" unit=\"occurrences\" name=\"/long\" desc=\"b &amp; c\"/>\n"
                 "</Statistics>\n");
    }

    void theVerbIsKnown()
    {
        const Verb *verb = findVerb("debugvm");
        QVERIFY(verb != nullptr);
        QVERIFY(helpText(*verb, "vitrinectl").contains("--pattern"));
    }
};

QTEST_GUILESS_MAIN(TestCliDebug)
#include "tst_cli_debug.moc"
