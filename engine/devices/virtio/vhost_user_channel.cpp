// SPDX-License-Identifier: GPL-3.0-or-later
// QEMU docs/interop/vhost-user.rst: header and payloads "Message Specification", numbers "Front-end
// message types", REPLY_ACK "VHOST_USER_PROTOCOL_F_REPLY_ACK".
#include "engine/devices/virtio/vhost_user_channel.h"

#include "engine/devices/vhost_user_fs.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

namespace engine::virtio {

namespace {

enum VhostUserRequest : std::uint32_t {
    GetFeatures = 1,
    SetFeatures = 2,
    SetOwner = 3,
    SetMemTable = 5,
    SetVringNum = 8,
    SetVringAddr = 9,
    SetVringBase = 10,
    GetVringBase = 11,
    SetVringKick = 12,
    SetVringCall = 13,
    GetProtocolFeatures = 15,
    SetProtocolFeatures = 16,
    GetQueueNum = 17,
    SetVringEnable = 18,
    GetConfig = 24,
    SetDeviceStateFd = 42,
    CheckDeviceState = 43,
};

// Feature bit of vhost-user itself, beside the device's.
constexpr std::uint64_t HasProtocolFeatures = std::uint64_t(1) << 30;
constexpr std::uint64_t ProtocolMultiQueue = 1 << 0;
constexpr std::uint64_t ProtocolReplyAck = 1 << 3;
constexpr std::uint64_t ProtocolConfig = 1 << 9;
constexpr std::uint64_t ProtocolDeviceState = 1 << 19;
constexpr std::uint64_t WantedProtocol =
    ProtocolMultiQueue | ProtocolReplyAck | ProtocolConfig | ProtocolDeviceState;

// "Device state transfer parameters"
constexpr std::uint32_t TransferSave = 0;
constexpr std::uint32_t TransferLoad = 1;
constexpr std::uint32_t TransferPhaseStopped = 0;
constexpr std::uint64_t TransferRefused = 0xff; // in the answer

constexpr std::uint32_t MessageVersion = 1;
constexpr std::uint32_t VersionMask = 3;
constexpr std::uint32_t IsReply = 4;
constexpr std::uint32_t NeedsReply = 8;

struct VhostUserHeader
{
    std::uint32_t request = 0;
    std::uint32_t flags = MessageVersion;
    std::uint32_t size = 0;
};
constexpr std::size_t WordBytes = 8;
constexpr std::size_t RegionBytes = 32;
constexpr std::size_t ConfigHeaderBytes = 12; // offset, size, flags
constexpr std::size_t MaxPayloadBytes = WordBytes + VhostUserChannel::MaxRegions * RegionBytes;
static_assert(ConfigHeaderBytes + VhostUserChannel::MaxConfigBytes <= MaxPayloadBytes + 4);

using std::chrono::steady_clock;

Error brokenConnection(const std::string &how)
{
    return Error(ErrorKind::Io, how);
}

} // namespace

// Numbers are in the host's byte order, as the specification has it.
struct VhostUserChannel::Message
{
    explicit Message(std::uint32_t request) { header.request = request; }

    template <class T>
    Message &add(T value)
    {
        check(header.size + sizeof value <= payload.size(), "a vhost-user message is too long");
        std::memcpy(payload.data() + header.size, &value, sizeof value);
        header.size += std::uint32_t(sizeof value);
        return *this;
    }
    template <class T>
    T at(std::size_t offset) const
    {
        T value = 0;
        check(offset + sizeof value <= payload.size(), "beyond a vhost-user message");
        std::memcpy(&value, payload.data() + offset, sizeof value);
        return value;
    }

