// SPDX-License-Identifier: GPL-3.0-or-later
// A virtio network card (VIRTIO 1.1, 5.1): one pair of queues, buffers that merge, and checksums
// that the guest leaves to the card. Frames are not segmented here, so no larger ones are offered.
//
// Threads: the network's loop carries its frames, where deliver(), isReady() and connectCard() are
// called too. The lock is never held while the adapter is called, for that may answer at once.
#pragma once

#include "engine/devices/network_card.h"
#include "engine/devices/virtio/virtio_pci.h"
#include "engine/net/net_adapter.h"

#include <array>
#include <cstdint>
#include <string>

namespace engine::virtio {

class VirtioNet final : public VirtioPci, public NetworkCard
{
public:
    static constexpr std::uint16_t QueueSize = 256;

    VirtioNet(std::string name, const std::array<std::uint8_t, 6> &macAddress, bool isLinkUp,
              net::NetLoop &loop);
    // No adapter delivers to it any more.
    ~VirtioNet() override;

    void connectCard(net::NetAdapter *adapter) override;
    void setLinkUp(bool isUp) override;
    void deliver(net::Frame frame) override;
    bool isReady() const override;

private:
    bool processQueue(unsigned) override { return true; } // handleQueue() does it
    void handleQueue(unsigned index) override;
    void prepareLoop(PollSet &set) override;
    void handleLoop(const PollSet &set) override;
    void resetVirtio() override;
    void runningChanged(bool isRunning) override;
    void serializeVirtio(StateArchive &archive, std::uint32_t version) override;

    enum class Taken : std::uint8_t { Frame, Nothing, Empty };
    void sendFrames();
    Taken takeFrame();
    bool readFrame(const Chain &chain);
    void showLink(bool isUp);

    net::NetAdapter *m_adapter = nullptr; // the loop's
    bool m_waitsToSend = false; // the loop's: the adapter's limit is reached
    net::FrameBuffer m_frame; // the loop's: from the guest
    bool m_isLinkUp = true;
    bool m_isLinkShown = true; // what the guest can read
};

} // namespace engine::virtio
