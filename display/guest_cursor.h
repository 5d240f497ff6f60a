// SPDX-License-Identifier: GPL-3.0-or-later
// The guest's pointer as the host's.
#pragma once

#include "engine/host/frame_source.h"

#include <QtCore/QPoint>
#include <QtGui/QCursor>
#include <QtGui/QImage>

namespace display {

struct HostPointer
{
    QImage image; // null: the guest has none of its own
    QPoint hotSpot;
};

// Each of the guest's pixels `scale` large; no larger than desktops take.
HostPointer hostPointer(const engine::CursorImage &guest, qreal scale);

// `scale`: device pixels a guest pixel, as the picture under the pointer is shown.
QCursor hostCursor(const engine::CursorImage &guest, qreal scale, qreal devicePixelRatio);

} // namespace display
