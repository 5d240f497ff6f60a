// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/spice_relay.h"

#include <QtCore/QCoreApplication>

#include <cerrno>
#include <utility>

#include <sys/socket.h>

namespace display {

namespace {

constexpr qsizetype ReadBytes = 64 * 1024;

} // namespace

SpiceRelay::End::End(engine::Fd connected)
    : socket(std::move(connected))
    , readable(socket.get(), QSocketNotifier::Read)
    , writable(socket.get(), QSocketNotifier::Write)
{
    writable.setEnabled(false);
}

SpiceRelay::SpiceRelay(engine::Fd client, engine::Fd server)
    : m_client(std::move(client))
    , m_server(std::move(server))
{
    connect(&m_client.readable, &QSocketNotifier::activated, this, &SpiceRelay::readClient);
    connect(&m_server.readable, &QSocketNotifier::activated, this, &SpiceRelay::readServer);
    connect(&m_client.writable, &QSocketNotifier::activated, this,
            [this] { write(m_client, m_server); });
    connect(&m_server.writable, &QSocketNotifier::activated, this,
            [this] { write(m_server, m_client); });
}

void SpiceRelay::leave()
{
    m_isLeft = true;
    if (m_client.socket.isOpen())
        setParent(QCoreApplication::instance());
    else
        deleteLater();
}

void SpiceRelay::readClient()
{
    QByteArray bytes;
    if (!read(m_client, bytes))
        return;
    m_server.out += m_filter.fromClient(bytes);
    write(m_server, m_client);
}

void SpiceRelay::readServer()
{
    QByteArray bytes;
    if (!read(m_server, bytes))
        return;
    m_filter.fromServer(bytes);
    m_client.out += bytes;
    write(m_client, m_server);
}

bool SpiceRelay::read(End &from, QByteArray &bytes)
{
    bytes.resize(ReadBytes);
    const ssize_t count =
        ::recv(from.socket.get(), bytes.data(), std::size_t(bytes.size()), MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (count <= 0) {
        close();
        return false;
    }
    bytes.truncate(qsizetype(count));
    return true;
}

void SpiceRelay::write(End &to, End &from)
{
    while (!to.out.isEmpty()) {
        const ssize_t count = ::send(to.socket.get(), to.out.constData(),
                                     std::size_t(to.out.size()), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno != EAGAIN)
            return close();
        if (count < 0)
            break;
        to.out.remove(0, qsizetype(count));
    }
    to.writable.setEnabled(!to.out.isEmpty());
    from.readable.setEnabled(to.out.isEmpty());
}

void SpiceRelay::close()
{
    for (End *end : {&m_client, &m_server}) {
        end->readable.setEnabled(false);
        end->writable.setEnabled(false);
        end->out.clear();
        end->socket.reset();
    }
    if (m_isLeft)
        deleteLater();
}

} // namespace display
