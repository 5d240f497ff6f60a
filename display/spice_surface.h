// SPDX-License-Identifier: GPL-3.0-or-later
// The FrameSource of a SPICE connection: a private copy of the primary surface.
//
// Why a copy: spice-client-glib frees a surface the moment the guest changes the mode, but a Frame
// promises pixels for as long as somebody holds it. So frame() brings the damaged rectangles over,
// and only then: many updates between two paints cost one copy, a hidden view costs none. When the
// surface goes away the copy stays, so that the view shows the last picture until the next one is
// there. The copy is also where the guest's pointer is drawn in Relative mode, when no host pointer
// stands for it.
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
    bool hasPicture() const { return m_buffer != nullptr; }

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
    QRect cursorRect() const;
    void damageCursor();
    void copyDamage() const;
    void drawCursor() const;

    Primary m_primary;
    QRect m_monitor;
    QRect m_shown; // within the primary surface
    engine::PixelFormat m_format = engine::PixelFormat::None;
    int m_strideBytes = 0;
    std::shared_ptr<Buffer> m_buffer;
    mutable QRegion m_pending; // shown, not yet copied; surface coordinates
    engine::CursorImage m_cursor;
    QPoint m_cursorPosition;
    bool m_isCursorDrawn = false;
    bool m_isVisible = true;
    engine::FrameListener *m_listener = nullptr;
};

} // namespace display
