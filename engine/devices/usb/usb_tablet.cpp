// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/devices/usb/usb_hid.h"

#include <algorithm>

namespace engine {

namespace {

// HID 1.11, 6.2.2, and the usages of the generic desktop page (HID Usage Tables 1.12, 4), buttons
// (12) and consumer devices (15).
constexpr std::array<std::uint8_t, 81> TabletDescriptor = {
    0x05, 0x01, 0x09, 0x02, // generic desktop, mouse
    0xa1, 0x01, 0x09, 0x01, 0xa1, 0x00, // application, pointer, physical
    0x05, 0x09, 0x19, 0x01, 0x29, 0x05, // buttons 1 to 5
    0x15, 0x00, 0x25, 0x01, 0x95, 0x05, 0x75, 0x01, 0x81, 0x02, // five bits
    0x95, 0x01, 0x75, 0x03, 0x81, 0x01, // and three of nothing
    0x05, 0x01, 0x09, 0x30, 0x09, 0x31, // X and Y
    0x15, 0x00, 0x26, 0xff, 0x7f, 0x35, 0x00, 0x46, 0xff, 0x7f, // 0 to 32767
    0x75, 0x10, 0x95, 0x02, 0x81, 0x02, // 16 bits, absolute
    0x09, 0x38, 0x15, 0x81, 0x25, 0x7f, 0x35, 0x00, 0x45, 0x00, // wheel, -127 to 127
    0x75, 0x08, 0x95, 0x01, 0x81, 0x06, // 8 bits, relative
    0x05, 0x0c, 0x0a, 0x38, 0x02, 0x95, 0x01, 0x81, 0x06, // AC pan, the same
    0xc0, 0xc0, // ends
};

// A bit each, in the report's order.
constexpr std::array<PointerButton, 5> TabletButtons = {PointerButton::Left, PointerButton::Right,
                                                        PointerButton::Middle, PointerButton::Side,
                                                        PointerButton::Extra};
constexpr int MostNotches = 127; // in one report

std::vector<std::uint8_t> tabletReport(std::uint8_t buttons, std::uint16_t x, std::uint16_t y,
                                       int up, int right)
{
    return {buttons,
            std::uint8_t(x),
            std::uint8_t(x >> 8),
            std::uint8_t(y),
            std::uint8_t(y >> 8),
            std::uint8_t(up),
            std::uint8_t(right)};
}

} // namespace

UsbTablet::UsbTablet(Later later)
    : UsbHid({.name = "usb-tablet",
              .product = "USB Tablet",
              .serial = "1",
              .interfaceClass = {3, 0, 0},
              .reportDescriptor = TabletDescriptor},
             std::move(later))
{ }

bool UsbTablet::isReady() const
{
    const Locked locked(mutex());
    return isListenedTo();
}

void UsbTablet::setReadyListener(std::function<void()> readyChanged)
{
    const Locked locked(mutex());
    m_readyChanged = std::move(readyChanged);
}

void UsbTablet::listeningChanged()
{
    if (m_readyChanged)
        m_readyChanged();
}

// The report that a change goes into. It begins as what the guest will know by then.
UsbTablet::Report &UsbTablet::nextReport(bool isMove)
{
    Report before = m_waiting.empty() ? m_sent : m_waiting.back();
    if (m_waiting.size() >= MaxWaiting)
        return m_waiting.back();
    if (isMove && !m_waiting.empty()) {
        // A movement takes the place of the one before, when that was nothing else.
        const Report &earlier = m_waiting.size() > 1 ? m_waiting[m_waiting.size() - 2] : m_sent;
        if (before.buttons == earlier.buttons && before.right == 0 && before.up == 0)
            return m_waiting.back();
    }
    before.right = 0;
    before.up = 0;
    m_waiting.push_back(before);
    return m_waiting.back();
}

void UsbTablet::moveTo(std::uint16_t x, std::uint16_t y)
{
    const Locked locked(mutex());
    if (!isListenedTo())
        return;
    Report &report = nextReport(true);
    report.x = std::min(x, Maximum);
    report.y = std::min(y, Maximum);
    transfersWait();
}

void UsbTablet::setButton(PointerButton button, KeyMotion motion)
{
    const Locked locked(mutex());
    const auto found = std::ranges::find(TabletButtons, button);
    if (!isListenedTo() || found == TabletButtons.end())
        return;
    const auto bit = std::uint8_t(1 << (found - TabletButtons.begin()));
    Report &report = nextReport(false);
    report.buttons =
        std::uint8_t(motion == KeyMotion::Press ? report.buttons | bit : report.buttons & ~bit);
    transfersWait();
}

void UsbTablet::turnWheel(int right, int up)
{
    const Locked locked(mutex());
    if (!isListenedTo())
        return;
    const auto sum = [](int before, int more) {
        return std::clamp(before + std::clamp(more, -MostNotches, MostNotches), -MostNotches,
                          MostNotches);
    };
    Report &report = nextReport(false);
    report.right = sum(report.right, right);
    report.up = sum(report.up, up);
    transfersWait();
}

std::vector<std::uint8_t> UsbTablet::takeReport()
{
    if (m_waiting.empty())
        return {};
    m_sent = m_waiting.front();
    m_waiting.pop_front();
    return tabletReport(m_sent.buttons, m_sent.x, m_sent.y, m_sent.up, m_sent.right);
}

std::vector<std::uint8_t> UsbTablet::currentReport() const
{
    return tabletReport(m_sent.buttons, m_sent.x, m_sent.y, 0, 0);
}

void UsbTablet::forgetReports()
{
    m_waiting.clear();
    m_sent = {};
}

void UsbTablet::serializeReports(StateArchive &archive)
{
    archive.value(m_sent.x);
    archive.value(m_sent.y);
    archive.value(m_sent.buttons);
    if (!archive.isLoading())
        return;
    m_sent.right = 0;
    m_sent.up = 0;
    m_sent.buttons &= (1u << TabletButtons.size()) - 1;
    m_waiting.clear();
    // Nobody's finger is on a button any more.
    if (m_sent.buttons != 0 && !archive.hasFailed())
        nextReport(false).buttons = 0;
}

} // namespace engine
