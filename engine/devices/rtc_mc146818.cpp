// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/rtc_mc146818.h"

#include <algorithm>

namespace engine {

namespace {

// DS, "Address map".
enum Register : std::uint8_t {
    Seconds = 0x00,
    SecondsAlarm = 0x01,
    Minutes = 0x02,
    MinutesAlarm = 0x03,
    Hours = 0x04,
    HoursAlarm = 0x05,
    Weekday = 0x06, // 1 is Sunday
    Day = 0x07,
    Month = 0x08,
    Year = 0x09,
    RegisterA = 0x0a,
    RegisterB = 0x0b,
    RegisterC = 0x0c,
    RegisterD = 0x0d,
    Century = 0x32, // not the chip's; where ACPI's FADT says it is
};

// Register A
constexpr std::uint8_t UpdateInProgress = 0x80;
constexpr std::uint8_t DividerReset = 0x60; // both bits
constexpr std::uint8_t RateMask = 0x0f;
// Register B
constexpr std::uint8_t SetMode = 0x80;
constexpr std::uint8_t PeriodicEnable = 0x40;
constexpr std::uint8_t AlarmEnable = 0x20;
constexpr std::uint8_t UpdateEnable = 0x10;
constexpr std::uint8_t SquareWaveEnable = 0x08;
constexpr std::uint8_t Binary = 0x04;
constexpr std::uint8_t Hours24 = 0x02;
constexpr std::uint8_t InterruptEnables = PeriodicEnable | AlarmEnable | UpdateEnable;
// Register C: the flags are where B has their enables.
constexpr std::uint8_t InterruptRequest = 0x80;
constexpr std::uint8_t PeriodicFlag = PeriodicEnable;
constexpr std::uint8_t AlarmFlag = AlarmEnable;
constexpr std::uint8_t UpdateFlag = UpdateEnable;
// Register D
constexpr std::uint8_t ValidRamAndTime = 0x80;

constexpr std::uint8_t AfternoonBit = 0x80;
constexpr std::uint8_t AnyAlarm = 0xc0; // both bits: "don't care"

constexpr std::int64_t Second = 1'000'000'000;
constexpr std::int64_t DaySeconds = 86400;
constexpr std::int64_t UpdateWarning = 244'000; // DS, "Update cycle times": tBUC
constexpr std::int64_t Crystal = 32768;
// The host's clock may be set: an alarm is looked at again this often.
constexpr std::int64_t AlarmPatience = 60;
constexpr std::int64_t NoAlarm = -1;
// The date has to stay one that std::chrono::year can hold.
constexpr std::int64_t MaxOffset = 600'000'000'000;

bool isDate(std::uint8_t index)
{
    switch (index) {
    case Seconds:
    case Minutes:
    case Hours:
    case Weekday:
    case Day:
    case Month:
    case Year:
    case Century:
        return true;
    default:
        return false;
    }
}

std::int64_t crystalTicks(GuestTime time)
{
    const std::int64_t count = time.count();
    return count / Second * Crystal + count % Second * Crystal / Second;
}

GuestTime timeOfTick(std::int64_t tick) // rounded up, so that it has come then
{
    return GuestTime(tick / Crystal * Second + (tick % Crystal * Second + Crystal - 1) / Crystal);
}

} // namespace

RtcMc146818::RtcMc146818(IrqLine &irq, GuestClock &clock, const CmosPresets &presets)
    : IsaDevice("rtc")
    , m_irq(irq)
    , m_clock(clock)
    , m_presets(presets)
{
    m_timer = clock.makeTimer(lock(), [this] {
        updateFlags();
        armTimer();
    });
    const std::lock_guard guard(lock());
    removeBattery();
}

void RtcMc146818::removeBattery()
{
    m_cmos = m_presets.bytes();
    m_cmos[RegisterA] = 0x26; // 32768 Hz crystal, 1024 Hz
    m_cmos[RegisterB] = Hours24;
    m_cmos[RegisterD] = ValidRamAndTime;
    m_offset = {std::clamp(m_presets.clockOffsetSeconds, -MaxOffset, MaxOffset), 0};
    reset();
}

void RtcMc146818::reset()
{
    m_index = 0;
    m_cmos[RegisterB] &= std::uint8_t(~(InterruptEnables | SquareWaveEnable));
    m_cmos[RegisterC] = 0;
    m_countedSecond = time().seconds;
    forgetPeriods();
    m_timer->disarm();
    m_irq.set(false);
}

std::uint8_t RtcMc146818::readPort(unsigned, std::uint64_t offset)
{
    return offset == 1 ? readRegister(m_index) : 0xff; // the index cannot be read
}

void RtcMc146818::writePort(unsigned, std::uint64_t offset, std::uint8_t value)
{
    if (offset == 0)
        m_index = value & 0x7f; // bit 7 masks NMIs, which nothing here sends
    else if (offset == 1)
        writeRegister(m_index, value);
}

std::uint8_t RtcMc146818::readRegister(std::uint8_t index)
{
    if (isDate(index) && isCounting())
        storeDate(time().seconds);
    if (index == RegisterA)
        return std::uint8_t(m_cmos[RegisterA] | (isUpdateNear() ? UpdateInProgress : 0));
    if (index == RegisterC)
        return readFlags();
    return m_cmos[index];
}

void RtcMc146818::writeRegister(std::uint8_t index, std::uint8_t value)
{
    if (isDate(index)) {
        if (!isCounting()) {
            m_cmos[index] = value;
            return;
        }
        updateFlags();
        storeDate(time().seconds);
        m_cmos[index] = value;
        setTime({dateInRegisters(), time().nanoseconds});
        armTimer();
        return;
    }
    switch (index) {
    case RegisterC:
    case RegisterD:
        return;
    case SecondsAlarm:
    case MinutesAlarm:
    case HoursAlarm:
        updateFlags();
        m_cmos[index] = value;
        break;
    case RegisterA: {
        updateFlags();
        const bool wasCounting = isCounting();
        const bool wasDividing = (m_cmos[RegisterA] & DividerReset) != DividerReset;
        if (wasCounting)
            storeDate(time().seconds);
        m_cmos[RegisterA] = value & std::uint8_t(~UpdateInProgress);
        // The first update comes half a second after the divider starts (DS, "Divider control").
        if (!wasDividing && (value & DividerReset) != DividerReset) {
            const Time half = {dateInRegisters(), Second / 2};
            setTime(half);
        }
        forgetPeriods();
        break;
    }
    case RegisterB: {
        updateFlags();
        const bool wasCounting = isCounting();
        const std::uint8_t before = m_cmos[RegisterB];
        if (wasCounting)
            storeDate(time().seconds);
        if (value & SetMode)
            value &= std::uint8_t(~UpdateEnable); // DS, "SET"
        m_cmos[RegisterB] = value;
        // The divider went on under SET, so the fraction is its own.
        if (!wasCounting && isCounting())
            setTime({dateInRegisters(), time().nanoseconds});
        if (~before & value & PeriodicEnable)
            forgetPeriods();
        raiseIfEnabled();
        break;
    }
    default:
        m_cmos[index] = value;
        return;
    }
    armTimer();
}

std::uint8_t RtcMc146818::readFlags()
{
    updateFlags();
    const std::uint8_t flags = m_cmos[RegisterC];
    m_cmos[RegisterC] = 0;
    m_irq.set(false);
    // What the guest missed follows at twice the pace, so that it gets on in between.
    m_catchUpTime = {};
    if (m_owedPeriods > 0)
        m_catchUpTime = m_clock.now() + timeOfTick(std::max<std::int64_t>(periodTicks() / 2, 1));
    armTimer();
    return flags;
}

// The time of day ---------------------------------------------------------------------------------

bool RtcMc146818::isCounting() const
{
    return !(m_cmos[RegisterB] & SetMode) && (m_cmos[RegisterA] & DividerReset) != DividerReset;
}

bool RtcMc146818::isUpdateNear() const
{
    return isCounting() && time().nanoseconds >= Second - UpdateWarning;
}

RtcMc146818::Time RtcMc146818::time() const
{
    const std::int64_t wall = m_clock.wallTime().count();
    const std::int64_t wallSecond =
        std::chrono::floor<std::chrono::seconds>(std::chrono::nanoseconds(wall)).count();
    Time sum = {wallSecond + m_offset.seconds, wall - wallSecond * Second + m_offset.nanoseconds};
    if (sum.nanoseconds >= Second) {
        sum.nanoseconds -= Second;
        ++sum.seconds;
    }
    return sum;
}

void RtcMc146818::setTime(Time wanted)
{
    m_offset = {};
    const Time wall = time();
    m_offset = {wanted.seconds - wall.seconds, wanted.nanoseconds - wall.nanoseconds};
    if (m_offset.nanoseconds < 0) {
        m_offset.nanoseconds += Second;
        --m_offset.seconds;
    }
    m_offset.seconds = std::clamp(m_offset.seconds, -MaxOffset, MaxOffset);
    m_countedSecond = time().seconds;
}

std::uint8_t RtcMc146818::encoded(unsigned number) const
{
    return std::uint8_t(m_cmos[RegisterB] & Binary ? number : number / 10 << 4 | number % 10);
}

unsigned RtcMc146818::decoded(std::uint8_t byte) const
{
    return m_cmos[RegisterB] & Binary ? byte : (byte >> 4) * 10u + (byte & 0x0fu);
}

std::uint8_t RtcMc146818::encodedHour(unsigned hour) const
{
    if (m_cmos[RegisterB] & Hours24)
        return encoded(hour);
    const std::uint8_t byte = encoded(hour % 12 == 0 ? 12 : hour % 12);
    return std::uint8_t(byte | (hour >= 12 ? AfternoonBit : 0));
}

unsigned RtcMc146818::decodedHour(std::uint8_t byte) const
{
    if (m_cmos[RegisterB] & Hours24)
        return decoded(byte);
    const unsigned hour = decoded(byte & std::uint8_t(~AfternoonBit));
    return hour % 12 + (byte & AfternoonBit ? 12 : 0) + hour / 13 * 24; // 13 and more: no hour
}

void RtcMc146818::storeDate(std::int64_t seconds)
{
    const std::chrono::sys_seconds moment{std::chrono::seconds(seconds)};
    const auto midnight = std::chrono::floor<std::chrono::days>(moment);
    const std::chrono::year_month_day date(midnight);
    const auto second = unsigned((moment - midnight).count());
    m_cmos[Seconds] = encoded(second % 60);
    m_cmos[Minutes] = encoded(second / 60 % 60);
    m_cmos[Hours] = encodedHour(second / 3600);
    m_cmos[Weekday] = encoded(std::chrono::weekday(midnight).c_encoding() + 1);
    m_cmos[Day] = encoded(unsigned(date.day()));
    m_cmos[Month] = encoded(unsigned(date.month()));
    const auto year = unsigned(std::max(int(date.year()), 0));
    m_cmos[Year] = encoded(year % 100);
    m_cmos[Century] = encoded(year / 100);
}

// Days and hours that do not exist run over into the next month or day.
std::int64_t RtcMc146818::dateInRegisters() const
{
    const int year = int(decoded(m_cmos[Century]) * 100 + decoded(m_cmos[Year]));
    const unsigned month = std::clamp(decoded(m_cmos[Month]), 1u, 12u);
    const std::chrono::sys_days first =
        std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(1);
    const std::int64_t days = std::int64_t(first.time_since_epoch().count())
        + std::int64_t(std::max(decoded(m_cmos[Day]), 1u)) - 1;
    return days * DaySeconds + std::int64_t(decodedHour(m_cmos[Hours])) * 3600
        + std::int64_t(decoded(m_cmos[Minutes])) * 60 + std::int64_t(decoded(m_cmos[Seconds]));
}

// Interrupts --------------------------------------------------------------------------------------

// 1 to 86400, counted from that second on; NoAlarm when the alarm names no time.
std::int64_t RtcMc146818::secondsToAlarm(std::int64_t from) const
{
    const auto wanted = [&](std::uint8_t index, unsigned value) -> std::int64_t {
        return (m_cmos[index] & AnyAlarm) == AnyAlarm ? -1 : std::int64_t(value);
    };
    const std::int64_t second = wanted(SecondsAlarm, decoded(m_cmos[SecondsAlarm]));
    const std::int64_t minute = wanted(MinutesAlarm, decoded(m_cmos[MinutesAlarm]));
    const std::int64_t hour = wanted(HoursAlarm, decodedHour(m_cmos[HoursAlarm]));
    if (second > 59 || minute > 59 || hour > 23)
        return NoAlarm;
    // From field to field, not from second to second: at most 24 + 60 + 60 steps.
    std::int64_t at = from + 1;
    while (at <= from + DaySeconds) {
        const std::int64_t ofDay = ((at % DaySeconds) + DaySeconds) % DaySeconds;
        if (hour >= 0 && ofDay / 3600 != hour)
            at += 3600 - ofDay % 3600;
        else if (minute >= 0 && ofDay / 60 % 60 != minute)
            at += 60 - ofDay % 60;
        else if (second >= 0 && ofDay % 60 != second)
            ++at;
        else
            return at - from;
    }
    return NoAlarm;
}

// In ticks of the crystal; 0: none (DS, table 5).
std::int64_t RtcMc146818::periodTicks() const
{
    const unsigned rate = m_cmos[RegisterA] & RateMask;
    if (rate == 0 || (m_cmos[RegisterA] & DividerReset) == DividerReset)
        return 0;
    return std::int64_t(1) << (rate <= 2 ? rate + 6 : rate - 1);
}

void RtcMc146818::forgetPeriods()
{
    const std::int64_t ticks = periodTicks();
    m_countedPeriod = ticks == 0 ? 0 : crystalTicks(m_clock.now()) / ticks;
    m_owedPeriods = 0;
    m_catchUpTime = {};
}

void RtcMc146818::countPeriods()
{
    const std::int64_t ticks = periodTicks();
    if (ticks == 0)
        return;
    const std::int64_t current = crystalTicks(m_clock.now()) / ticks;
    const std::int64_t passed = current - m_countedPeriod;
    m_countedPeriod = current;
    if (!(m_cmos[RegisterB] & PeriodicEnable)) {
        if (passed > 0)
            m_cmos[RegisterC] |= PeriodicFlag;
        return;
    }
    // A guest that was away for long has other ways to find the time again.
    const std::int64_t most = std::max<std::int64_t>(Crystal / ticks, 2);
    m_owedPeriods = std::uint32_t(
        std::min(std::int64_t(m_owedPeriods) + std::max<std::int64_t>(passed, 0), most));
    if (m_owedPeriods > 0 && !(m_cmos[RegisterC] & PeriodicFlag)
        && m_clock.now() >= m_catchUpTime) {
        m_cmos[RegisterC] |= PeriodicFlag;
        --m_owedPeriods;
    }
}

void RtcMc146818::updateFlags()
{
    if (isCounting()) {
        const std::int64_t second = time().seconds;
        if (second > m_countedSecond) {
            m_cmos[RegisterC] |= UpdateFlag;
            const std::int64_t alarm = secondsToAlarm(m_countedSecond);
            if (alarm != NoAlarm && alarm <= second - m_countedSecond)
                m_cmos[RegisterC] |= AlarmFlag;
        }
        m_countedSecond = second; // also when the host's clock was put back
    }
    countPeriods();
    raiseIfEnabled();
}

void RtcMc146818::raiseIfEnabled()
{
    if (m_cmos[RegisterC] & m_cmos[RegisterB] & InterruptEnables)
        m_cmos[RegisterC] |= InterruptRequest;
    m_irq.set((m_cmos[RegisterC] & InterruptRequest) != 0);
}

void RtcMc146818::armTimer()
{
    std::optional<GuestTime> next;
    const auto consider = [&](GuestTime time) { next = next ? std::min(*next, time) : time; };
    const std::uint8_t enabled = m_cmos[RegisterB];
    // Until the guest has read register C nothing more can be asked of it.
    if (!(m_cmos[RegisterC] & InterruptRequest)) {
        const GuestTime now = m_clock.now();
        if ((enabled & (UpdateEnable | AlarmEnable)) && isCounting()) {
            const Time current = time();
            std::int64_t seconds = 1;
            if (!(enabled & UpdateEnable)) {
                seconds = secondsToAlarm(current.seconds);
                if (seconds == NoAlarm || seconds > AlarmPatience)
                    seconds = AlarmPatience;
            }
            consider(now + GuestTime(seconds * Second - current.nanoseconds));
        }
        const std::int64_t ticks = periodTicks();
        if ((enabled & PeriodicEnable) && ticks > 0) {
            GuestTime time = timeOfTick((m_countedPeriod + 1) * ticks);
            if (m_owedPeriods > 0)
                time = m_catchUpTime;
            consider(std::max(time, m_catchUpTime));
        }
    }
    if (next)
        m_timer->arm(*next);
    else
        m_timer->disarm();
}

void RtcMc146818::serialize(StateArchive &archive, std::uint32_t)
{
    if (archive.isSaving() && isCounting())
        storeDate(time().seconds);
    std::int64_t catchUp = m_catchUpTime.count();
    archive.value(m_index);
    archive.value(m_cmos);
    archive.value(m_offset.seconds);
    archive.value(m_offset.nanoseconds);
    archive.value(m_countedSecond);
    archive.value(m_countedPeriod);
    archive.value(m_owedPeriods);
    archive.value(catchUp);
    if (archive.isSaving())
        return;
    if (!archive.hasFailed()
        && (m_index > 0x7f || m_offset.nanoseconds < 0 || m_offset.nanoseconds >= Second
            || m_offset.seconds < -MaxOffset || m_offset.seconds > MaxOffset
            || m_countedSecond < -MaxOffset * 2 || m_countedSecond > MaxOffset * 2
            || m_countedPeriod < 0 || m_countedPeriod > INT64_MAX / Second
            || m_owedPeriods > Crystal || catchUp < 0 || catchUp > INT64_MAX / 2))
        archive.fail("its clock shows no time");
    if (archive.hasFailed()) {
        removeBattery();
        return;
    }
    m_catchUpTime = GuestTime(catchUp);
    raiseIfEnabled();
    armTimer();
}

} // namespace engine
