// SPDX-License-Identifier: GPL-3.0-or-later
// A serial port of the machine for its windows: listens for the engine, remembers the newest of
// what the guest sent, so that somebody who looks late sees how it came to this, and passes on what
// they type.
//
// A window that does not read is passed over and gets what is still remembered when it does; what
// the guest does not take of the typed text is lost, as on a cable. Main thread only.
#pragma once

#include "engine/base/result.h"

#include <QtCore/QByteArray>
#include <QtCore/QObject>
#include <QtNetwork/QLocalServer>
#include <QtNetwork/QLocalSocket>

#include <vector>

namespace engine {

class SerialFeed final : public QObject
{
    Q_OBJECT
public:
    static constexpr qsizetype MaxText = 256 * 1024; // is remembered at least
    static constexpr qsizetype MaxTyped = 64 * 1024; // waits for the guest

    SerialFeed() = default;
    ~SerialFeed() override;

    // Where the engine is to connect (serial_socket.h). A socket that is there is a leftover.
    Result<> listen(const QString &path);
    void close() { m_server.close(); } // to engines yet to come
    qint64 remembered() const { return m_text.size(); } // what a window begins with
    // Raw bytes from here on, in both directions; `typed` came already. Owns the socket.
    void addWindow(QLocalSocket *socket, const QByteArray &typed);

private:
    struct Window
    {
        QLocalSocket *socket;
        quint64 position; // how much of what the guest sent it has been given
    };

    void takeEngine();
    void takeText();
    void forgetOld();
    void type(const QByteArray &bytes);
    void feedAll();
    void feed(Window &window);
    void removeWindow(QLocalSocket *socket);

    QLocalServer m_server;
    QLocalSocket *m_engine = nullptr; // one at a time
    QByteArray m_text;
    quint64 m_end = 0; // how much the guest has sent
    std::vector<Window> m_windows;
};

} // namespace engine
