// SPDX-License-Identifier: GPL-3.0-or-later
// Every shortcut of the manager and every host chord of machine windows: what they are by default,
// what the user made of them, and where two of them collide. The lists come from the windows' own
// actions, so no action can be missing.
#pragma once

#include "ui/preferences.h"

#include <QtCore/QHash>
#include <QtCore/QList>
#include <QtCore/QObject>
#include <QtCore/QString>
#include <QtGui/QKeySequence>

class QAction;
class QWidget;

namespace ui {

// Keys as they are written into the preferences: QKeySequence::PortableText; "" is none.
using ShortcutChoices = QHash<QString, QString>;

struct Shortcut
{
    enum class Place { Manager, Machine }; // Machine: the key that goes with the host key

    Place place = Place::Manager;
    QString name; // of the action
    QString label; // translated, without mnemonic
    QKeySequence usual; // by default; may be empty
};

QList<Shortcut> managerShortcuts();
QList<Shortcut> machineShortcuts();

// What holds with these choices.
QKeySequence keysOf(const Shortcut &shortcut, const ShortcutChoices &choices);

// Names of shortcuts that share their keys with another one, both sides.
QStringList conflictingShortcuts(const QList<Shortcut> &shortcuts, const ShortcutChoices &choices);

// "Host+F" for machines, the desktop's way of writing for the manager; empty for none.
QString keysText(Shortcut::Place place, const QKeySequence &keys);

// An action's words without mnemonic, dots and what follows a tab.
QString actionLabel(const QAction &action);

// Gives a window's actions the keys of the preferences, now and whenever they change.
class WindowShortcuts final : public QObject
{
    Q_OBJECT
public:
    explicit WindowShortcuts(QWidget *window);

private:
    void apply();

    QWidget *m_window;
};

} // namespace ui
