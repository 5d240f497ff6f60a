// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/frame_view.h"

#include "display/frame_notes.h"
#include "display/guest_keyboard.h"
#include "display/guest_pointer.h"
#include "display/keymap.h"
#include "display/pointer_grab.h"

#include <QtGui/QCursor>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtGui/QPixmap>

#include <utility>

namespace display {

using engine::PointerMode;

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

// No copy: the pixels stay the source's.
QImage wrap(const engine::Frame &frame)
{
    if (frame.isEmpty() || frame.format == engine::PixelFormat::None)
        return {};
    return QImage(frame.pixels, frame.width, frame.height, frame.strideBytes,
                  imageFormat(frame.format));
}

bool isSamePlace(const engine::Frame &left, const engine::Frame &right)
{
    return left.pixels == right.pixels && left.width == right.width && left.height == right.height
        && left.strideBytes == right.strideBytes && left.format == right.format;
}

} // namespace

struct FrameView::Private
{
    explicit Private(FrameView *view)
        : q(view)
        , grab(view)
    { }

    void takeNotes();
    void pullFrame();
    FrameGeometry geometry() const;
    void updateCursor();
    QCursor guestCursor() const;
    void paintWords(QPainter &painter, const QString &text) const;
    void moveTo(const QPointF &position, const QPointF &global);

    FrameView *q;
    engine::FrameSource *source = nullptr;
    engine::InputSink *sink = nullptr;
    FrameNotes notes;
    GuestKeyboard keyboard;
    GuestPointer pointer;
    PointerGrab grab;
    engine::Frame frame; // as last pulled; image wraps its pixels
    QImage image;
    ScaleMode scaleMode = ScaleMode::Fit;
    QString placeholder;
    bool isDimmed = false;
    bool isKeyboardCaptured = false;
    bool hasNewDamage = false;
};

// The newest frame, wrapped anew only when it lies elsewhere.
void FrameView::Private::pullFrame()
{
    engine::Frame newest = source ? source->frame() : engine::Frame();
    if (isSamePlace(newest, frame)) {
        frame.keepAlive = std::move(newest.keepAlive);
        return;
    }
    const QSize before = image.size();
    image = wrap(newest);
    frame = std::move(newest);
    if (image.size() == before)
        return;
    q->updateGeometry();
    q->update();
    emit q->guestSizeChanged(image.size());
}

void FrameView::Private::takeNotes()
{
    const FrameNotes::Notes news = notes.take();
    if (news.isResized || image.isNull()) {
        pullFrame();
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

FrameGeometry FrameView::Private::geometry() const
{
    return FrameGeometry(image.size(),
                         {.size = q->size(),
                          .devicePixelRatio = q->devicePixelRatioF(),
                          .origin = q->mapTo(q->window(), QPointF(0, 0)),
                          .scaleMode = scaleMode});
}

QCursor FrameView::Private::guestCursor() const
{
    const engine::CursorImage cursor = source->cursor();
    if (!cursor.isVisible)
        return Qt::BlankCursor;
    if (cursor.pixels.empty() || cursor.width <= 0 || cursor.height <= 0)
        return Qt::ArrowCursor;
    const QImage wrapped(reinterpret_cast<const uchar *>(cursor.pixels.data()), cursor.width,
                         cursor.height, cursor.width * 4, QImage::Format_ARGB32_Premultiplied);
    // A pixmap shares the image's pixels, and these are gone in a moment.
    QPixmap pixmap = QPixmap::fromImage(wrapped.copy());
    const qreal ratio = q->devicePixelRatioF();
    pixmap.setDevicePixelRatio(ratio);
    return QCursor(pixmap, qRound(cursor.hotSpotX / ratio), qRound(cursor.hotSpotY / ratio));
}

void FrameView::Private::updateCursor()
{
    const bool isGuests = source && !image.isNull() && pointer.mode() == PointerMode::Absolute;
    q->setCursor(isGuests ? guestCursor() : QCursor(Qt::ArrowCursor));
}

void FrameView::Private::paintWords(QPainter &painter, const QString &text) const
{
    painter.setPen(Words);
    painter.drawText(q->rect().adjusted(16, 16, -16, -16), Qt::AlignCenter | Qt::TextWordWrap,
                     text);
}

void FrameView::Private::moveTo(const QPointF &position, const QPointF &global)
{
    if (grab.hasPointer())
        pointer.moveBy(grab.motionTo(global.toPoint()));
    else if (pointer.mode() == PointerMode::Absolute && !image.isNull())
        pointer.moveTo(geometry().viewToGuest(position));
}

FrameView::FrameView(QWidget *parent)
    : QWidget(parent)
    , m_private(std::make_unique<Private>(this))
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setContextMenuPolicy(Qt::PreventContextMenu);
    setAccessibleName(tr("Guest screen"));
    connect(&m_private->notes, &FrameNotes::arrived, this, [this] { m_private->takeNotes(); });
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
        source->setListener(&m_private->notes);
        source->setVisible(isVisible());
    }
    m_private->pullFrame();
    m_private->updateCursor();
    m_private->hasNewDamage = true;
    update();
}

