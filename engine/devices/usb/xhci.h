// SPDX-License-Identifier: GPL-3.0-or-later
// The USB host controller: "eXtensible Host Controller Interface for Universal Serial Bus (xHCI)",
// revision 1.1. Eight connectors, each a USB 2 and a USB 3 port; 32 devices; one interrupter (MSI-X
// or INTx); bulk streams and no hubs. Ids as QEMU's qemu-xhci (docs/specs/pci-ids.rst), which binds
// by its class everywhere.
//
// Threads: a doorbell's write only takes a note, where KVM does not signal the io loop instead
// (xhci_bells.h); rings are walked on that loop, a bounded piece at a time, and devices answer
// there. Without a loop (tests) a doorbell that is written is served at once, and with it what was
// signaled. Everything in the guest's memory is copied once, checked and used.
#pragma once

#include "engine/base/guest_clock.h"
#include "engine/base/page_buffer.h"
#include "engine/base/poll_loop.h"
#include "engine/bus/pci_function.h"
#include "engine/devices/usb/xhci_bells.h"
#include "engine/devices/usb/xhci_port.h"
#include "engine/devices/usb/xhci_rings.h"
#include "engine/host/usb_backend.h"

#include <array>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

namespace engine {

class Xhci final : public PciFunction
{
public:
    static constexpr unsigned Bar = 0;
    // What transfers that are under way may hold of the host's memory, all of them and each.
    static constexpr std::size_t MaxBytesInFlight = 64u << 20;
    static constexpr std::size_t MaxTransferBytes = 16u << 20;

    Xhci(GuestClock &clock, PollLoop *loop);
    ~Xhci() override;

    // Any thread; these take the lock. The first connector that was free, counted from 0 and looked
    // for from `from` on; nullopt: none is.
    std::optional<unsigned> plug(std::shared_ptr<UsbBackend> backend, unsigned from = 0);
    // What was there; null: nothing. Its transfers are cancelled.
    std::shared_ptr<UsbBackend> unplug(unsigned connector);

    std::uint32_t stateVersion() const override { return 3; } // 1: no streams; 2: nothing rung
    bool isIdle() const override;
    void setRunning(bool isRunning) override;

private:
    using Trb = xhci::Trb;
    using RingPosition = xhci::RingPosition;
    using Completion = xhci::Completion;

    // One or, of a control transfer, up to three TDs (4.11.2), which a device gets as one transfer.
    struct Work
    {
        std::uint64_t id = 0;
        unsigned stream = 0;
        std::shared_ptr<UsbTransfer> transfer;
        std::vector<Trb> trbs; // without links
        RingPosition end; // behind it
        bool isAnswered = false;
    };
    struct Ring // an endpoint's, or of one of its streams
    {
        RingPosition dequeue; // the first TRB that is not done
        RingPosition next; // the first one that no device has
        std::list<Work> works; // in between
        bool isKnown = false; // a stream's: its context was read
        bool isHeld = false; // it was stopped with works under way
    };
    struct Endpoint
    {
        xhci::EndpointState state = xhci::EndpointState::Disabled;
        std::uint8_t type = 0;
        Ring ring; // where it has no streams
        std::uint64_t streamContexts = 0; // 4.12.2: the primary array's address
        std::vector<Ring> streams; // as in that array, whose first is no stream
        std::uint32_t rung = 0; // a bit for each stream, the first where there are none

        bool hasStreams() const { return !streams.empty(); }
        std::span<Ring> rings() { return hasStreams() ? std::span(streams) : std::span(&ring, 1); }
        Ring *find(unsigned stream); // 0: the endpoint's own
        const Work *firstWork();
    };
    struct Slot
    {
        xhci::SlotState state = xhci::SlotState::Disabled;
        std::uint8_t port = 0; // from 1 on; 0: none yet
        std::uint64_t context = 0; // the device context's address
        std::array<Endpoint, xhci::EndpointCount> endpoints;
    };
    struct Rung
    {
        unsigned slot = 0;
        unsigned endpoint = 0;
        unsigned stream = 0;
    };
    // What posted functions hold: the controller may be gone when they run.
    struct Link
    {
        std::mutex mutex; // before the device's lock
        Xhci *controller = nullptr;
    };

