// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/keyboard_layout.h"
#include "engine/control/type_text.h"
#include "tests/support/test_main.h"

#include <QtCore/QSet>

using namespace engine;
using Level = KeyboardLayout::Level;

class TestKeyboardLayout : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void charactersBecomeStrokes_data();
    void charactersBecomeStrokes();
    void missingCharactersAreNamed();
    void theUsLayoutAgreesWithTheTable();
    void aComposedLetterMayComeDecomposed();
    void labelsAreWhatStandsOnTheKeys();
    void unknownLayoutsAreRefused_data();
    void unknownLayoutsAreRefused();
    void everyListedLayoutLoads();
    void theHostHasALayout();
};

void TestKeyboardLayout::charactersBecomeStrokes_data()
{
    QTest::addColumn<QString>("layout");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QByteArray>("hex"); // empty: it cannot be typed
    // Key positions of ISO/IEC 9995 keyboards as the national layouts fill them.
    QTest::newRow("us letter") << "us"
                               << "z" << QByteArray("2cac");
    QTest::newRow("us umlaut") << "us" << u"\u00fc"_qs << QByteArray();
    QTest::newRow("de swaps y and z") << "de"
                                      << "z" << QByteArray("1595");
    QTest::newRow("de capital umlaut") << "de" << u"\u00dc"_qs << QByteArray("2a1a9aaa");
    QTest::newRow("de at sign") << "de"
                                << "@" << QByteArray("e0381090e0b8");
    QTest::newRow("de euro") << "de" << u"\u20ac"_qs << QByteArray("e0381292e0b8");
    QTest::newRow("de sharp s") << "de" << u"\u00df"_qs << QByteArray("0c8c");
    QTest::newRow("de dead circumflex") << "de"
                                        << "^" << QByteArray("29a939b9");
    QTest::newRow("de dead acute, letter") << "de" << u"\u00e9"_qs << QByteArray("0d8d1292");
    QTest::newRow("de without dead keys") << "de(nodeadkeys)"
                                          << "^" << QByteArray("29a9");
    QTest::newRow("de less than") << "de"
                                  << "<" << QByteArray("56d6");
    QTest::newRow("fr letters move") << "fr"
                                     << "aq" << QByteArray("10901e9e");
    QTest::newRow("fr digits are shifted") << "fr"
                                           << "1" << QByteArray("2a0282aa");
    QTest::newRow("fr circumflex") << "fr" << u"\u00ea"_qs << QByteArray("1a9a1292");
    QTest::newRow("us international") << "us(intl)" << u"\u00e4"_qs << QByteArray("e0381090e0b8");
    QTest::newRow("us international quote") << "us(intl)"
                                            << "'" << QByteArray("28a839b9");
    QTest::newRow("ru letter") << "ru" << u"\u0444"_qs << QByteArray("1e9e");
    QTest::newRow("br slash key") << "br"
                                  << "/" << QByteArray("73f3");
    QTest::newRow("enter") << "de"
                           << "\r\n"
                           << QByteArray("1c9c");
    QTest::newRow("no picture") << "de" << u"\U0001f600"_qs << QByteArray();
}

void TestKeyboardLayout::charactersBecomeStrokes()
{
    QFETCH(QString, layout);
    QFETCH(QString, text);
    QFETCH(QByteArray, hex);
    const auto loaded = KeyboardLayout::load(layout);
    QVERIFY_OK(loaded);
    const auto strokes = scanCodesForText(text, **loaded);
    if (hex.isEmpty()) {
        QVERIFY_ERROR(strokes, ErrorKind::Invalid);
        return;
    }
    QVERIFY_OK(strokes);
    QCOMPARE(strokes->join().toHex(), hex);
}

void TestKeyboardLayout::missingCharactersAreNamed()
{
    const auto us = KeyboardLayout::load(QStringLiteral("us"));
    QVERIFY_OK(us);
    const QString text = u"na\u00efve \u00fc\u00fc \u00ef\r\n"_qs;
    QCOMPARE((*us)->missingCharacters(text), (QList<char32_t>{0xef, 0xfc}));
    const auto strokes = scanCodesForText(text, **us);
    QVERIFY_ERROR(strokes, ErrorKind::Invalid);
    QVERIFY(strokes.error().message().find("U+00ef") != std::string::npos);
    QVERIFY(strokes.error().message().find("U+00fc") != std::string::npos);
}

