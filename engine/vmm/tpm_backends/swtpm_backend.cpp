// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/tpm_backends/swtpm_backend.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <poll.h>
#include <sys/socket.h>

namespace engine {

namespace {

// Commands of the control channel.
enum Command : std::uint32_t {
    GetCapability = 0x01,
    Init = 0x02,
    Shutdown = 0x03,
    CancelTpmCommand = 0x09,
    GetStateBlob = 0x0c,
    SetStateBlob = 0x0d,
    Stop = 0x0e,
    SetDataFd = 0x10,
    SetBufferSize = 0x11,
};
enum Capability : std::uint64_t {
    CanInit = 1u << 0,
    CanShutDown = 1u << 1,
    CanGetStateBlob = 1u << 8,
    CanSetStateBlob = 1u << 9,
    CanStop = 1u << 10,
    CanSetDataFd = 1u << 12,
    CanSetBufferSize = 1u << 13,
};
constexpr std::uint64_t NeededCapabilities = CanInit | CanShutDown | CanGetStateBlob
    | CanSetStateBlob | CanStop | CanSetDataFd | CanSetBufferSize;

constexpr std::uint32_t DeleteVolatileState = 1; // of Init: what it kept for this start
constexpr std::uint32_t DecryptedState = 1; // of GetStateBlob
// What the state has parts for, in the order of TpmState::parts.
constexpr std::array<std::uint32_t, 3> PartTypes = {1, 2,
                                                    3}; // permanent, volatile, for TPM2_Startup

constexpr std::size_t HeaderBytes = 10; // of a response
constexpr std::size_t ResultBytes = 4;
// TPM_RETRY of TPM 1.2, whose results the control channel uses: there is no state of that kind.
constexpr std::uint32_t NoSuchState = 0x800;
constexpr std::chrono::milliseconds ShutdownPatience{3000};

void put(std::vector<std::uint8_t> &bytes, std::uint32_t number)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        bytes.push_back(std::uint8_t(number >> shift));
}

std::vector<std::uint8_t> request(std::initializer_list<std::uint32_t> numbers)
{
    std::vector<std::uint8_t> bytes;
    for (const std::uint32_t number : numbers)
        put(bytes, number);
    return bytes;
}

std::uint32_t numberAt(std::span<const std::uint8_t> bytes, std::size_t offset)
{
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i)
        number = (number << 8) | bytes[offset + i];
    return number;
}

std::string hex(std::uint32_t number)
{
    char text[16];
    std::snprintf(text, sizeof text, "0x%x", unsigned(number));
    return text;
}

Error refused(std::string_view what, std::uint32_t result)
{
    return Error(ErrorKind::Io,
                 "swtpm cannot " + std::string(what) + " (TPM result " + hex(result) + ")")
        .withRemedy("Its state is in the folder \"tpm\" of the machine's folder");
}

} // namespace

SwtpmBackend::SwtpmBackend(Fd control, PollLoop &io, Settings settings)
    : m_io(io)
    , m_settings(std::move(settings))
    , m_control(std::move(control))
{ }

Result<std::shared_ptr<SwtpmBackend>> SwtpmBackend::open(Fd control, PollLoop &io,
                                                         Settings settings)
{
    std::shared_ptr<SwtpmBackend> backend(
        new SwtpmBackend(std::move(control), io, std::move(settings)));
    Result<> isOn = backend->switchOn();
    if (!isOn)
        return std::move(isOn).error().context("The machine's TPM does not work");
    io.run([&] { io.add(backend.get()); });
    backend->m_isOnLoop = true;
    return backend;
}

SwtpmBackend::~SwtpmBackend()
{
    if (m_isOnLoop)
        m_io.run([this] { m_io.remove(this); });
    if (m_loss || m_under != Under::Nothing || m_isCancelAsked)
        return; // it ends with its connection
    pollfd waiting = {m_control.get(), POLLIN, 0};
    if (sendAll(request({Shutdown})))
        ::poll(&waiting, 1, int(ShutdownPatience.count()));
}

// --- While nothing else is on the channel ---

Result<> SwtpmBackend::waitFor(short events)
{
    const auto end = std::chrono::steady_clock::now() + m_settings.patience;
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            end - std::chrono::steady_clock::now());
        pollfd waiting = {m_control.get(), events, 0};
        const int count = ::poll(&waiting, 1, int(std::max<std::int64_t>(0, left.count())));
        if (count > 0)
            return {};
        if (count == 0)
            return Error(ErrorKind::Io, "swtpm does not answer");
        if (errno != EINTR)
            return Error(ErrorKind::Io, std::string("poll: ") + std::strerror(errno));
    }
}

