// SPDX-License-Identifier: GPL-3.0-or-later
// vitrine-sound's other work: plays and records for a machine of the built-in engine, which says
// what on a socket (engine/host/sound_protocol.h). Writes "ready" when the sound server answers and
// "lost" when it does not, and looks for it again every two seconds. Ends with the socket.
#pragma once

namespace engine {

// The program's exit code. Takes the socket.
int runSoundStreams(int socket);

} // namespace engine
