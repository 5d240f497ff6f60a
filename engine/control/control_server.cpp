// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/control_protocol.h"
#include "engine/control/control_server_private.h"
#include "engine/control/rpc_socket.h"
#include "engine/control/session_requests.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QFileInfo>
#include <QtNetwork/QLocalSocket>

#include <sys/socket.h>
#include <unistd.h>

namespace engine {

namespace {

bool isSameUser(const QLocalSocket &socket)
{
    ucred peer = {};
    socklen_t size = sizeof peer;
    return ::getsockopt(int(socket.socketDescriptor()), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0
        && peer.uid == ::geteuid();
}

} // namespace

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
        if (self->recorderConnection() != nullptr
            || (self->isFilmOfEachRun && self->canFilmAlone()))
            self->session.recordIfWanted();
    });
    connect(&self->session, &MachineSession::ending, this, [self] { self->server.close(); });
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
            rpc::send(self->filmMaker,
                      rpc::notification(
                          QStringLiteral("event.recordEnd"),
                          {{QStringLiteral("number"), self->session.recording().status().number}}));
    });
    connect(&self->session.folderMounter(), &FolderMounter::noticed, this,
            [self](const QString &text) {
                self->broadcast(QStringLiteral("event.notice"), {{QStringLiteral("text"), text}});
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
        const QJsonObject message = rpc::notification(QStringLiteral("event.activity"),
                                                      toJson(self->session.driver().activity()));
        for (auto it = self->connections.cbegin(); it != self->connections.cend(); ++it) {
            if (it->wantsActivity)
                rpc::send(it.key(), message);
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

void ControlServer::setFilmMaker(StartFilmMaker start, bool isForEachRun)
{
    m_private->startFilmMaker = std::move(start);
    m_private->isFilmOfEachRun = isForEachRun;
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
        rpc::refuse(socket, id, Error(ErrorKind::Invalid, "This is no JSON-RPC request"),
                    rpc::InvalidRequest);
        return;
    }

    if (method == QLatin1String("events.subscribe")) {
        connections[socket].wantsActivity = params[QLatin1String("activity")].toBool();
        updateActivity();
        rpc::answer(socket, id, {});
    } else if (!handleWindowRequest(socket, id, method, params)
               && !handleSessionRequest(session, socket, id, method, params)) {
        rpc::refuseUnknown(socket, id, method);
    }
}

void ControlServer::Private::broadcast(const QString &event, const QJsonObject &params)
{
    const QJsonObject message = rpc::notification(event, params);
    const QList<QLocalSocket *> sockets = connections.keys();
    for (QLocalSocket *const socket : sockets)
        rpc::send(socket, message);
}

void ControlServer::Private::updateActivity()
{
    bool isWanted = false;
    for (const Connection &connection : std::as_const(connections))
        isWanted = isWanted || connection.wantsActivity;
    session.driver().setActivityWanted(isWanted);
}

} // namespace engine
