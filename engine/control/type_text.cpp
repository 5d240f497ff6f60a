// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/type_text.h"

#include "engine/machine/qt_text.h"

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

} // namespace

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
