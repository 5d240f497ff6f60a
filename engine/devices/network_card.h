// SPDX-License-Identifier: GPL-3.0-or-later
// A network card, whichever: the guest's end of a cable.
#pragma once

#include "engine/net/net_backend.h"

namespace engine {

namespace net {
class NetAdapter;
} // namespace net

class NetworkCard : public net::FrameSink
{
public:
    // The cable; null: none, and what the guest sends goes nowhere. On the network's loop.
    virtual void connectCard(net::NetAdapter *adapter) = 0;
    // What the guest sees of the cable. Any thread.
    virtual void setLinkUp(bool isUp) = 0;
};

} // namespace engine
