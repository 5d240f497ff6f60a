// SPDX-License-Identifier: GPL-3.0-or-later
// What SdlView's two halves share: the window and its picture (sdl_view.cpp), the input
// (sdl_view_input.cpp).
#pragma once

#include "display/frame_notes.h"
#include "display/guest_keyboard.h"
#include "display/guest_pointer.h"
#include "display/sdl/sdl_events.h"
#include "display/sdl/sdl_gamepad.h"
#include "display/sdl/sdl_picture.h"
#include "display/sdl/sdl_view.h"

#include <QtCore/QTimer>

#include <optional>

#include <SDL_events.h>
#include <SDL_mouse.h>
#include <SDL_video.h>

namespace display {

struct SdlView::Private
{
    struct DropWindow
    {
        void operator()(SDL_Window *window) const { SDL_DestroyWindow(window); }
    };
    struct DropCursor
    {
        void operator()(SDL_Cursor *cursor) const { SDL_FreeCursor(cursor); }
    };
    struct QuitSdl
    {
        ~QuitSdl();
    };

    // The picture
    void takeNotes();
    void updateGuestSize();
    FrameGeometry geometry() const;
    qreal ratio() const;
    QSize windowSize() const;
    void drawSoon(const QRegion &damage = {});
    void draw();
    void setWindowSize(int shownPercent);
    bool isPlacedByDesktop() const;
    void followGuest();
    void setShown(bool shown);
    void updateCursor();

    // The input
    void handle(const SDL_Event &event);
    void handleWindow(const SDL_WindowEvent &event);
    void handleKey(const SDL_KeyboardEvent &event);
    void handleMotion(const SDL_MouseMotionEvent &event);
    void handleButton(const SDL_MouseButtonEvent &event);
    void handleWheel(const SDL_MouseWheelEvent &event);
    void handleDrop(const SDL_DropEvent &event);
    void focusIn(Uint32 time);
    void focusOut();
    void moveTo(int x, int y);
    void sendLockLights();
    void takeKeyboard();
    std::optional<QString> takePointer();
    void dropPointer();
    void setFocused(bool hasFocus);

    SdlView *q = nullptr;
    QuitSdl library; // the last to go
    std::unique_ptr<SDL_Window, DropWindow> window;
    std::unique_ptr<SdlPicture> picture;
    std::unique_ptr<SDL_Cursor, DropCursor> cursor;
    std::unique_ptr<SdlEvents> events;
    std::unique_ptr<SdlGamepad> gamepad;
    QStringList dropping; // what has come of a drop so far

    engine::FrameSource *source = nullptr;
    engine::InputSink *sink = nullptr;
    FrameNotes notes;
    GuestKeyboard keyboard;
    GuestPointer pointer;
    QSize guestSize;
    QRegion damage; // guest pixels that the picture does not have yet
    QTimer drawTimer; // at the next turn of the event loop
    QTimer hintTimer;
    QString placeholder;
    QString dimWords;
    QString hint;
    QSize wantedSize; // the window's, as we asked for it
    int percent = 100; // as the user wants it, outside full screen
    qreal cursorScale = 0; // of the pointer that is set
    Uint32 focusTime = 0;
    bool isDimmed = false;
    bool isSmooth = false;
    bool isShown = false;
    bool isUserSized = false;
    bool isKeyboardCaptured = false;
    bool isPointerCaptured = false;
    bool areDesktopKeysCaptured = true;
    bool hasAutoCapture = false;
};

} // namespace display
