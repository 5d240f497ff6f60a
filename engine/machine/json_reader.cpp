// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/json_reader.h"

#include <cmath>

namespace engine {

QJsonValue JsonReader::takeValue(const char *key)
{
    const auto found = m_object.constFind(QLatin1String(key));
    if (found == m_object.constEnd())
        return QJsonValue(QJsonValue::Undefined);
    m_taken.append(key);
    return *found;
}

QJsonObject JsonReader::rest() const
{
    if (m_taken.size() == m_object.size())
        return {};
    QJsonObject rest = m_object;
    for (const char *key : m_taken)
        rest.remove(QLatin1String(key));
    return rest;
}

void JsonReader::fail(const QString &text)
{
    if (!m_error)
        m_error = makeError(ErrorKind::Corrupt, text);
}

void JsonReader::failType(const char *key, const char *wanted)
{
    fail(QStringLiteral("\"%1%2\" must be %3")
             .arg(m_place, QLatin1String(key), QLatin1String(wanted)));
}

void JsonReader::failWord(const char *key, const QString &word, const QStringList &allowed)
{
    fail(QStringLiteral("\"%1%2\" is \"%3\", which is not one of %4")
             .arg(m_place, QLatin1String(key), word, allowed.join(QStringLiteral(", "))));
}

void JsonReader::take(const char *key, QString &value)
{
    const QJsonValue found = takeValue(key);
    if (found.isString())
        value = found.toString();
    else if (!found.isUndefined())
        failType(key, "a text");
}

void JsonReader::take(const char *key, bool &value)
{
    const QJsonValue found = takeValue(key);
    if (found.isBool())
        value = found.toBool();
    else if (!found.isUndefined())
        failType(key, "true or false");
}

void JsonReader::take(const char *key, int &value, int least, int most)
{
    const QJsonValue found = takeValue(key);
    if (found.isUndefined())
        return;
    const double number = found.toDouble();
    if (!found.isDouble() || number != std::floor(number))
        return failType(key, "a whole number");
    if (number < least || number > most) {
        fail(QStringLiteral("\"%1%2\" is %3, but must be between %4 and %5")
                 .arg(m_place, QLatin1String(key))
                 .arg(number, 0, 'f', 0)
                 .arg(least)
                 .arg(most));
        return;
    }
    value = int(number);
}

void JsonReader::take(const char *key, QStringList &value)
{
    QJsonArray array;
    if (!takeArray(key, array))
        return;
    value.clear();
    for (const QJsonValue &item : std::as_const(array)) {
        if (!item.isString())
            return failType(key, "a list of texts");
        value.append(item.toString());
    }
}

void JsonReader::take(const char *key, QJsonObject &value)
{
    const QJsonValue found = takeValue(key);
    if (found.isObject())
        value = found.toObject();
    else if (!found.isUndefined())
        failType(key, "an object");
}

bool JsonReader::takeWord(const char *key, QString &word)
{
    const QJsonValue found = takeValue(key);
    if (found.isString()) {
        word = found.toString();
        return true;
    }
    if (!found.isUndefined())
        failType(key, "a word");
    return false;
}

bool JsonReader::takeArray(const char *key, QJsonArray &array)
{
    const QJsonValue found = takeValue(key);
    if (found.isArray()) {
        array = found.toArray();
        return true;
    }
    if (!found.isUndefined())
        failType(key, "a list");
    return false;
}

} // namespace engine
