// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/type_text.h"

#include "engine/control/keyboard_layout.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QStringList>

#include <string_view>

namespace engine {

namespace {

constexpr std::uint8_t LeftShift = 0x2a;
constexpr std::uint8_t Release = 0x80;

// Set 1 make codes of the US layout's character keys, in runs of neighbours (IBM PS/2 Hardware
// Interface Technical Reference, keyboard section).
struct Row
{
    std::uint8_t firstCode;
    std::string_view plain;
    std::string_view shifted;
};
constexpr Row Rows[] = {
    {0x02, "1234567890-=", "!@#$%^&*()_+"},
    {0x10, "qwertyuiop[]", "QWERTYUIOP{}"},
    {0x1e, "asdfghjkl;'`", "ASDFGHJKL:\"~"},
    {0x2b, "\\zxcvbnm,./", "|ZXCVBNM<>?"},
    {0x39, " ", " "},
    {0x1c, "\n", "\n"},
    {0x0f, "\t", "\t"},
    {0x0e, "\b", "\b"},
    {0x01, "\x1b", "\x1b"},
};

QByteArray strokeFor(char character)
{
    for (const Row &row : Rows) {
        const bool isPlain = row.plain.find(character) != std::string_view::npos;
        const std::size_t index = isPlain ? row.plain.find(character) : row.shifted.find(character);
        if (index == std::string_view::npos)
            continue;
        const auto code = std::uint8_t(row.firstCode + index);
        QByteArray bytes;
        if (!isPlain)
            bytes.append(char(LeftShift));
        bytes.append(char(code));
        bytes.append(char(code | Release));
        if (!isPlain)
            bytes.append(char(LeftShift | Release));
        return bytes;
    }
    return {};
}

void append(QByteArray &bytes, ScanCode code, bool isRelease)
{
    if (code == ScanCodePause) {
        // Sends make and break at once and nothing at release.
        if (!isRelease)
            bytes += QByteArray::fromHex("e11d45e19dc5");
        return;
    }
    if ((code & ScanCodeExtended) != 0)
        bytes += char(0xe0);
    bytes += char((code & 0x7f) | (isRelease ? Release : 0));
}

constexpr qsizetype MostCharactersListed = 10;

} // namespace

QByteArray chordBytes(const QList<ScanCode> &chord)
{
    QByteArray bytes;
    for (const ScanCode code : chord)
        append(bytes, code, false);
    for (auto code = chord.crbegin(); code != chord.crend(); ++code)
        append(bytes, *code, true);
    return bytes;
}

QString characterList(const QList<char32_t> &characters)
{
    QStringList words;
    for (const char32_t character : characters.first(qMin(characters.size(), MostCharactersListed)))
        words.append(QStringLiteral("%1 (U+%2)")
                         .arg(QString::fromUcs4(&character, 1))
                         .arg(uint(character), 4, 16, QLatin1Char('0')));
    if (characters.size() > MostCharactersListed)
        words.append(QStringLiteral("\u2026"));
    return words.join(QLatin1String(", "));
}

Result<QList<QByteArray>> scanCodesForText(const QString &text, const KeyboardLayout &layout)
{
    const QString whole = text.normalized(QString::NormalizationForm_C);
    const QList<char32_t> missing = layout.missingCharacters(whole);
    if (!missing.isEmpty()) {
        return makeError(ErrorKind::Invalid,
                         QStringLiteral("The keyboard layout \"%1\" cannot type %2")
                             .arg(layout.id(), characterList(missing)),
                         QStringLiteral("Choose the layout the guest has, or leave them out"));
    }
    QList<QByteArray> strokes;
    const QList<uint> characters = whole.toUcs4();
    for (const char32_t character : characters) {
        if (character == U'\r')
            continue; // line ends come as \r\n from files
        const auto chords = layout.chordsFor(character);
        for (const QList<ScanCode> &chord : *chords)
            strokes.append(chordBytes(chord));
    }
    return strokes;
}

Result<QList<QByteArray>> scanCodesForText(const QString &text)
{
    QList<QByteArray> strokes;
    for (const QChar character : text) {
        if (character == QLatin1Char('\r'))
            continue; // line ends come as \r\n from files
        const QByteArray stroke =
            character.unicode() < 0x80 ? strokeFor(char(character.unicode())) : QByteArray();
        if (stroke.isEmpty()) {
            return makeError(ErrorKind::Invalid,
                             QStringLiteral("The character \"%1\" (U+%2) is not on a US keyboard")
                                 .arg(character)
                                 .arg(character.unicode(), 4, 16, QLatin1Char('0')),
                             QStringLiteral("Type plain ASCII text, or send scan codes instead"));
        }
        strokes.append(stroke);
    }
    return strokes;
}

} // namespace engine
