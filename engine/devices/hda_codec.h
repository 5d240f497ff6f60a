// SPDX-License-Identifier: GPL-3.0-or-later
// A codec with a line out and a microphone: one audio function group with a converter and a pin for
// each way (High Definition Audio Specification 1.0a, chapter 7). Both ways 16 bit stereo at 32,
// 44.1, 48 and 96 kHz; the converters' amplifiers go down to -74 dB in steps of 1 dB, and to
// silence.
//
// It answers verbs and says what becomes of the samples that travel on a link stream; it keeps none
// itself. Part of the controller: its lock.
#pragma once

#include "engine/bus/state_archive.h"

#include <array>
#include <cstdint>
#include <span>

namespace engine::hda {

class Codec final
{
public:
    enum Node : std::uint8_t {
        Root = 0,
        FunctionGroup = 1,
        LineOutConverter = 2,
        LineOutPin = 3,
        MicrophoneConverter = 4,
        MicrophonePin = 5,
    };
    static constexpr unsigned NodeCount = 6;
    static constexpr unsigned GainSteps = 74; // and no gain at the top one

    Codec();

    void reset();
    // A command without its codec address: node (8 bit), verb and payload (20 bit); 7.3.
    std::uint32_t execute(std::uint32_t command);
    void serialize(StateArchive &archive);

    // Whether what the link carries with this stream number (1 to 15) is heard, or comes from the
    // microphone.
    bool isHeard(unsigned stream) const { return carries(LineOutConverter, LineOutPin, stream); }
    bool isRecorded(unsigned stream) const
    {
        return carries(MicrophoneConverter, MicrophonePin, stream);
    }
    void amplifyOutput(std::span<std::int16_t> samples) const;
    void amplifyInput(std::span<std::int16_t> samples) const;

private:
    struct Widget
    {
        std::uint8_t powerState = 0; // D0
        std::uint16_t format = 0x11; // 48 kHz, 16 bit, stereo
        std::uint8_t stream = 0; // number and first channel
        std::uint8_t pinControl = 0;
        std::array<std::uint8_t, 2> gain = {}; // left, right; bit 7: mute
        std::uint32_t configuration = 0; // of a pin
    };

    static bool isConverter(unsigned node);
    static bool isPin(unsigned node);
    bool carries(Node converter, Node pin, unsigned stream) const;
    std::uint32_t parameter(unsigned node, unsigned number) const;
    std::uint32_t widgetParameter(unsigned node, unsigned number) const;
    std::uint32_t get(unsigned node, unsigned verb, unsigned payload) const;
    void set(unsigned node, unsigned verb, unsigned payload);
    std::uint32_t gainOf(unsigned node, unsigned payload) const;
    void setGain(unsigned node, unsigned payload);
    void amplify(const Widget &widget, std::span<std::int16_t> samples) const;

    std::array<Widget, NodeCount> m_widgets;
    std::uint32_t m_subsystem = 0;
    std::array<std::int32_t, GainSteps + 1> m_factors; // of 65536
};

} // namespace engine::hda
