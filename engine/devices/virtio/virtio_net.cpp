// SPDX-License-Identifier: GPL-3.0-or-later
// VIRTIO 1.1: queues 5.1.2, features 5.1.3, configuration 5.1.4, sending 5.1.6.2, receiving
// 5.1.6.3 and 5.1.6.4.
#include "engine/devices/virtio/virtio_net.h"

#include "engine/net/network_order.h"

#include <algorithm>

namespace engine::virtio {

namespace {

constexpr std::uint16_t DeviceType = 1;
constexpr std::uint32_t ClassCode = 0x020000; // Ethernet controller

constexpr std::uint64_t FeatureChecksum = 1 << 0; // the card completes them
constexpr std::uint64_t FeatureMac = 1 << 5;
constexpr std::uint64_t FeatureMergeable = 1 << 15;
constexpr std::uint64_t FeatureStatus = 1 << 16;

constexpr unsigned ReceiveQueue = 0;
constexpr unsigned SendQueue = 1;

// struct virtio_net_config
constexpr std::size_t StatusOffset = 6;
constexpr std::size_t ConfigBytes = 8;
constexpr std::uint16_t LinkUp = 1;

// struct virtio_net_hdr, with num_buffers as since version 1.
constexpr std::size_t HeaderBytes = 12;
enum HeaderField : std::size_t {
    Flags = 0,
    GsoType = 1,
    ChecksumStart = 6,
    ChecksumOffset = 8,
    NumBuffers = 10,
};
constexpr std::uint8_t NeedsChecksum = 1;

// Frames that are sent before others on the loop have their turn.
constexpr unsigned MaxFramesInTurn = 64;

// The checksum of RFC 1071 over all from `start` on, to its place. What stands there is the sum of
// the pseudo header (5.1.6.2).
bool completeChecksum(std::span<std::uint8_t> frame, std::size_t start, std::size_t offset)
{
    if (start + offset + 2 > frame.size())
        return false;
    std::uint32_t sum = 0; // 64 KiB of 16-bit values fit
    const std::span<const std::uint8_t> covered = frame.subspan(start);
    for (std::size_t i = 0; i + 1 < covered.size(); i += 2)
        sum += net::loadBig16(&covered[i]);
    if (covered.size() % 2 != 0)
        sum += std::uint32_t(covered.back()) << 8;
    while ((sum >> 16) != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    auto checksum = std::uint16_t(~sum);
    if (checksum == 0) // which would say that there is none in UDP, and means the same elsewhere
        checksum = 0xffff;
    net::storeBig16(&frame[start + offset], checksum);
    return true;
}

} // namespace

VirtioNet::VirtioNet(std::string name, const std::array<std::uint8_t, 6> &macAddress, bool isLinkUp,
                     net::NetLoop &loop)
    : VirtioPci(std::move(name),
                {.deviceType = DeviceType,
                 .classCode = ClassCode,
                 .features = FeatureChecksum | FeatureMac | FeatureMergeable | FeatureStatus,
                 .queueSizes = {QueueSize, QueueSize},
                 .configBytes = ConfigBytes},
                &loop)
    , m_isLinkUp(isLinkUp)
{
    std::copy(macAddress.begin(), macAddress.end(), deviceConfig().begin());
    showLink(isLinkUp);
}

VirtioNet::~VirtioNet()
{
    leaveLoop();
}

void VirtioNet::connectCard(net::NetAdapter *adapter)
{
    m_adapter = adapter;
    m_waitsToSend = false;
    const std::lock_guard guard(lock());
    kickAll();
}

void VirtioNet::setLinkUp(bool isUp)
{
    const std::lock_guard guard(lock());
    m_isLinkUp = isUp;
    if (isRunning())
        runningChanged(true);
}

void VirtioNet::showLink(bool isUp)
{
    m_isLinkShown = isUp;
    storeLe(&deviceConfig()[StatusOffset], isUp ? LinkUp : std::uint16_t(0));
}

void VirtioNet::runningChanged(bool isNowRunning)
{
    if (!isNowRunning || m_isLinkShown == m_isLinkUp)
        return;
    showLink(m_isLinkUp);
    configChanged();
}

void VirtioNet::resetVirtio()
{
    showLink(m_isLinkUp);
}

// From the guest

void VirtioNet::handleQueue(unsigned index)
{
    if (index == SendQueue) {
        sendFrames();
        return;
    }
    {
        const std::lock_guard guard(lock());
        Virtqueue &ring = queue(ReceiveQueue);
        ring.setNotified(!ring.hasAvailable()); // who has buffers need not hear of more
    }
    if (m_adapter)
        m_adapter->flush();
}

void VirtioNet::sendFrames()
{
    unsigned count = 0;
    m_waitsToSend = false;
    for (; count < MaxFramesInTurn; ++count) {
        m_waitsToSend = m_adapter && !m_adapter->canSend();
        if (m_waitsToSend)
            break;
        const Taken taken = takeFrame();
        if (taken == Taken::Empty)
            break;
        if (taken == Taken::Frame && m_adapter)
            m_adapter->send(m_frame);
    }
    if (count < MaxFramesInTurn)
        return;
    const std::lock_guard guard(lock());
    kick(SendQueue);
}

// The next frame to m_frame.
VirtioNet::Taken VirtioNet::takeFrame()
{
    const std::lock_guard guard(lock());
    Virtqueue &ring = queue(SendQueue);
    if (!isLive())
        return Taken::Empty;
    ring.setNotified(false);
    std::optional<Chain> chain = ring.pop();
    if (!chain) {
        ring.setNotified(true);
        chain = ring.pop(); // one that came in between
    }
    if (!chain) {
        finish(SendQueue); // it may have broken
        return Taken::Empty;
    }
    const bool isFrame = readFrame(*chain);
    ring.push(chain->head, 0);
    finish(SendQueue);
    return isFrame ? Taken::Frame : Taken::Nothing;
}

bool VirtioNet::readFrame(const Chain &chain)
{
    std::array<std::uint8_t, HeaderBytes> header;
    if (copyFrom(chain.readable, 0, header) < HeaderBytes)
        return false;
    const std::uint64_t size = chain.readableBytes - HeaderBytes;
    if (size < net::EthernetHeaderBytes || size > net::MaxFrameBytes || header[GsoType] != 0)
        return false;
    m_frame.resize(std::size_t(size));
    copyFrom(chain.readable, HeaderBytes, m_frame);
    if ((header[Flags] & NeedsChecksum) == 0)
        return true;
    return hasFeature(FeatureChecksum)
        && completeChecksum(m_frame, loadLe<std::uint16_t>(&header[ChecksumStart]),
                            loadLe<std::uint16_t>(&header[ChecksumOffset]));
}

void VirtioNet::prepareLoop(PollSet &set)
{
    if (m_waitsToSend && m_adapter)
        set.wakeBy(m_adapter->nextSendTime());
}

void VirtioNet::handleLoop(const PollSet &)
{
    if (m_waitsToSend)
        sendFrames();
}

// To the guest

bool VirtioNet::isReady() const
{
    const std::lock_guard guard(lock());
    if (!isRunning())
        return false;
    // As a real card: what comes while nobody listens is lost.
    return !isLive() || !m_isLinkUp || !queue(ReceiveQueue).isEnabled()
        || queue(ReceiveQueue).hasAvailable();
}

void VirtioNet::deliver(net::Frame frame)
{
    const std::lock_guard guard(lock());
    Virtqueue &ring = queue(ReceiveQueue);
    if (!isLive() || !m_isLinkUp || !ring.isEnabled() || frame.size() > net::MaxFrameBytes)
        return;
    // All buffers first: half a frame must not reach the guest.
    const std::uint64_t total = HeaderBytes + frame.size();
    std::vector<Chain> chains;
    std::uint64_t room = 0;
    while (room < total && (chains.empty() || hasFeature(FeatureMergeable))) {
        std::optional<Chain> chain = ring.pop();
        if (!chain)
            break;
        if (chain->writableBytes == 0) {
            needsReset("a buffer for frames that cannot be written");
            return;
        }
        room += chain->writableBytes;
        chains.push_back(std::move(*chain));
    }
    if (room >= total) {
        std::array<std::uint8_t, HeaderBytes> header = {};
        storeLe(&header[NumBuffers], std::uint16_t(chains.size()));
        std::size_t headerDone = 0;
        for (const Chain &chain : chains) {
            const std::size_t written =
                copyTo(chain.writable, 0, std::span(header).subspan(headerDone));
            headerDone += written;
            const std::size_t data = copyTo(chain.writable, written, frame);
            frame = frame.subspan(data);
            ring.put(chain.head, written + data);
        }
        ring.publish();
    } else {
        for (std::size_t i = 0; i < chains.size(); ++i)
            ring.unpop();
    }
    if (!ring.hasAvailable())
        ring.setNotified(true);
    finish(ReceiveQueue);
}

void VirtioNet::serializeVirtio(StateArchive &archive, std::uint32_t)
{
    archive.value(m_isLinkShown);
    if (archive.isLoading() && !archive.hasFailed())
        showLink(m_isLinkShown);
}

} // namespace engine::virtio
