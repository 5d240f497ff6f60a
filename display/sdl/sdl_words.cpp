// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/sdl/sdl_words.h"

#include <QtGui/QFontMetricsF>
#include <QtGui/QGuiApplication>
#include <QtGui/QPainter>

namespace display {

namespace {

constexpr int Margin = 14; // logical pixels
constexpr int Radius = 8;
constexpr QColor Ground(0, 0, 0, 190);
constexpr int TextFlags = int(Qt::AlignCenter) | int(Qt::TextWordWrap);

} // namespace

QImage wordsImage(const QString &text, const QSize &room, qreal devicePixelRatio, int enlarged)
{
    const QSizeF logical = QSizeF(room) / devicePixelRatio;
    const QSizeF inside = logical - QSizeF(2 * Margin, 2 * Margin);
    if (text.isEmpty() || inside.isEmpty())
        return {};
    QFont font = QGuiApplication::font();
    font.setPointSizeF(font.pointSizeF() * enlarged / 100);
    QImage probe(1, 1, QImage::Format_ARGB32_Premultiplied);
    const QRectF needed =
        QFontMetricsF(font, &probe).boundingRect(QRectF(QPointF(0, 0), inside), TextFlags, text);
    const QSizeF size =
        QSizeF(needed.width() + 2 * Margin, needed.height() + 2 * Margin).boundedTo(logical);
    QImage image((size * devicePixelRatio).toSize().expandedTo(QSize(1, 1)),
                 QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(devicePixelRatio);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(Ground);
    const QRectF all(QPointF(0, 0), size);
    painter.drawRoundedRect(all, Radius, Radius);
    painter.setPen(Qt::white);
    painter.setFont(font);
    painter.drawText(all.adjusted(Margin, Margin, -Margin, -Margin), TextFlags, text);
    return image;
}

} // namespace display
