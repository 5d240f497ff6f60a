// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/keymap.h"

#include <QtCore/QSet>
#include <QtGui/QKeyEvent>
#include <QtTest/QTest>

#include <linux/input-event-codes.h>

using engine::ScanCode;

class TestKeymap : public QObject
{
    Q_OBJECT
private slots:
    void evdevCodeGivesSet1_data();
    void evdevCodeGivesSet1();
    void everyKeyOfA105KeyBoardIsThere();
    void keysShareNoCode();
    void unknownCodeGivesNothing();
    void nativeCodeWinsOverTheLayout();
    void syntheticEventGoesByKey_data();
    void syntheticEventGoesByKey();
    void everyHostKeyHasAName();
};

void TestKeymap::evdevCodeGivesSet1_data()
{
    QTest::addColumn<unsigned>("evdev");
    QTest::addColumn<int>("code");
    QTest::newRow("escape") << unsigned(KEY_ESC) << 0x01;
    QTest::newRow("a") << unsigned(KEY_A) << 0x1e;
    QTest::newRow("keypad dot") << unsigned(KEY_KPDOT) << 0x53;
    QTest::newRow("ISO key") << unsigned(KEY_102ND) << 0x56;
    QTest::newRow("F11") << unsigned(KEY_F11) << 0x57;
    QTest::newRow("F12") << unsigned(KEY_F12) << 0x58;
    QTest::newRow("right ctrl") << unsigned(KEY_RIGHTCTRL) << 0x11d;
    QTest::newRow("AltGr") << unsigned(KEY_RIGHTALT) << 0x138;
    QTest::newRow("print screen") << unsigned(KEY_SYSRQ) << 0x137;
    QTest::newRow("pause") << unsigned(KEY_PAUSE) << 0x21d;
    QTest::newRow("delete") << unsigned(KEY_DELETE) << 0x153;
    QTest::newRow("keypad slash") << unsigned(KEY_KPSLASH) << 0x135;
    QTest::newRow("left super") << unsigned(KEY_LEFTMETA) << 0x15b;
    QTest::newRow("hangul") << unsigned(KEY_HANGEUL) << 0x72;
    QTest::newRow("hanja") << unsigned(KEY_HANJA) << 0x71;
    QTest::newRow("muhenkan") << unsigned(KEY_MUHENKAN) << 0x7b;
    QTest::newRow("yen") << unsigned(KEY_YEN) << 0x7d;
    QTest::newRow("volume up") << unsigned(KEY_VOLUMEUP) << 0x130;
    QTest::newRow("browser back") << unsigned(KEY_BACK) << 0x16a;
    QTest::newRow("F13") << unsigned(KEY_F13) << 0x64;
}

void TestKeymap::evdevCodeGivesSet1()
{
    QFETCH(unsigned, evdev);
    QFETCH(int, code);
    const auto found = display::scanCodeFromEvdev(evdev);
    QVERIFY(found.has_value());
    QCOMPARE(int(*found), code);
}

void TestKeymap::everyKeyOfA105KeyBoardIsThere()
{
    QList<unsigned> keys{KEY_102ND,   KEY_F11,      KEY_F12,    KEY_KPENTER, KEY_RIGHTCTRL,
                         KEY_SYSRQ,   KEY_KPSLASH,  KEY_PAUSE,  KEY_HOME,    KEY_RIGHTALT,
                         KEY_UP,      KEY_PAGEUP,   KEY_LEFT,   KEY_RIGHT,   KEY_END,
                         KEY_DOWN,    KEY_PAGEDOWN, KEY_INSERT, KEY_DELETE,  KEY_LEFTMETA,
                         KEY_COMPOSE, KEY_RIGHTMETA};
    for (unsigned key = KEY_ESC; key <= KEY_KPDOT; ++key)
        keys.append(key);
    QCOMPARE(int(keys.size()), 105);
    for (const unsigned key : keys)
        QVERIFY2(display::scanCodeFromEvdev(key), qPrintable(QString::number(key)));
}

