// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/login_watch.h"

#include "engine/base/fd.h"
#include "engine/base/log.h"

#include <QtCore/QSocketNotifier>
#include <QtCore/QTimer>

#include <cstdint>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <systemd/sd-bus.h>
#include <time.h>

namespace app {

namespace {

constexpr const char *Service = "org.freedesktop.login1";
constexpr const char *Path = "/org/freedesktop/login1";
constexpr const char *Interface = "org.freedesktop.login1.Manager";

void logTrouble(const char *what, const char *why)
{
    engine::log(engine::LogLevel::Debug, "session",
                std::string("logind: ") + what + ": " + (why != nullptr ? why : "no reason given"));
}

} // namespace

struct LoginWatch::Private
{
    explicit Private(LoginWatch *watch)
        : owner(watch)
    { }

    LoginWatch *owner;
    sd_bus *bus = nullptr;
    engine::Fd lock;
    std::unique_ptr<QSocketNotifier> reading;
    std::unique_ptr<QSocketNotifier> writing;
    QTimer timer;

    bool open();
    void close();
    void process();
    void wait();
    void takeLock();

    // What sd-bus calls; it is C, and nothing of ours throws.
    static int lockAnswered(sd_bus_message *answer, void *self, sd_bus_error *);
    static int shutdownAnnounced(sd_bus_message *message, void *self, sd_bus_error *);
    static int sleepAnnounced(sd_bus_message *message, void *self, sd_bus_error *);
};

bool LoginWatch::Private::open()
{
    // Nothing here waits: the greeting is exchanged by process(), too.
    int result = sd_bus_open_system(&bus);
    if (result >= 0)
        result = sd_bus_match_signal_async(bus, nullptr, Service, Path, Interface,
                                           "PrepareForShutdown", shutdownAnnounced, nullptr, this);
    if (result >= 0)
        result = sd_bus_match_signal_async(bus, nullptr, Service, Path, Interface,
                                           "PrepareForSleep", sleepAnnounced, nullptr, this);
    if (result < 0) {
        logTrouble("not reached", std::strerror(-result));
        close();
        return false;
    }
    const int descriptor = sd_bus_get_fd(bus);
    reading = std::make_unique<QSocketNotifier>(descriptor, QSocketNotifier::Read);
    writing = std::make_unique<QSocketNotifier>(descriptor, QSocketNotifier::Write);
    timer.setSingleShot(true);
    for (QSocketNotifier *notifier : {reading.get(), writing.get()})
        QObject::connect(notifier, &QSocketNotifier::activated, owner, [this] { process(); });
    QObject::connect(&timer, &QTimer::timeout, owner, [this] { process(); });
    takeLock();
    process();
    return true;
}

void LoginWatch::Private::close()
{
    timer.stop();
    reading.reset();
    writing.reset();
    bus = sd_bus_close_unref(bus);
}

void LoginWatch::Private::process()
{
    int result = 1;
    while (bus != nullptr && result > 0)
        result = sd_bus_process(bus, nullptr);
    if (result < 0) {
        logTrouble("lost", std::strerror(-result));
        // Not from inside a notifier's signal.
        reading->setEnabled(false);
        writing->setEnabled(false);
        QTimer::singleShot(0, owner, [this] { close(); });
        return;
    }
    wait();
}

void LoginWatch::Private::wait()
{
    if (bus == nullptr)
        return;
    const int events = sd_bus_get_events(bus);
    reading->setEnabled((events & POLLIN) != 0);
    writing->setEnabled((events & POLLOUT) != 0);
    std::uint64_t until = 0; // microseconds of CLOCK_MONOTONIC
    if (sd_bus_get_timeout(bus, &until) < 0 || until == UINT64_MAX) {
        timer.stop();
        return;
    }
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    const auto microseconds =
        std::uint64_t(now.tv_sec) * 1000000 + std::uint64_t(now.tv_nsec) / 1000;
    timer.start(until > microseconds ? int((until - microseconds) / 1000 + 1) : 0);
}

void LoginWatch::Private::takeLock()
{
    const int result = sd_bus_call_method_async(bus, nullptr, Service, Path, Interface, "Inhibit",
                                                lockAnswered, this, "ssss", "shutdown", "Vitrine",
                                                "A virtual machine has to be saved", "delay");
    if (result < 0)
        logTrouble("no lock", std::strerror(-result));
}

int LoginWatch::Private::lockAnswered(sd_bus_message *answer, void *self, sd_bus_error *)
{
    auto *const watch = static_cast<Private *>(self);
    int descriptor = -1; // the message's
    if (sd_bus_message_is_method_error(answer, nullptr) != 0)
        logTrouble("no lock", sd_bus_message_get_error(answer)->message);
    else if (sd_bus_message_read(answer, "h", &descriptor) >= 0)
        watch->lock = engine::Fd(::fcntl(descriptor, F_DUPFD_CLOEXEC, 3));
    return 0;
}

int LoginWatch::Private::shutdownAnnounced(sd_bus_message *message, void *self, sd_bus_error *)
{
    int isBeginning = 0;
    if (sd_bus_message_read(message, "b", &isBeginning) >= 0 && isBeginning != 0)
        Q_EMIT static_cast<Private *>(self)->owner->shutdownBegins();
    return 0;
}

int LoginWatch::Private::sleepAnnounced(sd_bus_message *message, void *self, sd_bus_error *)
{
    int isBeginning = 1;
    if (sd_bus_message_read(message, "b", &isBeginning) >= 0 && isBeginning == 0)
        Q_EMIT static_cast<Private *>(self)->owner->wokeUp();
    return 0;
}

LoginWatch::LoginWatch(QObject *parent)
    : QObject(parent)
    , m_private(std::make_unique<Private>(this))
{
    m_private->open();
}

LoginWatch::~LoginWatch()
{
    m_private->close();
}

bool LoginWatch::isDelayingShutdown() const
{
    return m_private->lock.isOpen();
}

} // namespace app
