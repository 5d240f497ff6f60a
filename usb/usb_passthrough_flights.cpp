// SPDX-License-Identifier: GPL-3.0-or-later
// What the kernel has of a device's transfers: how much of them, and what becomes of it.
#include "usb/stream_limits.h"
#include "usb/usb_passthrough.h"

#include <algorithm>
#include <span>
#include <utility>

#include <libusb.h>

namespace usb {

namespace {

using engine::UsbOutcome;
using engine::UsbTransferKind;

constexpr std::uint8_t FromDevice = engine::UsbToHost; // standard requests (9.4)

// Only bulk transfers are cut.
std::size_t pieceOf(const engine::UsbTransfer &transfer)
{
    if (transfer.kind != UsbTransferKind::Bulk)
        return transfer.data.size();
    return transfer.stream != 0 ? Flight::StreamPieceBytes : Flight::PieceBytes;
}

} // namespace

void UsbPassthrough::pump()
{
    for (auto &[key, queue] : m_queues)
        while (pumpOne(queue)) { }
}

bool UsbPassthrough::hasRoom(const Queue &queue) const
{
    const engine::UsbTransfer &first = *queue.waiting.front();
    const std::size_t bytes = std::min(first.data.size(), pieceOf(first));
    // What the others may wait for: a piece of each stream, and a command.
    const bool isNeeded =
        queue.inKernel == 0 && (first.stream != 0 || bytes <= Flight::LeastPieceBytes);
    return m_bytesInKernel == 0
        || m_bytesInKernel + bytes <= (isNeeded ? MaxBytesOfStreams : MaxBytesInKernel);
}

// What begins at `done`; libusb's code.
int UsbPassthrough::launchPiece(const Transfer &transfer, std::size_t done, bool isAlone,
                                std::unique_ptr<Flight> &flight)
{
    const auto landed = [this](Flight &each) { m_landed.push_back(&each); };
    for (std::size_t piece = pieceOf(*transfer);; piece /= 2) {
        flight = std::make_unique<Flight>(m_device->handle(), transfer, done, landed, piece);
        const int code = flight->begin();
        // What others leave of the kernel's memory has to do for a stream, or all might stand.
        if (code != LIBUSB_ERROR_NO_MEM || transfer->stream == 0 || !isAlone
            || piece <= Flight::LeastPieceBytes)
            return code;
    }
}

// A transfer, a first piece of it, or several packets; libusb's code.
int UsbPassthrough::launch(Queue &queue, std::unique_ptr<Flight> &flight)
{
    const Transfer &first = queue.waiting.front();
    if (first->kind == UsbTransferKind::Isochronous) {
        // Four at least are under way, so that the endpoint never waits for the guest.
        const std::size_t share = (queue.waiting.size() + queue.inKernel) / 4;
        const std::size_t taken =
            std::min(std::clamp<std::size_t>(share, 1, Flight::MaxPackets), queue.waiting.size());
        flight = std::make_unique<Flight>(
            m_device->handle(),
            std::vector<Transfer>(queue.waiting.begin(),
                                  queue.waiting.begin() + std::ptrdiff_t(taken)),
            [this](Flight &each) { m_landed.push_back(&each); });
        return flight->begin();
    }
    return launchPiece(first, 0, queue.inKernel == 0, flight);
}

// Gives the kernel one more transfer, or several packets. False: not now.
bool UsbPassthrough::pumpOne(Queue &queue)
{
    if (queue.waiting.empty() || m_isEnding)
        return false;
    const Transfer first = queue.waiting.front();
    if (m_hasLeft) {
        queue.waiting.pop_front();
        finish(first, UsbOutcome::Gone, 0);
        return true;
    }
    const bool isFree = m_bytesInKernel == 0;
    if (!hasRoom(queue))
        return false;
    // The pieces of a long one come one after the other, and the next one after them.
    const bool isBulk = first->kind == UsbTransferKind::Bulk;
    const bool isLong = isBulk && first->data.size() > pieceOf(*first);
    if (queue.inKernel > 0 && (isLong || queue.isLong))
        return false;
    std::unique_ptr<Flight> flight;
    const int code = launch(queue, flight);
    if (code == LIBUSB_ERROR_NO_MEM && !isFree)
        return false; // others have the memory that there is; when they are done
    const unsigned taken = flight->count();
    for (unsigned i = 0; i < taken; ++i) {
        const Transfer transfer = std::move(queue.waiting.front());
        queue.waiting.pop_front();
        if (code != LIBUSB_SUCCESS)
            finish(transfer, code == LIBUSB_ERROR_NO_DEVICE ? UsbOutcome::Gone : UsbOutcome::Failed,
                   0);
    }
    if (code != LIBUSB_SUCCESS)
        return true;
    queue.isLong = isBulk && flight->bytes() < first->data.size();
    queue.inKernel += taken;
    m_bytesInKernel += flight->bytes();
    m_flights.push_back(std::move(flight));
    return true;
}

void UsbPassthrough::flightsLanded()
{
    for (Flight *const each : std::exchange(m_landed, {})) {
        const auto place =
            std::find_if(m_flights.begin(), m_flights.end(),
                         [each](const auto &flight) { return flight.get() == each; });
        const std::unique_ptr<Flight> flight = std::move(*place);
        m_flights.erase(place);
        land(*flight);
    }
}

void UsbPassthrough::land(Flight &flight)
{
    m_bytesInKernel -= flight.bytes();
    if (m_isEnding)
        return;
    Queue &queue = m_queues[{flight.endpoint(), flight.stream()}];
    for (const Flight::Answer &each : flight.answers()) {
        amend(*each.transfer, each.actual);
        finish(each.transfer, each.outcome, each.actual);
    }
    const std::size_t rest = flight.rest();
    if (rest == 0) {
        queue.inKernel -= flight.count();
        queue.isLong = queue.isLong && queue.inKernel > 0;
        return;
    }
    std::unique_ptr<Flight> next;
    const int code = launchPiece(flight.transfer(), rest, true, next);
    if (code != LIBUSB_SUCCESS) {
        --queue.inKernel;
        return finish(flight.transfer(),
                      code == LIBUSB_ERROR_NO_DEVICE ? UsbOutcome::Gone : UsbOutcome::Failed, rest);
    }
    m_bytesInKernel += next->bytes();
    m_flights.push_back(std::move(next));
}

// The guest sees no streams that it cannot have.
void UsbPassthrough::amend(engine::UsbTransfer &transfer, std::size_t actual) const
{
    const engine::UsbSetup &setup = transfer.setup;
    if (transfer.kind != UsbTransferKind::Control || setup.requestType != FromDevice
        || setup.request != LIBUSB_REQUEST_GET_DESCRIPTOR || setup.value >> 8 != LIBUSB_DT_CONFIG
        || speed() != engine::UsbLinkSpeed::Super)
        return;
    limitStreams(std::span(transfer.data).first(std::min(actual, transfer.data.size())),
                 m_device->streams());
}

} // namespace usb
