// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/spice_surface.h"

#include <QtGui/QPainter>

#include <cstddef>
#include <cstring>
#include <utility>

namespace display {

namespace {

// Beyond this one large copy is cheaper than keeping the rectangles apart.
constexpr int MostPendingRects = 32;

int bytesPerPixel(engine::PixelFormat format)
{
    return format == engine::PixelFormat::Xrgb32 ? 4 : 2;
}

QImage::Format imageFormat(engine::PixelFormat format)
{
    switch (format) {
    case engine::PixelFormat::Rgb16_565:
        return QImage::Format_RGB16;
    case engine::PixelFormat::Rgb16_555:
        return QImage::Format_RGB555;
    case engine::PixelFormat::Xrgb32:
        return QImage::Format_RGB32;
    case engine::PixelFormat::None:
        break;
    }
    return QImage::Format_Invalid;
}

} // namespace

void SpiceSurface::setPrimary(const Primary &primary)
{
    if (!primary.pixels || primary.format == engine::PixelFormat::None) {
        dropPrimary();
        return;
    }
    m_primary = primary;
    m_shown = {};
    updateShown();
}

void SpiceSurface::dropPrimary()
{
    if (m_primary.pixels) {
        makeBuffer();
        copyDamage();
        // Who was lent the pixels has to let go of them before they are freed.
        m_primary = {};
        if (m_listener)
            m_listener->frameResized();
    }
    m_pending = {};
}

void SpiceSurface::setMonitor(const QRect &monitor)
{
    if (m_monitor == monitor)
        return;
    m_monitor = monitor;
    if (m_primary.pixels)
        updateShown();
}

void SpiceSurface::updateShown()
{
    const QRect whole(0, 0, m_primary.width, m_primary.height);
    const QRect shown = m_monitor.isEmpty() || !whole.contains(m_monitor) ? whole : m_monitor;
    if (shown == m_shown)
        return;
    m_shown = shown;
    m_format = m_primary.format;
    m_strideBytes = ((shown.width() * bytesPerPixel(m_format)) + 3) & ~3;
    m_buffer = nullptr;
    m_pending = {};
    if (m_listener)
        m_listener->frameResized();
}

// QImage wants its lines to start at whole 32-bit words.
bool SpiceSurface::isLent() const
{
    return m_primary.pixels && !m_isCursorDrawn && m_primary.strideBytes > 0
        && m_primary.strideBytes % 4 == 0 && m_shown.x() * bytesPerPixel(m_format) % 4 == 0;
}

const std::uint8_t *SpiceSurface::pixelsAt(const QPoint &position) const
{
    return m_primary.pixels + std::ptrdiff_t(position.y()) * m_primary.strideBytes
        + std::ptrdiff_t(position.x()) * bytesPerPixel(m_format);
}

void SpiceSurface::makeBuffer() const
{
    if (m_buffer)
        return;
    m_buffer = std::make_shared<Buffer>(std::size_t(m_strideBytes) * std::size_t(m_shown.height()));
    m_pending = m_shown;
}

void SpiceSurface::addDamage(const QRect &damage)
{
    const QRect shown = damage.intersected(m_shown);
    if (shown.isEmpty() || !m_primary.pixels)
        return;
    if (m_buffer) {
        m_pending += shown;
        if (m_pending.rectCount() > MostPendingRects)
            m_pending = m_pending.boundingRect();
    }
    if (m_listener && m_isVisible) {
        const QRect local = shown.translated(-m_shown.topLeft());
        m_listener->frameDamaged({local.x(), local.y(), local.width(), local.height()});
    }
}

void SpiceSurface::setVisible(bool visible)
{
    if (m_isVisible == visible)
        return;
    m_isVisible = visible;
    if (visible && m_listener && !m_shown.isEmpty())
        m_listener->frameDamaged({0, 0, m_shown.width(), m_shown.height()});
}

engine::Frame SpiceSurface::frame() const
{
    if (!m_primary.pixels && !m_buffer)
        return {};
    engine::Frame frame;
    frame.width = m_shown.width();
    frame.height = m_shown.height();
    frame.format = m_format;
    if (isLent()) {
        m_buffer = nullptr; // was for a pointer that is not drawn anymore
        m_pending = {};
        frame.pixels = pixelsAt(m_shown.topLeft());
        frame.strideBytes = m_primary.strideBytes;
        return frame;
    }
    if (m_primary.pixels)
        makeBuffer();
    copyDamage();
    frame.pixels = m_buffer->data();
    frame.strideBytes = m_strideBytes;
    frame.keepAlive = m_buffer;
    return frame;
}

void SpiceSurface::copyDamage() const
{
    if (m_pending.isEmpty() || !m_primary.pixels || !m_buffer)
        return;
    const int pixelBytes = bytesPerPixel(m_format);
    for (const QRect &rect : m_pending) {
        const QPoint local = rect.topLeft() - m_shown.topLeft();
        const std::uint8_t *from = pixelsAt(rect.topLeft());
        std::uint8_t *to = m_buffer->data() + std::ptrdiff_t(local.y()) * m_strideBytes
            + std::ptrdiff_t(local.x()) * pixelBytes;
        const std::size_t count = std::size_t(rect.width()) * std::size_t(pixelBytes);
        for (int row = 0; row < rect.height(); ++row) {
            std::memcpy(to, from, count);
            from += m_primary.strideBytes;
            to += m_strideBytes;
        }
    }
    if (m_isCursorDrawn && m_pending.intersects(cursorRect()))
        drawCursor();
    m_pending = {};
}

// In surface coordinates.
QRect SpiceSurface::cursorRect() const
{
    if (!m_cursor.isVisible || m_cursor.pixels.empty())
        return {};
    return {m_cursorPosition - QPoint(m_cursor.hotSpotX, m_cursor.hotSpotY),
            QSize(m_cursor.width, m_cursor.height)};
}

void SpiceSurface::drawCursor() const
{
    // Only over what was just copied: drawing twice would darken a translucent shadow.
    QImage canvas(m_buffer->data(), m_shown.width(), m_shown.height(), m_strideBytes,
                  imageFormat(m_format));
    const QImage pointer(reinterpret_cast<const uchar *>(m_cursor.pixels.data()), m_cursor.width,
                         m_cursor.height, m_cursor.width * 4, QImage::Format_ARGB32_Premultiplied);
    QPainter painter(&canvas);
    painter.setClipRegion(m_pending.translated(-m_shown.topLeft()));
    painter.drawImage(cursorRect().topLeft() - m_shown.topLeft(), pointer);
}

void SpiceSurface::damageCursor()
{
    if (m_isCursorDrawn)
        addDamage(cursorRect());
}

void SpiceSurface::setCursor(engine::CursorImage cursor)
{
    damageCursor();
    m_cursor = std::move(cursor);
    damageCursor();
    if (m_listener)
        m_listener->cursorChanged();
}

void SpiceSurface::moveCursor(const QPoint &hotSpot)
{
    damageCursor();
    m_cursorPosition = hotSpot;
    damageCursor();
}

void SpiceSurface::setCursorDrawn(bool drawn)
{
    if (m_isCursorDrawn == drawn)
        return;
    m_isCursorDrawn = true; // so that it is painted, or painted over
    const QRect rect = cursorRect();
    m_isCursorDrawn = drawn;
    addDamage(rect);
}

} // namespace display
