// SPDX-License-Identifier: GPL-3.0-or-later
// What a machine's process and its vitrine-spice say to each other, as JSON objects with "method"
// and "params" over a pair of Unix stream sockets (display_stream.h).
//
// From the machine:
//   spice.serve     name, id (a UUID), socket (a path, or empty), else address (digits) and port or
//                   tlsPort, certificates (a folder),
//                   password, compress, sound (whether there is a sound card): once, first
//   spice.screen    a descriptor comes with the message: a connection that carries the messages of
//                   display_protocol.h. The one before is over. Each time there is somebody to look
//   spice.sound     a descriptor comes with the message: vitrine-sound's end of a socket for
//                   sound_protocol.h's messages. The one before is over
//
// From vitrine-spice:
//   spice.serving   it listens
//   spice.clients   count: of those that were let in; when it is another
//
// Without its end of the sockets vitrine-spice ends. What it could not do it says on its standard
// error.
#pragma once

namespace engine::spicemessage {

inline constexpr char Serve[] = "spice.serve";
inline constexpr char Screen[] = "spice.screen";
inline constexpr char Sound[] = "spice.sound";
inline constexpr char Serving[] = "spice.serving";
inline constexpr char Clients[] = "spice.clients";

} // namespace engine::spicemessage
