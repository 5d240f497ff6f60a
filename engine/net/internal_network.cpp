// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/net/internal_network.h"

#include "engine/base/fd.h"
#include "engine/base/log.h"
#include "engine/net/packet.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <map>

#include <dirent.h>
#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace engine::net {

namespace {

constexpr std::size_t MaxNameBytes = 64;
constexpr std::uint8_t Version = 1;
constexpr std::string_view PortSuffix = ".port";
constexpr std::size_t MaxQueuedFrames = 256; // to one member
constexpr std::size_t MaxLearnedCards = 1024;
constexpr std::chrono::minutes CardLife{5};
constexpr int FramesPerRound = 64;
constexpr std::size_t MaxDatagramBytes = 2 + 255 + MaxFrameBytes;

Error failure(const std::string &what, const std::string &path)
{
    return Error(errno == EACCES ? ErrorKind::Denied : ErrorKind::Io,
                 what + " \"" + path + "\": " + std::strerror(errno));
}

// A folder of ours alone; made when it is not there.
Result<Fd> openPrivateFolder(int parent, const std::string &name, const std::string &path)
{
    if (::mkdirat(parent, name.c_str(), 0700) != 0 && errno != EEXIST)
        return failure("Cannot make the folder", path);
    Fd folder(::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder.isOpen())
        return failure("Cannot open the folder", path);
    struct stat status = {};
    if (::fstat(folder.get(), &status) != 0)
        return failure("Cannot look at the folder", path);
    if (status.st_uid != ::geteuid() || (status.st_mode & 077) != 0)
        return Error(ErrorKind::Denied,
                     "The folder \"" + path + "\" is open to other users, or belongs to one")
            .withRemedy("Remove it: rm -r \"" + path + "\"");
    return folder;
}

// However long the folder's path is, and sun_path is short: through /proc's name of the descriptor.
sockaddr_un addressOf(int folder, const std::string &port)
{
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    const std::string path = "/proc/self/fd/" + std::to_string(folder) + "/" + port;
    check(path.size() < sizeof address.sun_path, "a port's name is too long");
    std::copy(path.begin(), path.end(), address.sun_path);
    return address;
}

bool isPortName(std::string_view name)
{
    return name.size() > PortSuffix.size() && name.size() <= 48 && name.ends_with(PortSuffix)
        && name.find('/') == std::string_view::npos;
}

std::vector<std::string> portsIn(int folder)
{
    std::vector<std::string> ports;
    // A descriptor of its own: fdopendir takes it, and the position in it, over.
    const int own = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *const entries = own >= 0 ? ::fdopendir(own) : nullptr;
    if (!entries) {
        if (own >= 0)
            ::close(own);
        return ports;
    }
    while (const dirent *entry = ::readdir(entries))
        if (isPortName(entry->d_name))
            ports.emplace_back(entry->d_name);
    ::closedir(entries);
    return ports;
}

// sockaddr_un is made to be passed as sockaddr.
const sockaddr *plain(const sockaddr_un &address)
{
    return reinterpret_cast<const sockaddr *>(&address);
}

struct Member
{
    Fd socket; // connected to its port, so that poll says when it has room again
    std::deque<std::shared_ptr<const FrameBuffer>> queue;
    int pollIndex = -1;
};

} // namespace

struct InternalNetwork::Private final : PollSource
{
    Private(NetLoop &netLoop, FrameSink &frameSink)
        : loop(netLoop)
        , sink(frameSink)
    { }
    Private(const Private &) = delete;
    Private &operator=(const Private &) = delete;
    ~Private() override;

    Result<> enter(const std::string &base, const std::string &name);
    Result<> bindPort();
    void preparePoll(PollSet &set) override;
    void handlePoll(const PollSet &set) override;
    void findMembers();
    void receive();
    void sendTo(const std::string &port, const std::shared_ptr<const FrameBuffer> &datagram);
    void drain(const std::string &port);
    void forget(const std::string &port, bool isStale);

    struct Card
    {
        std::string port;
        Clock::time_point heard;
    };

    NetLoop &loop;
    FrameSink &sink;
    Fd base;
    std::string name;
    Fd folder;
    Fd socket;
    Fd watch;
    std::string port;
    std::map<std::string, Member> members;
    std::map<MacAddress, Card> cards;
    bool isAdded = false;
    int socketIndex = -1;
    int watchIndex = -1;
    FrameBuffer buffer = FrameBuffer(MaxDatagramBytes);
};

Result<> checkInternalNetworkName(std::string_view name)
{
    const bool isPlain = std::none_of(name.begin(), name.end(), [](char c) {
        return (static_cast<unsigned char>(c) < ' ') || c == '/' || c == 0x7f;
    });
    if (name.empty() || name.size() > MaxNameBytes || !isPlain || name.front() == '.'
        || name.front() == ' ' || name.back() == ' ')
        return Error(ErrorKind::Invalid,
                     "\"" + std::string(name) + "\" is no name for an internal network")
            .withRemedy("Choose up to 64 letters, digits and the like, no slash and no dot at the "
                        "beginning");
    return {};
}

