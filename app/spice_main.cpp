// SPDX-License-Identifier: GPL-3.0-or-later
// vitrine-spice: shows one machine's screen to SPICE clients, on TCP or a Unix socket, lets them hear it
// and, where the guest may hear a microphone, speak to it. A program of its own, so that
// what clients send to libspice-server reaches a process that has this machine's picture, keys and
// pointer and nothing else of it, and whose end is nobody else's.
//
//   vitrine-spice --machine DESCRIPTOR
//
// The descriptor is a Unix socket to the machine's process (engine/drivers/spice_messages.h). It
// ends with that; with 1 and a sentence on its standard error when it cannot listen.
#include "app/spice_feed.h"
#include "engine/base/thread_filter.h"
#include "engine/drivers/display_protocol.h"
#include "engine/drivers/display_stream.h"
#include "engine/drivers/spice_messages.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QJsonObject>
#include <QtCore/QUuid>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <string_view>

#include <sys/prctl.h>
#include <unistd.h>

using namespace engine;

namespace {

constexpr unsigned EndSeconds = 3; // the library may wait for a client that does not answer

spice::ScreenServerConfig configFrom(const QJsonObject &serve)
{
    const auto text = [&serve](QLatin1String key) { return serve[key].toString().toStdString(); };
    spice::ScreenServerConfig config;
    config.machineName = text(QLatin1String("name"));
    const QByteArray id = QUuid::fromString(serve[QLatin1String("id")].toString()).toRfc4122();
    std::copy_n(id.cbegin(), std::min(std::size_t(id.size()), config.machineId.size()),
                config.machineId.begin());
    config.socket = text(QLatin1String("socket"));
    config.address = text(QLatin1String("address"));
    config.port = serve[QLatin1String("port")].toInt();
    config.tlsPort = serve[QLatin1String("tlsPort")].toInt();
    config.certificateFolder = text(QLatin1String("certificates"));
    config.password = text(QLatin1String("password"));
    config.isCompressing = serve[QLatin1String("compress")].toBool();
    config.hasSound = serve[QLatin1String("sound")].toBool();
    return config;
}

int serveMachine(Fd socket)
{
    app::SpiceFeed feed;
    DisplayStream machine(std::move(socket), DisplayStream::Descriptors::Taken);
    QObject::connect(&feed, &app::SpiceFeed::clientsChanged, &machine, [&machine](int clients) {
        machine.send(
            displaymessage::make(spicemessage::Clients, {{QStringLiteral("count"), clients}}));
    });
    QObject::connect(&machine, &DisplayStream::closed, &machine, [] {
        ::alarm(EndSeconds);
        QCoreApplication::quit();
    });
    bool isServing = false;
    QObject::connect(&machine, &DisplayStream::received, &machine, [&](const QJsonObject &message) {
        const QString method = message[QLatin1String("method")].toString();
        if (method == QLatin1String(spicemessage::Serve) && !isServing) {
            const Result<> served = feed.serve(
                configFrom(message[QLatin1String("params")].toObject()));
            if (!served) {
                std::fprintf(stderr, "%s\n", served.error().text().c_str());
                QCoreApplication::exit(1);
                return;
            }
            isServing = true;
            machine.send(displaymessage::make(spicemessage::Serving));
        } else if (method == QLatin1String(spicemessage::Screen)) {
            if (Fd screen = machine.takeDescriptor(); screen.isOpen())
                feed.show(std::move(screen));
        } else if (method == QLatin1String(spicemessage::Sound)) {
            feed.hear(machine.takeDescriptor());
        }
    });
    return QCoreApplication::exec();
}

} // namespace

int main(int count, char **words)
{
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); // the password and the guest's picture are here
    std::signal(SIGPIPE, SIG_IGN);
    int socket = -1;
    bool isRight = count == 3 && std::string_view(words[1]) == "--machine";
    if (isRight) {
        const std::string_view number = words[2];
        const auto read = std::from_chars(number.data(), number.data() + number.size(), socket);
        isRight = read.ec == std::errc() && read.ptr == number.data() + number.size() && socket > 2;
    }
    if (!isRight) {
        std::fprintf(stderr, "usage: %s --machine DESCRIPTOR\n", words[0]);
        return 2;
    }
    const QCoreApplication application(count, words);
    confineThread(ThreadRole::Network); // and what is started from here
    return serveMachine(Fd(socket));
}
