// SPDX-License-Identifier: GPL-3.0-or-later
// The half of SdlView that takes SDL's events and feeds the guest's keyboard and pointer.
#include "display/sdl/sdl_keymap.h"
#include "display/sdl/sdl_view_private.h"

#include <QtCore/QFile>

#include <utility>

#include <SDL.h>

namespace display {

using engine::PointerMode;

namespace {

constexpr float NotchAngle = 120; // as QWheelEvent counts

// Keys that are down when a window gets the focus come as pressed with it (SDL's
// X11_ReconcileKeyboardState). They were meant for somebody else, as Alt of Alt+Tab.
constexpr Uint32 WithFocusMs = 3;

bool isModifier(const SDL_Keysym &key)
{
    switch (key.scancode) {
    case SDL_SCANCODE_LCTRL:
    case SDL_SCANCODE_LSHIFT:
    case SDL_SCANCODE_LALT:
    case SDL_SCANCODE_LGUI:
    case SDL_SCANCODE_RCTRL:
    case SDL_SCANCODE_RSHIFT:
    case SDL_SCANCODE_RALT:
    case SDL_SCANCODE_RGUI:
        return true;
    default:
        return false;
    }
}

} // namespace

void SdlView::Private::handle(const SDL_Event &event)
{
    switch (event.type) {
    case SDL_WINDOWEVENT:
        handleWindow(event.window);
        break;
    case SDL_KEYDOWN:
    case SDL_KEYUP:
        handleKey(event.key);
        break;
    case SDL_MOUSEMOTION:
        if (event.motion.which != SDL_TOUCH_MOUSEID || !isPointerCaptured)
            handleMotion(event.motion);
        break;
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
        handleButton(event.button);
        break;
    case SDL_MOUSEWHEEL:
        handleWheel(event.wheel);
        break;
    case SDL_DROPBEGIN:
    case SDL_DROPFILE:
    case SDL_DROPCOMPLETE:
        handleDrop(event.drop);
        break;
    case SDL_CONTROLLERDEVICEADDED:
    case SDL_CONTROLLERDEVICEREMOVED:
    case SDL_CONTROLLERAXISMOTION:
    case SDL_CONTROLLERBUTTONDOWN:
    case SDL_CONTROLLERBUTTONUP:
        gamepad->handle(event);
        break;
    case SDL_RENDER_TARGETS_RESET:
    case SDL_RENDER_DEVICE_RESET:
        picture->forget();
        drawSoon();
        break;
    default:
        break;
    }
}

// SDL tells of one file at a time.
void SdlView::Private::handleDrop(const SDL_DropEvent &event)
{
    if (event.type == SDL_DROPBEGIN)
        dropping.clear();
    if (event.file != nullptr) {
        dropping.append(QFile::decodeName(event.file));
        SDL_free(event.file);
    }
    if (event.type == SDL_DROPCOMPLETE && !dropping.isEmpty())
        emit q->filesDropped(std::exchange(dropping, {}));
}

void SdlView::Private::handleWindow(const SDL_WindowEvent &event)
{
    switch (event.event) {
    case SDL_WINDOWEVENT_CLOSE:
        emit q->closeRequested();
        break;
    case SDL_WINDOWEVENT_SHOWN:
    case SDL_WINDOWEVENT_RESTORED:
    case SDL_WINDOWEVENT_MAXIMIZED:
        setShown(true);
        drawSoon();
        break;
    case SDL_WINDOWEVENT_HIDDEN:
    case SDL_WINDOWEVENT_MINIMIZED:
        setShown(false);
        break;
    case SDL_WINDOWEVENT_RESIZED: // by others than us
        if (!isPlacedByDesktop())
            isUserSized = QSize(event.data1, event.data2) != wantedSize;
        drawSoon();
        break;
    case SDL_WINDOWEVENT_SIZE_CHANGED:
        drawSoon();
        emit q->roomChanged();
        break;
    case SDL_WINDOWEVENT_EXPOSED:
    case SDL_WINDOWEVENT_DISPLAY_CHANGED:
        drawSoon();
        break;
    case SDL_WINDOWEVENT_FOCUS_GAINED:
        focusIn(event.timestamp);
        break;
    case SDL_WINDOWEVENT_FOCUS_LOST:
        focusOut();
        break;
    default:
        break;
    }
}

void SdlView::Private::focusIn(Uint32 time)
{
    focusTime = time;
    sendLockLights();
    if (hasAutoCapture && sink)
        takeKeyboard();
    setFocused(true);
}

void SdlView::Private::setFocused(bool hasFocus)
{
    gamepad->setFocused(hasFocus);
    events->setBusy(gamepad->isInUse());
    emit q->focusChanged(hasFocus);
}

void SdlView::Private::focusOut()
{
    keyboard.releaseAll();
    pointer.releaseAll();
    q->releaseCapture();
    setFocused(false);
}

void SdlView::Private::sendLockLights()
{
    if (!sink || !q->hasFocus())
        return;
    const SDL_Keymod state = SDL_GetModState();
    sink->setLockLights((state & KMOD_CAPS) != 0, (state & KMOD_NUM) != 0);
}

void SdlView::Private::handleKey(const SDL_KeyboardEvent &event)
{
    const std::optional<engine::ScanCode> code = scanCodeFromSdl(event.keysym.scancode);
    if (!code)
        return; // no such key on a PC keyboard
    if (event.state == SDL_PRESSED) {
        if (event.repeat == 0 && isModifier(event.keysym) && focusTime != 0
            && event.timestamp - focusTime <= WithFocusMs)
            return;
        if (keyboard.press(*code, event.repeat != 0) == GuestKeyboard::Outcome::HostKeyChord)
            emit q->hostKeyChord(qtKeyFromSdl(event.keysym.sym));
        return;
    }
    if (keyboard.release(*code) != GuestKeyboard::Outcome::HostKeyAlone)
        return;
    if (isKeyboardCaptured)
        q->releaseCapture();
    else
        q->capture();
}

void SdlView::Private::moveTo(int x, int y)
{
    if (!isPointerCaptured && pointer.mode() == PointerMode::Absolute && !guestSize.isEmpty())
        pointer.moveTo(geometry().viewToGuest(QPointF(x, y)));
}

void SdlView::Private::handleMotion(const SDL_MouseMotionEvent &event)
{
    if (isPointerCaptured)
        pointer.moveBy(QPoint(event.xrel, event.yrel));
    else
        moveTo(event.x, event.y);
}

void SdlView::Private::handleButton(const SDL_MouseButtonEvent &event)
{
    const auto button = Qt::MouseButton(qtButtonFromSdl(event.button));
    if (event.state != SDL_PRESSED) {
        if (!pointer.isHeld(button))
            return;
        moveTo(event.x, event.y);
        pointer.release(button);
        return;
    }
    keyboard.spoilHostKey();
    if (!sink || guestSize.isEmpty())
        return;
    if (!isPointerCaptured && !geometry().viewRect().contains(QPointF(event.x, event.y)))
        return;
    if (!isPointerCaptured && pointer.mode() == PointerMode::Relative) {
        q->capture(); // this click is ours
        return;
    }
    moveTo(event.x, event.y);
    pointer.press(button);
}

void SdlView::Private::handleWheel(const SDL_MouseWheelEvent &event)
{
    // SDL counts to the right, Qt to the left.
    if (pointer.mode() == PointerMode::Absolute || isPointerCaptured)
        pointer.turnWheel(
            QPoint(-qRound(event.preciseX * NotchAngle), qRound(event.preciseY * NotchAngle)));
}

void SdlView::Private::takeKeyboard()
{
    if (areDesktopKeysCaptured)
        SDL_SetWindowKeyboardGrab(window.get(), SDL_TRUE);
    if (!std::exchange(isKeyboardCaptured, true))
        emit q->captureChanged();
}

std::optional<QString> SdlView::Private::takePointer()
{
    if (SDL_SetRelativeMouseMode(SDL_TRUE) != 0)
        return SdlView::tr("The pointer cannot be captured here: %1")
            .arg(QString::fromUtf8(SDL_GetError()));
    isPointerCaptured = true;
    return std::nullopt;
}

void SdlView::Private::dropPointer()
{
    if (!std::exchange(isPointerCaptured, false))
        return;
    SDL_SetRelativeMouseMode(SDL_FALSE);
    pointer.releaseAll();
    updateCursor();
}

void SdlView::setSink(engine::InputSink *sink)
{
    releaseCapture();
    m_private->pointer.setSink(sink);
    m_private->keyboard.setSink(sink);
    m_private->gamepad->setSink(sink);
    m_private->sink = sink;
    m_private->updateCursor();
    m_private->sendLockLights();
}

void SdlView::setHostKeys(const QList<engine::ScanCode> &hostKeys)
{
    if (hostKeys.isEmpty() || hostKeys == m_private->keyboard.hostKeys())
        return;
    m_private->keyboard.releaseAll();
    m_private->keyboard.setHostKeys(hostKeys);
}

void SdlView::setDesktopKeysCaptured(bool areCaptured)
{
    m_private->areDesktopKeysCaptured = areCaptured;
    if (m_private->isKeyboardCaptured)
        SDL_SetWindowKeyboardGrab(m_private->window.get(), areCaptured ? SDL_TRUE : SDL_FALSE);
}

void SdlView::setAutoCapture(bool isOn)
{
    m_private->hasAutoCapture = isOn;
}

bool SdlView::isKeyboardCaptured() const
{
    return m_private->isKeyboardCaptured;
}

bool SdlView::isPointerCaptured() const
{
    return m_private->isPointerCaptured;
}

bool SdlView::hasFocus() const
{
    return (SDL_GetWindowFlags(m_private->window.get()) & SDL_WINDOW_INPUT_FOCUS) != 0;
}

QString SdlView::gamepadName() const
{
    return QString::fromStdString(m_private->gamepad->name());
}

void SdlView::capture()
{
    if (!m_private->sink || !m_private->isShown)
        return;
    std::optional<QString> reason;
    const bool hadPointer = m_private->isPointerCaptured;
    if (!hadPointer && m_private->pointer.mode() == PointerMode::Relative)
        reason = m_private->takePointer();
    const bool hadKeyboard = m_private->isKeyboardCaptured;
    m_private->takeKeyboard();
    if (hadKeyboard && hadPointer != m_private->isPointerCaptured)
        emit captureChanged();
    if (reason)
        emit captureFailed(*reason);
}

void SdlView::releaseCapture()
{
    const bool hadPointer = m_private->isPointerCaptured;
    m_private->dropPointer();
    SDL_SetWindowKeyboardGrab(m_private->window.get(), SDL_FALSE);
    if (std::exchange(m_private->isKeyboardCaptured, false) || hadPointer)
        emit captureChanged();
}

void SdlView::updatePointerMode()
{
    m_private->updateCursor();
    if (m_private->pointer.mode() == PointerMode::Relative || !m_private->isPointerCaptured)
        return;
    m_private->dropPointer();
    emit captureChanged();
}

} // namespace display
