// SPDX-License-Identifier: GPL-3.0-or-later
// One port of the AHCI host adapter: its registers, command list and FIS area (AHCI 1.3.1, 3.3, 4
// and 5), and the link to its drive. All that is in guest memory is copied once, then checked.
//
// With the adapter's lock held, but for the answers of images, which take it.
#pragma once

#include "engine/bus/guest_memory.h"
#include "engine/devices/ahci_registers.h"
#include "engine/devices/ata_device.h"

#include <array>
#include <atomic>
#include <mutex>

namespace engine {

// The adapter, for its ports.
class AhciPortOwner
{
public:
    virtual ~AhciPortOwner() = default;
    virtual std::mutex &portLock() = 0;
    virtual const GuestMemory *dmaMemory() const = 0; // null: the guest allows none
    virtual void portInterruptChanged() = 0;
    virtual void portDrained() = 0; // its last abandoned request was answered
};

class AhciPort final : private AtaHost
{
public:
    explicit AhciPort(AhciPortOwner &owner)
        : m_owner(owner)
    { }

    void attach(std::unique_ptr<AtaDevice> device) { m_device = std::move(device); }
    AtaDevice *device() { return m_device.get(); }

    // At power-on, or (the addresses stay) by the adapter's reset bit.
    void powerOn();
    void resetByHost();
    // Gives up what is in flight; hasAbandoned() until its answers came.
    void abandon();
    bool hasAbandoned() const { return m_abandoned > 0; }
    bool isIdle() const { return m_inFlight.load() == 0; } // any thread

    std::uint32_t read(std::uint64_t offset) const;
    void write(std::uint64_t offset, std::uint32_t value);
    bool hasInterrupt() const { return (interrupts() & m_interruptEnable) != 0; }
    void serialize(StateArchive &archive);

private:
    struct Slot
    {
        std::uint64_t headerAddress = 0;
        std::uint64_t tableAddress = 0;
        std::uint16_t regionCount = 0;
        std::uint64_t transferred = 0; // bytes
    };

    std::optional<std::uint64_t> buffers(const AtaRequest &request, std::uint64_t bytes,
                                         std::vector<iovec> &pieces) override;
    std::optional<std::uint64_t> send(const AtaRequest &request,
                                      std::span<const std::uint8_t> data) override;
    std::optional<std::uint64_t> receive(const AtaRequest &request,
                                         std::span<std::uint8_t> data) override;
    void submit(const AtaRequest &request, std::shared_ptr<BlockDevice> image,
                BlockRequest blockRequest, std::function<void(Result<>)> then) override;
    void finish(const AtaRequest &request, const AtaResult &result) override;

    std::uint32_t interrupts() const;
    void writeCommand(std::uint32_t value);
    void writeSataControl(std::uint32_t value);
    void stop();
    void linkReset();
    void deliverSignature();
    void run();
    void begin(unsigned slot);
    void controlFis(unsigned slot, std::uint8_t control);
    void answered(std::uint64_t epoch, Result<> result, const std::function<void(Result<>)> &then);

    void finishQueued(const AtaRequest &request, const AtaResult &result);
    void raise(std::uint32_t bits);
    void setTaskFile(std::uint8_t status, std::uint8_t error);
    void hostBusError();
    void halt(std::uint32_t bits);
    bool postFis(std::uint64_t place, std::span<const std::uint8_t> fis);
    bool postRegisterFis(const AtaResult &result, bool isInterrupting);
    bool postPioSetup(const AtaResult &result, const Slot &slot, bool isInward,
                      bool isInterrupting);
    void endSlot(unsigned slot);

    AhciPortOwner &m_owner;
    std::unique_ptr<AtaDevice> m_device;

    std::uint64_t m_commandList = 0;
    std::uint64_t m_fisBase = 0;
    std::uint32_t m_interruptStatus = 0;
    std::uint32_t m_interruptEnable = 0;
    std::uint32_t m_command = 0; // CmdStored bits
    std::uint32_t m_taskFile = 0x7f;
    std::uint32_t m_signature = 0xffffffff;
    std::uint32_t m_sataControl = 0;
    std::uint32_t m_sataError = 0;
    std::uint32_t m_sataActive = 0;
    std::uint32_t m_commandIssue = 0;
    std::uint8_t m_currentSlot = 0;
    bool m_isSignatureDue = false; // waits for the FIS area, or for abandoned requests
    bool m_isHalted = false; // by an error, until software stops and starts the port
    bool m_isInSoftReset = false;

    // In flight, so never in a saved state.
    std::uint32_t m_runningSlots = 0;
    bool m_isPlainRunning = false; // a command that is not queued: nothing else starts
    std::array<Slot, ahci::SlotCount> m_slots;
    std::uint64_t m_epoch = 0; // answers of an earlier one come too late
    unsigned m_abandoned = 0; // requests of earlier epochs
    unsigned m_current = 0; // of this one
    std::atomic<unsigned> m_inFlight = 0; // of all
};

} // namespace engine
