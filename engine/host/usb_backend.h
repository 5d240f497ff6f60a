// SPDX-License-Identifier: GPL-3.0-or-later
// What is plugged into a port of the guest's USB controller: a model of ours, or a device of this
// computer. Terms: Universal Serial Bus Specification 2.0, chapters 5, 8 and 9; of
// streams: Universal Serial Bus 3.2 Specification, 8.12.1.4.
//
// Threads: everything but the answers is called on any thread, possibly with the controller's lock
// held, so nothing waits and nothing is answered from within a call. A transfer is answered on the
// machine's io thread without a lock of the backend's; transfers of one endpoint, or of one of its
// streams, in their order.
#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace engine {

class StateArchive;

enum class UsbLinkSpeed : std::uint8_t { Low, Full, High, Super };
enum class UsbTransferKind : std::uint8_t { Control, Isochronous, Bulk, Interrupt };

enum class UsbOutcome : std::uint8_t {
    Done, // maybe with less than there was room for
    Stalled, // the endpoint is halted, or the request is not known
    Babble, // the device sent more than it may
    Failed, // a transaction failed on the wire
    Gone, // there is no device any more
};

inline constexpr unsigned MaxUsbStreams = 15; // of an endpoint, that the guest's controller gives
inline constexpr std::uint8_t UsbToHost = 0x80; // in an endpoint's address and a request's type

struct UsbSetup // 9.3
{
    std::uint8_t requestType = 0;
    std::uint8_t request = 0;
    std::uint16_t value = 0;
    std::uint16_t index = 0;
    std::uint16_t length = 0;
};

// Isochronous transfers have one packet each: what goes over the bus in one service interval.
struct UsbTransfer
{
    UsbTransferKind kind = UsbTransferKind::Control;
    std::uint8_t endpoint = 0; // its address; of control transfers with the data's direction
    std::uint16_t stream = 0; // of a bulk endpoint that has some; 0: none
    UsbSetup setup; // of control transfers
    // As long as the transfer: what is sent, or room for what comes.
    std::vector<std::uint8_t> data;
    std::function<void(UsbTransfer &)> completed;
    // The answer. `actual`: bytes moved, at most data.size().
    UsbOutcome outcome = UsbOutcome::Done;
    std::size_t actual = 0;

    bool isToHost() const { return (endpoint & UsbToHost) != 0; }
};

// What a bulk endpoint has from now on: streams 1 to count, to which its transfers belong; 0: none.
struct UsbStreams
{
    std::uint8_t endpoint = 0; // its address
    unsigned count = 0;
};

class UsbBackend
{
public:
    virtual ~UsbBackend() = default;

    virtual UsbLinkSpeed speed() const = 0;
    // How many transfers of an endpoint it is given at once.
    virtual unsigned queueDepth() const { return 1; }
    // Streams that each of its bulk endpoints can have here at most; 0: none. What the device's
    // descriptors say is no more than that.
    virtual unsigned maxStreams() const { return 0; }

    // Answered once, or never after cancel(). The address is the controller's business: it never
    // sends SET_ADDRESS.
    virtual void submit(std::shared_ptr<UsbTransfer> transfer) = 0;
    // Nobody waits for it any more; an answer that is on its way may still come. What is submitted
    // afterwards comes after it.
    virtual void cancel(const std::shared_ptr<UsbTransfer> &transfer) = 0;
    // In the order of what is submitted. Whether it worked is seen by the transfers: those of a
    // stream that there is not fail. No transfers of these endpoints are under way; those of the
    // interface's others may end short then, as if that were all (usbfs calls them back).
    virtual void setStreams(std::vector<UsbStreams>) { }
    // As a reset of its port: unconfigured, without streams. All transfers were cancelled before.
    virtual void resetDevice() = 0;

    // While the machine stands still no news comes from outside (keys); what was asked ends.
    virtual void setRunning(bool) { }
    // Nothing is under way that a saved state could not hold.
    virtual bool isIdle() const { return true; }
    // Of a saved state; empty: it has none, and the guest sees it leave and come again.
    virtual std::string stateName() const { return {}; }
    virtual void serialize(StateArchive &) { }
};

class PollLoop;

// A device of this computer, by its open usbfs node. May wait. Answers come on the io loop, and the
// device is gone before that loop is; `left` is told there, at most once, when it left by itself.
using OpenUsbDevice = std::function<Result<std::shared_ptr<UsbBackend>>(
    Fd node, PollLoop &io, std::function<void()> left)>;

} // namespace engine
