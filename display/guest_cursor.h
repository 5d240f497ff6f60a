// SPDX-License-Identifier: GPL-3.0-or-later
// The guest's pointer as the host's.
#pragma once

#include "engine/host/frame_source.h"

#include <QtGui/QCursor>

namespace display {

// `scale`: device pixels a guest pixel, as the picture under the pointer is shown.
QCursor hostCursor(const engine::CursorImage &guest, qreal scale, qreal devicePixelRatio);

} // namespace display
