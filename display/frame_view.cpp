// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/frame_view.h"

#include "display/frame_view_accessible.h"
#include "display/frame_view_private.h"
#include "display/guest_cursor.h"

#include <QtGui/QBackingStore>
#include <QtGui/QGuiApplication>
#include <QtGui/QPaintEngine>
#include <QtGui/QPaintEvent>
#include <QtGui/QPainter>

#include <cmath>
#include <utility>

namespace display {

namespace {

constexpr QSize SizeWithoutFrame(640, 480);
constexpr QColor Border(0, 0, 0);
constexpr QColor Shade(0, 0, 0, 128);
constexpr QColor Words(0xdd, 0xdd, 0xdd);

QImage::Format imageFormat(engine::PixelFormat format)
{
    switch (format) {
    case engine::PixelFormat::Xrgb32:
        return QImage::Format_RGB32;
    case engine::PixelFormat::Rgb16_565:
        return QImage::Format_RGB16;
    case engine::PixelFormat::Rgb16_555:
        return QImage::Format_RGB555;
    case engine::PixelFormat::None:
        break;
    }
    return QImage::Format_Invalid;
}

// No copy: the pixels stay the source's, and are lent only until the event loop is back.
QImage wrap(const engine::Frame &frame)
{
    if (frame.isEmpty() || frame.format == engine::PixelFormat::None)
        return {};
    return QImage(frame.pixels, frame.width, frame.height, frame.strideBytes,
                  imageFormat(frame.format));
}

} // namespace

FrameView::Private::Private(FrameView *view)
    : q(view)
    , grab(PointerGrab::create(*view))
{ }

void FrameView::Private::updateGuestSize()
{
    const engine::Frame newest = source ? source->frame() : engine::Frame();
    const QSize size = wrap(newest).size();
    if (std::exchange(guestSize, size) == size)
        return;
    q->updateGeometry();
    q->update();
    emit q->guestSizeChanged(size);
}

void FrameView::Private::takeNotes()
{
    const FrameNotes::Notes news = notes.take();
    if (news.isResized || guestSize.isEmpty()) {
        updateGuestSize();
        hasNewDamage = true;
        q->update();
    } else if (!news.damage.isEmpty()) {
        hasNewDamage = true;
        const FrameGeometry place = geometry();
        for (const QRect &rect : news.damage)
            q->update(place.damageToView(rect));
    }
    if (news.hasNewCursor || news.isResized)
        updateCursor();
}

FrameGeometry FrameView::Private::geometry(const QSize &guest) const
{
    return FrameGeometry(guest,
                         {.size = q->size(),
                          .devicePixelRatio = q->devicePixelRatioF(),
                          .origin = q->mapTo(q->window(), QPointF(0, 0)),
                          .scaleMode = scaleMode,
                          .zoom = zoom});
}

// A window's memory has an alpha channel on most platforms. X11 heeds that of windows only that
// asked for it.
Backdrop FrameView::Private::backdrop(const QPainter &painter) const
{
    const QWidget *window = q->window();
    const bool isPaintedToWindow = painter.paintEngine() && window->backingStore()
        && painter.paintEngine()->paintDevice() == window->backingStore()->paintDevice();
    return isPaintedToWindow && QGuiApplication::platformName() == QLatin1String("xcb")
            && !window->testAttribute(Qt::WA_TranslucentBackground)
        ? Backdrop::Hidden
        : Backdrop::Seen;
}

void FrameView::Private::updateCursor()
{
    const bool isGuests =
        source && !guestSize.isEmpty() && pointer.mode() == engine::PointerMode::Absolute;
    if (isGuests) {
        cursorScale = qreal(geometry().deviceRect().width()) / guestSize.width();
        q->setCursor(hostCursor(source->cursor(), cursorScale, q->devicePixelRatioF()));
    } else {
        // A pointer that is the guest's is drawn in its picture.
        q->setCursor(grab->hasPointer() ? Qt::BlankCursor : Qt::ArrowCursor);
    }
}

void FrameView::Private::paintWords(QPainter &painter, const QString &text) const
{
    painter.setPen(Words);
    painter.drawText(q->rect().adjusted(16, 16, -16, -16), Qt::AlignCenter | Qt::TextWordWrap,
                     text);
}

FrameView::FrameView(QWidget *parent)
    : QWidget(parent)
    , m_private(std::make_unique<Private>(this))
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setContextMenuPolicy(Qt::PreventContextMenu);
    installFrameViewAccessibility();
    setAccessibleName(tr("Guest screen"));
    connect(&m_private->notes, &FrameNotes::arrived, this, [this] { m_private->takeNotes(); });
    m_private->connectGrab();
}

