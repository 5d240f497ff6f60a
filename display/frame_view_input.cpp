// SPDX-License-Identifier: GPL-3.0-or-later
// The half of FrameView that feeds the guest's keyboard and pointer.
#include "display/frame_view_private.h"
#include "display/host_lock_lights.h"
#include "display/keymap.h"

#include <QtGui/QGuiApplication>
#include <QtGui/QKeyEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QWheelEvent>
#include <QtGui/QWindow>

#include <utility>

namespace display {

using engine::PointerMode;

namespace {

// Qt's X11 platform makes a turn sideways of one with Alt held. The guest gets Alt by itself.
QPoint wheelTurn(const QWheelEvent &event)
{
    const bool isTurnedOver = (event.modifiers() & Qt::AltModifier) != 0
        && QGuiApplication::platformName() == QLatin1String("xcb");
    return isTurnedOver ? event.angleDelta().transposed() : event.angleDelta();
}

} // namespace

void FrameView::Private::connectGrab()
{
    connect(grab.get(), &PointerGrab::moved, q,
            [this](const QPoint &motion) { pointer.moveBy(motion); });
    connect(grab.get(), &PointerGrab::keyboardChanged, q, [this] { desktopChangedKeyboard(); });
    connect(grab.get(), &PointerGrab::pointerChanged, q, [this] { desktopChangedPointer(); });
}

// Either the desktop has answered a question of ours, perhaps after having asked the user, or the
// user has used the desktop's own way out.
void FrameView::Private::desktopChangedKeyboard()
{
    if (!grab->capturesSystemShortcuts()) {
        q->releaseCapture();
    } else if (!q->hasFocus() || !sink) {
        grab->releaseKeyboard();
    } else {
        isKeyboardCaptured = true;
        emit q->captureChanged();
    }
}

void FrameView::Private::desktopChangedPointer()
{
    if (!grab->hasPointer())
        pointer.releaseAll();
    else if (pointer.mode() == PointerMode::Absolute)
        grab->releasePointer(); // it became a tablet meanwhile
    updateCursor();
    if (std::exchange(hadPointer, grab->hasPointer()) != hadPointer)
        emit q->captureChanged();
}

void FrameView::Private::moveTo(const QPointF &position, const QPointF &global)
{
    if (grab->hasPointer())
        grab->pointerMovedTo(global.toPoint());
    else if (pointer.mode() == PointerMode::Absolute && !guestSize.isEmpty())
        pointer.moveTo(geometry().viewToGuest(position));
}

void FrameView::Private::letGo(LetGoBy reason)
{
    grab->releasePointer();
    if (reason == LetGoBy::FocusLoss)
        grab->suspendKeyboard();
    else
        grab->releaseKeyboard();
    const bool hadTaken = std::exchange(hadPointer, false);
    if (hadTaken) {
        pointer.releaseAll();
        updateCursor();
    }
    if (std::exchange(isKeyboardCaptured, false) || hadTaken)
        emit q->captureChanged();
}

void FrameView::Private::sendLockLights()
{
    if (!sink || !q->hasFocus())
        return;
    if (const std::optional<engine::LockLights> lights = hostLockLights())
        sink->setLockLights(lights->capsLock, lights->numLock);
}

// If the view has the focus still, Qt will not tell that it was away in between.
void FrameView::Private::focusCameBack(quint32 window)
{
    const QWindow *ours = q->window()->windowHandle();
    if (!q->hasFocus() || !ours || !ours->handle() || ours->winId() != window)
        return;
    sendLockLights();
    // Keys may have been let go elsewhere; those pressed before are under way to the view by now.
    QMetaObject::invokeMethod(
        q, [this] { keyboard.releaseAll(); }, Qt::QueuedConnection);
}

void FrameView::setSink(engine::InputSink *sink)
{
    releaseCapture();
    m_private->pointer.setSink(sink);
    m_private->keyboard.setSink(sink);
    m_private->sink = sink;
    m_private->updateCursor();
    m_private->sendLockLights();
}

void FrameView::setHostKeys(const QList<engine::ScanCode> &hostKeys)
{
    if (hostKeys.isEmpty() || hostKeys == m_private->keyboard.hostKeys())
        return;
    m_private->keyboard.releaseAll();
    m_private->keyboard.setHostKeys(hostKeys);
}

QList<engine::ScanCode> FrameView::hostKeys() const
{
    return m_private->keyboard.hostKeys();
}

void FrameView::setDesktopKeysCaptured(bool areCaptured)
{
    if (std::exchange(m_private->areDesktopKeysCaptured, areCaptured) == areCaptured
        || !m_private->isKeyboardCaptured)
        return;
    if (!areCaptured)
        m_private->grab->releaseKeyboard();
    else if (const std::optional<QString> reason = m_private->grab->grabKeyboard())
        emit captureFailed(*reason);
    emit captureChanged(); // capturesSystemShortcuts() may be another
}

void FrameView::setAutoCapture(bool isOn)
{
    m_private->hasAutoCapture = isOn;
}

std::optional<engine::LockLights> FrameView::lockLights() const
{
    return m_private->sink ? m_private->sink->lockLights() : std::nullopt;
}

bool FrameView::isKeyboardCaptured() const
{
    return m_private->isKeyboardCaptured;
}

bool FrameView::isPointerCaptured() const
{
    return m_private->grab->hasPointer();
}

bool FrameView::capturesSystemShortcuts() const
{
    return m_private->grab->capturesSystemShortcuts();
}

std::optional<QString> FrameView::Private::takeKeyboard()
{
    return areDesktopKeysCaptured ? grab->grabKeyboard() : std::nullopt;
}

void FrameView::captureKeyboard()
{
    if (!m_private->sink || !isVisible() || m_private->isKeyboardCaptured)
        return;
    m_private->isKeyboardCaptured = true; // setFocus() may ask again
    setFocus(Qt::OtherFocusReason);
    const std::optional<QString> reason = m_private->takeKeyboard();
    emit captureChanged();
    if (reason)
        emit captureFailed(*reason);
}

void FrameView::capture()
{
    if (!m_private->sink || !isVisible())
        return;
    setFocus(Qt::OtherFocusReason);
    const std::optional<QString> keyboardReason = m_private->takeKeyboard();
    std::optional<QString> pointerReason;
    if (m_private->pointer.mode() == PointerMode::Relative)
        pointerReason = m_private->grab->grabPointer();
    const bool isPointerNew =
        std::exchange(m_private->hadPointer, isPointerCaptured()) != isPointerCaptured();
    if (isPointerNew)
        m_private->updateCursor();
    if (!std::exchange(m_private->isKeyboardCaptured, true) || isPointerNew)
        emit captureChanged();
    if (pointerReason || keyboardReason)
        emit captureFailed(pointerReason ? *pointerReason : *keyboardReason);
}

void FrameView::releaseCapture()
{
    m_private->letGo(Private::LetGoBy::User);
}

void FrameView::updatePointerMode()
{
    m_private->updateCursor();
    if (m_private->pointer.mode() == PointerMode::Relative)
        return;
    m_private->grab->releasePointer();
    if (!std::exchange(m_private->hadPointer, false))
        return;
    m_private->updateCursor();
    emit captureChanged();
}

void FrameView::sendChord(const QList<engine::ScanCode> &chord)
{
    m_private->keyboard.sendChord(chord);
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
    if (!m_private->sink || m_private->guestSize.isEmpty())
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
        m_private->pointer.turnWheel(wheelTurn(*event));
}

void FrameView::focusInEvent(QFocusEvent *event)
{
    m_private->sendLockLights();
    QWidget::focusInEvent(event);
    if (m_private->hasAutoCapture)
        captureKeyboard();
}

void FrameView::focusOutEvent(QFocusEvent *event)
{
    m_private->keyboard.releaseAll();
    m_private->pointer.releaseAll();
    m_private->letGo(Private::LetGoBy::FocusLoss);
    QWidget::focusOutEvent(event);
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
