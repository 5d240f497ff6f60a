// SPDX-License-Identifier: GPL-3.0-or-later
// Who has a port of this computer, as far as /proc tells an ordinary user: "nginx (process 812)",
// "a program of the user root"; empty when nobody is found. Any thread.
#pragma once

#include "engine/net/ip_address.h"

#include <string>

namespace engine::net {

std::string portOwner(bool isUdp, const IpAddress &address, std::uint16_t port);

} // namespace engine::net
