// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/serial_feed.h"

#include "engine/machine/qt_text.h"

#include <algorithm>

namespace engine {

namespace {

constexpr qsizetype LongestLine = 4096; // looked at for its end

} // namespace

SerialFeed::~SerialFeed()
{
    // The sockets go after the members, and say so.
    if (m_engine != nullptr)
        m_engine->disconnect(this);
    for (const Window &window : m_windows) {
        window.socket->disconnect(this);
        window.socket->flush(); // the last words
    }
}

Result<> SerialFeed::listen(const QString &path)
{
    QLocalServer::removeServer(path);
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    if (!m_server.listen(path))
        return makeError(
            ErrorKind::Io,
            QStringLiteral("Cannot listen on \"%1\": %2").arg(path, m_server.errorString()));
    connect(&m_server, &QLocalServer::newConnection, this, &SerialFeed::takeEngine);
    return {};
}

void SerialFeed::takeEngine()
{
    while (QLocalSocket *const socket = m_server.nextPendingConnection()) {
        if (m_engine != nullptr) {
            socket->abort();
            socket->deleteLater();
            continue;
        }
        m_engine = socket;
        socket->setReadBufferSize(MaxText); // the rest waits with the engine
        connect(socket, &QLocalSocket::readyRead, this, &SerialFeed::takeText);
        connect(socket, &QLocalSocket::disconnected, this, [this, socket] {
            m_engine = nullptr;
            socket->deleteLater();
        });
        takeText();
    }
}

void SerialFeed::addWindow(QLocalSocket *socket, const QByteArray &typed)
{
    socket->setParent(this);
    socket->setReadBufferSize(MaxTyped);
    connect(socket, &QLocalSocket::readyRead, this, [this, socket] { type(socket->readAll()); });
    connect(socket, &QLocalSocket::bytesWritten, this, &SerialFeed::feedAll);
    connect(socket, &QLocalSocket::disconnected, this, [this, socket] { removeWindow(socket); });
    m_windows.push_back({socket, m_end - quint64(m_text.size())});
    feed(m_windows.back());
    type(typed + socket->readAll());
}

void SerialFeed::removeWindow(QLocalSocket *socket)
{
    std::erase_if(m_windows, [socket](const Window &window) { return window.socket == socket; });
    socket->deleteLater();
}

void SerialFeed::takeText()
{
    const QByteArray bytes = m_engine->readAll();
    m_text += bytes;
    m_end += quint64(bytes.size());
    if (m_text.size() >= 2 * MaxText) // not with every byte: the rest is moved each time
        forgetOld();
    feedAll();
}

// What stays begins with a line, where there are lines, and so in no control sequence.
void SerialFeed::forgetOld()
{
    const qsizetype oldest = m_text.size() - MaxText;
    const qsizetype lineEnd = m_text.lastIndexOf('\n', oldest - 1);
    m_text.remove(0, lineEnd >= oldest - LongestLine ? lineEnd + 1 : oldest);
}

void SerialFeed::type(const QByteArray &bytes)
{
    if (bytes.isEmpty() || m_engine == nullptr
        || m_engine->bytesToWrite() + bytes.size() > MaxTyped)
        return;
    m_engine->write(bytes);
}

void SerialFeed::feedAll()
{
    for (Window &window : m_windows)
        feed(window);
}

void SerialFeed::feed(Window &window)
{
    if (window.position == m_end || window.socket->bytesToWrite() > 0)
        return;
    const quint64 first = m_end - quint64(m_text.size());
    const quint64 start = std::max(window.position, first);
    window.position = m_end;
    window.socket->write(m_text.mid(qsizetype(start - first)));
}

} // namespace engine
