// SPDX-License-Identifier: GPL-3.0-or-later
// The keyboard controller with a keyboard and a mouse (Intel 8042; IBM PS/2 Hardware Interface
// Technical Reference, "Keyboard and auxiliary device controller"; "TR" in comments). Region 0:
// data at 0, status and command at 4 (ports 0x60 and 0x64).
//
// It answers at once: the guest never sees its input buffer full, and the next byte is there as
// soon as one was read. An answer of the controller goes before what its devices have to say. While
// the guest has a port disabled its device keeps its bytes.
#pragma once

#include "engine/bus/irq_line.h"
#include "engine/devices/isa_device.h"
#include "engine/devices/ps2_keyboard.h"
#include "engine/devices/ps2_mouse.h"

#include <functional>

namespace engine {

class I8042 final : public IsaDevice
{
public:
    // Called with the lock held; may be empty.
    struct Wires
    {
        std::function<void()> resetPulsed; // the CPU's reset line
        std::function<void(bool)> a20Changed; // true: address line 20 is as the CPU has it
    };

    I8042(IrqLine &keyboardIrq, IrqLine &mouseIrq, Wires wires);

    void reset() override;
    void serialize(StateArchive &archive, std::uint32_t version) override;

    // The user. The lock is held.
    void pressKey(ScanCode code, KeyMotion motion);
    void moveMouse(const MouseMotion &motion);
    LockLights lockLights() const { return m_keyboard.lights(); }
    // Called with the lock held when the guest changes them; empty: nobody.
    void setLightsListener(std::function<void(LockLights)> lightsChanged)
    {
        m_keyboard.setLightsListener(std::move(lightsChanged));
    }

private:
    enum class Source : std::uint8_t { None, Answer, AnswerAsMouse, Keyboard, Mouse };
    static constexpr std::size_t RamBytes = 32;

    std::uint8_t readPort(unsigned region, std::uint64_t offset) override;
    void writePort(unsigned region, std::uint64_t offset, std::uint8_t value) override;

    std::uint8_t readData();
    std::uint8_t status() const;
    void receiveCommand(std::uint8_t command);
    void receiveData(std::uint8_t value);
    void answer(std::uint8_t value, Source source = Source::Answer);
    void setOutputPort(std::uint8_t value);
    std::uint8_t outputPort() const;
    std::uint8_t &commandByte() { return m_ram[0]; }
    std::uint8_t commandByte() const { return m_ram[0]; }
    void offerNext();
    void offerKeyboard();
    void updateIrqs();

    IrqLine &m_keyboardIrq;
    IrqLine &m_mouseIrq;
    Wires m_wires;
    Ps2Keyboard m_keyboard;
    Ps2Mouse m_mouse;

    std::array<std::uint8_t, RamBytes> m_ram = {}; // the command byte is the first
    Source m_source = Source::None; // whose byte is in the output buffer
    std::uint8_t m_output = 0;
    std::uint8_t m_pendingCommand = 0; // waits for a byte at the data port; 0: none
    bool m_wasCommand = false; // the last write went to the command port
    bool m_isA20On = true;
    bool m_isBreakPending = false; // translation has seen F0
};

} // namespace engine
