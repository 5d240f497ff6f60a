// SPDX-License-Identifier: GPL-3.0-or-later
// Intel's High Definition Audio controller as in the ICH6 (8086:2668) and the ICH9 (8086:293e),
// which every system has a driver for, with one codec: a line out and a microphone. BAR 0, INTA# or
// MSI (High Definition Audio Specification 1.0a; Intel 301473, chapter 18; 316972, chapter 17).
// Four streams each way; the codec plays one and records one.
//
// Streams are moved every five milliseconds by the guest's clock, whoever listens; when the other
// end's clock differs, a little slower or faster (sound_backend.h). The driver's rings are worked
// off at once, on the vCPU's thread.
#pragma once

#include "engine/base/guest_clock.h"
#include "engine/bus/pci_function.h"
#include "engine/devices/hda_codec.h"
#include "engine/devices/hda_registers.h"
#include "engine/devices/hda_stream.h"
#include "engine/host/sound_backend.h"

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace engine::hda {

class Controller final : public PciFunction
{
public:
    enum class Model : std::uint8_t { Ich6, Ich9 };
    static constexpr unsigned RegisterBar = 0;
    static constexpr std::chrono::milliseconds Interval{5};

    // Without a backend nothing is heard and silence is recorded, at the right pace.
    Controller(std::string name, Model model, GuestClock &clock,
               std::shared_ptr<SoundBackend> backend);

    void setRunning(bool isRunning) override;

protected:
    void resetFunction() override;
    std::uint64_t readRegion(unsigned bar, std::uint64_t offset, unsigned size) override;
    void writeRegion(unsigned bar, std::uint64_t offset, unsigned size,
                     std::uint64_t value) override;
    void serializeFunction(StateArchive &archive, std::uint32_t version) override;
    void configWritten(std::uint32_t offset, unsigned size) override;

private:
    static constexpr std::size_t PlainBytes = 0x80; // the registers before the streams'

    // How far a stream has come in time.
    struct Pace
    {
        GuestTime last = {};
        std::int64_t rest = 0; // frames times a second's nanoseconds, less than one frame
    };

    bool isInReset() const { return (m_plain[GlobalControl] & ControlReset) == 0; }
    std::uint8_t readByte(std::uint64_t offset) const;
    void writeByte(std::uint64_t offset, std::uint8_t value);
    void writePlain(std::size_t offset, std::uint8_t value);
    void leaveOrEnterReset(bool wasInReset);
    void resetRegisters();
    std::uint32_t word(std::size_t offset) const { return loadLe<std::uint32_t>(&m_plain[offset]); }
    std::uint64_t address(std::size_t offset) const
    {
        return loadLe<std::uint64_t>(&m_plain[offset]);
    }
    std::uint32_t interruptStatus() const;
    std::uint32_t wallClock() const;
    void updateInterrupt(bool wasTouched);

    // The rings (4.4).
    void runCommands();
    void respond(std::uint32_t command);
    void executeImmediate();

    bool isMoving(unsigned stream) const;
    void updateMoving();
    void move();
    void moveStream(unsigned stream, std::size_t frames);
    std::size_t framesDue(unsigned stream, GuestTime now);
    void play(const Format &format, std::span<const std::uint8_t> frames);
    void record(const Format &format, std::span<std::uint8_t> frames);
    void closeUnused();
    void tellPositions();
    void armTimer();

    GuestClock &m_clock;
    const std::shared_ptr<SoundBackend> m_backend;
    const std::unique_ptr<Timer> m_timer;

    std::array<std::uint8_t, PlainBytes> m_plain = {};
    std::array<Stream, StreamCount> m_streams;
    std::array<Pace, StreamCount> m_paces = {};
    Codec m_codec;
    GuestTime m_wallClockZero = {};
    std::uint16_t m_responses = 0; // since the last interrupt of the response ring

    std::uint32_t m_moving = 0; // a bit for each stream
    std::uint32_t m_seenInterrupts = 0; // that the guest was told of by a message
    bool m_isRunning = false;
    std::unique_ptr<SoundOutput> m_output;
    std::unique_ptr<SoundInput> m_input;
    unsigned m_outputRate = 0;
    unsigned m_inputRate = 0;
    bool m_wasPlayed = false; // in this round
    bool m_wasRecorded = false;
    std::vector<std::uint8_t> m_frames;
    std::vector<std::int16_t> m_samples;
};

} // namespace engine::hda
