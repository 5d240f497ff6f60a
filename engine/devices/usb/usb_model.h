// SPDX-License-Identifier: GPL-3.0-or-later
// A USB device that we make: descriptors, the standard requests, and its answers' way to the io
// thread. One configuration, one interface. Universal Serial Bus Specification 2.0, chapter 9, and
// of a device that knows SuperSpeed Universal Serial Bus 3.2 Specification, chapter 9, at whichever
// speed it is connected.
//
// Threads: as usb_backend.h; the derived class's functions are called with the model's lock held,
// and answer by finish(), which only posts. Held by shared pointers.
#pragma once

#include "engine/bus/state_archive.h"
#include "engine/host/usb_backend.h"

#include <atomic>
#include <deque>
#include <mutex>
#include <span>

namespace engine {

class UsbModel : public UsbBackend
{
public:
    // Runs a function on the io thread, later; without any lock.
    using Later = std::function<void(std::function<void()>)>;

    UsbLinkSpeed speed() const final { return m_identity.speed; }
    void submit(std::shared_ptr<UsbTransfer> transfer) final;
    void cancel(const std::shared_ptr<UsbTransfer> &transfer) final;
    void resetDevice() final;
    void setRunning(bool isRunning) final;
    bool isIdle() const override { return *m_answersOnTheirWay == 0; }
    std::string stateName() const final { return m_identity.name; }
    void serialize(StateArchive &archive) final;

protected:
    struct Endpoint
    {
        std::uint8_t address = 0;
        UsbTransferKind kind = UsbTransferKind::Interrupt;
        std::uint16_t packetBytes = 8; // at the device's speed
        std::uint8_t interval = 0; // bInterval
        std::uint8_t burst = 0; // bMaxBurst: packets but one that go in one go, at SuperSpeed
    };
    struct Identity
    {
        std::string name; // of the saved state
        UsbLinkSpeed speed = UsbLinkSpeed::Full; // that it is connected at
        bool knowsSuperSpeed = false; // SuperSpeed does, and may be connected at High Speed
        std::uint16_t vendorId = 0;
        std::uint16_t productId = 0;
        std::string product;
        std::string serial;
        std::array<std::uint8_t, 3> interfaceClass = {}; // class, subclass, protocol
        std::vector<std::uint8_t> classDescriptor = {}; // between interface and endpoints
        std::vector<Endpoint> endpoints = {};
    };

    UsbModel(Identity identity, Later later);

    using Locked = std::lock_guard<std::mutex>;
    std::mutex &mutex() const { return m_mutex; }
    bool isConfigured() const { return m_configuration != 0; }
    bool isRunning() const { return m_isRunning; }
    const Later &later() const { return m_later; }

    // Once for each transfer that was not cancelled.
    void finish(std::shared_ptr<UsbTransfer> transfer, UsbOutcome outcome, std::size_t actual);
    // Of IN transfers: as much of it as there is room for.
    void finishWith(std::shared_ptr<UsbTransfer> transfer, std::span<const std::uint8_t> data);
    // The transfers of this endpoint that wait, the oldest first.
    std::deque<std::shared_ptr<UsbTransfer>> &waiting(std::uint8_t endpoint);
    bool isHalted(std::uint8_t endpoint) const;
    // Until software clears it. What waits is answered with a stall.
    void halt(std::uint8_t endpoint);

    // A request of the class or the vendor, or the interface's GET_DESCRIPTOR. For IN: `data` is
    // the answer, to be replaced; for OUT: what came. False: stalled.
    virtual bool request(const UsbSetup &setup, std::vector<std::uint8_t> &data) = 0;
    // There is a new one, or the machine runs again, or a halt was cleared.
    virtual void transfersWait() = 0;
    virtual void resetModel() = 0; // and when the configuration is set
    virtual void configurationChanged() { }
    virtual void serializeModel(StateArchive &archive) = 0;

private:
    struct Queue
    {
        Endpoint endpoint;
        std::deque<std::shared_ptr<UsbTransfer>> waiting;
        bool isHalted = false;
    };
    Queue *find(std::uint8_t endpoint);
    const Queue *find(std::uint8_t endpoint) const;
    void control(std::shared_ptr<UsbTransfer> transfer);
    bool standardRequest(const UsbSetup &setup, std::vector<std::uint8_t> &data);
    bool describe(const UsbSetup &setup, std::vector<std::uint8_t> &data);
    bool changeLinkFeature(std::uint16_t feature, bool isOn);
    std::vector<std::uint8_t> deviceDescriptor() const;
    std::vector<std::uint8_t> configurationDescriptor() const;
    std::vector<std::uint8_t> capabilities() const;
    bool isSuperSpeed() const { return m_identity.speed == UsbLinkSpeed::Super; }
    void becomeUnconfigured();

    const Identity m_identity;
    const Later m_later;
    mutable std::mutex m_mutex; // after the controller's
    std::vector<Queue> m_queues;
    std::uint8_t m_configuration = 0;
    std::uint8_t m_linkFeatures = 0; // as GET_STATUS tells them
    bool m_isRunning = false;
    // Shared with what is posted.
    const std::shared_ptr<std::atomic<unsigned>> m_answersOnTheirWay =
        std::make_shared<std::atomic<unsigned>>(0);
};

} // namespace engine
