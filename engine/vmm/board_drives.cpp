// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/board_drives.h"

#include "engine/base/poll_loop.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

namespace engine {

namespace {

constexpr std::chrono::milliseconds QuietPoll(1);
constexpr std::chrono::seconds GiveUpPatience(30);

bool isOptical(VmDriveKind kind)
{
    return kind == VmDriveKind::AhciOptical || kind == VmDriveKind::ScsiOptical;
}

} // namespace

BoardDrives::BoardDrives(std::vector<VmDrive> &drives, PollLoop &io, Problem problem,
                         Ejected ejected)
    : m_drives(drives)
    , m_io(io)
    , m_problem(std::move(problem))
    , m_ejected(std::move(ejected))
{ }

BoardDrives::~BoardDrives()
{
    for (const std::weak_ptr<PausingDisk> &weak : m_disks)
        if (const std::shared_ptr<PausingDisk> disk = weak.lock())
            while (!disk->isQuiet())
                std::this_thread::sleep_for(QuietPoll);
    m_io.run([] {}); // the last answer has been heard
}

std::shared_ptr<BlockDevice> BoardDrives::guard(std::shared_ptr<BlockDevice> image,
                                                VmDriveKind kind)
{
    if (!image)
        return nullptr;
    std::erase_if(m_disks, [](const auto &weak) { return weak.expired(); });
    auto disk = std::make_shared<PausingDisk>(
        std::move(image), isOptical(kind) ? ReadFailure::ReachesGuest : ReadFailure::Pauses,
        m_problem);
    m_disks.push_back(disk);
    return disk;
}

std::shared_ptr<BlockDevice> BoardDrives::takeImage(unsigned drive)
{
    VmDrive &taken = m_drives[drive];
    return guard(std::exchange(taken.image, nullptr), taken.kind);
}

Result<std::unique_ptr<Ahci>> BoardDrives::makeAhci()
{
    std::array<unsigned, Ahci::PortCount> driveOfPort = {};
    unsigned taken = 0; // a bit for each port
    for (unsigned i = 0; i < m_drives.size(); ++i) {
        const VmDrive &drive = m_drives[i];
        if (drive.kind != VmDriveKind::AhciDisk && drive.kind != VmDriveKind::AhciOptical)
            continue;
        if (drive.port >= Ahci::PortCount || (taken & (1u << drive.port)) != 0)
            return Error(ErrorKind::Invalid,
                         "The SATA port " + std::to_string(drive.port)
                             + " does not exist, or has two drives");
        if (drive.kind == VmDriveKind::AhciDisk && !drive.image)
            return Error(ErrorKind::Invalid, "The disk \"" + drive.label + "\" has no image");
        taken |= 1u << drive.port;
        driveOfPort[drive.port] = i;
    }
    if (taken == 0)
        return std::unique_ptr<Ahci>();
    auto ahci = std::make_unique<Ahci>(
        [this, driveOfPort](unsigned port) { m_ejected(driveOfPort[port]); });
    for (unsigned i = 0; i < m_drives.size(); ++i) {
        const VmDrive &drive = m_drives[i];
        const AtaIdentity identity{.serial = drive.serial, .isSolidState = drive.isSolidState};
        if (drive.kind == VmDriveKind::AhciDisk)
            ahci->attachDisk(drive.port, takeImage(i), identity);
        else if (drive.kind == VmDriveKind::AhciOptical)
            ahci->attachOptical(drive.port, takeImage(i), identity);
    }
    m_ahci = ahci.get();
    return ahci;
}

Result<std::unique_ptr<virtio::VirtioScsi>> BoardDrives::makeScsi(unsigned card)
{
    std::map<unsigned, unsigned> driveOfTarget;
    for (unsigned i = 0; i < m_drives.size(); ++i) {
        const VmDrive &drive = m_drives[i];
        const bool isDisk = drive.kind == VmDriveKind::ScsiDisk;
        if (drive.scsiCard != card || (!isDisk && drive.kind != VmDriveKind::ScsiOptical))
            continue;
        if (drive.port >= virtio::VirtioScsi::MaxTargets
            || !driveOfTarget.emplace(drive.port, i).second)
            return Error(ErrorKind::Invalid,
                         "The SCSI target " + std::to_string(drive.port)
                             + " does not exist, or has two drives");
        if (isDisk && !drive.image)
            return Error(ErrorKind::Invalid, "The disk \"" + drive.label + "\" has no image");
    }
    auto scsi = std::make_unique<virtio::VirtioScsi>(
        "virtio-scsi-" + std::to_string(card),
        [this, driveOfTarget](unsigned target) { m_ejected(driveOfTarget.at(target)); }, &m_io);
    for (const auto &[target, i] : driveOfTarget) {
        const VmDrive &drive = m_drives[i];
        if (drive.kind == VmDriveKind::ScsiDisk)
            scsi->attachDisk(target, takeImage(i), {drive.serial, drive.isSolidState});
        else
            scsi->attachOptical(target, takeImage(i), drive.serial);
    }
    m_scsi[card] = scsi.get();
    return scsi;
}

Result<> BoardDrives::changeMedium(unsigned drive, std::shared_ptr<BlockDevice> image, bool force)
{
    if (drive >= m_drives.size() || !isOptical(m_drives[drive].kind))
        return Error(ErrorKind::Invalid, "This drive's medium cannot be changed");
    const VmDrive &changed = m_drives[drive];
    std::shared_ptr<BlockDevice> medium = guard(std::move(image), changed.kind);
    if (changed.kind == VmDriveKind::AhciOptical)
        return m_ahci->changeMedium(changed.port, std::move(medium), force);
    return m_scsi.at(changed.scsiCard)->changeMedium(changed.port, std::move(medium), force);
}

void BoardDrives::retry()
{
    for (const std::weak_ptr<PausingDisk> &weak : m_disks)
        if (const std::shared_ptr<PausingDisk> disk = weak.lock())
            disk->retry();
}

void BoardDrives::giveUp()
{
    // What is still on its way may fail and wait, too; and an answer may send the next request.
    const auto end = std::chrono::steady_clock::now() + GiveUpPatience;
    bool isWaiting = true;
    while (isWaiting && std::chrono::steady_clock::now() < end) {
        isWaiting = false;
        m_io.run([this, &isWaiting] {
            for (const std::weak_ptr<PausingDisk> &weak : m_disks)
                if (const std::shared_ptr<PausingDisk> disk = weak.lock()) {
                    disk->giveUp();
                    isWaiting = isWaiting || !disk->isQuiet();
                }
        });
        if (isWaiting)
            std::this_thread::sleep_for(QuietPoll);
    }
}

} // namespace engine
