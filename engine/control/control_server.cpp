// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/control_server.h"

#include "engine/control/display_connection.h"
#include "engine/control/exit_json.h"
#include "engine/control/json_lines.h"
#include "engine/control/network_json.h"
#include "engine/control/serial_ports.h"
#include "engine/drivers/exit_report.h"
#include "engine/drivers/sideways_wheel.h"
#include "engine/machine/machine_json.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QFileInfo>
#include <QtCore/QHash>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QPointer>
#include <QtNetwork/QLocalServer>
#include <QtNetwork/QLocalSocket>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace engine {

namespace {

struct Connection
{
    JsonLineReader reader;
    bool wantsActivity = false;
    bool isWindow = false;
    bool isRecorder = false; // a window that can make films
};

// JSON-RPC 2.0, section 5.1.
constexpr int InvalidRequest = -32600;
constexpr int MethodNotFound = -32601;
constexpr int ServerError = -32000;

constexpr std::size_t MaxDisplays = 16; // windows in other processes

bool isSameUser(const QLocalSocket &socket)
{
    ucred peer = {};
    socklen_t size = sizeof peer;
    return ::getsockopt(int(socket.socketDescriptor()), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0
        && peer.uid == ::geteuid();
}

StorageSlot slotFromJson(const QJsonObject &params)
{
    return {params[QLatin1String("controller")].toString(), params[QLatin1String("port")].toInt(),
            params[QLatin1String("device")].toInt()};
}

Result<MachineDefinition> definitionFromJson(const QJsonValue &json)
{
    return machineFromJson(QJsonDocument(json.toObject()).toJson(QJsonDocument::Compact));
}

std::optional<bool> givenBool(const QJsonObject &params, const char *key)
{
    const QJsonValue value = params[QLatin1String(key)];
    return value.isBool() ? std::optional<bool>(value.toBool()) : std::nullopt;
}

Result<> setSharing(MachineSession &session, const QJsonObject &params)
{
    const auto mode = [&params](const char *key, SharingMode now) -> Result<SharingMode> {
        const QJsonValue value = params[QLatin1String(key)];
        if (value.isUndefined())
            return now;
        if (const auto wanted = enumFromName<SharingMode>(value.toString()))
            return *wanted;
        return makeError(ErrorKind::Invalid,
                         QStringLiteral("\"%1\" is no direction").arg(value.toString()));
    };
    const MachineDefinition &definition = session.entry().definition;
    const SharingMode clipboard = TRY(mode("clipboard", definition.clipboard));
    const SharingMode dragAndDrop = TRY(mode("dragAndDrop", definition.dragAndDrop));
    return session.setSharing(clipboard, dragAndDrop);
}

void changeDefinition(MachineSession &session, const QJsonObject &params,
                      const Driver::Reply &reply)
{
    const Result<MachineDefinition> wanted =
        definitionFromJson(params[QLatin1String("definition")]);
    if (!wanted) {
        reply(wanted.error());
        return;
    }
    std::optional<MachineDefinition> base;
    if (params.contains(QLatin1String("base"))) {
        const Result<MachineDefinition> read = definitionFromJson(params[QLatin1String("base")]);
        if (!read) {
            reply(read.error());
            return;
        }
        base = *read;
    }
    session.changeDefinition(*wanted, base, reply);
}

MachineSession::FolderLife folderLife(const QJsonObject &params)
{
    return params[QLatin1String("transient")].toBool() ? MachineSession::FolderLife::Transient
                                                       : MachineSession::FolderLife::Kept;
}

Result<QJsonObject> exitStatistics(Driver &driver, bool isReset)
{
    auto *reporter = dynamic_cast<ExitReporter *>(&driver);
    if (reporter == nullptr)
        return makeError(ErrorKind::Unsupported,
                         QStringLiteral("The engine that runs this machine (%1) does not count "
                                        "why the guest is left")
                             .arg(driver.name()),
                         QStringLiteral("The built-in engine does: set the machine's engine to "
                                        "kvm"));
    const std::optional<ExitStatistics> statistics = reporter->exitStatistics();
    if (!statistics)
        return makeError(ErrorKind::Invalid, QStringLiteral("The machine is not running"));
    if (isReset)
        reporter->resetExitStatistics();
    return toJson(*statistics);
}

} // namespace

struct ControlServer::Private
{
    explicit Private(MachineSession &machineSession)
        : session(machineSession)
    { }

