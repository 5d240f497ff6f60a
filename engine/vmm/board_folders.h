// SPDX-License-Identifier: GPL-3.0-or-later
// The shared folders' cards on the board, and the thread that talks to their servers: one for all
// of them, because it may have to wait for one. While it does (vhost_user_front.h), folders whose
// requests are copied on it wait too, where the guest's memory is nobody else's.
//
//   places       as many as VmSharedFolder::MaxPlaces where there are slots for them, each with its
//                card; those without a folder are hidden (pci_bus.h) until a folder comes
//   cards        virtio-fs-0, -1, ... in the first free slots behind all other cards
//   saved state  a section a card, by that name, whether it is plugged in or not
//
// Built on the control thread; afterwards any thread, but showSlots().
#pragma once

#include "engine/base/fd.h"
#include "engine/base/poll_loop.h"
#include "engine/base/result.h"
#include "engine/bus/pci_bus.h"
#include "engine/devices/virtio/virtio_fs.h"
#include "engine/vmm/vm_config.h"

#include <memory>
#include <string>
#include <vector>

namespace engine {

class BoardFolders final
{
public:
    static Result<std::unique_ptr<BoardFolders>> create(PciBus &pci, VmFolderEvents events);

    // The next place's; the board's, which lets go of it before this object goes. Null: no folder
    // is there at the start.
    std::unique_ptr<virtio::VirtioFs> makeCard(unsigned slot, const VmSharedFolder *folder);

    unsigned placeCount() const { return unsigned(m_places.size()); }
    unsigned slotOf(unsigned place) const { return m_places.at(place).slot; }
    std::uint32_t slots() const; // a bit each
    std::uint32_t slotsAtStart() const; // that have a folder then

    // A card that is not plugged in gets its folder's tag; its slot is the answer.
    unsigned prepare(unsigned place, const std::string &tag);
    // The slots that are plugged in are these by now (PciHotplug, with its lock). Cards that went
    // are as after a reset.
    void showSlots(std::uint32_t present);

    void connect(unsigned place, Fd server);
    void disconnect(unsigned place);
    bool isConnected(unsigned place) const { return m_places.at(place).card->hasPeer(); }

private:
    struct Place
    {
        unsigned slot = 0;
        virtio::VirtioFs *card = nullptr;
        bool isThereAtStart = false;
    };

    BoardFolders(std::unique_ptr<PollLoop> loop, PciBus &pci, VmFolderEvents events)
        : m_loop(std::move(loop))
        , m_pci(pci)
        , m_events(std::move(events))
    { }

    std::unique_ptr<PollLoop> m_loop;
    PciBus &m_pci;
    const VmFolderEvents m_events;
    std::vector<Place> m_places;
};

} // namespace engine
