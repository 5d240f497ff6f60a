// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/ahci_port.h"

#include "engine/base/log.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace engine {

using namespace ahci;

namespace {

constexpr std::uint8_t FisRegisterToDevice = 0x27; // Serial ATA 3.1, 10.3.4
constexpr std::uint8_t SoftReset = 0x04; // device control register
constexpr std::uint32_t SpeedLimit = 3; // 6 Gb/s
constexpr std::uint32_t Idle = 0x7f; // task file without a device

} // namespace

void AhciPort::powerOn()
{
    m_commandList = 0;
    m_fisBase = 0;
    if (m_device)
        m_device->reset();
    resetByHost();
}

void AhciPort::resetByHost()
{
    abandon();
    m_interruptStatus = 0;
    m_interruptEnable = 0;
    m_command = 0;
    m_sataControl = 0;
    m_sataError = 0;
    m_sataActive = 0;
    m_commandIssue = 0;
    m_currentSlot = 0;
    m_isHalted = false;
    linkReset();
}

// Answers that are still to come write to guest memory until then, so nothing new starts and the
// port looks busy: CR, HR or BSY stay set.
void AhciPort::abandon()
{
    ++m_epoch;
    m_abandoned += std::exchange(m_current, 0);
    m_runningSlots = 0;
    m_isPlainRunning = false;
}

void AhciPort::linkReset()
{
    m_isInSoftReset = false;
    m_taskFile = Idle;
    m_signature = 0xffffffff;
    m_isSignatureDue = false;
    if (!m_device)
        return;
    m_device->resetLink();
    m_isSignatureDue = true;
    m_sataError |= ErrorExchanged | ErrorPhyReadyChange;
    deliverSignature();
}

void AhciPort::deliverSignature()
{
    if (!m_isSignatureDue || (m_command & CmdFisEnable) == 0)
        return;
    if (m_abandoned > 0) {
        m_taskFile = AtaBusy;
        return;
    }
    m_isSignatureDue = false;
    const AtaResult signature = m_device->signature();
    if (!postRegisterFis(signature, false))
        return hostBusError();
    // 3.3.9: LBA (23:0), then count.
    m_signature = std::uint32_t(signature.lba & 0xffffff) << 8 | (signature.count & 0xff);
}

std::uint32_t AhciPort::interrupts() const
{
    return m_interruptStatus | ((m_sataError & ErrorExchanged) != 0 ? IntPortChange : 0)
        | ((m_sataError & ErrorPhyReadyChange) != 0 ? IntPhyReady : 0);
}

std::uint32_t AhciPort::read(std::uint64_t offset) const
{
    switch (offset) {
    case CommandList:
        return std::uint32_t(m_commandList);
    case CommandListHigh:
        return std::uint32_t(m_commandList >> 32);
    case FisBase:
        return std::uint32_t(m_fisBase);
    case FisBaseHigh:
        return std::uint32_t(m_fisBase >> 32);
    case InterruptStatus:
        return interrupts();
    case InterruptEnable:
        return m_interruptEnable;
    case CommandStatus: {
        const bool isRunning = (m_command & CmdStart) != 0 || m_abandoned > 0;
        return m_command | CmdSpinUp | CmdPowerOn | (std::uint32_t(m_currentSlot) << CmdSlotShift)
            | ((m_command & CmdFisEnable) != 0 ? CmdFisRunning : 0)
            | (isRunning ? CmdListRunning : 0);
    }
    case TaskFile:
        return m_taskFile;
    case Signature:
        return m_signature;
    case SataStatus: {
        const std::uint32_t detection = m_sataControl & 0xf;
        if (detection == 4)
            return LinkOffline;
        if (!m_device || detection == 1)
            return 0;
        const std::uint32_t limit = (m_sataControl >> 4) & 0xf;
        return LinkUp | (limit == 0 ? SpeedLimit : std::min(limit, SpeedLimit)) << 4;
    }
    case SataControl:
        return m_sataControl;
    case SataError:
        return m_sataError;
    case SataActive:
        return m_sataActive;
    case CommandIssue:
        return m_commandIssue;
    default:
        return 0;
    }
}

