// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/empty_text.h"

#include <QtWidgets/QAbstractItemView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QVBoxLayout>

namespace ui {

void showWhenEmpty(QAbstractItemView &view, const QString &text)
{
    auto *label = new QLabel(text, view.viewport());
    label->setObjectName(QStringLiteral("emptyText"));
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setAlignment(Qt::AlignCenter);
    label->setForegroundRole(QPalette::PlaceholderText);
    label->setAttribute(Qt::WA_TransparentForMouseEvents);
    auto *layout = new QVBoxLayout(view.viewport());
    layout->addWidget(label);
    const QAbstractItemModel *model = view.model();
    const auto update = [label, model] { label->setVisible(model->rowCount() == 0); };
    QObject::connect(model, &QAbstractItemModel::rowsInserted, label, update);
    QObject::connect(model, &QAbstractItemModel::rowsRemoved, label, update);
    QObject::connect(model, &QAbstractItemModel::modelReset, label, update);
    update();
}

} // namespace ui
