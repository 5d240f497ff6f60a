// SPDX-License-Identifier: GPL-3.0-or-later
// Where the guest's picture lies in a view, and painting it there. No widget: a view, a thumbnail
// and a test use it alike.
//
// Three kinds of pixels: guest pixels (QRect, QPoint), device pixels of the window's backing store,
// and logical pixels of the view (device pixels / devicePixelRatio). The picture always starts and
// ends on a device pixel, also at ratio 1.25 and when the view itself starts between two of them;
// hence viewOrigin.
#pragma once

#include <QtCore/QPointF>
#include <QtCore/QRect>
#include <QtCore/QSize>
#include <QtGui/QColor>
#include <QtGui/QImage>

class QPainter;
class QRegion;

namespace display {

enum class ScaleMode {
    Zoom, // `zoom` device pixels a guest pixel; the view scrolls nothing, it centres or clips
    Fit, // as large as fits, aspect kept
    FitWhole, // as Fit, but each guest pixel a square of whole device pixels, where one fits
};

struct ViewShape
{
    QSize size{}; // logical pixels
    qreal devicePixelRatio = 1.0;
    QPointF origin{}; // the view's top left in its window, logical pixels
    ScaleMode scaleMode = ScaleMode::Zoom;
    qreal zoom = 1.0; // ScaleMode::Zoom
};

// The picture's size in device pixels at a zoom; never empty for a guest that is not.
QSize zoomedSize(const QSize &guestSize, qreal zoom);

// Values only; making one costs a few divisions.
class FrameGeometry final
{
public:
    FrameGeometry() = default;
    FrameGeometry(const QSize &guestSize, const ViewShape &view);

    bool isEmpty() const { return m_guestSize.isEmpty() || m_picture.isEmpty(); }
    QSize guestSize() const { return m_guestSize; }

    // The picture in device pixels, counted from the device pixel nearest to the view's top left.
    QRect deviceRect() const { return m_picture; }
    // The same in logical pixels of the view.
    QRectF viewRect() const;

    // Each guest pixel is a square of whole device pixels, so nothing needs smoothing.
    bool isWholeFactor() const;

    // What to repaint for a damaged part of the guest's screen: rounded outwards, with the pixel's
    // neighbours when smoothing mixes them.
    QRect damageToView(const QRect &guest) const;
    // The guest pixel under a point, clamped to the screen.
    QPoint viewToGuest(const QPointF &point) const;
    // The middle of a guest pixel.
    QPointF guestToView(const QPoint &guest) const;

private:
    QSize m_guestSize;
    qreal m_ratio = 1.0;
    QPointF m_offset; // from the view's top left to the device pixel deviceRect() counts from
    QRect m_picture;
};

// Whether what is behind the window would be seen where alpha is not 255.
enum class Backdrop : std::uint8_t { Hidden, Seen };

// Paints what of `exposed` (logical) lies in the picture, and `border` around it. The painter is in
// the view's coordinates; device pixels that are exposed only in part are painted whole.
void paintFrame(QPainter &painter, const QImage &image, const FrameGeometry &geometry,
                const QRegion &exposed, const QColor &border, Backdrop backdrop = Backdrop::Seen);

} // namespace display
