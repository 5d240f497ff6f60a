// SPDX-License-Identifier: GPL-3.0-or-later
// Descriptor: HID 1.11, 6.2.2, and HID Usage Tables 1.12: generic desktop (4), simulation controls
// (5), buttons (12). What each button is: Linux gives button N of a "Game Pad" the Nth code from
// BTN_SOUTH on (hid-input.c, input-event-codes.h), and the right stick on Z and Rz with the
// triggers as accelerator and brake is what Android asks of gamepads ("Handle controller actions")
// and SDL takes for one on Linux; Windows' game controllers have the same axes.
#include "engine/devices/usb/usb_hid.h"

#include <algorithm>

namespace engine {

namespace {

constexpr auto GamepadDescriptor = std::to_array<std::uint8_t>({
    0x05, 0x01, 0x09, 0x05, 0xa1, 0x01, // generic desktop, game pad, application
    0x05, 0x09, 0x19, 0x01, 0x29, 0x0f, // buttons 1 to 15
    0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x0f, 0x81, 0x02, // fifteen bits
    0x95, 0x01, 0x81, 0x01, // and one of nothing
    0x05, 0x01, 0x09, 0x39, // hat switch
    0x15, 0x00, 0x25, 0x07, 0x35, 0x00, 0x46, 0x3b, 0x01, 0x65, 0x14, // 0 to 315 degrees
    0x75, 0x04, 0x95, 0x01, 0x81, 0x42, // four bits, beyond its range while it is let go
    0x65, 0x00, 0x81, 0x01, // and four of nothing
    0x09, 0x30, 0x09, 0x31, 0x09, 0x32, 0x09, 0x35, // X, Y, Z, Rz
    0x16, 0x00, 0x80, 0x26, 0xff, 0x7f, 0x36, 0x00, 0x80, 0x46, 0xff, 0x7f, // -32768 to 32767
    0x75, 0x10, 0x95, 0x04, 0x81, 0x02, // 16 bits each
    0x05, 0x02, 0x09, 0xc5, 0x09, 0xc4, // simulation controls, brake, accelerator
    0x15, 0x00, 0x26, 0xff, 0x00, 0x35, 0x00, 0x46, 0xff, 0x00, // 0 to 255
    0x75, 0x08, 0x95, 0x02, 0x81, 0x02, // 8 bits each
    0xc0, // end
});
constexpr std::uint16_t GamepadPacket = 16; // no report is longer

// By number, from 1 on; 3 and 6 are the third of a row of three, which this one has not.
struct Numbered
{
    unsigned number;
    GamepadButton button;
};
constexpr std::array<Numbered, 11> Numbers = {{
    {1, GamepadButton::South},
    {2, GamepadButton::East},
    {4, GamepadButton::West},
    {5, GamepadButton::North},
    {7, GamepadButton::LeftShoulder},
    {8, GamepadButton::RightShoulder},
    {11, GamepadButton::Select},
    {12, GamepadButton::Start},
    {13, GamepadButton::Guide},
    {14, GamepadButton::LeftStick},
    {15, GamepadButton::RightStick},
}};
// For programs that take buttons only.
constexpr unsigned LeftTriggerNumber = 9;
constexpr unsigned RightTriggerNumber = 10;
constexpr std::uint8_t TriggerIsDown = 128;

// Clockwise from the top in steps of 45 degrees; by what is down to the right and at the bottom,
// each -1, 0 or 1.
std::uint8_t hatOf(const GamepadState &state)
{
    static constexpr std::array<std::uint8_t, 9> Places = {7, 0, 1, 6, 8, 2, 5, 4, 3};
    const int right =
        int(state.isDown(GamepadButton::Right)) - int(state.isDown(GamepadButton::Left));
    const int down = int(state.isDown(GamepadButton::Down)) - int(state.isDown(GamepadButton::Up));
    return Places[std::size_t((down + 1) * 3 + right + 1)];
}

// What is either on or off: a bit for each button, by its number, and the hat above them.
std::uint32_t pressesOf(const GamepadState &state)
{
    std::uint32_t presses = std::uint32_t(hatOf(state)) << 16;
    for (const Numbered &each : Numbers)
        if (state.isDown(each.button))
            presses |= 1u << (each.number - 1);
    if (state.leftTrigger >= TriggerIsDown)
        presses |= 1u << (LeftTriggerNumber - 1);
    if (state.rightTrigger >= TriggerIsDown)
        presses |= 1u << (RightTriggerNumber - 1);
    return presses;
}

} // namespace

UsbGamepad::UsbGamepad(Later later)
    : UsbHid({.name = "usb-gamepad",
              .product = "USB Gamepad",
              .serial = "2",
              .interfaceClass = {3, 0, 0},
              .reportDescriptor = GamepadDescriptor,
              .packetBytes = GamepadPacket},
             std::move(later))
{ }

void UsbGamepad::move(const GamepadState &state)
{
    const Locked locked(mutex());
    if (state == m_now)
        return;
    m_now = state;
    if (!isListenedTo())
        return;
    // Where a stick was on the way is nobody's business; that a button was down is.
    if (!m_waiting.empty()
        && (m_waiting.size() >= MaxWaiting || pressesOf(m_waiting.back()) == pressesOf(m_now)))
        m_waiting.back() = m_now;
    else
        m_waiting.push_back(m_now);
    transfersWait();
}

// A guest that begins to listen, or goes on after a resume, is told how things are by now.
void UsbGamepad::listeningChanged()
{
    if (isListenedTo() && m_waiting.empty() && m_now != m_sent)
        m_waiting.push_back(m_now);
}

std::vector<std::uint8_t> UsbGamepad::reportOf(const GamepadState &state)
{
    const std::uint32_t presses = pressesOf(state);
    std::vector<std::uint8_t> report = {std::uint8_t(presses), std::uint8_t(presses >> 8),
                                        std::uint8_t(presses >> 16)};
    for (const std::int16_t axis : {state.leftX, state.leftY, state.rightX, state.rightY}) {
        report.push_back(std::uint8_t(axis));
        report.push_back(std::uint8_t(std::uint16_t(axis) >> 8));
    }
    report.push_back(state.leftTrigger);
    report.push_back(state.rightTrigger);
    return report;
}

std::vector<std::uint8_t> UsbGamepad::takeReport()
{
    if (m_waiting.empty())
        return {};
    m_sent = m_waiting.front();
    m_waiting.pop_front();
    return reportOf(m_sent);
}

std::vector<std::uint8_t> UsbGamepad::currentReport() const
{
    return reportOf(m_sent);
}

void UsbGamepad::forgetReports()
{
    m_waiting.clear();
    m_sent = {};
}

void UsbGamepad::serializeReports(StateArchive &archive)
{
    archive.value(m_sent.leftX);
    archive.value(m_sent.leftY);
    archive.value(m_sent.rightX);
    archive.value(m_sent.rightY);
    archive.value(m_sent.leftTrigger);
    archive.value(m_sent.rightTrigger);
    archive.value(m_sent.buttons);
    if (!archive.isLoading())
        return;
    m_sent.buttons &= (1u << GamepadButtonCount) - 1;
    m_waiting.clear();
}

} // namespace engine