    VhostUserHeader header;
    std::array<std::uint8_t, MaxPayloadBytes + 4> payload = {};
};

VhostUserChannel::VhostUserChannel(Fd socket, Patience patience)
    : m_socket(std::move(socket))
    , m_patience(patience)
{
    const int flags = ::fcntl(m_socket.get(), F_GETFL);
    if (flags >= 0)
        ::fcntl(m_socket.get(), F_SETFL, flags | O_NONBLOCK);
}

void VhostUserChannel::shutDown()
{
    ::shutdown(m_socket.get(), SHUT_RDWR);
}

Result<> VhostUserChannel::waitFor(short events, steady_clock::time_point end)
{
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            end - steady_clock::now() + std::chrono::milliseconds(1));
        if (left.count() <= 0)
            return brokenConnection("it does not answer");
        pollfd one{m_socket.get(), events, 0};
        const int count = ::poll(&one, 1, int(left.count()));
        if (count > 0)
            return {};
        if (count < 0 && errno != EINTR)
            return brokenConnection(std::strerror(errno));
    }
}

Result<> VhostUserChannel::send(const Message &message, std::span<const int> descriptors)
{
    check(descriptors.size() <= MaxRegions, "too many descriptors for one message");
    const auto end = steady_clock::now() + m_patience.answer;
    std::array<std::uint8_t, sizeof(VhostUserHeader) + MaxPayloadBytes + 4> bytes;
    std::memcpy(bytes.data(), &message.header, sizeof message.header);
    std::memcpy(bytes.data() + sizeof message.header, message.payload.data(), message.header.size);
    const std::size_t size = sizeof message.header + message.header.size;
    std::size_t done = 0;
    while (done < size) {
        iovec part{bytes.data() + done, size - done};
        alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * MaxRegions)] = {};
        msghdr head{};
        head.msg_iov = &part;
        head.msg_iovlen = 1;
        if (done == 0 && !descriptors.empty()) { // they go with the first byte
            head.msg_control = control;
            head.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
            cmsghdr *rights = CMSG_FIRSTHDR(&head);
            rights->cmsg_level = SOL_SOCKET;
            rights->cmsg_type = SCM_RIGHTS;
            rights->cmsg_len = CMSG_LEN(descriptors.size_bytes());
            std::memcpy(CMSG_DATA(rights), descriptors.data(), descriptors.size_bytes());
        }
        const ssize_t sent = ::sendmsg(m_socket.get(), &head, MSG_NOSIGNAL);
        if (sent > 0)
            done += std::size_t(sent);
        else if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            TRY(waitFor(POLLOUT, end));
        else if (sent < 0 && errno == EPIPE)
            return brokenConnection("it closed the connection");
        else if (sent < 0 && errno != EINTR)
            return brokenConnection(std::strerror(errno));
    }
    return {};
}

// Descriptors that come along are closed by the kernel, as there is no room for them.
Result<> VhostUserChannel::receiveAll(void *bytes, std::size_t size, steady_clock::time_point end)
{
    auto *at = static_cast<std::uint8_t *>(bytes);
    while (size > 0) {
        const ssize_t count = ::recv(m_socket.get(), at, size, 0);
        if (count > 0) {
            at += count;
            size -= std::size_t(count);
        } else if (count == 0 || errno == ECONNRESET) {
            return brokenConnection("it closed the connection");
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            TRY(waitFor(POLLIN, end));
        } else if (errno != EINTR) {
            return brokenConnection(std::strerror(errno));
        }
    }
    return {};
}

Result<> VhostUserChannel::receive(Message &message, std::uint32_t request,
                                   std::chrono::milliseconds patience)
{
    const auto end = steady_clock::now() + patience;
    TRY(receiveAll(&message.header, sizeof message.header, end));
    const VhostUserHeader &header = message.header;
    const bool isAnswer = (header.flags & VersionMask) == MessageVersion
        && (header.flags & IsReply) != 0 && header.request == request;
    if (!isAnswer || header.size > message.payload.size())
        return brokenConnection("it answers something else than it was asked");
    return receiveAll(message.payload.data(), header.size, end);
}

Result<std::uint64_t> VhostUserChannel::ask(std::uint32_t request)
{
    Message message(request);
    TRY(send(message));
    TRY(receive(message, request, m_patience.answer));
    if (message.header.size != WordBytes)
        return brokenConnection("it answers something else than it was asked");
    return message.at<std::uint64_t>(0);
}

