// SPDX-License-Identifier: GPL-3.0-or-later
// A USB device that a test answers for, and a guest whose driver has configured it.
#pragma once

#include "tests/support/xhci_guest.h"

#include <functional>
#include <map>
#include <string>
#include <utility>

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
        if (meanwhile)
            std::exchange(meanwhile, {})();
    }
    void resetDevice() override { ++resets; }
    unsigned maxStreams() const override { return streamCount; }
    void setStreams(std::vector<engine::UsbStreams> streams) override
    {
        for (const engine::UsbStreams &each : streams)
            streamsOf[each.endpoint] = each.count;
    }
    std::string stateName() const override { return name; }

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
    std::function<void()> meanwhile; // done once, when a transfer is taken back
    int resets = 0;
    unsigned streamCount = 0;
    std::map<std::uint8_t, unsigned> streamsOf;
    std::string name; // of a saved state

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

    explicit UsbRig(engine::PollLoop *loop = nullptr)
        : XhciGuest(loop)
    {
        xhci.plug(usb);
    }
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

// A guest that gives the bulk endpoint BulkIn streams.
struct StreamGuest : XhciGuest
{
    static constexpr std::uint64_t StreamArray = 0x30000;
    static constexpr std::uint64_t StreamRings = 0x31000; // 0x400 each

    static std::uint64_t ringOfStream(unsigned stream) { return StreamRings + 0x400 * stream; }
    std::uint64_t contextOfStream(unsigned stream)
    {
        return engine::loadLe<std::uint64_t>(ram.at(StreamArray + 16 * stream));
    }
    void setContextOfStream(unsigned stream, std::uint64_t value)
    {
        engine::storeLe(ram.at(StreamArray + 16 * stream), value);
    }
    // Of a slot that has an address. MaxPStreams and LSA: xHCI 1.1, 6.2.3.
    engine::xhci::Completion configureStreams(unsigned exponent, bool isLinear = true,
                                              std::uint64_t array = StreamArray,
                                              unsigned type = engine::xhci::EndpointBulkIn)
    {
        using namespace engine::xhci;
        clearInput(1u | 1u << BulkOut | 1u << BulkIn);
        engine::storeLe(ram.at(Input + 32), std::uint32_t(31u << 27));
        fillEndpoint(BulkOut, EndpointBulkOut, 1024);
        fillEndpoint(BulkIn, type, 1024);
        std::uint8_t *const context = ram.at(Input + 32 * (BulkIn + 1));
        engine::storeLe(context, std::uint32_t(exponent << 10 | (isLinear ? 1u << 15 : 0u)));
        engine::storeLe(context + 8, array);
        std::memset(ram.at(StreamArray), 0, 0x4000);
        for (unsigned i = 1; i < 16; ++i) {
            m_places[i] = ringOfStream(i);
            setContextOfStream(i, ringOfStream(i) | PrimaryRing << StreamTypeShift | 1);
        }
        return command(Input, typed(TrbConfigureEndpoint, ofSlot(slot))).code();
    }
    // The address of its TRB.
    std::uint64_t transferOf(unsigned stream, std::uint64_t data, std::uint32_t length)
    {
        return putTrb(m_places[stream], data, length,
                      typed(engine::xhci::TrbNormal,
                            engine::xhci::TrbOnCompletion | engine::xhci::TrbOnShort));
    }
    std::uint64_t &transferPlaceOf(unsigned stream) { return m_places[stream]; }
    void ringStream(unsigned stream)
    {
        write(engine::xhci::DoorbellBase + 4 * slot, stream << 16 | BulkIn);
        settle();
    }
    engine::xhci::Completion setStreamDequeue(unsigned stream, std::uint64_t pointer)
    {
        return command(pointer, typed(engine::xhci::TrbSetDequeue, ofSlot(slot, BulkIn)),
                       stream << 16)
            .code();
    }

private:
    std::array<std::uint64_t, 16> m_places = {};
};

inline std::vector<std::uint8_t> pattern(std::size_t size)
{
    std::vector<std::uint8_t> bytes(size);
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = std::uint8_t(i * 7 + 1);
    return bytes;
}

} // namespace tests
