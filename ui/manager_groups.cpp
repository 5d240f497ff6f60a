// SPDX-License-Identifier: GPL-3.0-or-later
// What the manager window does with groups and the order of its list.
#include "engine/machine/qt_text.h"
#include "ui/error_box.h"
#include "ui/groups.h"
#include "ui/machine_browser.h"
#include "ui/machine_list_model.h"
#include "ui/machine_monitor.h"
#include "ui/manager_actions.h"
#include "ui/manager_window.h"
#include "ui/name_dialog.h"

#include <QtCore/QJsonArray>
#include <QtWidgets/QMenu>

#include <algorithm>

namespace ui {

void ManagerWindow::connectGroupActions()
{
    connect(m_actions->newGroup, &QAction::triggered, this, &ManagerWindow::askForNewGroup);
    connect(m_actions->ungroup, &QAction::triggered, this, &ManagerWindow::ungroup);
    connect(m_actions->sortGroup, &QAction::triggered, this, &ManagerWindow::sortGroup);
    connect(m_actions->moveUp, &QAction::triggered, this, [this] { moveRow(-1); });
    connect(m_actions->moveDown, &QAction::triggered, this, [this] { moveRow(1); });
    connect(m_actions->groupMenu(), &QMenu::aboutToShow, this, &ManagerWindow::fillGroupMenu);
}

void ManagerWindow::updateGrouping()
{
    const QString group = m_browser->currentGroup();
    const engine::MachineEntry *entry = currentEntry();
    ManagerActions::Grouping grouping;
    grouping.isGroup = !group.isEmpty();
    grouping.isInGroup = entry && groups::of(entry->definition) != QStringLiteral("/");
    grouping.isTable = m_state.showsColumns;
    grouping.isOrdered = std::any_of(m_state.order.cbegin(), m_state.order.cend(),
                                     [](const QStringList &keys) { return !keys.isEmpty(); });
    const QList<engine::MachineEntry> entries = selectedEntries();
    grouping.hasUnreadable =
        std::any_of(entries.begin(), entries.end(),
                    [](const engine::MachineEntry &each) { return !each.isAccessible(); });
    m_actions->followGrouping(grouping, int(entries.size()));
}

void ManagerWindow::fillGroupMenu()
{
    QMenu *menu = m_actions->groupMenu();
    menu->clear();
    const auto add = [this, menu](const QString &text, const QString &group) {
        // An ampersand in a name is no mnemonic.
        QAction *action = menu->addAction(QString(text).replace(u'&', QStringLiteral("&&")));
        connect(action, &QAction::triggered, this,
                [this, group] { setGroup(selectedEntries(), group); });
    };
    add(tr("(No Group)"), QStringLiteral("/"));
    const QStringList all = m_browser->groups();
    if (!all.isEmpty())
        menu->addSeparator();
    for (const QString &group : all)
        add(group.mid(1), group);
    menu->addSeparator();
    menu->addAction(m_actions->newGroup);
}

void ManagerWindow::askForNewGroup()
{
    const QList<engine::MachineEntry> machines = selectedEntries();
    if (machines.isEmpty())
        return;
    // Beside what is selected: a new group of three machines in /work is in /work.
    QString parent = groups::of(machines.first().definition);
    for (const engine::MachineEntry &machine : machines) {
        if (groups::of(machine.definition) != parent)
            parent = QStringLiteral("/");
    }
    if (const QString current = m_browser->currentGroup(); !current.isEmpty())
        parent = groups::parentOf(current);
    const QStringList all = m_browser->groups();
    QString free = tr("New Group");
    for (int i = 2; all.contains(groups::join(parent, free)); ++i)
        free = tr("New Group %1").arg(i);
    auto *dialog = new NameDialog(
        {.title = tr("New Group"), .label = tr("&Name:"), .name = free, .accept = tr("&Group")},
        [parent, all](const QString &name) {
            if (all.contains(groups::join(parent, name)))
                return tr("There is a group with this name already");
            return groups::nameProblem(name);
        },
        this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &NameDialog::chosen, this, [this, machines, parent](const QString &name) {
        setGroup(machines, groups::join(parent, name));
    });
    dialog->open();
}

void ManagerWindow::renameGroup(const QString &group)
{
    const QStringList all = m_browser->groups();
    const QString parent = groups::parentOf(group);
    auto *dialog = new NameDialog(
        {.title = tr("Rename the Group \"%1\"").arg(groups::nameOf(group)),
         .label = tr("&Name:"),
         .name = groups::nameOf(group),
         .accept = tr("&Rename")},
        [group, parent, all](const QString &name) {
            const QString path = groups::join(parent, name);
            if (path != group && all.contains(path))
                return tr("There is a group with this name already");
            return groups::nameProblem(name);
        },
        this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &NameDialog::chosen, this, [this, group, parent](const QString &name) {
        const QString path = groups::join(parent, name);
        if (path == group)
            return;
        m_state.renameGroup(group, path);
        m_state.save();
        const QList<engine::MachineEntry> machines = m_store.machines();
        for (const engine::MachineEntry &machine : machines) {
            const QString now = groups::of(machine.definition);
            if (machine.isAccessible() && groups::isInside(now, group))
                setGroup({machine}, path + now.mid(group.size()));
        }
        m_browser->selectGroup(path);
    });
    dialog->open();
}

void ManagerWindow::setGroup(const QList<engine::MachineEntry> &machines, const QString &group)
{
    for (const engine::MachineEntry &machine : machines) {
        if (!machine.isAccessible() || groups::of(machine.definition) == group)
            continue;
        const QStringList wanted = groups::withGroup(machine.definition, group);
        const QString failed = tr("\"%1\" could not be put into the group");
        // The definition of a running machine is its process's.
        if (m_monitor->client(machine.definition.uuid)) {
            command(machine, QStringLiteral("machine.setGroups"), failed,
                    {{QStringLiteral("groups"), QJsonArray::fromStringList(wanted)}});
            continue;
        }
        engine::MachineEntry changed = machine;
        changed.definition.groups = wanted;
        const auto saved = m_store.save(changed);
        if (!saved) {
            showError(this, failed.arg(machine.displayName()), saved.error());
            return; // the others would fail for the same reason, one box each
        }
    }
}

void ManagerWindow::ungroup()
{
    const QStringList chosen = m_browser->selectedGroups();
    QList<engine::MachineEntry> machines = selectedEntries();
    if (chosen.isEmpty()) {
        for (const engine::MachineEntry &machine : std::as_const(machines))
            setGroup({machine}, groups::parentOf(groups::of(machine.definition)));
        return;
    }
    for (const engine::MachineEntry &machine : std::as_const(machines)) {
        const QString now = groups::of(machine.definition);
        for (const QString &group : chosen) {
            if (!groups::isInside(now, group))
                continue;
            // What was inside moves up with it.
            const QString parent = groups::parentOf(group);
            const QString rest = now.mid(group.size());
            setGroup({machine}, rest.isEmpty() ? parent : groups::join(parent, rest.mid(1)));
            break;
        }
    }
}

void ManagerWindow::drop(const QStringList &keys, const QString &group, const QString &before)
{
    QStringList order = m_browser->keysInGroup(group);
    QStringList added;
    const QList<engine::MachineEntry> machines = m_store.machines();
    for (const QString &key : keys) {
        if (!key.startsWith(u'/')) {
            const auto machine = std::find_if(
                machines.begin(), machines.end(), [&key](const engine::MachineEntry &entry) {
                    return entry.isAccessible()
                        && entry.definition.uuid.toString(QUuid::WithoutBraces) == key;
                });
            if (machine == machines.end())
                continue;
            // Dragged with its group.
            const QString now = groups::of(machine->definition);
            const bool goesAlong = std::any_of(keys.begin(), keys.end(), [&now](const QString &k) {
                return k.startsWith(u'/') && groups::isInside(now, k);
            });
            if (goesAlong)
                continue;
            setGroup({*machine}, group);
            added.append(key);
            continue;
        }
        const QString path = groups::join(group, groups::nameOf(key));
        if (path != key) {
            m_state.renameGroup(key, path);
            for (const engine::MachineEntry &machine : machines) {
                const QString now = groups::of(machine.definition);
                if (machine.isAccessible() && groups::isInside(now, key))
                    setGroup({machine}, path + now.mid(key.size()));
            }
        }
        added.append(path);
    }
    for (const QString &key : std::as_const(added))
        order.removeAll(key);
    qsizetype place =
        before.isEmpty() || added.contains(before) ? order.size() : order.indexOf(before);
    if (place < 0)
        place = order.size();
    for (const QString &key : std::as_const(added))
        order.insert(place++, key);
    m_state.order.insert(group, order);
    m_state.save();
    m_browser->orderChanged();
}

// The current row among those beside it.
void ManagerWindow::moveRow(int places)
{
    const QString group = m_browser->currentGroup();
    const engine::MachineEntry *entry = currentEntry();
    if (group.isEmpty() && !entry)
        return;
    const QString parent =
        group.isEmpty() ? groups::of(entry->definition) : groups::parentOf(group);
    const QString key =
        group.isEmpty() ? entry->definition.uuid.toString(QUuid::WithoutBraces) : group;
    QStringList order = m_browser->keysInGroup(parent);
    const qsizetype from = order.indexOf(key);
    const qsizetype to = from + places;
    if (from < 0 || to < 0 || to >= order.size())
        return;
    order.move(from, to);
    m_state.order.insert(parent, order);
    m_state.save();
    m_browser->orderChanged();
}

void ManagerWindow::sortGroup()
{
    const QString current = m_browser->currentGroup();
    const engine::MachineEntry *entry = currentEntry();
    const QString group = !current.isEmpty() ? current
        : entry                              ? groups::of(entry->definition)
                                             : QStringLiteral("/");
    // That group first; when it is sorted already, all of them.
    if (m_state.order.remove(group) == 0)
        m_state.order.clear();
    m_state.save();
    m_browser->orderChanged();
    selectionChanged();
}

} // namespace ui