Result<> SwtpmBackend::sendAll(std::span<const std::uint8_t> bytes, int descriptor)
{
    while (!bytes.empty()) {
        iovec part = {const_cast<std::uint8_t *>(bytes.data()), bytes.size()};
        msghdr message = {};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof descriptor)> space = {};
        if (descriptor >= 0) {
            message.msg_control = space.data();
            message.msg_controllen = space.size();
            cmsghdr *const header = CMSG_FIRSTHDR(&message);
            header->cmsg_level = SOL_SOCKET;
            header->cmsg_type = SCM_RIGHTS;
            header->cmsg_len = CMSG_LEN(sizeof descriptor);
            std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
        }
        const ssize_t sent = ::sendmsg(m_control.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) {
            bytes = bytes.subspan(std::size_t(sent));
            descriptor = -1;
        } else if (errno == EAGAIN) {
            TRY(waitFor(POLLOUT));
        } else if (errno != EINTR) {
            return Error(ErrorKind::Io,
                         std::string("swtpm cannot be told: ") + std::strerror(errno));
        }
    }
    return {};
}

Result<> SwtpmBackend::receiveAll(std::span<std::uint8_t> bytes)
{
    while (!bytes.empty()) {
        TRY(waitFor(POLLIN));
        const ssize_t count = ::recv(m_control.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        if (count > 0)
            bytes = bytes.subspan(std::size_t(count));
        else if (count == 0)
            return Error(ErrorKind::Io, "swtpm has ended");
        else if (errno != EAGAIN && errno != EINTR)
            return Error(ErrorKind::Io, std::string("swtpm is gone: ") + std::strerror(errno));
    }
    return {};
}

Result<> SwtpmBackend::ask(std::string_view what, std::span<const std::uint8_t> request,
                           std::span<std::uint8_t> answer)
{
    Result<> done = sendAll(request);
    if (done)
        done = receiveAll(answer);
    if (!done)
        return std::move(done).error().context("swtpm was to " + std::string(what));
    return {};
}

Result<> SwtpmBackend::askForResult(std::string_view what, std::span<const std::uint8_t> request)
{
    std::array<std::uint8_t, ResultBytes> answer;
    TRY(ask(what, request, answer));
    const std::uint32_t result = numberAt(answer, 0);
    return result == 0 ? Result<>() : refused(what, result);
}

Result<> SwtpmBackend::switchOn()
{
    std::array<std::uint8_t, 8> capabilities;
    TRY(ask("say what it can do", request({GetCapability}), capabilities));
    const std::uint64_t has =
        (std::uint64_t(numberAt(capabilities, 0)) << 32) | numberAt(capabilities, 4);
    if ((has & NeededCapabilities) != NeededCapabilities)
        return Error(ErrorKind::Unsupported, "This swtpm is too old")
            .withRemedy("Install a newer one, or set the machine's engine to qemu");
    TRY(openDataChannel());
    TRY(setBufferSize());
    return initialize(0);
}

Result<> SwtpmBackend::openDataChannel()
{
    int pair[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return Error(ErrorKind::Io, std::string("socketpair: ") + std::strerror(errno));
    m_data = Fd(pair[0]);
    const Fd other(pair[1]);
    TRY(sendAll(request({SetDataFd}), other.get()));
    std::array<std::uint8_t, ResultBytes> answer;
    TRY(receiveAll(answer));
    const std::uint32_t result = numberAt(answer, 0);
    return result == 0 ? Result<>() : refused("take commands", result);
}

Result<> SwtpmBackend::setBufferSize()
{
    // The result, then the size, the least and the most that are possible.
    constexpr std::string_view What = "set the size of its buffer";
    std::array<std::uint8_t, 16> answer;
    TRY(ask(What, request({SetBufferSize, std::uint32_t(m_settings.bufferBytes)}), answer));
    if (const std::uint32_t result = numberAt(answer, 0); result != 0)
        return refused(What, result);
    if (numberAt(answer, 4) > m_settings.bufferBytes)
        return Error(ErrorKind::Unsupported, "This swtpm's responses are too long");
    return {};
}

Result<> SwtpmBackend::initialize(std::uint32_t flags)
{
    TRY(askForResult("start the TPM", request({Init, flags})));
    m_isFresh = true;
    return {};
}

Result<TpmState::Part> SwtpmBackend::getPart(std::uint32_t type)
{
    // The result, the blob's flags, the length of all of it and of what follows.
    constexpr std::string_view What = "save its state";
    std::array<std::uint8_t, 16> answer;
    TRY(ask(What, request({GetStateBlob, DecryptedState, type, 0}), answer));
    if (const std::uint32_t result = numberAt(answer, 0); result != 0 && result != NoSuchState)
        return refused(What, result);
    const std::uint32_t length = numberAt(answer, 12);
    if (length > TpmState::MaxPartBytes || length != numberAt(answer, 8))
        return Error(ErrorKind::Corrupt, "swtpm's state has an impossible length");
    TpmState::Part part;
    part.flags = numberAt(answer, 4);
    part.bytes.resize(length);
    TRY(receiveAll(part.bytes));
    return part;
}

Result<TpmState> SwtpmBackend::save()
{
    const std::lock_guard lock(m_mutex);
    check(m_loss || (m_under == Under::Nothing && !m_isCancelAsked), "a busy TPM is saved");
    if (m_loss)
        return Error(*m_loss).context("The TPM's state cannot be saved");
    TpmState state;
    for (std::size_t i = 0; i < PartTypes.size(); ++i)
        state.parts[i] = TRY(getPart(PartTypes[i]));
    return state;
}

Result<> SwtpmBackend::setPart(std::uint32_t type, const TpmState::Part &part)
{
    if (part.bytes.empty())
        return {};
    std::vector<std::uint8_t> bytes =
        request({SetStateBlob, part.flags, type, std::uint32_t(part.bytes.size())});
    bytes.insert(bytes.end(), part.bytes.begin(), part.bytes.end());
    return askForResult("take the saved state", bytes);
}

Result<> SwtpmBackend::restore(const TpmState &state)
{
    const std::lock_guard lock(m_mutex);
    check(m_loss || (m_under == Under::Nothing && !m_isCancelAsked), "a busy TPM is restored");
    if (m_loss)
        return Error(*m_loss).context("The TPM's state cannot be restored");
    TRY(askForResult("stop", request({Stop})));
    TRY(setBufferSize());
    for (std::size_t i = 0; i < PartTypes.size(); ++i)
        TRY(setPart(PartTypes[i], state.parts[i]));
    TRY(initialize(DeleteVolatileState));
    m_isFresh = false;
    return {};
}

// --- While the machine runs ---

void SwtpmBackend::wake()
{
    m_io.post([] {});
}

// Who goes away waits here for a call that is under way.
void SwtpmBackend::setReceiver(Receiver receiver)
{
    const auto set = [&] { m_receiver = std::move(receiver); };
    if (m_io.isOwnThread())
        set();
    else
        m_io.run(set);
}

void SwtpmBackend::submit(std::vector<std::uint8_t> command)
{
    check(!command.empty(), "a TPM command has no bytes");
    const std::lock_guard lock(m_mutex);
    m_jobs.push_back({std::move(command)});
    wake();
}

void SwtpmBackend::cancel()
{
    const std::lock_guard lock(m_mutex);
    m_isCancelWanted = m_under == Under::Command || !m_jobs.empty();
    wake();
}

void SwtpmBackend::powerCycle()
{
    const std::lock_guard lock(m_mutex);
    if (m_isFresh && m_jobs.empty() && m_under == Under::Nothing)
        return;
    m_jobs.push_back({});
    wake();
}

bool SwtpmBackend::isIdle() const
{
    const std::lock_guard lock(m_mutex);
    return m_jobs.empty() && m_under == Under::Nothing && !m_isCancelAsked && m_responses.empty();
}

void SwtpmBackend::preparePoll(PollSet &set)
{
    std::unique_lock lock(m_mutex);
    begin();
    tell(lock);
    m_controlIndex = m_dataIndex = -1;
    if (m_loss)
        return;
    m_controlIndex = set.add(m_control.get(), POLLIN);
    m_dataIndex = set.add(m_data.get(), short(POLLIN | (m_toSend.empty() ? 0 : POLLOUT)));
}

void SwtpmBackend::handlePoll(const PollSet &set)
{
    std::unique_lock lock(m_mutex);
    if (!m_loss && set.revents(m_controlIndex) != 0)
        receiveControl();
    if (!m_loss && set.revents(m_dataIndex) != 0) {
        sendData();
        receiveData();
    }
    begin();
    tell(lock);
}

// The next of the jobs. There is one request at a time on the control channel: swtpm reads it as if
// it were a datagram.
void SwtpmBackend::begin()
{
    while (m_loss && !m_jobs.empty()) {
        if (!m_jobs.front().command.empty())
            m_responses.emplace_back();
        m_jobs.pop_front();
    }
    if (m_loss)
        return;
    if (m_under == Under::Nothing && !m_jobs.empty() && !m_isCancelAsked) {
        Job job = std::move(m_jobs.front());
        m_jobs.pop_front();
        m_isFresh = false;
        if (job.command.empty()) {
            m_under = Under::PowerCycle;
            if (const Result<> sent = sendAll(request({Init, 0})); !sent)
                return lose(sent.error().text());
        } else {
            m_under = Under::Command;
            m_toSend = std::move(job.command);
            sendData();
        }
    }
    if (m_under == Under::Command && std::exchange(m_isCancelWanted, false) && !m_isCancelAsked) {
        m_isCancelAsked = true;
        if (const Result<> sent = sendAll(request({CancelTpmCommand})); !sent)
            lose(sent.error().text());
    }
}

void SwtpmBackend::sendData()
{
    while (!m_toSend.empty()) {
        const ssize_t sent =
            ::send(m_data.get(), m_toSend.data(), m_toSend.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0)
            m_toSend.erase(m_toSend.begin(), m_toSend.begin() + sent);
        else if (errno == EAGAIN)
            return;
        else if (errno != EINTR)
            return lose(std::string("it takes no commands: ") + std::strerror(errno));
    }
}

// A response says how long it is.
void SwtpmBackend::receiveData()
{
    while (!m_loss) {
        const std::size_t wanted =
            m_input.size() < HeaderBytes ? HeaderBytes : numberAt(m_input, 2);
        if (wanted < HeaderBytes || wanted > m_settings.bufferBytes)
            return lose("its response has an impossible length");
        if (m_input.size() == wanted) {
            m_responses.push_back(std::exchange(m_input, {}));
            m_under = Under::Nothing;
            m_isCancelWanted = false;
            return;
        }
        const std::size_t had = m_input.size();
        m_input.resize(wanted);
        const ssize_t count =
            ::recv(m_data.get(), m_input.data() + had, wanted - had, MSG_DONTWAIT);
        m_input.resize(had + std::size_t(std::max<ssize_t>(0, count)));
        if (count == 0)
            return lose("it has ended");
        if (count < 0 && errno == EAGAIN)
            return;
        if (count < 0 && errno != EINTR)
            return lose(std::strerror(errno));
        if (count > 0 && (m_under != Under::Command || !m_toSend.empty()))
            return lose("it says something that it was not asked for");
    }
}

// All answers while the machine runs are results.
void SwtpmBackend::receiveControl()
{
    std::array<std::uint8_t, ResultBytes> bytes;
    const ssize_t count =
        ::recv(m_control.get(), bytes.data(), ResultBytes - m_result.size(), MSG_DONTWAIT);
    if (count == 0)
        return lose("it has ended");
    if (count < 0) {
        if (errno != EAGAIN && errno != EINTR)
            lose(std::strerror(errno));
        return;
    }
    m_result.insert(m_result.end(), bytes.begin(), bytes.begin() + count);
    if (m_result.size() < ResultBytes)
        return;
    const std::uint32_t result = numberAt(std::exchange(m_result, {}), 0);
    if (std::exchange(m_isCancelAsked, false))
        return; // whether it could is no matter: the response tells
    if (m_under != Under::PowerCycle)
        return lose("it says something that it was not asked for");
    if (result != 0)
        return lose("it cannot start again (TPM result " + hex(result) + ")");
    m_under = Under::Nothing;
    m_isFresh = true;
}

void SwtpmBackend::lose(const std::string &why)
{
    if (m_loss)
        return;
    m_loss.emplace(ErrorKind::Io, "The machine's TPM (swtpm) does not work any more: " + why);
    if (m_under == Under::Command)
        m_responses.emplace_back();
    m_under = Under::Nothing;
    m_isCancelAsked = false;
    m_toSend.clear();
    m_input.clear();
}

// What there is to tell, without the lock.
void SwtpmBackend::tell(std::unique_lock<std::mutex> &lock)
{
    while (!m_responses.empty()) {
        std::vector<std::uint8_t> response = std::move(m_responses.front());
        lock.unlock();
        if (m_receiver)
            m_receiver(std::move(response));
        lock.lock();
        m_responses.pop_front(); // now it is idle
    }
    if (!m_loss || std::exchange(m_isLossTold, true))
        return;
    const Error loss = *m_loss;
    lock.unlock();
    if (m_settings.lost)
        m_settings.lost(loss);
    lock.lock();
}

} // namespace engine
