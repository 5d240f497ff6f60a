// SPDX-License-Identifier: GPL-3.0-or-later
// VIRTIO 1.1: device status 2.1 and 3.1.1, capabilities 4.1.4, common configuration 4.1.4.3,
// ISR 4.1.4.5, access by configuration space 4.1.4.7, interrupts 4.1.5.
#include "engine/devices/virtio/virtio_pci.h"

#include "engine/base/log.h"

#include <array>
#include <utility>

#include <sys/eventfd.h>

namespace engine::virtio {

namespace {

constexpr std::uint16_t VendorId = 0x1af4;
constexpr std::uint16_t FirstDeviceId = 0x1040; // 4.1.2
constexpr std::uint8_t VendorCapability = 0x09;
constexpr std::uint64_t TransportFeatures = FeatureIndirect | FeatureEventIndex | FeatureVersion1;

enum CapabilityType : std::uint8_t {
    CommonCapability = 1,
    NotifyCapability = 2,
    IsrCapability = 3,
    DeviceCapability = 4,
    WindowCapability = 5,
};

// struct virtio_pci_cap
constexpr std::size_t CapabilityBytes = 16;
enum CapabilityField : std::size_t {
    CapabilityLength = 2,
    CapabilityTypeField = 3,
    CapabilityBar = 4,
    CapabilityOffset = 8,
    CapabilitySize = 12,
    CapabilityMore = 16, // notify: the multiplier; window: the data
};

// struct virtio_pci_common_cfg
enum Common : std::uint64_t {
    DeviceFeatureSelect = 0x00,
    DeviceFeature = 0x04,
    DriverFeatureSelect = 0x08,
    DriverFeature = 0x0c,
    ConfigVector = 0x10,
    NumQueues = 0x12,
    DeviceStatus = 0x14,
    ConfigGeneration = 0x15,
    QueueSelect = 0x16,
    QueueSize = 0x18,
    QueueVector = 0x1a,
    QueueEnable = 0x1c,
    QueueNotifyOffset = 0x1e,
    QueueDescriptors = 0x20,
    QueueDriver = 0x28,
    QueueDevice = 0x30,
    CommonBytes = 0x38,
};

constexpr std::uint8_t IsrQueue = 1;
constexpr std::uint8_t IsrConfig = 2;

PciIdentity pciIdentity(const VirtioIdentity &identity)
{
    return {.vendorId = VendorId,
            .deviceId = std::uint16_t(FirstDeviceId + identity.deviceType),
            .classCode = identity.classCode,
            .revision = 1, // 4.1.2.1: not a legacy device
            .interruptPin = 1};
}

// A register write in the common configuration: 4.1.3.1 asks for accesses of the field's width, and
// allows two halves of a 64-bit one.
std::uint64_t withHalf(std::uint64_t before, std::uint64_t offset, unsigned size,
                       std::uint64_t value)
{
    if (size == 8)
        return value;
    const unsigned shift = (offset & 4) != 0 ? 32 : 0;
    return (before & ~(std::uint64_t(0xffffffff) << shift)) | ((value & 0xffffffff) << shift);
}

bool touches(std::uint32_t offset, unsigned size, std::size_t field, std::size_t fieldSize)
{
    return offset < field + fieldSize && offset + size > field;
}

} // namespace

VirtioPci::VirtioPci(std::string name, const VirtioIdentity &identity, PollLoop *loop)
    : PciFunction(std::move(name), pciIdentity(identity))
    , m_features(identity.features | TransportFeatures)
    , m_bar(identity.bar)
    , m_loop(loop)
    , m_source(*this)
    , m_deviceConfig(identity.configBytes)
{
    m_queues.reserve(identity.queueSizes.size());
    for (const std::uint16_t size : identity.queueSizes) {
        m_queues.emplace_back(size);
        // Now, because vCPU threads may not make any. Without one the write on the bus does it.
        if (m_loop)
            m_queues.back().doorbell = Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    }
    defineBar(m_bar, BarKind::Memory32, BarBytes);
    addCapabilities();
    addMsix(unsigned(m_queues.size()) + 1, m_bar, MsixTableOffset, MsixPendingOffset);
}

VirtioPci::~VirtioPci()
{
    check(m_hasLeft, "a virtio device did not leave its loop");
}

void VirtioPci::addCapabilities()
{
    const auto add = [this](CapabilityType type, std::uint32_t offset, std::size_t size,
                            std::size_t more = 0) {
        const std::uint8_t at = addCapability(VendorCapability, CapabilityBytes + more);
        std::uint8_t *capability = &config()[at];
        capability[CapabilityLength] = std::uint8_t(CapabilityBytes + more);
        capability[CapabilityTypeField] = type;
        capability[CapabilityBar] = std::uint8_t(m_bar);
        storeLe(capability + CapabilityOffset, offset);
        storeLe(capability + CapabilitySize, std::uint32_t(size));
        return at;
    };
    add(CommonCapability, CommonOffset, CommonBytes);
    const std::uint8_t notify =
        add(NotifyCapability, NotifyOffset, m_queues.size() * NotifyMultiplier, 4);
    storeLe(&config()[notify + CapabilityMore], NotifyMultiplier);
    add(IsrCapability, IsrOffset, 1);
    if (!m_deviceConfig.empty())
        add(DeviceCapability, DeviceOffset, m_deviceConfig.size());
    m_window = add(WindowCapability, 0, 0, 4);
    configMask()[m_window + CapabilityBar] = 0xff;
    for (std::size_t i = CapabilityOffset; i < CapabilityMore + 4; ++i)
        configMask()[m_window + i] = 0xff;
}

// Life

void VirtioPci::setRunning(bool isRunning)
{
    m_isRunning = isRunning;
    runningChanged(isRunning);
    if (isRunning)
        kickAll();
}

bool VirtioPci::isLive() const
{
    return m_isRunning && isDriverReady() && isBusMaster() && isResetFinished();
}

void VirtioPci::resetFunction()
{
    resetCard();
    resetTransport();
    m_statusBeforeReset = 0;
}

void VirtioPci::resetTransport()
{
    m_featureSelect = 0;
    m_driverFeatureSelect = 0;
    m_driverFeatures = 0;
    m_configVector = NoVector;
    m_status = 0;
    m_configGeneration = 0;
    m_queueSelect = 0;
    m_isr = 0;
    for (Queue &queue : m_queues) {
        queue.ring.reset();
        queue.vector = NoVector;
    }
    setInterrupt(false);
    updateDoorbells();
    resetVirtio();
}

void VirtioPci::writeStatus(std::uint8_t status)
{
    if (status == 0) {
        const std::uint8_t before = m_status;
        resetTransport();
        m_statusBeforeReset = isResetFinished() ? 0 : std::uint8_t(before | StatusAcknowledge);
        return;
    }
    // 2.1.1: the driver does not clear bits but by a reset; 2.1.2: NEEDS_RESET is the device's.
    const std::uint8_t before = m_status;
    m_status = std::uint8_t(before | (status & ~StatusNeedsReset));
    const auto isNew = [&](std::uint8_t bit) { return (~before & m_status & bit) != 0; };
    if (isNew(StatusFeaturesOk)) {
        if ((m_driverFeatures & ~m_features) != 0 || !hasFeature(FeatureVersion1))
            m_status = std::uint8_t(m_status & ~StatusFeaturesOk);
        for (Queue &queue : m_queues)
            queue.ring.setFeatures(hasFeature(FeatureEventIndex), hasFeature(FeatureIndirect));
    }
    if (isNew(StatusDriverOk)) {
        if ((m_status & StatusFeaturesOk) == 0)
            return needsReset("the driver is ready before its features are agreed");
        driverReady();
        updateDoorbells();
        kickAll();
    }
}

void VirtioPci::needsReset(const char *reason)
{
    if (isBroken())
        return;
    m_status |= StatusNeedsReset;
    log(LogLevel::Debug, name(), std::string("the guest's driver has to reset it: ") + reason);
    if ((m_status & StatusDriverOk) != 0)
        interruptConfig(); // 2.1.2
}

// Interrupts

void VirtioPci::signalVector(std::uint16_t vector, std::uint8_t isrBit)
{
    if (isMsixEnabled()) {
        if (vector != NoVector)
            sendMsix(vector);
        return;
    }
    m_isr |= isrBit;
    setInterrupt(true);
}

void VirtioPci::interruptQueue(unsigned index)
{
    signalVector(m_queues[index].vector, IsrQueue);
}

std::optional<MsiMessage> VirtioPci::queueMessage(unsigned index) const
{
    return msixMessage(m_queues[index].vector);
}

void VirtioPci::interruptConfig()
{
    signalVector(m_configVector, IsrConfig);
}

void VirtioPci::configChanged()
{
    ++m_configGeneration;
    if ((m_status & StatusDriverOk) != 0)
        interruptConfig();
}

std::uint8_t VirtioPci::readIsr()
{
    const std::uint8_t isr = m_isr;
    m_isr = 0;
    if (isr != 0)
        setInterrupt(false);
    return isr;
}

// Registers

std::uint16_t VirtioPci::checkedVector(std::uint64_t vector) const
{
    return vector <= m_queues.size() ? std::uint16_t(vector) : NoVector;
}

std::uint64_t VirtioPci::readCommon(std::uint64_t offset, unsigned size) const
{
    std::array<std::uint8_t, CommonBytes> image = {};
    const auto put = [&image]<class T>(Common field, T value) { storeLe(&image[field], value); };
    put(DeviceFeatureSelect, m_featureSelect);
    if (m_featureSelect < 2)
        put(DeviceFeature, std::uint32_t(m_features >> (32 * m_featureSelect)));
    put(DriverFeatureSelect, m_driverFeatureSelect);
    if (m_driverFeatureSelect < 2)
        put(DriverFeature, std::uint32_t(m_driverFeatures >> (32 * m_driverFeatureSelect)));
    put(ConfigVector, m_configVector);
    put(NumQueues, std::uint16_t(m_queues.size()));
    image[DeviceStatus] =
        isResetFinished() ? m_status : std::uint8_t(m_status | m_statusBeforeReset);
    image[ConfigGeneration] = m_configGeneration;
    put(QueueSelect, m_queueSelect);
    if (m_queueSelect < m_queues.size()) {
        const Queue &queue = m_queues[m_queueSelect];
        put(QueueSize, queue.ring.size());
        put(QueueVector, queue.vector);
        put(QueueEnable, std::uint16_t(queue.ring.isEnabled() ? 1 : 0));
        put(QueueNotifyOffset, m_queueSelect);
        put(QueueDescriptors, queue.ring.addresses().descriptors);
        put(QueueDriver, queue.ring.addresses().available);
        put(QueueDevice, queue.ring.addresses().used);
    }
    return loadPart(image, offset, size);
}

void VirtioPci::writeCommon(std::uint64_t offset, unsigned size, std::uint64_t value)
{
    const bool isHalf = size == 2;
    const bool isWord = size == 4;
    if (offset == DeviceFeatureSelect && isWord)
        m_featureSelect = std::uint32_t(value);
    else if (offset == DriverFeatureSelect && isWord)
        m_driverFeatureSelect = std::uint32_t(value);
    else if (offset == ConfigVector && isHalf)
        m_configVector = checkedVector(value & 0xffff);
    else if (offset == DeviceStatus && size == 1)
        writeStatus(std::uint8_t(value));
    else if (offset == QueueSelect && isHalf)
        m_queueSelect = std::uint16_t(value);
    else if (offset == DriverFeature && isWord) {
        // 3.1.1: not after they are agreed.
        if (m_driverFeatureSelect < 2 && (m_status & StatusFeaturesOk) == 0)
            m_driverFeatures = withHalf(m_driverFeatures, 4 * m_driverFeatureSelect, 4, value);
    } else if (offset >= QueueSize && m_queueSelect < m_queues.size()) {
        writeQueueRegister(offset, size, value);
    }
}

void VirtioPci::writeQueueRegister(std::uint64_t offset, unsigned size, std::uint64_t value)
{
    Queue &queue = m_queues[m_queueSelect];
    if (offset == QueueVector && size == 2) {
        queue.vector = checkedVector(value & 0xffff);
        interruptsChanged();
        return;
    }
    if (queue.ring.isEnabled() || queue.ring.isBroken()) // 4.1.4.3.2
        return;
    if (offset == QueueSize && size == 2) {
        queue.ring.setSize(std::uint16_t(value));
    } else if (offset == QueueEnable && size == 2) {
        if ((value & 0xffff) != 1)
            return;
        if (!connections().ram || !queue.ring.enable(*connections().ram))
            needsReset(queue.ring.isBroken() ? queue.ring.brokenBy() : "there is no memory");
        else if (isLive())
            kick(m_queueSelect);
    } else if (offset >= QueueDescriptors && offset % 4 == 0 && (size == 4 || size == 8)
               && (size == 4 || offset % 8 == 0)) {
        Virtqueue::Addresses &addresses = queue.ring.addresses();
        std::uint64_t &address = offset < QueueDriver ? addresses.descriptors
            : offset < QueueDevice                    ? addresses.available
                                                      : addresses.used;
        address = withHalf(address, offset, size, value);
    }
}

std::uint64_t VirtioPci::readRegion(unsigned region, std::uint64_t offset, unsigned size)
{
    if (region != m_bar)
        return readOther(region, offset, size);
    if (offset < CommonBytes)
        return readCommon(offset, size);
    if (offset == IsrOffset)
        return readIsr();
    if (offset >= DeviceOffset && offset < MsixTableOffset)
        return loadPart(m_deviceConfig, offset - DeviceOffset, size);
    return 0;
}

void VirtioPci::writeRegion(unsigned region, std::uint64_t offset, unsigned size,
                            std::uint64_t value)
{
    if (region != m_bar)
        return writeOther(region, offset, size, value);
    if (offset < CommonBytes) {
        writeCommon(offset, size, value);
    } else if (offset >= DeviceOffset && offset < MsixTableOffset) {
        writeDeviceConfig(offset - DeviceOffset, size, value);
    } else if (offset >= NotifyOffset) {
        // 4.1.5.2: what is written is the queue's index, which the address says already.
        const std::uint64_t index = (offset - NotifyOffset) / NotifyMultiplier;
        if (index < m_queues.size() && m_queues[index].ring.isEnabled())
            kick(unsigned(index));
    }
}

void VirtioPci::writeDeviceConfig(std::uint64_t, unsigned, std::uint64_t) { }
void VirtioPci::writeOther(unsigned, std::uint64_t, unsigned, std::uint64_t) { }

std::uint64_t VirtioPci::readOther(unsigned, std::uint64_t, unsigned)
{
    return ~std::uint64_t(0);
}

// 4.1.4.7: bar, offset and length say where the data field leads.
bool VirtioPci::hasWindow(std::uint32_t &offset, std::uint32_t &size)
{
    const std::uint8_t *window = &config()[m_window];
    offset = loadLe<std::uint32_t>(window + CapabilityOffset);
    size = loadLe<std::uint32_t>(window + CapabilitySize);
    return window[CapabilityBar] == m_bar && (size == 1 || size == 2 || size == 4)
        && offset % size == 0 && offset < BarBytes;
}

void VirtioPci::aboutToReadConfig(std::uint32_t offset, unsigned size)
{
    std::uint32_t at = 0;
    std::uint32_t length = 0;
    if (!touches(offset, size, m_window + CapabilityMore, 4) || !hasWindow(at, length))
        return;
    const std::uint64_t value = read(m_bar, at, length);
    storePart(config(), m_window + CapabilityMore, length, value);
}

void VirtioPci::configWritten(std::uint32_t offset, unsigned size)
{
    constexpr std::size_t CommandOffset = 4;
    std::uint32_t at = 0;
    std::uint32_t length = 0;
    if (touches(offset, size, CommandOffset, 2) && isLive())
        kickAll(); // it may have become the bus's master
    if (m_isr != 0) // MSI-X may have been switched
        setInterrupt(!isMsixEnabled());
    if (touches(offset, size, m_window + CapabilityMore, 4) && hasWindow(at, length))
        write(m_bar, at, length, loadPart(config(), m_window + CapabilityMore, length));
}

void VirtioPci::barMapped(unsigned bar, bool)
{
    if (bar != m_bar)
        return otherBarMapped(bar);
    updateDoorbells();
}

void VirtioPci::serializeFunction(StateArchive &archive, std::uint32_t version)
{
    archive.value(m_featureSelect);
    archive.value(m_driverFeatureSelect);
    archive.value(m_driverFeatures);
    archive.value(m_configVector);
    archive.value(m_status);
    archive.value(m_configGeneration);
    archive.value(m_queueSelect);
    archive.value(m_isr);
    for (Queue &queue : m_queues) {
        queue.ring.serialize(archive, connections().ram);
        archive.value(queue.vector);
        if (archive.isLoading())
            queue.vector = checkedVector(queue.vector);
    }
    if (archive.isLoading()) {
        m_statusBeforeReset = 0;
        m_configVector = checkedVector(m_configVector);
        if ((m_status & StatusFeaturesOk) != 0 && (m_driverFeatures & ~m_features) != 0)
            archive.fail("its driver uses features that are not offered");
    }
    serializeVirtio(archive, version);
    if (archive.isLoading() && archive.hasFailed())
        m_status = 0; // nothing happens until it is reset
    if (archive.isLoading())
        updateDoorbells();
}

} // namespace engine::virtio