    MachineSession &session;
    QLocalServer server;
    QHash<QLocalSocket *, Connection> connections;
    std::function<void()> showWindow;
    std::vector<std::unique_ptr<DisplayConnection>> displays;
    QLocalSocket *filmMaker = nullptr; // the window that makes the film, or the last one

    void accept(QLocalSocket *socket);
    void read(QLocalSocket *socket);
    void handle(QLocalSocket *socket, const QJsonObject &request);
    void dropConnection(QLocalSocket *socket);
    void broadcast(const QString &event, const QJsonObject &params);
    void updateActivity();
    QLocalSocket *windowConnection(const QLocalSocket *except = nullptr) const;
    void attachWindow(QLocalSocket *socket, const QJsonValue &id, bool isForced);
    void detachWindow(QLocalSocket *socket);
    void openDisplay(QLocalSocket *socket, const QJsonValue &id);
    Result<> handOver(QLocalSocket *socket, const QJsonValue &id, DisplayHub &hub);
    void closeDisplay(DisplayConnection *display);
    void openSerialPort(QLocalSocket *socket, const QJsonValue &id, int port);
    void handleRecording(QLocalSocket *socket, const QJsonValue &id, const QString &method,
                         const QJsonObject &params);
    void beginFilm();
    void leaveFilm(const QLocalSocket *socket); // it is no window any more
    QLocalSocket *recorderConnection() const;
    void handleGuest(QLocalSocket *socket, const QJsonValue &id, const QString &method,
                     const QJsonObject &params);

