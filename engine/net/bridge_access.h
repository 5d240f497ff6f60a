// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a machine may join a network of this computer's own, and how. Without root the one way is
// QEMU's bridge helper: a small program with rights of its own, which gives a tap device in a
// bridge to those whom /etc/qemu/bridge.conf allows (qemu-bridge-helper.c; Debian's
// qemu-system-common installs it without the rights). Any thread.
#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <string>
#include <vector>

namespace engine::net {

struct HostInterface
{
    enum class Kind { Bridge, Wired, Wireless, Virtual };

    std::string name; // "br0"
    Kind kind = Kind::Virtual;
    bool isUp = false;
    std::string macAddress;
    std::string bridge; // the bridge that it is a port of; may be empty
    std::vector<std::string> addresses; // "192.0.2.7/24"
};

// Where things are looked up; tests have a tree of their own.
struct HostPlaces
{
    std::string sysClassNet = "/sys/class/net";
    std::string bridgeConfiguration = "/etc/qemu/bridge.conf";
    std::vector<std::string> helpers = {"/usr/lib/qemu/qemu-bridge-helper",
                                        "/usr/libexec/qemu-bridge-helper",
                                        "/usr/lib/qemu-bridge-helper"};
    std::string tunDevice = "/dev/net/tun";
    bool isRoot = false; // tests; the real answer is added to it
};

// Everything but the loopback, bridges first.
std::vector<HostInterface> hostInterfaces(const HostPlaces &places = {});

// Good: bridging to this interface should work. Otherwise why not, and as the remedy what to type.
Result<> bridgeAvailability(const std::string &name, const HostPlaces &places = {});

// A tap device in this bridge: read and write give frames. Runs the helper and waits for it, at
// most some seconds.
Result<Fd> openBridgeTap(const std::string &name, const HostPlaces &places = {});

} // namespace engine::net
