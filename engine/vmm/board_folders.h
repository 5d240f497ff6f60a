// SPDX-License-Identifier: GPL-3.0-or-later
// The shared folders' cards on the board, and the thread that talks to their servers: one for all
// of them, because it may have to wait for one.
//
//   cards        virtio-fs-0, -1, ... in the first free slots behind all other cards
//   saved state  a section a card, by that name
//
// connect() and disconnect() on any thread.
#pragma once

#include "engine/base/fd.h"
#include "engine/base/poll_loop.h"
#include "engine/base/result.h"
#include "engine/devices/virtio/virtio_fs.h"
#include "engine/vmm/vm_config.h"

#include <memory>
#include <vector>

namespace engine {

class BoardFolders final
{
public:
    static Result<std::unique_ptr<BoardFolders>> create();

    // The board's, which lets go of it before this object goes.
    std::unique_ptr<virtio::VirtioFs> makeCard(const VmSharedFolder &folder);
    void connect(unsigned folder, Fd server);
    void disconnect(unsigned folder);

private:
    explicit BoardFolders(std::unique_ptr<PollLoop> loop)
        : m_loop(std::move(loop))
    { }

    std::unique_ptr<PollLoop> m_loop;
    std::vector<virtio::VirtioFs *> m_cards;
};

} // namespace engine
