// SPDX-License-Identifier: GPL-3.0-or-later
// The clock with a battery: Motorola MC146818 (data sheet of 1984, "DS" in comments), with the 128
// bytes and the century of later chips. Region 0: index at 0, data at 1 (ports 0x70 and 0x71).
//
// It shows the host's time of day and a difference that the guest can set; so it goes on while the
// machine is off, paused or saved. Flags are worked out when somebody looks; a timer runs only
// while an interrupt is enabled that is not pending yet.
//
// Periodic interrupts that came too late are made up for: some systems count them to tell the time.
#pragma once

#include "engine/base/guest_clock.h"
#include "engine/bus/irq_line.h"
#include "engine/devices/cmos_presets.h"
#include "engine/devices/isa_device.h"

namespace engine {

class RtcMc146818 final : public IsaDevice
{
public:
    RtcMc146818(IrqLine &irq, GuestClock &clock, const CmosPresets &presets);

    // The battery keeps time and memory: this only ends interrupts (DS, "RESET").
    void reset() override;
    void serialize(StateArchive &archive, std::uint32_t version) override;

    // Everything as it left the factory; the lock is held.
    void removeBattery();

    // How far the clock is ahead of UTC; the lock is held.
    std::int64_t clockOffsetSeconds() const { return m_offset.seconds; }

private:
    struct Time // `nanoseconds` is from 0 to below 1e9
    {
        std::int64_t seconds = 0;
        std::int64_t nanoseconds = 0;
    };

    std::uint8_t readPort(unsigned region, std::uint64_t offset) override;
    void writePort(unsigned region, std::uint64_t offset, std::uint8_t value) override;
    std::uint8_t readRegister(std::uint8_t index);
    void writeRegister(std::uint8_t index, std::uint8_t value);
    std::uint8_t readFlags();

    bool isCounting() const;
    bool isUpdateNear() const;
    Time time() const;
    void setTime(Time time);
    void storeDate(std::int64_t seconds);
    std::int64_t dateInRegisters() const;
    std::uint8_t encoded(unsigned number) const;
    unsigned decoded(std::uint8_t byte) const;
    std::uint8_t encodedHour(unsigned hour) const;
    unsigned decodedHour(std::uint8_t byte) const;

    std::int64_t secondsToAlarm(std::int64_t from) const;
    std::int64_t periodTicks() const;
    void updateFlags();
    void countPeriods();
    void forgetPeriods();
    void raiseIfEnabled();
    void armTimer();

    IrqLine &m_irq;
    GuestClock &m_clock;
    const CmosPresets m_presets;
    std::unique_ptr<Timer> m_timer;

    std::uint8_t m_index = 0;
    std::array<std::uint8_t, CmosBytes> m_cmos = {}; // date registers: only while not counting
    Time m_offset; // of the clock from the host's time of day
    std::int64_t m_countedSecond = 0; // up to which UF and AF are worked out
    std::int64_t m_countedPeriod = 0; // up to which PF is
    std::uint32_t m_owedPeriods = 0; // interrupts that the guest has not had yet
    GuestTime m_catchUpTime = {}; // not before this the next of them
};

} // namespace engine