// With an acknowledgement where there are any.
Result<> VhostUserChannel::tell(Message &message, std::span<const int> descriptors)
{
    const bool isAcknowledged = (m_protocolFeatures & ProtocolReplyAck) != 0;
    const std::uint32_t request = message.header.request;
    if (isAcknowledged)
        message.header.flags |= NeedsReply;
    TRY(send(message, descriptors));
    if (!isAcknowledged)
        return {};
    TRY(receive(message, request, m_patience.answer));
    if (message.header.size != WordBytes)
        return brokenConnection("it answers something else than it was asked");
    if (message.at<std::uint64_t>(0) != 0)
        return brokenConnection("it refuses what it is asked for (request "
                                + std::to_string(request) + ")");
    return {};
}

Result<> VhostUserChannel::agree(std::uint64_t neededFeatures, std::uint32_t rings)
{
    TRY(send(Message(SetOwner)));
    m_features = TRY(ask(GetFeatures));
    if ((m_features & neededFeatures) != neededFeatures)
        return Error(ErrorKind::Unsupported, "it lacks features that the device needs");
    if ((m_features & HasProtocolFeatures) == 0)
        return {};
    const std::uint64_t offered = TRY(ask(GetProtocolFeatures));
    m_protocolFeatures = 0; // what is told now is not acknowledged yet
    Message chosen(SetProtocolFeatures);
    TRY(send(chosen.add(offered & WantedProtocol)));
    m_protocolFeatures = offered & WantedProtocol;
    if ((m_protocolFeatures & ProtocolMultiQueue) == 0)
        return {};
    const std::uint64_t most = TRY(ask(GetQueueNum));
    if (most < rings)
        return Error(ErrorKind::Unsupported,
                     "it has " + std::to_string(most) + " rings, and the device has "
                         + std::to_string(rings));
    return {};
}

Result<std::vector<std::uint8_t>> VhostUserChannel::readConfig(std::uint32_t size)
{
    check(size <= MaxConfigBytes, "a device's configuration is too long");
    if ((m_protocolFeatures & ProtocolConfig) == 0)
        return Error(ErrorKind::Unsupported, "it does not tell the device's configuration");
    Message message(GetConfig);
    message.add(std::uint32_t(0)).add(size).add(std::uint32_t(0));
    message.header.size += size;
    TRY(send(message));
    TRY(receive(message, GetConfig, m_patience.answer));
    if (message.header.size != ConfigHeaderBytes + size || message.at<std::uint32_t>(4) != size)
        return brokenConnection("it does not tell the device's configuration");
    const auto *bytes = message.payload.data() + ConfigHeaderBytes;
    return std::vector<std::uint8_t>(bytes, bytes + size);
}

Result<> VhostUserChannel::prepare(std::uint64_t features, std::span<const VhostUserRegion> memory)
{
    check(!memory.empty() && memory.size() <= MaxRegions, "an impossible number of regions");
    Message agreed(SetFeatures);
    agreed.add((features & m_features) | (m_features & HasProtocolFeatures));
    TRY(tell(agreed));
    Message table(SetMemTable);
    table.add(std::uint32_t(memory.size())).add(std::uint32_t(0));
    std::vector<int> descriptors;
    for (const VhostUserRegion &region : memory) {
        table.add(region.guestAddress).add(region.size).add(region.userAddress).add(region.offset);
        descriptors.push_back(region.descriptor);
    }
    return tell(table, descriptors);
}

