// SPDX-License-Identifier: GPL-3.0-or-later
// The PointerGrab of Wayland: a shortcuts inhibitor for the keyboard; a locked pointer and its
// relative motion for the mouse. The compositor decides when each begins and ends: focus is lost,
// the user presses the compositor's own way out, a question to the user is answered. Motion is
// unaccelerated, because the guest accelerates on its own. Main thread only.
#pragma once

#include "display/pointer_grab.h"
#include "display/wayland_globals.h"

#include <QtCore/QPointF>
#include <QtCore/QPointer>

struct zwp_keyboard_shortcuts_inhibitor_v1;
struct zwp_locked_pointer_v1;
struct zwp_relative_pointer_v1;

namespace display {

class WaylandGrab final : public PointerGrab
{
    Q_OBJECT
public:
    WaylandGrab(WaylandGlobals &globals, QWidget &view);
    ~WaylandGrab() override;

    std::optional<QString> grabKeyboard() override;
    void releaseKeyboard() override;
    void suspendKeyboard() override;
    bool capturesSystemShortcuts() const override { return m_isInhibiting; }
    std::optional<QString> grabPointer() override;
    void releasePointer() override;
    bool hasPointer() const override { return m_isLocked; }

private:
    struct Listeners; // the compositor's events

    wl_surface *surface() const;
    void setInhibiting(bool isInhibiting);
    void setLocked(bool isLocked);
    void addMotion(const QPointF &motion);

    WaylandGlobals &m_globals;
    QPointer<QWidget> m_view;
    zwp_keyboard_shortcuts_inhibitor_v1 *m_inhibitor = nullptr;
    zwp_locked_pointer_v1 *m_lock = nullptr;
    zwp_relative_pointer_v1 *m_relative = nullptr;
    QPointF m_motionRest; // what whole counts left over
    bool m_isInhibiting = false;
    bool m_isLocked = false;
};

} // namespace display
