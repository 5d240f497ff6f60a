// SPDX-License-Identifier: GPL-3.0-or-later
// The SATA host adapter of Intel's ICH9 in AHCI mode: 8086:2922, six ports, MSI or INTA#, its
// registers in BAR 5 (Serial ATA AHCI 1.3.1; Intel 316972, chapter 15). Without port multipliers,
// power management, enclosure management and the index/data port pair.
//
// attach... before the first reset. changeMedium() on any thread, without the device's lock.
#pragma once

#include "engine/bus/pci_function.h"
#include "engine/devices/ahci_port.h"

#include <array>
#include <functional>
#include <memory>
#include <string>

namespace engine {

class AtapiDrive;

struct AtaIdentity
{
    std::string serial; // at most 20 characters
    bool isSolidState = false; // disks
};

class Ahci final : public PciFunction, private AhciPortOwner
{
public:
    static constexpr unsigned PortCount = ahci::PortCount;
    static constexpr unsigned RegisterBar = 5;
    // The guest opened the tray; the medium is out. With the device's lock held.
    using EjectNotice = std::function<void(unsigned port)>;

    explicit Ahci(EjectNotice ejected = {});
    ~Ahci() override;

    void attachDisk(unsigned port, std::shared_ptr<BlockDevice> image, const AtaIdentity &identity);
    // Null: without a medium.
    void attachOptical(unsigned port, std::shared_ptr<BlockDevice> medium,
                       const AtaIdentity &identity);

    // Null ejects. Busy when the guest has locked the tray, without `force`; it is told then that
    // somebody pressed the button.
    Result<> changeMedium(unsigned port, std::shared_ptr<BlockDevice> medium, bool force);

    bool isIdle() const override;

private:
    void resetFunction() override;
    std::uint64_t readRegion(unsigned bar, std::uint64_t offset, unsigned size) override;
    void writeRegion(unsigned bar, std::uint64_t offset, unsigned size,
                     std::uint64_t value) override;
    void serializeFunction(StateArchive &archive, std::uint32_t version) override;
    void configWritten(std::uint32_t offset, unsigned size) override;

    std::mutex &portLock() override { return lock(); }
    const GuestMemory *dmaMemory() const override;
    void portInterruptChanged() override { updateInterrupt(); }
    void portDrained() override;

    std::uint32_t readRegister(std::uint64_t offset) const;
    void writeRegister(std::uint64_t offset, std::uint32_t value);
    void beginHostReset();
    void endHostReset();
    void updateInterrupt();

    EjectNotice m_ejected;
    std::array<std::unique_ptr<AhciPort>, PortCount> m_ports;
    std::array<AtapiDrive *, PortCount> m_drives = {}; // the ports own them
    std::uint32_t m_control = 0; // interrupts, reset in progress
    std::uint32_t m_interrupts = 0; // a bit for each port
    bool m_isSignaled = false; // by MSI, since the last time all was quiet
};

} // namespace engine
