// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/acpi_pm.h"

#include "engine/base/bytes.h"
#include "engine/base/log.h"
#include "engine/base/result.h"

#include <algorithm>

namespace engine {

namespace {

// ACPI 4.8.3.3: 3.579545 MHz. TMR_STS follows every change of the counter's highest bit.
constexpr std::uint64_t TimerHz = 3'579'545;
constexpr unsigned TimerBits = 24;
constexpr std::uint64_t NanosecondsPerSecond = 1'000'000'000;

// PM1 status and enable, ACPI tables 4.11 and 4.12. Bus master, global lock and RTC status never
// come: there is no C3, no BIOS to share a lock with, and the RTC does not wake.
constexpr std::uint16_t TimerEvent = 1 << 0;
constexpr std::uint16_t PowerButtonEvent = 1 << 8;
constexpr std::uint16_t EnableWritable = 0x0521; // timer, global lock, power button, RTC

// PM1 control, ACPI table 4.13. GBL_RLS and SLP_EN read as zeros.
constexpr std::uint16_t SciEnable = 1 << 0;
constexpr std::uint16_t SleepEnable = 1 << 13;
constexpr unsigned SleepTypeShift = 10;
constexpr std::uint16_t ControlWritable = 0x1c03; // SCI_EN, BM_RLD, SLP_TYP

// ICH9 13.8.3 (SMI_EN) and 13.9 (TCO).
constexpr std::uint64_t SmiEnableOffset = 0x30;
constexpr std::uint32_t SmiEnableReset = 1 << 5; // APMC_EN: "SMIs are set up already"
constexpr std::uint64_t TcoOffset = 0x60;
constexpr std::array<std::uint8_t, 32> tcoReset()
{
    std::array<std::uint8_t, 32> values = {};
    values[0x09] = 0x08; // TCO1_CNT: halted
    values[0x10] = 0x03; // SW_IRQ_GEN
    values[0x12] = 0x04; // TCO_TMR
    return values;
}
// The watchdog is strapped off (GCS.NO_REBOOT) and always halted: its registers only keep values.
constexpr std::array<std::uint8_t, 32> tcoWritable()
{
    std::array<std::uint8_t, 32> mask = {};
    mask[0x02] = mask[0x03] = 0xff; // data in and out
    mask[0x08] = 0x01;
    mask[0x09] = 0x13; // TCO lock is not taken: bit 4 stays, without effect
    mask[0x0a] = 0x3f;
    mask[0x0c] = mask[0x0d] = mask[0x0e] = 0xff; // messages, watchdog status
    mask[0x10] = 0x03;
    mask[0x12] = 0xff;
    mask[0x13] = 0x03;
    return mask;
}

} // namespace

AcpiPm::AcpiPm(Kind kind, GuestClock &clock, IrqLine &sci, std::function<void()> poweredOff)
    : Device("acpi-pm")
    , m_kind(kind)
    , m_clock(clock)
    , m_sci(sci)
    , m_poweredOff(std::move(poweredOff))
    , m_overflowTimer(clock.makeTimer(lock(), [this] { update(); }))
{ }

void AcpiPm::attach(Bus &ports)
{
    ports.add({.base = ApmBase, .size = 2, .device = this, .region = Apm});
    if (m_kind == Kind::Piix4)
        ports.add({.base = PiixGpeBase, .size = PiixGpeBytes, .device = this, .region = Gpe});
}

void AcpiPm::place(Bus &ports, std::optional<std::uint16_t> base)
{
    ports.remove(*this, Block);
    if (!base)
        return;
    m_base.store(*base, std::memory_order_relaxed);
    ports.add({.base = *base,
               .size = blockBytes(m_kind),
               .device = this,
               .region = Block,
               .priority = BusPriority::GuestPlaced});
}

void AcpiPm::pressPowerButton()
{
    m_status |= PowerButtonEvent;
    update();
}

std::size_t AcpiPm::gpeBytes() const
{
    return (m_kind == Kind::Ich9 ? Ich9GpeBytes : PiixGpeBytes) / 2;
}

void AcpiPm::raiseGpe(unsigned event)
{
    check(event / 8 < gpeBytes(), "there is no such general-purpose event");
    m_gpeStatus[event / 8] |= std::uint8_t(1u << (event % 8));
    update();
}

void AcpiPm::reset()
{
    m_status = 0;
    m_overflowsSeen = overflows();
    m_enable = 0;
    m_control = 0;
    m_gpeStatus = {};
    m_gpeEnable = {};
    m_apmCommand = 0;
    m_apmStatus = 0;
    m_smiEnable = m_kind == Kind::Ich9 ? SmiEnableReset : 0;
    m_tco = tcoReset();
    update();
}

std::uint64_t AcpiPm::ticks() const
{
    const auto now = std::uint64_t(m_clock.now().count());
    return now / NanosecondsPerSecond * TimerHz
        + now % NanosecondsPerSecond * TimerHz / NanosecondsPerSecond;
}

std::uint64_t AcpiPm::overflows() const
{
    return ticks() >> (TimerBits - 1);
}

std::uint16_t AcpiPm::status() const
{
    return std::uint16_t(m_status | (overflows() != m_overflowsSeen ? TimerEvent : 0));
}

std::uint64_t AcpiPm::read(unsigned region, std::uint64_t offset, unsigned size)
{
    if (region == Block && offset == TimerOffset && size == 4)
        return ticks() & ((1u << TimerBits) - 1);
    std::uint64_t value = 0;
    for (unsigned i = 0; i < size; ++i) {
        const std::uint64_t at = offset + i;
        std::uint8_t byte = 0xff;
        if (region == Block)
            byte = readByte(at);
        else if (region == Gpe)
            byte = readGpe(at);
        else if (region == Apm)
            byte = at == 0 ? m_apmCommand : m_apmStatus;
        value |= std::uint64_t(byte) << (8 * i);
    }
    return value;
}

void AcpiPm::write(unsigned region, std::uint64_t offset, unsigned size, std::uint64_t value)
{
    for (unsigned i = 0; i < size; ++i) {
        const std::uint64_t at = offset + i;
        const auto byte = std::uint8_t(value >> (8 * i));
        if (region == Block)
            writeByte(at, byte);
        else if (region == Gpe)
            writeGpe(at, byte);
        else if (region == Apm && at == 0)
            writeCommand(byte);
        else if (region == Apm)
            m_apmStatus = byte;
    }
    update();
}

std::uint8_t AcpiPm::readByte(std::uint64_t offset) const
{
    const unsigned shift = 8 * (offset & 1);
    switch (offset) {
    case 0:
    case 1:
        return std::uint8_t(status() >> shift);
    case 2:
    case 3:
        return std::uint8_t(m_enable >> shift);
    case ControlOffset:
    case ControlOffset + 1:
        return std::uint8_t(m_control >> shift);
    case TimerOffset:
    case TimerOffset + 1:
    case TimerOffset + 2:
        return std::uint8_t(ticks() >> (8 * (offset - TimerOffset)));
    default:
        break;
    }
    if (m_kind != Kind::Ich9)
        return 0;
    if (offset >= Ich9GpeOffset && offset < Ich9GpeOffset + Ich9GpeBytes)
        return readGpe(offset - Ich9GpeOffset);
    if (offset >= SmiEnableOffset && offset < SmiEnableOffset + 4)
        return std::uint8_t(m_smiEnable >> (8 * (offset - SmiEnableOffset)));
    if (offset >= TcoOffset && offset < TcoOffset + m_tco.size())
        return m_tco[std::size_t(offset - TcoOffset)];
    return 0;
}

void AcpiPm::writeByte(std::uint64_t offset, std::uint8_t value)
{
    const unsigned shift = 8 * (offset & 1);
    const auto bits = std::uint16_t(value << shift);
    const auto others = std::uint16_t(~(0xff << shift));
    switch (offset) {
    case 0:
    case 1: // write 1 to clear
        m_status &= std::uint16_t(~bits);
        if ((bits & TimerEvent) != 0)
            m_overflowsSeen = overflows();
        return;
    case 2:
    case 3:
        m_enable = std::uint16_t(((m_enable & others) | bits) & EnableWritable);
        return;
    case ControlOffset:
    case ControlOffset + 1:
        m_control = std::uint16_t(((m_control & others) | bits) & ControlWritable);
        if ((bits & SleepEnable) != 0)
            sleep();
        return;
    default:
        break;
    }
    if (m_kind != Kind::Ich9)
        return;
    if (offset >= Ich9GpeOffset && offset < Ich9GpeOffset + Ich9GpeBytes) {
        writeGpe(offset - Ich9GpeOffset, value);
    } else if (offset >= SmiEnableOffset && offset < SmiEnableOffset + 4) {
        const auto at = unsigned(8 * (offset - SmiEnableOffset));
        m_smiEnable = (m_smiEnable & ~(0xffu << at)) | (std::uint32_t(value) << at);
    } else if (offset >= TcoOffset && offset < TcoOffset + m_tco.size()) {
        const auto at = std::size_t(offset - TcoOffset);
        const std::uint8_t mask = tcoWritable()[at];
        m_tco[at] = std::uint8_t((m_tco[at] & ~mask) | (value & mask));
    }
}

std::uint8_t AcpiPm::readGpe(std::uint64_t offset) const
{
    const std::size_t half = gpeBytes();
    const auto at = std::size_t(offset);
    return at < half ? m_gpeStatus[at] : m_gpeEnable[at - half];
}

void AcpiPm::writeGpe(std::uint64_t offset, std::uint8_t value)
{
    const std::size_t half = gpeBytes();
    const auto at = std::size_t(offset);
    if (at < half)
        m_gpeStatus[at] &= std::uint8_t(~value);
    else
        m_gpeEnable[at - half] = value;
}

void AcpiPm::writeCommand(std::uint8_t value)
{
    m_apmCommand = value;
    if (value == enableValue(m_kind))
        m_control |= SciEnable;
    else if (value == disableValue(m_kind))
        m_control &= std::uint16_t(~SciEnable);
}

void AcpiPm::sleep()
{
    // S5 is type 0, as in QEMU's machines, whose firmware does not look at our tables (OVMF
    // ResetSystemLib). The ICH9's own is 7. The tables offer no other sleep.
    const unsigned type = (m_control >> SleepTypeShift) & 7;
    if (type == 0 || (m_kind == Kind::Ich9 && type == 7)) {
        if (m_poweredOff)
            m_poweredOff();
    } else if (!m_hasLoggedSleep) {
        m_hasLoggedSleep = true;
        log(LogLevel::Debug, "acpi",
            "the guest asked for sleep type " + std::to_string(type) + ", which there is not");
    }
}

void AcpiPm::update()
{
    bool isRaised = (status() & m_enable) != 0;
    for (std::size_t i = 0; i < m_gpeStatus.size(); ++i)
        isRaised = isRaised || (m_gpeStatus[i] & m_gpeEnable[i]) != 0;
    // Without SCI_EN the same events would be SMIs (ACPI 4.8.2.1).
    const bool isSciOn = (m_control & SciEnable) != 0;
    m_sci.set(isSciOn && isRaised);

    if (!isSciOn || (m_enable & TimerEvent) == 0 || (status() & TimerEvent) != 0)
        return m_overflowTimer->disarm();
    const std::uint64_t next = (overflows() + 1) << (TimerBits - 1);
    // Rounded up: a little too early would be no overflow yet.
    const std::uint64_t time = next / TimerHz * NanosecondsPerSecond
        + (next % TimerHz * NanosecondsPerSecond + TimerHz - 1) / TimerHz;
    m_overflowTimer->arm(GuestTime(std::int64_t(time)));
}

void AcpiPm::serialize(StateArchive &archive, std::uint32_t)
{
    bool hasOverflowed = (status() & TimerEvent) != 0;
    archive.value(m_status);
    archive.value(hasOverflowed);
    archive.value(m_enable);
    archive.value(m_control);
    archive.value(m_gpeStatus);
    archive.value(m_gpeEnable);
    archive.value(m_apmCommand);
    archive.value(m_apmStatus);
    archive.value(m_smiEnable);
    archive.value(m_tco);
    if (!archive.isLoading())
        return;
    m_status &= std::uint16_t(~TimerEvent);
    m_enable &= EnableWritable;
    m_control &= ControlWritable;
    m_overflowsSeen = overflows() - (hasOverflowed ? 1 : 0);
    update();
}

} // namespace engine
