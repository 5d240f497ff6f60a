// SPDX-License-Identifier: GPL-3.0-or-later
// Every time an X11 window of ours gets the keyboard, as the X server tells it. Qt's X11 platform
// waits a moment after a window lost the focus: if the focus comes back by then, or if the program
// was too busy to look in between, Qt tells of neither. Elsewhere than on X11 nothing is told. Main
// thread only.
#pragma once

#include <QtCore/QAbstractNativeEventFilter>

#include <functional>

namespace display {

class X11FocusWatch final : public QAbstractNativeEventFilter
{
public:
    // `focused` gets the window's number, before Qt knows of the focus.
    explicit X11FocusWatch(std::function<void(quint32 window)> focused);
    ~X11FocusWatch() override;
    X11FocusWatch(const X11FocusWatch &) = delete;
    X11FocusWatch &operator=(const X11FocusWatch &) = delete;

    bool nativeEventFilter(const QByteArray &eventType, void *message, qintptr *result) override;

private:
    std::function<void(quint32 window)> m_focused;
};

} // namespace display
