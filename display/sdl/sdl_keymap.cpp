// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/sdl/sdl_keymap.h"

#include "display/keymap.h"

#include <QtCore/QChar>
#include <QtCore/Qt>

#include <array>
#include <cstddef>
#include <cstdint>

#include <SDL_keyboard.h>
#include <SDL_mouse.h>
#include <linux/input-event-codes.h>

namespace display {

namespace {

struct SdlKeyRow
{
    int sdl;
    std::uint16_t evdev;
};

// evdev's name for the key in the same place of a PC keyboard.
constexpr SdlKeyRow SdlKeyRows[] = {
    {SDL_SCANCODE_A, KEY_A},
    {SDL_SCANCODE_B, KEY_B},
    {SDL_SCANCODE_C, KEY_C},
    {SDL_SCANCODE_D, KEY_D},
    {SDL_SCANCODE_E, KEY_E},
    {SDL_SCANCODE_F, KEY_F},
    {SDL_SCANCODE_G, KEY_G},
    {SDL_SCANCODE_H, KEY_H},
    {SDL_SCANCODE_I, KEY_I},
    {SDL_SCANCODE_J, KEY_J},
    {SDL_SCANCODE_K, KEY_K},
    {SDL_SCANCODE_L, KEY_L},
    {SDL_SCANCODE_M, KEY_M},
    {SDL_SCANCODE_N, KEY_N},
    {SDL_SCANCODE_O, KEY_O},
    {SDL_SCANCODE_P, KEY_P},
    {SDL_SCANCODE_Q, KEY_Q},
    {SDL_SCANCODE_R, KEY_R},
    {SDL_SCANCODE_S, KEY_S},
    {SDL_SCANCODE_T, KEY_T},
    {SDL_SCANCODE_U, KEY_U},
    {SDL_SCANCODE_V, KEY_V},
    {SDL_SCANCODE_W, KEY_W},
    {SDL_SCANCODE_X, KEY_X},
    {SDL_SCANCODE_Y, KEY_Y},
    {SDL_SCANCODE_Z, KEY_Z},
    {SDL_SCANCODE_1, KEY_1},
    {SDL_SCANCODE_2, KEY_2},
    {SDL_SCANCODE_3, KEY_3},
    {SDL_SCANCODE_4, KEY_4},
    {SDL_SCANCODE_5, KEY_5},
    {SDL_SCANCODE_6, KEY_6},
    {SDL_SCANCODE_7, KEY_7},
    {SDL_SCANCODE_8, KEY_8},
    {SDL_SCANCODE_9, KEY_9},
    {SDL_SCANCODE_0, KEY_0},
    {SDL_SCANCODE_RETURN, KEY_ENTER},
    {SDL_SCANCODE_ESCAPE, KEY_ESC},
    {SDL_SCANCODE_BACKSPACE, KEY_BACKSPACE},
    {SDL_SCANCODE_TAB, KEY_TAB},
    {SDL_SCANCODE_SPACE, KEY_SPACE},
    {SDL_SCANCODE_MINUS, KEY_MINUS},
    {SDL_SCANCODE_EQUALS, KEY_EQUAL},
    {SDL_SCANCODE_LEFTBRACKET, KEY_LEFTBRACE},
    {SDL_SCANCODE_RIGHTBRACKET, KEY_RIGHTBRACE},
    {SDL_SCANCODE_BACKSLASH, KEY_BACKSLASH},
    // ISO keyboards' name for the same place; PC keyboards have one or the other.
    {SDL_SCANCODE_NONUSHASH, KEY_BACKSLASH},
    {SDL_SCANCODE_SEMICOLON, KEY_SEMICOLON},
    {SDL_SCANCODE_APOSTROPHE, KEY_APOSTROPHE},
    {SDL_SCANCODE_GRAVE, KEY_GRAVE},
    {SDL_SCANCODE_COMMA, KEY_COMMA},
    {SDL_SCANCODE_PERIOD, KEY_DOT},
    {SDL_SCANCODE_SLASH, KEY_SLASH},
    {SDL_SCANCODE_CAPSLOCK, KEY_CAPSLOCK},
    {SDL_SCANCODE_F1, KEY_F1},
    {SDL_SCANCODE_F2, KEY_F2},
    {SDL_SCANCODE_F3, KEY_F3},
    {SDL_SCANCODE_F4, KEY_F4},
    {SDL_SCANCODE_F5, KEY_F5},
    {SDL_SCANCODE_F6, KEY_F6},
    {SDL_SCANCODE_F7, KEY_F7},
    {SDL_SCANCODE_F8, KEY_F8},
    {SDL_SCANCODE_F9, KEY_F9},
    {SDL_SCANCODE_F10, KEY_F10},
    {SDL_SCANCODE_F11, KEY_F11},
    {SDL_SCANCODE_F12, KEY_F12},
    {SDL_SCANCODE_PRINTSCREEN, KEY_SYSRQ},
    {SDL_SCANCODE_SYSREQ, KEY_SYSRQ},
    {SDL_SCANCODE_SCROLLLOCK, KEY_SCROLLLOCK},
    {SDL_SCANCODE_PAUSE, KEY_PAUSE},
    {SDL_SCANCODE_INSERT, KEY_INSERT},
    {SDL_SCANCODE_HOME, KEY_HOME},
    {SDL_SCANCODE_PAGEUP, KEY_PAGEUP},
    {SDL_SCANCODE_DELETE, KEY_DELETE},
    {SDL_SCANCODE_END, KEY_END},
    {SDL_SCANCODE_PAGEDOWN, KEY_PAGEDOWN},
    {SDL_SCANCODE_RIGHT, KEY_RIGHT},
    {SDL_SCANCODE_LEFT, KEY_LEFT},
    {SDL_SCANCODE_DOWN, KEY_DOWN},
    {SDL_SCANCODE_UP, KEY_UP},
    {SDL_SCANCODE_NUMLOCKCLEAR, KEY_NUMLOCK},
    {SDL_SCANCODE_KP_DIVIDE, KEY_KPSLASH},
    {SDL_SCANCODE_KP_MULTIPLY, KEY_KPASTERISK},
    {SDL_SCANCODE_KP_MINUS, KEY_KPMINUS},
    {SDL_SCANCODE_KP_PLUS, KEY_KPPLUS},
    {SDL_SCANCODE_KP_ENTER, KEY_KPENTER},
    {SDL_SCANCODE_KP_1, KEY_KP1},
    {SDL_SCANCODE_KP_2, KEY_KP2},
    {SDL_SCANCODE_KP_3, KEY_KP3},
    {SDL_SCANCODE_KP_4, KEY_KP4},
    {SDL_SCANCODE_KP_5, KEY_KP5},
    {SDL_SCANCODE_KP_6, KEY_KP6},
    {SDL_SCANCODE_KP_7, KEY_KP7},
    {SDL_SCANCODE_KP_8, KEY_KP8},
    {SDL_SCANCODE_KP_9, KEY_KP9},
    {SDL_SCANCODE_KP_0, KEY_KP0},
    {SDL_SCANCODE_KP_PERIOD, KEY_KPDOT},
    {SDL_SCANCODE_KP_EQUALS, KEY_KPEQUAL},
    {SDL_SCANCODE_KP_COMMA, KEY_KPCOMMA},
    {SDL_SCANCODE_NONUSBACKSLASH, KEY_102ND},
    {SDL_SCANCODE_APPLICATION, KEY_COMPOSE},
    {SDL_SCANCODE_MENU, KEY_COMPOSE},
    {SDL_SCANCODE_POWER, KEY_POWER},
    {SDL_SCANCODE_F13, KEY_F13},
    {SDL_SCANCODE_F14, KEY_F14},
    {SDL_SCANCODE_F15, KEY_F15},
    {SDL_SCANCODE_F16, KEY_F16},
    {SDL_SCANCODE_F17, KEY_F17},
    {SDL_SCANCODE_F18, KEY_F18},
    {SDL_SCANCODE_F19, KEY_F19},
    {SDL_SCANCODE_F20, KEY_F20},
    {SDL_SCANCODE_F21, KEY_F21},
    {SDL_SCANCODE_F22, KEY_F22},
    {SDL_SCANCODE_F23, KEY_F23},
    {SDL_SCANCODE_F24, KEY_F24},
    {SDL_SCANCODE_STOP, KEY_STOP},
    {SDL_SCANCODE_MUTE, KEY_MUTE},
    {SDL_SCANCODE_VOLUMEUP, KEY_VOLUMEUP},
    {SDL_SCANCODE_VOLUMEDOWN, KEY_VOLUMEDOWN},
    // Usages 87 to 94 (hex) are the keys of Japanese and Korean keyboards.
    {SDL_SCANCODE_INTERNATIONAL1, KEY_RO},
    {SDL_SCANCODE_INTERNATIONAL2, KEY_KATAKANAHIRAGANA},
    {SDL_SCANCODE_INTERNATIONAL3, KEY_YEN},
    {SDL_SCANCODE_INTERNATIONAL4, KEY_HENKAN},
    {SDL_SCANCODE_INTERNATIONAL5, KEY_MUHENKAN},
    {SDL_SCANCODE_INTERNATIONAL6, KEY_KPJPCOMMA},
    {SDL_SCANCODE_LANG1, KEY_HANGEUL},
    {SDL_SCANCODE_LANG2, KEY_HANJA},
    {SDL_SCANCODE_LANG3, KEY_KATAKANA},
    {SDL_SCANCODE_LANG4, KEY_HIRAGANA},
    {SDL_SCANCODE_LANG5, KEY_ZENKAKUHANKAKU},
    {SDL_SCANCODE_LCTRL, KEY_LEFTCTRL},
    {SDL_SCANCODE_LSHIFT, KEY_LEFTSHIFT},
    {SDL_SCANCODE_LALT, KEY_LEFTALT},
    {SDL_SCANCODE_LGUI, KEY_LEFTMETA},
    {SDL_SCANCODE_RCTRL, KEY_RIGHTCTRL},
    {SDL_SCANCODE_RSHIFT, KEY_RIGHTSHIFT},
    {SDL_SCANCODE_RALT, KEY_RIGHTALT},
    {SDL_SCANCODE_RGUI, KEY_RIGHTMETA},
    {SDL_SCANCODE_AUDIONEXT, KEY_NEXTSONG},
    {SDL_SCANCODE_AUDIOPREV, KEY_PREVIOUSSONG},
    {SDL_SCANCODE_AUDIOSTOP, KEY_STOPCD},
    {SDL_SCANCODE_AUDIOPLAY, KEY_PLAYPAUSE},
    {SDL_SCANCODE_AUDIOMUTE, KEY_MUTE},
    {SDL_SCANCODE_MEDIASELECT, KEY_MEDIA},
    {SDL_SCANCODE_WWW, KEY_WWW},
    {SDL_SCANCODE_MAIL, KEY_MAIL},
    {SDL_SCANCODE_CALCULATOR, KEY_CALC},
    {SDL_SCANCODE_COMPUTER, KEY_COMPUTER},
    {SDL_SCANCODE_AC_SEARCH, KEY_SEARCH},
    {SDL_SCANCODE_AC_HOME, KEY_HOMEPAGE},
    {SDL_SCANCODE_AC_BACK, KEY_BACK},
    {SDL_SCANCODE_AC_FORWARD, KEY_FORWARD},
    {SDL_SCANCODE_AC_STOP, KEY_STOP},
    {SDL_SCANCODE_AC_REFRESH, KEY_REFRESH},
    {SDL_SCANCODE_AC_BOOKMARKS, KEY_BOOKMARKS},
    {SDL_SCANCODE_SLEEP, KEY_SLEEP},
};

constexpr auto makeSdlTable()
{
    std::array<std::uint16_t, SDL_NUM_SCANCODES> table{};
    for (const SdlKeyRow &row : SdlKeyRows)
        table[std::size_t(row.sdl)] = row.evdev;
    return table;
}

constexpr auto SdlTable = makeSdlTable();

struct QtKeyRow
{
    int sdl;
    int qt;
};

constexpr QtKeyRow QtKeyRows[] = {
    {SDLK_BACKSPACE, Qt::Key_Backspace},
    {SDLK_TAB, Qt::Key_Tab},
    {SDLK_RETURN, Qt::Key_Return},
    {SDLK_ESCAPE, Qt::Key_Escape},
    {SDLK_DELETE, Qt::Key_Delete},
    {SDLK_INSERT, Qt::Key_Insert},
    {SDLK_HOME, Qt::Key_Home},
    {SDLK_END, Qt::Key_End},
    {SDLK_PAGEUP, Qt::Key_PageUp},
    {SDLK_PAGEDOWN, Qt::Key_PageDown},
    {SDLK_LEFT, Qt::Key_Left},
    {SDLK_UP, Qt::Key_Up},
    {SDLK_RIGHT, Qt::Key_Right},
    {SDLK_DOWN, Qt::Key_Down},
    {SDLK_PRINTSCREEN, Qt::Key_Print},
    {SDLK_PAUSE, Qt::Key_Pause},
    {SDLK_SCROLLLOCK, Qt::Key_ScrollLock},
    {SDLK_APPLICATION, Qt::Key_Menu},
    {SDLK_KP_ENTER, Qt::Key_Enter},
    {SDLK_KP_DIVIDE, Qt::Key_Slash},
    {SDLK_KP_MULTIPLY, Qt::Key_Asterisk},
    {SDLK_KP_MINUS, Qt::Key_Minus},
    {SDLK_KP_PLUS, Qt::Key_Plus},
    {SDLK_KP_PERIOD, Qt::Key_Period},
    {SDLK_KP_0, Qt::Key_0},
};

constexpr int LastLatin1 = 0xff;

} // namespace

std::optional<engine::ScanCode> scanCodeFromSdl(int sdlScanCode)
{
    if (sdlScanCode < 0 || sdlScanCode >= SDL_NUM_SCANCODES
        || SdlTable[std::size_t(sdlScanCode)] == 0)
        return std::nullopt;
    return scanCodeFromEvdev(SdlTable[std::size_t(sdlScanCode)]);
}

int qtKeyFromSdl(int sdlKeyCode)
{
    for (const QtKeyRow &row : QtKeyRows) {
        if (row.sdl == sdlKeyCode)
            return row.qt;
    }
    if (sdlKeyCode >= SDLK_F1 && sdlKeyCode <= SDLK_F12)
        return Qt::Key_F1 + (sdlKeyCode - SDLK_F1);
    if (sdlKeyCode >= SDLK_F13 && sdlKeyCode <= SDLK_F24)
        return Qt::Key_F13 + (sdlKeyCode - SDLK_F13);
    if (sdlKeyCode >= SDLK_KP_1 && sdlKeyCode <= SDLK_KP_9)
        return Qt::Key_1 + (sdlKeyCode - SDLK_KP_1);
    if (sdlKeyCode < SDLK_SPACE || sdlKeyCode > LastLatin1)
        return 0;
    // Qt's keys have the codes of Latin-1's capitals.
    return QChar(char16_t(sdlKeyCode)).toUpper().unicode();
}

int qtButtonFromSdl(int sdlButton)
{
    switch (sdlButton) {
    case SDL_BUTTON_LEFT:
        return Qt::LeftButton;
    case SDL_BUTTON_MIDDLE:
        return Qt::MiddleButton;
    case SDL_BUTTON_RIGHT:
        return Qt::RightButton;
    case SDL_BUTTON_X1:
        return Qt::BackButton;
    case SDL_BUTTON_X2:
        return Qt::ForwardButton;
    default:
        return 0;
    }
}

} // namespace display
