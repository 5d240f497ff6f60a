// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/virtio/virtio_fs.h"

#include <algorithm>
#include <utility>

namespace engine::virtio {

namespace {

constexpr std::uint16_t FsDeviceType = 26; // VIRTIO 1.2, 5.11.1
constexpr std::uint32_t FsClassCode = 0x018000; // other mass storage, as QEMU's

// struct virtio_fs_config (5.11.4)
enum FsConfig : std::size_t { FsTag = 0, FsRequestQueues = 36, FsConfigBytes = 40 };

} // namespace

VirtioFs::VirtioFs(std::string name, std::string_view tag, PollLoop &loop, PeerLost peerLost)
    : VhostUserFront(std::move(name),
                     {.deviceType = FsDeviceType,
                      .classCode = FsClassCode,
                      .queueSizes = {QueueSize, QueueSize},
                      .configBytes = FsConfigBytes},
                     loop, std::move(peerLost))
{
    setTag(tag);
    storeLe(&deviceConfig()[FsRequestQueues], std::uint32_t(1));
}

void VirtioFs::setTag(std::string_view tag)
{
    const std::lock_guard guard(lock());
    const std::span<std::uint8_t> place = deviceConfig().subspan(FsTag, MaxTagBytes);
    std::fill(place.begin(), place.end(), std::uint8_t(0));
    std::copy_n(tag.begin(), std::min(tag.size(), MaxTagBytes), place.begin());
}

VirtioFs::~VirtioFs()
{
    leavePeer();
}

} // namespace engine::virtio
