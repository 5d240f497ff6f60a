// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/board_folders.h"

#include <string>
#include <utility>

namespace engine {

Result<std::unique_ptr<BoardFolders>> BoardFolders::create(PciBus &pci, VmFolderEvents events)
{
    std::unique_ptr<PollLoop> loop = TRY(PollLoop::start("folders"));
    return std::unique_ptr<BoardFolders>(new BoardFolders(std::move(loop), pci, std::move(events)));
}

std::unique_ptr<virtio::VirtioFs> BoardFolders::makeCard(unsigned slot,
                                                         const VmSharedFolder *folder)
{
    const unsigned place = placeCount();
    auto card = std::make_unique<virtio::VirtioFs>("virtio-fs-" + std::to_string(place),
                                                   folder ? folder->tag : std::string(), *m_loop,
                                                   [this, place](const Error &error) {
                                                       if (m_events.serverLost)
                                                           m_events.serverLost(place, error);
                                                   });
    m_places.push_back({.slot = slot, .card = card.get(), .isThereAtStart = folder != nullptr});
    m_pci.setHidden(slot, true);
    return card;
}

std::uint32_t BoardFolders::slots() const
{
    std::uint32_t all = 0;
    for (const Place &place : m_places)
        all |= 1u << place.slot;
    return all;
}

std::uint32_t BoardFolders::slotsAtStart() const
{
    std::uint32_t all = 0;
    for (const Place &place : m_places)
        if (place.isThereAtStart)
            all |= 1u << place.slot;
    return all;
}

unsigned BoardFolders::prepare(unsigned place, const std::string &tag)
{
    m_places.at(place).card->setTag(tag);
    return slotOf(place);
}

void BoardFolders::showSlots(std::uint32_t present)
{
    for (unsigned i = 0; i < m_places.size(); ++i) {
        const Place &place = m_places[i];
        const bool isThere = (present & (1u << place.slot)) != 0;
        if (isThere == !m_pci.isHidden(place.slot))
            continue;
        m_pci.setHidden(place.slot, !isThere);
        if (isThere)
            continue;
        {
            const std::lock_guard lock(place.card->lock());
            place.card->reset();
        }
        if (m_events.released)
            m_events.released(i);
    }
}

void BoardFolders::connect(unsigned place, Fd server)
{
    m_places.at(place).card->connectPeer(std::move(server));
}

void BoardFolders::disconnect(unsigned place)
{
    m_places.at(place).card->disconnectPeer();
}

} // namespace engine
