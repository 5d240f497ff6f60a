// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/message_bar.h"

#include "ui/icons.h"

#include <QtCore/QEvent>
#include <QtCore/QTimer>
#include <QtWidgets/QFrame>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QStyle>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

namespace ui {

MessageBar::MessageBar(QWidget *parent)
    : QWidget(parent)
    , m_layout(new QVBoxLayout(this))
{
    setObjectName(QStringLiteral("messageBar"));
    setAccessibleName(tr("Notices"));
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(0);
    hide();
}

QWidget *MessageBar::makeLine(const Notice &notice)
{
    auto *line = new QFrame(this);
    line->setObjectName(notice.key);
    line->setAccessibleName(notice.text);
    line->setFrameShape(QFrame::StyledPanel);
    line->setAutoFillBackground(true);
    line->setBackgroundRole(QPalette::Window);
    line->setToolTip(notice.toolTip);
    auto *layout = new QHBoxLayout(line);
    layout->setContentsMargins(8, 3, 4, 3);
    layout->setSpacing(8);

    auto *picture = new QLabel(line);
    const int size = style()->pixelMetric(QStyle::PM_SmallIconSize, nullptr, this);
    picture->setPixmap(icon(notice.kind == Notice::Kind::Warning
                                ? QStringLiteral("dialog-warning")
                                : QStringLiteral("dialog-information"))
                           .pixmap(size));
    layout->addWidget(picture, 0, Qt::AlignVCenter);

    auto *text = new QLabel(notice.text, line);
    text->setObjectName(QStringLiteral("text"));
    text->setTextFormat(Qt::PlainText);
    text->setWordWrap(true);
    layout->addWidget(text, 1);

    for (const Notice::Button &button : notice.buttons) {
        auto *widget = new QPushButton(button.text, line);
        widget->setObjectName(button.name);
        // The guest keeps the keyboard.
        widget->setFocusPolicy(Qt::NoFocus);
        connect(widget, &QPushButton::clicked, this, [clicked = button.clicked] { clicked(); });
        layout->addWidget(widget);
    }
    if (notice.canBeDismissed) {
        auto *close = new QToolButton(line);
        close->setObjectName(QStringLiteral("dismiss"));
        close->setIcon(icon(QStringLiteral("window-close")));
        close->setAutoRaise(true);
        close->setFocusPolicy(Qt::NoFocus);
        close->setToolTip(tr("Dismiss"));
        close->setAccessibleName(tr("Dismiss this notice"));
        connect(close, &QToolButton::clicked, this, [this, key = notice.key] {
            dismiss(key);
            emit dismissedByUser(key);
        });
        layout->addWidget(close);
    }
    return line;
}

void MessageBar::post(const Notice &notice)
{
    dismiss(notice.key);
    QWidget *line = makeLine(notice);
    m_lines.insert(notice.key, line);
    m_layout->addWidget(line);
    if (notice.time.count() > 0) {
        QTimer::singleShot(notice.time, line, [this, key = notice.key] { dismiss(key); });
    }
    show();
    emit heightChanged();
}

void MessageBar::setText(const QString &key, const QString &text)
{
    QWidget *line = m_lines.value(key);
    if (line == nullptr)
        return;
    line->setAccessibleName(text);
    line->findChild<QLabel *>(QStringLiteral("text"))->setText(text);
}

void MessageBar::dismiss(const QString &key)
{
    QWidget *line = m_lines.take(key);
    if (line == nullptr)
        return;
    m_layout->removeWidget(line);
    line->hide();
    // The button that was clicked may be inside.
    line->deleteLater();
    setVisible(!m_lines.isEmpty());
    emit heightChanged();
}

bool MessageBar::event(QEvent *event)
{
    if (event->type() == QEvent::LayoutRequest)
        emit heightChanged();
    return QWidget::event(event);
}

} // namespace ui
