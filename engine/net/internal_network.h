// SPDX-License-Identifier: GPL-3.0-or-later
// A switch between machines of one user, without root and without anybody in the middle. Each
// member has a datagram socket of its own in a folder that is the network, and sends to the others'
// directly: a frame for a known card to where that card was heard last, any other to everybody.
//
//   <folder>/<name>/<process>-<random>.port      folders 0700, the owner checked
//   datagram: version 1, length of the sender's port name, that name, the frame
//
// A member that ends without a word leaves its socket behind; who gets ECONNREFUSED from it cleans
// up. A member that does not read loses frames, as at a switch with a full port, and holds nobody
// up. The network thread's.
#pragma once

#include "engine/base/result.h"
#include "engine/net/net_backend.h"
#include "engine/net/net_loop.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace engine::net {

class InternalNetwork final : public NetBackend
{
public:
    // `folder` holds all internal networks of the user; made when it is not there.
    static Result<std::unique_ptr<InternalNetwork>> join(NetLoop &loop, FrameSink &sink,
                                                         const std::string &folder,
                                                         const std::string &name);
    ~InternalNetwork() override; // leaves

    void send(Frame frame) override;
    int otherMembers() const;

private:
    struct Private;
    explicit InternalNetwork(std::unique_ptr<Private> state);
    std::unique_ptr<Private> m_private;
};

// Invalid: empty, too long, or something that is no plain file name.
Result<> checkInternalNetworkName(std::string_view name);

// The networks that somebody is in right now. Any thread.
std::vector<std::string> activeInternalNetworks(const std::string &folder);

} // namespace engine::net
