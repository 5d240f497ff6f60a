// SPDX-License-Identifier: GPL-3.0-or-later
// A keyboard with 102 keys behind the keyboard controller (IBM PS/2 Hardware Interface Technical
// Reference, "Keyboards"; "TR" in comments). It speaks scan code sets 1 and 2. Keys repeat as the
// host repeats them; the guest's typematic rate is taken and not used.
//
// No lock of its own: part of the controller.
#pragma once

#include "engine/devices/ps2_queue.h"
#include "engine/host/input_sink.h"

#include <cstdint>
#include <functional>

namespace engine {

class Ps2Keyboard final
{
public:
    void reset(); // power-on, without a word about it
    void receive(std::uint8_t byte); // from the guest
    // Says nothing while the guest has switched scanning off or reads too slowly.
    void press(ScanCode code, KeyMotion motion);

    LockLights lights() const;
    void setLightsListener(std::function<void(LockLights)> lightsChanged)
    {
        m_lightsChanged = std::move(lightsChanged);
    }
    Ps2Queue &queue() { return m_queue; }
    const Ps2Queue &queue() const { return m_queue; }

    void serialize(StateArchive &archive);

private:
    enum class Awaiting : std::uint8_t { Command, Lights, ScanCodeSet, TypematicRate, KeyList };

    void receiveCommand(std::uint8_t command);
    bool receiveParameter(std::uint8_t byte);
    void setDefaults();
    void setLights(std::uint8_t lights);
    void sendKey(bool isExtended, std::uint8_t make, KeyMotion motion);
    void sendPrintScreen(KeyMotion motion);
    void sendPause();
    void noteModifier(ScanCode code, KeyMotion motion);
    bool hasRoomFor(KeyMotion motion) const;

    std::function<void(LockLights)> m_lightsChanged;
    Ps2Queue m_queue;
    Awaiting m_awaiting = Awaiting::Command;
    std::uint8_t m_scanCodeSet = 2;
    std::uint8_t m_lights = 0;
    std::uint8_t m_modifiers = 0; // held ones, a bit each
    bool m_isScanning = true;
};

} // namespace engine
