// SPDX-License-Identifier: GPL-3.0-or-later
// The agent's side of its stream, played by a test: takes messages apart and says what it likes.
#pragma once

#include "display/vdagent/vdagent_messages.h"
#include "engine/base/bytes.h"
#include "engine/base/fd.h"

#include <QtTest/QTest>

#include <array>

#include <sys/socket.h>

namespace fakes {

class FakeVdagent final
{
public:
    using Capability = display::vdagent::Capability;
    using Message = display::vdagent::Message;

    // The other half is the window's.
    engine::Fd open()
    {
        std::array<int, 2> ends = {};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0)
            qFatal("no pair of sockets");
        m_socket = engine::Fd(ends[0]);
        m_reader.reset();
        all.clear();
        return engine::Fd(ends[1]);
    }
    void close() { m_socket.reset(); }

    void sendBytes(const QByteArray &bytes)
    {
        qsizetype sent = 0;
        while (sent < bytes.size()) {
            const ssize_t count = ::send(m_socket.get(), bytes.constData() + sent,
                                         std::size_t(bytes.size() - sent), MSG_NOSIGNAL);
            if (count > 0)
                sent += qsizetype(count);
            else
                QCoreApplication::processEvents();
        }
    }
    void send(Message type, const QByteArray &data = {})
    {
        sendBytes(word(1) + word(quint32(type)) + QByteArray(8, '\0') + word(quint32(data.size()))
                  + data);
    }
    void announce(const QList<Capability> &capabilities, bool isQuestion = false)
    {
        sendBytes(display::vdagent::announcement(isQuestion, capabilities));
    }

    // What has come so far goes to `all`; the window's event loop runs meanwhile.
    void read()
    {
        QCoreApplication::processEvents();
        QByteArray bytes(1 << 20, Qt::Uninitialized);
        for (;;) {
            const ssize_t count =
                ::recv(m_socket.get(), bytes.data(), std::size_t(bytes.size()), MSG_DONTWAIT);
            if (count <= 0)
                break;
            m_reader.feed(QByteArrayView(bytes).first(qsizetype(count)));
        }
        while (const auto message = m_reader.next())
            all.append(*message);
    }
    // Waits for the next message of that type; the others before it are dropped.
    bool hears(Message type)
    {
        return QTest::qWaitFor([&] {
            read();
            while (!all.isEmpty()) {
                last = all.takeFirst();
                if (last.type == type)
                    return true;
            }
            return false;
        });
    }
    // Nothing of that type has come and none comes.
    bool isSilentOf(Message type)
    {
        for (int i = 0; i < 5; ++i)
            read();
        for (const auto &message : all)
            if (message.type == type)
                return false;
        return true;
    }

    static QByteArray word(quint32 value)
    {
        QByteArray raw(4, '\0');
        engine::storeLe(raw.data(), value);
        return raw;
    }
    static const QList<Capability> &everything()
    {
        static const QList<Capability> all = {Capability::MouseState,
                                              Capability::MonitorsConfig,
                                              Capability::Reply,
                                              Capability::ClipboardByDemand,
                                              Capability::ClipboardSelection,
                                              Capability::MaxClipboard,
                                              Capability::MonitorsConfigPosition};
        return all;
    }

    display::vdagent::Received last;
    QList<display::vdagent::Received> all;

private:
    engine::Fd m_socket;
    display::vdagent::MessageReader m_reader{qsizetype(128) * 1024 * 1024};
};

} // namespace fakes
