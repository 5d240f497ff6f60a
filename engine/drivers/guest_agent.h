// SPDX-License-Identifier: GPL-3.0-or-later
// qemu-guest-agent in the guest, over the socket behind its virtio port. Its protocol is QMP's
// without a greeting (docs/interop/qemu-ga.rst); guest-sync-delimited makes sure that an answer is
// one to us. Main thread only.
#pragma once

#include <QtCore/QString>

class QObject;

namespace engine {

// Gives the guest this computer's time. Returns at once; a guest that does not answer within some
// seconds, or that refuses, gets a line in the log. Ends early with `context`.
void setGuestClock(const QString &socketPath, QObject *context);

} // namespace engine
