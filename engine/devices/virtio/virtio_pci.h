// SPDX-License-Identifier: GPL-3.0-or-later
// The PCI transport of a virtio device (VIRTIO 1.1, 4.1), modern only: device id 0x1040 and up,
// everything in one memory BAR. SeaBIOS, OVMF, Linux 3.19 and later, the BSDs and virtio-win know
// it; what knows only the transitional I/O BAR (Linux before 2014) does not see the device.
//
// Threads: the virtual functions are called with the device's lock held, but where said otherwise.
// A driver's notification arrives as an eventfd on the device's loop (DoorbellMapper), or as a
// write on the bus that is posted there; without a loop, as in some tests, it is handled at once.
#pragma once

#include "engine/base/fd.h"
#include "engine/base/poll_loop.h"
#include "engine/bus/pci_function.h"
#include "engine/devices/virtio/virtqueue.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace engine::virtio {

// Feature bits of every device (6).
inline constexpr std::uint64_t FeatureIndirect = std::uint64_t(1) << 28;
inline constexpr std::uint64_t FeatureEventIndex = std::uint64_t(1) << 29;
inline constexpr std::uint64_t FeatureVersion1 = std::uint64_t(1) << 32;

// Device status (2.1).
enum Status : std::uint8_t {
    StatusAcknowledge = 1,
    StatusDriver = 2,
    StatusDriverOk = 4,
    StatusFeaturesOk = 8,
    StatusNeedsReset = 0x40,
    StatusFailed = 0x80,
};

struct VirtioIdentity
{
    std::uint16_t deviceType = 0; // 5: 1 network, 2 block, 4 entropy, 18 input
    std::uint32_t classCode = 0;
    std::uint64_t features = 0; // the device type's own
    std::vector<std::uint16_t> queueSizes;
    std::size_t configBytes = 0; // of the device type's configuration
    unsigned bar = 0; // the transport's; the derived class may define others beside it
};

class VirtioPci : public PciFunction
{
public:
    // What is where in the BAR.
    static constexpr std::uint64_t BarBytes = 0x8000;
    static constexpr std::uint32_t CommonOffset = 0x0000;
    static constexpr std::uint32_t IsrOffset = 0x1000;
    static constexpr std::uint32_t DeviceOffset = 0x2000;
    static constexpr std::uint32_t MsixTableOffset = 0x3000;
    static constexpr std::uint32_t MsixPendingOffset = 0x3800;
    static constexpr std::uint32_t NotifyOffset = 0x4000;
    static constexpr std::uint32_t NotifyMultiplier = 4;

    ~VirtioPci() override;

    void setRunning(bool isRunning) final;
    bool isBroken() const { return (m_status & StatusNeedsReset) != 0; }

protected:
    VirtioPci(std::string name, const VirtioIdentity &identity, PollLoop *loop);
    // The first thing in the derived class's destructor: afterwards nothing is called any more.
    void leaveLoop();

    // The driver is ready, the machine runs, and DMA is allowed: rings may be touched.
    bool isLive() const;
    bool isRunning() const { return m_isRunning; }
    bool isDriverReady() const
    {
        return (m_status & (StatusDriverOk | StatusNeedsReset)) == StatusDriverOk;
    }
    bool hasFeature(std::uint64_t bits) const { return (m_driverFeatures & bits) == bits; }
    std::uint64_t driverFeatures() const { return m_driverFeatures; }
    std::size_t queueCount() const { return m_queues.size(); }
    Virtqueue &queue(unsigned index) { return m_queues[index].ring; }
    const Virtqueue &queue(unsigned index) const { return m_queues[index].ring; }
    PollLoop *loop() { return m_loop; }

    // Handles the queue soon, as after a notification.
    void kick(unsigned index);
    // On the loop: prepareLoop() and handleLoop() are called from now on.
    void joinLoop();
    // The eventfd that the driver's notifications signal; for who serves the queue elsewhere.
    int doorbellDescriptor(unsigned index) const { return m_queues[index].doorbell.get(); }
    // What an interrupt of the queue is now; nothing: a pin, or masked.
    std::optional<MsiMessage> queueMessage(unsigned index) const;
    // Whoever served the queue elsewhere wants the driver interrupted.
    void interruptQueue(unsigned index);
    // After push(): interrupts the driver when it wants that. After pop() said no: looks whether
    // the queue broke.
    void finish(unsigned index);
    // The driver did what it must not: nothing goes on until it resets the device.
    void needsReset(const char *reason);
    // The device's configuration is another one; tells the driver.
    void configChanged();
    // Device configuration: little-endian, all of it readable. Set before or in resetVirtio().
    std::span<std::uint8_t> deviceConfig() { return m_deviceConfig; }

