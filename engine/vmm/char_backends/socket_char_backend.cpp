// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/char_backends/open_char_backend.h"
#include "engine/vmm/char_backends/stream_char_backend.h"

#include <cerrno>
#include <cstring>
#include <optional>

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace engine {

namespace {

constexpr std::chrono::seconds ReconnectPause{1};
constexpr int Backlog = 1; // whoever waits for their turn
constexpr const char *OtherPath = "Choose another path in the machine's serial settings";

std::string named(const std::string &path)
{
    return "The serial port's socket \"" + path + "\"";
}

Error socketError(const std::string &doing, const std::string &path, int number)
{
    const bool isDenied = number == EACCES || number == EPERM || number == EROFS;
    const bool isMissing = number == ENOENT || number == ENOTDIR;
    return Error(isDenied        ? ErrorKind::Denied
                     : isMissing ? ErrorKind::NotFound
                                 : ErrorKind::Io,
                 "Cannot " + doing + " the serial port's socket \"" + path
                     + "\": " + std::strerror(number))
        .withRemedy(OtherPath);
}

Result<sockaddr_un> addressOf(const std::string &path)
{
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path)
        return Error(ErrorKind::Invalid,
                     "The path \"" + path + "\" is "
                         + (path.empty() ? "empty" : "too long for a socket"))
            .withRemedy(OtherPath);
    std::memcpy(address.sun_path, path.c_str(), path.size());
    return address;
}

// The socket calls take any kind of address as a sockaddr.
const sockaddr *generic(const sockaddr_un &address)
{
    return reinterpret_cast<const sockaddr *>(&address);
}

Fd makeSocket()
{
    return Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

// Unix sockets connect at once or not at all (unix(7)).
int connectNow(const Fd &socket, const sockaddr_un &address)
{
    return ::connect(socket.get(), generic(address), sizeof address) == 0 ? 0 : errno;
}

class ServerCharBackend final : public StreamCharBackend
{
public:
    ServerCharBackend(const std::string &path, Fd listener, const struct stat &place)
        : StreamCharBackend(named(path), Direction::Both)
        , m_path(path)
        , m_listener(std::move(listener))
        , m_place(place)
    { }
    ~ServerCharBackend() override
    {
        struct stat now = {};
        if (::lstat(m_path.c_str(), &now) == 0 && now.st_dev == m_place.st_dev
            && now.st_ino == m_place.st_ino)
            ::unlink(m_path.c_str());
    }

private:
    void prepareWithoutStream(PollSet &set) override
    {
        m_pollIndex = set.add(m_listener.get(), POLLIN);
    }
    void handleWithoutStream(const PollSet &set) override
    {
        if (set.revents(std::exchange(m_pollIndex, -1)) == 0)
            return;
        Fd client(::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (client.isOpen())
            setStream(std::move(client));
    }

    const std::string m_path;
    const Fd m_listener;
    const struct stat m_place;
    int m_pollIndex = -1;
};

class ClientCharBackend final : public StreamCharBackend
{
public:
    ClientCharBackend(const std::string &path, const sockaddr_un &address, Fd connection)
        : StreamCharBackend(named(path), Direction::Both)
        , m_address(address)
    {
        setStream(std::move(connection));
    }

private:
    void streamEnded() override { m_retryTime = PollClock::now() + ReconnectPause; }
    void prepareWithoutStream(PollSet &set) override { set.wakeBy(m_retryTime); }
    void handleWithoutStream(const PollSet &) override
    {
        if (PollClock::now() < m_retryTime)
            return;
        Fd socket = makeSocket();
        if (socket.isOpen() && connectNow(socket, m_address) == 0)
            setStream(std::move(socket));
        else
            streamEnded();
    }

    const sockaddr_un m_address;
    PollClock::time_point m_retryTime;
};

// Removes a socket that was left behind; anything else in the way is the user's.
Result<> makePlace(const std::string &path, const sockaddr_un &address)
{
    struct stat there = {};
    if (::lstat(path.c_str(), &there) != 0)
        return {};
    if (!S_ISSOCK(there.st_mode))
        return Error(ErrorKind::Busy,
                     "\"" + path
                         + "\" is to become the socket of a serial port, but there is another "
                           "file of that name")
            .withRemedy(OtherPath);
    const Fd probe = makeSocket();
    if (!probe.isOpen())
        return socketError("make", path, errno);
    const int problem = connectNow(probe, address);
    if (problem == 0 || problem == EAGAIN)
        return Error(ErrorKind::Busy,
                     "Another program listens at the serial port's socket \"" + path + "\"")
            .withRemedy(OtherPath);
    if (::unlink(path.c_str()) != 0)
        return socketError("replace", path, errno);
    return {};
}

} // namespace

Result<std::shared_ptr<CharBackend>> listenOnSerialSocket(const std::string &path)
{
    const sockaddr_un address = TRY(addressOf(path));
    TRY(makePlace(path, address));
    Fd listener = makeSocket();
    if (!listener.isOpen() || ::bind(listener.get(), generic(address), sizeof address) != 0)
        return socketError("make", path, errno);
    struct stat place = {};
    // Before anybody can connect: what is at a serial port is often a root shell.
    if (::chmod(path.c_str(), 0600) != 0 || ::lstat(path.c_str(), &place) != 0
        || ::listen(listener.get(), Backlog) != 0) {
        const int number = errno;
        ::unlink(path.c_str());
        return socketError("make", path, number);
    }
    return std::shared_ptr<CharBackend>(
        std::make_shared<ServerCharBackend>(path, std::move(listener), place));
}

Result<std::shared_ptr<CharBackend>> connectSerialSocket(const std::string &path)
{
    const sockaddr_un address = TRY(addressOf(path));
    Fd socket = makeSocket();
    if (!socket.isOpen())
        return socketError("connect to", path, errno);
    const int problem = connectNow(socket, address);
    if (problem == ECONNREFUSED || problem == ENOENT)
        return Error(ErrorKind::NotFound,
                     "Nobody listens at the serial port's socket \"" + path + "\"")
            .withRemedy("Start the program that is to be at the other end, then the machine");
    if (problem != 0)
        return socketError("connect to", path, problem);
    return std::shared_ptr<CharBackend>(
        std::make_shared<ClientCharBackend>(path, address, std::move(socket)));
}

} // namespace engine
