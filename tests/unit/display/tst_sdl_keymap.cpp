// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/sdl/sdl_keymap.h"

#include <QtCore/QSet>
#include <QtTest/QTest>

#include <SDL_keyboard.h>
#include <SDL_mouse.h>

using engine::ScanCode;

class TestSdlKeymap : public QObject
{
    Q_OBJECT
private slots:
    void usageGivesSet1_data();
    void usageGivesSet1();
    void everyKeyOfA105KeyBoardIsThere();
    void keysShareNoCode();
    void whatIsNoKeyGivesNothing_data();
    void whatIsNoKeyGivesNothing();
    void keyCodeGivesQtsKey_data();
    void keyCodeGivesQtsKey();
    void buttonsAreQts();
};

// By "USB HID to PS/2 Scan Code Translation Table" (Microsoft, revision 1.3): usage of page 7 and
// set 1's make code.
void TestSdlKeymap::usageGivesSet1_data()
{
    QTest::addColumn<int>("usage");
    QTest::addColumn<int>("code");
    QTest::newRow("A") << 0x04 << 0x1e;
    QTest::newRow("Z") << 0x1d << 0x2c;
    QTest::newRow("1") << 0x1e << 0x02;
    QTest::newRow("0") << 0x27 << 0x0b;
    QTest::newRow("return") << 0x28 << 0x1c;
    QTest::newRow("escape") << 0x29 << 0x01;
    QTest::newRow("backspace") << 0x2a << 0x0e;
    QTest::newRow("space") << 0x2c << 0x39;
    QTest::newRow("backslash") << 0x31 << 0x2b;
    QTest::newRow("ISO hash") << 0x32 << 0x2b;
    QTest::newRow("grave") << 0x35 << 0x29;
    QTest::newRow("caps lock") << 0x39 << 0x3a;
    QTest::newRow("F1") << 0x3a << 0x3b;
    QTest::newRow("F10") << 0x43 << 0x44;
    QTest::newRow("F11") << 0x44 << 0x57;
    QTest::newRow("F12") << 0x45 << 0x58;
    QTest::newRow("print screen") << 0x46 << 0x137;
    QTest::newRow("scroll lock") << 0x47 << 0x46;
    QTest::newRow("pause") << 0x48 << 0x21d;
    QTest::newRow("insert") << 0x49 << 0x152;
    QTest::newRow("delete") << 0x4c << 0x153;
    QTest::newRow("up") << 0x52 << 0x148;
    QTest::newRow("num lock") << 0x53 << 0x45;
    QTest::newRow("keypad slash") << 0x54 << 0x135;
    QTest::newRow("keypad enter") << 0x58 << 0x11c;
    QTest::newRow("keypad 7") << 0x5f << 0x47;
    QTest::newRow("keypad dot") << 0x63 << 0x53;
    QTest::newRow("ISO key") << 0x64 << 0x56;
    QTest::newRow("menu") << 0x65 << 0x15d;
    QTest::newRow("F13") << 0x68 << 0x64;
    QTest::newRow("F24") << 0x73 << 0x76;
    QTest::newRow("ro") << 0x87 << 0x73;
    QTest::newRow("katakana/hiragana") << 0x88 << 0x70;
    QTest::newRow("yen") << 0x89 << 0x7d;
    QTest::newRow("henkan") << 0x8a << 0x79;
    QTest::newRow("muhenkan") << 0x8b << 0x7b;
    QTest::newRow("left ctrl") << 0xe0 << 0x1d;
    QTest::newRow("left super") << 0xe3 << 0x15b;
    QTest::newRow("right ctrl") << 0xe4 << 0x11d;
    QTest::newRow("right shift") << 0xe5 << 0x36;
    QTest::newRow("AltGr") << 0xe6 << 0x138;
    QTest::newRow("right super") << 0xe7 << 0x15c;
    // SDL's own numbers, beyond the page.
    QTest::newRow("next track") << int(SDL_SCANCODE_AUDIONEXT) << 0x119;
    QTest::newRow("volume up") << int(SDL_SCANCODE_VOLUMEUP) << 0x130;
    QTest::newRow("browser back") << int(SDL_SCANCODE_AC_BACK) << 0x16a;
}

void TestSdlKeymap::usageGivesSet1()
{
    QFETCH(int, usage);
    QFETCH(int, code);
    const auto found = display::scanCodeFromSdl(usage);
    QVERIFY(found.has_value());
    QCOMPARE(int(*found), code);
}

void TestSdlKeymap::everyKeyOfA105KeyBoardIsThere()
{
    int count = 0;
    for (int usage = SDL_SCANCODE_A; usage <= SDL_SCANCODE_APPLICATION; ++usage) {
        QVERIFY2(display::scanCodeFromSdl(usage), qPrintable(QString::number(usage, 16)));
        ++count;
    }
    for (int usage = SDL_SCANCODE_LCTRL; usage <= SDL_SCANCODE_RGUI; ++usage) {
        QVERIFY2(display::scanCodeFromSdl(usage), qPrintable(QString::number(usage, 16)));
        ++count;
    }
    QCOMPARE(count, 106); // with the hash sign's second name
}

