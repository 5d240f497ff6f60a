// SPDX-License-Identifier: GPL-3.0-or-later
// The PointerGrab of platforms that let a program move the pointer: X11, and Qt's offscreen one,
// which has no shortcuts to take. Main thread only.
#pragma once

#include "display/pointer_grab.h"
#include "display/warped_motion.h"

#include <QtCore/QPointer>

namespace display {

class WarpingGrab final : public PointerGrab
{
    Q_OBJECT
public:
    explicit WarpingGrab(QWidget &view);
    ~WarpingGrab() override;

    std::optional<QString> grabKeyboard() override;
    void releaseKeyboard() override;
    bool capturesSystemShortcuts() const override { return m_hasKeyboard; }
    std::optional<QString> grabPointer() override;
    void releasePointer() override;
    bool hasPointer() const override { return m_hasPointer; }
    void pointerMovedTo(const QPoint &globalPosition) override;
    void recenter() override;

private:
    QPointer<QWidget> m_view;
    WarpedMotion m_motion;
    QPoint m_returnTo; // where the pointer was when it was taken
    bool m_hasKeyboard = false;
    bool m_hasPointer = false;
};

} // namespace display
