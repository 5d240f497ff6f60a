// SPDX-License-Identifier: GPL-3.0-or-later
// The PCI cards that a VmConfig asks for: drives' controllers, network, USB, sound, the small
// virtio ones and shared folders, each in the first free slot unless the chipset has a place for
// it. Their order is part of what a guest sees and of saved states: it does not change.
//
// Control thread; what the cards' own headers allow on other threads is so here.
#pragma once

#include "engine/host/absolute_pointer.h"
#include "engine/vmm/board_drives.h"
#include "engine/vmm/board_folders.h"
#include "engine/vmm/board_slots.h"
#include "engine/vmm/board_usb.h"
#include "engine/vmm/chipset.h"

#include <memory>
#include <vector>

namespace engine {

class NetworkCard;

class BoardCards final
{
public:
    // As BoardSlots.
    BoardCards(BoardServices &services, PciBus &pci, IrqRouter &router,
               std::vector<Device *> &devices)
        : m_services(services)
        , m_slots(services, pci, router, devices)
    { }

    Result<> build(const Chipset &chipset);
    BoardSlots &slots() { return m_slots; }

    BoardDrives &drives() { return *m_drives; }
    BoardUsb &usb() { return m_usb; }
    BoardFolders &folders() { return *m_folders; }
    const BoardFolders &folders() const { return *m_folders; }
    NetworkCard &networkCard(unsigned card) { return *m_networkCards.at(card); }
    AbsolutePointer *tablet() { return m_tablet; } // null: none, as the following
    virtio::VirtioBalloon *balloon() { return m_balloon; }

    // Of the config's drives and network cards, in their order.
    const std::vector<PciPlace> &drivePlaces() const { return m_drivePlaces; }
    const std::vector<PciPlace> &networkPlaces() const { return m_networkPlaces; }

private:
    const VmConfig &config() const { return m_services.config; }
    Result<> addDrives(const Chipset &chipset);
    Result<> addNetworkCards();
    Result<> addSmallVirtio();
    Result<> addUsb();
    Result<> addBalloon();
    Result<> addSound(const Chipset &chipset);
    Result<> addConsole();
    Result<> addFolders();

    BoardServices &m_services;
    std::unique_ptr<BoardFolders> m_folders; // its thread outlives its cards
    BoardSlots m_slots; // with the cards
    std::unique_ptr<BoardDrives> m_drives; // after the cards: it waits for their requests
    BoardUsb m_usb{m_services.io}; // likewise
    std::vector<NetworkCard *> m_networkCards; // of the cards, as the following
    AbsolutePointer *m_tablet = nullptr;
    virtio::VirtioBalloon *m_balloon = nullptr;
    std::vector<PciPlace> m_drivePlaces;
    std::vector<PciPlace> m_networkPlaces;
};

} // namespace engine
