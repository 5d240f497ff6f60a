// SPDX-License-Identifier: GPL-3.0-or-later
// One transfer of libusb's, and what it is for: a transfer of the guest's, a piece of a long one,
// or several isochronous packets together, because each one by itself would cost the host as much
// as eight do. On the io loop.
#pragma once

#include "engine/host/usb_backend.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

struct libusb_device_handle;
struct libusb_transfer;

namespace usb {

class Flight final
{
public:
    using Transfer = std::shared_ptr<engine::UsbTransfer>;
    static constexpr std::size_t PieceBytes = 1u << 20; // of bulk transfers; whole packets
    // Of each stream's: which one the device wants next is its business, so that all of them have
    // to have a piece in the kernel.
    static constexpr std::size_t StreamPieceBytes = 512u << 10;
    static constexpr std::size_t LeastPieceBytes = 16u << 10;
    static constexpr unsigned MaxPackets = 8; // of isochronous endpoints, together
    // The largest that a service interval can have: 16 bursts of 3 packets (USB 3.2, 9.6.7).
    static constexpr std::size_t MaxPacketBytes = 49152;

    using Landed = std::function<void(Flight &)>;
    // `landed` is called within libusb's event handling, once for each begin() that succeeded.
    // The piece that begins at `done`.
    Flight(libusb_device_handle *handle, const Transfer &transfer, std::size_t done, Landed landed,
           std::size_t pieceBytes);
    Flight(libusb_device_handle *handle, std::vector<Transfer> packets, Landed landed);
    ~Flight(); // it has landed, or was not begun
    Flight(const Flight &) = delete;
    Flight &operator=(const Flight &) = delete;

    int begin(); // libusb's code
    void callBack(); // it lands soon
    // Nobody waits for this one any more; when nobody waits for any, the flight is called back.
    // False: it is another flight's.
    bool drop(const Transfer &transfer);

    std::uint8_t endpoint() const { return m_endpoint; } // its address; of control transfers 0
    std::uint16_t stream() const { return transfer()->stream; }
    std::size_t bytes() const { return m_bytes; }
    unsigned count() const { return unsigned(m_transfers.size()); }

    struct Answer
    {
        Transfer transfer;
        engine::UsbOutcome outcome = engine::UsbOutcome::Done;
        std::size_t actual = 0;
    };
    // What is to be told of it: nothing of what was dropped, or of a piece with more to follow.
    std::vector<Answer> answers();
    // When it has landed: where the rest of its transfer begins; 0: there is none.
    std::size_t rest() const;
    const Transfer &transfer() const { return m_transfers.front(); }

private:
    Answer answer();
    void fill(libusb_device_handle *handle, unsigned packets);

    std::vector<Transfer> m_transfers;
    std::vector<bool> m_isDropped; // of the same index
    std::vector<std::uint8_t> m_buffer; // of control and isochronous transfers
    std::size_t m_done = 0; // by the pieces before
    std::size_t m_bytes = 0;
    std::uint8_t m_endpoint = 0;
    libusb_transfer *m_usb = nullptr;
    Landed m_landed;
};

} // namespace usb
