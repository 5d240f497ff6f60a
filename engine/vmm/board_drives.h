// SPDX-License-Identifier: GPL-3.0-or-later
// The drives of a board: what is between the images of a VmConfig and the controllers, and the
// controllers that have several drives. A request that fails for the host's sake waits until the
// owner has seen to it (PausingDisk); images may come and go with removable media.
//
// Control thread. Destroyed before the controllers: waits for what is still on its way.
#pragma once

#include "engine/block/pausing_disk.h"
#include "engine/devices/ahci.h"
#include "engine/devices/virtio/virtio_scsi.h"
#include "engine/vmm/vm_config.h"

#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace engine {

class PollLoop;

class BoardDrives final
{
public:
    using Problem = std::function<void(const VmProblem &)>;
    using Ejected = std::function<void(unsigned drive)>; // index of the config's drives

    BoardDrives(std::vector<VmDrive> &drives, PollLoop &io, Problem problem, Ejected ejected);
    ~BoardDrives();
    BoardDrives(const BoardDrives &) = delete;
    BoardDrives &operator=(const BoardDrives &) = delete;

    // With the drives that belong to it; null when there are none. It outlives this object.
    Result<std::unique_ptr<Ahci>> makeAhci();
    // The virtio-scsi controller of this number (VmDrive::scsiCard), with its drives; as above.
    Result<std::unique_ptr<virtio::VirtioScsi>> makeScsi(unsigned card);
    // The image of a drive, for a controller to keep; taken out of the config.
    std::shared_ptr<BlockDevice> takeImage(unsigned drive);

    Result<> changeMedium(unsigned drive, std::shared_ptr<BlockDevice> image, bool force);
    // What waits is tried again, or answered with its error before a reset.
    void retry();
    void giveUp();

private:
    std::shared_ptr<BlockDevice> guard(std::shared_ptr<BlockDevice> image, VmDriveKind kind);

    std::vector<VmDrive> &m_drives;
    PollLoop &m_io;
    const Problem m_problem;
    const Ejected m_ejected;
    Ahci *m_ahci = nullptr;
    std::map<unsigned, virtio::VirtioScsi *> m_scsi; // by number
    std::vector<std::weak_ptr<PausingDisk>> m_disks; // the controllers own them
};

} // namespace engine
