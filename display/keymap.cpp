// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/keymap.h"

#include <QtCore/QCoreApplication>
#include <QtGui/QKeyEvent>
#include <QtGui/QKeySequence>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>

#include <linux/input-event-codes.h>

namespace display {

using engine::ScanCode;
using engine::ScanCodeExtended;
using engine::ScanCodePause;

namespace {

// Where the numbers come from: evdev took codes 1 to 83 from set 1 itself; the rest is Microsoft's
// "Keyboard Scan Code Specification" (multimedia, power, F13 to F24, Korean) and the IBM 5576 keys
// of Japanese keyboards as "USB HID to PS/2 Scan Code Translation Table" lists them.
constexpr unsigned X11KeycodeOffset = 8;
constexpr unsigned LastIdenticalCode = KEY_KPDOT;

struct EvdevPair
{
    unsigned evdev;
    ScanCode code;
};

constexpr ScanCode e0(unsigned makeCode)
{
    return ScanCode(ScanCodeExtended | makeCode);
}

constexpr EvdevPair OtherKeys[] = {
    {KEY_ZENKAKUHANKAKU, 0x76},
    {KEY_102ND, 0x56},
    {KEY_F11, 0x57},
    {KEY_F12, 0x58},
    {KEY_RO, 0x73},
    {KEY_KATAKANA, 0x78},
    {KEY_HIRAGANA, 0x77},
    {KEY_HENKAN, 0x79},
    {KEY_KATAKANAHIRAGANA, 0x70},
    {KEY_MUHENKAN, 0x7b},
    {KEY_KPJPCOMMA, 0x5c},
    {KEY_KPENTER, e0(0x1c)},
    {KEY_RIGHTCTRL, e0(0x1d)},
    {KEY_KPSLASH, e0(0x35)},
    {KEY_SYSRQ, e0(0x37)},
    {KEY_RIGHTALT, e0(0x38)},
    {KEY_HOME, e0(0x47)},
    {KEY_UP, e0(0x48)},
    {KEY_PAGEUP, e0(0x49)},
    {KEY_LEFT, e0(0x4b)},
    {KEY_RIGHT, e0(0x4d)},
    {KEY_END, e0(0x4f)},
    {KEY_DOWN, e0(0x50)},
    {KEY_PAGEDOWN, e0(0x51)},
    {KEY_INSERT, e0(0x52)},
    {KEY_DELETE, e0(0x53)},
    {KEY_MUTE, e0(0x20)},
    {KEY_VOLUMEDOWN, e0(0x2e)},
    {KEY_VOLUMEUP, e0(0x30)},
    {KEY_POWER, e0(0x5e)},
    {KEY_KPEQUAL, 0x59},
    {KEY_PAUSE, ScanCodePause},
    {KEY_KPCOMMA, 0x7e},
    {KEY_HANGEUL, 0x72},
    {KEY_HANJA, 0x71},
    {KEY_YEN, 0x7d},
    {KEY_LEFTMETA, e0(0x5b)},
    {KEY_RIGHTMETA, e0(0x5c)},
    {KEY_COMPOSE, e0(0x5d)},
    {KEY_STOP, e0(0x68)},
    {KEY_CALC, e0(0x21)},
    {KEY_SLEEP, e0(0x5f)},
    {KEY_WAKEUP, e0(0x63)},
    {KEY_WWW, e0(0x32)},
    {KEY_MAIL, e0(0x6c)},
    {KEY_BOOKMARKS, e0(0x66)},
    {KEY_COMPUTER, e0(0x6b)},
    {KEY_BACK, e0(0x6a)},
    {KEY_FORWARD, e0(0x69)},
    {KEY_NEXTSONG, e0(0x19)},
    {KEY_PLAYPAUSE, e0(0x22)},
    {KEY_PREVIOUSSONG, e0(0x10)},
    {KEY_STOPCD, e0(0x24)},
    {KEY_HOMEPAGE, e0(0x32)},
    {KEY_REFRESH, e0(0x67)},
    {KEY_F13, 0x64},
    {KEY_F14, 0x65},
    {KEY_F15, 0x66},
    {KEY_F16, 0x67},
    {KEY_F17, 0x68},
    {KEY_F18, 0x69},
    {KEY_F19, 0x6a},
    {KEY_F20, 0x6b},
    {KEY_F21, 0x6c},
    {KEY_F22, 0x6d},
    {KEY_F23, 0x6e},
    // F24 shares its code with Zenkaku/Hankaku: keyboards have one or the other.
    {KEY_F24, 0x76},
    {KEY_SEARCH, e0(0x65)},
    {KEY_MEDIA, e0(0x6d)},
};

constexpr std::size_t TableSize = 256;

constexpr std::array<ScanCode, TableSize> makeEvdevTable()
{
    std::array<ScanCode, TableSize> table{};
    for (unsigned code = KEY_ESC; code <= LastIdenticalCode; ++code)
        table[code] = ScanCode(code);
    for (const EvdevPair &pair : OtherKeys)
        table[pair.evdev] = pair.code;
    return table;
}

constexpr std::array<ScanCode, TableSize> EvdevTable = makeEvdevTable();

struct KeyPair
{
    int key;
    unsigned evdev;
};

// A US keyboard, both levels of each key.
constexpr KeyPair QtKeys[] = {
    {Qt::Key_Escape, KEY_ESC},
    {Qt::Key_1, KEY_1},
    {Qt::Key_Exclam, KEY_1},
    {Qt::Key_2, KEY_2},
    {Qt::Key_At, KEY_2},
    {Qt::Key_3, KEY_3},
    {Qt::Key_NumberSign, KEY_3},
    {Qt::Key_4, KEY_4},
    {Qt::Key_Dollar, KEY_4},
    {Qt::Key_5, KEY_5},
    {Qt::Key_Percent, KEY_5},
    {Qt::Key_6, KEY_6},
    {Qt::Key_AsciiCircum, KEY_6},
    {Qt::Key_7, KEY_7},
    {Qt::Key_Ampersand, KEY_7},
    {Qt::Key_8, KEY_8},
    {Qt::Key_Asterisk, KEY_8},
    {Qt::Key_9, KEY_9},
    {Qt::Key_ParenLeft, KEY_9},
    {Qt::Key_0, KEY_0},
    {Qt::Key_ParenRight, KEY_0},
    {Qt::Key_Minus, KEY_MINUS},
    {Qt::Key_Underscore, KEY_MINUS},
    {Qt::Key_Equal, KEY_EQUAL},
    {Qt::Key_Plus, KEY_EQUAL},
    {Qt::Key_Backspace, KEY_BACKSPACE},
    {Qt::Key_Tab, KEY_TAB},
    {Qt::Key_Backtab, KEY_TAB},
    {Qt::Key_Q, KEY_Q},
    {Qt::Key_W, KEY_W},
    {Qt::Key_E, KEY_E},
    {Qt::Key_R, KEY_R},
    {Qt::Key_T, KEY_T},
    {Qt::Key_Y, KEY_Y},
    {Qt::Key_U, KEY_U},
    {Qt::Key_I, KEY_I},
    {Qt::Key_O, KEY_O},
    {Qt::Key_P, KEY_P},
    {Qt::Key_BracketLeft, KEY_LEFTBRACE},
    {Qt::Key_BraceLeft, KEY_LEFTBRACE},
    {Qt::Key_BracketRight, KEY_RIGHTBRACE},
    {Qt::Key_BraceRight, KEY_RIGHTBRACE},
    {Qt::Key_Return, KEY_ENTER},
    {Qt::Key_Enter, KEY_KPENTER},
    {Qt::Key_Control, KEY_LEFTCTRL},
    {Qt::Key_A, KEY_A},
    {Qt::Key_S, KEY_S},
    {Qt::Key_D, KEY_D},
    {Qt::Key_F, KEY_F},
    {Qt::Key_G, KEY_G},
    {Qt::Key_H, KEY_H},
    {Qt::Key_J, KEY_J},
    {Qt::Key_K, KEY_K},
    {Qt::Key_L, KEY_L},
    {Qt::Key_Semicolon, KEY_SEMICOLON},
    {Qt::Key_Colon, KEY_SEMICOLON},
    {Qt::Key_Apostrophe, KEY_APOSTROPHE},
    {Qt::Key_QuoteDbl, KEY_APOSTROPHE},
    {Qt::Key_QuoteLeft, KEY_GRAVE},
    {Qt::Key_AsciiTilde, KEY_GRAVE},
    {Qt::Key_Shift, KEY_LEFTSHIFT},
    {Qt::Key_Backslash, KEY_BACKSLASH},
    {Qt::Key_Bar, KEY_BACKSLASH},
    {Qt::Key_Z, KEY_Z},
    {Qt::Key_X, KEY_X},
    {Qt::Key_C, KEY_C},
    {Qt::Key_V, KEY_V},
    {Qt::Key_B, KEY_B},
    {Qt::Key_N, KEY_N},
    {Qt::Key_M, KEY_M},
    {Qt::Key_Comma, KEY_COMMA},
    {Qt::Key_Less, KEY_COMMA},
    {Qt::Key_Period, KEY_DOT},
    {Qt::Key_Greater, KEY_DOT},
    {Qt::Key_Slash, KEY_SLASH},
    {Qt::Key_Question, KEY_SLASH},
    {Qt::Key_Alt, KEY_LEFTALT},
    {Qt::Key_Space, KEY_SPACE},
    {Qt::Key_CapsLock, KEY_CAPSLOCK},
    {Qt::Key_F1, KEY_F1},
    {Qt::Key_F2, KEY_F2},
    {Qt::Key_F3, KEY_F3},
    {Qt::Key_F4, KEY_F4},
    {Qt::Key_F5, KEY_F5},
    {Qt::Key_F6, KEY_F6},
    {Qt::Key_F7, KEY_F7},
    {Qt::Key_F8, KEY_F8},
    {Qt::Key_F9, KEY_F9},
    {Qt::Key_F10, KEY_F10},
    {Qt::Key_F11, KEY_F11},
    {Qt::Key_F12, KEY_F12},
    {Qt::Key_NumLock, KEY_NUMLOCK},
    {Qt::Key_ScrollLock, KEY_SCROLLLOCK},
    {Qt::Key_AltGr, KEY_RIGHTALT},
    {Qt::Key_Home, KEY_HOME},
    {Qt::Key_Up, KEY_UP},
    {Qt::Key_PageUp, KEY_PAGEUP},
    {Qt::Key_Left, KEY_LEFT},
    {Qt::Key_Right, KEY_RIGHT},
    {Qt::Key_End, KEY_END},
    {Qt::Key_Down, KEY_DOWN},
    {Qt::Key_PageDown, KEY_PAGEDOWN},
    {Qt::Key_Insert, KEY_INSERT},
    {Qt::Key_Delete, KEY_DELETE},
    {Qt::Key_Pause, KEY_PAUSE},
    {Qt::Key_Print, KEY_SYSRQ},
    {Qt::Key_SysReq, KEY_SYSRQ},
    {Qt::Key_Meta, KEY_LEFTMETA},
    {Qt::Key_Super_L, KEY_LEFTMETA},
    {Qt::Key_Super_R, KEY_RIGHTMETA},
    {Qt::Key_Menu, KEY_COMPOSE},
};

constexpr KeyPair KeypadKeys[] = {
    {Qt::Key_0, KEY_KP0},         {Qt::Key_1, KEY_KP1},
    {Qt::Key_2, KEY_KP2},         {Qt::Key_3, KEY_KP3},
    {Qt::Key_4, KEY_KP4},         {Qt::Key_5, KEY_KP5},
    {Qt::Key_6, KEY_KP6},         {Qt::Key_7, KEY_KP7},
    {Qt::Key_8, KEY_KP8},         {Qt::Key_9, KEY_KP9},
    {Qt::Key_Period, KEY_KPDOT},  {Qt::Key_Plus, KEY_KPPLUS},
    {Qt::Key_Minus, KEY_KPMINUS}, {Qt::Key_Asterisk, KEY_KPASTERISK},
    {Qt::Key_Slash, KEY_KPSLASH}, {Qt::Key_Equal, KEY_KPEQUAL},
};

template <std::size_t Count>
std::optional<unsigned> find(const KeyPair (&table)[Count], int key)
{
    const auto *pair = std::find_if(std::begin(table), std::end(table),
                                    [key](const KeyPair &entry) { return entry.key == key; });
    if (pair == std::end(table))
        return std::nullopt;
    return pair->evdev;
}

struct NamedKey
{
    ScanCode code;
    const char *name;
};

constexpr NamedKey HostKeys[] = {
    {e0(0x1d), QT_TRANSLATE_NOOP("display::Keymap", "Right Ctrl")},
    {e0(0x38), QT_TRANSLATE_NOOP("display::Keymap", "Right Alt")},
    {0x36, QT_TRANSLATE_NOOP("display::Keymap", "Right Shift")},
    {e0(0x5c), QT_TRANSLATE_NOOP("display::Keymap", "Right Super")},
    {e0(0x5d), QT_TRANSLATE_NOOP("display::Keymap", "Menu")},
    {0x1d, QT_TRANSLATE_NOOP("display::Keymap", "Left Ctrl")},
    {0x38, QT_TRANSLATE_NOOP("display::Keymap", "Left Alt")},
    {0x2a, QT_TRANSLATE_NOOP("display::Keymap", "Left Shift")},
    {e0(0x5b), QT_TRANSLATE_NOOP("display::Keymap", "Left Super")},
    {0x46, QT_TRANSLATE_NOOP("display::Keymap", "Scroll Lock")},
    {ScanCodePause, QT_TRANSLATE_NOOP("display::Keymap", "Pause")},
};

} // namespace

std::optional<ScanCode> scanCodeFromEvdev(unsigned evdevCode)
{
    if (evdevCode >= EvdevTable.size() || EvdevTable[evdevCode] == 0)
        return std::nullopt;
    return EvdevTable[evdevCode];
}

std::optional<ScanCode> scanCodeFromEvent(const QKeyEvent &event)
{
    const unsigned native = event.nativeScanCode();
    if (native >= X11KeycodeOffset)
        return scanCodeFromEvdev(native - X11KeycodeOffset);

    std::optional<unsigned> evdev;
    if (event.modifiers() & Qt::KeypadModifier)
        evdev = find(KeypadKeys, event.key());
    if (!evdev)
        evdev = find(QtKeys, event.key());
    if (!evdev)
        return std::nullopt;
    return scanCodeFromEvdev(*evdev);
}

QList<ScanCode> hostKeyChoices()
{
    QList<ScanCode> codes;
    for (const NamedKey &key : HostKeys)
        codes.append(key.code);
    return codes;
}

QString keyName(ScanCode code)
{
    for (const NamedKey &key : HostKeys) {
        if (key.code == code)
            return QCoreApplication::translate("display::Keymap", key.name);
    }
    for (const KeyPair &pair : QtKeys) {
        if (scanCodeFromEvdev(pair.evdev) == code)
            return QKeySequence(pair.key).toString(QKeySequence::NativeText);
    }
    return QCoreApplication::translate("display::Keymap", "Key %1")
        .arg(code, 2, 16, QLatin1Char('0'));
}

QString keyNames(const QList<ScanCode> &codes)
{
    QStringList names;
    for (const ScanCode code : codes)
        names.append(keyName(code));
    return names.join(QLatin1String(" + "));
}

} // namespace display