    // What the io loop calls while there are bells.
    class Source final : public PollSource
    {
    public:
        explicit Source(Xhci &controller)
            : m_controller(controller)
        { }
        void preparePoll(PollSet &set) override;
        void handlePoll(const PollSet &set) override;

    private:
        Xhci &m_controller;
        int m_pollIndex = -1;
    };

    // xhci.cpp: life, interrupts, ports
    void resetFunction() override;
    std::uint64_t readRegion(unsigned bar, std::uint64_t offset, unsigned size) override;
    void writeRegion(unsigned bar, std::uint64_t offset, unsigned size,
                     std::uint64_t value) override;
    void serializeFunction(StateArchive &archive, std::uint32_t version) override;
    void configWritten(std::uint32_t offset, unsigned size) override;
    void barMapped(unsigned bar, bool isMapped) override;
    void resetController();
    void tellPort(unsigned port, std::uint32_t changes);
    void postEvent(const Trb &event, bool isQuiet = false);
    void flushEvents(bool isQuiet);
    void raiseInterrupt();
    void deliverInterrupt();
    void fail(std::uint32_t statusBits, const char *reason);
    void kick();
    void work();
    const GuestMemory *dma() const { return isBusMaster() ? connections().ram : nullptr; }
    bool isGoing() const;

    // xhci_registers.cpp
    std::uint32_t readRegister(std::uint64_t offset) const;
    void writeRegister(std::uint64_t offset, std::uint32_t value);
    void writeCommandRegister(std::uint32_t value);
    void writeRingRegister(std::uint32_t value);
    void writePort(unsigned port, std::uint32_t value);
    std::uint32_t microframe() const;

    // xhci_doorbells.cpp
    void writeDoorbell(unsigned slot, std::uint32_t value);
    void hearBells();
    void ringDoorbell(unsigned slot, std::uint32_t value);
    void ring(unsigned slot, unsigned endpoint, unsigned stream);
    void updateBells();
    void placeDoorbells(std::optional<std::uint64_t> address);
    void leaveLoop();

    // xhci_commands.cpp
    bool processCommands(unsigned &budget); // false: there is more
    void completeCommand(const Trb &command, Completion code, unsigned slot);
    Completion executeCommand(const GuestMemory &memory, const Trb &command, unsigned &slot);
    Completion enableSlot(unsigned &slot);
    Completion disableSlot(const GuestMemory &memory, unsigned slot);
    Completion addressDevice(const GuestMemory &memory, const Trb &command, unsigned slot);
    Completion configureEndpoints(const GuestMemory &memory, const Trb &command, unsigned slot);
    Completion evaluateContext(const GuestMemory &memory, const Trb &command, unsigned slot);
    Completion resetEndpoint(const GuestMemory &memory, unsigned slot, unsigned endpoint);
    Completion stopEndpoint(const GuestMemory &memory, unsigned slot, unsigned endpoint);
    Completion setDequeue(const GuestMemory &memory, const Trb &command, unsigned slot,
                          unsigned endpoint);
    Completion resetSlot(const GuestMemory &memory, unsigned slot);
    void showSlotState(const GuestMemory &memory, unsigned slot);

    // xhci_endpoints.cpp
    Completion checkEndpoint(unsigned slot, unsigned endpoint) const;
    Completion checkStreams(const GuestMemory &memory, const Slot &slot,
                            std::span<const std::uint8_t> context) const;
    void openEndpoint(Slot &slot, unsigned endpoint, std::span<const std::uint8_t> context);
    void closeEndpoint(Slot &slot, unsigned endpoint, std::vector<UsbStreams> &streams);
    void tellStreams(const Slot &slot, std::vector<UsbStreams> streams);
    static std::optional<Completion> readStream(const GuestMemory &memory, Ring &ring,
                                                const Endpoint &endpoint, unsigned stream);
    void showEndpoint(const GuestMemory &memory, const Slot &slot, unsigned endpoint);

