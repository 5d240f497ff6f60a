// SPDX-License-Identifier: GPL-3.0-or-later
#include "usb/usb_flight.h"

#include <algorithm>
#include <utility>

#include <libusb.h>

namespace usb {

namespace {

using engine::UsbOutcome;
using engine::UsbTransferKind;

UsbOutcome outcomeOf(int status)
{
    switch (status) {
    case LIBUSB_TRANSFER_COMPLETED:
        return UsbOutcome::Done;
    case LIBUSB_TRANSFER_STALL:
        return UsbOutcome::Stalled;
    case LIBUSB_TRANSFER_OVERFLOW:
        return UsbOutcome::Babble;
    case LIBUSB_TRANSFER_NO_DEVICE:
        return UsbOutcome::Gone;
    default:
        return UsbOutcome::Failed;
    }
}

std::uint8_t typeOf(UsbTransferKind kind)
{
    switch (kind) {
    case UsbTransferKind::Control:
        return LIBUSB_TRANSFER_TYPE_CONTROL;
    case UsbTransferKind::Isochronous:
        return LIBUSB_TRANSFER_TYPE_ISOCHRONOUS;
    case UsbTransferKind::Bulk:
        return LIBUSB_TRANSFER_TYPE_BULK;
    case UsbTransferKind::Interrupt:
        return LIBUSB_TRANSFER_TYPE_INTERRUPT;
    }
    return LIBUSB_TRANSFER_TYPE_BULK;
}

} // namespace

void Flight::fill(libusb_device_handle *handle, unsigned packets)
{
    m_isDropped.resize(m_transfers.size(), false);
    m_usb = libusb_alloc_transfer(int(packets));
    if (m_usb == nullptr)
        return;
    m_usb->dev_handle = handle;
    m_usb->type = typeOf(m_transfers.front()->kind);
    m_usb->endpoint = m_endpoint;
    if (stream() != 0) {
        m_usb->type = LIBUSB_TRANSFER_TYPE_BULK_STREAM;
        libusb_transfer_set_stream_id(m_usb, stream());
    }
    m_usb->num_iso_packets = int(packets);
    m_usb->user_data = this;
    m_usb->callback = [](libusb_transfer *usb) {
        Flight &flight = *static_cast<Flight *>(usb->user_data);
        flight.m_landed(flight);
    };
}

Flight::Flight(libusb_device_handle *handle, const Transfer &transfer, std::size_t done,
               Landed landed, std::size_t pieceBytes)
    : m_transfers{transfer}
    , m_done(done)
    , m_bytes(transfer->data.size() - done)
    , m_endpoint(transfer->endpoint)
    , m_landed(std::move(landed))
{
    if (transfer->kind == UsbTransferKind::Bulk)
        m_bytes = std::min(m_bytes, pieceBytes);
    // The guest's own bytes, which live as long as this does.
    std::uint8_t *buffer = transfer->data.data() + done;
    std::size_t size = m_bytes;
    if (transfer->kind == UsbTransferKind::Control) {
        const engine::UsbSetup &setup = transfer->setup;
        m_endpoint = 0;
        m_buffer.resize(LIBUSB_CONTROL_SETUP_SIZE + m_bytes);
        libusb_fill_control_setup(m_buffer.data(), setup.requestType, setup.request, setup.value,
                                  setup.index, std::uint16_t(m_bytes));
        if (!transfer->isToHost())
            std::copy(transfer->data.begin(), transfer->data.end(),
                      m_buffer.begin() + LIBUSB_CONTROL_SETUP_SIZE);
        buffer = m_buffer.data();
        size = m_buffer.size();
    }
    fill(handle, 0);
    if (m_usb == nullptr)
        return;
    m_usb->buffer = buffer;
    m_usb->length = int(size);
}

Flight::Flight(libusb_device_handle *handle, std::vector<Transfer> packets, Landed landed)
    : m_transfers(std::move(packets))
    , m_endpoint(m_transfers.front()->endpoint)
    , m_landed(std::move(landed))
{
    for (const Transfer &packet : m_transfers) {
        m_buffer.insert(m_buffer.end(), packet->data.begin(), packet->data.end());
        m_bytes += packet->data.size();
    }
    fill(handle, unsigned(m_transfers.size()));
    if (m_usb == nullptr)
        return;
    m_usb->buffer = m_buffer.data();
    m_usb->length = int(m_bytes);
    for (std::size_t i = 0; i < m_transfers.size(); ++i)
        m_usb->iso_packet_desc[i].length = unsigned(m_transfers[i]->data.size());
}

Flight::~Flight()
{
    libusb_free_transfer(m_usb);
}

int Flight::begin()
{
    return m_usb == nullptr ? int(LIBUSB_ERROR_NO_MEM) : libusb_submit_transfer(m_usb);
}

void Flight::callBack()
{
    libusb_cancel_transfer(m_usb);
}

bool Flight::drop(const Transfer &transfer)
{
    const auto found = std::find(m_transfers.begin(), m_transfers.end(), transfer);
    if (found == m_transfers.end())
        return false;
    m_isDropped[std::size_t(found - m_transfers.begin())] = true;
    if (std::find(m_isDropped.begin(), m_isDropped.end(), false) == m_isDropped.end())
        callBack();
    return true;
}

std::size_t Flight::rest() const
{
    if (m_isDropped.front() || transfer()->kind != UsbTransferKind::Bulk
        || m_usb->status != LIBUSB_TRANSFER_COMPLETED || m_usb->actual_length != m_usb->length
        || m_done + m_bytes == transfer()->data.size())
        return 0;
    return m_done + m_bytes;
}

Flight::Answer Flight::answer()
{
    Answer answer{transfer(), outcomeOf(m_usb->status), m_done + std::size_t(m_usb->actual_length)};
    if (transfer()->kind == UsbTransferKind::Control && transfer()->isToHost())
        std::copy_n(m_buffer.begin() + LIBUSB_CONTROL_SETUP_SIZE, std::min(m_bytes, answer.actual),
                    transfer()->data.begin());
    return answer;
}

std::vector<Flight::Answer> Flight::answers()
{
    if (rest() != 0
        || std::find(m_isDropped.begin(), m_isDropped.end(), false) == m_isDropped.end())
        return {};
    if (m_usb->num_iso_packets == 0)
        return {answer()};
    std::vector<Answer> answers;
    const bool isGone = m_usb->status == LIBUSB_TRANSFER_NO_DEVICE;
    std::size_t at = 0;
    for (std::size_t i = 0; i < m_transfers.size(); ++i) {
        const libusb_iso_packet_descriptor &packet = m_usb->iso_packet_desc[i];
        const Transfer &transfer = m_transfers[i];
        const auto begin = m_buffer.begin() + std::ptrdiff_t(at);
        at += transfer->data.size();
        if (m_isDropped[i])
            continue;
        const std::size_t actual =
            std::min<std::size_t>(packet.actual_length, transfer->data.size());
        if (transfer->isToHost())
            std::copy_n(begin, actual, transfer->data.begin());
        answers.push_back(
            {transfer, isGone ? UsbOutcome::Gone : outcomeOf(int(packet.status)), actual});
    }
    return answers;
}

} // namespace usb
