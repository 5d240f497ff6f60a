// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/board_folders.h"

#include <string>
#include <utility>

namespace engine {

Result<std::unique_ptr<BoardFolders>> BoardFolders::create()
{
    std::unique_ptr<PollLoop> loop = TRY(PollLoop::start("folders"));
    return std::unique_ptr<BoardFolders>(new BoardFolders(std::move(loop)));
}

std::unique_ptr<virtio::VirtioFs> BoardFolders::makeCard(const VmSharedFolder &folder)
{
    auto card = std::make_unique<virtio::VirtioFs>("virtio-fs-" + std::to_string(folder.number),
                                                   folder.tag, *m_loop, folder.serverLost);
    m_cards.push_back(card.get());
    return card;
}

void BoardFolders::connect(unsigned folder, Fd server)
{
    m_cards.at(folder)->connectPeer(std::move(server));
}

void BoardFolders::disconnect(unsigned folder)
{
    m_cards.at(folder)->disconnectPeer();
}

} // namespace engine
