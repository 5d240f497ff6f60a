// SPDX-License-Identifier: GPL-3.0-or-later
// Text to scan codes on a US layout, as VirtualBox's keyboardputstring has it.
#pragma once

#include "engine/base/result.h"

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QString>

namespace engine {

// One entry a character: scan code set 1 bytes, press and release, Shift included. A character
// that a US keyboard cannot type is an error that names it; nothing is typed then.
Result<QList<QByteArray>> scanCodesForText(const QString &text);

} // namespace engine
