// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/confirm_box.h"

#include "ui/error_box.h"

#include <QtWidgets/QPushButton>

namespace ui {

QMessageBox *openConfirmation(QWidget *parent, const Confirmation &asked, QObject *context,
                              std::function<void()> confirmed)
{
    auto *box =
        new QMessageBox(asked.icon, asked.title, asked.question, QMessageBox::Cancel, parent);
    box->setObjectName(asked.name);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    box->setInformativeText(asked.explanation);
    QPushButton *const button = box->addButton(asked.button, asked.role);
    button->setObjectName(asked.buttonName);
    box->setDefaultButton(QMessageBox::Cancel);
    QObject::connect(button, &QPushButton::clicked, context, std::move(confirmed));
    setReadableWidth(*box);
    box->open();
    return box;
}

} // namespace ui
