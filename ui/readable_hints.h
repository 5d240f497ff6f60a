// SPDX-License-Identifier: GPL-3.0-or-later
// Hints and placeholders that can be read: Qt's own theme for KDE takes over the desktop's dark
// colors, but leaves PlaceholderText as it is on white (Qt 6.4, without Plasma's own theme). Where
// the desktop's color cannot be told from the ground, it becomes one between ground and text.
#pragma once

#include <QtCore/QObject>
#include <QtGui/QPalette>

class QApplication;

namespace ui {

bool areHintsReadable(const QPalette &palette, QPalette::ColorGroup group);
QColor readableHintColor(const QPalette &palette, QPalette::ColorGroup group);

// As long as it lives, also when the desktop's colors change.
class ReadableHints final : public QObject
{
public:
    explicit ReadableHints(QApplication &application);

    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void mend();

    bool m_isMended = false;
};

} // namespace ui
