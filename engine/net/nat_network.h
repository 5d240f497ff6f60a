// SPDX-License-Identifier: GPL-3.0-or-later
// NAT in user space by libslirp: the guest's connections become this process's own, so that neither
// root nor a firewall's blessing is needed. The network thread's; ends there too.
#pragma once

#include "engine/base/result.h"
#include "engine/net/nat_plan.h"
#include "engine/net/net_backend.h"
#include "engine/net/net_loop.h"

#include <memory>
#include <string>
#include <vector>

namespace engine::net {

struct NatForward
{
    std::string name; // for messages
    bool isUdp = false;
    IpAddress hostAddress = IpAddress::v4(127, 0, 0, 1); // IPv4
    std::uint16_t hostPort = 0;
    IpAddress guestAddress; // IPv4; 0.0.0.0: the first that DHCP gives
    std::uint16_t guestPort = 0;

    bool operator==(const NatForward &) const = default;
};

class NatNetwork final : public NetBackend
{
public:
    static Result<std::unique_ptr<NatNetwork>> open(NetLoop &loop, FrameSink &sink,
                                                    const NatPlan &plan,
                                                    const std::vector<NatForward> &forwards);
    ~NatNetwork() override;

    // From now on these. Connections that go on through one that is gone stay. On failure all is as
    // it was: Busy names who has the port, where /proc tells.
    Result<> setForwards(const std::vector<NatForward> &forwards);
    const NatPlan &plan() const;

    void send(Frame frame) override;

private:
    struct Private;
    explicit NatNetwork(std::unique_ptr<Private> state);
    std::unique_ptr<Private> m_private;
};

} // namespace engine::net
