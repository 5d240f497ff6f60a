// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/machine_name.h"

#include <algorithm>

namespace engine {

namespace {

// File systems take 255 bytes; the longest name made from this one is that of the temporary file
// beside "<name>.vitrine.prev".
constexpr qsizetype MaxNameBytes = 220;

bool isInvisible(QChar character)
{
    const QChar::Category category = character.category();
    return category == QChar::Other_Control || category == QChar::Separator_Line
        || category == QChar::Separator_Paragraph;
}

} // namespace

QString machineNameProblem(const QString &name)
{
    if (name.trimmed().isEmpty())
        return QStringLiteral("A machine needs a name");
    if (name.contains(QLatin1Char('/')))
        return QStringLiteral("A machine's name cannot contain a slash");
    if (std::any_of(name.begin(), name.end(), isInvisible))
        return QStringLiteral("A machine's name cannot contain line breaks or control characters");
    if (!name.isValidUtf16())
        return QStringLiteral("The machine's name contains characters that no file can have");
    if (name.startsWith(QLatin1Char('.')))
        return QStringLiteral("A machine's name cannot begin with a dot");
    if (name.trimmed() != name)
        return QStringLiteral("A machine's name cannot begin or end with a space");
    if (name.toUtf8().size() > MaxNameBytes)
        return QStringLiteral("The machine's name is too long for a folder's name");
    return {};
}

} // namespace engine
