// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/json_lines.h"
#include "tests/support/test_main.h"

using engine::JsonLineReader;

class TestJsonLines : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aMessageInPiecesComesOutWhole()
    {
        JsonLineReader reader;
        QVERIFY_OK(reader.feed("{\"a\""));
        QVERIFY(!reader.next().has_value());
        QVERIFY_OK(reader.feed(":1}\n{\"b\":2}\n{"));
        QCOMPARE((*reader.next())[QLatin1String("a")].toInt(), 1);
        QCOMPARE((*reader.next())[QLatin1String("b")].toInt(), 2);
        QVERIFY(!reader.next().has_value());
    }

    void garbageIsAnEmptyObjectAndDoesNotStopTheStream()
    {
        JsonLineReader reader;
        QVERIFY_OK(reader.feed("[1,2]\nnonsense\n{\"c\":3}\n"));
        QVERIFY(reader.next()->isEmpty());
        QVERIFY(reader.next()->isEmpty());
        QCOMPARE((*reader.next())[QLatin1String("c")].toInt(), 3);
    }

    void manyShortLinesAreNoLongLine()
    {
        JsonLineReader reader;
        QByteArray lines;
        for (int i = 0; i < 400'000; ++i)
            lines += "{}\n";
        QVERIFY(lines.size() > JsonLineReader::MaxLineBytes);
        QVERIFY_OK(reader.feed(lines));
    }

    void anEndlessLineIsRefused()
    {
        JsonLineReader reader;
        QVERIFY_ERROR(reader.feed(QByteArray(JsonLineReader::MaxLineBytes + 1, ' ')),
                      engine::ErrorKind::Corrupt);
    }

    void whatIsWrittenIsOneLine()
    {
        const QByteArray line = engine::toJsonLine({{"text", "two\nlines"}});
        QCOMPARE(line.count('\n'), 1);
        QVERIFY(line.endsWith('\n'));
    }
};

QTEST_GUILESS_MAIN(TestJsonLines)
#include "tst_json_lines.moc"
