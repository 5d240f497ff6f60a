// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/wayland_grab.h"

#include "keyboard-shortcuts-inhibit-unstable-v1-client-protocol.h"
#include "pointer-constraints-unstable-v1-client-protocol.h"
#include "relative-pointer-unstable-v1-client-protocol.h"

#include <QtGui/QWindow>
#include <QtWidgets/QWidget>

#include <utility>

#include <wayland-client.h>

namespace display {

namespace {

// A second inhibitor or lock for one surface is a protocol error, which ends the program. Two views
// may share a window, so the newest has it and the one before lets go.
WaylandGrab *keyboardOwner = nullptr;
WaylandGrab *pointerOwner = nullptr;

} // namespace

struct WaylandGrab::Listeners
{
    static void activate(void *self, zwp_keyboard_shortcuts_inhibitor_v1 *)
    {
        static_cast<WaylandGrab *>(self)->setInhibiting(true);
    }
    static void deactivate(void *self, zwp_keyboard_shortcuts_inhibitor_v1 *)
    {
        static_cast<WaylandGrab *>(self)->setInhibiting(false);
    }
    static void lock(void *self, zwp_locked_pointer_v1 *)
    {
        static_cast<WaylandGrab *>(self)->setLocked(true);
    }
    static void unlock(void *self, zwp_locked_pointer_v1 *)
    {
        static_cast<WaylandGrab *>(self)->setLocked(false);
    }
    static void move(void *self, zwp_relative_pointer_v1 *, quint32, quint32, wl_fixed_t,
                     wl_fixed_t, wl_fixed_t x, wl_fixed_t y)
    {
        static_cast<WaylandGrab *>(self)->addMotion(
            QPointF(wl_fixed_to_double(x), wl_fixed_to_double(y)));
    }
};

WaylandGrab::WaylandGrab(WaylandGlobals &globals, QWidget &view)
    : m_globals(globals)
    , m_view(&view)
{ }

WaylandGrab::~WaylandGrab()
{
    WaylandGrab::releasePointer();
    WaylandGrab::releaseKeyboard();
}

wl_surface *WaylandGrab::surface() const
{
    return m_view ? WaylandGlobals::surfaceOf(m_view->window()->windowHandle()) : nullptr;
}

std::optional<QString> WaylandGrab::grabKeyboard()
{
    if (m_inhibitor)
        return std::nullopt;
    wl_seat *seat = WaylandGlobals::seat();
    wl_surface *target = surface();
    if (!seat || !target)
        return std::nullopt; // nothing to type with, or nothing to type into
    if (!m_globals.inhibitManager()) {
        return tr("This Wayland desktop keeps its own shortcuts: it lacks the protocol "
                  "keyboard-shortcuts-inhibit. Send such keys with the Input menu.");
    }
    if (keyboardOwner)
        keyboardOwner->releaseKeyboard();
    keyboardOwner = this;
    m_inhibitor = zwp_keyboard_shortcuts_inhibit_manager_v1_inhibit_shortcuts(
        m_globals.inhibitManager(), target, seat);
    static const zwp_keyboard_shortcuts_inhibitor_v1_listener listener{
        .active = &Listeners::activate,
        .inactive = &Listeners::deactivate,
    };
    zwp_keyboard_shortcuts_inhibitor_v1_add_listener(m_inhibitor, &listener, this);
    return std::nullopt;
}

void WaylandGrab::releaseKeyboard()
{
    m_isInhibiting = false;
    if (!m_inhibitor)
        return;
    zwp_keyboard_shortcuts_inhibitor_v1_destroy(std::exchange(m_inhibitor, nullptr));
    keyboardOwner = nullptr;
}

void WaylandGrab::suspendKeyboard()
{
    if (m_isInhibiting)
        releaseKeyboard();
}

void WaylandGrab::setInhibiting(bool isInhibiting)
{
    if (std::exchange(m_isInhibiting, isInhibiting) == isInhibiting)
        return;
    if (!isInhibiting)
        releaseKeyboard(); // else the compositor might give it back at a time of its own
    emit keyboardChanged();
}

std::optional<QString> WaylandGrab::grabPointer()
{
    if (m_lock)
        return std::nullopt;
    if (!m_globals.pointerConstraints() || !m_globals.relativePointers()) {
        return tr("This Wayland desktop cannot give its pointer away: it lacks the protocols "
                  "pointer-constraints and relative-pointer. Give the machine a USB tablet as its "
                  "pointing device.");
    }
    wl_pointer *pointer = WaylandGlobals::pointer();
    wl_surface *target = surface();
    if (!pointer || !target)
        return tr("There is no pointer to capture. Connect a mouse and try again.");
    if (pointerOwner)
        pointerOwner->releasePointer();
    pointerOwner = this;
    m_motionRest = {};
    m_lock = zwp_pointer_constraints_v1_lock_pointer(m_globals.pointerConstraints(), target,
                                                     pointer, nullptr,
                                                     ZWP_POINTER_CONSTRAINTS_V1_LIFETIME_ONESHOT);
    static const zwp_locked_pointer_v1_listener lockListener{
        .locked = &Listeners::lock,
        .unlocked = &Listeners::unlock,
    };
    zwp_locked_pointer_v1_add_listener(m_lock, &lockListener, this);
    m_relative =
        zwp_relative_pointer_manager_v1_get_relative_pointer(m_globals.relativePointers(), pointer);
    static const zwp_relative_pointer_v1_listener motionListener{
        .relative_motion = &Listeners::move,
    };
    zwp_relative_pointer_v1_add_listener(m_relative, &motionListener, this);
    // Some compositors look at constraints when the surface is next committed.
    m_view->update();
    return std::nullopt;
}

void WaylandGrab::releasePointer()
{
    m_isLocked = false;
    if (!m_lock)
        return;
    zwp_relative_pointer_v1_destroy(std::exchange(m_relative, nullptr));
    zwp_locked_pointer_v1_destroy(std::exchange(m_lock, nullptr));
    pointerOwner = nullptr;
}

void WaylandGrab::setLocked(bool isLocked)
{
    if (std::exchange(m_isLocked, isLocked) == isLocked)
        return;
    if (!isLocked)
        releasePointer(); // a oneshot lock is of no use anymore
    emit pointerChanged();
}

void WaylandGrab::addMotion(const QPointF &motion)
{
    if (!m_isLocked)
        return;
    m_motionRest += motion;
    const QPoint whole(int(m_motionRest.x()), int(m_motionRest.y()));
    m_motionRest -= whole;
    if (!whole.isNull())
        emit moved(whole);
}

} // namespace display