void TestSdlKeymap::keysShareNoCode()
{
    // Two names for the same key of a PC keyboard.
    const QSet<int> twins{SDL_SCANCODE_NONUSHASH, SDL_SCANCODE_SYSREQ, SDL_SCANCODE_MENU,
                          SDL_SCANCODE_AUDIOMUTE, SDL_SCANCODE_F24,    SDL_SCANCODE_AC_HOME,
                          SDL_SCANCODE_AC_STOP};
    QSet<ScanCode> seen;
    for (int usage = 0; usage < SDL_NUM_SCANCODES; ++usage) {
        const auto code = display::scanCodeFromSdl(usage);
        if (!code || twins.contains(usage))
            continue;
        QVERIFY2(!seen.contains(*code), qPrintable(QString::number(usage, 16)));
        seen.insert(*code);
    }
    for (const int twin : twins)
        QVERIFY2(seen.contains(*display::scanCodeFromSdl(twin)),
                 qPrintable(QString::number(twin, 16)));
}

void TestSdlKeymap::whatIsNoKeyGivesNothing_data()
{
    QTest::addColumn<int>("usage");
    QTest::newRow("unknown") << int(SDL_SCANCODE_UNKNOWN);
    QTest::newRow("negative") << -1;
    QTest::newRow("beyond") << int(SDL_NUM_SCANCODES);
    QTest::newRow("far beyond") << 0x7fffffff;
    QTest::newRow("keypad XOR") << int(SDL_SCANCODE_KP_XOR);
}

void TestSdlKeymap::whatIsNoKeyGivesNothing()
{
    QFETCH(int, usage);
    QVERIFY(!display::scanCodeFromSdl(usage));
}

void TestSdlKeymap::keyCodeGivesQtsKey_data()
{
    QTest::addColumn<int>("sdl");
    QTest::addColumn<int>("qt");
    QTest::newRow("f") << int(SDLK_f) << int(Qt::Key_F);
    QTest::newRow("z") << int(SDLK_z) << int(Qt::Key_Z);
    QTest::newRow("0") << int(SDLK_0) << int(Qt::Key_0);
    QTest::newRow("plus") << int(SDLK_PLUS) << int(Qt::Key_Plus);
    QTest::newRow("equals") << int(SDLK_EQUALS) << int(Qt::Key_Equal);
    QTest::newRow("keypad plus") << int(SDLK_KP_PLUS) << int(Qt::Key_Plus);
    QTest::newRow("keypad 0") << int(SDLK_KP_0) << int(Qt::Key_0);
    QTest::newRow("keypad 9") << int(SDLK_KP_9) << int(Qt::Key_9);
    QTest::newRow("delete") << int(SDLK_DELETE) << int(Qt::Key_Delete);
    QTest::newRow("backspace") << int(SDLK_BACKSPACE) << int(Qt::Key_Backspace);
    QTest::newRow("insert") << int(SDLK_INSERT) << int(Qt::Key_Insert);
    QTest::newRow("home") << int(SDLK_HOME) << int(Qt::Key_Home);
    QTest::newRow("F1") << int(SDLK_F1) << int(Qt::Key_F1);
    QTest::newRow("F12") << int(SDLK_F12) << int(Qt::Key_F12);
    QTest::newRow("F13") << int(SDLK_F13) << int(Qt::Key_F13);
    QTest::newRow("u umlaut") << 0xfc << int(Qt::Key_Udiaeresis);
    QTest::newRow("shift") << int(SDLK_LSHIFT) << 0;
    QTest::newRow("none") << int(SDLK_UNKNOWN) << 0;
}

void TestSdlKeymap::keyCodeGivesQtsKey()
{
    QFETCH(int, sdl);
    QFETCH(int, qt);
    QCOMPARE(display::qtKeyFromSdl(sdl), qt);
}

void TestSdlKeymap::buttonsAreQts()
{
    QCOMPARE(display::qtButtonFromSdl(SDL_BUTTON_LEFT), int(Qt::LeftButton));
    QCOMPARE(display::qtButtonFromSdl(SDL_BUTTON_MIDDLE), int(Qt::MiddleButton));
    QCOMPARE(display::qtButtonFromSdl(SDL_BUTTON_RIGHT), int(Qt::RightButton));
    QCOMPARE(display::qtButtonFromSdl(SDL_BUTTON_X1), int(Qt::BackButton));
    QCOMPARE(display::qtButtonFromSdl(SDL_BUTTON_X2), int(Qt::ForwardButton));
    QCOMPARE(display::qtButtonFromSdl(6), 0);
}

QTEST_GUILESS_MAIN(TestSdlKeymap)
#include "tst_sdl_keymap.moc"
