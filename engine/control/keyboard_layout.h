// SPDX-License-Identifier: GPL-3.0-or-later
// Keyboard layouts as the X keyboard database describes them (package xkb-data): which keys type a
// character, and what stands on a key. Guests see scan codes, so to type "ü" one has to know which
// layout the guest believes it has.
//
// Main thread only.
#pragma once

#include "engine/base/result.h"
#include "engine/host/input_sink.h"

#include <QtCore/QList>
#include <QtCore/QString>

#include <memory>
#include <optional>

namespace engine {

struct LayoutName
{
    QString id; // "de", "ch(fr)": layout and variant
    QString description; // "German", "French (Switzerland)"
};

// All that the database offers, by description; empty when it is not installed.
QList<LayoutName> keyboardLayouts();

// The layout of this computer's keyboard: XKB_DEFAULT_LAYOUT, the X server, the distribution's
// setting
// (/etc/default/keyboard, /etc/vconsole.conf, X11's 00-keyboard.conf), else "us".
QString hostKeyboardLayout();

class KeyboardLayout final
{
public:
    // Modifier keys of a level, in the order they go down.
    enum class Level { Plain, Shift, AltGr, ShiftAltGr };

    // NotFound for a name the database does not have.
    static Result<std::shared_ptr<const KeyboardLayout>> load(const QString &id);
    ~KeyboardLayout();

    const QString &id() const;

    // Chords, one after the other, that type the character: one, or a dead key and the letter it
    // goes with. nullopt when the layout cannot. Line feed, tab, backspace and escape are keys.
    std::optional<QList<QList<ScanCode>>> chordsFor(char32_t character) const;

    // What a key shows at a level: "a", "€", "´" for a dead key; empty when it types nothing.
    QString label(ScanCode code, Level level) const;
    bool isDead(ScanCode code, Level level) const;

    // The characters of the text that it cannot type, each once, in order.
    QList<char32_t> missingCharacters(const QString &text) const;

private:
    struct Private;
    explicit KeyboardLayout(std::unique_ptr<Private> data);
    std::unique_ptr<Private> m_private;
};

} // namespace engine
