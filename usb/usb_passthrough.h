// SPDX-License-Identifier: GPL-3.0-or-later
// A device of this computer in a guest of the built-in engine: what the guest's controller is told
// to move goes to the device by libusb's transfers. Terms: Universal Serial Bus Specification 2.0.
//
// The guest has the device to itself, but for what the kernel must know: a configuration, an
// interface's setting, a cleared halt and a reset go through libusb's calls, which wait for the
// device and so have a thread ("usb") of the device's own. Whatever comes meanwhile comes after it.
// A bulk endpoint's streams are the kernel's, too, and so a disk's USB Attached SCSI is the
// guest's. Where the kernel or the host's controller gives none, the guest is told of none
// (stream_limits.h).
//
// Threads: as engine/host/usb_backend.h. Orders are only noted; all transfers are begun, cancelled
// and answered on the io loop.
#pragma once

#include "engine/base/poll_loop.h"
#include "engine/host/usb_backend.h"
#include "usb/claimed_device.h"
#include "usb/usb_flight.h"

#include <atomic>
#include <deque>
#include <list>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

namespace usb {

// engine::OpenUsbDevice. Busy and Denied as ClaimedDevice::open().
engine::Result<std::shared_ptr<engine::UsbBackend>> openUsbPassthrough(engine::Fd node,
                                                                       engine::PollLoop &io,
                                                                       std::function<void()> left);

class UsbPassthrough final : public engine::UsbBackend, private engine::PollSource
{
public:
    // Of all transfers that the kernel has of this device: usbfs gives 16 MiB to all devices
    // together (usbfs_memory_mb in drivers/usb/core/devio.c).
    static constexpr std::size_t MaxBytesInKernel = 4u << 20;
    // Above that only one piece of each stream is, and what is short: none may wait for another.
    static constexpr std::size_t MaxBytesOfStreams = 8u << 20;
    static constexpr unsigned QueueDepth = 64;

    UsbPassthrough(std::unique_ptr<ClaimedDevice> device, std::unique_ptr<engine::PollLoop> worker,
                   engine::PollLoop &io, std::function<void()> left);
    ~UsbPassthrough() override; // not on the io loop; waits until the device is the host's again

    engine::UsbLinkSpeed speed() const override { return m_device->speed(); }
    unsigned queueDepth() const override { return QueueDepth; }
    void submit(std::shared_ptr<engine::UsbTransfer> transfer) override;
    void cancel(const std::shared_ptr<engine::UsbTransfer> &transfer) override;
    void resetDevice() override;
    unsigned maxStreams() const override { return m_device->streams(); }
    void setStreams(std::vector<engine::UsbStreams> streams) override;
    // Answers wait while the machine stands still, so that its memory does, too.
    void setRunning(bool isRunning) override;
    bool isIdle() const override { return !m_isTelling; }

private:
    using Transfer = std::shared_ptr<engine::UsbTransfer>;
    enum class Order : std::uint8_t { Submit, Cancel, Reset, Streams };
    struct Note
    {
        Order order = Order::Submit;
        Transfer transfer;
        std::vector<engine::UsbStreams> streams = {};
    };
    struct Queue // of an endpoint, or of one of its streams
    {
        std::deque<Transfer> waiting;
        unsigned inKernel = 0; // transfers that are under way
        bool isLong = false; // the only one that is, in pieces
    };

    // PollSource: libusb's descriptors
    void preparePoll(engine::PollSet &set) override;
    void handlePoll(const engine::PollSet &set) override;
    void listDescriptors();

    // On the io loop
    void note(Note note); // on any thread
    void work();
    void supersede(const Note &note);
    void carryOut();
    void begin(Transfer transfer);
    bool beginRequest(const Transfer &transfer);
    void wait(std::function<int()> call, Transfer transfer);
    int resetNow();
    void waited(int code);
    void pump();
    bool pumpOne(Queue &queue);
    int launch(Queue &queue, std::unique_ptr<Flight> &flight);
    int launchPiece(const Transfer &transfer, std::size_t done, bool isAlone,
                    std::unique_ptr<Flight> &flight);
    bool hasRoom(const Queue &queue) const;
    void flightsLanded();
    void land(Flight &flight);
    void amend(engine::UsbTransfer &transfer, std::size_t actual) const;
    void cancelNow(const Transfer &transfer);
    void finish(const Transfer &transfer, engine::UsbOutcome outcome, std::size_t actual);
    void tell();
    void lookWhetherItLeft();

    const std::unique_ptr<ClaimedDevice> m_device;
    engine::PollLoop &m_io;
    const std::function<void()> m_left;
    std::unique_ptr<engine::PollLoop> m_worker;

    std::mutex m_mutex; // for the two below; no other is taken within
    std::vector<Note> m_notes;
    bool m_isWorkPosted = false;
    std::atomic<bool> m_isRunning = false;
    std::atomic<bool> m_isTelling = false;

    // The io loop's.
    struct Descriptor
    {
        int descriptor = -1;
        short events = 0;
        int index = -1; // of this round
    };
    std::vector<Descriptor> m_descriptors;
    std::atomic<bool> m_areDescriptorsOld = true;
    std::atomic<bool> m_hasLeft = false;
    bool m_isLeavingTold = false;
    bool m_isEnding = false;
    bool m_isTouched = false; // since its reset, by the guest or by the trial of its streams
    bool m_isWaiting = false; // for a call on the worker
    Transfer m_waiting; // that the call is for; null: nobody wants to know
    std::deque<Note> m_orders; // not carried out yet
    using QueueKey = std::pair<std::uint8_t, std::uint16_t>; // the endpoint's address, the stream
    std::map<QueueKey, Queue> m_queues; // control: 0
    std::list<std::unique_ptr<Flight>> m_flights;
    std::vector<Flight *> m_landed;
    std::size_t m_bytesInKernel = 0;
    std::deque<Transfer> m_finished; // to be told
};

} // namespace usb
