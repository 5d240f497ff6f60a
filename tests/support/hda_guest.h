// SPDX-License-Identifier: GPL-3.0-or-later
// The sound card on a board of its own, and what a driver does with it: out of reset, rings, a
// stream with its buffers. Where the driver keeps what is said here.
#pragma once

#include "engine/devices/hda_controller.h"
#include "tests/support/board_fakes.h"
#include "tests/support/saved_device.h"
#include "tests/support/sound_recorder.h"

namespace tests {

struct HdaBoard
{
    static constexpr std::uint64_t RamBytes = 1u << 20;
    static constexpr std::uint64_t CommandRing = 0x1000;
    static constexpr std::uint64_t ResponseRing = 0x2000;
    static constexpr std::uint64_t Positions = 0x3000;
    static constexpr std::uint64_t List = 0x4000; // and 0x1000 on for each stream
    static constexpr std::uint64_t Buffers = 0x20000; // and 0x10000 on for each stream
    static constexpr unsigned PlayStream = engine::hda::InputStreams; // the first output stream
    static constexpr unsigned RecordStream = 0;

    engine::Bus memory;
    engine::Bus ports;
    RecordingIrq irq;
    RecordingMsi msi;
    FakeRam ram{RamBytes};
    ManualClock clock;
    std::shared_ptr<SoundRecorder> sound = std::make_shared<SoundRecorder>();
    engine::hda::Controller hda{"hda", engine::hda::Controller::Model::Ich9, clock, sound};

    HdaBoard()
    {
        hda.connect({.memory = &memory,
                     .ports = &ports,
                     .ram = &ram.memory,
                     .interruptPin = &irq,
                     .msi = &msi});
        resetDevice(hda);
        const std::lock_guard lock(hda.lock());
        hda.setRunning(true);
    }

    std::uint32_t read(std::uint64_t offset, unsigned size = 4)
    {
        const std::lock_guard lock(hda.lock());
        return std::uint32_t(hda.read(engine::hda::Controller::RegisterBar, offset, size));
    }
    void write(std::uint64_t offset, unsigned size, std::uint32_t value)
    {
        const std::lock_guard lock(hda.lock());
        hda.write(engine::hda::Controller::RegisterBar, offset, size, value);
    }
    static std::uint64_t streamAt(unsigned stream)
    {
        return engine::hda::StreamBase + stream * engine::hda::StreamBytes;
    }

    // Bus master, out of reset, both rings running, all interrupts on.
    void bringUp()
    {
        using namespace engine::hda;
        {
            const std::lock_guard lock(hda.lock());
            hda.configWrite(4, 2, 6);
        }
        write(GlobalControl, 4, ControlReset);
        write(CorbLow, 4, CommandRing);
        write(RirbLow, 4, ResponseRing);
        write(RirbWritePointer, 2, PointerReset);
        write(CorbReadPointer, 2, PointerReset);
        write(CorbReadPointer, 2, 0);
        write(ResponseCount, 2, 1);
        write(CorbControl, 1, CorbRun);
        write(RirbControl, 1, RirbRun | RirbInterrupt);
        write(InterruptControl, 4, InterruptGlobal | InterruptController | InterruptStreams);
    }

    static std::uint32_t verb(unsigned node, unsigned verb, unsigned payload)
    {
        return std::uint32_t(node << 20 | verb << 8 | payload);
    }
    static std::uint32_t longVerb(unsigned node, unsigned verb, unsigned payload)
    {
        return std::uint32_t(node << 20 | verb << 16 | payload);
    }
    // By the rings; the answer is what came, if anything.
    std::optional<std::uint32_t> command(std::uint32_t words)
    {
        using namespace engine::hda;
        const std::uint8_t place = std::uint8_t(read(CorbWritePointer, 1) + 1);
        engine::storeLe(ram.at(CommandRing + 4u * place), words);
        const std::uint32_t before = read(RirbWritePointer, 1);
        write(CorbWritePointer, 2, place);
        const std::uint32_t after = read(RirbWritePointer, 1);
        write(RirbStatus, 1, RirbInterrupt);
        if (before == after)
            return std::nullopt;
        return engine::loadLe<std::uint32_t>(ram.at(ResponseRing + 8u * after));
    }

    // A list of `count` buffers of `bytes` each, the last one with an interrupt.
    void layOut(unsigned stream, unsigned count, std::uint32_t bytes)
    {
        using namespace engine::hda;
        const std::uint64_t list = List + 0x1000 * stream;
        for (unsigned i = 0; i < count; ++i) {
            engine::storeLe(ram.at(list + 16 * i), Buffers + 0x10000 * stream + i * bytes);
            engine::storeLe(ram.at(list + 16 * i + 8), bytes);
            engine::storeLe(ram.at(list + 16 * i + 12), std::uint32_t(i + 1 == count ? 1 : 0));
        }
        write(streamAt(stream) + CyclicLength, 4, count * bytes);
        write(streamAt(stream) + LastValidIndex, 2, count - 1);
        write(streamAt(stream) + ListLow, 4, std::uint32_t(list));
    }
    void setFormat(unsigned stream, std::uint16_t format)
    {
        write(streamAt(stream) + engine::hda::StreamFormat, 2, format);
    }
    void run(unsigned stream, unsigned number)
    {
        using namespace engine::hda;
        write(streamAt(stream) + StreamControl, 4,
              number << 20 | StreamRun | std::uint32_t(StreamCompleted));
    }
    void stop(unsigned stream) { write(streamAt(stream) + engine::hda::StreamControl, 4, 0); }

    void disturb()
    {
        using engine::hda::Codec;
        bringUp();
        write(engine::hda::PositionLow, 4, std::uint32_t(Positions | 1));
        command(verb(Codec::LineOutConverter, 0x706, 0x50));
        command(longVerb(Codec::LineOutConverter, 3, 0xb020));
        layOut(PlayStream, 4, 0x400);
        setFormat(PlayStream, 0x4011);
        run(PlayStream, 5);
        clock.advance(std::chrono::milliseconds(33));
    }
};

} // namespace tests