FrameView::~FrameView()
{
    releaseCapture();
    m_private->keyboard.releaseAll();
    m_private->pointer.releaseAll();
    if (m_private->source)
        m_private->source->setListener(nullptr);
}

void FrameView::setSource(engine::FrameSource *source)
{
    if (m_private->source)
        m_private->source->setListener(nullptr);
    m_private->notes.clear();
    m_private->source = source;
    if (source) {
        m_private->notes.setWaitingForQuiet(!source->tellsWholePictures());
        source->setListener(&m_private->notes);
        source->setVisible(isVisible());
    }
    m_private->updateGuestSize();
    m_private->updateCursor();
    m_private->hasNewDamage = true;
    update();
}

void FrameView::setPlaceholderText(const QString &text)
{
    m_private->placeholder = text;
    if (m_private->guestSize.isEmpty())
        update();
}

void FrameView::setDimmed(bool dimmed)
{
    if (std::exchange(m_private->isDimmed, dimmed) != dimmed)
        update();
}

void FrameView::setScale(ScaleMode mode, qreal zoom)
{
    if (m_private->scaleMode == mode && m_private->zoom == zoom)
        return;
    m_private->scaleMode = mode;
    m_private->zoom = zoom;
    m_private->updateCursor();
    updateGeometry();
    update();
}

ScaleMode FrameView::scaleMode() const
{
    return m_private->scaleMode;
}

qreal FrameView::zoom() const
{
    return m_private->zoom;
}

qreal FrameView::shownZoom() const
{
    const FrameGeometry place = m_private->geometry();
    return place.isEmpty() ? m_private->zoom
                           : qreal(place.deviceRect().width()) / place.guestSize().width();
}

QSize FrameView::guestSize() const
{
    return m_private->guestSize;
}

QSize FrameView::sizeHint() const
{
    if (m_private->guestSize.isEmpty())
        return SizeWithoutFrame;
    const QSizeF logical =
        QSizeF(zoomedSize(m_private->guestSize, m_private->zoom)) / devicePixelRatioF();
    return QSize(qCeil(logical.width()), qCeil(logical.height()));
}

QImage FrameView::screenshot() const
{
    return wrap(m_private->source ? m_private->source->frame() : engine::Frame()).copy();
}

void FrameView::paintEvent(QPaintEvent *event)
{
    const engine::Frame newest = m_private->source ? m_private->source->frame() : engine::Frame();
    const QImage image = wrap(newest);
    QPainter painter(this);
    paintFrame(painter, image, m_private->geometry(image.size()), event->region(), Border,
               m_private->backdrop(painter));
    if (image.isNull()) {
        m_private->paintWords(painter, m_private->placeholder);
    } else if (m_private->isDimmed) {
        painter.fillRect(event->rect(), Shade);
    }
    if (std::exchange(m_private->hasNewDamage, false))
        emit framePainted();
}

void FrameView::showEvent(QShowEvent *event)
{
    if (m_private->source)
        m_private->source->setVisible(true);
    QWidget::showEvent(event);
}

void FrameView::hideEvent(QHideEvent *event)
{
    if (m_private->source)
        m_private->source->setVisible(false);
    releaseCapture();
    QWidget::hideEvent(event);
}

void FrameView::moveEvent(QMoveEvent *event)
{
    m_private->grab->recenter();
    // Scrolled by logical pixels, the picture may begin elsewhere between two device pixels.
    const qreal ratio = devicePixelRatioF();
    if (ratio != std::floor(ratio))
        update();
    QWidget::moveEvent(event);
}

void FrameView::resizeEvent(QResizeEvent *event)
{
    m_private->grab->recenter();
    if (shownZoom() != m_private->cursorScale)
        m_private->updateCursor();
    QWidget::resizeEvent(event);
}

} // namespace display
