// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/guest_keys.h"

#include "display/keymap.h"

#include <QtCore/QCoreApplication>
#include <QtGui/QKeySequence>

namespace ui {

namespace {

constexpr engine::ScanCode Ctrl = 0x1d;
constexpr engine::ScanCode Alt = 0x38;
constexpr engine::ScanCode Backspace = 0x0e;
constexpr engine::ScanCode Escape = 0x01;
constexpr engine::ScanCode Tab = 0x0f;
constexpr engine::ScanCode SysRq = 0x54; // what Print Screen is while Alt is held
constexpr engine::ScanCode Break = engine::ScanCodeExtended | 0x46; // what Pause is with Ctrl
constexpr engine::ScanCode PrintScreen = engine::ScanCodeExtended | 0x37;
constexpr engine::ScanCode Delete = engine::ScanCodeExtended | 0x53;
constexpr engine::ScanCode Super = engine::ScanCodeExtended | 0x5b;
constexpr engine::ScanCode FirstFunctionKey = 0x3b; // F1 to F10 in a row, F11 and F12 apart
constexpr engine::ScanCode FunctionKey11 = 0x57;

QString tr(const char *text)
{
    return QCoreApplication::translate("ui::GuestKeys", text);
}

} // namespace

QList<GuestKeys> guestKeys(const QList<engine::ScanCode> &hostKeys)
{
    return {
        {QStringLiteral("sendCtrlAltDelete"),
         tr("Insert Ctrl+Alt+&Del"),
         {Ctrl, Alt, Delete},
         Qt::Key_Delete},
        {QStringLiteral("sendCtrlAltBackspace"),
         tr("Insert Ctrl+Alt+&Backspace"),
         {Ctrl, Alt, Backspace},
         Qt::Key_Backspace},
        {QStringLiteral("sendCtrlBreak"), tr("Insert Ctrl+B&reak"), {Ctrl, Break}, 0},
        {QStringLiteral("sendPrintScreen"), tr("Insert &Print Screen"), {PrintScreen}, 0},
        {QStringLiteral("sendAltPrintScreen"), tr("Insert &Alt+Print Screen"), {Alt, SysRq}, 0},
        {QStringLiteral("sendAltTab"), tr("Insert Alt+&Tab"), {Alt, Tab}, 0},
        {QStringLiteral("sendCtrlEscape"), tr("Insert Ctrl+&Esc"), {Ctrl, Escape}, 0},
        {QStringLiteral("sendSuper"), tr("Insert &Windows (Super) Key"), {Super}, 0},
        {QStringLiteral("sendHostKey"),
         tr("Insert the &Host Key (%1)").arg(display::keyNames(hostKeys)), hostKeys,
         Qt::Key_Insert},
    };
}

QList<GuestKeys> guestConsoleKeys()
{
    QList<GuestKeys> keys;
    for (int number = 1; number <= 12; ++number) {
        const auto code = engine::ScanCode(number <= 10 ? FirstFunctionKey + number - 1
                                                        : FunctionKey11 + number - 11);
        keys.append({QStringLiteral("sendCtrlAltF%1").arg(number),
                     tr("Insert Ctrl+Alt+F%1").arg(number),
                     {Ctrl, Alt, code},
                     Qt::Key_F1 + number - 1});
    }
    return keys;
}

QList<GuestKeys> guestRescueKeys()
{
    // Linux, Documentation/admin-guide/sysrq.rst: Alt, SysRq and a letter.
    struct Row
    {
        char letter;
        engine::ScanCode code;
        const char *label;
    };
    static constexpr Row Rows[] = {
        {'r', 0x13, QT_TRANSLATE_NOOP("ui::GuestKeys", "&R: take the keyboard back")},
        {'e', 0x12, QT_TRANSLATE_NOOP("ui::GuestKeys", "&E: ask all programs to end")},
        {'i', 0x17, QT_TRANSLATE_NOOP("ui::GuestKeys", "&I: kill all programs")},
        {'s', 0x1f, QT_TRANSLATE_NOOP("ui::GuestKeys", "&S: write everything to the disks")},
        {'u', 0x16, QT_TRANSLATE_NOOP("ui::GuestKeys", "&U: make the disks read-only")},
        {'b', 0x30, QT_TRANSLATE_NOOP("ui::GuestKeys", "&B: restart at once")},
        {'o', 0x18, QT_TRANSLATE_NOOP("ui::GuestKeys", "&O: power off at once")},
        {'f', 0x21, QT_TRANSLATE_NOOP("ui::GuestKeys", "&F: end the program with the most memory")},
        {'h', 0x23, QT_TRANSLATE_NOOP("ui::GuestKeys", "&H: list the keys on the console")},
    };
    QList<GuestKeys> keys;
    for (const Row &row : Rows)
        keys.append({QStringLiteral("sendSysRq%1").arg(QLatin1Char(char(row.letter - 32))),
                     tr(row.label),
                     {Alt, SysRq, row.code},
                     0});
    return keys;
}

QString hostChordText(int qtKey)
{
    return tr("Host+%1").arg(QKeySequence(qtKey).toString(QKeySequence::NativeText));
}

} // namespace ui