void AhciPort::write(std::uint64_t offset, std::uint32_t value)
{
    constexpr std::uint64_t Low = 0xffffffff;
    switch (offset) {
    case CommandList:
        m_commandList = (m_commandList & ~Low) | (value & 0xfffffc00u);
        break;
    case CommandListHigh:
        m_commandList = (m_commandList & Low) | std::uint64_t(value) << 32;
        break;
    case FisBase:
        m_fisBase = (m_fisBase & ~Low) | (value & 0xffffff00u);
        break;
    case FisBaseHigh:
        m_fisBase = (m_fisBase & Low) | std::uint64_t(value) << 32;
        break;
    case InterruptStatus:
        m_interruptStatus &= ~(value & IntClearable);
        m_owner.portInterruptChanged();
        break;
    case InterruptEnable:
        m_interruptEnable = value & IntEnableMask;
        m_owner.portInterruptChanged();
        break;
    case CommandStatus:
        writeCommand(value);
        break;
    case SataControl:
        writeSataControl(value & 0xfff);
        break;
    case SataError:
        m_sataError &= ~value;
        m_owner.portInterruptChanged();
        break;
    case SataActive: // 3.3.13: only while the port runs
        if ((m_command & CmdStart) != 0)
            m_sataActive |= value;
        break;
    case CommandIssue:
        if ((m_command & CmdStart) != 0)
            m_commandIssue |= value;
        run();
        break;
    default:
        break;
    }
}

void AhciPort::writeCommand(std::uint32_t value)
{
    const std::uint32_t before = m_command;
    m_command = value & CmdStored;
    if ((value & CmdListOverride) != 0 && (before & CmdStart) == 0)
        m_taskFile &= ~std::uint32_t(AtaBusy | AtaDataRequest);
    if ((m_command & CmdFisEnable) != 0) {
        deliverSignature();
        m_owner.portInterruptChanged();
    }
    if ((before & CmdStart) != 0 && (m_command & CmdStart) == 0)
        stop();
    if ((before & CmdStart) == 0 && (m_command & CmdStart) != 0) {
        m_isHalted = false;
        m_currentSlot = 0;
    }
    run();
}

// 10.3.2 and 3.3.14: clearing ST clears PxCI and PxSACT.
void AhciPort::stop()
{
    abandon();
    m_commandIssue = 0;
    m_sataActive = 0;
    m_currentSlot = 0;
    m_taskFile &= ~std::uint32_t(AtaBusy | AtaDataRequest);
}

// 10.4.2: software holds the link in reset with DET 1, and lets go with 0.
void AhciPort::writeSataControl(std::uint32_t value)
{
    const std::uint32_t before = m_sataControl & 0xf;
    const std::uint32_t after = value & 0xf;
    m_sataControl = value;
    if (before == after)
        return;
    if (after == 1 || after == 4) {
        abandon();
        m_commandIssue = 0;
        m_sataActive = 0;
        m_taskFile = Idle;
        m_isSignatureDue = false;
    } else if (after == 0 && (before == 1 || before == 4)) {
        linkReset();
        m_owner.portInterruptChanged();
    }
}

void AhciPort::run()
{
    if (!m_device || m_abandoned > 0 || m_isSignatureDue || (m_sataControl & 0xf) != 0)
        return;
    // At most once around: what software adds meanwhile comes with its own write.
    const unsigned first = m_currentSlot;
    for (unsigned i = 0; i < SlotCount; ++i) {
        if (m_isHalted || m_isPlainRunning || (m_command & CmdStart) == 0)
            return;
        const unsigned slot = (first + i) % SlotCount;
        const std::uint32_t bit = 1u << slot;
        if ((m_commandIssue & bit) != 0 && (m_runningSlots & bit) == 0)
            begin(slot);
    }
}