    // There may be new chains. False: there is more to do, call again (so that no driver keeps the
    // loop to itself). Not called unless isLive(). Afterwards the driver of an empty ring is asked
    // to notify; a device that leaves chains there comes back to them by itself.
    virtual bool processQueue(unsigned index) = 0;
    // On the loop without the lock: takes it and calls processQueue(). For who has to let go of the
    // lock in between.
    virtual void handleQueue(unsigned index);
    // On the loop without the lock, each round after the first kick().
    virtual void prepareLoop(PollSet &) { }
    virtual void handleLoop(const PollSet &) { }

    // The driver reset the device, or the machine was. What is in flight is not to be answered.
    virtual void resetVirtio() { }
    // The driver set DRIVER_OK; queues are handled afterwards.
    virtual void driverReady() { }
    // The vCPUs go on, or stand still. Queues are handled afterwards.
    virtual void runningChanged(bool) { }
    // False: requests from before the last reset are still under way. Until then the driver reads
    // that its reset is not finished, and queues are not handled; say kickAll() when it is.
    virtual bool isResetFinished() const { return true; }
    void kickAll();
    virtual void writeDeviceConfig(std::uint64_t offset, unsigned size, std::uint64_t value);
    virtual void serializeVirtio(StateArchive &archive, std::uint32_t version) = 0;

    // Another process waits for the doorbells, so that nobody else does. With the lock, on the
    // loop.
    virtual bool areDoorbellsTaken() const { return false; }
    // What queueMessage() says may have changed.
    virtual void interruptsChanged() { }

    // For a card that is more than its virtio device: a reset of the machine (resetVirtio() comes
    // too), and the regions that are not the transport's.
    virtual void resetCard() { }
    virtual std::uint64_t readOther(unsigned region, std::uint64_t offset, unsigned size);
    virtual void writeOther(unsigned region, std::uint64_t offset, unsigned size,
                            std::uint64_t value);
    virtual void otherBarMapped(unsigned) { }

private:
    static constexpr std::uint16_t NoVector = 0xffff;

    struct Queue
    {
        explicit Queue(std::uint16_t maxSize)
            : ring(maxSize)
        { }
        Virtqueue ring;
        std::uint16_t vector = NoVector;
        bool isKicked = false; // a post is on its way
        Fd doorbell; // an eventfd; none where there is no loop
        bool hasDoorbell = false; // the mapper rings it
        int pollIndex = -1; // the loop's
    };

    // What the loop calls; apart, so that it can be taken out before the device's parts go.
    class Source final : public PollSource
    {
    public:
        explicit Source(VirtioPci &device)
            : m_device(device)
        { }
        void preparePoll(PollSet &set) override;
        void handlePoll(const PollSet &set) override;

    private:
        VirtioPci &m_device;
    };

    void resetFunction() final;
    std::uint64_t readRegion(unsigned bar, std::uint64_t offset, unsigned size) final;
    void writeRegion(unsigned bar, std::uint64_t offset, unsigned size, std::uint64_t value) final;
    void serializeFunction(StateArchive &archive, std::uint32_t version) final;
    void aboutToReadConfig(std::uint32_t offset, unsigned size) final;
    void configWritten(std::uint32_t offset, unsigned size) final;
    void barMapped(unsigned bar, bool isMapped) final;
    void msixChanged() final { interruptsChanged(); }

    void addCapabilities();
    std::uint64_t readCommon(std::uint64_t offset, unsigned size) const;
    void writeCommon(std::uint64_t offset, unsigned size, std::uint64_t value);
    void writeQueueRegister(std::uint64_t offset, unsigned size, std::uint64_t value);
    void writeStatus(std::uint8_t status);
    void resetTransport();
    std::uint8_t readIsr();
    void interruptConfig();
    void signalVector(std::uint16_t vector, std::uint8_t isrBit);
    std::uint16_t checkedVector(std::uint64_t vector) const;
    bool hasWindow(std::uint32_t &offset, std::uint32_t &size);

    bool serveQueue(unsigned index); // with the lock; false: call again
    void handleKick(unsigned index);
    void updateDoorbells();
    Doorbell doorbellOf(unsigned index) const;

    const std::uint64_t m_features;
    const unsigned m_bar;
    PollLoop *const m_loop;
    Source m_source;
    bool m_isInLoop = false; // the loop's own
    std::vector<Queue> m_queues;
    std::vector<std::uint8_t> m_deviceConfig;
    std::uint8_t m_window = 0; // offset of the capability for access by configuration space
    std::uint64_t m_doorbellsAt = 0; // BAR address the doorbells are mapped for; 0: they are not
    bool m_isRunning = false;
    bool m_hasLeft = false; // the loop, for good

    std::uint32_t m_featureSelect = 0;
    std::uint32_t m_driverFeatureSelect = 0;
    std::uint64_t m_driverFeatures = 0;
    std::uint16_t m_configVector = NoVector;
    std::uint8_t m_status = 0;
    std::uint8_t m_statusBeforeReset = 0; // shown until the reset is finished
    std::uint8_t m_configGeneration = 0;
    std::uint16_t m_queueSelect = 0;
    std::uint8_t m_isr = 0;
};

} // namespace engine::virtio
