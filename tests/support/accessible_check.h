// SPDX-License-Identifier: GPL-3.0-or-later
// What keeps a window from being used with a screen reader or by keyboard alone.
#pragma once

#include <QtCore/QSet>
#include <QtGui/QAccessible>
#include <QtGui/QAction>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QAbstractItemView>
#include <QtWidgets/QAbstractScrollArea>
#include <QtWidgets/QAbstractSlider>
#include <QtWidgets/QAbstractSpinBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMenu>
#include <QtWidgets/QMenuBar>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QRadioButton>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QTabBar>
#include <QtWidgets/QTextEdit>
#include <QtWidgets/QToolBar>
#include <QtWidgets/QWidgetAction>

#include <algorithm>

namespace fakes {

// Parts of a control, which answers for them.
inline bool isPartOfControl(const QWidget &widget)
{
    if (qobject_cast<const QScrollBar *>(&widget) || qobject_cast<const QHeaderView *>(&widget)
        || widget.objectName().startsWith(QLatin1String("qt_")))
        return true;
    for (const QWidget *parent = widget.parentWidget(); parent; parent = parent->parentWidget()) {
        if (qobject_cast<const QAbstractSpinBox *>(parent)
            || qobject_cast<const QComboBox *>(parent)
            || qobject_cast<const QLineEdit *>(parent) // its clear button and icons
            || qobject_cast<const QAbstractItemView *>(parent)
            || qobject_cast<const QTabBar *>(parent) || qobject_cast<const QMenuBar *>(parent))
            return true;
        const auto *area = qobject_cast<const QAbstractScrollArea *>(parent);
        if (area != nullptr && area->viewport() == &widget)
            return true;
    }
    return false;
}

inline bool isControl(const QWidget &widget)
{
    return widget.focusPolicy() != Qt::NoFocus
        || qobject_cast<const QAbstractButton *>(&widget) != nullptr;
}

inline QString describe(const QWidget &widget)
{
    return QStringLiteral("%1 \"%2\" in \"%3\"")
        .arg(QString::fromLatin1(widget.metaObject()->className()), widget.objectName(),
             widget.window()->objectName());
}

inline bool hasFittingRole(const QWidget &widget, QAccessible::Role role)
{
    if (qobject_cast<const QAbstractButton *>(&widget))
        return role == QAccessible::Button || role == QAccessible::CheckBox
            || role == QAccessible::RadioButton || role == QAccessible::ButtonMenu
            || role == QAccessible::ButtonDropDown;
    if (qobject_cast<const QLineEdit *>(&widget) || qobject_cast<const QTextEdit *>(&widget)
        || qobject_cast<const QPlainTextEdit *>(&widget))
        return role == QAccessible::EditableText;
    if (qobject_cast<const QComboBox *>(&widget))
        return role == QAccessible::ComboBox;
    if (qobject_cast<const QAbstractSpinBox *>(&widget))
        return role == QAccessible::SpinBox;
    if (qobject_cast<const QAbstractSlider *>(&widget))
        return role == QAccessible::Slider || role == QAccessible::Dial;
    if (qobject_cast<const QAbstractItemView *>(&widget))
        return role == QAccessible::List || role == QAccessible::Tree || role == QAccessible::Table;
    return role != QAccessible::NoRole && role != QAccessible::Client;
}

// Every control of the window, also on pages that are not in front: its name and its role.
inline QStringList accessibilityProblems(const QWidget &window)
{
    QStringList problems;
    const QList<QWidget *> widgets = window.findChildren<QWidget *>();
    for (QWidget *widget : widgets) {
        // Menus are asked by their actions; areas that only scroll are no controls.
        if (widget->isHidden() || qobject_cast<QMenu *>(widget) || qobject_cast<QMenuBar *>(widget)
            || (widget->inherits("QScrollArea")) || !isControl(*widget) || isPartOfControl(*widget)
            || widget->inherits("QTabWidget") || widget->inherits("QSplitterHandle")
            || widget->inherits("QSizeGrip"))
            continue;
        // Its words are its name, and it gets them when it has something to say.
        const auto *label = qobject_cast<const QLabel *>(widget);
        if (label != nullptr && label->text().isEmpty())
            continue;
        QAccessibleInterface *interface = QAccessible::queryAccessibleInterface(widget);
        if (interface == nullptr) {
            problems.append(describe(*widget) + QStringLiteral(": nothing for screen readers"));
            continue;
        }
        if (interface->text(QAccessible::Name).trimmed().isEmpty())
            problems.append(describe(*widget) + QStringLiteral(": no name"));
        if (!hasFittingRole(*widget, interface->role()))
            problems.append(describe(*widget)
                            + QStringLiteral(": wrong role %1").arg(int(interface->role())));
    }
    const QList<QAction *> actions = window.findChildren<QAction *>();
    for (const QAction *action : actions) {
        // Those of a menu or a button; others are bare shortcuts.
        const QList<QObject *> places = action->associatedObjects();
        const bool isSeen = std::any_of(places.begin(), places.end(), [](QObject *place) {
            return qobject_cast<QMenu *>(place) || qobject_cast<QAbstractButton *>(place)
                || qobject_cast<QToolBar *>(place);
        });
        if (isSeen && !action->isSeparator() && action->text().isEmpty()
            && action->menu() == nullptr && !action->objectName().startsWith(QLatin1String("_q_"))
            && qobject_cast<const QWidgetAction *>(action) == nullptr
            && qobject_cast<QLineEdit *>(action->parent()) == nullptr)
            problems.append(QStringLiteral("action \"%1\": no name").arg(action->objectName()));
    }
    return problems;
}

// Every control that is shown and enabled is reached by Tab from where the focus is; a group of
// radio buttons counts as one.
inline QStringList unreachableControls(QWidget &window)
{
    QSet<const QWidget *> reached;
    QWidget *start = window.focusWidget() ? window.focusWidget() : &window;
    for (QWidget *widget = start->nextInFocusChain(); widget && widget != start;
         widget = widget->nextInFocusChain())
        reached.insert(widget);
    reached.insert(start);
    QStringList missing;
    const QList<QWidget *> widgets = window.findChildren<QWidget *>();
    for (const QWidget *widget : widgets) {
        if (widget->window() != &window || !widget->isVisible() || !widget->isEnabled()
            || isPartOfControl(*widget) || widget->inherits("QScrollArea"))
            continue;
        // What tool bars offer is in the menus, which Alt and F10 reach.
        if (qobject_cast<const QToolBar *>(widget->parentWidget()))
            continue;
        // Within a group arrows go on where Tab came in.
        if (qobject_cast<const QRadioButton *>(widget))
            continue;
        const bool isActionable = qobject_cast<const QAbstractButton *>(widget)
            || qobject_cast<const QLineEdit *>(widget) || qobject_cast<const QComboBox *>(widget)
            || qobject_cast<const QAbstractSpinBox *>(widget)
            || qobject_cast<const QAbstractItemView *>(widget);
        if (!isActionable)
            continue;
        if ((widget->focusPolicy() & Qt::TabFocus) == 0 && !widget->focusProxy())
            missing.append(describe(*widget) + QStringLiteral(": not reached by Tab"));
        else if (!reached.contains(widget))
            missing.append(describe(*widget) + QStringLiteral(": not in the focus chain"));
    }
    return missing;
}

} // namespace fakes
