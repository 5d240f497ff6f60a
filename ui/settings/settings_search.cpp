// SPDX-License-Identifier: GPL-3.0-or-later
// The search of the settings dialog: pages without a hit go, fields with one are highlighted.
#include "ui/search_field.h"
#include "ui/settings/settings_dialog.h"
#include "ui/settings/settings_page.h"

#include <QtGui/QKeyEvent>
#include <QtGui/QShortcut>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>

namespace ui {

void SettingsDialog::makeSearch()
{
    m_search->setObjectName(QStringLiteral("search"));
    m_search->setPlaceholderText(tr("Search settings"));
    m_search->setAccessibleName(tr("Search settings"));
    makeSearchField(*m_search);
    m_search->installEventFilter(this);
    auto *find = new QShortcut(QKeySequence::Find, this);
    connect(find, &QShortcut::activated, this, [this] {
        m_search->setFocus(Qt::ShortcutFocusReason);
        m_search->selectAll();
    });
    connect(m_search, &QLineEdit::textChanged, this, &SettingsDialog::search);
}

// Return goes to what was found instead of closing the dialog, Escape ends the search first.
bool SettingsDialog::eventFilter(QObject *watched, QEvent *event)
{
    if (watched != m_search || event->type() != QEvent::KeyPress)
        return QDialog::eventFilter(watched, event);
    const int key = static_cast<QKeyEvent *>(event)->key();
    if (key == Qt::Key_Return || key == Qt::Key_Enter) {
        goToFirstFound();
        return true;
    }
    if (key == Qt::Key_Escape && !m_search->text().isEmpty()) {
        m_search->clear();
        return true;
    }
    if (key == Qt::Key_Down) {
        m_list->setFocus();
        return true;
    }
    return false;
}

void SettingsDialog::search(const QString &text)
{
    const QStringList words = text.split(u' ', Qt::SkipEmptyParts);
    int first = -1;
    for (int row = 0; row < m_pages.size(); ++row) {
        const bool isFound = m_pages.at(row)->search(words);
        m_list->item(row)->setHidden(!words.isEmpty() && !isFound);
        if (first < 0 && !words.isEmpty() && isFound)
            first = row;
    }
    const QListWidgetItem *current = m_list->currentItem();
    const bool isCurrentGone = current && current->isHidden();
    if (first >= 0 && (isCurrentGone || !current))
        m_list->setCurrentRow(first);
    // A page that only its title found gives way to one with a field.
    for (int row = 0; row < m_pages.size() && !words.isEmpty(); ++row) {
        if (m_pages.at(row)->firstFound().isEmpty())
            continue;
        if (m_pages.at(qMax(0, m_list->currentRow()))->firstFound().isEmpty())
            m_list->setCurrentRow(row);
        break;
    }
}

void SettingsDialog::goToFirstFound()
{
    const int row = m_list->currentRow();
    if (row < 0 || m_list->item(row)->isHidden())
        return;
    const QString found = m_pages.at(row)->firstFound();
    if (found.isEmpty())
        m_list->setFocus();
    else
        m_pages.at(row)->goTo(found);
}

} // namespace ui
