// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/type_text.h"
#include "tests/support/test_main.h"

class TestTypeText : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void charactersBecomeStrokes_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QByteArray>("hex");
        QTest::newRow("letter") << "q" << QByteArray("1090");
        QTest::newRow("capital") << "M" << QByteArray("2a32b2aa");
        QTest::newRow("digit") << "0" << QByteArray("0b8b");
        QTest::newRow("shifted digit") << "@" << QByteArray("2a0383aa");
        QTest::newRow("backslash") << "\\" << QByteArray("2bab");
        QTest::newRow("pipe") << "|" << QByteArray("2a2babaa");
        QTest::newRow("question mark") << "?" << QByteArray("2a35b5aa");
        QTest::newRow("space") << " " << QByteArray("39b9");
        QTest::newRow("enter") << "\n" << QByteArray("1c9c");
        QTest::newRow("line end of Windows") << "\r\n" << QByteArray("1c9c");
    }
    void charactersBecomeStrokes()
    {
        QFETCH(QString, text);
        QFETCH(QByteArray, hex);
        const auto strokes = engine::scanCodesForText(text);
        QVERIFY_OK(strokes);
        QCOMPARE(strokes->join().toHex(), hex);
    }

    void everyPrintableAsciiCharacterCanBeTyped()
    {
        for (char c = ' '; c <= '~'; ++c)
            QVERIFY_OK(engine::scanCodesForText(QString(QLatin1Char(c))));
    }

    void everyPressIsReleased()
    {
        for (char c = ' '; c <= '~'; ++c) {
            const auto strokes = engine::scanCodesForText(QString(QLatin1Char(c)));
            int held = 0;
            for (const char byte : strokes->join())
                held += (byte & 0x80) != 0 ? -1 : 1;
            QCOMPARE(held, 0);
        }
    }

    void otherCharactersAreNamed()
    {
        const auto strokes = engine::scanCodesForText(QStringLiteral("stra\u00dfe"));
        QVERIFY_ERROR(strokes, engine::ErrorKind::Invalid);
        QVERIFY(strokes.error().message().find("U+00df") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestTypeText)
#include "tst_type_text.moc"
