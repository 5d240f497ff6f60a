// SPDX-License-Identifier: GPL-3.0-or-later
// A mouse behind the keyboard controller: two axes and three buttons; with a wheel when the guest
// asks as for an IntelliMouse, and five buttons as for an IntelliMouse Explorer (IBM PS/2 Hardware
// Interface Technical Reference, "Mouse"; Microsoft, "Windows hardware: five-button wheel mouse").
//
// Ways add up until the guest has read what was before; the sample rate is therefore the guest's
// own pace and only kept to be told. No lock of its own: part of the controller.
#pragma once

#include "engine/devices/ps2_queue.h"

#include <array>
#include <cstdint>
#include <deque>

namespace engine {

// Bits of MouseMotion::buttons.
enum MouseButton : std::uint8_t {
    MouseLeft = 1,
    MouseRight = 2,
    MouseMiddle = 4,
    MouseSide = 8,
    MouseExtra = 16,
};

struct MouseMotion
{
    std::int32_t right = 0; // counts
    std::int32_t down = 0;
    std::int32_t wheelDown = 0; // notches, towards the user
    std::uint8_t buttons = 0; // held at the end of it
};

class Ps2Mouse final
{
public:
    void reset(); // power-on, without a word about it
    void receive(std::uint8_t byte); // from the guest
    // Nothing happens while the guest has not enabled reporting, but the buttons are remembered.
    void move(const MouseMotion &motion);

    // The next packet is made when the one before has been read.
    void prepare();
    Ps2Queue &queue() { return m_queue; }
    const Ps2Queue &queue() const { return m_queue; }

    void serialize(StateArchive &archive);

private:
    enum class Awaiting : std::uint8_t { Command, Resolution, SampleRate };
    static constexpr std::size_t MaxMotions = 32;

    void receiveCommand(std::uint8_t command);
    void setDefaults();
    void noteSampleRate(std::uint8_t rate);
    void answerStatus();
    bool takePacket(std::array<std::uint8_t, 4> &packet);
    bool hasWheel() const { return m_id != 0; }
    void forgetMotions();

    Ps2Queue m_queue;
    std::deque<MouseMotion> m_motions; // the oldest first; only the buttons differ between them
    std::uint8_t m_buttons = 0; // held by the user
    std::uint8_t m_reportedButtons = 0;
    Awaiting m_awaiting = Awaiting::Command;
    std::uint8_t m_id = 0; // 0, 3 (wheel) or 4 (five buttons)
    std::uint8_t m_resolution = 2; // 1 << n counts a millimeter
    std::uint8_t m_sampleRate = 100;
    std::array<std::uint8_t, 2> m_ratesBefore = {}; // the newer first: two of three make an id
    bool m_isReporting = false;
    bool m_isRemote = false;
    bool m_isWrapping = false;
    bool m_isScaled = false;
};

} // namespace engine
