// SPDX-License-Identifier: GPL-3.0-or-later
// The one way an Error reaches a person: what was asked for, why not, what to do, and the chain
// with the log's place under Details. Never blocks: the box is window-modal and deletes itself.
#pragma once

#include "engine/base/result.h"

#include <QtCore/QString>

class QMessageBox;
class QWidget;

namespace ui {

// `asked`: "The machine \"Debian 12\" could not be started". `logFile` may be empty. The box is
// returned for those who want to know when it was read; it deletes itself.
QMessageBox *showError(QWidget *parent, const QString &asked, const engine::Error &error,
                       const QString &logFile = {});

// What the box offers beside closing it.
struct ErrorOffers
{
    QString logFile; // may be empty
    QString command; // for a shell: what the remedy asks for, to be copied; may be empty
};
QMessageBox *showError(QWidget *parent, const QString &asked, const engine::Error &error,
                       const ErrorOffers &offers);

// With a capital and a full stop, as engines' messages have none.
QString sentence(const QString &text);

// Wide enough for sentences, where Qt makes a box as wide as its title line. Call it when all
// texts and buttons are set.
void setReadableWidth(QMessageBox &box);

} // namespace ui
