// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/groups.h"

#include <QtCore/QCoreApplication>

#include <algorithm>

namespace ui::groups {

namespace {

QString clean(const QString &path)
{
    const QStringList parts = path.split(u'/', Qt::SkipEmptyParts);
    return u'/' + parts.join(u'/');
}

} // namespace

QString of(const engine::MachineDefinition &definition)
{
    return definition.groups.isEmpty() ? QStringLiteral("/") : clean(definition.groups.first());
}

QStringList withGroup(const engine::MachineDefinition &definition, const QString &group)
{
    QStringList all = definition.groups.mid(1);
    all.removeAll(group);
    all.prepend(group);
    return all.size() == 1 && group == QStringLiteral("/") ? QStringList() : all;
}

QString parentOf(const QString &group)
{
    const qsizetype slash = group.lastIndexOf(u'/');
    return slash <= 0 ? QStringLiteral("/") : group.left(slash);
}

QString nameOf(const QString &group)
{
    return group.mid(group.lastIndexOf(u'/') + 1);
}

QString join(const QString &parent, const QString &name)
{
    return parent.endsWith(u'/') ? parent + name : parent + u'/' + name;
}

bool isInside(const QString &group, const QString &ancestor)
{
    return group == ancestor || ancestor == QStringLiteral("/")
        || group.startsWith(ancestor + u'/');
}

QString nameProblem(const QString &name)
{
    if (name.trimmed().isEmpty())
        return QCoreApplication::translate("ui::groups", "A group needs a name");
    // VirtualBox separates the groups of a machine by commas.
    if (name.contains(u'/') || name.contains(u','))
        return QCoreApplication::translate("ui::groups",
                                           "A group's name cannot contain a slash or a comma");
    if (std::any_of(name.begin(), name.end(), [](QChar c) { return !c.isPrint(); }))
        return QCoreApplication::translate("ui::groups",
                                           "A group's name cannot contain control characters");
    return {};
}

} // namespace ui::groups
