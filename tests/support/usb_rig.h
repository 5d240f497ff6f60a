// SPDX-License-Identifier: GPL-3.0-or-later
// A USB device that a test answers for, and a guest whose driver has configured it.
#pragma once

#include "tests/support/xhci_guest.h"

namespace tests {

// A device that a test answers for.
class FakeUsb final : public engine::UsbBackend
{
public:
    explicit FakeUsb(engine::UsbLinkSpeed speed = engine::UsbLinkSpeed::High)
        : m_speed(speed)
    { }
    engine::UsbLinkSpeed speed() const override { return m_speed; }
    unsigned queueDepth() const override { return depth; }
    void submit(std::shared_ptr<engine::UsbTransfer> transfer) override
    {
        pending.push_back(std::move(transfer));
    }
    void cancel(const std::shared_ptr<engine::UsbTransfer> &transfer) override
    {
        std::erase(pending, transfer);
        ++cancelled;
    }
    void resetDevice() override { ++resets; }

    // The oldest one, or another.
    void answer(engine::UsbOutcome outcome, std::span<const std::uint8_t> data,
                std::size_t index = 0)
    {
        const std::shared_ptr<engine::UsbTransfer> transfer = pending.at(index);
        pending.erase(pending.begin() + std::ptrdiff_t(index));
        transfer->outcome = outcome;
        transfer->actual = data.size();
        if (transfer->isToHost())
            std::copy(data.begin(), data.end(), transfer->data.begin());
        transfer->completed(*transfer);
    }
    void answerAll()
    {
        while (!pending.empty())
            answer(engine::UsbOutcome::Done, {});
    }

    std::deque<std::shared_ptr<engine::UsbTransfer>> pending;
    unsigned depth = 4;
    int cancelled = 0;
    int resets = 0;

private:
    engine::UsbLinkSpeed m_speed;
};

inline constexpr unsigned BulkOut = 2; // device context indices
inline constexpr unsigned BulkIn = 3;
inline constexpr unsigned IsoIn = 5;

// A guest whose driver has configured a device with these endpoints.
struct UsbRig : XhciGuest
{
    std::shared_ptr<FakeUsb> usb = std::make_shared<FakeUsb>();

    UsbRig() { xhci.plug(usb); }
    engine::xhci::Completion configureAll()
    {
        start();
        skipEvents();
        if (address(1) != engine::xhci::Completion::Success)
            return engine::xhci::Completion::TrbError;
        return configure({{BulkOut, engine::xhci::EndpointBulkOut},
                          {BulkIn, engine::xhci::EndpointBulkIn},
                          {IsoIn, engine::xhci::EndpointIsochronousIn}});
    }
    XhciEvent next()
    {
        const XhciEvent got = event();
        acknowledge();
        return got;
    }
};

inline std::vector<std::uint8_t> pattern(std::size_t size)
{
    std::vector<std::uint8_t> bytes(size);
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = std::uint8_t(i * 7 + 1);
    return bytes;
}

} // namespace tests
