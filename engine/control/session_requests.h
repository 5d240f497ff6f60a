// SPDX-License-Identifier: GPL-3.0-or-later
// The requests of control_protocol.h that concern the machine alone, whoever sends them. What
// depends on the connection (windows, displays, films) is the control server's.
//
// Main thread only.
#pragma once

#include "engine/control/machine_session.h"

#include <QtCore/QJsonObject>

class QLocalSocket;

namespace engine {

// Does it and answers, at once or later; false when it is none of these.
bool handleSessionRequest(MachineSession &session, QLocalSocket *socket, const QJsonValue &id,
                          const QString &method, const QJsonObject &params);

} // namespace engine
