// SPDX-License-Identifier: GPL-3.0-or-later
// Finding words on a page of a dialog: in labels, buttons, group titles, lists, tool tips and
// accessible names.
#pragma once

#include <QtCore/QList>
#include <QtCore/QString>

class QWidget;

namespace ui {

// Widgets of the page whose own words contain `text`, in any case and without mnemonics; hidden
// ones are left out. Further words of a widget can be put into its property "searchWords".
QList<QWidget *> widgetsMatching(const QWidget &page, const QString &text);

// A mark over the widget, from the palette, that follows it and lets clicks through. The caller
// deletes it, or it goes with the widget's parent.
QWidget *markWidget(QWidget &widget);

} // namespace ui
