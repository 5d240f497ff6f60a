// SPDX-License-Identifier: GPL-3.0-or-later
// What a Wayland compositor offers beyond what Qt 6.4 uses of it, over Qt's own connection:
//   keyboard-shortcuts-inhibit-unstable-v1, pointer-constraints-unstable-v1,
//   relative-pointer-unstable-v1 (wayland-protocols), and wl_keyboard's lock state.
// Objects made of these live in the default queue, which Qt dispatches on the main thread.
// Qt's private QPlatformNativeInterface, which Qt 6.4 needs for its seat and surfaces, stays in the
// .cpp file. Main thread only.
#pragma once

#include "engine/host/input_sink.h"

#include <QtCore/QtGlobal>

#include <optional>

class QWindow;
struct wl_array;
struct wl_display;
struct wl_keyboard;
struct wl_pointer;
struct wl_registry;
struct wl_seat;
struct wl_surface;
struct zwp_keyboard_shortcuts_inhibit_manager_v1;
struct zwp_pointer_constraints_v1;
struct zwp_relative_pointer_manager_v1;

namespace display {

class WaylandGlobals final
{
public:
    // nullptr on other platforms. Lives as long as the program.
    static WaylandGlobals *instance();

    // Each is nullptr where the compositor does not offer it.
    zwp_keyboard_shortcuts_inhibit_manager_v1 *inhibitManager() const { return m_inhibitManager; }
    zwp_pointer_constraints_v1 *pointerConstraints() const { return m_pointerConstraints; }
    zwp_relative_pointer_manager_v1 *relativePointers() const { return m_relativePointers; }

    // Qt's own; ask anew each time, devices come and go.
    static wl_seat *seat();
    static wl_pointer *pointer();
    static wl_surface *surfaceOf(QWindow *window);

    // As of the last focus-in or key of one of our windows; nullopt before.
    std::optional<engine::LockLights> lockLights();

private:
    explicit WaylandGlobals(wl_display *display);
    void watchKeyboard();
    static void addGlobal(void *self, wl_registry *registry, quint32 name, const char *interface,
                          quint32 version);
    static void takeModifiers(void *self, wl_keyboard *keyboard, quint32 serial, quint32 depressed,
                              quint32 latched, quint32 locked, quint32 group);

    zwp_keyboard_shortcuts_inhibit_manager_v1 *m_inhibitManager = nullptr;
    zwp_pointer_constraints_v1 *m_pointerConstraints = nullptr;
    zwp_relative_pointer_manager_v1 *m_relativePointers = nullptr;
    wl_keyboard *m_qtKeyboard = nullptr; // the one m_keyboard was made beside
    wl_keyboard *m_keyboard = nullptr;
    std::optional<engine::LockLights> m_lockLights;
};

} // namespace display
