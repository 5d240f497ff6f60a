// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shortcuts_page.h"

#include "ui/icons.h"
#include "ui/search_field.h"

#include <QtGui/QKeyEvent>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QTreeWidget>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

namespace ui {

namespace {

constexpr int PlaceRole = Qt::UserRole;
constexpr int IndexRole = Qt::UserRole + 1;

bool isModifier(int key)
{
    return key == Qt::Key_Control || key == Qt::Key_Shift || key == Qt::Key_Alt
        || key == Qt::Key_Meta || key == Qt::Key_AltGr || key == Qt::Key_Super_L
        || key == Qt::Key_Super_R || key == Qt::Key_unknown || key == 0;
}

} // namespace

ShortcutField::ShortcutField(QWidget *parent)
    : QLineEdit(parent)
{
    setReadOnly(true);
    setContextMenuPolicy(Qt::NoContextMenu);
}

bool ShortcutField::event(QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride) {
        event->accept();
        return true;
    }
    if (event->type() != QEvent::KeyPress)
        return QLineEdit::event(event);
    const auto *key = static_cast<QKeyEvent *>(event);
    const Qt::KeyboardModifiers modifiers = key->modifiers() & ~Qt::KeypadModifier;
    // Tab and Escape alone stay what they are in dialogs.
    if ((key->key() == Qt::Key_Tab || key->key() == Qt::Key_Backtab || key->key() == Qt::Key_Escape)
        && (modifiers == Qt::NoModifier || modifiers == Qt::ShiftModifier))
        return QLineEdit::event(event);
    if (isModifier(key->key()))
        return true;
    emit pressed(m_mode == Mode::SingleKey
                     ? QKeySequence(key->key())
                     : QKeySequence(QKeyCombination(modifiers, Qt::Key(key->key()))));
    return true;
}

ShortcutsPage::ShortcutsPage(QWidget *parent)
    : PreferencesPage(parent)
    , m_manager(managerShortcuts())
    , m_machine(machineShortcuts())
    , m_search(new QLineEdit(this))
    , m_table(new QTreeWidget(this))
    , m_label(new QLabel(this))
    , m_field(new ShortcutField(this))
    , m_none(new QPushButton(tr("&None"), this))
    , m_usual(new QPushButton(tr("&Usual"), this))
    , m_allUsual(new QPushButton(tr("&All Usual"), this))
{
    m_search->setObjectName(QStringLiteral("shortcutSearch"));
    m_search->setPlaceholderText(tr("Search commands and keys"));
    m_search->setAccessibleName(tr("Search commands and keys"));
    makeSearchField(*m_search);
    connect(m_search, &QLineEdit::textChanged, this, &ShortcutsPage::search);

    m_table->setObjectName(QStringLiteral("shortcuts"));
    m_table->setAccessibleName(tr("Shortcuts"));
    m_table->setHeaderLabels({tr("Command"), tr("Keys")});
    m_table->setAlternatingRowColors(true);
    m_table->setUniformRowHeights(true);
    m_table->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_table->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    m_table->header()->setStretchLastSection(false);
    m_table->setMinimumHeight(180);
    connect(m_table, &QTreeWidget::currentItemChanged, this, &ShortcutsPage::update);

    m_label->setBuddy(m_field);
    m_field->setObjectName(QStringLiteral("keys"));
    m_field->setPlaceholderText(tr("Press the keys here"));
    connect(m_field, &ShortcutField::pressed, this, &ShortcutsPage::choose);
    m_none->setObjectName(QStringLiteral("noKeys"));
    m_none->setToolTip(tr("No keys for this command"));
    m_usual->setObjectName(QStringLiteral("usualKeys"));
    m_usual->setToolTip(tr("The usual keys for this command"));
    m_allUsual->setObjectName(QStringLiteral("allUsualKeys"));
    m_allUsual->setToolTip(tr("The usual keys for every command"));
    for (QPushButton *button : {m_none, m_usual, m_allUsual})
        button->setAutoDefault(false);
    connect(m_none, &QPushButton::clicked, this, [this] { choose({}); });
    connect(m_usual, &QPushButton::clicked, this, &ShortcutsPage::resetOne);
    connect(m_allUsual, &QPushButton::clicked, this, &ShortcutsPage::resetAll);

    auto *row = new QHBoxLayout;
    row->addWidget(m_label);
    row->addWidget(m_field, 1);
    row->addWidget(m_none);
    row->addWidget(m_usual);
    row->addWidget(m_allUsual);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_search);
    layout->addWidget(m_table, 1);
    layout->addLayout(row);
    build();
}

void ShortcutsPage::build()
{
    const auto addGroup = [this](const QString &title, const QList<Shortcut> &shortcuts) {
        auto *group = new QTreeWidgetItem(m_table, {title});
        group->setFlags(Qt::ItemIsEnabled);
        QFont bold = m_table->font();
        bold.setBold(true);
        group->setFont(0, bold);
        group->setFirstColumnSpanned(true);
        for (qsizetype i = 0; i < shortcuts.size(); ++i) {
            auto *row = new QTreeWidgetItem(group, {shortcuts[i].label});
            row->setData(0, PlaceRole, int(shortcuts[i].place));
            row->setData(0, IndexRole, int(i));
        }
        group->setExpanded(true);
    };
    addGroup(tr("Machine windows, together with the host key"), m_machine);
    addGroup(tr("Manager"), m_manager);
    m_table->setCurrentItem(m_table->topLevelItem(0)->child(0));
}

void ShortcutsPage::show(const Preferences &preferences)
{
    m_managerChoices = preferences.managerShortcuts;
    m_machineChoices = preferences.machineShortcuts;
    update();
}

