// SPDX-License-Identifier: GPL-3.0-or-later
// What FrameView's two halves share: the picture (frame_view.cpp) and the input
// (frame_view_input.cpp).
#pragma once

#include "display/frame_notes.h"
#include "display/frame_view.h"
#include "display/guest_keyboard.h"
#include "display/guest_pointer.h"
#include "display/pointer_grab.h"
#include "display/x11_focus_watch.h"

namespace display {

struct FrameView::Private
{
    explicit Private(FrameView *view);

    // The picture
    void takeNotes();
    void updateGuestSize();
    FrameGeometry geometry(const QSize &guest) const;
    FrameGeometry geometry() const { return geometry(guestSize); }
    Backdrop backdrop(const QPainter &painter) const;
    void updateCursor();
    void paintWords(QPainter &painter, const QString &text) const;

    // The input
    void connectGrab();
    void moveTo(const QPointF &position, const QPointF &global);
    void desktopChangedKeyboard();
    void desktopChangedPointer();
    enum class LetGoBy { User, FocusLoss };
    void letGo(LetGoBy reason);
    void sendLockLights();
    void focusCameBack(quint32 window);
    std::optional<QString> takeKeyboard();

    FrameView *q;
    engine::FrameSource *source = nullptr;
    engine::InputSink *sink = nullptr;
    FrameNotes notes;
    GuestKeyboard keyboard;
    GuestPointer pointer;
    std::unique_ptr<PointerGrab> grab;
    X11FocusWatch focusWatch{[this](quint32 window) { focusCameBack(window); }};
    QSize guestSize; // as last announced
    ScaleMode scaleMode = ScaleMode::Fit;
    qreal zoom = 1.0;
    qreal cursorScale = 1.0; // of the pointer that is set
    QString placeholder;
    bool isDimmed = false;
    bool isKeyboardCaptured = false;
    bool areDesktopKeysCaptured = true;
    bool hasAutoCapture = false;
    bool hadPointer = false; // at the last captureChanged()
    bool hasNewDamage = false;
};

} // namespace display
