// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/search_field.h"

#include "ui/icons.h"

#include <QtCore/QCoreApplication>
#include <QtGui/QAction>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QToolButton>

namespace ui {

void makeSearchField(QLineEdit &field)
{
    const QString search = QCoreApplication::translate("ui::SearchField", "Search");
    const QString clear = QCoreApplication::translate("ui::SearchField", "Clear the search");
    field.setClearButtonEnabled(true);
    QAction *glass = field.addAction(icon(QStringLiteral("edit-find")), QLineEdit::LeadingPosition);
    glass->setText(search);
    const QList<QToolButton *> buttons = field.findChildren<QToolButton *>();
    for (QToolButton *button : buttons) {
        const bool isGlass = button->defaultAction() == glass;
        button->setAccessibleName(isGlass ? search : clear);
    }
}

} // namespace ui
