// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/activity_light.h"

#include "ui/icons.h"

#include <QtGui/QContextMenuEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QMenu>
#include <QtWidgets/QStyle>
#include <QtWidgets/QStyleOptionToolButton>

namespace ui {

namespace {

constexpr int LightDiameter = 7;
const QColor LightColor(0x2f, 0xb8, 0x4f); // readable on light and on dark bars

} // namespace

ActivityLight::ActivityLight(const QString &name, const QString &iconName, const QString &label,
                             QWidget *parent)
    : QToolButton(parent)
{
    setObjectName(name);
    setAccessibleName(label);
    setToolTip(label);
    setIcon(ui::icon(iconName));
    setAutoRaise(true);
    setFocusPolicy(Qt::NoFocus);
    m_glow.setSingleShot(true);
    m_glow.setInterval(GlowTime);
    connect(&m_glow, &QTimer::timeout, this, qOverload<>(&QWidget::update));
    connect(this, &QToolButton::clicked, this, &ActivityLight::openMenu);
}

void ActivityLight::setMenuToOpen(QMenu *menu)
{
    m_menu = menu;
}

void ActivityLight::glow()
{
    m_glow.start();
    update();
}

void ActivityLight::setHasMedium(bool hasMedium)
{
    m_hasMedium = hasMedium;
    update();
}

QSize ActivityLight::sizeHint() const
{
    return iconSize() + QSize(10, 6);
}

void ActivityLight::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    QStyleOptionToolButton option;
    initStyleOption(&option);
    if (option.state & QStyle::State_MouseOver && m_menu != nullptr)
        style()->drawPrimitive(QStyle::PE_PanelButtonTool, &option, &painter, this);
    QRect picture(QPoint(), iconSize());
    picture.moveCenter(rect().center());
    icon().paint(&painter, picture, Qt::AlignCenter, m_hasMedium ? QIcon::Normal : QIcon::Disabled);
    if (!isGlowing())
        return;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(LightColor);
    painter.setPen(QPen(palette().color(QPalette::Window), 1.5));
    painter.drawEllipse(QRectF(picture.right() - LightDiameter + 2.5,
                               picture.bottom() - LightDiameter + 2.5, LightDiameter,
                               LightDiameter));
}

void ActivityLight::contextMenuEvent(QContextMenuEvent *event)
{
    event->accept();
    openMenu();
}

void ActivityLight::openMenu()
{
    if (m_menu == nullptr)
        return;
    // Above the bar: below it there is often no room.
    const QPoint corner = mapToGlobal(QPoint(0, 0));
    m_menu->popup(corner - QPoint(0, m_menu->sizeHint().height()));
}

} // namespace ui
