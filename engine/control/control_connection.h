// SPDX-License-Identifier: GPL-3.0-or-later
// A bare connection to a machine's control socket, for requests whose answer is more than JSON:
// "display.open" and "sound.open" (control_protocol.h). Any thread.
#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <QtCore/QString>

namespace engine {

// Not blocking. Io: nobody listens.
Result<Fd> connectControlSocket(const QString &path);

} // namespace engine
