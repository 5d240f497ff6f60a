// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/guest_properties.h"

#include "engine/machine/qt_text.h"

#include <QtCore/QJsonObject>
#include <QtCore/QRegularExpression>

#include <algorithm>

namespace app {

using namespace engine;

namespace {

constexpr qsizetype LongestName = 64;

} // namespace

QList<GuestProperty> storedProperties(const MachineDefinition &definition)
{
    QList<GuestProperty> properties;
    const QJsonObject &all = definition.guestProperties;
    for (auto it = all.constBegin(); it != all.constEnd(); ++it) {
        const QJsonObject one = it.value().toObject();
        properties.append(
            {it.key(), one[QLatin1String("value")].toString(),
             QDateTime::fromString(one[QLatin1String("time")].toString(), Qt::ISODateWithMs),
             one[QLatin1String("flags")].toString()});
    }
    return properties;
}

void storeProperty(MachineDefinition &definition, const GuestProperty &property)
{
    if (property.value.isEmpty()) {
        definition.guestProperties.remove(property.name);
        return;
    }
    QJsonObject one{{QStringLiteral("value"), property.value},
                    {QStringLiteral("time"), property.changed.toString(Qt::ISODateWithMs)}};
    if (!property.flags.isEmpty())
        one[QLatin1String("flags")] = property.flags;
    definition.guestProperties.insert(property.name, one);
}

QList<GuestProperty> mergedProperties(const QList<GuestProperty> &stored,
                                      const QList<GuestProperty> &guests)
{
    QMap<QString, GuestProperty> byName;
    for (const GuestProperty &property : stored)
        byName.insert(property.name, property);
    for (const GuestProperty &property : guests)
        byName.insert(property.name, property);
    return byName.values();
}

bool fitsPatterns(const QString &name, const QStringList &patterns)
{
    bool hasPattern = false;
    for (const QString &some : patterns) {
        const QStringList split = some.split(QLatin1Char('|'), Qt::SkipEmptyParts);
        for (const QString &pattern : split) {
            hasPattern = true;
            const QString expression = QRegularExpression::escape(pattern)
                                           .replace(QLatin1String("\\*"), QLatin1String(".*"))
                                           .replace(QLatin1String("\\?"), QLatin1String("."));
            if (QRegularExpression(QRegularExpression::anchoredPattern(expression),
                                   QRegularExpression::DotMatchesEverythingOption)
                    .match(name)
                    .hasMatch())
                return true;
        }
    }
    return !hasPattern;
}

Result<QString> flagsFrom(const QString &text)
{
    static const QStringList Known{QStringLiteral("TRANSIENT"), QStringLiteral("TRANSRESET"),
                                   QStringLiteral("RDONLYGUEST"), QStringLiteral("RDONLYHOST")};
    QStringList wanted;
    const QStringList words =
        text.toUpper().split(QRegularExpression(QStringLiteral("[,\\s]+")), Qt::SkipEmptyParts);
    for (const QString &word : words) {
        if (word == QLatin1String("READONLY"))
            wanted << Known[2] << Known[3];
        else if (Known.contains(word))
            wanted << word;
        else
            return makeError(ErrorKind::Invalid,
                             QStringLiteral("Unknown flag \"%1\": %2")
                                 .arg(word, Known.join(QStringLiteral(", "))));
    }
    QStringList flags;
    for (const QString &flag : Known)
        if (wanted.contains(flag))
            flags << flag;
    return flags.join(QStringLiteral(", "));
}

Result<> checkPropertyName(const QString &name)
{
    const bool isGood = !name.isEmpty() && name.size() <= LongestName
        && std::none_of(name.cbegin(), name.cend(),
                        [](QChar character) { return QStringLiteral("*?|").contains(character); });
    if (isGood)
        return {};
    return makeError(ErrorKind::Invalid,
                     QStringLiteral("\"%1\" cannot be the name of a property: 1 to %2 characters, "
                                    "none of *, ? and |")
                         .arg(name)
                         .arg(LongestName));
}

QString timestampWord(const QDateTime &time)
{
    return QString::number(time.isValid() ? time.toMSecsSinceEpoch() * 1000000 : 0);
}

QString propertiesText(const QList<GuestProperty> &properties, const PropertyColumns &columns)
{
    qsizetype width = 0;
    for (const GuestProperty &property : properties)
        width = std::max(width, property.name.size());
    QString text;
    for (const GuestProperty &property : properties) {
        if (columns.isOldFormat) {
            text += QStringLiteral("Name: %1, value: %2, timestamp: %3, flags: %4\n")
                        .arg(property.name, property.value, timestampWord(property.changed),
                             property.flags);
            continue;
        }
        QString line =
            QStringLiteral("%1 = '%2'").arg(property.name.leftJustified(width), property.value);
        if (columns.hasTime && property.changed.isValid())
            line += QStringLiteral("  @ ") + property.changed.toUTC().toString(Qt::ISODateWithMs);
        if (columns.hasFlags && !property.flags.isEmpty())
            line += QLatin1Char(' ') + property.flags;
        text += line + QLatin1Char('\n');
    }
    return text;
}

} // namespace app
