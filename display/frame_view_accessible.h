// SPDX-License-Identifier: GPL-3.0-or-later
// What assistive technologies are told of a FrameView: a canvas with the view's accessible name,
// and its description as the value. Qt would call it a nameless panel.
#pragma once

namespace display {

void installFrameViewAccessibility(); // once; later calls do nothing

} // namespace display