void TestKeymap::keysShareNoCode()
{
    // Two keyboards' names for the same place on a PC keyboard are the exception.
    const QSet<unsigned> twins{KEY_WWW, KEY_F24};
    QSet<ScanCode> seen;
    for (unsigned key = 0; key < 600; ++key) {
        const auto code = display::scanCodeFromEvdev(key);
        if (!code || twins.contains(key))
            continue;
        QVERIFY2(!seen.contains(*code), qPrintable(QString::number(key)));
        seen.insert(*code);
        // The top bit of a make code marks a release.
        QVERIFY((*code & 0x80) == 0);
        QVERIFY((*code & 0xff) != 0);
    }
}

void TestKeymap::unknownCodeGivesNothing()
{
    QVERIFY(!display::scanCodeFromEvdev(0));
    QVERIFY(!display::scanCodeFromEvdev(84));
    QVERIFY(!display::scanCodeFromEvdev(255));
    QVERIFY(!display::scanCodeFromEvdev(BTN_LEFT));
    QVERIFY(!display::scanCodeFromEvdev(0xffffffffU));
}

void TestKeymap::nativeCodeWinsOverTheLayout()
{
    // On a German keyboard the key right of T says Z and is Y's place.
    const QKeyEvent event(QEvent::KeyPress, Qt::Key_Z, Qt::NoModifier, KEY_Y + 8, 0, 0,
                          QStringLiteral("z"));
    QCOMPARE(display::scanCodeFromEvent(event), std::optional<ScanCode>(0x15));
}

void TestKeymap::syntheticEventGoesByKey_data()
{
    QTest::addColumn<int>("key");
    QTest::addColumn<bool>("isKeypad");
    QTest::addColumn<int>("code");
    QTest::newRow("z") << int(Qt::Key_Z) << false << 0x2c;
    QTest::newRow("exclamation mark") << int(Qt::Key_Exclam) << false << 0x02;
    QTest::newRow("7") << int(Qt::Key_7) << false << 0x08;
    QTest::newRow("keypad 7") << int(Qt::Key_7) << true << 0x47;
    QTest::newRow("return") << int(Qt::Key_Return) << false << 0x1c;
    QTest::newRow("keypad enter") << int(Qt::Key_Enter) << true << 0x11c;
    QTest::newRow("backtab") << int(Qt::Key_Backtab) << false << 0x0f;
    QTest::newRow("pause") << int(Qt::Key_Pause) << false << 0x21d;
    QTest::newRow("up") << int(Qt::Key_Up) << false << 0x148;
}

void TestKeymap::syntheticEventGoesByKey()
{
    QFETCH(int, key);
    QFETCH(bool, isKeypad);
    QFETCH(int, code);
    const QKeyEvent event(QEvent::KeyPress, key, isKeypad ? Qt::KeypadModifier : Qt::NoModifier);
    const auto found = display::scanCodeFromEvent(event);
    QVERIFY(found.has_value());
    QCOMPARE(int(*found), code);
}

void TestKeymap::everyHostKeyHasAName()
{
    QCOMPARE(display::keyName(0x11d), QStringLiteral("Right Ctrl"));
    QCOMPARE(display::hostKeyChoices().first(), ScanCode(0x11d));
    QSet<QString> names;
    for (const ScanCode code : display::hostKeyChoices())
        names.insert(display::keyName(code));
    QCOMPARE(names.size(), display::hostKeyChoices().size());
    QCOMPARE(display::keyName(0x1e), QStringLiteral("A"));
    QCOMPARE(display::keyName(0x7f), QStringLiteral("Key 7f"));
    QCOMPARE(display::keyNames({0x1d, 0x1e}), QStringLiteral("Left Ctrl + A"));
}

QTEST_GUILESS_MAIN(TestKeymap)
#include "tst_keymap.moc"
