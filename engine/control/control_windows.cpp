// SPDX-License-Identifier: GPL-3.0-or-later
// The windows of a machine in this process and others: one or several, what they are handed, and
// which one makes a film.
#include "engine/control/control_protocol.h"
#include "engine/control/control_server_private.h"
#include "engine/control/rpc_socket.h"
#include "engine/control/serial_ports.h"
#include "engine/machine/machine_json.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QPointer>
#include <QtNetwork/QLocalSocket>

#include <cerrno>
#include <cstring>

#include <fcntl.h>

namespace engine {

namespace {

constexpr std::size_t MaxDisplays = 16; // windows in other processes

} // namespace

bool ControlServer::Private::handleWindowRequest(QLocalSocket *socket, const QJsonValue &id,
                                                 const QString &method, const QJsonObject &params)
{
    const auto replyWithFile = [reply = rpc::laterAnswer(socket, id)](const Result<QString> &file) {
        if (file)
            reply(QJsonObject{{QStringLiteral("file"), *file}});
        else
            reply(file.error());
    };
    if (method == QLatin1String("window.attach")) {
        connections[socket].isRecorder = params[QLatin1String("records")].toBool();
        connections[socket].isBlind = params[QLatin1String("blind")].toBool();
        if (connections[socket].isBlind)
            attachBlindWindow(socket, id);
        else
            attachWindow(socket, id, params[QLatin1String("force")].toBool());
    } else if (method == QLatin1String("window.detach")) {
        detachWindow(socket);
        rpc::answer(socket, id, {});
    } else if (method == QLatin1String("window.show")) {
        raiseWindow(socket, id);
    } else if (method == QLatin1String("display.open")) {
        openDisplay(socket, id, params[QLatin1String("monitor")].toInt());
    } else if (method == QLatin1String("sound.open")) {
        openSound(socket, id);
    } else if (method == QLatin1String("serial.open")) {
        openSerialPort(socket, id, params[QLatin1String("port")].toInt(-1));
    } else if (method == QLatin1String("recording.start")) {
        startFilm(params, replyWithFile);
    } else if (method == QLatin1String("recording.stop")) {
        session.recording().stop(replyWithFile);
    } else if (method == QLatin1String("recording.report")) {
        reportFilm(socket, id, params);
    } else {
        return false;
    }
    return true;
}

void ControlServer::Private::raiseWindow(QLocalSocket *socket, const QJsonValue &id)
{
    QLocalSocket *const window = windowConnection();
    if (window != nullptr)
        rpc::send(window, rpc::notification(QStringLiteral("event.raise")));
    else if (showWindow)
        showWindow();
    rpc::answer(socket, id, {{QStringLiteral("shown"), window != nullptr || bool(showWindow)}});
}

void ControlServer::Private::startFilm(const QJsonObject &params,
                                       const std::function<void(Result<QString>)> &reply)
{
    if (recorderConnection() == nullptr && !canFilmAlone()) {
        reply(makeError(
            ErrorKind::Unsupported,
            windowConnection() == nullptr
                ? QStringLiteral("The machine's window makes the film, and it has none now")
                : QStringLiteral("The machine's plain window (SDL) makes no films"),
            QStringLiteral("Show the machine in its usual window and start the recording then")));
        return;
    }
    RecordingSettings settings = session.entry().definition.recording;
    if (!params.isEmpty()) {
        QJsonObject words = recordingToJson(settings);
        for (auto it = params.begin(); it != params.end(); ++it)
            words.insert(it.key(), it.value());
        const Result<RecordingSettings> read = recordingFromJson(words);
        if (!read) {
            reply(read.error());
            return;
        }
        settings = *read;
    }
    session.startRecording(settings, reply);
}

void ControlServer::Private::reportFilm(QLocalSocket *socket, const QJsonValue &id,
                                        const QJsonObject &params)
{
    if (socket == filmMaker) { // else of a film that another window makes by now
        session.recording().report(
            params[QLatin1String("number")].toInt(),
            recordingPhaseFromWord(params[QLatin1String("phase")].toString()),
            params[QLatin1String("trouble")].toString());
        if (connections[socket].isBlind && !session.recording().status().isActive())
            connections[socket].isWindow = false; // it goes
    }
    rpc::answer(socket, id, {});
}

void ControlServer::Private::beginFilm()
{
    filmMaker = recorderConnection();
    if (filmMaker != nullptr) {
        askForFilm();
        return;
    }
    // It attaches in a moment; until then, and in vain, MachineRecording waits.
    const Result<> started = canFilmAlone() ? startFilmMaker() : Result<>();
    if (!started)
        session.recording().report(session.recording().status().number,
                                   RecordingStatus::Phase::Failed, errorText(started.error()));
}

bool ControlServer::Private::canFilmAlone() const
{
    return startFilmMaker
        && (windowConnection() == nullptr || session.driver().display().isForSeveral());
}

void ControlServer::Private::askForFilm()
{
    const RecordingStatus &film = session.recording().status();
    rpc::send(filmMaker,
              rpc::notification(QStringLiteral("event.record"),
                                {{QStringLiteral("number"), film.number},
                                 {QStringLiteral("file"), film.file},
                                 {QStringLiteral("settings"), recordingToJson(film.settings)}}));
}

void ControlServer::Private::leaveFilm(QLocalSocket *socket)
{
    if (socket != filmMaker || filmMaker == nullptr)
        return;
    filmMaker = nullptr;
    session.recording().makerGone(connections[socket].isBlind ? QStringLiteral("The program")
                                                              : QStringLiteral("The window"));
}

QLocalSocket *ControlServer::Private::recorderConnection() const
{
    for (auto it = connections.cbegin(); it != connections.cend(); ++it) {
        if (it->isWindow && it->isRecorder && !it->isBlind)
            return it.key();
    }
    return nullptr;
}

QLocalSocket *ControlServer::Private::windowConnection(const QLocalSocket *except) const
{
    for (auto it = connections.cbegin(); it != connections.cend(); ++it) {
        if (it->isWindow && !it->isBlind && it.key() != except)
            return it.key();
    }
    return nullptr;
}

void ControlServer::Private::attachWindow(QLocalSocket *socket, const QJsonValue &id, bool isForced)
{
    QLocalSocket *const other =
        session.driver().display().isForSeveral() ? nullptr : windowConnection(socket);
    if (other != nullptr && isForced) {
        leaveFilm(other);
        connections[other].isWindow = false;
        rpc::send(other, rpc::notification(QStringLiteral("event.detached")));
    }
    const bool isAttached = other == nullptr || isForced;
    if (isAttached) {
        // The picture of this engine goes to one place only.
        if (filmMaker != nullptr && connections[filmMaker].isBlind
            && session.recording().status().isActive()
            && !session.driver().display().isForSeveral())
            session.recording().stop({});
        connections[socket].isWindow = true;
        session.setHasWindow(true);
        if (connections[socket].isRecorder)
            session.recordIfWanted();
    } else {
        rpc::send(other, rpc::notification(QStringLiteral("event.raise")));
    }
    rpc::answer(socket, id, {{QStringLiteral("attached"), isAttached}});
    if (isAttached && connections[socket].isRecorder)
        takeFilm(socket); // sooner than the program that was started for it
}

// For the film that was asked for, and none else.
void ControlServer::Private::attachBlindWindow(QLocalSocket *socket, const QJsonValue &id)
{
    const bool isAttached = canFilmAlone() && filmMaker == nullptr
        && session.recording().status().phase == RecordingStatus::Phase::Starting;
    connections[socket].isWindow = isAttached;
    rpc::answer(socket, id, {{QStringLiteral("attached"), isAttached}});
    if (isAttached)
        takeFilm(socket);
}

// The film that waits for somebody to make it.
void ControlServer::Private::takeFilm(QLocalSocket *socket)
{
    if (filmMaker != nullptr
        || session.recording().status().phase != RecordingStatus::Phase::Starting)
        return;
    filmMaker = socket;
    session.recording().makerCame();
    askForFilm();
}

void ControlServer::Private::detachWindow(QLocalSocket *socket)
{
    leaveFilm(socket);
    if (!std::exchange(connections[socket].isWindow, false))
        return;
    if (windowConnection() == nullptr && !connections[socket].isBlind)
        session.setHasWindow(false);
}

void ControlServer::Private::openDisplay(QLocalSocket *socket, const QJsonValue &id, int monitor)
{
    const DisplayEndpoint display = session.driver().display();
    if (display.hub == nullptr || monitor < 0 || monitor >= display.monitorCount) {
        rpc::refuse(socket, id,
                    makeError(ErrorKind::NotFound,
                              QStringLiteral("the machine's process has no screen to show")));
        return;
    }
    const Result<> handedOver = handOver(socket, id, display.hub->makeView(unsigned(monitor)));
    if (!handedOver)
        rpc::refuse(socket, id, handedOver.error());
}

void ControlServer::Private::openSound(QLocalSocket *socket, const QJsonValue &id)
{
    const Result<Fd> sound = session.driver().tapSound();
    if (!sound)
        return rpc::refuse(socket, id, sound.error());
    QByteArray rest;
    Result<Fd> connection = takeConnection(socket, rest);
    if (!connection)
        return rpc::refuse(socket, id, connection.error());
    DisplayStream stream(std::move(*connection), DisplayStream::Descriptors::Refused);
    stream.send({{QStringLiteral("jsonrpc"), QStringLiteral("2.0")},
                 {QStringLiteral("id"), id},
                 {QStringLiteral("result"), QJsonObject()}},
                sound->get());
}

Result<Fd> ControlServer::Private::takeConnection(QLocalSocket *socket, QByteArray &rest)
{
    socket->flush();
    if (socket->bytesToWrite() > 0)
        return Error(ErrorKind::Busy, "the machine's process is not heard in time");
    Fd connection(::fcntl(int(socket->socketDescriptor()), F_DUPFD_CLOEXEC, 0));
    if (!connection.isOpen())
        return Error(ErrorKind::Io,
                     std::string("the machine has no room for one more connection: ")
                         + std::strerror(errno));
    rest = connections[socket].reader.takeRest() + socket->readAll();
    socket->disconnect(&server);
    dropConnection(socket);
    socket->abort();
    return connection;
}

// The socket's connection becomes a window's.
Result<> ControlServer::Private::handOver(QLocalSocket *socket, const QJsonValue &id,
                                          DisplayHub::View view)
{
    if (displays.size() >= MaxDisplays)
        return makeError(ErrorKind::Busy,
                         QStringLiteral("the machine is shown in too many windows already"),
                         QStringLiteral("Close one of them"));
    QByteArray rest;
    Fd connection = TRY(takeConnection(socket, rest));
    displays.push_back(
        std::make_unique<DisplayConnection>(std::move(connection), rest, id, std::move(view)));
    DisplayConnection *const display = displays.back().get();
    QObject::connect(
        display, &DisplayConnection::closed, &server, [this, display] { closeDisplay(display); },
        Qt::QueuedConnection);
    return {};
}

void ControlServer::Private::closeDisplay(DisplayConnection *display)
{
    std::erase_if(displays, [display](const auto &one) { return one.get() == display; });
}

void ControlServer::Private::openSerialPort(QLocalSocket *socket, const QJsonValue &id, int port)
{
    SerialFeed *const feed = session.serialPorts().port(port);
    if (feed == nullptr) {
        rpc::refuse(
            socket, id,
            makeError(ErrorKind::NotFound,
                      QStringLiteral("The machine has no such serial port for its windows")));
        return;
    }
    rpc::answer(socket, id, {{QStringLiteral("remembered"), feed->remembered()}});
    const QByteArray typed = connections[socket].reader.takeRest();
    socket->disconnect(&server);
    detachWindow(socket);
    connections.remove(socket);
    updateActivity();
    feed->addWindow(socket, typed);
}

} // namespace engine
