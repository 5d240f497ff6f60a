// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/preferences_page.h"

#include <QtWidgets/QFormLayout>
#include <QtWidgets/QLabel>

namespace ui {

QLabel *PreferencesPage::addRow(QFormLayout &form, const QString &text, QWidget *field,
                                QWidget *row)
{
    auto *label = new QLabel(text);
    label->setBuddy(field);
    form.addRow(label, row == nullptr ? field : row);
    return label;
}

QLabel *PreferencesPage::makeHint(const QString &text, QWidget *parent)
{
    auto *hint = new QLabel(text, parent);
    hint->setWordWrap(true);
    hint->setForegroundRole(QPalette::PlaceholderText);
    return hint;
}

} // namespace ui
