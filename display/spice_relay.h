// SPDX-License-Identifier: GPL-3.0-or-later
// Between spice-client-glib and the server's socket, for the main channel: two sockets, and every
// byte that comes in at the one leaves at the other, past a SpiceAgentFilter. Holds back the side
// whose bytes the other does not take. Once either side has closed, both are closed. Main thread
// only.
#pragma once

#include "display/spice_agent_filter.h"
#include "engine/base/fd.h"

#include <QtCore/QObject>
#include <QtCore/QSocketNotifier>

namespace display {

class SpiceRelay final : public QObject
{
    Q_OBJECT
public:
    // Both are connected stream sockets.
    SpiceRelay(engine::Fd client, engine::Fd server);

    // Whoever made it lets go: it deletes itself once either side has closed. The library closes
    // its own in its own time, and complains of a server that goes before.
    void leave();

private:
    struct End
    {
        explicit End(engine::Fd connected);

        engine::Fd socket;
        QByteArray out; // to be written there
        QSocketNotifier readable;
        QSocketNotifier writable;
    };

    void readClient();
    void readServer();
    bool read(End &from, QByteArray &bytes);
    void write(End &to, End &from);
    void close();

    SpiceAgentFilter m_filter;
    End m_client;
    End m_server;
    bool m_isLeft = false;
};

} // namespace display
