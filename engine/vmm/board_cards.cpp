// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/board_cards.h"

#include "engine/devices/e1000/e1000.h"
#include "engine/devices/hda_controller.h"
#include "engine/devices/nvme/nvme.h"
#include "engine/devices/virtio/virtio_balloon.h"
#include "engine/devices/virtio/virtio_blk.h"
#include "engine/devices/virtio/virtio_console.h"
#include "engine/devices/virtio/virtio_input.h"
#include "engine/devices/virtio/virtio_net.h"
#include "engine/devices/virtio/virtio_rng.h"

#include <algorithm>
#include <map>

namespace engine {

Result<> BoardCards::build(const Chipset &chipset)
{
    TRY(addDrives(chipset));
    TRY(addNetworkCards());
    TRY(addSmallVirtio());
    TRY(addUsb());
    TRY(addBalloon());
    TRY(addSound(chipset));
    TRY(addConsole());
    return addFolders();
}

Result<> BoardCards::addDrives(const Chipset &chipset)
{
    m_drives = std::make_unique<BoardDrives>(m_services.config.drives, m_services.io,
                                             m_services.requests.problem,
                                             m_services.requests.mediumEjected);
    std::unique_ptr<Ahci> ahci = TRY(m_drives->makeAhci());
    PciPlace ahciPlace;
    if (ahci) {
        const std::optional<PciPlace> fixed = chipset.ahciPlace();
        ahciPlace = fixed ? *fixed : TRY(m_slots.freePlace());
        m_slots.add(std::move(ahci), ahciPlace);
    }
    std::map<unsigned, PciPlace> scsiPlaces;
    for (unsigned i = 0; i < config().drives.size(); ++i) {
        const VmDrive &drive = config().drives[i];
        if (drive.kind == VmDriveKind::ScsiDisk || drive.kind == VmDriveKind::ScsiOptical) {
            if (!scsiPlaces.contains(drive.scsiCard)) {
                const PciPlace place = TRY(m_slots.freePlace());
                m_slots.add(TRY(m_drives->makeScsi(drive.scsiCard)), place);
                scsiPlaces[drive.scsiCard] = place;
            }
            m_drivePlaces.push_back(scsiPlaces[drive.scsiCard]);
            continue;
        }
        const bool isNvme = drive.kind == VmDriveKind::NvmeDisk;
        if (!isNvme && drive.kind != VmDriveKind::VirtioDisk) {
            m_drivePlaces.push_back(ahciPlace); // a USB disk's comes with its controller
            continue;
        }
        const PciPlace place = TRY(m_slots.freePlace());
        if (isNvme)
            m_slots.add(std::make_unique<nvme::Controller>("nvme-" + std::to_string(i),
                                                           m_drives->takeImage(i), drive.serial),
                        place);
        else
            m_slots.add(std::make_unique<virtio::VirtioBlk>("virtio-blk-" + std::to_string(i),
                                                            m_drives->takeImage(i), drive.serial,
                                                            &m_services.io),
                        place);
        m_drivePlaces.push_back(place);
    }
    return {};
}

Result<> BoardCards::addNetworkCards()
{
    check(config().networkCards.empty() || m_services.network, "cards need a network thread");
    for (const VmNetworkCard &card : config().networkCards) {
        const PciPlace place = TRY(m_slots.freePlace());
        const std::string number = std::to_string(card.adapter);
        if (card.model == VmNetworkModel::E1000)
            m_networkCards.push_back(&m_slots.add(
                std::make_unique<e1000::E1000>("e1000-" + number, card.macAddress, card.isLinkUp,
                                               m_services.clock, *m_services.network),
                place));
        else
            m_networkCards.push_back(&m_slots.add(
                std::make_unique<virtio::VirtioNet>("virtio-net-" + number, card.macAddress,
                                                    card.isLinkUp, *m_services.network),
                place));
        m_networkPlaces.push_back(place);
    }
    return {};
}

Result<> BoardCards::addSmallVirtio()
{
    // Taken in any case, so that the cards behind it are where they are.
    const PciPlace rng = TRY(m_slots.freePlace());
    if (config().hasRng)
        m_slots.add(
            std::make_unique<virtio::VirtioRng>("virtio-rng", m_services.clock, &m_services.io),
            rng);
    if (config().pointer != VmPointer::VirtioTablet)
        return {};
    const PciPlace tablet = TRY(m_slots.freePlace());
    m_tablet = &m_slots.add(std::make_unique<virtio::VirtioInput>("virtio-tablet", &m_services.io),
                            tablet);
    return {};
}

Result<> BoardCards::addUsb()
{
    if (!config().hasUsb) {
        for (const VmDrive &drive : config().drives)
            if (drive.kind == VmDriveKind::UsbDisk)
                return Error(ErrorKind::Invalid,
                             "The disk \"" + drive.label + "\" needs a USB controller");
        return {};
    }
    const PciPlace place = TRY(m_slots.freePlace());
    m_usb.use(m_slots.add(std::make_unique<Xhci>(m_services.clock, &m_services.io), place));
    if (config().pointer == VmPointer::UsbTablet)
        m_tablet = TRY(m_usb.plugTablet());
    if (config().hasUsbKeyboard)
        TRY(m_usb.plugKeyboard());
    for (unsigned i = 0; i < config().drives.size(); ++i) {
        VmDrive &drive = m_services.config.drives[i];
        if (drive.kind != VmDriveKind::UsbDisk)
            continue;
        drive.port = TRY(m_usb.plugDisk(m_drives->takeImage(i), drive));
        m_drivePlaces[i] = place;
    }
    return {};
}

Result<> BoardCards::addBalloon()
{
    if (!config().hasBalloon)
        return {};
    const PciPlace place = TRY(m_slots.freePlace());
    m_balloon = &m_slots.add(
        std::make_unique<virtio::VirtioBalloon>("virtio-balloon", &m_services.io), place);
    return {};
}

// After these, so that a machine with sound has its other cards where it had them without.
Result<> BoardCards::addSound(const Chipset &chipset)
{
    if (!config().hasSoundCard)
        return {};
    const std::optional<PciPlace> fixed = chipset.soundPlace();
    const PciPlace place = fixed ? *fixed : TRY(m_slots.freePlace());
    m_slots.add(std::make_unique<hda::Controller>("hda",
                                                  config().board == VmBoard::I440fx
                                                      ? hda::Controller::Model::Ich6
                                                      : hda::Controller::Model::Ich9,
                                                  m_services.clock, config().sound),
                place);
    return {};
}

Result<> BoardCards::addConsole()
{
    if (config().ports.empty())
        return {};
    std::vector<virtio::ConsolePort> ports;
    for (const VmPort &port : config().ports)
        ports.push_back({port.name, port.backend});
    const PciPlace place = TRY(m_slots.freePlace());
    m_slots.add(
        std::make_unique<virtio::VirtioConsole>("virtio-console", std::move(ports), &m_services.io),
        place);
    return {};
}

// Last of the cards, so that the others' places do not depend on folders.
Result<> BoardCards::addFolders()
{
    m_folders = TRY(BoardFolders::create(m_slots.pci(), config().folderEvents));
    const std::vector<VmSharedFolder> &folders = config().sharedFolders;
    for (unsigned place = 0; place < VmSharedFolder::MaxPlaces; ++place) {
        const auto folder =
            std::find_if(folders.begin(), folders.end(),
                         [place](const VmSharedFolder &each) { return each.place == place; });
        const Result<PciPlace> slot = m_slots.freePlace();
        if (!slot
            && std::any_of(folders.begin(), folders.end(),
                           [place](const VmSharedFolder &each) { return each.place >= place; }))
            return slot.error();
        if (!slot)
            break;
        m_slots.add(m_folders->makeCard(slot->slot, folder == folders.end() ? nullptr : &*folder),
                    *slot);
    }
    return {};
}

} // namespace engine
