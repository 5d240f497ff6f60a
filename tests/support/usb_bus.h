// SPDX-License-Identifier: GPL-3.0-or-later
// A bus with one of our USB devices on it, as its driver sees it.
#pragma once

#include "engine/base/bytes.h"
#include "engine/devices/usb/usb_model.h"

#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace tests {

inline constexpr std::uint8_t ReportIn = 0x81;

struct UsbBus
{
    std::deque<std::function<void()>> posted;
    engine::UsbModel::Later later()
    {
        return [this](std::function<void()> function) { posted.push_back(std::move(function)); };
    }
    void settle()
    {
        while (!posted.empty()) {
            const std::function<void()> function = std::move(posted.front());
            posted.pop_front();
            function();
        }
    }

    struct Sent
    {
        std::shared_ptr<engine::UsbTransfer> transfer = std::make_shared<engine::UsbTransfer>();
        std::shared_ptr<int> answers = std::make_shared<int>(0);
        std::vector<std::uint8_t> data() const
        {
            return {transfer->data.begin(),
                    transfer->data.begin() + std::ptrdiff_t(transfer->actual)};
        }
    };
    Sent send(engine::UsbModel &model, engine::UsbTransferKind kind, std::uint8_t endpoint,
              std::vector<std::uint8_t> data, const engine::UsbSetup &setup = {})
    {
        Sent sent;
        sent.transfer->kind = kind;
        sent.transfer->endpoint = endpoint;
        sent.transfer->data = std::move(data);
        sent.transfer->setup = setup;
        sent.transfer->completed = [answers = sent.answers](engine::UsbTransfer &) { ++*answers; };
        model.submit(sent.transfer);
        settle();
        return sent;
    }
    Sent control(engine::UsbModel &model, std::uint8_t type, std::uint8_t request,
                 std::uint16_t value, std::uint16_t index, std::vector<std::uint8_t> data)
    {
        const auto length = std::uint16_t(data.size());
        return send(model, engine::UsbTransferKind::Control, type & 0x80, std::move(data),
                    {type, request, value, index, length});
    }
    void configure(engine::UsbModel &model)
    {
        model.setRunning(true);
        control(model, 0, 9, 1, 0, {});
    }
    Sent report(engine::UsbModel &model, std::size_t size = 8)
    {
        return send(model, engine::UsbTransferKind::Interrupt, ReportIn,
                    std::vector<std::uint8_t>(size));
    }
};

struct Descriptor
{
    std::size_t at = 0;
    std::uint8_t type = 0;
};
// What is in a configuration's or a BOS descriptor; none where their lengths do not add up.
inline std::vector<Descriptor> partsOf(const std::vector<std::uint8_t> &bytes)
{
    std::vector<Descriptor> parts;
    std::size_t at = 0;
    for (; at + 2 <= bytes.size() && bytes[at] >= 2; at += bytes[at])
        parts.push_back({at, bytes[at + 1]});
    return at == bytes.size() && engine::loadLe<std::uint16_t>(&bytes[2]) == at
        ? parts
        : std::vector<Descriptor>();
}

} // namespace tests