void FrameView::setSink(engine::InputSink *sink)
{
    releaseCapture();
    m_private->pointer.setSink(sink);
    m_private->keyboard.setSink(sink);
    m_private->sink = sink;
    m_private->updateCursor();
}

void FrameView::setPlaceholderText(const QString &text)
{
    m_private->placeholder = text;
    if (m_private->image.isNull())
        update();
}

void FrameView::setDimmed(bool dimmed)
{
    if (std::exchange(m_private->isDimmed, dimmed) != dimmed)
        update();
}

void FrameView::setScaleMode(ScaleMode mode)
{
    if (std::exchange(m_private->scaleMode, mode) != mode)
        update();
}

ScaleMode FrameView::scaleMode() const
{
    return m_private->scaleMode;
}

QSize FrameView::guestSize() const
{
    return m_private->image.size();
}

QSize FrameView::sizeHint() const
{
    if (m_private->image.isNull())
        return SizeWithoutFrame;
    const QSizeF logical = QSizeF(m_private->image.size()) / devicePixelRatioF();
    return QSize(qCeil(logical.width()), qCeil(logical.height()));
}

void FrameView::setHostKey(engine::ScanCode hostKey)
{
    m_private->keyboard.setHostKey(hostKey);
}

engine::ScanCode FrameView::hostKey() const
{
    return m_private->keyboard.hostKey();
}

bool FrameView::isKeyboardCaptured() const
{
    return m_private->isKeyboardCaptured;
}

bool FrameView::isPointerCaptured() const
{
    return m_private->grab.hasPointer();
}

bool FrameView::capturesSystemShortcuts() const
{
    return m_private->grab.capturesSystemShortcuts();
}

void FrameView::capture()
{
    if (!m_private->sink || !isVisible())
        return;
    setFocus(Qt::OtherFocusReason);
    m_private->grab.grabKeyboard();
    const bool hadPointer = isPointerCaptured();
    std::optional<QString> reason;
    if (m_private->pointer.mode() == PointerMode::Relative)
        reason = m_private->grab.grabPointer();
    const bool isNew = !std::exchange(m_private->isKeyboardCaptured, true);
    if (isNew || hadPointer != isPointerCaptured())
        emit captureChanged();
    if (reason)
        emit captureFailed(*reason);
}

void FrameView::releaseCapture()
{
    const bool hadPointer = isPointerCaptured();
    m_private->grab.releasePointer();
    m_private->grab.releaseKeyboard();
    if (hadPointer)
        m_private->pointer.releaseAll();
    if (std::exchange(m_private->isKeyboardCaptured, false) || hadPointer)
        emit captureChanged();
}

