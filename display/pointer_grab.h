// SPDX-License-Identifier: GPL-3.0-or-later
// Taking the keyboard and the pointer away from the desktop, as far as the platform lets us.
//
// X11 (warping_grab.h): the keyboard is grabbed with XGrabKeyboard, so the window manager's
// shortcuts reach the guest; the pointer is grabbed and put back to the middle when it strays.
// Wayland (wayland_grab.h): the compositor is asked for both and answers later, may refuse, and may
// take back what it gave; hence the signals. Main thread only.
#pragma once

#include <QtCore/QObject>
#include <QtCore/QPoint>
#include <QtCore/QString>

#include <memory>
#include <optional>

class QWidget;

namespace display {

class PointerGrab : public QObject
{
    Q_OBJECT
public:
    // For this platform; outlived by the view.
    static std::unique_ptr<PointerGrab> create(QWidget &view);

    // System shortcuts to the guest too. The reason when this desktop cannot do it.
    virtual std::optional<QString> grabKeyboard() = 0;
    virtual void releaseKeyboard() = 0;
    // The focus has gone: as releaseKeyboard(), but what the desktop is still asking the user about
    // stays asked. Its question is what took the focus.
    virtual void suspendKeyboard() { releaseKeyboard(); }
    virtual bool capturesSystemShortcuts() const = 0;

    // The reason when this desktop cannot do it, nullopt when the pointer is ours or will be.
    virtual std::optional<QString> grabPointer() = 0;
    virtual void releasePointer() = 0;
    virtual bool hasPointer() const = 0;

    // While hasPointer(): where a mouse event says that the pointer is, in global coordinates.
    virtual void pointerMovedTo(const QPoint &) { }
    // The view moved or changed its size.
    virtual void recenter() { }

signals:
    void moved(const QPoint &motion); // while hasPointer()
    // The desktop gave what it had been asked for, or took it back; not after calls of ours that
    // are answered at once.
    void keyboardChanged();
    void pointerChanged();

protected:
    PointerGrab() = default;
};

} // namespace display
