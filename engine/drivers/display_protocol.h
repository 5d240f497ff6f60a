// SPDX-License-Identifier: GPL-3.0-or-later
// What a window in another process and the machine say to each other about the screen.
//
// A connection to the control socket becomes one for the screen by the request "display.open"
// (control_protocol.h): answered with {} it carries only these messages from then on, JSON objects
// with "method" and "params", one a line.
//
// From the machine:
//   display.update  picture  {memory, size, offset, width, height, stride, format}, when any of it
//                            is another; memory: true: a descriptor comes with the message, of
//                            `size` bytes, to be mapped for reading; false: the one before. All
//                            zero: there is no picture.
//                   damage   [x, y, width, height, x, ...] in guest pixels
//                   cursor   {visible, width, height, hotX, hotY, pixels}; pixels: base64 of
//                            premultiplied ARGB32 in native byte order
//                   input    {absolute, lights: [caps, num, scroll] or absent where unknown}
//                   Each is there when it changed. The next comes when the window has answered with
//                   display.seen; what changes meanwhile is in it.
//                   takesSize  whether the guest's card passes the window's wish for a size on to
//                            its driver
//   display.agent   a descriptor comes with the message: a stream of the messages of the agent in
//                   the guest's desktop (display_hub.h). It ends with the agent, or when another
//                   window has it
//   display.end     reason; empty: the machine's screen is gone
//
// From the window:
//   display.seen
//   display.visible isVisible; while it is not, only input is told
//   display.key     code (input_sink.h), down
//   display.button  button (PointerButton's number), down
//   display.place   x y, guest pixels
//   display.motion  x y, guest counts
//   display.locks   caps num: the host's
//   display.size    width height, guest pixels: what the window has room for
//   display.wantAgent    once: from now on this window is to have the agent before those that
//                   asked earlier
//
// What the window holds pressed is released when the connection ends.
#pragma once

#include "engine/host/frame_source.h"
#include "engine/host/input_sink.h"

#include <QtCore/QJsonObject>

namespace engine::displaymessage {

inline constexpr int MaxSide = 32768; // of a picture, in pixels
inline constexpr int MaxCursorSide = 256; // a larger one is not sent

inline QJsonObject make(const char *method, const QJsonObject &params = {})
{
    return {{QStringLiteral("jsonrpc"), QStringLiteral("2.0")},
            {QStringLiteral("method"), QLatin1String(method)},
            {QStringLiteral("params"), params}};
}

} // namespace engine::displaymessage