void ShortcutsPage::store(Preferences &preferences) const
{
    preferences.managerShortcuts = m_managerChoices;
    preferences.machineShortcuts = m_machineChoices;
}

ShortcutChoices &ShortcutsPage::choices(Shortcut::Place place)
{
    return place == Shortcut::Place::Manager ? m_managerChoices : m_machineChoices;
}

const ShortcutChoices &ShortcutsPage::choices(Shortcut::Place place) const
{
    return place == Shortcut::Place::Manager ? m_managerChoices : m_machineChoices;
}

const Shortcut *ShortcutsPage::shortcut(const QTreeWidgetItem *row) const
{
    if (row == nullptr || row->parent() == nullptr)
        return nullptr;
    const bool isManager = row->data(0, PlaceRole).toInt() == int(Shortcut::Place::Manager);
    return &(isManager ? m_manager : m_machine)[row->data(0, IndexRole).toInt()];
}

const Shortcut *ShortcutsPage::current() const
{
    return shortcut(m_table->currentItem());
}

QString ShortcutsPage::problem() const
{
    for (const QList<Shortcut> &all : {m_machine, m_manager}) {
        const ShortcutChoices &chosen = choices(all.first().place);
        const QStringList conflicts = conflictingShortcuts(all, chosen);
        if (conflicts.isEmpty())
            continue;
        QKeySequence keys;
        QStringList labels;
        for (const Shortcut &one : all) {
            if (!conflicts.contains(one.name))
                continue;
            if (keys.isEmpty())
                keys = keysOf(one, chosen);
            if (keysOf(one, chosen) == keys)
                labels.append(tr("“%1”").arg(one.label));
        }
        return tr("%1 stands for %2. Give one of them other keys or none.")
            .arg(keysText(all.first().place, keys), labels.join(tr(" and ")));
    }
    return {};
}

void ShortcutsPage::update()
{
    const QStringList conflicts = conflictingShortcuts(m_manager, m_managerChoices);
    const QStringList machineConflicts = conflictingShortcuts(m_machine, m_machineChoices);
    for (int i = 0; i < m_table->topLevelItemCount(); ++i) {
        QTreeWidgetItem *group = m_table->topLevelItem(i);
        for (int j = 0; j < group->childCount(); ++j) {
            QTreeWidgetItem *row = group->child(j);
            const Shortcut &one = *shortcut(row);
            const ShortcutChoices &chosen = choices(one.place);
            row->setText(1, keysText(one.place, keysOf(one, chosen)));
            QFont font = m_table->font();
            font.setBold(chosen.contains(one.name)); // not the usual ones
            row->setFont(1, font);
            const bool isInConflict =
                (one.place == Shortcut::Place::Manager ? conflicts : machineConflicts)
                    .contains(one.name);
            row->setIcon(1, isInConflict ? icon(QStringLiteral("dialog-warning")) : QIcon());
            row->setToolTip(1, isInConflict ? tr("Another command has these keys") : QString());
        }
    }
    const Shortcut *one = current();
    for (QWidget *widget : {static_cast<QWidget *>(m_field), static_cast<QWidget *>(m_none)})
        widget->setEnabled(one != nullptr);
    m_usual->setEnabled(one != nullptr && choices(one->place).contains(one->name));
    m_allUsual->setEnabled(!m_managerChoices.isEmpty() || !m_machineChoices.isEmpty());
    m_label->setText(one == nullptr || one->place == Shortcut::Place::Manager ? tr("&Keys:")
                                                                              : tr("Host &key +"));
    m_field->setAccessibleName(one == nullptr ? tr("Keys") : tr("Keys for %1").arg(one->label));
    m_field->setMode(one != nullptr && one->place == Shortcut::Place::Machine
                         ? ShortcutField::Mode::SingleKey
                         : ShortcutField::Mode::Combination);
    const QKeySequence keys = one == nullptr ? QKeySequence() : keysOf(*one, choices(one->place));
    m_field->setText(keys.toString(QKeySequence::NativeText));
}

void ShortcutsPage::choose(const QKeySequence &keys)
{
    const Shortcut *one = current();
    if (one == nullptr)
        return;
    ShortcutChoices &chosen = choices(one->place);
    if (keys == one->usual)
        chosen.remove(one->name);
    else
        chosen.insert(one->name, keys.toString(QKeySequence::PortableText));
    update();
    emit changed();
}

void ShortcutsPage::resetOne()
{
    if (const Shortcut *one = current()) {
        choices(one->place).remove(one->name);
        update();
        emit changed();
    }
}

void ShortcutsPage::resetAll()
{
    m_managerChoices.clear();
    m_machineChoices.clear();
    update();
    emit changed();
}

void ShortcutsPage::search(const QString &text)
{
    const QString wanted = text.simplified();
    for (int i = 0; i < m_table->topLevelItemCount(); ++i) {
        QTreeWidgetItem *group = m_table->topLevelItem(i);
        bool hasMatch = false;
        for (int j = 0; j < group->childCount(); ++j) {
            QTreeWidgetItem *row = group->child(j);
            const bool matches = row->text(0).contains(wanted, Qt::CaseInsensitive)
                || row->text(1).contains(wanted, Qt::CaseInsensitive);
            row->setHidden(!matches);
            hasMatch = hasMatch || matches;
            if (matches
                && (m_table->currentItem() == nullptr || m_table->currentItem()->isHidden()))
                m_table->setCurrentItem(row);
        }
        group->setHidden(!hasMatch);
    }
}

} // namespace ui
