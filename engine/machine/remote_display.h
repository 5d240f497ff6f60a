// SPDX-License-Identifier: GPL-3.0-or-later
// Where a machine's screen may be reached from: what is written in a RemoteDisplay, read. Any
// thread.
#pragma once

#include "engine/base/result.h"
#include "engine/machine/machine_definition.h"

#include <QtCore/QList>
#include <QtCore/QString>

#include <optional>

namespace engine {

struct PortRange
{
    int first = 0;
    int last = 0;

    bool operator==(const PortRange &) const = default;
};

// "5900", "5900-5910,6000": the first free one is taken. No range at all ("", "0") means any port
// of the system's choice.
Result<QList<PortRange>> portRangesFromText(const QString &text);

// A Unix socket in the machine's run folder instead of TCP: for this user's programs only.
inline constexpr QLatin1String UnixSocketAddress("unix");
bool isUnixSocket(const RemoteDisplay &display);

// The address to listen at, in digits, or UnixSocketAddress; loopback when the definition names
// none.
QString listenAddress(const RemoteDisplay &display);
// Whether only programs of this computer reach it there.
bool isNearAddress(const QString &address);

struct RemoteDisplayProblem
{
    QString field; // as machine_check.h names fields
    Error error;
};

// Why the machine may not offer its screen so. One that is off is always fine.
std::optional<RemoteDisplayProblem> remoteDisplayProblem(const RemoteDisplay &display);
Result<> checkRemoteDisplay(const RemoteDisplay &display);

} // namespace engine