    static void send(QLocalSocket *socket, const QJsonObject &message)
    {
        if (socket->state() == QLocalSocket::ConnectedState)
            socket->write(toJsonLine(message));
    }
    static void notify(QLocalSocket *socket, const QString &event, const QJsonObject &params = {})
    {
        QJsonObject message{{QStringLiteral("jsonrpc"), QStringLiteral("2.0")},
                            {QStringLiteral("method"), event}};
        if (!params.isEmpty())
            message.insert(QStringLiteral("params"), params);
        send(socket, message);
    }
    static void answer(QLocalSocket *socket, const QJsonValue &id, const QJsonObject &result)
    {
        send(socket,
             {{QStringLiteral("jsonrpc"), QStringLiteral("2.0")},
              {QStringLiteral("id"), id},
              {QStringLiteral("result"), result}});
    }
    static void refuse(QLocalSocket *socket, const QJsonValue &id, const Error &error,
                       int code = ServerError)
    {
        send(socket,
             {{QStringLiteral("jsonrpc"), QStringLiteral("2.0")},
              {QStringLiteral("id"), id},
              {QStringLiteral("error"),
               QJsonObject{{QStringLiteral("code"), code},
                           {QStringLiteral("message"), errorText(error)},
                           {QStringLiteral("data"), toJson(error)}}}});
    }
};

Result<std::unique_ptr<ControlServer>> ControlServer::listen(MachineSession &session,
                                                             const QString &socketPath)
{
    TRY(paths::makePrivateFolder(QFileInfo(socketPath).path()));
    auto state = std::make_unique<Private>(session);
    // Whoever holds the machine's lock owns the address: a socket file found here is a leftover.
    QLocalServer::removeServer(socketPath);
    state->server.setSocketOptions(QLocalServer::UserAccessOption);
    if (!state->server.listen(socketPath)) {
        return makeError(ErrorKind::Io,
                         QStringLiteral("Cannot listen on \"%1\": %2")
                             .arg(socketPath, state->server.errorString()));
    }
    return std::unique_ptr<ControlServer>(new ControlServer(std::move(state)));
}

ControlServer::ControlServer(std::unique_ptr<Private> state)
    : m_private(std::move(state))
{
    Private *const self = m_private.get();
    connect(&self->server, &QLocalServer::newConnection, this, [self] {
        while (QLocalSocket *const socket = self->server.nextPendingConnection())
            self->accept(socket);
    });
    connect(&self->session, &MachineSession::statusChanged, this, [self] {
        self->broadcast(QStringLiteral("event.status"), toJson(self->session.status()));
        if (self->session.driver().display().hub == nullptr)
            self->displays.clear();
        if (self->recorderConnection() != nullptr)
            self->session.recordIfWanted();
    });
    connect(&self->session, &MachineSession::failed, this, [self](const Error &error) {
        self->broadcast(QStringLiteral("event.failed"), toJson(error));
    });
    connect(&self->session, &MachineSession::typingProgressed, this, [self] {
        const Typist &typist = self->session.typist();
        self->broadcast(
            QStringLiteral("event.typing"),
            {{QStringLiteral("done"), typist.done()}, {QStringLiteral("total"), typist.total()}});
    });
    connect(&self->session.usb(), &MachineUsb::changed, this,
            [self] { self->broadcast(QStringLiteral("event.usb"), {}); });
    connect(&self->session.usb(), &MachineUsb::noticed, this, [self](const QString &text) {
        self->broadcast(QStringLiteral("event.notice"), {{QStringLiteral("text"), text}});
    });
    connect(&self->session.recording(), &MachineRecording::beginWanted, this,
            [self] { self->beginFilm(); });
    connect(&self->session.recording(), &MachineRecording::endWanted, this, [self] {
        if (self->filmMaker != nullptr)
            Private::notify(
                self->filmMaker, QStringLiteral("event.recordEnd"),
                {{QStringLiteral("number"), self->session.recording().status().number}});
    });
    Driver &driver = self->session.driver();
    connect(&driver, &Driver::noticed, this, [self](const QString &text) {
        self->broadcast(QStringLiteral("event.notice"), {{QStringLiteral("text"), text}});
    });
    connect(&driver, &Driver::problemRaised, this, [self](const RunProblem &problem) {
        self->broadcast(QStringLiteral("event.problem"), toJson(problem));
    });
    connect(&driver, &Driver::progressed, this, [self](int percent) {
        self->broadcast(QStringLiteral("event.progress"), {{QStringLiteral("percent"), percent}});
    });
    connect(&driver, &Driver::wasReset, this,
            [self] { self->broadcast(QStringLiteral("event.reset"), {}); });
    connect(&driver, &Driver::activityChanged, this, [self] {
        const QJsonObject message{
            {QStringLiteral("jsonrpc"), QStringLiteral("2.0")},
            {QStringLiteral("method"), QStringLiteral("event.activity")},
            {QStringLiteral("params"), toJson(self->session.driver().activity())}};
        for (auto it = self->connections.cbegin(); it != self->connections.cend(); ++it) {
            if (it->wantsActivity)
                Private::send(it.key(), message);
        }
    });
}

ControlServer::~ControlServer()
{
    m_private->displays.clear();
    // What was said last (the failure, the state Off) still has to leave.
    const QList<QLocalSocket *> sockets = m_private->connections.keys();
    for (QLocalSocket *const socket : sockets) {
        socket->disconnect();
        socket->flush();
        if (socket->bytesToWrite() > 0)
            socket->waitForBytesWritten(200);
    }
}

void ControlServer::setShowWindow(std::function<void()> showWindow)
{
    m_private->showWindow = std::move(showWindow);
}

void ControlServer::Private::accept(QLocalSocket *socket)
{
    if (!isSameUser(*socket)) {
        socket->abort();
        socket->deleteLater();
        return;
    }
    connections.insert(socket, {});
    QObject::connect(socket, &QLocalSocket::readyRead, &server, [this, socket] { read(socket); });
    QObject::connect(socket, &QLocalSocket::disconnected, &server,
                     [this, socket] { dropConnection(socket); });
    if (socket->bytesAvailable() > 0)
        read(socket);
}

void ControlServer::Private::dropConnection(QLocalSocket *socket)
{
    detachWindow(socket);
    connections.remove(socket);
    socket->deleteLater();
    updateActivity();
}

void ControlServer::Private::read(QLocalSocket *socket)
{
    if (!connections[socket].reader.feed(socket->readAll())) {
        socket->abort();
        return;
    }
    // Looked up anew each time: handling a request may drop the connection.
    while (connections.contains(socket)) {
        const std::optional<QJsonObject> request = connections[socket].reader.next();
        if (!request.has_value())
            break;
        handle(socket, *request);
    }
}

void ControlServer::Private::handle(QLocalSocket *socket, const QJsonObject &request)
{
    const QJsonValue id = request[QLatin1String("id")];
    const QString method = request[QLatin1String("method")].toString();
    const QJsonObject params = request[QLatin1String("params")].toObject();
    if (method.isEmpty()) {
        refuse(socket, id, Error(ErrorKind::Invalid, "This is no JSON-RPC request"),
               InvalidRequest);
        return;
    }

    const Driver::Reply reply = [guard = QPointer(socket), id](Result<> result) {
        if (!guard)
            return;
        if (result)
            answer(guard, id, {});
        else
            refuse(guard, id, result.error());
    };
    Driver &driver = session.driver();

    if (method == QLatin1String("machine.info")) {
        answer(socket, id, toJson(session.status()));
    } else if (method == QLatin1String("machine.pause")) {
        driver.pause(reply);
    } else if (method == QLatin1String("machine.resume")) {
        driver.resume(reply);
    } else if (method == QLatin1String("machine.reset")) {
        driver.reset(reply);
    } else if (method == QLatin1String("machine.powerButton")) {
        driver.pressPowerButton(reply);
    } else if (method == QLatin1String("machine.powerOff")) {
        driver.powerOff(reply);
    } else if (method == QLatin1String("machine.saveState")) {
        session.saveState(reply);
    } else if (method == QLatin1String("machine.cancelSave")) {
        session.cancelSave(reply);
    } else if (method == QLatin1String("machine.setMedium")) {
        session.changeMedium(slotFromJson(params), params[QLatin1String("path")].toString(),
                             params[QLatin1String("force")].toBool(), reply);
    } else if (method == QLatin1String("machine.setLink")) {
        session.setLinkConnected(params[QLatin1String("adapter")].toInt(-1),
                                 params[QLatin1String("connected")].toBool(), reply);
    } else if (method == QLatin1String("machine.setAdapter")) {
        const Result<NetworkAdapter> wanted =
            adapterFromJson(params[QLatin1String("settings")].toObject());
        if (wanted)
            session.changeAdapter(params[QLatin1String("adapter")].toInt(-1), *wanted, reply);
        else
            refuse(socket, id, wanted.error());
    } else if (method == QLatin1String("usb.list")) {
        QJsonArray devices;
        for (const UsbChoice &choice : session.usb().choices())
            devices.append(toJson(choice));
        answer(socket, id, {{QStringLiteral("devices"), devices}});
    } else if (method == QLatin1String("usb.attach")) {
        session.usb().attach(params[QLatin1String("device")].toString(),
                             params[QLatin1String("force")].toBool(), reply);
    } else if (method == QLatin1String("usb.insertStick")) {
        QStringList files;
        for (const QJsonValue &file : params[QLatin1String("files")].toArray())
            files.append(file.toString());
        session.usb().insertStick(files, reply);
    } else if (method == QLatin1String("usb.ejectStick")) {
        session.usb().ejectStick(reply);
    } else if (method == QLatin1String("usb.detach")) {
        session.usb().detach(params[QLatin1String("device")].toString(), reply);
    } else if (method.startsWith(QLatin1String("guest."))) {
        handleGuest(socket, id, method, params);
    } else if (method == QLatin1String("folders.add")) {
        const Result<SharedFolder> folder =
            sharedFolderFromJson(params[QLatin1String("folder")].toObject());
        if (folder)
            session.addFolder(*folder, folderLife(params), reply);
        else
            refuse(socket, id, folder.error());
    } else if (method == QLatin1String("folders.remove")) {
        session.removeFolder(params[QLatin1String("name")].toString(), folderLife(params), reply);
    } else if (method == QLatin1String("network.connections")) {
        answer(socket, id, connectionsToJson(driver.connections()));
    } else if (method == QLatin1String("machine.exitStatistics")) {
        const Result<QJsonObject> statistics =
            exitStatistics(driver, params[QLatin1String("reset")].toBool());
        if (statistics)
            answer(socket, id, *statistics);
        else
            refuse(socket, id, statistics.error());
    } else if (method == QLatin1String("machine.changeDefinition")) {
        changeDefinition(session, params, reply);
    } else if (method == QLatin1String("machine.setGroups")) {
        QStringList groups;
        for (const QJsonValue &group : params[QLatin1String("groups")].toArray())
            groups.append(group.toString());
        reply(session.setGroups(groups));
    } else if (method == QLatin1String("machine.setSharing")) {
        reply(setSharing(session, params));
    } else if (method.startsWith(QLatin1String("recording."))) {
        handleRecording(socket, id, method, params);
    } else if (method == QLatin1String("machine.setAudio")) {
        session.setAudio(givenBool(params, "output"), givenBool(params, "input"), reply);
    } else if (method == QLatin1String("machine.sendScanCodes")) {
        driver.sendScanCodes(
            QByteArray::fromHex(params[QLatin1String("bytes")].toString().toLatin1()), reply);
    } else if (method == QLatin1String("machine.turnWheelSideways")) {
        if (auto *wheel = dynamic_cast<SidewaysWheel *>(&driver))
            wheel->turnSideways(params[QLatin1String("notches")].toInt(), reply);
        else
            refuse(socket, id,
                   makeError(ErrorKind::Unsupported,
                             "The engine that runs this machine turns no wheel sideways"));
    } else if (method == QLatin1String("machine.typeText")) {
        session.typeText({.text = params[QLatin1String("text")].toString(),
                          .layout = params[QLatin1String("layout")].toString(),
                          .rate = params[QLatin1String("rate")].toInt()},
                         reply);
    } else if (method == QLatin1String("machine.cancelTyping")) {
        session.cancelTyping();
        answer(socket, id, {});
    } else if (method == QLatin1String("machine.screenshot")) {
        driver.screenshot(params[QLatin1String("path")].toString(),
                          params[QLatin1String("format")].toString(QStringLiteral("png")), reply);
    } else if (method == QLatin1String("events.subscribe")) {
        connections[socket].wantsActivity = params[QLatin1String("activity")].toBool();
        updateActivity();
        answer(socket, id, {});
    } else if (method == QLatin1String("window.attach")) {
        connections[socket].isRecorder = params[QLatin1String("records")].toBool();
        attachWindow(socket, id, params[QLatin1String("force")].toBool());
    } else if (method == QLatin1String("window.detach")) {
        detachWindow(socket);
        answer(socket, id, {});
    } else if (method == QLatin1String("display.open")) {
        openDisplay(socket, id);
    } else if (method == QLatin1String("serial.open")) {
        openSerialPort(socket, id, params[QLatin1String("port")].toInt(-1));
    } else if (method == QLatin1String("window.show")) {
        QLocalSocket *const window = windowConnection();
        if (window != nullptr) {
            notify(window, QStringLiteral("event.raise"));
        } else if (showWindow) {
            showWindow();
        }
        answer(socket, id, {{QStringLiteral("shown"), window != nullptr || bool(showWindow)}});
    } else {
        refuse(socket, id,
               makeError(ErrorKind::Unsupported,
                         QStringLiteral("This version knows no request \"%1\"").arg(method)),
               MethodNotFound);
    }
}

void ControlServer::Private::handleGuest(QLocalSocket *socket, const QJsonValue &id,
                                         const QString &method, const QJsonObject &params)
{
    const auto reply = [guard = QPointer(socket), id](const Result<QJsonObject> &result) {
        if (!guard)
            return;
        if (result)
            answer(guard, id, *result);
        else
            refuse(guard, id, result.error());
    };
    if (method == QLatin1String("guest.execute")) {
        session.guest().execute(params, socket, reply);
    } else if (method == QLatin1String("guest.more")) {
        reply(session.guest().more(params, socket));
    } else if (method == QLatin1String("guest.properties")) {
        session.guest().properties([reply](const QList<GuestProperty> &properties) {
            QJsonArray all;
            for (const GuestProperty &property : properties)
                all.append(toJson(property));
            reply(QJsonObject{{QStringLiteral("properties"), all}});
        });
    } else {
        refuse(socket, id,
               makeError(ErrorKind::Unsupported,
                         QStringLiteral("This version knows no request \"%1\"").arg(method)),
               MethodNotFound);
    }
}

void ControlServer::Private::handleRecording(QLocalSocket *socket, const QJsonValue &id,
                                             const QString &method, const QJsonObject &params)
{
    const auto reply = [guard = QPointer(socket), id](const Result<QString> &result) {
        if (!guard)
            return;
        if (result)
            answer(guard, id, {{QStringLiteral("file"), *result}});
        else
            refuse(guard, id, result.error());
    };
    if (method == QLatin1String("recording.start")) {
        if (recorderConnection() == nullptr) {
            reply(makeError(
                ErrorKind::Unsupported,
                windowConnection() == nullptr
                    ? QStringLiteral("The machine's window makes the film, and it has none now")
                    : QStringLiteral("The machine's plain window (SDL) makes no films"),
                QStringLiteral("Show the machine in its usual window and start the recording "
                               "then")));
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
    } else if (method == QLatin1String("recording.stop")) {
        session.recording().stop(reply);
    } else if (method == QLatin1String("recording.report") && socket == filmMaker) {
        session.recording().report(
            params[QLatin1String("number")].toInt(),
            recordingPhaseFromWord(params[QLatin1String("phase")].toString()),
            params[QLatin1String("trouble")].toString());
        answer(socket, id, {});
    } else if (method == QLatin1String("recording.report")) {
        answer(socket, id, {}); // of a film that another window makes by now
    } else {
        refuse(socket, id,
               makeError(ErrorKind::Unsupported,
                         QStringLiteral("This version knows no request \"%1\"").arg(method)),
               MethodNotFound);
    }
}

void ControlServer::Private::beginFilm()
{
    filmMaker = recorderConnection();
    if (filmMaker == nullptr)
        return; // MachineRecording waits in vain, and says so
    const RecordingStatus &film = session.recording().status();
    notify(filmMaker, QStringLiteral("event.record"),
           {{QStringLiteral("number"), film.number},
            {QStringLiteral("file"), film.file},
            {QStringLiteral("settings"), recordingToJson(film.settings)}});
}

void ControlServer::Private::leaveFilm(const QLocalSocket *socket)
{
    if (socket != filmMaker || filmMaker == nullptr)
        return;
    filmMaker = nullptr;
    session.recording().windowGone();
}

QLocalSocket *ControlServer::Private::recorderConnection() const
{
    for (auto it = connections.cbegin(); it != connections.cend(); ++it) {
        if (it->isWindow && it->isRecorder)
            return it.key();
    }
    return nullptr;
}

QLocalSocket *ControlServer::Private::windowConnection(const QLocalSocket *except) const
{
    for (auto it = connections.cbegin(); it != connections.cend(); ++it) {
        if (it->isWindow && it.key() != except)
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
        notify(other, QStringLiteral("event.detached"));
    }
    const bool isAttached = other == nullptr || isForced;
    if (isAttached) {
        connections[socket].isWindow = true;
        session.setHasWindow(true);
        if (connections[socket].isRecorder)
            session.recordIfWanted();
    } else {
        notify(other, QStringLiteral("event.raise"));
    }
    answer(socket, id, {{QStringLiteral("attached"), isAttached}});
}

void ControlServer::Private::detachWindow(QLocalSocket *socket)
{
    leaveFilm(socket);
    if (!std::exchange(connections[socket].isWindow, false))
        return;
    if (windowConnection() == nullptr)
        session.setHasWindow(false);
}

void ControlServer::Private::openDisplay(QLocalSocket *socket, const QJsonValue &id)
{
    DisplayHub *const hub = session.driver().display().hub;
    if (hub == nullptr) {
        refuse(socket, id,
               makeError(ErrorKind::NotFound,
                         QStringLiteral("the machine's process has no screen to show")));
        return;
    }
    const Result<> handedOver = handOver(socket, id, *hub);
    if (!handedOver)
        refuse(socket, id, handedOver.error());
}

// The socket's connection becomes a window's; the socket itself is thrown away.
Result<> ControlServer::Private::handOver(QLocalSocket *socket, const QJsonValue &id,
                                          DisplayHub &hub)
{
    socket->flush();
    if (displays.size() >= MaxDisplays || socket->bytesToWrite() > 0)
        return makeError(ErrorKind::Busy,
                         QStringLiteral("the machine is shown in too many windows already"),
                         QStringLiteral("Close one of them"));
    Fd connection(::fcntl(int(socket->socketDescriptor()), F_DUPFD_CLOEXEC, 0));
    if (!connection.isOpen())
        return Error(ErrorKind::Io,
                     std::string("the machine cannot be shown in one more window: ")
                         + std::strerror(errno));
    const QByteArray rest = connections[socket].reader.takeRest() + socket->readAll();
    socket->disconnect(&server);
    dropConnection(socket);
    socket->abort();
    displays.push_back(
        std::make_unique<DisplayConnection>(std::move(connection), rest, id, hub.makeView()));
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
        refuse(socket, id,
               makeError(ErrorKind::NotFound,
                         QStringLiteral("The machine has no such serial port for its windows")));
        return;
    }
    answer(socket, id, {{QStringLiteral("remembered"), feed->remembered()}});
    const QByteArray typed = connections[socket].reader.takeRest();
    socket->disconnect(&server);
    detachWindow(socket);
    connections.remove(socket);
    updateActivity();
    feed->addWindow(socket, typed);
}

void ControlServer::Private::broadcast(const QString &event, const QJsonObject &params)
{
    const QJsonObject message{{QStringLiteral("jsonrpc"), QStringLiteral("2.0")},
                              {QStringLiteral("method"), event},
                              {QStringLiteral("params"), params}};
    const QList<QLocalSocket *> sockets = connections.keys();
    for (QLocalSocket *const socket : sockets)
        send(socket, message);
}

void ControlServer::Private::updateActivity()
{
    bool isWanted = false;
    for (const Connection &connection : std::as_const(connections))
        isWanted = isWanted || connection.wantsActivity;
    session.driver().setActivityWanted(isWanted);
}

} // namespace engine
