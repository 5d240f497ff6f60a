// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/hda_controller.h"

#include "engine/base/log.h"

#include <algorithm>

namespace engine::hda {

namespace {

constexpr std::uint32_t MultimediaHdAudio = 0x040300;
constexpr std::uint8_t CodecPresent = 1 << 0; // codec 0

PciIdentity identityOf(Controller::Model model)
{
    const bool isIch6 = model == Controller::Model::Ich6;
    PciIdentity identity;
    identity.vendorId = 0x8086;
    identity.deviceId = isIch6 ? 0x2668 : 0x293e;
    identity.classCode = MultimediaHdAudio;
    identity.revision = isIch6 ? 1 : 3;
    identity.interruptPin = 1;
    return identity;
}

// Bits that software sets and clears, of the registers before the streams'. What else a write does
// is in writePlain().
constexpr std::array<std::uint8_t, 0x80> writableBits()
{
    std::array<std::uint8_t, 0x80> bits = {};
    const auto all = [&bits](std::size_t from, std::size_t count) {
        for (std::size_t i = from; i < from + count; ++i)
            bits[i] = 0xff;
    };
    bits[GlobalControl] = ControlReset;
    bits[GlobalControl + 1] = ControlUnsolicited >> 8;
    all(WakeEnable, 2);
    bits[WakeEnable + 1] = 0x7f;
    bits[InterruptControl] = InterruptStreams;
    bits[InterruptControl + 3] = 0xc0;
    bits[StreamSync] = InterruptStreams;
    for (const Register base : {CorbLow, RirbLow}) {
        all(base, 8);
        bits[base] = 0x80;
    }
    bits[CorbWritePointer] = 0xff;
    bits[CorbReadPointer + 1] = PointerReset >> 8;
    bits[CorbControl] = CorbErrorInterrupt | CorbRun;
    bits[ResponseCount] = 0xff;
    bits[RirbControl] = RirbInterrupt | RirbRun | RirbOverrun;
    all(ImmediateCommand, 4);
    all(PositionLow, 8);
    bits[PositionLow] = 0x80 | PositionEnable;
    return bits;
}
constexpr auto WritableBits = writableBits();

constexpr std::array<std::uint8_t, 0x80> clearableBits()
{
    std::array<std::uint8_t, 0x80> bits = {};
    bits[StateChange] = 0xff;
    bits[StateChange + 1] = 0x7f;
    bits[GlobalStatus] = GlobalFlushed;
    bits[CorbStatus] = CorbMemoryError;
    bits[RirbStatus] = RirbInterrupt | RirbOverrun;
    bits[ImmediateStatus] = ImmediateValid;
    return bits;
}
constexpr auto ClearableBits = clearableBits();

// The state that a codec's and the controller's reset leave alone (3.3.8, 3.3.9).
bool survivesReset(std::size_t offset)
{
    return offset >= WakeEnable && offset < StateChange + 2;
}

std::array<Stream, StreamCount> makeStreams()
{
    static_assert(InputStreams == 4 && OutputStreams == 4);
    return {Stream(true),  Stream(true),  Stream(true),  Stream(true),
            Stream(false), Stream(false), Stream(false), Stream(false)};
}

bool touches(std::uint64_t offset, unsigned size, std::uint64_t place)
{
    return offset <= place && place < offset + size;
}

} // namespace

Controller::Controller(std::string name, Model model, GuestClock &clock,
                       std::shared_ptr<SoundBackend> backend)
    : PciFunction(std::move(name), identityOf(model))
    , m_clock(clock)
    , m_backend(std::move(backend))
    , m_timer(clock.makeTimer(lock(), [this] { move(); }))
    , m_streams(makeStreams())
{
    config()[0x40] = 1; // HDCTL: High Definition Audio, not AC '97
    configMask()[0x44] = 0x07; // TCSEL
    placeCapabilitiesFrom(0x60);
    defineBar(RegisterBar, BarKind::Memory32, RegisterBytes);
    addMsi();
}

void Controller::resetFunction()
{
    m_plain = {};
    resetRegisters();
    m_moving = 0;
    m_seenInterrupts = 0;
    m_wallClockZero = {};
    m_output.reset();
    m_input.reset();
    m_timer->disarm();
}

void Controller::resetRegisters()
{
    for (std::size_t i = 0; i < m_plain.size(); ++i)
        if (!survivesReset(i))
            m_plain[i] = 0;
    storeLe(&m_plain[GlobalCapabilities],
            std::uint16_t(OutputStreams << 12 | InputStreams << 8 | 1)); // 64-bit addresses
    m_plain[MajorVersion] = 1;
    m_plain[OutputPayload] = 0x3c;
    m_plain[InputPayload] = 0x1d;
    m_plain[CorbSize] = RingSize256;
    m_plain[RirbSize] = RingSize256;
    for (Stream &stream : m_streams)
        stream.reset();
    m_paces = {};
    m_codec.reset();
    m_responses = 0;
}

std::uint32_t Controller::wallClock() const
{
    const auto passed = std::uint64_t((m_clock.now() - m_wallClockZero).count());
    return std::uint32_t(passed / 1000 * (WallClockHz / 1'000'000)
                         + passed % 1000 * (WallClockHz / 1'000'000) / 1000);
}

std::uint32_t Controller::interruptStatus() const
{
    std::uint32_t status = 0;
    for (unsigned i = 0; i < StreamCount; ++i)
        status |= std::uint32_t(m_streams[i].isInterrupting()) << i;
    const auto pair = [this](std::size_t offset) {
        return loadLe<std::uint16_t>(&m_plain[offset]);
    };
    if ((m_plain[RirbStatus] & m_plain[RirbControl] & (RirbInterrupt | RirbOverrun)) != 0
        || (m_plain[CorbStatus] & m_plain[CorbControl] & CorbMemoryError) != 0
        || (pair(StateChange) & pair(WakeEnable)) != 0)
        status |= InterruptController;
    if ((status & word(InterruptControl)) != 0)
        status |= InterruptGlobal;
    return status;
}

// By a message the guest is told of every new cause, and again when it has looked and something is
// left: a driver that missed one would wait for ever.
void Controller::updateInterrupt(bool wasTouched)
{
    const bool isOn = (word(InterruptControl) & InterruptGlobal) != 0;
    const std::uint32_t causes = isOn ? interruptStatus() & word(InterruptControl) : 0;
    if (isMsiEnabled()) {
        setInterrupt(false);
        if ((causes & ~m_seenInterrupts) != 0 || (wasTouched && causes != 0))
            sendMsi(0);
    } else {
        setInterrupt(causes != 0);
    }
    m_seenInterrupts = causes;
}

std::uint8_t Controller::readByte(std::uint64_t offset) const
{
    const auto byteOf = [offset](std::uint32_t value) {
        return std::uint8_t(value >> (8 * (offset & 3)));
    };
    if (offset >= StreamBase && offset < StreamBase + StreamCount * StreamBytes)
        return m_streams[(offset - StreamBase) / StreamBytes].readByte((offset - StreamBase)
                                                                       % StreamBytes);
    if ((offset & ~std::uint64_t(3)) == WallClockAlias)
        return byteOf(wallClock());
    if (offset >= PositionAliasBase && offset < PositionAliasBase + StreamCount * StreamBytes) {
        const std::uint64_t place = offset - PositionAliasBase;
        return place % StreamBytes < 4 ? byteOf(m_streams[place / StreamBytes].position()) : 0;
    }
    if (offset >= PlainBytes)
        return 0;
    switch (offset & ~std::uint64_t(3)) {
    case InterruptStatus:
        return byteOf(interruptStatus());
    case WallClock:
        return byteOf(wallClock());
    case OldStreamSync:
        return m_plain[offset - OldStreamSync + StreamSync];
    default:
        return m_plain[std::size_t(offset)];
    }
}

std::uint64_t Controller::readRegion(unsigned, std::uint64_t offset, unsigned size)
{
    std::uint64_t value = 0;
    for (unsigned i = 0; i < size; ++i)
        value |= std::uint64_t(readByte(offset + i)) << (8 * i);
    return value;
}

void Controller::writePlain(std::size_t offset, std::uint8_t value)
{
    if (offset >= OldStreamSync && offset < OldStreamSync + 4)
        offset += StreamSync - OldStreamSync;
    std::uint8_t &byte = m_plain[offset];
    byte = std::uint8_t((byte & ~WritableBits[offset]) | (value & WritableBits[offset]));
    byte = std::uint8_t(byte & ~(value & ClearableBits[offset]));
    if (offset == GlobalControl && (value & ControlFlush) != 0)
        m_plain[GlobalStatus] |= GlobalFlushed; // nothing is ever on its way
    if (offset == CorbReadPointer + 1 && (value & (PointerReset >> 8)) != 0)
        m_plain[CorbReadPointer] = 0;
    if (offset == RirbWritePointer + 1 && (value & (PointerReset >> 8)) != 0)
        m_plain[RirbWritePointer] = 0;
    if (offset == ImmediateStatus && (value & ImmediateBusy) != 0)
        executeImmediate();
}

void Controller::writeByte(std::uint64_t offset, std::uint8_t value)
{
    // In reset there is but the bit that ends it (3.3.7), and what survives one.
    const bool isPlain = offset < PlainBytes;
    if (isInReset() && offset != GlobalControl && !(isPlain && survivesReset(std::size_t(offset))))
        return;
    if (isPlain)
        writePlain(std::size_t(offset), value);
    else if (offset < StreamBase + StreamCount * StreamBytes)
        m_streams[(offset - StreamBase) / StreamBytes].writeByte(
            (offset - StreamBase) % StreamBytes, value);
}

void Controller::writeRegion(unsigned, std::uint64_t offset, unsigned size, std::uint64_t value)
{
    const bool wasInReset = isInReset();
    for (unsigned i = 0; i < size; ++i)
        writeByte(offset + i, std::uint8_t(value >> (8 * i)));
    if (isInReset() != wasInReset)
        leaveOrEnterReset(wasInReset);
    if (touches(offset, size, CorbWritePointer) || touches(offset, size, CorbControl)
        || touches(offset, size, CorbReadPointer + 1))
        runCommands();
    updateMoving();
    updateInterrupt(true);
}

void Controller::leaveOrEnterReset(bool wasInReset)
{
    if (!wasInReset) {
        resetRegisters();
        return;
    }
    m_wallClockZero = m_clock.now();
    m_plain[StateChange] |= CodecPresent; // codecs ask for their addresses (5.5.1.2)
}

void Controller::configWritten(std::uint32_t, unsigned)
{
    updateMoving(); // as bus master or not
    updateInterrupt(false);
}

void Controller::runCommands()
{
    constexpr std::uint8_t ReadPointerReset = PointerReset >> 8;
    if ((m_plain[CorbControl] & CorbRun) == 0 || !isBusMaster() || isInReset()
        || (m_plain[CorbReadPointer + 1] & ReadPointerReset) != 0)
        return;
    std::uint8_t &read = m_plain[CorbReadPointer];
    while (read != m_plain[CorbWritePointer]) { // 255 at most: only a write moves the other one
        read = std::uint8_t(read + 1);
        const auto command =
            connections().ram->load<std::uint32_t>(address(CorbLow) + 4 * std::uint64_t(read));
        if (!command) {
            log(LogLevel::Debug, "hda", "the command ring is not in memory");
            m_plain[CorbStatus] |= CorbMemoryError;
            m_plain[CorbControl] &= std::uint8_t(~CorbRun);
            break;
        }
        respond(*command);
    }
    // No more responses come: what there are are told of (3.3.30).
    if (m_responses != 0) {
        m_plain[RirbStatus] |= RirbInterrupt;
        m_responses = 0;
    }
}

void Controller::respond(std::uint32_t command)
{
    if (command >> 28 != 0)
        return; // no such codec: nobody answers
    const std::uint32_t response = m_codec.execute(command);
    if ((m_plain[RirbControl] & RirbRun) == 0)
        return;
    std::uint8_t &write = m_plain[RirbWritePointer];
    write = std::uint8_t(write + 1);
    // Solicited, of codec 0: the upper half is zero (4.4.2.1).
    if (!connections().ram->store(address(RirbLow) + 8 * std::uint64_t(write),
                                  std::uint64_t(response)))
        log(LogLevel::Debug, "hda", "the response ring is not in memory");
    const unsigned wanted = m_plain[ResponseCount] != 0 ? m_plain[ResponseCount] : RingEntries;
    if (++m_responses >= wanted) {
        m_plain[RirbStatus] |= RirbInterrupt;
        m_responses = 0;
    }
}

void Controller::executeImmediate()
{
    const std::uint32_t command = word(ImmediateCommand);
    if (command >> 28 != 0)
        return;
    storeLe(&m_plain[ImmediateResponse], m_codec.execute(command));
    m_plain[ImmediateStatus] |= ImmediateValid;
}

void Controller::serializeFunction(StateArchive &archive, std::uint32_t)
{
    std::int64_t zero = m_wallClockZero.count();
    archive.value(m_plain);
    archive.value(zero);
    archive.value(m_responses);
    archive.value(m_seenInterrupts);
    m_wallClockZero = GuestTime(zero);
    for (Stream &stream : m_streams)
        stream.serialize(archive);
    for (Pace &pace : m_paces) {
        std::int64_t last = pace.last.count();
        archive.value(last);
        archive.value(pace.rest);
        pace.last = GuestTime(last);
    }
    m_codec.serialize(archive);
    if (!archive.isLoading())
        return;
    m_moving = 0;
    for (unsigned i = 0; i < StreamCount; ++i)
        m_moving |= std::uint32_t(isMoving(i)) << i;
    armTimer();
}

} // namespace engine::hda
