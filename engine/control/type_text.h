// SPDX-License-Identifier: GPL-3.0-or-later
// Text to scan codes: on a US layout as VirtualBox's keyboardputstring has it, or on the layout the
// guest really has.
#pragma once

#include "engine/base/result.h"
#include "engine/host/input_sink.h"

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QString>

namespace engine {

class KeyboardLayout;

// What a keyboard sends, in scan code set 1: presses in order, releases in reverse.
QByteArray chordBytes(const QList<ScanCode> &chord);

// One entry a character: scan code set 1 bytes, press and release, Shift included. A character
// that a US keyboard cannot type is an error that names it; nothing is typed then.
Result<QList<QByteArray>> scanCodesForText(const QString &text);

// The same on another layout; a character with a dead key is two entries. The error names all
// characters that are missing.
Result<QList<QByteArray>> scanCodesForText(const QString &text, const KeyboardLayout &layout);

// "é (U+00E9), ☃ (U+2603)", at most ten.
QString characterList(const QList<char32_t> &characters);

} // namespace engine
