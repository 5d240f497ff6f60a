// SPDX-License-Identifier: GPL-3.0-or-later
// ACPI fixed hardware: PM1a event and control registers, the power management timer, GPE0, the
// system control interrupt, and the APM ports with which a guest takes over from the firmware
// (ACPI Specification 6.4, 4.8.3 and 4.8.4; 82371AB datasheet 290562, 7.2; ICH9 datasheet 316972,
// 13.8.3).
//
// There is no SMM. What its handler would do is done here: the FADT's enable value on port 0xb2
// sets SCI_EN. Firmware that looks finds SMIs set up already (SMI_EN bit 5 on ICH9).
//
// The block moves: the function that holds PMBASE calls place().
#pragma once

#include "engine/base/guest_clock.h"
#include "engine/bus/bus.h"
#include "engine/bus/irq_line.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace engine {

class AcpiPm final : public Device
{
public:
    enum class Kind : std::uint8_t { Piix4, Ich9 };
    enum RegionIndex : unsigned { Block, Gpe, Apm };

    // Offsets in the block, for the FADT. The timer has 24 bits.
    static constexpr unsigned EventOffset = 0;
    static constexpr unsigned ControlOffset = 4;
    static constexpr unsigned TimerOffset = 8;
    static constexpr unsigned Ich9GpeOffset = 0x20;
    static constexpr unsigned Ich9GpeBytes = 16; // status and enable, half each
    static constexpr std::uint16_t PiixGpeBase = 0xafe0; // as QEMU's, which SeaBIOS's tables name
    static constexpr unsigned PiixGpeBytes = 4;
    static constexpr std::uint16_t ApmBase = 0xb2; // command, status
    static constexpr std::uint16_t blockBytes(Kind kind) { return kind == Kind::Ich9 ? 128 : 64; }
    static constexpr std::uint8_t enableValue(Kind kind) { return kind == Kind::Ich9 ? 2 : 0xf1; }
    static constexpr std::uint8_t disableValue(Kind kind) { return kind == Kind::Ich9 ? 3 : 0xf0; }

    // `sci` is a pin of its own on ISA interrupt 9. `poweredOff`: the guest switched itself off
    // (S5); called with this device's lock held on a vCPU thread, so it only takes a note.
    AcpiPm(Kind kind, GuestClock &clock, IrqLine &sci, std::function<void()> poweredOff);

    // The APM ports, and on PIIX4 those of GPE0.
    void attach(Bus &ports);
    // Where the block is, if it is decoded. For the function with PMBASE, which may hold its lock.
    void place(Bus &ports, std::optional<std::uint16_t> base);
    // Where it is now, or was last; 0 before the firmware has placed it. Any thread, any lock.
    std::uint16_t base() const { return m_base.load(std::memory_order_relaxed); }

    // With lock() held, as all that follows.
    void pressPowerButton();
    void raiseGpe(unsigned event); // 0 to 15 on PIIX4, to 63 on ICH9

    void reset() override;
    std::uint64_t read(unsigned region, std::uint64_t offset, unsigned size) override;
    void write(unsigned region, std::uint64_t offset, unsigned size, std::uint64_t value) override;
    void serialize(StateArchive &archive, std::uint32_t version) override;

private:
    std::uint64_t ticks() const; // of the timer since the machine was first switched on
    std::uint64_t overflows() const;
    std::uint16_t status() const;
    std::uint8_t readByte(std::uint64_t offset) const;
    void writeByte(std::uint64_t offset, std::uint8_t value);
    std::uint8_t readGpe(std::uint64_t offset) const;
    void writeGpe(std::uint64_t offset, std::uint8_t value);
    void writeCommand(std::uint8_t value);
    void sleep();
    void update();

    std::size_t gpeBytes() const; // of each half

    const Kind m_kind;
    GuestClock &m_clock;
    IrqLine &m_sci;
    const std::function<void()> m_poweredOff;
    std::unique_ptr<Timer> m_overflowTimer; // armed while an overflow would interrupt

    std::uint16_t m_status = 0; // without TMR_STS
    std::uint64_t m_overflowsSeen = 0; // TMR_STS: there were more since
    std::uint16_t m_enable = 0;
    std::uint16_t m_control = 0;
    std::array<std::uint8_t, 8> m_gpeStatus = {};
    std::array<std::uint8_t, 8> m_gpeEnable = {};
    std::uint8_t m_apmCommand = 0;
    std::uint8_t m_apmStatus = 0;
    std::uint32_t m_smiEnable = 0;
    std::array<std::uint8_t, 32> m_tco = {};
    bool m_hasLoggedSleep = false;
    std::atomic<std::uint16_t> m_base = 0;
};

} // namespace engine
