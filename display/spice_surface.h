// SPDX-License-Identifier: GPL-3.0-or-later
// The FrameSource of a SPICE connection. The primary surface is lent as it is: no copy between what
// spice-client-glib has drawn and what the view paints.
//
// A copy is made in two cases. When the surface goes away, which it does the moment the guest
// changes the mode, the last picture is kept until the next one is there. And in Relative mode the
// guest's pointer is drawn into a copy, when no host pointer stands for it; then frame() brings
// the damaged rectangles over, and only then: many updates between two paints cost one copy.
//
// Main thread only.
#pragma once

#include "engine/host/frame_source.h"

#include <QtCore/QPoint>
#include <QtCore/QRect>
#include <QtGui/QImage>
#include <QtGui/QRegion>

#include <cstdint>
#include <memory>
#include <vector>

namespace display {

class SpiceSurface final : public engine::FrameSource
{
public:
    // What the display channel owns; valid until dropPrimary().
    struct Primary
    {
        const std::uint8_t *pixels = nullptr;
        int width = 0;
        int height = 0;
        int strideBytes = 0;
        engine::PixelFormat format = engine::PixelFormat::None;
    };

    void setPrimary(const Primary &primary);
    void dropPrimary();
    void addDamage(const QRect &damage);
    // The part of the surface that the monitor shows; empty means all of it.
    void setMonitor(const QRect &monitor);
    QPoint monitorOrigin() const { return m_shown.topLeft(); }

    void setCursor(engine::CursorImage cursor);
    void moveCursor(const QPoint &hotSpot);
    // Relative mode: the pointer is part of the picture.
    void setCursorDrawn(bool drawn);

    engine::Frame frame() const override;
    engine::CursorImage cursor() const override { return m_cursor; }
    void setListener(engine::FrameListener *listener) override { m_listener = listener; }
    void setVisible(bool visible) override;

private:
    using Buffer = std::vector<std::uint8_t>;

    void updateShown();
    bool isLent() const;
    const std::uint8_t *pixelsAt(const QPoint &position) const;
    void makeBuffer() const;
    QRect cursorRect() const;
    void damageCursor();
    void copyDamage() const;
    void drawCursor() const;

    Primary m_primary;
    QRect m_monitor;
    QRect m_shown; // within the primary surface
    engine::PixelFormat m_format = engine::PixelFormat::None;
    int m_strideBytes = 0; // of the copy
    mutable std::shared_ptr<Buffer> m_buffer; // the copy
    mutable QRegion m_pending; // shown, not yet in the copy; surface coordinates
    engine::CursorImage m_cursor;
    QPoint m_cursorPosition;
    bool m_isCursorDrawn = false;
    bool m_isVisible = true;
    engine::FrameListener *m_listener = nullptr;
};

} // namespace display
