// SPDX-License-Identifier: GPL-3.0-or-later
// The words for one network adapter: the same for modifyvm (machine off) and controlvm (machine
// running). Each changes the adapter it is given and nothing else. A value that is not understood
// is ErrorKind::Invalid.
#pragma once

#include "app/cli/arguments.h"
#include "app/cli/outcome.h"
#include "engine/machine/machine_definition.h"

namespace app {

// "nat", "intnet", "bridged", "null", "none".
engine::Result<> setNicMode(engine::NetworkAdapter &adapter, const QString &word);
// "ssh,tcp,,2222,,22", or "delete" and a rule's name.
Outcome setNicForward(engine::NetworkAdapter &adapter, int number, const QStringList &words);
// "10.0.2.0/24", "default".
engine::Result<> setNatNetwork(engine::NetworkAdapter &adapter, const QString &word);
// KiB per second; "off" or 0: no limit.
engine::Result<> setNicRateLimit(engine::NetworkAdapter &adapter, const QString &word);
// "open", "no-lan", "off", "list:debian.org,*.debian.org,192.0.2.0/24".
engine::Result<> setNicEgress(engine::NetworkAdapter &adapter, const QString &word);
QString egressWord(const engine::NetworkAdapter &adapter);

// How many words belong to a forward rule's option, told by the first one.
int forwardWordCount(const QString &first);

// VirtualBox's name for the network an internal adapter is in when none was given.
QString usualInternalNetwork();

} // namespace app
