// SPDX-License-Identifier: GPL-3.0-or-later
// A device of this computer in a guest, on an io loop of its own, with a libusb that has none
// (fake_libusb.h): what a guest's controller does with it.
#pragma once

#include "tests/support/fake_libusb.h"
#include "usb/usb_passthrough.h"

#include <QtCore/QStringList>
#include <QtTest/QTest>

#include <atomic>

#include <fcntl.h>

namespace tests {

inline QStringList texts(const std::vector<std::string> &calls)
{
    QStringList list;
    for (const std::string &call : calls)
        list.append(QString::fromStdString(call));
    return list;
}

struct PassthroughDesk
{
    struct Sent
    {
        std::shared_ptr<engine::UsbTransfer> transfer;
        std::shared_ptr<std::atomic<int>> answers;

        bool isAnswered() const
        {
            return QTest::qWaitFor([this] { return *answers > 0; }) && *answers == 1;
        }
        std::vector<std::uint8_t> data() const
        {
            return {transfer->data.begin(),
                    transfer->data.begin() + std::ptrdiff_t(transfer->actual)};
        }
    };

    PassthroughDesk() { usb.begin(); }
    ~PassthroughDesk() { device.reset(); }

    engine::Result<> open()
    {
        auto opened = usb::openUsbPassthrough(engine::Fd(::open("/dev/null", O_RDWR | O_CLOEXEC)),
                                              *io, [this] { ++timesLeft; });
        if (!opened)
            return std::move(opened).error();
        device = std::move(*opened);
        device->setRunning(true);
        usb.note("opened");
        return {};
    }
    Sent send(engine::UsbTransferKind kind, std::uint8_t endpoint, std::vector<std::uint8_t> data,
              const engine::UsbSetup &setup = {}, std::uint16_t stream = 0)
    {
        Sent sent{std::make_shared<engine::UsbTransfer>(), std::make_shared<std::atomic<int>>(0)};
        sent.transfer->kind = kind;
        sent.transfer->endpoint = endpoint;
        sent.transfer->data = std::move(data);
        sent.transfer->setup = setup;
        sent.transfer->stream = stream;
        sent.transfer->completed = [answers = sent.answers, this](engine::UsbTransfer &transfer) {
            const std::lock_guard lock(mutex);
            answered.push_back(&transfer);
            ++*answers;
        };
        device->submit(sent.transfer);
        return sent;
    }
    Sent sendOf(std::uint16_t stream, std::uint8_t endpoint, std::vector<std::uint8_t> data)
    {
        return send(engine::UsbTransferKind::Bulk, endpoint, std::move(data), {}, stream);
    }
    Sent bulk(std::uint8_t endpoint, std::vector<std::uint8_t> data)
    {
        return send(engine::UsbTransferKind::Bulk, endpoint, std::move(data));
    }
    Sent control(std::uint8_t type, std::uint8_t request, std::uint16_t value, std::uint16_t index,
                 std::vector<std::uint8_t> data = {})
    {
        const auto length = std::uint16_t(data.size());
        return send(engine::UsbTransferKind::Control, type & engine::UsbToHost, std::move(data),
                    {type, request, value, index, length});
    }
    // The kernel has this many, and everything that was ordered is done.
    bool hasPending(std::size_t count)
    {
        return QTest::qWaitFor([&] { return usb.pending() == count; }) && isStill(count);
    }
    bool isStill(std::size_t count)
    {
        settle();
        return usb.pending() == count;
    }
    void settle()
    {
        io->run([] {});
        io->run([] {});
    }
    // Calls after it was opened.
    QStringList calls()
    {
        const QStringList all = texts(usb.seen());
        return all.mid(all.indexOf(QStringLiteral("opened")) + 1);
    }

    fakes::FakeLibusb &usb = fakes::FakeLibusb::instance();
    std::unique_ptr<engine::PollLoop> io = std::move(*engine::PollLoop::start("io"));
    std::mutex mutex;
    std::vector<engine::UsbTransfer *> answered;
    std::atomic<int> timesLeft = 0;
    std::shared_ptr<engine::UsbBackend> device;
};

} // namespace tests
