// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/screen_scale.h"

#include <algorithm>

namespace ui {

QList<int> zoomSteps()
{
    return {MinZoomPercent, 75, 100, 125, 150, 175, 200, 250, 300, MaxZoomPercent};
}

int zoomedIn(int percent)
{
    const QList<int> steps = zoomSteps();
    const auto next = std::upper_bound(steps.begin(), steps.end(), percent);
    return next == steps.end() ? MaxZoomPercent : *next;
}

int zoomedOut(int percent)
{
    const QList<int> steps = zoomSteps();
    const auto next = std::lower_bound(steps.begin(), steps.end(), percent);
    return next == steps.begin() ? MinZoomPercent : *(next - 1);
}

} // namespace ui
