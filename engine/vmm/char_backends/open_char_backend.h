// SPDX-License-Identifier: GPL-3.0-or-later
// What can be at the other end of a serial port, ready for a machine that starts. Any thread; the
// errors name the path.
#pragma once

#include "engine/base/result.h"
#include "engine/host/char_backend.h"

#include <memory>
#include <string>

namespace engine {

enum class SerialFileStart : std::uint8_t { Append, Truncate };

// A file, made when it is not there, a terminal, or a named pipe that somebody reads. Nothing comes
// in.
Result<std::shared_ptr<CharBackend>> openSerialFile(const std::string &path, SerialFileStart start);

// A Unix socket that this user's programs can connect to, one at a time: the others wait for their
// turn. A socket nobody listens at any more is replaced; ours goes when the backend does.
Result<std::shared_ptr<CharBackend>> listenOnSerialSocket(const std::string &path);

// Somebody has to listen when the machine starts. When the connection ends later, it is tried again
// every second.
Result<std::shared_ptr<CharBackend>> connectSerialSocket(const std::string &path);

} // namespace engine
