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
constexpr engine::ScanCode SysRq = 0x54; // what Print Screen is while Alt is held
constexpr engine::ScanCode Break = engine::ScanCodeExtended | 0x46; // what Pause is with Ctrl
constexpr engine::ScanCode PrintScreen = engine::ScanCodeExtended | 0x37;
constexpr engine::ScanCode Delete = engine::ScanCodeExtended | 0x53;
constexpr engine::ScanCode Super = engine::ScanCodeExtended | 0x5b;
constexpr engine::ScanCode FirstFunctionKey = 0x3b; // F1 to F10 in a row, F11 and F12 apart
constexpr engine::ScanCode FunctionKey11 = 0x57;

constexpr char ExtendedPrefix = char(0xe0);
constexpr int BreakBit = 0x80;

QString tr(const char *text)
{
    return QCoreApplication::translate("ui::GuestKeys", text);
}

void append(QByteArray &bytes, engine::ScanCode code, bool isRelease)
{
    if (code == engine::ScanCodePause) {
        // Sends make and break at once and nothing at release.
        if (!isRelease)
            bytes += QByteArray::fromHex("e11d45e19dc5");
        return;
    }
    if ((code & engine::ScanCodeExtended) != 0)
        bytes += ExtendedPrefix;
    bytes += char((code & 0x7f) | (isRelease ? BreakBit : 0));
}

} // namespace

QList<GuestKeys> guestKeys(engine::ScanCode hostKey)
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
        {QStringLiteral("sendSuper"), tr("Insert &Windows (Super) Key"), {Super}, 0},
        {QStringLiteral("sendHostKey"),
         tr("Insert the &Host Key (%1)").arg(display::keyName(hostKey)),
         {hostKey},
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

QByteArray scanCodeBytes(const QList<engine::ScanCode> &chord)
{
    QByteArray bytes;
    for (const engine::ScanCode code : chord)
        append(bytes, code, false);
    for (auto code = chord.crbegin(); code != chord.crend(); ++code)
        append(bytes, *code, true);
    return bytes;
}

QString hostChordText(int qtKey)
{
    return tr("Host+%1").arg(QKeySequence(qtKey).toString(QKeySequence::NativeText));
}

} // namespace ui