void FrameView::updatePointerMode()
{
    m_private->updateCursor();
    if (m_private->pointer.mode() == PointerMode::Relative || !isPointerCaptured())
        return;
    m_private->grab.releasePointer();
    emit captureChanged();
}

void FrameView::sendChord(const QList<engine::ScanCode> &chord)
{
    m_private->keyboard.sendChord(chord);
}

QImage FrameView::screenshot() const
{
    return wrap(m_private->source ? m_private->source->frame() : engine::Frame()).copy();
}

void FrameView::paintEvent(QPaintEvent *event)
{
    m_private->pullFrame();
    QPainter painter(this);
    paintFrame(painter, m_private->image, m_private->geometry(), event->region(), Border);
    if (m_private->image.isNull()) {
        m_private->paintWords(painter, m_private->placeholder);
    } else if (m_private->isDimmed) {
        painter.fillRect(event->rect(), Shade);
    }
    if (std::exchange(m_private->hasNewDamage, false))
        emit framePainted();
}

void FrameView::keyPressEvent(QKeyEvent *event)
{
    const std::optional<engine::ScanCode> code = scanCodeFromEvent(*event);
    if (!code)
        return; // no such key on a PC keyboard
    if (m_private->keyboard.press(*code, event->isAutoRepeat())
        == GuestKeyboard::Outcome::HostKeyChord)
        emit hostKeyChord(event->key());
}

void FrameView::keyReleaseEvent(QKeyEvent *event)
{
    const std::optional<engine::ScanCode> code = scanCodeFromEvent(*event);
    if (!code || event->isAutoRepeat())
        return;
    if (m_private->keyboard.release(*code) != GuestKeyboard::Outcome::HostKeyAlone)
        return;
    if (isKeyboardCaptured())
        releaseCapture();
    else
        capture();
}

void FrameView::mousePressEvent(QMouseEvent *event)
{
    m_private->keyboard.spoilHostKey();
    if (!m_private->sink || m_private->image.isNull())
        return;
    const bool isCaptured = isPointerCaptured();
    if (!isCaptured && !m_private->geometry().viewRect().contains(event->position()))
        return;
    if (!isCaptured && m_private->pointer.mode() == PointerMode::Relative) {
        capture(); // this click is ours
        return;
    }
    m_private->moveTo(event->position(), event->globalPosition());
    m_private->pointer.press(event->button());
}

void FrameView::mouseReleaseEvent(QMouseEvent *event)
{
    if (!m_private->pointer.isHeld(event->button()))
        return;
    m_private->moveTo(event->position(), event->globalPosition());
    m_private->pointer.release(event->button());
}

void FrameView::mouseDoubleClickEvent(QMouseEvent *event)
{
    mousePressEvent(event); // the guest decides what is a double click
}

void FrameView::mouseMoveEvent(QMouseEvent *event)
{
    m_private->moveTo(event->position(), event->globalPosition());
}

void FrameView::wheelEvent(QWheelEvent *event)
{
    event->accept();
    if (m_private->pointer.mode() == PointerMode::Absolute || isPointerCaptured())
        m_private->pointer.turnWheel(event->angleDelta().y());
}

void FrameView::focusInEvent(QFocusEvent *event)
{
    QWidget::focusInEvent(event);
}

void FrameView::focusOutEvent(QFocusEvent *event)
{
    m_private->keyboard.releaseAll();
    m_private->pointer.releaseAll();
    releaseCapture();
    QWidget::focusOutEvent(event);
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
    m_private->grab.recenter();
    QWidget::moveEvent(event);
}

void FrameView::resizeEvent(QResizeEvent *event)
{
    m_private->grab.recenter();
    QWidget::resizeEvent(event);
}

bool FrameView::focusNextPrevChild(bool)
{
    return false;
}

bool FrameView::event(QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride) {
        event->accept(); // menus and shortcuts do not get what the guest should
        return true;
    }
    return QWidget::event(event);
}

} // namespace display
