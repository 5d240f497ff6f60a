// SPDX-License-Identifier: GPL-3.0-or-later
#include "usb/usb_passthrough.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include <libusb.h>
#include <poll.h>

namespace usb {

namespace {

using engine::Result;
using engine::UsbBackend;
using engine::UsbOutcome;
using engine::UsbSetup;
using engine::UsbTransferKind;

constexpr std::chrono::milliseconds LandingPoll(1);

// Standard requests to the device, an interface, an endpoint (9.4).
constexpr std::uint8_t ToDevice = 0x00;
constexpr std::uint8_t ToInterface = 0x01;
constexpr std::uint8_t ToEndpoint = 0x02;

UsbOutcome outcomeOfCode(int code)
{
    switch (code) {
    case LIBUSB_SUCCESS:
        return UsbOutcome::Done;
    case LIBUSB_ERROR_NO_DEVICE:
        return UsbOutcome::Gone;
    case LIBUSB_ERROR_TIMEOUT:
        return UsbOutcome::Failed;
    default:
        return UsbOutcome::Stalled;
    }
}

} // namespace

Result<std::shared_ptr<UsbBackend>> openUsbPassthrough(engine::Fd node, engine::PollLoop &io,
                                                       std::function<void()> left)
{
    std::unique_ptr<ClaimedDevice> device = TRY(ClaimedDevice::open(std::move(node)));
    std::unique_ptr<engine::PollLoop> worker = TRY(engine::PollLoop::start("usb"));
    return std::shared_ptr<UsbBackend>(std::make_shared<UsbPassthrough>(
        std::move(device), std::move(worker), io, std::move(left)));
}

UsbPassthrough::UsbPassthrough(std::unique_ptr<ClaimedDevice> device,
                               std::unique_ptr<engine::PollLoop> worker, engine::PollLoop &io,
                               std::function<void()> left)
    : m_device(std::move(device))
    , m_io(io)
    , m_left(std::move(left))
    , m_worker(std::move(worker))
    , m_isTouched(m_device->wasTried())
{
    libusb_set_pollfd_notifiers(
        m_device->context(),
        [](int, short, void *self) {
            static_cast<UsbPassthrough *>(self)->m_areDescriptorsOld = true;
        },
        // libusb looks at a device's node no more when the device has left.
        [](int descriptor, void *self) {
            auto &passthrough = *static_cast<UsbPassthrough *>(self);
            passthrough.m_areDescriptorsOld = true;
            if (descriptor == passthrough.m_device->node())
                passthrough.m_hasLeft = true;
        },
        this);
    m_io.run([this] { m_io.add(this); });
}

UsbPassthrough::~UsbPassthrough()
{
    bool isEmpty = false;
    m_io.run([this] {
        m_isEnding = true;
        m_orders.clear();
        m_queues.clear();
        m_finished.clear();
        for (const auto &flight : m_flights)
            flight->callBack();
    });
    m_worker.reset(); // what it waits for has ended
    for (;;) {
        m_io.run([this, &isEmpty] {
            isEmpty = m_flights.empty();
            if (isEmpty)
                m_io.remove(this);
        });
        if (isEmpty)
            break;
        std::this_thread::sleep_for(LandingPoll);
    }
    libusb_set_pollfd_notifiers(m_device->context(), nullptr, nullptr, nullptr);
}

// Orders, on any thread

void UsbPassthrough::submit(Transfer transfer)
{
    note({Order::Submit, std::move(transfer)});
}

void UsbPassthrough::cancel(const Transfer &transfer)
{
    note({Order::Cancel, transfer});
}

void UsbPassthrough::resetDevice()
{
    note({Order::Reset, {}});
}

void UsbPassthrough::setStreams(std::vector<engine::UsbStreams> streams)
{
    note({Order::Streams, {}, std::move(streams)});
}

void UsbPassthrough::setRunning(bool isRunning)
{
    m_isRunning = isRunning;
    if (isRunning)
        m_io.post([this] { tell(); });
}

void UsbPassthrough::note(Note note)
{
    const std::lock_guard lock(m_mutex);
    m_notes.push_back(std::move(note));
    if (!std::exchange(m_isWorkPosted, true))
        m_io.post([this] { work(); });
}

// The io loop

void UsbPassthrough::work()
{
    std::vector<Note> notes;
    {
        const std::lock_guard lock(m_mutex);
        notes.swap(m_notes);
        m_isWorkPosted = false;
    }
    if (m_isEnding)
        return;
    for (Note &each : notes) {
        if (each.order == Order::Cancel) {
            cancelNow(each.transfer);
            continue;
        }
        supersede(each);
        m_orders.push_back(std::move(each));
    }
    carryOut();
    tell();
}

// What waits and is ordered anew is not done, or what a guest orders in a loop would pile up behind
// a slow device: one reset waits at most, and of each endpoint's streams what was said last.
void UsbPassthrough::supersede(const Note &note)
{
    if (note.order != Order::Streams && note.order != Order::Reset)
        return;
    for (Note &each : m_orders)
        std::erase_if(each.streams, [&note](const engine::UsbStreams &old) {
            return std::ranges::find(note.streams, old.endpoint, &engine::UsbStreams::endpoint)
                != note.streams.end();
        });
    const bool isReset = note.order == Order::Reset;
    std::erase_if(m_orders, [isReset](const Note &each) {
        return each.order == Order::Streams ? isReset || each.streams.empty()
                                            : isReset && each.order == Order::Reset;
    });
}

// In their order; none while a call waits for the device.
void UsbPassthrough::carryOut()
{
    while (!m_isWaiting && !m_orders.empty()) {
        Note order = std::move(m_orders.front());
        m_orders.pop_front();
        if (order.order == Order::Submit) {
            begin(order.transfer);
        } else if (order.order == Order::Streams && !m_hasLeft) {
            m_isTouched = true;
            wait(
                [this, streams = std::move(order.streams)] {
                    m_device->setStreams(streams);
                    return 0;
                },
                {});
        } else if (order.order == Order::Reset && std::exchange(m_isTouched, false) && !m_hasLeft) {
            wait([this] { return resetNow(); }, {});
        }
    }
    pump();
}

void UsbPassthrough::begin(Transfer transfer)
{
    m_isTouched = true;
    if (m_hasLeft)
        return finish(transfer, UsbOutcome::Gone, 0);
    const bool isControl = transfer->kind == UsbTransferKind::Control;
    if (isControl && beginRequest(transfer))
        return;
    if (transfer->kind == UsbTransferKind::Isochronous
        && transfer->data.size() > Flight::MaxPacketBytes)
        return finish(transfer, UsbOutcome::Failed, 0);
    if (transfer->stream > m_device->streamsOf(transfer->endpoint))
        return finish(transfer, UsbOutcome::Failed, 0);
    const QueueKey key(isControl ? std::uint8_t(0) : transfer->endpoint, transfer->stream);
    Queue &queue = m_queues[key];
    const bool isPacket = transfer->kind == UsbTransferKind::Isochronous;
    queue.waiting.push_back(std::move(transfer));
    // A disk's command goes after what is there for its answer; packets are gathered first.
    if (!isPacket)
        while (pumpOne(queue)) { }
}

// True: it is one of those that the kernel must know of.
bool UsbPassthrough::beginRequest(const Transfer &transfer)
{
    const UsbSetup &setup = transfer->setup;
    const auto value = std::uint8_t(setup.value);
    const auto index = std::uint8_t(setup.index);
    if (setup.requestType == ToDevice && setup.request == LIBUSB_REQUEST_SET_ADDRESS) {
        finish(transfer, UsbOutcome::Stalled, 0); // of the host's bus
        return true;
    }
    if (setup.requestType == ToDevice && setup.request == LIBUSB_REQUEST_SET_CONFIGURATION) {
        wait([this, value] { return m_device->setConfiguration(value); }, transfer);
        return true;
    }
    if (setup.requestType == ToInterface && setup.request == LIBUSB_REQUEST_SET_INTERFACE) {
        wait([this, value, index] { return m_device->setInterface(index, value); }, transfer);
        return true;
    }
    if (setup.requestType == ToEndpoint && setup.request == LIBUSB_REQUEST_CLEAR_FEATURE
        && setup.value == 0 && (index & 0x0f) != 0) {
        wait([this, index] { return m_device->clearHalt(index); }, transfer);
        return true;
    }
    return false;
}

void UsbPassthrough::wait(std::function<int()> call, Transfer transfer)
{
    m_isWaiting = true;
    m_waiting = std::move(transfer);
    m_worker->post([this, call = std::move(call)] {
        const int code = call();
        m_io.post([this, code] { waited(code); });
    });
}

// On the worker. NOT_FOUND: it is another device now, and libusb has lost it (libusb_reset_device).
int UsbPassthrough::resetNow()
{
    const int code = m_device->reset();
    if (code == LIBUSB_ERROR_NO_DEVICE || code == LIBUSB_ERROR_NOT_FOUND)
        m_hasLeft = true;
    return code;
}

void UsbPassthrough::waited(int code)
{
    m_isWaiting = false;
    const Transfer transfer = std::exchange(m_waiting, {});
    if (m_isEnding)
        return;
    if (transfer)
        finish(transfer, outcomeOfCode(code), 0);
    carryOut();
    lookWhetherItLeft();
    tell();
}

void UsbPassthrough::cancelNow(const Transfer &transfer)
{
    std::erase_if(m_orders, [&](const Note &each) { return each.transfer == transfer; });
    std::erase(m_finished, transfer);
    if (m_waiting == transfer)
        m_waiting.reset();
    for (auto &[key, queue] : m_queues)
        std::erase(queue.waiting, transfer);
    for (const auto &flight : m_flights)
        if (flight->drop(transfer))
            break;
}

// Answers

void UsbPassthrough::finish(const Transfer &transfer, UsbOutcome outcome, std::size_t actual)
{
    transfer->outcome = outcome;
    transfer->actual = std::min(actual, transfer->data.size());
    m_finished.push_back(transfer);
}

// Without any lock; what it calls may order something new.
void UsbPassthrough::tell()
{
    m_isTelling = true; // before it is looked whether the machine runs: isIdle()
    while (m_isRunning && !m_finished.empty()) {
        const Transfer transfer = std::move(m_finished.front());
        m_finished.pop_front();
        transfer->completed(*transfer);
    }
    m_isTelling = false;
}

void UsbPassthrough::lookWhetherItLeft()
{
    if (m_hasLeft && !m_isEnding && !std::exchange(m_isLeavingTold, true))
        m_left();
}

// libusb's events

void UsbPassthrough::listDescriptors()
{
    m_areDescriptorsOld = false;
    m_descriptors.clear();
    const libusb_pollfd **const list = libusb_get_pollfds(m_device->context());
    for (const libusb_pollfd **each = list; each && *each; ++each)
        m_descriptors.push_back({(*each)->fd, (*each)->events});
    libusb_free_pollfds(list);
}

void UsbPassthrough::preparePoll(engine::PollSet &set)
{
    if (m_areDescriptorsOld)
        listDescriptors();
    for (Descriptor &each : m_descriptors)
        each.index = set.add(each.descriptor, each.events);
}

void UsbPassthrough::handlePoll(const engine::PollSet &set)
{
    const bool isAny =
        std::any_of(m_descriptors.begin(), m_descriptors.end(),
                    [&set](const Descriptor &each) { return set.revents(each.index) != 0; });
    if (!isAny)
        return;
    timeval none = {};
    libusb_handle_events_timeout_completed(m_device->context(), &none, nullptr);
    flightsLanded();
    if (!m_isEnding)
        pump();
    lookWhetherItLeft();
    tell();
}

} // namespace usb
