// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/frame_painter.h"

#include <QtGui/QPaintEngine>
#include <QtGui/QPainter>
#include <QtGui/QRegion>

#include <algorithm>
#include <cmath>

namespace display {

namespace {

// In device pixels; no guest pixel vanishes even in a tiny view.
QSize pictureSize(const QSize &guestSize, const QSize &deviceSize, const ViewShape &view)
{
    if (view.scaleMode == ScaleMode::Zoom)
        return zoomedSize(guestSize, view.zoom);
    const int factor =
        std::min(deviceSize.width() / guestSize.width(), deviceSize.height() / guestSize.height());
    if (view.scaleMode == ScaleMode::FitWhole && factor >= 1)
        return guestSize * factor;
    return guestSize.scaled(deviceSize, Qt::KeepAspectRatio).expandedTo(QSize(1, 1));
}

// Centred where there is room; else from the top left, where systems put what matters.
int start(int available, int needed)
{
    return std::max(0, (available - needed) / 2);
}

constexpr int StripLines = 32; // stay in the processor's cache

bool hasAlpha(const QPainter &painter)
{
    const QPaintDevice *device =
        painter.paintEngine() ? painter.paintEngine()->paintDevice() : nullptr;
    if (!device || device->devType() != QInternal::Image)
        return true; // better once too often
    return static_cast<const QImage *>(device)->hasAlphaChannel();
}

// Qt takes the high byte of an RGB32 pixel to be 255 and copies it; guests leave anything there.
bool mustBeMadeOpaque(const QPainter &painter, const QImage &image, Backdrop backdrop)
{
    return backdrop == Backdrop::Seen && image.format() == QImage::Format_RGB32
        && hasAlpha(painter);
}

// Several times faster than to compose all of it with black.
void drawOpaque(QPainter &painter, const QRect &target, const QImage &image, const QPoint &from)
{
    QImage strip(target.width(), std::min(target.height(), StripLines), QImage::Format_RGB32);
    for (int top = 0; top < target.height(); top += StripLines) {
        const int lines = std::min(StripLines, target.height() - top);
        for (int y = 0; y < lines; ++y) {
            const auto *source =
                reinterpret_cast<const QRgb *>(image.constScanLine(from.y() + top + y)) + from.x();
            std::transform(source, source + target.width(),
                           reinterpret_cast<QRgb *>(strip.scanLine(y)),
                           [](QRgb pixel) { return pixel | 0xff000000u; });
        }
        painter.drawImage(target.topLeft() + QPoint(0, top), strip,
                          QRect(0, 0, target.width(), lines));
    }
}

// Colors stay as they are, alpha becomes 255.
void makeOpaque(QPainter &painter, const QRect &rect)
{
    painter.setCompositionMode(QPainter::CompositionMode_DestinationOver);
    painter.fillRect(rect, Qt::black);
    painter.setCompositionMode(QPainter::CompositionMode_Source);
}

} // namespace

QSize zoomedSize(const QSize &guestSize, qreal zoom)
{
    if (guestSize.isEmpty())
        return {};
    return QSize(qRound(guestSize.width() * zoom), qRound(guestSize.height() * zoom))
        .expandedTo(QSize(1, 1));
}

FrameGeometry::FrameGeometry(const QSize &guestSize, const ViewShape &view)
    : m_guestSize(guestSize)
    , m_ratio(view.devicePixelRatio)
{
    if (guestSize.isEmpty() || view.size.isEmpty() || m_ratio <= 0)
        return;
    const QPointF deviceOrigin = view.origin * m_ratio;
    m_offset = (QPointF(deviceOrigin.toPoint()) - deviceOrigin) / m_ratio;
    const QSize deviceSize(int(std::floor(view.size.width() * m_ratio)),
                           int(std::floor(view.size.height() * m_ratio)));
    const QSize size = pictureSize(guestSize, deviceSize, view);
    m_picture = QRect(
        QPoint(start(deviceSize.width(), size.width()), start(deviceSize.height(), size.height())),
        size);
}

QRectF FrameGeometry::viewRect() const
{
    return QRectF(QPointF(m_picture.topLeft()) / m_ratio + m_offset,
                  QSizeF(m_picture.size()) / m_ratio);
}

bool FrameGeometry::isWholeFactor() const
{
    if (isEmpty())
        return true;
    const int factor = m_picture.width() / m_guestSize.width();
    return factor >= 1 && m_guestSize * factor == m_picture.size();
}

QRect FrameGeometry::damageToView(const QRect &guest) const
{
    const QRect inside = guest.intersected(QRect(QPoint(0, 0), m_guestSize));
    if (isEmpty() || inside.isEmpty())
        return {};
    const QRectF picture = viewRect();
    const qreal scaleX = picture.width() / m_guestSize.width();
    const qreal scaleY = picture.height() / m_guestSize.height();
    const qreal margin = isWholeFactor() ? 0 : 1;
    const QRectF touched(
        picture.x() + (inside.x() - margin) * scaleX, picture.y() + (inside.y() - margin) * scaleY,
        (inside.width() + 2 * margin) * scaleX, (inside.height() + 2 * margin) * scaleY);
    return touched.toAlignedRect();
}

QPoint FrameGeometry::viewToGuest(const QPointF &point) const
{
    if (isEmpty())
        return {};
    const QRectF picture = viewRect();
    const qreal x = (point.x() - picture.x()) * m_guestSize.width() / picture.width();
    const qreal y = (point.y() - picture.y()) * m_guestSize.height() / picture.height();
    return QPoint(int(std::clamp<qreal>(std::floor(x), 0, m_guestSize.width() - 1)),
                  int(std::clamp<qreal>(std::floor(y), 0, m_guestSize.height() - 1)));
}

QPointF FrameGeometry::guestToView(const QPoint &guest) const
{
    if (isEmpty())
        return {};
    const QRectF picture = viewRect();
    return QPointF(picture.x() + (guest.x() + 0.5) * picture.width() / m_guestSize.width(),
                   picture.y() + (guest.y() + 0.5) * picture.height() / m_guestSize.height());
}

void paintFrame(QPainter &painter, const QImage &image, const FrameGeometry &geometry,
                const QRegion &exposed, const QColor &border, Backdrop backdrop)
{
    if (geometry.isEmpty() || image.isNull()) {
        for (const QRect &rect : exposed)
            painter.fillRect(rect, border);
        return;
    }
    const QTransform toDevice = painter.deviceTransform();
    const QRect picture(toDevice.map(geometry.viewRect().topLeft()).toPoint(),
                        geometry.deviceRect().size());
    QRegion touched;
    for (const QRect &rect : exposed)
        touched += toDevice.mapRect(QRectF(rect)).toAlignedRect();

    // From here on in device pixels: at a fractional ratio Qt would otherwise step through the
    // image by a factor that is nearly one, slower and now and then a pixel off.
    painter.save();
    painter.setWorldTransform(toDevice.inverted() * painter.worldTransform());
    painter.setCompositionMode(QPainter::CompositionMode_Source);
    for (const QRect &rect : touched.subtracted(picture))
        painter.fillRect(rect, border);
    const bool isExact = picture.size() == image.size();
    const bool isMadeOpaque = mustBeMadeOpaque(painter, image, backdrop);
    painter.setRenderHint(QPainter::SmoothPixmapTransform, !geometry.isWholeFactor());
    for (const QRect &rect : touched.intersected(picture)) {
        const QRect source = rect.translated(-picture.topLeft());
        if (isExact && isMadeOpaque) {
            drawOpaque(painter, rect, image, source.topLeft());
        } else if (isExact) {
            painter.drawImage(rect.topLeft(), image, source);
        } else {
            // The whole picture is handed over and clipped to the exposed part: smoothing at the
            // edge of a partial update then sees the same neighbours as a full one, so no seams.
            painter.setClipRect(rect);
            painter.drawImage(picture, image);
            if (isMadeOpaque)
                makeOpaque(painter, rect);
        }
    }
    painter.restore();
}

} // namespace display
