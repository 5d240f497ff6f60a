// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/guest_cursor.h"

#include <QtGui/QImage>
#include <QtGui/QPixmap>

#include <algorithm>
#include <utility>

namespace display {

namespace {

// X servers and compositors take larger pointers to be mistakes.
constexpr qreal LargestSide = 256;

} // namespace

HostPointer hostPointer(const engine::CursorImage &guest, qreal scale)
{
    if (guest.pixels.empty() || guest.width <= 0 || guest.height <= 0)
        return {};
    const QImage wrapped(reinterpret_cast<const uchar *>(guest.pixels.data()), guest.width,
                         guest.height, guest.width * 4, QImage::Format_ARGB32_Premultiplied);
    // A pixmap shares the image's pixels, and these are gone in a moment.
    QImage image = wrapped.copy();
    scale = std::min(scale, LargestSide / std::max(guest.width, guest.height));
    const QSize size = (QSizeF(image.size()) * scale).toSize().expandedTo(QSize(1, 1));
    if (size != image.size()) {
        const bool isWhole = size.width() % guest.width == 0 && size.height() % guest.height == 0;
        image = image.scaled(size, Qt::IgnoreAspectRatio,
                             isWhole ? Qt::FastTransformation : Qt::SmoothTransformation);
    }
    const qreal shown = qreal(size.width()) / guest.width;
    return {std::move(image), QPoint(int(guest.hotSpotX * shown), int(guest.hotSpotY * shown))};
}

QCursor hostCursor(const engine::CursorImage &guest, qreal scale, qreal devicePixelRatio)
{
    if (!guest.isVisible)
        return Qt::BlankCursor;
    HostPointer pointer = hostPointer(guest, scale);
    if (pointer.image.isNull())
        return Qt::ArrowCursor;
    QPixmap pixmap = QPixmap::fromImage(std::move(pointer.image));
    const qreal toLogical = qreal(pixmap.width()) / (guest.width * devicePixelRatio);
    pixmap.setDevicePixelRatio(devicePixelRatio);
    return QCursor(pixmap, int(guest.hotSpotX * toLogical), int(guest.hotSpotY * toLogical));
}

} // namespace display
