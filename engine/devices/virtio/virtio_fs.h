// SPDX-License-Identifier: GPL-3.0-or-later
// A shared folder's card (VIRTIO 1.2, 5.11): a tag that the guest mounts by, a queue for what must
// not wait and one for requests. Who answers them is a vitrine-share
// (engine/devices/vhost_user_fs.h) at the other end of a vhost-user connection.
//
// Threads: vhost_user_front.h.
#pragma once

#include "engine/devices/virtio/vhost_user_front.h"

#include <string>
#include <string_view>

namespace engine::virtio {

class VirtioFs final : public VhostUserFront
{
public:
    static constexpr std::uint16_t QueueSize = 1024;
    static constexpr std::size_t MaxTagBytes = 36; // 5.11.4

    VirtioFs(std::string name, std::string_view tag, PollLoop &loop, PeerLost peerLost = {});
    ~VirtioFs() override;

    // Of a card that no guest sees yet; any thread. Drivers read it once.
    void setTag(std::string_view tag);
};

} // namespace engine::virtio
