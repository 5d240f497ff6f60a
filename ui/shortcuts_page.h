// SPDX-License-Identifier: GPL-3.0-or-later
// Every shortcut of the manager and of machine windows in one table with a search box: choose one,
// press other keys for it, or none, or the usual ones again. Two that share their keys are marked
// and have to be told apart before anything is written.
#pragma once

#include "ui/preferences_page.h"
#include "ui/shortcuts.h"

#include <QtGui/QKeySequence>
#include <QtWidgets/QLineEdit>

class QLabel;
class QPushButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace ui {

// Takes the next key combination that is pressed in it; with SingleKey one key without modifiers.
class ShortcutField final : public QLineEdit
{
    Q_OBJECT
public:
    enum class Mode { Combination, SingleKey };

    explicit ShortcutField(QWidget *parent = nullptr);
    void setMode(Mode mode) { m_mode = mode; }

signals:
    void pressed(const QKeySequence &keys);

protected:
    bool event(QEvent *event) override;

private:
    Mode m_mode = Mode::Combination;
};

class ShortcutsPage final : public PreferencesPage
{
    Q_OBJECT
public:
    explicit ShortcutsPage(QWidget *parent = nullptr);

    void show(const Preferences &preferences) override;
    void store(Preferences &preferences) const override;
    QString problem() const override;

private:
    const Shortcut *current() const;
    const Shortcut *shortcut(const QTreeWidgetItem *row) const;
    ShortcutChoices &choices(Shortcut::Place place);
    const ShortcutChoices &choices(Shortcut::Place place) const;
    void build();
    void update();
    void search(const QString &text);
    void choose(const QKeySequence &keys);
    void resetOne();
    void resetAll();

    QList<Shortcut> m_manager;
    QList<Shortcut> m_machine;
    ShortcutChoices m_managerChoices;
    ShortcutChoices m_machineChoices;
    QLineEdit *m_search;
    QTreeWidget *m_table;
    QLabel *m_label;
    ShortcutField *m_field;
    QPushButton *m_none;
    QPushButton *m_usual;
    QPushButton *m_allUsual;
};

} // namespace ui
