// SPDX-License-Identifier: GPL-3.0-or-later
// The back end of a vhost-user-fs device: what a virtio-fs card talks to, QEMU's (vhost-user-fs-pci)
// and our own (virtio/virtio_fs.h).
// QEMU docs/interop/vhost-user.rst; queues: VIRTIO 1.2, 5.11.2 (0: high priority, 1: requests).
//
// The front end hands over the guest's memory and the rings, then only eventfds pass between. Some
// threads of its own take requests from the rings; one of them waits for the doorbell, the others
// work. A saved state goes both ways by SET_DEVICE_STATE_FD. The front end is trusted as the machine's own process is, the guest is not.
#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/share/fuse_server.h"

namespace engine {

// CHECK_DEVICE_STATE's answer, beside 0 and others: the guest has a file open that was deleted.
inline constexpr std::uint64_t StateIsBusy = 2;

// Serves on the calling thread until the front end closes its end.
Result<> serveVhostUserFs(Fd connection, share::FuseServer &server);

} // namespace engine
