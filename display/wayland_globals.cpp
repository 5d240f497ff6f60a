// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/wayland_globals.h"

#include "keyboard-shortcuts-inhibit-unstable-v1-client-protocol.h"
#include "pointer-constraints-unstable-v1-client-protocol.h"
#include "relative-pointer-unstable-v1-client-protocol.h"

#include <QtGui/QGuiApplication>
#include <QtGui/QWindow>
#include <qpa/qplatformnativeinterface.h>

#include <cstring>

#include <unistd.h>
#include <wayland-client.h>

namespace display {

using engine::LockLights;

namespace {

// The real modifiers of an X keyboard map, in every map there is: Lock is the second, and NumLock
// is Mod2, the fifth (X Keyboard Extension Protocol, section 4.1 and xkeyboard-config's compat
// maps).
constexpr quint32 LockModifier = 1U << 1;
constexpr quint32 NumModifier = 1U << 4;

void *nativeResource(const char *name)
{
    QPlatformNativeInterface *native = QGuiApplication::platformNativeInterface();
    return native ? native->nativeResourceForIntegration(name) : nullptr;
}

template <class Manager>
void bindTo(Manager *&manager, wl_registry *registry, quint32 name, const wl_interface &interface)
{
    if (manager)
        return;
    manager = static_cast<Manager *>(wl_registry_bind(registry, name, &interface, 1));
    // What is made of it is to be dispatched by Qt.
    wl_proxy_set_queue(reinterpret_cast<wl_proxy *>(manager), nullptr);
}

} // namespace

WaylandGlobals *WaylandGlobals::instance()
{
    if (!QGuiApplication::platformName().startsWith(QLatin1String("wayland")))
        return nullptr;
    auto *display = static_cast<wl_display *>(nativeResource("wl_display"));
    if (!display)
        return nullptr;
    // Not destroyed: the connection is Qt's and may be gone by then.
    static auto *const globals = new WaylandGlobals(display);
    return globals;
}

// A queue of its own for the one round trip: Qt's events are not dispatched from in here.
WaylandGlobals::WaylandGlobals(wl_display *display)
{
    wl_event_queue *queue = wl_display_create_queue(display);
    auto *wrapper = static_cast<wl_display *>(wl_proxy_create_wrapper(display));
    wl_proxy_set_queue(reinterpret_cast<wl_proxy *>(wrapper), queue);
    wl_registry *registry = wl_display_get_registry(wrapper);
    wl_proxy_wrapper_destroy(wrapper);
    static const wl_registry_listener listener{
        .global = &WaylandGlobals::addGlobal,
        .global_remove = [](void *, wl_registry *, quint32) {},
    };
    wl_registry_add_listener(registry, &listener, this);
    wl_display_roundtrip_queue(display, queue);
    wl_registry_destroy(registry);
    wl_event_queue_destroy(queue);
    watchKeyboard();
}

void WaylandGlobals::addGlobal(void *self, wl_registry *registry, quint32 name,
                               const char *interface, quint32)
{
    auto *globals = static_cast<WaylandGlobals *>(self);
    const auto is = [interface](const wl_interface &wanted) {
        return std::strcmp(interface, wanted.name) == 0;
    };
    if (is(zwp_keyboard_shortcuts_inhibit_manager_v1_interface))
        bindTo(globals->m_inhibitManager, registry, name,
               zwp_keyboard_shortcuts_inhibit_manager_v1_interface);
    else if (is(zwp_pointer_constraints_v1_interface))
        bindTo(globals->m_pointerConstraints, registry, name, zwp_pointer_constraints_v1_interface);
    else if (is(zwp_relative_pointer_manager_v1_interface))
        bindTo(globals->m_relativePointers, registry, name,
               zwp_relative_pointer_manager_v1_interface);
}

wl_seat *WaylandGlobals::seat()
{
    return static_cast<wl_seat *>(nativeResource("wl_seat"));
}

wl_pointer *WaylandGlobals::pointer()
{
    return static_cast<wl_pointer *>(nativeResource("wl_pointer"));
}

wl_surface *WaylandGlobals::surfaceOf(QWindow *window)
{
    QPlatformNativeInterface *native = QGuiApplication::platformNativeInterface();
    if (!native || !window || !window->handle())
        return nullptr;
    return static_cast<wl_surface *>(native->nativeResourceForWindow("surface", window));
}

// Qt tells modifiers with key events only; a second wl_keyboard gets them at each focus-in as well.
void WaylandGlobals::watchKeyboard()
{
    auto *qtKeyboard = static_cast<wl_keyboard *>(nativeResource("wl_keyboard"));
    if (qtKeyboard == m_qtKeyboard)
        return;
    if (m_keyboard && wl_keyboard_get_version(m_keyboard) >= WL_KEYBOARD_RELEASE_SINCE_VERSION)
        wl_keyboard_release(m_keyboard);
    else if (m_keyboard)
        wl_keyboard_destroy(m_keyboard);
    m_qtKeyboard = qtKeyboard;
    m_keyboard = qtKeyboard ? wl_seat_get_keyboard(seat()) : nullptr;
    if (!m_keyboard)
        return;
    static const wl_keyboard_listener listener{
        .keymap = [](void *, wl_keyboard *, quint32, qint32 descriptor,
                     quint32) { ::close(descriptor); },
        .enter = [](void *, wl_keyboard *, quint32, wl_surface *, wl_array *) {},
        .leave = [](void *, wl_keyboard *, quint32, wl_surface *) {},
        .key = [](void *, wl_keyboard *, quint32, quint32, quint32, quint32) {},
        .modifiers = &WaylandGlobals::takeModifiers,
        .repeat_info = [](void *, wl_keyboard *, qint32, qint32) {},
    };
    wl_keyboard_add_listener(m_keyboard, &listener, this);
}

void WaylandGlobals::takeModifiers(void *self, wl_keyboard *, quint32, quint32, quint32,
                                   quint32 locked, quint32)
{
    static_cast<WaylandGlobals *>(self)->m_lockLights = LockLights{
        .capsLock = (locked & LockModifier) != 0, .numLock = (locked & NumModifier) != 0};
}

std::optional<LockLights> WaylandGlobals::lockLights()
{
    watchKeyboard();
    return m_lockLights;
}

} // namespace display