void AhciPort::begin(unsigned slotNumber)
{
    const GuestMemory *const memory = m_owner.dmaMemory();
    Slot &slot = m_slots[slotNumber];
    std::array<std::uint8_t, HeaderBytes> header = {};
    slot.headerAddress = m_commandList + slotNumber * HeaderBytes;
    if (!memory || !memory->read(slot.headerAddress, header))
        return hostBusError();
    const auto flags = loadLe<std::uint32_t>(header.data());
    slot.tableAddress = loadLe<std::uint64_t>(&header[8]) & ~std::uint64_t(0x7f);
    slot.regionCount = std::uint16_t(flags >> 16);
    slot.transferred = 0;

    AtaRequest request;
    request.slot = slotNumber;
    std::array<std::uint8_t, PacketPlace + sizeof request.packet> table = {};
    if (!memory->read(slot.tableAddress, table))
        return hostBusError();
    const std::size_t fisBytes = std::min<std::size_t>((flags & 0x1f) * 4, request.fis.size());
    std::copy_n(table.begin(), fisBytes, request.fis.begin());
    std::copy_n(table.begin() + PacketPlace, request.packet.size(), request.packet.begin());
    m_currentSlot = std::uint8_t(slotNumber);

    if (request.fis[0] != FisRegisterToDevice) {
        log(LogLevel::Debug, "ahci", "The guest sends a FIS of an unknown type");
        return halt(IntInterfaceFatal);
    }
    if ((request.fis[1] & 0x80) == 0)
        return controlFis(slotNumber, request.fis[15]);
    m_runningSlots |= 1u << slotNumber;
    if (m_device->isQueued(request.command())) {
        // The device takes it and is not busy: Serial ATA 3.1, 13.6.4.
        if (!postRegisterFis({}, false))
            return hostBusError();
        m_commandIssue &= ~(1u << slotNumber);
        m_sataActive |= 1u << slotNumber;
    } else {
        m_isPlainRunning = true;
        setTaskFile(AtaBusy, 0);
    }
    m_device->execute(request, *this);
}

// ATA8-ACS 9.2: software reset begins with SRST and ends without.
void AhciPort::controlFis(unsigned slot, std::uint8_t control)
{
    m_commandIssue &= ~(1u << slot);
    if ((control & SoftReset) != 0) {
        m_isInSoftReset = true;
        return;
    }
    if (!std::exchange(m_isInSoftReset, false))
        return;
    abandon();
    m_device->resetLink();
    m_isSignatureDue = true;
    deliverSignature();
}

std::optional<std::uint64_t> AhciPort::buffers(const AtaRequest &request, std::uint64_t bytes,
                                               std::vector<iovec> &pieces)
{
    const GuestMemory *const memory = m_owner.dmaMemory();
    Slot &slot = m_slots[request.slot];
    std::array<std::uint8_t, 64 * RegionBytes> entries;
    std::vector<std::span<std::uint8_t>> spans;
    std::uint64_t covered = 0;
    for (std::uint32_t i = 0; i < slot.regionCount && covered < bytes; ++i) {
        const std::uint32_t inBlock = i % 64;
        if (inBlock == 0) {
            const std::size_t count = std::min<std::size_t>(slot.regionCount - i, 64);
            if (!memory
                || !memory->read(slot.tableAddress + RegionTablePlace + i * RegionBytes,
                                 std::span(entries).first(count * RegionBytes))) {
                hostBusError();
                return std::nullopt;
            }
        }
        const std::uint8_t *const entry = &entries[inBlock * RegionBytes];
        const std::uint64_t address = loadLe<std::uint64_t>(entry) & ~std::uint64_t(1);
        const std::uint64_t size = (loadLe<std::uint32_t>(entry + 12) & 0x3fffff) + 1;
        const std::uint64_t used = std::min(size, bytes - covered);
        if (!memory->spans(address, used, spans)) {
            hostBusError();
            return std::nullopt;
        }
        covered += used;
    }
    if (covered < bytes)
        raise(IntOverflow);
    pieces.reserve(pieces.size() + spans.size());
    for (const std::span<std::uint8_t> &span : spans)
        pieces.push_back({span.data(), span.size()});
    slot.transferred = covered;
    return covered;
}

