// SPDX-License-Identifier: GPL-3.0-or-later
// A serial port that is connected to nothing else is the machine's windows': the engine connects
// to a socket where the session listens before the guest begins, so that no byte is lost.
#pragma once

#include "engine/machine/machine_definition.h"

#include <QtCore/QString>

namespace engine {

inline bool isForWindows(const SerialPort &port)
{
    return port.isEnabled && port.mode == SerialMode::Disconnected;
}

// `port`: 0 is COM1.
inline QString serialSocketPath(const QString &runFolder, int port)
{
    return runFolder + QStringLiteral("/serial%1.sock").arg(port + 1);
}

} // namespace engine
