// SPDX-License-Identifier: GPL-3.0-or-later
// Takes known keys out of a JSON object, each once, checking types and ranges; what is left was
// unknown. The first mistake sticks, so that a reader is a plain list of fields and one question at
// the end.
#pragma once

#include "engine/machine/machine_json.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>
#include <QtCore/QVarLengthArray>

#include <limits>

namespace engine {

class JsonReader final
{
public:
    // `place` names the object in messages: "controllers[0].".
    JsonReader(QJsonObject object, QString place = {})
        : m_object(std::move(object))
        , m_place(std::move(place))
    { }

    // Each leaves `value` alone when the key is absent.
    void take(const char *key, QString &value);
    void take(const char *key, bool &value);
    void take(const char *key, int &value, int least, int most);
    void take(const char *key, QStringList &value);
    void take(const char *key, QJsonObject &value);

    template <class Enum>
    void takeEnum(const char *key, Enum &value)
    {
        QString word;
        if (!takeWord(key, word))
            return;
        if (const std::optional<Enum> found = enumFromName<Enum>(word))
            value = *found;
        else
            failWord(key, word, enumNames<Enum>());
    }

    template <class Enum>
    void takeEnums(const char *key, QList<Enum> &values)
    {
        if (!m_object.contains(QLatin1String(key)))
            return;
        QStringList names;
        take(key, names);
        values.clear();
        for (const QString &word : names) {
            const std::optional<Enum> found = enumFromName<Enum>(word);
            if (!found)
                return failWord(key, word, enumNames<Enum>());
            values.append(*found);
        }
    }

    // `readOne(JsonReader &) -> Item` for each object of an array.
    template <class Item, class Function>
    void takeList(const char *key, QList<Item> &items, Function readOne)
    {
        QJsonArray array;
        if (!takeArray(key, array))
            return;
        items.clear();
        for (qsizetype i = 0; i < array.size(); ++i) {
            const QString place =
                QStringLiteral("%1%2[%3]").arg(m_place, QLatin1String(key)).arg(i);
            if (!array.at(i).isObject())
                return fail(QStringLiteral("\"%1\" must be an object").arg(place));
            JsonReader reader(array.at(i).toObject(), place + QLatin1Char('.'));
            items.append(readOne(reader));
            if (reader.m_error)
                return fail(toQString(reader.m_error->message()));
        }
    }

    // The same for one object.
    template <class Item, class Function>
    void takeGroup(const char *key, Item &item, Function readOne)
    {
        if (!m_object.contains(QLatin1String(key)))
            return;
        QJsonObject object;
        take(key, object);
        if (m_error)
            return;
        JsonReader reader(object, QStringLiteral("%1%2.").arg(m_place, QLatin1String(key)));
        item = readOne(reader);
        if (reader.m_error)
            fail(toQString(reader.m_error->message()));
    }

    void fail(const QString &text);
    const std::optional<Error> &error() const { return m_error; }
    QJsonObject rest() const;

private:
    QJsonValue takeValue(const char *key);
    bool takeWord(const char *key, QString &word);
    bool takeArray(const char *key, QJsonArray &array);
    void failType(const char *key, const char *wanted);
    void failWord(const char *key, const QString &word, const QStringList &allowed);

    QJsonObject m_object; // never changed, since that would copy it
    QVarLengthArray<const char *, 32> m_taken;
    QString m_place;
    std::optional<Error> m_error;
};

} // namespace engine