Result<> VhostUserChannel::startRing(const VhostUserRing &ring)
{
    const auto state = [&ring](std::uint32_t request, std::uint32_t number) {
        Message message(request);
        message.add(ring.index).add(number);
        return message;
    };
    Message size = state(SetVringNum, ring.size);
    TRY(tell(size));
    Message position = state(SetVringBase, ring.position);
    TRY(tell(position));
    Message address(SetVringAddr);
    address.add(ring.index).add(std::uint32_t(0)).add(ring.descriptors).add(ring.used);
    TRY(tell(address.add(ring.available).add(std::uint64_t(0))));
    Message call(SetVringCall);
    TRY(tell(call.add(std::uint64_t(ring.index)), std::array{ring.call}));
    Message kick(SetVringKick);
    TRY(tell(kick.add(std::uint64_t(ring.index)), std::array{ring.kick}));
    if ((m_features & HasProtocolFeatures) == 0)
        return {}; // then rings begin with the kick
    Message enabled = state(SetVringEnable, 1);
    return tell(enabled);
}

Result<std::uint16_t> VhostUserChannel::stopRing(std::uint32_t index)
{
    Message message(GetVringBase);
    TRY(send(message.add(index).add(std::uint32_t(0))));
    TRY(receive(message, GetVringBase, m_patience.stop));
    if (message.header.size != WordBytes || message.at<std::uint32_t>(0) != index
        || message.at<std::uint32_t>(4) > 0xffff)
        return brokenConnection("it answers something else than it was asked");
    return std::uint16_t(message.at<std::uint32_t>(4));
}

// Through a file in memory: nobody waits for the other to read.
Result<> VhostUserChannel::moveState(std::uint32_t direction, const Fd &file)
{
    Message message(SetDeviceStateFd);
    message.add(direction).add(TransferPhaseStopped);
    TRY(send(message, std::array{file.get()}));
    TRY(receive(message, SetDeviceStateFd, m_patience.answer));
    if (message.header.size != WordBytes)
        return brokenConnection("it answers something else than it was asked");
    if ((message.at<std::uint64_t>(0) & TransferRefused) != 0)
        return brokenConnection("it takes no part in saved states");
    Message checked(CheckDeviceState);
    TRY(send(checked));
    TRY(receive(checked, CheckDeviceState, m_patience.stop));
    if (checked.header.size != WordBytes)
        return brokenConnection("it answers something else than it was asked");
    const auto outcome = checked.at<std::uint64_t>(0);
    if (outcome == StateIsBusy)
        return Error(ErrorKind::Busy, "a file that the guest has open was deleted or moved away")
            .withRemedy("End the program in the guest that uses it");
    if (outcome != 0)
        return brokenConnection("its state could not be taken over");
    return {};
}

Result<std::vector<std::uint8_t>> VhostUserChannel::saveState()
{
    std::vector<std::uint8_t> state;
    if ((m_protocolFeatures & ProtocolDeviceState) == 0)
        return state;
    const Fd file(::memfd_create("vitrine-state", MFD_CLOEXEC));
    if (!file.isOpen())
        return brokenConnection(std::strerror(errno));
    TRY(moveState(TransferSave, file));
    const off_t size = ::lseek(file.get(), 0, SEEK_END);
    if (size < 0 || std::uint64_t(size) > MaxStateBytes)
        return brokenConnection("its state is too large");
    state.resize(std::size_t(size));
    for (std::size_t done = 0; done < state.size();) {
        const ssize_t count =
            ::pread(file.get(), state.data() + done, state.size() - done, off_t(done));
        if (count <= 0)
            return brokenConnection("its state is not whole");
        done += std::size_t(count);
    }
    return state;
}

Result<> VhostUserChannel::loadState(std::span<const std::uint8_t> state)
{
    if ((m_protocolFeatures & ProtocolDeviceState) == 0)
        return brokenConnection("it takes no part in saved states");
    const Fd file(::memfd_create("vitrine-state", MFD_CLOEXEC));
    if (!file.isOpen())
        return brokenConnection(std::strerror(errno));
    for (std::size_t done = 0; done < state.size();) {
        const ssize_t count =
            ::pwrite(file.get(), state.data() + done, state.size() - done, off_t(done));
        if (count <= 0)
            return brokenConnection(std::strerror(errno));
        done += std::size_t(count);
    }
    return moveState(TransferLoad, file); // which reads from its beginning
}

} // namespace engine::virtio