void TestKeyboardLayout::theUsLayoutAgreesWithTheTable()
{
    const auto us = KeyboardLayout::load(QStringLiteral("us"));
    QVERIFY_OK(us);
    for (char c = ' '; c <= '~'; ++c) {
        const QString text{QLatin1Char(c)};
        const auto byTable = scanCodesForText(text);
        const auto byLayout = scanCodesForText(text, **us);
        QVERIFY_OK(byTable);
        QVERIFY_OK(byLayout);
        QCOMPARE(byLayout->join().toHex(), byTable->join().toHex());
    }
}

void TestKeyboardLayout::aComposedLetterMayComeDecomposed()
{
    const auto de = KeyboardLayout::load(QStringLiteral("de"));
    QVERIFY_OK(de);
    const auto strokes = scanCodesForText(u"u\u0308"_qs, **de);
    QVERIFY_OK(strokes);
    QCOMPARE(strokes->join().toHex(), QByteArray("1a9a"));
}

void TestKeyboardLayout::labelsAreWhatStandsOnTheKeys()
{
    const auto de = KeyboardLayout::load(QStringLiteral("de"));
    QVERIFY_OK(de);
    QCOMPARE((*de)->label(0x1a, Level::Plain), u"\u00fc"_qs);
    QCOMPARE((*de)->label(0x1a, Level::Shift), u"\u00dc"_qs);
    QCOMPARE((*de)->label(0x10, Level::AltGr), QStringLiteral("@"));
    QCOMPARE((*de)->label(0x29, Level::Plain), QStringLiteral("^"));
    QVERIFY((*de)->isDead(0x29, Level::Plain));
    QVERIFY(!(*de)->isDead(0x1a, Level::Plain));
    QCOMPARE((*de)->label(0x1c, Level::Plain), QString()); // Enter has no character on it
}

void TestKeyboardLayout::unknownLayoutsAreRefused_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("empty") << "";
    QTest::newRow("unknown") << "klingon";
    QTest::newRow("unknown variant") << "de(sideways)";
    QTest::newRow("path") << "../../etc/passwd";
}

void TestKeyboardLayout::unknownLayoutsAreRefused()
{
    QFETCH(QString, name);
    const auto layout = KeyboardLayout::load(name);
    QVERIFY_ERROR(layout, ErrorKind::NotFound);
    QVERIFY(!layout.error().remedy().empty());
}

void TestKeyboardLayout::everyListedLayoutLoads()
{
    const QList<LayoutName> layouts = keyboardLayouts();
    QVERIFY(layouts.size() > 100);
    QSet<QString> ids;
    for (const LayoutName &layout : layouts) {
        QVERIFY2(!layout.description.isEmpty(), qPrintable(layout.id));
        ids.insert(layout.id);
    }
    QCOMPARE(ids.size(), layouts.size());
    for (const char *known : {"us", "de", "fr", "gb", "ch(fr)", "es", "jp", "br", "pl"}) {
        QVERIFY2(ids.contains(QString::fromLatin1(known)), known);
        QVERIFY_OK(KeyboardLayout::load(QString::fromLatin1(known)));
    }
}

void TestKeyboardLayout::theHostHasALayout()
{
    qputenv("XKB_DEFAULT_LAYOUT", "fr,us");
    qputenv("XKB_DEFAULT_VARIANT", "bepo,");
    QCOMPARE(hostKeyboardLayout(), QStringLiteral("fr(bepo)"));
    qputenv("XKB_DEFAULT_VARIANT", "");
    QCOMPARE(hostKeyboardLayout(), QStringLiteral("fr"));
    qputenv("XKB_DEFAULT_LAYOUT", "nonsense"); // the next source is asked
    QVERIFY_OK(KeyboardLayout::load(hostKeyboardLayout()));
}

QTEST_GUILESS_MAIN(TestKeyboardLayout)
#include "tst_keyboard_layout.moc"
