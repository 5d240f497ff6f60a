// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/menu_words.h"

#include <QtWidgets/QMenu>

namespace ui {

namespace {

constexpr qsizetype WordsLineLength = 60;

} // namespace

QStringList wordLines(const QString &text)
{
    QStringList lines;
    const QStringList words = text.split(u' ', Qt::SkipEmptyParts);
    for (const QString &word : words) {
        if (!lines.isEmpty() && lines.last().size() + word.size() < WordsLineLength)
            lines.last() += u' ' + word;
        else
            lines.append(word);
    }
    return lines;
}

QList<QAction *> addWords(QMenu &menu, const QString &text, const QIcon &icon)
{
    QList<QAction *> entries;
    for (QString line : wordLines(text)) {
        QAction *entry = menu.addAction(line.replace(u'&', QStringLiteral("&&")));
        entry->setEnabled(false);
        entries.append(entry);
    }
    if (!entries.isEmpty())
        entries.first()->setIcon(icon);
    return entries;
}

} // namespace ui
