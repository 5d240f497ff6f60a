// SPDX-License-Identifier: GPL-3.0-or-later
// How large a machine window shows the guest's screen.
#pragma once

#include "display/frame_painter.h"

#include <QtCore/QList>

namespace ui {

struct ScreenScale
{
    display::ScaleMode mode = display::ScaleMode::Zoom;
    int percent = 100; // for Zoom: device pixels a hundred guest pixels; kept while it fits

    bool isFitted() const { return mode != display::ScaleMode::Zoom; }
    bool operator==(const ScreenScale &) const = default;
};

constexpr int MinZoomPercent = 50;
constexpr int MaxZoomPercent = 400;

QList<int> zoomSteps(); // in percent, ascending
// The next step from any zoom, the same one at the end.
int zoomedIn(int percent);
int zoomedOut(int percent);

} // namespace ui
