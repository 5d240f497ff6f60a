// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/manager_state.h"

#include "engine/base/log.h"
#include "engine/machine/atomic_file.h"
#include "ui/groups.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

namespace ui {

namespace {

QStringList strings(const QJsonValue &value)
{
    QStringList list;
    for (const QJsonValue &item : value.toArray())
        list.append(item.toString());
    return list;
}

} // namespace

ManagerState::ManagerState(const QString &configFolder)
    : m_path(configFolder + QStringLiteral("/manager.json"))
{
    const engine::Result<QByteArray> bytes = engine::readSmallFile(m_path);
    if (!bytes)
        return;
    QJsonObject json = QJsonDocument::fromJson(*bytes).object();
    showsColumns = json.take(QStringLiteral("view")).toString() == QStringLiteral("columns");
    columns = QByteArray::fromBase64(json.take(QStringLiteral("columns")).toString().toLatin1());
    splitter = QByteArray::fromBase64(json.take(QStringLiteral("splitter")).toString().toLatin1());
    const QStringList folded = strings(json.take(QStringLiteral("collapsed")));
    collapsed = QSet<QString>(folded.begin(), folded.end());
    const QJsonObject orders = json.take(QStringLiteral("order")).toObject();
    for (auto item = orders.begin(); item != orders.end(); ++item)
        order.insert(item.key(), strings(item.value()));
    m_unknownKeys = json;
}

void ManagerState::renameGroup(const QString &from, const QString &to)
{
    const auto renamed = [&](const QString &group) {
        return groups::isInside(group, from) ? to + group.mid(from.size()) : group;
    };
    QSet<QString> folded;
    for (const QString &group : std::as_const(collapsed))
        folded.insert(renamed(group));
    collapsed = folded;
    QHash<QString, QStringList> orders;
    for (auto item = order.cbegin(); item != order.cend(); ++item) {
        QStringList keys;
        for (const QString &key : item.value())
            keys.append(key.startsWith(u'/') ? renamed(key) : key);
        orders.insert(renamed(item.key()), keys);
    }
    order = orders;
}

void ManagerState::save() const
{
    QJsonObject json = m_unknownKeys;
    json[QStringLiteral("view")] =
        showsColumns ? QStringLiteral("columns") : QStringLiteral("list");
    json[QStringLiteral("columns")] = QString::fromLatin1(columns.toBase64());
    json[QStringLiteral("splitter")] = QString::fromLatin1(splitter.toBase64());
    QStringList folded = collapsed.values();
    folded.sort();
    json[QStringLiteral("collapsed")] = QJsonArray::fromStringList(folded);
    QJsonObject orders;
    for (auto item = order.cbegin(); item != order.cend(); ++item)
        orders[item.key()] = QJsonArray::fromStringList(item.value());
    json[QStringLiteral("order")] = orders;
    QDir().mkpath(QFileInfo(m_path).path());
    const engine::Result<> written =
        engine::writeFileAtomically(m_path, QJsonDocument(json).toJson());
    if (!written)
        engine::log(engine::LogLevel::Warning, "manager", written.error().text());
}

} // namespace ui
