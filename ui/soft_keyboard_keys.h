// SPDX-License-Identifier: GPL-3.0-or-later
// The keys of a 105-key PC keyboard with some media keys: where each is, its scan code and, where a
// layout does not say, its words. Geometry: ISO/IEC 9995-1 in key widths; codes: IBM PS/2 Hardware
// Interface Technical Reference, set 1, and Microsoft's "Keyboard Scan Code Specification".
#pragma once

#include "engine/host/input_sink.h"

#include <QtCore/QList>
#include <QtCore/QRectF>
#include <QtCore/QSizeF>
#include <QtCore/QString>

namespace ui {

struct SoftKey
{
    enum class Kind { Character, Named, Modifier };

    QString name; // "key1e": object name
    QRectF place; // in key widths
    engine::ScanCode code = 0;
    Kind kind = Kind::Character;
    QString label; // translated, short: "Esc"; empty for characters
    QString spoken; // translated, for screen readers: "Escape"; empty: as the label
};

QList<SoftKey> softKeys();
QSizeF softKeyboardSize(); // in key widths

} // namespace ui