    // xhci_transfers.cpp
    void processEndpoint(const Rung &rung, unsigned &budget);
    void processRing(const Rung &rung, Ring &ring, unsigned &budget);
    void resumeRing(const GuestMemory &memory, const Rung &rung, Ring &ring, unsigned &budget);
    enum class Gathered : std::uint8_t { Work, Nothing, Error };
    Gathered gather(const GuestMemory &memory, const Endpoint &endpoint, Work &work,
                    std::size_t &bytes, unsigned &budget) const;
    bool begin(const GuestMemory &memory, unsigned slot, unsigned endpoint, Work work,
               std::size_t bytes);
    bool fillTransfer(const GuestMemory &memory, unsigned endpoint, const Work &work,
                      UsbTransfer &transfer) const;

    // xhci_answers.cpp
    void answered(unsigned slot, unsigned endpoint, unsigned stream, std::uint64_t id);
    void retire(unsigned slot, unsigned endpoint, Ring &ring);
    bool report(const GuestMemory &memory, unsigned slot, unsigned endpoint, const Work &work);
    void postTransferEvent(unsigned slot, unsigned endpoint, const Trb &at, Completion code,
                           std::uint32_t left);
    void halt(unsigned slot, unsigned endpoint, xhci::EndpointState state);
    void cancelWorks(const Slot &slot, Endpoint &endpoint);
    void cancelRing(const Slot &slot, Ring &ring);
    void cancel(const Slot &slot, const Work &work);
    void cancelPort(unsigned port, bool isGone);
    UsbBackend *backendOf(const Slot &slot) const;

    // xhci_state.cpp
    void serializeSlot(StateArchive &archive, Slot &slot, std::uint32_t version);
    static void serializeStreams(StateArchive &archive, Endpoint &endpoint);
    void ringSaved();

    GuestClock &m_clock;
    PollLoop *const m_loop;
    std::shared_ptr<Link> m_link = std::make_shared<Link>();
    bool m_isKicked = false; // a post is on its way
    bool m_isWorking = false;
    bool m_isRunning = false;
    std::uint64_t m_lastWork = 0;
    std::size_t m_bytesInFlight = 0;

    std::uint32_t m_command = 0;
    std::uint32_t m_status = xhci::StatusHalted;
    std::uint32_t m_notifications = 0;
    std::uint32_t m_config = 0;
    std::uint64_t m_contexts = 0; // DCBAAP
    RingPosition m_commandRing;
    bool m_isCommandRingRunning = false;
    bool m_isCommandDoorbellRung = false;
    GuestTime m_startedAt = {};

    xhci::EventRing m_eventRing;
    std::uint32_t m_management = 0;
    std::uint32_t m_moderation = 4000; // 5.5.2.2
    bool m_isHandlerBusy = false; // ERDP's EHB
    std::optional<std::uint64_t> m_gathered; // where writes of its low half cost no exit
    std::deque<Trb> m_waitingEvents; // the ring has no room for

    std::vector<xhci::Port> m_ports;
    std::uint32_t m_replugged = 0; // ports that a loaded state knows otherwise
    std::array<Slot, xhci::SlotCount + 1> m_slots; // 0 is none
    std::vector<Rung> m_rung; // doorbells, in their order; those whose bit is set count

    xhci::Bells m_bells;
    bool m_areBellsStale = false; // other endpoints are open than there are bells for
    PageBuffer m_zeros; // what doorbells read as
    std::unique_ptr<MappedMemory> m_zeroWindow;
    Source m_source{*this};
    bool m_isInLoop = false; // the loop's own
};

} // namespace engine
