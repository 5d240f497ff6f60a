// SPDX-License-Identifier: GPL-3.0-or-later
// Asks before something that cannot be taken back: Cancel, which is the default, and one button
// that does it. Never blocks: the box is window-modal and deletes itself.
#pragma once

#include <QtCore/QString>
#include <QtWidgets/QMessageBox>

#include <functional>

class QObject;
class QWidget;

namespace ui {

struct Confirmation
{
    QString name; // the box's object name, by which tests find it
    QString question;
    QString explanation;
    QString button;
    QString buttonName;
    QString title = QStringLiteral("Vitrine");
    QMessageBox::Icon icon = QMessageBox::Question;
    QMessageBox::ButtonRole role = QMessageBox::AcceptRole;
};

// `confirmed` is called unless `context` is gone by then.
QMessageBox *openConfirmation(QWidget *parent, const Confirmation &asked, QObject *context,
                              std::function<void()> confirmed);

} // namespace ui
