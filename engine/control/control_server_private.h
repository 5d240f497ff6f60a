// SPDX-License-Identifier: GPL-3.0-or-later
// Who is connected to a machine's control socket, and which of them show it. control_server.cpp has
// the connections, control_windows.cpp the windows, displays, serial terminals and films.
#pragma once

#include "engine/control/control_server.h"
#include "engine/drivers/display_connection.h"
#include "engine/machine/json_lines.h"

#include <QtCore/QHash>
#include <QtNetwork/QLocalServer>

#include <vector>

class QLocalSocket;

namespace engine {

struct ControlServer::Private
{
    struct Connection
    {
        JsonLineReader reader;
        bool wantsActivity = false;
        bool isWindow = false;
        bool isRecorder = false; // a window that can make films
        bool isBlind = false; // a window that shows nothing: it makes a film, and goes
    };

    explicit Private(MachineSession &machineSession)
        : session(machineSession)
    { }

    MachineSession &session;
    QLocalServer server;
    QHash<QLocalSocket *, Connection> connections;
    std::function<void()> showWindow;
    StartFilmMaker startFilmMaker;
    bool isFilmOfEachRun = false;
    std::vector<std::unique_ptr<DisplayConnection>> displays;
    QLocalSocket *filmMaker = nullptr; // the window that makes the film, or the last one

    void accept(QLocalSocket *socket);
    void read(QLocalSocket *socket);
    void handle(QLocalSocket *socket, const QJsonObject &request);
    void dropConnection(QLocalSocket *socket);
    void broadcast(const QString &event, const QJsonObject &params);
    void updateActivity();

    // False when it is no request about windows.
    bool handleWindowRequest(QLocalSocket *socket, const QJsonValue &id, const QString &method,
                             const QJsonObject &params);
    QLocalSocket *windowConnection(const QLocalSocket *except = nullptr) const;
    void attachWindow(QLocalSocket *socket, const QJsonValue &id, bool isForced);
    void attachBlindWindow(QLocalSocket *socket, const QJsonValue &id);
    void detachWindow(QLocalSocket *socket);
    void raiseWindow(QLocalSocket *socket, const QJsonValue &id);
    void openDisplay(QLocalSocket *socket, const QJsonValue &id, int monitor);
    void openSound(QLocalSocket *socket, const QJsonValue &id);
    // The socket is thrown away. `rest`: what came on it and was not looked at yet.
    Result<Fd> takeConnection(QLocalSocket *socket, QByteArray &rest);
    Result<> handOver(QLocalSocket *socket, const QJsonValue &id, DisplayHub::View view);
    void closeDisplay(DisplayConnection *display);
    void openSerialPort(QLocalSocket *socket, const QJsonValue &id, int port);

    void startFilm(const QJsonObject &params, const std::function<void(Result<QString>)> &reply);
    void reportFilm(QLocalSocket *socket, const QJsonValue &id, const QJsonObject &params);
    bool canFilmAlone() const; // by a program that shows nothing
    void beginFilm();
    void takeFilm(QLocalSocket *socket);
    void askForFilm();
    void leaveFilm(QLocalSocket *socket); // it is no window any more
    QLocalSocket *recorderConnection() const;
};

} // namespace engine
