// SPDX-License-Identifier: GPL-3.0-or-later
// A SCSI controller (VIRTIO 1.1, 5.6) with disks and optical drives, each the only unit of a target
// of its own. Commands go to the units as they come and are answered in whatever order those
// answer.
//
// What a driver aborts or resets cannot be called back from an image, whose buffers are the guest's
// memory: it is answered as aborted when it comes back, and only then is the driver's order.
//
// Threads: as VirtioPci on the machine's io thread, where images answer too. changeMedium() on any
// thread, without the device's lock.
#pragma once

#include "engine/devices/scsi/optical_unit.h"
#include "engine/devices/scsi/scsi_disk.h"
#include "engine/devices/virtio/virtio_pci.h"

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace engine::virtio {

class VirtioScsi final : public VirtioPci
{
public:
    static constexpr unsigned MaxTargets = 64;
    static constexpr std::uint16_t QueueSize = 256;
    // Called with the device's lock held: the guest ejected this target's medium.
    using EjectNotice = std::function<void(unsigned target)>;

    // A null loop: notifications are handled at once.
    VirtioScsi(std::string name, EjectNotice ejected, PollLoop *loop);
    ~VirtioScsi() override;

    // Before the first reset. A target is free, and below MaxTargets.
    void attachDisk(unsigned target, std::shared_ptr<BlockDevice> image, ScsiDiskIdentity identity);
    void attachOptical(unsigned target, std::shared_ptr<BlockDevice> medium, std::string serial);
    // As OpticalUnit's; the driver is told.
    Result<> changeMedium(unsigned target, std::shared_ptr<BlockDevice> medium, bool force);

    bool isIdle() const override { return m_inFlight == 0; }

private:
    class Task;
    using TaskPtr = std::shared_ptr<Task>;

    static constexpr unsigned ControlQueue = 0;
    static constexpr unsigned EventQueue = 1;
    static constexpr unsigned RequestQueue = 2;
    static constexpr std::size_t AddressBytes = 8;
    using Address = std::array<std::uint8_t, AddressBytes>;

    struct Target
    {
        std::unique_ptr<ScsiUnit> unit;
        OpticalUnit *optical = nullptr; // the same, where it is one
        bool wasReset = false; // a UNIT ATTENTION is due
    };
    // A unit by its address (5.6.6.1), where it is one that can be.
    struct Place
    {
        unsigned target = 0;
        unsigned unit = 0;
    };
    // An order to abort whose tasks are not back yet.
    struct Order
    {
        std::uint16_t head = 0;
        std::uint8_t *response = nullptr; // in guest memory
        std::vector<TaskPtr> tasks;
    };

    bool processQueue(unsigned index) override;
    void resetVirtio() override;
    void resetCard() override;
    bool isResetFinished() const override { return m_stale == 0; }
    void writeDeviceConfig(std::uint64_t offset, unsigned size, std::uint64_t value) override;
    void serializeVirtio(StateArchive &archive, std::uint32_t version) override;

    void setConfigDefaults();
    static std::optional<Place> placeOf(const Address &address);

    void startCommand(Chain chain);
    void execute(const TaskPtr &task, const Place &place);
    void taskLeft(Task &task);

    // virtio_scsi_control.cpp
    void control(const Chain &chain);
    std::optional<std::uint8_t> manage(const Chain &chain, std::span<const std::uint8_t> request);
    std::optional<std::uint8_t> hold(const Chain &chain, std::vector<TaskPtr> tasks,
                                     std::uint8_t response);
    void settleOrders();
    void report(unsigned target, std::uint32_t event, std::uint32_t reason);
    void reportMissed();
    bool writeEvent(std::span<const std::uint8_t> event);

    EjectNotice m_ejected;
    std::array<Target, MaxTargets> m_targets;
    std::vector<TaskPtr> m_tasks; // at an image
    std::vector<Order> m_orders;
    std::uint32_t m_senseBytes = 0; // as the driver set them (5.6.4)
    std::uint32_t m_commandBytes = 0;
    bool m_hasMissedEvents = false;
    unsigned m_generation = 0; // of resets
    unsigned m_inFlight = 0; // requests at images
    unsigned m_stale = 0; // of these, from before the last reset
};

} // namespace engine::virtio
