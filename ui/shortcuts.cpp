// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shortcuts.h"

#include "ui/console_actions.h"
#include "ui/guest_keys.h"
#include "ui/manager_actions.h"

#include <QtCore/QVariant>
#include <QtGui/QAction>
#include <QtWidgets/QWidget>

namespace ui {

namespace {

constexpr char UsualKeysProperty[] = "usualShortcut";

QKeySequence usualKeys(QAction *action)
{
    const QVariant known = action->property(UsualKeysProperty);
    if (known.isValid())
        return known.value<QKeySequence>();
    action->setProperty(UsualKeysProperty, QVariant::fromValue(action->shortcut()));
    return action->shortcut();
}

} // namespace

QString actionLabel(const QAction &action)
{
    QString text = action.text().section(u'\t', 0, 0);
    text.replace(QLatin1String("&&"), QString(QChar(1)));
    text.remove(u'&');
    text.replace(QChar(1), u'&');
    while (text.endsWith(u'.') || text.endsWith(u'\u2026'))
        text.chop(1);
    return text;
}

QList<Shortcut> managerShortcuts()
{
    QWidget window;
    const ManagerActions actions(&window);
    QList<Shortcut> shortcuts;
    const QList<QAction *> all = window.actions();
    for (QAction *action : all) {
        if (!action->objectName().isEmpty())
            shortcuts.append({Shortcut::Place::Manager, action->objectName(), actionLabel(*action),
                              action->shortcut()});
    }
    return shortcuts;
}

QList<Shortcut> machineShortcuts()
{
    const ConsoleActions actions;
    QList<Shortcut> shortcuts;
    const QList<QAction *> all = actions.allActions();
    for (const QAction *action : all) {
        const int key = ConsoleActions::usualChordOf(action);
        shortcuts.append({Shortcut::Place::Machine, action->objectName(), actionLabel(*action),
                          key == 0 ? QKeySequence() : QKeySequence(key)});
    }
    return shortcuts;
}

QKeySequence keysOf(const Shortcut &shortcut, const ShortcutChoices &choices)
{
    const auto choice = choices.find(shortcut.name);
    return choice == choices.end() ? shortcut.usual
                                   : QKeySequence::fromString(*choice, QKeySequence::PortableText);
}

QStringList conflictingShortcuts(const QList<Shortcut> &shortcuts, const ShortcutChoices &choices)
{
    QHash<QString, QStringList> users;
    for (const Shortcut &shortcut : shortcuts) {
        const QKeySequence keys = keysOf(shortcut, choices);
        if (!keys.isEmpty())
            users[keys.toString()].append(shortcut.name);
    }
    QStringList conflicts;
    for (const Shortcut &shortcut : shortcuts) {
        const QKeySequence keys = keysOf(shortcut, choices);
        if (!keys.isEmpty() && users[keys.toString()].size() > 1)
            conflicts.append(shortcut.name);
    }
    return conflicts;
}

QString keysText(Shortcut::Place place, const QKeySequence &keys)
{
    if (keys.isEmpty())
        return {};
    return place == Shortcut::Place::Machine ? hostChordText(keys[0].key())
                                             : keys.toString(QKeySequence::NativeText);
}

WindowShortcuts::WindowShortcuts(QWidget *window)
    : QObject(window)
    , m_window(window)
{
    connect(new engine::PreferencesWatcher(this), &engine::PreferencesWatcher::changed, this,
            &WindowShortcuts::apply);
    apply();
}

void WindowShortcuts::apply()
{
    const ShortcutChoices choices = Preferences::load().managerShortcuts;
    const QList<QAction *> actions = m_window->actions();
    for (QAction *action : actions) {
        if (action->objectName().isEmpty())
            continue;
        const Shortcut shortcut{
            Shortcut::Place::Manager, action->objectName(), {}, usualKeys(action)};
        action->setShortcut(keysOf(shortcut, choices));
    }
}

} // namespace ui