std::optional<std::uint64_t> AhciPort::send(const AtaRequest &request,
                                            std::span<const std::uint8_t> data)
{
    std::vector<iovec> pieces;
    const auto bytes = buffers(request, data.size(), pieces);
    for (const iovec &piece : pieces) {
        std::memcpy(piece.iov_base, data.data(), piece.iov_len);
        data = data.subspan(piece.iov_len);
    }
    return bytes;
}

std::optional<std::uint64_t> AhciPort::receive(const AtaRequest &request,
                                               std::span<std::uint8_t> data)
{
    std::vector<iovec> pieces;
    const auto bytes = buffers(request, data.size(), pieces);
    for (const iovec &piece : pieces) {
        std::memcpy(data.data(), piece.iov_base, piece.iov_len);
        data = data.subspan(piece.iov_len);
    }
    return bytes;
}

void AhciPort::submit(const AtaRequest &, std::shared_ptr<BlockDevice> image,
                      BlockRequest blockRequest, std::function<void(Result<>)> then)
{
    ++m_current;
    ++m_inFlight;
    BlockDevice &target = *image;
    // The image stays until it has answered, even when the medium is changed meanwhile.
    blockRequest.completed = [this, epoch = m_epoch, image = std::move(image),
                              then = std::move(then)](Result<> result) {
        const std::lock_guard lock(m_owner.portLock());
        answered(epoch, std::move(result), then);
    };
    target.submit(std::move(blockRequest));
}

void AhciPort::answered(std::uint64_t epoch, Result<> result,
                        const std::function<void(Result<>)> &then)
{
    if (epoch == m_epoch) {
        --m_current;
        then(std::move(result));
        run();
    } else if (--m_abandoned == 0) {
        deliverSignature();
        m_owner.portDrained();
        m_owner.portInterruptChanged();
        run();
    }
    --m_inFlight;
}

void AhciPort::endSlot(unsigned slot)
{
    m_runningSlots &= ~(1u << slot);
    m_isPlainRunning = false;
}

void AhciPort::finish(const AtaRequest &request, const AtaResult &result)
{
    const bool isFailed = (result.status & AtaError) != 0;
    if (result.protocol == AtaProtocol::Queued)
        return finishQueued(request, result);
    endSlot(request.slot);
    const Slot &slot = m_slots[request.slot];
    const GuestMemory *const memory = m_owner.dmaMemory();
    // 4.2.2: bytes moved.
    if (!memory || !memory->store(slot.headerAddress + 4, std::uint32_t(slot.transferred)))
        return hostBusError();
    const bool hasData = slot.transferred > 0;
    const bool isInward =
        result.protocol == AtaProtocol::PioIn || result.protocol == AtaProtocol::PacketPio;
    bool isPosted = true;
    if (result.protocol != AtaProtocol::Plain && hasData && !isFailed) {
        isPosted = postPioSetup(result, slot, isInward, isInward);
        if (isInward)
            m_interruptStatus |= IntPioSetup;
    }
    if (isPosted && (result.protocol != AtaProtocol::PioIn || !hasData || isFailed)) {
        isPosted = postRegisterFis(result, true);
        m_interruptStatus |= IntRegisterFis;
    } else {
        setTaskFile(result.status, result.error);
    }
    if (!isPosted)
        return hostBusError();
    if (isFailed)
        return halt(IntTaskFileError);
    m_commandIssue &= ~(1u << request.slot);
    m_owner.portInterruptChanged();
}

void AhciPort::finishQueued(const AtaRequest &request, const AtaResult &result)
{
    const bool isFailed = (result.status & AtaError) != 0;
    const std::uint32_t bit = 1u << request.slot;
    m_runningSlots &= ~bit;
    // Set Device Bits (Serial ATA 3.1, 10.3.7): I; status without BSY and DRQ; error; SActive.
    std::array<std::uint8_t, 8> fis = {0xa1, 0x40, std::uint8_t(result.status & 0x77),
                                       result.error};
    if (!isFailed)
        storeLe(&fis[4], bit);
    if (!postFis(DeviceBitsPlace, fis))
        return hostBusError();
    // 5.3.13.1: BSY and DRQ of the task file stay as they are.
    const std::uint32_t kept = m_taskFile & (AtaBusy | AtaDataRequest);
    m_taskFile = std::uint32_t(result.error) << 8 | kept | (result.status & 0x77u);
    m_interruptStatus |= IntDeviceBits;
    if (isFailed) {
        m_currentSlot = std::uint8_t(request.slot);
        return halt(IntTaskFileError);
    }
    m_sataActive &= ~bit;
    m_owner.portInterruptChanged();
}

