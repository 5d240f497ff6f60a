// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/soft_keyboard_keys.h"

#include <QtCore/QCoreApplication>

namespace ui {

namespace {

using engine::ScanCode;
constexpr ScanCode e0(ScanCode code)
{
    return engine::ScanCodeExtended | code;
}

constexpr qreal MediaRow = 0;
constexpr qreal FunctionRow = 1.15;
constexpr qreal FirstRow = 2.4; // the digits
constexpr qreal NavigationColumn = 15.25;
constexpr qreal NumberColumn = 18.5;

// Named keys and modifiers; `spoken` where the label alone would not be understood.
struct Named
{
    ScanCode code;
    qreal x;
    qreal y;
    qreal width;
    qreal height;
    bool isModifier;
    const char *label;
    const char *spoken;
};

#define N(text) QT_TRANSLATE_NOOP("ui::SoftKeyboard", text)
// clang-format off
constexpr Named NamedKeys[] = {
    {e0(0x5e), 0, MediaRow, 1.5, 1, false, N("Power"), nullptr},
    {e0(0x5f), 1.5, MediaRow, 1.5, 1, false, N("Sleep"), nullptr},
    {e0(0x63), 3, MediaRow, 1.5, 1, false, N("Wake"), nullptr},
    {e0(0x10), 5, MediaRow, 1.5, 1, false, N("Prev"), N("Previous Track")},
    {e0(0x22), 6.5, MediaRow, 1.5, 1, false, N("Play"), N("Play or Pause")},
    {e0(0x24), 8, MediaRow, 1.5, 1, false, N("Stop"), N("Stop Playing")},
    {e0(0x19), 9.5, MediaRow, 1.5, 1, false, N("Next"), N("Next Track")},
    {e0(0x20), 11.5, MediaRow, 1.5, 1, false, N("Mute"), nullptr},
    {e0(0x2e), 13, MediaRow, 1, 1, false, N("Vol\u2212"), N("Volume Down")},
    {e0(0x30), 14, MediaRow, 1, 1, false, N("Vol+"), N("Volume Up")},
    {e0(0x6c), NavigationColumn, MediaRow, 1.5, 1, false, N("Mail"), nullptr},
    {e0(0x32), NavigationColumn + 1.5, MediaRow, 1.5, 1, false, N("Web"), N("Web Browser")},
    {e0(0x21), NumberColumn, MediaRow, 2, 1, false, N("Calc"), N("Calculator")},
    {e0(0x6b), NumberColumn + 2, MediaRow, 2, 1, false, N("Files"), N("File Manager")},

    {0x01, 0, FunctionRow, 1, 1, false, N("Esc"), N("Escape")},
    {e0(0x37), NavigationColumn, FunctionRow, 1, 1, false, N("Print"), N("Print Screen")},
    {0x46, NavigationColumn + 1, FunctionRow, 1, 1, false, N("Scroll"), N("Scroll Lock")},
    {engine::ScanCodePause, NavigationColumn + 2, FunctionRow, 1, 1, false, N("Pause"), nullptr},

    {0x0e, 13, FirstRow, 2, 1, false, N("Backspace"), nullptr},
    {0x0f, 0, FirstRow + 1, 1.5, 1, false, N("Tab"), nullptr},
    {0x1c, 13.75, FirstRow + 1, 1.25, 2, false, N("Enter"), nullptr},
    {0x3a, 0, FirstRow + 2, 1.75, 1, false, N("Caps"), N("Caps Lock")},
    {0x2a, 0, FirstRow + 3, 1.25, 1, true, N("Shift"), N("Left Shift")},
    {0x36, 12.25, FirstRow + 3, 2.75, 1, true, N("Shift"), N("Right Shift")},
    {0x1d, 0, FirstRow + 4, 1.5, 1, true, N("Ctrl"), N("Left Ctrl")},
    {e0(0x5b), 1.5, FirstRow + 4, 1.25, 1, true, N("Super"), N("Left Super")},
    {0x38, 2.75, FirstRow + 4, 1.25, 1, true, N("Alt"), N("Left Alt")},
    {0x39, 4, FirstRow + 4, 5.75, 1, false, N("Space"), nullptr},
    {e0(0x38), 9.75, FirstRow + 4, 1.25, 1, true, N("AltGr"), N("Right Alt")},
    {e0(0x5c), 11, FirstRow + 4, 1.25, 1, true, N("Super"), N("Right Super")},
    {e0(0x5d), 12.25, FirstRow + 4, 1.25, 1, false, N("Menu"), nullptr},
    {e0(0x1d), 13.5, FirstRow + 4, 1.5, 1, true, N("Ctrl"), N("Right Ctrl")},

    {e0(0x52), NavigationColumn, FirstRow, 1, 1, false, N("Ins"), N("Insert")},
    {e0(0x47), NavigationColumn + 1, FirstRow, 1, 1, false, N("Home"), nullptr},
    {e0(0x49), NavigationColumn + 2, FirstRow, 1, 1, false, N("PgUp"), N("Page Up")},
    {e0(0x53), NavigationColumn, FirstRow + 1, 1, 1, false, N("Del"), N("Delete")},
    {e0(0x4f), NavigationColumn + 1, FirstRow + 1, 1, 1, false, N("End"), nullptr},
    {e0(0x51), NavigationColumn + 2, FirstRow + 1, 1, 1, false, N("PgDn"), N("Page Down")},
    {e0(0x48), NavigationColumn + 1, FirstRow + 3, 1, 1, false, "\u2191", N("Up")},
    {e0(0x4b), NavigationColumn, FirstRow + 4, 1, 1, false, "\u2190", N("Left")},
    {e0(0x50), NavigationColumn + 1, FirstRow + 4, 1, 1, false, "\u2193", N("Down")},
    {e0(0x4d), NavigationColumn + 2, FirstRow + 4, 1, 1, false, "\u2192", N("Right")},

    {0x45, NumberColumn, FirstRow, 1, 1, false, N("Num"), N("Num Lock")},
    {e0(0x35), NumberColumn + 1, FirstRow, 1, 1, false, "/", N("Keypad Divide")},
    {0x37, NumberColumn + 2, FirstRow, 1, 1, false, "*", N("Keypad Multiply")},
    {0x4a, NumberColumn + 3, FirstRow, 1, 1, false, "\u2212", N("Keypad Minus")},
    {0x47, NumberColumn, FirstRow + 1, 1, 1, false, "7", N("Keypad 7")},
    {0x48, NumberColumn + 1, FirstRow + 1, 1, 1, false, "8", N("Keypad 8")},
    {0x49, NumberColumn + 2, FirstRow + 1, 1, 1, false, "9", N("Keypad 9")},
    {0x4e, NumberColumn + 3, FirstRow + 1, 1, 2, false, "+", N("Keypad Plus")},
    {0x4b, NumberColumn, FirstRow + 2, 1, 1, false, "4", N("Keypad 4")},
    {0x4c, NumberColumn + 1, FirstRow + 2, 1, 1, false, "5", N("Keypad 5")},
    {0x4d, NumberColumn + 2, FirstRow + 2, 1, 1, false, "6", N("Keypad 6")},
    {0x4f, NumberColumn, FirstRow + 3, 1, 1, false, "1", N("Keypad 1")},
    {0x50, NumberColumn + 1, FirstRow + 3, 1, 1, false, "2", N("Keypad 2")},
    {0x51, NumberColumn + 2, FirstRow + 3, 1, 1, false, "3", N("Keypad 3")},
    {e0(0x1c), NumberColumn + 3, FirstRow + 3, 1, 2, false, N("Enter"), N("Keypad Enter")},
    {0x52, NumberColumn, FirstRow + 4, 2, 1, false, "0", N("Keypad 0")},
    {0x53, NumberColumn + 2, FirstRow + 4, 1, 1, false, ".", N("Keypad Point")},
};
// clang-format on
#undef N

// Runs of character keys: the first code, how many, and where.
struct Run
{
    ScanCode first;
    int count;
    qreal x;
    qreal y;
};
constexpr Run Runs[] = {
    {0x29, 1, 0, FirstRow},         {0x02, 12, 1, FirstRow},        {0x10, 12, 1.5, FirstRow + 1},
    {0x1e, 11, 1.75, FirstRow + 2}, {0x2b, 1, 12.75, FirstRow + 2}, {0x56, 1, 1.25, FirstRow + 3},
    {0x2c, 10, 2.25, FirstRow + 3},
};

QString tr(const char *text)
{
    return QCoreApplication::translate("ui::SoftKeyboard", text);
}

QString nameOf(ScanCode code)
{
    return QStringLiteral("key%1").arg(code, 2, 16, QLatin1Char('0'));
}

} // namespace

QList<SoftKey> softKeys()
{
    QList<SoftKey> keys;
    for (const Named &key : NamedKeys)
        keys.append({nameOf(key.code),
                     {key.x, key.y, key.width, key.height},
                     key.code,
                     key.isModifier ? SoftKey::Kind::Modifier : SoftKey::Kind::Named,
                     tr(key.label),
                     key.spoken == nullptr ? QString() : tr(key.spoken)});
    for (const Run &run : Runs) {
        for (int i = 0; i < run.count; ++i) {
            const auto code = ScanCode(run.first + i);
            keys.append(
                {nameOf(code), {run.x + i, run.y, 1, 1}, code, SoftKey::Kind::Character, {}, {}});
        }
    }
    for (int number = 1; number <= 12; ++number) {
        const auto code = ScanCode(number <= 10 ? 0x3b + number - 1 : 0x57 + number - 11);
        // In groups of four, as on real keyboards.
        const qreal x = 2 + number - 1 + 0.5 * ((number - 1) / 4);
        keys.append({nameOf(code),
                     {x, FunctionRow, 1, 1},
                     code,
                     SoftKey::Kind::Named,
                     QStringLiteral("F%1").arg(number),
                     {}});
    }
    return keys;
}

QSizeF softKeyboardSize()
{
    return {NumberColumn + 4, FirstRow + 5};
}

} // namespace ui
