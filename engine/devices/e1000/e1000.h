// SPDX-License-Identifier: GPL-3.0-or-later
// Intel's 82540EM (8086:100e), which every system since Windows XP has a driver for: legacy and
// extended descriptors, checksums and segmentation on sending, VLAN tags, interrupt throttling
// (Intel 317453). What comes in is not checked again: the guest does that if it wants to.
//
// Threads: the network's loop carries its frames, where deliver(), isReady() and connectCard() are
// called too. Registers on vCPU threads, which hand the rest to the loop. The lock is never held
// while the adapter is called, for that may answer at once.
#pragma once

#include "engine/base/guest_clock.h"
#include "engine/bus/pci_function.h"
#include "engine/devices/e1000/e1000_eeprom.h"
#include "engine/devices/e1000/e1000_registers.h"
#include "engine/devices/network_card.h"
#include "engine/net/net_adapter.h"

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace engine::e1000 {

class E1000 final : public PciFunction, public NetworkCard, private PollSource
{
public:
    static constexpr unsigned MemoryBar = 0;
    static constexpr unsigned PortBar = 1;

    E1000(std::string name, const std::array<std::uint8_t, 6> &macAddress, bool isLinkUp,
          GuestClock &clock, net::NetLoop &loop);
    // No adapter delivers to it any more.
    ~E1000() override;

    void connectCard(net::NetAdapter *adapter) override;
    void setLinkUp(bool isUp) override;
    void deliver(net::Frame frame) override;
    bool isReady() const override;

    void setRunning(bool isRunning) override;

protected:
    void resetFunction() override;
    std::uint64_t readRegion(unsigned bar, std::uint64_t offset, unsigned size) override;
    void writeRegion(unsigned bar, std::uint64_t offset, unsigned size,
                     std::uint64_t value) override;
    void serializeFunction(StateArchive &archive, std::uint32_t version) override;
    void configWritten(std::uint32_t offset, unsigned size) override;
    void barMapped(unsigned bar, bool isMapped) override;

private:
    static constexpr unsigned PhyRegisters = 32;

    // How the frame is to be finished: what the last context descriptor said (3.3.6).
    struct Context
    {
        std::uint8_t ipStart = 0;
        std::uint8_t ipChecksum = 0;
        std::uint16_t ipEnd = 0; // the last byte; 0: to the end
        std::uint8_t start = 0; // of TCP or UDP
        std::uint8_t checksum = 0;
        std::uint16_t end = 0;
        std::uint8_t headerBytes = 0;
        std::uint16_t segmentBytes = 0;
        bool isTcp = false;
        bool isIpv4 = false;
    };
    // An interrupt that waits for more of its kind, by two timers.
    class Delay
    {
    public:
        explicit Delay(std::unique_ptr<Timer> timer)
            : m_timer(std::move(timer))
        { }
        void begin(GuestTime now, std::uint32_t delay, std::uint32_t absolute);
        bool end(); // whether it waited

    private:
        const std::unique_ptr<Timer> m_timer;
        GuestTime m_last = {};
    };
    // The packet whose descriptors have come in part.
    struct Packet
    {
        net::FrameBuffer bytes;
        bool hasBegun = false;
        bool isTooLong = false;
        bool isSegmented = false;
        std::uint8_t options = 0; // POPTS
        bool hasVlan = false;
        std::uint16_t vlan = 0;
        // A legacy descriptor's own checksum: where it begins, where it goes; 0: none.
        std::uint8_t legacyStart = 0;
        std::uint8_t legacyPlace = 0;
    };

    // e1000.cpp: registers, PHY.
    std::uint32_t &stored(std::uint32_t offset) { return m_registers[offset / 4]; }
    std::uint32_t stored(std::uint32_t offset) const { return m_registers[offset / 4]; }
    void resetRegisters();
    std::uint32_t readRegister(std::uint32_t offset);
    void writeRegister(std::uint32_t offset, std::uint32_t value);
    void accessPhy(std::uint32_t value);
    std::uint16_t readPhy(unsigned number) const;
    void showLink();
    void kick();
    void handleKick();

    // e1000_interrupts.cpp
    void raise(std::uint32_t causes);
    void updateInterrupt();
    void preparePoll(PollSet &set) override;
    void collect(std::uint32_t causes);
    void raiseCollected();
    void stopDelays();
    void drainGathered() const;

    // e1000_receive.cpp
    bool canReceive() const;
    bool hasBuffers() const;
    std::uint32_t freeDescriptors() const;
    std::uint32_t bufferBytes() const;
    bool isWanted(net::Frame frame, bool &isInexact) const;
    bool writeFrame(net::Frame frame, std::uint8_t status, std::uint16_t vlan);

    // e1000_transmit.cpp
    void handlePoll(const PollSet &set) override;
    void sendFrames();
    bool takeDescriptors();
    void takeDescriptor(std::span<const std::uint8_t, DescriptorBytes> descriptor);
    void takeContext(std::span<const std::uint8_t, DescriptorBytes> descriptor);
    void append(std::uint64_t address, std::size_t size);
    void endPacket();
    void segment();
    void finishFrame(net::FrameBuffer frame);
    void countFrame(std::uint32_t packets, std::uint32_t bytes, std::size_t size);

    GuestClock &m_clock;
    net::NetLoop &m_loop;
    const std::array<std::uint8_t, 6> m_macAddress;
    Eeprom m_eeprom;
    const std::unique_ptr<Timer> m_throttle;
    Delay m_receiveDelay;
    Delay m_transmitDelay;

    std::array<std::uint32_t, StoredBytes / 4> m_registers = {};
    std::array<std::uint16_t, PhyRegisters> m_phy = {};
    std::uint32_t m_portAddress = 0;
    Context m_context;
    Packet m_packet;
    GuestTime m_nextInterrupt = {};
    std::uint32_t m_collected = 0; // causes of this round of the loop's
    std::uint64_t m_gatheredAt = 0; // where the BAR's writes are gathered; 0: nowhere
    bool m_isLinkUp = true; // the cable's
    bool m_isRunning = false;

    bool m_isKicked = false; // a post is on its way
    bool m_hasLeft = false; // the loop, for good
    bool m_isInLoop = false; // the loop's own
    net::NetAdapter *m_adapter = nullptr; // the loop's
    bool m_waitsToSend = false; // the loop's: the adapter's limit is reached
    // The loop's: frames wait for buffers of the guest's.
    mutable std::optional<PollClock::time_point> m_lackingSince;
    std::deque<net::FrameBuffer> m_outgoing; // made, not sent yet
};

} // namespace engine::e1000