void AhciPort::raise(std::uint32_t bits)
{
    m_interruptStatus |= bits;
    m_owner.portInterruptChanged();
}

void AhciPort::setTaskFile(std::uint8_t status, std::uint8_t error)
{
    m_taskFile = std::uint32_t(error) << 8 | status;
}

void AhciPort::hostBusError()
{
    halt(IntHostBusFatal);
}

// 6.2.2: nothing runs on until software has stopped and started the port.
void AhciPort::halt(std::uint32_t bits)
{
    abandon();
    m_isHalted = true;
    raise(bits);
}

bool AhciPort::postFis(std::uint64_t place, std::span<const std::uint8_t> fis)
{
    if ((m_command & CmdFisEnable) == 0)
        return true; // 3.3.7 FRE: nowhere to put it
    const GuestMemory *const memory = m_owner.dmaMemory();
    return memory && memory->write(m_fisBase + place, fis);
}

// Serial ATA 3.1, 10.3.5
bool AhciPort::postRegisterFis(const AtaResult &result, bool isInterrupting)
{
    std::array<std::uint8_t, 20> fis = {0x34, std::uint8_t(isInterrupting ? 0x40 : 0),
                                        result.status, result.error};
    storeLe(&fis[4], std::uint32_t(result.lba & 0xffffff));
    storeLe(&fis[8], std::uint32_t((result.lba >> 24) & 0xffffff));
    fis[7] = result.device;
    storeLe(&fis[12], result.count);
    setTaskFile(result.status, result.error);
    return postFis(RegisterPlace, fis);
}

// Serial ATA 3.1, 10.3.11. One FIS stands for all of a command's blocks.
bool AhciPort::postPioSetup(const AtaResult &result, const Slot &slot, bool isInward,
                            bool isInterrupting)
{
    std::array<std::uint8_t, 20> fis = {
        0x5f, std::uint8_t((isInterrupting ? 0x40 : 0) | (isInward ? 0x20 : 0)),
        AtaReady | AtaSeekComplete | AtaDataRequest, 0};
    storeLe(&fis[4], std::uint32_t(result.lba & 0xffffff));
    storeLe(&fis[8], std::uint32_t((result.lba >> 24) & 0xffffff));
    fis[7] = result.device;
    storeLe(&fis[12], result.count);
    fis[15] = result.status;
    storeLe(&fis[16], std::uint16_t(std::min<std::uint64_t>(slot.transferred, 0xfffe)));
    return postFis(PioSetupPlace, fis);
}

void AhciPort::serialize(StateArchive &archive)
{
    archive.value(m_commandList);
    archive.value(m_fisBase);
    archive.value(m_interruptStatus);
    archive.value(m_interruptEnable);
    archive.value(m_command);
    archive.value(m_taskFile);
    archive.value(m_signature);
    archive.value(m_sataControl);
    archive.value(m_sataError);
    archive.value(m_sataActive);
    archive.value(m_commandIssue);
    archive.value(m_currentSlot);
    archive.value(m_isSignatureDue);
    archive.value(m_isHalted);
    archive.value(m_isInSoftReset);
    bool hasDevice = m_device != nullptr;
    archive.value(hasDevice);
    if (archive.hasFailed())
        return;
    if (hasDevice != (m_device != nullptr))
        return archive.fail(hasDevice ? "it has a drive at a port where there is none now"
                                      : "it has no drive at a port where there is one now");
    if (m_device)
        m_device->serialize(archive);
    if (!archive.isLoading() || archive.hasFailed())
        return;
    m_currentSlot %= SlotCount;
    m_isSignatureDue = m_isSignatureDue && m_device;
    m_command &= CmdStored;
}

} // namespace engine
