// SPDX-License-Identifier: GPL-3.0-or-later
// What the manager's window remembers of itself: how the list is shown, which groups are folded,
// and the order somebody dragged things into. $XDG_CONFIG_HOME/vitrine/manager.json, written
// atomically; losing it loses nothing of a machine.
//
// Main thread only.
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QHash>
#include <QtCore/QJsonObject>
#include <QtCore/QSet>
#include <QtCore/QString>
#include <QtCore/QStringList>

namespace ui {

class ManagerState final
{
public:
    explicit ManagerState(const QString &configFolder);

    bool showsColumns = false;
    QByteArray columns; // QHeaderView::saveState()
    QByteArray splitter;
    QSet<QString> collapsed; // groups
    // By group: keys of machines (their UUIDs) and groups (their paths) in the order they are
    // shown. What is not named follows, sorted.
    QHash<QString, QStringList> order;

    void renameGroup(const QString &from, const QString &to);
    // A file that cannot be written is worth a line in the log.
    void save() const;

private:
    QString m_path;
    QJsonObject m_unknownKeys;
};

} // namespace ui