Result<std::unique_ptr<InternalNetwork>> InternalNetwork::join(NetLoop &loop, FrameSink &sink,
                                                               const std::string &folder,
                                                               const std::string &name)
{
    TRY(checkInternalNetworkName(name));
    auto state = std::make_unique<Private>(loop, sink);
    Result<> entered = state->enter(folder, name);
    if (!entered)
        return std::move(entered).error().context("Cannot join the internal network \"" + name
                                                  + "\"");
    loop.add(state.get());
    state->isAdded = true;
    return std::unique_ptr<InternalNetwork>(new InternalNetwork(std::move(state)));
}

InternalNetwork::InternalNetwork(std::unique_ptr<Private> state)
    : m_private(std::move(state))
{ }

InternalNetwork::~InternalNetwork() = default;

int InternalNetwork::otherMembers() const
{
    return int(m_private->members.size());
}

Result<> InternalNetwork::Private::enter(const std::string &basePath, const std::string &network)
{
    name = network;
    const std::size_t slash = basePath.rfind('/');
    const Fd parent(::open(slash == std::string::npos ? "." : basePath.substr(0, slash + 1).c_str(),
                           O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!parent.isOpen())
        return failure("Cannot open the folder of", basePath);
    base = TRY(openPrivateFolder(parent.get(), basePath.substr(slash + 1), basePath));
    // The last one to leave removes the folder, maybe between our finding it and our port in it.
    constexpr int Attempts = 10;
    for (int attempt = 0;; ++attempt) {
        folder = TRY(openPrivateFolder(base.get(), name, basePath + "/" + name));
        watch = Fd(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
        const std::string path = "/proc/self/fd/" + std::to_string(folder.get()) + "/.";
        if (!watch.isOpen()
            || ::inotify_add_watch(watch.get(), path.c_str(), IN_CREATE | IN_DELETE) < 0) {
            if (errno == ENOENT && attempt < Attempts)
                continue;
            return failure("Cannot watch the folder", basePath + "/" + name)
                .withRemedy("If the limit of watches is reached, raise "
                            "/proc/sys/fs/inotify/max_user_instances");
        }
        Result<> bound = bindPort();
        if (bound)
            break;
        if (errno != ENOENT || attempt >= Attempts)
            return bound;
    }
    findMembers();
    return {};
}

Result<> InternalNetwork::Private::bindPort()
{
    // Not the process's number alone: containers may share the folder, not the numbers.
    std::uint32_t number = 0;
    if (::getrandom(&number, sizeof number, 0) != ssize_t(sizeof number))
        return failure("Cannot name the socket in", name);
    port = std::to_string(::getpid()) + "-" + std::to_string(number) + std::string(PortSuffix);
    socket = Fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.isOpen())
        return failure("Cannot make the socket", port);
    const sockaddr_un address = addressOf(folder.get(), port);
    if (::bind(socket.get(), plain(address), sizeof address) != 0) {
        const int code = errno;
        Error error = failure("Cannot make the socket", port);
        errno = code;
        return error;
    }
    return {};
}

InternalNetwork::Private::~Private()
{
    if (isAdded)
        loop.remove(this);
    if (socket.isOpen()) {
        ::unlinkat(folder.get(), port.c_str(), 0);
        // Succeeds for the last one only.
        ::unlinkat(base.get(), name.c_str(), AT_REMOVEDIR);
    }
}

void InternalNetwork::Private::findMembers()
{
    const std::vector<std::string> ports = portsIn(folder.get());
    for (const std::string &other : ports) {
        if (other == port || members.contains(other))
            continue;
        Fd connection(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        const sockaddr_un address = addressOf(folder.get(), other);
        if (connection.isOpen()
            && ::connect(connection.get(), plain(address), sizeof address) == 0) {
            members[other].socket = std::move(connection);
        } else if (errno == ECONNREFUSED) {
            ::unlinkat(folder.get(), other.c_str(), 0); // nobody has it open any more
        }
    }
    std::vector<std::string> gone;
    for (const auto &[other, member] : members)
        if (std::find(ports.begin(), ports.end(), other) == ports.end())
            gone.push_back(other);
    for (const std::string &other : gone)
        forget(other, false);
}

void InternalNetwork::Private::forget(const std::string &other, bool isStale)
{
    members.erase(other);
    std::erase_if(cards, [&](const auto &item) { return item.second.port == other; });
    if (isStale)
        ::unlinkat(folder.get(), other.c_str(), 0);
}

void InternalNetwork::Private::preparePoll(PollSet &set)
{
    socketIndex = sink.isReady() ? set.add(socket.get(), POLLIN) : -1;
    watchIndex = set.add(watch.get(), POLLIN);
    for (auto &[other, member] : members)
        member.pollIndex = member.queue.empty() ? -1 : set.add(member.socket.get(), POLLOUT);
}

void InternalNetwork::Private::handlePoll(const PollSet &set)
{
    if ((set.revents(watchIndex) & POLLIN) != 0) {
        std::array<char, 4096> events;
        while (::read(watch.get(), events.data(), events.size()) > 0) { }
        findMembers();
    }
    std::vector<std::string> writable;
    for (const auto &[other, member] : members)
        if (set.revents(member.pollIndex) != 0)
            writable.push_back(other);
    for (const std::string &other : writable)
        drain(other);
    if ((set.revents(socketIndex) & POLLIN) != 0)
        receive();
}

void InternalNetwork::Private::receive()
{
    for (int i = 0; i < FramesPerRound && sink.isReady(); ++i) {
        const ssize_t size =
            ::recv(socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT | MSG_TRUNC);
        if (size < 0)
            return;
        if (std::size_t(size) > buffer.size() || size < 2 || buffer[0] != Version)
            continue;
        const std::size_t headerBytes = 2 + std::size_t(buffer[1]);
        if (std::size_t(size) < headerBytes + EthernetHeaderBytes)
            continue;
        const std::string sender(buffer.begin() + 2, buffer.begin() + std::ptrdiff_t(headerBytes));
        const Frame frame(buffer.data() + headerBytes, std::size_t(size) - headerBytes);
        MacAddress source{};
        std::copy_n(frame.begin() + 6, 6, source.begin());
        if (!members.contains(sender))
            findMembers(); // it came before the watch told of it
        if (!isGroupMac(source) && members.contains(sender)
            && (cards.size() < MaxLearnedCards || cards.contains(source)))
            cards[source] = {sender, Clock::now()};
        sink.deliver(frame);
    }
}

void InternalNetwork::send(Frame frame)
{
    Private &state = *m_private;
    if (frame.size() < EthernetHeaderBytes || frame.size() > MaxFrameBytes || state.members.empty())
        return;
    auto datagram = std::make_shared<FrameBuffer>();
    datagram->reserve(2 + state.port.size() + frame.size());
    datagram->push_back(Version);
    datagram->push_back(std::uint8_t(state.port.size()));
    datagram->insert(datagram->end(), state.port.begin(), state.port.end());
    datagram->insert(datagram->end(), frame.begin(), frame.end());

    MacAddress destination{};
    std::copy_n(frame.begin(), 6, destination.begin());
    const auto card = state.cards.find(destination);
    if (card != state.cards.end()) {
        if (Clock::now() - card->second.heard < CardLife) {
            const std::string port = card->second.port;
            state.sendTo(port, datagram);
            return;
        }
        state.cards.erase(card);
    }
    std::vector<std::string> everybody;
    for (const auto &[port, member] : state.members)
        everybody.push_back(port);
    for (const std::string &port : everybody)
        state.sendTo(port, datagram);
}

void InternalNetwork::Private::sendTo(const std::string &other,
                                      const std::shared_ptr<const FrameBuffer> &datagram)
{
    const auto found = members.find(other);
    if (found == members.end())
        return;
    if (found->second.queue.size() < MaxQueuedFrames)
        found->second.queue.push_back(datagram);
    drain(other);
}

void InternalNetwork::Private::drain(const std::string &other)
{
    const auto found = members.find(other);
    if (found == members.end())
        return;
    Member &member = found->second;
    while (!member.queue.empty()) {
        const FrameBuffer &datagram = *member.queue.front();
        if (::send(member.socket.get(), datagram.data(), datagram.size(),
                   MSG_NOSIGNAL | MSG_DONTWAIT)
            < 0) {
            if (errno == EAGAIN || errno == ENOBUFS || errno == EINTR)
                return; // the rest when poll says so
            if (errno != EMSGSIZE) {
                forget(other, errno == ECONNREFUSED);
                return;
            }
        }
        member.queue.pop_front();
    }
}

std::vector<std::string> activeInternalNetworks(const std::string &folder)
{
    std::vector<std::string> names;
    DIR *const entries = ::opendir(folder.c_str());
    if (!entries)
        return names;
    while (const dirent *entry = ::readdir(entries)) {
        const std::string name = entry->d_name;
        if (!checkInternalNetworkName(name))
            continue;
        const Fd network(::openat(::dirfd(entries), name.c_str(),
                                  O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!network.isOpen())
            continue;
        const std::vector<std::string> ports = portsIn(network.get());
        const bool isAlive = std::any_of(ports.begin(), ports.end(), [&](const std::string &port) {
            const Fd probe(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
            const sockaddr_un address = addressOf(network.get(), port);
            return ::connect(probe.get(), plain(address), sizeof address) == 0;
        });
        if (isAlive)
            names.push_back(name);
    }
    ::closedir(entries);
    std::sort(names.begin(), names.end());
    return names;
}

} // namespace engine::net
