// SPDX-License-Identifier: GPL-3.0-or-later
// The seam between a network card and the network its cable leads to. Both drivers use it: the
// qemu driver through a FrameStream, the kvm driver's cards through NetAdapter directly.
//
//   card  <->  FrameStream or card model  <->  NetAdapter  <->  NetBackend
//                                              counts, limits,   NAT, internal,
//                                              filters, link     bridged
//
// Everything here lives on the NetLoop's thread and is called on no other. A frame's memory is the
// caller's and valid during the call only. Nothing here fails because of what a guest sends: what
// makes no sense is dropped.
#pragma once

#include "engine/net/frame.h"

namespace engine::net {

// Who gets what a network sends to the guest.
class FrameSink
{
public:
    virtual ~FrameSink() = default;
    // Always takes the frame; one that comes although isReady() says no may be dropped.
    virtual void deliver(Frame frame) = 0;
    // False: the guest, or its limit, is behind. A network that can wait (TCP) should.
    virtual bool isReady() const = 0;
};

// A network an adapter is attached to. Delivers to the sink it was made with until destroyed.
class NetBackend
{
public:
    virtual ~NetBackend() = default;
    virtual void send(Frame frame) = 0; // from the guest
};

} // namespace engine::net
