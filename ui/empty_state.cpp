// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/empty_state.h"

#include "ui/icons.h"

#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QVBoxLayout>

namespace ui {

EmptyState::EmptyState(QWidget *parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("emptyState"));
    auto *picture = new QLabel(this);
    picture->setPixmap(applicationIcon().pixmap(QSize(112, 112), devicePixelRatioF()));
    picture->setAlignment(Qt::AlignCenter);
    auto *title = new QLabel(tr("Drop an ISO here"), this);
    title->setAlignment(Qt::AlignCenter);
    QFont large = title->font();
    large.setPointSizeF(large.pointSizeF() * 2.2);
    title->setFont(large);
    auto *text = new QLabel(
        tr("A new machine is two clicks away. A disk image, or the folder of a machine that you "
           "already have, can be dropped as well."),
        this);
    text->setAlignment(Qt::AlignCenter);
    text->setWordWrap(true);
    text->setForegroundRole(QPalette::PlaceholderText);

    auto *choose =
        new QPushButton(icon(QStringLiteral("media-optical")), tr("&Choose an ISO..."), this);
    choose->setObjectName(QStringLiteral("chooseIso"));
    choose->setDefault(true);
    auto *open =
        new QPushButton(icon(QStringLiteral("folder-open")), tr("&Open a machine folder..."), this);
    open->setObjectName(QStringLiteral("openFolder"));
    connect(choose, &QPushButton::clicked, this, &EmptyState::isoWanted);
    connect(open, &QPushButton::clicked, this, &EmptyState::folderWanted);

    auto *buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(choose);
    buttons->addWidget(open);
    buttons->addStretch();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(48, 32, 48, 32);
    layout->setSpacing(14);
    layout->addStretch(2);
    layout->addWidget(picture);
    layout->addWidget(title);
    layout->addWidget(text);
    layout->addSpacing(6);
    layout->addLayout(buttons);
    layout->addStretch(3);
}

void EmptyState::setDropOffered(bool offered)
{
    m_isDropOffered = offered;
    update();
}

void EmptyState::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor line = palette().color(m_isDropOffered ? QPalette::Highlight : QPalette::WindowText);
    if (!m_isDropOffered)
        line.setAlphaF(0.3F);
    painter.setPen(QPen(line, 2, Qt::DashLine));
    if (m_isDropOffered) {
        QColor fill = line;
        fill.setAlphaF(0.1F);
        painter.setBrush(fill);
    }
    painter.drawRoundedRect(QRectF(rect()).adjusted(16, 16, -16, -16), 12, 12);
}

} // namespace ui
