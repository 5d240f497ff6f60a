// SPDX-License-Identifier: GPL-3.0-or-later
// HID 1.11: boot keyboard in appendices B.1 and C. Keys: HID Usage Tables 1.12, 10, against scan
// code set 1 (its "AT-101" column).
#include "engine/devices/usb/usb_hid.h"

#include <algorithm>
#include <utility>

namespace engine {

namespace {

constexpr std::array<std::uint8_t, 64> KeyboardDescriptor = {
    0x05, 0x01, 0x09, 0x06, 0xa1, 0x01, // generic desktop, keyboard, application
    0x05, 0x07, 0x19, 0xe0, 0x29, 0xe7, 0x15, 0x00, 0x25, 0x01, // modifiers
    0x75, 0x01, 0x95, 0x08, 0x81, 0x02, 0x95, 0x01, 0x75, 0x08, 0x81, 0x01, // and a byte of nothing
    0x95, 0x05, 0x75, 0x01, 0x05, 0x08, 0x19, 0x01, 0x29, 0x05, 0x91, 0x02, // five lights
    0x95, 0x01, 0x75, 0x03, 0x91, 0x01, // three bits of nothing
    0x95, 0x06, 0x75, 0x08, 0x15, 0x00, 0x26, 0xff, 0x00, 0x05, 0x07, // six keys
    0x19, 0x00, 0x29, 0xff, 0x81, 0x00, 0xc0, // end
};
constexpr std::size_t KeysInReport = 6;
constexpr std::uint8_t RollOver = 1; // more keys than fit
constexpr std::uint8_t FirstModifier = 0xe0;

enum Light : std::uint8_t { NumLight = 1, CapsLight = 2, ScrollLight = 4, AllLights = 7 };

// By make code of scan code set 1; 0: there is no such key.
constexpr std::array<std::uint8_t, 0x80> PlainUsages = {
    0x00, 0x29, 0x1e, 0x1f, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x2d, 0x2e, 0x2a, 0x2b,
    0x14, 0x1a, 0x08, 0x15, 0x17, 0x1c, 0x18, 0x0c, 0x12, 0x13, 0x2f, 0x30, 0x28, 0xe0, 0x04, 0x16,
    0x07, 0x09, 0x0a, 0x0b, 0x0d, 0x0e, 0x0f, 0x33, 0x34, 0x35, 0xe1, 0x31, 0x1d, 0x1b, 0x06, 0x19,
    0x05, 0x11, 0x10, 0x36, 0x37, 0x38, 0xe5, 0x55, 0xe2, 0x2c, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e,
    0x3f, 0x40, 0x41, 0x42, 0x43, 0x53, 0x47, 0x5f, 0x60, 0x61, 0x56, 0x5c, 0x5d, 0x5e, 0x57, 0x59,
    0x5a, 0x5b, 0x62, 0x63, 0x46, 0x00, 0x64, 0x44, 0x45, 0x67, 0x00, 0x00, 0x8c, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x70, 0x71, 0x72, 0x00,
    0x88, 0x00, 0x00, 0x87, 0x00, 0x00, 0x73, 0x00, 0x00, 0x8a, 0x00, 0x8b, 0x00, 0x89, 0x85, 0x00,
};

std::uint8_t usageOf(ScanCode code)
{
    if (code == ScanCodePause)
        return 0x48;
    if ((code & ScanCodeExtended) == 0)
        return code < PlainUsages.size() ? PlainUsages[code] : 0;
    switch (code & 0xff) {
    case 0x1c:
        return 0x58; // keypad's Enter
    case 0x1d:
        return 0xe4; // right Ctrl
    case 0x35:
        return 0x54; // keypad's /
    case 0x37:
        return 0x46; // Print Screen
    case 0x38:
        return 0xe6; // right Alt
    case 0x46:
        return 0x48; // Break
    case 0x47:
        return 0x4a;
    case 0x48:
        return 0x52;
    case 0x49:
        return 0x4b;
    case 0x4b:
        return 0x50;
    case 0x4d:
        return 0x4f;
    case 0x4f:
        return 0x4d;
    case 0x50:
        return 0x51;
    case 0x51:
        return 0x4e;
    case 0x52:
        return 0x49;
    case 0x53:
        return 0x4c;
    case 0x5b:
        return 0xe3; // left and right GUI, menu
    case 0x5c:
        return 0xe7;
    case 0x5d:
        return 0x65;
    case 0x20:
        return 0x7f; // mute, louder, less loud
    case 0x30:
        return 0x80;
    case 0x2e:
        return 0x81;
    case 0x5e:
        return 0x66; // power
    default:
        return 0;
    }
}

} // namespace

UsbKeyboard::UsbKeyboard(Later later)
    : UsbHid({.name = "usb-keyboard",
              .product = "USB Keyboard",
              .serial = "3",
              .interfaceClass = {3, 1, 1},
              .reportDescriptor = KeyboardDescriptor},
             std::move(later))
{ }

bool UsbKeyboard::isReady() const
{
    const Locked locked(mutex());
    return isListenedTo();
}

void UsbKeyboard::setListener(std::function<void()> changed)
{
    const Locked locked(mutex());
    m_changed = std::move(changed);
}

void UsbKeyboard::listeningChanged()
{
    if (m_changed)
        m_changed();
}

LockLights UsbKeyboard::lockLights() const
{
    const Locked locked(mutex());
    return {.capsLock = (m_lights & CapsLight) != 0,
            .numLock = (m_lights & NumLight) != 0,
            .scrollLock = (m_lights & ScrollLight) != 0};
}

void UsbKeyboard::key(ScanCode code, KeyMotion motion)
{
    const Locked locked(mutex());
    const std::uint8_t usage = usageOf(code);
    if (usage == 0 || !isListenedTo())
        return;
    Keys keys = m_waiting.empty() ? m_sent : m_waiting.back();
    if (usage >= FirstModifier) {
        const auto bit = std::uint8_t(1 << (usage - FirstModifier));
        keys.modifiers =
            std::uint8_t(motion == KeyMotion::Press ? keys.modifiers | bit : keys.modifiers & ~bit);
    } else if (motion == KeyMotion::Press) {
        keys.pressed.insert(usage);
    } else {
        keys.pressed.erase(usage);
    }
    if (keys == (m_waiting.empty() ? m_sent : m_waiting.back()))
        return; // a repetition, which guests make themselves
    if (m_waiting.size() >= MaxWaiting)
        m_waiting.back() = std::move(keys);
    else
        m_waiting.push_back(std::move(keys));
    transfersWait();
}

std::vector<std::uint8_t> UsbKeyboard::reportOf(const Keys &keys)
{
    std::vector<std::uint8_t> report(2 + KeysInReport, 0);
    report[0] = keys.modifiers;
    if (keys.pressed.size() > KeysInReport)
        std::fill(report.begin() + 2, report.end(), RollOver);
    else
        std::ranges::copy(keys.pressed, report.begin() + 2);
    return report;
}

std::vector<std::uint8_t> UsbKeyboard::takeReport()
{
    if (m_waiting.empty())
        return {};
    m_sent = std::move(m_waiting.front());
    m_waiting.pop_front();
    return reportOf(m_sent);
}

std::vector<std::uint8_t> UsbKeyboard::currentReport() const
{
    return reportOf(m_sent);
}

bool UsbKeyboard::setReport(std::span<const std::uint8_t> report)
{
    if (report.empty())
        return false;
    const std::uint8_t before = std::exchange(m_lights, std::uint8_t(report[0] & AllLights));
    if (before != m_lights && m_changed)
        m_changed();
    return true;
}

void UsbKeyboard::forgetReports()
{
    m_waiting.clear();
    m_sent = {};
    m_lights = 0;
}

void UsbKeyboard::serializeReports(StateArchive &archive)
{
    archive.value(m_lights);
    bool isAnyDown = m_sent != Keys() || !m_waiting.empty();
    archive.value(isAnyDown);
    if (!archive.isLoading())
        return;
    m_lights &= AllLights;
    m_waiting.clear();
    m_sent = {};
    // Nobody's finger is on a key any more.
    if (isAnyDown && !archive.hasFailed())
        m_waiting.push_back({});
}

} // namespace engine
