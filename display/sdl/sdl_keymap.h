// SPDX-License-Identifier: GPL-3.0-or-later
// SDL's keys: where they are (SDL_Scancode: usages of page 7 of the "USB HID Usage Tables") as PC
// scan codes, what is on them (SDL_Keycode) as Qt's keys. Tables only; SDL's numbers are plain
// integers here, so that its headers stay behind.
#pragma once

#include "engine/host/input_sink.h"

#include <optional>

namespace display {

// nullopt for keys a PC keyboard lacks.
std::optional<engine::ScanCode> scanCodeFromSdl(int sdlScanCode);

// Qt::Key as a host chord is told (FrameView::hostKeyChord); 0 for keys of which none is made.
int qtKeyFromSdl(int sdlKeyCode);

// Qt::MouseButton; 0 for buttons a PC's mouse does not have.
int qtButtonFromSdl(int sdlButton);

} // namespace display
